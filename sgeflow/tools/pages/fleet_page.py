"""Makes the page of a fleet from its facts."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import groupby
from types import MappingProxyType
from typing import Any

from markupsafe import Markup, escape

from sgeflow.adapters.pages.render import render
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import (
    NOTHING,
    row_words,
    write_day,
    write_duration,
    write_number,
    write_percent,
    write_scale,
    write_seconds,
    write_sentence,
)
from sgeflow.messages import Message, join_items, say, say_count, sentences
from sgeflow.tools.pages import heat_map, svg
from sgeflow.tools.pages.axis import months_axis
from sgeflow.tools.pages.fleet_facts import (
    CUSTOMER,
    DAYS,
    FAILED,
    GO_ON,
    LATER,
    OPERATOR,
    ORDER,
    SLOWEST,
    Days,
    FleetFacts,
    FleetRow,
    FleetTask,
    ranges,
    tasks,
)
from sgeflow.tools.pages.parts import OUTCOMES, Explain, PageFigure

WORDS = {
    "work": say("Actions"),
    "work_note": say("Unfinished rows; rows that wait for a person come first."),
    "work_none": say("Nothing is left to do."),
    "rows": say("Rows"),
    "outcome": say("Outcome"),
    "to_do": say("Remedy"),
    "which": say("which rows"),
    "lacking": say("Done rows whose point lacks days"),
    "pace": say("Rows per second"),
    "pace_note": say("Rows by the time they ended: done rows, with failed rows on top."),
    "days": say("Days of each point"),
    "slowest": say("The slowest rows"),
    "row": say("Row"),
    "duration": say("Duration"),
    "calls": say("Calls"),
    "ended": say("Outcome"),
    "done": say("done"),
    "missing": say("not kept"),
    "kept": say("kept"),
}

WHO = {
    OPERATOR: say("For an operator"),
    CUSTOMER: say("For a customer"),
    LATER: say("Recovers by itself"),
    GO_ON: say("Not finished"),
}


def waiting(who: str, count: int) -> Message:
    """The number of rows that wait for a person."""
    if who == OPERATOR:
        return say("{count:,} for an operator", count=count)
    if who == CUSTOMER:
        return say("{count:,} for a customer", count=count)
    if who == LATER:
        return say_count(
            "{count:,} recovers by itself", "{count:,} recover by themselves", count=count
        )
    return say("{count:,} not finished", count=count)


_HIGH, _AXIS = 120.0, 26.0  # px: a plot, and its labels
_SHARE = 80.0
_KEPT = ((47, 114, 153), (98, 174, 211))  # colours on paper and at night
_LAST = 97  # percent; a label further right would not fit
_SIZES = (("low", 30), ("mid", 90), ("high", 210))  # lines that a heat map of this class holds
LINES = _SIZES[-1][1]
"""The maximum number of points with gaps that are shown, the emptiest first."""


def pace(fleet: FleetFacts) -> svg.Plot:
    """Bars of rows that ended, failed ones on top."""
    parts = fleet.pace()
    size = fleet.seconds / len(parts)
    scale = svg.ticks(max(good + bad for good, bad in parts) / size, about=3)
    top = scale[-1] * size
    bars = svg.bars([good for good, _ in parts], top, range(len(parts)), width=0.86)
    over = "".join(
        f"M{at + 0.5} {svg.short(100 - 100 * (good / top))}"
        f"V{svg.short(100 - 100 * ((good + bad) / top))}"
        for at, (good, bad) in enumerate(parts)
        if bad
    )
    failed = Markup(f'<g class="bars warm"><path d="{over}" stroke-width="0.86"/></g>')
    inner = svg.join([f'<g class="bars">{bars}</g>', failed])
    marks = svg.join(
        [
            svg.rules(scale, scale[-1], _HIGH),
            svg.stretch(len(parts), _HIGH, inner),
            _moments(fleet),
            svg.hits((_pace_title(at * size, size, *one) for at, one in enumerate(parts)), _HIGH),
        ]
    )
    labels = svg.beside(scale, write_scale(scale), _HIGH)
    rate = write_number(len(fleet.ended_rows) / fleet.seconds, 1)
    alt = say(
        "Rows that ended, one bar for {seconds} seconds; {rate} per second on average.",
        seconds=write_number(size, 1),
        rate=rate,
    )
    return svg.Plot(svg.gutter(labels, _HIGH + _AXIS), marks, _HIGH + _AXIS, alt)


def _pace_title(start: float, size: float, good: int, bad: int) -> str:
    text = say(
        "{start} to {end} s: {good:,} done, {bad:,} failed",
        start=write_number(start, 1),
        end=write_number(start + size, 1),
        good=good,
        bad=bad,
    )
    return translate(text)


def _moments(fleet: FleetFacts) -> Markup:
    sizes = ((3600, "h"), (60, "min"), (1, "s"))
    size, unit = next((one for one in sizes if fleet.seconds >= 2 * one[0]), sizes[-1])
    places = svg.ticks(fleet.seconds / size, about=4)
    words = [
        svg.word(x, _HIGH + 17, f"{number} {unit}", "")
        for place, number in zip(places, write_scale(places), strict=True)
        if (x := 100 * place * size / fleet.seconds) <= _LAST
    ]
    return svg.join(words)


def days_plot(fleet: FleetFacts, days: Days) -> dict[str, Any]:
    """The share of points with each day, and one line for each point with gaps.

    `size` is the style class for the height of the lines; empty without lines.
    """
    share = days.share
    low = min(range(DAYS), key=lambda day: share[day])
    lines = days.partial[:LINES]
    cells = [[0 if sign == "1" else heat_map.GAP for sign in one] for one in lines]
    light, dark = heat_map.heat_maps(cells, ([colour] for colour in _KEPT)) if cells else ("", "")
    alt = say(
        "Points with all days: {whole}, without data: {empty}, incomplete: {some}.",
        whole=days.whole,
        empty=days.empty,
        some=len(days.partial),
    )
    return {
        "share": _share_plot(fleet, share, low),
        "light": light,
        "dark": dark,
        "alt": alt,
        "axis": months_axis([fleet.first_day + timedelta(days=day) for day in range(DAYS)], 0),
        # styles are forbidden in the page, so heights come from a few classes
        "size": next(name for name, most in _SIZES if len(lines) <= most) if lines else "",
    }


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
    days = (fleet.first_day + timedelta(days=one) for one in range(DAYS))
    names = (write_day(one, short=True, year=False) for one in days)
    shares = (f"{name} · {write_percent(part, 1)}" for name, part in zip(names, share, strict=True))
    marks = [svg.rules([0, 0.5, 1], 1, _SHARE), svg.stretch(DAYS, _SHARE, inner)]
    marks.append(svg.hits(shares, _SHARE))
    if share[low] < max(share):  # one day is emptier than others
        y = min(_SHARE - 8, _SHARE - _SHARE * share[low] + 18)
        marks.append(svg.word(x, y, least, "halo of-warm"))
    labels = ((_SHARE, "0"), (_SHARE / 2, write_percent(0.5)), (0.0, write_percent(1)))
    alt = say(
        "Share of the points with data for each day; lowest on {day}: {share}.",
        share=write_percent(share[low]),
        day=write_day(day),
    )
    return svg.Plot(svg.gutter(labels, _SHARE + 6), svg.join(marks), _SHARE + 6, alt)


_MINUTE = 60.0
_MILLION = 1e6


def fleet_page(
    fleet: FleetFacts, explain: Explain, row_files: Mapping[int, str] = MappingProxyType({})
) -> str:
    """Return the page in the reader's language; `row_files` are the pages of some rows."""
    work = tasks(fleet, explain)
    title = say_count("A fleet of {count:,} row", "A fleet of {count:,} rows", count=fleet.total)
    return render(
        "fleet.html.j2",
        WORDS,
        sheet="fleet.css",
        scripts=("chart.js",),
        fleet=fleet,
        title=title,
        about=(
            say("Fleet {run}", run=fleet.run),
            fleet.flow,
            write_day(fleet.today),
            say("environment {name}", name=fleet.environment),
        ),
        is_simulated=fleet.is_simulated,
        outcome=OUTCOMES[fleet.status],
        figures=list(_figures(fleet, work)),
        strip=_strip(fleet, work),
        work=[(who, WHO[who], list(each)) for who, each in groupby(work, key=lambda one: one.who)],
        key=_key(fleet, work),
        which=_which,
        lacking=ranges(fleet.rows_that_lack_days()),
        look=say("Details of row N: `sgeflow page run {run}.N`.", run=fleet.run),
        count=write_number,
        sentence=write_sentence,
        pace=pace(fleet) if fleet.ended_rows else None,
        days=days_plot(fleet, fleet.days) if fleet.days else None,
        days_note=_days_note(fleet),
        slowest=fleet.slowest[:SLOWEST],
        duration=write_duration,
        row_words=row_words,
        FAILED=FAILED,
        row_files=row_files,
    )


