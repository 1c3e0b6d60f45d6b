"""The gateway's tokens, the consent backoffice and the commune lookup."""

import pytest

GATEWAY = "/enedis_SGE_ConsultationDonneesTechniquesContractuelles/1.0"
CONTRACT = {"pointId": "30000000000011", "loginUtilisateur": "donnees.energie@example.org"}
RECORD = {
    "pointID": "30000000000011",
    "lastname": "Lefèvre",
    "firstname": "Élodie",
    "address": "12 rue des Érables",
    "postalCode": "69003",
    "city": "Lyon",
    "inseeCode": "69383",
    "safetyOnBoarding": True,
}


# -- gateway ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers", [{"apikey": "simulator"}, {"Authorization": "Bearer simulator"}]
)
def test_the_gateway_lets_its_token_through(sge, headers):
    message = sge.envelope("consulterDonneesTechniquesContractuelles", CONTRACT)
    assert sge.send("POST", GATEWAY, message, **headers).status == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "900902"),
        ({"apikey": "wrong"}, "900901"),
        ({"Authorization": "Bearer wrong"}, "900901"),
        ({"Authorization": "simulator"}, "900901"),
    ],
)
def test_the_gateway_refuses_other_tokens_without_soap(sge, headers, code):
    message = sge.envelope("consulterDonneesTechniquesContractuelles", CONTRACT)
    answer = sge.send("POST", GATEWAY, message, **headers)
    assert answer.status == 401
    assert b"<ams:fault" in answer.body
    assert f"<ams:code>{code}</ams:code>".encode() in answer.body
    assert sge.simulator.requests[-1].outcome == code


def test_every_gateway_route_of_the_operations_is_served(sge, operations):
    for operation in operations.values():
        if operation.route.gateway:
            answer = sge.send("POST", f"/{operation.route.gateway}", b"<a/>", apikey="simulator")
            assert answer.code == "SGT562", operation.name


# -- backoffice -------------------------------------------------------------------------------------


def test_a_consent_is_kept_changed_and_deleted(sge):
    created = sge.consent("POST", record=RECORD)
    assert created.status == 201
    number = created.json["ID"]
    assert sge.consent("GET", number).json == {
        **RECORD,
        "ID": number,
        "serviceID": None,
        "endDate": None,
    }
    changes = {"serviceID": "51000101", "endDate": "2026-06-15"}
    assert sge.consent("PUT", number, changes).json == {**RECORD, "ID": number, **changes}
    assert sge.consent("GET", number).json["lastname"] == "Lefèvre"
    assert sge.consent("DELETE", number).status == 200
    for method in ("GET", "DELETE"):
        gone = sge.consent(method, number)
        assert (gone.status, gone.json["error"]) == (404, "no such consent")
    assert sge.consent("PUT", number, changes).status == 404


def test_numbers_are_not_used_twice_while_records_live(sge):
    first, second = (sge.consent("POST", record=RECORD).json["ID"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("record", [{}, [], {**RECORD, "lastname": ""}, {**RECORD, "pointID": 3}])
def test_an_incomplete_record_is_refused(sge, record):
    assert sge.consent("POST", record=record).status == 400


def test_the_refusal_names_the_members_and_not_their_values(sge):
    answer = sge.consent("POST", record={**RECORD, "pointId": "x", "address": 12})
    assert answer.json["error"] == "pointId (unknown), address (wrong type)"
    assert (
        sge.send("POST", "/backoffice/consent", b"{", Authorization="Bearer simulator").status
        == 400
    )


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer other"}, {"apikey": "simulator"}]
)
def test_the_backoffice_wants_its_bearer_token(sge, headers):
    assert sge.send("GET", "/backoffice/consent/1001", **headers).status == 401


def test_other_methods_and_numbers_are_refused(sge):
    assert sge.consent("GET").status == 405
    assert sge.consent("POST", 1001, RECORD).status == 405
    assert sge.consent("GET", "abc").status == 404


# -- communes ---------------------------------------------------------------------------------------


def communes(sge, postal_code: str) -> list[tuple[str, str]]:
    rows = sge.send("GET", f"/communes/{postal_code}").json
    assert all(row["codePostal"] == postal_code for row in rows)
    return [(row["codeCommune"], row["nomCommune"]) for row in rows]


def test_arrondissements_have_their_own_codes(sge):
    assert communes(sge, "69003") == [("69383", "LYON 03")]
    assert communes(sge, "69009") == [("69389", "LYON 09")]
    assert communes(sge, "75116") == [("75116", "PARIS 16")]
    assert communes(sge, "13016") == [("13216", "MARSEILLE 16")]
    assert communes(sge, "69100") == [("69266", "VILLEURBANNE")]
    assert sge.send("GET", "/communes/69003").json[0]["libelleAcheminement"] == "LYON"


def test_a_postal_code_may_hold_several_communes(sge):
    found = communes(sge, "69380")
    assert len(found) > 5
    assert ("69212", "ST JEAN DES VIGNES") in found
    assert communes(sge, "69110") == [("69202", "STE FOY LES LYON")]


def test_an_unknown_postal_code_is_not_found(sge):
    assert sge.send("GET", "/communes/00000").status == 404
    assert sge.send("GET", "/communes/69003x").status == 404
    assert sge.send("POST", "/communes/69003").status == 405
