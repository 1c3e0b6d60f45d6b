"""`sgeflow doctor`: check everything that a first answer depends on."""

from typing import Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of

WARN_DAYS = options.option(
    "--warn-days",
    metavar="N",
    help="Warn of certificates and tokens that expire within N days; 30 by default.",
    envvar="SGEFLOW_WARN_DAYS",
)
OFFLINE = options.option(
    "--offline", help="Check only what needs no network. [env var: SGEFLOW_OFFLINE]"
)


app = options.command_app()


@app.register("doctor", "json", "yaml", quiet=True)
def doctor(
    context: typer.Context,
    env: options.Env = None,
    warn_days: Annotated[int, WARN_DAYS] = 30,
    offline: Annotated[bool | None, OFFLINE] = None,
    project: options.Project = None,
    state: options.State = None,
) -> None:
    """Check documents, secrets, certificates, servers and clock.

    Checks the disk too, and gives a remedy for each problem. Resolves names, connects and
    negotiates TLS; calls and orders nothing. Exit 0: nothing to do. With --quiet, shows only the
    problems.
    """
    from sgeflow.cli.shared.results import format_document
    from sgeflow.terminal.checkup import checkup_document, checkup_text
    from sgeflow.tools.doctor.checkup import check_up

    terminal = terminal_of(context)
    checkup = check_up(project, env, state=state, offline=offline, warn_days=warn_days)
    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, checkup_document(checkup)))
    elif checkup.exit or not terminal.quiet:
        terminal.result(checkup_text(checkup, terminal.width, terminal.paint, quiet=terminal.quiet))
    raise typer.Exit(int(checkup.exit))
