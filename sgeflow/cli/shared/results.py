"""Open a project for a command, and print results in the chosen form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sgeflow.errors import Id, TechnicalError, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import Message, join_items, say
from sgeflow.runtime.project import Workspace, flow_name, open_catalog
from sgeflow.terminal import formats, layout, problems
from sgeflow.terminal.layout import wrap
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.core.language.shapes import Shape
    from sgeflow.runtime.call import CallResult


def open_project(terminal: Terminal, project: Path | None, *, flow: str = "") -> Workspace:
    """Open the project and warn of files with mistakes.

    Mistakes of `flow` itself become the error, so they are not warned of.

    Raises:
        UsageError, TechnicalError: those of `open_catalog`.
    """
    workspace = open_catalog(project, flow=flow)
    files = dict.fromkeys(problem.at.file for problem in workspace.problems if problem.at)
    is_told = bool(flow) and ("flows", flow_name(flow)) in workspace.lacking
    if files and not is_told and not terminal.quiet:
        message = say(
            "sgeflow cannot use {files}; sgeflow validate says why", files=join_items(files)
        )
        lines = wrap(translate(message), terminal.width, "", "  ")
        terminal.aside("\n".join(terminal.paint_aside(line, "yellow") for line in lines))
    return workspace


def format_document(form: str, value: Any) -> str:
    """Return a document as JSON or YAML."""
    return formats.to_yaml(value) if form == "yaml" else formats.to_json(value)


def check_csv(terminal: Terminal, outputs: Shape, label: str, path: str = "") -> None:
    """Check before sending that the outputs can become one table.

    Raises:
        UsageError: CSV is wanted, and several outputs are lists.
    """
    from sgeflow.core.language.shapes import Sort

    rows = [name for name, shape in outputs.fields.items() if shape.items.sort is Sort.OBJECT]
    if terminal.output == "csv" and len(rows) > 1 and not path:
        raise UsageError(formats.several(rows, label))


def outputs_as(terminal: Terminal, outputs: Mapping[str, Any], path: str = "") -> str:
    """Return outputs in the chosen form; by default as readable text."""
    chosen = {path: _output(outputs, path)} if path else outputs
    if terminal.output == "csv":
        return formats.to_csv(formats.rows_of(outputs, path))
    if terminal.output in ("json", "yaml"):
        return format_document(terminal.output, chosen[path] if path else chosen)
    return layout.outputs_text(
        chosen,
        terminal.width,
        terminal.paint,
        whole=terminal.verbose,
        table_width=terminal.table_width,
    )


@contextmanager
def telling_of_end(terminal: Terminal) -> Iterator[None]:
    """Print the end of a command in this block; a failed write does not change the exit code."""
    try:
        yield
    except BrokenPipeError:
        terminal.discard_results()
    except KeyboardInterrupt:
        terminal.aside(terminal.paint_aside(translate(say("interrupted")), "yellow"))
    except TechnicalError as error:
        terminal.aside(terminal.paint_aside(translate(error.problems[0].message), "yellow"))


def next_step(purpose: Message, command: str) -> str:
    """Return a line with the next step and its command."""
    return f"{translate(purpose)}  {translate(command)}"


def show_rows(terminal: Terminal, rows: list[dict[str, Any]], nothing: str, then: str = "") -> None:
    """Print rows in the chosen form, and on stderr `then`, or `nothing` if there are no rows."""
    if terminal.output == "csv":
        terminal.result(formats.to_csv(rows))
    elif terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, rows))
    elif rows:
        terminal.result("\n".join(layout.table(rows, terminal.table_width, terminal.paint)))
        if then:
            terminal.aside(then)
    else:
        terminal.aside(nothing)


def show_call(terminal: Terminal, result: CallResult, path: str) -> None:
    """Print the outputs of a call, or its failure."""
    if terminal.output == "xml" and result.reply is not None:
        terminal.result(formats.to_xml(result.reply))
    elif not result.failure:
        terminal.result(outputs_as(terminal, result.outputs, path))
    if result.failure is not None and terminal.output == "json":
        document = {"exit": int(result.exit), **result.failure.to_dict()}
        terminal.aside(formats.to_json(document))
    elif result.failure is not None:
        text = problems.failure_text(result.failure, terminal.width, terminal.paint_aside)
        terminal.aside(text)


def _output(outputs: Mapping[str, Any], path: str) -> Any:
    if path in outputs:
        return outputs[path]
    from sgeflow.core.language.mistakes.suggest import closest

    raise UsageError.of(
        Id.UNKNOWN_NAME,
        say('there is no {what} "{name}"', what=say("output"), name=path),
        allowed=tuple(outputs),
        allowed_label="outputs",
        suggestion=closest(path, outputs),
    )
