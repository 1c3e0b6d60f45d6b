"""A dry run for people and programs: the requests that would be sent, and the later steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from msgspec.structs import asdict

from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, say, say_count, sentences
from sgeflow.terminal.layout import label_lines, paragraphs, place_note, wrap
from sgeflow.terminal.terminal import Paint, plain_line

if TYPE_CHECKING:
    from sgeflow.core.documents import Environment
    from sgeflow.core.model import Request
    from sgeflow.runtime.dry_run import DryRun, OutlineStep

_NOTE_COLUMN = 46


def dry_text(preview: DryRun, width: int, paint: Paint) -> str:
    """Lay out a dry run: the requests that are known now, and the steps that may follow."""
    requests = say_count("{count} request", "{count} requests", count=len(preview.requests))
    head = say(
        "{flow}: {requests} known before any answer", flow=preview.flow.name, requests=requests
    )
    parts = [paint(translate(head), "bold")]
    for request in preview.requests:
        document = _request_document(request, preview.environment)
        kind = translate(from_table(document["kind"]))
        title = paint(request.label, "cyan")
        title += "" if document["kind"] == "read" else paint(f"  {kind}", "yellow")
        rows = [(document["method"], document["url"]), *document["values"].items()]
        parts.append("\n".join([title, *label_lines(rows, width, paint)]))
    if preview.later:
        title = paint(translate(say("possible later steps, depending on the responses")), "bold")
        parts.append("\n".join([title, *later_lines(preview.later, width, paint)]))
    parts.append(paint(translate(say("nothing was sent, nothing kept")), "dim"))
    return paragraphs(parts)


def dry_document(preview: DryRun) -> dict[str, Any]:
    """Return a dry run for programs."""
    return {
        "flow": preview.flow.name,
        "environment": preview.environment.name,
        "today": preview.today,
        "requests": [_request_document(one, preview.environment) for one in preview.requests],
        "later": [asdict(one) for one in preview.later],
        "warnings": [str(one) for one in preview.warnings],
        "code": preview.failure.code if preview.failure else "",
    }


def later_lines(steps: Iterable[OutlineStep], width: int, paint: Paint) -> list[str]:
    """Lay out the outline of a flow: steps, indented, with their calls and their condition.

    A step that changes something at Enedis has a yellow `!`.
    """
    lines = []
    for step in steps:
        indent = "  " * (step.depth + 1)
        mark = "!" if step.changes else "·"
        name = f"{mark} {plain_line(translate(step.name))}"
        when = say("when {condition}", condition=" ".join(step.when.split())) if step.when else ""
        notes = translate(sentences(step.calls, when, between=" · "))
        first, *more = wrap(name, width, indent, f"{indent}  ")
        beside, below = place_note(
            notes, len((more or [first])[-1]), _NOTE_COLUMN, width, f"{indent}    "
        )
        if step.changes:
            first = first.replace("!", paint("!", "yellow"), 1)
        lines += [first, *more]
        lines[-1] += paint(beside, "dim")
        lines += [paint(line, "dim") for line in below]
    return lines


def _masked_path(request: Request) -> str:
    """The path with its query, whose personal values are masked."""
    path, _, query = request.path.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    shown = [(name, "***" if name in request.personal else value) for name, value in pairs]
    return f"{path}?{urlencode(shown, safe='*')}" if shown else path


def _request_document(request: Request, environment: Environment) -> dict[str, Any]:
    """A request with the values of its body by name; personal values are masked."""
    from sgeflow.adapters.cassettes.messages import leaves
    from sgeflow.adapters.cassettes.redact import Redactor

    values: dict[str, str] = {}
    for leaf in leaves(Redactor().body(request.body, request.personal)) if request.body else ():
        name = leaf.names[-1] if leaf.names else leaf.path
        if leaf.value.strip() and not name.startswith("xmlns"):
            values.setdefault(name, leaf.value.strip())
    return {
        "call": request.label,
        "kind": request.kind.value,
        "endpoint": request.endpoint,
        "method": request.method,
        "url": f"{environment.address(request.endpoint)}{_masked_path(request)}",
        "values": values,
    }
