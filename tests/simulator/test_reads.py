"""What the reading services answer and refuse."""

from itertools import pairwise

import pytest

from tests.simulator.conftest import BUSINESS

HOME = {"codePostal": "69003", "codeInseeCommune": "69383"}
STREET = {"numeroEtNomVoie": "12 RUE DES ERABLES", **HOME}
BEYOND = {"rechercheHorsPerimetre": "true"}
NAME = "nomClientFinalOuDenominationSociale"


def ids(answer) -> list[str]:
    return [one.get("id") for one in answer.root.findall("points/point")]


# -- rechercherPoint --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["LEFEVRE", "Lefèvre", "lef", "  lefevre "])
@pytest.mark.parametrize(
    "street", ["12 RUE DES ERABLES", "12 rue des Érables", "12  Rue des érables"]
)
def test_the_household_is_found_by_its_name_at_its_address(sge, name, street):
    answer = sge.point(**{**STREET, "numeroEtNomVoie": street, NAME: name, **BEYOND})
    assert ids(answer) == ["30000000000011"]
    assert answer.text("points/point/nomClientFinalOuDenominationSociale") == "LEFEVRE"


@pytest.mark.parametrize(
    "criteria",
    [
        {**STREET, NAME: "DUPONT", **BEYOND},
        {**STREET, NAME: "LEFEVRE ELODIE", **BEYOND},
        {**STREET, "numeroEtNomVoie": "13 RUE DES ERABLES", NAME: "LEFEVRE", **BEYOND},
        {**STREET, "codeInseeCommune": "69123", NAME: "LEFEVRE", **BEYOND},
    ],
    ids=["another name", "first name too", "another house", "another commune"],
)
def test_nothing_found_is_an_empty_root(sge, criteria):
    answer = sge.point(**criteria)
    assert answer.code == "ok"
    assert len(answer.root) == 0


def test_a_point_may_be_filed_under_the_parent_commune(sge):
    criteria = {"numeroEtNomVoie": "8 rue des Charmilles", "codePostal": "69007", NAME: "CHEVALIER"}
    assert ids(sge.point(**criteria, codeInseeCommune="69387", **BEYOND)) == []
    assert ids(sge.point(**criteria, codeInseeCommune="69123", **BEYOND)) == ["30000000000060"]


def test_a_name_that_two_customers_share_shows_none(sge):
    criteria = {**HOME, "numeroEtNomVoie": "18 RUE DES ERABLES", **BEYOND}
    assert ids(sge.point(**criteria, **{NAME: "MOREAU"})) == []
    assert ids(sge.point(**criteria, **{NAME: "MOREAU-ROY"})) == ["30000000000052"]


def test_within_the_perimeter_a_name_shows_only_points_out_of_service(sge):
    assert ids(sge.point(**{**STREET, NAME: "LEFEVRE"})) == []
    assert ids(sge.point(**{**HOME, NAME: "PETIT"})) == ["30000000000037"]


def test_an_address_alone_shows_the_point_without_its_customer(sge):
    answer = sge.point(**STREET)
    assert ids(answer) == ["30000000000011"]
    assert b"LEFEVRE" not in answer.body
    assert b"ELODIE" not in answer.body


def test_a_company_is_found_by_its_siret(sge):
    assert ids(sge.point(numSiret="00000000000017", **BEYOND)) == [BUSINESS]


def test_technical_criteria_choose_among_the_points(sge):
    commune = {"codePostal": "69100", "codeInseeCommune": "69266"}
    assert ids(sge.point(**commune, domaineTensionAlimentationCode="BTSUP")) == [BUSINESS]
    assert ids(sge.point(**commune, domaineTensionAlimentationCode="BTINF")) == []
    assert ids(sge.point(**commune, categorieClientFinalCode="PRO")) == [BUSINESS]
    assert ids(sge.point(**HOME, matriculeOuNumeroSerie="021600000011")) == ["30000000000011"]


@pytest.mark.parametrize(
    ("code", "criteria"),
    [
        ("SGT4F7", {"codeInseeCommune": "69383", "numeroEtNomVoie": "12 RUE DES ERABLES"}),
        ("SGT4F7", {"codePostal": "69003", NAME: "LEFEVRE"}),
        ("SGT4F7", {"matriculeOuNumeroSerie": "021600000011"}),
        ("SGT4F7", HOME),
        ("SGT4F7", {**HOME, "batiment": "A"}),
        ("SGT4F7", {**HOME, NAME: "LEFEVRE", **BEYOND}),
        ("SGT4F10", {**STREET, NAME: "LE", **BEYOND}),
        ("SGT4F10", {**STREET, **BEYOND}),
        (
            "SGT4F8",
            {
                "codePostal": "69009",
                "codeInseeCommune": "69389",
                "domaineTensionAlimentationCode": "BTINF",
            },
        ),
    ],
)
def test_a_search_is_refused(sge, code, criteria):
    assert sge.point(**criteria).code == code


