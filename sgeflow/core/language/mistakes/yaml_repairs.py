"""What is no YAML, and leaves no doubt about what was meant: the text as it can be read on.

A patch is as long as what it stands for, so that each place is that of the text as it is written.
"""

from __future__ import annotations

import yaml
from msgspec import Struct

from sgeflow.core.language.mistakes.yaml_syntax import find_unquoted
from sgeflow.errors import Problem
from sgeflow.patterns import regex

MOST_PATCHES = 20  # each has the text composed once more
_ALIAS = regex(r"\*\w*")


class Patch(Struct, frozen=True, kw_only=True):
    """A part of a text that is composed as something else."""

    start: int
    end: int
    anchor: str = ""  # what a misspelt alias was meant to repeat; without it, text without quotes

    def apply(self, text: str) -> str:
        """The text with what can be composed in this place."""
        length = self.end - self.start
        filler = "~".ljust(length) if self.anchor else "x" * length
        return text[: self.start] + filler + text[self.end :]


def patch_of(text: str, error: yaml.MarkedYAMLError, problem: Problem) -> Patch | None:
    """What makes a text that could not be composed readable; none where it is not known."""
    mark, at = error.problem_mark, problem.at
    if mark is None or at is None:
        return None
    start = find_unquoted(text, error)
    if start >= 0:
        end = _end_of(text, mark.index)
        is_told = (at.line, at.column) == (mark.line + 1, mark.column)
        return Patch(start=start, end=end) if end and is_told else None
    alias = _ALIAS.match(text, mark.index) if "undefined alias" in (error.problem or "") else None
    if alias is None or not problem.suggestion:
        return None
    return Patch(start=alias.start(), end=alias.end(), anchor=problem.suggestion)


def _end_of(text: str, start: int) -> int:
    """Where what a `{` begins ends, in the same line; 0 when it does not."""
    depth = 0
    for index in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index + 1
        if text[index] == "\n":
            break
    return 0
