"""The cases of the homologation catalogue 26.1, each in a world of its own.

Where the catalogue's numbers are placeholders, the service is ordered or searched first, as
somebody who takes the test does.
"""

from __future__ import annotations

import pytest

TODAY = "2025-11-03"  # the catalogue's longest period ends on 2025-07-23
END = "2028-11-02"
FAR = "2050-04-07"
HOMES = ["25150217034354", "25825036170379", "25999131613803", "50086054270348", "25262662681289"]
FIRMS = ["98800004935121", "98800001544168", "98800004938924", "98800006694381", "98800001220186"]
FIRM = "98800003605600"
WEEK = {"dateDebut": "2025-04-01", "dateFin": "2025-04-07"}
YEAR = {"dateDebut": "2024-03-15", "dateFin": "2025-07-23"}
RECENT = {"dateDebut": "2025-11-02", "dateFin": TODAY}
OLD = {"dateDebut": "2020-01-01", "dateFin": TODAY}
TURNED = {"dateDebut": "2025-10-01", "dateFin": "2025-08-01"}

POINT = "rechercherPoint"
TECHNICAL = "consulterDonneesTechniquesContractuelles"
BILLS = "consulterMesures"
DETAILS = "consulterMesuresDetailleesV3"
ACCESS = "commanderAccesDonneesMesures"
ORDER = "commanderServicesAccesDonnees"
SEARCH = "rechercherServicesAccesDonnees"
FINES = "commandeHistoriqueDonneesMesuresFines"
BILLED = "commandeHistoriqueDonneesMesuresFacturantes"
CARDS = "commandeInformationsTechniquesEtContractuelles"
TODAYS = "commanderTransmissionDonneesInfraJ"


@pytest.fixture
def sge(opened):
    return opened(today=TODAY)


def measure(kind, quantity, point, **more):
    return {"mesuresTypeCode": kind, "grandeurPhysique": quantity, "pointId": point, **more}


def access(kind, point, **more):
    given = {"dateDebut": TODAY, "dateFin": END, "nom": "DUPONT"}
    return {"typeDonnees": kind, "pointId": point, **given, **more}


def service(kind, periodicity=None):
    if periodicity is None:
        return {"typeDonnees": kind}
    option = {"periodiciteTransmission": periodicity}
    if kind == "CDC":
        option = {"mesuresCorrigees": False, **option}
    return {"typeDonnees": kind, "optionsPublication": {"optionPublication": [option]}}


def order(point, *services, **more):
    given = {"dateFin": END, "nom": "DUPONT", "serviceSouscrit": [*services]}
    return {"pointId": point, **given, **more}


def bulk(points, **more):
    return {"pointId": points, **more}


def today(*, accord=True, injection=False, **more):
    direction = {"injection": injection, "soutirage": not injection}
    who = {"personneMorale": {"denominationSociale": "Raison Sociale"}}
    consent = {"accordClient": accord, **direction, **who}
    order = {"pointId": "98800000000246", "declarationAccordClient": [consent]}
    return {**order, **direction, **more}


C5, C5_2, C5_3, C5_4 = "24380318190106", "25855571545617", "24377424002398", "25852098337945"
LONGER = {**WEEK, "dateFin": "2025-04-09"}  # the catalogue's own dates give no SGT4L8
UNDER = {"cadreAcces": "SERVICE_ACCES"}
NO = {"accord": False}
TOWN = {"codePostal": "84160", "codeInseeCommune": "84042"}
OTHER_TOWN = {"codePostal": "34650", "codeInseeCommune": "34231"}
STREET = {"numeroEtNomVoie": "1 RUE DE LA MER"}
LOW_VOLTAGE = {"domaineTensionAlimentationCode": "BTINF"}
HOMES_ALONE = {"categorieClientFinalCode": "RES"}
WHO = "nomClientFinalOuDenominationSociale"
BEYOND = {"rechercheHorsPerimetre": True}

