"""Makes the page of a household from its facts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sgeflow.adapters.pages.render import render
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import NOTHING, write_day, write_number, write_percent
from sgeflow.messages import Message, join_items, say, say_count, sentences
from sgeflow.tools.pages.household_facts import (
    CHANGED,
    CLOCK,
    DIFFERS,
    LACKING,
    NO_CURVE,
    NO_ENERGY,
    NO_PEAK,
    Correction,
    Household,
    Oddity,
    Origin,
    oddities,
)
from sgeflow.tools.pages.household_figures import (
    REASONS,
    calendar_rows,
    day_figures,
    figures,
    givers_of,
    month_rows,
    off_peak_hours,
    profiles,
    profiles_note,
)
from sgeflow.tools.pages.household_plots import (
    carpet,
    daily,
    day_curve,
    earlier_name,
    peaks,
    script_data,
)

WORDS: Mapping[str, str] = {
    "days": say("Each day"),
    "days_note": say(
        "The energy of each day as Enedis gives it; weekends stand out. The line is the year"
        " before, the mean of a week."
    ),
    "days_note_alone": say(
        "The energy of each day as Enedis gives it; weekends stand out. Nothing of the year before"
        " is kept."
    ),
    "halves": say("Each half-hour"),
    "halves_note": say("A column is a day, from midnight at the top to midnight at the bottom."),
    "halves_choose": say("Choose one by a click, or with the arrow keys."),
    "halves_none": say("No half-hour is kept of these days."),
    "missing": say("no value"),
    "corrected": say("corrected since it was first kept"),
    "off_peak": say("off-peak"),
    "choose": say("Day"),
    "earlier": say("Day before"),
    "later": say("Day after"),
    "no_script": say("Without a script the page draws this day alone; the table has all days."),
    "table": say("All days as a table"),
    "remark": say("Remark"),
    "source": say("Source"),
    "usual": say("usual for this month; weekdays and weekends apart"),
    "peaks": say("Highest power of each day"),
    "peaks_note": say(
        "A dot is the highest power of a day, at its instant. The line is what the contract allows."
    ),
    "peaks_note_alone": say(
        "A dot is the highest power of a day. What the contract allows is not kept of this point."
    ),
    "peaks_none": say("No highest power is kept of these days."),
    "months": say("Months, beside the year before"),
    "months_note": say(
        "The stroke is the year before; a hatched bar lacks days. Changes are shown only for months"
        " without missing days in both years."
    ),
    "month": say("Month"),
    "energy": say("Energy"),
    "kwh": say("kWh"),
    "before": say("Year before"),
    "change": say("Change"),
    "years": say("All kept years"),
    "compare": say("Compare with"),
    "profiles": say("How a day looks, month by month"),
    "oddities": say("Gaps and differences"),
    "oddities_note": say(
        "Nothing is filled in. A small difference is usual: Enedis takes the energy of a day from"
        " the index of the meter, and the half-hours from its curve."
    ),
    "oddities_none": say("Nothing is missing, and nothing differs."),
    "day": say("Day"),
    "when": say("When"),
    "what": say("What"),
    "origins": say("Sources"),
    "origins_note": say("Which run, or which file of Enedis, last gave something to each series."),
    "series": say("Series"),
    "count": say("Values"),
    "given_by": say("Given by"),
}

_SERIES_NAMES: Mapping[str, str] = {
    "daily_energy": say("Energy of each day"),
    "load_curve": say("Half-hours"),
    "max_power": say("Highest power of each day"),
}


def _correction(one: Correction) -> Message:
    before, now = (write_number(value / 1000, 2) for value in (one.before, one.now))
    if one.series == "daily_energy":
        return say("energy corrected from {before} to {now} kWh", before=before, now=now)
    if one.series == "max_power":
        return say("highest power corrected from {before} to {now} kVA", before=before, now=now)
    return say_count(
        "{count} half-hour corrected from {before} to {now} kWh",
        "{count} half-hours corrected from {before} to {now} kWh in all",
        count=one.count,
        before=before,
        now=now,
    )


_LACKING_DAYS = {
    NO_ENERGY: say("no energy of the day"),
    NO_CURVE: say("no half-hour"),
    NO_PEAK: say("no highest power"),
}
_NEARLY_A_YEAR = 360  # number of days called a year
_DIGITS = 14  # of a point's id


def household_page(
    household: Household,
    origins: Sequence[Origin],
    *,
    corrected_on: Mapping[str, date],
    environment: str,
    is_simulated: bool,
) -> str:
    """Return the page in the reader's language; `corrected_on` has the start of correcting runs."""
    point, day = household.point, household.days[household.first_choice]
    if len(point) == _DIGITS:  # in groups with narrow spaces
        point = "\u202f".join([point[:2], *(point[at : at + 3] for at in range(2, _DIGITS, 3))])
    first, last = household.days[0].date, household.days[-1].date
    title, above = say("A year of electricity"), ""
    if household.year:
        title = say("Electricity in {year}", year=household.year)
    elif len(household.days) < _NEARLY_A_YEAR:
        title = say_count(
            "{count} day of electricity", "{count} days of electricity", count=len(household.days)
        )
    if household.above:
        above = say_count(
            "On {count} day more power was drawn than is subscribed.",
            "On {count} days more power was drawn than is subscribed.",
            count=household.above,
        )
    rows = list(_day_rows(household, corrected_on))
    return render(
        "household.html.j2",
        WORDS,
        sheet="household.css",
        scripts=("chart.js", "household.js"),
        data=script_data(household),
        household=household,
        title=title,
        about=(
            say("Point {point}", point=point),
            say("{first} to {last}", first=write_day(first), last=write_day(last)),
            say("environment {name}", name=environment),
        ),
        is_simulated=is_simulated,
        figures=list(figures(household)),
        daily=daily(household),
        carpet=carpet(household) if household.curve_days else None,
        off_peak_hours=off_peak_hours(household) if household.off_peak.periods else "",
        day=next(one for one in rows if one["date"] == day.date),
        day_rows=rows,
        curve=day_curve(household, day),
        first=first,
        last=last,
        earlier=[earlier_name(years) for years in household.earlier_years],
        years=household.years,
        calendar=list(calendar_rows(household)) if len(household.years) > 1 else [],
        years_note=say(
            "The energy in kWh. `sgeflow page household {point} --year {year}` shows one of them.",
            point=household.point,
            year=next((one for one in household.years[::-1] if one != last.year), last.year),
        ),
        peaks=peaks(household) if household.with_peak else None,
        above=above,
        months=list(month_rows(household)),
        profiles=list(profiles(household)),
        profiles_note=profiles_note(household),
        oddities=list(_oddity_rows(oddities(household), corrected_on)),
        origins=[_origin_row(one) for one in origins],
        made=say(
            "Made by sgeflow from the kept measures: {days} days, {halves} half-hours, {peaks}"
            " highest powers. This page loads nothing from the network. Always on: the median, over"
            " whole days, of the third-lowest half-hour. Usual: the median of the same half-hour on"
            " the weekdays, or weekends, of the month.",
            days=write_number(len(household.with_energy)),
            halves=write_number(household.halves[0]),
            peaks=write_number(len(household.with_peak)),
        ),
    )


