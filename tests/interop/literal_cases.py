"""Literals for literal_test.py: hand-written edges, random values, and random damage to both."""
import re
import struct

# What parley takes beyond ast.literal_eval, or where that has a trap of its own: the names that repr()
# writes, blanks on a last line without an end, brackets more than 200 deep.
ACCEPTED_HERE_ALONE = re.compile(
    r"inf|nan|Ellipsis|set\s*\(|bytearray\s*\(|[\r\n][ \t\f]+(#.*)?$|[\[({]{100}|[\ud800-\udfff]")

EDGES = [
    # lines
    "\ufeff1", "\n1", "\n 1", "\f1", "\f 1", "\n\f1", "\n\f 1", " \f1", "1\\\n", "1\\\n\n", "\\\n1",
    " \\\n 1", "(1\\\n)", "1\n # c", "# c\n1", "  # c\n1", "\n  # c\n1", "1\r", "1\n\n\n", "[1\n]",
    "1 \\\n", "1 \\ \n", "", "   ", "\n", "1\n2", "1\n\n2", "1,\n2", "(1,\n\n#c\n2)", "-\n1", "(-\n1)",
    "[1\f,2]", "1\v2", "\u00a01", "1;", "1 #", "#", "[#]\n]", "[\n\n1\n\n,\n\n2]\n\n",
    # numbers
    "1_000", "0_0", "00", "0_", "0x_f", "0x__f", "0777", "0777.5", "0777j", "0_7", "08.5", "0e0",
    "1e400", "-1e400", "1e400j", "1__0", "1_", "1.e5", "1._5", "1_.5", ".5", "5.", "._5", "1e_5",
    "1e5_0", "1e", "1e+", "0b12", "0o8", "0xg", "0x", "0b", "0B1", "0O17", "0XfF", "1L", "0xfL", "1J",
    "1jj", "1.5x", "1if 1 else 2", "1or 2", "1 .5", "1..", ".", "1.real", "9" * 5000, "-" + "7" * 3000,
    "0x" + "f" * 3000, "0b" + "10" * 3000, "0o" + "7" * 3000, "9" * 400 + ".0", "9" * 400 + "e-400",
    "0." + "0" * 400 + "1", "1e-99999999999999999999", "1e99999999999999999999", "0e99999999999999999999",
    "4.9406564584124654e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
    "1.7976931348623158e308", "1.7976931348623159e308", "9007199254740993.0", "123456789012345678.",
    # signs and sums
    "- 1", "+1", "+-1", "--1", "-(1)", "(1)+(2j)", "(-1)+2j", "1+-2j", "+True", "-None", "1j+1", "1+2",
    "1+2j+3j", "-(1+2j)", "1.5-(2j)", "True+2j", "2j-3", "1e5+2J", "-0j", "-0.0+0j", "0-0j", "1-0j",
    "-0.0-0j", "+0j", "-1j", "1" + "0" * 400 + "+1j", "not 1", "~1", "-'a'", "[1]+[2]", "1*2", "1**2",
    # strings
    "f'a'", "rf'a'", "u'x'", "ur'x'", "U'x'", "bu'x'", "br'\\x'", "rB'\\x'", "bR'\\''", "'a' 'b' \"c\"",
    "'a' b'c'", "b'a' b'b'", "'a'1", "('a'\n'b')", "'a'\n'b'", "'a' \\\n'b'", "'a\nb'", "'a\\\nb'",
    "'a\\\r\nb'", "'\\\rx'", "'''a\r\nb\rc'''", "''''a'''", "'''a''''", "''''''", "''", "\"\"", "r'\\'",
    "r'\\''", "'\\", "'\\\n'", "'''\\\n'''", "'abc", "'''abc'", "b'\\777'", "'\\777'", "'\\400'", "'\\8'",
    "'\\08'", "'\\7'", "'\\77'", "'\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"'", "'\\q\\.'", "b'\\q\\u1234'",
    "'\\xg'", "'\\x1'", "'\\x'", "b'\\x1'", "'\\u123'", "'\\U0001234'", "'\\ud800'", "'\\ud83d\\ude00'",
    "'\\U00110000'", "'\\U0010ffff'", "'\\Uffffffff'", "b'\u00e4'", "rb'\u00e4'", "'\u00e4'", "'\\\u00e4'",
    "'\x00'", "\x00", "1\x00", "'\x01'", "'\x7f'", "'\t'", "'\f'",
    "'\\N{bullet}'", "'\\N{BULLET}'", "b'\\N{x}'", "'\\N{}'", "'\\N'", "'\\N{LATIN SMALL LETTER A'",
    "'\\N{KEYCAP DIGIT ONE}'", "'\\N{CJK UNIFIED IDEOGRAPH-4E00}'", "'\\N{CJK UNIFIED IDEOGRAPH-4e00}'",
    "'\\N{CJK UNIFIED IDEOGRAPH-A000}'", "'\\N{HANGUL SYLLABLE GA}'", "'\\N{HANGUL SYLLABLE GAGG}'",
    "'\\N{HANGUL SYLLABLE XX}'", "'\\N{NULL}'", "'\\N{LF}'", "'\\N{lf}'", "'\\N{LATIN  SMALL LETTER A}'",
    # containers
    "()", "(,)", "(1)", "(1,)", "(1,,)", "1,", "1,2", "1,2,", ",", "[]", "[,]", "[1,]", "[1 2]", "{}",
    "{,}", "{1,}", "{1:2,}", "{1:2,3}", "{1,2:3}", "{1:}", "{:1}", "{1:2:3}", "{**{}}", "[*[1]]", "{[]}",
    "{{}}", "{set()}", "{():[]}", "{([],):1}", "{1:1,True:2}", "{1,1.0,True}", "{1:1, 1.0:2, 1+0j:3}",
    "{'a':1,'a':2}", "{0.0:1,-0.0:2}", "{-1,-1.0}", "{2**3}", "{1:2 for x in y}", "[x for x in y]",
    "set()", "set( )", "set(\n)", "set(())", "set", "(1)(2)", "(((((1)))))", "(1", "1)", "[1)", "{1]",
    "[" * 90 + "]" * 90, "(" * 90 + "1" + ")" * 90,
    # names
    "None", "True", "False", "none", "None1", "Nonee", "True False", "x", "__debug__", "NotImplemented",
    "...", "..", "....", ". . .", "lambda: 1", "1 if 1 else 2", "print(1)", "'a'.b", "[1][0]", "a:=1",
]

