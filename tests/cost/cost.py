#!/usr/bin/env python3
"""What a message costs, in figures that hold on a busy machine: system calls (strace), and, under
callgrind, instructions inside parley and allocations.

usage: cost.py PROGRAM RECORD CONFIGURATION [--record]

Runs PROGRAM, which is message_cost, with two numbers of messages and takes the difference, so that
starting up costs nothing. Fails where a figure is more than a tenth over the one in RECORD; with
--record writes what it finds there instead. Instructions depend on the compiler and its flags: they
are held against those of the same CONFIGURATION, and where RECORD has none, only the rest is.
"""
import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile

WAYS = ("small", "small_into", "object", "corked", "queued", "medium", "big")
FEW, MANY = 100, 300
GROWTH = 1.1
NOT_HERE = 77
# Placement new, which a debug build calls, takes a void*.
ALLOCATES = re.compile(r"^(malloc|calloc|realloc|aligned_alloc|posix_memalign"
                       r"|operator new(?!.*void\*).*)$")


def run(command):
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    if done.returncode != 0:
        sys.exit("%s failed with %d:\n%s" % (" ".join(command), done.returncode,
                                             done.stderr.decode(errors="replace")))


def system_calls(program, way, count, folder):
    path = os.path.join(folder, "strace")
    run(["strace", "-f", "-c", "-o", path, program, way, str(count)])
    with open(path) as file:
        total = [line for line in file if line.rstrip().endswith("total")]
    # "100.00 seconds usecs/call calls [errors] total"
    return int(total[-1].split()[3])


class Profile:
    """The self cost of each object and the calls of each function in a file of callgrind."""

    def __init__(self, path):
        self.names = {}
        self.instructions = collections.Counter()
        self.calls = collections.Counter()
        self.object = self.called = ""
        with open(path) as file:
            for line in file:
                self.read(line.rstrip("\n"))

    def name(self, key, words):
        """Names are given in full once, and by a number from then on."""
        number, _, name = words.partition(" ")
        if name:
            self.names[key, number] = name
        return self.names.get((key, number), words)

    def read(self, line):
        found = re.match(r"(c?ob|c?fn|calls)=(.*)", line)
        if not found:
            # A position and a cost; after calls= the cost of the callee, which is counted there.
            if self.is_after_calls:
                self.is_after_calls = False
            elif re.match(r"[+*\-0-9]", line):
                self.instructions[self.object] += int(line.split()[1])
            return
        what, words = found.groups()
        if what == "ob":
            self.object = self.name("ob", words)
        elif what == "cob":
            self.name("ob", words)
        elif what == "fn":
            self.name("fn", words)
        elif what == "cfn":
            self.called = self.name("fn", words)
        else:
            self.calls[self.called] += int(words.split()[0])
            self.is_after_calls = True

    is_after_calls = False


def profile(program, way, count, folder):
    """Instructions in the program and its own libraries, and allocations."""
    path = os.path.join(folder, "callgrind.%s.%d" % (way, count))
    run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + path, program, way, str(count)])
    found = Profile(path)
    own = sum(cost for name, cost in found.instructions.items()
              if os.path.basename(name).startswith((os.path.basename(program), "libparley")))
    allocations = sum(calls for name, calls in found.calls.items()
                      if ALLOCATES.match(name.split("@")[0].split("'")[0]))
    return own, allocations


def measure(program, configuration, with_instructions):
    """Figures per message, by (way, what)."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for way in WAYS:
            few, many = (system_calls(program, way, count, folder) for count in (FEW, MANY))
            figures[way, "system_calls"] = (many - few) / (MANY - FEW)
            if not with_instructions:
                continue
            few, many = (profile(program, way, count, folder) for count in (FEW, MANY))
            figures[way, "instructions:" + configuration] = (many[0] - few[0]) / (MANY - FEW)
            figures[way, "allocations"] = (many[1] - few[1]) / (MANY - FEW)
    return figures


def load(path):
    recorded = {}
    if os.path.exists(path):
        with open(path) as file:
            for line in file:
                words = line.split()
                if words and words[0] != "#":
                    recorded[words[0], words[1]] = float(words[2])
    return recorded


def store(path, recorded):
    with open(path, "w") as file:
        file.write("# What a message costs, by tests/cost/cost.py --record: see there.\n")
        for (way, what), value in sorted(recorded.items()):
            file.write("%-12s %-32s %10.2f\n" % (way, what, value))


def judge(figures, recorded):
    """Whether nothing has grown by more than a tenth."""
    good = True
    for key, value in sorted(figures.items()):
        due = recorded.get(key)
        words = "new" if due is None else "was %.2f" % due
        has_grown = due is not None and value > due * GROWTH + 0.01
        print("%-12s %-32s %10.2f  %s%s" % (key + (value, words, "  TOO MUCH" if has_grown else "")))
        good = good and not has_grown and due is not None
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("recorded")
    parser.add_argument("configuration")
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    if subprocess.call(["strace", "-c", "-o", os.devnull, "true"], stderr=subprocess.DEVNULL) != 0:
        print("skipped: strace may not trace here")
        sys.exit(NOT_HERE)
    recorded = load(arguments.recorded)
    known = any(what == "instructions:" + arguments.configuration for _, what in recorded)
    figures = measure(arguments.program, arguments.configuration, known or arguments.record)
    if arguments.record:
        recorded.update(figures)
        store(arguments.recorded, recorded)
    if not known:
        print("no instructions are recorded for %s" % arguments.configuration)
    sys.exit(0 if judge(figures, recorded) else 1)


main()
