"""Compares what a document lets through with what an XSD does, facet by facet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from sgeflow.core.language.schemas import Schema
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.difference import Stance

_BOUNDS = {
    "length": ("minLength", "maxLength"),
    "count": ("minItems", "maxItems"),
    "range": ("minimum", "maximum"),
}
_ATOMS = regex(r"\\.|\[(?:\\.|[^\]])*\]|.", re.DOTALL)  # of a regular expression


class Facet(Struct, frozen=True, kw_only=True):
    """One thing about a text's form that differs."""

    part: str
    stance: Stance
    document: str
    wsdl: str


def facets(document: Schema, wsdl: Schema) -> Iterator[Facet]:
    """How the form of a value differs."""
    ours, theirs = _allowed_values(document), _allowed_values(wsdl)
    if _kind(document) != _kind(wsdl):
        yield _type(document, wsdl)
    elif ours is not None or theirs is not None:
        yield from _enumeration(ours, theirs, wsdl)
    else:
        yield from _pattern(document, wsdl)
        yield from _bounds("length", document, wsdl)
    for part in ("count", "range"):
        yield from _bounds(part, document, wsdl)


def _type(document: Schema, wsdl: Schema) -> Facet:
    ours, theirs = _kind(document), _kind(wsdl)
    narrower = theirs == "text" or (theirs, ours) == ("number", "integer")
    stance = Stance.LOOSER if ours == "text" else Stance.CHANGED
    stance = Stance.STRICTER if narrower else stance
    return Facet(part="type", stance=stance, document=ours, wsdl=theirs)


def _enumeration(ours: list[Any] | None, theirs: list[Any] | None, wsdl: Schema) -> Iterator[Facet]:
    words = {"document": _list_values(ours), "wsdl": _list_values(theirs)}
    if ours is None:
        yield Facet(part="enumeration", stance=Stance.LOOSER, **words)
    elif theirs is None:
        unfit = [value for value in ours if not _fits(str(value), wsdl)]
        stance = Stance.CHANGED if unfit else Stance.STRICTER
        form = wsdl.get("pattern") or "any text"
        yield Facet(part="enumeration", stance=stance, document=_list_values(ours), wsdl=form)
    elif set(map(str, ours)) != set(map(str, theirs)):
        less, more = set(map(str, ours)), set(map(str, theirs))
        stance = Stance.STRICTER if less < more else Stance.CHANGED
        stance = Stance.LOOSER if less > more else stance
        yield Facet(part="enumeration", stance=stance, **words)


def _pattern(document: Schema, wsdl: Schema) -> Iterator[Facet]:
    ours, theirs = document.get("pattern"), wsdl.get("pattern")
    if ours == theirs or (ours and theirs and _branches(ours) == _branches(theirs)):
        return
    stance = Stance.CHANGED if ours and theirs else Stance.STRICTER if ours else Stance.LOOSER
    words = {"document": ours or "none", "wsdl": theirs or "none"}
    yield Facet(part="pattern", stance=stance, **words)


def _bounds(part: str, document: Schema, wsdl: Schema) -> Iterator[Facet]:
    low, high = _BOUNDS[part]
    if part == "length" and "pattern" in document and "pattern" not in wsdl:
        return  # the pattern says how long it may be
    ends = [(low, 1), (high, -1)]
    for key, sign in ends:
        ours, theirs = document.get(key), wsdl.get(key)
        if ours == theirs or {ours, theirs} == {0, None}:
            continue
        tighter = theirs is None or (ours is not None and (ours - theirs) * sign > 0)
        stance = Stance.STRICTER if tighter else Stance.LOOSER
        words = {"document": f"{key} {_end(ours)}", "wsdl": _end(theirs)}
        yield Facet(part=part, stance=stance, **words)


def _kind(schema: Schema) -> str:
    kind = str(schema.get("type", ""))
    allowed = _allowed_values(schema)
    if allowed:
        kind = "integer" if isinstance(allowed[0], int) else kind
        kind = "number" if isinstance(allowed[0], float) else kind
    if schema.get("format") == "date":
        return "date"
    return "text" if kind in ("", "string") else kind


def _allowed_values(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return list(schema["enum"]) if "enum" in schema else None


def _fits(value: str, schema: Schema) -> bool:
    longest = schema.get("maxLength", len(value))
    if not schema.get("minLength", 0) <= len(value) <= longest:
        return False
    return re.search(schema.get("pattern", ""), value) is not None


def _branches(pattern: str) -> frozenset[str]:
    """The alternatives of a pattern, so that their order and brackets around all do not count."""
    inside = pattern.removeprefix("^").removesuffix("$")
    parts = _split(inside)
    if len(parts) == 1 and inside[:1] == "(" and inside[:2] != "(?" and _closes(inside):
        parts = _split(inside[1:-1])
    return frozenset(parts)


def _split(pattern: str) -> list[str]:
    parts, depth = [""], 0
    for atom in _ATOMS.findall(pattern):
        depth += (atom == "(") - (atom == ")")
        if atom == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += atom
    return parts


def _closes(pattern: str) -> bool:
    """Whether the first bracket is closed by the last character, and not before."""
    depth = 0
    atoms = _ATOMS.findall(pattern)
    for index, atom in enumerate(atoms):
        depth += (atom == "(") - (atom == ")")
        if not depth:
            return index == len(atoms) - 1
    return False


def _list_values(values: list[Any] | None) -> str:
    return "any" if values is None else ", ".join(map(str, values))


def _end(bound: Any) -> str:
    return "none" if bound is None else str(bound)
