"""Changes in the text of a document at their places: every other byte stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sgeflow.core.language.text import Path, Tree
from sgeflow.tools.wsdl.yaml_write import entry, flow, key_text


@dataclass(frozen=True, slots=True)
class Fresh:
    """A key or item that is new, and how its lines are written at an indentation."""

    key: str
    value: Any
    lines: Callable[[int], list[str]]


def rearranged(tree: Tree, path: Path, wanted: Sequence[str | int | Fresh]) -> str:
    """The text with just these entries of a mapping or list, in this order.

    An entry takes along the lines of comment above it.

    Args:
        tree: the document.
        path: of the mapping or list.
        wanted: keys or indexes that are there, and new ones.
    """
    known = _children(tree, path)
    if not known or _is_flow(tree, path):
        return _replaced(tree, path, wanted)
    blocks = {below[-1]: _block(tree, path, below) for below in known}
    lines = tree.source.text.split("\n")
    indent = _indent(tree, known[0])
    inside = [
        line
        for one in wanted
        for line in (one.lines(indent) if isinstance(one, Fresh) else lines[slice(*blocks[one])])
    ]
    first, last = blocks[known[0][-1]][0], blocks[known[-1][-1]][1]
    return "\n".join([*lines[:first], *inside, *lines[last:]])


def with_keys(tree: Tree, path: Path, changes: Mapping[str, Any]) -> str:
    """The text with keys of a mapping set, added, or taken away where the new value is None."""
    text = tree.source.text
    known = [str(below[-1]) for below in _children(tree, path)]
    gone = [key for key in known if key in changes and changes[key] is None]
    new = {k: v for k, v in changes.items() if k not in known and v is not None}
    if not known or ((gone or new) and _is_flow(tree, path)):
        kept = [_fresh(k, changes[k]) if k in changes else k for k in known if k not in gone]
        return _replaced(tree, path, [*kept, *(_fresh(k, v) for k, v in new.items())])
    changed = [key for key in known if key in changes and key not in gone]
    edits = [(*_span(tree, (*path, key)), _inline(changes[key])) for key in changed]
    edits += [(*_lines_span(tree, (*path, key)), "") for key in gone]
    if new:
        indent = _indent(tree, (*path, known[0]))
        lines = [line for key, value in new.items() for line in entry(key, value, indent)]
        place = _lines_span(tree, (*path, known[-1]))[1]
        missing = "" if text[:place].endswith("\n") else "\n"
        edits.append((place, place, missing + "".join(f"{line}\n" for line in lines)))
    return _applied(text, edits)


def with_key(tree: Tree, path: Path, key: str) -> str:
    """The text with the key that a value stands under called otherwise."""
    place = tree.key_place(path)
    return _applied(tree.source.text, [(place.start, place.end, key_text(key))])


def _replaced(tree: Tree, path: Path, wanted: Sequence[str | int | Fresh]) -> str:
    """A flow collection, or an empty one, written anew: in flow as it was, else below its key."""
    start, end = _span(tree, path)
    text = tree.source.text
    news = [one for one in wanted if isinstance(one, Fresh)]
    if not _children(tree, path) and news and news[0].key:
        indent = tree.key_place(path).column + 2
        below = "".join(f"\n{line}" for one in news for line in one.lines(indent))
        return _applied(text, [(len(text[:start].rstrip(" ")), end, below)])
    parts = [_flow_part(tree, path, one) for one in wanted]
    brackets = "{}" if text[start] == "{" else "[]"
    written = f"{brackets[0]}{', '.join(parts)}{brackets[1]}"
    return _applied(text, [(start, end, written)])


def _flow_part(tree: Tree, path: Path, one: str | int | Fresh) -> str:
    if isinstance(one, Fresh):
        value = flow(one.value)
        return f"{key_text(one.key)}: {value}" if one.key else value
    start, end = _span(tree, (*path, one))
    if isinstance(one, str):
        start = tree.key_place((*path, one)).start
    return tree.source.text[start:end]


def _fresh(key: str, value: Any) -> Fresh:
    return Fresh(key, value, lambda indent: entry(key, value, indent))


def _inline(value: Any) -> str:
    """A value on one line, as it may stand in block and in flow."""
    return flow(value)


def _children(tree: Tree, path: Path) -> list[Path]:
    value = _value(tree, path)
    if isinstance(value, dict):
        return [(*path, key) for key in value]
    return [(*path, index) for index in range(len(value))] if isinstance(value, list) else []


def _value(tree: Tree, path: Path) -> Any:
    value = tree.data
    for step in path:
        value = value[step]
    return value


def _is_flow(tree: Tree, path: Path) -> bool:
    return tree.source.text[tree.place(path).start : tree.place(path).start + 1] in ("{", "[")


def _indent(tree: Tree, child: Path) -> int:
    """The column of a key, or of the dash of an item."""
    if isinstance(child[-1], str):
        return tree.key_place(child).column
    line = tree.source.line(tree.place(child).line)
    return len(line) - len(line.lstrip())


def _block(tree: Tree, path: Path, child: Path) -> tuple[int, int]:
    """The lines of an entry, from the comments above it to its last one (excluded)."""
    siblings = _children(tree, path)
    index = siblings.index(child)
    if index:
        first = _last_line(tree, siblings[index - 1]) + 1
    else:
        first = tree.key_place(path).line + 1 if path else tree.key_place(child).line
    return first, _last_line(tree, child) + 1


def _last_line(tree: Tree, path: Path) -> int:
    _, end = _span(tree, path)
    return tree.source.text.count("\n", 0, end)


def _lines_span(tree: Tree, path: Path) -> tuple[int, int]:
    """The characters of a key's own lines, their line ends included."""
    place = tree.key_place(path)
    start = tree.source.text.rfind("\n", 0, place.start) + 1
    _, end = _span(tree, path)
    stop = tree.source.text.find("\n", end)
    return start, len(tree.source.text) if stop < 0 else stop + 1


def _span(tree: Tree, path: Path) -> tuple[int, int]:
    """The characters of a value; of a key that has none, the place after its colon."""
    place = tree.place(path)
    children = _children(tree, path)
    if children and not _is_flow(tree, path):
        return place.start, max(_span(tree, child)[1] for child in children)
    raw = tree.source.text[place.start : place.end].rstrip()
    if raw or path not in tree.keys:
        return place.start, place.start + len(raw)
    after = tree.source.text.index(":", tree.keys[path].end) + 1
    return after, after


def _applied(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