CASES = [
    ("ADP-R1 C1-C4", "ok", TECHNICAL, {"pointId": "98800004847471", "autorisationClient": True}),
    ("ADP-R1 C5", "ok", TECHNICAL, {"pointId": "25946599093143", "autorisationClient": True}),
    ("ADP-R2 C1-C4", "ok", TECHNICAL, {"pointId": "98800004847471", "autorisationClient": False}),
    ("ADP-R2 C5", "ok", TECHNICAL, {"pointId": "25946599093143", "autorisationClient": False}),
    ("ADP-NR1", "SGT401", TECHNICAL, {"pointId": "99999999999999", "autorisationClient": False}),
    ("AHC-R1 C1-C4", "ok", BILLS, {"pointId": "98800000396971", "autorisationClient": True}),
    ("AHC-R1 C5", "ok", BILLS, {"pointId": "25162373298976", "autorisationClient": True}),
    ("AHC-NR1", "SGT4G2", BILLS, {"pointId": "25162373298976", "autorisationClient": False}),
    ("CMD3-R1 C1-C4", "ok", DETAILS, measure("COURBE", "PA", "98800001144455", **WEEK)),
    ("CMD3-R1 C5", "ok", DETAILS, measure("COURBE", "PA", "25162373298976", **WEEK)),
    ("CMD3-R2", "ok", DETAILS, measure("COURBE", "PRI", "98800001144455", **WEEK)),
    ("CMD3-R3 C1-C4", "ok", DETAILS, measure("ENERGIE", "EA", "98800001144455", **YEAR)),
    ("CMD3-R3 C5", "ok", DETAILS, measure("ENERGIE", "EA", "25162373298976", **WEEK)),
    ("CMD3-R4", "ok", DETAILS, measure("PMAX", "PMA", "25162373298976", mesuresPas="P1D", **WEEK)),
    ("CMD3-R5 C1-C4", "ok", DETAILS, measure("INDEX", "EA", "98800001144455", **YEAR)),
    ("CMD3-R5 C5", "ok", DETAILS, measure("INDEX", "EA", "25162373298976", **WEEK)),
    ("CMD3-R6 C1-C4", "ok", DETAILS, measure("INDEX", "EA", "98800001144455", **UNDER, **YEAR)),
    ("CMD3-R6 C5", "ok", DETAILS, measure("INDEX", "EA", "25162373298976", **UNDER, **WEEK)),
    ("CMD3-NR1", "SGT4L8", DETAILS, measure("COURBE", "PA", "25162373298976", **LONGER)),
    ("RP-R1", "ok", POINT, {**LOW_VOLTAGE, **HOMES_ALONE, **OTHER_TOWN}),
    ("RP-R2", "ok", POINT, {**STREET, **TOWN, WHO: "TEST", **BEYOND}),
    ("RP-R3", "ok", POINT, {**STREET, **TOWN, WHO: "TES", **BEYOND}),
    ("RP-NR1", "SGT4F8", POINT, {**HOMES_ALONE, **TOWN}),
    ("RP-NR2", "SGT4F7", POINT, {**STREET, "codeInseeCommune": "34231"}),
    ("ACCES-R1 C5", "ok", ACCESS, access("ENERGIE", C5)),
    ("ACCES-R1 C2-C4", "ok", ACCESS, access("ENERGIE", FIRM)),
    ("ACCES-R2 C5", "ok", ACCESS, access("CDC", C5)),
    ("ACCES-R2 C2-C4", "ok", ACCESS, access("CDC", FIRM)),
    ("ACCES-R3", "ok", ACCESS, access("PMAX", C5)),
    ("ACCES-R4 C5", "ok", ACCESS, access("IDX", C5)),
    ("ACCES-R4 C2-C4", "ok", ACCESS, access("IDX", FIRM)),
    ("ACCES-NR1 C5", "SGT566", ACCESS, access("ENERGIE", C5, **NO)),
    ("ACCES-NR1 C2-C4", "SGT566", ACCESS, access("ENERGIE", FIRM, **NO)),
    ("ACCES-NR2 C5", "SGT5O9", ACCESS, access("ENERGIE", C5, dateFin=FAR)),
    ("ACCES-NR2 C2-C4", "SGT5O9", ACCESS, access("ENERGIE", FIRM, dateFin=FAR)),
    ("SAD-R1 C5", "ok", ORDER, order(C5_2, service("ENERGIE"))),
    ("SAD-R1 C2-C4", "ok", ORDER, order(FIRM, service("ENERGIE"))),
    ("SAD-R2 C5", "ok", ORDER, order(C5_3, service("CDC", "P1M"))),
    ("SAD-R2 C2-C4", "ok", ORDER, order(FIRM, service("CDC", "P1M"))),
    ("SAD-R3 C5", "ok", ORDER, order(C5, service("IDX", "P1D"))),
    ("SAD-R3 C2-C4", "ok", ORDER, order(FIRM, service("IDX", "P1D"))),
    ("SAD-R4 C5", "ok", ORDER, order(C5_4, service("IDX", "P1D"), service("CDC", "P1D"))),
    ("SAD-R4 C2-C4", "ok", ORDER, order(FIRM, service("IDX", "P1D"), service("CDC", "P1D"))),
    ("SAD-NR1 C5", "SGT566", ORDER, order(C5_2, service("ENERGIE"), **NO)),
    ("SAD-NR1 C2-C4", "SGT566", ORDER, order(FIRM, service("ENERGIE"), **NO)),
    ("SAD-NR2 C5", "SGT5O9", ORDER, order(C5_2, service("ENERGIE"), dateFin=FAR)),
    ("SAD-NR2 C2-C4", "SGT5O9", ORDER, order(FIRM, service("ENERGIE"), dateFin=FAR)),
    ("RSA-R1 C5", "ok", SEARCH, {"pointId": C5_2}),
    ("RSA-R1 C2-C4", "ok", SEARCH, {"pointId": FIRM}),
    ("MFI-GK-R1 C5", "ok", FINES, bulk(HOMES, mesuresTypeCode="ENERGIE", **RECENT)),
    ("MFI-GK-R1 C2-C4", "ok", FINES, bulk(FIRMS, mesuresTypeCode="ENERGIE", **RECENT)),
    ("MFI-GK-R2 C5", "ok", FINES, bulk(HOMES[:1], mesuresTypeCode="COURBES", **RECENT)),
    ("MFI-GK-R2 C2-C4", "ok", FINES, bulk(FIRMS[:1], mesuresTypeCode="COURBES", **RECENT)),
    ("MFI-GK-R3 C5", "ok", FINES, bulk(HOMES[:1], mesuresTypeCode="PMAX", **RECENT)),
    ("MFI-GK-R4 C5", "ok", FINES, bulk(HOMES, mesuresTypeCode="INDEX", **RECENT)),
    ("MFI-GK-R4 C2-C4", "ok", FINES, bulk(FIRMS, mesuresTypeCode="INDEX", **RECENT)),
    ("MFI-GK-NR1 C5", "SGT4L8", FINES, bulk(HOMES, mesuresTypeCode="COURBES", **OLD)),
    ("MFI-GK-NR1 C2-C4", "SGT4L8", FINES, bulk(FIRMS, mesuresTypeCode="COURBES", **OLD)),
    ("MFI-GK-NR2 C5", "SGT4L8", FINES, bulk(HOMES, mesuresTypeCode="INDEX", **OLD)),
    ("MFI-GK-NR2 C2-C4", "SGT4L8", FINES, bulk(FIRMS, mesuresTypeCode="INDEX", **OLD)),
    ("MFA-GK-R1 C5", "ok", BILLED, bulk(HOMES, **RECENT)),
    ("MFA-GK-R1 C2-C4", "ok", BILLED, bulk(FIRMS, **RECENT)),
    ("MFA-GK-NR1 C5", "", BILLED, bulk(HOMES, **TURNED)),
    ("MFA-GK-NR1 C2-C4", "", BILLED, bulk(FIRMS, **TURNED)),
    ("ITC-GK-R1 C5", "ok", CARDS, bulk(HOMES)),
    ("ITC-GK-R1 C2-C4", "ok", CARDS, bulk(FIRMS)),
    ("F375A-R1", "ok", TODAYS, today(cdc=True)),
    ("F375A-NR1", "SGT566", TODAYS, today(idx=True, accord=False, injection=True)),
]


