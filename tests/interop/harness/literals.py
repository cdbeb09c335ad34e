"""Python literals that are their own repr."""

# Under every Python 3.
PYTHON3 = [
    "None", "True", "False", "0", "-1", "255", "65536", "-2147483649",
    str(2 ** 64), str(-10 ** 77), str(2 ** 2040), "0.1", "-0.0", "1e+100", "5e-324", "(1.5-2j)",
    "''", "'Hello World'", "'你好'", "\"it's\"", r"'\n\t\\\x00\x7f\xad'", r"'\ud800'", "'😀'",
    "b''", r"b'\x00\xff\n'", "[]", "[1, [2, [3]]]", "()", "(1,)", "(1, 2, 3, 4)", "{}",
    "{'b': 1, 'a': (None, b'x')}", "{1}", "['Hello World', 100, b'\\xe4\\xbd\\xa0']",
    "[" + ", ".join(map(str, range(2000))) + "]",
]

# What means the same to Python 2 and is written alike there.
COMMON = ["None", "True", "[1, 2.5, (3, -4)]", "{1: [2]}", "'text'", "'你好'", str(2 ** 70)]
