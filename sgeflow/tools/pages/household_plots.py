"""The plots of a household's page: energy, maximum power, half-hours, one day's curve."""

import sys
from array import array
from base64 import b64encode
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from math import ceil
from statistics import fmean, median
from typing import Any

from markupsafe import Markup, escape

from sgeflow.locale.translate import translate
from sgeflow.locale.writing import NOTHING, write_clock, write_day, write_number, write_scale
from sgeflow.messages import Message, say, say_count
from sgeflow.tools.pages import svg
from sgeflow.tools.pages.axis import months_axis
from sgeflow.tools.pages.heat_map import DARK, GAP, LIGHT, STEPS, colours, heat_maps
from sgeflow.tools.pages.household_facts import SLOTS, CivilDay, Household, Slots, kind_of
from sgeflow.tools.pages.household_figures import energy_sentence, month_sums, power_sentence
from sgeflow.tools.pages.svg import Plot, short

DAILY, PEAKS = 200, 170  # px
AXIS = 26
_KILO = 1000


def daily(household: Household) -> Plot:
    """The energy of each day as bars, an earlier year as a line, missing days hatched."""
    days = household.days
    values = [day.energy for day in days]
    earlier = [
        _weekly_means([day.earlier[years - 1] for day in days]) for years in household.earlier_years
    ]
    known = (one for some in (values, *earlier) for one in some if one is not None)
    highest = max(1.0, *known)
    scale = svg.ticks(highest / _KILO)
    top, count = scale[-1] * _KILO, len(days)
    workdays = [place for place, day in enumerate(days) if not day.is_weekend]
    weekends = [place for place, day in enumerate(days) if day.is_weekend]
    bars = (
        f'<g class="bars light">{svg.bars(values, top, workdays)}</g>'
        f'<g class="bars deep">{svg.bars(values, top, weekends)}</g>'
    )
    lines = (_earlier_line(household, *one, top) for one in enumerate(earlier, start=1))
    marks = svg.join(
        [
            svg.rules(scale, scale[-1], DAILY),
            svg.unit("kWh"),
            *_hatches([day.energy is None for day in days], "hatched", 0, DAILY),
            svg.stretch(count, DAILY, bars),
            *lines,
            months_axis([day.date for day in days], DAILY, month_sums(household)),
            '<g id="daily-cursor"></g>',
            *_daily_words(household, top),
            svg.hits((translate(energy_sentence(household, day)) for day in days), DAILY),
        ]
    )
    return Plot(_gutter(scale, DAILY), marks, DAILY + AXIS + 14, _daily_alt(household))


def _earlier_line(
    household: Household, years: int, means: Sequence[float | None], top: float
) -> str:
    """The line of an earlier year with its label; a script may show another year."""
    days, count = household.days, len(household.days)
    known = [place for place, value in enumerate(means) if value is not None]
    # the label goes where the line is highest above the bars
    inner = [place for place in known if 0.12 * count < place < 0.88 * count] or known
    place = max(inner, key=lambda one: (means[one] or 0) - _highest_bar(days, one))
    y = DAILY - DAILY * max(means[place] or 0, _highest_bar(days, place)) / top - 12
    line = svg.stretch(count, DAILY, f'<path class="then" d="{svg.line(means, top)}"/>')
    name = svg.word(_middle(place, count), y, translate(earlier_name(years)), "halo of-then")
    hidden = ' display="none"' if years > 1 else ""
    return f'<g class="earlier"{hidden}>{line}{name}</g>'


def earlier_name(years: int) -> Message:
    """The label of an earlier year's line."""
    return say_count("year before", "{count} years before", count=years)


def _daily_words(household: Household, top: float) -> Iterator[str]:
    days, count = household.days, len(household.days)
    if household.most is not None and household.most.energy is not None:
        place = days.index(household.most)
        y = DAILY - DAILY * household.most.energy / top - 7
        when = write_day(household.most.date, short=True, year=False)
        text = f"{write_number(household.most.energy / _KILO, 1)} kWh, {when}"
        yield svg.word(_middle(place, count), y, text, is_beside=True)  # the script's cursor
    gaps = [place for place, day in enumerate(days) if day.energy is None]
    if gaps:
        yield svg.word(_middle(gaps[0], count), 12, translate(say("no value")), "halo")


def _highest_bar(days: Sequence[CivilDay], place: int) -> float:
    """The highest bar under a label."""
    near = days[max(0, place - 20) : place + 20]
    return max((day.energy or 0 for day in near), default=0)


def _daily_alt(household: Household) -> str:
    most, missing = household.most, len(household.days) - len(household.with_energy)
    if most is None or household.energy is None:
        return say("Bars, one a day; no energy is kept.")
    return say(
        "Bars, one a day: {energy} kWh in all, most on {day} with {most} kWh; missing days:"
        " {count}.",
        energy=write_number(household.energy / _KILO),
        day=write_day(most.date),
        most=write_number((most.energy or 0) / _KILO, 1),
        count=missing,
    )


