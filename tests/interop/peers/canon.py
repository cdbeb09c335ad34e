"""canon(object): everything about an object that pickle keeps, as a flat list that compares.

Types, values to the bit, the order of dicts, and which parts are one and the same object. Sets
have no order of their own and are compared by the sorted reprs of what they hold.
"""
import struct
import sys

PYTHON2 = sys.version_info[0] == 2
_TEXT = type(u"")
_INTEGERS = (int, type(2 ** 70))  # int and long, under Python 2
_NAMED = (type, type(len), type(lambda: 0))
_ATOMS = (type(None), bool, type(Ellipsis), type(NotImplemented))
_CONSTANTS = (tuple, bytes, _TEXT, frozenset)


class _Walk(object):
    def __init__(self):
        self.tokens = []
        self._numbers = {}
        self._alive = []  # an id is only worth something while its object lives

    def visit(self, thing):
        kind = type(thing)
        if kind in _ATOMS:
            self.tokens.append(repr(thing))
        elif kind in _INTEGERS:
            self.tokens.append((kind.__name__, thing))
        elif kind is float and PYTHON2 and thing != thing:
            self.tokens.append("nan")  # protocol 0 writes the word, and Python 2 reads it as -nan
        elif kind is float:
            self.tokens.append(("float", struct.pack(">d", thing)))
        elif isinstance(thing, _NAMED) or (PYTHON2 and kind.__name__ == "classobj"):
            self.tokens.append(("name", thing.__module__, thing.__name__))
        elif not self._seen(thing, kind):
            self._inside(thing, kind)

    def _seen(self, thing, kind):
        self._alive.append(thing)
        if kind in _CONSTANTS and len(thing) < 2:
            return False  # Python keeps one of these, however it came
        if id(thing) not in self._numbers:
            self._numbers[id(thing)] = len(self._numbers)
            return False
        self.tokens.append(("again", self._numbers[id(thing)]))
        return True

    def _inside(self, thing, kind):
        if kind in (_TEXT, bytes, bytearray):
            self.tokens.append((kind.__name__, thing))
        elif kind in (list, tuple):
            self.tokens.append((kind.__name__, len(thing)))
            for item in thing:
                self.visit(item)
        elif kind is dict:
            self.tokens.append(("dict", len(thing)))
            for key in sorted(thing, key=repr) if PYTHON2 else thing:
                self.visit(key)
                self.visit(thing[key])
        elif kind in (set, frozenset):
            self.tokens.append((kind.__name__, sorted(map(repr, thing))))
        else:
            self._instance(thing, kind)

    def _instance(self, thing, kind):
        self.tokens.append(("instance", kind.__module__, kind.__name__))
        if PYTHON2 and kind.__name__ == "instance":
            self.visit(thing.__class__)
            self.visit(thing.__dict__)
        else:
            self._part(thing.__reduce_ex__(2))

    def _part(self, part):
        """What __reduce_ex__ returns is made anew by every call: its tuples have no identity."""
        if type(part) is tuple:
            self.tokens.append(("part", len(part)))
            for item in part:
                self._part(item)
        elif hasattr(part, "__next__") or hasattr(part, "next"):
            self.visit(list(part))
        else:
            self.visit(part)


def canon(thing):
    walk = _Walk()
    walk.visit(thing)
    return walk.tokens
