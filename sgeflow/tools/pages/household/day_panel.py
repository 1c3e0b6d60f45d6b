"""One day: its curve beside what is usual, and what the page's script needs of every day."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from sgeflow.locale.translate import translate
from sgeflow.locale.writing import write_clock, write_day, write_scale
from sgeflow.messages import say
from sgeflow.tools.pages.household import plots
from sgeflow.tools.pages.household.carpet import HEIGHT as CARPET
from sgeflow.tools.pages.household.days import SLOTS, CivilDay, Slots
from sgeflow.tools.pages.household.facts import Household, kind_of
from sgeflow.tools.pages.household.figures import day_figures, peak_text, sentence_of
from sgeflow.tools.pages.plotting import svg
from sgeflow.tools.pages.plotting.svg import Plot, short

HEIGHT = 250  # px
_KILO, _MINUTES = 1000, 24 * 60
_RIGHT = 70  # percent: behind it a word stands before its mark
_CLOCKS = (0, 6, 12, 18, 24)


def highest_level(household: Household) -> float:
    """The power (W) at the top of every day's curve: one scale for all of them."""
    levels = (watts for day in household.days for watts in day.slots if watts is not None)
    return svg.ticks(max(levels, default=_KILO) / _KILO)[-1] * _KILO


def day_curve(household: Household, day: CivilDay) -> Plot:
    """The curve of a day, off-peak hours behind it, and the instant of its highest power."""
    top = highest_level(household)
    scale = svg.ticks(top / _KILO)
    usual = household.usual[kind_of(day)]
    curve = svg.stretch(
        SLOTS,
        HEIGHT,
        f'<path id="area" class="area" d="{svg.levels(day.slots, top, closed=True)}"/>'
        f'<path id="usual" class="usual" d="{svg.levels(usual, top)}"/>'
        f'<path id="curve" class="curve" d="{svg.levels(day.slots, top)}"/>',
    )
    labels = svg.beside(scale, write_scale(scale), HEIGHT)
    marks = [_off_peak(household), svg.rules(scale, scale[-1], HEIGHT), svg.unit("kW"), curve]
    return Plot(
        gutter=svg.gutter(labels, HEIGHT + 24),
        marks=svg.join([*marks, _highest(day), _clock()]),
        height=HEIGHT + 24,
        alt=say("The power of the chosen day, a level each half-hour"),
    )


def _off_peak(household: Household) -> Markup:
    bands = []
    for first, end in household.off_peak.within_days:
        x, wide = short(100 * first / _MINUTES), short(100 * (end - first) / _MINUTES)
        bands.append(f'<rect class="cheap-band" x="{x}%" width="{wide}%" y="0" height="{HEIGHT}"/>')
    if bands:
        first = household.off_peak.within_days[0][0]
        x = short(100 * first / _MINUTES)
        bands.append(f'<text x="{x}%" dx="8" y="34">{escape(translate(say("off-peak")))}</text>')
    return svg.join(bands)


def _highest(day: CivilDay) -> Markup:
    at = _place_of_peak(day)
    shown = 'visibility="hidden"' if at is None else ""
    at = at or 0
    side, dx = ("end", -6) if at > _RIGHT else ("start", 6)
    x = short(at)
    return svg.join(
        [
            f'<g id="mark" {shown}>',
            f'<line id="mark-line" class="peak-mark" x1="{x}%" x2="{x}%" y1="4" y2="{HEIGHT}"/>',
            f'<text id="mark-text" class="of-warm halo" x="{x}%" dx="{dx}" text-anchor="{side}"',
            f' y="16">{escape(peak_text(day))}</text></g>',
        ]
    )


def _clock() -> Markup:
    words = []
    for hour in _CLOCKS:
        side = "end" if hour == _CLOCKS[-1] else "middle" if hour else "start"
        x, text = short(100 * hour / 24), escape(write_clock(hour * 60))
        words.append(f'<text x="{x}%" y="{HEIGHT + 18}" text-anchor="{side}">{text}</text>')
    return svg.join(words)


def _place_of_peak(day: CivilDay) -> float | None:
    """The instant of the highest power, in percent of the day."""
    if day.peak_at is None:
        return None
    return round((day.peak_at.hour * 60 + day.peak_at.minute) * 100 / _MINUTES, 2)


def script_data(household: Household) -> dict[str, Any]:
    """What the script shows of each day: numbers for the curve, and texts as they are to stand."""
    carpet = household.curve_days
    return {
        "top": highest_level(household),
        "right": _RIGHT,
        "heights": {"daily": plots.DAILY, "carpet": CARPET},
        "chosen": household.first_choice,
        "carpet": [household.days.index(carpet[0]), len(carpet)] if carpet else [0, 0],
        "usual": {kind: _whole_watts(slots) for kind, slots in household.usual.items()},
        "days": [_day_data(household, day) for day in household.days],
    }


def _day_data(household: Household, day: CivilDay) -> dict[str, Any]:
    figures = day_figures(household, day)
    return {
        "date": day.date.isoformat(),
        "title": write_day(day.date, week=True),
        "spoken": translate(sentence_of(day)),
        "slots": _whole_watts(day.slots),
        "kind": kind_of(day),
        "figures": [translate(one.value) for one in figures],
        "odd": [place for place, one in enumerate(figures) if one.is_odd],
        "at": _place_of_peak(day),
        "peak": peak_text(day),
    }


def _whole_watts(slots: Slots) -> list[int | None]:
    """Whole watts, None where nothing is known; nothing at all for a day without one."""
    if not any(watts is not None for watts in slots):
        return []
    return [None if watts is None else round(watts) for watts in slots]