WORDS = ["", "it's", 'say "so"', "'\"", "\\", "\n\r\t", "\0\x1f\x7f", "\xa0\xad\xff", "\u4f60\u597d",
         "\u200b\u2028", "\U0001f600", "\U000e0001", "plain", "\ud7ff\ue000"]


def _random_float(chance):
    shape = chance.randrange(5)
    if shape == 0:
        value = struct.unpack("<d", struct.pack("<Q", chance.getrandbits(64)))[0]
        return value if value - value == 0 else 0.5
    if shape == 1:
        return float(chance.randrange(-10 ** 17, 10 ** 17))
    return round(chance.uniform(-1000, 1000), chance.randrange(9))


def _random_int(chance):
    bits = chance.choice((4, 8, 16, 31, 32, 33, 63, 64, 65, 128, 1000, 5000))
    return chance.getrandbits(bits) * chance.choice((1, -1))


def _random_text(chance):
    return "".join(chance.choice(WORDS) for _ in range(chance.randrange(4)))


def _random_value(chance, depth, hashable=False):
    scalars = [
        lambda: None, lambda: True, lambda: False, lambda: Ellipsis,
        lambda: _random_int(chance), lambda: _random_float(chance), lambda: _random_text(chance),
        lambda: _random_text(chance).encode("utf-8", "surrogatepass"),
        lambda: complex(chance.randrange(-9, 9) + 0.5, abs(_random_float(chance)) + 1),
    ]
    if depth == 0:
        return chance.choice(scalars)()
    items = [_random_value(chance, depth - 1, True) for _ in range(chance.randrange(5))]
    shapes = scalars + [lambda: tuple(items)] * 3
    if not hashable:
        values = [_random_value(chance, depth - 1) for _ in items]
        shapes += [lambda: values, lambda: dict(zip(items, values)), lambda: set(items[:1] or [0])] * 3
    return chance.choice(shapes)()


def random_literals(chance, count, version):
    """The repr() of random values, as a Python of that version reads it."""
    ellipsis = "..." if version >= (3, 8) else "None"
    values = [_random_value(chance, chance.randrange(5)) for _ in range(count)]
    return [repr(value).replace("Ellipsis", ellipsis) for value in values]


def mutations(chance, literals, count):
    """Literals with something put in, taken out or doubled."""
    pieces = list("()[]{},:+-.'\"\\ \n#_eEjJxob019abfnruN") + ["''", '"""', "\\x41", "\\N{dash}", "0x"]
    result = []
    for _ in range(count):
        text = chance.choice(literals)[:200]
        for _ in range(chance.randrange(1, 3)):
            at = chance.randrange(len(text) + 1)
            end = min(len(text), at + chance.choice((0, 0, 1, 1, 2)))
            text = text[:at] + chance.choice(pieces + [""]) + text[end:]
        result.append(text)
    return result
