"""While an order is unknown, none leaves that shares a point, an id or a service with it."""

import json
import re
from datetime import date

import pytest

from sgeflow.simulator.people import CONTRACT
from sgeflow.simulator.subscriptions import Subscription
from tests.runtime.durability.conftest import ROOT, TODAY
from tests.runtime.durability.test_faults import told, unsettled

__all__ = ["told"]
A, B, C = "61000011", "61000012", "61000013"
MONTH = ("mesuresTypeCode=ENERGIE", "dateDebut=2025-05-01", "dateFin=2025-06-01")
BEFORE = ("mesuresTypeCode=ENERGIE", "dateDebut=2025-04-01", "dateFin=2025-05-01")
WHO = "nom=MARTIN"
ADDED = '{"optionPublication": [{"periodiciteTransmission": "%s", "mesuresCorrigees": false}]}'


def changed(*ids, every="P1D"):
    options = ADDED % every
    services = (
        f'{{"serviceSouscritId": "{i}", "ajouterOptionsPublication": {options}}}' for i in ids
    )
    return f"serviceSouscrit:=[{', '.join(services)}]"


def ids(*names):
    return f"serviceSouscritId:={json.dumps(names)}"


# an operation, what is ordered first and lost, what must not leave then, what may
SHARED = {
    "points": (
        "commandeHistoriqueDonneesMesuresFines",
        ('pointId:=["30000000000011", "30000000000086"]', *MONTH),
        ('pointId:=["30000000000011"]', *MONTH),
        ('pointId:=["30000000000011"]', *BEFORE),
    ),
    "renewals": (
        "commanderRenouvellementServicesAccesDonnees",
        ("POINT", ids(A, B), "dateFin=2027-01-01", WHO),
        ("POINT", ids(B), "dateFin=2027-02-01", WHO),
        ("POINT", ids(C), "dateFin=2027-01-01", WHO),
    ),
    "stops": (
        "commanderArretServicesAccesDonnees",
        ("POINT", ids(A, B)),
        ("POINT", ids(B, C)),
        ("POINT", ids(C)),
    ),
    "options": (
        "commanderModificationOptionsServicesAccesDonnees",
        ("POINT", changed(A, B)),
        ("POINT", changed(A, every="P1M")),
        ("POINT", changed(C)),
    ),
    "forms": (
        "commanderTransmissionHistoriqueMesures",
        (
            "POINT",
            WHO,
            "civilite=Mme",
            "mesureType=CDC",
            *MONTH[1:],
            'pasCdc:={"valeur": 30, "unite": "min"}',
        ),
        ("POINT", WHO, "civilite=Mme", "mesureType=CDC", *MONTH[1:]),
        (
            "POINT",
            WHO,
            "civilite=Mme",
            "mesureType=CDC",
            "dateDebut=2025-04-01",
            "dateFin=2025-05-01",
        ),
    ),
}


def services(here):
    for number, data in ((A, "CDC"), (B, "ENERGIE"), (C, "IDX")):
        here.server.world.keep(
            Subscription(
                id=number,
                point=here.server.household["pointId"],
                kind="ACCES",
                label="Accès",
                contract=CONTRACT,
                data=data,
                direction="SOUTIRAGE",
                start=date(2025, 1, 1),
                end=date(2026, 1, 1),
            )
        )


def call(here, operation, given):
    point = here.server.household["pointId"]
    named = {"POINT": f"pointId={point}", "PRM": f"prm={point}"}
    words = [named.get(word, word) for word in given]
    return ["call", operation, *words, "--env", "lasting", "--today", TODAY]


@pytest.mark.parametrize(("operation", "first", "shared", "other"), SHARED.values(), ids=SHARED)
def test_an_unknown_order_is_in_the_way_of_one_that_shares_some(
    told, operation, first, shared, other
):
    here, command = told("drop:1x")
    services(here)
    assert command(*call(here, operation, first))[0] == 8
    assert [row["state"] for row in unsettled(command)] == ["unknown"]
    code, text, _ = command(*call(here, operation, shared))
    assert code == 8, text
    assert "its answer is not there" in " ".join(text.split())
    assert here.orders() == {operation: 1}
    command(*call(here, operation, other))
    waits = operation.startswith("commanderArret")  # no stop leaves beside what may be under way
    assert here.orders() == {operation: 1 if waits else 2}


@pytest.mark.parametrize("turned", [False, True])
def test_an_unknown_order_is_in_the_way_of_another_that_makes_the_same(told, turned):
    here, command = told("drop:1x")
    pair = [
        ("commanderAccesDonneesMesures", "typeDonnees=CDC", f"dateDebut={TODAY}"),
        ("commanderServicesAccesDonnees", 'serviceSouscrit:=[{"typeDonnees": "CDC"}]'),
    ]
    first, second = reversed(pair) if turned else pair
    shared = ("POINT", WHO, "dateFin=2026-06-14")
    assert command(*call(here, first[0], (*shared, *first[1:])))[0] == 8
    code, text, _ = command(*call(here, second[0], (*shared, *second[1:])))
    assert code == 8, text
    assert "may make what" in " ".join(text.split())
    assert here.orders() == {first[0]: 1}


