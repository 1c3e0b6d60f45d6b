"""An order by REST leaves once: whatever becomes of its answer, the next run knows of it."""

import json

import pytest

from tests.clocks import TODAY
from tests.runtime.rest.conftest import FORECAST, POINT, WATCH

PATH = "/watches"


def accept(city):
    city.routes["POST", PATH] = lambda _, body: (201, {"point": body["point"], "id": "w1"})


def lose(city):
    city.routes["POST", PATH] = lambda *_: None


def show(city, *watches):
    found = {"point": POINT, "watches": [{"id": one, "kind": "LIGHT"} for one in watches]}
    city.routes["GET", f"/watches/{POINT}"] = lambda *_: (200, found)


def test_the_body_has_the_values_and_no_name_is_shown(place, city):
    accept(city)
    code, outputs, err = place.watch("--record", "c.yaml")
    assert (code, outputs["watchId"]) == (0, "w1"), err
    sent = {"point": POINT, "kind": "LIGHT", "holder": {"name": "MARTIN"}}
    assert json.loads(city.bodies[0]) == sent
    assert "MARTIN" not in (place.folder / "c.yaml").read_text()


def test_an_order_is_not_sent_again_the_same_day(place, city):
    accept(city)
    assert place.watch()[0] == 0
    code, _, err = place.watch()
    assert (code, city.count("POST", PATH)) == (8, 1), err


def test_a_lost_order_is_found_by_its_search(place, city):
    lose(city)
    show(city, "w7")
    code, outputs, err = place.watch()
    assert (code, outputs["watchId"], city.count("POST", PATH)) == (0, "w7", 1)
    assert "shows that it was accepted" in err


def test_a_lost_order_that_no_search_finds_bars_the_next(place, city):
    lose(city)
    show(city)
    assert place.watch()[0] == 8
    accept(city)
    code, _, _ = place.watch()
    assert (code, city.count("POST", PATH)) == (8, 1)


@pytest.mark.parametrize(
    ("status", "document", "is_sure"),
    [
        (429, {"code": "900803", "message": "too many"}, True),
        (401, {}, True),
        (400, {"error": {"code": "UNHEARD_OF"}}, False),
        (504, {}, False),
        (200, {"point": POINT}, False),
        (200, {}, False),
    ],
)
def test_only_what_is_listed_proves_that_an_order_was_refused(
    place, city, status, document, is_sure
):
    city.routes["POST", PATH] = lambda *_: (status, document)
    show(city)
    code, _, err = place.watch()
    assert (code == 8, city.count("POST", PATH)) == (not is_sure, 1), err
    accept(city)
    assert (place.watch()[0] == 0) == is_sure


@pytest.mark.parametrize("status", [401, 429])
def test_an_unlisted_code_proves_nothing_whatever_its_member_is_called(place, city, status):
    place.write(WATCH.replace("code: error.code", "code: error.type"))
    city.routes["POST", PATH] = lambda *_: (status, {"error": {"type": "UNHEARD_OF"}})
    show(city)
    assert place.watch()[0] == 8
    accept(city)
    code, _, _ = place.watch()
    assert (code, city.count("POST", PATH)) == (8, 1)


TIRED = """
TIRED:
  class: invalid
  order: refused
  meaning: {en: tired, fr: fatigué}
  cause: {en: nobody knows, fr: on ne sait pas}
  remedy: {en: wait, fr: attendez}
"""
THEIRS = {"code": "TIRED", "message": "no more watches"}


@pytest.mark.parametrize(
    ("status", "document", "is_sure"),
    [
        (400, {"error": {"code": "TIRED"}}, True),
        (500, {"error": {"code": "TIRED"}, "trace": "x"}, True),
        (502, {"error": THEIRS}, True),
        (504, {"error": THEIRS}, True),
        (502, {"error": {"code": "TIRED"}}, False),
        (503, {"error": THEIRS, "attempts": 2}, False),
        (503, {"error": {**THEIRS, "upstream": "x"}}, False),
        (504, {"error": {**THEIRS, "message": "timeout behind us"}}, False),
        (504, {"error": {**THEIRS, "message": ["no more"]}}, False),
        (400, {"error": THEIRS, "cause": {"code": "OTHER"}}, False),
        (200, {"error": THEIRS}, False),
    ],
)
@pytest.mark.parametrize("has_search", [True, False])
def test_with_the_status_of_a_gateway_a_listed_code_counts_only_in_the_services_own_form(
    place, city, status, document, is_sure, has_search
):
    (place.folder / "operations" / "faults.yaml").write_text(TIRED)
    if not has_search:
        place.write(WATCH.partition("reconcile:")[0])
    city.routes["POST", PATH] = lambda *_: (status, document)
    show(city)
    code, _, err = place.watch()
    assert (code == 8, city.count("POST", PATH)) == (not is_sure, 1), err
    accept(city)
    assert (place.watch()[0] == 0) == is_sure


