"""The hours of the cheap class, as Enedis writes them: `HC (22H30-6H30)`."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from sgeflow.patterns import regex
from sgeflow.tools.pages.household.days import SLOTS, Slots

_PERIOD = regex(r"(\d{1,2})H(\d{2})?\s*-\s*(\d{1,2})H(\d{2})?")
_DAY = 24 * 60
_SLOT = _DAY // SLOTS


class OffPeak(Struct, frozen=True, dict=True):
    """Periods of the clock, in minutes after midnight; one may go over midnight."""

    periods: tuple[tuple[int, int], ...] = ()

    @cached_property
    def within_days(self) -> tuple[tuple[int, int], ...]:
        """The same, none of them over midnight."""
        parts: list[tuple[int, int]] = []
        for first, end in self.periods:
            parts += [(first, end)] if first < end else [(first, _DAY), (0, end)]
        return tuple((first, end) for first, end in sorted(parts) if first < end)

    def part_of(self, slot: int) -> float:
        """How much of a half-hour is cheap, 0 to 1."""
        begin = slot * _SLOT
        minutes = (min(end, begin + _SLOT) - max(first, begin) for first, end in self.within_days)
        return min(1.0, sum(max(0, one) for one in minutes) / _SLOT)

    def share(self, days: tuple[Slots, ...]) -> float | None:
        """How much of the energy of some days' half-hours is cheap; None where none is known."""
        known = [
            (watts, part)
            for slots in days
            for watts, part in zip(slots, self._parts, strict=True)
            if watts is not None
        ]
        whole = sum(watts for watts, _ in known)
        return sum(watts * part for watts, part in known) / whole if whole else None

    @cached_property
    def _parts(self) -> tuple[float, ...]:
        return tuple(self.part_of(slot) for slot in range(SLOTS))


def read_off_peak(text: str) -> OffPeak:
    """The periods that a text of Enedis names; none where it names none."""
    matches = (
        (int(a) * 60 + int(b or 0), int(c) * 60 + int(d or 0))
        for a, b, c, d in _PERIOD.findall(text.upper())
    )
    periods = ((first % _DAY, end if end == _DAY else end % _DAY) for first, end in matches)
    return OffPeak(tuple((first, end) for first, end in periods if first != end))
