"""The pages of the reference that are made from the documents: one an operation, and an index."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from docs.generate.languages import ROOT
from docs.generate.markdown import sentence, table
from sgeflow.core.documents import Example, FaultEntry, Operation, Reconcile
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.model import Kind
from sgeflow.core.soap.extract import compile_outputs

Rows = Iterator[tuple[str, ...]]

_KINDS = {
    Kind.READ: "read: may be repeated",
    Kind.ORDER: "order: sent once",
    Kind.CANCEL: "cancel: sent once",
}
_STATUSES = {
    "current": "current",
    "superseded": "superseded by a newer service",
    "retired": "retired by Enedis",
}
MESSAGES = ROOT / "tests" / "data" / "messages"
_REPLIES = {
    "response": "A reply",
    "response-courbe": "A load curve",
    "response-energie": "Daily energy",
    "response-index": "Index",
    "response-pmax": "Maximum power",
    "response-pmax-monthly": "Monthly maximum power; April has too few days",
    "response-empty": "Nothing found",
}
_CODE = re.compile(r"SGT[0-9A-Z]{3,4}\b")
_WIDTH = 100  # characters of a command line, before it is broken


def operation_page(
    operation: Operation, faults: Mapping[str, FaultEntry], replies: Mapping[str, bytes]
) -> str:
    """The page of an operation: facts, parameters, rules, outputs, refusals, examples, replies.

    Args:
        operation: as decoded.
        faults: the catalogue of codes, for the meaning of those that the document names.
        replies: made-up replies by what each is of, whole envelopes.
    """
    sections = (
        ("", operation.description.strip()),
        ("", table(("", ""), _facts(operation))),
        ("Parameters", table(("name", "", "what it is"), _parameters(operation.parameters))),
        ("Rules", _rules(operation)),
        ("Outputs", table(("output", "JMESPath over the answer"), _outputs(operation))),
        ("What ties a reply to its request", _echo(operation)),
        ("Refusals", _refusals(operation, faults)),
        ("When two orders are the same", _same(operation)),
        ("When the answer is lost", _lost(operation)),
        ("Examples", _examples(operation)),
        ("Replies", _replies(operation, replies)),
    )
    parts = (f"## {title}\n\n{text}" if title else text for title, text in sections if text)
    body = "\n\n".join(parts)
    head = f"# `{operation.name}`\n\nFor anyone who calls it."
    return f"{head}\n\n{operation.title}.\n\n{body}\n"


def index_page(operations: Mapping[str, Operation]) -> str:
    """The page that leads to all others, by what the operations do."""
    parts = [
        "# Operations, one by one\n",
        "For anyone who calls one. [Operations](../operations.md) says how one is written.\n",
    ]
    for kind, title in ((Kind.READ, "Reads"), (Kind.ORDER, "Orders"), (Kind.CANCEL, "Cancels")):
        rows = (_row(one) for name, one in sorted(operations.items()) if one.kind is kind)
        parts.append(f"## {title}\n\n{table(('operation', 'what it does', 'status'), rows)}\n")
    return "\n".join(parts)


def replies(name: str) -> dict[str, bytes]:
    """The made-up replies of an operation, which the official schemas accept, by what each is."""
    files = {title: MESSAGES / f"{name}.{kind}.xml" for kind, title in _REPLIES.items()}
    return {title: file.read_bytes() for title, file in files.items() if file.exists()}


def command_line(operation: str, example: Example) -> str:
    """An example as a line for a shell, broken where it is long."""
    words = [_word(name, value) for name, value in example.parameters.items()]
    line = " ".join(("sgeflow call", operation, *words))
    if len(line) <= _WIDTH:
        return line
    return " \\\n  ".join((f"sgeflow call {operation}", *words))


def _row(operation: Operation) -> tuple[str, ...]:
    link = f"[`{operation.name}`]({operation.name}.md)"
    status = (
        f"{operation.status}, planned to end {operation.ends}"
        if operation.ends
        else operation.status
    )
    return link, operation.title, status


def _facts(operation: Operation) -> Rows:
    yield "service", f"{operation.service} {operation.version}"
    yield "kind", _KINDS[operation.kind]
    yield "status", _STATUSES.get(operation.status, operation.status)
    if operation.ends:
        yield "planned end", operation.ends
    if operation.replaced_by:
        yield "replaced by", f"[`{operation.replaced_by}`]({operation.replaced_by}.md)"
    yield "at Enedis", _code(operation.route.direct)
    yield "behind a gateway", _code(operation.route.gateway)
    if rest := operation.rest:
        yield "by REST", _code(f"{rest.method} {' '.join(str(rest.path.written).split())}")
    yield "SOAPAction", _code(operation.route.soap_action or '""')
    yield "SOAP header", _code(", ".join(operation.envelope.header))
    limits = operation.limits
    yield from (("longest period", text) for text in _limit(limits.window))
    yield from (("furthest back", text) for text in _limit(limits.history))
    if limits.rate:
        yield "most calls", f"{limits.rate}, of all actors together"


def _limit(periods: Mapping[str, str]) -> Iterator[str]:
    if periods:
        yield ", ".join(f"{name} `{period}`" for name, period in periods.items())


def _parameters(parameters: Mapping[str, Parameter]) -> Rows:
    for name, one in parameters.items():
        default = f"default `{_shown(one.default.written)}`" if one.default else ""
        needed = "required" if one.required else ""
        described = _described(one.schema, one.description, default)
        yield f"`{name}`", needed, described + (" Never shown." if one.personal else "")
        yield from _members(one.schema, name)


def _members(schema: Mapping[str, Any], prefix: str) -> Rows:
    """The members of an object or of a list's items, by their path."""
    if "items" in schema:
        yield from _members(schema["items"], f"{prefix}[]")
    for name, inner in schema.get("properties", {}).items():
        path = f"{prefix}.{name}"
        needed = "required" if name in schema.get("required", ()) else ""
        yield f"`{path}`", needed, _described(inner, inner.get("description", ""))
        yield from _members(inner, path)


