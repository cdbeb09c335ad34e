"""Finds every CPython of the machine that has multiprocessing.connection."""
import collections
import glob
import os
import re
import subprocess
import sys

_NAME = re.compile(r"^python(2|3|2\.7|3\.\d+)?$")
_PROBE = """
import sys, platform, multiprocessing.connection
print("%s %d %d %d %s" % ((platform.python_implementation(),) + tuple(sys.version_info[:3])
                          + (sys.executable,)))
"""


class Python(collections.namedtuple("Python", "path version")):
    """An interpreter: its executable, and its version as (major, minor, micro)."""

    def __str__(self):
        return "CPython " + ".".join(map(str, self.version))

    @property
    def short(self):
        return "%d.%d" % self.version[:2]


def _candidates():
    named = os.environ.get("PARLEY_PYTHONS")
    if named:
        return named.split(os.pathsep)
    found = [sys.executable]
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if os.path.isdir(folder):
            found += [os.path.join(folder, name) for name in os.listdir(folder)
                      if _NAME.match(name)]
    roots = {os.path.expanduser("~/.pyenv"), os.environ.get("PYENV_ROOT", "")}
    for root in filter(None, roots):
        found += glob.glob(os.path.join(root, "versions", "*", "bin", "python"))
    return found


def _probe(path):
    """The Python behind path, or None where there is none, or none that is of use here."""
    try:
        answer = subprocess.run([path, "-c", _PROBE], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if answer.returncode != 0:
        return None
    name, major, minor, micro, executable = answer.stdout.decode().strip().split(" ", 4)
    version = (int(major), int(minor), int(micro))
    if name != "CPython" or (version < (3, 6) and version[:2] != (2, 7)):
        return None
    return Python(executable, version)


def find_pythons():
    """Every CPython 2.7, or 3.6 and later, that PATH, pyenv or $PARLEY_PYTHONS know, once each,
    oldest first."""
    unique = {}
    for path in sorted(set(map(os.path.realpath, _candidates()))):
        python = _probe(path)
        if python:
            unique.setdefault((os.path.realpath(python.path), python.version), python)
    return sorted(unique.values(), key=lambda python: (python.version, python.path))


def one_of_each(pythons):
    """The newest of each minor version."""
    return sorted({python.version[:2]: python for python in pythons}.values(),
                  key=lambda python: python.version)
