"""SGE's stamps become intervals that begin at a known instant."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.measures.civil_time import midnight
from sgeflow.core.measures.stamps import stamp
from sgeflow.core.model import Measure
from sgeflow.errors import InvalidValues

PARIS = ZoneInfo("Europe/Paris")
SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)
DAYS = st.one_of(st.sampled_from([SPRING, AUTUMN]), st.dates(date(2010, 1, 1), date(2035, 1, 1)))
STEPS = {300: "PT5M", 600: "PT10M", 900: "PT15M", 1800: "PT30M", 3600: "PT60M"}


def utc(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def naive(instant):
    return datetime.fromtimestamp(instant, PARIS).strftime("%Y-%m-%d %H:%M:%S")


def with_offset(instant):
    return datetime.fromtimestamp(instant, PARIS).isoformat(timespec="milliseconds")


def curve(day, step=1800, *, ends=True, written=naive, days=1):
    """The rows of whole civil days, and the starts of their intervals."""
    starts = list(range(midnight(day), midnight(day + timedelta(days=days)), step))
    rows = [
        {
            "date": written(start + (step if ends else 0)),
            "value": str(place),
            "step": STEPS[step],
            "nature": "B",
        }
        for place, start in enumerate(starts)
    ]
    return rows, starts


def starts_of(stamped):
    return [measure.start for measure in stamped.measures]


def test_a_load_curve_of_version_2_is_stamped_at_the_end_with_an_offset():
    rows = [
        {"date": "2025-05-01T00:30:00.000+02:00", "value": "312", "step": "PT30M", "nature": "B"},
        {"date": "2025-05-01T01:00:00.000+02:00", "value": "298", "step": "PT30M", "nature": "B"},
        {"date": "2025-05-02T00:00:00.000+02:00", "value": "640", "step": "PT30M", "nature": "B"},
    ]
    assert stamp(rows, stamped="end").measures == (
        Measure(utc("2025-04-30T22:00:00"), 312, 1800, "B"),
        Measure(utc("2025-04-30T22:30:00"), 298, 1800, "B"),
        Measure(utc("2025-05-01T21:30:00"), 640, 1800, "B"),
    )


def test_the_hour_that_autumn_repeats_is_told_apart_by_order():
    labels = ["02:00:00", "02:30:00", "02:00:00", "02:30:00", "03:00:00"]
    rows = [{"date": f"2025-10-26 {label}", "value": "1", "step": "PT30M"} for label in labels]
    assert starts_of(stamp(rows, stamped="end")) == [
        utc("2025-10-25T23:30:00") + 1800 * place for place in range(5)
    ]


@given(
    DAYS,
    st.sampled_from(list(STEPS)),
    st.booleans(),
    st.sampled_from([naive, with_offset]),
    st.integers(1, 3),
)
def test_whole_days_come_back_as_they_were_whatever_the_writing(day, step, ends, written, days):
    rows, starts = curve(day, step, ends=ends, written=written, days=days)
    stamped = stamp(rows, stamped="end" if ends else "start")
    assert starts_of(stamped) == starts
    assert {measure.step for measure in stamped.measures} == {step}
    assert not stamped.flags


ORDERS = {
    "oldest first": lambda rows: rows,
    "newest first": lambda rows: rows[::-1],
    "by stamp": lambda rows: sorted(rows, key=lambda row: row["date"]),
    "newest stamp first": lambda rows: sorted(rows, key=lambda r: r["date"], reverse=True),
    "its days newest first": lambda rows: [
        row for _, day in [*each_day(rows)][::-1] for row in day
    ],
}


def each_day(rows):
    return [(day, [*some]) for day, some in groupby(rows, key=lambda row: row["date"][:10])]


def night(step=1800, *, ends=True, missing=()):
    """The day on which the hour is repeated, between two others, by its truth: start to value."""
    rows, starts = curve(AUTUMN - timedelta(days=1), step, ends=ends, days=3)
    here = [place for place in range(len(rows)) if place not in missing]
    return [rows[place] for place in here], {starts[place]: place for place in here}


@pytest.mark.parametrize("step", [600, 1800, 3600])
@pytest.mark.parametrize("ends", [True, False])
def test_the_repeated_hour_is_kept_right_or_not_at_all_in_whatever_order_it_comes(step, ends):
    rows, truth = night(step, ends=ends)
    for order, sort in ORDERS.items():
        stamped = stamp(sort(rows), stamped="end" if ends else "start")
        kept = {measure.start: measure.value for measure in stamped.measures}
        known = "days" in order or order == ("by stamp" if step == 3600 else "newest first")
        if known or order == "oldest first":
            assert (kept, stamped.left_out) == (truth, ()), order
        else:
            assert kept.items() <= truth.items(), order
            assert len(truth) - len(kept) == 2 * 3600 // step, order
            assert len(stamped.left_out) == 1, order


@given(
    st.sets(st.integers(0, 145).filter(lambda place: place not in (50, 55)), max_size=50),
    st.sampled_from(["oldest first", "newest first", "its days newest first"]),
)
def test_a_night_with_holes_is_kept_right_or_not_at_all(missing, order):
    """The half-hours before the two hours, and behind them, are there: 01:30 and 03:00."""
    rows, truth = night(missing=missing)
    stamped = stamp(ORDERS[order](rows), stamped="end")
    kept = {measure.start: measure.value for measure in stamped.measures}
    assert kept.items() <= truth.items()
    hour = range(midnight(AUTUMN) + 3 * 1800, midnight(AUTUMN) + 7 * 1800)
    assert {start for start in truth if start not in hour} <= {*kept}


def test_an_hour_that_spring_skips_is_flagged():
    stamped = stamp(
        [{"date": "2025-03-30 02:30:00", "value": "7", "step": "PT30M"}], stamped="start"
    )
    assert starts_of(stamped) == [utc("2025-03-30T01:30:00")]
    assert "on 2025-03-30 the clock skips an hour; sgeflow moves 1 stamp in it" in stamped.flags[0]


def defective(step=600):
    """An October answer whose first 02:00 hour carries the winter offset already."""
    rows, starts = curve(AUTUMN, step, ends=False, written=with_offset)
    for row in rows:
        row["date"] = (
            row["date"].replace("+02:00", "+01:00") if "T02" in row["date"] else row["date"]
        )
    return rows, starts


@pytest.mark.parametrize("step", [300, 600, 1800, 3600])
def test_an_october_hour_stamped_twice_in_utc_is_moved_back(step):
    rows, starts = defective(step)
    stamped = stamp(rows, stamped="start")
    assert starts_of(stamped) == starts
    assert [measure.value for measure in stamped.measures] == list(range(len(starts)))
    assert stamped.flags == (
        "on 2025-10-26 the first 02:00 hour was stamped an hour late and is moved back",
    )


def test_an_irregular_october_hour_is_moved_back_and_said_to_be_irregular():
    rows, starts = defective()
    del rows[20], rows[14]  # the same label of both hours
    stamped = stamp(rows, stamped="start")
    assert starts_of(stamped) == [
        start for place, start in enumerate(starts) if place not in {14, 20}
    ]
    assert stamped.flags[0].endswith("the steps of that hour are not regular")


def test_a_right_october_answer_read_twice_is_not_repaired():
    rows, starts = curve(AUTUMN, 600, ends=False, written=with_offset)
    stamped = stamp(rows + rows, stamped="start")
    assert starts_of(stamped) == starts
    assert stamped.flags == ()


def test_the_step_may_change_inside_an_answer():
    rows = [
        {"date": "2025-05-01 00:30:00", "value": "1", "step": "PT30M"},
        {"date": "2025-05-01 01:00:00", "value": "2", "step": "PT30M"},
        {"date": "2025-05-01 01:10:00", "value": "3", "step": "PT10M"},
        {"date": "2025-05-01 02:10:00", "value": "4", "step": "PT1H"},
    ]
    first = midnight(date(2025, 5, 1))
    assert [(m.start - first, m.step) for m in stamp(rows, stamped="end").measures] == [
        (0, 1800),
        (1800, 1800),
        (3600, 600),
        (4200, 3600),
    ]


@pytest.mark.parametrize(
    ("text", "day", "length"),
    [
        ("2025-05-01", date(2025, 5, 1), 86400),
        ("2025-05-01T00:00:00.000+02:00", date(2025, 5, 1), 86400),
        ("2025-03-30", SPRING, 82800),
        ("2025-10-26", AUTUMN, 90000),
        ("2025-10-26T00:00:00.000+02:00", AUTUMN, 90000),
        ("2025-05-15+02:00", date(2025, 5, 15), 86400),
        ("2025-05-14T22:00:00Z", date(2025, 5, 15), 86400),
    ],
)
def test_a_day_is_the_civil_day_written_with_its_own_length(text, day, length):
    row = {"date": text, "value": "7421"}
    assert stamp([row], stamped="day").measures == (Measure(midnight(day), 7421, length),)
    assert stamp([row]) == stamp([row], stamped="day")


def test_a_day_with_the_offset_of_the_other_season_is_the_day_written():
    row = {"date": "2025-11-01T00:00:00.000+02:00", "value": "7421"}
    assert starts_of(stamp([row], stamped="day")) == [midnight(date(2025, 11, 1))]


@pytest.mark.parametrize(
    ("row", "step"),
    [
        ({"date": "2025-03", "value": "5230"}, None),
        ({"date": "2025-03-01T00:00:00.000+01:00", "value": "5230"}, "P1M"),
        ({"date": "2025-03-01T00:00:00.000+01:00", "value": "5230", "step": "P1M"}, None),
    ],
)
@pytest.mark.parametrize("stamped", ["day", "auto"])
def test_a_month_begins_on_its_first_and_knows_its_length(row, step, stamped):
    assert stamp([row], stamped=stamped, step=step).measures == (
        Measure(midnight(date(2025, 3, 1)), 5230, 31 * 86400 - 3600),
    )


def test_calendar_steps_may_be_stamped_at_their_end_too():
    rows = [
        {"date": "2025-10-27 00:00:00", "value": "1"},
        {"date": "2025-11-01 00:00:00", "value": "2", "step": "P1M"},
    ]
    assert [(m.start, m.step) for m in stamp(rows, stamped="end", step="P1D").measures] == [
        (midnight(date(2025, 10, 1)), 31 * 86400 + 3600),
        (midnight(AUTUMN), 90000),
    ]


@pytest.mark.parametrize("stamped", ["instant", "auto"])
def test_a_peak_is_an_instant_without_length(stamped):
    rows = [
        {"date": "2025-05-01 19:42:10", "value": "3890"},
        {"date": "2025-05-02T07:15:00.000+02:00", "value": "4120"},
    ]
    assert stamp(rows, stamped=stamped).measures == (
        Measure(utc("2025-05-01T17:42:10"), 3890),
        Measure(utc("2025-05-02T05:15:00"), 4120),
    )


def test_peaks_without_a_time_are_kept_and_flagged():
    stamped = stamp([{"date": "2025-05-01", "value": "3890"}], stamped="instant")
    assert starts_of(stamped) == [midnight(date(2025, 5, 1))]
    assert stamped.flags == ("the peaks are written without a time; they are kept at midnight",)


def test_null_is_dropped_and_counted_and_zero_is_kept():
    rows = [
        {"date": "2025-04", "value": "null"},
        {"date": "2025-05", "value": None},
        {"date": "2025-06", "value": ""},
        {"date": "2025-07"},
        {"date": "2025-08", "value": "0"},
        {"date": "2025-09", "value": 0},
    ]
    stamped = stamp(rows)
    assert stamped.dropped == 4
    assert [measure.value for measure in stamped.measures] == [0, 0]


def test_no_rows_are_no_measures():
    assert stamp([]).measures == ()
    assert stamp([{"date": "2025-04", "value": None}]).dropped == 1


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("-12", -12),
        ("12.50", 12.5),
        ("+7", 7),
        (" 42 ", 42),
        (3.25, 3.25),
        ("1" * 18, int("1" * 18)),
    ],
)
def test_a_value_is_kept_as_sent(value, kept):
    (measure,) = stamp([{"date": "2025-05-01", "value": value}]).measures
    assert (measure.value, type(measure.value)) == (kept, type(kept))


@pytest.mark.parametrize(
    "value",
    ["abc", "1_000", "1,5", "NaN", "1e3", "\u0661", "9" * 19, True, float("nan"), 2**63, [1]],
)
def test_a_value_that_is_no_number_is_refused_with_its_row(value):
    rows = [{"date": "2025-05-01", "value": "1"}, {"date": "2025-05-02", "value": value}]
    with pytest.raises(InvalidValues, match=r"measure 2 of 2: its value .* is not a number"):
        stamp(rows)


@pytest.mark.parametrize(
    "row",
    [
        {"value": "1"},
        {"date": None, "value": "1"},
        {"date": "", "value": "1"},
        {"date": "2025-02-29", "value": "1"},
        {"date": "2025-13", "value": "1"},
        {"date": "01/05/2025", "value": "1"},
        {"date": "2025-05-01 24:00:00", "value": "1"},
        {"date": "2025-05-01X00:00:00", "value": "1"},
        {"date": "2025-05-01 00:00:00+2", "value": "1"},
        {"date": "1025-05-01", "value": "1"},
        {"date": "20250501", "value": "1"},
        {"date": "2025-05-01", "value": "1", "step": "30"},
        {"date": "2025-05-01", "value": "1", "step": "-PT30M"},
        {"date": "2025-05-01", "value": "1", "step": "PT0S"},
        {"date": "2025-05-01", "value": "1", "step": "P1DT30M"},
        {"date": "2025-05-01", "value": "1", "step": ["PT30M"]},
        {"date": "2025-05-01", "value": "1", "nature": 1},
        {"date": "2025-05-01", "value": "1", "nature": ["B"]},
        "2025-05-01",
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_number(row):
    with pytest.raises(InvalidValues, match="SGE042 measure 2 of 2: "):
        stamp([{"date": "2025-05-01", "value": "1"}, row])


def test_a_curve_without_a_step_is_refused_and_the_remedy_named():
    with pytest.raises(InvalidValues, match="the measure of 2025-05-01 has no step") as caught:
        stamp([{"date": "2025-05-01 00:30:00", "value": "1"}], stamped="end")
    assert "PT30M" in caught.value.problems[0].details[0][1]
    assert starts_of(
        stamp([{"date": "2025-05-01 00:30:00", "value": "1"}], stamped="end", step="PT30M")
    )


def test_windows_in_any_order_come_out_by_start():
    rows, starts = curve(date(2025, 5, 8), days=2)
    assert starts_of(stamp(rows[48:] + rows[:48], stamped="end")) == starts


def test_of_two_values_for_one_start_none_is_kept_and_both_are_told():
    rows = [{"date": "2025-05-01", "value": value} for value in ("1", "1", "2")]
    stamped = stamp([*rows, {"date": "2025-05-02", "value": "3"}])
    assert [measure.value for measure in stamped.measures] == [3]
    (found,) = stamped.contradictions
    assert (found.values, found.places) == ((1, 2), (2, 3))
    assert stamp(rows[:2]).contradictions == ()


@pytest.mark.parametrize(("offset", "hour"), [("-05:00", 5), ("+05:30", -5.5), ("Z", 0)])
def test_an_offset_from_elsewhere_is_the_same_instant(offset, hour):
    row = {"date": f"2025-05-01T12:00:00{offset}", "value": "1"}
    assert starts_of(stamp([row], stamped="instant")) == [utc("2025-05-01T12:00:00") + hour * 3600]


@pytest.mark.parametrize("way", [1, -1])
def test_an_october_hour_whose_runs_differ_is_moved_back_where_time_went_back(way):
    rows, starts = defective()
    del rows[14]
    stamped = stamp(rows[::way], stamped="start")
    assert starts_of(stamped) == starts[:14] + starts[15:]
    assert "moved back" in stamped.flags[0]


def test_an_october_hour_stamped_twice_and_sorted_is_not_kept():
    rows, starts = defective()
    stamped = stamp(sorted(rows, key=lambda row: row["date"]), stamped="start")
    assert starts_of(stamped) == starts[:12] + starts[24:]
    assert "does not keep 12 values that may be of one or the other" in stamped.left_out[0]


@pytest.mark.parametrize("step", ["30", "-P1D", "PT0S", "P1M1D"])
def test_a_step_for_all_rows_that_is_none_is_refused(step):
    with pytest.raises(InvalidValues, match=r"is not a (step|duration); write it like"):
        stamp([], step=step)


def test_a_peak_written_as_a_month_is_kept_and_flagged():
    stamped = stamp([{"date": "2025-05", "value": "3890"}], stamped="instant")
    assert starts_of(stamped) == [midnight(date(2025, 5, 1))]
    assert stamped.flags == (
        "some peaks are written as a month; they are kept at its first instant",
    )
