"""house_test.py ROOT: what the house asks for and a script can see. Lengths of files and functions;
every Errc documented, produced and asserted; the five things of each wire format; golden files that
name their CPython and their script; tests that neither sleep nor ask for a port; folders that open
with their table of contents; public classes that say what they are."""
import glob
import os
import re
import sys

FLOORS = ("proto", "src", "listener", "client", "tools")
LONGEST_FILE, LONGEST_FUNCTION = 600, 60
# Functions that may be longer: tables, and the loops over opcodes.
LONG_FUNCTIONS = {("proto/error.cpp", "describe"), ("proto/pickle/unpickler.cpp", "Unpickler::step"),
                  ("proto/pickle/unpickler_common.cpp", "Unpickler::run_common"),
                  ("tests/unit/proto/pickle/reader_test.cpp", "TEST_CASE")}
# Longer files: a table, which a script writes.
LONG_FILES = {"proto/pickle/unicode_name_table.inc"}

# What a stranger's bytes can be: (page and heading, header, source, test, fuzzer).
FORMATS = {
    "address": ("docs/guide.md", "proto/include/parley/address.hpp", "proto/address.cpp",
                "tests/unit/proto/address_test.cpp", "tests/fuzz/address_fuzz.cpp"),
    "frame": ("docs/wire.md#Frames", "proto/include/parley/frame.hpp", "proto/frame.cpp",
              "tests/unit/proto/frame_test.cpp", "tests/fuzz/frame_fuzz.cpp"),
    "handshake": ("docs/wire.md#Handshake", "proto/include/parley/handshake.hpp",
                  "proto/handshake.cpp", "tests/unit/proto/handshake_test.cpp",
                  "tests/fuzz/handshake_fuzz.cpp"),
    "literal": ("docs/literal.md", "proto/include/parley/literal.hpp", "proto/pickle/literal.cpp",
                "tests/unit/proto/pickle/literal_test.cpp", "tests/fuzz/literal_fuzz.cpp"),
    "pickle": ("docs/pickle.md", "proto/include/parley/pickle/reader.hpp",
               "proto/pickle/reader.cpp", "tests/unit/proto/pickle/reader_test.cpp",
               "tests/fuzz/pickle_reader_fuzz.cpp"),
    "pickle written": ("docs/pickle.md", "proto/include/parley/pickle/writer.hpp",
                       "proto/pickle/writer.cpp", "tests/unit/proto/pickle/writer_test.cpp",
                       "tests/fuzz/pickle_round_trip_fuzz.cpp"),
    "library's types": ("docs/library.md", "proto/include/parley/well_known.hpp",
                        "proto/well_known/instance.cpp",
                        "tests/unit/proto/well_known/library_test.cpp",
                        "tests/fuzz/well_known_fuzz.cpp"),
}
# What stands beside a sleep that its test is about, and that is no way to wait for something.
ON_PURPOSE = re.compile(r"(#|//).*\b(slow|slowly|slowness|busy)\b")

# The one wait of the interop tests: until a condition holds.
HARNESS_UNTIL = "tests/interop/harness/child.py"

