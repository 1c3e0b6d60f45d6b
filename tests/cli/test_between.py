"""What stands between sgeflow and Enedis meddles: nothing is doubled, lost or another's."""

import json
import re

import pytest

from sgeflow.runtime.driver import Stopping
from tests.adapters.conftest import answer
from tests.meddler import named, words

TAKEN_BACK = """
flow: taken-back
title: A consent that is not wanted after all
steps:
  - id: consent
    http: {service: backoffice, method: POST, path: /consent, body: {}}
    undo: {http: {service: backoffice, method: DELETE, path: "/consent/${this.body.ID}"}}
  - {id: no, fail: {code: NO, message: It is not wanted.}}
"""
POINT, CONTRACT = "30000000000011", "1234567"
ORDER, SEARCH = "commanderServicesAccesDonnees", "rechercherServicesAccesDonnees"
STOP, STOPPED = "commanderArretServiceSouscritMesures", "rechercherServicesSouscritsMesures"
SPACE = "http://www.enedis.fr/sge/ws/commanderservicesaccesdonnees/v1.0"
RENEWAL = "commanderRenouvellementServicesAccesDonnees"
OPTIONS = "commanderModificationOptionsServicesAccesDonnees"
FILES, FILES_ORDER = "demandePublicationMesuresFines", "commandeHistoriqueDonneesMesuresFines"
CALL = ("call", "--env", "between", "--output", "json")
ORDERED = (
    *CALL,
    ORDER,
    f"pointId={POINT}",
    "dateFin=2026-06-14",
    "nom=LEFEVRE",
    'serviceSouscrit:=[{"typeDonnees": "CDC"}]',
)
NEIGHBOUR = "30000000000029"
BILLS = "consulterMesures"


def of_the_neighbour(request, forward):
    """The answer to the same question about the neighbour."""
    return forward(re.sub(rb"3000000000001\d", NEIGHBOUR.encode(), request))


def test_of_two_answers_in_one_segment_none_is_taken(between, sgeflow):
    """The first is a neighbour's: nothing in it says whose it is."""
    given = ("pointId=30000000000011", "autorisationClient=true")
    asked = ("call", BILLS, *given, "--env", "between", "--output", "json")
    own = sgeflow(*asked)
    assert own.code == 0
    turns = iter([True, False])

    def meddle(request, forward):
        first = of_the_neighbour(request, forward) if next(turns, True) else b""
        return first + forward(request)

    between.meddle = meddle
    told = sgeflow(*asked)
    assert (told.code, told.out) == (0, own.out)  # asked once more, on a new connection
    assert "is sent once more" in told.err
    told = sgeflow(*asked)
    assert (told.code, told.out) == (5, "")
    assert "SGE411" in told.err
    assert "sent more than one answer to one request" in told.err
    assert between.asked(BILLS) == 1 + 2 + 2


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("../../admin", "DELETE /backoffice/consent/..%2F..%2Fadmin"),
        ("7?all=1#x", "DELETE /backoffice/consent/7%3Fall%3D1%23x"),
        ("", None),
        (".", None),
        ("..", None),
        (None, None),
    ],
)
def test_an_id_of_the_backoffice_leads_nowhere_else(between, sgeflow, tmp_path, given, asked):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "taken-back.yaml").write_text(TAKEN_BACK)
    between.meddle = lambda request, forward: answer(json.dumps({"ID": given}).encode())
    told = sgeflow("run", "taken-back", "--env", "between")
    came = [words(one) for one in between.requests if not one.startswith(b"HEAD ")]
    assert came == ["POST /backoffice/consent", *([asked] if asked else [])]
    if asked is None:  # it stands, and a person takes it back
        assert (told.code, "SGE304" in told.err) == (8, True)


CUSTOMER = (
    f"pointId={POINT}",
    "lastname=Lefèvre",
    "firstname=Élodie",
    "address=12 rue des Érables",
    "postalCode=69003",
    "city=Lyon",
)
START = ("run", "konnector", *CUSTOMER, "--env", "between")


@pytest.mark.parametrize("given", ["", "[]", "{}", '{"ID": ""}', '{"ID": ".."}'])
def test_without_an_id_of_its_consent_nothing_is_ordered_and_the_next_start_begins_anew(
    between, sgeflow, given
):
    def meddle(request, forward):
        whole = forward(request)
        return answer(given.encode()) if words(request).startswith("POST /backoffice") else whole

    between.meddle = meddle
    told = sgeflow(*START)
    assert (told.code, "MAINTENANCE" in told.err) == (1, True), told.err
    assert "it is on the list of sgeflow orders" in told.err
    assert between.asked(ORDER) == 0
    assert not [one for one in between.requests if words(one).startswith(("PUT ", "DELETE "))]
    (orphan,) = json.loads(sgeflow("orders", "--output", "json").out)
    assert (orphan["operation"], orphan["state"]) == ("POST backoffice", "orphan")
    between.meddle = lambda request, forward: forward(request)
    told = sgeflow(*START)
    assert told.code == 0, told.err
    assert between.asked(ORDER) == 1
    assert sgeflow("orders", "resolve", orphan["run"], "--accepted").code == 0
    assert "POST" not in sgeflow("orders").out