# -- consulterDonneesTechniquesContractuelles -------------------------------------------------------


def test_the_contract_of_the_household(sge):
    answer = sge.contract()
    assert answer.root.find("point").get("id") == "30000000000011"
    general = answer.root.find("point/donneesGenerales")
    assert general.find("segment").get("code") == "C5"
    assert general.find("etatContractuel").get("code") == "SERVC"
    assert general.findtext("niveauOuvertureServices") == "2"
    start = general.findtext("dateDerniereModificationFormuleTarifaireAcheminement")
    assert start == "2022-02-15+01:00"
    assert answer.text(".//plagesHeuresCreuses") == "HC (22H30-6H30)"


def test_without_authorisation_what_is_personal_is_withheld(sge):
    answer = sge.contract(authorised="false")
    assert answer.code == "ok"
    for name in ("segment", "structureTarifaire", "mediaReleve"):
        assert answer.root.find(f".//{name}") is None
    assert answer.root.find(".//dateDerniereModificationFormuleTarifaireAcheminement") is None


def test_a_business_is_described_too(sge):
    answer = sge.contract(BUSINESS)
    assert answer.root.find(".//segment").get("code") == "C4"
    assert len(answer.root.findall(".//classeTemporelle")) == 2


# -- measures ---------------------------------------------------------------------------------------

LIMITS = [
    ("SGT4L8", "COURBE", {"dateDebut": "2025-06-07"}),
    ("SGT4L8", "COURBE", {"dateDebut": "2023-06-14", "dateFin": "2023-06-15"}),
    ("SGT4L8", "ENERGIE", {"dateDebut": "2022-06-14"}),
    ("SGT4L8", "PMAX", {"dateDebut": "2022-06-14"}),
    ("SGT4K1", "COURBE", {"dateDebut": "2025-06-10", "dateFin": "2025-06-16"}),
    ("SGT4K4", "COURBE", {"dateDebut": "2025-06-10", "dateFin": "2025-06-10"}),
    ("SGT4K4", "COURBE", {"dateDebut": "2025-06-10", "dateFin": "2025-06-09"}),
    ("SGT463", "COURBE", {"grandeurPhysique": "EA"}),
    ("SGT463", "COURBE", {"grandeurPhysique": "PRI"}),
    ("SGT463", "ENERGIE", {"grandeurPhysique": "PA"}),
    ("SGT441", "COURBE", {"mesuresPas": "P1D"}),
    ("SGT441", "PMAX", {"mesuresPas": None}),
    ("SGT4H2", "COURBE", {"mesuresCorrigees": "true"}),
    ("SGT4M1", "COURBE", {"pointId": "30000000000037"}),
]


@pytest.mark.parametrize(("code", "kind", "changes"), LIMITS)
def test_both_versions_refuse_what_the_limits_do_not_allow(sge, code, kind, changes):
    assert sge.measures(kind, **changes).code == code
    assert sge.measures_v3(kind, **changes).code == code


def test_the_longest_periods_are_answered(sge):
    assert sge.measures(dateDebut="2023-06-15", dateFin="2023-06-22").code == "ok"
    assert sge.measures("ENERGIE", dateDebut="2022-06-15").code == "ok"
    assert sge.measures_v3("INDEX", dateDebut="2022-06-15").code == "ok"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SGT4K2", {"accordClient": "false"}),
        ("SGT583", {"injection": "true"}),
        ("SGT583", {"soutirage": "false"}),
        ("SGT588", {"soutirage": "false", "injection": "true"}),
    ],
)
def test_version_two_wants_consent_and_one_direction(sge, code, changes):
    assert sge.measures(**changes).code == code


def test_version_two_gives_daily_values_to_households_only(sge):
    assert sge.measures("ENERGIE", pointId=BUSINESS).code == "SGT579"
    assert sge.measures("PMAX", pointId=BUSINESS).code == "SGT579"
    assert sge.measures_v3("PMAX", pointId=BUSINESS).code == "SGT579"


