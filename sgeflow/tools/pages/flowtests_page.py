"""What the page of flow tests says, whatever it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.adapters.pages.render import render
from sgeflow.core.compare import DIFFERENCE
from sgeflow.core.engine.trails import without_items
from sgeflow.errors import Location, Problem, SgeflowError
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import write_number, write_sentence
from sgeflow.messages import Message, from_table, join_items, say, say_count, say_date
from sgeflow.tools.flowtest.model import CaseResult
from sgeflow.tools.flowtest.suite import workspace_of
from sgeflow.tools.graph.graph import picture
from sgeflow.tools.pages.parts import PageFigure

WORDS: Mapping[str, str] = {
    "failures": say("What came otherwise than expected"),
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
    "seconds": say("Seconds"),
    "passed": say("passed"),
    "failed": say("failed"),
    "failed_at": say("it failed in the step"),
    "suggestion": say("did you mean"),
}


_SIGNS = {"expected": "-", "seen": "+"}  # of details that stand against each other, by label
_KINDS = {"-": "gone", "+": "come", "…": "left"}  # by the sign at the start of a line


class DiffLine(Struct, frozen=True, kw_only=True):
    """A line of a difference: expected (`gone`), seen (`come`), left out, or the same in both."""

    text: str
    kind: str = ""


class SourceLine(Struct, frozen=True, kw_only=True):
    """The line of a document, in three parts: the one in the middle is what is meant."""

    number: int
    before: str
    meant: str
    after: str


class ShownProblem(Struct, frozen=True, kw_only=True):
    """A problem as the page tells it."""

    code: str
    message: str
    place: str
    source: SourceLine | None
    difference: tuple[DiffLine, ...]
    details: tuple[tuple[str, str], ...]
    note: str = ""
    allowed: str = ""
    suggestion: str = ""


class ShownCase(Struct, frozen=True, kw_only=True):
    """A case as the page tells it; `flow_file` is the page of its flow, empty without one."""

    id: str
    file: str
    name: str
    title: str
    place: str
    is_success: bool
    flow: str
    flow_file: str
    world: tuple[str, ...]  # environment, scenario, day
    calls: tuple[str, ...]
    call_count: str
    seconds: str
    share: str  # percent of the longest one
    step: str = ""
    step_place: str = ""
    problems: tuple[ShownProblem, ...] = ()


def flowtests_page(
    results: Sequence[CaseResult],
    seconds: float,
    problems: Sequence[Problem] = (),
    flow_files: Mapping[str, str] | None = None,
) -> str:
    """The page as text, in the reader's language.

    Args:
        results: how each case came out.
        seconds: how long all took, side by side.
        problems: the mistakes of tests that could not be read.
        flow_files: pages of flows beside this one, by the flow's name.
    """
    longest = max((one.seconds for one in results), default=0.0)
    files = flow_files or {}
    cases = [
        _case(one, number, longest, files.get(one.flow, ""))
        for number, one in enumerate(results, 1)
    ]
    return render(
        "flowtests.html.j2",
        WORDS,
        sheet="flowtests.css",
        title=_title(results, problems),
        about=(say("Flow tests"), *_about(results)),
        figures=list(_figures(results, seconds)),
        failures=[one for one in cases if not one.is_success],
        unread=[_problem(one) for one in problems],
        files=_by_file(cases),
        sentence=write_sentence,
    )


def _title(results: Sequence[CaseResult], problems: Sequence[Problem]) -> str:
    failed = sum(not one.is_success for one in results)
    if failed:
        return say_count(
            "{count} case came otherwise than expected",
            "{count} cases came otherwise than expected",
            count=failed,
        )
    if problems:
        return say("Some tests could not be read")
    return say("All came as expected")


def _about(results: Sequence[CaseResult]) -> Iterator[str]:
    flows, files = ({getattr(one, name) for one in results} for name in ("flow", "test"))
    yield say_count("{count} flow", "{count} flows", count=len(flows))
    yield say_count("{count} file", "{count} files", count=len(files))


def _figures(results: Sequence[CaseResult], seconds: float) -> Iterator[PageFigure]:
    passed = sum(one.is_success for one in results)
    of = say_count("of {count:,} case passed", "of {count:,} cases passed", count=len(results))
    yield PageFigure(name=of, value=write_number(passed), notes=(of,))
    failed = len(results) - passed
    yield PageFigure(name=say("failed"), value=write_number(failed))
    took = say("{seconds} s of cases, side by side", seconds=_seconds(_total(results)))
    yield PageFigure(name=say("Duration"), value=_seconds(seconds), unit="s", notes=(took,))
    calls = sum(len(one.run.calls) for one in results if one.run)
    yield PageFigure(
        name=say("calls"), value=write_number(calls), notes=(say("without a network"),)
    )


def _total(results: Sequence[CaseResult]) -> float:
    return sum(one.seconds for one in results)


def _seconds(value: float) -> str:
    return write_number(value, 1)


def _case(one: CaseResult, number: int, longest: float, flow_file: str) -> ShownCase:
    run = one.run
    calls = _calls(run.calls) if run else ()
    return ShownCase(
        id=f"case-{number}",
        file=one.test,
        name=one.name,
        title=one.title,
        place=str(one.at),
        is_success=one.is_success,
        flow=one.flow,
        flow_file=flow_file,
        world=tuple(filter(None, (run.environment, run.scenario, say_date(run.today))))
        if run
        else (),
        calls=calls,
        call_count=write_number(len(run.calls) if run else None),
        seconds=write_number(one.seconds, 2),
        share=f"{100 * one.seconds / longest:.1f}" if longest else "0",
        step=without_items(run.step) if run else "",
        step_place=str(run.at) if run and run.at else "",
        problems=tuple(_problem(problem) for problem in one.problems),
    )


def _calls(calls: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Calls in their order, those that repeat told once."""
    counts: list[tuple[tuple[str, str], int]] = []
    for call in calls:
        if counts and counts[-1][0] == call:
            counts[-1] = call, counts[-1][1] + 1
        else:
            counts.append((call, 1))
    return tuple(
        label + (f" × {times}" if times > 1 else "") + ("" if end in ("", "ok") else f" → {end}")  # noqa: RUF001
        for (label, end), times in counts
    )


