"""What the interop tests stand on: interpreters, processes under deadlines, addresses and keys.

Runs under Python 3.6 and later with the standard library alone. The scripts in ../peers run under
whatever interpreter is being tested, Python 2.7 included, and share nothing with this package.
"""
