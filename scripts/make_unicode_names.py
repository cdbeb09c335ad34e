#!/usr/bin/env python3
"""Writes proto/pickle/unicode_name_table.inc: what "\\N{NAME}" means in a Python literal.

usage: make_unicode_names.py NameAliases.txt > proto/pickle/unicode_name_table.inc

Run it under the newest CPython at hand: the table takes over that Python's names. NameAliases.txt
is the Unicode database's (Debian: /usr/share/unicode/NameAliases.txt, package unicode-data); no
Python lists the aliases it knows. An entry holds the upper 43 bits of the FNV-1a hash of a name and,
below them, the 21 bits of its code point. Ideographs and Hangul are left out: rules name them.
"""
import platform
import sys
import textwrap
import unicodedata

BY_RULE = ("CJK UNIFIED IDEOGRAPH-", "HANGUL SYLLABLE ")


def fnv1a(name):
    value = 0xCBF29CE484222325
    for byte in name.encode("ascii"):
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def named_characters():
    for code_point in range(sys.maxunicode + 1):
        name = unicodedata.name(chr(code_point), None)
        if name and not name.startswith(BY_RULE):
            yield name, code_point


def aliases(path):
    """The aliases that this Python knows too."""
    with open(path, encoding="utf-8") as lines:
        fields = [line.split(";") for line in lines if line[0] not in "#\n"]
    for code_point, alias, _ in fields:
        try:
            if unicodedata.lookup(alias) == chr(int(code_point, 16)):
                yield alias, int(code_point, 16)
        except KeyError:
            pass


def ideograph_ranges():
    """First and last code point of each run of ideographs named by rule."""
    first = None
    for code_point in range(sys.maxunicode + 2):
        inside = code_point <= sys.maxunicode and unicodedata.name(
            chr(code_point), "").startswith(BY_RULE[0])
        if inside and first is None:
            first = code_point
        elif not inside and first is not None:
            yield "{0x%x, 0x%x}" % (first, code_point - 1)
            first = None


def write_array(declaration, items):
    print(declaration + " = {")
    print("\n".join(textwrap.wrap(", ".join(items) + ",", 99, break_long_words=False)))
    print("};")


def main():
    names = dict(named_characters())
    names.update(aliases(sys.argv[1]))
    entries = {fnv1a(name) >> 21 << 21: code_point for name, code_point in names.items()}
    assert len(entries) == len(names), "two names share their hash: use more of its bits"
    print("// Written by scripts/make_unicode_names.py; do not edit.")
    print("// Unicode %s, after CPython %s." % (
        unicodedata.unidata_version, platform.python_version()))
    write_array("constexpr CodePointRange ideographs[]", ideograph_ranges())
    write_array("constexpr std::uint64_t names[]",
                ("0x%x" % (hashed | entries[hashed]) for hashed in sorted(entries)))


if __name__ == "__main__":
    main()
