"""A described operation as the first draft of its document, for a person to go on from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.language.expression import compile_path
from sgeflow.core.language.points import is_point
from sgeflow.core.language.reader import Types
from sgeflow.core.soap.lists import taken_lists
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.model import DescribedOperation, XsdNode
from sgeflow.tools.wsdl.names import is_personal, prefixes, written_name
from sgeflow.tools.wsdl.reply import bare, lists, outputs, points
from sgeflow.tools.wsdl.request import body, parameter, slots
from sgeflow.tools.wsdl.rules import rules
from sgeflow.tools.wsdl.yaml_write import WIDTH, comment, entry, fold, scalar

SHIPPED = "# yaml-language-server: $schema=../sgeflow/schemas/operation.schema.json"
HEADERS = ("none", "entete", "enteteP")
_READS = regex(r"consulter|rechercher|get[A-Z_]")  # SGE's verbs of reading, and others'


def draft(described: DescribedOperation, types: Types, modeline: str = SHIPPED) -> str:
    """The YAML of an operation, in the order and style of the shipped ones.

    Args:
        described: what the WSDL says.
        types: the shared types of `types.yaml`, referred to where one says the same.
        modeline: the line that tells an editor the schema of such documents.
    """
    sections = [
        [modeline, *_head(described)],
        ["parameters:", *_parameters(described, types)],
        _rules(described),
        ["envelope:", *_envelope(described)],
        ["response:", *_response(described)],
        _echo(described),
        _personal(described),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _head(described: DescribedOperation) -> Iterator[str]:
    first, _, more = described.documentation.strip().partition("\n")
    titled = 0 < len(first) < WIDTH
    yield from entry("operation", described.name)
    yield from entry("title", first.removesuffix(".") if titled else described.name)
    if more or not titled:
        text = described.documentation or f"Drafted from {described.source}."
        yield from entry("description", text)
    yield from entry("service", described.service)
    yield f'version: "{described.version or "1.0"}"'
    yield from _kind(described)
    yield "route:"
    yield from comment(
        "As the WSDL prints it, without the host. SGE's printed addresses are not to be trusted:"
        " compare with the guide of the service.",
        2,
    )
    yield f"  direct: {scalar(described.location or described.service)}"
    yield f"  soap_action: {scalar(described.soap_action)}"


def _kind(described: DescribedOperation) -> Iterator[str]:
    if _READS.match(described.name):
        yield "kind: read"
        return
    yield from comment(
        "Check: read when the call changes nothing at Enedis, cancel when it ends something. An"
        " order or a cancel is sent once, and needs `reconcile` to settle a lost answer."
    )
    yield "kind: order"


def _parameters(described: DescribedOperation, types: Types) -> Iterator[str]:
    known = prefixes(described.request, described.version)
    for slot in slots(described.request):
        if slot.node.nillable:
            yield from comment("The XSD takes a nil here too, which is never sent.", 2)
        yield from entry(slot.name, parameter(slot, known, types), 2)


def _rules(described: DescribedOperation) -> list[str]:
    known = prefixes(described.request, described.version)
    drafted = rules(described.request, slots(described.request), known)
    lines = [line for rule in drafted for line in rule_lines(rule.check, rule.message)]
    return ["rules:", *lines] if lines else []


def rule_lines(check: str, message: str, indent: int = 2) -> list[str]:
    """The lines of one rule."""
    first, *more = fold("check", check, indent + 2)
    margin = " " * indent
    return [f"{margin}- {first.lstrip()}", *more, *entry("message", message, indent + 2)]


def _envelope(described: DescribedOperation) -> Iterator[str]:
    request = described.request
    known = prefixes(request, described.version)
    names = {slot.path: slot.name for slot in slots(request)}
    if described.header not in HEADERS:
        yield from comment(f"The WSDL binds the header {described.header}, not written here.", 2)
    yield f"  header: {described.header if described.header in HEADERS else 'none'}"
    yield "  namespaces:"
    for space, prefix in known.items():
        yield from entry(prefix, space, 4)
    for path, node in (((), request), *request.walk()):
        for note in node.notes:
            yield from comment(f"{'.'.join(path) or request.name}: {note}.", 2)
    yield "  body:"
    root = {written_name(request, known): body(request, names, known)}
    yield from element_lines(root, 4)


def element_lines(content: Mapping[str, Any], indent: int) -> Iterator[str]:
    """The lines of a body, one an element."""
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield f"{' ' * indent}{key}:"
            yield from element_lines(value, indent + 2)
        else:
            yield f"{' ' * indent}{_body_key(key)}: {value}"


def _body_key(key: str) -> str:
    return f'"{key}"' if key.startswith("@") else key  # YAML keeps the sign for itself


def _response(described: DescribedOperation) -> Iterator[str]:
    yield f"  element: {scalar(described.reply.name)}"
    paths = outputs(described.reply)
    repeating = taken_lists(compile_path(path).syntax_tree for path in paths.values())
    if raw := [name for name in lists(described.reply) if name not in repeating]:
        yield from entry("lists", raw, 2)
    yield "  paths:"
    yield from comment("A first proposal, one output a leaf: name and choose what flows need.", 4)
    for name, path in paths.items():
        yield from fold(name, path, 4)
    if not paths:
        yield from comment("The XSD describes an empty reply.", 4)
        yield '    reply: "@"'


def _echo(described: DescribedOperation) -> list[str]:
    """What ties a reply to its request, where both say the point."""
    point = next((s.name for s in slots(described.request) if is_point(s.name)), None)
    repeated = list(points(described.reply))
    if point is None or not repeated:
        return []
    place = repeated[0] if len(repeated) == 1 else f"[{', '.join(repeated)}]"
    advice = "A reply that says another point answers another request. Add period and type."
    return [*comment(advice), "echo:", *fold(point, place, 2)]


def _personal(described: DescribedOperation) -> list[str]:
    nodes: list[XsdNode] = [n for _, n in (*described.request.walk(), *described.reply.walk())]
    marked = {slot.name for slot in slots(described.request)}
    named = (bare(node.name) for node in nodes if is_personal(bare(node.name)))
    names = dict.fromkeys(name for name in named if name not in marked)
    advice = "Elements that name or locate a person, or hold a secret: check, they are hidden."
    return [*comment(advice), *entry("personal", list(names))]
