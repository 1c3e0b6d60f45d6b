"""The streams of a command: results go to stdout, everything else goes to stderr."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, Protocol, cast

import msgspec
from msgspec import Struct, field

from sgeflow.errors import Id, TechnicalError
from sgeflow.locale.translate import translate
from sgeflow.messages import Message, from_table, os_error_text, say
from sgeflow.patterns import regex

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_FALLBACK_WIDTH = 100  # columns if there is no terminal
_MIN_WIDTH, _MAX_WIDTH = 40, 120  # columns
UNBOUND = 1 << 20  # columns: no line is longer
# Control characters and Unicode marks by which foreign text could move the cursor, change colours,
# break a line or reverse the direction of the text behind them.
_CONTROL = regex(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

Paint = Callable[..., str]


class _Stream(Protocol):
    def isatty(self) -> bool: ...

    def fileno(self) -> int: ...


class Terminal(Struct, kw_only=True):
    """The two streams of a command and its options for output."""

    out: IO[str] = field(default_factory=lambda: sys.stdout or io.StringIO())  # None after `>&-`
    err: TolerantStream = field(default_factory=lambda: TolerantStream(sys.stderr or io.StringIO()))
    output: str = ""  # json | yaml | table | csv | xml; empty: text for people
    verbose: bool = False
    debug: bool = False
    quiet: bool = False
    log: str = ""  # text | json: one line an event, in place of redrawn progress
    run: str = ""  # the id of the run, once it has begun
    state: str = ""  # the requested state folder
    interruption: Callable[[], str] = lambda: say("interrupted")  # what to report
    is_telling_interruption: bool = False  # a signal may arrive while the text is written
    _has_told_interruption: bool = False

    @property
    def width(self) -> int:
        """Columns of text."""
        return max(_MIN_WIDTH, min(_columns(self.err, self.out), _MAX_WIDTH))

    @property
    def table_width(self) -> int:
        """Columns of a table: the width of the terminal; the widest text in a pipe or a file."""
        is_piped = not _is_terminal(self.out) and not os.environ.get("COLUMNS")
        return _MAX_WIDTH if is_piped else max(_MIN_WIDTH, _columns(self.err, self.out))

    @property
    def is_live(self) -> bool:
        """Whether progress may be redrawn on stderr."""
        if self.quiet or self.log:
            return False
        return _is_terminal(self.err) and os.environ.get("TERM") != "dumb"

    @property
    def paint(self) -> Paint:
        """Colours for stdout."""
        return painter(coloured=_is_coloured(self.out))

    @property
    def paint_aside(self) -> Paint:
        """Colours for stderr."""
        return painter(coloured=not self.log and _is_coloured(self.err))

    def live_display(self, **options: Any) -> Any:
        """Return a display of `rich` that is redrawn on stderr and removed at its end."""
        from rich.console import Console
        from rich.live import Live

        file = cast("IO[str]", self.err)
        console = Console(file=file, highlight=False, markup=False, soft_wrap=True)
        return Live(
            console=console, transient=True, redirect_stdout=False, redirect_stderr=False, **options
        )

    def result(self, text: str) -> None:
        """Write the result of the command to stdout.

        Raises:
            BrokenPipeError: the reader of stdout has gone.
            TechnicalError: stdout cannot be written, because the disk is full for example.
        """
        text = translate(text)
        self.piece(text if text.endswith("\n") or not text else f"{text}\n", flush=True)

    def piece(self, text: str, *, flush: bool = False) -> None:
        """Write a piece of the result to stdout, untranslated.

        Raises:
            BrokenPipeError: the reader of stdout has gone.
            TechnicalError: stdout cannot be written, because the disk is full for example.
        """
        try:
            self.out.write(text)
            if flush:
                self.out.flush()
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:
            reason = _write_error_text(error)
            message = say("the result cannot be written to stdout: {reason}", reason=reason)
            raise TechnicalError.of(Id.STORAGE, message) from error

    def aside(self, text: str) -> None:
        """Write a message to stderr; a failure to write is noted and raises nothing."""
        if self.log == "json":
            self.log_event("message", message=plain(str(text)).strip())
            return
        text = translate(text)
        self.err.write(text if text.endswith("\n") else f"{text}\n")
        self.err.flush()

    def log_event(self, event: str, *, level: str = "info", **fields: Any) -> None:
        """Write one event of the JSON log to stderr."""
        self.err.write(f"{json_line(event, level=level, run=self.run, **fields)}\n")
        self.err.flush()

    def tell_loss(self, command: str) -> None:
        """Report at the end that stderr could not be written, and which command shows the rest.

        If stderr still cannot be written, the report goes to stdout, unless a program reads stdout.
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

    def discard_results(self) -> None:
        """Send stdout to /dev/null once its reader has gone, so that Python reports no error."""
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.out.fileno())

    def tell_interruption(self) -> None:
        """Report once that the command was interrupted, and how to resume it."""
        if not self._has_told_interruption:
            self.is_telling_interruption = True
            self.aside(self.interruption())
            self._has_told_interruption, self.is_telling_interruption = True, False

    def tell_interruption_in_handler(self) -> None:
        """Report the interruption from within a signal handler, and show the cursor again."""
        if self._has_told_interruption:
            return
        self._has_told_interruption = True
        cursor = "\x1b[?25h\n" if self.is_live else ""
        self.aside_in_handler(f"{cursor}{translate(self.interruption())}")

    def aside_in_handler(self, text: str) -> None:
        """Write a message to stderr from within a signal handler, which must not use the buffer."""
        if self.log == "json":
            message = plain(text).strip()
            line = json_line("message", level="warning", run=self.run, message=message)
        else:
            line = translate(text)
        with suppress(OSError, ValueError):
            os.write(self.err.fileno(), f"{line}\n".encode())


