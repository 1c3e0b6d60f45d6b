"""What the `runs` commands share: the state folder, and rows of a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sgeflow.adapters.console import tables
from sgeflow.adapters.console.formats import to_csv
from sgeflow.adapters.console.terminal import Terminal
from sgeflow.adapters.files import find_project
from sgeflow.cli.running import formatted


def folder_of(state: Path | None, project: Path | None) -> Path:
    """The state folder; no document is read for it."""
    return state or find_project(project).state


def table_of(terminal: Terminal, rows: list[dict[str, Any]], nothing: str) -> None:
    """Rows in the form that was asked for; a word on stderr when there are none."""
    if terminal.output == "csv":
        terminal.result(to_csv(rows))
    elif terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, rows))
    elif rows:
        terminal.result("\n".join(tables.table(rows, terminal.width, terminal.paint)))
    else:
        terminal.aside(nothing)
