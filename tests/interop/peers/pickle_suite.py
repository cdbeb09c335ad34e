"""usage: pickle_suite.py PICKLE_ROUND_TRIP [-v] [test...]
       pickle_suite.py --echo ADDRESS KEY [-v] [test...]

This Python's own tests of pickle, with parley's reader and writer between every dumps() and loads(). What
is pickled comes in every protocol that this Python has, 0 and up. With PICKLE_ROUND_TRIP each passes once
in the pickle's own protocol and then through each of the protocols that parley writes; with --echo all of
them pass through the `parley echo` that listens there.
"""
import io
import pickle
import struct
import sys
import unittest

from round_trip import EchoTrip, Refused, RoundTrip, end_of_pickle

try:
    from test import pickletester
except ImportError:
    sys.exit(77)

NEWEST = min(pickle.HIGHEST_PROTOCOL, 5)
trip = None


# What looks at the bytes that CPython's own pickler writes.
ABOUT_BYTES = {
    "test_float_format": "text of protocol 0, which parley does not write",
    "test_framed_write_sizes_with_delayed_writer": "the pickler's own buffering",
    "test_pickle_to_2x": "byte for byte with PUTs that nothing GETs",
}
if sys.version_info[:2] == (3, 6):
    for name in ("test_framing_large_objects", "test_optional_frames"):
        ABOUT_BYTES[name] = "this one wants long bytes inside of frames, later ones outside"


class Written(object):
    """dumps() hands out what parley has made of CPython's pickle, in the same protocol."""
    first_protocol = 2  # older ones are read, but not written

    def dumps(self, thing, protocol=None, **options):
        taken = []
        callback = options.get("buffer_callback")
        if callback:
            options["buffer_callback"] = lambda buffer: taken.append(callback(buffer)) or taken[-1]
        sent = bytes(pickle.dumps(thing, protocol, **options))
        return trip(sent, 0, sum(not in_band for in_band in taken))

    def loads(self, sent, **options):
        return pickle.loads(sent, **options)


class Read(object):
    """loads() takes a detour through parley."""
    first_protocol = 0
    through = 0

    def dumps(self, thing, protocol=None, **options):
        return bytes(pickle.dumps(thing, protocol, **options))

    def detour(self, sent):
        try:
            return trip(bytes(sent)[:end_of_pickle(bytes(sent))], self.through)
        except Refused as refusal:
            taken = pickle.loads(sent)  # which should raise what the test expects
            self.fail("%s, but CPython takes %.100r for %.100r" % (refusal, sent, taken))

    def loads(self, sent, **options):
        if "buffers" in options:
            return pickle.loads(sent, **options)
        return pickle.loads(self.detour(sent), **options)


class ReadPersistent(Read):
    """The same with persistent ids, which the test gives and takes."""

    def dumps(self, thing, protocol=None):
        test = self

        class Pickler(pickle.Pickler, object):
            def persistent_id(self, thing):
                return test.persistent_id(thing)
        out = io.BytesIO()
        Pickler(out, protocol).dump(thing)
        return out.getvalue()

    def loads(self, sent, **options):
        test = self

        class Unpickler(pickle.Unpickler, object):
            def persistent_load(self, given):
                return test.persistent_load(given)
        return Unpickler(io.BytesIO(self.detour(sent)), **options).load()

    def detour(self, sent):
        try:
            return trip(bytes(sent), self.through)
        except Refused:
            return sent


def suites(ways):
    """Test classes: each of CPython's, in each of the ways given."""
    bases = [("AbstractPickleTests", Read), ("AbstractUnpickleTests", Read),
             ("AbstractPersistentPicklerTests", ReadPersistent),
             ("AbstractIdentityPersistentPicklerTests", ReadPersistent)]
    for suffix, way in ways:
        for base, reads in bases:
            if not hasattr(pickletester, base) or (way is Written and reads is not Read):
                continue
            if way is Written and base == "AbstractUnpickleTests":
                continue
            yield make_suite(base, suffix, Written if way is Written else reads, way)


def make_suite(base, suffix, mixin, way):
    members = {
        "pickler": pickle.Pickler, "unpickler": pickle.Unpickler,
        "bad_stack_errors": (pickle.UnpicklingError, IndexError),
        "truncated_errors": (pickle.UnpicklingError, EOFError, AttributeError, ValueError, IndexError,
                             ImportError, KeyError, TypeError, struct.error),
        "bad_mark_errors": (pickle.UnpicklingError, IndexError, TypeError, AttributeError, EOFError),
        "error": (KeyError, IndexError),
        "persistent_load_error": pickle.UnpicklingError,
    }
    if way is not Written:
        members["through"] = way
    parents = (mixin, getattr(pickletester, base))
    if not issubclass(parents[1], unittest.TestCase):
        parents += (unittest.TestCase,)

    def set_up(test):
        pickletester.protocols = range(mixin.first_protocol, pickle.HIGHEST_PROTOCOL + 1)
        getattr(super(suite, test), "setUp", lambda: None)()
    members["setUp"] = set_up
    suite = type(base.replace("Abstract", "") + suffix, parents, members)
    for name in excused(suite, way):
        if hasattr(suite, name):
            setattr(suite, name, None)
    return suite


def excused(suite, way):
    names = set()
    if NEWEST < 5:
        names.add("test_proto")  # the protocol unknown to this Python is known to parley
    if way is Written:
        names.update(ABOUT_BYTES)
    elif way == 2:
        # CPython's own pickler sends these to Python 2 as OSError, from which there is no way back.
        names.add("test_builtin_exceptions")
        # Nor does it write names that are not ASCII below protocol 3.
        names.update(("test_load_global", "test_load_stack_global"))
    return names


def main():
    global trip
    if sys.argv[1] == "--echo":
        trip = EchoTrip(*sys.argv[2:4])
        del sys.argv[1:4]
        ways = [("ThroughEcho", 0)]
    else:
        trip = RoundTrip(sys.argv.pop(1))
        ways = [("Written", Written)] + [
            ("Through%d" % protocol, protocol) for protocol in range(2, NEWEST + 1)]
    for suite in suites(ways):
        globals()[suite.__name__] = suite
        suite.__module__ = __name__
    unittest.main()


if __name__ == "__main__":
    main()