def _problem(problem: Problem) -> ShownProblem:
    lines: list[DiffLine] = []
    rest: list[tuple[str, str]] = []
    for label, words in problem.details:
        text = translate(words)
        if label == DIFFERENCE:
            lines += [_diff_line(line) for line in text.splitlines()[1:]]
        elif sign := _SIGNS.get(label):
            lines += [_diff_line(f"{sign} {line}") for line in text.splitlines() or [""]]
        else:
            rest.append((from_table(label), text))
    places = (str(problem.at or ""), problem.where)
    return ShownProblem(
        code=problem.id.code,
        message=problem.message,
        place=join_items([one for one in places if one], " · "),
        source=_source(problem.at),
        difference=tuple(lines),
        details=tuple(rest),
        note=from_table(problem.note),
        allowed=_choices(problem) if problem.allowed else "",
        suggestion=problem.suggestion,
    )


def _choices(problem: Problem) -> Message:
    label = from_table(problem.allowed_label)
    return say("{label}: {names}", label=label, names=join_items(problem.allowed))


def _diff_line(text: str) -> DiffLine:
    return DiffLine(text=text, kind=_KINDS.get(text[:1], ""))


def _source(at: Location | None) -> SourceLine | None:
    if at is None or not at.text.strip():
        return None
    start = min(at.column - 1, len(at.text))
    end = start + max(1, at.length)
    text = at.text
    return SourceLine(
        number=at.line, before=text[:start], meant=text[start:end], after=text[end:].rstrip()
    )


def _by_file(cases: Sequence[ShownCase]) -> list[tuple[str, list[ShownCase]]]:
    files: dict[str, list[ShownCase]] = {}
    for one in cases:
        files.setdefault(one.file, []).append(one)
    return list(files.items())


def write_tests(
    file: Path,
    results: Sequence[CaseResult],
    seconds: float,
    problems: Sequence[Problem] = (),
    project: Path | None = None,
) -> None:
    """Write the page, and the page of each flow that was tried: `FILE.FLOW.html` beside it.

    Raises:
        TechnicalError: a file cannot be written.
    """
    flow_files = dict(_write_flows(file, results, project))
    _write(file, flowtests_page(results, seconds, problems, flow_files))


def _write_flows(
    file: Path, results: Sequence[CaseResult], project: Path | None
) -> Iterator[tuple[str, str]]:
    """The page of each flow, once; of what cannot be opened any more there is none."""
    tests = {one.flow: one.test for one in reversed(results)}
    for flow in sorted(tests):
        try:
            text = picture(workspace_of(Path(tests[flow]), project), flow, "html")
        except SgeflowError:
            continue
        beside = file.with_name(f"{file.stem}.{flow}{file.suffix}")
        _write(beside, text)
        yield flow, beside.name


def _write(file: Path, text: str) -> None:
    with replace_file(file) as part:
        part.write_text(text, encoding="utf-8")
