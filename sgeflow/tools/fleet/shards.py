"""A part of a fleet: every Nth row, so that N machines do all without knowing of each other."""

from __future__ import annotations

from msgspec import Struct

from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.patterns import regex

_SHARD = regex(r"([0-9]{1,4})/([1-9][0-9]{0,3})")


class Shard(Struct, frozen=True):
    """Part `part` of `parts`, counted from 0, as Kubernetes counts the pods of an indexed job."""

    part: int = 0
    parts: int = 1

    def __contains__(self, number: int) -> bool:
        """Whether a row, numbered from 1, is of this part."""
        return (number - 1) % self.parts == self.part

    def __str__(self) -> str:
        return f"{self.part}/{self.parts}" if self.parts > 1 else ""


WHOLE = Shard()


def parse_shard(text: str) -> Shard:
    """Read `0/8`, the first of eight parts; empty text is the whole.

    Raises:
        UsageError: it is no such part.
    """
    if not text:
        return WHOLE
    match = _SHARD.fullmatch(text)
    if match is None or int(match[1]) >= int(match[2]):
        message = say('"{text}" is no part of a fleet', text=text)
        note = say("parts are counted from 0: of eight parts 0/8 is the first, 7/8 the last")
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note, where="--shard"))
    return Shard(int(match[1]), int(match[2]))
