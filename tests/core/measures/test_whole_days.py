"""Days that are kept whole, and days that are not: across the changes of the clock, too."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.measures.civil_time import day_length, midnight
from sgeflow.core.measures.sums import DaySpan, lacking_days
from sgeflow.core.model import Measure

SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)


def half_hours(day, count=None):
    count = day_length(day) // 1800 if count is None else count
    return [Measure(midnight(day) + 1800 * n, 100, 1800) for n in range(count)]


@pytest.mark.parametrize(("day", "count"), [(SPRING, 46), (AUTUMN, 50), (date(2025, 6, 1), 48)])
def test_a_day_is_whole_with_all_its_half_hours_and_not_with_one_less(day, count):
    after = (day + timedelta(days=1)).isoformat()
    assert lacking_days(half_hours(day, count), "W", day.isoformat(), after) == ()
    assert lacking_days(half_hours(day, count - 1), "W", day.isoformat(), after) == (day,)


def test_nothing_kept_lacks_every_day_and_the_end_is_none_of_them():
    found = lacking_days([], "", "2025-06-01", "2025-06-04")
    assert [day.day for day in found] == [1, 2, 3]
    assert lacking_days([], "", "2025-06-04", "2025-06-01") == ()


def test_of_an_energy_or_a_peak_one_value_makes_a_day():
    day = date(2025, 6, 1)
    peak = [Measure(midnight(day) + 40_000, 6000)]
    assert lacking_days(peak, "VA", "2025-06-01", "2025-06-02") == ()
    energy = [Measure(midnight(day), 9000, 86_400)]
    assert lacking_days(energy, "Wh", "2025-05-31", "2025-06-03") == (
        date(2025, 5, 31),
        date(2025, 6, 2),
    )


def test_the_span_of_days_begins_and_ends_at_civil_midnight():
    start, end = DaySpan(first="2025-03-30", last="2025-03-31").instants
    assert end - start == 23 * 3600


@given(st.sets(st.integers(0, 399), max_size=60), st.integers(1, 400))
def test_a_day_lacks_exactly_when_it_was_not_kept(kept, length):
    first = date(2025, 1, 1)
    rows = [m for n in sorted(kept) for m in half_hours(first + timedelta(days=n))]
    last = first + timedelta(days=length)
    lacking = lacking_days(rows, "W", first.isoformat(), last.isoformat())
    assert {(day - first).days for day in lacking} == set(range(length)) - kept
