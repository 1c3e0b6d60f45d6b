"""The plots of a fleet's page: rows a second, and the days that its points have."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup
from msgspec import Struct

from sgeflow.locale.writing import write_day, write_number, write_percent, write_scale
from sgeflow.messages import Message, say
from sgeflow.tools.pages.axis import months_axis
from sgeflow.tools.pages.fleet.facts import DAYS, Days, FleetFacts
from sgeflow.tools.pages.plotting import png, svg

_HIGH, _AXIS = 120.0, 26.0  # px: a plot, and the words below it
_SHARE = 80.0
_KEPT = ((47, 114, 153), (98, 174, 211))  # on paper, at night
_LAST = 97  # percent: a word behind would not fit
_LEAST, _MOST = 60, 420  # px of a heat map of lines
_LINE = 2  # px: as thin as it can be seen
LINES = _MOST // _LINE
"""Points that have a part of the days and are shown, the emptiest ones."""
_SIZES = (("low", 60), ("mid", 180), ("high", _MOST))


class DaysPlot(Struct, frozen=True, kw_only=True):
    """Two plots over each other: the share of points with each day, and a line a point.

    Without a point that has a part of the days there are no lines: `size` is empty.
    """

    share: svg.Plot
    light: str
    dark: str
    alt: Message
    axis: Markup
    size: str  # of how many lines: the class of its height


def pace(fleet: FleetFacts) -> svg.Plot:
    """Bars of rows that ended, those that failed on top."""
    parts = fleet.pace()
    size = fleet.seconds / len(parts)
    scale = svg.ticks(max(good + bad for good, bad in parts) / size, about=3)
    top = scale[-1] * size
    bars = svg.bars([good for good, _ in parts], top, range(len(parts)), width=0.86)
    over = "".join(
        f"M{at + 0.5} {_height(good / top)}V{_height((good + bad) / top)}"
        for at, (good, bad) in enumerate(parts)
        if bad
    )
    failed = Markup(f'<g class="bars warm"><path d="{over}" stroke-width="0.86"/></g>')
    inner = svg.join([f'<g class="bars">{bars}</g>', failed])
    marks = svg.join(
        [svg.rules(scale, scale[-1], _HIGH), svg.stretch(len(parts), _HIGH, inner), _moments(fleet)]
    )
    labels = svg.beside(scale, write_scale(scale), _HIGH)
    rate = write_number(len(fleet.ended_rows) / fleet.seconds, 1)
    alt = say(
        "Rows that ended, {seconds} seconds a bar; {rate} a second in the mean.",
        seconds=write_number(size, 1),
        rate=rate,
    )
    return svg.Plot(svg.gutter(labels, _HIGH + _AXIS), marks, _HIGH + _AXIS, alt)


def _height(part: float) -> str:
    return svg.short(100 - 100 * part)


def _moments(fleet: FleetFacts) -> Markup:
    """Seconds, minutes or hours below the bars."""
    sizes = ((3600, "h"), (60, "min"), (1, "s"))
    size, unit = next((one for one in sizes if fleet.seconds >= 2 * one[0]), sizes[-1])
    places = svg.ticks(fleet.seconds / size, about=4)
    words = [
        svg.word(x, _HIGH + 17, f"{number} {unit}", "")
        for place, number in zip(places, write_scale(places), strict=True)
        if (x := 100 * place * size / fleet.seconds) <= _LAST
    ]
    return svg.join(words)


def days_plot(fleet: FleetFacts, days: Days) -> DaysPlot:
    """Which days the points have."""
    share = days.share
    low = min(range(DAYS), key=lambda day: share[day])
    lines = days.partial[:LINES]
    cells = [[0 if sign == "1" else png.GAP for sign in one] for one in lines]
    light, dark = png.heat_maps(cells, ([colour] for colour in _KEPT)) if cells else ("", "")
    alt = say(
        "Points with all days: {whole}, with none: {empty}, with a part: {some}.",
        whole=days.whole,
        empty=days.empty,
        some=len(days.partial),
    )
    return DaysPlot(
        share=_share_plot(fleet, share, low),
        light=light,
        dark=dark,
        alt=alt,
        axis=months_axis([fleet.first_day + timedelta(days=place) for place in range(DAYS)], 0),
        size=_size(len(lines)) if lines else "",
    )


def _size(lines: int) -> str:
    """A page has no style of its own: heights are steps of a few."""
    height = min(_MOST, max(_LEAST, _LINE * lines))
    return next(name for name, most in _SIZES if height <= most)


def _share_plot(fleet: FleetFacts, share: list[float], low: int) -> svg.Plot:
    inner = svg.join(
        [
            f'<path class="area" d="{svg.levels(share, 1, closed=True)}"/>',
            f'<path class="curve fine" d="{svg.levels(share, 1)}"/>',
        ]
    )
    day = fleet.first_day + timedelta(days=low)
    least = say(
        "{share}, {day}",
        share=write_percent(share[low]),
        day=write_day(day, short=True, year=False),
    )
    x = 100 * (low + 0.5) / DAYS
    marks = [svg.rules([0, 0.5, 1], 1, _SHARE), svg.stretch(DAYS, _SHARE, inner)]
    if share[low] < max(share):  # there is a day that stands out
        y = min(_SHARE - 8, _SHARE - _SHARE * share[low] + 18)
        marks.append(svg.word(x, y, least, "halo of-warm"))
    labels = ((_SHARE, "0"), (_SHARE / 2, write_percent(0.5)), (0.0, write_percent(1)))
    alt = say(
        "Share of the points that have each day; the least, {share}, on {day}.",
        share=write_percent(share[low]),
        day=write_day(day),
    )
    return svg.Plot(svg.gutter(labels, _SHARE + 6), svg.join(marks), _SHARE + 6, alt)