@pytest.mark.parametrize(
    ("code", "operation", "parameters"),
    [pytest.param(*case[1:], id=case[0]) for case in CASES],
)
def test_a_case_is_answered_as_the_catalogue_expects(sge, code, operation, parameters):
    assert sge.call(operation, **parameters).code == code


def test_the_measures_of_the_cases_are_there(sge):
    curve = sge.call(DETAILS, **measure("COURBE", "PA", "25162373298976", **WEEK))
    assert len(curve.root.findall("grandeur/points")) == 6 * 48
    year = sge.call(DETAILS, **measure("ENERGIE", "EA", "98800001144455", **YEAR))
    assert len(year.root.findall("grandeur/points")) == 495


def test_the_points_of_the_bulk_cases_are_admitted(sge):
    for points in (HOMES, FIRMS):
        number = sge.call(FINES, **bulk(points, mesuresTypeCode="INDEX", **RECENT)).root.text
        assert sge.simulator.cases[number].admitted == tuple(points)


# -- cases that need a service of before --------------------------------------------------------------


def ordered(sge, point, *services) -> str:
    answer = sge.call(ORDER, **order(point, *services))
    return answer.text(".//serviceSouscritId")


def found(sge, point, kind) -> str:
    services = sge.accesses(point).root.findall("servicesSouscrits/serviceSouscrit")
    (one,) = (one for one in services if one.findtext("mesuresTypeCode") == kind)
    return one.findtext("serviceSouscritId")


