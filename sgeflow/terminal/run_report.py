"""The report of a run: what a person wants to know at its end, and the same for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sgeflow.core.model import RunReport, Status, StepTrace
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, join_items, say, say_count, say_date
from sgeflow.terminal.problems import PLAIN, failure_document
from sgeflow.terminal.tables import cut, grid, outputs_text
from sgeflow.terminal.terminal import Paint, plain_line

_KEPT = {"series", "rows", "first", "last"}  # the outputs of a `store` step
_SUM = {"period", "value", "complete"}  # an item of the periods of an `aggregate` step
_BAR = 24  # columns of the longest bar
_PERIODS = 24  # periods that are listed
_KILO = 1000
_MINUTE = 60
_ENDS = {
    Status.DONE: ("✓", say("done"), "green"),
    Status.PARTIAL: ("!", say("done in part"), "yellow"),
    Status.FAILED: ("✗", say("failed"), "red"),
}


def report_text(
    report: RunReport, width: int, paint: Paint = PLAIN, *, most: int | None = None
) -> str:
    """What a run brought: what is kept, totals, files, and a last line on how it went."""
    outputs = report.outputs if isinstance(report.outputs, Mapping) else {}
    parts = [_kept_series(outputs, paint), *_totals(outputs, report.today, width, paint)]
    if not any(parts) and outputs:
        parts.append(outputs_text(outputs, width, paint, whole=False, most=most))
    parts.append("\n".join(f"→ {plain_line(file)}" for file in report.files))
    parts.append(_last_line(report, width, paint))
    return "\n\n".join(part for part in parts if part)


def report_document(report: RunReport, exit_code: int) -> dict[str, Any]:
    """The report for programs; its keys are documented and stay."""
    failure = report.failure
    return {
        "run": report.run,
        "flow": report.flow,
        "environment": report.environment,
        "today": report.today,
        "status": report.status.value,
        "exit": int(exit_code),
        "code": failure.code if failure else "",
        "message": failure.problem.message if failure else "",
        "hint": failure.hint if failure else "",
        "outputs": report.outputs,
        "steps": [_step(trace) for trace in report.steps],
        "warnings": list(report.warnings),
        "files": list(report.files),
        "calls": report.calls,
        "seconds": round(report.seconds, 3),
        **({"failure": failure_document(failure)} if failure else {}),
    }


def energy(watt_hours: float) -> str:
    """Wh as people read them on a bill: `4,866 kWh`, `0.43 kWh`."""
    kilowatt_hours = watt_hours / _KILO
    decimals = 0 if abs(kilowatt_hours) >= 10 else 2  # noqa: PLR2004 - two digits tell enough
    text = say("{kwh:,.2f} kWh", kwh=kilowatt_hours)
    return translate(text if decimals else say("{kwh:,.0f} kWh", kwh=kilowatt_hours))


def duration(seconds: float) -> str:
    """Seconds as people say them: `0.4 s`, `12 s`, `3 min 20 s`."""
    if seconds < 10:  # noqa: PLR2004 - tenths matter below
        return translate(say("{seconds:.1f} s", seconds=seconds))
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _step(trace: StepTrace) -> dict[str, Any]:
    document = {
        "trail": trace.trail,
        "verb": trace.verb,
        "title": trace.title,
        "status": trace.status.value,
        "seconds": round(trace.seconds, 3),
        "summary": trace.summary,
    }
    return {**document, "code": trace.failure.code} if trace.failure else document


def _kept_series(outputs: Mapping[str, Any], paint: Paint) -> str:
    """The series that were kept: how many values, from when to when, what was new."""
    outputs_of_stores = [
        o for o in outputs.values() if isinstance(o, Mapping) and o.keys() >= _KEPT
    ]
    lines = [
        [
            translate(from_table(str(one["series"]).replace("_", " "))),
            translate(say_count("{count:,} value", "{count:,} values", count=one["rows"])),
            _period(one["first"], one["last"]),
            _changes(one),
        ]
        for one in outputs_of_stores
        if one["rows"]
    ]
    empty = [
        translate(from_table(str(one["series"]).replace("_", " ")))
        for one in outputs_of_stores
        if not one["rows"]
    ]
    rows = grid(lines, (False, True, False, False), 1000) if lines else []
    if empty:
        words = translate(say("no new values of {names}", names=", ".join(empty)))
        rows.append(paint(words, "yellow"))
    return "\n".join(rows)


def _changes(outputs: Mapping[str, Any]) -> str:
    new, changed, dropped = (outputs.get(name) for name in ("new", "changed", "dropped"))
    parts = [say_count("{count:,} new", "{count:,} new", count=new)] if new else []
    if changed:
        parts.append(say_count("{count:,} changed", "{count:,} changed", count=changed))
    if dropped:
        parts.append(say_count("{count:,} dropped", "{count:,} dropped", count=dropped))
    return translate(join_items(parts) or say("nothing new"))


def _period(first: Any, last: Any) -> str:
    return translate(join_items(map(say_date, (first, last)), " → ")) if first and last else ""


def _totals(outputs: Mapping[str, Any], today: str, width: int, paint: Paint) -> Iterable[str]:
    """Sums by period, each with its bar; years and months that lack days, or last, say so."""
    for name, value in outputs.items():
        if _is_sums(value):
            periods = value[-_PERIODS:]
            greatest = max((abs(one["value"]) for one in periods), default=0) or 1
            lines = [_sum(one, today, greatest, paint) for one in periods]
            title = paint(translate(from_table(name)), "bold")
            yield "\n".join([title, *(cut(line, width + 20) for line in lines)])


def _sum(one: Mapping[str, Any], today: str, greatest: float, paint: Paint) -> str:
    bar = "▇" * max(1, round(_BAR * abs(one["value"]) / greatest))
    amount = energy(one["value"]).rjust(12)
    words = _lack(one, today)
    note = paint(f"  {translate(words)}", "dim") if words else ""
    return f"  {translate(say_date(one['period']))}  {amount}  {paint(bar, 'cyan')}{note}"


def _lack(one: Mapping[str, Any], today: str) -> str:
    """Why a sum is not that of its whole period; empty when it is."""
    if one.get("partial"):
        return say("its first days are not kept")
    if one["complete"]:
        return ""
    return say("under way") if today.startswith(one["period"]) else say("not all days")


def _is_sums(value: Any) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(isinstance(one, Mapping) and one.keys() >= _SUM for one in value)
    )


def _last_line(report: RunReport, width: int, paint: Paint) -> str:
    mark, word, colour = _ENDS.get(report.status, _ENDS[Status.DONE])
    parts = [
        say("{word} in {duration}", word=word, duration=duration(report.seconds)),
        say_count("{count} call", "{count} calls", count=report.calls),
        say("environment {name}", name=report.environment),
        say("run {run}", run=report.run),
    ]
    line = cut(" · ".join(map(translate, parts)), width - 2)
    return f"{paint(mark, 'bold', colour)} {line}"
