"""The start of the command line; `--version` answers before any other module is imported."""

import gc
import os
import signal
import sys
from types import FunctionType

from sgeflow.version import __version__

_FRAME = 16_400  # values of 8 bytes, more than 128 KB in all


def main() -> int:
    """Run the command line of this process and return its exit code."""
    words = sys.argv[1:]
    if words and words[0] in ("--version", "-V"):
        sys.stdout.write(f"sgeflow {__version__}\n")
        return 0
    signal.signal(signal.SIGINT, _too_early)
    code = _run_with_room(words)
    signal.signal(signal.SIGINT, lambda *_: os._exit(code))  # everything is reported
    return code


def _run(words: list[str]) -> int:
    """Import the command line and run it."""
    # imports leave no garbage; to look for it takes a tenth of the time of a short command
    gc.disable()
    from sgeflow.cli.main import run

    gc.enable()
    gc.freeze()
    # a check of all documents makes 120,000 lasting objects, ten thousand runs 2,000 of garbage
    gc.set_threshold(200_000, 20, 50)
    return run(words, behind=_too_late)


def _run_with_room(words: list[str]) -> int:
    """Run the command with 128 KB of stack for the frames of all calls.

    The interpreter allocates 16 KB for frames at a time, and frees them with the first frame in
    them: a loop of calls at the end of such a block allocates again for each call, 1,700 times in
    one start. For a larger frame it allocates twice the size of the frame at once, and memory that
    is not used costs nothing.
    """
    run = FunctionType(_run.__code__.replace(co_stacksize=_FRAME), globals())
    code: int = run(words)
    return code


def _too_early(_number: int, _frame: object) -> None:
    """End the process: the command has not begun yet."""
    os.write(2, b"interrupted\n")
    os._exit(130)


def _too_late(_number: int, _frame: object) -> None:
    """Ignore the signal: the command has ended, and its exit code follows."""


def script() -> None:
    """Run the command line, and end the process without freeing its memory.

    Files, connections and threads are closed by then. The system frees the memory at once, for
    which the interpreter would need as long as for a call.
    """
    code = main()
    for stream in filter(None, (sys.stdout, sys.stderr)):  # None after `>&-`
        try:
            stream.flush()
        except (OSError, ValueError):  # the reader has gone, such as `head`
            code = code or 0
    os._exit(code)


if __name__ == "__main__":
    script()
