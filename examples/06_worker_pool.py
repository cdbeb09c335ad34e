"""Worker pool: one worker of 06_worker_pool, which takes numbers and returns their factors.

    python3 06_worker_pool.py [PORT [flaky]]     a flaky one leaves with its first job
"""
import sys
from multiprocessing.connection import Client


def factors(number):
    found = []
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            found.append(divisor)
            number //= divisor
        divisor += 1
    return found + [number] if number > 1 else found


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

with Client(("localhost", port), authkey=b"Hello World!") as connection:
    try:
        while True:
            job = connection.recv()
            if "flaky" in sys.argv:
                break
            connection.send(factors(job))
    except EOFError:
        print("dismissed")
