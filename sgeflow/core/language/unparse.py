"""The parts of an expression as text, and the paths that it reads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Node = Mapping[str, Any]
Path = tuple[str, ...]

_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_NAME = re.compile(r"[A-Za-z_]\w*")
_JOINED = {"and_expression": " && ", "or_expression": " || ", "pipe": " | "}
_LISTS = {"projection", "filter_projection", "flatten", "value_projection"}


def written(node: Node) -> str:
    """A part of an expression, as it would be written."""
    kind = node["type"]
    if kind in _JOINED:
        return _JOINED[kind].join(_within(child, kind) for child in node["children"])
    write: Callable[[Node, list[Node]], str] = _WRITERS[kind]
    return write(node, node.get("children", []))


def paths(node: Node) -> tuple[Path, ...]:
    """The paths that are read, by their names alone: `steps.a[].b` is ("steps", "a", "b")."""
    found: list[Path] = []
    _read(node, (), found)
    return tuple(dict.fromkeys(found))


def texts(node: Node) -> Iterator[str]:
    """The texts that stand in an expression: words of the document, and of nobody else."""
    if node["type"] == "literal":
        value = node["value"]
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, str):
                yield one
    for child in node.get("children", ()):
        if isinstance(child, Mapping):
            yield from texts(child)


def _read(node: Node, base: Path | None, found: list[Path]) -> None:
    """Note the paths of a part applied to the value of `base`; None is a value without a path."""
    path = _followed(node, base, found)
    if path is not None:
        found.append(path)


def _followed(node: Node, base: Path | None, found: list[Path]) -> Path | None:
    """The path of a part's value, when it has one; paths of what it consists of are noted."""
    kind, children = node["type"], node.get("children", [])
    if kind == "field":
        return None if base is None else (*base, node["value"])
    if kind in {"subexpression", "index_expression", "pipe"}:
        for child in children:
            base = _followed(child, base, found)
        return base
    if kind in _LISTS:
        base = _followed(children[0], base, found)
        for condition in children[2:]:
            _read(condition, base, found)
        return _followed(children[1], base, found) if children[1:] else base
    if kind in {"identity", "current", "index", "slice"}:
        return base
    for child in children:
        _read(child, None if kind == "expref" else base, found)
    return None


def _within(node: Node, outer: str) -> str:
    """A part of a larger one, in brackets where it binds less."""
    weaker = {"and_expression": {"or_expression", "pipe"}, "or_expression": {"pipe"}}
    text = written(node)
    return f"({text})" if node["type"] in weaker.get(outer, ()) else text


def _sub(_: Node, children: list[Node]) -> str:
    first, *rest = children
    return "".join([_base(first), *(f".{written(child)}" for child in rest)])


def _projected(left: str, right: Node) -> str:
    if right["type"] == "identity":
        return left
    text = written(right)
    return left + (text if text.startswith("[") else f".{text}")


def _not(_: Node, children: list[Node]) -> str:
    text = written(children[0])
    is_simple = children[0]["type"] in {"field", "function_expression"}
    return f"!{text}" if is_simple else f"!({text})"


def _literal(node: Node, _: list[Node]) -> str:
    value = node["value"]
    if isinstance(value, str):
        return "'" + value.replace("'", "\\'") + "'"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _comparison(node: Node, children: list[Node]) -> str:
    left, right = (
        f"({text})" if child["type"] in {*_JOINED, "comparator"} else text
        for child, text in ((child, written(child)) for child in children)
    )
    return f"{left} {_SIGNS[node['value']]} {right}"


def _name(value: Any) -> str:
    return str(value) if _NAME.fullmatch(str(value)) else json.dumps(value, ensure_ascii=False)


def _bound(number: Any) -> str:
    return "" if number is None else str(number)


def _indexed(_: Node, children: list[Node]) -> str:
    first, *rest = children
    return _base(first) + "".join(written(child) for child in rest)


def _base(node: Node) -> str:
    """What something is read of, in brackets where it binds less than that."""
    if node["type"] == "identity":
        return ""
    is_loose = node["type"] in {*_JOINED, "comparator", "not_expression"}
    return f"({written(node)})" if is_loose else written(node)


def _projection(_: Node, c: list[Node]) -> str:
    base = _base(c[0])
    return _projected(
        base if c[0]["type"] in {"flatten", "index_expression"} else f"{base}[*]", c[1]
    )


_WRITERS: dict[str, Callable[[Node, list[Node]], str]] = {
    "field": lambda node, _: _name(node["value"]),
    "subexpression": _sub,
    "index_expression": _indexed,
    "index": lambda node, _: f"[{node['value']}]",
    "slice": lambda node, _: "[" + ":".join(map(_bound, node["children"])) + "]",
    "projection": _projection,
    "value_projection": lambda _, c: _projected(f"{_base(c[0])}.*", c[1]),
    "filter_projection": lambda _, c: _projected(f"{_base(c[0])}[?{written(c[2])}]", c[1]),
    "flatten": lambda _, c: f"{_base(c[0])}[]",
    "identity": lambda _, __: "@",
    "current": lambda _, __: "@",
    "literal": _literal,
    "comparator": _comparison,
    "not_expression": _not,
    "function_expression": lambda n, c: f"{n['value']}({', '.join(map(written, c))})",
    "expref": lambda _, c: f"&{written(c[0])}",
    "multi_select_list": lambda _, c: f"[{', '.join(map(written, c))}]",
    "multi_select_dict": lambda _, c: "{" + ", ".join(map(written, c)) + "}",
    "key_val_pair": lambda n, c: f"{_name(n['value'])}: {written(c[0])}",
}
