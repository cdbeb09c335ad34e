"""The program's help, its man page, the README and the header of exit statuses agree."""
import os
import re
import shutil
import subprocess
import unittest

from support import ROOT, SUCCESS, VERBS, ToolTest, main


def text_of(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


class DocumentationTest(ToolTest):
    def help(self, *verb):
        status, out, err = self.run_tool(*verb, "--help")
        self.assertEqual((status, err), (SUCCESS, b""))
        return out.decode()

    def test_the_help_lists_the_verbs(self):
        listed = re.search(r"Subcommands:\n(.*?)\n\n", self.help(), re.DOTALL).group(1)
        self.assertEqual(sorted(line.split()[0] for line in listed.splitlines()), sorted(VERBS))

    def test_each_verb_has_examples(self):
        for verb in VERBS:
            with self.subTest(verb=verb):
                self.assertRegex(self.help(verb), r"Examples:\n  [^\n]*parley %s " % verb)

    def test_no_line_of_help_is_too_long_to_read(self):
        for verb in VERBS:
            for line in self.help(verb).splitlines():
                self.assertLessEqual(len(line), 110)

    def test_the_man_page_has_every_verb_and_option(self):
        page = text_of("tools", "man", "parley.1")
        named = set(re.findall(r"Fl -([a-z0-9-]+)", page)) | {"help"}
        for verb in VERBS:
            self.assertRegex(page, r"(?m)^\.It Cm %s\b" % verb)
            options = set(re.findall(r"--([a-z0-9-]+)", self.help(verb).partition("Examples:")[0]))
            self.assertEqual(options - named, set(), verb)

    @unittest.skipUnless(shutil.which("groff"), "no groff here")
    def test_the_man_page_is_without_fault(self):
        done = subprocess.run(["groff", "-ww", "-mandoc", "-Tutf8",
                               os.path.join(ROOT, "tools", "man", "parley.1")],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_the_exit_statuses_are_told_alike_everywhere(self):
        header = re.findall(r"= (\d+), +///<", text_of("tools", "exit_status.hpp"))
        page = text_of("tools", "man", "parley.1").partition("Sh EXIT STATUS")[2]
        page = page.partition(".Sh")[0]
        readme = text_of("README.md").partition("## Exit status")[2].partition("\n## ")[0]
        self.assertEqual(re.findall(r"(?m)^\.It (\d+)", page), ["0"] + header)
        self.assertEqual(re.findall(r"(?m)^\| (\d+) \|", readme), ["0"] + header)

    def test_the_version_is_the_projects(self):
        version = re.search(r"VERSION (\S+)", text_of("CMakeLists.txt").partition("project(")[2])
        self.assertEqual(self.run_tool("--version"),
                         (SUCCESS, b"parley %s\n" % version.group(1).encode(), b""))


if __name__ == "__main__":
    main()
