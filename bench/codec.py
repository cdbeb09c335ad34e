#!/usr/bin/env python3
"""Pickle in C++ beside CPython's C pickle: eight documents, read and written.

usage: codec.py CODEC_BENCH [--python PYTHON] [--rounds N] [--json FILE]

Each round runs both programs once on one core; the table gives the median time of each and how many
times as fast as CPython parley is. PYTHON is the newest CPython found, or, for the numpy array, the
newest that has numpy.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "interop"))
from harness.pythons import find_pythons  # noqa: E402

PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "codec_peer.py")
KINDS = ("read", "write", "write_again")


def output_of(command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()


def on_one_core(command):
    return ["taskset", "-c", str(max(os.sched_getaffinity(0)))] + command


def numpy_python(pythons):
    for python in reversed(pythons):
        probe = subprocess.run([python.path, "-c", "import numpy"], stderr=subprocess.DEVNULL)
        if probe.returncode == 0:
            return python.path
    return None


def parley_times(program, folder):
    """Seconds by benchmark name."""
    report = json.loads(output_of(on_one_core(
        [program, "--documents=" + folder, "--benchmark_format=json", "--benchmark_min_time=0.2"])))
    return {entry["name"].replace("/manual_time", ""): entry["real_time"] * 1e-9
            for entry in report["benchmarks"]}


def cpython_times(python, folder, names):
    return json.loads(output_of(on_one_core([python, PEER, "time", folder] + names)))


def run(program, python, with_numpy, rounds):
    """Lists of seconds by benchmark name, ours and theirs."""
    ours, theirs = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        names = json.loads(output_of([python, PEER, "make", folder]))
        array = json.loads(output_of([with_numpy, PEER, "make-array", folder])) if with_numpy else []
        for _ in range(rounds):
            for name, seconds in parley_times(program, folder).items():
                ours.setdefault(name, []).append(seconds)
            measured = cpython_times(python, folder, names)
            if array:
                measured.update(cpython_times(with_numpy, folder, array))
            for name, seconds in measured.items():
                theirs.setdefault(name, []).append(seconds)
    return names + array, ours, theirs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--python")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    pythons = find_pythons()
    python = arguments.python or pythons[-1].path
    names, ours, theirs = run(arguments.program, python, numpy_python(pythons), arguments.rounds)

    print("%-14s %12s %12s %7s" % ("", "parley", "CPython", "ratio"))
    results = {}
    for kind in KINDS:
        ratios = []
        for name in names:
            own = statistics.median(ours["%s/%s" % (kind, name)])
            other = statistics.median(theirs["%s/%s" % (kind.split("_")[0], name)])
            ratios.append(other / own)
            results["%s/%s" % (kind, name)] = {"parley": own, "cpython": other}
            print("%-20s %9.1f us %9.1f us %7.2f" % (kind + " " + name, own * 1e6, other * 1e6,
                                                     ratios[-1]))
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print("%-20s %26s %7.2f, least %.2f" % (kind, "geometric mean", mean, min(ratios)))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(results, file, indent=1)


main()
