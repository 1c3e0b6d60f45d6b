"""The result of `sgeflow doctor`: for people, with remedies, and for programs."""

from collections.abc import Iterator
from typing import Any

from sgeflow.locale.translate import translate
from sgeflow.messages import join_items, say, say_count
from sgeflow.terminal.layout import PLAIN, wrap
from sgeflow.terminal.terminal import Paint, plain
from sgeflow.tools.doctor.verdicts import CheckStatus, Checkup, Finding

_MARKS = {
    CheckStatus.FINE: ("✓", ("bold", "green")),
    CheckStatus.WARNING: ("!", ("bold", "yellow")),
    CheckStatus.FAILED: ("✗", ("bold", "red")),
    CheckStatus.SKIPPED: ("–", ("dim",)),  # noqa: RUF001 - a dash on purpose
}
_NOTHING_TO_DO = (CheckStatus.FINE, CheckStatus.SKIPPED)


def checkup_text(checkup: Checkup, width: int, paint: Paint = PLAIN, *, quiet: bool = False) -> str:
    """Lay out the findings by group, and their number; `quiet` leaves out checks that passed."""
    room = max(len(translate(finding.check)) for finding in checkup.findings)
    title = f" · {translate(checkup.title)}" if checkup.title else ""
    heading = "\n".join(wrap(checkup.environment + title, width, "", "  "))
    parts = [heading.replace(checkup.environment, paint(checkup.environment, "bold"), 1)]
    for group in checkup.groups:
        findings = [one for one in group.findings if not quiet or one.status not in _NOTHING_TO_DO]
        if findings:
            lines = [line for one in findings for line in _finding_lines(one, room, width, paint)]
            parts.append("\n".join([paint(plain(translate(group.title)), "bold"), *lines]))
    return "\n\n".join([*parts, _last_line(checkup, paint)])


def checkup_document(checkup: Checkup) -> dict[str, Any]:
    """Return the result for programs; its keys are documented and stable."""
    return {
        "environment": checkup.environment,
        "simulated": checkup.simulated,
        "exit": int(checkup.exit),
        "failed": checkup.count(CheckStatus.FAILED),
        "warnings": checkup.count(CheckStatus.WARNING),
        "skipped": checkup.count(CheckStatus.SKIPPED),
        "checks": [
            {
                key: str(value)
                for key, value in (
                    ("of", group.name),
                    ("check", finding.check),
                    ("status", finding.status.value),
                    ("id", finding.id.code if finding.id else ""),
                    ("message", finding.message),
                    ("remedy", finding.remedy),
                )
                if value
            }
            for group in checkup.groups
            for finding in group.findings
        ],
    }


def _finding_lines(finding: Finding, room: int, width: int, paint: Paint) -> Iterator[str]:
    mark, styles = _MARKS[finding.status]
    margin = " " * (room + 6)
    code = f"{finding.id.code} " if finding.id else ""
    first, *more = wrap(code + translate(finding.message), width, margin)
    text = first[len(margin) :]
    if code:
        text = paint(code.strip(), *styles) + text[len(code) - 1 :]
    if finding.status is CheckStatus.SKIPPED:
        text, more = paint(text, "dim"), [paint(line, "dim") for line in more]
    yield f"  {paint(mark, *styles)} {paint(translate(finding.check).ljust(room), 'dim')}  {text}"
    yield from more
    if finding.remedy:
        yield from wrap(f"→ {translate(finding.remedy)}", width, margin, margin + "  ")


def _last_line(checkup: Checkup, paint: Paint) -> str:
    failures, warnings = checkup.count(CheckStatus.FAILED), checkup.count(CheckStatus.WARNING)
    skipped = checkup.count(CheckStatus.SKIPPED)
    fine = checkup.count(CheckStatus.FINE)
    status = (
        CheckStatus.FAILED if failures else CheckStatus.WARNING if warnings else CheckStatus.FINE
    )
    parts = []
    if failures:
        parts.append(say("{count} failed", count=failures))
    if warnings:
        parts.append(say_count("{count} warning", "{count} warnings", count=warnings))
    parts.append(say("{count} fine", count=fine))
    if skipped:
        parts.append(say_count("{count} not checked", "{count} not checked", count=skipped))
    mark, styles = _MARKS[status]
    return f"{paint(mark, *styles)} {translate(join_items(parts))}"
