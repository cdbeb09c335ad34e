"""echo_client.py ADDRESS KEY TASK...: talks to `parley echo` and compares what comes back.

Tasks:
  objects    the whole zoo, by send() and recv()
  protocols  the whole zoo in every protocol that this Python has; also, that no reply comes in a
             higher protocol than was sent
  protocols=N  the same, in one protocol
  small      a handful of plain objects
  raw        bytes at the sizes where frames change their shape; wants `parley echo --raw`
  raw=SIZE   bytes of one size
Says `FAIL what: why` for every difference and `N exchanges` at the end; status 1 if any failed.
"""
import itertools
import pickle
import sys

from canon import canon
from common import open_client, parse_key, say
from zoo import zoo

RAW_SIZES = (0, 1, 2, 255, 16383, 16384, 16385, 65536, 2 ** 20)


class Report(object):
    def __init__(self):
        self.exchanges = 0
        self.failures = 0

    def check(self, name, good, why):
        self.exchanges += 1
        if not good:
            self.failures += 1
            say("FAIL %s: %s" % (name, why()))


def shortened(thing):
    shown = repr(thing)
    return shown if len(shown) < 400 else shown[:400] + "..."


def difference(sent, got):
    pairs = enumerate(itertools.zip_longest(sent, got) if hasattr(itertools, "zip_longest")
                      else map(None, sent, got))
    place, pair = next((place, pair) for place, pair in pairs if pair[0] != pair[1])
    return "at %d, sent %s, got %s" % (place, shortened(pair[0]), shortened(pair[1]))


def compare(report, name, sent, got):
    sent, got = canon(sent), canon(got)
    report.check(name, sent == got, lambda: difference(sent, got))


def default_protocol():
    if sys.version_info[0] == 2:
        return 2
    from multiprocessing import reduction
    return bytearray(reduction.ForkingPickler.dumps(None))[1]


def picklable(protocol):
    """(name, object, pickle) for what this Python can pickle at all."""
    for name, thing in zoo():
        try:
            yield name, thing, pickle.dumps(thing, protocol)
        except (TypeError, ValueError, pickle.PicklingError, RuntimeError):
            continue


def objects(conn, report):
    for name, thing, pickled in picklable(default_protocol()):
        conn.send(thing)
        compare(report, name, pickle.loads(pickled), conn.recv())


def small(conn, report):
    for thing in (None, [u"Hello World", 100, b"bytes"], {u"key": (1, 2.5)}):
        conn.send(thing)
        compare(report, repr(thing), pickle.loads(pickle.dumps(thing, 2)), conn.recv())


def protocol_of(pickled):
    data = bytearray(pickled[:2])
    return data[1] if data[0] == 0x80 else 0


def one_protocol(conn, report, protocol):
    for name, thing, pickled in picklable(protocol):
        name = "%s in protocol %d" % (name, protocol)
        conn.send_bytes(pickled)
        reply = conn.recv_bytes()
        compare(report, name, pickle.loads(pickled), pickle.loads(reply))
        report.check(name + ", protocol of the reply", protocol_of(reply) <= max(protocol, 2),
                     lambda: "the reply came in protocol %d" % protocol_of(reply))


def raw(conn, report, sizes):
    for size in sizes:
        pattern = bytes(bytearray(range(251)))  # a prime length: a shifted byte shows
        sent = (pattern * (size // 251 + 1))[:size]
        conn.send_bytes(sent)
        got = conn.recv_bytes()
        report.check("%d raw bytes" % size, got == sent, lambda: "got %d others" % len(got))


def numbers(task):
    return [int(number) for number in task.split("=")[1:]]


def main():
    address, key = sys.argv[1], parse_key(sys.argv[2])
    report = Report()
    for task in sys.argv[3:]:
        if task.startswith("protocols"):
            for protocol in numbers(task) or range(pickle.HIGHEST_PROTOCOL + 1):
                conn = open_client(address, key)
                one_protocol(conn, report, protocol)
                conn.close()
            continue
        conn = open_client(address, key)
        if task == "objects":
            objects(conn, report)
        elif task == "small":
            small(conn, report)
        else:
            raw(conn, report, numbers(task) or RAW_SIZES)
        conn.close()
    say("%d exchanges" % report.exchanges)
    sys.exit(1 if report.failures or not report.exchanges else 0)


if __name__ == "__main__":
    main()
