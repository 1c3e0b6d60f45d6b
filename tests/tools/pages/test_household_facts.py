"""What a household's page says is what is kept; what is not kept is nothing, and never zero."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.engine.effects import Loaded
from sgeflow.core.measures.civil_time import civil, midnight
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import Measure
from sgeflow.locale.translate import translate
from sgeflow.tools.pages.household_facts import (
    Correction,
    Household,
    OffPeak,
    corrections_of,
    oddities,
    read_off_peak,
)
from sgeflow.tools.pages.household_figures import energy_sentence, figures, month_rows
from sgeflow.tools.pages.household_plots import day_curve

LAST = date(2026, 11, 26)


def test_the_year_and_its_months_are_the_sums_of_what_is_kept(kept):
    energies = {
        civil(one.start).date(): one.value
        for one in kept.store.load(kept.point, "daily_energy").measures
    }
    year = [LAST - timedelta(days=number) for number in range(365)]
    facts = kept.facts
    assert [day.date for day in facts.days] == year[::-1]
    assert facts.energy == sum(energies.get(day, 0) for day in year)
    assert len(facts.with_energy) == sum(day in energies for day in year) == 362
    both = [day for day in year if {day, day - timedelta(days=364)} <= energies.keys()]
    before = sum(energies[day - timedelta(days=364)] for day in both)
    assert facts.change == pytest.approx(sum(energies[day] for day in both) / before - 1)
    for month in facts.months:
        months = [d for d in energies if (d.year, d.month) == (month.first.year, month.first.month)]
        assert month.now.energy == sum(energies[day] for day in months)
        assert month.now.known == len(months)
    whole = {month.first.month for month in facts.months if month.change is not None}
    assert whole == set(range(1, 13)) - {5, 7, 11}  # of these a day is missing, this year or last


def test_the_curve_of_each_day_is_what_is_kept(kept):
    watts = {one.start: one.value for one in kept.store.load(kept.point, "load_curve").measures}
    shown = {}
    for day in kept.facts.days:
        usual = not day.changes_clock
        for slot, value in enumerate(day.slots):
            if usual and value is not None:
                shown[midnight(day.date) + slot * 1800] = value
    changes = [day.date for day in kept.facts.days if day.changes_clock]
    assert changes == [date(2026, 3, 29), date(2026, 10, 25)]
    assert shown == {at: w for at, w in watts.items() if civil(at).date() not in changes}
    spring, autumn = (next(d for d in kept.facts.days if d.date == day) for day in changes)
    assert [(day.present, day.expected, day.missing) for day in (spring, autumn)] == [
        (46, 46, 0),
        (50, 50, 0),
    ]
    assert [slot for slot, value in enumerate(spring.slots) if value is None] == [4, 5]
    assert list(spring.skipped_slots) == [4, 5]
    twice = [watts[midnight(autumn.date) + 4 * 1800 + more] for more in (0, 3600)]
    assert autumn.slots[4] == sum(twice) / 2  # a mean of powers is a power


def test_what_a_meter_does_not_tell_is_told_of_with_its_reason(kept):
    found = [
        (
            one.first.isoformat(),
            (one.last - one.first).days + 1,
            one.kind,
            round(one.number, 3),
            one.why,
        )
        for one in oddities(kept.facts)
    ]
    assert found == [
        ("2026-01-21", 1, "differs", pytest.approx(0.971, abs=0.001), ""),
        ("2026-02-13", 1, "lacking", 12, "none"),
        ("2026-03-29", 1, "clock", 46, ""),
        ("2026-05-15", 3, "no_energy", 0, "none"),
        ("2026-05-15", 3, "no_peak", 0, "none"),
        ("2026-06-29", 1, "differs", pytest.approx(0.862, abs=0.001), ""),
        ("2026-07-03", 2, "no_curve", 0, "none"),
        ("2026-09-08", 1, "lacking", 6, "none"),
        ("2026-09-28", 1, "corrected", 1, ""),
        ("2026-10-03", 1, "corrected", 1, ""),
        ("2026-10-18", 1, "corrected", 6, ""),
        ("2026-10-25", 1, "clock", 50, ""),
        ("2026-11-07", 1, "differs", pytest.approx(1.031, abs=0.001), ""),
        ("2026-11-15", 1, "lacking", 12, "none"),
    ]
    by_date = {day.date.isoformat(): day for day in kept.facts.days}
    no_curve, no_energy, lacking = (
        by_date[day] for day in ("2026-07-03", "2026-05-16", "2026-02-13")
    )
    assert (no_curve.curve, no_curve.low, set(no_curve.slots)) == (None, None, {None})
    assert (no_energy.energy, no_energy.peak, no_energy.peak_at) == (None, None, None)
    assert lacking.curve is None  # a sum of what is there would be no sum of the day
    assert [slot for slot, value in enumerate(lacking.slots) if value is None] == [*range(26, 38)]


def test_a_day_without_an_answer_says_that_the_next_run_asks_again(kept):
    gap = {"start": "2026-05-15", "end": "2026-05-18", "why": "unasked"}
    facts = Household(kept.point, kept.facts.series, {"gaps": {"daily_energy": [gap]}})
    told = {day.date: energy_sentence(facts, day) for day in facts.days if day.energy is None}
    ends = {translate(words).partition(": no energy of the day: ")[2] for words in told.values()}
    assert ends == {"no answer yet, the next run asks again"}


def test_the_contract_is_remembered_and_so_is_who_gave_what(kept):
    assert kept.facts.subscribed_power == 9000
    assert kept.facts.off_peak.periods == ((22 * 60 + 30, 6 * 60 + 30),)
    for series in ("daily_energy", "load_curve", "max_power"):
        origin = kept.store.origin_of(kept.point, series)
        assert (origin.run, origin.files) == (kept.report.run, ())
    assert kept.store.origin_of(kept.point, "nothing").run == ""


def came(at, value, step=1800, nature="B", file=""):
    return Measure(midnight(LAST) + at * 1800, value, step, nature), "later", file


def test_a_value_is_corrected_when_it_is_another_and_not_when_its_nature_or_interval_is():
    before = {one.start: one for one, *_ in (came(at, 1.5) for at in range(5))}
    kept = (
        came(0, 1.5, nature="C"),
        came(1, 2),
        came(2, 1, step=600),
        came(3, 2.5),
        came(4, 3, file="R4x.zip"),
        came(5, 9),  # nothing stood there before
    )
    ours = {"series": "load_curve", "day": LAST, "run": "later"}
    assert list(corrections_of("load_curve", "kW", before, kept)) == [
        Correction(**ours, count=2, before=1500, now=2250),
        Correction(**ours, count=1, before=750, now=1500, file="R4x.zip"),
    ]
    moved, later = (came(at, value, step=0) for at, value in ((1, 2), (50, 4)))
    peaks = {
        midnight(LAST) + 86_400 * day: came(at, 3, step=0)[0] for day, at in ((0, 40), (1, 49))
    }
    told = list(corrections_of("max_power", "VA", peaks, (moved, later)))
    assert [(one.before, one.now) for one in told] == [(3, 2), (3, 4)]  # of a day there is one


NOTHING = Loaded(unit="", measures=Measures.of(()))


def made(daily=(), curve=(), peaks=(), **remembered):
    series = {
        "daily_energy": Loaded(unit="Wh", measures=Measures.of(daily)),
        "load_curve": Loaded(unit="W", measures=Measures.of(curve)),
        "max_power": Loaded(unit="VA", measures=Measures.of(peaks)),
    }
    return Household("30000000000011", series, remembered)


def test_what_is_always_on_is_a_share_of_the_energy_of_the_days_that_tell_it():
    before = LAST - timedelta(days=1)
    daily = [Measure(midnight(before), 30_000, 86400), Measure(midnight(LAST), 2_400, 86400)]
    curve = [Measure(midnight(LAST) + place * 1800, 50, 1800) for place in range(48)]
    told = {str(one.name): one for one in figures(made(daily=daily, curve=curve))}["always on"]
    assert (told.value, [str(note) for note in told.notes]) == (
        "50",
        ["50% of the energy", "of the half-hours that are kept"],
    )


def test_a_month_without_any_day_says_so_in_both_languages(monkeypatch):
    days = [date(2026, 9, 30), date(2026, 11, 1)]
    household = made(daily=[Measure(midnight(day), 5_000, 86400) for day in days])
    october = [row["days"] for row in month_rows(household)][1]
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    assert (str(october), translate(october)) == ("no days", "aucun jour")


def test_values_that_were_corrected_or_estimated_are_told_of():
    natures = ["B", "C", "E", "R"]
    curve = [
        Measure(midnight(LAST) + place * 1800, 100, 1800, natures[place % 4]) for place in range(48)
    ]
    (day,) = made(curve=curve).days
    assert day.changed == 24
    assert [(one.kind, one.number) for one in oddities(made(curve=curve))] == [("changed", 24)]


def test_a_change_of_the_clock_is_told_only_where_half_hours_of_that_day_are_kept():
    autumn = midnight(date(2026, 10, 25))
    peaks = [Measure(autumn + 60, 900), Measure(midnight(LAST) + 60, 900)]
    curve = [Measure(autumn + place * 1800, 100, 1800) for place in range(50)]
    without, with_curve = oddities(made(peaks=peaks)), oddities(made(peaks=peaks, curve=curve))
    assert [one.number for one in without if one.kind == "clock"] == []
    assert [one.number for one in with_curve if one.kind == "clock"] == [50]


def test_ten_minutes_make_the_half_hours_of_which_nothing_lacks():
    start = midnight(LAST)
    tens = [Measure(start + place * 600, 10 * place, 600, "R") for place in range(144)]
    (day,) = made(curve=[one for one in tens if one.start != start + 600]).days
    assert day.slots[:3] == (None, 40, 70)
    assert (day.present, day.expected) == (143, 144)


def test_the_numbers_beside_a_small_power_are_those_of_its_lines():
    curve = [Measure(midnight(LAST) + place * 1800, 750, 1800) for place in range(48)]
    household = made(curve=curve)
    beside = day_curve(household, household.days[0]).gutter
    assert re.findall(r">([\d.]+)<", beside) == ["0.0", "0.2", "0.4", "0.6", "0.8"]


def test_power_above_what_is_subscribed_is_counted_and_another_unit_is_not_compared():
    peaks = [Measure(midnight(LAST) + 60, 9100), Measure(midnight(LAST) - 60, 8900)]
    assert made(peaks=peaks, subscribedPower="9").above == 1
    assert made(peaks=peaks, subscribedPower="9", subscribedPowerUnit="kW").subscribed_power is None
    assert made(peaks=peaks, subscribedPower="nine").subscribed_power is None


def test_a_household_of_which_nothing_is_kept_has_no_day():
    assert made().days == ()


MINUTES = st.integers(0, 24 * 60 - 1)


@given(st.lists(st.tuples(MINUTES, MINUTES).filter(lambda p: p[0] != p[1]), max_size=1))
def test_off_peak_parts_sum_to_the_minutes_of_the_periods(periods):
    hours = OffPeak(tuple(periods))
    minutes = sum((end - first) % (24 * 60) for first, end in periods)
    assert sum(hours.part_of(slot) for slot in range(48)) * 30 == pytest.approx(minutes)
    text = ";".join(f"{a // 60}H{a % 60:02d}-{b // 60}H{b % 60:02d}" for a, b in periods)
    assert read_off_peak(f"HC ({text})") == hours
    assert hours.share(((None,) * 48,)) is None


def test_hours_of_enedis_are_read_as_it_writes_them():
    assert read_off_peak("HC (22H30-6H30)").periods == ((1350, 390),)
    assert read_off_peak("HC (0H42-6H42;12H-14H)").periods == ((42, 402), (720, 840))
    assert read_off_peak("aucune").periods == ()
