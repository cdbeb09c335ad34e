"""handles.py ADDRESS: passes descriptors to and fro with handle_peer, as multiprocessing.reduction
does it. Says `listening on ADDRESS`, and `N checks, M failures` at the end."""
import os
import sys
from multiprocessing import reduction

from common import format_address, open_listener, say


def main():
    listener = open_listener(sys.argv[1], None)
    say("listening on " + format_address("AF_UNIX", listener.address))
    conn = listener.accept()
    results = []

    def check(got, expected):
        results.append(got == expected)
        if got != expected:
            say("FAIL got %r, expected %r" % (got, expected))

    read_end, write_end = os.pipe()
    reduction.send_handle(conn, write_end, os.getpid())
    os.close(write_end)
    check(conn.recv(), True)
    check(os.read(read_end, 64), b"from C++")
    check(os.read(read_end, 64), b"")
    os.close(read_end)

    handle = reduction.recv_handle(conn)
    os.write(handle, b"from Python")
    os.close(handle)
    check(conn.recv(), u"from Python")

    os.write(conn.fileno(), b"\1")
    check(conn.recv(), u"none came")
    say("%d checks, %d failures" % (len(results), results.count(False)))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
