"""A read by REST without SOAP: the request, what comes of each answer, and what is refused."""

import json
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgeflow.errors import SgeflowError
from sgeflow.runtime.call import prepare_request
from sgeflow.runtime.project import open_catalog
from tests.runtime.rest.conftest import FIND, FORECAST, OTHER, POINT, hours

PATH = f"/forecast/{POINT}"


def reply(hours):
    """A reply of the point with any text for its hours."""
    return f'{{"point": {{"id": "{POINT}"}}, "hours": {hours}}}'.encode()


def many(record):
    return f"[{', '.join([record] * 6)}]"


def test_values_go_into_path_and_query_and_members_come_out(place, city):
    code, outputs, _ = place.forecast("unit=W")
    assert (code, outputs["pointId"]) == (0, POINT)
    assert outputs["hours"][1] == {"at": "2026-03-01 01:00:00", "watts": 100, "note": None}
    assert city.asked == [("GET", PATH, {"day": "2026-03-01", "unit": "W"})]


def test_a_value_that_is_left_out_is_left_out_of_the_query(place, city):
    place.forecast()
    assert city.asked == [("GET", PATH, {"day": "2026-03-01"})]


def test_a_rule_stops_the_request(place, city):
    code, _, err = place.forecast(day="2025-03-01")
    assert (code, city.asked) == (3, [])
    assert "no forecast before 2026" in err


def test_the_answer_of_another_point_is_refused_after_a_second_try(place, city):
    city.routes["GET", PATH] = lambda *_: (200, {"point": {"id": OTHER}, "hours": hours()})
    code, _, err = place.forecast()
    assert (code, city.count("GET", PATH)) == (5, 2)
    assert "the answer says another pointId than was asked for" in err


def test_an_answer_that_does_not_say_whose_it_is_is_refused(place, city):
    city.routes["GET", PATH] = lambda *_: (200, {"hours": hours()})
    code, _, err = place.forecast()
    assert code == 5
    assert "it lacks pointId" in err


@pytest.mark.parametrize(
    ("path", "status", "document", "exit_code"),
    [
        ("[].point", 200, [], 0),
        ("[].point", 200, {}, 5),
        ("[].point", 200, None, 5),
        ("[].point", 204, b"", 5),
        ("watches[].point", 200, {"watches": []}, 0),
        ("watches[].point", 200, {"watches": [{"id": "1"}]}, 5),
        ("watches[].point", 200, {}, 5),
        ("point", 200, {"watches": []}, 5),
        ("point", 200, [], 5),
    ],
)
def test_only_an_empty_list_of_points_names_no_point(
    place, city, path, status, document, exit_code
):
    watches = path.removesuffix("point").removesuffix(".") or "watches[]"
    text = FIND.replace("pointId: point", f'pointId: "{path}"')
    place.write(text.replace("watches[].{id: id, kind: kind}", f"{watches}.id"))
    city.routes["GET", f"/watches/{POINT}"] = lambda *_: (status, document)
    code, outputs, err = place.call("findWatch", f"pointId={POINT}")
    assert code == exit_code, err
    assert outputs.get("watches") == ([] if code == 0 else None)
    assert code == 0 or "it lacks pointId" in err


@pytest.mark.parametrize(
    ("status", "document", "exit_code", "words"),
    [
        (404, {"error": {"code": "NO_POINT", "message": "m"}}, 4, "NO_POINT “m”"),
        (403, {"error": {"code": "NO_CONSENT"}}, 4, "SGE201"),
        (403, {}, 6, "SGE"),
        (401, {"code": "900901", "message": "Invalid"}, 6, "900901"),
        (400, {"error": {"code": "OTHER", "message": "m"}}, 4, "OTHER"),
        (200, b"<html><title>Portal</title></html>", 5, "Portal"),
        (200, b"", 5, "is empty"),
        (200, b'{"point": ', 5, "is not JSON"),
        (200, b'{"point": {}, "point": {}}', 5, "cannot be used"),
        (200, reply('{"at": "a"}'), 5, "hours of the answer is not a list"),
        (200, reply('"none"'), 5, "hours of the answer is not a list"),
        (200, reply("[" * 300 + "]" * 300), 5, "nested too deeply"),
        (200, reply(many('{"at": "a", "watts": NaN}')), 5, "is not JSON"),
        (200, reply(many('{"at": "a", "watts": 1e999}')), 5, "a number is out of range"),
        (200, reply(many(f'{{"at": "a", "watts": {"9" * 400}.5}}')), 5, "a number is out of range"),
        (200, reply(many('{"at": "a", "at": "b", "watts": 1}')), 5, "a key twice"),
        (200, reply(many('{"at": "\\ud800", "watts": 1}')), 5, "is not JSON"),
        (200, reply("[]") + b"[]", 5, "is not JSON"),
        (200, reply('[{"at": "é"}]').decode().encode("latin-1"), 5, "is not JSON"),
        (302, b"", 5, "does not follow redirects"),
    ],
)
def test_what_is_no_answer_says_what_it_is(place, city, status, document, exit_code, words):
    city.routes["GET", PATH] = lambda *_: (status, document)
    code, _, err = place.forecast()
    assert (code, words in err) == (exit_code, True), err


