#!/usr/bin/env python3
"""Writes proto/pickle/unicode_table.inc: where str.isprintable() changes its answer.

usage: make_unicode_table.py > proto/pickle/unicode_table.inc

Run it under the newest CPython at hand: the table takes over that Python's Unicode version.
"""
import platform
import sys
import textwrap
import unicodedata


def boundaries():
    """The code points from which on the answer differs from the one before; U+0000 comes first."""
    printable = True
    for code_point in range(sys.maxunicode + 1):
        if chr(code_point).isprintable() != printable:
            printable = not printable
            yield code_point


def main():
    print("// Written by scripts/make_unicode_table.py; do not edit.")
    print("// Unicode %s, after CPython %s." % (
        unicodedata.unidata_version, platform.python_version()))
    numbers = ", ".join("0x%x" % boundary for boundary in boundaries())
    print("\n".join(textwrap.wrap(numbers + ",", 99)))


if __name__ == "__main__":
    main()
