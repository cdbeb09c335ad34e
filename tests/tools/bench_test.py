"""`parley bench` measures what sends back, and says so of what does not."""
from support import PEER, SUCCESS, USAGE, ToolTest, main


class BenchTest(ToolTest):
    def bench(self, address, *arguments):
        return self.run_tool("bench", address, "--seconds", "0.05", "--big-size", "100000",
                             *arguments)

    def test_a_table_has_a_line_for_each_size(self):
        for flags in ((), ("--raw",), ("--clients", "3"), ("--size", "0", "--raw")):
            with self.subTest(flags=flags):
                echo = self.echo(self.fresh_address("unix"), *flags[-1:] * ("--raw" in flags))
                status, out, err = self.bench(echo.address, *flags)
                self.assertEqual((status, err), (SUCCESS, b""))
                rows = out.decode().splitlines()
                self.assertEqual(len(rows), 4, out)
                for row in rows[2:]:
                    numbers = [float(word) for word in row.split()]
                    self.assertEqual(len(numbers), 8)
                    self.assertEqual(numbers[3:], sorted(numbers[3:]))
                    self.assertGreater(numbers[3], 0)

    def test_what_is_no_echo_is_told(self):
        listener = self.parley("listen", "127.0.0.1:0", "--reply", "'thanks'")
        status, _, err = self.bench(listener.read_error_line().split()[-1])
        self.assertEqual(status, PEER)
        self.assert_one_line(err)

    def test_numbers_out_of_range_are_told(self):
        for flags in (("--size", "-1"), ("--clients", "0"), ("--seconds", "soon")):
            with self.subTest(flags=flags):
                status, _, err = self.run_tool("bench", "127.0.0.1:1", *flags)
                self.assertEqual(status, USAGE)
                self.assert_one_line(err)


if __name__ == "__main__":
    main()
