"""Every row is checked before the first call; what is wrong is told with its line, and no value."""

import json
import tempfile

import pytest

from sgeflow.core.engine.step import Run
from sgeflow.errors import InvalidValues, TechnicalError, UsageError
from sgeflow.runtime.data_files import OutputPlace
from sgeflow.runtime.project import open_catalog
from sgeflow.tools.fleet.row_checks import LISTED
from sgeflow.tools.fleet.rows import Row, Table, own_copy

HEADER = "pointId,lastname,firstname,address,postalCode,city"
GOOD = "00000000000011,MARTIN,A,1 RUE,01000,BOURG"


@pytest.fixture(scope="module")
def catalog():
    return open_catalog()


@pytest.fixture
def table(catalog, tmp_path):
    def make(content, name="points.csv", **common):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        own = {"file": "data/{pointId}.json", **common}
        return Table(path=path, flow=catalog.catalog.flows["konnector"], common=own)

    return make


def check(table, catalog):
    facts = Run(
        id="x", today="2025-06-15", now="2025-06-15T08:00:00+02:00",
        environment=catalog.environment("simulator"), library=catalog.library,
    )  # fmt: skip
    return table.check(facts, OutputPlace())


def problems(table, catalog):
    with pytest.raises(InvalidValues) as caught:
        check(table, catalog)
    return caught.value.problems


