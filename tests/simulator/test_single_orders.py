"""Data of the current day, the retired history, access to one type, options and bills."""

import pytest

from tests.simulator.conftest import BUSINESS, HOME, OURS, TERMINATED, TODAY, UNKNOWN

NO_IP = "98800004935121"


# -- data of the current day ------------------------------------------------------------------------

COMPANY = {"personneMorale": {"denominationSociale": "EXEMPLE"}}
NAMELESS = {"accordClient": True, "injection": False, "soutirage": True}
CONSENT = {**NAMELESS, **COMPANY}


def infra_j(client, point=BUSINESS, consents=(CONSENT,), **changes):
    given = {"cdc": True, **changes}
    name = "commanderTransmissionDonneesInfraJ"
    return client.call(name, pointId=point, declarationAccordClient=list(consents), **given)


def test_data_of_today_open_a_case(sge):
    answer = infra_j(sge)
    case = sge.simulator.cases[answer.text("demandeId")]
    assert case.points == (BUSINESS,)
    assert answer.root.find("prestations/prestation/fiche").get("code") == "F375A"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SGT401", {"point": UNKNOWN}),
        ("SGT471", {"contratId": "0000000"}),
        ("SGT472", {"contratId": "7654321"}),
        ("SGT566", {"consents": [{**CONSENT, "accordClient": False}]}),
        ("SGT585", {"soutirage": False}),
        ("SGT583", {"injection": True}),
        ("SGT583", {"consents": [{**CONSENT, "injection": True}]}),
        ("SGT583", {"consents": [CONSENT, CONSENT]}),
        ("SGT562", {"consents": [NAMELESS]}),
        ("SGT588", {"injection": True, "consents": [{**CONSENT, "injection": True}]}),
        ("SGT4N8", {"point": HOME}),
        ("SGT4O1", {"point": NO_IP}),
        ("SGT463", {"cdc": False}),
    ],
)
def test_data_of_today_are_refused(sge, code, changes):
    assert infra_j(sge, **changes).code == code
    assert not sge.simulator.cases


def test_a_strictly_identical_order_is_refused_for_30_minutes(sge):
    assert infra_j(sge).code == "ok"
    assert infra_j(sge).code == "SGT584"
    assert infra_j(sge, idx=True).code == "ok"
    sge.simulator.pass_minutes(29)
    assert infra_j(sge).code == "SGT584"
    sge.simulator.pass_minutes(1)
    assert infra_j(sge).code == "ok"
    assert len(sge.simulator.cases) == 3


# -- the retired history ----------------------------------------------------------------------------


def history(client, point=HOME, kind="CDC", **changes):
    given = {"dateDebut": "2025-01-01", "dateFin": "2025-06-01", "nom": "X", "civilite": "M"}
    name = "commanderTransmissionHistoriqueMesures"
    return client.call(name, pointId=point, mesureType=kind, **{**given, **changes})


def test_a_history_opens_a_case_and_is_acknowledged_in_the_old_words(sge):
    answer = history(sge)
    assert sge.simulator.cases[answer.text("affaireId")].points == (HOME,)
    assert b"acquittementP" in answer.body
    assert HOME.encode() in answer.body


def test_its_refusals_are_of_the_old_dictionary(sge):
    answer = history(sge, accordClient=False)
    assert answer.code == "SGT4K2"
    old = "{http://www.erdf.fr/sge/b2b/dictionnaire/v4.0/dc}erreur"
    assert answer.root.find(f"detail/{old}") is not None


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SGT401", {"point": UNKNOWN}),
        ("SGT471", {"contratId": "0000000"}),
        ("SGT562", {"denominationSociale": "X"}),
        ("SGT4K4", {"dateFin": "2025-01-01"}),
        ("SGT4K1", {"dateFin": "2025-06-16"}),
        ("SGT4L8", {"dateDebut": "2023-06-14"}),
        ("SGT4L8", {"kind": "IDX", "dateDebut": "2022-06-14"}),
        ("SGT441", {"kind": "IDX", "pasCdc": {"valeur": 30, "unite": "min"}}),
        ("SGT441", {"pasCdc": {"valeur": 10, "unite": "min"}}),
        ("SGT4H2", {"mesureCorrigee": True}),
        ("SGT4M1", {"point": TERMINATED}),
    ],
)
def test_a_history_is_refused(sge, code, changes):
    assert history(sge, **changes).code == code
    assert not sge.simulator.cases


