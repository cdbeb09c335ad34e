"""usage: pickle_zoo.py PICKLE_ROUND_TRIP

Pickles everything in the zoo in every protocol, has parley read it and write it in every protocol that
this Python knows, and looks for any difference.
"""
import pickle
import sys

import well_known
from canon import canon
from round_trip import Refused, RoundTrip
from zoo import zoo

WRITTEN = range(2, min(pickle.HIGHEST_PROTOCOL, 5) + 1)


def problems(round_trip, name, thing):
    for came in range(pickle.HIGHEST_PROTOCOL + 1):
        try:
            sent = pickle.dumps(thing, came)
        except Exception:
            continue  # some things have no form in some protocols
        expected = canon(pickle.loads(sent))
        for written in WRITTEN:
            where = "%s, protocol %d to %d: " % (name, came, written)
            try:
                back = pickle.loads(round_trip(sent, written))
            except Refused as error:
                yield where + str(error)
                continue
            if came == 0 and name == "float nan":
                continue  # the text has no bits, and Python 2 makes up others than Python 3
            if canon(back) != expected:
                yield where + "another object came back: %.200r" % (back,)


def main():
    well_known.__name__  # the classes by which instances are pickled
    round_trip = RoundTrip(sys.argv[1])
    found = [problem for name, thing in zoo() for problem in problems(round_trip, name, thing)]
    round_trip.close()
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)


main()