@pytest.mark.parametrize("sign", [",", ";"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_either_delimiter_a_mark_and_either_line_end_are_read_and_zeros_stay(
    table, sign, start, end
):
    text = start + end.join([HEADER, GOOD, ""]).replace(",", sign)
    (row,) = table(text).rows()
    assert (row.number, row.line) == (1, 2)
    assert (row.values["pointId"], row.values["postalCode"]) == ("00000000000011", "01000")


def test_a_cell_may_hold_lines_and_the_next_row_knows_its_line(table):
    text = f"{HEADER}\n{GOOD.replace('1 RUE', chr(34) + '1 RUE' + chr(10) + 'BIS' + chr(34))}\n\n{GOOD}\n"
    first, second = table(text).rows()
    assert first.values["address"] == "1 RUE\nBIS"
    assert (first.line, second.line) == (2, 5)


def test_json_lines_are_rows_and_an_empty_line_is_none(table):
    text = '{"pointId": "00000000000011", "city": "X"}\n\n{"pointId": 39000000000001}\n'
    rows = list(table(text, name="points.jsonl").rows())
    assert rows[0] == Row(1, 1, {"pointId": "00000000000011", "city": "X"})
    assert (rows[1].number, rows[1].line) == (2, 3)


def test_every_bad_row_is_listed_with_its_line_and_no_value_of_it(table, catalog):
    bad = ["123,DUPONT,A,1 RUE,69003,LYON", "DURAND,00000000000011,A,1 RUE,DULAC,LYON", "1,2,3"]
    found = problems(table("\n".join([HEADER, GOOD, *bad, GOOD.replace("11,", "12,")])), catalog)
    assert [p.at.line for p in found[:-1]] == [3, 4, 4, 5]
    assert "3 rows are wrong; nothing was sent" in found[-1].message
    told = " ".join(f"{p.message} {p.note} {p.suggestion}" for p in found)
    for name in ("DUPONT", "DURAND", "DULAC"):
        assert name not in told


def test_of_very_many_the_first_are_listed_and_the_others_counted(table, catalog):
    found = problems(table(HEADER + "\n" + "x,A,A,A,01000,A\n" * 400), catalog)
    assert len(found) == LISTED + 1
    assert "400 rows are wrong, mistakes not listed: 350" in found[-1].message


def test_a_file_without_a_header_tells_nothing_of_its_first_line(table, catalog):
    (found,) = problems(table(f"{GOOD}\n{GOOD}\n"), catalog)
    assert "MARTIN" not in found.message
    assert "names no input" in found.message
    (misspelt,) = problems(table("pontId\n30000000000011\n"), catalog)
    assert misspelt.suggestion == "pointId"
    (empty,) = problems(table(""), catalog)
    assert empty.message == "the first line is empty"


def test_a_row_with_the_inputs_of_one_before_is_told_with_both_lines_and_another_period_is_no_twin(
    table, catalog
):
    other = GOOD.replace("MARTIN", "MARTEL")
    to_cozy = {"cozy": True, "instance": "home"}  # of two rows of a point none writes a file
    text = f"{HEADER}\n{GOOD}\n{other}\n\n{GOOD}\n{GOOD}\n"
    *found, _ = problems(table(text, **to_cozy), catalog)
    assert [(one.id.code, one.at.line) for one in found] == [("SGE043", 5), ("SGE043", 6)]
    assert {one.message for one in found} == {"the row has the same inputs as line 2"}

    (row,) = table(f"{HEADER}\n{GOOD}\n").rows()
    turned = dict(reversed(row.values.items()))
    lines = [row.values, {**turned, "history": "P1Y"}, {**turned, "history": "P3Y"}]
    text = "\n".join(map(json.dumps, lines))
    assert check(table(text, name="points.jsonl", **to_cozy), catalog).total == 3
    found, _ = problems(table(text, name="points.jsonl", history="P3Y", **to_cozy), catalog)
    assert (found.at.line, found.message[-6:]) == (3, "line 1")  # the common value is the row's


def test_a_misspelt_column_is_told_once_with_the_name_that_was_meant(table, catalog):
    (found,) = problems(table(HEADER.replace("city", "citty") + f"\n{GOOD}\n{GOOD}\n"), catalog)
    assert (found.suggestion, str(found.at).partition("/points.csv")[2]) == ("city", ":1:1")


def test_a_column_that_every_row_needs_is_missed_once(table, catalog):
    text = HEADER.replace(",city", "") + "\n"
    text += "".join(GOOD.replace("11,", f"1{n},").replace(",BOURG", "\n") for n in range(3))
    (found,) = problems(table(text), catalog)
    assert (found.id.code, found.message) == ("SGE040", "no column gives city")
    assert (found.at.line, found.at.column) == (1, 1)
    assert check(table(text, city="BOURG"), catalog).total == 3


def test_a_row_that_names_no_cozy_is_told_before_any_row_begins(table, catalog):
    (found,) = problems(table(f"{HEADER}\n{GOOD}\n{GOOD}\n", cozy=True), catalog)
    assert (found.id.code, found.message) == ("SGE040", "no column gives instance")
    assert check(table(f"{HEADER}\n{GOOD}\n", cozy=True, instance="home-{pointId}"), catalog)
    assert check(table(f"{HEADER}\n{GOOD}\n"), catalog)  # into a file

    text = f"{HEADER},instance\n{GOOD},anna\n{GOOD},\n{GOOD},Anna.M\n"
    *found, end = problems(table(text, cozy=True), catalog)
    assert [(one.id.code, one.at.line) for one in found] == [("SGE040", 3), ("SGE042", 4)]
    assert "2 rows are wrong; nothing was sent" in end.message
    assert "Anna" not in str(found)

    (line,) = table(f"{HEADER}\n{GOOD}\n").rows()
    text = "\n".join(json.dumps({**line.values, "cozy": one}) for one in (False, True))
    found, _ = problems(table(text, name="points.jsonl"), catalog)
    assert (found.id.code, found.at.line) == ("SGE040", 2)


def test_a_place_in_a_common_text_that_is_no_input_is_refused(table, catalog):
    (found,) = problems(table(f"{HEADER}\n{GOOD}\n", file="data/{pointID}.json"), catalog)
    assert (found.id.code, found.suggestion) == ("SGE041", "pointId")


def test_a_file_that_is_not_there_is_said_not_to_be_there(catalog, tmp_path):
    with pytest.raises(TechnicalError, match=r"there is no file .*points\.csv"):
        Table(path=tmp_path / "points.csv", flow=catalog.catalog.flows["konnector"])


def test_a_row_wins_over_what_is_common_and_an_empty_cell_does_not(table):
    made = table(f"{HEADER}\n{GOOD}\n{GOOD.replace('BOURG', '')}\n", city="LYON", history="P3Y")
    first, second = (made.inputs(row) for row in made.rows())
    assert (first["city"], second["city"], first["history"]) == ("BOURG", "LYON", "P3Y")


def test_a_common_text_may_name_an_input_of_the_row_and_cannot_leave_its_folder(table):
    made = table(f"{HEADER}\n{GOOD.replace('BOURG', '../up')}\n", file="data/{pointId}-{city}.json")
    (row,) = made.rows()
    assert made.inputs(row)["file"] == "data/00000000000011-___up.json"


def test_of_a_bad_value_in_a_path_its_row_and_column_are_told_before_any_row_begins(table, catalog):
    empty, long = GOOD.replace("BOURG", ""), GOOD.replace("BOURG", "B" * 300)
    made = table(f"{HEADER}\n{GOOD}\n{empty}\n{long}\n", file="data/{city}.json", city="LYON")
    first, second, _ = problems(made, catalog)
    assert (first.at.line, second.at.line) == (3, 4)
    assert first.message == "the row has no city, which file needs"
    assert second.message == "with the values of the row, file is too long"


def test_what_is_common_is_wrong_once(table, catalog):
    (found,) = problems(table(f"{HEADER}\n{GOOD}\n{GOOD}\n", history="P9Y"), catalog)
    assert found.message.startswith("history")
    (found,) = problems(table(f"{HEADER}\n{GOOD}\n", histroy="P1Y"), catalog)
    assert found.suggestion == "history"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (f"{HEADER}\n{GOOD}\n".encode() + "é".encode("latin-1") + b"\n", 3),
        (f'{HEADER}\n{GOOD}\n"{GOOD}\n'.encode(), 3),
        (f"{HEADER}\n{GOOD}\n".encode() + b"x" * 1_100_000, 3),
        (f"{HEADER}\r{GOOD}\r".encode(), 1),
        (f'"{HEADER}\n{GOOD}\n'.encode(), 1),
    ],
)
def test_what_is_no_text_or_no_csv_is_told_with_its_line(table, catalog, content, line):
    found = problems(table(content), catalog)
    assert found[0].at.line == line


