"""The figures of a household's page: for all days, for one day, and for months."""

from collections.abc import Iterator, Mapping
from datetime import date

from markupsafe import Markup, escape
from msgspec import Struct

from sgeflow.core.measures.gaps import CONSENT, CONTRACT, NONE, UNASKED
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import (
    NOTHING,
    write_clock,
    write_day,
    write_month,
    write_number,
    write_percent,
    write_time,
)
from sgeflow.messages import Message, join_items, say, say_count, sentences
from sgeflow.tools.pages import svg
from sgeflow.tools.pages.household_facts import SERIES, SLOTS, CivilDay, Household, Month, MonthSum
from sgeflow.tools.pages.parts import PageFigure
from sgeflow.tools.pages.svg import short

_KILO = 1000


class DayFigure(Struct, frozen=True):
    """A figure of the selected day; `is_odd` if it deserves attention."""

    name: str
    value: str
    is_odd: bool = False


def figures(household: Household) -> Iterator[PageFigure]:
    """The figures of all days, the energy first."""
    yield _energy(household)
    if (most := household.most) is not None and household.energy is not None:
        mean = _kilo(household.energy / len(household.with_energy), 1)
        note = say("most on {day}: {energy} kWh", day=_short(most), energy=_kilo(most.energy, 1))
        yield PageFigure(name=say("an average day"), value=mean, unit="kWh", notes=(note,))
    if (watts := household.always_on) is not None:
        yield _always_on(household, watts)
    if household.off_peak_share is not None:
        yield PageFigure(
            name=say("in off-peak hours"),
            value=write_percent(household.off_peak_share),
            notes=_of_kept(household, off_peak_hours(household)),
        )
    if (day := household.highest) is not None:
        yield _highest(household, day)
    if household.curve_days:
        yield _whole(household)


def _energy(household: Household) -> PageFigure:
    known, total = len(household.with_energy), len(household.days)
    days = say_count(
        "in {known} of {count} day", "in {known} of {count} days", count=total, known=known
    )
    change = write_percent(household.change, 1, signed=True)
    same = len(household.comparable_days)
    if household.change is None:
        note = say("nothing of the year before is kept")
    elif same == known:
        note = say("{change} against the year before, weekday by weekday", change=change)
    else:
        note = say(
            "{change} against the year before, over the days that both years have ({count})",
            change=change,
            count=same,
        )
    value = _kilo(household.energy)
    return PageFigure(name=say("Energy"), value=value, unit="kWh", notes=(days, note))


def _always_on(household: Household, watts: float) -> PageFigure:
    known = [day.energy for day in household.with_energy if day.low is not None]
    energy = sum(one for one in known if one is not None)  # of the days whose power is known
    notes: tuple[Message, ...] = ()
    if energy:
        share = write_percent(watts * 24 * len(known) / energy)
        notes = (say("{share} of the energy", share=share),)
    notes = _of_kept(household, *notes)
    return PageFigure(name=say("always on"), value=write_number(watts), unit="W", notes=notes)


def _of_kept(household: Household, *notes: Message) -> tuple[Message, ...]:
    """Notes about the half-hours; the last one if they do not cover all days."""
    whole = len(household.curve_days) == len(household.days)
    return notes if whole else (*notes, say("of the half-hours that are kept"))


def _highest(household: Household, day: CivilDay) -> PageFigure:
    when: str = _short(day)
    if day.peak_at is not None:
        when = say("{day}, {time}", day=when, time=write_time(day.peak_at))
    if household.subscribed_power is not None and day.peak is not None:
        share = write_percent(day.peak / household.subscribed_power)
        allowed = _kilo(household.subscribed_power)
        when = say("{share} of {allowed} kVA; {when}", share=share, allowed=allowed, when=when)
    value = _kilo(day.peak, 1)
    return PageFigure(name=say("highest power"), value=value, unit="kVA", notes=(when,))


def _whole(household: Household) -> PageFigure:
    there, due = household.halves
    whole = sum(day.is_whole for day in household.curve_days)
    name = say_count(
        "of {count:,} day has every half-hour",
        "of {count:,} days have every half-hour",
        count=len(household.days),
    )
    first = household.curve_days[0]
    notes: list[Message] = []
    if due > there:
        missing = say_count(
            "{count:,} half-hour of the kept days is missing",
            "{count:,} half-hours of the kept days are missing",
            count=due - there,
        )
        notes.append(missing)
    if first is not household.days[0]:
        notes.append(say("kept from {day} on", day=write_day(first.date, short=True)))
    return PageFigure(name=name, value=write_number(whole), notes=tuple(notes))


