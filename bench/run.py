#!/usr/bin/env python3
"""Runs every benchmark, interleaved, and writes what it measured; bench/report.py tells of it.

usage: run.py BUILD SHARED_BUILD RESULTS [--quick]
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))

import facts  # noqa: E402
import scale  # noqa: E402
import series  # noqa: E402
from pairs import Arena, Failed  # noqa: E402


class Pace:
    """How long and how often."""

    def __init__(self, quick):
        self.rounds = 3 if quick else 11
        self.seconds = 0.02 if quick else 0.12
        self.quick = quick


def say(words):
    print("[%s] %s" % (time.strftime("%H:%M:%S"), words), flush=True)


def take_pairs(arena, pace):
    plan = series.Plan(arena, pace.seconds)
    if pace.quick:
        plan.keep_small()
    taken = {one.name: [] for one in plan.series}
    for number in range(pace.rounds):
        say("round %d of %d: %d pairs" % (number + 1, pace.rounds, len(plan.series)))
        for one in plan.series:
            taken[one.name].append(arena.seconds(one.pair, one.seconds, one.cores))
    return taken


def take_versions(arena, pace):
    """Every CPython with itself, a few messages each."""
    taken = {}
    for _ in range(5):
        for one in series.version_series(arena, pace.seconds / 2):
            taken.setdefault(one.name, []).append(arena.seconds(one.pair, one.seconds, one.cores))
    return taken


def output_of(name, *words):
    """What bench/codec.py or typed.py found. Either may end with 1 to say that a bar is missed."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        done = subprocess.run([sys.executable, os.path.join(HERE, name), *words, "--json", file.name],
                              stdout=subprocess.DEVNULL)
        content = file.read()
    if not content:
        raise Failed("%s failed with %d" % (name, done.returncode))
    return json.loads(content)


def take_codec(arena, rounds):
    """Medians of short rounds, by kind, document and whose they are."""
    taken = [output_of("codec.py", os.path.join(arena.build, "bench"), "--quick")
             for _ in range(rounds)]
    return {name: {whose: statistics.median(one[name][whose] for one in taken)
                   for whose in taken[0][name]} for name in taken[0]}


def take_typed(arena, rounds):
    return output_of("typed.py", os.path.join(arena.build, "bench", "typed_bench"), "--rounds",
                     str(rounds))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("shared")
    parser.add_argument("results")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    pace = Pace(arguments.quick)
    begin = time.monotonic()
    arena = Arena(arguments.build)
    arena.check_peers(("raw_peer", "parley_peer", "zmq_peer", "nng_peer", "epoll_echo",
                       "parley_echo", "asio_echo", "zmq_echo", "crowd", "codec_bench", "typed_bench"))
    results = {"machine": facts.machine(), "newest": arena.newest, "quick": pace.quick,
               "rounds": pace.rounds, "pythons": [str(p) for p in arena.pythons.values()]}
    results["pairs"] = take_pairs(arena, pace)
    if not pace.quick:
        say("every CPython with itself")
        results["versions"] = take_versions(arena, pace)
        say("pickles")
        results["codec"] = take_codec(arena, 5)
        say("typed messages")
        results["typed"] = take_typed(arena, 5)
        say("many clients")
        results["scale"] = scale.measure(arena, 7, 0.4, say)
        say("size, start-up and compile time")
        results["facts"] = facts.weigh(arguments.build, arguments.shared, 5)
    results["taken"] = time.monotonic() - begin
    with open(arguments.results, "w") as file:
        json.dump(results, file, indent=1)
    say("%.0f s" % results["taken"])


try:
    main()
except Failed as error:
    sys.exit("run.py: %s" % error)
