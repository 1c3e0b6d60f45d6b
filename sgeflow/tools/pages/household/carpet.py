"""The carpet: each half-hour of each day, as a heat map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import ceil

from markupsafe import Markup, escape
from msgspec import Struct

from sgeflow.locale.writing import write_clock, write_day, write_number
from sgeflow.messages import say
from sgeflow.tools.pages.axis import months_axis
from sgeflow.tools.pages.household.days import SLOTS, CivilDay
from sgeflow.tools.pages.household.facts import Household
from sgeflow.tools.pages.plotting import colour, svg
from sgeflow.tools.pages.plotting.png import GAP, heat_maps
from sgeflow.tools.pages.plotting.svg import short

HEIGHT = 240  # px
_KILO, _DAY = 1000, 24 * 60
_RARE = 0.995  # a few kettles do not bleach the year
_STEP = 500  # W: where the scale may end
_LOOKS = ((colour.LIGHT, (252, 252, 250)), (colour.DARK, (18, 22, 27)))  # a scale and its paper
_CLOCKS = (0, 6, 12, 18, 24)


class HeatMap(Struct, frozen=True, kw_only=True):
    """A heat map for light and for dark screens, with what stands around it."""

    light: str
    dark: str
    alt: str
    gutter: Markup
    over: Markup
    axis: Markup
    ramp: dict[str, str]
    most: str
    notes: tuple[str, ...]


def carpet(household: Household) -> HeatMap:
    """Each half-hour of the days of which half-hours are kept: a column a day, the clock down."""
    days = household.curve_days
    levels = sorted(watts for day in days for watts in day.slots if watts is not None)
    common = levels[int(_RARE * (len(levels) - 1))] if levels else 0
    most = max(1, ceil(common / _STEP)) * _STEP
    rows = [[_cell(day, slot, most) for day in days] for slot in range(SLOTS)]
    light, dark = heat_maps(rows, ([*colour.colours(scale), paper] for scale, paper in _LOOKS))
    ramps = heat_maps([range(colour.STEPS)], (colour.colours(scale) for scale, _ in _LOOKS))
    beyond = "≥\u202f" if levels and levels[-1] > most else ""
    there, due = household.halves
    return HeatMap(
        light=light,
        dark=dark,
        alt=say(
            "Heat map of {there} half-hours of {days} days; the further from the colour of the"
            " page, the more power. {missing} are missing.",
            there=write_number(there),
            days=len(days),
            missing=write_number(due - there),
        ),
        gutter=_clock_gutter(household),
        over=svg.join(['<g id="carpet-cursor"></g>', *_corrected_marks(days)]),
        axis=months_axis([day.date for day in days], 1),
        ramp=dict(zip(("light", "dark"), ramps, strict=True)),
        most=f"{beyond}{write_number(most / _KILO, 1)} kW",
        notes=tuple(_clock_notes(days)),
    )


def _cell(day: CivilDay, slot: int, most: float) -> int:
    watts = day.slots[slot]
    if watts is not None:
        return min(colour.STEPS - 1, round(watts / most * (colour.STEPS - 1)))
    return colour.STEPS if slot in day.skipped_slots else GAP


def _corrected_marks(days: Sequence[CivilDay]) -> Iterator[str]:
    """A mark above corrected days, one for days in a row."""
    for is_corrected, same in groupby(enumerate(days), lambda one: bool(one[1].corrections)):
        places = [place for place, _ in same]
        if is_corrected:
            x, wide = short(100 * places[0] / len(days)), short(100 * len(places) / len(days))
            yield f'<rect class="corrected" x="{x}%" width="{wide}%" y="-8" height="6"/>'


def _clock_notes(days: Iterable[CivilDay]) -> Iterator[str]:
    for day in days:
        if day.changes_clock and day.present:
            yield say(
                "{day}: {count} half-hours",
                day=write_day(day.date, short=True, year=False),
                count=day.expected,
            )


def _clock_gutter(household: Household) -> Markup:
    words = []
    for hour in _CLOCKS:
        drop = 10 if hour == 0 else 0 if hour == _CLOCKS[-1] else 4
        y = short(HEIGHT * hour / 24 + drop)
        words.append(
            f'<text x="100%" dx="-9" y="{y}" class="end">{escape(write_clock(hour * 60))}</text>'
        )
    for first, end in household.off_peak.within_days:
        y1, y2 = short(HEIGHT * first / _DAY), short(HEIGHT * end / _DAY)
        words.append(f'<line class="cheap" x1="100%" x2="100%" y1="{y1}" y2="{y2}"/>')
    return svg.join(
        [f'<svg class="gutter" height="{HEIGHT + 24}" aria-hidden="true">', *words, "</svg>"]
    )