def test_case_cmd3_nr2(sge):
    """The request of CMD3-R6, after the access service was stopped."""
    number = found(sge, "25162373298976", "IDX")
    assert sge.stop_accesses(number, pointId="25162373298976").code == "ok"
    asked = measure("INDEX", "EA", "25162373298976", **UNDER, **WEEK)
    assert sge.call(DETAILS, **asked).code == "SGT211"


@pytest.mark.parametrize("point", [C5, FIRM], ids=["ASAD-R1 C5", "ASAD-R1 C2-C4"])
def test_case_asad(sge, point):
    number = ordered(sge, point, service("ENERGIE"))
    assert sge.stop_accesses(number, pointId=point).code == "ok"


@pytest.mark.parametrize("point", [C5_3, FIRM], ids=["MOSAD-R1 R2 C5", "MOSAD-R1 R2 C2-C4"])
def test_cases_mosad(sge, point):
    """Two cases a point: an option is added, and removed. An index ignores mesuresCorrigees."""
    number = found(sge, point, "IDX") if point == C5_3 else ordered(sge, point, service("IDX"))
    option = {"optionPublication": [{"mesuresCorrigees": True, "periodiciteTransmission": "P1D"}]}
    for block in ("ajouterOptionsPublication", "supprimerOptionsPublication"):
        services = [{"serviceSouscritId": number, block: option}]
        name = "commanderModificationOptionsServicesAccesDonnees"
        assert sge.call(name, pointId=point, serviceSouscrit=services).code == "ok"


@pytest.mark.parametrize("point", [C5_2, FIRM], ids=["RSAD-R1 NR1 C5", "RSAD-R1 NR1 C2-C4"])
def test_cases_rsad(sge, point):
    """Two cases a point: a renewal, and one in the wrong direction without consent."""
    number = found(sge, point, "CDC") if point == C5_2 else ordered(sge, point, service("CDC"))
    sge.simulator.pass_days(1)
    later = {"dateFin": "2028-11-03", "pointId": point}
    nobody = {"accord": "false", "personnePhysique": {"nom": "DUPONT"}}
    refused = sge.renew(number, sens="INJECTION", declarationAccordClient=nobody, **later)
    assert refused.code == "SGT4O3"
    assert sge.renew(number, **later).code == "ok"


@pytest.mark.parametrize(
    ("point", "number"),
    [("25884515170669", "47761068"), ("98800000000246", "47761069")],
    ids=["ASS-R1 C5", "ASS-R1 C2-C4"],
)
def test_case_ass(sge, point, number):
    assert sge.stop(number, pointId=point).code == "ok"


def test_all_cases_of_the_catalogue_are_here():
    with_a_service_before = 1 + 2 + 4 + 4 + 2
    assert len(CASES) + with_a_service_before == 81
    assert len({name for name, *_ in CASES}) == len(CASES)


# -- the table -----------------------------------------------------------------------------------------


def test_every_point_of_the_catalogue_is_known_and_in_service(sge, catalog):
    people = catalog.people["homologation-points"]
    assert people.published
    points = {point.id for point in people.points}
    asked = {str(one) for case in CASES for one in listed(case[3].get("pointId"))}
    asked -= {"99999999999999"}
    assert asked <= points
    for point in sorted(asked):
        answer = sge.contract(point)
        assert answer.root.find(".//etatContractuel").get("code") == "SERVC"
        segment = answer.root.find(".//segment").get("code")
        assert (segment == "C5") is not point.startswith("988")


def listed(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def test_businesses_of_the_catalogue_are_of_several_segments(sge):
    segments = {sge.contract(one).root.find(".//segment").get("code") for one in FIRMS}
    assert segments == {"C2", "C3", "C4"}
    domain = sge.contract(FIRMS[0]).root.find(".//domaineTension").get("code")
    assert domain == "HTA"