def test_all_quantities_of_a_business_curve(sge):
    answer = sge.measures_v3(
        pointId=BUSINESS, grandeurPhysique="TOUT", dateDebut="2025-06-13", mesuresCorrigees="true"
    )
    assert answer.texts("grandeur/grandeurPhysique") == ["PA", "PRI", "PRC", "E"]
    assert answer.texts("grandeur/unite") == ["W", "VAr", "VAr", "V"]
    assert answer.text("mesuresCorrigees") == "BEST"


@pytest.mark.parametrize(
    ("kind", "quantity", "unit"),
    [
        ("ENERGIE", "ERC", "VArh"), ("ENERGIE", "ERI", "VArh"),
        ("INDEX", "ER", "VArh"), ("INDEX", "ERI", "VArh"), ("INDEX", "PMA", "VA"),
        ("INDEX", "DD", "s"), ("INDEX", "DE", "Wh"), ("INDEX", "DQ", "W"), ("INDEX", "TF", "s"),
    ],
)  # fmt: skip
def test_what_only_a_business_meter_tells(sge, kind, quantity, unit):
    answer = sge.measures_v3(kind, pointId=BUSINESS, grandeurPhysique=quantity)
    assert answer.texts(".//grandeur/grandeurPhysique") == [quantity]
    assert answer.texts(".//grandeur/unite") == [unit]
    assert answer.texts(".//v")
    assert sge.measures_v3(kind, grandeurPhysique=quantity).code == "SGT463"


def test_reactive_energy_is_what_its_register_counts(sge):
    period = {"dateDebut": "2025-06-01", "dateFin": "2025-06-08"}
    asked = {"pointId": BUSINESS, "grandeurPhysique": "ERI", **period}
    readings = [int(one) for one in sge.measures_v3("INDEX", **asked).texts(".//v")]
    counted = [end - start for start, end in pairwise(readings)]
    energy = [int(one) for one in sge.measures_v3("ENERGIE", **asked).texts(".//v")]
    assert all(abs(a - b) <= 1 for a, b in zip(counted, energy, strict=False))


def test_all_quantities_of_a_household_are_one(sge):
    assert sge.measures(grandeurPhysique="TOUT").texts("grandeur/grandeurPhysique") == ["PA"]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SGT588", {"sens": "INJECTION"}),
        ("SGT211", {"cadreAcces": "SERVICE_ACCES"}),
        ("SGT211", {"cadreAcces": "EST_TITULAIRE"}),
    ],
)
def test_version_three_wants_a_frame_and_a_direction(sge, code, changes):
    assert sge.measures_v3(**changes).code == code


def test_an_access_service_must_cover_the_whole_period(opened):
    client = opened("settled", generation="current")
    assert client.measures_v3(cadreAcces="SERVICE_ACCES").code == "ok"
    before = {"dateDebut": "2025-02-10", "dateFin": "2025-02-17"}
    assert client.measures_v3(cadreAcces="SERVICE_ACCES", **before).code == "SGT211"
    assert client.measures_v3("ENERGIE", cadreAcces="SERVICE_ACCES").code == "SGT211"


def test_the_fault_is_shaped_as_at_enedis(sge):
    answer = sge.measures(dateDebut="2025-06-07")
    assert answer.status == 500
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert answer.text("faultcode") == "soap:Server"
    assert answer.text("faultstring") == "Erreur Technique Mesures"
    assert (
        answer.root.find("detail/{http://www.enedis.fr/sge/b2b/technique/v1.0}erreur") is not None
    )
    assert answer.words == "La courbe est limitée à 7 jours consécutifs."


# -- services of a contract -------------------------------------------------------------------------


def test_no_service_is_an_empty_root(sge):
    assert len(sge.subscribed().root) == 0
    assert len(sge.accesses().root) == 0


@pytest.mark.parametrize(("code", "contract"), [("SGT471", "0000000"), ("SGT472", "7654321")])
def test_another_contract_is_refused(sge, code, contract):
    assert sge.subscribed(contract=contract).code == code
    assert sge.accesses(contract=contract).code == code
    assert sge.collect(contratId=contract).code == code
    assert sge.stop("51000001", contratId=contract).code == code
    assert sge.order("CDC", contratId=contract).code == code
    assert sge.renew("51000001", contratId=contract).code == code
    assert sge.stop_accesses("51000001", contratId=contract).code == code


def test_the_agreement_does_not_count_where_the_point_is_terminated(sge):
    with_it, without = (sge.contract("30000000000037", one) for one in ("true", "false"))
    assert with_it.body == without.body
    assert without.root.find(".//segment").get("code") == "C5"
