"""The documents that add to each other: the types that parameters share, the codes of faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.documents import FaultEntry
from sgeflow.core.language.reader import Reader, is_sound
from sgeflow.core.language.schemas import (
    DRAFT,
    FAULT_CLASSES,
    PARAMETER,
    Schema,
    closed_object,
    names_to,
    words,
)
from sgeflow.core.language.template import localize
from sgeflow.core.language.text import Tree
from sgeflow.core.model import FaultClass
from sgeflow.errors import Problem

FAULTS: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow fault catalogue",
    **names_to(
        closed_object(
            {
                "class": {"enum": FAULT_CLASSES},
                "order": {
                    "enum": ["refused", "unknown"],
                    "description": "what it proves of an order: surely not accepted, or nothing; "
                    "when not said, refused for SGT4…, unknown for all others",
                },
                "meaning": words("what it means"),
                "cause": words("why it usually comes"),
                "remedy": words("what to do about it"),
            },
            ("class", "meaning", "cause", "remedy"),
        ),
        "What each SGE code means.",
        r"^[A-Z0-9]+$",
    ),
}

TYPES: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow shared types",
    **names_to(PARAMETER, "Types that parameters and inputs refer to."),
}


def decode_types(tree: Tree) -> tuple[dict[str, Mapping[str, Any]], list[Problem]]:
    """The shared parameter types of `types.yaml`."""
    reader = Reader(tree)
    if not reader.valid(TYPES):
        return {}, reader.problems
    types = {name: one for name, one in (tree.data or {}).items() if _is_usable(reader, name, one)}
    return types, reader.problems


def _is_usable(reader: Reader, name: str, written: Mapping[str, Any]) -> bool:
    """Whether parameters can have a type; what is wrong with it is noted."""
    before = len(reader.problems)
    if "default" in written:
        reader.template((name, "default"))
    return is_sound(reader, (name,)) and len(reader.problems) == before


def decode_faults(tree: Tree) -> tuple[dict[str, FaultEntry], list[Problem]]:
    """The catalogue of SGE codes of `faults.yaml`."""
    reader = Reader(tree)
    if not reader.valid(FAULTS):
        return {}, reader.problems
    entries = {
        code: FaultEntry(
            code=code,
            fault_class=FaultClass(entry["class"]),
            meaning=localize(entry["meaning"]),
            cause=localize(entry["cause"]),
            remedy=localize(entry["remedy"]),
            refuses=entry["order"] == "refused" if "order" in entry else None,
        )
        for code, entry in tree.data.items()
    }
    return entries, reader.problems
