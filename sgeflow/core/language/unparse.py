"""The parts of an expression as text, the paths that it reads, and their places."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sgeflow.core.language.expression import Expression, Node
from sgeflow.errors import Location
from sgeflow.patterns import regex

FieldPath = tuple[str, ...]

_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_NAME = regex(r"[A-Za-z_]\w*")
_JOINED = {"and_expression": " && ", "or_expression": " || ", "pipe": " | "}
_LOOSER: dict[str, set[str]] = {  # operators that need brackets within the named one
    "and_expression": {"or_expression", "pipe"},
    "or_expression": {"and_expression", "pipe"},  # optional brackets, easier to read
    "pipe": set(),
}
_LISTS = {"projection", "filter_projection", "flatten", "value_projection"}


def unparse(node: Node) -> str:
    """A part of an expression as source text."""
    kind = node["type"]
    if kind in _JOINED:
        return _JOINED[kind].join(
            f"({unparse(child)})" if child["type"] in _LOOSER[kind] else unparse(child)
            for child in node["children"]
        )
    write: Callable[[Node, list[Node]], str] = _WRITERS[kind]
    return write(node, node.get("children", []))


def paths(node: Node) -> tuple[FieldPath, ...]:
    """The paths that a part reads, names only: `steps.a[].b` is ("steps", "a", "b")."""
    collected: list[FieldPath] = []
    _read(node, (), collected)
    return tuple(dict.fromkeys(collected))


def texts(node: Node) -> Iterator[str]:
    """The literal texts of an expression."""
    for part in nodes(node):
        if part["type"] == "literal":
            value = part["value"]
            several = value if isinstance(value, list) else (value,)
            yield from (one for one in several if isinstance(one, str))


def nodes(node: Node) -> list[Node]:
    """A part of an expression and all its parts, in source order."""
    collected = [node]
    _collect(node, collected)
    return collected


def _collect(node: Node, collected: list[Node]) -> None:
    for child in node.get("children", ()):
        if isinstance(child, dict):  # a slice has numbers as children
            collected.append(child)
            _collect(child, collected)


def names(node: Node) -> Iterator[str]:
    """The names of all fields that an expression reads, at any depth."""
    return (part["value"] for part in nodes(node) if part["type"] == "field")


def _read(node: Node, base: FieldPath | None, collected: list[FieldPath]) -> None:
    """Collect the paths of a part applied to the value of `base`; None: it has no path."""
    path = _follow(node, base, collected)
    if path is not None:
        collected.append(path)


def _follow(node: Node, base: FieldPath | None, collected: list[FieldPath]) -> FieldPath | None:
    """The path of a part's value, if it has one; collects the paths of its parts."""
    kind, children = node["type"], node.get("children", [])
    if kind == "field":
        base = () if node.get("is_outside") else base
        return None if base is None else (*base, node["value"])
    if kind in {"subexpression", "index_expression", "pipe"}:
        for child in children:
            base = _follow(child, base, collected)
        return base
    if kind in _LISTS:
        base = _follow(children[0], base, collected)
        for condition in children[2:]:
            _read(condition, base, collected)
        return _follow(children[1], base, collected) if children[1:] else base
    if kind in {"identity", "current", "index", "slice"}:
        return base
    for child in children:
        _read(child, None if kind == "expref" else base, collected)
    return None


def _projection_text(left: str, right: Node) -> str:
    if right["type"] == "identity":
        return left
    text = unparse(right)
    is_bracket = text.startswith("[") and _leftmost(right)["type"] != "multi_select_list"
    return left + (text if is_bracket else f".{text}")


def _leftmost(node: Node) -> Node:
    """The leftmost part of a part."""
    children = node.get("children") or [None]
    is_path = node["type"] in {"subexpression", "index_expression", "pipe", *_LISTS}
    return _leftmost(children[0]) if is_path else node


def _not(_: Node, children: list[Node]) -> str:
    text = unparse(children[0])
    is_simple = children[0]["type"] in {"field", "function_expression"}
    return f"!{text}" if is_simple else f"!({text})"


