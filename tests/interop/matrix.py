"""Every CPython found, in both roles, over every transport, with every kind of key and payload.

Prints one table per role and subject, and writes docs/compatibility.md (--output FILE to put it
elsewhere; --quick for a part of it, which writes nothing). So many --jobs run at once, each of them
with another CPython. The exit status is 1 if any cell failed.
"""
import argparse
import concurrent.futures
import os
import shutil
import sys
import tempfile

from harness.cells import Cells
from harness.child import Overdue
from harness.parley import HERE, program
from harness.pythons import find_pythons, one_of_each
from harness.suite import TRANSPORTS

OUTPUT = os.path.join(os.path.dirname(os.path.dirname(HERE)), "docs", "compatibility.md")
KEYS = ("none", "right", "wrong", "empty", "1 KiB", "with NULs")
RAW_SIZES = (0, 1, 16383, 16384, 16385, 65536, 1 << 20, 64 << 20)


def subjects(quick):
    """(title, [(row, name of a method of Cells, its arguments)])"""
    def crossed(method):
        return [("%s, key: %s" % (transport, key), method, (transport, key))
                for transport in TRANSPORTS for key in KEYS
                if not quick or key == "right" or transport == "unix"]

    transports = ("unix",) if quick else TRANSPORTS
    sizes = RAW_SIZES[:-1] if quick else RAW_SIZES
    protocols = range(6)
    yield "Python's Client to parley echo: transports and keys", crossed("echo")
    yield "parley connect to Python's Listener: transports and keys", crossed("connect")
    yield "Python's Client to parley echo: payloads", (
        [("every type, as send() writes it, %s" % transport, "echo_task", (transport, "objects"))
         for transport in transports]
        + [("every type, protocol %d, %s" % (protocol, transport), "echo_protocol",
            (transport, protocol)) for protocol in protocols for transport in transports]
        + [("%d raw bytes, %s" % (size, transport), "echo_raw", (transport, size))
           for size in sizes for transport in transports])
    yield "parley connect to Python's Listener: payloads", (
        [("every literal, protocol %d, %s" % (protocol, transport), "connect_protocol",
          (transport, protocol)) for protocol in protocols[2:] for transport in transports]
        + [("%d bytes, %s" % (size, transport), "connect_bytes", (transport, size))
           for size in sizes for transport in transports])
    yield "Digests", [
        ("strict: Python's Client", "echo_strict", ()),
        ("strict: Python's Listener", "connect_strict", ()),
        ("bare SHA-256, as Red Hat's: Python's Client", "echo_red_hat", ()),
        ("bare SHA-256, as Red Hat's: Python's Listener", "connect_red_hat", ()),
        ("OpenSSL without MD5: Python's Client", "echo_without_md5", ()),
        ("OpenSSL without MD5: Python's Listener", "connect_without_md5", ()),
    ]


class Notes(object):
    """The footnotes, numbered as they come."""

    def __init__(self):
        self.texts = []

    def number(self, text):
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text) + 1


class Table(object):
    def __init__(self, title, pythons, notes):
        self.title, self.pythons, self.notes = title, pythons, notes
        self.rows = []
        self.failures = []

    def run(self, workers, row, method, arguments):
        outcomes = workers.map(lambda python: self._outcome(python, method, arguments),
                               self.pythons)
        shown = [self._cell(python, row, outcome)
                 for python, outcome in zip(self.pythons, outcomes)]
        self.rows.append([row] + shown)
        print("%-58s %s" % (row, "  ".join("%-8s" % cell for cell in shown)))
        sys.stdout.flush()

    @staticmethod
    def _outcome(python, method, arguments):
        """What the cell returns, or the exception that it raises."""
        folder = tempfile.mkdtemp(prefix="parley-")
        try:
            with Cells(python, folder) as cell:
                return getattr(cell, method)(*arguments)
        except (AssertionError, Overdue, OSError) as failure:
            return failure
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _cell(self, python, row, outcome):
        if isinstance(outcome, Exception):
            reason = str(outcome).strip().rpartition("\n")[2]  # a traceback's last line
            self.failures.append("%s, %s: %s" % (python, row, reason))
            return "FAIL"
        if outcome is None:
            return "pass"
        passed, why = outcome
        return "%s (%d)" % ("pass" if passed else "-", self.notes.number(why))

    def markdown(self):
        yield "\n## %s\n" % self.title
        heads = [""] + [python.short for python in self.pythons]
        yield "| %s |" % " | ".join(heads)
        yield "| --- |" + " --- |" * len(self.pythons)
        for row in self.rows:
            yield "| %s |" % " | ".join(row)


def document(tables, pythons, notes):
    yield "# Which CPython, how, and what"
    yield ""
    yield "Written by `scripts/matrix`, which talks to every CPython that it finds; this run used:"
    yield ", ".join(map(str, pythons)) + "."
    yield ""
    yield "`pass`: done, and compared to the bit. `-`: that CPython cannot; the note says why."
    for table in tables:
        for line in table.markdown():
            yield line
    yield "\n## Notes\n"
    for number, text in enumerate(notes.texts, 1):
        yield "%d. %s" % (number, text)


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    options.add_argument("--quick", action="store_true")
    options.add_argument("--output")
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    chosen = options.parse_args()
    pythons = one_of_each(find_pythons())
    if not pythons:
        sys.exit("no CPython found: nothing to talk to")
    print("%s and %s" % (program(), ", ".join(map(str, pythons))))
    notes, tables = Notes(), []
    workers = concurrent.futures.ThreadPoolExecutor(chosen.jobs)
    for title, rows in subjects(chosen.quick):
        print("\n%-58s %s" % (title, "  ".join("%-8s" % python.short for python in pythons)))
        tables.append(Table(title, pythons, notes))
        for row, method, arguments in rows:
            tables[-1].run(workers, row, method, arguments)
    print("\n" + "\n".join("(%d) %s" % pair for pair in enumerate(notes.texts, 1)))
    failures = [failure for table in tables for failure in table.failures]
    print("\n".join(failures) or "\nno failures")
    if chosen.output or not chosen.quick:
        with open(chosen.output or OUTPUT, "w") as file:
            file.write("\n".join(document(tables, pythons, notes)) + "\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
