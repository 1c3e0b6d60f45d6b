"""What is told of values that no meter gives."""

import re
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.impossible import tell_impossible
from sgeflow.core.model import Measure, Series

GIGAWATT = 10**9
EDGES = [0, -1, 2**24, 2**32, 2**40, GIGAWATT, GIGAWATT + 1, 25 * GIGAWATT + 1, 2**63 - 1, -(2**63)]


def told(name, unit, values):
    measures = Measures.of([Measure(1800 * at, value) for at, value in enumerate(values)])
    return [*tell_impossible(Series(point="30000000000011", name=name, unit=unit), measures)]


@given(
    st.sampled_from(
        [
            ("load_curve", "W", GIGAWATT),
            ("max_power_injection", "VA", GIGAWATT),
            ("daily_energy_eri", "VArh", 25 * GIGAWATT),
            ("index_total", "Wh", 2**63),
            ("load_curve_kw", "kW", 2**63),
        ]
    ),
    st.lists(st.sampled_from(EDGES) | st.integers(0, 2**63 - 1) | st.floats(-5, 1e12), max_size=5),
)
def test_all_that_is_below_zero_or_beyond_a_point_is_told_and_nothing_else(series, values):
    name, unit, most = series
    wrong = [[v for v in values if v < 0], [v for v in values if v > most]]
    texts = told(name, unit, values)
    counts = [re.search(r"keeps (\d+) values? ", text)[1] for text in texts]
    assert counts == [f"{len(one)}" for one in wrong if one]
    assert all(f": {one[0]})" in text for text, one in zip(texts, filter(None, wrong), strict=True))


@pytest.mark.parametrize("name", ["billing_base", "my_balance"])
def test_a_bill_and_a_series_of_ones_own_may_be_below_zero(name):
    assert told(name, "Wh", array("q", [-5, 3])) == []
