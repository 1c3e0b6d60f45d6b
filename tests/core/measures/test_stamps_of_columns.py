"""Columns come to what their rows come to, read one by one."""

import tracemalloc
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks import replies
from sgeflow.core.language.rows import Rows, join
from sgeflow.core.measures.conventions import Convention, Sign
from sgeflow.core.measures.stamps import stamp
from sgeflow.core.packed import pack
from sgeflow.core.soap.extract import compile_outputs
from sgeflow.errors import InvalidValues
from tests.conftest import shipped_catalog
from tests.core.measures.test_stamps import (
    AUTUMN,
    SPRING,
    curve,
    defective,
    naive,
    night,
    with_offset,
)
from tests.examples import some

NAMES = ("date", "value", "step", "nature", "validity")
SIGN = Sign(Convention.END, "the flux R63B")
SAID = {
    "stamped": st.sampled_from(["auto", "auto", "end", "start", "day", "instant"]),
    "step": st.sampled_from([None, None, "PT30M", "P1D", "P1M", "soon"]),
    "signs": st.sampled_from([(), (), (SIGN,)]),
    "otherwise": st.sampled_from(["auto", "end"]),
    "is_curve": st.booleans(),
}
CELLS = {
    "date": [
        *("2025-05-01", "2025-05", "2025-05-01+02:00", "2025-05-01T02:00:00Z", "soon", "", None),
        *("2025-10-26 02:30:00", "2025-03-30 02:30:00", "1800-01-01", 7),
        "2025-05-01 00:30:00\n2025-05-01",
    ],
    "value": [
        *("0", "312", "-5", "3.5", " 7 ", "null", "", None, "x", "9" * 18, "9" * 19),
        *("\N{ARABIC-INDIC DIGIT THREE}", 7, 2.5),
    ],
    "step": ["PT30M", "PT10M", "P1D", "P1M", None, "null", "", "soon", "PT0S"],
    "nature": ["B", "R", "C", None, "", "B\nB"],
    "validity": ["0", "1", None, "null", ""],
}


def both(rows, **said):
    """What columns and what rows come to."""
    names = [name for name in NAMES if any(name in row for row in rows)] or ["date"]
    columns = {name: tuple(row.get(name) for row in rows) for name in names}
    slow = outcome(rows, said)
    for count in (1, 2, 3):  # in several parts, too
        assert outcome(in_parts(columns, len(rows), count), said) == slow
    return slow


