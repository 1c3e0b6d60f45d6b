"""How flow tests came out: for people, with what was expected and seen, and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sgeflow.locale.translate import tell
from sgeflow.messages import counted, listed, say
from sgeflow.terminal.problems import PLAIN, problem_document, problem_text
from sgeflow.terminal.run_report import duration
from sgeflow.terminal.tables import cut
from sgeflow.terminal.terminal import Paint, plain
from sgeflow.tools.flowtest.model import Tried

_TIME = 8  # columns of a duration


def tried_line(tried: Tried, width: int, paint: Paint = PLAIN, *, column: int = 0) -> str:
    """One case in a line: how it came out, its name and title, how long it took.

    Titles begin below each other when `column` is how long the longest name is.
    """
    mark = paint("✓", "bold", "green") if tried.passed else paint("✗", "bold", "red")
    room = width - _TIME - 5
    name = plain(tried.name).ljust(column)
    title = f"  {plain(tried.title)}" if tried.title else ""
    told = cut(f"{name}{title}", room)
    space = " " * (room - len(told))
    if told.startswith(f"{name}  "):
        told = name + paint(told[len(name) :], "dim")
    took = paint(duration(tried.seconds).rjust(_TIME), "dim")
    return f"  {mark} {told}{space}{took}"


def failure_text(tried: Tried, width: int = 100, paint: Paint = PLAIN) -> str:
    """All that is wrong with a case: each problem at its place, structures as differences."""
    return "\n\n".join(problem_text(problem, width, paint) for problem in tried.problems)


def failures_text(tried: Iterable[Tried], width: int = 100, paint: Paint = PLAIN) -> str:
    """What is wrong with the cases that failed, each under its name."""
    parts = [
        f"{paint('✗', 'bold', 'red')} {paint(_named(one), 'bold')}\n\n"
        f"{failure_text(one, width, paint)}"
        for one in tried
        if not one.passed
    ]
    return "\n\n\n".join(parts)


def last_line(tried: Sequence[Tried], seconds: float, paint: Paint = PLAIN) -> str:
    """How many cases there were, and how many of them failed."""
    failed = sum(not one.passed for one in tried)
    recorded = sum(bool(one.recorded) for one in tried)
    mark = paint("✗", "bold", "red") if failed else paint("✓", "bold", "green")
    told = [say("{passed} of {all} passed", passed=len(tried) - failed, all=len(tried))]
    if failed:
        told.append(say("{count} failed", count=failed))
    if recorded:
        told.append(
            counted("{count} cassette recorded", "{count} cassettes recorded", count=recorded)
        )
    counts = listed(told)
    return f"{mark} {tell(say('{counts} in {time}', counts=counts, time=duration(seconds)))}"


def tests_document(tried: Sequence[Tried], seconds: float, exit_code: int) -> dict[str, Any]:
    """The same for programs; its keys are documented and stay."""
    return {
        "exit": exit_code,
        "cases": len(tried),
        "passed": sum(one.passed for one in tried),
        "failed": sum(not one.passed for one in tried),
        "seconds": round(seconds, 3),
        "results": [_document(one) for one in tried],
    }


def _document(tried: Tried) -> Mapping[str, Any]:
    told = {
        "file": tried.test,
        "case": tried.name,
        "title": tried.title,
        "passed": tried.passed,
        "seconds": round(tried.seconds, 3),
        "recorded": tried.recorded,
        "problems": [problem_document(problem) for problem in tried.problems],
    }
    return {key: value for key, value in told.items() if value not in ("", [])}


def _named(tried: Tried) -> str:
    return f"{plain(tried.test)} · {plain(tried.name)}"
