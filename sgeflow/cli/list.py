"""`sgeflow list`: the documents that there are."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.cli.shared.usage_errors import unknown_name
from sgeflow.core.checking.document import NAMES
from sgeflow.errors import UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, say

if TYPE_CHECKING:
    from sgeflow.terminal.terminal import Terminal

WHAT = options.argument(metavar=f"[{'|'.join(NAMES)}]", help="What to list.")

app = options.command_app()


@app.command("list")
def list_(
    context: typer.Context,
    what: Annotated[str, WHAT] = "",
    project: options.Project = None,
    output: Annotated[str | None, options.output("json", "yaml", "table", "csv")] = None,
    debug: options.Debug = False,
) -> None:
    """List documents, the people and scenarios of the simulator among them."""
    if what and what not in NAMES:
        message = say('there is no kind of document "{name}"', name=what)
        raise UsageError(unknown_name(message, what, tuple(NAMES)))
    from sgeflow.cli.shared.project import open_project
    from sgeflow.cli.shared.results import format_document, next_step
    from sgeflow.terminal.formats import to_csv

    terminal = terminal_of(context)
    catalog = open_project(terminal, project).catalog
    kinds = {kind: getattr(catalog, kind) for kind in NAMES if what in ("", kind)}
    rows = [
        {
            "kind": NAMES[kind].key,
            "name": name,
            "title": known[name].title,
            **_more(known[name]),
        }
        for kind, known in kinds.items()
        for name in sorted(known)
    ]
    if terminal.output == "csv":
        terminal.result(to_csv(rows))
    elif terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, rows))
    else:
        parts = [_listing(terminal, kind, rows) for kind in kinds]
        terminal.result("\n\n".join(parts))
        terminal.aside(next_step(say("look into one"), say("sgeflow show NAME")))


def _listing(terminal: Terminal, kind: str, rows: list[dict[str, Any]]) -> str:
    from sgeflow.terminal import tables

    own = [row for row in rows if row["kind"] == NAMES[kind].key]
    lines = [[f"  {row['name']}", _notes(row), translate(row["title"])] for row in own]
    grid = tables.grid(lines, (False, False, False), terminal.table_width) if lines else []
    return "\n".join([terminal.paint(translate(from_table(kind)), "bold"), *grid])


def _notes(row: Mapping[str, Any]) -> str:
    notes = [row.get("change", ""), row.get("status", "")]
    return ", ".join(
        translate(from_table(one)) for one in notes if one not in ("", "read", "current")
    )


def _more(document: Any) -> dict[str, str]:
    """Of an operation, whether it changes something and whether it is still in force."""
    if hasattr(document, "service"):
        return {"change": document.kind.value, "status": document.status}
    return {}