def constant_text(value: Any) -> str:
    """A constant as source text, without backticks if possible."""
    if isinstance(value, str):
        return "'" + value.replace("'", "\\'") + "'"
    if isinstance(value, list) and value:
        return f"[{', '.join(map(constant_text, value))}]"
    if isinstance(value, dict) and value:
        pairs = (f"{_name(key)}: {constant_text(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if isinstance(value, float | list | dict) else text


def _comparison(node: Node, children: list[Node]) -> str:
    left, right = (
        f"({text})" if child["type"] in {*_JOINED, "comparator"} else text
        for child, text in ((child, unparse(child)) for child in children)
    )
    return f"{left} {_SIGNS[node['value']]} {right}"


def _name(value: Any) -> str:
    return str(value) if _NAME.fullmatch(str(value)) else json.dumps(value, ensure_ascii=False)


def _slice(bounds: list[int | None]) -> str:
    return "[" + ":".join("" if bound is None else str(bound) for bound in bounds) + "]"


def _base(node: Node) -> str:
    """The base of a path as text, in brackets if it binds more loosely than the path."""
    if node["type"] == "identity":
        return ""
    is_loose = node["type"] in {*_JOINED, "comparator", "not_expression"}
    return f"({unparse(node)})" if is_loose else unparse(node)


def _projection(_: Node, c: list[Node]) -> str:
    is_list = c[0]["type"] in {"flatten", "index_expression"}
    return _projection_text(_base(c[0]) if is_list else f"{_base(c[0])}[*]", c[1])


_WRITERS: dict[str, Callable[[Node, list[Node]], str]] = {
    "field": lambda node, _: ("$" if node.get("is_outside") else "") + _name(node["value"]),
    "subexpression": lambda _, c: ".".join([_base(c[0]), *map(unparse, c[1:])]),
    "index_expression": lambda _, c: "".join([_base(c[0]), *map(unparse, c[1:])]),
    "index": lambda node, _: f"[{node['value']}]",
    "slice": lambda node, _: _slice(node["children"]),
    "projection": _projection,
    "value_projection": lambda _, c: _projection_text(f"{_base(c[0])}.*", c[1]),
    "filter_projection": lambda _, c: _projection_text(f"{_base(c[0])}[?{unparse(c[2])}]", c[1]),
    "flatten": lambda _, c: f"{_base(c[0])}[]",
    "identity": lambda _, __: "@",
    "current": lambda _, __: "@",
    "literal": lambda node, _: constant_text(node["value"]),
    "comparator": _comparison,
    "not_expression": _not,
    "function_expression": lambda n, c: f"{n['value']}({', '.join(map(unparse, c))})",
    "expref": lambda _, c: f"&{unparse(c[0])}",
    "multi_select_list": lambda _, c: f"[{', '.join(map(unparse, c))}]",
    "multi_select_dict": lambda _, c: "{" + ", ".join(map(unparse, c)) + "}",
    "key_val_pair": lambda n, c: f"{_name(n['value'])}: {unparse(c[0])}",
}


Extent = tuple[int, int]  # start and length


class Places:
    """The places of all names and literals of one expression."""

    def __init__(self, expression: Expression) -> None:
        self._expression = expression

    def of(self, node: Node) -> Location | None:
        """The location of a node's name, or of the first name within it."""
        start, length = _first(node) or (0, len(self._expression.text))
        return self._expression.spot.at(start, length)

    def is_quoted(self, node: Node) -> bool:
        """Whether a name is in double quotes."""
        start, _ = node.get("at") or (0, 0)
        return self._expression.text[start : start + 1] == '"'

    def is_after_dot(self, node: Node) -> bool:
        """Whether a name is a field of the value before it."""
        start, _ = node.get("at") or (0, 0)
        return self._expression.text[:start].rstrip().endswith(".")

    def names(self, node: Node) -> bool:
        """Whether a node contains a name, and so has a location."""
        return _first(node) is not None


def _first(node: Node) -> Extent | None:
    """The position of a node, or of the first node within it, in source order."""
    if node.get("at"):
        place: Extent = node["at"]
        return place
    inner = (c for c in node.get("children", ()) if isinstance(c, dict))
    return min(filter(None, map(_first, inner)), default=None)
