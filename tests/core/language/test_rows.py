"""Rows as columns: whoever asks for plain data sees the list that they are."""

import json
import pickle
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.rows import Rows, column, join, plain
from sgeflow.core.packed import pack
from sgeflow.errors import EvaluationError

cells = st.none() | st.sampled_from(["", "0", "312", "2025-05-01", "B", "a\nb", "\0"])
names = st.lists(st.sampled_from(["date", "value", "step", "nature"]), min_size=1, unique=True)


@st.composite
def several(draw, least=0):
    count = draw(st.integers(least, 6))
    rows = st.lists(cells, min_size=count, max_size=count)
    as_it_is_or_packed = draw(st.sampled_from([list, pack]))
    return Rows({name: as_it_is_or_packed(draw(rows)) for name in draw(names)}, count)


@given(several(), st.integers(-8, 8), st.slices(6))
def test_they_are_the_sequence_of_their_rows(rows, place, some_of_them):
    made = [{name: rows.column(name)[at] for name in rows.names} for at in range(len(rows))]
    assert rows == made
    assert list(rows) == plain(rows) == made
    assert rows[some_of_them] == made[some_of_them]
    assert bool(rows) is bool(made)
    assert pickle.loads(pickle.dumps(rows)) == made
    if -len(made) <= place < len(made):
        assert rows[place] == made[place]
    for name in ("date", "value", "other"):
        assert list(rows.column(name)) == list(column(made, name))


@given(st.lists(several(), max_size=3))
def test_joined_they_are_one_list_after_the_other(parts):
    lists = [[*part] for part in parts]
    assert list(join(parts)) == list(join(lists)) == [row for part in lists for row in part]


def test_a_list_takes_them_up_and_they_take_up_nothing():
    rows = Rows({"value": ["1", "2"]}, 2)
    taken = [{"value": "0"}]
    taken += rows
    assert taken == [{"value": "0"}, {"value": "1"}, {"value": "2"}]
    for wrong in (lambda: add(rows, []), lambda: add([], rows), lambda: json.dumps(rows)):
        with pytest.raises(TypeError):
            wrong()


def test_what_they_say_of_themselves_is_nobodys_name():
    assert repr(Rows({"name": ["Martin"]}, 1)) == "<Rows: 1>"


PATHS = (
    *("a", "a.rows", "a.rows[]", "a.rows[0]", "a.rows[-1].value", "a.rows[1:3]", "a.rows[*].date"),
    *(
        "a.rows[].{v: value, d: date}",
        "a.rows[].[value]",
        "a.*",
        "a.*[]",
        "a.*[].value",
        "a.rows.*",
    ),
    *(
        "b",
        "b[].rows",
        "b[].rows[]",
        "b[].rows[][]",
        "b[*].rows",
        "b[*].rows[]",
        "b[].rows[].value",
    ),
    *("b[].rows[0]", "b[].rows | [0]", "b[].[rows, name]", "b[].{r: rows}", "b[].rows[:2][]"),
    *("[a.rows, b]", "[a.rows, b[].rows[]][]", "{x: a.rows}.x", "a.rows | [0].date", "a.name"),
    *("a.rows[?value == '312']", "a.rows[?value == '312'].date", "b[?name == 'x'].rows[]"),
    *("a.rows == b[0].rows", "a.rows == a.rows[]", "a == b[0]", "length(a.rows)", "empty(a.rows)"),
    *("default(a.rows, null)", "default(a.rows, null)[].value", "length(b[].rows[])", "values(a)"),
    *("reverse(a.rows)", "group_by(a.rows, &value)", "map(&value, a.rows)", "to_array(a.rows)"),
    *("type(a.rows)", "to_string(a)", "not_null(a.rows)", "merge(a, a)", "contains(b[].rows, a)"),
    *("if(empty(a.rows), b, a.rows)", "present(a.rows)", "a.rows && true", "!a.rows", "a.rows < 1"),
    *("sort_by(a.rows, &value)", "join(',', a.rows)", "a.rows.value", "a.rows[?value]", "@"),
)


@given(several(), st.lists(several(), max_size=3), st.sampled_from(PATHS))
def test_an_expression_gives_what_it_gives_over_plain_data(rows, others, path):
    scope = {"a": {"rows": rows, "name": "x"}, "b": [{"rows": r, "name": "x"} for r in others]}
    lists = {
        "a": {"rows": [*rows], "name": "x"},
        "b": [{"rows": [*r], "name": "x"} for r in others],
    }
    expression = compile_expression(path)
    assert found(expression.search, scope) == found(expression.search, lists)
    assert found(lambda data: plain(expression.search_rows(data)), scope) == found(
        expression.search, lists
    )


def found(search, scope):
    """What a search gives, as JSON: nothing that is no plain data; or what is wrong, in words."""
    try:
        return json.dumps(search(scope))
    except EvaluationError as error:
        return str(error.problems[0].message)


def test_rows_that_are_handed_on_stay_columns():
    rows = [Rows({"value": [str(number)]}, 1) for number in range(3)]
    scope = {"steps": {"curve": {"measures": rows[0]}, "weeks": [{"measures": r} for r in rows]}}
    for path in (
        "steps.curve.measures",
        "steps.curve.measures[]",
        "default(steps.curve.measures, null)",
        "steps.weeks[].measures[]",
        "steps.weeks[*].measures[]",
    ):
        assert type(compile_expression(path).search_rows(scope)) is Rows, path
