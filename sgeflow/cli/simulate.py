"""`sgeflow simulate`: the simulator as a server, for other clients."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli import options
from sgeflow.cli.options import terminal_of
from sgeflow.messages import say

PORT = options.option(
    "--port", help="Port on 127.0.0.1, 8643 by default; 0 takes a free one.", envvar="SGEFLOW_PORT"
)
TLS = options.option(
    "--tls",
    metavar="FILE",
    help="Listen with https; FILE gets the made-up authority's certificate to trust.",
)


app = options.command_app()


@app.command("simulate")
def simulate(
    context: typer.Context,
    port: Annotated[int, PORT] = 8643,
    scenario: options.Scenario = None,
    faults: options.Faults = "",
    today: options.Today = None,
    generation: options.Simulated = "seed",
    tls: Annotated[Path | None, TLS] = None,
    project: options.Project = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Run the simulator as a server until Ctrl-C.

    SGE, the consent backoffice and the commune lookup listen on loopback, for any client.
    """
    from sgeflow.cli.signals import stop_signal
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.project import open_catalog
    from sgeflow.runtime.simulation import simulation
    from sgeflow.terminal.listings import address_rows
    from sgeflow.terminal.problems import labelled

    terminal, chosen = terminal_of(context), Options(scenario=scenario, faults=faults, today=today)
    stopped = stop_signal()  # before anybody is told that it may be stopped
    with simulation(open_catalog(project), generation, port, chosen, tls) as address:
        terminal.result("\n".join(labelled(address_rows(address), terminal.width, indent="")))
        terminal.aside(say("simulated data, made-up people; Ctrl-C ends it"))
        stopped.wait()
