"""Civil dates and durations, as flows write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.language.dates import (
    Duration,
    add,
    civil_date,
    days_between,
    earliest,
    latest,
    parse_duration,
    windows,
)

DATES = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
STEPS = st.one_of(
    st.integers(1, 400).map(lambda n: f"P{n}D"),
    st.integers(1, 30).map(lambda n: f"P{n}M"),
    st.integers(1, 3).map(lambda n: f"P{n}Y"),
    st.tuples(st.integers(1, 3), st.integers(1, 40)).map(lambda t: f"P{t[0]}M{t[1]}D"),
)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P7D", Duration(days=7)),
        ("P1W", Duration(days=7)),
        ("P1Y", Duration(months=12)),
        ("P3Y", Duration(months=36)),
        ("P24M", Duration(months=24)),
        ("-P28D", Duration(days=-28)),
        ("PT30M", Duration(seconds=1800)),
        ("P1DT1H1S", Duration(days=1, seconds=3601)),
        ("P1Y2M3W4DT5H6M7S", Duration(months=14, days=25, seconds=18367)),
        ("PT0S", Duration()),
    ],
)
def test_a_duration_is_months_days_and_seconds(text, duration):
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1",
        "7D",
        "P7d",
        "p7D",
        "P1DT",
        "P-7D",
        "P1.5D",
        " P7D",
        "P7D\n",
        "P1D1M",
        "P\u0661D",
        "PT5H3H",
        None,
        7,
    ],
)
def test_what_is_not_a_duration_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="is not a duration; write it like P7D"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "civil"),
    [
        ("2025-05-15", "2025-05-15"),
        ("2025-05-15+02:00", "2025-05-15"),
        ("2025-05-15Z", "2025-05-15"),
        ("2025-05-15T00:30:00.000+02:00", "2025-05-15"),
        ("2025-05-15T23:30:00Z", "2025-05-15"),
        ("2025-05-15 23:30:00", "2025-05-15"),
    ],
)
def test_the_civil_date_is_the_one_written(text, civil):
    assert civil_date(text) == civil


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-5-15",
        "20250515",
        "15/05/2025",
        "2025-02-29",
        "2025-13-01",
        "2025-05-15T",
        "2025-05-15T25:00:00",
        "2025-05-15+2",
        "2025-05",
        "2025-05-15\n",
        "0000-01-01",
        "\uff12025-05-15",
        None,
        20250515,
    ],
)
def test_what_is_not_a_date_is_refused(text):
    with pytest.raises(ValueError, match=r"is not a date|is not in the calendar"):
        civil_date(text)


@pytest.mark.parametrize(
    ("day", "duration", "result"),
    [
        ("2025-01-31", "P1M", "2025-02-28"),
        ("2024-01-31", "P1M", "2024-02-29"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2025-03-31", "-P1M", "2025-02-28"),
        ("2025-11-15", "-P24M", "2023-11-15"),
        ("2025-03-30", "P1D", "2025-03-31"),
        ("2025-12-31", "P1D", "2026-01-01"),
        ("2025-05-15T23:00:00+02:00", "-P28D", "2025-04-17"),
        ("2025-05-15", "PT24H", "2025-05-16"),
        ("2025-05-15", "P0D", "2025-05-15"),
    ],
)
def test_adding_counts_on_the_calendar(day, duration, result):
    assert add(day, duration) == result


def test_hours_cannot_be_added_to_a_date():
    with pytest.raises(ValueError, match="'PT30M' has hours, dates have none"):
        add("2025-05-15", "PT30M")


@pytest.mark.parametrize("duration", ["P9000Y", "-P3000Y", "P9999999D", "P99999Y"])
def test_adding_past_the_calendar_is_refused(duration):
    with pytest.raises(ValueError, match="does not exist"):
        add("2025-05-15", duration)


@given(DATES, st.integers(-5000, 5000))
def test_adding_days_and_counting_them_agree(day, count):
    later = add(day.isoformat(), f"{'-' if count < 0 else ''}P{abs(count)}D")
    assert later == (day + timedelta(days=count)).isoformat()
    assert days_between(day.isoformat(), later) == count


@given(DATES, st.integers(1, 600))
def test_adding_months_lands_in_the_right_month_and_never_on_a_later_day(day, months):
    later = date.fromisoformat(add(day.isoformat(), f"P{months}M"))
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(DATES, st.integers(0, 1500), STEPS, st.booleans())
def test_windows_tile_their_range_exactly(day, days, step, backwards):
    start, end = day.isoformat(), (day + timedelta(days=days)).isoformat()
    found = windows(start, end, f"-{step}" if backwards else step)
    ordered = found[::-1] if backwards else found
    assert [w["start"] for w in ordered] == (
        [start, *(w["end"] for w in ordered[:-1])] if days else []
    )
    assert all(w["start"] < w["end"] for w in ordered)
    assert not days or ordered[-1]["end"] == end


@given(DATES, st.integers(0, 1500), st.integers(1, 40))
def test_only_the_last_window_in_order_may_be_short(day, days, length):
    start, end = day.isoformat(), (day + timedelta(days=days)).isoformat()
    for step in (f"P{length}D", f"-P{length}D"):
        lengths = [days_between(w["start"], w["end"]) for w in windows(start, end, step)]
        assert all(one == length for one in lengths[:-1])
        assert not lengths or 1 <= lengths[-1] <= length


def test_windows_of_months_begun_on_a_31st_do_not_drift():
    assert [w["end"] for w in windows("2025-01-31", "2025-06-01", "P1M")] == [
        "2025-02-28",
        "2025-03-31",
        "2025-04-30",
        "2025-05-31",
        "2025-06-01",
    ]


def test_windows_may_reach_the_ends_of_the_calendar():
    assert windows("9999-12-30", "9999-12-31", "P7D") == [
        {"start": "9999-12-30", "end": "9999-12-31"}
    ]
    assert windows("0001-01-01", "0001-01-03", "-P1M") == [
        {"start": "0001-01-01", "end": "0001-01-03"}
    ]


def test_windows_refuse_a_reversed_range_and_a_step_of_nothing():
    with pytest.raises(ValueError, match="start on 2025-05-02, after their end on 2025-05-01"):
        windows("2025-05-02", "2025-05-01", "P7D")
    with pytest.raises(ValueError, match="have no length"):
        windows("2025-05-01", "2025-05-02", "P0D")


def test_the_earliest_and_latest_of_dates_written_differently():
    dates = ["2025-05-15+02:00", "2024-12-31T23:30:00Z", "2025-05-14"]
    assert earliest(dates) == "2024-12-31"
    assert latest(dates) == "2025-05-15"


def test_the_earliest_and_latest_leave_out_nulls_and_refuse_what_is_no_date():
    assert (earliest([None, "2025-05-15"]), latest([None])) == ("2025-05-15", None)
    with pytest.raises(ValueError, match="'soon' is not a date"):
        latest(["2025-05-15", "soon"])
