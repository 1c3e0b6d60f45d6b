"""`sgeflow cozy`: run the konnector as a Cozy stack starts it, and see its unfinished work."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Exit, Id, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import say

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
    """Run one job of the konnector, as the Cozy stack starts it.

    The stack gives the other settings in variables. Writes lines of JSON to stdout. See
    docs/cozy.md.
    """
    from sgeflow.runtime.options import Options

    terminal = terminal_of(context)
    for option, is_given in (("--again", again), ("--close", close is not None)):
        if is_given and not left:
            message = say("{option} goes with --left", option=option)
            raise UsageError.of(Id.USAGE, message, where=option)
    if files is not None:
        from sgeflow.tools.cozy.installation import write_files

        for path in write_files(files):
            terminal.result(str(path))
    elif trial:
        from sgeflow.runtime.session import moment
        from sgeflow.tools.cozy.trial import try_jobs

        day, has_failed = moment(Options(today=today)).date().isoformat(), False
        for what, code in try_jobs(day, _write_line):
            has_failed |= bool(code)
            terminal.aside(translate(say("{what}: exit code {code}", what=what, code=code)))
        raise typer.Exit(Exit.FAILED if has_failed else Exit.OK)
    elif left:
        from sgeflow.cli.shared.results import show_rows
        from sgeflow.runtime.project import open_catalog
        from sgeflow.tools.cozy.deletions import close_by_hand, delete_again, deletions_of

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
        raise typer.Exit(Exit.FAILED if rows and again else Exit.OK)
    elif folder is None:
        message = say("name the konnector's folder, as the stack does")
        raise UsageError.of(Id.USAGE, message, where="FOLDER")
    else:
        from sgeflow.tools.cozy.konnector import run_job

        locale = os.environ.get("COZY_LOCALE", "").lower()
        if locale and not os.environ.get("SGEFLOW_LANG"):  # the operator's choice comes first
            os.environ["SGEFLOW_LANG"] = "fr" if locale.startswith("fr") else "en"
        chosen = Options(environment=env, confirm_orders=confirm)
        code = run_job(os.environ, folder, _write_line, chosen, state=state or "", project=project)
        raise typer.Exit(code)


def _write_line(line: str) -> None:
    """Write a line at once, because the process may be killed."""
    with suppress(OSError):  # the reader has closed the pipe; the job is done anyway
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
