"""A request that cannot come to a person is answered the same, whatever is changed of them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sgeflow.core.engine.step import Catalog
from sgeflow.core.language.parameters import fill
from sgeflow.core.people import MadeUpPoint, People
from sgeflow.core.soap.envelope import compile_envelope
from sgeflow.runtime.project import open_catalog
from sgeflow.simulator.people import point_of
from sgeflow.simulator.reachable_people import may_meet
from sgeflow.simulator.router import Call, Router
from sgeflow.simulator.scenarios import begin
from sgeflow.simulator.world import World
from tests.simulator.conftest import ENVIRONMENT, LOGIN, OPERATIONS, TODAY

EACH = 5  # of so many people one goes
SUBJECT = "30000000000011"  # a world has the one that its scenario is about


def desk(catalog: Catalog) -> Router:
    world = begin(catalog, "household", today=TODAY, generation="previous", fleet=0)
    return Router(catalog.operations, World(world))


def answer(router: Router, call: Call) -> tuple[int, bytes]:
    reply = router.answer(router.receive(call), call)
    return reply.status, reply.body


def calls(catalog: Catalog, points: list[MadeUpPoint]) -> Iterator[Call]:
    """What is asked about each: by id, by street, by town, by SIRET; and where they live."""
    for one in points:
        point = point_of(
            one, begin(catalog, "household", today=TODAY, generation="", fleet=0).today
        )
        at = {"codePostal": point.postal_code, "codeInseeCommune": point.insee}
        private = {**at, "categorieClientFinalCode": "RES"}
        yield sge(catalog, "rechercherPoint", {**at, "numeroEtNomVoie": point.street.lower()})
        yield sge(catalog, "rechercherPoint", private)
        if point.siret:
            yield sge(catalog, "rechercherPoint", {"numSiret": point.siret})
        technical = {"pointId": point.id, "autorisationClient": True}
        yield sge(catalog, "consulterDonneesTechniquesContractuelles", technical)
        yield sge(catalog, "rechercherServicesSouscritsMesures", {"pointId": point.id})
        yield Call("GET", f"/communes/communes/{point.postal_code}", {}, b"")


def sge(catalog: Catalog, name: str, values: dict[str, object]) -> Call:
    operation = catalog.operations[name]
    filled = fill(operation.parameters, values, ENVIRONMENT, owner=name)
    body = compile_envelope(operation)(filled, login=LOGIN)
    return Call("POST", f"/{operation.route.direct}", {}, body)


def without(people: People, point: MadeUpPoint) -> People:
    services = tuple(one for one in people.services if one.point != point.id)
    points = tuple(one for one in people.points if one is not point)
    return replace(people, points=points, services=services)


def test_who_cannot_be_met_may_be_gone_and_nobody_is_answered_otherwise() -> None:
    catalog = open_catalog(OPERATIONS.parent).catalog
    everybody = [(name, one) for name, some in catalog.people.items() for one in some.points]
    some = [(name, one) for name, one in everybody if one.id != SUBJECT][::EACH]
    asked = list(calls(catalog, [one for _, one in everybody]))
    router = desk(catalog)
    known = [answer(router, call) for call in asked]
    met = unmet = 0
    for name, point in some:
        people = {**catalog.people, name: without(catalog.people[name], point)}
        router = desk(replace(catalog, people=people))
        for call, before in zip(asked, known, strict=True):
            may = may_meet([point], call.path, call.body)
            if answer(router, call) != before:
                assert may, (point.id, call)
                met += 1
            unmet += not may
    assert met > 2 * len(some), "each is found by somebody"
    assert unmet > 10 * met, "and few requests come to each"
