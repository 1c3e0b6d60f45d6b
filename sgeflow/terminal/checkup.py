"""How a checkup came out: for people, with what to do, and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sgeflow.locale.translate import tell
from sgeflow.messages import counted, fixed, listed, say
from sgeflow.terminal.problems import PLAIN, wrapped
from sgeflow.terminal.terminal import Paint, plain
from sgeflow.tools.doctor.finding import Checkup, Finding, Group, Status

_MARKS = {
    Status.FINE: ("✓", ("bold", "green")),
    Status.WARNING: ("!", ("bold", "yellow")),
    Status.FAILED: ("✗", ("bold", "red")),
    Status.SKIPPED: ("–", ("dim",)),  # noqa: RUF001 - a dash on purpose
}
_WELL = (Status.FINE, Status.SKIPPED)


def checkup_text(checkup: Checkup, width: int, paint: Paint = PLAIN, *, quiet: bool = False) -> str:
    """All findings by group, and their count; `quiet` leaves out what needs nobody."""
    room = max(len(tell(finding.check)) for finding in checkup.findings)
    parts = [_head(checkup, paint)]
    for group in checkup.groups:
        shown = [one for one in group.findings if not quiet or one.status not in _WELL]
        if shown:
            lines = [line for one in shown for line in _lines(one, room, width, paint)]
            parts.append("\n".join([paint(plain(tell(group.title)), "bold"), *lines]))
    return "\n\n".join([*parts, _last_line(checkup, paint)])


def checkup_document(checkup: Checkup) -> dict[str, Any]:
    """The same for programs; its keys are documented and stay."""
    return {
        "environment": checkup.environment,
        "simulated": checkup.simulated,
        "exit": int(checkup.exit),
        "failed": checkup.count(Status.FAILED),
        "warnings": checkup.count(Status.WARNING),
        "skipped": checkup.count(Status.SKIPPED),
        "checks": [
            _document(group, finding) for group in checkup.groups for finding in group.findings
        ],
    }


def _head(checkup: Checkup, paint: Paint) -> str:
    title = f" · {plain(tell(fixed(checkup.title)))}" if checkup.title else ""
    return paint(checkup.environment, "bold") + paint(title, "dim")


def _lines(finding: Finding, room: int, width: int, paint: Paint) -> Iterator[str]:
    mark, styles = _MARKS[finding.status]
    margin = " " * (room + 6)
    code = f"{finding.id.code} " if finding.id else ""
    first, *more = wrapped(code + tell(finding.message), width, margin)
    told = first[len(margin) :]
    if code:
        told = paint(code.strip(), *styles) + told[len(code) - 1 :]
    if finding.status is Status.SKIPPED:
        told, more = paint(told, "dim"), [paint(line, "dim") for line in more]
    yield f"  {paint(mark, *styles)} {paint(tell(finding.check).ljust(room), 'dim')}  {told}"
    yield from more
    if finding.remedy:
        yield from wrapped(f"→ {tell(finding.remedy)}", width, margin, margin + "  ")


def _last_line(checkup: Checkup, paint: Paint) -> str:
    failures, warnings = checkup.count(Status.FAILED), checkup.count(Status.WARNING)
    skipped = checkup.count(Status.SKIPPED)
    fine = checkup.count(Status.FINE)
    status = Status.FAILED if failures else Status.WARNING if warnings else Status.FINE
    told = []
    if failures:
        told.append(say("{count} failed", count=failures))
    if warnings:
        told.append(counted("{count} warning", "{count} warnings", count=warnings))
    told.append(say("{count} fine", count=fine))
    if skipped:
        told.append(counted("{count} not checked", "{count} not checked", count=skipped))
    mark, styles = _MARKS[status]
    return f"{paint(mark, *styles)} {tell(listed(told))}"


def _document(group: Group, finding: Finding) -> dict[str, Any]:
    told = {
        "of": group.name,
        "check": finding.check,
        "status": finding.status.value,
        "id": finding.id.code if finding.id else "",
        "message": finding.message,
        "remedy": finding.remedy,
    }
    return {key: str(value) for key, value in told.items() if value}
