"""The page of a fleet, put together: facts to figures, tasks, marks and words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from markupsafe import Markup

from sgeflow.adapters.pages.render import render
from sgeflow.locale.writing import NOTHING, write_day, write_number, write_percent, write_sentence
from sgeflow.messages import Message, join_items, say, say_count, sentences
from sgeflow.tools.pages.code_explanation import Explain
from sgeflow.tools.pages.figure import PageFigure
from sgeflow.tools.pages.fleet import plots
from sgeflow.tools.pages.fleet.facts import DAYS, FAILED, Days, FleetFacts, FleetRow, ranges
from sgeflow.tools.pages.fleet.words import WHO, WORDS, waiting
from sgeflow.tools.pages.fleet.work_list import ORDER, FleetTask, tasks
from sgeflow.tools.pages.plotting import svg

_SLOWEST = 8
_MINUTE = 60.0
_MILLION = 1e6


def fleet_page(fleet: FleetFacts, explain: Explain) -> str:
    """The page as text, in the reader's language."""
    work = tasks(fleet, explain)
    title = say_count("A fleet of {count:,} row", "A fleet of {count:,} rows", count=fleet.total)
    return render(
        "fleet.html.j2",
        WORDS,
        sheet="fleet.css",
        fleet=fleet,
        title=title,
        about=(
            say("Fleet {run}", run=fleet.run),
            fleet.flow,
            write_day(fleet.today),
            say("environment {name}", name=fleet.environment),
        ),
        is_simulated=fleet.is_simulated,
        figures=list(_figures(fleet, work)),
        strip=_strip(fleet, work),
        work=[(who, WHO[who], list(each)) for who, each in groupby(work, key=lambda one: one.who)],
        key=_key(fleet, work),
        which=_which,
        lacking=ranges(fleet.rows_that_lack_days()),
        look=say("`sgeflow page run {run}.N` shows what row N did.", run=fleet.run),
        count=write_number,
        sentence=write_sentence,
        pace=plots.pace(fleet) if fleet.ended_rows else None,
        days=plots.days_plot(fleet, fleet.days) if fleet.days else None,
        days_note=_days_note(fleet),
        slowest=fleet.slowest[:_SLOWEST],
        seconds=lambda value: write_number(value, 2),
        FAILED=FAILED,
    )


def _figures(fleet: FleetFacts, work: list[FleetTask]) -> Iterator[PageFigure]:
    of = say(
        "{share} of {count:,}",
        share=write_percent(fleet.done_count / fleet.total, 1),
        count=fleet.total,
    )
    yield PageFigure(
        name=say("rows are done"),
        value=write_number(fleet.done_count),
        notes=(say("rows are done, {of}", of=of), _remaining_rows(work)),
    )
    ended = len(fleet.ended_rows)
    is_long = fleet.seconds >= 2 * _MINUTE
    yield PageFigure(
        name=say("for the whole fleet") if fleet.is_ended else say("so far"),
        value=write_number(fleet.seconds / (_MINUTE if is_long else 1), 1),
        unit="min" if is_long else "s",
        notes=(say("{rate} rows a second", rate=write_number(ended / fleet.seconds, 1)),),
    )
    calls = say(
        "{rate} a second, {each} a row",
        rate=write_number(fleet.calls / fleet.seconds),
        each=write_number(fleet.calls / ended, 1) if ended else NOTHING,
    )
    yield PageFigure(name=say("calls"), value=write_number(fleet.calls), notes=(calls,))
    if fleet.values:
        yield _values(fleet)
    if fleet.slowest:
        slowest = fleet.slowest[0]
        note = say(
            "row {row}; half of them took less than {median} s",
            row=slowest.number,
            median=write_number(fleet.median_seconds, 1),
        )
        value = write_number(slowest.seconds, 1)
        yield PageFigure(name=say("the slowest row"), value=value, unit="s", notes=(note,))
    if fleet.days:
        yield _days_figure(fleet.days)


def _values(fleet: FleetFacts) -> PageFigure:
    is_many = fleet.values >= _MILLION
    return PageFigure(
        name=say("measures came"),
        value=write_number(fleet.values / _MILLION, 2) if is_many else write_number(fleet.values),
        unit="M" if is_many else "",
        notes=(
            say(
                "{count} a row that is done",
                count=write_number(fleet.values / max(1, fleet.done_count)),
            ),
        ),
    )


def _days_figure(days: Days) -> PageFigure:
    count = len(days.kept) * DAYS
    share = sum(one.count("1") for one in days.kept) * 1000 // count / 1000  # never rounded up
    lacking = len(days.kept) - days.whole
    note = say_count("{count:,} point lacks some", "{count:,} points lack some", count=lacking)
    return PageFigure(name=say("of days are there"), value=write_percent(share, 1), notes=(note,))


def _remaining_rows(work: list[FleetTask]) -> Message:
    if not work:
        return WORDS["work_none"]
    return join_items([waiting(who, count) for who, count in _counts(work) if count], " · ")


def _counts(work: list[FleetTask]) -> list[tuple[str, int]]:
    """How many rows wait for whom."""
    return [(who, sum(len(one.rows) for one in work if one.who == who)) for who in ORDER]


def _strip(fleet: FleetFacts, work: list[FleetTask]) -> Markup:
    """All rows in one bar, by who acts."""
    x, parts = 0.0, []
    for kind, count in (("done", fleet.done_count), *_counts(work)):
        wide = 100 * count / fleet.total
        if count:
            place = f'x="{svg.short(x)}%" width="{svg.short(wide)}%"'
            parts.append(f'<rect class="who-{kind}" {place} height="14"/>')
        x += wide
    return svg.join(parts)


def _key(fleet: FleetFacts, work: list[FleetTask]) -> Iterator[tuple[str, Message]]:
    """What the parts of the bar are, each with its rows."""
    if fleet.done_count:
        yield "done", say_count("{count:,} done", "{count:,} done", count=fleet.done_count)
    yield from ((who, waiting(who, count)) for who, count in _counts(work) if count)


def _which(rows: tuple[FleetRow, ...]) -> tuple[str, str]:
    """Which rows, with the class of their list: their numbers in a text, or a line a row.

    A line has the row's point too, where the page was asked to name them.
    """
    if not any(row.point for row in rows):
        return "", ranges([row.number for row in rows])
    return "named", "\n".join(f"{row.number} {row.point}".rstrip() for row in rows)


def _days_note(fleet: FleetFacts) -> Any:
    days = fleet.days
    if days is None:
        return fleet.why_no_days
    counts = say_count(
        "{whole:,} of {count:,} point has the energy of each of the {days} days, {empty:,} of"
        " none.",
        "{whole:,} of {count:,} points have the energy of each of the {days} days, {empty:,} of"
        " none.",
        whole=days.whole,
        count=len(days.kept),
        days=DAYS,
        empty=days.empty,
    )
    some = len(days.partial)
    if not some:
        return sentences(counts, say("The area is the share of points that have a day."))
    if some <= plots.LINES:
        return sentences(
            counts,
            say(
                "Above, the share of points that have a day; below, a line each, those that have a"
                " part."
            ),
        )
    return sentences(
        counts,
        say(
            "Above, the share of points that have a day; below, a line each, the {lines} emptiest"
            " of the {some:,} that have a part.",
            lines=plots.LINES,
            some=some,
        ),
    )
