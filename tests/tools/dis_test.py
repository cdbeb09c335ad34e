"""`parley dis` prints what pickletools.dis prints, of whatever this Python can pickle."""
import array
import collections
import datetime
import decimal
import io
import pickle
import pickletools
import random
import re

from support import INPUT, SUCCESS, USAGE, ToolTest, main

Point = collections.namedtuple("Point", "x y")


class Special(object):
    def __init__(self):
        self.names = {"self": self}


def zoo():
    shared = ["shared"]
    loop = []
    loop.append(loop)
    return [
        None, True, False, 0, 255, 256, -1, 2 ** 31, -2 ** 31, 2 ** 63, 2 ** 2100, -2 ** 100,
        0.0, -1.5, 1e300, float("inf"), float("nan"), 1j, "", "text", "\u4f60\u597d", "\U0001f600",
        "quote's", 'both"\'', "line\n\\u1234", "\ud800", "\x80\xff", "x" * 300, b"", b"\0\xff",
        b"y" * 300, bytearray(b"bytes"), [], [1], [1, 2, 3], (), (1,), (1, 2), (1, 2, 3),
        (1, 2, 3, 4), {}, {"a": 1}, {"a": 1, "b": [2]}, set(), {1}, frozenset([1]), shared,
        [shared, shared, (shared,)], loop, {"loop": loop}, [[[[]]]], list(range(3000)),
        {str(number): number for number in range(2500)}, datetime.datetime(2024, 1, 2),
        decimal.Decimal("1.5"), array.array("d", [1, 2]), collections.OrderedDict(a=1),
        Point(1, 2), Special(), Special, len, ..., NotImplemented, slice(1, 2) if
        hasattr(slice, "__reduce__") else None, range(3), Exception("oops"), re.compile("x"),
    ]


def handmade():
    """Pickles that no pickler writes."""
    return [
        b"I01\n.", b"I00\n.", b"I-5\n.", b"L5L\n.", b"L5\n.", b"F1.5\n.", b"Fnan\n.", b"S'it'\n.",
        b'S"it\'s \\x41"\n.', b"Vtext\\u4f60\n.", b"V\\ud800\n.", b"cos\nsystem\n.",
        b"(cos\nsystem\no.", b"(ios\nsystem\n.", b"Pid\n.", b"K\x01Q.", b"\x82\x01.",
        b"\x83\x01\x02.", b"\x84\x01\x02\x03\x04.", b"(0K\x01.", b"((1K\x01.", b"K\x01K\x020.",
        b"K\x012\x86.", b"](lp5\n0g5\n.", b"K\x01p0\n0h\0.", b"K\x01r\1\2\3\4\x30j\1\2\3\4.",
        b"U\x03a\x1f'.", b"T\x02\0\0\0ab.", b"G?\xf8\0\0\0\0\0\0.", b"M\1\2.", b"J\xff\xff\xff\xff.",
        b"\x8a\0.", b"\x8b\x02\0\0\0\0\xff.", b"\x95\x02\0\0\0\0\0\0\0N.", b"(dI1\nI2\ns.",
        b"B\x01\0\0\0x.", b"\x8d\x01\0\0\0\0\0\0\0x.", b"\x8e\x01\0\0\0\0\0\0\0x.", b"(K\1\x91.",
        b"\x8f(K\1\x90.", b"\x96\x01\0\0\0\0\0\0\0x.", b"N(N.", b"(.", b"N.rest", b"\x8c\x02os\x8c\x06system\x93.",
    ]


def malformed():
    return [
        b"", b"N", b"0.", b"t.", b"K", b"I5", b"U\x05abc.", b"h\0.", b"g5\n.", b"\x94.", b"(\x94.",
        b"N(\x94.", b"\xff.", b"NN.", b"]a.", b"\x86.", b"\x8c\x01\xff.", b"S'open\n.", b"Ix\n.", b"gx\n.",
        b"\x95\1\0\0\0.", b"X\xff\xff\xff\xffa.",
    ]


class DisTest(ToolTest):
    def dis(self, data):
        return self.run_tool("dis", stdin=data)

    def expected(self, data):
        out = io.StringIO()
        try:
            pickletools.dis(data, out)
            return out.getvalue(), True
        except Exception:
            return out.getvalue(), False

    def assert_like_python(self, data):
        lines, good = self.expected(data)
        self.assertTrue(good, lines)
        status, out, err = self.dis(data)
        text = out.decode("utf-8", "surrogatepass")
        self.assertEqual(text[:len(lines)], lines)
        rest = text[len(lines):]
        if status == SUCCESS:
            self.assertRegex(rest, r"\Avalue = [^\n]+\n\Z")
        else:  # in order on the stack, and yet no value: an id of a persistent object, say
            self.assertEqual((status, rest), (INPUT, ""))
            self.assert_one_line(err)
        return status

    def test_what_python_pickles_looks_as_in_python(self):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            for thing in zoo():
                try:
                    data = pickle.dumps(thing, protocol)
                except (pickle.PicklingError, TypeError):
                    continue
                with self.subTest(protocol=protocol, data=data[:60]):
                    self.assertEqual(self.assert_like_python(data), SUCCESS)

    def test_the_value_is_printed(self):
        status, out, _ = self.dis(pickle.dumps([1, "two", b"3"]))
        self.assertEqual(status, SUCCESS)
        self.assertTrue(out.endswith(b"\nvalue = [1, 'two', b'3']\n"))

    def test_every_opcode_looks_as_in_python(self):
        for data in handmade():
            with self.subTest(data=data):
                if self.expected(data)[1]:
                    self.assert_like_python(data)
                else:
                    self.assert_fails_like_python(data)

    def assert_fails_like_python(self, data):
        lines, good = self.expected(data)
        self.assertFalse(good)
        status, out, err = self.dis(data)
        self.assertEqual(status, INPUT)
        self.assertEqual(out.decode(), lines)
        self.assert_one_line(err)

    def test_what_is_malformed_fails_where_python_fails(self):
        for data in malformed():
            with self.subTest(data=data):
                self.assert_fails_like_python(data)

    def test_random_damage_is_no_trouble(self):
        chance = random.Random(1)
        whole = pickle.dumps(zoo()[:20], 4)
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(chance.randrange(1, 4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            status, _, _ = self.dis(bytes(data))
            self.assertIn(status, (SUCCESS, INPUT))

    def test_bytes_behind_the_end_are_told(self):
        status, out, err = self.dis(b"N.rest")
        self.assertEqual(status, SUCCESS)
        self.assertTrue(out.endswith(b"value = None\n"))
        self.assertIn(b"4 more bytes", err)

    def test_a_file_may_be_named(self):
        path = self.file("pickle", b"N.")
        self.assertEqual(self.run_tool("dis", path)[0], SUCCESS)
        status, _, err = self.run_tool("dis", path + "-missing")
        self.assertEqual(status, USAGE)
        self.assert_one_line(err)


if __name__ == "__main__":
    main()
