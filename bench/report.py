#!/usr/bin/env python3
"""Turns what bench/run.py measured into docs/performance.md and its plots.

usage: report.py RESULTS DOCS
"""
import json
import math
import os
import statistics
import sys

import misses
import plot
import series
from pairs import MEDIA, End
from scale import WINDOW
from series import shown_medium, shown_size

HEAD = """# Performance

What parley costs, beside what it stands on and what else there is. `scripts/bench` writes this page:
it builds the peers, measures all of them interleaved in one go, and fills in every figure, so none is
older than the others. `scripts/bench quick` takes a look in passing and writes nothing.

Each figure is the median of %(rounds)d rounds; each round runs every pair once, one after the other,
and takes the median of batches of some milliseconds (for streams, the mean). A bar's ratio is the
median of the rounds' own ratios. Of many clients there are seven rounds, of pickles, typed messages
and the table of CPythons five. Both processes of a pair
are kept to one core, so that waking a sleeping core, which costs more than the message, is not what
is measured. **Raw sockets** are what a careful program would write by hand: one `writev` for header
and payload, one `read` per message, reused memory, no checks ([bench/raw_socket.cpp](../bench/raw_socket.cpp)).

| machine | |
| --- | --- |
%(machine)s

"""


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join(["---"] + ["---:"] * (len(head) - 1)) + " |"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n\n"


def shown_seconds(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6)):
        if seconds * factor >= 1:
            return "%.3g %s" % (seconds * factor, unit) if seconds * factor < 1000 else \
                "%.0f %s" % (seconds * factor, unit)
    return "%.3g ns" % (seconds * 1e9)


def shown_rate(seconds):
    rate = 1 / seconds
    return "%.2f M/s" % (rate / 1e6) if rate >= 1e6 else "{:,.0f}/s".format(rate)


def shown_mebibytes(size, seconds):
    return "{:,.0f} MiB/s".format(size / seconds / (1 << 20))


def longest(series):
    """Of several series the longest in each round."""
    return [max(seconds) for seconds in zip(*series, strict=True)]


