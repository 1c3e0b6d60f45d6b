"""How flow tests came out: for people, with what was expected and seen, and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sgeflow.locale.translate import translate
from sgeflow.messages import join_items, say, say_count
from sgeflow.terminal.problems import PLAIN, problem_document, problem_text
from sgeflow.terminal.run_report import duration
from sgeflow.terminal.tables import cut
from sgeflow.terminal.terminal import Paint, plain, plain_line
from sgeflow.tools.flowtest.model import CaseResult

_TIME = 8  # columns of a duration


def case_line(result: CaseResult, width: int, paint: Paint = PLAIN, *, column: int = 0) -> str:
    """One case in a line: how it came out, its name and title, how long it took.

    Titles begin below each other when `column` is how long the longest name is.
    """
    mark = paint("✓", "bold", "green") if result.is_success else paint("✗", "bold", "red")
    room = width - _TIME - 5
    name = plain(result.name).ljust(column)
    title = f"  {plain(translate(result.title))}" if result.title else ""
    text = cut(f"{name}{title}", room)
    space = " " * (room - len(text))
    if text.startswith(f"{name}  "):
        text = name + paint(text[len(name) :], "dim")
    took = paint(duration(result.seconds).rjust(_TIME), "dim")
    return f"  {mark} {text}{space}{took}"


def failure_text(result: CaseResult, width: int = 100, paint: Paint = PLAIN) -> str:
    """All that is wrong with a case: each problem at its place, structures as differences."""
    return "\n\n".join(problem_text(problem, width, paint) for problem in result.problems)


def failures_text(results: Iterable[CaseResult], width: int = 100, paint: Paint = PLAIN) -> str:
    """What is wrong with the cases that failed, under their names; the same of several, once."""
    names: dict[str, list[str]] = {}
    for one in results:
        if not one.is_success:
            name = f"{paint('✗', 'bold', 'red')} {paint(_case_name(one), 'bold')}"
            names.setdefault(failure_text(one, width, paint), []).append(name)
    return "\n\n\n".join("\n".join((*several, "", text)) for text, several in names.items())


def last_line(results: Sequence[CaseResult], seconds: float, paint: Paint = PLAIN) -> str:
    """How many cases there were, and how many of them failed."""
    failed = sum(not one.is_success for one in results)
    recorded = sum(bool(one.recorded) for one in results)
    mark = paint("✗", "bold", "red") if failed else paint("✓", "bold", "green")
    parts = [
        say_count(
            "{count} of {all} passed",
            "{count} of {all} passed",
            count=len(results) - failed,
            all=len(results),
        )
    ]
    if failed:
        parts.append(say("{count} failed", count=failed))
    if recorded:
        parts.append(
            say_count("{count} cassette recorded", "{count} cassettes recorded", count=recorded)
        )
    counts = join_items(parts)
    line = say("{counts} in {time}", counts=counts, time=duration(seconds))
    return f"{mark} {translate(line)}"


def tests_document(results: Sequence[CaseResult], seconds: float, exit_code: int) -> dict[str, Any]:
    """The same for programs; its keys are documented and stay."""
    return {
        "exit": exit_code,
        "cases": len(results),
        "passed": sum(one.is_success for one in results),
        "failed": sum(not one.is_success for one in results),
        "seconds": round(seconds, 3),
        "results": [_document(one) for one in results],
    }


def _document(result: CaseResult) -> Mapping[str, Any]:
    document = {
        "file": result.test,
        "case": result.name,
        "title": result.title,
        "passed": result.is_success,
        "seconds": round(result.seconds, 3),
        "recorded": result.recorded,
        "problems": [problem_document(problem) for problem in result.problems],
    }
    return {key: value for key, value in document.items() if value not in ("", [])}


def _case_name(result: CaseResult) -> str:
    return f"{plain_line(result.test)} · {plain_line(result.name)}"
