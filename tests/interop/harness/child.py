"""Child: a process that cannot outlive its test. Every wait has a deadline; leaving kills it."""
import ctypes
import os
import signal
import subprocess
import threading
import time

# Slow machines and sanitizer builds ask for more patience than the tests have by default.
PATIENCE = float(os.environ.get("PARLEY_TEST_PATIENCE", "1"))
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def seconds(amount):
    return amount * PATIENCE


class Overdue(AssertionError):
    """A process that did not do in time what it was waited for."""


class _Lines(object):
    """What a pipe has brought so far, line by line, gathered by a thread."""

    def __init__(self, pipe):
        self._pipe = pipe
        self._arrived = threading.Condition()
        self._data = []
        self._read = 0
        self._ended = False
        threading.Thread(target=self._gather, daemon=True).start()

    def _gather(self):
        with self._pipe:
            for line in iter(self._pipe.readline, b""):
                with self._arrived:
                    self._data.append(line)
                    self._arrived.notify_all()
        with self._arrived:
            self._ended = True
            self._arrived.notify_all()

    def next(self, timeout):
        """The next line without its end; None at the end of the stream; Overdue after timeout."""
        with self._arrived:
            ready = lambda: self._read < len(self._data) or self._ended
            if not self._arrived.wait_for(ready, timeout):
                raise Overdue("no line within %g s" % timeout)
            if self._read == len(self._data):
                return None
            self._read += 1
            return self._data[self._read - 1].decode("utf-8", "backslashreplace").rstrip("\n")

    def all(self, timeout):
        """Everything so far, or until the end if that comes within timeout."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._ended, timeout)
            return b"".join(self._data).decode("utf-8", "backslashreplace")


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Child(object):
    """A running program with its three streams."""

    def __init__(self, command, env=None):
        self.command = list(map(str, command))
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=env, start_new_session=True, preexec_fn=_die_with_parent)
        self.pid = self._process.pid
        self._out = _Lines(self._process.stdout)
        self._err = _Lines(self._process.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def status(self):
        """The exit status so far: None while it runs."""
        return self._process.poll()

    def write(self, text):
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass  # it ended before it had read everything: its status tells

    def end_input(self):
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass

    def read_line(self, timeout=20):
        """The next line of its output. Overdue if there is none in time, or no more at all."""
        try:
            line = self._out.next(seconds(timeout))
        except Overdue as overdue:
            raise Overdue("%s: %s; on standard error: %r"
                          % (self.name, overdue, self._err.all(0)))
        if line is None:
            raise Overdue("%s ended with status %r instead of writing; on standard error: %r"
                          % (self.name, self.wait(5), self._err.all(seconds(5))))
        return line

    def read_error_line(self, timeout=20):
        return self._err.next(seconds(timeout))

    def signal(self, number):
        os.kill(self.pid, number)

    def wait(self, timeout=20):
        """The exit status, as soon as there is one."""
        try:
            return self._process.wait(seconds(timeout))
        except subprocess.TimeoutExpired:
            raise Overdue("%s still runs after %g s; on standard error: %r"
                          % (self.name, seconds(timeout), self._err.all(0)))

    def finish(self, timeout=20):
        """Ends its input and waits: (exit status, all output, all of standard error)."""
        self.end_input()
        status = self.wait(timeout)
        return status, self._out.all(seconds(5)), self._err.all(seconds(5))

    @property
    def name(self):
        return " ".join(os.path.basename(word) for word in self.command[:3])

    def kill(self):
        self.end_input()
        if self._process.poll() is None:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._process.wait()

    # What /proc knows of it.

    def resident_bytes(self):
        with open("/proc/%d/statm" % self.pid) as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.pid))

    def sockets(self):
        folder = "/proc/%d/fd" % self.pid
        return sum(_link(os.path.join(folder, name)).startswith("socket:")
                   for name in os.listdir(folder))


def _link(path):
    try:
        return os.readlink(path)
    except FileNotFoundError:
        return ""  # closed meanwhile


def until(condition, timeout=20, pause=0.01):
    """Asks again and again until condition() holds or the time is over; says whether it held.
    Only for states that no descriptor announces, such as those that /proc tells."""
    deadline = time.monotonic() + seconds(timeout)
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
