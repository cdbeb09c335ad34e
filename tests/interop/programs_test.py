"""The two programs of programs/ as they stand, each against its C++ counterpart.

Their port is fixed: it is moved on the way (peers/at_port.py). verbatim_test.py leaves even that.
"""
import os

from harness.parley import HERE
from harness.suite import KEY, InteropTest, main, python3

SERVER = os.path.join(HERE, "programs", "Server.py")
CLIENT = os.path.join(HERE, "programs", "Client.py")
MESSAGE = r"['Hello World', 100, b'\xe4\xbd\xa0\xe5\xa5\xbd']"


class ProgramsTest(InteropTest):
    def test_the_server_serves_parley_connect(self):
        def serve(python):
            if not python3(python):
                return
            server = self.peer(python, "at_port.py", SERVER, "0")
            port = server.read_line()[len("listening on "):]
            client = self.connect("localhost:" + port, key=KEY)
            self.assertEqual(client.ask(MESSAGE), MESSAGE)
            self.assertEqual(client.finish(), (0, MESSAGE + "\n", ""))
        self.with_each_python(serve)

    def test_the_client_is_served_by_parley_echo(self):
        echo = self.echo(":0", key=KEY)

        def ask(python):
            if python3(python):
                client = self.peer(python, "at_port.py", CLIENT, echo.address.rpartition(":")[2])
                self.assertEqual(self.succeeded(client), MESSAGE + "\n")
        self.with_each_python(ask)


if __name__ == "__main__":
    main()
