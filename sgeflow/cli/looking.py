"""What the `runs` commands share: rows of a table."""

from __future__ import annotations

from typing import Any

from sgeflow.cli.run_actions import formatted
from sgeflow.terminal import tables
from sgeflow.terminal.formats import to_csv
from sgeflow.terminal.terminal import Terminal


def table_of(terminal: Terminal, rows: list[dict[str, Any]], nothing: str) -> None:
    """Rows in the form that was asked for; a word on stderr when there are none."""
    if terminal.output == "csv":
        terminal.result(to_csv(rows))
    elif terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, rows))
    elif rows:
        terminal.result("\n".join(tables.table(rows, terminal.table_width, terminal.paint)))
    else:
        terminal.aside(nothing)
