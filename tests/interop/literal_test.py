"""Python literals and repr() in C++ against ast.literal_eval and repr() of every CPython 3 found.

usage: literal_test.py LITERAL_REPR [-v] [LiteralTest.test_...]
"""
import os
import random
import subprocess
import sys
import unittest

from harness.pythons import find_pythons
from literal_cases import ACCEPTED_HERE_ALONE, EDGES, mutations, random_literals

ORACLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers", "literal_oracle.py")
UNICODE = (15, 1, 0)  # docs/literal.md
PROGRAM = ""
PYTHONS = []


def ask(command, literals):
    """One answer for each literal: its repr, or None where it is refused."""
    lines = "".join(literal.encode("utf-8", "surrogatepass").hex() + "\n" for literal in literals)
    child = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True)
    answers = child.stdout.decode("utf-8", "backslashreplace").split("\n")[:-1]
    assert len(answers) == len(literals), "answers to %d of %d" % (len(answers), len(literals))
    return [bytes.fromhex(answer[1:]).decode("utf-8", "surrogatepass") if answer[0] == "=" else None
            for answer in answers]


class LiteralTest(unittest.TestCase):
    def compare(self, python, literals):
        """Both must say the same of every literal. Returns how many were accepted."""
        ours = ask([PROGRAM], literals)
        theirs = ask([python.path, ORACLE], literals)
        for literal, here, there in zip(literals, ours, theirs):
            if here != there and not excused(literal, here, there):
                self.fail("%r: %r here, %r in %s" % (literal[:500], here, there, python))
        return sum(answer is not None for answer in theirs)

    def test_edges_are_as_in_the_newest_python(self):
        self.compare(PYTHONS[-1], EDGES)

    def test_every_character_is_shown_as_in_the_newest_python(self):
        """The newest whose Unicode is not newer than ours."""
        python, unicode = [(python, unicode) for python in PYTHONS
                           for unicode in [unicode_of(python)] if unicode <= UNICODE][-1]
        is_ours = unicode == UNICODE
        codes = range(0x20, 0x110000) if is_ours else codes_assigned_in(python)
        characters = [chr(code) for code in codes if chr(code) not in "'\\\x7f"]
        runs = ["'" + "".join(characters[i:i + 256]) + "'" for i in range(0, len(characters), 256)]
        runs = [run for run in runs if is_utf8(run)]
        self.assertGreater(len(runs), 4000 if is_ours else 500)
        self.assertEqual(self.compare(python, runs), len(runs))

    def test_every_python_agrees_about_random_values(self):
        for python in PYTHONS:
            with self.subTest(python=str(python)):
                literals = random_literals(random.Random(1), 1500, python.version)
                self.assertEqual(self.compare(python, literals), len(literals))

    def test_what_is_no_literal_is_refused_here_and_there(self):
        chance = random.Random(2)
        newest = PYTHONS[-1]
        literals = random_literals(chance, 1500, newest.version) + EDGES
        accepted = self.compare(newest, mutations(chance, literals, 6000))
        self.assertGreater(accepted, 500)

    def test_a_repr_reads_back_as_the_same_repr(self):
        literals = random_literals(random.Random(3), 1500, PYTHONS[-1].version)
        once = ask([PROGRAM], literals)
        self.assertEqual(ask([PROGRAM], once), once)


def said_by(python, script):
    child = subprocess.run([python.path, "-c", script], stdout=subprocess.PIPE, check=True)
    return child.stdout.decode().split()


def unicode_of(python):
    (version,) = said_by(python, "import unicodedata; print(unicodedata.unidata_version)")
    return tuple(int(number) for number in version.split("."))


def codes_assigned_in(python):
    """Of a Python with an older Unicode than ours: the characters that it has."""
    return map(int, said_by(python, "import unicodedata\nfor code in range(0x20, 0x110000):\n"
                                    "    if unicodedata.category(chr(code)) != 'Cn': print(code)"))


def excused(literal, here, there):
    """Whether the two may differ: sets have no order, and some texts are literals here alone."""
    if here and there and "{" in literal:
        return sorted(here) == sorted(there)
    return there is None and ACCEPTED_HERE_ALONE.search(literal)


def is_utf8(text):
    return not any("\ud800" <= character <= "\udfff" for character in text)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    PYTHONS.extend(python for python in find_pythons() if python.version >= (3, 6))
    unittest.main()
