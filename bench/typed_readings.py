"""CPython's half of typed.py: ten thousand readings as dicts and as dataclasses, and its own pickle's
times on them.

usage: typed_readings.py make FOLDER   writes both documents
       typed_readings.py time FOLDER   prints seconds for each, read and written
"""
import dataclasses
import json
import os
import pickle
import random
import sys
import time
import timeit

COUNT = 10000


@dataclasses.dataclass
class Reading:
    sensor: str
    id: int
    value: float
    valid: bool
    counts: list
    note: str
    deviation: float
    flags: int


def readings():
    chance = random.Random(1)
    return [Reading(sensor="sensor %d" % number, id=1700000000000 + number, value=chance.gauss(20, 5),
                    valid=number % 7 != 0, counts=[chance.randrange(1000) for _ in range(4)],
                    note="note %d of the day" % (number % 100), deviation=chance.random(),
                    flags=chance.randrange(1 << 20))
            for number in range(COUNT)]


def documents():
    return {"dicts": [dict(vars(reading)) for reading in readings()], "dataclasses": readings()}


def path(folder, name):
    return os.path.join(folder, name + ".pickle")


def seconds(statement):
    timer = timeit.Timer(statement, timer=time.process_time)
    number, taken = timer.autorange()
    return min([taken / number] + [timer.timeit(number) / number for _ in range(2)])


def measure(folder):
    result = {}
    for name in ("dicts", "dataclasses"):
        with open(path(folder, name), "rb") as file:
            content = file.read()
        document = pickle.loads(content)
        result["read/" + name] = seconds(lambda: pickle.loads(content))
        result["write/" + name] = seconds(lambda: pickle.dumps(document, 4))
    return result


def main():
    verb, folder = sys.argv[1:]
    if verb == "make":
        for name, document in documents().items():
            with open(path(folder, name), "wb") as file:
                pickle.dump(document, file, 4)
    else:
        print(json.dumps(measure(folder)))


if __name__ == "__main__":
    # Pickled by the name that C++ knows, not as __main__'s.
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import typed_readings
    typed_readings.main()
