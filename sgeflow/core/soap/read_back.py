"""What a request says: an envelope read back into the parameters that it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sgeflow.core.documents import Operation
from sgeflow.core.soap.xml import (
    Element,
    Flaw,
    attributes,
    bare,
    find_children,
    parse,
    payload,
    to_document,
)
from sgeflow.patterns import regex

_SLOT = regex(r"\$\{\s*([A-Za-z][A-Za-z0-9_]*)\s*\}\Z")


def sent_values(operation: Operation, body: bytes) -> dict[str, Any]:
    """The parameters of a request, as text; lists and members as they repeat and nest.

    A parameter that was left out, or stands inside a text, is not there.
    """
    root = parse(body)
    top = payload(root) if not isinstance(root, Flaw) else root
    if isinstance(top, Flaw):
        return {}
    content = next(iter(operation.envelope.body.values())) or {}
    collected: dict[str, list[Any]] = {}
    for name, value in _below(content, (top,)):
        collected.setdefault(name, []).append(value)
    return {
        name: values if _is_list(operation, name) else values[0]
        for name, values in collected.items()
    }


def _below(content: Mapping[str, Any], at: Sequence[Element]) -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        slot = _SLOT.match(value) if isinstance(value, str) else None
        if key.startswith("@"):
            texts = [text for one in at for name, text in attributes(one) if name == bare(key[1:])]
            yield from ((slot[1], text) for text in texts if slot)
            continue
        inner = [child for one in at for child in find_children(one, key.rpartition(":")[2])]
        if isinstance(value, Mapping):
            yield from _below(value, inner)
        elif slot:
            yield from ((slot[1], to_document(child, (), key)) for child in inner)


def _is_list(operation: Operation, name: str) -> bool:
    parameter = operation.parameters.get(name)
    return parameter is not None and parameter.schema.get("type") == "array"
