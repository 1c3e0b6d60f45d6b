"""Opening a project for a command: what cannot be used in it is named, and stops nothing else."""

from __future__ import annotations

from pathlib import Path

from sgeflow.locale.translate import translate
from sgeflow.messages import join_items, say_count
from sgeflow.runtime.project import Workspace, flow_name, open_catalog
from sgeflow.terminal.layout import wrap
from sgeflow.terminal.terminal import Terminal


def open_project(terminal: Terminal, project: Path | None, *, flow: str = "") -> Workspace:
    """The project, with a word to whoever uses it of each file that has mistakes.

    Of a `flow` that cannot be used its own mistakes are told instead, where it is used.

    Raises:
        UsageError, TechnicalError: those of `open_catalog`.
    """
    workspace = open_catalog(project, flow=flow)
    files = dict.fromkeys(problem.at.file for problem in workspace.problems if problem.at)
    is_told = bool(flow) and ("flows", flow_name(flow)) in workspace.lacking
    if files and not is_told and not terminal.quiet:
        message = say_count(
            "{count} document cannot be used: {files}; sgeflow validate says why",
            "{count} documents cannot be used: {files}; sgeflow validate says why",
            count=len(files),
            files=join_items(files),
        )
        lines = wrap(translate(message), terminal.width, "", "  ")
        terminal.aside("\n".join(terminal.paint_aside(line, "yellow") for line in lines))
    return workspace
