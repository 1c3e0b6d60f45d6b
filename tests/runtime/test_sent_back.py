"""What an answer says again of the secrets that it was asked with."""

import re
from pathlib import Path

import pytest
import yaml

from sgeflow.adapters.cassettes.contacts import without_contacts
from sgeflow.adapters.secrets import Secret, SecretsInUse
from sgeflow.adapters.state.contents import text_of
from sgeflow.core.model import Kind, Request, Response
from sgeflow.runtime.masking import Masking, without_secrets

ROOT = Path(__file__).parents[2]
SHORT, LONG = "k7Qp2", "canary-7f3a9c-token"
SECRETS = (Secret(SHORT), Secret(LONG))


def answer(status):
    headers = {"etag": f"of {SHORT}", "via": LONG}
    return Response(
        status=status, headers=headers, body=f"<a>{SHORT} {LONG}</a>".encode(), seconds=0.1
    )


@pytest.mark.parametrize(
    ("status", "body"), [(200, f"<a>{SHORT} ***</a>"), (500, "<a>*** ***</a>")]
)
def test_a_short_secret_may_be_a_value_in_the_body_of_a_success_and_nowhere_else(status, body):
    told = without_secrets(answer(status), SECRETS)
    assert told.headers == {"etag": "of ***", "via": "***"}
    assert told.body.decode() == body


def test_an_answer_that_says_no_secret_is_the_very_same():
    plain = Response(status=200, headers={"via": "1.1"}, body=b"<a>12</a>", seconds=0.1)
    assert without_secrets(plain, SECRETS) is plain


def test_nobody_is_named_in_the_headers_of_the_answer_that_a_call_keeps():
    headers = {"location": "/refused?nom=Dupr%C3%A9&of=DUPRE", "etag": "12"}
    body = "<a>Dupré refused</a>".encode()
    masking = Masking(in_use=SecretsInUse(), personal=("Dupré",), kept_out=[])
    kept = masking.hide_values(Response(status=500, headers=headers, body=body, seconds=0.1))
    assert kept.headers == {"location": "/refused?nom=***&of=***", "etag": "12"}
    assert kept.body == b"<a>*** refused</a>"


STRANGER = (
    "M. Le Goff Yann et Mme DUVAL, 7 rue des Ormes 29000, y.legoff@poste.fr ou 06 12 34 56 78"
)


def test_a_refusal_that_quotes_a_stranger_names_nobody_and_tells_the_rest():
    masking = Masking(in_use=SecretsInUse(), personal=(), kept_out=[])
    told = masking.text(f"Enedis refused the call: “{STRANGER}; M023 de Mme la cliente, 404 route”")
    hidden = "M. *** et Mme ***, ***, *** ou ***; M023 de Mme la cliente, 404 route"
    assert told == f"Enedis refused the call: “{hidden}”"
    ours = "a login is agent@example.org"
    assert masking.text(ours) == ours


NAMED = {
    "Jean Dupont n'est pas titulaire": "*** n'est pas titulaire",
    "Le Client DUPONT est inconnu": "Le Client *** est inconnu",
    "nom='Le Goff' prénom : Élodie": "nom='***' prénom : ***",
    "refus pour DUVAL ANNE-MARIE.": "refus pour ***.",
    "Value 'Jean Dupont' is not facet-valid": "Value '***' is not facet-valid",
}


def test_a_name_without_a_title_is_hidden_where_its_sentence_gives_it_away():
    assert {text: without_contacts(text, lambda _: "***") for text in NAMED} == NAMED


def test_what_a_refusal_says_of_nobody_stays():
    said = [
        told
        for file in (ROOT / "sgeflow" / "simulator").rglob("*.py")
        for told in re.findall(r'efusal\(\s*"\w+",\s*"([^"]+)"', file.read_text("utf-8"))
    ]
    said += [file.read_text("utf-8") for file in (ROOT / "tests/data/replies").iterdir()]
    catalogue = yaml.safe_load((ROOT / "operations" / "faults.yaml").read_text("utf-8"))
    said += [
        told["fr"] for entry in catalogue.values() for told in (entry["meaning"], entry["cause"])
    ]
    assert len(said) > 300
    assert [told for told in said if without_contacts(told, lambda _: "***") != told] == []


def test_who_is_named_by_the_body_of_a_request_is_not_named_by_its_path_in_the_journal():
    request = Request(
        endpoint="office",
        method="POST",
        path="/people/Zo%C3%A9%20Dupr%C3%A9/ZOE-DUPRE?n=1",
        headers={},
        body=b'{"name": "Zo\xc3\xa9 Dupr\xc3\xa9", "n": 1}',
        label="POST office",
        kind=Kind.ORDER,
        personal=("name",),
    )
    line = text_of(request).splitlines()[0]
    assert line == "POST /people/***%20***/***-***?n=1"
