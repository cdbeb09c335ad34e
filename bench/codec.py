#!/usr/bin/env python3
"""Pickle in C++ beside CPython's C pickle: eight documents, read and written.

usage: codec.py [FOLDER_OF_CODEC_BENCH] [--python PYTHON] [--rounds N] [--quick] [--memory] [--json [FILE]]

Each round runs both programs on one core, turn and turn about; the table gives the median of the
processor time of each and how many times as fast as CPython parley is. PYTHON is the newest CPython found,
or, for the numpy array, the newest that has numpy. --memory measures what a decoded document takes instead.
--json prints the figures as JSON in place of the table, or writes them to FILE besides. The programs
codec_bench and codec_memory are those of build/release/bench unless another folder is named.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "interop"))
from harness.pythons import find_pythons  # noqa: E402

PEER = os.path.join(HERE, "codec_peer.py")
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


class Documents(object):
    """The documents in a folder, each with the CPython that made it and is to be compared on it."""

    def __init__(self, folder, python, with_numpy):
        self.folder = folder
        self.pythons = dict.fromkeys(json.loads(output_of([python, PEER, "make", folder])), python)
        if with_numpy:
            made = json.loads(output_of([with_numpy, PEER, "make-array", folder]))
            self.pythons.update(dict.fromkeys(made, with_numpy))

    def ask_cpython(self, verb, name):
        return json.loads(output_of(on_one_core([self.pythons[name], PEER, verb, self.folder, name])))

    def time_parley(self, programs, name, least):
        """Seconds by benchmark name: the least of three runs, as codec_peer.py takes it too."""
        report = json.loads(output_of(on_one_core(
            [os.path.join(programs, "codec_bench"), "--documents=" + self.folder, "--benchmark_format=json",
             "--benchmark_min_time=%g" % least, "--benchmark_repetitions=3",
             "--benchmark_filter=/%s(/|$)" % name])))
        times = {}
        for entry in report["benchmarks"]:
            if entry["run_type"] == "iteration":
                key = entry["run_name"].replace("/manual_time", "")
                manual = "/manual_time" in entry["run_name"]
                taken = entry["real_time" if manual else "cpu_time"] * 1e-9
                times[key] = min(times.get(key, math.inf), taken)
        return times

    def memory_of_parley(self, programs, name):
        path = os.path.join(self.folder, name + ".pickle")
        return json.loads(output_of([os.path.join(programs, "codec_memory"), path]))


def measure_time(documents, programs, rounds, least):
    """The median seconds by kind and name, ours and theirs."""
    ours, theirs = {}, {}
    for _ in range(rounds):
        for name in documents.pythons:
            for key, seconds in documents.time_parley(programs, name, least).items():
                ours.setdefault(key, []).append(seconds)
            for key, seconds in documents.ask_cpython("time", name).items():
                theirs.setdefault(key, []).append(seconds)
    return {"%s/%s" % (kind, name): {
        "parley": statistics.median(ours["%s/%s" % (kind, name)]),
        "cpython": statistics.median(theirs["%s/%s" % (kind.split("_")[0], name)]),
    } for kind in KINDS for name in documents.pythons}


def print_time(results):
    print("%-20s %12s %12s %7s" % ("", "parley", "CPython", "ratio"))
    for kind in KINDS:
        ratios = []
        for key, result in results.items():
            if key.split("/")[0] == kind:
                ratios.append(result["cpython"] / result["parley"])
                print("%-20s %9.1f us %9.1f us %7.2f" % (
                    key.replace("/", " "), result["parley"] * 1e6, result["cpython"] * 1e6, ratios[-1]))
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print("%-20s %25s %7.2f, least %.2f" % (kind, "geometric mean", mean, min(ratios)))


def measure_memory(documents, programs):
    """Bytes by name: what stays, and what it takes at its peak; the pickle itself for comparison."""
    results = {}
    for name in documents.pythons:
        kept, peak, _ = documents.memory_of_parley(programs, name)
        their_kept, their_peak = documents.ask_cpython("memory", name)
        results[name] = {"pickle": os.path.getsize(os.path.join(documents.folder, name + ".pickle")),
                         "parley": kept, "cpython": their_kept,
                         "parley_peak": peak, "cpython_peak": their_peak}
    return results


def print_memory(results):
    print("%-10s %12s %12s %12s %12s %12s" % ("KiB", "pickle", "parley", "CPython", "its peak",
                                              "CPython's"))
    for name, result in results.items():
        print("%-10s %12d %12d %12d %12d %12d" % ((name,) + tuple(
            result[key] // 1024 for key in ("pickle", "parley", "cpython", "parley_peak",
                                            "cpython_peak"))))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="?",
                        default=os.path.join(HERE, "..", "build", "release", "bench"))
    parser.add_argument("--python")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--json", nargs="?", const="-")
    arguments = parser.parse_args()
    programs = arguments.programs
    if os.path.isfile(programs):
        programs = os.path.dirname(os.path.abspath(programs))
    pythons = find_pythons()
    python = arguments.python or pythons[-1].path
    with tempfile.TemporaryDirectory() as folder:
        documents = Documents(folder, python, numpy_python(pythons))
        if arguments.memory:
            results = measure_memory(documents, programs)
        elif arguments.quick:
            results = measure_time(documents, programs, 1, 0.05)
        else:
            results = measure_time(documents, programs, arguments.rounds, 0.2)
    if arguments.json == "-":
        print(json.dumps(results, indent=1))
        return
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(results, file, indent=1)
    (print_memory if arguments.memory else print_time)(results)


main()