def ratio_of(ours, theirs):
    """The median of the rounds' own ratios: what slows a whole round down is in both."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


class Results:
    def __init__(self, path):
        with open(path) as file:
            self.content = json.load(file)
        self.taken = {}
        for group in ("pairs", "versions"):
            for name, seconds in self.content.get(group, {}).items():
                self.taken.setdefault(name, seconds)
        self.medians = {name: statistics.median(seconds) for name, seconds in self.taken.items()}
        self.newest = self.content["newest"]
        self.python = End(self.newest, "bytes")
        self.python_object = End(self.newest, "object")

    def median(self, *what):
        return self.medians.get(series.name_of(*what))


class Judged:
    """A row of the table of bars."""

    def __init__(self, workload, ours, theirs, ratio, limit, at_most):
        self.workload, self.ours, self.theirs = workload, ours, theirs
        self.ratio, self.limit, self.at_most = ratio, limit, at_most
        self.is_met = ratio <= limit if at_most else ratio >= limit

    def row(self):
        return [self.workload, self.ours, self.theirs, "%.2f" % self.ratio,
                "%s %.3g" % ("at most" if self.at_most else "at least", self.limit),
                "yes" if self.is_met else "**no**"]


def judge(results):
    for bar in series.bars(results.newest):
        if not all(name in results.taken for name in bar.ours + bar.theirs):
            continue
        ours = longest(results.taken[name] for name in bar.ours)
        theirs = longest(results.taken[name] for name in bar.theirs)
        ratio = ratio_of(theirs, ours) if bar.is_speed else ratio_of(ours, theirs)
        yield Judged(bar.workload, shown_seconds(statistics.median(ours)),
                     shown_seconds(statistics.median(theirs)), ratio, bar.limit, not bar.is_speed)
    yield from judge_scale(results.content)
    yield from judge_codec(results.content)
    yield from judge_facts(results.content)


def judge_scale(content):
    scale = content.get("scale")
    if not scale:
        return
    echo, spent = scale["echo"], scale["spent"]
    for count, ours in echo["parley"].items():
        people = "%s clients" % "{:,}".format(int(count))
        yield Judged("user memory of an idle connection, %s (KiB)" % people,
                     "%.2f" % (ours["memory"] / 1024), "", ours["memory"] / 1024, 2, True)
        for other, limit in (("Asio coroutines", 1), ("epoll by hand", 0.85)):
            theirs = echo[other][count]
            yield Judged("round trips of %s, against %s" % (people, other),
                         shown_seconds(ours["processor"]), shown_seconds(theirs["processor"]),
                         ratio_of(spent[other][count], spent["parley"][count]), limit, False)
    ours, theirs = scale["shakes"]["parley"], scale["shakes"]["epoll by hand"]
    yield Judged("handshakes of a crowd, against epoll by hand and OpenSSL",
                 shown_seconds(ours["processor"]), shown_seconds(theirs["processor"]),
                 ratio_of(spent["epoll by hand"]["shakes"], spent["parley"]["shakes"]), 0.9, False)


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def codec_ratios(codec, kind):
    return {name.split("/", 1)[1]: times["cpython"] / times["parley"]
            for name, times in codec.items() if name.split("/")[0] == kind}


def judge_codec(content):
    for kind, words, limit in (("write", "pickle write", 2.5), ("read", "pickle read to Values", 2)):
        ratios = codec_ratios(content.get("codec", {}), kind)
        if not ratios:
            continue
        yield Judged(words + " against CPython, geometric mean", "", "",
                     geometric_mean(ratios.values()), limit, False)
        slowest = min(ratios, key=ratios.get)
        yield Judged("%s against CPython, the least of the eight (%s)" % (words, slowest), "", "",
                     ratios[slowest], 1, False)
    limits = {"CPython": 3, "binary_archive": 0.5, "text_archive": 1}
    for name, row in content.get("typed", {}).get("results", {}).items():
        for other, ratio in row["ratios"].items():
            yield Judged("typed %s against %s" % (name.replace("/", ", "), other),
                         shown_seconds(row["parley"]), shown_seconds(row["others"][other]), ratio,
                         limits[other], False)


def judge_facts(content):
    weighed = content.get("facts")
    if not weighed:
        return
    if weighed["library size"]:
        mebibytes = weighed["library size"] / (1 << 20)
        yield Judged("the shared library, stripped (MiB)", "%.2f" % mebibytes, "", mebibytes, 2, True)
    yield Judged("`parley --version` (ms)", "%.1f" % (weighed["start-up"] * 1e3), "",
                 weighed["start-up"] * 1e3, 10, True)
    yield Judged("compiling listener.hpp and client.hpp (s)", "%.2f" % weighed["compile time"], "",
                 weighed["compile time"], 3, True)


def bars_section(results):
    judged = list(judge(results))
    text = "## The bars\n\nWhat parley has set itself, and whether this run met it. A ratio is of times "
    text += "(at most) or of speeds (at least).\n\n"
    text += table(["workload", "parley", "the other", "ratio", "bar", "met"],
                  [one.row() for one in judged])
    missed = [one for one in judged if not one.is_met]
    return text + misses.explain([one.workload for one in missed])


def ratio_cell(seconds, base, show=shown_seconds):
    if seconds is None:
        return ""
    return "%s (%.2f)" % (show(seconds), seconds / base)


def round_trip_section(results):
    text = "## Round trips\n\nOne message there and back, and in brackets the time as a multiple of raw "
    text += "sockets'.\n\n"
    ends = (series.PARLEY, series.INTO, series.ZMQ, series.NNG, results.python)
    for medium in MEDIA:
        rows = []
        for size in sorted(series.SIZES + series.MORE_SIZES):
            base = results.median("round_trip", medium, size, series.RAW)
            if base is None:
                continue
            rows.append([shown_size(size), shown_seconds(base)] + [
                ratio_cell(results.median("round_trip", medium, size, end), base) for end in ends])
        text += table(["over " + shown_medium(medium), "raw sockets"] + list(map(series.title, ends)),
                      rows)
    return text + object_section(results) + "![Round trip against size](performance/round_trip.svg)\n\n"


def object_section(results):
    rows = []
    ends = (series.OBJECT, series.TYPED, results.python_object)
    for medium in MEDIA:
        base = results.median("round_trip", medium, series.OBJECT_SIZE, series.RAW)
        rows.append([shown_medium(medium), shown_seconds(base)] + [
            ratio_cell(results.median("round_trip", medium, series.OBJECT_SIZE, end), base)
            for end in ends])
    return "The object `['Hello World', 100, b'...']`, of which raw sockets carry the bytes only:\n\n" + \
        table(["object"] + ["raw sockets"] + list(map(series.title, ends)), rows)


def with_cpython_section(results):
    text = """## A CPython peer

CPython writes header and payload apart when the payload is longer than 16,384 bytes, with Nagle's
algorithm on: the payload then waits for the acknowledgement of the header, which the other side
delays. parley acknowledges such a header at once.

