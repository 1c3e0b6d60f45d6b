"""Measures as columns are the same sequence as their tuple, whatever is asked of them."""

import pickle
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import Measure

numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False)
one = st.builds(
    Measure,
    st.integers(0, 30),
    numbers,
    st.sampled_from([0, 600, 1800]),
    st.sampled_from(["", "B"]),
)
some = st.lists(one, max_size=20).map(tuple)
bounds = st.none() | st.integers(-25, 25)


@given(some, bounds, bounds, st.sampled_from([None, 1, 2, -1]))
def test_columns_are_the_sequence_of_their_measures(measures, first, end, stride):
    columns, place = Measures.of(measures), slice(first, end, stride)
    assert columns == measures
    assert tuple(columns) == measures
    assert len(columns) == len(measures)
    assert [columns[number] for number in range(-len(measures), len(measures))] == 2 * [*measures]
    assert columns[place] == measures[place]
    assert columns[place] == Measures.of(measures[place])
    assert [type(measure.value) for measure in columns] == [type(one.value) for one in measures]
    assert pickle.loads(pickle.dumps(columns)) == columns
    for number in (len(measures), -len(measures) - 1):
        with pytest.raises(IndexError):
            columns[number]


@given(some, st.sets(st.integers(0, 30)), st.integers(0, 30), st.integers(0, 30))
def test_columns_are_chosen_by_their_starts(measures, starts, first, end):
    columns = Measures.of(measures)
    last = {measure.start: measure for measure in measures}
    assert columns.one_a_start() == tuple(last[start] for start in sorted(last))
    assert columns.one_a_start().is_in_order
    assert columns.is_in_order == (measures == tuple(columns.one_a_start()))
    assert columns.without(starts) == tuple(one for one in measures if one.start not in starts)
    assert columns.between(first, end) == tuple(one for one in measures if first <= one.start < end)


def test_a_curve_of_one_quality_is_two_arrays_and_one_run():
    curve = Measures.of(Measure(1800 * number, 300, 1800, "B") for number in range(48))
    assert (curve.starts, curve.values) == (
        array("q", range(0, 86400, 1800)),
        array("q", [300] * 48),
    )
    assert curve.runs == ((0, 48, 1800, "B"),)
    assert curve[10:].runs == ((0, 38, 1800, "B"),)
