"""usage: pickle_programs.py PICKLE_ROUND_TRIP [SEED [COUNT]]

Random programs of pickle opcodes, such as no pickler writes: things fetched and changed late, popped,
duplicated, put into themselves. Each makes instances that note what they saw and when. What parley
makes of a program must do the same things in the same order, and end with the same object.
"""
import io
import pickle
import pickletools
import random
import struct
import sys

from canon import canon
from round_trip import Refused, RoundTrip

LOG = []


def sight(thing, depth=3):
    """What can be seen of a thing at this moment."""
    if isinstance(thing, (list, tuple)):
        inside = [sight(item, depth - 1) for item in thing] if depth else len(thing)
    elif isinstance(thing, dict):
        inside = [(sight(k, depth - 1), sight(v, depth - 1)) for k, v in thing.items()] if depth \
            else len(thing)
    elif isinstance(thing, (set, frozenset)):
        inside = len(thing)
    elif isinstance(thing, Witness):
        inside = thing.number
    else:
        return repr(thing)
    return "%s%s" % (type(thing).__name__, inside)


class Witness(object):
    """Notes everything that is done to it, with what could be seen of the arguments then."""

    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls)
        self.number = len(LOG)
        self.done = []
        self.note("new", args + tuple(sorted(kwargs.items())))
        return self

    def __repr__(self):
        return "Witness %d" % self.number

    def __hash__(self):
        return self.number  # sets hold the same things in the same order

    def note(self, what, thing):
        LOG.append((self.number, what, sight(thing)))
        self.done.append((what, thing))

    def __setstate__(self, state):
        self.note("state", state)

    def append(self, item):
        self.note("append", item)

    def extend(self, items):
        self.note("extend", items)

    def __setitem__(self, key, value):
        self.note("set", (key, value))

    def add(self, item):
        self.note("add", item)


def make(*args):
    return Witness(*args)


def setter(thing, state):
    thing.note("setter", state)


