"""Makes the page of flow tests: totals, differences, a table of cases, and pages of flows."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.adapters.pages.render import render
from sgeflow.core.compare import DIFFERENCE
from sgeflow.core.engine.trails import without_items
from sgeflow.errors import Location, Problem, SgeflowError
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import (
    write_duration,
    write_number,
    write_seconds,
    write_sentence,
)
from sgeflow.messages import from_table, join_items, say, say_count, say_date
from sgeflow.tools.flowtest.model import CaseResult
from sgeflow.tools.flowtest.suite import workspace_of
from sgeflow.tools.graph.graph import picture
from sgeflow.tools.pages.parts import PageFigure

WORDS: Mapping[str, str] = {
    "failures": say("Differences"),
    "failures_note": say(
        "A line with - is what the test expects, one with + what came. A step leads to its place in"
        " the picture of its flow."
    ),
    "unread": say("Tests that could not be read"),
    "unread_note": say("Nothing of them was tried."),
    "all": say("All cases"),
    "case": say("Case"),
    "flow": say("Flow"),
    "world": say("World"),
    "calls": say("Calls"),
    "duration": say("Duration"),
    "passed": say("passed"),
    "failed": say("failed"),
    "failed_at": say("it failed in the step"),
    "suggestion": say("did you mean"),
}

_SIGNS = {"expected": "-", "seen": "+"}  # signs of compared details, by label
_KINDS = {"-": "gone", "+": "come", "…": "left"}  # style classes by the first character of a line


def write_tests(
    file: Path,
    results: Sequence[CaseResult],
    seconds: float,
    problems: Sequence[Problem] = (),
    project: Path | None = None,
) -> None:
    """Write the page, and the page of each tested flow beside it: `FILE.FLOW.html`.

    `seconds` is the duration of all cases, run in parallel; `problems` are the mistakes of
    unreadable tests.

    Raises:
        TechnicalError: a file cannot be written.
    """
    flow_files: dict[str, str] = {}
    tests = {one.flow: one.test for one in reversed(results)}
    for flow in sorted(tests):
        try:
            text = picture(workspace_of(Path(tests[flow]), project), flow, "html")
        except SgeflowError:  # the project cannot be opened any more
            continue
        beside = file.with_name(f"{file.stem}.{flow}{file.suffix}")
        _write(beside, text)
        flow_files[flow] = beside.name
    longest = max((one.seconds for one in results), default=0.0)
    cases = [
        _case(one, number, longest, flow_files.get(one.flow, ""))
        for number, one in enumerate(results, 1)
    ]
    by_file: dict[str, list[dict[str, Any]]] = {}
    for one in cases:
        by_file.setdefault(one["file"], []).append(one)
    kind = "bad" if problems or any(not one.is_success for one in results) else "good"
    text = render(
        "flowtests.html.j2",
        WORDS,
        sheet="flowtests.css",
        title="",
        about=(
            say("Flow tests"),
            say_count("{count} flow", "{count} flows", count=len(tests)),
            say_count("{count} file", "{count} files", count=len(by_file)),
        ),
        figures=list(_figures(results, seconds)),
        outcome=(kind, _title(results, problems)),
        failures=_failures(cases),
        unread=[_problem(one) for one in problems],
        files=list(by_file.items()),
        sentence=write_sentence,
    )
    _write(file, text)


def _failures(cases: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The failed cases; the same failure in several environments is grouped."""
    alike: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for one in cases:
        if not one["is_success"]:
            told = [{**problem, "place": ""} for problem in one["problems"]]
            alike.setdefault((one["place"], one["step"], repr(told)), []).append(one)
    return list(alike.values())


def _write(file: Path, text: str) -> None:
    with replace_file(file) as part:
        part.write_text(text, encoding="utf-8")


def _title(results: Sequence[CaseResult], problems: Sequence[Problem]) -> str:
    failed = sum(not one.is_success for one in results)
    if failed:
        return say_count(
            "{count} case differs from what is expected",
            "{count} cases differ from what is expected",
            count=failed,
        )
    return say("Some tests could not be read") if problems else say("All as expected")


def _figures(results: Sequence[CaseResult], seconds: float) -> Iterator[PageFigure]:
    passed = sum(one.is_success for one in results)
    of = say_count("of {count:,} case passed", "of {count:,} cases passed", count=len(results))
    yield PageFigure(name=of, value=write_number(passed), notes=(of,))
    yield PageFigure(name=say("failed"), value=write_number(len(results) - passed))
    total = write_duration(sum(one.seconds for one in results))
    took = say("{duration} of cases, side by side", duration=total)
    value, unit = write_seconds(seconds)
    yield PageFigure(name=say("Duration"), value=value, unit=unit, notes=(took,))
    calls = write_number(sum(len(one.run.calls) for one in results if one.run))
    yield PageFigure(name=say("calls"), value=calls, notes=(say("without a network"),))


def _case(one: CaseResult, number: int, longest: float, flow_file: str) -> dict[str, Any]:
    """A case for the template; `flow_file` is the page of its flow, or empty."""
    run = one.run
    world = (run.environment, run.scenario, say_date(run.today)) if run else ()
    return {
        "id": f"case-{number}",
        "file": one.test,
        "name": one.name,
        "title": one.title,
        "place": str(one.at),
        "is_success": one.is_success,
        "flow": one.flow,
        "flow_file": flow_file,
        "world": [part for part in world if part],
        "calls": list(_calls(run.calls)) if run else [],
        "call_count": write_number(len(run.calls) if run else None),
        "duration": write_duration(one.seconds),
        "share": f"{100 * one.seconds / longest:.1f}" if longest else "0",  # of the longest case
        "step": without_items(run.step) if run else "",
        "step_place": str(run.at) if run and run.at else "",
        "problems": [_problem(problem) for problem in one.problems],
    }


def _calls(calls: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The calls in order; repeated calls are listed once."""
    for (label, end), same in groupby(calls):
        times = len(list(same))
        ending = "" if end in ("", "ok") else f" → {end}"
        yield f"{label} × {times}{ending}" if times > 1 else f"{label}{ending}"  # noqa: RUF001


def _problem(problem: Problem) -> dict[str, Any]:
    """A problem for the template."""
    lines: list[str] = []
    details: list[tuple[str, str]] = []
    for label, words in problem.details:
        text = translate(words)
        if label == DIFFERENCE:
            lines += text.splitlines()[1:]
        elif sign := _SIGNS.get(label):
            lines += [f"{sign} {line}" for line in text.splitlines() or [""]]
        else:
            details.append((from_table(label), text))
    places = (str(problem.at or ""), problem.where)
    names, label = join_items(problem.allowed), from_table(problem.allowed_label)
    return {
        "code": problem.id.code,
        "message": problem.message,
        "place": join_items([one for one in places if one], " · "),
        "source": _source(problem.at),
        "difference": [{"text": one, "kind": _KINDS.get(one[:1], "")} for one in lines],
        "details": details,
        "note": from_table(problem.note),
        "allowed": say("{label}: {names}", label=label, names=names) if problem.allowed else "",
        "suggestion": problem.suggestion,
    }


def _source(at: Location | None) -> dict[str, Any] | None:
    """The line of a document in three parts: before, the marked part, after."""
    if at is None or not at.text.strip():
        return None
    start = min(at.column - 1, len(at.text))
    end = start + max(1, at.length)
    before, meant, after = at.text[:start], at.text[start:end], at.text[end:].rstrip()
    return {"number": at.line, "before": before, "meant": meant, "after": after}