def off_peak_hours(household: Household) -> Message:
    """The off-peak hours as text: `22:30-6:30` with a dash."""
    periods = household.off_peak.periods
    return join_items(f"{write_clock(first)}{NOTHING}{write_clock(end)}" for first, end in periods)


def day_figures(household: Household, day: CivilDay) -> tuple[DayFigure, ...]:
    """The figures of one day."""
    off_peak = household.off_peak.share((day.slots,)) if household.off_peak.periods else None
    difference = write_percent(day.difference, 1, signed=True)
    count = say("{present} of {expected}", present=day.present, expected=day.expected)
    low = NOTHING if day.low is None else f"{write_number(day.low)} W"
    return (
        DayFigure(say("Energy"), _with_unit(day.energy, "kWh"), day.energy is None),
        DayFigure(say("Sum of half-hours"), _with_unit(day.curve, "kWh")),
        DayFigure(say("Difference"), difference, day.differs),
        DayFigure(say("Half-hours"), count, day.missing > 0),
        DayFigure(say("Highest power"), peak_text(day)),
        DayFigure(say("Always on"), low),
        DayFigure(say("Off-peak share"), write_percent(off_peak)),
        DayFigure(say("Year before"), _with_unit(day.before, "kWh")),
    )


REASONS: Mapping[str, Message] = {
    CONTRACT: say("before the contract began"),
    CONSENT: say("no consent for it"),
    NONE: say("Enedis has none"),
    UNASKED: say("no answer yet, the next run asks again"),
}
"""Reasons why a day is missing."""


def energy_sentence(household: Household, day: CivilDay) -> Message:
    """A sentence about the energy of a day; an unknown energy has no number."""
    when, energy = write_day(day.date, week=True), _kilo(day.energy, 1)
    if day.energy is None:
        why = REASONS.get(household.why("daily_energy", day.date), "")
        return sentences(say("{when}: no energy of the day", when=when), why, between=": ")
    earlier = (
        say_count(
            "a year before {energy} kWh",
            "{count} years before {energy} kWh",
            count=years,
            energy=_kilo(day.earlier[years - 1], 1),
        )
        for years in household.earlier_years
        if day.earlier[years - 1] is not None
    )
    return join_items([say("{when}: {energy} kWh", when=when, energy=energy), *earlier])


def power_sentence(household: Household, day: CivilDay) -> Message:
    """A sentence about the maximum power of a day."""
    when = write_day(day.date, short=True)
    if day.peak is None:
        why = REASONS.get(household.why("max_power", day.date), "")
        return sentences(say("{when}: no highest power", when=when), why, between=": ")
    return say("{when}: {power}", when=when, power=peak_text(day))


def givers_of(household: Household, day: CivilDay) -> Message:
    """The runs and files that gave the values of a day; a dash without values."""
    known = (household.sources.get(series, {}).get(day.date, ()) for series in SERIES)
    givers = dict.fromkeys(one for some in known for one in some)
    names = [file or say("run {run}", run=run) for run, file in givers]
    return join_items(names or [NOTHING])


def peak_text(day: CivilDay) -> str:
    """The maximum power of a day, with its time if known."""
    power = _with_unit(day.peak, "kVA")
    return power if day.peak_at is None else f"{power}, {write_time(day.peak_at)}"


def _short(day: CivilDay) -> str:
    """A day as text that does not wrap."""
    return write_day(day.date, short=True, year=False).replace(" ", "\N{NO-BREAK SPACE}")


def _kilo(value: float | None, digits: int = 0) -> str:
    return write_number(None if value is None else value / _KILO, digits)


def _with_unit(value: float | None, unit: str) -> str:
    return NOTHING if value is None else f"{_kilo(value, 2)} {unit}"


_PROFILE = 74  # px


def month_rows(household: Household) -> Iterator[dict[str, str]]:
    """The rows of the table of months, oldest first."""
    sums = [one for month in household.months for one in (month.now, month.before) if one]
    most = max((one.energy for one in sums), default=1) or 1
    for month in household.months:
        yield {
            "name": write_month(month.first),
            "short": write_month(month.first, short=True, year=False),
            "bar": _bar(month, most),
            "now": _kilo(month.now.energy if month.now else None),
            "before": _kilo(month.before.energy if month.before else None),
            "change": "" if month.change is None else write_percent(month.change, 1, signed=True),
            "days": _days(month),
        }