def _described(schema: Mapping[str, Any], words: str, default: str = "") -> str:
    form = "; ".join(part for part in (*_form(schema), default) if part)
    parts = (sentence(" ".join(words.split())).rstrip("."), sentence(form))
    return " ".join(f"{part}." for part in parts if part)


def _form(schema: Mapping[str, Any]) -> Iterator[str]:
    """The accepted values: closed lists, patterns, lengths."""
    if "enum" in schema:
        yield "one of " + ", ".join(f"`{_shown(value)}`" for value in schema["enum"])
    elif schema.get("format") == "date":
        yield "a date, `YYYY-MM-DD`"
    elif schema.get("type") in ("boolean", "integer", "number"):
        yield "`true` or `false`" if schema["type"] == "boolean" else "a number"
    if "pattern" in schema:
        yield f"pattern `{schema['pattern']}`"
    yield _size(schema.get("minLength"), schema.get("maxLength"), "characters")
    if schema.get("type") == "array":
        yield "a list"
        yield _size(schema.get("minItems"), schema.get("maxItems"), "items")
        yield from _form(schema.get("items", {}))


def _size(least: int | None, most: int | None, what: str) -> str:
    if least is not None and least == most:
        return f"{least} {what}"
    if most is None:
        return ""
    return f"{least} to {most} {what}" if least else f"at most {most} {what}"


def _rules(operation: Operation) -> str:
    """Each rule in words, and the expression that decides."""
    return "\n".join(f"- {rule.message}: {_code(rule.check.text)}" for rule in operation.rules)


def _outputs(operation: Operation) -> Rows:
    for name, path in operation.response.paths.items():
        yield f"`{name}`", _code(path.text)


