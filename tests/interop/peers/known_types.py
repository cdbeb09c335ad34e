"""Sends objects through tests/support/well_known_round_trip.cpp and says which do not come back."""
from __future__ import print_function

import binascii
import pickle
import subprocess
import sys


class Program(object):
    """The C++ program, asked line by line."""

    def __init__(self, path):
        self._child = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, kind, protocol, data):
        """(answer, None) or (None, what is wrong)"""
        line = kind.encode() + b" %d " % protocol + binascii.hexlify(data) + b"\n"
        self._child.stdin.write(line)
        self._child.stdin.flush()
        answer = self._child.stdout.readline().rstrip(b"\n")
        if answer[:1] == b"=":
            return binascii.unhexlify(answer[1:]), None
        return None, answer[1:].decode("utf-8", "replace")


class Examination(object):
    """What came back, compared with what was sent."""

    def __init__(self, program):
        self.program = program
        self.count = 0
        self.faults = []

    def fault(self, kind, thing, what):
        self.faults.append("%s %r: %s" % (kind, thing, what))

    def round_trip(self, kind, thing, equal):
        """Through C++ in each protocol that this Python writes and in each that parley does."""
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                data = pickle.dumps(thing, protocol)
            except TypeError:
                continue  # slots are beyond protocols 0 and 1
            sent = pickle.loads(data)  # protocols before 4 lose the fold of a time
            for answered in range(2, pickle.HIGHEST_PROTOCOL + 1):
                self.compare(kind, sent, data, answered, equal)

    def compare(self, kind, thing, data, protocol, equal):
        """One pickle of a thing, answered in one protocol."""
        self.count += 1
        answer, error = self.program.ask(kind, protocol, data)
        if error:
            return self.fault(kind, thing, error)
        try:
            came = pickle.loads(answer)
        except Exception as problem:  # whatever CPython thinks of it
            return self.fault(kind, thing, "protocol %d: %r of %r" % (protocol, problem, answer))
        if type(came) is not type(thing) or not equal(came, thing):
            self.fault(kind, thing, "came back as %r" % (came,))

    def text(self, thing, expected):
        """The repr() that parley gives it."""
        self.count += 1
        answer, error = self.program.ask("repr", 4, pickle.dumps(thing, pickle.HIGHEST_PROTOCOL))
        if error or answer.decode("utf-8") != expected:
            self.fault("repr", thing, error or "shown as %s" % answer.decode("utf-8"))

    def report(self):
        """Ends the process with what was found."""
        print("%d comparisons, %d faults" % (self.count, len(self.faults)))
        for fault in self.faults[:20]:
            print(fault)
        sys.exit(1 if self.faults else 0)