def _weekly_means(values: Sequence[float | None]) -> list[float | None]:
    around = (values[max(0, place - 3) : place + 4] for place in range(len(values)))
    known = ([one for one in some if one is not None] for some in around)
    return [
        fmean(some) if some and value is not None else None
        for some, value in zip(known, values, strict=True)
    ]


def peaks(household: Household) -> Plot:
    """The maximum power of each day as dots, with the subscribed power."""
    days, best, limit = household.days, household.highest, household.subscribed_power
    highest = max((day.peak or 0 for day in household.with_peak), default=0)
    scale = svg.ticks(max(limit or 0, highest, 1) / _KILO * 1.02, about=3)
    top, count = scale[-1] * _KILO, len(days)
    dots = {"dots": "", "dots high": ""}  # lines without length, with round ends
    for place, day in enumerate(days):
        if day.peak is not None:
            is_high = day is best or (limit is not None and day.peak > limit)
            y = short(100 - 100 * day.peak / top)
            dots["dots high" if is_high else "dots"] += f"M{place + 0.5} {y}h0"
    paths = "".join(f'<path class="{kind}" d="{path}"/>' for kind, path in dots.items())
    marks = [
        svg.rules(scale, scale[-1], PEAKS),
        svg.unit("kVA"),
        months_axis([day.date for day in days], PEAKS),
        svg.stretch(count, PEAKS, paths),
    ]
    alt = say("Dots, one a day; no highest power is kept.")
    if best is not None and best.peak is not None:
        when = write_day(best.date, short=True, year=False)
        text = f"{write_number(best.peak / _KILO, 1)} kVA, {when}"
        above = PEAKS - PEAKS * best.peak / top - 11
        marks.append(svg.word(_middle(days.index(best), count), above, text, "halo of-warm"))
        typical = median(day.peak or 0 for day in household.with_peak)
        alt = say(
            "Dots, one a day: the highest is {peak} kVA on {day}; half of the days stay below"
            " {typical} kVA.",
            peak=write_number(best.peak / _KILO, 1),
            day=write_day(best.date),
            typical=write_number(typical / _KILO, 1),
        )
    if limit is not None:
        level = PEAKS - PEAKS * limit / top
        at = short(level)
        text = translate(say("subscribed: {power} kVA", power=write_number(limit / _KILO)))
        marks += [
            Markup(f'<line class="limit" x1="0" x2="100%" y1="{at}" y2="{at}"/>'),
            Markup(f'<text class="of-warm halo end" x="100%" y="{short(level - 7)}">'),
            Markup(f"{escape(text)}</text>"),
        ]
    marks.append(svg.hits((translate(power_sentence(household, day)) for day in days), PEAKS))
    return Plot(_gutter(scale, PEAKS), svg.join(marks), PEAKS + AXIS, alt)


def _hatches(marked: Sequence[bool], kind: str, y: int, height: int) -> Iterator[str]:
    """Rectangles over runs of marked days."""
    count = len(marked)
    for is_marked, same in groupby(enumerate(marked), lambda one: one[1]):
        places = [place for place, _ in same]
        if is_marked:
            x, wide = short(100 * places[0] / count), short(100 * len(places) / count)
            size = f'y="{y}" height="{height}"'
            yield f'<rect class="{kind}" x="{x}%" width="{wide}%" {size}/>'


def _gutter(scale: Sequence[float], height: float) -> Markup:
    return svg.gutter(svg.beside(scale, write_scale(scale), height), height + AXIS)


def _middle(place: int, count: int) -> float:
    return 100 * (place + 0.5) / count


CARPET = 240  # px
_MINUTES = 24 * 60  # of a day
_RARE = 0.995  # share of values below the top of the scale; a few peaks would make the rest pale
_STEP = 500  # W: the top of the scale is a multiple
_LOOKS = ((LIGHT, (252, 252, 250)), (DARK, (18, 22, 27)))  # scale and background for light and dark
_CLOCKS = (0, 6, 12, 18, 24)


def carpet(household: Household) -> dict[str, Any]:
    """The half-hours as a heat map: one column per day, the clock from top to bottom.

    One picture for light and one for dark screens, with axes and legend.
    """
    days = household.curve_days
    levels = sorted(watts for day in days for watts in day.slots if watts is not None)
    common = levels[int(_RARE * (len(levels) - 1))] if levels else 0
    most = max(1, ceil(common / _STEP)) * _STEP
    rows = [[_cell(day, slot, most) for day in days] for slot in range(SLOTS)]
    light, dark = heat_maps(rows, ([*colours(scale), paper] for scale, paper in _LOOKS))
    ramps = heat_maps([range(STEPS)], (colours(scale) for scale, _ in _LOOKS))
    beyond = "≥\u202f" if levels and levels[-1] > most else ""
    there, due = household.halves
    marks = _hatches([bool(day.corrections) for day in days], "corrected", -8, 6)
    return {
        "light": light,
        "dark": dark,
        "alt": say(
            "Heat map of {there} half-hours of {days} days; the further from the colour of the"
            " page, the more power. {missing} are missing.",
            there=write_number(there),
            days=len(days),
            missing=write_number(due - there),
        ),
        "gutter": _clock_gutter(household),
        "over": svg.join(['<g id="carpet-cursor"></g>', *marks]),
        "axis": months_axis([day.date for day in days], 1),
        "ramp": dict(zip(("light", "dark"), ramps, strict=True)),
        "most": f"{beyond}{write_number(most / _KILO, 1)} kW",
    }


