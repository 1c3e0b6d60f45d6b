"""What can be read of a step that has a mistake: steps in another form, texts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Path
from sgeflow.patterns import regex

_OF_VERBS = regex(r"\b(?:this|fault|end)\b")  # what some verbs alone know


def lay_out(reader: Reader, path: Path, verbs: Collection[str]) -> list[Path]:
    """Make lists of steps in another form that stand in the part at a path; where lists stand.

    One step may stand where a list belongs, or steps by their names; a list may be one of lists,
    and may stand below a key too many.
    """
    value = reader.get(path)
    inner = _paths(value, path)
    if isinstance(value, dict) and _is_step(value, verbs):
        reader.tree = reader.tree.with_list(path, [path])
        return [path]
    if isinstance(value, list) and _are_steps(value, verbs):
        return [path]
    if inner and all(_has_verb(reader.get(one), verbs) for one in inner):
        _name(reader, inner)
        if isinstance(value, dict):
            reader.tree = reader.tree.with_list(path, inner)
        return [path]
    return [place for one in inner for place in lay_out(reader, one, verbs)]


def _name(reader: Reader, paths: list[Path]) -> None:
    """Give each step that has no id the name that it stands under."""
    for path in paths:
        if "id" not in reader.get(path):
            name = str(path[-1]) if isinstance(path[-1], str) else f"step{path[-1]}"
            reader.tree = reader.tree.with_value(path, {"id": name, **reader.get(path)})


def _paths(value: Any, path: Path) -> list[Path]:
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    return [(*path, key) for key in keys]


def _are_steps(values: list[Any], verbs: Collection[str]) -> bool:
    """Whether some are steps, and none is a mapping in which others may stand."""
    mappings = [one for one in values if isinstance(one, dict)]
    is_each = all("id" in one or _has_verb(one, verbs) for one in mappings)
    return is_each and any(_is_step(one, verbs) for one in mappings)


def _is_step(value: Any, verbs: Collection[str]) -> bool:
    return isinstance(value, dict) and "id" in value and any(key in verbs for key in value)


def _has_verb(value: Any, verbs: Collection[str]) -> bool:
    """Whether it is a mapping with a verb; of `steps` alone nobody knows that a group is meant."""
    return isinstance(value, dict) and any(key in verbs and key != "steps" for key in value)


def texts_in(value: Any, path: Path) -> Iterator[Path]:
    """The places of texts with `${…}` in a value, those in steps left out: they have others."""
    if isinstance(value, str):
        if "${" in value and not _OF_VERBS.search(value):
            yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_in(inner, (*path, key))
    elif isinstance(value, list) and not any(isinstance(one, dict) for one in value):
        for number, inner in enumerate(value):
            yield from texts_in(inner, (*path, number))