@pytest.mark.parametrize("status", ["503 Service Unavailable", "404 Not Found"])
def test_a_consent_that_a_failing_backoffice_keeps_bars_no_household_but_a_refusal_waits(
    between, sgeflow, monkeypatch, status
):
    monkeypatch.setattr(Stopping, "wait", lambda stopping, _: stopping.is_set())

    def meddle(request, forward):
        if words(request).startswith(("PUT /backoffice", "DELETE /backoffice")):
            return answer(b"{}", status=status)
        return forward(request)

    between.meddle = meddle
    is_down = status.startswith("503")
    told = sgeflow(*START)
    assert told.code == (1 if is_down else 8), told.err
    assert between.asked("commanderArretServicesAccesDonnees") == 1
    (left,) = json.loads(sgeflow("orders", "--output", "json").out)
    assert left["state"] == ("orphan" if is_down else "stranded")
    posted = between.asked("POST /backoffice/consent")
    sgeflow(*START)
    assert between.asked("POST /backoffice/consent") - posted == is_down


MISSING, GONE = "404 Not Found", "410 Gone"


@pytest.mark.parametrize(
    ("deleted", "code"),
    [
        (["", MISSING], 1),
        (["", GONE], 1),
        (["504 Gateway Timeout", GONE], 1),
        (["", "", MISSING], 1),  # by the run that goes on
        ([MISSING], 8),
        (["429 Too Many Requests", GONE], 8),
    ],
)
def test_a_deletion_that_was_carried_out_unheard_is_done(
    between, sgeflow, tmp_path, monkeypatch, deleted, code
):
    """Of each attempt: what is answered; nothing is when the connection is lost."""
    monkeypatch.setattr(Stopping, "wait", lambda stopping, _: stopping.is_set())
    (tmp_path / "flows").mkdir()
    again = TAKEN_BACK.replace('ID}"}}', 'ID}", repeatable: true}, retry: {attempts: 2}}')
    (tmp_path / "flows" / "taken-back.yaml").write_text(again)
    answers = iter(deleted)

    def meddle(request, forward):
        if words(request).startswith("POST "):
            return answer(b'{"ID": 7}')
        if status := next(answers):
            return answer(b"{}", status=status)
        raise OSError

    between.meddle = meddle
    told = sgeflow("run", "taken-back", "--env", "between", "--run", "r1")
    if deleted.count("") > 1:
        assert (told.code, "SGE304" in told.err) == (8, True)
        told = sgeflow("resume", "r1")
    assert told.code == code, told.err
    assert ("POST backoffice" in sgeflow("orders").out) is (code == 8)


@pytest.mark.parametrize("is_carried_out", [True, False])
def test_an_empty_answer_to_an_order_proves_nothing_and_it_is_looked_for(
    between, sgeflow, is_carried_out
):
    """A gateway answers with an empty element of the right name, whatever has become of it."""

    def meddle(request, forward):
        if named(request) != ORDER:
            return forward(request)
        if is_carried_out:
            forward(request)
        return answer(envelope(f'<n:{ORDER}Response xmlns:n="{SPACE}"/>'))

    between.meddle = meddle
    told = sgeflow(*ORDERED)
    assert between.asked(ORDER) == between.asked(SEARCH) == 1
    if is_carried_out:
        assert told.code == 0
        (service,) = made(between)
        assert json.loads(told.out)["serviceId"] == service.id
        assert POINT not in sgeflow("orders").out
        return
    assert told.code == 8
    assert "lacks serviceId" in told.err
    assert POINT in sgeflow("orders").out
    again = sgeflow(*ORDERED)
    assert (again.code, between.asked(ORDER)) == (8, 1)


@pytest.mark.parametrize("acknowledged", [True, False])
def test_an_empty_answer_to_a_stop_is_enough_with_the_word_of_sge(between, sgeflow, acknowledged):
    """SGE says nothing else of it (guide GUI.0474); a gateway that says it too has no such word."""
    assert sgeflow(*ORDERED).code == 0
    (service,) = made(between)
    head = '<s:Header><t:acquittement xmlns:t="x"><resultat code="SGT200"/></t:acquittement></s:Header>'
    empty = f'<n:{STOP}Response xmlns:n="x"/>'
    text = envelope(empty, head if acknowledged else "")
    between.meddle = lambda request, forward: (
        answer(text) if named(request) == STOP else forward(request)
    )
    told = sgeflow(*CALL, STOP, f"pointId={POINT}", f"serviceSouscritId={service.id}")
    assert told.code == (0 if acknowledged else 8)
    assert between.asked(STOPPED) == (0 if acknowledged else 1)


def made(between):
    """The services of ours that began at the point."""
    world = between.simulator.world
    return [one for one in world.services(POINT) if one.contract == CONTRACT and world.active(one)]