def _cell(day: CivilDay, slot: int, most: float) -> int:
    watts = day.slots[slot]
    if watts is not None:
        return min(STEPS - 1, round(watts / most * (STEPS - 1)))
    return STEPS if slot in day.skipped_slots else GAP


def _clock_gutter(household: Household) -> Markup:
    words = []
    for hour in _CLOCKS:
        drop = 10 if hour == 0 else 0 if hour == _CLOCKS[-1] else 4
        y = short(CARPET * hour / 24 + drop)
        words.append(
            f'<text x="100%" dx="-9" y="{y}" class="end">{escape(write_clock(hour * 60))}</text>'
        )
    for first, end in household.off_peak.within_days:
        y1, y2 = short(CARPET * first / _MINUTES), short(CARPET * end / _MINUTES)
        words.append(f'<line class="cheap" x1="100%" x2="100%" y1="{y1}" y2="{y2}"/>')
    return svg.join(
        [f'<svg class="gutter" height="{CARPET + 24}" aria-hidden="true">', *words, "</svg>"]
    )


HEIGHT = 280  # px


def highest_level(household: Household) -> float:
    """The power (W) at the top of every day's curve; one scale for all days."""
    levels = (watts for day in household.days for watts in day.slots if watts is not None)
    return svg.ticks(max(levels, default=_KILO) / _KILO)[-1] * _KILO


def day_curve(household: Household, day: CivilDay) -> Plot:
    """The curve of a day, with off-peak hours behind it and the time of its maximum power."""
    top = highest_level(household)
    scale = svg.ticks(top / _KILO)
    usual = household.usual[kind_of(day)]
    curve = svg.stretch(
        SLOTS,
        HEIGHT,
        f'<path id="area" class="area" d="{svg.levels(day.slots, top, closed=True)}"/>'
        f'<path id="usual" class="usual" d="{svg.levels(usual, top)}"/>'
        f'<path id="curve" class="curve" d="{svg.levels(day.slots, top)}"/>'
        '<g id="day-columns" class="hits"></g>',
    )
    gutter = svg.gutter(svg.beside(scale, write_scale(scale), HEIGHT), HEIGHT + 24)
    bands = []
    for first, end in household.off_peak.within_days:
        x, wide = short(100 * first / _MINUTES), short(100 * (end - first) / _MINUTES)
        bands.append(f'<rect class="cheap-band" x="{x}%" width="{wide}%" y="0" height="{HEIGHT}"/>')
    if bands:
        x = short(100 * household.off_peak.within_days[0][0] / _MINUTES)
        bands.append(f'<text x="{x}%" dx="8" y="34">{escape(translate(say("off-peak")))}</text>')
    marks = [*bands, svg.rules(scale, scale[-1], HEIGHT), svg.unit("kW"), curve]
    for hour in _CLOCKS:
        side = "end" if hour == _CLOCKS[-1] else "middle" if hour else "start"
        x, text = short(100 * hour / 24), escape(write_clock(hour * 60))
        marks.append(f'<text x="{x}%" y="{HEIGHT + 18}" text-anchor="{side}">{text}</text>')
    alt = say("The power of the chosen day, a level each half-hour")
    return Plot(gutter, svg.join(marks), HEIGHT + 24, alt)


_NO_LEVEL = 65535  # unknown level in the script's 16-bit data


def script_data(household: Household) -> dict[str, Any]:
    """The data for the page's script: the numbers of curves; texts are in the page."""
    carpet, clock = household.curve_days, [write_clock(30 * slot) for slot in range(SLOTS + 1)]
    levels = [watts for day in household.days for watts in day.slots]
    unit = ceil(max((watts or 0 for watts in levels), default=0) / (_NO_LEVEL - 1)) or 1
    packed = array("H", (_NO_LEVEL if one is None else round(one / unit) for one in levels))
    if sys.byteorder == "big":
        packed.byteswap()
    return {
        "top": highest_level(household),
        "heights": {"daily": DAILY, "carpet": CARPET},
        "first": household.days[0].date.isoformat(),
        "chosen": household.first_choice,
        "carpet": [household.days.index(carpet[0]), len(carpet)] if carpet else [0, 0],
        "usual": {kind: _whole_watts(slots) for kind, slots in household.usual.items()},
        "profiles": [_whole_watts(month.profile) for month in household.months if month.is_shown],
        "sentence": translate(
            say("{when}, {time}: {power}", when="{when}", time="{time}", power="{power}")
        ),
        "nothing": translate(say("no value")),
        "clock": [f"{a}{NOTHING}{b}" for a, b in pairwise(clock)],
        "unit": unit,
        "slots": b64encode(packed.tobytes()).decode(),
        "kinds": [kind_of(day) for day in household.days],
    }


def _whole_watts(slots: Slots) -> list[int | None]:
    """Levels in whole watts, None for unknown ones."""
    return [None if watts is None else round(watts) for watts in slots]
