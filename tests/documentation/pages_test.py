"""The pages themselves: their links lead somewhere, their Python is Python, and the README is
short."""
import ast
import glob
import os
import re
import sys
import textwrap
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)

import extract  # noqa: E402

PAGES = sorted(os.path.relpath(path, ROOT) for pattern in ("*.md", "docs/*.md", "examples/*.md")
               for path in glob.glob(os.path.join(ROOT, pattern)))
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]*)(#[^)\s]*)?\)")


def anchors(text):
    """The names that GitHub gives a page's headings."""
    heads = re.findall(r"(?m)^#+ (.*)$", re.sub(r"(?ms)^```.*?^```$", "", text))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


class PagesTest(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        for page in PAGES:
            text = extract.read(ROOT, page)
            for target, anchor in LINK.findall(text):
                if re.match("[a-z]+:", target):
                    continue
                with self.subTest(page=page, link=target + anchor):
                    path = os.path.normpath(os.path.join(os.path.dirname(page), target))
                    self.assertTrue(os.path.exists(os.path.join(ROOT, path)) or not target)
                    if anchor:
                        there = extract.read(ROOT, path) if target else text
                        self.assertIn(anchor[1:], anchors(there))

    def test_every_python_block_is_python(self):
        for page in PAGES:
            for _, code in extract.blocks(extract.read(ROOT, page), "python"):
                with self.subTest(page=page, code=code):
                    ast.parse(textwrap.dedent(code))

    def test_every_header_that_is_named_exists(self):
        headers = {os.path.relpath(path, os.path.join(ROOT, floor, "include"))
                   for floor in ("proto", "src", "listener", "client")
                   for path in glob.glob(os.path.join(ROOT, floor, "include", "**", "*.hpp"),
                                         recursive=True)}
        for page in PAGES:
            for header in re.findall(r"<(parley/[\w/]+\.hpp)>", extract.read(ROOT, page)):
                with self.subTest(page=page):
                    self.assertIn(header, headers)

    def test_every_option_of_the_build_is_told(self):
        told = re.findall(r"(?m)^\| `(\w+)`", extract.read(ROOT, "docs/install.md"))
        built = re.findall(r"(?m)^ *option\((\w+)", extract.read(ROOT, "CMakeLists.txt"))
        self.assertEqual(sorted(option for option in told if option.isupper()), sorted(built))

    def test_the_readme_is_short(self):
        self.assertLess(len(extract.read(ROOT, "README.md").splitlines()), 160)


if __name__ == "__main__":
    unittest.main(verbosity=2)
