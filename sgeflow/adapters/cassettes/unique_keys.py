"""Reads the YAML of a cassette, in which every key stands once.

Of a key that stands twice readers take one, and not all of them the same: an audit might look at
another day, flow or answer than the replay uses.
"""

from __future__ import annotations

from typing import Any

import yaml

from sgeflow.errors import Location
from sgeflow.messages import Message, say

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RepeatedKeyError(yaml.constructor.ConstructorError):
    """A key stands twice; `name` is that key, the mark where it stands again."""

    def __init__(self, key: Any) -> None:
        super().__init__(problem="a key that stands twice", problem_mark=key.start_mark)
        self.name = str(key.value)


def reason_of(error: yaml.YAMLError) -> Message:
    """Why a text is no YAML of ours: the end of a sentence."""
    if isinstance(error, RepeatedKeyError):
        return say('it says "{name}" twice', name=error.name)
    return say("it is not well-formed YAML")


def place_of(error: yaml.YAMLError, file: str) -> Location | None:
    """The place of an error of YAML, as far as it is known."""
    mark = getattr(error, "problem_mark", None)
    return Location(file=file, line=mark.line + 1, column=mark.column + 1) if mark else None


class UniqueKeyLoader(_Base):  # type: ignore[misc]
    """A safe loader that refuses a key which stands twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        """As PyYAML; raises RepeatedKeyError."""
        keys = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if (key.tag, key.value) in keys:
                raise RepeatedKeyError(key)
            keys.add((key.tag, key.value))
        return super().construct_mapping(node, deep=deep)
