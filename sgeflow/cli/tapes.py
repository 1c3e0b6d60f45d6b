"""What `cassette` does between the command line and the use cases."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sgeflow.adapters import project_files
from sgeflow.cli import arguments
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.locale.translate import tell
from sgeflow.messages import Said, counted, say
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.terminal.formats import to_json
from sgeflow.terminal.problems import legend_line, problem_document, problems_text, signed_lines
from sgeflow.terminal.terminal import Terminal
from sgeflow.tools.cassettes import audit_and_compare
from sgeflow.tools.cassettes.audit_and_compare import Change

Look = Callable[[Workspace, Path], Sequence[Problem]]


def checked(terminal: Terminal, words: list[str], project: Path | None) -> Exit:
    """Replay cassettes, and tell what does not fit."""
    given = arguments.given([word for word in words if "=" in word], None)
    paths = [Path(word) for word in words if "=" not in word]
    sound = counted(
        "{count} cassette fits the documents", "{count} cassettes fit the documents", count=0
    )
    return _looked(
        terminal, paths, project, lambda w, path: audit_and_compare.check(w, path, given), sound
    )


def audited(terminal: Terminal, paths: list[Path], project: Path | None) -> Exit:
    """Look for people and secrets, and tell where they are."""
    sound = counted(
        "{count} cassette, and nobody in it", "{count} cassettes, and nobody in them", count=0
    )
    return _looked(terminal, paths, project, audit_and_compare.examine, sound)


def compared(terminal: Terminal, one: Path, other: Path | None, project: Path | None) -> Exit:
    """Show how two cassettes differ; without another, a fresh one is recorded."""
    workspace = open_catalog(project)
    if other is not None:
        changes = audit_and_compare.differences(workspace, one, other)
    else:
        with tempfile.TemporaryDirectory(prefix="sgeflow-fresh-") as folder:
            fresh = Path(folder) / one.name
            audit_and_compare.record_anew(workspace, one, fresh)
            changes = audit_and_compare.differences(workspace, one, fresh)
    if terminal.output == "json":
        terminal.result(to_json([_document(change) for change in changes]))
    elif changes:
        terminal.result(_changes(changes, terminal))
    elif not terminal.quiet:
        terminal.result(f"{terminal.paint('✓', 'bold', 'green')} {tell(say('they say the same'))}")
    return Exit.FAILED if changes else Exit.OK


def _looked(
    terminal: Terminal, paths: list[Path], project: Path | None, look: Look, sound: Said
) -> Exit:
    workspace = open_catalog(project)
    chosen = paths or list(audit_and_compare.named_cassettes(workspace))
    if not chosen:
        message = say("no flow test of the project names a cassette")
        raise UsageError(Problem(id=Id.USAGE, message=message, note=say("name a file")))
    found = [problem for path in chosen for problem in look(workspace, path)]
    if terminal.output == "json":
        told = {
            "cassettes": [project_files.shown(path) for path in chosen],
            "problems": [problem_document(problem) for problem in found],
        }
        terminal.result(to_json(told))
    elif found:
        terminal.result(problems_text(found, terminal.width, terminal.paint))
    elif not terminal.quiet:
        words = Said(sound.wording, {"count": len(chosen)}, sound.many)
        terminal.result(f"{terminal.paint('✓', 'bold', 'green')} {tell(words)}")
    return found[0].id.exit if found else Exit.OK


def _changes(changes: Sequence[Change], terminal: Terminal) -> str:
    parts = [legend_line(tell(say("- first  + second")), terminal.paint)]
    for change in changes:
        head = terminal.paint(tell(change.label), "bold")
        parts.append("\n".join([head, *signed_lines(change.lines, terminal.width, terminal.paint)]))
    count = counted("{count} exchange differs", "{count} exchanges differ", count=len(changes))
    return "\n\n".join([*parts, terminal.paint(tell(count), "bold")])


def _document(change: Change) -> Mapping[str, object]:
    return {"exchange": str(change.label), "lines": list(change.lines)}
