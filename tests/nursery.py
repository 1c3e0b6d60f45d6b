"""A process that has imported the command line once, and forks one of it for each request.

A request is the working folder, the variables, a module (or `-c`) and its words, with four
descriptors: its input, its output, its error output, and where its exit code goes when it has ended.
The answer is its id. The process itself is given the socket to which whoever asks connects.
"""

import atexit
import contextlib
import gc
import io
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
LARGEST = 1 << 17  # bytes of a request
A_WHILE = 5  # seconds until it is looked who lives still

NOT_HERE = ("__main__", "pytest_plugin")  # what no run imports


def prepare():
    """Import all that a run may need."""
    gc.disable()  # what is imported stays
    import sgeflow
    from sgeflow.adapters import cache
    from sgeflow.patterns import _LatePattern

    for module in pkgutil.walk_packages(sgeflow.__path__, "sgeflow."):
        if not any(word in module.name for word in NOT_HERE):
            import_module(module.name)
    for name in ("jmespath", "jsonschema", "lxml.etree", "pytest", "requests", "yaml"):
        import_module(name)
    cache.key_of(())
    # its type itself: what a weak proxy says of its class is an error once its object is gone
    for late in [one for one in gc.get_objects() if type(one) is _LatePattern]:
        late.pattern  # noqa: B018 - compiled, for all that come
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        decode_shipped()
        do_once()
    gc.collect()
    gc.freeze()
    gc.enable()


def decode_shipped():
    """Decode what is shipped, as it is called from a folder elsewhere: so are the tests' worlds."""
    from sgeflow.adapters.project_files import find_project, read_documents
    from sgeflow.runtime.project import check_documents

    check_documents(read_documents(find_project(None)))


def do_once():
    """Do what requests ask for most: what a process finds out once, all that come know already.

    Nothing stays of it but what is the same for everybody: commands, plans of replies, days.
    """
    from sgeflow.cli.main import run

    for name in [name for name in os.environ if name.startswith("SGEFLOW_")]:
        del os.environ[name]  # it touches no state of anybody; each request has its own
    os.environ["SGEFLOW_CACHE"] = "off"  # a catalogue that was kept there is not the decoded one
    for words in (
        ["run", "konnector", "--today", "2025-06-15"],
        ["runs"],
        ["orders"],
        ["resume", "--help"],
        ["call", "--help"],
    ):
        nobody = io.StringIO()
        with contextlib.redirect_stdout(nobody), contextlib.redirect_stderr(nobody):
            run(words)  # what is wrong with it the tests tell


def serve(listening):
    """Fork a process for each request that comes; returns in that process alone."""
    codes, lines = {}, []

    def note_ends(*_):
        while end := next_end():
            number, status = end
            with contextlib.suppress(BrokenPipeError):  # whoever asked may have forgotten it
                os.write(codes[number], str(os.waitstatus_to_exitcode(status)).encode())
            os.close(codes.pop(number))

    signal.signal(signal.SIGCHLD, note_ends)
    while True:
        line, message, streams = receive(listening, lines)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        number = os.fork()
        if not number:
            break
        codes[number] = streams.pop()
        for stream in streams:
            os.close(stream)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        with contextlib.suppress(OSError):  # whoever asked may have gone
            line.send(str(number).encode())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    for one in (listening, *lines):
        one.close()
    stand_for_standard(streams)
    for stream in codes.values():
        os.close(stream)
    return json.loads(message)


def next_end():
    """The id of a process that has ended, and how; None when there is none (more).

    A signal that comes while another is noted may have taken the last.
    """
    with contextlib.suppress(ChildProcessError):
        end = os.waitpid(-1, os.WNOHANG)
        return end if end[0] else None


def receive(listening, lines):
    """Wait for a request: its line, the message, the descriptors. Ends with the last line."""
    while True:
        ready = select.select([listening, *lines], [], [], A_WHILE)[0]
        for line in [one for one in lines if not (ready or asker_lives(one))]:
            lines.remove(line)
            line.close()
        if listening in ready:
            line = listening.accept()[0]
            with contextlib.suppress(OSError):  # whoever came may have gone
                line.send(b"!")
            lines.append(line)
        for line in (one for one in ready if one is not listening):
            message, streams, *_ = socket.recv_fds(line, LARGEST, 4)
            if message:
                return line, message, streams
            lines.remove(line)
            line.close()
        if not lines:
            os._exit(0)


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


def asker_lives(line):
    """Whether the process that asks by a line is there still: a child of its may hold its end."""
    number, *_ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return Path(f"/proc/{number}").exists()


def become(folder, variables, module, words):
    """Be a process of the command line, as if Python had just been started with it."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    time.tzset()
    sys.path[0] = folder
    if module == "-c":
        sys.argv = [module, *words[1:]]
        exec(words[0], {"__name__": "__main__"})
        return
    sys.argv = [module, *words]
    sys.modules.pop(module, None)  # it is run, whoever has imported it
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def leave(code):
    """End as a process does, but for the memory of all that was imported, which takes longest."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    hear_interrupts()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests' session may be one of `nohup`
    prepare()
    try:
        become(*serve(socket.socket(fileno=int(sys.argv[1]))))
    except SystemExit as end:
        if isinstance(end.code, str):  # words: Python says them
            raise
        leave(end.code or 0)
    leave(0)
