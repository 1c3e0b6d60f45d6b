"""`sgeflow cozy`: the konnector as a Cozy's stack starts it, and what it left to the operator."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.terminal.terminal import Terminal

FOLDER = options.argument(
    metavar="FOLDER", help="The konnector's files, or on_delete_account in them: as the stack says."
)
LEFT = options.option("--left", help="List deleted accounts whose service could not be stopped.")
AGAIN = options.option("--again", help="With --left: try to stop each of them again.")
CLOSE = options.option(
    "--close",
    metavar="ACCOUNT",
    help="With --left: take it off, because you know that no service runs for it.",
)
FILES = options.option(
    "--files",
    metavar="FOLDER",
    help="Write a manifest, the script for konnectors.cmd, its settings.",
)

TRY = options.option("--try", help="Try it: a made-up household, SGE and Cozy in this process.")

app = options.command_app()


@app.register("cozy", "json", "yaml", "table", "csv")
def cozy(
    context: typer.Context,
    folder: Annotated[Path | None, FOLDER] = None,
    left: Annotated[bool, LEFT] = False,
    again: Annotated[bool, AGAIN] = False,
    close: Annotated[str | None, CLOSE] = None,
    files: Annotated[Path | None, FILES] = None,
    trial: Annotated[bool, TRY] = False,
    today: options.Today = None,
    env: options.Env = None,
    state: options.State = None,
    project: options.Project = None,
    confirm: options.Confirm = False,
) -> None:
    """Do one job of the konnector, as a Cozy's stack starts it.

    The stack gives the rest in variables; lines of JSON go to stdout. See docs/cozy.md.
    """
    terminal = terminal_of(context)
    for option, is_given in (("--again", again), ("--close", close is not None)):
        if is_given and not left:
            message = say("{option} goes with --left", option=option)
            raise UsageError(Problem(id=Id.USAGE, message=message, where=option))
    if files is not None:
        from sgeflow.tools.cozy.installation import write_files

        for path in write_files(files):
            terminal.result(str(path))
    elif trial:
        raise typer.Exit(_try_jobs(terminal, today))
    elif left:
        raise typer.Exit(_list_left(context, env, state, project, again=again, close=close))
    elif folder is None:
        message = say("name the konnector's folder, as the stack does")
        raise UsageError(Problem(id=Id.USAGE, message=message, where="FOLDER"))
    else:
        from sgeflow.runtime.options import Options
        from sgeflow.tools.cozy.konnector import run_job

        locale = os.environ.get("COZY_LOCALE", "").lower()
        if locale and not os.environ.get("SGEFLOW_LANG"):  # the operator's choice comes first
            os.environ["SGEFLOW_LANG"] = "fr" if locale.startswith("fr") else "en"
        chosen = Options(environment=env, confirm_orders=confirm)
        end = run_job(os.environ, folder, _write_line, chosen, state=state or "", project=project)
        raise typer.Exit(end)


def _try_jobs(terminal: Terminal, today: str | None) -> Exit:
    """Try each job; print its lines and its exit code."""
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.session import moment
    from sgeflow.tools.cozy.trial import try_jobs

    day = moment(Options(today=today)).date().isoformat()
    ends = []
    for what, code in try_jobs(day, _write_line):
        ends.append(code)
        words = say("{what}: exit code {code}", what=what, code=code)
        terminal.aside(translate(words))
    return Exit.FAILED if any(ends) else Exit.OK


def _list_left(
    context: typer.Context,
    env: str | None,
    state: str | None,
    project: Path | None,
    *,
    again: bool,
    close: str | None,
) -> Exit:
    """Print the open deletions; first take `close` off the list, and with `again` try each."""
    from sgeflow.cli.shared.results import show_rows
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.project import open_catalog
    from sgeflow.tools.cozy.deletions import close_by_hand, delete_again, deletions_of

    terminal = terminal_of(context)
    workspace, chosen = open_catalog(project), Options(environment=env)
    if close is not None:
        close_by_hand(workspace, chosen, state or "", close)
    deletions = deletions_of(workspace, chosen, state or "")
    for deletion in deletions.all() if again else ():
        end = delete_again(workspace, chosen, state or "", deletion)
        outcome = end.code or translate(say("its service is stopped"))
        terminal.aside(f"{deletion.account}: {outcome}")
    rows = [
        {"account": one.account, "point": one.point, "since": one.since, "code": one.code}
        for one in deletions.all()
    ]
    show_rows(terminal, rows, say("no deleted account has a service that runs on"))
    return Exit.FAILED if rows and again else Exit.OK


def _write_line(line: str) -> None:
    """Write a line at once, because the process may be killed."""
    with suppress(OSError):  # the reader has gone; the job is done all the same
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
