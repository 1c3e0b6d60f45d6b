"""A fleet for people: how far it is while it works, and what became of its rows at the end."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Protocol, Self

from sgeflow.core.engine.effects import Warn
from sgeflow.locale.translate import figure, translate
from sgeflow.messages import Message, say, say_count
from sgeflow.terminal.fleet_advice import next_lines
from sgeflow.terminal.log_lines import now
from sgeflow.terminal.problems import PLAIN, wrap
from sgeflow.terminal.run_report import duration
from sgeflow.terminal.tables import cut, grid
from sgeflow.terminal.terminal import UNBOUND, Paint, Terminal, plain, plain_line

EVERY = 10.0  # seconds between two lines where there is no terminal
_RECENT = 60.0  # seconds over which the rate of now is taken
_ENDS = {"done": ("✓", "green"), "failed": ("✗", "red"), "stopped": ("–", "yellow")}  # noqa: RUF001 - a dash


class _Counts(Protocol):
    done: int
    failed: int
    stopped: int
    calls: int
    values: int
    before: int

    @property
    def ended_count(self) -> int: ...


class FleetProgress:
    """Listens to a fleet: one line that is redrawn on a terminal, else dated lines in a log."""

    def __init__(self, terminal: Terminal, *, every: float = EVERY) -> None:
        """Nothing is drawn before `with`; `--quiet` tells warnings alone."""
        self._terminal = terminal
        self._paint = terminal.paint_aside
        self._every = every
        self._live: Any = None
        self._line = ""
        self._began = self._told = time.monotonic()
        self._marks: list[tuple[float, int]] = []

    def __enter__(self) -> Self:
        if self._terminal.is_live:
            self._live = _live(self._terminal, lambda: self._line)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._line = ""
            self._live.stop()
            self._live = None

    def __call__(self, event: Any) -> None:
        """One event: a warning, or how far the fleet is."""
        if isinstance(event, Warn):
            self._warn(f"! {plain_line(translate(event.text))}")
            return
        if event.outcome is not None and self._terminal.verbose:
            self._print(row_line(event.outcome, self._width, self._paint))
        self._line = self._progress(event.tally, event.total)
        moment = time.monotonic()
        if self._live is None and not self._terminal.quiet and moment - self._told >= self._every:
            self._told = moment
            self._print(self._line)

    @property
    def _width(self) -> int:
        """Columns of a line; a log has it whole."""
        return self._terminal.width if self._live is not None else UNBOUND

    def _warn(self, text: str) -> None:
        lines = [text] if self._live is None else wrap(text, self._width, "", "  ")
        self._print("\n".join(self._paint(line, "yellow") for line in lines))

    def _print(self, text: str) -> None:
        if self._live is None:
            self._terminal.aside(f"{now()} {self._terminal.run or '-'} {text}")
            return
        from rich.text import Text

        self._live.console.print(Text.from_ansi(text))

    def _progress(self, tally: _Counts, total: int) -> str:
        moment = time.monotonic()
        parts = [_ended_rows(tally.ended_count, total)]
        if tally.failed:
            parts.append(_failure_count(tally.failed))
        if self._live is None:
            parts += [_calls(tally.calls), _values(tally.values)]
        rate = self._rate(moment, tally.ended_count)
        seconds = moment - self._began
        if seconds > 1:
            parts.append(say("{calls:.1f} calls/s", calls=tally.calls / seconds))
        if rate > 0:
            left = duration((total - tally.ended_count) / rate)
            parts += [say("{rows:.1f} rows/s", rows=rate), say("{duration} left", duration=left)]
        return cut(" · ".join(map(translate, parts)), self._width)

    def _rate(self, now: float, ended: int) -> float:
        """Rows a second of late, from a few marks at most."""
        if not self._marks or now - self._marks[-1][0] >= 1:
            self._marks.append((now, ended))
        while len(self._marks) > 1 and now - self._marks[0][0] > _RECENT:
            self._marks.pop(0)
        then, before = self._marks[0]
        return (ended - before) / (now - then) if now > then else 0.0


def row_line(outcome: Any, width: int, paint: Paint = PLAIN) -> str:
    """A row that ended, in a line."""
    mark, colour = _ENDS.get(outcome.status, _ENDS["failed"])
    parts = [translate(say("row {row:,} · line {line:,}", row=outcome.row, line=outcome.line))]
    parts += [outcome.code] if outcome.code else []
    parts += [translate(_calls(outcome.calls)), duration(outcome.seconds)]
    return f"{paint(mark, 'bold', colour)} {cut(' · '.join(parts), width - 2)}"


def fleet_text(report: Any, width: int, paint: Paint = PLAIN) -> str:
    """What a fleet did: failures by code, the first failed rows, and a last line."""
    tally = report.tally
    parts = [_codes(tally, paint), _first(tally, width, paint), "\n".join(next_lines(report))]
    mark, colour = _ENDS["done" if not tally.failed and report.is_whole else "failed"]
    if tally.done and (tally.failed or not report.is_whole):
        mark, colour = "!", "yellow"
    ends, took = _end_lines(report), _took(report)
    where = translate(
        say("environment {name} · fleet {run}", name=report.environment, run=report.run)
    )
    where = f"{where} · {plain(report.results)}"
    lines = [
        f"{paint(mark, 'bold', colour)} {cut(' · '.join(ends), width - 2)}",
        cut(f"  {' · '.join(took)}", width),
        paint(cut(f"  {where}", width), "dim"),
        f"  {translate(say('look at it with  {command}', command=report.page))}",
    ]
    return "\n\n".join([*(part for part in parts if part), "\n".join(lines)])


def _ended_rows(ended: int, total: int) -> Message:
    return say_count(
        "{ended:,} of {count:,} row", "{ended:,} of {count:,} rows", ended=ended, count=total
    )


def _end_lines(report: Any) -> list[str]:
    """How many rows ended, and how."""
    tally = report.tally
    parts = [
        say_count(
            "{done:,} of {count:,} row done",
            "{done:,} of {count:,} rows done",
            done=tally.done,
            count=report.total,
        )
    ]
    parts += [_failure_count(tally.failed)] if tally.failed else []
    if tally.stopped:
        parts.append(
            say_count("{count:,} interrupted", "{count:,} interrupted", count=tally.stopped)
        )
    if report.not_begun:
        parts.append(
            say_count("{count:,} not begun", "{count:,} not begun", count=report.not_begun)
        )
    return [translate(words) for words in parts]


def _took(report: Any) -> list[str]:
    """What it took, and how fast that was."""
    tally, seconds = report.tally, report.seconds
    took = [duration(seconds), translate(_calls(tally.calls)), translate(_values(tally.values))]
    if seconds > 0:
        now = tally.ended_count - tally.before
        rows, calls = now / seconds, tally.calls / seconds
        took.append(
            translate(say("{rows:.1f} rows/s, {calls:.1f} calls/s", rows=rows, calls=calls))
        )
    return took


def fleet_document(report: Any) -> dict[str, Any]:
    """The same for programs; its keys are documented and stay."""
    tally = report.tally
    return {
        "run": report.run,
        "flow": report.flow,
        "environment": report.environment,
        "today": report.today,
        "file": report.file,
        "results": report.results,
        "exit": int(report.exit),
        "rows": report.total,
        "done": tally.done,
        "failed": tally.failed,
        "unknown": tally.unknown,
        "stranded": tally.stranded,
        "tokenRefused": report.token_refused,
        "interrupted": tally.stopped,
        "notBegun": report.not_begun,
        "codes": dict(tally.codes.most_common()),
        "failures": [_failure(outcome) for outcome in tally.first],
        "calls": tally.calls,
        "values": tally.values,
        "warnings": tally.warnings,
        "seconds": round(report.seconds, 3),
    }


def _failure(outcome: Any) -> dict[str, Any]:
    names = ("row", "line", "run", "status", "code", "message")
    return {name: getattr(outcome, name) for name in names}


def _codes(tally: Any, paint: Paint) -> str:
    if not tally.codes:
        return ""
    rows = [
        [code or translate(say("without a code")), figure(count)]
        for code, count in tally.codes.most_common()
    ]
    lines = grid(rows, (False, True), 200, "  ")
    return "\n".join([paint(translate(say("failed, by code")), "bold"), *lines])


def _first(tally: Any, width: int, paint: Paint) -> str:
    if not tally.first:
        return ""
    is_part = tally.failed > len(tally.first)
    title = translate(say("the first of them") if is_part else say("the rows that failed"))
    lines = [
        cut(f"  {_line(one)}  {one.code}  {plain(' '.join(translate(one.message).split()))}", width)
        for one in tally.first
    ]
    return "\n".join([paint(title, "bold"), *lines])


def _calls(count: int) -> Message:
    return say_count("{count:,} call", "{count:,} calls", count=count)


def _values(count: int) -> Message:
    return say_count("{count:,} values kept", "{count:,} values kept", count=count)


def _failure_count(count: int) -> Message:
    return say_count("{count:,} failed", "{count:,} failed", count=count)


def _line(one: Any) -> str:
    return translate(say("line {line:,}", line=one.line))


def _live(terminal: Terminal, line: Any) -> Any:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(file=terminal.live_stream, highlight=False, markup=False, soft_wrap=True)
    return Live(
        get_renderable=lambda: Text(line(), style="cyan"),
        console=console,
        transient=True,
        refresh_per_second=4,
        redirect_stdout=False,
        redirect_stderr=False,
    )
