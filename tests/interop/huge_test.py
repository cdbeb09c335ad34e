"""A message above 2 GiB, to parley and back, with the oldest and the newest CPython that can say so
long a length (3.8 and later). Skipped, with a word, where the memory for it is not free."""
from harness.suite import KEY, PYTHONS, InteropTest, hexed, main

SIZE = 2 ** 31 + 7
NEEDED = 10 << 30


def available():
    with open("/proc/meminfo") as info:
        for line in info:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    return 0


class HugeTest(InteropTest):
    def test_a_message_above_two_gibibytes(self):
        able = [python for python in PYTHONS if python.version >= (3, 8)]
        if not able:
            self.skipTest("no CPython 3.8 or later here")
        for python in {able[0], able[-1]}:
            with self.subTest(python=str(python)):
                if available() < NEEDED:
                    self.skipTest("%d bytes of memory are not free" % NEEDED)
                echo = self.echo(self.fresh_address("unix"), "--raw", key=KEY)
                client = self.peer(python, "huge_client.py", echo.address, hexed(KEY), str(SIZE))
                self.assertEqual(self.succeeded(client, timeout=240), "the same\n")
                echo.kill()


if __name__ == "__main__":
    main()
