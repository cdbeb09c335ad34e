"""What the peers share: addresses in parley's notation, keys, and connections.

Runs under Python 2.7 and every Python 3; uses nothing but CPython's own connection module.
"""
import binascii
import socket
import sys
from multiprocessing import connection

PYTHON2 = sys.version_info[0] == 2


def parse_address(text):
    """(family, address as multiprocessing.connection wants it)"""
    if text.startswith("unix:@"):
        return "AF_UNIX", "\0" + text[6:]
    if text.startswith("unix:"):
        return "AF_UNIX", text[5:]
    host, port = text.rsplit(":", 1)
    if host.startswith("["):
        return "AF_INET6", (host[1:-1], int(port))
    return "AF_INET", (host or "localhost", int(port))


def format_address(family, address):
    if family == "AF_UNIX":
        if not isinstance(address, str):
            address = address.decode()
        return "unix:@" + address[1:] if address[0] == "\0" else "unix:" + address
    host = "[%s]" % address[0] if family == "AF_INET6" else address[0]
    return "%s:%d" % (host, address[1])


def parse_key(text):
    return None if text == "none" else binascii.unhexlify(text[1:])


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def open_client(text, key):
    """Client(), or what it does by hand where it cannot: CPython infers no IPv6 address."""
    family, address = parse_address(text)
    if family != "AF_INET6":
        return connection.Client(address, authkey=key)
    sock = socket.socket(socket.AF_INET6)
    sock.connect(address)
    if PYTHON2:
        import _multiprocessing
        import os
        conn = _multiprocessing.Connection(os.dup(sock.fileno()))
        sock.close()
    else:
        conn = connection.Connection(sock.detach())
    if key is not None:
        connection.answer_challenge(conn, key)
        connection.deliver_challenge(conn, key)
    return conn


def open_listener(text, key):
    family, address = parse_address(text)
    return connection.Listener(address, family, backlog=64, authkey=key)
