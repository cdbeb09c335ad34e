#!/usr/bin/env python3
"""Writes proto/pickle/names_table.inc: what Python 2 and 3 call the same modules and globals.

usage: make_pickle_names.py > proto/pickle/names_table.inc

Run it under the newest CPython at hand: the tables are those of its _compat_pickle, sorted.
"""
import _compat_pickle
import platform


def print_modules(title, mapping):
    print("constexpr ModuleNames %s[] = {" % title)
    for old, new in sorted(mapping.items()):
        print('    {"%s", "%s"},' % (old, new))
    print("};")


def print_names(title, mapping):
    print("constexpr GlobalNames %s[] = {" % title)
    for old, new in sorted(mapping.items()):
        print('    {{"%s", "%s"}, {"%s", "%s"}},' % (old + new))
    print("};")


def main():
    print("// Written by scripts/make_pickle_names.py; do not edit.")
    print("// After Lib/_compat_pickle.py of CPython %s." % platform.python_version())
    print_modules("modern_modules", _compat_pickle.IMPORT_MAPPING)
    print_modules("legacy_modules", _compat_pickle.REVERSE_IMPORT_MAPPING)
    print_names("modern_globals", _compat_pickle.NAME_MAPPING)
    print_names("legacy_globals", _compat_pickle.REVERSE_NAME_MAPPING)


main()
