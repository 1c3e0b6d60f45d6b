"""The law of quick stamping: columns come to what their rows come to, read one by one."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sgeflow.core.language.rows import Rows
from sgeflow.core.measures.axes import stamp
from sgeflow.core.measures.conventions import Convention, Sign
from sgeflow.core.measures.stamps import StampOptions, stamp_rows
from sgeflow.errors import InvalidValues
from tests.core.measures.test_stamps import AUTUMN, SPRING, STEPS, curve, naive, with_offset
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
    """What columns and what rows come to, the second time too."""
    names = [name for name in NAMES if any(name in row for row in rows)] or ["date"]
    columns = {name: tuple(row.get(name) for row in rows) for name in names}
    quick = [outcome(stamp, Rows(columns, len(rows)), said) for _ in range(2)]
    slow = outcome(one_by_one, rows, said)
    assert quick == [slow, slow]
    return slow


def one_by_one(rows, **said):
    return stamp_rows(rows, StampOptions(**said))


def outcome(way, rows, said):
    try:
        stamped = way(rows, **said)
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


@settings(max_examples=some(300), deadline=None)
@given(curves(), st.fixed_dictionaries(SAID))
@example([{"date": "2025-05-01", "value": "9" * 19}], {"stamped": "day"})
def test_columns_come_to_what_their_rows_come_to(rows, said):
    both(rows, **said)


@settings(max_examples=some(100), deadline=None)
@given(
    st.lists(st.fixed_dictionaries({n: st.sampled_from(CELLS[n]) for n in NAMES}), max_size=5),
    st.fixed_dictionaries(SAID),
)
def test_odd_rows_come_to_the_same_or_are_refused_in_the_same_words(rows, said):
    both(rows, **said)


@pytest.mark.parametrize("day", [SPRING, date(2025, 5, 1), AUTUMN])
@pytest.mark.parametrize("step", STEPS)
def test_a_window_that_was_read_before_is_not_read_again(monkeypatch, day, step):
    rows, starts = curve(day, step)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    stamp(Rows(columns, len(rows)), is_curve=True, stamped="end")
    monkeypatch.setattr("sgeflow.core.measures.axes.stamp_rows", None)
    values = [str(2 * number) for number in range(len(rows))]
    again = stamp(Rows({**columns, "value": values}, len(rows)), is_curve=True, stamped="end")
    assert list(again.measures.starts) == starts
    assert list(again.measures.values) == list(range(0, 2 * len(rows), 2))
