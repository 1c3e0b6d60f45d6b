"""What stamps of a curve mark is told by what stands beside the values, not by which ones came."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.measures.civil_time import midnight
from sgeflow.core.measures.conventions import signs_of_series
from sgeflow.core.measures.stamps import stamp
from sgeflow.errors import InvalidValues
from tests.core.measures.test_stamps import AUTUMN, naive, with_offset

DAY = date(2025, 5, 1)
STEPS = {"PT5M": 300, "PT10M": 600, "PT15M": 900, "PT30M": 1800, "PT60M": 3600}
BUSINESS = tuple("RHPSTFGCDEK")  # natures that no Linky has


def curve(step, *, ends, day=DAY, days=1, written=naive, **more):
    """The rows of whole civil days; the value of each is the start of its interval."""
    length = STEPS[step]
    first, last = midnight(day), midnight(day + timedelta(days=days))
    return [
        {"date": written(at + ends * length), "value": at, "step": step, **more}
        for at in range(first, last, length)
    ]


def shift(stamped):
    """How many seconds the measures stand from where they belong."""
    return {measure.start - measure.value for measure in stamped.measures}


# -- a reply of which points are missing ----------------------------------------------------------


@pytest.mark.parametrize("step", ["PT5M", "PT10M"])
@pytest.mark.parametrize("nature", BUSINESS)
def test_a_business_curve_without_its_first_point_is_not_moved(step, nature):
    rows = curve(step, ends=False, nature=nature)[1:]
    assert shift(stamp(rows)) == {0}


@pytest.mark.parametrize("step", ["PT10M", "PT15M", "PT30M", "PT60M"])
def test_a_linky_curve_that_begins_at_midnight_is_not_moved(step):
    rows = curve(step, ends=True, days=2, nature="B")
    from_midnight = rows[len(rows) // 2 - 1 :]
    assert from_midnight[0]["date"].endswith("00:00:00")
    assert shift(stamp(from_midnight)) == {0}


@st.composite
def replies(draw):
    """Whole days of a C5 or C4 curve as Enedis writes it, whatever of the signs is there."""
    ends = draw(st.booleans())
    step = draw(
        st.sampled_from(["PT10M", "PT15M", "PT30M", "PT60M"] if ends else ["PT5M", "PT10M"])
    )
    written = draw(st.sampled_from([naive, with_offset]))
    usual = st.dates(date(2023, 1, 1), date(2026, 9, 1)).filter(lambda day: day.month != 10)
    day = draw(usual if written is naive else usual | st.just(AUTUMN))
    rows = curve(step, ends=ends, day=day, days=draw(st.integers(1, 3)), written=written)
    tells = step != "PT10M"
    if draw(st.booleans()) or not tells:
        natures = st.just("B") if ends else st.sampled_from(BUSINESS)
        tells, rows = True, [row | {"nature": draw(natures)} for row in rows]
    if ends and draw(st.booleans()):
        rows = [row | {"validity": "0"} for row in rows]
    return rows


@given(replies(), st.data())
def test_dropping_any_points_of_a_reply_never_moves_the_ones_left(rows, data):
    assert shift(stamp(rows)) == {0}
    kept = data.draw(
        st.lists(st.sampled_from(rows), min_size=1, unique_by=lambda row: row["value"])
    )
    kept.sort(key=lambda row: row["value"])
    assert shift(stamp(kept)) == {0}


@given(st.booleans(), st.sampled_from([1, 2, 5]), st.data())
def test_where_nothing_tells_a_reply_with_holes_is_refused_and_never_moved(ends, days, data):
    rows = curve("PT10M", ends=ends, days=days)
    gone = data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=1, max_size=143))
    kept = [row for place, row in enumerate(rows) if place not in gone]
    with pytest.raises(InvalidValues, match="do not tell whether they mark"):
        stamp(kept)


# -- each sign ------------------------------------------------------------------------------------


def lone(**more):
    """A value in the middle of a day: its stamp tells nothing, nor does a step of ten minutes."""
    return [{"date": "2025-05-01 10:00:00", "value": 1, "step": "PT10M", **more}]


AT_TEN = int(datetime(2025, 5, 1, 8, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("nature", BUSINESS)
def test_every_nature_but_b_is_of_a_meter_that_stamps_the_start(nature):
    assert stamp(lone(nature=nature)).measures[0].start == AT_TEN


def test_nature_b_is_of_a_linky_which_stamps_the_end():
    assert stamp(lone(nature="B")).measures[0].start == AT_TEN - 600


@pytest.mark.parametrize("validity", [0, 1, 2, "0", "2"])
def test_only_a_linky_says_how_likely_a_value_is(validity):
    assert stamp(lone(validity=validity)).measures[0].start == AT_TEN - 600


@pytest.mark.parametrize(
    ("step", "shifted"),
    [("PT5M", 0), ("PT15M", 900), ("PT30M", 1800), ("PT60M", 3600), ("PT1H", 3600)],
)
def test_steps_are_of_one_kind_of_meter_but_for_ten_minutes(step, shifted):
    assert stamp(lone(step=step)).measures[0].start == AT_TEN - shifted


@pytest.mark.parametrize(
    "name",
    [
        "load_curve_pri",
        "load_curve_prc",
        "voltage_curve",
        "load_curve_corrected",
        "load_curve_injection_prc",
    ],
)
def test_quantity_and_stage_that_no_linky_has_tell_the_start(name):
    assert stamp(lone(), signs=signs_of_series(name)).measures[0].start == AT_TEN


@pytest.mark.parametrize("name", ["load_curve", "load_curve_injection", "load_curve_wh"])
def test_the_usual_series_tell_nothing(name):
    assert signs_of_series(name) == ()


@pytest.mark.parametrize(
    "missing", [{}, {"nature": ""}, {"nature": "?"}, {"validity": None}, {"validity": "null"}]
)
def test_what_cannot_be_decided_is_refused_with_the_two_ways_to_say_it(missing):
    with pytest.raises(
        InvalidValues, match="do not tell whether they mark the end or the start"
    ) as no:
        stamp(lone(**missing))
    (problem,) = no.value.problems
    assert problem.allowed == ("end", "start")
    assert "`stamped: end` for C5 and P4, `stamped: start` else" in dict(problem.details)["remedy"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            {"nature": "R", "step": "PT30M"},
            "by the step of 30 minutes they mark the end .* by the nature R its start",
        ),
        (
            {"nature": "B", "step": "PT5M"},
            "by the nature B they mark the end .* by the step of 5 minutes its start",
        ),
        (
            {"nature": "H", "validity": 0},
            "by the validity they mark the end .* by the nature H its start",
        ),
    ],
)
def test_signs_that_contradict_each_other_are_refused_and_named(more, told):
    with pytest.raises(InvalidValues, match=told):
        stamp(lone(**more))


def test_two_natures_that_contradict_each_other_are_refused():
    rows = lone(nature="B") + [row | {"date": "2025-05-01 10:10:00"} for row in lone(nature="R")]
    with pytest.raises(
        InvalidValues, match=r"by the nature B they mark the end .* by the nature R its start"
    ):
        stamp(rows)


# -- what is said --------------------------------------------------------------------------------


@pytest.mark.parametrize(("otherwise", "start"), [("end", AT_TEN - 600), ("start", AT_TEN)])
def test_a_word_for_the_rest_decides_where_nothing_tells_or_signs_contradict(otherwise, start):
    assert stamp(lone(), otherwise=otherwise).measures[0].start == start
    both = lone(nature="R", validity=0)
    assert stamp(both, otherwise=otherwise).measures[0].start == start


@pytest.mark.parametrize("otherwise", ["end", "start"])
def test_a_word_for_the_rest_does_not_move_what_tells(otherwise):
    assert stamp(lone(nature="B"), otherwise=otherwise).measures[0].start == AT_TEN - 600
    assert stamp(lone(nature="R"), otherwise=otherwise).measures[0].start == AT_TEN


@given(
    st.dates(date(2023, 1, 1), date(2026, 9, 1)) | st.just(AUTUMN) | st.just(date(2025, 3, 30)),
    st.booleans(),
    st.integers(1, 3),
    st.sampled_from([naive, with_offset]),
    st.booleans(),
)
def test_whole_days_without_any_sign_tell_nothing(day, ends, days, written, is_cut):
    """A curve that stamps the start, without its first value and cut at midnight, looks like them."""
    rows = curve("PT10M", ends=ends, day=day, days=days + is_cut, written=written)
    if is_cut:
        rows = rows[1 : len(curve("PT10M", ends=ends, day=day, days=days)) + 1]
    with pytest.raises(InvalidValues, match="do not tell whether they mark"):
        stamp(rows)
    convention = "end" if ends else "start"
    assert shift(stamp(rows, otherwise=convention)) == {0}