def _figures(fleet: FleetFacts, work: list[FleetTask]) -> Iterator[PageFigure]:
    of = say(
        "{share} of {count:,}",
        share=write_percent(fleet.done_count / fleet.total, 1),
        count=fleet.total,
    )
    waits = [waiting(who, count) for who, count in _counts(work) if count]
    remaining = join_items(waits, " · ") if work else WORDS["work_none"]
    notes = (say("rows are done, {of}", of=of), remaining)
    yield PageFigure(name=say("rows are done"), value=write_number(fleet.done_count), notes=notes)
    ended = len(fleet.ended_rows)
    value, unit = write_seconds(fleet.seconds)
    if fleet.seconds >= 2 * _MINUTE:
        value, unit = write_number(fleet.seconds / _MINUTE, 1), "min"
    yield PageFigure(
        name=say("for the whole fleet") if fleet.is_ended else say("so far"),
        value=value,
        unit=unit,
        notes=(say("{rate} rows per second", rate=write_number(ended / fleet.seconds, 1)),),
    )
    calls = say(
        "{rate} per second, {each} per row",
        rate=write_number(fleet.calls / fleet.seconds),
        each=write_number(fleet.calls / ended, 1) if ended else NOTHING,
    )
    yield PageFigure(name=say("calls"), value=write_number(fleet.calls), notes=(calls,))
    if fleet.values:
        is_many = fleet.values >= _MILLION
        each = write_number(fleet.values / max(1, fleet.done_count))
        yield PageFigure(
            name=say("measures received"),
            value=write_number(fleet.values / _MILLION if is_many else fleet.values, 2 * is_many),
            unit="M" if is_many else "",
            notes=(say("{count} per completed row", count=each),),
        )
    if fleet.slowest:
        slowest = fleet.slowest[0]
        note = say(
            "{row}; the median is {median}",
            row=row_words(slowest.number, slowest.line),
            median=write_duration(fleet.median_seconds),
        )
        value, unit = write_seconds(slowest.seconds)
        yield PageFigure(name=say("the slowest row"), value=value, unit=unit, notes=(note,))
    if days := fleet.days:
        count = len(days.kept) * DAYS
        share = sum(one.count("1") for one in days.kept) * 1000 // count / 1000  # rounded down
        lacking = len(days.kept) - days.whole
        note = say_count("{count:,} point lacks days", "{count:,} points lack days", count=lacking)
        value = write_percent(share, 1)
        yield PageFigure(name=say("of days available"), value=value, notes=(note,))


