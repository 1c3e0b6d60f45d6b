"""`sgeflow test`: flows, proved by what they do in a known world."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.cli.shared.watching import WATCH, answer_saves
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.messages import say

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


app = options.command_app()


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
    from sgeflow.cli.running.testing import TestRunner
    from sgeflow.tools.flowtest.suite import SuiteOptions, forget_projects

    suite_options = SuiteOptions(
        paths=paths or (),
        project=project,
        words=words,
        jobs=_jobs(jobs),
        record=record,
        confirmed=confirm,
    )
    terminal = terminal_of(context)
    tests = TestRunner(terminal=terminal, options=suite_options, junit=junit, html=html)
    if watch:

        def run_again(_: object) -> Exit:
            forget_projects()
            return tests.run()

        raise typer.Exit(answer_saves(terminal, project, paths or [], run_again))
    raise typer.Exit(tests.run())


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
