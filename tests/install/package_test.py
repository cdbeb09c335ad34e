"""The Debian packages that scripts/package makes: what is in them, and, where PARLEY_TEST_CHROOT is
set and this is root, that they install and work in a fresh Debian root.

Exit status 77 says that there are none. PARLEY_TEST_ROOT names a root to keep and use again.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGES = os.path.join(ROOT, "build", "packages")
CONSUMER = os.path.join(ROOT, "tests", "install", "consumer")
MIRROR = "http://deb.debian.org/debian"


def output(*command):
    return subprocess.check_output(command, stderr=subprocess.STDOUT).decode()


class Package(object):
    def __init__(self, path):
        self.path = path

    def field(self, name):
        return output("dpkg-deb", "--field", self.path, name).strip()

    def files(self):
        """{path: (mode, link target or None)} of all but folders."""
        found = {}
        for line in output("dpkg-deb", "--contents", self.path).splitlines():
            mode, owner, _, _, _, name = line.split(None, 5)
            name, _, target = name.partition(" -> ")
            assert owner == "root/root", line
            if not mode.startswith("d"):
                found[name[1:]] = (mode, target or None)
        return found

    def extract(self, folder):
        subprocess.check_call(["dpkg-deb", "--extract", self.path, folder])


def packages():
    found = {}
    for path in glob.glob(os.path.join(PACKAGES, "*.deb")):
        package = Package(path)
        found[package.field("Package")] = package
    return found


def project_version():
    with open(os.path.join(ROOT, "CMakeLists.txt")) as file:
        return re.search(r"project\(parley VERSION (\S+)", file.read()).group(1)


class PackageTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.packages = packages()
        cls.version = project_version()
        major, minor, _ = cls.version.split(".")
        cls.soversion = "0." + minor if major == "0" else major
        cls.library = "libparley" + cls.soversion

    def assert_all_match(self, files, patterns):
        for path in files:
            self.assertTrue(any(re.search(pattern + "$", path) for pattern in patterns), path)
        for pattern in patterns:
            self.assertTrue(any(re.search(pattern + "$", path) for path in files), pattern)

    def test_there_are_three_packages_of_this_version(self):
        self.assertEqual(sorted(self.packages), sorted([self.library, "libparley-dev", "parley"]))
        for package in self.packages.values():
            self.assertEqual(package.field("Version"), self.version + "-1")
            self.assertNotEqual(package.field("Description"), "")

    def test_each_says_its_license_and_its_changes(self):
        for name, package in self.packages.items():
            self.assertIn("/usr/share/doc/%s/copyright" % name, package.files())
            for changes in ("changelog.gz", "changelog.Debian.gz"):
                self.assertIn("/usr/share/doc/%s/%s" % (name, changes), package.files())

    def test_the_library_is_one_object_and_its_soname(self):
        self.assert_all_match(
            self.packages[self.library].files(),
            [r"^/usr/lib/[^/]+/libparley\.so\." + re.escape(self.soversion),
             r"^/usr/lib/[^/]+/libparley\.so\." + re.escape(self.version),
             r"^/usr/share/doc/.*"])

    def test_the_development_files_are_headers_link_and_configurations(self):
        self.assert_all_match(
            self.packages["libparley-dev"].files(),
            [r"^/usr/include/parley/.*\.hpp", r"^/usr/lib/[^/]+/libparley\.so",
             r"^/usr/lib/[^/]+/pkgconfig/parley\.pc", r"^/usr/lib/[^/]+/cmake/parley/.*\.cmake",
             r"^/usr/share/doc/libparley-dev/examples/01_hello\.(cpp|py)",
             r"^/usr/share/doc/.*"])

    def test_the_program_brings_its_man_page_and_completions(self):
        self.assert_all_match(
            self.packages["parley"].files(),
            [r"^/usr/bin/parley", r"^/usr/share/man/man1/parley\.1\.gz",
             r"^/usr/share/bash-completion/completions/parley",
             r"^/usr/share/zsh/vendor-completions/_parley",
             r"^/usr/share/doc/parley/examples/systemd/.*\.service", r"^/usr/share/doc/.*"])

    def test_the_program_and_the_headers_ask_for_this_library(self):
        for name in ("parley", "libparley-dev"):
            self.assertRegex(self.packages[name].field("Depends"),
                             r"\b%s \(= %s-1\)" % (re.escape(self.library), self.version))

    def test_the_library_asks_for_what_it_links(self):
        depends = self.packages[self.library].field("Depends")
        for other in (r"libc6 \(>= ", r"libssl3", r"libboost-serialization1\.\d+"):
            self.assertRegex(depends, other)

    def test_nobody_but_the_owner_can_write(self):
        for package in self.packages.values():
            for path, (mode, target) in package.files().items():
                if target is None:
                    self.assertRegex(mode, r"^-rw[x-]r-[x-]r-[x-]$", path)

    def test_the_library_is_stripped_and_small(self):
        with tempfile.TemporaryDirectory() as folder:
            self.packages[self.library].extract(folder)
            (path,) = glob.glob(folder + "/usr/lib/*/libparley.so." + self.version)
            self.assertNotIn(".symtab", output("readelf", "--sections", "--wide", path))
            self.assertLess(os.path.getsize(path), 2 << 20)

    @unittest.skipUnless(os.environ.get("PARLEY_TEST_CHROOT") and os.geteuid() == 0
                         and shutil.which("debootstrap"),
                         "not asked for by PARLEY_TEST_CHROOT, or no root, or no debootstrap")
    def test_they_install_and_work_on_a_clean_debian(self):
        with Chroot() as root:
            debs = [root.copy(package.path) for package in self.packages.values()]
            root.apt("install", "--reinstall", *debs)
            self.assertEqual(root.run("parley", "--version"), "parley %s\n" % self.version)
            reply = root.run("python3", "-c", CONVERSATION)
            self.assertEqual(reply, "['Hello World', 100]\n")
            root.apt("install", "g++", "cmake", "make", "pkg-config")
            root.copy(CONSUMER)
            for through in ("find_package", "pkg-config"):
                root.run("cmake", "-S", "/tmp/consumer", "-B", "/tmp/" + through,
                         "-DPARLEY_THROUGH=" + through)
                root.run("cmake", "--build", "/tmp/" + through)
                self.assertEqual(root.run("/tmp/%s/consumer" % through), "as installed\n")


# The program of the package, and Python's own client.
CONVERSATION = """
import os, subprocess
from multiprocessing.connection import Client
echo = subprocess.Popen(["parley", "echo", "127.0.0.1:0"], stdout=subprocess.PIPE,
                        env=dict(os.environ, PARLEY_AUTHKEY="Hello World!"))
