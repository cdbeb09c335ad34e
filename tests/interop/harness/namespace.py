"""namespace.py COMMAND...: runs a command in a network namespace of its own, with its loopback up.

There every port is free, even a fixed one. Exit status 77 where the machine forbids namespaces.
"""
import ctypes
import errno
import fcntl
import os
import socket
import struct
import sys

SKIPPED = 77
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_libc = ctypes.CDLL(None, use_errno=True)


def _map_ids(user, group):
    for name, text in (("setgroups", "deny"), ("uid_map", "0 %d 1" % user),
                       ("gid_map", "0 %d 1" % group)):
        with open("/proc/self/" + name, "w") as file:
            file.write(text)


def _raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP))


def enter():
    """Moves this process into a namespace; OSError where it may not."""
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(_CLONE_NEWNET | (0 if user == 0 else _CLONE_NEWUSER)) != 0:
        raise OSError(ctypes.get_errno(), "unshare: " + os.strerror(ctypes.get_errno()))
    if user != 0:
        _map_ids(user, group)
    _raise_loopback()


def main():
    try:
        enter()
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS,
                               errno.ENOSPC):
            raise
        print("skipped: no network namespace here (%s)" % error)
        sys.exit(SKIPPED)
    os.environ["PARLEY_TEST_NAMESPACE"] = "1"
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
