"""Classes of every shape that pickle distinguishes, for instances to travel through parley."""
import collections


class Plain(object):
    def __init__(self, **state):
        self.__dict__.update(state)


class Slotted(object):
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left, self.right = left, right


class WithState(object):
    """State that is no dict."""

    def __init__(self, state):
        self.state = state

    def __getstate__(self):
        return (self.state, "and more")

    def __setstate__(self, state):
        self.state = state[0]


class Reduced(object):
    """Made by a call, then fed list items and dict items."""

    def __init__(self, *arguments):
        self.arguments, self.items, self.pairs = arguments, [], {}

    def __reduce__(self):
        return Reduced, self.arguments, {"extra": True}, iter(self.items), iter(self.pairs.items())

    def append(self, item):
        self.items.append(item)

    def extend(self, items):
        self.items.extend(items)

    def __setitem__(self, key, value):
        self.pairs[key] = value


class List(list):
    pass


class Dict(dict):
    pass


class Text(type(u"")):
    pass


class Whole(int):
    pass


class OldStyle:
    """An instance of a classic class under Python 2: INST and OBJ."""

    def __init__(self):
        self.kind = "classic"


class WithInitArgs:
    def __getinitargs__(self):
        return (1, 2)

    def __init__(self, *arguments):
        self.arguments = arguments


class Knot(frozenset):
    """Hashable by identity, so that it can hold itself: its set is still empty when it is made."""

    __hash__ = object.__hash__


Pair = collections.namedtuple("Pair", "left right")


def function():
    pass
