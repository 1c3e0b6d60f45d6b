"""The plots over all days: energies, and highest powers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean, median

from markupsafe import Markup, escape

from sgeflow.locale.translate import translate
from sgeflow.locale.writing import write_day, write_number, write_scale
from sgeflow.messages import say, say_count
from sgeflow.tools.pages.axis import months_axis
from sgeflow.tools.pages.household.days import CivilDay
from sgeflow.tools.pages.household.facts import Household
from sgeflow.tools.pages.plotting import svg
from sgeflow.tools.pages.plotting.svg import Plot, short

DAILY, PEAKS = 200, 170  # px
AXIS = 26
_KILO = 1000


def daily(household: Household) -> Plot:
    """The energy of each day as bars; the year before as a line; what is missing hatched."""
    days = household.days
    values = [day.energy for day in days]
    before = _weekly_means([day.before if household.comparable_days else None for day in days])
    highest = max(value for value in (*values, *before, 1.0) if value is not None)
    scale = svg.ticks(highest / _KILO)
    top, count = scale[-1] * _KILO, len(days)
    workdays = [place for place, day in enumerate(days) if not day.is_weekend]
    weekends = [place for place, day in enumerate(days) if day.is_weekend]
    bars = (
        f'<g class="bars light">{svg.bars(values, top, workdays)}</g>'
        f'<g class="bars deep">{svg.bars(values, top, weekends)}</g>'
        f'<path class="then" d="{svg.line(before, top)}"/>'
    )
    marks = svg.join(
        [
            svg.rules(scale, scale[-1], DAILY),
            svg.unit("kWh"),
            _hatches(days, DAILY),
            svg.stretch(count, DAILY, bars),
            months_axis([day.date for day in days], DAILY),
            '<g id="daily-cursor"></g>',
            *_daily_words(household, before, top),
        ]
    )
    return Plot(
        gutter=_gutter(scale, DAILY),
        marks=marks,
        height=DAILY + AXIS,
        alt=_daily_alt(household),
    )


def _daily_words(household: Household, before: Sequence[float | None], top: float) -> Iterator[str]:
    days, count = household.days, len(household.days)
    if household.most is not None and household.most.energy is not None:
        place = days.index(household.most)
        y = DAILY - DAILY * household.most.energy / top - 7
        when = write_day(household.most.date, short=True, year=False)
        text = f"{write_number(household.most.energy / _KILO, 1)} kWh, {when}"
        yield svg.word(_middle(place, count), y, text, is_beside=True)  # the cursor stands there
    gaps = [place for place, day in enumerate(days) if day.energy is None]
    if gaps:
        yield svg.word(_middle(gaps[0], count), 12, translate(say("no value")), "halo")
    known = [place for place, value in enumerate(before) if value is not None]
    if known:
        # where the line runs highest above the bars there is room for its name
        inner = [place for place in known if 0.12 * count < place < 0.88 * count] or known
        place = max(inner, key=lambda one: (before[one] or 0) - _around(days, one))
        y = DAILY - DAILY * max(before[place] or 0, _around(days, place)) / top - 12
        yield svg.word(_middle(place, count), y, translate(say("year before")), "halo of-then")


def _around(days: Sequence[CivilDay], place: int) -> float:
    """The highest bar under a word at a place."""
    near = days[max(0, place - 20) : place + 20]
    return max((day.energy or 0 for day in near), default=0)


def _daily_alt(household: Household) -> str:
    most, missing = household.most, len(household.days) - len(household.with_energy)
    if most is None or household.energy is None:
        return say("Bars, one a day; no energy is kept.")
    return say_count(
        "Bars, one a day: {energy} kWh in all, most on {day} with {most} kWh. {count} day is"
        " missing.",
        "Bars, one a day: {energy} kWh in all, most on {day} with {most} kWh. {count} days are"
        " missing.",
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
    """The highest power of each day as dots, against what is subscribed."""
    days, best, limit = household.days, household.highest, household.subscribed_power
    highest = max((day.peak or 0 for day in household.with_peak), default=0)
    scale = svg.ticks(max(limit or 0, highest, 1) / _KILO * 1.02, about=3)
    top, count = scale[-1] * _KILO, len(days)
    dots = []
    for place, day in enumerate(days):
        if day.peak is not None:
            is_high = day is best or (limit is not None and day.peak > limit)
            look = 'r="4" class="high"' if is_high else 'r="2.3"'
            x, y = short(_middle(place, count)), short(PEAKS - PEAKS * day.peak / top)
            dots.append(f'<circle cx="{x}%" cy="{y}" {look}/>')
    marks = [
        svg.rules(scale, scale[-1], PEAKS),
        svg.unit("kVA"),
        months_axis([day.date for day in days], PEAKS),
    ]
    marks += [svg.join(['<g class="dots">', *dots, "</g>"])]
    if best is not None and best.peak is not None:
        when = write_day(best.date, short=True, year=False)
        text = f"{write_number(best.peak / _KILO, 1)} kVA, {when}"
        above = PEAKS - PEAKS * best.peak / top - 11
        marks.append(svg.word(_middle(days.index(best), count), above, text, "halo of-warm"))
    if limit is not None:
        marks.append(_limit(limit, PEAKS - PEAKS * limit / top))
    return Plot(
        gutter=_gutter(scale, PEAKS),
        marks=svg.join(marks),
        height=PEAKS + AXIS,
        alt=_peaks_alt(household),
    )


def _limit(limit: float, y: float) -> Markup:
    text = translate(say("subscribed: {power} kVA", power=write_number(limit / _KILO)))
    at = short(y)
    return svg.join(
        [
            f'<line class="limit" x1="0" x2="100%" y1="{at}" y2="{at}"/>',
            f'<text class="of-warm halo end" x="100%" y="{short(y - 7)}">{escape(text)}</text>',
        ]
    )


def _peaks_alt(household: Household) -> str:
    best = household.highest
    if best is None or best.peak is None:
        return say("Dots, one a day; no highest power is kept.")
    typical = median(day.peak or 0 for day in household.with_peak)
    return say(
        "Dots, one a day: the highest is {peak} kVA on {day}; half of the days stay below"
        " {typical} kVA.",
        peak=write_number(best.peak / _KILO, 1),
        day=write_day(best.date),
        typical=write_number(typical / _KILO, 1),
    )


def _hatches(days: Sequence[CivilDay], height: float) -> Markup:
    """Hatching where the energy of days is missing, one piece for days in a row."""
    count, pieces, first = len(days), [], None
    for place in range(count + 1):
        is_gap = place < count and days[place].energy is None
        if is_gap and first is None:
            first = place
        elif not is_gap and first is not None:
            x, wide = short(100 * first / count), short(100 * (place - first) / count)
            pieces.append(
                f'<rect class="hatched" x="{x}%" width="{wide}%" y="0" height="{short(height)}"/>'
            )
            first = None
    return svg.join(pieces)


def _gutter(scale: Sequence[float], height: float) -> Markup:
    return svg.gutter(svg.beside(scale, write_scale(scale), height), height + AXIS)


def _middle(place: int, count: int) -> float:
    return 100 * (place + 0.5) / count
