"""The page of flow tests, with the pictures of their flows beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.errors import Problem, SgeflowError
from sgeflow.tools.flowtest.model import CaseResult
from sgeflow.tools.flowtest.suite import workspace_of
from sgeflow.tools.graph.graph import picture
from sgeflow.tools.pages.flowtests.page import flowtests_page


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
