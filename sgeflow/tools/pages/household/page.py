"""The page of a household, put together: facts to figures, marks and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from sgeflow.adapters.pages.render import render
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import NOTHING, write_day, write_number, write_percent
from sgeflow.messages import Message, join_items, say, say_count, sentences
from sgeflow.tools.pages.household import oddities as odd
from sgeflow.tools.pages.household.carpet import carpet
from sgeflow.tools.pages.household.correction_story import correction_story
from sgeflow.tools.pages.household.day_panel import day_curve, script_data
from sgeflow.tools.pages.household.facts import Household
from sgeflow.tools.pages.household.figures import (
    day_figures,
    figures,
    off_peak_hours,
    sentence_of,
)
from sgeflow.tools.pages.household.month_rows import (
    month_rows,
    month_signs,
    profiles,
    profiles_note,
)
from sgeflow.tools.pages.household.oddities import Oddity, oddities
from sgeflow.tools.pages.household.origins import Origin
from sgeflow.tools.pages.household.plots import daily, peaks
from sgeflow.tools.pages.household.words import REASONS, SERIES, WORDS

_GROUPS = (2, 3, 3, 3, 3)  # how the fourteen digits of a point are read


class OriginRow(Struct, frozen=True, kw_only=True):
    """Where the values of a series come from, as it stands in the table."""

    series: str
    values: str
    period: str
    given_by: str
    began: str


def household_page(
    household: Household,
    origins: Sequence[Origin],
    *,
    corrected_on: Mapping[str, date],
    environment: str,
    is_simulated: bool,
) -> str:
    """The page as text, in the reader's language; when each run began that corrected a value."""
    day = household.days[household.first_choice]
    first, last = household.days[0].date, household.days[-1].date
    return render(
        "household.html.j2",
        WORDS,
        script="household.js",
        data=script_data(household),
        household=household,
        title=_title(household),
        about=(
            say("Point {point}", point=_digits(household.point)),
            say("{first} to {last}", first=write_day(first), last=write_day(last)),
            say("environment {name}", name=environment),
        ),
        is_simulated=is_simulated,
        figures=list(figures(household)),
        daily=daily(household),
        carpet=carpet(household) if household.curve_days else None,
        off_peak_hours=off_peak_hours(household) if household.off_peak.periods else "",
        day={"title": write_day(day.date, week=True), "spoken": sentence_of(day), "date": day.date},
        curve=day_curve(household, day),
        day_figures=day_figures(household, day),
        first=first,
        last=last,
        peaks=peaks(household) if household.with_peak else None,
        above=_above(household),
        months=list(month_rows(household)),
        month_signs=list(month_signs(household)),
        profiles=list(profiles(household)),
        profiles_note=profiles_note(household),
        oddities=list(_oddity_rows(household, corrected_on)),
        origins=[_origin_row(one) for one in origins],
        made=_colophon(household),
    )


def _title(household: Household) -> Message:
    if household.is_year:
        return say("A year of electricity")
    return say_count(
        "{count} day of electricity", "{count} days of electricity", count=len(household.days)
    )


def _digits(point: str) -> str:
    """The digits of a point in groups, with narrow spaces."""
    if len(point) != sum(_GROUPS):
        return point
    parts, at = [], 0
    for size in _GROUPS:
        parts.append(point[at : at + size])
        at += size
    return "\u202f".join(parts)


def _above(household: Household) -> str:
    if not household.above:
        return ""
    return say_count(
        "On {count} day more power was drawn than is subscribed.",
        "On {count} days more power was drawn than is subscribed.",
        count=household.above,
    )


def _oddity_rows(
    household: Household, corrected_on: Mapping[str, date]
) -> Iterator[tuple[str, Message]]:
    """When, and what: all that is told of the same days in one row."""
    by_days: dict[tuple[date, date, str], list[Oddity]] = {}
    for one in oddities(household):
        by_days.setdefault((one.first, one.last, one.why), []).append(one)
    for (_, _, why), same in by_days.items():
        stories = join_items((_story(one, corrected_on) for one in same), between=" · ")
        yield _when(same[0]), sentences(stories, REASONS.get(why, ""), between=": ")


def _when(one: Oddity) -> str:
    if one.first == one.last:
        return write_day(one.first, short=True)
    if (one.first.year, one.first.month) == (one.last.year, one.last.month):
        first: str = str(one.first.day)
    else:
        first = write_day(one.first, short=True, year=one.first.year != one.last.year)
    return translate(say("{first} to {last}", first=first, last=write_day(one.last, short=True)))


def _story(one: Oddity, corrected_on: Mapping[str, date]) -> Message:
    number = round(one.number)
    if one.correction is not None:
        return correction_story(one.correction, corrected_on)
    if one.kind == odd.CLOCK:
        return say("the clock changes: {count} half-hours are right", count=number)
    if one.kind == odd.LACKING:
        return say_count(
            "{count} half-hour is missing", "{count} half-hours are missing", count=number
        )
    if one.kind == odd.CHANGED:
        return say_count(
            "{count} half-hour was corrected or estimated by Enedis",
            "{count} half-hours were corrected or estimated by Enedis",
            count=number,
        )
    if one.kind == odd.DIFFERS:
        share = write_percent(one.number, 1)
        return say("the half-hours sum to {share} of the energy of the day", share=share)
    stories = {
        odd.NO_ENERGY: say("no energy of the day"),
        odd.NO_CURVE: say("no half-hour"),
        odd.NO_PEAK: say("no highest power"),
    }
    return stories[one.kind]


def _origin_row(one: Origin) -> OriginRow:
    runs = [_run(one)] if one.run else []
    return OriginRow(
        series=SERIES.get(one.series, one.series),
        values=write_number(one.count),
        period=say(
            "{first} to {last}",
            first=write_day(one.first, short=True),
            last=write_day(one.last, short=True),
        ),
        given_by=join_items([*runs, *one.files]) if runs or one.files else NOTHING,
        began=one.began,
    )


def _run(one: Origin) -> Message:
    if one.flow:
        return say("run {run} of {flow}", run=one.run, flow=one.flow)
    return say("run {run}, which the journal has forgotten", run=one.run)


def _colophon(household: Household) -> Message:
    there, _ = household.halves
    return say(
        "Made by sgeflow from what is kept here: {days} days, {halves} half-hours, {peaks} highest"
        " powers. This page asks nobody for anything. Always on: the median, over whole days, of"
        " the third-lowest half-hour. Usual: the median of the same half-hour on the weekdays, or"
        " weekends, of the month.",
        days=write_number(len(household.with_energy)),
        halves=write_number(there),
        peaks=write_number(len(household.with_peak)),
    )