@pytest.mark.parametrize("text", ["{", "[1]", "3", '{"a": 1}', '{"lastname": NaN}'])
def test_a_line_that_is_no_object_of_inputs_is_told(table, catalog, text):
    good = '{"pointId": "00000000000011", "lastname": "A", "firstname": "B", "address": "C", "postalCode": "01000", "city": "D"}'
    found = problems(table(f"{good}\n{text}\n", name="points.jsonl"), catalog)
    assert found[0].at.line == 2
    endless = good.replace('"city": "D"', '"city": 1e999')
    found = problems(table(f"{good}\n{endless}\n", name="points.jsonl"), catalog)
    assert (found[0].at.line, found[0].message) == (2, "a number is out of range")
    twice = good.replace('"city"', '"lastname": "X", "city"')
    found = problems(table(f"{good}\n{twice}\n", name="points.jsonl"), catalog)
    assert (found[0].at.line, found[0].message) == (2, "lastname is written twice")


def test_a_changed_byte_changes_the_digest(table, catalog):
    one = check(table(f"{HEADER}\n{GOOD}\n"), catalog)
    assert one == check(table(f"{HEADER}\n{GOOD}\n"), catalog)
    assert (
        one.digest != check(table(f"{HEADER}\n{GOOD.replace('BOURG', 'BOURC')}\n"), catalog).digest
    )


def test_another_kind_of_file_is_refused(table):
    with pytest.raises(UsageError):
        table("x", name="points.xlsx")


def test_a_copy_of_the_file_that_has_no_place_is_told_with_where_it_is_made(tmp_path, monkeypatch):
    (tmp_path / "points.csv").write_text(HEADER)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with (
        pytest.raises(TechnicalError, match="cannot be copied") as caught,
        own_copy(tmp_path / "points.csv"),
    ):
        pass
    assert "TMPDIR" in str(caught.value.problems[0].details)
