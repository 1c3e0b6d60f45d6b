"""Whether what says how a value looks is a schema itself, down to its items and members."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sgeflow.core.language.schemas import VALUE
from sgeflow.core.language.source import Path
from sgeflow.errors import Id
from sgeflow.say import say

if TYPE_CHECKING:
    from sgeflow.core.language.reader import Reader


def is_sound(reader: Reader, path: Path) -> bool:
    """Whether a parameter's or type's schema can be used; what is wrong inside it is noted."""
    before = len(reader.problems)
    for nested in _inside(reader, path):
        reader.valid(VALUE, nested)
    for place in (path, *_inside(reader, path)):
        _check_pattern(reader, place)
    return len(reader.problems) == before


def _inside(reader: Reader, path: Path) -> Iterator[Path]:
    """The schemas within a schema."""
    written: Mapping[str, Any] = reader.get(path)
    nested = [(*path, "items")] if isinstance(written.get("items"), dict) else []
    members = written.get("properties", {})
    nested += [(*path, "properties", name) for name in members if isinstance(members[name], dict)]
    for one in nested:
        yield one
        yield from _inside(reader, one)


def _check_pattern(reader: Reader, path: Path) -> None:
    pattern = reader.get(path).get("pattern")
    try:
        re.compile(pattern if isinstance(pattern, str) else "")
    except re.error as error:
        message = say("not a regular expression: {reason}", reason=str(error))
        reader.report(Id.MALFORMED, message, (*path, "pattern"))