port = int(echo.stdout.readline().decode().rpartition(":")[2])
with Client(("127.0.0.1", port), authkey=b"Hello World!") as connection:
    connection.send(["Hello World", 100])
    print(connection.recv())
echo.terminate()
raise SystemExit(echo.wait())
"""


class Chroot(object):
    """A fresh Debian 12 in a temporary folder, with Python."""

    def __enter__(self):
        self.kept = os.environ.get("PARLEY_TEST_ROOT")
        self.folder = self.kept or tempfile.mkdtemp(prefix="parley-root-")
        if not os.path.exists(os.path.join(self.folder, "etc", "debian_version")):
            subprocess.check_call(["debootstrap", "--variant=minbase", "--include=python3",
                                   "bookworm", self.folder, MIRROR], stdout=sys.stderr)
        return self

    def __exit__(self, *_):
        if not self.kept:
            shutil.rmtree(self.folder)

    def copy(self, path):
        name = "/tmp/" + os.path.basename(path)
        subprocess.check_call(["cp", "-rT", path, self.folder + name])
        return name

    def run(self, *command):
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
               "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(("chroot", self.folder) + command, env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise AssertionError("%s: status %d\n%s" % (" ".join(command), done.returncode,
                                                        done.stdout.decode()))
        return done.stdout.decode()

    def apt(self, *arguments):
        self.run("apt-get", "update", "-qq")
        self.run("apt-get", "-qq", "--no-install-recommends", "-y", *arguments)


if __name__ == "__main__":
    if not glob.glob(os.path.join(PACKAGES, "*.deb")):
        print("no packages in %s: scripts/package makes them" % PACKAGES)
        sys.exit(77)
    unittest.main(verbosity=2)
