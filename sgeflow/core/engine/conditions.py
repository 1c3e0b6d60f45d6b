"""Explains why a condition is true or false: the value of each part, without personal data."""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

from sgeflow.core.language.expression import Expression, Node, sort_of, value_of
from sgeflow.core.language.rows import Rows
from sgeflow.core.language.unparse import paths, texts, unparse
from sgeflow.errors import Details, EvaluationError
from sgeflow.messages import say
from sgeflow.patterns import regex

Words = Collection[str] | None
"""The texts or names that may be shown; None for all."""

HIDDEN = "***"
"""Takes the place of a text that may name or locate a person."""

_DEEPER = {"and_expression", "or_expression", "not_expression", "comparator", "function_expression"}
_LISTS = {"filter_projection", "projection", "flatten", "value_projection"}
_DAY = regex(r"\d{4}-\d{2}-\d{2}(T[\d:.]+)?([+-]\d{2}:?\d{2}|Z)?")
_PUBLIC = ("run", "env")
_PRIVATE = (("env", "login"), ("env", "contractId"))
_LONGEST = 48  # characters of a part that are shown
_FIELDS, _LEVELS = 100, 4  # of an object, in a digest


def explain(
    expression: Expression,
    scope: Mapping[str, Any],
    *,
    openly: bool = False,
    public: Collection[str] = (),
) -> Details:
    """The condition, and the tree of its parts with their values, as labelled lines of a message.

    Numbers, days, true, false and the lengths of lists are shown. A text may name a person, so it
    is shown only if the condition contains it, if it is one of the `public` texts, or if it is a
    fact of the run or environment. With `openly`, for runs with made-up people, all are shown.
    """
    parsed = expression.syntax_tree
    words = None if openly else frozenset({*texts(parsed), *public})
    head = (say("condition"), " ".join(expression.text.split()))
    value = (say("value"), _value_text(parsed, scope, words))
    return (head, value, *_branches(parsed, scope, words, ""))


def digest(
    value: Any, words: Collection[str] = (), names: Words = None, levels: int = _LEVELS
) -> Any:
    """A value without personal data: its form, numbers and days, and the texts among `words`.

    A list becomes its length, {"items": 3}; any other text becomes `HIDDEN`. All fields that are
    not in `names` become one hidden field, because a service may name fields after a person.
    Objects below `levels` levels become `HIDDEN`.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if value in words or _DAY.fullmatch(value) else HIDDEN
    if isinstance(value, list | tuple | Rows):
        return {"items": len(value)}
    if not isinstance(value, Mapping) or not levels:
        return HIDDEN
    members = islice(value.items(), _FIELDS)
    known = {
        k: digest(v, words, names, levels - 1) for k, v in members if names is None or k in names
    }
    is_whole = names is None or len(known) == len(value)
    return {"fields": known if is_whole else {**known, HIDDEN: HIDDEN}}


def digest_outputs(outputs: Any, words: Collection[str], names: Words) -> Any:
    """A step's outputs without personal data; the names of the outputs themselves are shown."""
    if not isinstance(outputs, Mapping):
        return digest(outputs, words, names)
    members = islice(outputs.items(), _FIELDS)
    return {"fields": {k: digest(v, words, names, _LEVELS - 1) for k, v in members}}


def _branches(
    node: Node, scope: Mapping[str, Any], words: Words, indent: str
) -> Iterator[tuple[str, str]]:
    parts = list(_parts(node))
    for number, part in enumerate(parts, 1):
        is_last = number == len(parts)
        text = unparse(part)
        if len(text) > _LONGEST:
            text = text[: _LONGEST - 1] + "…"
        label = indent + ("└─ " if is_last else "├─ ") + text
        yield label, _value_text(part, scope, words)
        yield from _branches(part, scope, words, indent + ("   " if is_last else "│  "))


def _parts(node: Node) -> Iterator[Node]:
    """The parts that decide the value of a node, except literals."""
    kind, children = node["type"], node.get("children", [])
    if kind in _LISTS:
        # the condition of a filter differs from item to item
        children = children[:1] if children[0]["type"] in {*_DEEPER, *_LISTS} else []
    elif kind == "pipe" or (kind == "subexpression" and children[0]["type"] in _DEEPER):
        children = children[:1]
    elif kind not in _DEEPER:
        children = []
    for child in children:
        if child["type"] in {"and_expression", "or_expression"} and child["type"] == kind:
            yield from _parts(child)  # a && b && c has three parts, not two
        elif child["type"] not in {"literal", "expref"}:
            yield child


def _value_text(node: Node, scope: Mapping[str, Any], words: Words) -> str:
    try:
        value = value_of(node, scope)
    except EvaluationError as error:
        return error.problems[0].message
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return say("a list of {count}", count=len(value))
    if not isinstance(value, str):
        return sort_of(value)
    read = paths(node)
    is_public = bool(read) and all(p[0] in _PUBLIC and p[:2] not in _PRIVATE for p in read)
    is_shown = words is None or digest(value, words) != HIDDEN or is_public
    return f"'{value}'" if is_shown else sort_of(value)
