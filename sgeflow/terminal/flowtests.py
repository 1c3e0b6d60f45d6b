"""The results of flow tests: for people, for programs, and as a JUnit file for build servers."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sgeflow.locale.translate import translate
from sgeflow.locale.writing import write_duration
from sgeflow.messages import join_items, say, say_count
from sgeflow.terminal.layout import PLAIN, place_note
from sgeflow.terminal.problems import problem_text
from sgeflow.terminal.terminal import Paint, plain, plain_line
from sgeflow.tools.flowtest.model import CaseResult

_DURATION = 8  # columns


def case_line(result: CaseResult, width: int, paint: Paint = PLAIN, *, column: int = 0) -> str:
    """Lay out a case: whether it passed, its name, its duration, its title beside or below.

    `column` is the length of the longest name; it aligns the titles.
    """
    mark = paint("✓", "bold", "green") if result.is_success else paint("✗", "bold", "red")
    room = width - _DURATION - 5
    name = plain(result.name).ljust(column)
    title = plain_line(translate(result.title))
    beside, below = place_note(title, len(name), len(name) + 2, room, " " * 6)
    space = " " * (room - len(name) - len(beside))
    took = paint(write_duration(result.seconds).rjust(_DURATION), "dim")
    more = [paint(line, "dim") for line in below]
    return "\n".join([f"  {mark} {name}{paint(beside, 'dim')}{space}{took}", *more])


def failure_text(result: CaseResult, width: int = 100, paint: Paint = PLAIN) -> str:
    """Lay out the problems of a case."""
    return "\n\n".join(problem_text(problem, width, paint) for problem in result.problems)


def failures_text(results: Iterable[CaseResult], width: int = 100, paint: Paint = PLAIN) -> str:
    """Lay out the problems of all failed cases; cases with the same problems share one text."""
    names_by_text: dict[str, list[str]] = {}
    for result in results:
        if not result.is_success:
            name = paint(f"{plain_line(result.test)} · {plain_line(result.name)}", "bold")
            names = names_by_text.setdefault(failure_text(result, width, paint), [])
            names.append(f"{paint('✗', 'bold', 'red')} {name}")
    return "\n\n\n".join("\n".join((*names, "", text)) for text, names in names_by_text.items())


def last_line(results: Sequence[CaseResult], seconds: float, paint: Paint = PLAIN) -> str:
    """Summarize the cases in one line: passed, failed, recorded."""
    failed = sum(not result.is_success for result in results)
    recorded = sum(bool(result.recorded) for result in results)
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
    line = say("{counts} in {time}", counts=join_items(parts), time=write_duration(seconds))
    return f"{mark} {translate(line)}"


def tests_document(results: Sequence[CaseResult], seconds: float, exit_code: int) -> dict[str, Any]:
    """Return the results of flow tests for programs; its keys are documented and stable."""
    documents = []
    for result in results:
        document = {
            "file": result.test,
            "case": result.name,
            "title": result.title,
            "passed": result.is_success,
            "seconds": round(result.seconds, 3),
            "recorded": result.recorded,
            "problems": [problem.to_dict() for problem in result.problems],
        }
        documents.append({key: value for key, value in document.items() if value not in ("", [])})
    return {
        "exit": exit_code,
        "cases": len(results),
        "passed": sum(result.is_success for result in results),
        "failed": sum(not result.is_success for result in results),
        "seconds": round(seconds, 3),
        "results": documents,
    }


def write_junit(path: Path, suites: Mapping[str, Sequence[CaseResult]]) -> None:
    """Write the cases of each test file as a suite of a JUnit file.

    Raises:
        TechnicalError: the file cannot be written.
    """
    from xml.etree import ElementTree as ET

    from sgeflow.adapters.atomic_write import replace_file

    root = ET.Element(
        "testsuites", _junit_counts([o for results in suites.values() for o in results])
    )
    for file, results in suites.items():
        suite = ET.SubElement(root, "testsuite", {"name": file, **_junit_counts(results)})
        for result in results:
            facts = {"classname": file, "name": result.name, "time": f"{result.seconds:.3f}"}
            case = ET.SubElement(suite, "testcase", facts)
            if not result.is_success:
                message = plain(
                    "; ".join(translate(problem.message) for problem in result.problems)
                )
                failure = ET.SubElement(case, "failure", {"message": message})
                failure.text = failure_text(result)
    ET.indent(root)
    with replace_file(path) as part:
        ET.ElementTree(root).write(part, encoding="utf-8", xml_declaration=True)


def _junit_counts(results: Sequence[CaseResult]) -> dict[str, str]:
    return {
        "tests": str(len(results)),
        "failures": str(sum(not result.is_success for result in results)),
        "time": f"{sum(result.seconds for result in results):.3f}",
    }
