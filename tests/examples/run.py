#!/usr/bin/env python3
"""Runs examples, each with every CPython 3 of the machine, and holds what they print against
transcripts/. Exit status 77 says that no Python here has the modules that an example asks for.

    PARLEY_EXAMPLES=build/dev/examples tests/examples/run.py [--write] [EXAMPLE ...]

--write writes the transcripts anew.
"""
import os
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "interop"))

from harness.child import Child, Overdue  # noqa: E402
from harness.parley import environment  # noqa: E402
from harness.pythons import find_pythons, one_of_each  # noqa: E402


class Example(object):
    """One listener and its clients, each "NAME" for the C++ program or "NAME.py", with arguments
    if any behind it.

    stays: the listener serves on; it is ended by SIGTERM when the last client is through.
    together: the clients run at once, and each section of the transcript is sorted.
    """

    def __init__(self, listener, clients, stays=False, together=False, oldest=(3, 6), modules=()):
        self.listener = listener
        self.clients = clients
        self.stays = stays
        self.together = together
        self.oldest = oldest
        self.modules = modules


EXAMPLES = {
    "01_hello": Example("01_hello.py", ["01_hello"]),
    "02_values": Example("02_values", ["02_values.py"]),
    "03_typed_dataclass": Example("03_typed_dataclass", ["03_typed_dataclass.py"], oldest=(3, 7)),
    "04_numpy_stream": Example("04_numpy_stream", ["04_numpy_stream.py"], modules=("numpy",)),
    "05_coroutine_server": Example("05_coroutine_server", ["05_coroutine_server.py"], stays=True,
                                   oldest=(3, 7)),
    "06_worker_pool": Example("06_worker_pool 3", ["06_worker_pool.py", "06_worker_pool.py",
                                                   "06_worker_pool.py flaky"], together=True),
    "07_chat_hub": Example("07_chat_hub", ["07_chat_hub.py Ada 3", "07_chat_hub.py Alan 3",
                                           "07_chat_client Bjarne 3", "07_chat_client Grace 3"],
                           stays=True, together=True),
    "08_errors_and_timeouts": Example("08_errors_and_timeouts.py", ["08_errors_and_timeouts"]),
    "09_polymorphic": Example("09_polymorphic.py", ["09_polymorphic"]),
    "10_existing_serialize": Example("10_existing_serialize.py", ["10_existing_serialize"]),
    "11_coroutine_client": Example("11_coroutine_client.py", ["11_coroutine_client"],
                                   oldest=(3, 7)),
    "12_fan_in": Example("12_fan_in 4", ["12_fan_in.py roof", "12_fan_in.py roof",
                                         "12_fan_in.py cellar", "12_fan_in.py roof"],
                         together=True),
}


def start(words, address, python):
    """Starts a program at an address, "localhost:PORT"; a script is given the port alone."""
    name, *arguments = words.split()
    if name.endswith(".py"):
        command = [python.path, "-B", os.path.join(ROOT, "examples", name),
                   address.rpartition(":")[2]]
    else:
        command = [os.path.join(os.environ["PARLEY_EXAMPLES"], name), address]
    return Child(command + arguments, env=environment(PYTHONIOENCODING="utf-8"))


def announced(listener):
    line = listener.read_line()
    if not line.startswith("listening on "):
        raise AssertionError("expected `listening on ADDRESS`, got %r" % line)
    return "localhost:" + line.rpartition(":")[2]


def succeeded(child, timeout=60):
    status, out, err = child.finish(timeout)
    if status != 0 or err:
        raise AssertionError("%s ended with status %s:\n%s%s" % (child.name, status, out, err))
    return out


def converse(example, python):
    """What the programs printed: pairs of their words and their lines."""
    with start(example.listener, "localhost:0", python) as listener:
        address = announced(listener)
        sections = []
        running = []
        try:
            for words in example.clients:
                running.append((words, start(words, address, python)))
                if not example.together:
                    sections.append((words, succeeded(running[-1][1])))
            if example.together:
                sections = [(words, succeeded(client)) for words, client in running]
        finally:
            for _, client in running:
                client.kill()
        if example.stays:
            listener.signal(signal.SIGTERM)
        first = succeeded(listener).partition("\n")[2]  # what it announced names a port
        return [(example.listener, first)] + sections


def transcript(example, sections):
    text = ""
    for words, out in sections:
        lines = out.splitlines()
        if example.together:
            lines.sort()
        text += "$ %s\n" % words + "".join(line + "\n" for line in lines)
    return text


def has_modules(python, modules):
    return subprocess.call([python.path, "-c", "import " + ", ".join(modules)],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def pythons_for(example, pythons):
    return [python for python in pythons if python.version >= example.oldest
            and (not example.modules or has_modules(python, example.modules))]


def expected_of(name):
    with open(os.path.join(HERE, "transcripts", name + ".txt"), encoding="utf-8") as file:
        return file.read()


def write(name, pythons):
    sections = converse(EXAMPLES[name], pythons_for(EXAMPLES[name], pythons)[-1])
    with open(os.path.join(HERE, "transcripts", name + ".txt"), "w", encoding="utf-8") as file:
        file.write(transcript(EXAMPLES[name], sections))


def run(name, pythons):
    """The number of Pythons with which the example did not print what it should."""
    failures = 0
    for python in pythons:
        try:
            got = transcript(EXAMPLES[name], converse(EXAMPLES[name], python))
            if got != expected_of(name):
                raise AssertionError("expected\n%sgot\n%s" % (expected_of(name), got))
            print("%s with %s: ok" % (name, python))
        except (AssertionError, Overdue) as failure:
            failures += 1
            print("%s with %s: FAILED: %s" % (name, python, failure))
        sys.stdout.flush()
    return failures


def main(arguments):
    pythons = find_pythons()
    names = [name for name in arguments if name != "--write"] or sorted(EXAMPLES)
    skipped = 0
    failures = 0
    for name in names:
        able = one_of_each(pythons_for(EXAMPLES[name], pythons))
        if not able:
            skipped += 1
            print("%s: no Python here has %s" % (name, ", ".join(EXAMPLES[name].modules)))
        elif "--write" in arguments:
            write(name, able)
        else:
            failures += run(name, able)
    return 1 if failures else 77 if skipped == len(names) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
