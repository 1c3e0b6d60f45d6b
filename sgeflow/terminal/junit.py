"""Flow tests as a JUnit file, which build servers read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.locale.translate import translate
from sgeflow.terminal.flowtests import failure_text
from sgeflow.terminal.terminal import plain
from sgeflow.tools.flowtest.model import CaseResult


def write(path: Path, suites: Mapping[str, Sequence[CaseResult]]) -> None:
    """Write the cases, a suite a file.

    Raises:
        TechnicalError: the file cannot be written.
    """
    everything = [one for results in suites.values() for one in results]
    root = ET.Element("testsuites", _counts(everything))
    for file, results in suites.items():
        suite = ET.SubElement(root, "testsuite", {"name": file, **_counts(results)})
        for one in results:
            _case(suite, file, one)
    ET.indent(root)
    with replace_file(path) as part:
        ET.ElementTree(root).write(part, encoding="utf-8", xml_declaration=True)


def _case(suite: ET.Element, file: str, result: CaseResult) -> None:
    facts = {"classname": file, "name": result.name, "time": f"{result.seconds:.3f}"}
    case = ET.SubElement(suite, "testcase", facts)
    if not result.is_success:
        message = plain("; ".join(translate(problem.message) for problem in result.problems))
        failure = ET.SubElement(case, "failure", {"message": message})
        failure.text = failure_text(result)


def _counts(results: Sequence[CaseResult]) -> dict[str, str]:
    return {
        "tests": str(len(results)),
        "failures": str(sum(not one.is_success for one in results)),
        "time": f"{sum(one.seconds for one in results):.3f}",
    }