@pytest.mark.parametrize(
    ("code", "scenario", "kind"),
    [
        ("SGT4N5", "opposition", "CDC"),
        ("ok", "opposition", "IDX"),
        ("SGT4M8", "level-too-low", "CDC"),
        ("SGT4N1", "no-data", "CDC"),
    ],
)
def test_a_history_is_of_a_point_that_has_one(opened, code, scenario, kind):
    assert history(opened(scenario), kind=kind).code == code


def test_a_curve_that_was_never_there_has_no_history(opened):
    since_tuesday = {"dateDebut": "2025-06-13", "dateFin": TODAY}
    assert history(opened("no-data"), **since_tuesday).code == "SGT4L9"


def test_a_business_has_another_step(sge):
    ten = {"pasCdc": {"valeur": 10, "unite": "min"}, "mesureCorrigee": True}
    assert history(sge, BUSINESS, **ten).code == "ok"


# -- access to one type of data ---------------------------------------------------------------------


def access(client, kind="ENERGIE", point=HOME, **changes):
    given = {"dateDebut": TODAY, "dateFin": "2028-06-15", "nom": "X", "typeDonnees": kind}
    return client.call("commanderAccesDonneesMesures", pointId=point, **{**given, **changes})


def test_an_access_is_seen_by_both_searches_and_opens_measures(sge):
    answer = access(sge, "CDC")
    number = answer.text("serviceSouscritId")
    assert answer.text("affaireId")
    for found in (sge.accesses(), sge.subscribed()):
        assert found.text(".//serviceSouscritId") == number
        assert found.text(".//etatCode") == "ACTIF"
    assert sge.accesses().text(".//serviceSouscritCode") == "ACCES"
    sge.simulator.pass_days(7)
    week = {"dateDebut": TODAY, "dateFin": "2025-06-22", "cadreAcces": "SERVICE_ACCES"}
    assert sge.measures_v3(**week).code == "ok"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SGT401", {"point": UNKNOWN}),
        ("SGT471", {"contratId": "0000000"}),
        ("SGT472", {"contratId": "7654321"}),
        ("SGT566", {"accord": False}),
        ("SGT562", {"nom": None}),
        ("SGT583", {"injection": True}),
        ("SGT583", {"soutirage": False}),
        ("SGT588", {"soutirage": False, "injection": True}),
        ("SGT4B2", {"point": TERMINATED}),
        ("SGT4H1", {"dateDebut": "2025-06-14"}),
        ("SGT4H1", {"dateDebut": "2025-06-16"}),
        ("SGT4K4", {"dateFin": TODAY}),
        ("SGT5O9", {"dateFin": "2028-06-16"}),
        ("SGT5O9", {"dateFin": None}),
        ("SGT5O9", {"point": BUSINESS, "dateFin": "2028-06-16"}),
        ("SGT4H8", {"point": BUSINESS, "kind": "PMAX"}),
    ],
)
def test_an_access_is_refused(sge, code, changes):
    assert access(sge, **changes).code == code
    assert len(sge.accesses().root) == 0


def test_an_access_without_an_end_is_a_business_matter(sge):
    assert access(sge, point=BUSINESS, dateFin=None).code == "ok"


def test_the_same_access_is_renewed_to_a_later_end_alone(sge):
    first = access(sge, dateFin="2026-06-15").text("serviceSouscritId")
    assert access(sge, dateFin="2026-06-15").code == "SGT570"
    second = access(sge, dateFin="2027-06-15").text("serviceSouscritId")
    assert second not in (None, first)
    assert sge.accesses().texts(".//etatCode") == ["TERMINE", "ACTIF"]
    assert sge.accesses().text(".//motifFinLibelle") == "Renouvellement du service"


