"""`sgeflow test`: flows, proved by what they do in a known world."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.cli.shared.watching import WATCH, answer_saves
from sgeflow.errors import Exit, Id, InvalidDocuments, Problem, UsageError
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.terminal.terminal import Terminal
    from sgeflow.tools.flowtest import suite
    from sgeflow.tools.flowtest.model import CaseResult

PATHS = options.argument(
    metavar="[PATH]...", help="Tests or folders; by default tests/ of the project."
)
WORDS = options.option(
    "-k", "--filter", metavar="WORDS", help="Only cases with these words in file, name or title."
)
JUNIT = options.file_to_write(
    "--junit", metavar="FILE", help="Write a JUnit file, for a build server."
)
HTML = options.file_to_write(
    "--html", metavar="FILE", help="Write a page to be looked at, with the flows beside it."
)
RECORD = options.option(
    "--record", help="Hold the conversations anew, and keep the cassettes of cases that pass."
)
JOBS = options.option(
    "--jobs",
    "-j",
    metavar="N",
    help="Cases side by side; as many as there are processors by default.",
    envvar="SGEFLOW_JOBS",
)


_LONGEST = 40  # columns of names, beyond which titles begin where they may

app = options.command_app()


class TestFiles(Struct, frozen=True, kw_only=True):
    """The files that are written of how tests came out."""

    junit: Path | None = None
    html: Path | None = None


@app.command("test")
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
    output: Annotated[str | None, options.output("json", "table")] = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Run flow tests (*.test.yaml), without a network.

    Each case has a state of its own. Ends with 0 when all pass, 1 when one fails, 3 when a
    document has a mistake, 9 when only cassettes do not fit, 2 when there is no test.
    """
    from sgeflow.tools.flowtest.again import Again
    from sgeflow.tools.flowtest.suite import SuiteOptions

    suite_options = SuiteOptions(
        paths=paths or (),
        project=project,
        words=words,
        jobs=_jobs(jobs),
        record=record,
        confirmed=confirm,
    )
    terminal = terminal_of(context)
    files = TestFiles(junit=junit, html=html)
    if watch:
        again = Again(suite_options, lambda chosen: _run_tests(terminal, chosen, files))
        raise typer.Exit(answer_saves(terminal, project, paths or [], again))
    raise typer.Exit(_run_tests(terminal, suite_options, files)[0])


def _jobs(number: int | None) -> int:
    """How many cases go side by side.

    Raises:
        UsageError: none at all.
    """
    if number is not None and number < 1:
        raise UsageError(
            Problem(id=Id.USAGE, message=say("--jobs {count}: one at least", count=number))
        )
    return number or os.cpu_count() or 1


def _run_tests(
    terminal: Terminal, suite_options: suite.SuiteOptions, files: TestFiles
) -> tuple[Exit, Sequence[CaseResult]]:
    """Run the tests and tell how they came out: the exit code, and each."""
    from sgeflow.terminal import flowtests as console
    from sgeflow.terminal.formats import to_json
    from sgeflow.tools.flowtest import suite

    began = time.monotonic()
    selection = suite.pick(suite_options)
    picked = selection.cases
    is_text = terminal.output != "json"
    results = list(
        _show_each(suite.run_tests(picked, suite_options), terminal, picked if is_text else ())
    )
    seconds = time.monotonic() - began
    code = suite.exit_of(results, selection.problems)
    if files.junit is not None:
        from sgeflow.terminal.junit import write

        write(files.junit, suite.by_file(results))
    if is_text:
        _show_outcome(terminal, results, seconds)
    else:
        terminal.result(to_json(console.tests_document(results, seconds, int(code))))
    if files.html is not None:
        from sgeflow.tools.pages.flowtests.write import write_tests

        write_tests(files.html, results, seconds, selection.problems, suite_options.project)
        terminal.aside(f"→ {files.html}")
    if selection.problems:
        raise InvalidDocuments(*selection.problems)
    return code, results


def _show_outcome(terminal: Terminal, results: Sequence[CaseResult], seconds: float) -> None:
    from sgeflow.terminal import flowtests as console

    failures = console.failures_text(results, terminal.width, terminal.paint)
    if failures:
        terminal.result(f"{'' if terminal.quiet else chr(10)}{failures}")
    if failures or not terminal.quiet:
        terminal.result("\n" + console.last_line(results, seconds, terminal.paint))


def _show_each(
    results: Iterator[CaseResult], terminal: Terminal, picked: Sequence[suite.Picked]
) -> Iterator[CaseResult]:
    """Each case when it is over, under the name of its file; nothing without `picked`."""
    from sgeflow.terminal.flowtests import tried_line

    file = ""
    column = min(_LONGEST, max((len(one.name) for one in picked), default=0))
    for one in results:
        if picked and not terminal.quiet:
            if one.test != file:
                terminal.result(terminal.paint(one.test, "bold"))
            file = one.test
            line = tried_line(one, terminal.width, terminal.paint, column=column)
            terminal.result(line)
        yield one
