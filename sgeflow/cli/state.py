"""`sgeflow state`: check, copy, restore and release the state."""

from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Exit
from sgeflow.messages import say, say_count, sentences
from sgeflow.runtime.state_location import home_to_look_at

TARGET = options.argument(metavar="FOLDER", help="A folder that is not there yet.")
COPY = options.argument(metavar="FOLDER", help="A copy that `state backup` made.")
SINCE = options.option(
    "--since",
    metavar="INSTANT",
    help="The date since which orders are held, as `state check` shows it.",
)

app = options.command_app(help="Check, back up and restore the state.")


@app.register("check", "json", "yaml", "table", "csv")
def check(
    context: typer.Context,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Check the whole state for damage and losses.

    Exit 5: something is damaged or lost.
    """
    from sgeflow.cli.shared.results import show_rows
    from sgeflow.runtime import upkeep
    from sgeflow.terminal.journal import orders_text, part_row, parts_text

    checked = upkeep.check(home_to_look_at(state, project, env))
    terminal = terminal_of(context)
    if terminal.output or not checked.parts:
        rows = [part_row(part) for part in checked.parts]
        show_rows(terminal, rows, say("there is no state yet"))
    else:
        terminal.result(parts_text(checked))
    terminal.aside(orders_text(checked))
    if not checked.is_whole:
        raise typer.Exit(Exit.TECHNICAL)


@app.register("backup")
def backup(
    context: typer.Context,
    folder: Annotated[Path, TARGET],
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Copy the state of a folder, also while runs are working.

    For a state on a server, use PostgreSQL's pg_dump.
    """
    from sgeflow.runtime import upkeep

    since = upkeep.backup(home_to_look_at(state, project, env), folder)
    terminal_of(context).aside(say("{folder} is the state of {since}", folder=folder, since=since))


@app.register("restore")
def restore(
    context: typer.Context,
    folder: Annotated[Path, COPY],
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Replace the state by a copy, and hold orders.

    Orders are held until `state release`. Orders that the replaced state still shows are taken
    over.
    """
    from sgeflow.runtime import upkeep

    home = home_to_look_at(state, project, env)
    restored = upkeep.restore(home, folder)
    terminal = terminal_of(context)
    back = say("the state of {since} is restored", since=restored.since)
    aside = say("the previous state is in {aside}", aside=restored.aside) if restored.aside else ""
    taken = say("orders since then taken over from it: {count:,}", count=restored.taken_over)
    held = say("orders are held since {since}", since=restored.since)
    terminal.aside(sentences(back, aside, taken, held, between=" · "))
    if not restored.all_read:
        terminal.aside(say("some of its orders could not be read: there may be more"))
    terminal.aside(
        say(
            "check sgeflow orders, and ask the service, for orders since then; then {command}",
            command=home.command("state", "release", "--since", restored.since),
        )
    )


@app.register("release")
def release(
    context: typer.Context,
    since: Annotated[str, SINCE],
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Allow orders again.

    Orders are held after a copy was restored, or after the journal or a store was lost.
    """
    from sgeflow.runtime import upkeep

    upkeep.release(home_to_look_at(state, project, env), since)
    terminal_of(context).aside(say("orders can be sent again"))


@app.register("unmark")
def unmark(
    context: typer.Context,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Forget the marks of all customers.

    For a key that is lost for good. The first customer that a run identifies takes over the kept
    data.
    """
    from sgeflow.runtime import upkeep

    count = upkeep.unmark(home_to_look_at(state, project, env))
    text = say_count("{count} mark was forgotten", "{count} marks were forgotten", count=count)
    terminal_of(context).aside(text)
