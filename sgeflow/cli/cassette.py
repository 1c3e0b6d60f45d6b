"""`sgeflow cassette`: check, compare and audit recorded conversations."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgeflow.cli.shared import arguments, options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import Message, say, say_count

if TYPE_CHECKING:
    from sgeflow.runtime.project import Workspace
    from sgeflow.terminal.terminal import Terminal
    from sgeflow.tools.cassettes.audit_and_compare import Change

    Look = Callable[[Workspace, Path], Sequence[Problem]]

FILES = options.argument(
    metavar="[FILE]...", help="Cassettes; by default those that the project's flow tests name."
)
WORDS = options.argument(
    metavar="[FILE]... [NAME=VALUE]...",
    help="Cassettes, by default those of the project's flow tests; inputs for their flow.",
)
ONE = options.argument(metavar="FILE", help="A cassette.")
OTHER = options.argument(metavar="[FILE]", help="Another cassette; default: a new recording.")

app = options.command_app(help="Look into recorded conversations.")


@app.register("check", "json", "table", quiet=True)
def check(
    context: typer.Context,
    words: Annotated[list[str] | None, WORDS] = None,
    project: options.Project = None,
) -> None:
    """Check that the documents make the recorded requests.

    Uses no network. Exit 0: all requests match; 9: a request is not recorded, or a recorded request
    is not made.
    """
    from sgeflow.tools.cassettes import audit_and_compare

    terminal = terminal_of(context)
    inputs = arguments.read_arguments([word for word in words or () if "=" in word], None)
    paths = [Path(word) for word in words or () if "=" not in word]
    sound = say("the cassettes fit the documents")
    code = _look(
        terminal, paths, project, lambda w, path: audit_and_compare.check(w, path, inputs), sound
    )
    raise typer.Exit(code)


@app.register("diff", "json", "table", quiet=True)
def diff(
    context: typer.Context,
    one: Annotated[Path, ONE],
    other: Annotated[Path | None, OTHER] = None,
    project: options.Project = None,
) -> None:
    """Compare two cassettes, or one with a new recording.

    A new recording needs a simulated environment. Stand-ins for personal data are not compared.
    Exit 0: no difference; 1: a difference.
    """
    from sgeflow.runtime.project import open_catalog
    from sgeflow.terminal.formats import to_json
    from sgeflow.tools.cassettes import audit_and_compare

    terminal, workspace = terminal_of(context), open_catalog(project)
    if other is not None:
        changes = audit_and_compare.differences(workspace, one, other)
    else:
        with tempfile.TemporaryDirectory(prefix="sgeflow-fresh-") as folder:
            recording = Path(folder) / one.name
            audit_and_compare.record_anew(workspace, one, recording)
            changes = audit_and_compare.differences(workspace, one, recording)
    if terminal.output == "json":
        documents = [{"exchange": str(one.label), "lines": list(one.lines)} for one in changes]
        terminal.result(to_json(documents))
    elif changes:
        terminal.result(_changes_text(changes, terminal))
    elif not terminal.quiet:
        terminal.result(
            f"{terminal.paint('✓', 'bold', 'green')} {translate(say('they are the same'))}"
        )
    raise typer.Exit(Exit.FAILED if changes else Exit.OK)


@app.register("audit", "json", "table", quiet=True)
def audit(
    context: typer.Context,
    paths: Annotated[list[Path] | None, FILES] = None,
    project: options.Project = None,
) -> None:
    """Look for personal data and secrets.

    Looks for names, addresses, tokens and real points. Exit 0: nothing found; 1: something found.
    """
    from sgeflow.tools.cassettes import audit_and_compare

    sound = say("the cassettes have no personal data")
    code = _look(terminal_of(context), paths or [], project, audit_and_compare.examine, sound)
    raise typer.Exit(code)


def _look(
    terminal: Terminal, paths: list[Path], project: Path | None, look: Look, sound: Message
) -> Exit:
    from sgeflow.adapters import project_files
    from sgeflow.runtime.project import open_catalog
    from sgeflow.terminal.formats import to_json
    from sgeflow.terminal.problems import problems_text
    from sgeflow.tools.cassettes import audit_and_compare

    workspace = open_catalog(project)
    chosen = paths or list(audit_and_compare.named_cassettes(workspace))
    if not chosen:
        raise UsageError.of(Id.USAGE, say("no flow test names a cassette"), note=say("name a file"))
    problems = [problem for path in chosen for problem in look(workspace, path)]
    if terminal.output == "json":
        document = {
            "cassettes": [project_files.show_path(path) for path in chosen],
            "problems": [problem.to_dict() for problem in problems],
        }
        terminal.result(to_json(document))
    elif problems:
        terminal.result(problems_text(problems, terminal.width, terminal.paint))
    elif not terminal.quiet:
        mark = terminal.paint("✓", "bold", "green")
        terminal.result(f"{mark} {translate(sound)} ({len(chosen)})")
    return problems[0].id.exit if problems else Exit.OK


def _changes_text(changes: Sequence[Change], terminal: Terminal) -> str:
    from sgeflow.terminal.problems import legend_line, signed_lines

    parts = [legend_line(translate(say("- first  + second")), terminal.paint)]
    for change in changes:
        head = terminal.paint(translate(change.label), "bold")
        parts.append("\n".join([head, *signed_lines(change.lines, terminal.width, terminal.paint)]))
    count = say_count("{count} exchange differs", "{count} exchanges differ", count=len(changes))
    return "\n\n".join([*parts, terminal.paint(translate(count), "bold")])