def test_an_access_with_options_is_not_renewed_by_an_order_that_knows_none(opened):
    client = opened("renewal-due", generation="current")
    assert access(client, "CDC").code == "SGT570"


def test_an_opposed_curve_is_not_accessed(opened):
    client = opened("opposition")
    assert access(client, "CDC").code == "SGT4H7"
    assert access(client, "ENERGIE").code == "ok"


# -- publication options ----------------------------------------------------------------------------


def option(periodicity, corrected=None):
    given = {"periodiciteTransmission": periodicity}
    return given if corrected is None else {"mesuresCorrigees": corrected, **given}


def modified(client, number, add=(), drop=(), point=HOME, **changes):
    one = {"serviceSouscritId": number}
    if add:
        one["ajouterOptionsPublication"] = {"optionPublication": list(add)}
    if drop:
        one["supprimerOptionsPublication"] = {"optionPublication": list(drop)}
    name = "commanderModificationOptionsServicesAccesDonnees"
    return client.call(name, pointId=point, **{"serviceSouscrit": [one], **changes})


DAILY, MONTHLY = option("P1D", corrected=False), option("P1M", corrected=False)


def published(client, point=HOME):
    return client.accesses(point).texts(".//optionPublication/periodiciteTransmission")


@pytest.fixture
def ours(opened):
    """A household whose curve is published daily."""
    return opened("settled", generation="current")


def test_an_option_takes_the_place_of_another(ours):
    answer = modified(ours, OURS, add=[MONTHLY], drop=[DAILY])
    assert answer.texts("servicesModifies/serviceSouscritId/serviceSouscritId") == [OURS]
    assert published(ours) == ["P1M"]
    assert ours.accesses().text(".//optionPublication/dateDebut") == "2025-06-15+02:00"


def test_a_service_may_lose_its_option_and_get_it_back(ours):
    assert modified(ours, OURS, drop=[DAILY]).code == "ok"
    assert published(ours) == []
    assert ours.accesses().text(".//etatCode") == "ACTIF"
    assert modified(ours, OURS, add=[DAILY]).code == "ok"
    assert published(ours) == ["P1D"]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SGT463", {"add": [MONTHLY]}),
        ("SGT570", {"add": [DAILY]}),
        ("SGT567", {"drop": [MONTHLY]}),
        ("SGT463", {}),
        ("SGT4H2", {"add": [option("P1M", corrected=True)], "drop": [DAILY]}),
        ("SGT4H5", {"add": [option("P7D", corrected=False)], "drop": [DAILY]}),
        ("SGT562", {"add": [option("P1M")], "drop": [DAILY]}),
        ("SGT4O3", {"number": "12345678", "add": [MONTHLY]}),
        ("SGT588", {"sens": "INJECTION", "add": [MONTHLY]}),
        ("SGT401", {"point": UNKNOWN, "add": [MONTHLY]}),
        ("SGT471", {"contratId": "0000000", "add": [MONTHLY]}),
    ],
)
def test_a_modification_is_refused_and_changes_nothing(ours, code, changes):
    assert modified(ours, **{"number": OURS, **changes}).code == code
    assert published(ours) == ["P1D"]


def test_all_services_are_modified_or_none(sge):
    numbers = sge.order("CDC", "IDX").texts(".//serviceSouscritId")
    adding = [
        {"serviceSouscritId": number, "ajouterOptionsPublication": {"optionPublication": [one]}}
        for number, one in zip(numbers, (DAILY, option("P7D")), strict=True)
    ]
    assert modified(sge, "", serviceSouscrit=adding).code == "SGT4H5"
    assert published(sge) == []
    twice = [
        adding[0],
        {**adding[0], "ajouterOptionsPublication": {"optionPublication": [MONTHLY]}},
    ]
    assert modified(sge, "", serviceSouscrit=twice).code == "SGT463"


