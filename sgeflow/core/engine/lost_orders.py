"""What a script asks of the journal about an order whose answer was lost."""

from __future__ import annotations

from dataclasses import dataclass

from sgeflow.core.engine.effects import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent(Effect[bool]):
    """Whether a lost order that a read did not show was surely not accepted.

    It was not when the read began, and its reply was made, `after` seconds or more after the
    order's bytes left, and this is the first time. Then it may be sent once more.
    """

    key: str  # of the order
    by: str  # of the read
    since: float  # when the read began, on the clock of `Clock`
    made: float  # when its reply was made, in epoch seconds by its server's clock
    after: float


@dataclass(frozen=True, slots=True)
class Resent(Effect[bool]):
    """Whether the order of a key left before, was lost, and was sent once more."""

    key: str


@dataclass(frozen=True, slots=True)
class Vouched(Effect[bool]):
    """Whether a person has found out that the lost order of a key was accepted."""

    key: str


@dataclass(frozen=True, slots=True)
class OrderDays(Effect[tuple[str, ...]]):
    """On which days the order of a key may have come in: mostly on one, around midnight on two.

    Of one that was lost and sent once more, those of each sending; none where nobody noted it.
    """

    key: str