def month_sums(household: Household) -> dict[date, str]:
    """The energy of each month by its first day; at least so much if days are missing."""
    return {
        month.first: ("" if month.now.is_whole else "≥\u202f") + _kilo(month.now.energy)
        for month in household.months
        if month.now
    }


def _days(month: Month) -> str:
    """The number of known days, shown in place of the change if days are missing."""
    if month.now is None:
        return say("no days")
    if month.now.is_whole:
        then = month.before
        if then is None or then.is_whole:
            return ""
        return say("before: {known} of {all} days", known=then.known, all=then.days)
    return say("{known} of {all} days", known=month.now.known, all=month.now.days)


def _bar(month: Month, most: float) -> Markup:
    name = escape(write_month(month.first))
    marks = [f'<svg data-chart width="100%" height="18" role="img" aria-label="{name}">']
    if now := month.now:
        kind = "bar" if now.is_whole else "bar partly"
        place = f'width="{short(100 * now.energy / most)}%" y="2" height="14" rx="1"'
        title = _month_title(month.first, now)
        marks.append(f'<rect class="{kind}" {place}><title>{title}</title></rect>')
    if before := month.before:
        kind = "bar-before" if before.is_whole else "bar-before partly"
        x = short(100 * before.energy / most)
        title = _month_title(month.first.replace(year=month.first.year - 1), before)
        place = f'x1="{x}%" x2="{x}%" y1="-1" y2="19"'
        marks.append(f'<line class="{kind}" {place}><title>{title}</title></line>')
    return svg.join([*marks, "</svg>"])


def _month_title(first: date, month: MonthSum) -> str:
    text = say(
        "{when}: {energy} kWh in {known} of {all} days",
        when=write_month(first),
        energy=_kilo(month.energy),
        known=month.known,
        all=month.days,
    )
    return escape(translate(text))


def calendar_rows(household: Household) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The energy of each month by year with its number of days, and the whole years last."""
    for number, month in enumerate(household.calendar, start=1):
        name = write_month(date(household.years[0], number, 1), year=False)
        yield name, [_calendar_cell(month[year]) for year in household.years]
    yield say("The year"), [_calendar_cell(household.year_sum(year)) for year in household.years]


def _calendar_cell(some: MonthSum | None) -> tuple[str, str]:
    """An energy, and the number of known days if some are missing."""
    if some is None:
        return NOTHING, ""
    of = say("{known} of {all} days", known=some.known, all=some.days)
    return _kilo(some.energy), "" if some.is_whole else of


def profiles_note(household: Household) -> Message:
    """How to read the profiles: the power at the top of their common scale."""
    return say(
        "Mean power from midnight to midnight, on one scale up to {power} kW. The lower band and"
        " the number are what is always on.",
        power=write_number(_top(household) / _KILO, 1),
    )


def _top(household: Household) -> float:
    levels = [watts for month in household.months for watts in month.profile if watts is not None]
    return max(levels, default=0) or 1


def profiles(household: Household) -> Iterator[dict[str, str]]:
    """The profile of each month with a complete day, all on one scale."""
    top = _top(household)
    for month in household.months:
        if month.is_shown:
            yield {
                "name": write_month(month.first, year=False),
                "always_on": f"{write_number(month.always_on)} W",
                "marks": _profile(month, top),
            }


def _profile(month: Month, top: float) -> Markup:
    band = ""
    if month.always_on is not None:
        level = short(100 - 100 * month.always_on / top)
        band = f'<path class="always-on" d="M0 100V{level}H{SLOTS}V100Z"/>'
    alt = say(
        "{month}: {low} W always on, {high} W at most",
        month=write_month(month.first),
        low=write_number(month.always_on),
        high=write_number(max(watts for watts in month.profile if watts is not None)),
    )
    inner = (
        f'<path class="area" d="{svg.levels(month.profile, top, closed=True)}"/>{band}'
        f'<path class="curve fine" d="{svg.levels(month.profile, top)}"/>'
    )
    words = f'data-chart role="img" aria-label="{escape(translate(alt))}"'
    return svg.stretch(SLOTS, _PROFILE, inner, words)
