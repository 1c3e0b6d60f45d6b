"""Which documents a Mango selector chooses, and which index serves it: what CouchDB does."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

_NOTHING = object()
_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$eq": operator.eq,
    "$ne": operator.ne,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
    "$in": lambda value, allowed: value in allowed,
}


def matches(selector: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether a document is one that a selector chooses; a member that it lacks never fits."""
    return all(_fits(name, condition, document) for name, condition in selector.items())


def is_served(selector: Mapping[str, Any], index: Sequence[str]) -> bool:
    """Whether an index serves a selector: it asks something of each of its fields."""
    return set(index) <= set(_names(selector))


def _fits(name: str, condition: Any, document: Mapping[str, Any]) -> bool:
    if name == "$and":
        return all(matches(one, document) for one in condition)
    if name == "$or":
        return any(matches(one, document) for one in condition)
    value: Any = document
    for part in name.split("."):
        value = value.get(part, _NOTHING) if isinstance(value, Mapping) else _NOTHING
    if not isinstance(condition, Mapping):
        return bool(value == condition)
    return all(_passes(test, value, operand) for test, operand in condition.items())


def _passes(test: str, value: Any, operand: Any) -> bool:
    if test == "$exists":
        return (value is not _NOTHING) is bool(operand)
    if value is _NOTHING or test not in _TESTS:
        return False
    try:
        return _TESTS[test](value, operand)
    except TypeError:  # a number is not compared with a text
        return False


def _names(selector: Mapping[str, Any]) -> Iterable[str]:
    for name, condition in selector.items():
        if name == "$and":
            for one in condition:
                yield from _names(one)
        elif not name.startswith("$"):
            yield name
