"""Amounts of billing measures: which of them hold, and which were cancelled.

Putting an amount right sends the original again as cancelled, and the right one as rectified
(Enedis.SGE.GUI.0131 4.3): one amount may stand three times. So a cancelled amount takes with it the
one that it repeats. Codes of status and nature are optional, their labels are not (JSON.0515); CSV
has labels alone (0503 5.4). Of a status whose code and label say different things neither is
believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Any

from msgspec import Struct

from sgeflow.core.measures.series import plain, scale
from sgeflow.core.model import Measure
from sgeflow.tools.deliveries.series import day_of, period_measure

# One letter as a code, a word in a label: `Annulé`, `Mesure annulée`, with accents encoded twice.
_STATUSES = {"i": "initial", "a": "annul", "r": "rectif"}
# Labels were seen with their accents encoded twice: `RÃ©el` is plainly "rael".
_KINDS = {"estim": "E", "inconnu": "I", "regul": "C", "ragul": "C", "reel": "R", "rael": "R"}


class Amount(Struct, frozen=True, kw_only=True):
    """An amount of a period as the file writes it; any code or label may be empty."""

    first: str
    last: str
    amount: Any
    kind: str
    kind_label: str
    status: str
    status_label: str
    created: str
    calendar: str

    @property
    def rank(self) -> tuple[str, bool]:
        """Which of two amounts is right: the one created last, of these the one put right."""
        return self.created, self.is_rectified

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
        """Whether its code or its label says that it is cancelled."""
        return "a" in self._statuses

    @property
    def is_rectified(self) -> bool:
        """Whether it replaces one that was cancelled."""
        return "r" in self._statuses

    @property
    def is_doubtful(self) -> bool:
        """Whether its code and its label say different things."""
        return len(self._statuses) > 1

    @property
    def _statuses(self) -> frozenset[str]:
        return _codes_of(self.status, self.status_label)

    def measure(self, factor: int) -> Measure:
        """The amount as a measure, in a unit that is smaller by a factor.

        Raises:
            TechnicalError: the period is empty, or the amount is not a number.
        """
        return period_measure(*self.period, scale(self.amount, factor), self.nature)


class Balance(Struct, frozen=True, kw_only=True):
    """The amounts that hold, by their creation, and those that were cancelled.

    Of the cancelled ones `unmatched` repeat no amount that is there. The `doubtful` ones say of
    themselves both that they are cancelled and that they hold, or repeat one that does: they are
    among neither.
    """

    holding: tuple[Amount, ...]
    cancelled: tuple[Amount, ...]
    unmatched: tuple[Amount, ...]
    doubtful: tuple[Amount, ...]


@lru_cache(maxsize=256)
def _codes_of(status: str, label: str) -> frozenset[str]:
    """What code and label of a status say, as codes; a word that is not known says nothing."""
    return frozenset(
        code
        for word in (plain(status), plain(label))
        for code, part in _STATUSES.items()
        if word == code or part in word
    )


def balance(amounts: Sequence[Amount]) -> Balance:
    """Take each cancelled amount out, with the one that it repeats."""
    unsure = [one for one in amounts if one.is_doubtful]
    left = [one for one in amounts if not one.is_doubtful]
    repeated_by = [
        one for one in left if any(other.is_cancelled and _repeats(other, one) for other in unsure)
    ]
    in_order = sorted((one for one in left if one not in repeated_by), key=lambda one: one.rank)
    holding = [one for one in in_order if not one.is_cancelled]
    cancelled = [one for one in in_order if one.is_cancelled]
    unmatched = []
    for one in cancelled:
        repeated = next((other for other in holding if _repeats(one, other)), None)
        if repeated is None:
            unmatched.append(one)
        else:
            holding.remove(repeated)
    return Balance(
        holding=tuple(holding),
        cancelled=tuple(cancelled),
        unmatched=tuple(unmatched),
        doubtful=tuple(unsure),
    )


def _repeats(cancelled: Amount, other: Amount) -> bool:
    """Whether a cancelled amount is another one, sent again: never one that was made after it."""
    earlier = other.created <= cancelled.created or not cancelled.created
    same = other.period == cancelled.period and _agree(other.calendar, cancelled.calendar)
    kind = _agree(other.nature, cancelled.nature)
    return earlier and same and kind and scale(other.amount, 1) == scale(cancelled.amount, 1)


def _agree(one: str, other: str) -> bool:
    """Whether two codes are the same, as far as both are written."""
    return one == other or not (one and other)


def overlapping(amounts: Sequence[Amount]) -> list[tuple[Amount, Amount]]:
    """Amounts, in the order of their first days, each with an earlier one that lasts into it."""
    pairs: list[tuple[Amount, Amount]] = []
    longest = amounts[0] if amounts else None
    for one in amounts[1:]:
        if longest and one.period[0] < longest.period[1]:
            pairs.append((longest, one))
        if longest and one.period[1] > longest.period[1]:
            longest = one
    return pairs


def contradicting(amounts: Sequence[Amount]) -> tuple[Amount, Amount] | None:
    """Two amounts of one period and nature that differ, and of which neither was made later."""
    last = max(amounts, key=lambda one: one.rank).rank
    for one, other in combinations([one for one in amounts if one.rank == last], 2):
        same = one.period == other.period and one.nature == other.nature
        if same and scale(one.amount, 1) != scale(other.amount, 1):
            return one, other
    return None
