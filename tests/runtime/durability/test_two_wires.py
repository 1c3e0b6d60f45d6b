"""An order belongs to its service, by whatever wire it leaves: SOAP, or REST at a city's service.

The journal is the same, and the document of an order may get its `rest` after it was sent.
"""

import json

import pytest

from sgeflow.simulator.replies import Reply
from tests.city import City
from tests.runtime.durability.conftest import ROOT, TODAY, without_soap

ORDER, READ = "commanderServicesAccesDonnees", "rechercherServicesAccesDonnees"
PATH = "/access-services"
REST = """
rest:
  endpoint: city
  method: POST
  path: /access-services
  body:
    reference: ${refExterne}
    point: ${pointId}
    contract: ${contratId}
    end: ${dateFin}
    direction: ${sens}
    agreed: ${accord}
    holder: {civility: "${civilite}", nom: "${nom}", prenom: "${prenom}", company: "${denominationSociale}"}
    services: ${serviceSouscrit}
  paths:
    caseId: case
    serviceId: services[0].id
    services: "services[].{id: id, caseId: case, measure: kind}"
    products: "`[]`"
  echo: {serviceSouscrit: {path: "services[].kind", value: "serviceSouscrit[].typeDonnees"}}
  refusal: {code: code, message: message}
"""
ALONE = "rest alone"
MOVES = [("soap", "rest"), ("rest", "soap"), ("soap", ALONE), ("rest", ALONE), (ALONE, "soap")]
ACCEPTED = {"case": "A1", "services": [{"id": "S1", "case": "A1", "kind": "CDC"}]}
FLOW = """
flow: orders
title: An order
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: order
    call: commanderServicesAccesDonnees
    with:
      pointId: ${inputs.pointId}
      dateFin: "2026-06-14"
      nom: MARTIN
      serviceSouscrit: [{typeDonnees: CDC}]
  - id: then
    http: {service: city, path: /then}
outputs: {serviceId: steps.order.serviceId}
"""


class TwoWires:
    keeps_rest = True  # the document has its `rest` while orders leave by SOAP

    def __init__(self, world, city):
        self.world, self.city = world, city
        self.point = world.server.household["pointId"]
        self._file = world.folder / "environments" / "lasting.yaml"
        self._soap = self._file.read_text()
        (world.folder / "flows").mkdir()
        (world.folder / "flows" / "orders.yaml").write_text(FLOW)
        city.routes["POST", PATH] = lambda *_: (201, ACCEPTED)

    def use(self, wire):
        chosen = "" if wire == "soap" else ORDER
        text = (ROOT / "operations" / f"{ORDER}.yaml").read_text()
        document = self.world.folder / "operations" / f"{ORDER}.yaml"
        if wire != "soap" or self.keeps_rest:
            text += REST
        document.write_text(without_soap(text) if wire == ALONE else text)
        named = f"services:\n  city: {{base_url: {self.city.url}, operations: [{chosen}]}}"
        self._file.write_text(self._soap.replace("services:", named))

    def lose(self, wire):
        self.city.routes["POST", PATH] = lambda *_: None
        desk = self.world.server._desk
        answer = desk.answer

        def lose(visit, call):
            if visit.label == READ:
                return Reply(503, b"", "")
            return Reply(0, b"", "", "drop") if visit.label == ORDER else answer(visit, call)

        desk.answer = lose

    def order(self, *more, operation=ORDER):
        service = 'serviceSouscrit:=[{"typeDonnees": "CDC"}]'
        given = (f"pointId={self.point}", "dateFin=2026-06-14", "nom=MARTIN", service)
        words = ("call", operation, "--env", "lasting", "--today", TODAY, *given, *more)
        return self.world.run(*words, HURRY="1")

    def sent(self):
        """How many orders have come by SOAP, and by REST."""
        return sum(self.world.server.orders.values()), self.city.count("POST", PATH)


@pytest.fixture
def wires(world):
    city = City()
    yield TwoWires(world(), city)
    city.close()


@pytest.mark.parametrize(("first", "second"), MOVES)
def test_an_order_that_was_accepted_on_one_wire_is_not_sent_on_the_other(wires, first, second):
    wires.keeps_rest = False
    wires.use(first)
    assert wires.order()[0] == 0
    wires.use(second)
    code, _, err = wires.order()
    assert (code, sum(wires.sent())) == (8, 1), err


@pytest.mark.parametrize(("first", "second"), MOVES)
def test_an_order_that_was_lost_on_one_wire_bars_the_other(wires, first, second):
    wires.keeps_rest = False
    wires.use(first)
    wires.lose(first)
    assert wires.order()[0] == 8
    wires.use(second)
    code, _, err = wires.order()
    assert code == 8, err
    assert wires.sent() == ((1, 0) if first == "soap" else (0, 1))


def test_an_order_that_was_lost_bars_the_one_of_another_document_with_its_envelope(wires):
    """The other document knows SOAP alone; this one has both wires."""
    wires.use("soap")
    document = wires.world.folder / "operations" / f"{ORDER}.yaml"
    other = document.read_text().removesuffix(REST)
    other = other.replace(f"operation: {ORDER}", "operation: commanderAcces")
    document.with_name("commanderAcces.yaml").write_text(other)
    wires.lose("soap")
    assert wires.order()[0] == 8
    code, _, err = wires.order(operation="commanderAcces")
    assert (code, wires.sent()) == (8, (1, 0)), err


@pytest.mark.parametrize(("first", "second"), MOVES)
def test_a_run_goes_on_by_the_other_wire_with_the_answer_that_it_has(wires, first, second):
    wires.use(first)
    wires.city.routes["GET", "/then"] = lambda *_: (500, {})
    words = ("run", "orders", "--env", "lasting", "--today", TODAY, f"pointId={wires.point}")
    assert wires.world.run(*words, HURRY="1")[0] == 5
    wires.use(second)
    wires.city.routes["GET", "/then"] = lambda *_: (200, {})
    again = ("resume", wires.world.last_run().run, "--changed-documents")
    code, out, err = wires.world.run(*again)
    if ALONE in (first, second):  # without its envelope, an order has another name
        assert (code, "asks for another one now" in " ".join(err.split())) == (8, True), err
        wires.use(first)
        code, out, err = wires.world.run(*again)
    assert (code, sum(wires.sent())) == (0, 1), err
    assert ("S1" in out) == (first != "soap")


def test_json_in_answer_to_an_order_by_soap_does_not_count_as_accepted(wires):
    wires.use("soap")
    desk, body = wires.world.server._desk, json.dumps(ACCEPTED).encode()
    answer = desk.answer
    desk.answer = lambda visit, call: (
        Reply(201, body, "application/json") if visit.label == ORDER else answer(visit, call)
    )
    assert wires.order()[0] == 8
    assert wires.sent() == (1, 0)


def test_a_name_that_the_service_cannot_have_is_told(wires):
    wires.use("rest")
    text = wires._file.read_text().replace(f"[{ORDER}]", "[commanderServiceAccesDonnees]")
    wires._file.write_text(text)
    code, out, err = wires.world.run("validate")
    assert code == 3
    told = out + err
    assert 'no operation "commanderServiceAccesDonnees" has `rest` at city' in told
    assert f"did you mean  {ORDER} ?" in told


@pytest.mark.parametrize(("wire", "shown"), [("soap", "none"), ("rest", ORDER)])
def test_an_environment_shows_which_operations_it_calls_by_rest(wires, wire, shown):
    wires.use(wire)
    code, out, err = wires.world.run("show", "environments", "lasting")
    assert code == 0, err
    assert f"operations {shown}" in " ".join(out.split())