STOP = """
operation: stopWatch
title: Watch a point no more
service: Watch
version: "1"
kind: cancel
parameters: {pointId: {$ref: "types.yaml#/pointId"}}
response: {paths: {note: note}}
same: {thing: [pointId]}
rest: {endpoint: city, method: DELETE, path: "/watches/${pointId}"}
"""


@pytest.mark.parametrize(
    ("status", "body", "is_accepted"),
    [
        (204, b"", True),
        (202, b'{"note": "soon"}', True),
        (200, b"", False),
        (200, b'{"note": "well"}', False),
        (200, b'{"status": "UP"}', False),
        (200, b"[1]", False),
        (200, b'"ok"', False),
        (201, b"<html>sign in</html>", False),
        (302, b"", False),
    ],
)
def test_http_200_alone_does_not_prove_that_a_stop_was_accepted(
    place, city, status, body, is_accepted
):
    place.write(STOP)
    city.routes["DELETE", f"/watches/{POINT}"] = lambda *_: (status, body)
    code, _, err = place.call("stopWatch", f"pointId={POINT}")
    assert code == (0 if is_accepted else 8), err
    assert place.call("stopWatch", f"pointId={POINT}")[0] == 8
    assert city.count("DELETE", f"/watches/{POINT}") == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("path: /watches", "path: /v2/watches"),
        ("method: POST", "method: PUT"),
        ("same: {thing: [pointId, kind]}\n", ""),
    ],
)
def test_a_lost_order_bars_the_next_when_its_document_leads_elsewhere(place, city, old, new):
    lose(city)
    show(city)
    assert place.watch()[0] == 8
    place.write(WATCH.replace(old, new))
    code, _, err = place.watch()
    assert (code, len(city.bodies) - city.count("GET", f"/watches/{POINT}")) == (8, 1), err


def test_an_order_wants_its_confirmation(place, city):
    accept(city)
    place.environment(orders="{confirm: true}")
    code, _, err = place.watch()
    assert (code, city.asked) == (8, []), err
    assert place.watch("--confirm-orders")[0] == 0


def test_the_accepted_order_lacks_nothing_that_is_required(place, city):
    city.routes["POST", PATH] = lambda _, body: (201, {"point": body["point"]})
    show(city)
    code, _, err = place.watch()
    assert code == 8
    assert "watchId" in err


FLOW = """
flow: watches
title: A watch
inputs: {pointId: {$ref: "types.yaml#/pointId"}, name: {type: string, personal: true}}
steps:
  - {id: watch, call: orderWatch, with: {pointId: "${inputs.pointId}", kind: HEAT, name: "${inputs.name}"}}
  - {id: ask, call: cityForecast, with: {pointId: "${inputs.pointId}", day: "2026-03-01", name: "${inputs.name}"}}
"""


@pytest.fixture
def renamed(place, city):
    """The name of a person is sent under names that its parameter does not have."""
    accept(city)
    place.write(WATCH.replace("holder: {name:", "holder: {surname:"))
    text = FORECAST.replace("  query: {", '  query: {who: "${name}", ')
    place.write(text.replace("  unit: {", "  name: {type: string, personal: true}\n  unit: {"))
    place.write(FLOW)
    return place


def test_no_file_of_a_run_holds_a_name_whatever_it_is_called(renamed, city):
    given = ("--env", "real", "--today", TODAY, f"pointId={POINT}", "name=DURANDEL")
    code, out, err = renamed.run("run", "watches", *given, "--record", "c.yaml")
    assert code == 0, err
    assert b"DURANDEL" in city.bodies[0]
    assert "DURANDEL" not in out + err
    files = [one for one in renamed.folder.rglob("*") if one.is_file()]
    assert [one for one in files if b"DURANDEL" in one.read_bytes()] == []


@pytest.mark.parametrize("first", ["watch", "ask"])
def test_a_dry_run_of_a_flow_masks_a_name_whatever_it_is_called(renamed, first):
    lines = FLOW.splitlines()
    kept = [line for line in lines if not line.startswith("  - ") or f"id: {first}," in line]
    renamed.write("\n".join(kept))
    given = ("--env", "real", "--today", TODAY, f"pointId={POINT}", "name=DURANDEL")
    code, out, err = renamed.run("run", "watches", *given, "--dry-run")
    assert code == 0, err
    assert "DURANDEL" not in out + err
    assert "***" in out


def test_a_text_that_cannot_be_sent_is_refused_and_nothing_leaves(place, city):
    accept(city)
    given = (f"pointId={POINT}", "kind=LIGHT", "name=\ud800")
    code, _, err = place.call("orderWatch", *given)
    assert (code, city.asked) == (3, []), err
