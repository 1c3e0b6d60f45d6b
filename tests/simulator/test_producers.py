"""Points that produce: what differs for the segments P1 to P4, and in the other direction."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

ROOF, BARN = "30000000000114", "30000000000122"  # C5 and P4, P4 alone
STORE, CANOPY = "30000000000130", "30000000000148"  # C4 and P3, P3 alone
FIELD, PLANT = "30000000000155", "30000000000163"  # P2, P1
LINKYS, BUSINESSES = (ROOF, BARN), (STORE, CANOPY, FIELD, PLANT)
PRODUCED = {"soutirage": "false", "injection": "true"}
INFRA_J = "commanderTransmissionDonneesInfraJ"


def produced(sge, kind, point, **changes):
    return sge.measures_v3(kind, pointId=point, sens="INJECTION", **changes)


@pytest.mark.parametrize("point", LINKYS + BUSINESSES)
def test_what_is_produced_is_a_curve_a_day_and_a_register_that_agree(sge, point):
    curve, days, index = (produced(sge, kind, point) for kind in ("COURBE", "ENERGIE", "INDEX"))
    assert {a.text(".//grandeurMetier") for a in (curve, days, index)} == {"PROD"}
    values = [int(one) for one in curve.texts(".//points/v")]
    daily = [int(one) for one in days.texts(".//points/v")]
    hours = 7 * 24 / len(values)
    assert sum(values) * hours == sum(daily)
    read = [int(one) for one in index.texts(".//classeTemporelle/valeur/v")]
    assert [after - before for before, after in pairwise(read)] == daily[:-1]
    assert index.text(".//codeCadran") == "IDX_EAI_D1"
    noon = [v for v, d in zip(values, curve.texts(".//points/d"), strict=True) if " 12:" in d]
    night = [v for v, d in zip(values, curve.texts(".//points/d"), strict=True) if " 02:" in d]
    assert min(noon) > 0 == max(night)


@pytest.mark.parametrize(
    ("points", "first", "nature", "step", "mode"),
    [
        (LINKYS, "2025-06-08 00:30:00", "B", "PT30M", "DIFF.INDEX"),
        (BUSINESSES, "2025-06-08 00:00:00", "R", "PT5M", "INTEG.COURBE"),
    ],
)
def test_p4_stamps_the_end_and_the_others_the_start(sge, points, first, nature, step, mode):
    for point in points:
        curve = produced(sge, "COURBE", point)
        assert curve.text(".//points/d") == first
        assert set(curve.texts(".//points/n")) == {nature}
        assert set(curve.texts(".//points/p")) == {step}
        assert produced(sge, "ENERGIE", point).text("modeCalcul") == mode


def test_the_maximum_power_of_what_is_produced_is_that_of_p4_in_version_3(sge):
    assert produced(sge, "PMAX", ROOF).code == "ok"
    assert produced(sge, "PMAX", CANOPY).code == "SGT579"
    assert sge.measures("PMAX", pointId=ROOF, **PRODUCED).code == "SGT579"
    assert sge.measures("PMAX", pointId=ROOF).code == "ok"
    assert sge.measures("ENERGIE", pointId=BARN, **PRODUCED).text(".//grandeurMetier") == "PROD"
    assert sge.measures("ENERGIE", pointId=CANOPY, **PRODUCED).code == "SGT579"


def test_corrected_curves_are_of_businesses_alone(sge):
    corrected = {"mesuresCorrigees": "true"}
    assert produced(sge, "COURBE", PLANT, **corrected).text("mesuresCorrigees") == "BEST"
    assert produced(sge, "COURBE", BARN, **corrected).code == "SGT4H2"


def test_who_consumes_and_produces_has_two_curves(sge):
    consumed, sold = sge.measures_v3(pointId=ROOF), produced(sge, "COURBE", ROOF)
    assert consumed.text(".//grandeurMetier") == "CONS"
    assert consumed.texts(".//points/v") != sold.texts(".//points/v")


@pytest.mark.parametrize("point", [BARN, CANOPY, FIELD, PLANT])
def test_who_only_produces_has_nothing_that_is_consumed(sge, point):
    assert sge.measures_v3(pointId=point).code == "SGT587"
    assert sge.measures(pointId=point).code == "SGT587"
    assert sge.order("CDC", pointId=point).code == "SGT587"
    assert sge.collect(pointId=point).code == "SGT587"
    billed = sge.call("consulterMesures", pointId=point, autorisationClient=True)
    assert billed.code == "SGT4G3"
    contract = sge.contract(point)
    assert contract.root.find(".//segment").get("code") == "INDET"
    assert contract.root.find(".//structureTarifaire") is None


def test_who_consumes_too_is_known_by_that_segment(sge):
    assert sge.contract(ROOF).root.find(".//segment").get("code") == "C5"
    assert sge.contract(STORE).root.find(".//segment").get("code") == "C4"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"transmissionRecurrente": "false", "periodiciteTransmission": None}, "ok"),
        ({"transmissionRecurrente": "false"}, "SGT4H5"),
        ({}, "SGT4H5"),
        ({"mesuresTypeCode": "IDX", "mesuresPas": "P1D"}, "SGT4H8"),
    ],
)
def test_a_collection_on_p4_is_of_the_curve_and_without_files(sge, changes, code):
    answer = sge.collect(pointId=BARN, **PRODUCED, **changes)
    assert answer.code == code
    if code == "ok":
        assert answer.root.find(".//fiche").get("code") == "P300C"
        (found,) = sge.subscribed(BARN).root.findall(".//serviceSouscritMesures")
        assert (found.findtext("injection"), found.findtext("soutirage")) == ("true", "false")


def test_a_collection_on_the_business_market_may_be_published_weekly(sge):
    weekly = {"mesuresPas": "PT10M", "periodiciteTransmission": "P7D"}
    assert sge.collect(pointId=PLANT, **PRODUCED, **weekly).code == "ok"


def test_an_access_service_opens_its_own_direction_alone(sge):
    asked = {"cadreAcces": "SERVICE_ACCES", "dateDebut": "2025-06-15", "dateFin": "2025-06-16"}
    assert sge.order("CDC", "PMAX", pointId=ROOF, sens="INJECTION").code == "ok"
    assert sge.order("CDC", pointId=ROOF).code == "ok"  # another direction, no rival
    (consumed, *_) = sge.accesses(ROOF).root.findall(".//serviceSouscrit")[::-1]
    assert sge.stop_accesses(consumed.findtext("serviceSouscritId"), pointId=ROOF).code == "ok"
    sge.simulator.pass_days(1)
    assert produced(sge, "COURBE", ROOF, **asked).code == "ok"
    assert sge.measures_v3(pointId=ROOF, **asked).code == "SGT211"


def consent(*directions):
    return [
        {
            "accordClient": True,
            "injection": one == "injection",
            "soutirage": one == "soutirage",
            "personneMorale": {"denominationSociale": "EXEMPLE"},
        }
        for one in directions
    ]


@pytest.mark.parametrize(
    ("point", "directions", "code"),
    [
        (STORE, ("soutirage", "injection"), "ok"),
        (PLANT, ("injection",), "ok"),
        (PLANT, ("soutirage",), "SGT587"),
        (BARN, ("injection",), "SGT4N8"),
    ],
)
def test_the_data_of_today_come_from_p1_to_p3_in_their_direction(sge, point, directions, code):
    given = {one: one in directions for one in ("soutirage", "injection")}
    consents = consent(*directions)
    answer = sge.call(INFRA_J, pointId=point, cdc=True, declarationAccordClient=consents, **given)
    assert answer.code == code


@pytest.mark.parametrize(
    ("kind", "points", "admitted"),
    [
        ("COURBES", [STORE, PLANT], {STORE, PLANT}),
        ("ENERGIE", [ROOF, BARN, PLANT, "30000000000011"], {ROOF, BARN, PLANT}),
        ("PMAX", [BARN, PLANT], {BARN}),
    ],
)
def test_a_bulk_order_of_production_admits_who_produces(sge, kind, points, admitted):
    month = {"dateDebut": "2025-05-01", "dateFin": "2025-06-01", "sens": "INJECTION"}
    name = "commandeHistoriqueDonneesMesuresFines"
    answer = sge.call(name, pointId=points, mesuresTypeCode=kind, **month)
    assert set(sge.simulator.cases[answer.root.text].admitted) == admitted


def test_the_retired_history_tells_no_production(sge):
    period = {"dateDebut": "2025-05-01", "dateFin": "2025-06-01"}
    who = {"civilite": "M", "nom": "BERNARD"}
    name = "commanderTransmissionHistoriqueMesures"
    assert sge.call(name, pointId=BARN, mesureType="CDC", **period, **who).code == "SGT587"


@pytest.mark.parametrize(("day", "count"), [("2025-03-30", 46), ("2024-10-27", 50)])
def test_a_day_on_which_the_clock_changes_has_46_or_50_half_hours_of_production(sge, day, count):
    after = (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()
    curve = produced(sge, "COURBE", BARN, dateDebut=day, dateFin=after)
    assert len(curve.texts(".//points/v")) == count