def test_an_accepted_order_is_in_the_way_of_one_that_shares_some_on_the_same_terms(told):
    here, command = told("")
    operation, first, shared, other = SHARED["points"]
    assert command(*call(here, operation, first))[0] == 0
    code, text, _ = command(*call(here, operation, shared))
    assert code == 8, text
    assert "was accepted" in text
    assert command(*call(here, operation, other))[0] == 0
    assert here.orders() == {operation: 2}


ORDERS = "commanderServicesAccesDonnees"
THING = "thing: [pointId, contratId, sens]"
CURVE = ("POINT", WHO, "dateFin=2026-06-14", 'serviceSouscrit:=[{"typeDonnees": "CDC"}]')
OTHER = ("pointId=30000000000086", *CURVE[1:])
EDITS = {
    "things": (THING, "thing: [pointId, contratId]"),
    "terms": ("terms: [serviceSouscrit, dateFin]", "terms: [serviceSouscrit]"),
    "none": (re.compile("^same:.*?^(?=reconcile:)", re.MULTILINE | re.DOTALL), ""),
    "default": ("default: SOUTIRAGE", "default: INJECTION"),
    "point": (re.compile(r"(?<!with: \{)\bpointId\b(?=[],}:])"), "prm"),
}


def edit(here, old, new, *, operation=ORDERS, name=""):
    """Put the shipped operation, so changed, among those of the project; under a name of its own?"""
    text = (ROOT / "operations" / f"{operation}.yaml").read_text()
    changed = re.sub(old if isinstance(old, re.Pattern) else re.escape(old), new, text)
    changed = changed.replace(f"operation: {operation}", f"operation: {name or operation}")
    assert changed != text
    (here.folder / "operations").mkdir(exist_ok=True)
    (here.folder / "operations" / f"{name or operation}.yaml").write_text(changed)


@pytest.mark.parametrize("faults", ["drop:1x", ""], ids=["unknown", "accepted"])
def test_an_order_is_in_the_way_whatever_its_document_has_become_since(told, faults):
    here, command = told(faults)
    assert command(*call(here, ORDERS, CURVE))[0] == (8 if faults else 0)
    for name, (old, new) in EDITS.items():
        edit(here, old, new)
        given = ["PRM" if name == "point" else "POINT", *CURVE[1:]]
        code, text, _ = command(*call(here, ORDERS, given))
        assert (code, "with another version of its document" in " ".join(text.split())) == (
            8,
            True,
        ), text
        assert here.orders() == {ORDERS: 1}
    edit(here, *EDITS["things"])
    command(*call(here, ORDERS, OTHER))
    assert sum(here.server.orders.values()) == 2


def test_a_lost_order_of_several_points_is_in_the_way_of_one_whatever_its_document_has_become(told):
    here, command = told("drop:1x")
    operation, first, shared, _ = SHARED["points"]
    assert command(*call(here, operation, first))[0] == 8
    edit(here, ", dateFin, sens]", ", dateFin]", operation=operation)
    for points in (shared[0], 'pointId:=["30000000000086"]'):  # the list shows the first alone
        code, text, _ = command(*call(here, operation, (points, *MONTH)))
        assert (code, "with another version of its document" in " ".join(text.split())) == (
            8,
            True,
        ), text
    assert here.orders() == {operation: 1}


@pytest.mark.parametrize("faults", ["drop:1x", ""], ids=["unknown", "accepted"])
def test_an_order_is_the_same_under_another_name(told, faults):
    here, command = told(faults)
    assert command(*call(here, ORDERS, CURVE))[0] == (8 if faults else 0)
    for old, new in (("is never sent twice", "is sent once"), EDITS["things"], EDITS["none"]):
        edit(here, old, new, name="commanderEncore")
        code, text, _ = command(*call(here, "commanderEncore", CURVE))
        assert (code, "SGE302" in text) == (8, True), text
        assert here.orders() == {ORDERS: 1}
    command(*call(here, "commanderEncore", OTHER))
    assert sum(here.server.orders.values()) == 2


def test_what_an_order_is_told_by_is_not_what_is_said_of_it(told):
    here, command = told("")
    assert command(*call(here, ORDERS, CURVE))[0] == 0
    edit(here, "End of the access; required", "Its end; required")
    energy = (*CURVE[:-1], 'serviceSouscrit:=[{"typeDonnees": "ENERGIE"}]')
    code, text, _ = command(*call(here, ORDERS, CURVE))
    assert (code, "the same" in text) == (8, True), text
    assert command(*call(here, ORDERS, energy))[0] == 0