def test_what_has_ended_is_not_modified(ours):
    ours.stop_accesses(OURS)
    assert modified(ours, OURS, drop=[DAILY]).code == "SGT4O4"


def test_a_business_curve_has_several_options(sge):
    number = sge.order("CDC", pointId=BUSINESS).text(".//serviceSouscritId")
    several = [DAILY, option("P7D", corrected=True)]
    assert modified(sge, number, add=several, point=BUSINESS).code == "ok"
    assert published(sge, BUSINESS) == ["P1D", "P7D"]


# -- bills ------------------------------------------------------------------------------------------


def bills(client, point=HOME, **changes):
    given = {"autorisationClient": True, **changes}
    return client.call("consulterMesures", pointId=point, **given)


def test_a_home_is_billed_by_the_month_on_both_grids(sge):
    answer = bills(sge)
    for grid, calendar in (("Turpe", "DI000001"), ("Frn", "FC000001")):
        (series,) = answer.root.findall(f"seriesMesuresDateesGrille{grid}/serie")
        assert series.find("calendrier").get("code") == calendar
        assert series.findtext("unite") == "kWh"
        measures = series.findall("mesuresDatees/mesure")
        assert len(measures) == 35
        assert measures[0].findtext("dateFin") == "2025-06-12+02:00"
        ends = [one.findtext("dateFin") for one in measures]
        starts = [one.findtext("dateDebut") for one in measures]
        assert starts[:-1] == ends[1:]
        assert ends == sorted(ends, reverse=True)


def test_bills_are_what_the_days_add_up_to(sge):
    measure = bills(sge).root.find("seriesMesuresDateesGrilleTurpe/serie/mesuresDatees/mesure")
    days = sge.measures_v3("ENERGIE", dateDebut="2025-05-12", dateFin="2025-06-12")
    energy = sum(int(value) for value in days.texts("grandeur/points/v"))
    assert abs(int(measure.findtext("valeur")) - energy / 1000) < 1


def test_a_business_is_billed_by_class_on_the_network_alone(sge):
    answer = bills(sge, BUSINESS)
    classes = answer.root.findall("seriesMesuresDateesGrilleTurpe/serie/classeTemporelle")
    assert [one.get("code") for one in classes] == ["HP", "HC"]
    assert answer.root.find("seriesMesuresDateesGrilleFrn") is None


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SGT401", {"point": UNKNOWN}),
        ("SGT471", {"contratId": "0000000"}),
        ("SGT472", {"contratId": "7654321"}),
        ("SGT4G2", {"autorisationClient": False}),
        ("SGT4G2", {"autorisationClient": None}),
        ("SGT4G2", {"autorisationClient": None, "contratConcluNouveauClientSurSite": True}),
    ],
)
def test_bills_are_refused(sge, code, changes):
    assert bills(sge, **changes).code == code


def test_a_new_customer_has_no_bill_yet(opened):
    assert bills(opened("no-data")).code == "SGT4G3"


# -- what is ordered --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "code", "parameters"),
    [
        (
            "commanderTransmissionDonneesInfraJ",
            "AME",
            {"pointId": BUSINESS, "cdc": True, "declarationAccordClient": [CONSENT]},
        ),
        (
            "commanderTransmissionHistoriqueMesures",
            "HDM",
            {"mesureType": "IDX", "dateDebut": "2025-01-01", "dateFin": "2025-06-01"},
        ),
        (
            "commanderAccesDonneesMesures",
            "AME",
            {"dateDebut": TODAY, "dateFin": "2026-06-15", "nom": "X", "typeDonnees": "IDX"},
        ),
    ],
)
def test_each_service_takes_its_own_code_alone(sge, operation, code, parameters):
    message = sge.message(operation, **{"pointId": HOME, **parameters})
    other = message.replace(f"<objetCode>{code}<".encode(), b"<objetCode>XXX<")
    assert other != message
    assert sge.post(operation, other).code == "SGT463"
    assert sge.post(operation, message).code == "ok"