class TolerantStream(io.TextIOBase):
    """A text stream whose writes never fail: a full disk or a closed pipe stops no run."""

    def __init__(self, stream: IO[str]) -> None:
        """Wrap a stream; `trouble` is the reason of the last failure to write, or empty."""
        self._stream = stream
        self.trouble = ""

    def write(self, text: str) -> int:
        """Write a text, or note why it cannot be written."""
        with self._noting():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the stream, or note why it cannot be flushed."""
        with self._noting():
            self._stream.flush()

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return _is_terminal(self._stream)

    def fileno(self) -> int:
        """The file descriptor of the stream."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override] # TextIOBase declares an attribute
        """The encoding of the stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            self.trouble = _write_error_text(error)


def painter(*, coloured: bool) -> Paint:
    """Return a function that adds styles to a text, or returns the text unchanged."""

    def paint(text: str, *styles: str) -> str:
        if not coloured or not text or not styles:
            return text
        return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"

    return paint


def plain(text: str) -> str:
    """Return a foreign text without the characters that could control the terminal."""
    if text.isprintable():  # most lines are: a fast path
        return text
    return _CONTROL.sub("�", text.replace("\r\n", "\n"))


def plain_line(text: str) -> str:
    """Return a foreign text in one line, without characters that could control the terminal."""
    return " ".join(plain(text).split("\n")).rstrip()


def now() -> str:
    """Return the current time to the second, in the legal time of France with its offset."""
    from sgeflow.core.measures.civil_time import civil

    return civil(int(time.time())).isoformat()


def json_line(event: str, *, level: str = "info", run: str = "", **fields: Any) -> str:
    """Return one event of the JSON log as a line, in English and without personal data.

    Every line has `time`, `level` and `event`, and `run` once the run has begun. The other keys
    depend on the event; docs/operating.md lists them.
    """
    known = {"run": run} if run else {}
    document = {"time": now(), "level": level, "event": event, **known, **fields}
    return msgspec.json.encode(document, enc_hook=str).decode()


def _write_error_text(error: OSError | ValueError) -> Message:
    """Why a stream cannot be written; Python raises ValueError if the stream is closed."""
    if isinstance(error, OSError):
        return from_table(os_error_text(error).lower())
    return say("it is closed")


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
    return _FALLBACK_WIDTH
