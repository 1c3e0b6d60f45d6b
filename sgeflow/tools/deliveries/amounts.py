"""Amounts of billing measures: which of them hold, and which were cancelled.

Putting an amount right sends the original again as cancelled, and the right one as rectified
(Enedis.SGE.GUI.0131 4.3): one amount may stand three times. So a cancelled amount takes with it the
one that it repeats. Codes of status and nature are optional, their labels are not (JSON.0515); CSV
has labels alone (0503 5.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sgeflow.core.measures.civil_time import midnight
from sgeflow.core.measures.series import plain, scaled
from sgeflow.core.model import Measure
from sgeflow.tools.deliveries.series import day_of, period_measure

_CANCELLED = "annul"
# Labels were seen with their accents encoded twice: `RÃ©el` is plainly "rael".
_KINDS = {"estim": "E", "inconnu": "I", "regul": "C", "ragul": "C", "reel": "R", "rael": "R"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount of a period as the file writes it; any code or label may be empty."""

    first: str
    last: str
    amount: Any
    kind: str
    kind_label: str
    status: str
    status_label: str
    created: str

    @property
    def period(self) -> tuple[date, date]:
        """Its first day and its end, excluded."""
        return day_of(self.first), day_of(self.last)

    @property
    def nature(self) -> str:
        """The code of its kind, by its label where there is no code."""
        label = plain(self.kind_label)
        named = (code for word, code in _KINDS.items() if label.startswith(word))
        return self.kind or next(named, "")

    @property
    def is_cancelled(self) -> bool:
        """Whether its code is A or, where there is none, its label says that it is cancelled."""
        word = plain(self.status or self.status_label)
        return word == "a" or word.startswith(_CANCELLED)

    @property
    def is_rectified(self) -> bool:
        """Whether it replaces one that was cancelled."""
        word = plain(self.status or self.status_label)
        return word == "r" or word.startswith("rectif")

    def measure(self, factor: int) -> Measure:
        """The amount as a measure, in a unit that is smaller by a factor.

        Raises:
            TechnicalError: the period is empty, or the amount is not a number.
        """
        return period_measure(*self.period, scaled(self.amount, factor), self.nature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The amounts that hold, by their creation, and where amounts were taken back."""

    holding: tuple[Amount, ...]
    cancelled: tuple[int, ...]  # starts of periods

    def withdrawn(self, kept: Iterable[int]) -> tuple[int, ...]:
        """The starts at which nothing holds any more."""
        return tuple(sorted(set(self.cancelled) - set(kept)))


def balance(amounts: Sequence[Amount]) -> Balance:
    """Take each cancelled amount out, with the one that it repeats."""
    in_order = sorted(amounts, key=lambda one: (one.created, one.is_rectified))
    holding = [one for one in in_order if not one.is_cancelled]
    cancelled = [one for one in in_order if one.is_cancelled]
    for one in cancelled:
        repeated = next((other for other in holding if _repeats(one, other)), None)
        if repeated is not None:
            holding.remove(repeated)
    return Balance(
        holding=tuple(holding), cancelled=tuple(midnight(one.period[0]) for one in cancelled)
    )


def _repeats(cancelled: Amount, other: Amount) -> bool:
    """Whether a cancelled amount is another one, sent again: never one that was made after it."""
    earlier = other.created <= cancelled.created or not cancelled.created
    same = other.period == cancelled.period
    return earlier and same and scaled(other.amount, 1) == scaled(cancelled.amount, 1)