def _echo(operation: Operation) -> str:
    """The parts of the request that a reply must repeat, or the protection if there are none."""
    if not operation.echo:
        return (
            "The reply repeats nothing of the request, so each request has a connection of its own"
            " ([why](../operations.md#echo))."
        )
    rows = (
        (f"`{name}`", _code(one.path.text), _code(one.value.text if one.value else name), one.bound)
        for name, one in operation.echo.items()
    )
    return table(("parameter", "path in the reply", "expected value", "bound"), rows)


def _refusals(operation: Operation, faults: Mapping[str, FaultEntry]) -> str:
    codes = sorted({code for code in _named(operation) if code in faults})
    if not codes:
        return ""
    rows = (
        (code, operation.faults.get(code, faults[code].fault_class).value, faults[code].meaning)
        for code in codes
    )
    return table(("code", "class", "meaning"), rows)


def _named(operation: Operation) -> Iterator[str]:
    """The codes of the document: those that it classes, and those that its words name."""
    yield from operation.faults
    texts = (
        operation.description,
        *(rule.message for rule in operation.rules),
        *(parameter.description for parameter in operation.parameters.values()),
    )
    for text in texts:
        yield from _CODE.findall(text)


def _same(operation: Operation) -> str:
    if operation.same is None:
        return ""
    thing, terms = (
        ", ".join(f"`{name}`" for name in names)
        for names in ([part.text for part in operation.same.thing], operation.same.terms)
    )
    other = f" or of `{operation.same.order}`" if operation.same.order else ""
    return f"An order of this operation{other} is the same if it has the same {thing}" + (
        f", and the same terms: {terms}." if terms else "."
    )


def _lost(operation: Operation) -> str:
    if operation.kind is Kind.READ:
        return ""
    if operation.reconcile is None:
        return "No read can look it up: `sgeflow orders` lists it for a person."
    return _settled(operation.reconcile)


def _settled(reconcile: Reconcile) -> str:
    found = " ".join(reconcile.found.text.split())
    told = (
        f"[`{reconcile.call}`]({reconcile.call}.md) looks it up. The order was accepted if this"
        f" expression finds something:\n\n```text\n{found}\n```"
    )
    if reconcile.absent is None:
        return f"{told}\n\nOtherwise the order stays unknown."
    when = " ".join(reconcile.absent.when.text.split())
    return (
        f"{told}\n\nIf a read that began `{reconcile.absent.after}` or more after the order finds"
        " nothing, and the condition below holds, the order was not accepted. `sgeflow resume` then"
        f" sends it once more.\n\n```text\n{when}\n```"
    )


def _examples(operation: Operation) -> str:
    return "\n\n".join(
        f"{sentence(one.description or one.name)}{_as_of(one)}\n\n"
        f"```sh\n{command_line(operation.name, one)}\n```"
        for one in operation.examples.values()
    )


def _replies(operation: Operation, replies: Mapping[str, bytes]) -> str:
    """Each reply, and what the paths make of it."""
    read = compile_outputs(operation.response)
    parts = ["Made-up replies, each with its outputs that are not null (`sgeflow extract`)."]
    for title, reply in replies.items():
        given = {name: value for name, value in read(reply).items() if value is not None}
        outputs = json.dumps(given, ensure_ascii=False, indent=2)
        xml = reply.decode().strip()
        parts.append(f"{sentence(title)}.\n\n```xml\n{xml}\n```\n\n```json\n{outputs}\n```")
    return "\n\n".join(parts) if replies else ""


def _as_of(example: Example) -> str:
    return f" Written on {example.day}; `sgeflow show` prints it for today." if example.day else ""


def _word(name: str, value: Any) -> str:
    """One `name=text` or `name:=json`, quoted for a shell where it must be."""
    if isinstance(value, Mapping | list):
        text = json.dumps(value, ensure_ascii=False)
        return shlex.quote(f"{name}:={text}")
    return shlex.quote(f"{name}={_shown(value)}")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(getattr(value, "text", value))


def _code(text: str | None) -> str:
    """Text in backticks, whatever backticks it has; a dash for none."""
    if text is None:
        return "-"
    text = " ".join(text.split())
    return f"`` {text} ``" if "`" in text else f"`{text}`"
