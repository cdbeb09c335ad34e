"""The completions for bash and zsh offer what the program has: Tab is pressed in a real shell."""
import os
import pty
import re
import select
import shutil
import time
import unittest

from support import ROOT, VERBS, ToolTest, main, needs_terminal, parley, seconds

COMPLETION = os.path.join(ROOT, "tools", "completion")
READY = "ready-to-complete"


class Shell(object):
    """An interactive shell that knows no completion but parley's."""

    def __init__(self, command, setup, folder):
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            path = os.path.dirname(parley.program()) + ":" + os.environ["PATH"]
            os.execvpe(command[0], command,
                       parley.environment(PATH=path, TERM="dumb", HOME=folder, ZDOTDIR=folder,
                                          LC_ALL="C.UTF-8", COLUMNS="500"))
        self._type(setup + "; show() { printf '<%s>' \"$@\"; }; echo ready-'to'-complete\r")
        self._expect(READY)

    def complete(self, line):
        """The words that the line has after Tab, as the shell would hand them over."""
        self._type(line + "\t")
        self._type("\x05 'e'nd\x01show \r")  # keys for the end of the line and its beginning
        return re.findall("<([^<>]*)>", self._expect("<end>"))[:-1]

    def _type(self, keys):
        os.write(self._terminal, keys.encode())

    def _expect(self, text):
        seen = ""
        deadline = time.monotonic() + seconds(20)
        while text not in seen:
            ready, _, _ = select.select([self._terminal], [], [], deadline - time.monotonic())
            if not ready:
                raise AssertionError("no %r within time, only %r" % (text, seen))
            try:
                seen += os.read(self._terminal, 65536).decode("utf-8", "replace")
            except OSError:
                raise AssertionError("it ended, after %r" % seen)
        return seen

    def close(self):
        os.close(self._terminal)  # it hangs up
        os.waitpid(self._pid, 0)


@needs_terminal
class CompletionTest(ToolTest):
    def shell(self, name):
        if name == "bash":
            command = ["bash", "--norc", "-i"]
            setup = "source %s/parley.bash; bind 'set enable-bracketed-paste off'" % COMPLETION
        else:
            command = ["zsh", "-f", "-i"]
            setup = "fpath=(%s $fpath); autoload -U compinit; compinit -u -D" % COMPLETION
        shell = Shell(command, setup, self.folder)
        self.addCleanup(shell.close)
        return shell

    def check(self, name):
        for file in ("key", "my pickle"):
            self.file(file, b"")
        os.mkdir(os.path.join(self.folder, "sockets"))
        self.file("sockets/echo", b"")
        shell = self.shell(name)
        for line, words in (
                ("parley con", ["parley", "connect"]),
                ("parley --ver", ["parley", "--version"]),
                ("parley connect --proto", ["parley", "connect", "--protocol"]),
                ("parley listen :0 --onc", ["parley", "listen", ":0", "--once"]),
                ("parley send x --js", ["parley", "send", "x", "--json"]),
                ("parley echo :0 --authkey-file k", ["parley", "echo", ":0", "--authkey-file", "key"]),
                ("parley dis my", ["parley", "dis", "my pickle"]),
                ("parley send localhost:8888 @ke", ["parley", "send", "localhost:8888", "@key"]),
                ("parley send localhost:8888 @my", ["parley", "send", "localhost:8888", "@my pickle"]),
                ("parley send unix:sockets/e", ["parley", "send", "unix:sockets/echo"])):
            with self.subTest(shell=name, line=line):
                self.assertEqual(shell.complete(line), words)

    def test_bash_completes(self):
        self.check("bash")

    @unittest.skipUnless(shutil.which("zsh"), "no zsh here")
    def test_zsh_completes(self):
        self.check("zsh")

    def test_every_verb_is_offered(self):
        for name in ("bash",) + (("zsh",) if shutil.which("zsh") else ()):
            shell = self.shell(name)
            for verb in VERBS:
                with self.subTest(shell=name, verb=verb):
                    self.assertEqual(shell.complete("parley " + verb[:2]), ["parley", verb])


if __name__ == "__main__":
    main()
