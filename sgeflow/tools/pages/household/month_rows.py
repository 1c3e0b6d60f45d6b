"""The months of a household as rows of a table, and the profiles of their days."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape
from msgspec import Struct

from sgeflow.locale.translate import translate
from sgeflow.locale.writing import write_month, write_number, write_percent
from sgeflow.messages import Message, say
from sgeflow.tools.pages.household.days import SLOTS
from sgeflow.tools.pages.household.facts import Household
from sgeflow.tools.pages.household.months import Month, MonthSum
from sgeflow.tools.pages.plotting import svg
from sgeflow.tools.pages.plotting.svg import short

_KILO = 1000
_PROFILE = 74  # px


class MonthRow(Struct, frozen=True, kw_only=True):
    """A month as it stands in the table."""

    name: str
    short: str
    bar: Markup
    now: str
    before: str
    change: str
    days: str  # how many are known, in the place of a change, where some are missing


class Profile(Struct, frozen=True, kw_only=True):
    """How a day of a month looks."""

    name: str
    always_on: str
    marks: Markup


def month_rows(household: Household) -> Iterator[MonthRow]:
    """A row a month, oldest first."""
    sums = [one for month in household.months for one in (month.now, month.before) if one]
    most = max((one.energy for one in sums), default=1) or 1
    for month in household.months:
        yield MonthRow(
            name=write_month(month.first),
            short=write_month(month.first, short=True, year=False),
            bar=_bar(month, most),
            now=_energy(month.now),
            before=_energy(month.before),
            change="" if month.change is None else write_percent(month.change, 1, signed=True),
            days=_days(month),
        )


def _days(month: Month) -> str:
    if month.now is None:
        return say("no day")
    if month.now.is_whole:
        then = month.before
        if then is None or then.is_whole:
            return ""
        return say("before: {known} of {all} days", known=then.known, all=then.days)
    return say("{known} of {all} days", known=month.now.known, all=month.now.days)


def _bar(month: Month, most: float) -> Markup:
    marks = ['<svg width="100%" height="18" aria-hidden="true">']
    if month.now is not None:
        kind = "bar" if month.now.is_whole else "bar partly"
        wide = short(100 * month.now.energy / most)
        marks.append(f'<rect class="{kind}" width="{wide}%" y="2" height="14" rx="1"/>')
    if month.before is not None:
        kind = "bar-before" if month.before.is_whole else "bar-before partly"
        x = short(100 * month.before.energy / most)
        marks.append(f'<line class="{kind}" x1="{x}%" x2="{x}%" y1="-1" y2="19"/>')
    return svg.join([*marks, "</svg>"])


def _energy(total: MonthSum | None) -> str:
    return write_number(None if total is None else total.energy / _KILO)


def month_signs(household: Household) -> Iterator[tuple[str, Message]]:
    """The marks that are in the bars of months, each with its meaning."""
    now = [month.now for month in household.months if month.now]
    before = [month.before for month in household.months if month.before]
    if any(one.is_whole for one in now):
        yield "bar", say("the month")
    if not all(one.is_whole for one in now):
        yield "bar partly", say("days of it are missing")
    if any(one.is_whole for one in before):
        yield "bar-before", say("a year before")
    if not all(one.is_whole for one in before):
        yield "bar-before partly", say("a year before, days of it are missing")


def profiles_note(household: Household) -> Message:
    """How to read the profiles: up to which power their common scale goes."""
    return say(
        "Mean power from midnight to midnight, on one scale up to {power} kW. The lower band and"
        " the number are what is always on.",
        power=write_number(_top(household) / _KILO, 1),
    )


def _top(household: Household) -> float:
    levels = [watts for month in household.months for watts in month.profile if watts is not None]
    return max(levels, default=0) or 1


def profiles(household: Household) -> Iterator[Profile]:
    """The profile of each month of which a whole day is kept, all on one scale."""
    top = _top(household)
    for month in household.months:
        known = [watts for watts in month.profile if watts is not None]
        if known:
            yield Profile(
                name=write_month(month.first, year=False),
                always_on=_watts(month),
                marks=_profile(month, top, max(known)),
            )


def _watts(month: Month) -> str:
    return f"{write_number(month.always_on)} W"


def _profile(month: Month, top: float, highest: float) -> Markup:
    band = ""
    if month.always_on is not None:
        level = short(100 - 100 * month.always_on / top)
        band = f'<path class="always-on" d="M0 100V{level}H{SLOTS}V100Z"/>'
    alt = translate(
        say(
            "{month}: {low} W always on, {high} W at most",
            month=write_month(month.first),
            low=write_number(month.always_on),
            high=write_number(highest),
        )
    )
    inner = (
        f'<path class="area" d="{svg.levels(month.profile, top, closed=True)}"/>{band}'
        f'<path class="curve fine" d="{svg.levels(month.profile, top)}"/>'
    )
    return svg.stretch(SLOTS, _PROFILE, inner, f'role="img" aria-label="{escape(alt)}"')
