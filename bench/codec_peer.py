"""CPython's half of codec.py: makes the documents and times its own pickle on them.

usage: codec_peer.py make FOLDER        writes the documents, prints their names
       codec_peer.py make-array FOLDER  the one that takes numpy
       codec_peer.py time FOLDER NAME...  prints processor seconds for each, read and written
       codec_peer.py memory FOLDER NAME   prints by how many bytes reading it makes the process grow, and
                                          by how many at its peak
"""
import json
import os
import pickle
import random
import sys
import time
import timeit


def rows(chance):
    return [{"id": number, "name": "user %d" % number, "score": chance.random(), "active": number % 3 == 0,
             "tags": ["alpha", "beta", "tag %d" % (number % 50)], "parent": None,
             "created": 1700000000 + number} for number in range(10000)]


def tree(chance, depth):
    if depth == 0:
        return chance.choice([None, True, chance.random(), chance.randrange(10 ** 6),
                              "leaf %d" % chance.randrange(10 ** 6)])
    if depth % 2:
        return [tree(chance, depth - 1) for _ in range(4)]
    return {key: tree(chance, depth - 1) for key in ("left", "right", "name", "value", "children")}


def documents():
    chance = random.Random(1)
    return {
        "small": ["Hello World", 100, "\u4f60\u597d".encode()],
        "rows": rows(chance),
        "ints": list(range(1000000)),
        "floats": [chance.random() for _ in range(1000000)],
        "strings": ["string number %d" % number for number in range(200000)],
        "bytes": os.urandom(1 << 20) * 64,
        "json": tree(chance, 9),
    }


def write(folder, named):
    for name, document in named.items():
        with open(os.path.join(folder, name + ".pickle"), "wb") as file:
            file.write(pickle.dumps(document, 4))
    print(json.dumps(list(named)))


def seconds(statement):
    timer = timeit.Timer(statement, timer=time.process_time)
    number, taken = timer.autorange()
    return min([taken / number] + [timer.timeit(number) / number for _ in range(2)])


def measure(folder, names):
    result = {}
    for name in names:
        with open(os.path.join(folder, name + ".pickle"), "rb") as file:
            content = file.read()
        document = pickle.loads(content)
        result["read/" + name] = seconds(lambda: pickle.loads(content))
        result["write/" + name] = seconds(lambda: pickle.dumps(document, 4))
    print(json.dumps(result))


def status(name):
    """A field of /proc/self/status, in bytes."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name + ":"))


def measure_memory(folder, name):
    pickle.loads(pickle.dumps(None))
    if name == "array":
        import numpy
        pickle.loads(pickle.dumps(numpy.zeros(1)))
    before = status("VmRSS")
    with open(os.path.join(folder, name + ".pickle"), "rb") as file:
        content = file.read()
    document = pickle.loads(content)
    peak = status("VmHWM") - before
    del content
    kept = status("VmRSS") - before
    assert document is not None
    print(json.dumps([kept, peak]))


def main():
    verb, folder = sys.argv[1:3]
    if verb == "make":
        write(folder, documents())
    elif verb == "make-array":
        import numpy
        write(folder, {"array": numpy.random.default_rng(1).random((1000, 1000))})
    elif verb == "memory":
        measure_memory(folder, sys.argv[3])
    else:
        measure(folder, sys.argv[3:])


main()
