"""The lines of a document in which a step is written."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sgeflow.errors import Location


class StepPlace(Struct, frozen=True, kw_only=True):
    """The lines of a step in its document: from `first` (0-based), `count` of them.

    `left` signs of each stand before the step, for what holds it.
    """

    first: int
    count: int
    left: int

    def text(self, document: str) -> str:
        """The lines, as if nothing held the step."""
        lines = document.splitlines()[self.first : self.first + self.count]
        return "\n".join(line[self.left :] for line in lines)


def step_place(document: str, at: Location) -> StepPlace | None:
    """Where the step stands that begins at a place, from its dash on.

    None when the document has no such line: it has changed since, or its text is not known.
    """
    lines = document.splitlines()
    if not 0 < at.line <= len(lines):
        return None
    start = at.column - 1
    dash = lines[at.line - 1].rfind("-", 0, start)
    is_item = dash >= 0 and not lines[at.line - 1][:dash].strip()
    own = [lines[at.line - 1], *_below(lines[at.line :], start)]
    while len(own) > 1 and (not own[-1].strip() or own[-1].lstrip().startswith("#")):
        own.pop()
    return StepPlace(first=at.line - 1, count=len(own), left=dash if is_item else start)


def _below(lines: list[str], column: int) -> Iterator[str]:
    """The lines that stand at least so far right; those without a word stand anywhere."""
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) < column:
            return
        yield line