def _counts(work: list[FleetTask]) -> list[tuple[str, int]]:
    return [(who, sum(len(one.rows) for one in work if one.who == who)) for who in ORDER]


def _strip(fleet: FleetFacts, work: list[FleetTask]) -> Markup:
    x, parts = 0.0, []
    titles = dict(_key(fleet, work))
    for kind, count in (("done", fleet.done_count), *_counts(work)):
        wide = 100 * count / fleet.total
        if count:
            place = f'x="{svg.short(x)}%" width="{svg.short(wide)}%" height="14"'
            title = escape(translate(titles[kind]))
            parts.append(f'<rect class="who-{kind}" {place}><title>{title}</title></rect>')
        x += wide
    return svg.join(parts)


def _key(fleet: FleetFacts, work: list[FleetTask]) -> Iterator[tuple[str, Message]]:
    """The parts of the bar with their numbers of rows."""
    if fleet.done_count:
        yield "done", say_count("{count:,} done", "{count:,} done", count=fleet.done_count)
    yield from ((who, waiting(who, count)) for who, count in _counts(work) if count)


def _which(rows: tuple[FleetRow, ...]) -> tuple[str, str]:
    """A list of rows and its style class: numbers in a text, or one line per row.

    A line also names the row's point if the page was asked to name points.
    """
    if not any(row.point for row in rows):
        return "", ranges([row.number for row in rows])
    return "named", "\n".join(f"{row.number} {row.point}".rstrip() for row in rows)


def _days_note(fleet: FleetFacts) -> str:
    days = fleet.days
    if days is None:
        return fleet.why_no_days
    counts = say(
        "Points with the energy of each of the {days} days: {whole:,} of {count:,}; of none:"
        " {empty:,}.",
        whole=days.whole,
        count=len(days.kept),
        days=DAYS,
        empty=days.empty,
    )
    some = len(days.partial)
    area = say("Area: share of the points with data for a day.")
    lines: str = say("Bottom: one line for each incomplete point.") if some else ""
    if some > LINES:
        lines = say(
            "Bottom: the {lines} emptiest of {some:,} incomplete points, one line each.",
            lines=LINES,
            some=some,
        )
    return sentences(counts, area, lines)
