"""usage: pickle_mutants.py PICKLE_ROUND_TRIP [SEED [COUNT]]

Damaged pickles: those of the zoo, in every protocol, with bytes changed, opcodes put in, pieces taken out,
doubled, or spliced into each other; and opcodes strung together at random. Whatever this CPython loads
parley has to read, and what it writes must load to an equal object in every protocol. Calls are limited
to a list of harmless names, since nobody knows what a damaged pickle calls.
"""
import io
import pickle
import pickletools
import random
import re
import resource
import signal
import sys

from canon import canon
from round_trip import Refused, RoundTrip, end_of_pickle
from zoo import zoo

MODULES = {
    "well_known": None, "collections": None, "datetime": None, "decimal": None, "fractions": None,
    "uuid": None, "copyreg": ("_reconstructor", "__newobj__", "__newobj_ex__"), "_codecs": ("encode",),
    "builtins": ("set", "frozenset", "bytearray", "bytes", "complex", "getattr", "list", "dict", "object",
                 "ValueError", "Exception", "slice", "range", "Ellipsis", "NotImplemented", "len", "str"),
    "functools": ("partial",),
}
OPCODES = [op.code.encode("latin1") for op in pickletools.opcodes]
# What CPython does to a builtin value that parley keeps as such, and no pickler asks for.
EXCUSED = ("expected a list, came bytearray", "expected a dict, came bytearray",
           "of which came", "data after the end", "takes no state")


class Careful(pickle.Unpickler):
    def find_class(self, module, name):
        found = super(Careful, self).find_class(module, name)
        home, own = self.modern(module, name)
        if home not in MODULES or (MODULES[home] is not None and own not in MODULES[home]):
            raise pickle.UnpicklingError("not on the list")
        return found

    @staticmethod
    def modern(module, name):
        import _compat_pickle
        if (module, name) in _compat_pickle.NAME_MAPPING:
            return _compat_pickle.NAME_MAPPING[module, name]
        return _compat_pickle.IMPORT_MAPPING.get(module, module), name

    def persistent_load(self, given):
        return ("persistent", given)


def too_long(*_):
    raise MemoryError("it takes too long")


def within_time(action):
    """What it returns, or None where it raises anything or takes too long."""
    try:
        signal.setitimer(signal.ITIMER_REAL, 10)
        try:
            return action()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except Exception:
        return None


def load(data):
    """(object,), or None where this CPython does not load it."""
    return within_time(lambda: (Careful(io.BytesIO(data), encoding="latin-1").load(),))


def without_address(token):
    """Members of sets are compared by their reprs."""
    if isinstance(token, tuple) and token[0] in ("set", "frozenset"):
        return (token[0], sorted(re.sub(" at 0x[0-9a-f]+", "", member) for member in token[1]))
    return token


def shown(thing):
    """What canon() tells of it, or None where its instances cannot even say what they are made of."""
    return within_time(lambda: [without_address(token) for token in canon(thing)])


def mutate(chance, seeds):
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((0, 1, 1, 2, 4, 16)))
        choice = chance.randrange(7)
        if choice == 0 and at < len(data):
            data[at] = chance.randrange(256)
        elif choice == 1:
            data[at:at] = chance.choice(OPCODES)
        elif choice == 2:
            del data[at:end]
        elif choice == 3:
            data[at:at] = data[at:end]
        elif choice == 4:
            other = chance.choice(seeds)
            begin = chance.randrange(len(other))
            data[at:at] = other[begin:begin + chance.choice((1, 4, 20, 200))]
        elif choice == 5:
            data[at:end] = bytes([chance.choice(b"]}()l\x8f\x94.aesu0120RbhqNKc\x81\x85\x86\x87\x90\x91\x93")])
        else:
            data[at:at] = b"h" + bytes([chance.randrange(8)])
    if chance.random() < 0.5 and data[-1:] != b".":
        data += b"."
    return bytes(data)


def string_together(chance):
    """Opcodes at random, those that need nothing rather than others."""
    out = bytearray(b"\x80" + bytes([chance.randrange(6)])) if chance.random() < 0.5 else bytearray()
    pieces = [b"]", b"}", b"\x8f", b")", b"N", b"\x88", b"K" + bytes([chance.randrange(4)]), b"(", b"(",
              b"\x8c\x01a", b"C\x01b", b"U\x01c", b"G\x3f\xf0\0\0\0\0\0\0", b"\x8a\x01\x05", b"I7\n", b"Vx\n",
              b"\x94", b"q\x00", b"q\x01", b"h\x00", b"h\x01", b"h\x02", b"p0\n", b"g0\n", b"2", b"0", b"1",
              b"a", b"e", b"s", b"u", b"\x90", b"\x91", b"t", b"l", b"d", b"\x85", b"\x86", b"\x87", b"R", b"b",
              b"\x81", b"\x92", b"o", b"cwell_known\nPlain\n", b"cwell_known\nReduced\n", b"ccollections\ndeque\n",
              b"cbuiltins\nset\n", b"cbuiltins\nbytearray\n", b"c_codecs\nencode\n", b"(iwell_known\nPlain\n",
              b"Pid\n", b"Q", b"\x8c\x0awell_known\x8c\x05Plain\x93", b"\x8c\x06latin1",
              b"cwell_known\nWithState\n", b"ccollections\nOrderedDict\n", b"\x96\x01\0\0\0\0\0\0\0z"]
    for _ in range(chance.randrange(2, 40)):
        out += chance.choice(pieces)
    return bytes(out) + b"."


class Examination(object):
    def __init__(self, program):
        self.round_trip = RoundTrip(program)
        self.loaded = 0

    def check(self, data):
        """What is wrong, or None."""
        taken = load(data)
        if taken is None:
            return None
        thing = taken[0]
        data = data[:end_of_pickle(data)]
        expected = shown(thing)
        self.loaded += 1
        for protocol in range(2, min(pickle.HIGHEST_PROTOCOL, 5) + 1):
            try:
                written = self.round_trip(data, protocol)
            except Refused as refusal:
                if any(words in str(refusal) for words in EXCUSED) or "protocol 4" in str(refusal):
                    continue
                return "protocol %d: CPython loads it, but %s" % (protocol, refusal)
            back = load(written)
            if back is None:
                return "protocol %d: CPython does not load %r" % (protocol, written)
            if expected is not None and shown(back[0]) != expected:
                return "protocol %d: %.300r came back as %.300r from %r" % (protocol, thing, back[0], written)
        return None


def seeds():
    for _, thing in zoo():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                data = pickle.dumps(thing, protocol)
            except Exception:
                continue
            if len(data) < 3000:
                yield data


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
    signal.signal(signal.SIGALRM, too_long)
    examination = Examination(sys.argv[1])
    # For Python alone, and so after the program has begun: a sanitizer reserves terabytes.
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    chance = random.Random(seed)
    pool = list(seeds())
    failures = 0
    for number in range(count):
        data = string_together(chance) if chance.random() < 0.4 else mutate(chance, pool)
        problem = examination.check(data)
        if problem:
            failures += 1
            print("%d: %r\n  %s" % (number, data, problem))
            if failures > 20:
                break
    print("%d of %d loaded" % (examination.loaded, count))
    examination.round_trip.close()
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