class Program(object):
    """Writes a random program, keeping track of what kinds of things stand where."""

    def __init__(self, chance):
        self.chance = chance
        self.out = io.BytesIO()
        self.stack = []  # (kind, hashable), a new tuple for each thing
        self.memo = []
        self.out.write(pickle.PROTO + b"\x04")

    def emit(self, opcodes):
        self.out.write(opcodes)

    def push(self, opcodes, kind, hashable=True):
        self.emit(opcodes)
        self.stack.append([kind, hashable])

    def atom(self):
        choice = self.chance.randrange(6)
        if choice == 0:
            self.push(pickle.NONE, "atom")
        elif choice == 1:
            text = self.chance.choice(["a", "b", "long " * 20]).encode()
            self.push(pickle.SHORT_BINUNICODE + struct.pack("<B", len(text)) + text, "atom")
        elif choice == 2:
            self.push(pickle.SHORT_BINBYTES + b"\x02\xff0", "atom")
        elif choice == 3:
            self.push(pickle.BINFLOAT + struct.pack(">d", self.chance.randrange(3)), "atom")
        else:
            self.push(pickle.BININT1 + struct.pack("<B", self.chance.randrange(4)), "atom")

    def empty(self):
        opcode, kind = self.chance.choice([(pickle.EMPTY_LIST, "list"), (pickle.EMPTY_DICT, "dict"),
                                           (pickle.EMPTY_SET, "set")])
        self.push(opcode, kind, False)

    def witness(self):
        choice = self.chance.randrange(4)
        name = b"make" if choice == 0 else b"Witness"
        self.emit(pickle.GLOBAL + b"__main__\n" + name + b"\n")
        self.tuple_of_top(self.chance.randrange(3), in_place=True)
        if choice == 3:
            self.emit(pickle.EMPTY_DICT + pickle.MARK + pickle.SHORT_BINUNICODE + b"\x01k" +
                      pickle.NONE + pickle.SETITEMS + pickle.NEWOBJ_EX)
        else:
            self.emit(pickle.REDUCE if choice < 2 else pickle.NEWOBJ)
        self.stack.append(["object", True])

    def tuple_of_top(self, size, in_place=False):
        """A tuple of things fetched from the memo or made now."""
        self.emit(pickle.MARK)
        hashable = True
        for _ in range(size):
            hashable = self.part() and hashable
        self.emit(pickle.TUPLE)
        if not in_place:
            self.stack.append(["tuple", hashable])
        return hashable

    def part(self, hashable=False):
        """One thing as part of another; whether it is hashable."""
        known = [number for number, thing in enumerate(self.memo)
                 if thing is not None and (thing[1] or not hashable)]
        if known and self.chance.random() < 0.6:
            number = self.chance.choice(known)
            self.emit(pickle.BINGET + struct.pack("<B", number))
            return self.memo[number][1]
        self.atom()
        return self.stack.pop()[1]

    def fetch(self):
        if self.memo:
            number = self.chance.randrange(len(self.memo))
            self.emit(pickle.BINGET + struct.pack("<B", number))
            self.stack.append(self.memo[number])

    def memoize(self):
        if self.stack and len(self.memo) < 250:
            self.emit(pickle.MEMOIZE)
            self.memo.append(self.stack[-1])

    def change(self):
        """Does something to what is on top."""
        kind = self.stack[-1][0] if self.stack else None
        count = self.chance.randrange(3)
        if kind == "list" or (kind == "object" and self.chance.random() < 0.2):
            if self.chance.random() < 0.4:
                self.part()
                self.emit(pickle.APPEND)
            else:
                self.parts(count)
                self.emit(pickle.APPENDS)
        elif kind == "dict" or (kind == "object" and self.chance.random() < 0.2):
            self.emit(pickle.MARK)
            for _ in range(count):
                self.part(hashable=True)
                self.part()
            self.emit(pickle.SETITEMS)
        elif kind == "set":
            self.parts(count, hashable=True)
            self.emit(pickle.ADDITEMS)
        elif kind == "object" and self.chance.random() < 0.6:
            self.part()
            self.emit(pickle.BUILD)
        elif kind == "object":
            number = [index for index, thing in enumerate(self.memo) if thing is self.stack[-1]]
            if number:
                self.emit(pickle.GLOBAL + b"__main__\nsetter\n" + pickle.BINGET +
                          struct.pack("<B", number[0]))
                self.part()
                self.emit(pickle.TUPLE2 + pickle.REDUCE + pickle.POP)

    def parts(self, count, hashable=False):
        self.emit(pickle.MARK)
        for _ in range(count):
            self.part(hashable)

    def frozenset(self):
        self.parts(self.chance.randrange(3), hashable=True)
        self.push(pickle.FROZENSET, "frozenset")

    def fold(self):
        """The top of the stack becomes part of what is below it, or of a tuple."""
        if len(self.stack) < 2:
            return
        below, top = self.stack[-2:]
        if below[0] in ("list", "object") and self.chance.random() < 0.7:
            self.emit(pickle.APPEND)
            self.stack.pop()
        else:
            self.emit(pickle.TUPLE2)
            del self.stack[-2:]
            self.stack.append(["tuple", below[1] and top[1]])

    def pop(self):
        if self.stack:
            self.emit(pickle.POP)
            self.stack.pop()

    def duplicate(self):
        if self.stack:
            self.emit(pickle.DUP)
            self.stack.append(self.stack[-1])

    def write(self, steps):
        actions = ([self.atom] * 2 + [self.empty] * 5 + [self.witness] * 4 + [self.fetch] * 5 +
                   [self.memoize] * 8 + [self.change] * 9 + [self.fold] * 4 + [self.frozenset] +
                   [self.pop] * 2 + [self.duplicate] + [lambda: self.tuple_of_top(2)] * 2)
        for _ in range(steps):
            self.chance.choice(actions)()
        if not self.stack:
            self.atom()
        # Of an atom alone parley keeps nothing else, not what was done on the way to it.
        self.emit(pickle.TUPLE1 + pickle.STOP)
        return self.out.getvalue()


def outcome(program):
    """What was done, and what came of it."""
    del LOG[:]
    thing = pickle.loads(program)
    return canon(thing), list(LOG)


def show(program):
    try:
        pickletools.dis(program)
    except ValueError as error:
        print(error)


def check(round_trip, program, protocol):
    expected = outcome(program)
    try:
        written = round_trip(program, protocol)
    except Refused as refusal:
        if "needs protocol 4" in str(refusal) and protocol < 4:
            return
        raise
    actual = outcome(written)
    if actual != expected:
        show(program)
        show(written)
        for here, there in zip(expected, actual):
            print("expected", here)
            print("came    ", there)
        sys.exit(1)


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
    round_trip = RoundTrip(sys.argv[1])
    for number in range(seed, seed + count):
        chance = random.Random(number)
        program = Program(chance).write(chance.randrange(2, 60))
        for protocol in range(2, min(pickle.HIGHEST_PROTOCOL, 5) + 1):
            try:
                check(round_trip, program, protocol)
            except BaseException:
                print("seed %d, protocol %d" % (number, protocol))
                raise
    round_trip.close()


if __name__ == "__main__":
    main()
