"""`sgeflow simulate`: run the simulator as a server for other clients."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Id, UsageError
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.runtime.project import Workspace
    from sgeflow.terminal.terminal import Terminal

_LISTENING = ("port", "scenario", "faults", "today", "generation", "tls", "client")
MOST = 999_999  # households; their ids have six free digits

PORT = options.option(
    "--port", help="Port on 127.0.0.1, 8643 by default; 0 takes a free one.", envvar="SGEFLOW_PORT"
)
TLS = options.file_to_write(
    "--tls",
    metavar="FILE",
    help="Listen with https; FILE gets the made-up authority's certificate to trust.",
)

CLIENT = options.file_to_write(
    "--client",
    metavar="FILE",
    help="With --tls: demand a client certificate; FILE gets a made-up one, with its key.",
)
FLEET = options.option(
    "--fleet", metavar="N", help="Add N households of one street, for load tests."
)
ROWS = options.file_to_write(
    "-o", metavar="FILE", help="Write the rows of that fleet for `run --each`, and end; - prints."
)

app = options.command_app()


@app.register("simulate", quiet=True)
def simulate(
    context: typer.Context,
    port: Annotated[int, PORT] = 8643,
    scenario: options.Scenario = None,
    faults: options.Faults = "",
    today: options.Today = None,
    generation: options.Simulated = "current",
    tls: Annotated[Path | None, TLS] = None,
    client: Annotated[Path | None, CLIENT] = None,
    fleet: Annotated[int, FLEET] = 0,
    rows: Annotated[Path | None, ROWS] = None,
    project: options.Project = None,
) -> None:
    """Run the simulator as a server until Ctrl-C.

    Serves SGE, Data Connect, the consent backoffice and the commune lookup on loopback, to any
    client. With `--fleet N -o FILE`, writes the rows of a fleet instead.
    """
    from sgeflow.cli.shared.signals import stop_signal
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.project import open_catalog
    from sgeflow.runtime.simulation import simulation
    from sgeflow.terminal.describe import address_rows
    from sgeflow.terminal.layout import label_lines

    terminal = terminal_of(context)
    _check_size(fleet, rows)
    chosen = Options(scenario=scenario, faults=faults, today=today, fleet=fleet)
    if rows is not None:
        _check_unheard(context)
        _write_rows(terminal, open_catalog(project), fleet, rows)
        return
    if client is not None and tls is None:
        message = say(
            "a client certificate is shown over TLS, and this simulator speaks plain HTTP"
        )
        remedy = (("remedy", "sgeflow simulate --tls FILE --client FILE"),)
        raise UsageError.of(Id.USAGE, message, where="--client", details=remedy)
    stopped = stop_signal()  # the handler exists before the output names Ctrl-C
    with simulation(open_catalog(project), generation, port, chosen, tls, client) as address:
        terminal.result("\n".join(label_lines(address_rows(address), terminal.width, indent="")))
        terminal.aside(say("simulated data and customers; Ctrl-C stops it"))
        stopped.wait()


def _check_size(fleet: int, rows: Path | None) -> None:
    """Check the number of households; a file of rows needs at least one."""
    if not 0 <= fleet <= MOST:
        raise UsageError.of(Id.USAGE, say("a fleet has 0 to {most:,} households", most=MOST))
    if rows is not None and not fleet:
        message = say("-o writes the rows of a fleet, but --fleet is missing")
        remedy = (("remedy", say("say how many households: --fleet 1000")),)
        raise UsageError.of(Id.USAGE, message, details=remedy)


def _check_unheard(context: typer.Context) -> None:
    """Raise UsageError for server options when only rows are written."""
    names = (f"--{name}" for name in _LISTENING if options.is_on_command_line(context, name))
    if words := ", ".join(names):
        message = say(
            "{options}: not allowed with -o, which only writes rows and starts no server",
            options=words,
        )
        remedy = say("write the rows first, then start the simulator with the same --fleet")
        details = (("remedy", remedy),)
        raise UsageError.of(Id.USAGE, message, details=details)


def _write_rows(terminal: Terminal, workspace: Workspace, fleet: int, file: Path) -> None:
    from sgeflow.runtime.simulation import fleet_text, write_fleet

    if str(file) == "-":
        for text in fleet_text(workspace, fleet):
            terminal.result(text)
        return
    write_fleet(workspace, fleet, file)
    if terminal.quiet:
        return
    terminal.aside(
        say(
            "made-up households in {file}: {count}; sgeflow run FLOW --each {file}",
            count=fleet,
            file=file,
        )
    )
