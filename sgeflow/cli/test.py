"""`sgeflow test`: run flow tests, and print and write their results."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.cli.shared.watching import WATCH, answer_saves
from sgeflow.errors import Exit, Id, InvalidDocuments, UsageError
from sgeflow.messages import say
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.tools.flowtest.model import CaseResult
    from sgeflow.tools.flowtest.suite import SuiteOptions

PATHS = options.argument(
    metavar="[PATH]...", help="Tests or folders; default: tests/ of the project."
)
WORDS = options.option(
    "-k", "--filter", metavar="WORDS", help="Only cases with these words in file, name or title."
)
JUNIT = options.file_to_write(
    "--junit", metavar="FILE", help="Write a JUnit file, for a build server."
)
HTML = options.file_to_write(
    "--html", metavar="FILE", help="Write an HTML page, with the flows beside it."
)
RECORD = options.option(
    "--record", help="Record the conversations again, and keep the cassettes of cases that pass."
)
JOBS = options.option(
    "--jobs",
    "-j",
    metavar="N",
    help="Cases in parallel; default: the number of processors.",
    envvar="SGEFLOW_JOBS",
)

_LONGEST = 40  # columns; titles are aligned behind names up to this length

app = options.command_app()


@app.register("test", "json", "table", quiet=True, verbose=True)
def prove(
    context: typer.Context,
    paths: Annotated[list[Path] | None, PATHS] = None,
    words: Annotated[str, WORDS] = "",
    jobs: Annotated[int | None, JOBS] = None,
    junit: Annotated[Path | None, JUNIT] = None,
    html: Annotated[Path | None, HTML] = None,
    record: Annotated[bool, RECORD] = False,
    watch: Annotated[bool, WATCH] = False,
    confirm: options.Confirm = False,
    project: options.Project = None,
) -> None:
    """Run flow tests (*.test.yaml), without a network.

    Each case has its own state. Exit 0: all cases pass; 1: a case fails; 2: there is no test; 3: a
    document has a mistake; 9: only cassettes differ.
    """
    from sgeflow.tools.flowtest.suite import SuiteOptions, forget_projects

    if jobs is not None and jobs < 1:
        raise UsageError.of(Id.USAGE, say("--jobs {count}: one at least", count=jobs))
    suite_options = SuiteOptions(
        paths=paths or (),
        project=project,
        words=words,
        jobs=jobs or os.cpu_count() or 1,
        record=record,
        confirmed=confirm,
    )
    terminal = terminal_of(context)
    if watch:

        def run_again() -> Exit:
            forget_projects()
            return _run(terminal, suite_options, junit, html)

        raise typer.Exit(answer_saves(terminal, project, paths or [], run_again))
    raise typer.Exit(_run(terminal, suite_options, junit, html))


def _run(terminal: Terminal, chosen: SuiteOptions, junit: Path | None, html: Path | None) -> Exit:
    """Run the chosen cases, print their results, and write the requested reports.

    Raises:
        InvalidDocuments: some tests have mistakes, so that their cases cannot run.
    """
    from sgeflow.terminal import flowtests as console
    from sgeflow.terminal.formats import to_json
    from sgeflow.tools.flowtest import suite

    selection, began = suite.pick(chosen), time.monotonic()
    column = min(_LONGEST, max((len(one.name) for one in selection.cases), default=0))
    results: list[CaseResult] = []
    file = ""
    for one in suite.run_tests(selection.cases, chosen):
        results.append(one)
        if terminal.output != "json" and not terminal.quiet:
            if one.test != file:
                terminal.result(terminal.paint(one.test, "bold"))
            file = one.test
            line = console.case_line(one, terminal.width, terminal.paint, column=column)
            terminal.result(line)
    seconds = time.monotonic() - began
    code = suite.exit_of(results, selection.problems)
    if terminal.output == "json":
        terminal.result(to_json(console.tests_document(results, seconds, int(code))))
    else:
        failures = console.failures_text(results, terminal.width, terminal.paint)
        if failures:
            terminal.result(f"{'' if terminal.quiet else chr(10)}{failures}")
        if failures or not terminal.quiet:
            last = console.last_line(results, seconds, terminal.paint)
            terminal.result(f"\n{last}")
    if junit is not None:
        console.write_junit(junit, suite.by_file(results))
    if html is not None:
        from sgeflow.tools.pages.flowtests_page import write_tests

        write_tests(html, results, seconds, selection.problems, chosen.project)
        terminal.aside(f"→ {html}")
    if selection.problems:
        raise InvalidDocuments(*selection.problems)
    return code
