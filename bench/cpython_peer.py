"""CPython at one end, with the command line of bench/task.hpp. Runs under 2.7 and every 3.

The variants: bytes (send_bytes and recv_bytes), object (send and recv of a small list).
"""
from __future__ import print_function

import os
import sys
import time
from multiprocessing.connection import Client, Listener

KEY = b"a key of the benchmarks"
BATCH_SECONDS = 0.004
clock = getattr(time, "perf_counter", time.time)


def timed(run, count):
    begin = clock()
    run(count)
    return clock() - begin


def batch_size(run, at_least):
    count = 1
    while timed(run, count) < at_least:
        count *= 2
    return count


def seconds_each(seconds, run):
    """The median seconds of one operation, as bench/task.hpp takes it."""
    count = batch_size(run, BATCH_SECONDS)
    each, total = [], 0
    while total < seconds or len(each) < 5:
        taken = timed(run, count)
        each.append(taken / count)
        total += taken
    return sorted(each)[len(each) // 2]


def seconds_on_average(seconds, run):
    count = batch_size(run, 5 * BATCH_SECONDS)
    batches, total = 0, 0
    while total < seconds or batches < 2:
        total += timed(run, count)
        batches += 1
    return total / (batches * count)


def native(address):
    """Of HOST:PORT or unix:PATH, what multiprocessing takes."""
    if address.startswith("unix:"):
        return address[len("unix:"):]
    host, _, port = address.rpartition(":")
    return host, int(port)


def shown(address):
    return "unix:" + address if isinstance(address, str) else "%s:%d" % address


def echo(connection, variant):
    try:
        if variant == "object":
            while True:
                connection.send(connection.recv())
        while True:
            connection.send_bytes(connection.recv_bytes())
    except EOFError:
        pass
    except EnvironmentError:
        pass


def serve(variant, workload, seconds, address):
    keyed = workload in ("connect", "visit")
    listener = Listener(native(address), backlog=64, authkey=KEY if keyed else None)
    print(shown(listener.address))
    sys.stdout.flush()
    if workload != "stream":
        while True:
            connection = listener.accept()
            echo(connection, variant)
            connection.close()
    connection = listener.accept()

    def receive(count):
        for _ in range(count):
            connection.recv_bytes()

    print("%.12g" % seconds_on_average(seconds, receive))
    sys.stdout.flush()
    os._exit(0)


def round_trips(connection, variant, payload):
    if variant == "object":
        message = [u"Hello World", 100, u"\u4f60\u597d".encode("utf-8")]

        def run(count):
            for _ in range(count):
                connection.send(message)
                connection.recv()
    else:
        def run(count):
            for _ in range(count):
                connection.send_bytes(payload)
                connection.recv_bytes()
    return run


def call(variant, workload, size, seconds, address):
    where = native(address)
    payload = b"x" * size

    def connect(count):
        for _ in range(count):
            connection = Client(where, authkey=KEY)
            if workload == "visit":
                connection.send_bytes(payload)
                connection.recv_bytes()
            connection.close()

    if workload in ("connect", "visit"):
        print("%.12g" % seconds_each(seconds, connect))
        return
    connection = Client(where)
    if workload == "round_trip":
        print("%.12g" % seconds_each(seconds, round_trips(connection, variant, payload)))
        return
    try:
        while True:
            connection.send_bytes(payload)
    except EnvironmentError:
        pass


def main():
    side, variant, workload, size, seconds, address = sys.argv[1:]
    if side == "serve":
        serve(variant, workload, float(seconds), address)
    else:
        call(variant, workload, int(size), float(seconds), address)


main()