def _day_rows(household: Household, corrected_on: Mapping[str, date]) -> Iterator[dict[str, Any]]:
    """The rows of the table of days, with figures and oddities."""
    found = oddities(household)
    for day in household.days:
        own = [one for one in found if one.first <= day.date <= one.last]
        stories = (story for _, _, story in _oddity_rows(own, corrected_on))
        yield {
            "date": day.date,
            "title": write_day(day.date, week=True),
            "figures": day_figures(household, day),
            "remark": join_items(stories, between=" · "),
            "source": givers_of(household, day),
        }


def _oddity_rows(
    found: Sequence[Oddity], corrected_on: Mapping[str, date]
) -> Iterator[tuple[date, str, Message]]:
    """First day, days and text of oddities; oddities of the same days share a row."""
    by_days: dict[tuple[date, date, str], list[Oddity]] = {}
    for one in found:
        by_days.setdefault((one.first, one.last, one.why), []).append(one)
    for (first, _, why), same in by_days.items():
        stories = join_items((_story(one, corrected_on) for one in same), between=" · ")
        yield first, _when(same[0]), sentences(stories, REASONS.get(why, ""), between=": ")


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
    if (fixed := one.correction) is not None:
        by: str = ""
        if fixed.file:
            by = say("by the file {file}", file=fixed.file)
        elif fixed.run in corrected_on:
            day = write_day(corrected_on[fixed.run], short=True)
            by = say("by run {run} on {day}", run=fixed.run, day=day)
        elif fixed.run:
            by = say("by run {run}, which the journal has forgotten", run=fixed.run)
        return sentences(_correction(fixed), by, between=", ")
    if one.kind == CLOCK:
        return say("the clock changes: {count} half-hours are right", count=number)
    if one.kind == LACKING:
        return say_count(
            "{count} half-hour is missing", "{count} half-hours are missing", count=number
        )
    if one.kind == CHANGED:
        return say_count(
            "{count} half-hour was corrected or estimated by Enedis",
            "{count} half-hours were corrected or estimated by Enedis",
            count=number,
        )
    if one.kind == DIFFERS:
        share = write_percent(one.number, 1)
        return say("the half-hours sum to {share} of the energy of the day", share=share)
    return _LACKING_DAYS[one.kind]


def _origin_row(one: Origin) -> dict[str, str]:
    givers: list[str] = list(one.files)
    if one.run and one.flow:
        givers.insert(0, say("run {run} of {flow}", run=one.run, flow=one.flow))
    elif one.run:
        givers.insert(0, say("run {run}, which the journal has forgotten", run=one.run))
    first, last = write_day(one.first, short=True), write_day(one.last, short=True)
    return {
        "series": _SERIES_NAMES.get(one.series, one.series),
        "count": write_number(one.count),
        "period": say("{first} to {last}", first=first, last=last),
        "given_by": join_items(givers) if givers else NOTHING,
        "began": one.began,
    }