def in_parts(columns, total, count):
    """Rows as they come in several replies, or in one."""
    ends = [total * number // count for number in range(count + 1)]
    parts = []
    for first, end in pairwise(ends):
        packed = {name: pack(column[first:end]) for name, column in columns.items()}
        parts.append(Rows(packed, end - first))
    return join(parts)


def outcome(rows, said):
    try:
        stamped = stamp(rows, **said)
    except InvalidValues as error:
        return str(error)
    return stamped, [(type(one.value), one) for one in stamped.measures]


@st.composite
def curves(draw):
    """Rows of some days of a curve, most of them as SGE sends them, some with odd cells."""
    day = draw(st.sampled_from([SPRING, AUTUMN, date(2025, 5, 1), date(2025, 10, 25)]))
    step, written = draw(st.sampled_from([1800, 3600])), draw(st.sampled_from([naive, with_offset]))
    rows, _ = curve(
        day, step, ends=draw(st.booleans()), written=written, days=draw(st.integers(1, 2))
    )
    if draw(st.booleans()):
        rows = [{**row, "validity": "0"} for row in rows]
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        place = draw(st.integers(0, len(rows) - 1))
        change = draw(st.sampled_from(["cell", "cell", "cell", "drop", "twice", "swap", "column"]))
        name = draw(st.sampled_from(NAMES))
        cell = draw(st.sampled_from(CELLS[name]))
        if change == "cell":
            rows[place] = {**rows[place], name: cell}
        elif change == "column":
            rows = [{**row, name: cell} for row in rows]
        elif change == "drop" and len(rows) > 1:
            del rows[place]
        elif change == "twice":
            rows.insert(place, {**rows[place], "value": draw(st.sampled_from(["0", "7"]))})
        elif change == "swap":
            rows[place], rows[0] = rows[0], rows[place]
    return rows


@settings(max_examples=some(60), deadline=None)
@given(curves(), st.fixed_dictionaries(SAID))
@example([{"date": "2025-05-01", "value": "9" * 19}], {"stamped": "day"})
@example(defective(1800)[0], {"stamped": "start"})
@example(defective(1800)[0] + curve(AUTUMN)[0], {"stamped": "start"})
@example([{**row, "date": row["date"] + "+05:30"} for row in curve(AUTUMN)[0]], {})
@example([{"date": "2025-05-01T23:30:00Z", "value": "7"}], {"stamped": "day"})
def test_columns_come_to_what_their_rows_come_to(rows, said):
    both(rows, **said)


@settings(max_examples=some(60), deadline=None)
@given(
    st.lists(st.fixed_dictionaries({n: st.sampled_from(CELLS[n]) for n in NAMES}), max_size=5),
    st.fixed_dictionaries(SAID),
)
def test_odd_rows_come_to_the_same_or_are_refused_in_the_same_words(rows, said):
    both(rows, **said)


@pytest.mark.parametrize("missing", [{*range(47, 51), 53, 54}, {*range(47, 53)}, {53, 54}])
def test_an_hour_that_comes_twice_is_told_by_what_stands_before_its_day(missing):
    rows, _ = night(missing=missing)
    stamped, _ = both(rows, stamped="end")
    assert len(stamped.left_out) == 1


def two_days(first, **changes):
    """The rows of a day and of the next, of which these have other cells."""
    day, next_day = (curve(first + timedelta(days=n))[0] for n in range(2))
    return day, [{**row, **changes} for row in next_day]


ORDINARY = two_days(date(2025, 5, 1))


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (ORDINARY, {"stamped": "end"}),
        (ORDINARY[::-1], {"stamped": "end"}),
        (
            [curve(date(2025, 5, day), ends=False)[0] for day in (5, 1, 2)],
            {"stamped": "start"},
        ),
        ((ORDINARY[0], curve(date(2025, 5, 5))[0], ORDINARY[0]), {"stamped": "end"}),
        ((*ORDINARY, ORDINARY[1]), {"stamped": "end"}),
        (two_days(date(2025, 5, 1), nature="R"), {"is_curve": True}),
        (two_days(date(2025, 5, 1), nature="R"), {"is_curve": True, "otherwise": "end"}),
        (two_days(date(2025, 5, 1), nature="R"), {"stamped": "end"}),
        (two_days(date(2025, 5, 1), nature="", step="PT10M"), {"is_curve": True}),
        (([{"date": "2025-05", "value": "1"}], [{"date": "2025-06-01"}]), {"stamped": "day"}),
        (([{"date": "2025-05-01"}], [{"date": "2025-05-02 18:00:00"}]), {}),
        ((curve(AUTUMN - timedelta(days=1))[0], curve(AUTUMN)[0][:5]), {"stamped": "end"}),
    ],
)
def test_a_part_that_another_may_tell_otherwise_is_read_with_it(parts, said):
    parts = [[{"value": "1", **row} for row in part] for part in parts]
    rows = [row for part in parts for row in part]
    columns = [
        Rows({name: [row[name] for row in part] for name in part[0]}, len(part)) for part in parts
    ]
    assert outcome(join(columns), said) == outcome(rows, said)


def test_a_long_run_is_held_in_less_than_half_of_its_replies():
    operation = shipped_catalog().operations[replies.SHAPES["v3"].operation]
    read, year = compile_outputs(operation.response), timedelta(days=365)
    bodies = [replies.reply("v3", 17_520, replies.START + year * n) for n in range(3)]
    read(bodies[0])
    tracemalloc.start()
    try:
        years = [read(body)["measures"] for body in bodies]
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 0.4 * sum(map(len, bodies))
    assert len(stamp(join(years), stamped="end", is_curve=True).measures) == 3 * 17_520
