"""guide_test.py PREFIX FOLDER [CMAKE OPTION ...]: the first steps of docs/guide.md, file by file and
word for word, with the parley that is installed at PREFIX. The port is fixed: run through
harness/namespace.py."""
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "tests", "documentation"), os.path.join(ROOT, "tests", "interop")]

import extract  # noqa: E402
from harness.child import Child, seconds  # noqa: E402


def write(folder, name, code):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(code)


def main(prefix, folder, *options):
    guide = extract.read(ROOT, "docs/guide.md")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    write(folder, "CMakeLists.txt", extract.blocks(guide, "cmake")[0][1])
    write(folder, "sums.cpp", extract.programs(guide)[0])
    write(folder, "sums.py", extract.blocks(guide, "python")[0][1])

    subprocess.check_call(["cmake", "-S", folder, "-B", folder + "/build",
                           "-DCMAKE_PREFIX_PATH=" + prefix] + list(options))
    subprocess.check_call(["cmake", "--build", folder + "/build"])
    with Child([sys.executable, folder + "/sums.py"]) as listener:
        reply = subprocess.check_output([folder + "/build/sums"], timeout=seconds(60))
        assert reply == b"42\n", reply
        assert listener.finish() == (0, "", ""), "sums.py failed"
    print("the guide's first program works")


if __name__ == "__main__":
    main(*sys.argv[1:])
