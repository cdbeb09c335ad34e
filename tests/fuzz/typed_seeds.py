"""Writes seeds for typed_fuzz: the rows of docs/typed.md as this Python pickles them, and more of the
same for the types that the fuzzer reads.

usage: PYTHON typed_seeds.py FOLDER

The seeds of corpus/typed/ are those of CPython 2.7, 3.6 and 3.13, and of one with numpy.
"""
from __future__ import print_function

import collections
import os
import pickle
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop", "peers"))
import typed_rows as rows  # noqa: E402

# The number of the type in typed_fuzz.cpp, by row.
TYPES = {"named": 8, "derived": 10, "plain_class": 11, "slots": 12, "namedtuple": 13, "call": 14,
         "versioned_class": 15, "enum": 16, "shared": 17, "polymorphic": 18, "ndarray": 20,
         "ndarray_from_list": 20, "ndarray_int": 21, "vector_from_ndarray": 22, "float": 22,
         "uuid": 23, "variant": 7}


def more():
    """Objects for the types that are tuples of many."""
    point = {u"x": 1, u"y": 2}
    yield 0, (True, 1, -1, 65535, -5, 2 ** 64 - 1, 0.5, 1e300, complex(1, -2), 1)
    yield 1, (u"text", u"\u4f60", u"\U0001f40d", u"/tmp", None)
    yield 2, (bytes(bytearray([0, 128, 255])), b"abc", bytearray(b"x"))
    yield 3, ([[], [1, 2]], collections.deque([u"a"]), [0.5], [None, 1], [True], (1.5, 2.5))
    yield 4, (collections.OrderedDict([(u"a", point)]), {(1, 2)}, [(1, u"x"), (1, u"y")],
              {frozenset([1]): 2})
    yield 5, (rows.datetime.timedelta(1, 2, 3), rows.datetime.timedelta(0, 1, 500000),
              rows.datetime.datetime(2023, 11, 14, 22, 13, 20), rows.when(rows.utc()),
              rows.datetime.date(2024, 2, 29), rows.datetime.timedelta(0, 7200))
    yield 7, [None, True, 1, 2.5, u"s", b"b", [1], {u"a": 1}, point, (1, u"x", None),
              rows.reading(rows.Reading), {u"name": u"n", u"next": [], u"parent": None,
                                           u"owned": []}]
    yield 9, [(1, u"x", None), (2, u"y", 0.5)]
    yield 10, {u"__version__": 1, u"x": 1, u"y": 2, u"weight": None, u"parts": [(1, u"a", None)],
               u"x#2": 3}
    leaf = {u"name": u"leaf", u"next": [], u"parent": None, u"owned": [point, point]}
    yield 17, [leaf, {u"name": u"root", u"next": [leaf], u"parent": leaf, u"owned": []}]
    yield 19, [{u"number": 1}, {u"number": 2}]
    yield 24, {u"a": [1, (2, u"x")], u"b": {u"k": 1.5}}


def all_rows():
    for make_rows in (rows.plain_rows, rows.class_rows, rows.rows_of_one_direction):
        for row, make in make_rows():
            if row in TYPES:
                yield TYPES[row], make()
    for number, thing in more():
        yield number, thing


def main():
    folder = sys.argv[1]
    version = "%d.%d" % sys.version_info[:2]
    count = 0
    for position, (number, thing) in enumerate(all_rows()):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                pickled = pickle.dumps(thing, protocol)
            except TypeError:  # __slots__ cannot be pickled below protocol 2
                continue
            name = "seed-%s-%02d-%d" % (version, position, protocol)
            with open(os.path.join(folder, name), "wb") as file:
                file.write(bytes(bytearray([number])) + pickled)
            count += 1
    print("%d seeds" % count)


if __name__ == "__main__":
    main()