"""
    rows = []
    for size in (series.BELOW_STALLING,) + series.STALLING_SIZES:
        row = ["{:,} B".format(size)]
        for pair in ((results.python, series.PARLEY), (series.PARLEY, results.python),
                     (results.python,)):
            seconds = results.median("round_trip", "tcp", size, *pair)
            row.append(shown_seconds(seconds) if seconds else "")
        rows.append(row)
    name = series.title(results.python)
    text += table(["round trip over TCP", "parley to a listener of " + name,
                   name + " to a listener of parley", name + " to itself"], rows)
    rows = []
    for medium in MEDIA:
        row = [shown_medium(medium)]
        for pair in ((series.PARLEY, results.python), (results.python,)):
            seconds = results.median("visit", medium, 64, *pair)
            row.append(shown_seconds(seconds) if seconds else "")
        rows.append(row)
    return text + table(["connect, handshake, round trip, close by " + name, "a listener of parley",
                         "its own listener"], rows)


def version_section(results):
    if "versions" not in results.content:
        return ""
    rows = []
    ends = [("parley", series.PARLEY, series.OBJECT)]
    ends += [(words, End(words.split()[1].rsplit(".", 1)[0], "bytes"),
              End(words.split()[1].rsplit(".", 1)[0], "object"))
             for words in results.content["pythons"]]
    for words, with_bytes, with_objects in ends:
        rows.append([words] + [shown_seconds(results.median(*what)) for what in (
            ("round_trip", "unix", 64, with_bytes),
            ("round_trip", "unix", series.OBJECT_SIZE, with_objects),
            ("connect", "unix", 0, with_bytes))])
    return "Every CPython of this machine with itself, over a Unix socket:\n\n" + table(
        ["", "round trip, 64 B", "round trip, object", "authenticated connect and close"], rows)


def stream_section(results):
    text = "## Streams\n\nOne way, as the receiver sees it. Small messages cost a system call each unless "
    text += "they are sent together:\n`cork` gathers them until `flush`, and libzmq and nng gather in a "
    text += "thread.\n\n"
    for medium in MEDIA:
        rows = []
        for words, workload, ends in (
                ("64 B, one call a message", "stream",
                 (series.RAW, series.PARLEY, series.ZMQ, series.NNG, results.python)),
                ("64 B, gathered", "batch", (series.RAW, series.PARLEY, series.QUEUED))):
            for end in ends:
                seconds = results.median(workload, medium, 64, end)
                if seconds:
                    rows.append([words, series.title(end), shown_rate(seconds), shown_seconds(seconds),
                                 shown_mebibytes(64, seconds)])
        for size in series.STREAM_SIZES[1:]:
            for end in (series.RAW, series.INTO, series.ZMQ, results.python):
                seconds = results.median("stream", medium, size, end)
                if seconds:
                    rows.append([shown_size(size), series.title(end), shown_rate(seconds),
                                 shown_seconds(seconds), shown_mebibytes(size, seconds)])
        text += table(["over " + shown_medium(medium), "", "messages", "each", "payload"], rows)
    return text + "![Throughput against size](performance/throughput.svg)\n\n"


def connect_section(results):
    text = "## Connections\n\nConnect, prove the key to each other with SHA-256, close:\n\n"
    rows = []
    for medium in MEDIA:
        base = results.median("connect", medium, 0, series.RAW)
        for words, pair in (("raw sockets and OpenSSL", (series.RAW,)),
                            ("parley to a raw listener", (series.RAW, series.PARLEY)),
                            (series.title(results.python) + " to a raw listener",
                             (series.RAW, results.python)),
                            ("parley", (series.PARLEY,)),
                            (series.title(results.python), (results.python,))):
            seconds = results.median("connect", medium, 0, *pair)
            rows.append([shown_medium(medium), words, shown_rate(seconds),
                         ratio_cell(seconds, base)])
    return text + table(["", "", "connections", "each"], rows)


def codec_section(results):
    codec = results.content.get("codec")
    if not codec:
        return ""
    text = "## Pickles\n\nHow many times as fast as CPython's C pickle; docs/pickle.md tells of the "
    text += "documents.\n\n"
    names = sorted({name.split("/", 1)[1] for name in codec})
    rows = []
    for name in names:
        row = [name]
        for kind in ("read", "write", "write_again"):
            times = codec.get("%s/%s" % (kind, name))
            row.append("%s (%.1f)" % (shown_seconds(times["parley"]),
                                      times["cpython"] / times["parley"]) if times else "")
        rows.append(row)
    rows.append(["geometric mean"] + [
        "%.1f" % geometric_mean(codec_ratios(codec, kind).values())
        for kind in ("read", "write", "write_again")])
    return text + table(["document", "read", "write", "write again"], rows) + \
        "![Codec against CPython](performance/codec.svg)\n\n"


def scale_section(results):
    scale = results.content.get("scale")
    if not scale:
        return ""
    text = """## Many clients

