"""A condition and its parts as a tree: each part on a line, its value behind it."""

from __future__ import annotations

from collections.abc import Iterable

from sgeflow.locale.translate import translate
from sgeflow.terminal.terminal import Paint, plain

_SIGNS = ("├", "└", "│", " ")
_LEAST = 24  # columns of a part that still tell something


def split_tree(
    pairs: Iterable[tuple[str, str]],
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Details as labelled lines, and those among them that are lines of a tree."""
    known = list(pairs)
    branches = [pair for pair in known if pair[0].startswith(_SIGNS)]
    return [pair for pair in known if not pair[0].startswith(_SIGNS)], branches


def tree_lines(
    pairs: Iterable[tuple[str, str]], width: int, paint: Paint, indent: str = "  "
) -> list[str]:
    """The lines of a tree, the values below each other."""
    known = [(plain(label), plain(translate(text))) for label, text in pairs]
    longest = max((len(text) for _, text in known), default=0)
    room = max(_LEAST, width - len(indent) - 2 - longest)
    labels = [label if len(label) <= room else f"{label[: room - 1]}…" for label, _ in known]
    column = max(map(len, labels), default=0)
    return [
        f"{indent}{paint(label.ljust(column), 'dim')}  {text}"
        for label, (_, text) in zip(labels, known, strict=True)
    ]