STRING = re.compile(r'R"(\w*)\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'')
COMMENT = re.compile(r"//[^\n]*|/\*(?:.|\n)*?\*/")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


class Tree(object):
    def __init__(self, root):
        self.root = root

    def files(self, *patterns):
        """Paths relative to the root."""
        found = set()
        for pattern in patterns:
            found.update(glob.glob(os.path.join(self.root, pattern), recursive=True))
        return sorted(os.path.relpath(path, self.root) for path in found)

    def text(self, path):
        return read(os.path.join(self.root, path))

    def code(self, path):
        """Without strings and comments, in as many lines."""
        text = self.text(path)
        pieces = re.compile(COMMENT.pattern + "|" + STRING.pattern)
        return pieces.sub(blank, text)

    def sources(self, *folders):
        return self.files(*["%s/**/*.%s" % (folder, kind) for folder in folders
                            for kind in ("cpp", "hpp", "ipp")])


def functions(code):
    """(name, first line, count of lines) of each function's body."""
    kinds, begins, names = [], [], []
    last = 0
    for match in re.finditer(r"[{};]", code):
        place, sign = match.start(), match.group()
        if sign == "{":
            head = re.sub(r"template\s*<[^;{]*?>\s*(?=\w|\[)", "", code[last:place])
            outside = all(kind == "scope" for kind in kinds)
            if outside and re.search(r"\b(namespace|class|struct|union|enum)\b[^()=]*$", head):
                kinds.append("scope")
            elif outside and re.search(r"\)[^()=]*$|\)\s*(noexcept|->|:|requires)[^;]*$", head):
                kinds.append("function")
            else:
                kinds.append("other")
            begins.append(code.count("\n", 0, place))
            name = re.search(r"(~?[\w:]+|operator\W+)\s*\(", head)
            names.append(name.group(1) if name else "?")
        elif sign == "}" and kinds:
            kind, begin, name = kinds.pop(), begins.pop(), names.pop()
            count = code.count("\n", 0, place) - begin + 1
            if kind == "function":
                yield name, begin + 1, count
        last = match.end()


def check_lengths(tree):
    for path in tree.sources(*FLOORS + ("tests", "bench", "examples")):
        count = tree.text(path).count("\n")
        if count > LONGEST_FILE and path not in LONG_FILES:
            yield "%s has %d lines" % (path, count)
        for name, line, count in functions(tree.code(path)):
            if count > LONGEST_FUNCTION and (path, name) not in LONG_FUNCTIONS:
                yield "%s:%d: %s has %d lines" % (path, line, name, count)


def check_errors(tree):
    """Every Errc is documented where it stands, produced by some floor, asserted by some test."""
    home = "proto/include/parley/error.hpp"
    body = re.search(r"enum class Errc \{\n(.*?)\n\};", tree.text(home), re.DOTALL).group(1)
    produced = "".join(tree.code(path) for path in tree.sources(*FLOORS)
                       if path not in (home, "proto/error.cpp"))
    asserted = "".join(tree.code(path) for path in tree.sources("tests"))
    for name, rest in re.findall(r"^ +(\w+)(?: = \d+)?,(.*)$", body, re.MULTILINE):
        mention = re.compile(r"\bErrc::%s\b" % name)
        if "///<" not in rest:
            yield "%s: Errc::%s is not documented" % (home, name)
        if not mention.search(produced):
            yield "Errc::%s is produced nowhere" % name
        if not mention.search(asserted):
            yield "Errc::%s is asserted by no test" % name


def check_formats(tree):
    for noun, things in sorted(FORMATS.items()):
        for thing in things:
            path, _, heading = thing.partition("#")
            if not os.path.exists(os.path.join(tree.root, path)):
                yield "%s: there is no %s" % (noun, path)
            elif heading and not re.search(r"^#+ %s$" % heading, tree.text(path), re.MULTILINE):
                yield "%s: %s has no section %s" % (noun, path, heading)
    for path in tree.files("tests/fuzz/*_fuzz.cpp"):
        noun = os.path.basename(path)[:-len("_fuzz.cpp")]
        if not tree.files("tests/fuzz/corpus/%s/*" % noun):
            yield "%s has no corpus" % path


def check_golden_files(tree):
    for path in tree.files("tests/golden/*.txt"):
        lines = tree.text(path).splitlines()
        script = re.match(r"# Written by (tests/golden/\w+\.py)", lines[0])
        if not script or not os.path.exists(os.path.join(tree.root, script.group(1))):
            yield "%s does not name the script that wrote it" % path
        for number, line in enumerate(lines[1:], 2):
            if not re.match(r"[23]\.\d+", line):
                yield "%s:%d names no CPython" % (path, number)


def check_tests(tree):
    sleep = re.compile(r"\bsleep(_for|_until)?\s*\(")
    fixed = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]|0\.0\.0\.0):(?!0\b)\d+")
    bound = re.compile(r"(Listener|listen|bind|Echo|echo|serve)\b.*" + fixed.pattern)
    disabled = re.compile(r"^\s*(//|#)\s*(TEST_CASE|SECTION|CHECK|REQUIRE|def test_|self\.assert)")
    for path in tree.sources("tests") + tree.files("tests/**/*.py"):
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            place = "%s:%d: " % (path, number)
            if sleep.search(line) and not ON_PURPOSE.search(line) and path != HARNESS_UNTIL:
                yield place + "a test sleeps"
            if bound.search(line) and "/documentation/" not in path:
                yield place + "a fixed port"
            if disabled.search(line):
                yield place + "a test is commented out"


def check_folders(tree):
    for folder in FLOORS + ("tests", "bench", "examples"):
        path = folder + "/CMakeLists.txt"
        if not os.path.exists(os.path.join(tree.root, path)):
            yield "there is no " + path
        elif not tree.text(path).startswith("# "):
            yield "%s does not open with what its folder is" % path
    for path in tree.sources(*FLOORS):
        if path.endswith(".hpp") and not tree.text(path).startswith("//"):
            yield "%s does not open with what it is" % path


def check_public_classes(tree):
    """Each says what it is, right above."""
    begin = re.compile(r"^(template\b.*|requires\b.*)?(?:class|struct|enum class) (\w+)(?! *<)\b[^;]*$")
    for path in tree.files(*["%s/include/parley/*.hpp" % floor for floor in FLOORS]):
        above, depth_of_detail = "", False
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            if line.startswith("namespace "):
                depth_of_detail = bool(re.search(r"detail|impl|namespace \{", line))
            found = begin.match(line)
            if found and "{" in line and not depth_of_detail and not above.startswith("///"):
                yield "%s:%d: %s is not documented" % (path, number, found.group(2))
            if not line.startswith(("template", "requires")):
                above = line


CHECKS = (check_lengths, check_errors, check_formats, check_golden_files, check_tests,
          check_folders, check_public_classes)


def main():
    tree = Tree(sys.argv[1])
    if not tree.sources(*FLOORS):
        sys.exit("no sources under " + sys.argv[1])
    found = [complaint for check in CHECKS for complaint in check(tree)]
    print("\n".join(found) or "the house is in order")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
