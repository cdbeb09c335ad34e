"""The completions for bash and zsh offer what the program has."""
import os
import shutil
import subprocess
import unittest

from support import ROOT, VERBS, ToolTest, main, parley, seconds

BASH = r"""
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_parley "$1" 2> /dev/null
printf '%s\n' "${COMPREPLY[@]}"
"""


class CompletionTest(ToolTest):
    def complete(self, *words):
        script = os.path.join(ROOT, "tools", "completion", "parley.bash")
        done = subprocess.run(["bash", "-c", BASH, "bash", script, parley.program()] + list(words),
                              stdout=subprocess.PIPE, timeout=seconds(20), check=True)
        return done.stdout.decode().split()

    def test_verbs_are_offered(self):
        self.assertEqual(sorted(self.complete("")), sorted(VERBS + ("--help", "--version")))
        self.assertEqual(self.complete("con"), ["connect"])

    def test_the_options_of_a_verb_are_offered(self):
        self.assertIn("--protocol", self.complete("connect", "--"))
        self.assertIn("--once", self.complete("listen", ":0", "--o"))

    def test_files_are_offered(self):
        path = self.file("key", b"")
        for words in (("echo", "--authkey-file", path[:-1]), ("dis", path[:-1])):
            self.assertEqual(self.complete(*words), [path])
        self.assertEqual(self.complete("send", ":1", "@" + path[:-1]), ["@" + path])

    @unittest.skipUnless(shutil.which("zsh"), "no zsh here")
    def test_the_zsh_completion_reads(self):
        script = os.path.join(ROOT, "tools", "completion", "_parley")
        subprocess.run(["zsh", "-n", script], timeout=seconds(20), check=True)


if __name__ == "__main__":
    main()
