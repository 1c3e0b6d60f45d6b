"""Days, months and years of measures, exact and with what is missing."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.measures.civil_time import day_length, midnight
from sgeflow.core.measures.sums import by_day, by_month, by_year, differences, energy_unit, number
from sgeflow.core.model import Measure
from sgeflow.errors import InvalidValues

SPRING, AUTUMN, MAY = date(2025, 3, 30), date(2025, 10, 26), date(2025, 5, 1)
DAYS = st.one_of(st.sampled_from([SPRING, AUTUMN]), st.dates(date(2010, 1, 1), date(2035, 1, 1)))
VALUES = st.one_of(st.integers(0, 50_000), st.floats(0, 1e6, allow_nan=False))


def daily(day, value):
    return Measure(midnight(day), value, day_length(day))


def curve(day, watts, step=1800):
    first = midnight(day)
    return [Measure(first + step * place, watt, step, "B") for place, watt in enumerate(watts)]


def split(day, energy, step=1800):
    """A load curve (W) of a day that makes `energy` (Wh): the remainder goes to the first."""
    count = day_length(day) // step
    each, rest = divmod(energy * 3600 // step, count)
    return curve(day, [each + rest, *[each] * (count - 1)], step)


@pytest.mark.parametrize(
    ("step", "spring", "other", "autumn"),
    [(1800, 46, 48, 50), (600, 138, 144, 150), (300, 276, 288, 300)],
)
def test_a_civil_day_has_as_many_steps_as_its_hours_allow(step, spring, other, autumn):
    lengths = [day_length(day) // step for day in (SPRING, MAY, AUTUMN)]
    assert lengths == [spring, other, autumn]


@given(DAYS, st.integers(0, 100_000), st.sampled_from([600, 1800, 3600]))
def test_the_half_hours_of_a_day_sum_back_to_it(day, energy, step):
    (total,) = by_day(split(day, energy, step), "W")
    assert (total.period, total.value, total.complete, total.missing) == (
        day.isoformat(),
        energy,
        True,
        0,
    )
    assert differences(split(day, energy, step), "W", [daily(day, energy)]) == ()


@given(st.dictionaries(DAYS, VALUES, max_size=60))
def test_all_months_and_all_years_sum_to_all_days(days):
    measures = [daily(day, value) for day, value in days.items()]
    total = sum(map(Fraction, days.values()))
    for sums in (by_month(measures), by_year(measures)):
        assert sum(Fraction(one.value) for one in sums) == total
        assert sum(one.present for one in sums) == len(days)
        assert [one.start for one in sums] == sorted(one.start for one in sums)


def test_energy_is_power_over_its_step_and_exact():
    (total,) = by_day(curve(MAY, [313], 1800), "W")
    assert total.value == Fraction(313, 2)
    (total,) = by_day(curve(MAY, [313, 313, 313], 600), "W")
    assert total.value == Fraction(313, 2)
    (total,) = by_day(curve(MAY, [312, 298], 1800), "W")
    assert (total.value, type(total.value)) == (305, int)
    (total,) = by_day(
        [Measure(midnight(MAY), 0.1, 3600), Measure(midnight(MAY) + 3600, 0.2, 3600)], "W"
    )
    assert total.value == Fraction(0.1) + Fraction(0.2)


def test_energy_is_summed_as_it_is():
    (total,) = by_day([daily(MAY, 7421)], "Wh")
    assert (total.value, total.present, total.expected) == (7421, 1, 1)


def test_a_day_says_how_many_intervals_it_lacks():
    (total,) = by_day(curve(AUTUMN, [10] * 40), "W")
    assert (total.present, total.expected, total.missing, total.complete) == (40, 50, 10, False)


def test_a_day_whose_step_changes_is_complete_when_its_hours_are_covered():
    first = midnight(MAY)
    halves = [Measure(first + 1800 * place, 6, 1800) for place in range(24)]
    tens = [Measure(first + 43200 + 600 * place, 6, 600) for place in range(72)]
    (total,) = by_day(halves + tens, "W")
    assert (total.value, total.complete) == (144, True)
    (short,) = by_day(halves + tens[:-2], "W")
    assert (short.missing, short.complete) == (2, False)


def test_days_are_civil_days_of_france():
    first = midnight(MAY)
    totals = by_day([Measure(first - 1800, 2, 1800), Measure(first, 4, 1800)], "W")
    assert [(total.period, total.value) for total in totals] == [
        ("2025-04-30", 1),
        ("2025-05-01", 2),
    ]


def test_a_month_and_a_year_count_their_days():
    days = [daily(MAY + timedelta(days=place), 1000) for place in range(-1, 10)]
    april, may = by_month(days)
    assert (april.period, april.value, april.present, april.expected) == ("2025-04", 1000, 1, 30)
    assert (may.period, may.value, may.present, may.missing) == ("2025-05", 10_000, 10, 21)
    (year,) = by_year(days)
    assert (year.period, year.value, year.present, year.expected) == ("2025", 11_000, 11, 365)
    (leap,) = by_year([daily(date(2024, 2, 29), 1)])
    assert leap.expected == 366


def test_a_total_becomes_a_measure_of_its_own_length():
    (month,) = by_month([daily(AUTUMN, 8010)])
    assert month.measure() == Measure(midnight(date(2025, 10, 1)), 8010, 31 * 86400 + 3600)
    (half,) = by_day(curve(MAY, [313]), "W")
    assert half.measure().value == 156.5


def test_a_day_that_differs_is_told_with_both_figures():
    (difference,) = differences(split(MAY, 7421), "W", [daily(MAY, 7521), daily(SPRING, 1)])
    assert (difference.day, difference.curve, difference.energy) == ("2025-05-01", 7421, 7521)


def test_what_enedis_cuts_off_is_no_difference_and_one_more_is():
    """Less than 1 Wh of the day, half a watt of each half-hour: 12 Wh, or 11.5 in spring."""
    for day, forgiven in ((MAY, 12), (SPRING, 12), (AUTUMN, 13)):
        for sign in (1, -1):
            near, far = 7421 + sign * forgiven, 7421 + sign * (forgiven + 1)
            assert differences(split(day, 7421), "W", [daily(day, near)]) == ()
            assert len(differences(split(day, 7421), "W", [daily(day, far)])) == 1
    whole = curve(MAY, [1] * 48, 1800)
    assert len(differences(whole, "kW", [daily(MAY, 25)])) == 1
    assert differences(whole, "Wh", [daily(MAY, 48 + 24)]) == ()
    assert len(differences(whole, "Wh", [daily(MAY, 48 + 25)])) == 1


def test_a_sum_of_a_part_begins_before_the_first_kept_day():
    year, month = date(2025, 1, 1), date(2025, 10, 1)
    days = [daily(month + timedelta(days=n), 10) for n in range(40)]
    (october, november), (whole,) = by_month(days), by_year(days)
    assert [one.begins_before(month) for one in (october, november, whole)] == [False, False, True]
    assert october.begins_before(month + timedelta(days=1))
    assert not whole.begins_before(year)


def test_a_day_with_half_hours_missing_is_not_compared():
    assert differences(split(MAY, 7421)[1:], "W", [daily(MAY, 7421)]) == ()


def test_only_power_and_energy_can_be_summed():
    assert [energy_unit(unit) for unit in ("W", "VAr", "Wh", "kWh")] == ["Wh", "VArh", "Wh", "kWh"]
    with pytest.raises(InvalidValues, match="measures in VA cannot be summed"):
        by_day([], "VA")


def test_a_figure_is_whole_when_it_is_whole():
    assert [number(Fraction(6, 2)), number(Fraction(1, 2)), number(7), number(7.0)] == [
        3,
        0.5,
        7,
        7,
    ]
    assert type(number(7.0)) is int
