"""Sizes and start-up: what is weighed once."""
import glob
import json
import os
import platform
import re
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
HEADERS = "#include <parley/listener.hpp>\n#include <parley/client.hpp>\n"


def first_line(path, pattern):
    with open(path) as file:
        found = re.search(pattern, file.read(), re.MULTILINE)
    return found.group(1).strip() if found else "unknown"


def output_of(command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().strip()


def machine():
    memory = int(first_line("/proc/meminfo", r"^MemTotal:\s*(\d+)")) / (1 << 20)
    return {
        "processor": first_line("/proc/cpuinfo", r"^model name\s*:(.*)$"),
        "cores": os.cpu_count(),
        "memory": "%.0f GiB" % memory,
        "system": "%s %s" % (first_line("/etc/os-release", r'^PRETTY_NAME="(.*)"'),
                             platform.machine()),
        "kernel": platform.release(),
        "compiler": output_of(["c++", "--version"]).splitlines()[0],
        "huge pages": first_line("/sys/kernel/mm/transparent_hugepage/enabled", r"\[(\w+)\]"),
        "load": os.getloadavg()[0],
    }


def median_seconds(command, rounds):
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def stripped_size(library):
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "stripped")
        subprocess.run(["strip", "--strip-unneeded", "-o", copy, os.path.realpath(library)],
                       check=True)
        return os.path.getsize(copy)


def compile_command(build, source):
    """How the build compiles parley_peer.cpp, with this source instead and no cache before it."""
    with open(os.path.join(build, "compile_commands.json")) as file:
        entry = next(entry for entry in json.load(file)
                     if entry["file"].endswith("bench/parley_peer.cpp"))
    words = entry["command"].split()
    while "ccache" in os.path.basename(words[0]):
        words.pop(0)
    words = words[:words.index("-o")] + ["-o", os.devnull, "-c", source]
    return entry["directory"], [word for word in words if not word.startswith("-M")]


def compile_seconds(build, rounds):
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "both_ends.cpp")
        with open(source, "w") as file:
            file.write(HEADERS)
        directory, command = compile_command(build, source)
        # Of the dependency options, -MT and -MF have a word of their own after them.
        command = [word for word in command if not word.endswith((".o", ".o.d"))]
        begin_folder = os.getcwd()
        os.chdir(directory)
        try:
            return median_seconds(command, rounds)
        finally:
            os.chdir(begin_folder)


def weigh(build, shared, rounds):
    """`shared` is the folder of a shared build, where libparley.so is."""
    libraries = [path for path in glob.glob(os.path.join(shared, "**", "libparley*.so"),
                                            recursive=True)]
    return {
        "library size": sum(map(stripped_size, libraries)) if libraries else None,
        "start-up": median_seconds([os.path.join(build, "tools", "parley"), "--version"],
                                   4 * rounds + 1),
        "compile time": compile_seconds(build, max(1, rounds // 2)),
    }
