"""Error recovery of operations: a document with slips in its form is read on, its rest looked at.

What was told says nothing afterwards: it is let go of, or is a value from which nothing follows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sgeflow.core.language.mistakes.slips import missing_keys, wrong_values
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import OPERATION
from sgeflow.core.language.text import Path

_STAYS = ("optional", "default", "personal")  # of a parameter whose schema is wrong
_NEUTRAL: dict[Path, Any] = {
    ("kind",): "read",
    ("title",): "x",
    ("description",): "x",
    ("service",): "x",
    ("version",): "x",
    ("route", "soap_action"): "",
    ("envelope", "header"): "none",
    ("response", "element"): "x",
    ("response", "paths"): {},
    ("route",): {"soap_action": ""},
    ("response",): {"element": "x", "paths": {}},
}
_NAMESPACE = "urn:x"
_RULE = {"check": "true", "message": "x"}
_A_TEXT = "x"
_NEEDED = ("title", "service", "version", "kind", "route", "response")


def recover_operation(reader: Reader) -> None:
    """Let go of what was told of the form of an operation."""
    if not isinstance(reader.tree.data, dict):
        return
    for place in list(wrong_values(reader.tree, OPERATION)):
        if _is_there(reader, place):
            _recover(reader, place)
    data = reader.tree.data
    lacking = {key: _NEUTRAL[(key,)] for key in _NEEDED if key not in data}
    reader.tree = reader.tree.with_value(
        (), {"operation": reader.tree.source.stem, **data, **lacking}
    )
    for place, key in list(missing_keys(reader.tree, OPERATION, _A_TEXT)):
        is_rule = place[:1] == ("rules",)
        known = _NEUTRAL.get((*place, key), _RULE.get(key, _A_TEXT) if is_rule else _A_TEXT)
        reader.tree = reader.tree.with_value(place, {**reader.get(place), key: known})


def _recover(reader: Reader, place: Path) -> None:
    """Put what says nothing in the place of a wrong value."""
    if place == ("operation",):
        reader.tree = reader.tree.with_value(place, reader.tree.source.stem)
    elif place in _NEUTRAL:
        reader.tree = reader.tree.with_value(place, _NEUTRAL[place])
    elif place[:2] == ("envelope", "namespaces") and len(place) > len(("envelope", "namespaces")):
        reader.tree = reader.tree.with_value(place, _NAMESPACE)
    elif recover_key := _BY_KEY.get(str(place[0])):
        recover_key(reader, place)
    else:
        _drop(reader, place[: _DEPTHS.get(str(place[0]), 1)])


def _recover_parameter(reader: Reader, place: Path) -> None:
    """A parameter stays, and may be anything: what reads it is no mistake."""
    if len(place) == 1:
        return
    value = reader.get(place[:2])
    kept = {k: value[k] for k in _STAYS if k in value} if isinstance(value, dict) else {}
    is_left = any(key in kept for key in place[2:])
    reader.tree = reader.tree.with_value(place[:2], {} if is_left else kept)


def _recover_rule(reader: Reader, place: Path) -> None:
    if len(place) > 1:
        value = reader.get(place[:2])
        key = str(place[2]) if len(place) > 2 else ""  # noqa: PLR2004 - the key of a rule
        recovered = {**value, key: _RULE[key]} if key in _RULE else _RULE
        reader.tree = reader.tree.with_value(place[:2], recovered)


_BY_KEY: dict[str, Callable[[Reader, Path], None]] = {
    "parameters": _recover_parameter,
    "rules": _recover_rule,
}
_DEPTHS = {"route": 2, "limits": 3, "response": 3, "faults": 2, "examples": 2}
"""Of how many names the path of an entry is that can be let go of, without those beside it."""


def _drop(reader: Reader, path: Path) -> None:
    """The same document without the entry at a path."""
    *above, key = path
    rest: Any = reader.get(tuple(above))
    if isinstance(rest, dict):
        others = {name: value for name, value in rest.items() if name != key}
        reader.tree = reader.tree.with_value(tuple(above), others)


def _is_there(reader: Reader, place: Path) -> bool:
    """Whether what is above it was not let go of before."""
    value: Any = reader.tree.data
    for step in place:
        inside = isinstance(value, dict) and step in value
        if not inside and not (isinstance(value, list) and isinstance(step, int)):
            return False
        value = value[step]
    return True
