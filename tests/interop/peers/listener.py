"""listener.py ADDRESS KEY [raw|objects|repr]: a Listener that serves one client after another.

Says `listening on ADDRESS`, then a line for every client that failed to prove the key. As `raw` it
sends messages back byte for byte, as `objects` through pickle; as `repr` it also writes the repr of
each object that it received.
"""
import sys

from common import format_address, open_listener, parse_address, parse_key, say
import well_known  # noqa: F401  instances of its classes can be unpickled


def echo(conn, mode):
    while True:
        if mode == "raw":
            conn.send_bytes(conn.recv_bytes())
            continue
        message = conn.recv()
        if mode == "repr":
            say(repr(message))
        conn.send(message)


def main():
    address, key = sys.argv[1], parse_key(sys.argv[2])
    mode = sys.argv[3] if len(sys.argv) > 3 else "objects"
    listener = open_listener(address, key)
    say("listening on " + format_address(parse_address(address)[0], listener.address))
    while True:
        try:
            conn = listener.accept()
        except Exception as error:
            say("rejected: " + type(error).__name__)
            continue
        try:
            echo(conn, mode)
        except EOFError:
            say("closed")
        except Exception as error:
            say("failed: %s: %s" % (type(error).__name__, error))
        finally:
            conn.close()


if __name__ == "__main__":
    main()
