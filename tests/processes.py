"""Processes of the command line: forked from one that has imported it, which takes no time.

Where that would not be the same (other variables of Python or of the language), Python is started.
"""

import atexit
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from tests.postgres import locked, session_folder

ROOT = Path(__file__).parents[1]
VARIABLES = {**os.environ, "PYTHONPATH": str(ROOT)}  # of who forks: before a test changes its own
OF_THE_START = ("PYTHON", "LC_", "LANG", "LD_", "COV_")  # what is read once, at the start


def start(module, words, folder, variables, stdin=subprocess.DEVNULL, *, together=False):
    """Start a module as a program: its output and error output are read by `communicate`.

    With `-c` for the module, the first word is a program; `stdin` may be `subprocess.PIPE`.
    `together`: the error output is part of the output, as a terminal shows them.
    """
    if of_the_start(variables) == of_the_start(VARIABLES):
        forked = fork(module, words, folder, variables, together=together)
        if stdin != subprocess.PIPE:
            forked.stdin.close()
        return forked
    return subprocess.Popen(
        [sys.executable, *(("-c",) if module == "-c" else ("-m", module)), *map(str, words)],
        cwd=folder,
        env=variables,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if together else subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def start_program(text, *words):
    """Start a Python program that stands in a test, with its words; `stdin` is there for it."""
    return start("-c", [text, *words], ROOT, VARIABLES, subprocess.PIPE)


def of_the_start(variables):
    """The variables that a process reads once, when it starts."""
    return {name: value for name, value in variables.items() if name.startswith(OF_THE_START)}


@cache
def nursery():
    """The line to a process that is forked, and the file of what that says of its own end.

    It is started by the first worker of the session who asks, and ends with the last one.
    """
    place = session_folder() / "nursery"
    words = place.with_suffix(".err")
    with locked(place.with_suffix(".lock")):
        line = _connect(place)
        if line is None:
            place.unlink(missing_ok=True)
            line = _start_nursery(place, words)
    atexit.register(line.close)
    return line, words


def _connect(place):
    """A line to who forks there, or None; it greets who comes, unless it is about to end."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with suppress(OSError):
        line.connect(str(place))
        if line.recv(1):
            return line
    line.close()
    return None


def _start_nursery(place, words):
    """Start who forks; it has its first line before it begins."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening,
        words.open("w") as its_words,
    ):
        listening.bind(str(place))
        listening.listen()
        line.connect(str(place))
        number = str(listening.fileno())
        subprocess.Popen(
            [sys.executable, "-m", "tests.nursery", number],
            cwd=ROOT,
            env=VARIABLES,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=its_words,
            pass_fds=[listening.fileno()],
            start_new_session=True,
        ).returncode = 0  # nobody waits for it
    line.recv(1)  # its greeting, or nothing: then whoever asks for a process is told its words
    return line


def fork(module, words, folder, variables, *, quiet=False, together=False):
    """Ask the nursery for a process."""
    line, last_words = nursery()
    its_input, given = os.pipe()
    pipes = [os.pipe() for _ in range(3)]
    ends = [its_input, *(end for _, end in pipes)]
    if quiet:
        for end in ends[1:3]:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, end)
            os.close(nowhere)
    if together:
        os.dup2(ends[1], ends[2])
    request = json.dumps([str(folder), variables, module, [*map(str, words)]]).encode()
    try:
        socket.send_fds(line, [request], ends)
        number = line.recv(20)
    except OSError:
        number = b""
    for end in ends:
        os.close(end)
    if not number:
        raise ChildProcessError(f"who forks has ended: {last_words.read_text('utf-8')}")
    return Forked(int(number), given, *(end for end, _ in pipes))


class Forked:
    """A process, with what `subprocess.Popen` has of it; its texts are UTF-8."""

    def __init__(self, pid, given, out, err, code):
        self.pid = pid
        self.args = pid
        self.returncode = None
        self.stdin = os.fdopen(given, "w", encoding="utf-8")
        self.stdout, self.stderr = (os.fdopen(one, encoding="utf-8") for one in (out, err))
        self._code = os.fdopen(code)
        self._texts = {self.stdout: b"", self.stderr: b""}

    def poll(self):
        return self._look(0)

    def wait(self, timeout=None):
        if self._look(timeout) is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self.returncode

    def _look(self, timeout):
        if self.returncode is None and select.select([self._code], [], [], timeout)[0]:
            with self._code:
                self.returncode = int(self._code.read())
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has ended, and its code is on its way
                os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def communicate(self, given="", timeout=None):
        """All that it writes until it has ended. Raises: subprocess.TimeoutExpired."""
        if not self.stdin.closed:
            with suppress(BrokenPipeError), self.stdin:
                self.stdin.write(given)
        until = time.monotonic() + (timeout or 1000)
        with selectors.DefaultSelector() as waiting:
            for stream in self._texts:
                waiting.register(stream, selectors.EVENT_READ)
            while waiting.get_map():
                left = until - time.monotonic()
                ready = waiting.select(left) if left > 0 else []
                if not ready:
                    raise subprocess.TimeoutExpired(self.args, timeout)
                for key, _ in ready:
                    piece = os.read(key.fd, 1 << 16)
                    self._texts[key.fileobj] += piece
                    if not piece:
                        waiting.unregister(key.fileobj)
        self.wait(max(0.1, until - time.monotonic()))
        self.stdout.close()
        self.stderr.close()
        return tuple(text.decode("utf-8") for text in self._texts.values())
