"""The lines of a document in which a step is written."""

from __future__ import annotations

from collections.abc import Iterator

from sgeflow.errors import Location


def step_text(document: str, at: Location) -> str:
    """The lines of the step that begins at a place, from its dash on, as if nothing held it.

    Empty when the document has no such line: it has changed since, or its text is not known.
    """
    lines = document.splitlines()
    if not 0 < at.line <= len(lines):
        return ""
    start = at.column - 1
    dash = lines[at.line - 1].rfind("-", 0, start)
    is_item = dash >= 0 and not lines[at.line - 1][:dash].strip()
    left = dash if is_item else start
    own = [lines[at.line - 1][left:]]
    own += [line[left:] for line in _below(lines[at.line :], start)]
    while own and (not own[-1].strip() or own[-1].lstrip().startswith("#")):
        own.pop()
    return "\n".join(own)


def _below(lines: list[str], column: int) -> Iterator[str]:
    """The lines that stand at least so far right; those without a word stand anywhere."""
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) < column:
            return
        yield line
