"""What was probably meant by a part of an expression that cannot be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sgeflow.core.language.shapes import Shape, Sort
from sgeflow.messages import Said, fixed, say

_CONSTANTS = ("true", "false", "null")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9_]+")


def compared(node: Mapping[str, Any], *, is_number: bool) -> Said:
    """How to compare: a literal of the wrong sort is written otherwise."""
    literals = [c["value"] for c in node["children"] if c["type"] == "literal"]
    texts = [value for value in literals if isinstance(value, str)]
    if texts and not is_number:
        return say("true and false stand in backticks: `true`")
    if texts:
        return say("a number is written in backticks: `{token}`", token=texts[0])
    return say("what SGE answers is text: compare with 'text', or use to_number(…)")


def meant(name: str, *, quoted: bool) -> tuple[Said, str]:
    """Why a word is no name: it is a text, or a word of JSON; and how it is written."""
    if name in _CONSTANTS:
        return say("{name} stands in backticks", name=name), f"`{name}`"
    if quoted or _CAPITALS.fullmatch(name):
        return say("text stands in single quotes"), f"'{name}'"
    return fixed(""), ""


def rooted_at(name: str, roots: Mapping[str, Shape]) -> str:
    """The whole path of a name that stands in a root."""
    for root, shape in roots.items():
        if shape.sort is Sort.OBJECT and name in shape.fields:
            return f"{root}.{name}"
    return ""
