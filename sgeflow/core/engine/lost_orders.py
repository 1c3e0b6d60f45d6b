"""What a script asks of the journal about an order whose answer was lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.engine.effects import Effect


class ProvenAbsent(Effect[bool | None], frozen=True, kw_only=True):
    """Whether a lost order that a read did not show was surely not accepted.

    It was not when the read began, and its reply was made, `after` seconds or more after the
    order's bytes left, and this is the first time. Then it may be sent once more. None: the clocks
    of server and journal differ, and nothing can tell.
    """

    key: str  # of the order
    by: str  # of the read
    since: float  # when the read began, on the clock of `Clock`
    made: float  # when its reply was made, in epoch seconds by its server's clock
    after: float


class Resent(Effect[bool], frozen=True):
    """Whether the order of a key left before, was lost, and was sent once more."""

    key: str


class OutputsByHand(Effect[Mapping[str, Any] | None], frozen=True):
    """What a person says that the lost order of a key made; None when nobody found it accepted."""

    key: str


class OrderDays(Effect[tuple[str, ...]], frozen=True):
    """On which days the order of a key may have come in: mostly on one, around midnight on two.

    Of one that was lost and sent once more, those of each sending; none where nobody noted it.
    """

    key: str
