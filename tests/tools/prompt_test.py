"""`parley connect` on a terminal: editing, history, pieces of several lines, and its end."""
import os
import pty
import re
import select
import signal
import stat
import termios
import time

from support import SUCCESS, ToolTest, main, needs_terminal, parley, seconds, until


class Terminal(object):
    """The program on a terminal of its own."""

    def __init__(self, *arguments, **env):
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execve(parley.program(), [parley.program()] + list(arguments),
                      parley.environment(**dict({"TERM": "xterm"}, **env)))
        self._seen = ""
        self.raw = ""

    def expect(self, text):
        """Reads until text has come; what came before it."""
        deadline = time.monotonic() + seconds(20)
        while text not in self._seen:
            ready, _, _ = select.select([self._terminal], [], [], deadline - time.monotonic())
            if not ready:
                raise AssertionError("no %r within time, only %r" % (text, self._seen))
            self._seen += self._read()
        before, _, self._seen = self._seen.partition(text)
        return before

    def _read(self):
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # the other end is closed
            data = b""
        if not data:
            raise AssertionError("it ended, after %r" % self._seen)
        text = data.decode("utf-8", "replace")
        self.raw += text
        return re.sub("\x1b\\[[0-9;]*[A-Za-z]", "", text)

    def _is_editing(self):
        return not termios.tcgetattr(self._terminal)[3] & termios.ICANON

    def type(self, keys):
        """Presses keys once the editor has the terminal: it shows its prompt just before that."""
        assert until(self._is_editing), "nobody reads keys"
        os.write(self._terminal, keys.encode())

    def interrupt(self):
        """Presses Ctrl-C until it has ended: the first may still find the editor. The status."""
        ended = (0, 0)

        def has_ended():
            nonlocal ended
            ended = os.waitpid(self.pid, os.WNOHANG)
            if ended[0] == 0 and not self._is_editing():
                os.write(self._terminal, b"\x03")
            return ended[0] != 0
        assert until(has_ended), "it goes on"
        os.close(self._terminal)
        return ended[1]

    def close(self):
        """Waits for its end; the status as waitpid has it."""
        try:
            while os.read(self._terminal, 65536):
                pass
        except OSError:
            pass
        os.close(self._terminal)
        return os.waitpid(self.pid, 0)[1]


@needs_terminal
class PromptTest(ToolTest):
    def setUp(self):
        super(PromptTest, self).setUp()
        self.server = self.echo("127.0.0.1:0")

    def prompt(self, **env):
        env.setdefault("XDG_STATE_HOME", self.folder)
        terminal = Terminal("connect", self.server.address, **env)
        terminal.expect(">>> ")
        return terminal

    def ask(self, terminal, keys, reply):
        terminal.type(keys)
        terminal.expect("\r\n" + reply + "\r\n")
        terminal.expect(">>> ")

    def leave(self, terminal):
        terminal.type("\x04")
        self.assertEqual(terminal.close(), SUCCESS)

    def test_a_line_is_a_message(self):
        terminal = self.prompt()
        self.ask(terminal, "[1,2]\r", "[1, 2]")
        self.ask(terminal, "'x'\r", "'x'")
        self.leave(terminal)

    def test_an_open_bracket_goes_on_in_the_next_line(self):
        terminal = self.prompt()
        for keys in ("[1,\r2]\r", "(\r1\r, 2)\r", "{'a': '''\r]\r'''}\r", "[1, # ]\r2]\r", "1\\\r\r"):
            terminal.type(keys.partition("\r")[0] + "\r")
            terminal.expect("... ")
            terminal.type(keys.partition("\r")[2])
            terminal.expect(">>> ")
        self.leave(terminal)

    def test_a_mistake_is_told_and_it_asks_again(self):
        terminal = self.prompt()
        terminal.type("nonsense\r")
        told = terminal.expect(">>> ")
        self.assertIn("parley: ", told)
        self.assertIn("needs quotes, and Ctrl-D ends it", told)
        self.ask(terminal, "1\r", "1")
        self.leave(terminal)

    def test_mistakes_are_coloured_where_colours_are_wanted(self):
        for env, is_coloured in (({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            terminal = self.prompt(**env)
            terminal.type("nonsense\r")
            terminal.expect(">>> ")
            self.assertEqual("\x1b[1;31mparley" in terminal.raw, is_coloured, env)
            self.leave(terminal)

    def test_lines_are_edited_in_any_locale(self):
        for locale in ("C.UTF-8", "C"):
            terminal = self.prompt(LC_ALL=locale)
            self.ask(terminal, "'\u4f60X\x7f\u597d'\r", "'\u4f60\u597d'")
            self.leave(terminal)

    def test_the_history_is_kept_for_next_time(self):
        terminal = self.prompt()
        self.ask(terminal, "'remembered'\r", "'remembered'")
        self.leave(terminal)
        terminal = self.prompt()
        self.ask(terminal, "\x1b[A\r", "'remembered'")
        self.leave(terminal)
        history = os.path.join(self.folder, "parley", "history")
        self.assertEqual(stat.S_IMODE(os.stat(history).st_mode), 0o600)

    def test_without_a_folder_for_state_the_history_is_kept_below_home(self):
        for home in (self.folder, ""):
            terminal = self.prompt(XDG_STATE_HOME="", HOME=home)
            self.ask(terminal, "'remembered'\r", "'remembered'")
            self.leave(terminal)
        with open(os.path.join(self.folder, ".local", "state", "parley", "history")) as file:
            self.assertEqual(file.read().count("remembered"), 1)

    def test_a_string_that_its_line_does_not_close_is_told_at_once(self):
        terminal = self.prompt()
        terminal.type("{'a': 'b\r")
        self.assertIn("parley: ", terminal.expect(">>> "))
        self.leave(terminal)

    def test_an_interrupt_gives_up_what_was_typed(self):
        terminal = self.prompt()
        terminal.type("'abc\x03")
        terminal.expect(">>> ")
        terminal.type("[1,\r")
        terminal.expect("... ")
        terminal.type("2\x03")
        terminal.expect(">>> ")
        self.ask(terminal, "3\r", "3")
        self.leave(terminal)

    def test_an_interrupt_ends_the_wait_for_a_reply(self):
        terminal = self.prompt()
        self.server.signal(signal.SIGSTOP)
        terminal.type("1\r")
        terminal.expect("\r\n")
        self.assertEqual(terminal.interrupt(), signal.SIGINT)


if __name__ == "__main__":
    main()
