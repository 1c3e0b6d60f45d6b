"""Where text goes: results to one stream, everything else to the other, in colour where wanted."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, Protocol, cast

from msgspec import Struct, field

from sgeflow.errors import Id, Problem, TechnicalError
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, os_error_text, say
from sgeflow.patterns import regex

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_FALLBACK = 100  # columns where there is no terminal
_NARROW, _WIDE = 40, 120  # text is laid out between these
UNBOUND = 1 << 20  # columns of a table that is not cut
# Characters of texts that came from outside which would move the cursor, change its colour, end a
# line where nobody sees why, or turn the order of what stands behind them.
_CONTROL = regex(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

Paint = Callable[..., str]


class _Stream(Protocol):
    def isatty(self) -> bool: ...

    def fileno(self) -> int: ...


class Terminal(Struct, kw_only=True):
    """The two streams of a command, and how talkative it is; options set it before all else."""

    out: IO[str] = field(default_factory=lambda: sys.stdout or io.StringIO())  # `>&-` leaves none
    err: Aside = field(default_factory=lambda: Aside(sys.stderr or io.StringIO()))
    output: str = ""  # json | yaml | table | csv | xml; empty: what suits a person
    verbose: bool = False
    debug: bool = False
    quiet: bool = False
    log: str = ""  # text | json: a line an event, also where progress could be drawn
    run: str = ""  # whose lines these are, once it has begun
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
        if self.quiet or self.log:
            return False
        return _is_terminal(self.err) and os.environ.get("TERM") != "dumb"

    @property
    def live_stream(self) -> IO[str]:
        """Where progress is drawn."""
        return cast("IO[str]", self.err)

    @property
    def paint(self) -> Paint:
        """Colours for the results."""
        return painter(coloured=_is_coloured(self.out))

    @property
    def paint_aside(self) -> Paint:
        """Colours for everything else."""
        return painter(coloured=not self.log and _is_coloured(self.err))

    def result(self, text: str) -> None:
        """Write what the command was asked for.

        Raises:
            BrokenPipeError: nobody reads it.
            TechnicalError: it cannot be written; the disk is full, say.
        """
        text = translate(text)
        self.piece(text if text.endswith("\n") or not text else f"{text}\n", flush=True)

    def piece(self, text: str, *, flush: bool = False) -> None:
        """Write a piece of what the command was asked for; what it raises is as of `result`."""
        try:
            self.out.write(text)
            if flush:
                self.out.flush()
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:  # ValueError: it is closed
            raise TechnicalError(_write_problem(error)) from error

    def aside(self, text: str) -> None:
        """Write anything that is not the result; what cannot be written stops nothing."""
        if self.log == "json":
            self.log_event("message", message=plain(str(text)).strip())
            return
        text = translate(text)
        self.err.write(text if text.endswith("\n") else f"{text}\n")
        self.err.flush()

    def log_event(self, event: str, *, level: str = "info", **fields: Any) -> None:
        """Write one event of a log of JSON lines."""
        from sgeflow.terminal.log_lines import json_line

        self.err.write(f"{json_line(event, level=level, run=self.run, **fields)}\n")
        self.err.flush()

    def tell_loss(self, command: str) -> None:
        """Say at the end that stderr could not be written, and which command shows what it missed.

        Where it still cannot be, people read it behind the result; programs ask the journal.
        """
        if not self.err.trouble:
            return
        message = say(
            "! stderr could not be written ({reason}): what it missed is in the journal  {command}",
            reason=self.err.trouble,
            command=command,
        )
        self.err.trouble = ""
        self.aside(message)
        if self.err.trouble and self.output in ("", "table"):
            self.result(message)

    def let_go(self) -> None:
        """The reader of the result has gone, as `head` does: nobody must complain about it."""
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.out.fileno())

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
        cursor = "\x1b[?25h\n" if self.is_live else ""
        self.aside_at_once(f"{cursor}{translate(self.parting())}")

    def aside_at_once(self, text: str) -> None:
        """Write from within a signal's handler, where the stream may be in the middle of a line."""
        with suppress(OSError, ValueError):
            os.write(self.err.fileno(), f"{self._line_at_once(text)}\n".encode())

    def _line_at_once(self, text: str) -> str:
        if self.log != "json":
            return translate(text)
        from sgeflow.terminal.log_lines import json_line

        return json_line("message", level="warning", run=self.run, message=plain(text).strip())


class Aside(io.TextIOBase):
    """A stream that is told to and never refuses: a full disk or a closed pipe ends no work."""

    def __init__(self, stream: IO[str]) -> None:
        """`trouble` says why something could not be written, until somebody has told that."""
        self._stream = stream
        self.trouble = ""

    def write(self, text: str) -> int:
        """Write, or note why that cannot be done."""
        with self._noting():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """The same of what is written already."""
        with self._noting():
            self._stream.flush()

    def isatty(self) -> bool:
        """Whether a person looks at it."""
        return _is_terminal(self._stream)

    def fileno(self) -> int:
        """The number of the file that is written."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override] # a text stream's is never set
        """How text becomes bytes."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.trouble = from_table(os_error_text(error).lower())
        except ValueError:
            self.trouble = say("it is closed")


def painter(*, coloured: bool) -> Paint:
    """A function that puts a text in styles, or leaves it as it is."""

    def paint(text: str, *styles: str) -> str:
        if not coloured or not text or not styles:
            return text
        return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"

    return paint


def plain(text: str) -> str:
    """A text that came from outside, without anything that a terminal would obey."""
    if text.isprintable():  # as most lines are
        return text
    return _CONTROL.sub("�", text.replace("\r\n", "\n"))


def plain_line(text: str) -> str:
    """The same in one line: what stands in a list of lines can make no line of its own."""
    return " ".join(plain(text).split("\n")).rstrip()


def _write_problem(error: OSError | ValueError) -> Problem:
    words = (
        from_table(os_error_text(error).lower())
        if isinstance(error, OSError)
        else say("it is closed")
    )
    message = say("the result cannot be written to stdout: {reason}", reason=words)
    return Problem(id=Id.STORAGE, message=message)


def _is_terminal(stream: _Stream) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def _is_coloured(stream: _Stream) -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or _is_terminal(stream)


def _columns(*streams: _Stream) -> int:
    with suppress(ValueError):
        if (width := int(os.environ.get("COLUMNS", "0"))) > 0:
            return width
    for stream in streams:
        with suppress(OSError, ValueError):
            if (columns := os.get_terminal_size(stream.fileno()).columns) > 0:
                return columns
    return _FALLBACK