def envelope(inner, head=""):
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        f"{head}<s:Body>{inner}</s:Body></s:Envelope>"
    ).encode()


# -- what sends an order twice -----------------------------------------------------------------------


def twice(of, second=None):
    """A proxy that sends an order once more because it is impatient: the second answer is the one."""

    def meddle(request, forward):
        if named(request) == of:
            forward(request)
            if second is not None:
                return second
        return forward(request)

    return meddle


@pytest.mark.parametrize(("renews_anew", "code"), [(False, "SGT569"), (True, "SGT4O4")])
def test_a_renewal_that_came_in_twice_is_accepted_and_its_end_is_known(
    between, sgeflow, renews_anew, code
):
    between.simulator.world.renews_anew = renews_anew
    assert sgeflow(*ORDERED).code == 0
    (service,) = made(between)
    between.meddle = twice(RENEWAL)
    given = (f"pointId={POINT}", "nom=LEFEVRE", "dateFin=2027-06-14")
    told = sgeflow(*CALL, RENEWAL, *given, f'serviceSouscritId:=["{service.id}"]')
    assert told.code == 0
    assert f"refused with {code}" in told.err
    (renewed,) = made(between)
    assert json.loads(told.out)["serviceId"] == renewed.id
    assert POINT not in sgeflow("orders").out


def test_a_renewal_of_what_runs_longer_is_refused_as_it_comes(between, sgeflow):
    assert sgeflow(*ORDERED).code == 0
    (service,) = made(between)
    given = (f"pointId={POINT}", "nom=LEFEVRE", "dateFin=2026-01-01")
    told = sgeflow(*CALL, RENEWAL, *given, f'serviceSouscritId:=["{service.id}"]')
    assert (told.code, "SGT569" in told.err) == (4, True)
    assert POINT not in sgeflow("orders").out


@pytest.mark.parametrize("adds", [True, False])
def test_a_removal_of_an_option_that_came_in_twice_is_accepted(between, sgeflow, adds):
    daily = {"optionPublication": [{"mesuresCorrigees": False, "periodiciteTransmission": "P1D"}]}
    monthly = {"optionPublication": [{"mesuresCorrigees": False, "periodiciteTransmission": "P1M"}]}
    ordered = [{"typeDonnees": "CDC", "optionsPublication": daily}]
    assert sgeflow(*ORDERED[:-1], f"serviceSouscrit:={json.dumps(ordered)}").code == 0
    (service,) = made(between)
    change = {"serviceSouscritId": service.id, "supprimerOptionsPublication": daily}
    change |= {"ajouterOptionsPublication": monthly} if adds else {}
    given = (f"pointId={POINT}", f"serviceSouscrit:={json.dumps([change])}")
    between.meddle = twice(OPTIONS)
    told = sgeflow(*CALL, OPTIONS, *given)
    assert told.code == 0
    assert "refused with SGT567" in told.err
    (service,) = made(between)
    assert [one.periodicity for one in service.options] == (["P1M"] if adds else [])
    assert POINT not in sgeflow("orders").out


WSO2 = '<am:fault xmlns:am="http://wso2.org/apimanager/{}"><am:code>{}</am:code></am:fault>'
GATEWAY = {
    "401": answer(b"", "401 Unauthorized"),
    "429": answer(b"<html><body>Too many</body></html>", "429 Too Many Requests"),
    "900800": answer(WSO2.format("throttling", 900800).encode(), "503 Service Unavailable"),
    "900901": answer(WSO2.format("security", 900901).encode(), "401 Unauthorized"),
    "303001": answer(WSO2.format("", 303001).replace("r/", "r").encode(), "503 Unavailable"),
}


@pytest.mark.parametrize("word", GATEWAY)
def test_what_a_gateway_says_proves_nothing_of_an_order_that_no_search_finds(
    between, sgeflow, word
):
    """The order of files had left; the gateway refused what a proxy sent behind it."""
    between.meddle = twice(FILES, GATEWAY[word])
    given = (
        *(f'pointId:=["{POINT}"]', "dateDebut=2024-06-01", "dateFin=2025-06-01"),
        *("mesuresTypeCode=ENERGIE", "sens=SOUTIRAGE", "cadreAcces=ACCORD_CLIENT"),
    )
    told = sgeflow(*CALL, FILES_ORDER, *given)
    assert told.code == 8
    assert len(between.simulator.cases) == 1
    assert "unk" in sgeflow("orders").out
    again = sgeflow(*CALL, FILES_ORDER, *given)
    assert (again.code, between.asked(FILES)) == (8, 1)


def test_what_sge_itself_says_refuses_an_order_of_files(between, sgeflow):
    told = sgeflow(
        *(*CALL, "commanderTransmissionDonneesInfraJ", "pointId=30000000009999", "cdc=true"),
        'declarationAccordClient:=[{"accordClient": true, "injection": false, "soutirage": true,'
        ' "personneMorale": {"denominationSociale": "LES LILAS"}}]',
    )
    assert (told.code, "SGT401" in told.err) == (4, True)
    assert "unk" not in sgeflow("orders").out
