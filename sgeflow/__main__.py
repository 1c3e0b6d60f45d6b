"""The door of the command line; `--version` answers before anything else of ours is imported."""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FunctionType

from sgeflow.version import __version__

_FRAME = 16_400  # values of 8 bytes: more than 128 KB


def main() -> int:
    """Run the command line of this process and return its exit code."""
    words = sys.argv[1:]
    if words and words[0] in ("--version", "-V"):
        sys.stdout.write(f"sgeflow {__version__}\n")
        return 0
    signal.signal(signal.SIGINT, _too_early)
    code = _run_with_room(words)
    signal.signal(signal.SIGINT, lambda *_: os._exit(code))  # all is told
    return code


def _run(words: list[str]) -> int:
    """Import the command line and run it."""
    # what is imported lives to the end: looking for garbage in it is a tenth of a short command
    gc.disable()
    from sgeflow.cli.main import run

    gc.enable()
    gc.freeze()
    # a check of all documents makes 120,000 objects that stay, ten thousand runs 2,000 of garbage
    gc.set_threshold(200_000, 20, 50)
    return run(words, behind=_too_late)


def _run_with_room(words: list[str]) -> int:
    """Run the command with 128 KB of stack for the frames of all calls.

    The interpreter takes 16 KB for frames at a time, and gives them back with the first of these
    frames: what calls again and again from the end of one asks the system for memory each time, a
    start 1,700 times. For a frame that is larger it takes twice its size at once; what of that is
    not used costs nothing.
    """
    run = FunctionType(_run.__code__.replace(co_stacksize=_FRAME), globals())
    code: int = run(words)
    return code


def _too_early(_number: int, _frame: object) -> None:
    """Nothing has begun yet: there is nothing to end with order."""
    os.write(2, b"interrupted\n")
    os._exit(130)


def _too_late(_number: int, _frame: object) -> None:
    """All is told, and the exit code on its way."""


def script() -> None:
    """The command: as `main`, and the process ends without tidying its memory up.

    Files, connections and threads are closed by then; the system takes the rest back in no time,
    the interpreter needs as long as for a call.
    """
    code = main()
    for stream in filter(None, (sys.stdout, sys.stderr)):  # `>&-` leaves none
        try:
            stream.flush()
        except (OSError, ValueError):  # the reader has gone, as `head` does
            code = code or 0
    os._exit(code)


if __name__ == "__main__":
    script()
