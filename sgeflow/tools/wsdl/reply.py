"""The reply of a described operation: what repeats in it, and a first proposal of its outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.language.points import is_point
from sgeflow.tools.wsdl.model import Node, Path
from sgeflow.tools.wsdl.names import unique

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def lists(reply: Node) -> tuple[str, ...]:
    """The dotted paths of all elements that may repeat."""
    found = (".".join(map(bare, path)) for path, node in reply.walk() if node.repeats)
    return tuple(dict.fromkeys(found))


def outputs(reply: Node) -> dict[str, str]:
    """An output a leaf, by JMESPath; what repeats becomes rows."""
    if not reply.children:
        return {bare(reply.name): "@"}
    parts = dict(_outputs(reply, ()))
    names = unique(parts)
    return {names[path]: text for path, text in parts.items()}


def points(reply: Node) -> Iterator[str]:
    """Where a reply says of which point it is, by JMESPath: the number itself, or a point's id."""
    for path, node in reply.walk():
        names = [bare(name) for name in path]
        is_id = len(names) > 1 and names[-1] == "id" and is_point(names[-2])
        if not node.children and node.schema and (is_point(names[-1]) or is_id):
            yield _flat(reply, path)


def whole(node: Node, made: Iterator[str]) -> Any:
    """A reply with everything in it, as plain data, each text its own: what repeats comes twice."""
    if not node.children:
        return next(made)
    content: dict[str, Any] = {}
    for child in node.children:
        count = 2 if child.repeats else 1
        values = [whole(child, made) for _ in range(count)]
        content[bare(child.name)] = values if child.repeats else values[0]
    return {**content, "text": next(made)} if node.schema else content


def bare(name: str) -> str:
    """A name as plain data has it: an attribute is a member like any other."""
    return name.removeprefix("@")


def _outputs(node: Node, above: Path) -> Iterator[tuple[Path, str]]:
    for child in node.children:
        path = (*above, bare(child.name))
        if child.repeats:
            yield path, f"{_dotted(path)}[]{_row(child)} || `[]`"
        elif child.children:
            yield from _outputs(child, path)
            if child.schema:
                yield path, f"{_dotted(path)}.text"
        elif child.schema:
            yield path, _dotted(path)


def _row(node: Node) -> str:
    """The projection of one repeated element: nothing for a text, its leaves by name else."""
    if not node.children:
        return ""
    parts: dict[Path, str] = dict(_outputs(node, ()))
    if node.schema:
        parts["text",] = "text"
    names: Mapping[Path, str] = unique(parts)
    inner = ", ".join(f"{names[path]}: {text}" for path, text in parts.items())
    return f".{{{inner}}}" if inner else ""


def _flat(reply: Node, path: Path) -> str:
    """A path through elements that may repeat."""
    repeating = {known for known, node in reply.walk() if node.repeats}
    steps = (
        _dotted((bare(name),)) + ("[]" if path[: place + 1] in repeating else "")
        for place, name in enumerate(path)
    )
    return ".".join(steps)


def _dotted(path: Path) -> str:
    return ".".join(name if _IDENTIFIER.match(name) else f'"{name}"' for name in path)