def test_a_code_is_classed_by_the_operation(place, city):
    city.routes["GET", PATH] = lambda *_: (403, {"error": {"code": "NO_CONSENT"}})
    flow = """
flow: asks
title: t
steps:
  - id: ask
    call: cityForecast
    with: {pointId: "30000000000011", day: "2026-03-01"}
    on_fault:
      - {classes: [denied], continue: {pointId: null, hours: []}}
outputs: {hours: steps.ask.hours}
"""
    place.write(flow)
    code, out, err = place.run("run", "asks", "--env", "real", "--output", "json")
    assert code == 0, err
    assert json.loads(out)["outputs"] == {"hours": []}


def test_too_many_requests_waits_as_long_as_it_is_told_to(place, city):
    answers = [(429, {"code": "900800", "message": "slow"}), (200, {"point": {"id": POINT}})]
    city.more_headers = {"Retry-After": "1"}
    city.routes["GET", PATH] = lambda *_: answers.pop(0)
    code, outputs, err = place.forecast()
    assert (code, city.count("GET", PATH)) == (0, 2), err
    assert outputs["hours"] is None


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("houres[].{at: at, watts: watts, note: note}", "no houres, and hours is not read"),
        ("rows[].{at: at, watts: watts, note: note}", "no rows, and another list is not read"),
        ("hours[].{at: at, watts: wats, note: note}", "no hours.wats, and watts is not read"),
    ],
)
def test_a_misspelt_path_is_no_empty_answer(place, path, words):
    place.write(FORECAST.replace("hours[].{at: at, watts: watts, note: note}", path))
    code, _, err = place.forecast()
    assert (code, words in err) == (5, True), err


def test_an_answer_of_which_nothing_is_read_is_no_empty_answer(place, city):
    city.routes["GET", PATH] = lambda *_: (200, {"status": "fine", "count": 24})
    text = FORECAST.replace("echo: {pointId: point.id}\n", "").replace(
        "    pointId: point.id\n", ""
    )
    place.write(text)
    code, _, err = place.forecast()
    assert code == 5
    assert "the paths find nothing in the answer (members: 2)" in err


def test_requests_share_their_connections(place, city):
    flow = """
flow: many
title: t
steps:
  - id: ask
    foreach: ${windows('2026-03-01', '2026-03-21', 'P1D')}
    as: day
    call: cityForecast
    with: {pointId: "30000000000011", day: "${day.start}"}
"""
    place.write(flow)
    code, _, err = place.run("run", "many", "--env", "real", "--today", "2026-06-14")
    assert (code, len(city.asked)) == (0, 20), err
    assert len(city.connections) == 1


def test_a_recording_plays_again_and_knows_another_query(place, city):
    assert place.forecast("--record", "c.yaml")[0] == 0
    city.close()
    assert place.forecast("--replay", "c.yaml")[1]["pointId"] == POINT
    code, _, err = place.forecast("unit=W", "--replay", "c.yaml")
    assert code != 0
    assert "unit=W" in err


def test_a_dry_run_shows_the_request_and_sends_nothing(place, city):
    code, out, _ = place.run(
        "call", "cityForecast", f"pointId={POINT}", "day=2026-03-01", "--env", "real", "--dry-run"
    )
    assert (code, city.asked) == (0, [])
    assert out.strip() == f"GET {city.url}{PATH}?day=2026-03-01"


def test_no_value_makes_a_header_of_its_own(place, city):
    text = FORECAST.replace("  query: {", '  headers: {X-Note: "${note}"}\n  query: {')
    place.write(text.replace("  unit: {", "  note: {type: string, optional: true}\n  unit: {"))
    assert place.forecast("note=fine")[0] == 0
    assert city.headers[-1]["X-Note"] == "fine"
    code, _, err = place.forecast("note=a\r\nX-Other: b")
    assert (code, len(city.asked)) == (3, 1), err
    assert "X-Note would hold a character" in err


def test_a_name_that_the_reply_makes_of_a_person_is_not_shown(place, city):
    city.routes["GET", PATH] = lambda *_: (200, {"point": {"id": POINT}, "MARTIN": hours()})
    code, _, err = place.forecast()
    assert code == 5
    assert "another list is not read" in err
    assert "MARTIN" not in err


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32-be"])
def test_a_reply_in_another_encoding_of_json_is_read(place, city, encoding):
    body = reply(many('{"at": "é", "watts": 1}')).decode().encode(encoding)
    city.routes["GET", PATH] = lambda *_: (200, body)
    code, outputs, err = place.forecast()
    assert (code, len(outputs["hours"]), outputs["hours"][0]["at"]) == (0, 6, "é"), err


ECHO = """
operation: echoThing
title: Sends any text
service: Thing
version: "1"
kind: read
parameters: {one: {type: string}, two: {type: string}}
response: {paths: {thing: thing}}
rest: {endpoint: city, path: "/things/${one}/end", query: {two: "${two}", fixed: "1"}}
"""


@pytest.fixture
def write(place):
    """A function from values to the path that would be asked for."""
    place.write(ECHO)
    workspace = open_catalog(place.folder)
    environment = workspace.environment("real")

    def write(**values):
        request = prepare_request(workspace, "echoThing", values, environment, "2026-03-01")
        return request.path

    return write


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=st.text(min_size=1), two=st.text())
def test_whatever_a_value_is_it_stays_in_its_place(write, one, two):
    try:
        path = write(one=one, two=two)
    except SgeflowError:
        assert one.strip() in ("", ".", "..") or not f"{one}{two}".isprintable()
        return
    one, two = one.strip(), two.strip()  # as every parameter
    address, _, query = path.partition("?")
    assert [unquote(part) for part in address.split("/")] == ["", "things", one, "end"]
    assert parse_qsl(query, keep_blank_values=True) == [("two", two), ("fixed", "1")]
    assert path.isascii()
