"""An operation on the wire: the request it makes and the outputs it reads."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from sgeflow.core.binding import bind
from sgeflow.core.documents import Endpoint, EndpointLimits, Environment, Same
from sgeflow.core.language.expression import compile_expression
from sgeflow.core.model import Kind, NoAnswer, Response
from sgeflow.errors import Id, InvalidDocuments, Location

TEXT = {"type": "string"}


def environment(route="gateway", *, has_sge=True):
    sge = Endpoint(
        name="sge",
        base_url="https://127.0.0.1",
        route=route,
        headers={},
        limits=EndpointLimits(connect_timeout=1, read_timeout=1, total_timeout=1),
    )
    return Environment(
        name="essai",
        title="",
        simulated=True,
        generation="current",
        login="agent@example.org",
        contract_id="1234567",
        endpoints={"sge": sge} if has_sge else {},
        inputs={},
        settings={},
        at=Location(file="essai.yaml", line=3, column=1),
    )


def test_a_request_says_all_that_the_wire_needs(make):
    operation = make(
        kind=Kind.ORDER, personal=("nom",), header={"n:entete": {"loginDemandeur": "${env.login}"}}
    )
    request = bind(operation, {}).request({"x": "1"}, environment())
    assert (request.endpoint, request.method, request.path) == ("sge", "POST", "/passerelle/1.0")
    assert request.headers == {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": '"urn:action"',
    }
    assert (request.label, request.kind, request.personal) == ("demander", Kind.ORDER, ("nom",))
    assert (request.rate, request.reply_bytes) == ("1/s", 1000)
    assert b"<x>1</x>" in request.body
    assert b"<loginDemandeur>agent@example.org<" in request.body


def test_soap_1_2_has_its_own_namespace_and_says_the_action_in_the_type(make):
    request = bind(make(soap="1.2"), {}).request({"x": "1"}, environment())
    assert request.headers == {
        "Content-Type": 'application/soap+xml; charset=utf-8; action="urn:action"'
    }
    assert b'Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope"' in request.body


ONE_ORDER = [
    {"options": [{"code": "é", "step": 30}, {"code": "b"}], "raw": False},
    {"options": [{"code": "b", "fine": False}, {"step": 30.0, "code": "e\u0301"}], "raw": None},
    {"options": [{"code": "b"}, {}, {"code": "é", "step": 30, "more": []}], "much": []},
]


def test_an_order_is_the_same_in_whatever_form_its_values_are_written(make):
    thing = tuple(map(compile_expression, ("prm", "options")))
    same = Same(thing=thing, terms=("options", "raw", "much"))
    parameters = {name: {} for name in ("prm", "options", "raw", "much")}
    operation = replace(make({"n:d": {}}, parameters, kind=Kind.ORDER), same=same)

    def key(values):
        request = bind(operation, {}).request({"prm": "30000000000011", **values}, environment())
        assert request.point == "30000000000011"  # a user's own name for it
        things, terms = request.same
        return sorted(things), terms

    assert key(ONE_ORDER[0]) == key(ONE_ORDER[1])
    assert key(ONE_ORDER[0])[1] == key(ONE_ORDER[2])[1]
    others = [{"raw": True}, {"raw": 0}, {"raw": 1.5}, {"options": [{"code": "é"}]}, {"raw": ""}]
    assert (
        len({key({**ONE_ORDER[0], **other})[1] for other in others} | {key(ONE_ORDER[0])[1]}) == 6
    )


def test_what_orders_are_compared_by_has_the_form_that_its_number_stands_for(make):
    same = Same(thing=(compile_expression("prm"),), terms=("terms",))
    operation = replace(make({"n:d": {}}, {"prm": {}, "terms": {}}, kind=Kind.ORDER), same=same)
    values = {"prm": ["2", "1"], "terms": ONE_ORDER[0] | {"sum": 2.0, "empty": [], "null": None}}
    request = bind(operation, {}).request(values, environment())
    assert request.same == (  # another one: a greater _COMPARISON, for what was ordered before
        ('["{urn:n}d", {"0": "2"}]', '["{urn:n}d", {"0": "1"}]'),
        '{"terms": {"options": [{"code": "\\u00e9", "step": 30}, {"code": "b"}], "sum": 2}}',
    )
    assert json.loads(request.form)[0] == 2


def test_the_environment_chooses_the_route(make):
    assert bind(make(), {}).request({}, environment("direct")).path == "/Service/v1.0"


@pytest.mark.parametrize(("route", "missing"), [("gateway", "gateway"), ("direct", "direct")])
def test_an_operation_without_the_environments_route_is_refused(make, route, missing):
    operation = make(**{missing: None})
    with pytest.raises(InvalidDocuments) as caught:
        bind(operation, {}).request({}, environment(route))
    (problem,) = caught.value.problems
    assert problem.id is Id.UNKNOWN_REFERENCE
    assert f"demander has no {missing} route" in problem.message
    assert problem.note.startswith("choose an environment whose sge.route is ")
    assert '"essai"' in problem.message
    assert problem.allowed == ({"gateway": "direct", "direct": "gateway"}[missing],)


def test_a_route_that_is_missing_is_told_with_the_environments_that_take_another(make):
    others = {"here": environment("gateway"), "straight": environment("direct")}
    with pytest.raises(InvalidDocuments) as caught:
        bind(make(gateway=None), {}, others).request({}, environment("gateway"))
    assert caught.value.problems[0].note == "it is reached with --env straight"


def test_an_environment_without_sge_is_refused_at_its_place(make):
    with pytest.raises(InvalidDocuments) as caught:
        bind(make(), {}).request({}, environment(has_sge=False))
    assert caught.value.problems[0].at.file == "essai.yaml"


def test_a_response_becomes_outputs(shipped, message):
    binding = bind(shipped("consulterMesuresDetaillees"), {})
    body = message("consulterMesuresDetaillees.response")
    found = binding.read(Response(status=200, headers={}, body=body))
    assert found["pointId"] == "12345678901234"
    assert found["unit"] == "W"
    assert found["measures"][0] == {
        "date": "2025-05-01T00:30:00.000+02:00",
        "value": "312",
        "step": "PT30M",
        "nature": "B",
    }


def test_a_nil_measure_is_null_and_a_null_of_version_three_is_text(shipped, message):
    for name, reply, missing in (
        ("consulterMesuresDetaillees", "response-pmax", None),
        ("consulterMesuresDetailleesV3", "response-pmax-monthly", "null"),
    ):
        body = message(f"{name}.{reply}")
        found = bind(shipped(name), {}).read(Response(status=200, headers={}, body=body))
        assert [row["value"] for row in found["measures"]] == ["5230", missing]


@pytest.mark.parametrize(
    "name",
    [
        "rechercherServicesSouscritsMesures",
        "rechercherServicesAccesDonnees",
        "rechercherPoint",
    ],
)
def test_an_empty_answer_is_an_empty_list(shipped, message, name):
    body = message(f"{name}.response-empty")
    found = bind(shipped(name), {}).read(Response(status=200, headers={}, body=body))
    assert next(iter(found.values())) == []


def test_a_long_reply_that_breaks_off_is_told_at_its_true_place(make):
    operation = make(lists=("m",), paths={"rows": "m[].{v: v}"})
    run = "<m><v>1</v></m>" * 1000
    body = f"<Envelope><Body><reponse>{run}</reponse></Body>".encode()
    found = bind(operation, {}).read(Response(status=200, headers={}, body=body))
    assert isinstance(found, NoAnswer)
    assert f"column {len(body) + 1}" in found.problem.message


def test_a_saved_body_gives_the_outputs_of_its_envelope(make, envelope):
    binding = bind(make(lists=("m",), paths={"rows": "m[].{v: v}"}), {})
    body = "<reponse><m><v>1</v></m></reponse>"
    assert binding.read_saved(body.encode()) == {"rows": [{"v": "1"}]}
    assert binding.read_saved(envelope(body)) == {"rows": [{"v": "1"}]}
    assert isinstance(binding.read_saved(b"<x/>"), NoAnswer)
