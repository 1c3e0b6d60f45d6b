"""What the ordering services do and refuse, and what is left afterwards."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from tests.simulator.conftest import BUSINESS, OURS, UNKNOWN

NO = {"accord": "false", "personnePhysique": {"nom": "LEFEVRE"}}
NOBODY = {"accord": "true"}
BOTH = {
    "accord": "true",
    "personnePhysique": {"nom": "LEFEVRE"},
    "personneMorale": {"denominationSociale": "EXEMPLE"},
}
NAMELESS = {"accord": "true", "personnePhysique": {"prenom": "ELODIE"}}


def states(answer) -> list[tuple[str, str]]:
    services = answer.root[0] if len(answer.root) else ()
    return [(one.findtext("serviceSouscritId"), one.findtext("etatCode")) for one in services]


def option(periodicity: str, corrected: str | None = None) -> dict:
    return {"mesuresCorrigees": corrected, "periodiciteTransmission": periodicity}


def publishing(data: str, *options: dict) -> dict:
    return {"typeDonnees": data, "optionsPublication": {"optionPublication": list(options)}}


# -- collection: order, search, stop ----------------------------------------------------------------


def test_an_order_is_kept_found_stopped_and_stays_in_the_list(sge):
    ordered = sge.collect()
    assert ordered.text("affaireId")
    assert ordered.root.find("prestations/prestation/fiche").get("code") == "F300C"
    number = ordered.text("serviceSouscritId")
    found = sge.subscribed()
    assert states(found) == [(number, "ACTIF")]
    one = found.root[0][0]
    assert one.find("serviceSouscritType").get("code") == "TRANSREC"
    assert one.findtext("dateDebut") == "2025-06-15+02:00"
    assert one.findtext("dateFin") == "2026-06-15+02:00"
    assert one.find("motifFinLibelle") is None
    assert states(sge.accesses()) == [(number, "ACTIF")]

    stopped = sge.stop(number)
    assert stopped.code == "ok"
    assert len(stopped.root) == 0
    found = sge.subscribed()
    assert states(found) == [(number, "TERMINE")]
    assert found.text(".//dateFin") == "2025-06-15+02:00"
    assert found.text(".//motifFinLibelle")
    assert sge.stop(number).code == "SGT4O4"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SGT401", {"pointId": UNKNOWN}),
        ("SGT463", {"objetCode": "ASS"}),
        ("SGT566", {"declarationAccordClient": NO}),
        ("SGT562", {"declarationAccordClient": NOBODY}),
        ("SGT562", {"declarationAccordClient": BOTH}),
        ("SGT562", {"declarationAccordClient": NAMELESS}),
        ("SGT583", {"injection": "true"}),
        ("SGT583", {"soutirage": "false"}),
        ("SGT588", {"soutirage": "false", "injection": "true"}),
        ("SGT4B2", {"pointId": "30000000000037"}),
        ("SGT4H1", {"dateDebut": "2025-06-14"}),
        ("SGT4H1", {"dateDebut": "2025-06-16"}),
        ("SGT4H4", {"dateFin": "2026-06-16"}),
        ("SGT4H4", {"dateFin": None}),
        ("SGT4K4", {"dateFin": "2025-06-15"}),
        ("SGT4H3", {"mesuresPas": "PT10M"}),
        ("SGT4H3", {"mesuresPas": "P1D"}),
        ("SGT4H2", {"mesuresCorrigees": "true"}),
        ("SGT4H5", {"periodiciteTransmission": "P7D"}),
        ("SGT4H5", {"periodiciteTransmission": None}),
        ("SGT562", {"mesuresCorrigees": None}),
        ("SGT4H6", {"mesuresTypeCode": "IDX", "transmissionRecurrente": "false"}),
    ],
)
def test_a_collection_is_refused_and_leaves_nothing(sge, code, changes):
    assert sge.collect(**changes).code == code
    assert states(sge.subscribed()) == []


def test_a_collection_without_publication(sge):
    changes = {
        "transmissionRecurrente": "false",
        "periodiciteTransmission": None,
        "mesuresCorrigees": None,
    }
    assert sge.collect(**changes).code == "ok"
    assert sge.subscribed().root.find(".//serviceSouscritType").get("code") == "CCDC"


def test_indexes_and_curves_do_not_stand_in_each_others_way(sge):
    assert sge.collect().code == "ok"
    changes = {"mesuresTypeCode": "IDX", "mesuresPas": "P1D", "mesuresCorrigees": None}
    ordered = sge.collect(**changes)
    assert ordered.root.find(".//fiche").get("code") == "F305"
    assert [one[1] for one in states(sge.subscribed())] == ["ACTIF", "ACTIF"]


def test_the_same_order_to_a_later_end_renews_under_a_new_id(opened):
    client = opened("renewal-due", generation="previous")
    renewed = client.collect()
    assert renewed.code == "ok"
    number = renewed.text("serviceSouscritId")
    assert number != OURS
    assert states(client.subscribed()) == [(OURS, "TERMINE"), (number, "ACTIF")]
    assert client.subscribed().text(".//motifFinLibelle") == "Renouvellement du service"


def test_another_order_than_the_running_one_does_not_renew(opened):
    client = opened("renewal-due", generation="previous")
    assert client.collect(periodiciteTransmission="P1M").code == "SGT570"
    assert states(client.subscribed()) == [(OURS, "ACTIF")]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("ok", {"dateFin": None}),
        ("ok", {"dateDebut": "2025-07-01", "periodiciteTransmission": "P7D"}),
        ("ok", {"mesuresCorrigees": "true", "periodiciteTransmission": "P1M"}),
        ("SGT565", {"dateDebut": "2025-06-14"}),
        ("SGT564", {"mesuresCorrigees": "true"}),
        ("SGT4H3", {"mesuresPas": "PT30M"}),
    ],
)
def test_a_business_orders_under_other_rules(sge, code, changes):
    changes = {"pointId": BUSINESS, "mesuresPas": "PT10M", **changes}
    assert sge.collect(**changes).code == code


def test_an_index_order_of_a_business_opens_no_case(sge):
    changes = {"mesuresTypeCode": "IDX", "mesuresPas": "P1D", "mesuresCorrigees": None}
    answer = sge.collect(pointId=BUSINESS, **changes)
    assert answer.code == "ok"
    assert answer.text("affaireId") is None
    assert answer.text("serviceSouscritId")


@pytest.mark.parametrize(
    ("code", "service", "changes"),
    [
        ("SGT4O7", OURS, {"objetCode": "AME"}),
        ("SGT401", OURS, {"pointId": UNKNOWN}),
        ("SGT4O3", "12345678", {}),
        ("SGT4O3", OURS, {"pointId": BUSINESS}),
    ],
)
def test_a_stop_is_refused(opened, code, service, changes):
    client = opened("settled")
    assert client.stop(service, **changes).code == code
    assert states(client.subscribed()) == [(OURS, "ACTIF")]


def test_nobody_but_the_supplier_stops_an_opposition(opened):
    assert opened("opposition").stop("40000001").code == "SGT4O2"
    assert opened("opposition").stop_accesses("40000001").code == "SGT4O2"


# -- access services --------------------------------------------------------------------------------


def test_several_access_services_are_ordered_at_once(sge):
    answer = sge.order(publishing("CDC", option("P1D", "false")), "ENERGIE", "PMAX", "IDX")
    pairs = zip(
        answer.texts(".//mesuresTypeCode"), answer.texts(".//serviceSouscritId"), strict=True
    )
    numbers = dict(pairs)
    assert list(numbers) == ["CDC", "ENERGIE", "PMAX", "IDX"]
    found = sge.accesses()
    assert states(found) == [(number, "ACTIF") for number in numbers.values()]
    assert found.texts(".//serviceSouscritCode") == ["ACCES"] * 4
    assert found.texts(".//mesuresPas") == ["PT30M", "P1D"]
    assert found.texts(".//optionPublication/periodiciteTransmission") == ["P1D"]
    assert states(sge.subscribed()) == states(found)


@pytest.mark.parametrize(
    ("code", "services", "changes"),
    [
        ("SGT401", ["CDC"], {"pointId": UNKNOWN}),
        ("SGT566", ["CDC"], {"declarationAccordClient": None}),
        ("SGT566", ["CDC"], {"declarationAccordClient": NO}),
        ("SGT562", ["CDC"], {"declarationAccordClient": NOBODY}),
        ("SGT5O9", ["CDC"], {"dateFin": "2028-06-16"}),
        ("SGT5O9", ["CDC"], {"dateFin": None}),
        ("SGT568", ["CDC"], {"dateFin": "2025-06-14"}),
        ("SGT588", ["CDC"], {"sens": "INJECTION"}),
        ("SGT4B2", ["CDC"], {"pointId": "30000000000037"}),
        ("SGT463", ["CDC", "CDC"], {}),
        ("SGT4H5", [publishing("ENERGIE", option("P1D"))], {}),
        ("SGT4H5", [publishing("CDC", option("P7D", "false"))], {}),
        ("SGT4H2", [publishing("CDC", option("P1M", "true"))], {}),
        ("SGT562", [publishing("CDC", option("P1D"))], {}),
        ("SGT463", [publishing("PMAX", option("P1D"), option("P1M"))], {}),
        ("SGT4H8", ["PMAX"], {"pointId": BUSINESS}),
        ("SGT4H5", [publishing("CDC", option("P1D", "true"))], {"pointId": BUSINESS}),
        ("SGT4H5", [publishing("ENERGIE", option("P1D"))], {"pointId": BUSINESS}),
        (
            "SGT463",
            [publishing("CDC", option("P1D", "false"), option("P1D", "false"))],
            {"pointId": BUSINESS},
        ),
    ],
)
def test_an_access_order_is_refused_as_a_whole(sge, code, services, changes):
    assert sge.order("IDX", *services, **changes).code == code
    assert states(sge.accesses()) == []


def test_one_service_that_is_active_refuses_them_all(sge):
    assert sge.order("CDC").code == "ok"
    assert sge.order("ENERGIE", "CDC").code == "SGT570"
    assert len(states(sge.accesses())) == 1


def test_a_business_may_publish_a_curve_once_raw_and_once_corrected(sge):
    raw, corrected = option("P1D", "false"), option("P7D", "true")
    for more in (option("P1M", "false"), option("P1M", "true")):
        curve = publishing("CDC", raw, corrected, more)
        assert sge.order(curve, pointId=BUSINESS, dateFin=None).code == "SGT463"
    curve = publishing("CDC", raw, corrected)
    assert sge.order(curve, pointId=BUSINESS, dateFin=None).code == "ok"
    assert len(sge.accesses(BUSINESS).root.findall(".//optionPublication")) == 2


def test_accesses_are_renewed_with_their_options_under_the_same_id(opened):
    client = opened("renewal-due", generation="current")
    answer = client.renew(OURS)
    assert answer.texts(".//serviceSouscritId") == [OURS]
    assert answer.text(".//affaireId")
    found = client.accesses()
    assert states(found) == [(OURS, "ACTIF")]
    assert set(found.texts(".//dateFin")) == {"2028-06-15+02:00"}


def test_where_renewals_give_new_ids_the_old_service_ends_and_another_follows_it(opened):
    client = opened("renewal-due", generation="current", renews_anew=True)
    (number,) = client.renew(OURS).texts(".//serviceSouscritId")
    assert number != OURS
    found = client.accesses()
    assert states(found) == [(OURS, "TERMINE"), (number, "ACTIF")]
    assert found.text(".//motifFinLibelle") == "Renouvellement du service"
    assert found.texts(".//dateFin")[-1] == "2028-06-15+02:00"


def test_services_of_another_contract_are_neither_in_the_way_nor_ours_to_change(sge):
    assert sge.order("CDC").code == "ok"
    world = sge.simulator.world
    (ours,) = world.services("30000000000011")
    theirs = replace(ours, id="59999999", contract="7654321")
    world.keep(ours.stop(world.today), theirs)
    sge.simulator.pass_days(1)
    assert sge.renew(theirs.id).code == "SGT4O2"
    assert sge.stop_accesses(theirs.id).code == "SGT4O2"
    assert [one[0] for one in states(sge.accesses())] == [ours.id]
    assert sge.order("CDC").code == "ok"


@pytest.mark.parametrize(
    ("code", "services", "changes"),
    [
        ("SGT4O3", [OURS], {"sens": "INJECTION"}),
        ("SGT4O3", [OURS, "12345678"], {}),
        ("SGT569", [OURS], {"dateFin": "2025-06-20"}),
        ("SGT5O9", [OURS], {"dateFin": "2028-06-16"}),
        ("SGT5O9", [OURS], {"dateFin": None}),
        ("SGT566", [OURS], {"declarationAccordClient": None}),
        ("SGT401", [OURS], {"pointId": UNKNOWN}),
    ],
)
def test_a_renewal_is_refused(opened, code, services, changes):
    client = opened("renewal-due", generation="current")
    assert client.renew(*services, **changes).code == code
    assert set(client.accesses().texts(".//dateFin")) == {"2025-06-27+02:00"}


def test_accesses_are_stopped_together_or_not_at_all(sge):
    numbers = sge.order("CDC", "ENERGIE").texts(".//serviceSouscritId")
    assert sge.stop_accesses(*numbers, "12345678").code == "SGT4O3"
    assert sge.stop_accesses(*numbers, sens="INJECTION").code == "SGT4O3"
    assert [one[1] for one in states(sge.accesses())] == ["ACTIF", "ACTIF"]
    answer = sge.stop_accesses(*numbers)
    assert answer.texts(".//serviceSouscritId") == numbers
    assert [one[1] for one in states(sge.accesses())] == ["TERMINE", "TERMINE"]
    assert sge.stop_accesses(numbers[0]).code == "SGT4O4"
    assert sge.renew(numbers[0]).code == "SGT4O4"
    assert sge.order("CDC").code == "SGT570"


def test_a_collection_is_unknown_to_the_stop_of_accesses(opened):
    client = opened("settled", generation="previous")
    assert client.stop_accesses(OURS).code == "SGT4O3"
    assert client.stop(OURS).code == "ok"


# -- counting ---------------------------------------------------------------------------------------


def test_every_well_formed_order_is_counted_by_operation_and_point(sge):
    sge.collect()
    sge.collect()
    sge.stop("12345678")
    sge.collect(mesuresTypeCode="XX")
    sge.measures()
    assert sge.simulator.orders == {
        ("commanderCollectePublicationMesures", "30000000000011"): 2,
        ("commanderArretServiceSouscritMesures", "30000000000011"): 1,
    }


def test_of_many_orders_at_once_one_is_taken(opened, monkeypatch):
    client = opened()
    world = client.simulator.world
    looked = world.services

    def slowly(point: str):
        found = looked(point)
        time.sleep(0.01)  # time enough for every other order to look as well
        return found

    monkeypatch.setattr(world, "services", slowly)
    others = [type(client)(client.simulator) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda one: one.collect().code, others))
    for other in others:
        other.close()
    assert sorted(codes) == ["SGT570"] * 7 + ["ok"]
    assert list(client.simulator.orders.values()) == [8]
