"""A fleet for people and programs: its progress while it works, and its report at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from sgeflow.core.engine.effects import Warn
from sgeflow.locale.translate import figure, translate
from sgeflow.locale.writing import row_words, write_duration
from sgeflow.messages import Message, say, say_count
from sgeflow.terminal.layout import PLAIN, cut, grid, paragraphs, wrap
from sgeflow.terminal.terminal import UNBOUND, Paint, Terminal, now, plain, plain_line

if TYPE_CHECKING:
    from sgeflow.tools.fleet.results import Tally

EVERY = 10.0  # seconds between two lines of progress in a log
_RATE_PERIOD = 60.0  # seconds over which the current rate is measured
_MARKS = {"done": ("✓", "green"), "failed": ("✗", "red"), "stopped": ("–", "yellow")}  # noqa: RUF001 - a dash on purpose


class FleetProgress:
    """An observer of a fleet: one line that is redrawn on a terminal, dated lines in a log."""

    def __init__(self, terminal: Terminal) -> None:
        """Prepare the observer; it draws within `with`, and only warnings with `--quiet`."""
        self._terminal = terminal
        self._paint = terminal.paint_aside
        self._live: Any = None
        self._line = ""
        self._began = self._printed = time.monotonic()
        self._marks: list[tuple[float, int]] = []  # moments, and how many rows had ended then

    def __enter__(self) -> Self:
        if self._terminal.is_live:
            from rich.text import Text

            self._live = self._terminal.live_display(
                refresh_per_second=4, get_renderable=lambda: Text(self._line, style="cyan")
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._line = ""
            self._live.stop()
            self._live = None

    def __call__(self, event: Any) -> None:
        """Handle one event: a warning, or the progress of the fleet."""
        if isinstance(event, Warn):
            text = f"! {plain_line(translate(event.text))}"
            lines = [text] if self._live is None else wrap(text, self._width, "", "  ")
            self._print("\n".join(self._paint(line, "yellow") for line in lines))
            return
        if event.outcome is not None and self._terminal.verbose:
            self._print(row_line(event.outcome, self._width, self._paint))
        self._line = self._progress_line(event.tally, event.total)
        moment = time.monotonic()
        is_due = moment - self._printed >= EVERY
        if self._live is None and not self._terminal.quiet and is_due:
            self._printed = moment
            self._print(self._line)

    @property
    def _width(self) -> int:
        """Columns of a line; the lines of a log are not cut."""
        return self._terminal.width if self._live is not None else UNBOUND

    def _print(self, text: str) -> None:
        if self._live is None:
            self._terminal.aside(f"{now()} {self._terminal.run or '-'} {text}")
            return
        from rich.text import Text

        self._live.console.print(Text.from_ansi(text))

    def _progress_line(self, tally: Tally, total: int) -> str:
        moment = time.monotonic()
        ended, seconds = tally.ended_count, moment - self._began
        parts: list[Message] = [
            say_count(
                "{ended:,} of {count:,} row",
                "{ended:,} of {count:,} rows",
                ended=ended,
                count=total,
            )
        ]
        if tally.failed:
            parts.append(_failure_count(tally.failed))
        if self._live is None:
            parts += [_call_count(tally.calls), _value_count(tally.values)]
        if seconds > 1:
            parts.append(say("{calls:.1f} calls/s", calls=tally.calls / seconds))
        if (rate := self._rate(moment, ended)) > 0:
            left = write_duration((total - ended) / rate)
            parts += [say("{rows:.1f} rows/s", rows=rate), say("{duration} left", duration=left)]
        return cut(" · ".join(map(translate, parts)), self._width)

    def _rate(self, moment: float, ended: int) -> float:
        """Rows a second over the last minute; one mark a second is kept."""
        if not self._marks or moment - self._marks[-1][0] >= 1:
            self._marks.append((moment, ended))
        while len(self._marks) > 1 and moment - self._marks[0][0] > _RATE_PERIOD:
            self._marks.pop(0)
        then, ended_then = self._marks[0]
        return (ended - ended_then) / (moment - then) if moment > then else 0.0


def row_line(outcome: Any, width: int, paint: Paint = PLAIN) -> str:
    """Lay out a row that ended in one line."""
    mark, colour = _MARKS.get(outcome.status, _MARKS["failed"])
    parts = [translate(row_words(outcome.row, outcome.line))]
    parts += [outcome.code] if outcome.code else []
    parts += [translate(_call_count(outcome.calls)), write_duration(outcome.seconds)]
    return f"{paint(mark, 'bold', colour)} {cut(' · '.join(parts), width - 2)}"


def fleet_text(report: Any, width: int, paint: Paint = PLAIN) -> str:
    """Lay out the report of a fleet: failures by code, first failed rows, next steps, totals."""
    tally, seconds = report.tally, report.seconds
    mark, colour = _MARKS["done" if not tally.failed and report.is_whole else "failed"]
    if tally.done and (tally.failed or not report.is_whole):
        mark, colour = "!", "yellow"
    ends = [
        say_count(
            "{done:,} of {count:,} row done",
            "{done:,} of {count:,} rows done",
            done=tally.done,
            count=report.total,
        )
    ]
    ends += [_failure_count(tally.failed)] if tally.failed else []
    if tally.stopped:
        ends.append(
            say_count("{count:,} interrupted", "{count:,} interrupted", count=tally.stopped)
        )
    if report.not_begun:
        ends.append(say_count("{count:,} not begun", "{count:,} not begun", count=report.not_begun))
    costs = [write_duration(seconds), _call_count(tally.calls), _value_count(tally.values)]
    if seconds > 0:
        rows, calls = (tally.ended_count - tally.before) / seconds, tally.calls / seconds
        costs.append(say("{rows:.1f} rows/s, {calls:.1f} calls/s", rows=rows, calls=calls))
    run = translate(
        say("environment {name} · fleet {run}", name=report.environment, run=report.run)
    )
    first, *more = wrap(" · ".join(map(translate, ends)), width, "  ")
    totals = [
        f"{paint(mark, 'bold', colour)} {first[2:]}",
        *more,
        *wrap(" · ".join(map(translate, costs)), width, "  "),
        *(paint(line, "dim") for line in wrap(f"{run} · {plain(report.results)}", width, "  ")),
        f"  {translate(say('look at it with  {command}', command=report.page))}",
    ]
    next_steps = "\n".join(map(translate, _next_steps(report)))
    failures = (_failure_codes(tally, paint), _first_failures(tally, width, paint))
    return paragraphs([*failures, next_steps, "\n".join(totals)])


def _failure_codes(tally: Any, paint: Paint) -> str:
    """How many rows failed with each code."""
    if not tally.codes:
        return ""
    rows = [
        [code or translate(say("without a code")), figure(count)]
        for code, count in tally.codes.most_common()
    ]
    lines = grid(rows, (False, True), 200, "  ")
    return "\n".join([paint(translate(say("failed, by code")), "bold"), *lines])


def _first_failures(tally: Any, width: int, paint: Paint) -> str:
    """The first failed rows, each with its number, its code and its message."""
    if not tally.first:
        return ""
    is_part = tally.failed > len(tally.first)
    lines = [
        paint(
            translate(say("the first of them") if is_part else say("the rows that failed")), "bold"
        )
    ]
    for row in tally.first:
        place = translate(row_words(row.row, row.line))
        message = plain(" ".join(translate(row.message).split()))
        lines += wrap(f"{place}  {row.code}  {message}", width, "  ", "    ")
    return "\n".join(lines)


def _rows(count: int) -> Message:
    return say_count("{count:,} row", "{count:,} rows", count=count)


def _next_steps(report: Any) -> Iterator[Message]:
    """What the person who started the fleet should do next, most urgent first."""
    tally = report.tally
    if report.going_on:  # empty for a simulated fleet, which leaves no orders behind
        if tally.stranded:
            rows = _rows(tally.stranded)
            yield say("the undo of {rows} failed:  {command}", rows=rows, command=report.orders)
        if tally.unknown:
            yield say(
                "a person must look for the orders of {rows}:  {command}",
                rows=_rows(tally.unknown),
                command=report.orders,
            )
        if report.accounts:
            yield say_count(
                "{count:,} account of an earlier customer is still open:  {command}",
                "{count:,} accounts of earlier customers are still open:  {command}",
                count=report.accounts,
                command=report.orders,
            )
        if report.held and tally.failed:
            yield say(
                "orders are held since {since}: ask the service for orders that this state does not"
                " know, then  {command}",
                since=report.held,
                command=report.release,
            )
    if report.is_whole:
        if tally.failed > tally.waiting:
            yield say("run the failed rows again with  {command}", command=report.again)
        return
    if report.given_up:
        yield say(
            "too many rows failed: the fleet stopped before {rows}", rows=_rows(report.not_begun)
        )
    if report.token_refused:
        yield say(
            "the gateway refuses the token of {environment}: mend it, and look with"
            "  sgeflow doctor --env {environment}",
            environment=report.environment,
        )
    if not report.interrupted:  # an interrupted fleet already told how to resume it
        yield (
            say("resume with  {command}", command=report.going_on)
            if report.going_on
            else say("a simulated fleet cannot be resumed: run it again")
        )


def _call_count(count: int) -> Message:
    return say_count("{count:,} call", "{count:,} calls", count=count)


def _value_count(count: int) -> Message:
    return say_count("{count:,} values kept", "{count:,} values kept", count=count)


def _failure_count(count: int) -> Message:
    return say_count("{count:,} failed", "{count:,} failed", count=count)
