"""`sgeflow validate`: check every document."""

# `from __future__ import annotations` is missing: Typer would compile each annotation three times

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.cli.shared.watching import WATCH, answer_saves
from sgeflow.core.checking.document import NAMES, TESTS
from sgeflow.errors import Exit, UsageError
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import write_duration
from sgeflow.messages import join_items, say

if TYPE_CHECKING:
    from sgeflow.terminal.terminal import Terminal

PATHS = options.argument(metavar="[PATH]...", help="Files or folders; default: the whole project.")
FORMAT = options.option(
    "--format", help="text (the default), json or github.", envvar="SGEFLOW_FORMAT", metavar="FORM"
)
_FORMS = ("text", "json", "github")

app = options.command_app()


@app.register("validate", quiet=True)
def validate(
    context: typer.Context,
    paths: Annotated[list[Path] | None, PATHS] = None,
    form: Annotated[str, FORMAT] = "text",
    watch: Annotated[bool, WATCH] = False,
    project: options.Project = None,
) -> None:
    """Check every document, without a network."""
    if form not in _FORMS:
        from sgeflow.cli.shared.usage_errors import unknown_name

        message = say('there is no {what} "{name}"', what=say("form"), name=form)
        raise UsageError(unknown_name(message, form, _FORMS))
    terminal, chosen = terminal_of(context), paths or []
    check = partial(_check, terminal, project, chosen, form, again=watch)
    if watch:
        raise typer.Exit(answer_saves(terminal, project, chosen, check))
    raise typer.Exit(check())


def _check(
    terminal: "Terminal", project: Path | None, paths: Sequence[Path], form: str, *, again: bool
) -> Exit:
    """Check the documents, print their mistakes, return the exit code; `again`: see `validate`."""
    from sgeflow.tools.project.validate import validate as validate_project

    began = time.monotonic()
    validation = validate_project(project, paths, again=again)
    if form == "json":
        from sgeflow.terminal.formats import to_json

        documents = [problem.to_dict() for problem in validation.problems]
        terminal.result(to_json({"documents": validation.counts, "problems": documents}))
    elif form == "github":
        from sgeflow.terminal.problems import annotation

        terminal.result("\n".join(map(annotation, validation.problems)))
    elif validation.problems:
        from sgeflow.terminal.problems import problems_text

        terminal.result(problems_text(validation.problems, terminal.width, terminal.paint))
    elif not terminal.quiet:
        counts = validation.counts.items()
        kinds = join_items(NAMES.get(kind, TESTS).count(n) for kind, n in counts)
        duration = write_duration(time.monotonic() - began, 2)
        words = say("{kinds}: no mistakes ({duration})", kinds=kinds, duration=duration)
        terminal.result(f"{terminal.paint('✓', 'bold', 'green')} {translate(words)}")
    return Exit.INVALID if validation.problems else Exit.OK
