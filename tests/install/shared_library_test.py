"""shared_library_test.py FOLDER VERSION SOVERSION: libparley.so goes by its soname, and exports
what the public headers declare and nothing of the insides."""
import os
import re
import subprocess
import sys

# What must be there: a type's way out as an exception, a class, a function, a global object's.
EXPORTED = [r"typeinfo for parley::EndOfFile", r"vtable for parley::Error",
            r"parley::ListenerBase::", r"parley::open_client\(", r"parley::list\(",
            r"parley::pickle::", r"parley::error_category\("]
# Names of private headers, and of others whose code was compiled in.
HIDDEN = [r"^parley::(Transport|FrameWriter|ListeningSocket)::", r"^boost::", r"^std::",
          r"\(anonymous namespace\)"]


def output(*command):
    return subprocess.check_output(command).decode()


def main(folder, version, soversion):
    library = os.path.join(folder, "libparley.so")
    for name, target in ((library, "libparley.so." + soversion),
                         (library + "." + soversion, "libparley.so." + version)):
        assert os.readlink(name) == target, "%s -> %s" % (name, os.readlink(name))
    soname = re.search(r"soname: \[(.*)\]", output("readelf", "--dynamic", library)).group(1)
    assert soname == "libparley.so." + soversion, soname

    lines = output("nm", "--dynamic", "--defined-only", "--demangle", library).splitlines()
    symbols = [line.split(" ", 2)[1:] for line in lines]
    for pattern in EXPORTED:
        assert any(re.match(pattern, name) for _, name in symbols), "not exported: " + pattern
    # Weak ones are of templates, and every object that uses them has them.
    strong = [name for kind, name in symbols if kind in "TDBR"]
    for pattern in HIDDEN:
        leaked = [name for name in strong if re.search(pattern, name)]
        assert not leaked, "exported: %s" % leaked[:10]
    print("%s: %d symbols" % (soname, len(symbols)))


if __name__ == "__main__":
    main(*sys.argv[1:])
