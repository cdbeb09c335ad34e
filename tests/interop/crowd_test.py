"""Two hundred clients at once, Python and C++, some with the wrong key: none fails another."""
from harness.suite import KEY, PYTHONS, InteropTest, hexed, main

PYTHON_CLIENTS = 100
PARLEY_CLIENTS = 100
INTRUDERS = 30


class CrowdTest(InteropTest):
    def crowd(self, address):
        """Python processes that together hold PYTHON_CLIENTS connections."""
        share, rest = divmod(PYTHON_CLIENTS, len(PYTHONS))
        return [self.peer(python, "crowd_client.py", address, hexed(KEY),
                          str(share + (1 if place < rest else 0)))
                for place, python in enumerate(PYTHONS)]

    def intruders(self, address):
        peers = [self.peer(PYTHONS[place % len(PYTHONS)], "crowd_client.py", address,
                           hexed(b"wrong"), "1") for place in range(INTRUDERS // 2)]
        return peers + [self.connect(address, key=b"wrong") for _ in range(INTRUDERS // 2)]

    def test_two_hundred_clients_at_once(self):
        echo = self.echo("127.0.0.1:0", key=KEY)
        pythons = self.crowd(echo.address)
        clients = [self.connect(echo.address, key=KEY) for _ in range(PARLEY_CLIENTS)]
        intruders = self.intruders(echo.address)

        for number, client in enumerate(clients):
            self.assertEqual(client.ask(str(number)), str(number))
        for python in pythons:
            self.assertEqual(python.read_line(60), "ready")
        # From here on all two hundred are connected.
        for intruder in intruders:
            self.assertNotEqual(intruder.finish()[0], 0)
        for python in pythons:
            python.write("go\n")
        for number, client in enumerate(clients):
            literal = "['again', %d]" % number
            self.assertEqual(client.ask(literal), literal)
        for python in pythons:
            self.assertEqual(python.read_line(60), "done")
            self.assertEqual(python.wait(), 0)
        for client in clients:
            self.assertEqual(client.finish()[0], 0)
        self.assertIsNone(echo.status)


if __name__ == "__main__":
    main()
