"""`sgeflow test`: flows, proved by what they do in a known world."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli import options
from sgeflow.cli.options import terminal_of

PATHS = options.argument(
    metavar="[PATH]...", help="Tests or folders; by default tests/ of the project."
)
WORDS = options.option(
    "-k", "--filter", metavar="WORDS", help="Only cases with these words in file, name or title."
)
JUNIT = options.option("--junit", metavar="FILE", help="Write a JUnit file, for a build server.")
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


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("test")(prove)


def prove(
    context: typer.Context,
    paths: Annotated[list[Path] | None, PATHS] = None,
    words: Annotated[str, WORDS] = "",
    jobs: Annotated[int | None, JOBS] = None,
    junit: Annotated[Path | None, JUNIT] = None,
    record: Annotated[bool, RECORD] = False,
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
    from sgeflow.cli import testing
    from sgeflow.tools.flowtest.suite import Asked

    asked = Asked(
        paths=paths or (),
        project=project,
        words=words,
        jobs=testing.jobs(jobs),
        record=record,
        confirmed=confirm,
    )
    raise typer.Exit(testing.tested(terminal_of(context), asked, junit))