An echo on one thread, kept to one core, and a crowd of clients on another, which has %d messages of
64 bytes under way at a time, one after the other on every connection. Memory is what the process has
for itself, after one round trip on each connection and before the next. Processor time is the
server's, kernel included; the bars go by it, since the crowd costs time as well.

""" % WINDOW
    rows = []
    for title, counts in scale["echo"].items():
        for count, one in counts.items():
            rows.append([title, "{:,}".format(int(count)), "%.2f KiB" % (one["memory"] / 1024),
                         "{:,.0f}".format(one["rate"]), shown_seconds(one["processor"]),
                         shown_seconds(one["p50"]), shown_seconds(one["p99"]),
                         shown_seconds(one["p99.9"])])
    text += table(["", "clients", "memory each", "round trips/s", "processor time", "p50", "p99",
                   "p99.9"], rows)
    text += "![Cost against number of connections](performance/connections.svg)\n\n"
    text += "![Memory against number of connections](performance/memory.svg)\n\n"
    text += "Clients that connect, prove the key with SHA-256 and close, 64 at a time:\n\n"
    rows = [[title, "{:,.0f}".format(one["rate"]), shown_seconds(one["processor"])]
            for title, one in scale["shakes"].items()]
    return text + table(["", "handshakes/s", "processor time"], rows)


def scale_plots(scale):
    def lines(what, factor):
        return {title: [(int(count), one[what] * factor) for count, one in counts.items()
                        if one[what] > 0] for title, counts in scale["echo"].items()}

    def count(value):
        return "{:,.0f}".format(value)

    return {
        "connections": plot.chart("Processor time of a round trip", lines("processor", 1), count,
                                  shown_seconds, "connections", "time"),
        "memory": plot.chart("User memory of an idle connection", lines("memory", 1 / 1024), count,
                             lambda value: "{:,.10g}".format(value), "connections", "KiB"),
    }


def lines_of(results, workload, ends, value):
    found = {}
    for end in ends:
        for size in sorted(set(series.SIZES + series.MORE_SIZES + series.STREAM_SIZES)):
            seconds = results.median(workload, "tcp", size, end)
            if seconds:
                found.setdefault(series.title(end), []).append((size, value(size, seconds)))
    return found


def plots(results, folder):
    ends = (series.RAW, series.PARLEY, series.INTO, series.ZMQ, series.NNG,
            results.python)
    pages = {
        "round_trip": plot.chart(
            "Round trip over TCP", lines_of(results, "round_trip", ends, lambda _, s: s), shown_size,
            shown_seconds, "message", "time", 4),
        "throughput": plot.chart(
            "Stream over TCP", lines_of(results, "stream", ends, lambda size, s: size / s / (1 << 20)),
            shown_size, lambda v: "{:,.10g}".format(v), "message", "MiB/s", 4),
    }
    if "codec" in results.content:
        rows = [("%s %s" % (kind, name), ratio) for kind in ("read", "write")
                for name, ratio in codec_ratios(results.content["codec"], kind).items()]
        pages["codec"] = plot.bars("Times as fast as CPython's C pickle", rows,
                                   lambda ratio: "%.1f" % ratio)
    if "scale" in results.content:
        pages.update(scale_plots(results.content["scale"]))
    os.makedirs(folder, exist_ok=True)
    for name, content in pages.items():
        with open(os.path.join(folder, name + ".svg"), "w") as file:
            file.write(content)


def main():
    results = Results(sys.argv[1])
    if results.content["quick"]:
        print(bars_section(results))
        return
    machine = "\n".join("| %s | %s |" % row for row in results.content["machine"].items())
    page = HEAD % {"rounds": results.content["rounds"], "machine": machine}
    page += bars_section(results) + round_trip_section(results) + with_cpython_section(results)
    page += version_section(results) + stream_section(results) + connect_section(results)
    page += scale_section(results) + codec_section(results)
    with open(os.path.join(sys.argv[2], "performance.md"), "w") as file:
        file.write(page.rstrip() + "\n")
    plots(results, os.path.join(sys.argv[2], "performance"))


main()
