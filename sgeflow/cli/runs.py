"""`sgeflow runs`: list the runs in the journal, and show one."""

from contextlib import suppress
from typing import Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.messages import say, sentences
from sgeflow.runtime.state_location import home_to_look_at, kept_elsewhere

REQUEST = options.option(
    "--request", metavar="NO", help="One of its requests in full: sent, answered, as curl; masked."
)
LIMIT = options.option("--limit", "-n", help="Number of runs; default: 20.")
AGE = options.option(
    "--older-than", metavar="AGE", help="P90D, P6M or a number of days; default: 90."
)

app = options.command_app(
    help="List earlier runs, look into one, forget old ones.", invoke_without_command=True
)


@app.register("", "json", "yaml", "table", "csv")
def runs(
    context: typer.Context,
    limit: Annotated[int, LIMIT] = 20,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """List the latest runs."""
    from sgeflow.cli.shared.results import next_step, show_rows
    from sgeflow.runtime.journal import history
    from sgeflow.terminal import journal

    if context.invoked_subcommand is None:
        home = home_to_look_at(state, project, env)
        rows = [
            journal.run_row(entry, at_work=history.is_at_work(home, entry))
            for entry in history.runs(home, limit)
        ]
        nothing = sentences(say("no run yet"), kept_elsewhere(state, project, env), between=" · ")
        then = next_step(say("look at a run"), say("sgeflow runs show RUN"))
        show_rows(terminal_of(context), rows, nothing, then)


@app.register("show", "json", "yaml", "table", "csv")
def show(
    context: typer.Context,
    run: options.Run,
    request: Annotated[int | None, REQUEST] = None,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Show the requests and orders of a run, and how each ended."""
    from sgeflow.adapters.state.records import is_row
    from sgeflow.cli.shared.results import format_document, next_step, outputs_as
    from sgeflow.runtime.journal import history
    from sgeflow.runtime.project import open_catalog
    from sgeflow.terminal import journal
    from sgeflow.tools.fleet.results import result_lines

    home = home_to_look_at(state, project, env)
    details = history.find_run(home, run)
    terminal = terminal_of(context)
    if request is not None:
        from sgeflow.runtime.journal.exchanges import exchange

        masked = exchange(home, open_catalog(project), details, request)
        if terminal.output in ("json", "yaml"):
            document = journal.exchange_document(masked)
            terminal.result(format_document(terminal.output, document))
        else:
            terminal.result(journal.exchange_text(masked, terminal.paint))
        return
    entry = history.fleet_of(home, run) if not is_row(run) else None
    rows = history.rows_of(home, details.entry.run) if entry else ()
    at_work = history.is_at_work(home, details.entry)
    warnings = history.warnings_of(home, details.entry.run)
    if entry and not at_work and (warning := history.closing_warning(home, details.entry)):
        warnings = (*warnings, warning)
    lines = {}
    if entry and terminal.output not in ("json", "yaml", "csv"):
        with suppress(OSError):
            results = result_lines(home.results(details.entry.run))
            lines = {one["row"]: one.get("line", 0) for one in results}
    document = journal.run_document(
        details, entry, rows, lines=lines, at_work=at_work, warnings=warnings
    )
    terminal.result(outputs_as(terminal, document))
    if terminal.is_live and terminal.output not in ("json", "yaml"):
        kind = "fleet" if entry else "run"
        command = home.command("page", kind, details.entry.run, "--open")
        terminal.aside(next_step(say("look at it"), command))


@app.register("give-up")
def give_up(
    context: typer.Context,
    run: options.Run,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Give up a run or fleet that was stopped or failed.

    The run cannot be resumed afterwards. Other runs may send its orders again; the command lists
    these orders.
    """
    from sgeflow.runtime import upkeep

    terminal = terminal_of(context)
    name, left = upkeep.give_up(home_to_look_at(state, project, env), run)
    terminal.aside(say("run {run} is given up and will not be resumed", run=name))
    for order in left:
        message = say(
            "{operation} of step {step} was accepted, but its result is not remembered: look "
            "after it yourself",
            operation=order.operation,
            step=order.key.partition("#")[0],
        )
        terminal.aside(message)


@app.register("prune")
def prune(
    context: typer.Context,
    age: Annotated[str, AGE] = "P90D",
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Delete old runs and free their space.

    A run with an order stays while the outcome of the order is unknown, or while the order may not
    be sent again.
    """
    from sgeflow.runtime.journal import history
    from sgeflow.runtime.project import open_catalog
    from sgeflow.terminal.journal import pruned_text

    workspace = open_catalog(project)
    workspace.check_usable("environments")  # they give the bars of orders
    environments = workspace.catalog.environments.values()
    pruned = history.prune(home_to_look_at(state, project, env), age, environments)
    terminal_of(context).aside(pruned_text(pruned))
