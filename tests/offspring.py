"""What a forked process of the command line starts itself is forked, too, and is a child of its own.

The program is forked from what that process was before it began: see `tests.nursery`. Only
`python -P -m MODULE …` is, with three pipes, as a fleet starts processes for its rows.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

NAME = "offspring"
"""Of the process that waits for what it is to fork."""

LARGEST = 1 << 17  # bytes of a request
_ADOPTS = 36  # PR_SET_CHILD_SUBREAPER: whose parent has ended is a child of this process


def begin():
    """From here on what this process starts is forked; in what is forked: what it is to be.

    That is a folder, variables, a module and its words; None in the process itself.
    """
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if ctypes.CDLL(None).prctl(_ADOPTS, 1, 0, 0, 0):
        raise OSError("no process can be adopted")
    if os.fork():
        there.close()
        here.recv(1)  # it has its name
        Offspring.line = here
        subprocess.Popen = Offspring
        return None
    here.close()
    its_name = Path("/proc/self/comm")
    name = its_name.read_text()
    its_name.write_text(NAME)
    there.send(b"!")
    nothing = os.open(os.devnull, os.O_RDWR)
    stand_for_standard([nothing] * 3)
    to_be = _wait(there)
    its_name.write_text(name)
    return to_be


def hear_interrupts():
    """Have Ctrl-C interrupt, also where whoever started this has it ignored, as `setsid … &` does."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def stand_for_standard(streams):
    """Have the process read and write these, and nothing else by them."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for stream in set(streams):
        os.close(stream)


def _wait(line):
    """Fork for each request; ends with who asks, and returns in what is forked alone.

    Who is between has ended before the number is told: then who asked is the parent.
    """
    while True:
        message, streams, *_ = socket.recv_fds(line, LARGEST, 3)
        if not message:
            os._exit(0)
        told, telling = os.pipe()
        between = os.fork()
        if not between:
            if number := os.fork():
                os.write(telling, str(number).encode())
                os._exit(0)
            break
        os.waitpid(between, 0)
        for stream in (telling, *streams):
            os.close(stream)
        line.send(os.read(told, 20))
        os.close(told)
    for stream in (told, telling):
        os.close(stream)
    line.close()
    os.setsid()
    stand_for_standard(streams)
    return json.loads(message)


class Offspring(subprocess.Popen):
    """A process that is forked where `subprocess.Popen` starts Python with a module."""

    line = None
    _asking = threading.Lock()

    def _execute_child(self, args, *values):
        if list(args[1:3]) != ["-P", "-m"]:
            return super()._execute_child(args, *values)
        (cwd, env), pipes = values[4:6], values[9:15]
        its_input, output, error_output = pipes[0], pipes[3], pipes[5]
        request = json.dumps([cwd or str(Path.cwd()), env, args[3], args[4:]]).encode()
        with self._asking:
            socket.send_fds(self.line, [request], [its_input, output, error_output])
            number = self.line.recv(20)
        self._close_pipe_fds(*pipes)
        if not number:
            raise ChildProcessError("what forks has ended")
        self.pid, self._child_created = int(number), True
        return None
