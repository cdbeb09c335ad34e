#!/usr/bin/env python3
"""Typed messages beside CPython's pickle and Boost's own archives: ten thousand structs, both ways.

usage: typed.py TYPED_BENCH [--python PYTHON] [--rounds N] [--json FILE]

Each round runs both programs once on one core; the table gives the median time of each, and how many
times as long as parley the others take for the same readings. PYTHON is the newest CPython found.
Exit status 1 where parley misses its bars: 3 times as fast as CPython, at most twice the time of
binary_archive, faster than text_archive.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "interop"))
from harness.pythons import find_pythons  # noqa: E402

PEER = os.path.join(HERE, "typed_readings.py")
BARS = {"CPython": 3.0, "binary_archive": 0.5, "text_archive": 1.0}


def output_of(command):
    on_one_core = ["taskset", "-c", str(max(os.sched_getaffinity(0)))]
    return subprocess.run(on_one_core + command, stdout=subprocess.PIPE, check=True).stdout.decode()


def parley_times(program, folder):
    """Seconds by benchmark name, parley's and Boost's."""
    report = json.loads(output_of([program, "--documents=" + folder, "--benchmark_format=json",
                                   "--benchmark_min_time=0.2"]))
    return {entry["name"]: entry["cpu_time"] * 1e-6 for entry in report["benchmarks"]}


def medians(of):
    return {name: statistics.median(seconds) for name, seconds in of.items()}


def measure(program, python, rounds):
    """Median seconds by name, ours and Boost's, and CPython's."""
    ours, theirs = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        output_of([python, PEER, "make", folder])
        for _ in range(rounds):
            for name, seconds in parley_times(program, folder).items():
                ours.setdefault(name, []).append(seconds)
            for name, seconds in json.loads(output_of([python, PEER, "time", folder])).items():
                theirs.setdefault(name, []).append(seconds)
    return medians(ours), medians(theirs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--python")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    python = arguments.python or find_pythons()[-1].path
    ours, theirs = measure(arguments.program, python, arguments.rounds)

    print("%-18s %11s   %s" % ("", "parley", "times as long:  " + "  ".join("%-14s" % name for name in BARS)))
    results, missed = {}, []
    for verb in ("write", "read"):
        for form in ("dicts", "dataclasses"):
            row = "%s/%s" % (verb, form)
            others = {"CPython": theirs[row], "binary_archive": ours[verb + "/binary_archive"],
                      "text_archive": ours[verb + "/text_archive"]}
            ratios = {name: seconds / ours[row] for name, seconds in others.items()}
            results[row] = {"parley": ours[row], "others": others, "ratios": ratios}
            missed += ["%s: %s %.2f, not %.2f" % (row, name, ratios[name], bar)
                       for name, bar in BARS.items() if ratios[name] < bar]
            print("%-18s %8.0f us                   %s" % (row, ours[row] * 1e6, "  ".join(
                "%-14.2f" % ratios[name] for name in BARS)))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"python": python, "results": results, "missed": missed}, file, indent=1)
    for words in missed:
        print("misses its bar: " + words)
    sys.exit(1 if missed else 0)


main()
