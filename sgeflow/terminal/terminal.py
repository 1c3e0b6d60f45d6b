"""Where text goes: results to one stream, everything else to the other, in colour where wanted."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TextIO

from sgeflow.errors import Id, Problem, TechnicalError
from sgeflow.locale.translate import tell
from sgeflow.messages import fixed, reason, say

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_FALLBACK = 100  # columns where there is no terminal
_NARROW, _WIDE = 40, 120  # text is laid out between these
UNBOUND = 1 << 20  # columns of a table that is not cut
# Control characters of texts that came from outside would move the cursor or change its colour.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Paint = Callable[..., str]


@dataclass(slots=True, kw_only=True)
class Terminal:
    """The two streams of a command, and how talkative it is; options set it before all else."""

    out: TextIO = field(default_factory=lambda: sys.stdout or io.StringIO())  # `>&-` leaves none
    err: TextIO = field(default_factory=lambda: sys.stderr or io.StringIO())
    output: str = ""  # json | yaml | table | csv | xml; empty: what suits a person
    verbose: bool = False
    debug: bool = False
    quiet: bool = False
    state: str = ""  # the state folder that was asked for
    parting: Callable[[], str] = lambda: say("interrupted")  # what is said of an interruption
    is_parting: bool = False  # that line is being written
    _parted: bool = False

    @property
    def width(self) -> int:
        """Columns to lay text out in."""
        return max(_NARROW, min(_columns(self.err, self.out), _WIDE))

    @property
    def table_width(self) -> int:
        """Columns of a table: all that there are; whoever reads a pipe or a file gets it whole."""
        is_whole = not _is_terminal(self.out) and not os.environ.get("COLUMNS")
        return UNBOUND if is_whole else max(_NARROW, _columns(self.err, self.out))

    @property
    def is_live(self) -> bool:
        """Whether progress may be drawn and redrawn."""
        return not self.quiet and _is_terminal(self.err) and os.environ.get("TERM") != "dumb"

    @property
    def paint(self) -> Paint:
        """Colours for the results."""
        return painter(coloured=_is_coloured(self.out))

    @property
    def paint_aside(self) -> Paint:
        """Colours for everything else."""
        return painter(coloured=_is_coloured(self.err))

    def result(self, text: str) -> None:
        """Write what the command was asked for.

        Raises:
            BrokenPipeError: nobody reads it.
            TechnicalError: it cannot be written; the disk is full, say.
        """
        text = tell(text)
        try:
            self.out.write(text if text.endswith("\n") or not text else f"{text}\n")
            self.out.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise TechnicalError(_unwritten(error)) from error

    def aside(self, text: str) -> None:
        """Write anything that is not the result, if anybody is there to read it."""
        text = tell(text)
        with suppress(BrokenPipeError):  # a run must not stop between two calls for that
            self.err.write(text if text.endswith("\n") else f"{text}\n")
            self.err.flush()

    def part(self) -> None:
        """Say once that the command was interrupted, and how to go on."""
        if not self._parted:
            self.is_parting = True
            self.aside(self.parting())
            self._parted, self.is_parting = True, False

    def part_at_once(self) -> None:
        """The same from within a signal's handler.

        The cursor comes back, which whoever draws progress has hidden.
        """
        if self._parted:
            return
        self._parted = True
        shown = "\x1b[?25h\n" if self.is_live else ""
        self.aside_at_once(f"{shown}{tell(self.parting())}")

    def aside_at_once(self, text: str) -> None:
        """Write from within a signal's handler, where the stream may be in the middle of a line."""
        with suppress(OSError, ValueError):
            os.write(self.err.fileno(), f"{tell(text)}\n".encode())


def painter(*, coloured: bool) -> Paint:
    """A function that puts a text in styles, or leaves it as it is."""

    def paint(text: str, *styles: str) -> str:
        if not coloured or not text or not styles:
            return text
        return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"

    return paint


def plain(text: str) -> str:
    """A text that came from outside, without anything that a terminal would obey."""
    return _CONTROL.sub("�", text.replace("\r\n", "\n"))


def _unwritten(error: OSError) -> Problem:
    words = fixed(reason(error).lower())
    message = say("the result cannot be written to stdout: {reason}", reason=words)
    return Problem(id=Id.STORAGE, message=message)


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def _is_coloured(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or _is_terminal(stream)


def _columns(*streams: TextIO) -> int:
    with suppress(ValueError):
        if (wanted := int(os.environ.get("COLUMNS", "0"))) > 0:
            return wanted
    for stream in streams:
        with suppress(OSError, ValueError):
            if (columns := os.get_terminal_size(stream.fileno()).columns) > 0:
                return columns
    return _FALLBACK
