"""extract.py ROOT FOLDER: the C++ of the documentation, as files that compile.

PAGE_program_N.cpp is a block with a main(), as it stands. PAGE_snippets.cpp has the others, each in
a function of its own where the names that the pages take for granted are there; a block behind
`<!-- declarations -->` stands in front of them.
"""
import os
import re
import sys

PAGES = ("README.md", "docs/guide.md", "docs/coming-from.md", "docs/library.md", "docs/typed.md",
         "SECURITY.md")
FENCE = re.compile(r"^(<!-- (?P<note>.*?) -->\n)?```(?P<language>\w+)\n(?P<code>.*?)^```$",
                   re.DOTALL | re.MULTILINE)
PRELUDE = """\
// Out of %s by tests/documentation/extract.py.
#include "prelude.hpp"
"""


def blocks(text, language):
    """Pairs of a block's note, or "", and its code."""
    return [(match["note"] or "", match["code"]) for match in FENCE.finditer(text)
            if match["language"] == language]


def read(root, page):
    with open(os.path.join(root, page), encoding="utf-8") as file:
        return file.read()


def programs(text):
    return [code for _, code in blocks(text, "cpp") if "int main(" in code]


def snippets(page, text):
    """One source with everything that is no program; None where there is nothing."""
    source = PRELUDE % page
    found = 0
    for note, code in blocks(text, "cpp"):
        if "int main(" in code:
            continue
        found += 1
        if note == "declarations":
            source += "\n" + code
            continue
        source += "\nvoid snippet_%d(%s) {\n%s}\n" % (found, PARAMETERS, code)
    return source if found else None


PARAMETERS = "parley::Connection& connection, const parley::Authkey& key"


def stem(page):
    return os.path.basename(page)[:-len(".md")].lower().replace("-", "_")


def main(root, folder):
    written = {}
    for page in PAGES:
        text = read(root, page)
        for number, code in enumerate(programs(text), 1):
            written["%s_program_%d.cpp" % (stem(page), number)] = code
        source = snippets(page, text)
        if source:
            written["%s_snippets.cpp" % stem(page)] = source
    os.makedirs(folder, exist_ok=True)
    for name in set(os.listdir(folder)) - set(written):
        os.remove(os.path.join(folder, name))
    for name, text in written.items():
        write_if_changed(os.path.join(folder, name), text)


def write_if_changed(path, text):
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
