"""What `call` and `extract` do between the command line and the use cases."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sgeflow.cli.project import opened
from sgeflow.cli.run_actions import Opening, check_csv, formatted, outputs_as
from sgeflow.errors import Exit, Id, Problem, TechnicalError
from sgeflow.locale.translate import tell
from sgeflow.messages import reason, say
from sgeflow.runtime.options import Options
from sgeflow.runtime.session import chosen_environment
from sgeflow.terminal import formats, problems
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.runtime.call import CallResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An operation, the values given to it, and which of its outputs is wanted."""

    operation: str
    given: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""
    project: Path | None = None
    unchecked: bool = False  # sent although values are invalid or break a rule


def call_operation(terminal: Terminal, asked: Asked, chosen: Options) -> Exit:
    """Call and show what came; the exit code of the call."""
    from sgeflow.runtime.call import call
    from sgeflow.terminal.progress import Progress

    workspace = opened(terminal, asked.project)
    if terminal.output == "csv":
        from sgeflow.core.checking.operation_checks import shape_of_outputs

        outputs = shape_of_outputs(workspace.operation(asked.operation))
        check_csv(terminal, outputs, "choose with --path", asked.path)
    result = call(
        asked.operation,
        asked.given,
        unchecked=asked.unchecked,
        workspace=workspace,
        options=chosen,
        listener=Opening(terminal, Progress(terminal)),
    )
    return _shown(terminal, asked, result)


def envelope(terminal: Terminal, asked: Asked, chosen: Options) -> Exit:
    """Show the envelope that a call would send."""
    from sgeflow.core.soap.envelope import pretty
    from sgeflow.runtime.call import prepared
    from sgeflow.runtime.session import moment

    workspace = opened(terminal, asked.project)
    environment = chosen_environment(workspace, chosen)
    today = moment(chosen).date().isoformat()
    request = prepared(
        workspace, asked.operation, asked.given, environment, today, unchecked=asked.unchecked
    )
    if not terminal.quiet:
        where = f"{request.method} {environment.address(request.endpoint)}{request.path}"
        told = tell(say("would be sent to {where}", where=where))
        terminal.aside(terminal.paint_aside(told, "dim"))
    terminal.result(pretty(request.body))
    return Exit.OK


def read_saved(terminal: Terminal, asked: Asked, file: Path, expression: str) -> Exit:
    """Read a saved reply and show its outputs, or the value of an expression over it."""
    from sgeflow.runtime.call import extract

    workspace = opened(terminal, asked.project)
    reply = _bytes(file)
    if expression:
        from sgeflow.runtime.call import search_reply

        found = search_reply(workspace, asked.operation, reply, expression)
        if terminal.output == "csv":
            terminal.result(formats.to_csv(formats.rows_of({"value": found}, "value")))
        else:
            terminal.result(formatted(terminal.output, found))
        return Exit.OK
    result = extract(workspace, asked.operation, reply)
    return _shown(terminal, asked, result, reply)


def _shown(
    terminal: Terminal, asked: Asked, result: CallResult, reply: bytes | None = None
) -> Exit:
    body = reply if reply is not None else result.reply
    if terminal.output == "xml" and body is not None:
        terminal.result(formats.to_xml(body))
    elif not result.failure:
        terminal.result(outputs_as(terminal, result.outputs, asked.path))
    if result.failure is not None:
        _failed(terminal, result)
    return result.exit


def _failed(terminal: Terminal, result: CallResult) -> None:
    if result.failure is None:
        return
    if terminal.output == "json":
        document = {"exit": int(result.exit), **problems.failure_document(result.failure)}
        terminal.aside(formats.to_json(document))
    else:
        text = problems.failure_text(result.failure, terminal.width, terminal.paint_aside)
        terminal.aside(text)


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        message = say("{path} cannot be read: {reason}", path=file, reason=reason(error))
        raise TechnicalError(Problem(id=Id.UNREADABLE, message=message)) from None
