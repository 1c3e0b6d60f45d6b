"""A line in a wrong column: the columns that may have been meant, with what stands below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from sgeflow.core.language.mistakes.yaml_patches import Patch, Patches


def columns_around(lines: Sequence[str], number: int, indent: int) -> list[int]:
    """The columns before and behind one in which begins what is open above a line, from 0."""
    columns, limit = {0}, inf
    for line in reversed(lines[:number]):
        body = line.lstrip(" ")
        begin = len(line) - len(body)
        if not body.strip() or body.startswith("#") or begin >= limit:
            continue
        columns.add(begin)
        columns.add(_content_of(line))
        limit = begin
    before = max((each for each in columns if each < indent), default=0)
    behind = min((each for each in columns if each > indent), default=before)
    return sorted({before, behind})


def shifts(text: str, begin: int) -> Iterator[tuple[Patches, ...]]:
    """For each column that may be meant: a line moved there, with more or less of those below.

    It may be a line above, too, that is in a wrong one.
    """
    lines = text.split("\n")
    number = text.count("\n", 0, begin)
    indent = indent_of(lines[number])
    for column in columns_around(lines, number, indent):
        if column != indent:
            ends = _ends_below(lines, number, column)
            yield tuple(_move_lines(lines, number, end, column - indent) for end in ends)
    for above, column in _lines_above(lines, number, indent):
        yield (_move_lines(lines, above, above + 1, indent - column),)


def _lines_above(lines: Sequence[str], number: int, indent: int) -> Iterator[tuple[int, int]]:
    """The line above that closed the column of one, or began its item in another; and where."""
    for above in range(number - 1, -1, -1):
        column = indent_of(lines[above])
        body = lines[above].strip()
        if body and not body.startswith("#") and column <= indent:
            content = _content_of(lines[above])
            if content not in (column, indent):
                yield above, content
            if column < indent:
                yield above, column
            return


def _content_of(line: str) -> int:
    """The column of what stands in a line, behind the dash of a list."""
    body = line.lstrip(" ")
    return len(line) - len(body[2:].lstrip(" ") if body.startswith("- ") else body)


def indent_of(line: str) -> int:
    """How many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))


def _ends_below(lines: Sequence[str], number: int, column: int) -> Iterator[int]:
    """Where the lines end that are moved with one to a column, the likeliest first.

    They are those within it, those beside it, or none; below a key without a value stand some.
    """
    line = lines[number]
    indent, content = indent_of(line), _content_of(line)
    within, beside = (_end_below(lines, number, least) for least in (content + 1, indent))
    if content > indent:
        within = _end_below(lines, number, content)
    follows = next((indent_of(one) for one in lines[number + 1 :] if one.strip()), 0)
    is_holder = line.rstrip().endswith(":")
    if is_holder and follows > column:
        ends = (number + 1, within, beside)
    else:
        ends = (within, beside, number + 1) if is_holder else (beside, within, number + 1)
    yield from dict.fromkeys(ends)


def _end_below(lines: Sequence[str], number: int, least: int) -> int:
    """The line behind those below one that begin in a column from `least` on."""
    end = number + 1
    for at in range(number + 1, len(lines)):
        if lines[at].strip():
            if indent_of(lines[at]) < least:
                break
            end = at + 1
    return end


def _move_lines(lines: Sequence[str], first: int, end: int, by: int) -> Patches:
    """Lines that begin in other columns."""
    patches = []
    start = sum(len(line) + 1 for line in lines[:first])
    for line in lines[first:end]:
        indent = indent_of(line)
        if line.strip():
            spaces = " " * max(0, indent + by)
            patches.append(Patch(start=start, end=start + indent, text=spaces))
        start += len(line) + 1
    return tuple(patches)
