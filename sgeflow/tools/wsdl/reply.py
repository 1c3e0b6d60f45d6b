"""The reply of a described operation: what repeats in it, and a first proposal of its outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.language.points import is_point
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.model import ElementPath, XsdNode
from sgeflow.tools.wsdl.names import unique

_IDENTIFIER = regex(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def lists(reply: XsdNode) -> tuple[str, ...]:
    """The dotted paths of all elements that may repeat."""
    paths = (".".join(map(bare, path)) for path, node in reply.walk() if node.repeats)
    return tuple(dict.fromkeys(paths))


def outputs(reply: XsdNode) -> dict[str, str]:
    """An output a leaf, by JMESPath; what repeats becomes rows."""
    if not reply.children:
        return {bare(reply.name): "@"}
    parts = dict(_outputs(reply, ()))
    names = unique(parts)
    return {names[path]: text for path, text in parts.items()}


def points(reply: XsdNode) -> Iterator[str]:
    """Where a reply says of which point it is, by JMESPath: the number itself, or a point's id."""
    for path, node in reply.walk():
        names = [bare(name) for name in path]
        is_id = len(names) > 1 and names[-1] == "id" and is_point(names[-2])
        if not node.children and node.schema and (is_point(names[-1]) or is_id):
            yield _flat(reply, path)


def whole(node: XsdNode, texts: Iterator[str]) -> Any:
    """A reply with everything in it, as plain data, each text its own: what repeats comes twice."""
    if not node.children:
        return next(texts)
    content: dict[str, Any] = {}
    for child in node.children:
        count = 2 if child.repeats else 1
        values = [whole(child, texts) for _ in range(count)]
        content[bare(child.name)] = values if child.repeats else values[0]
    return {**content, "text": next(texts)} if node.schema else content


def bare(name: str) -> str:
    """A name as plain data has it: an attribute is a member like any other."""
    return name.removeprefix("@")


def _outputs(node: XsdNode, above: ElementPath) -> Iterator[tuple[ElementPath, str]]:
    for child in node.children:
        path = (*above, bare(child.name))
        if child.repeats:
            yield path, f"{_dotted_name(path)}[]{_row(child)} || `[]`"
        elif child.children:
            yield from _outputs(child, path)
            if child.schema:
                yield path, f"{_dotted_name(path)}.text"
        elif child.schema:
            yield path, _dotted_name(path)


def _row(node: XsdNode) -> str:
    """The projection of one repeated element: nothing for a text, its leaves by name else."""
    if not node.children:
        return ""
    parts: dict[ElementPath, str] = dict(_outputs(node, ()))
    if node.schema:
        parts["text",] = "text"
    names: Mapping[ElementPath, str] = unique(parts)
    inner = ", ".join(f"{names[path]}: {text}" for path, text in parts.items())
    return f".{{{inner}}}" if inner else ""


def _flat(reply: XsdNode, path: ElementPath) -> str:
    """A path through elements that may repeat."""
    repeating = {known for known, node in reply.walk() if node.repeats}
    steps = (
        _dotted_name((bare(name),)) + ("[]" if path[: place + 1] in repeating else "")
        for place, name in enumerate(path)
    )
    return ".".join(steps)


def _dotted_name(path: ElementPath) -> str:
    return ".".join(name if _IDENTIFIER.match(name) else f'"{name}"' for name in path)
