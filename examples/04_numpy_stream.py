"""numpy stream: sends pieces of a recording to 04_numpy_stream, and gets the peaks of each.

    python3 04_numpy_stream.py [PORT]        with a Python that has numpy
"""
import sys
from multiprocessing.connection import Client

import numpy

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888
time = numpy.linspace(0, 1, 1001, dtype=numpy.float32)
recording = numpy.stack([time, time * (1 - time), numpy.where(time < 0.5, time, 0)])

with Client(("localhost", port), authkey=b"Hello World!") as connection:
    for number, samples in enumerate(numpy.split(recording[:, :1000], 4, axis=1)):
        connection.send({"name": "chunk %d" % number, "samples": samples})
        peaks = connection.recv()
        print(type(peaks).__name__, peaks.dtype, peaks.round(3).tolist())
    # Other types, orders and plain lists of lists are converted.
    connection.send({"name": "doubles", "samples": numpy.asfortranarray(recording.astype("f8"))})
    print(connection.recv().round(3).tolist())
    connection.send({"name": "lists", "samples": [[1, 2.5], [3, 0]]})
    print(connection.recv().tolist())
