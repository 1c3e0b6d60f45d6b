"""Values for people (tables) and programs (JSON, YAML, CSV, XML)."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.cells import without_formula
from sgeflow.errors import UsageError
from sgeflow.terminal import formats, layout

ROWS = [{"date": "2025-06-01", "value": i} for i in range(100)]
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=20)


def test_a_long_list_shows_its_ends_and_how_many_there_are():
    lines = layout.table(ROWS, 80)
    assert lines[0].split() == ["date", "value"]
    assert lines[20].split() == ["2025-06-01", "19"]
    assert lines[21].startswith("… 75 more")
    assert lines[-1].split() == ["2025-06-01", "99"]


def test_forty_rows_are_shown_whole():
    assert len(layout.table(ROWS[:40], 80)) == 41


def test_empty_outputs_are_named_together():
    text = layout.outputs_text({"a": "1", "b": None, "c": []}, 80, whole=False)
    assert text.splitlines() == ["a  1", "", "without a value: b, c"]
    assert "without" not in layout.outputs_text({"a": "1", "b": None}, 80, whole=True)


def test_lines_end_with_the_terminal():
    rows = [{f"column{i}": "x" * 20 for i in range(10)}]
    lines = "\n".join(layout.table(rows, 80)).splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert "".join(lines[len(lines) // 2 :]).count("x" * 20) == 10


def test_markup_of_foreign_text_is_only_text():
    text = layout.outputs_text({"a": "[/red] Zone [ART]\x1b[2J"}, 80, whole=False)
    assert "[/red] Zone [ART]" in text
    assert "\x1b" not in text


def test_csv_holds_no_text_that_a_spreadsheet_computes_and_leaves_numbers_alone():
    cells = ["=1+1", "+cmd|x", "-2+3", "@SUM(1)", "\tx", "-2.5", "+33612345678", "1e5", -7, "plain"]
    rows = [{"a": cell, "=b": 1} for cell in cells]
    read = list(csv.reader(io.StringIO(formats.to_csv(rows), newline="")))
    assert read[0] == ["a", "'=b"]
    guarded = [f"'{cell}" for cell in cells[:5]]
    assert [row[0] for row in read[1:]] == [*guarded, *map(str, cells[5:])]


def test_the_one_list_is_what_csv_holds():
    assert formats.rows_of({"unit": "W", "rows": ROWS}) == ROWS
    assert formats.rows_of({"a": 1, "b": "x"}) == [{"a": 1, "b": "x"}]
    assert formats.rows_of({"rows": []}) == []
    with pytest.raises(UsageError, match="several outputs are lists"):
        formats.rows_of({"rows": ROWS, "others": ROWS})
    with pytest.raises(UsageError, match="is not a list"):
        formats.rows_of({"unit": "W"}, "unit")


def test_xml_is_indented_and_anything_else_stays():
    assert formats.to_xml(b"<a><b>1</b></a>") == "<a>\n  <b>1</b>\n</a>"
    assert formats.to_xml(b"not xml") == "not xml"


@given(st.lists(st.fixed_dictionaries({"a": SCALARS, "b": SCALARS}), min_size=1, max_size=5))
def test_csv_has_a_line_a_row_whatever_is_in_it(rows):
    read = list(csv.DictReader(io.StringIO(formats.to_csv(rows), newline="")))
    assert len(read) == len(rows)
    for told, row in zip(read, rows, strict=True):
        for name, value in row.items():
            text = value if type(value) is int else without_formula(formats.text_of(value))
            assert told[name] == "\n".join(str(text).replace("\r\n", "\r").split("\r"))


@given(st.dictionaries(st.text(max_size=8), SCALARS | st.lists(SCALARS, max_size=3), max_size=4))
def test_json_gives_the_values_back(value):
    assert json.loads(formats.to_json(value)) == value


ODD = st.floats() | st.decimals() | st.sampled_from(["\ud800", "\u2028", '"\\', 10**30])
ANY = st.recursive(SCALARS | ODD, lambda some: st.lists(some) | st.dictionaries(st.text(), some))


@given(ANY)
def test_json_is_indented_as_python_indents_it(value):
    plainly = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    assert formats.to_json(value) == plainly
