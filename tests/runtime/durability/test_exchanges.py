"""A request of an earlier run is shown whole: sent, answered, as a curl line, and nobody named."""

import json
import shlex

import pytest

from sgeflow.adapters.secrets import Secret
from sgeflow.adapters.state.contents import parse_request, text_of
from sgeflow.core.model import Kind, Request
from tests.runtime.durability.conftest import until
from tests.tools.fleet.conftest import kill


@pytest.fixture
def stopped(world):
    """A konnector run that was killed while it gathered measures."""
    here = world(faults="latency:60ms")
    process = here.start(*here.konnector())
    until(lambda: len(here.server.requests) >= 7)
    kill(process)
    return here


def shown(here, number, *words, **variables):
    run = here.last_run().run
    code, out, err = here.run("runs", "show", run, "--request", str(number), *words, **variables)
    assert code == 0, err
    return out


def test_a_request_is_shown_with_its_reply_and_as_curl_and_nobody_is_named(stopped):
    here = stopped
    listed = json.loads(here.run("runs", "show", here.last_run().run, "--output", "json")[1])
    assert [one["no"] for one in listed["requests"]] == [*range(1, len(listed["requests"]) + 1)]
    told = ""
    for number in range(1, 7):
        told += shown(here, number) + shown(here, number, "--output", "json")
    person = here.server.household
    for name in ("lastname", "firstname", "address"):
        assert person[name] not in told
    assert "Bearer simulator" not in told
    consent = json.loads(shown(here, 5, "--output", "json"))
    assert (consent["call"], consent["status"]) == ("POST backoffice", 201)
    assert json.loads(consent["request"])["lastname"] == "***"
    assert json.loads(consent["reply"])["lastname"] == "***"
    words = shlex.split(consent["curl"])
    assert words[:4] == [
        "curl", "--request", "POST", f"{here.server.base_url}/backoffice/consent",
    ]  # fmt: skip
    assert "Authorization: Bearer ***" in words
    assert words[-2:] == ["--data-binary", consent["request"]]
    search = json.loads(shown(here, 2, "--output", "json"))
    assert "<numeroEtNomVoie>***</numeroEtNomVoie>" in search["request"]
    assert person["pointId"] in search["reply"]
    assert "\n" not in search["curl"]


def test_a_reply_whose_secrets_cannot_be_hidden_is_not_shown(stopped):
    told = json.loads(shown(stopped, 4, "--output", "json", BO_TOKEN=""))
    assert told["reply"] == ""
    assert "only if they are set" in told["note"]


def test_of_a_run_that_ended_well_the_texts_of_its_reads_are_forgotten(world):
    here = world()
    assert here.run(*here.konnector())[0] == 0
    read = json.loads(shown(here, 2, "--output", "json"))
    assert (read["request"], read["reply"], read["curl"]) == ("", "", "")
    assert "are deleted when its run ends well" in read["note"]
    order = json.loads(shown(here, 6, "--output", "json"))
    assert "commanderServicesAccesDonnees" in order["request"]
    code, _, err = here.run("runs", "show", here.last_run().run, "--request", "99")
    assert code == 2
    assert "no number 99" in err


def test_a_kept_text_holds_no_secret_and_nothing_personal_of_its_query():
    request = Request(
        endpoint="x", method="GET", path="/p?nom=DUPONT&token=hunter22&page=2", headers={},
        body=b'{"nom": "DUPONT", "note": "Dupont, hunter22"}', label="GET x", kind=Kind.READ,
        personal=("nom", "adresse"),
    )  # fmt: skip
    found = parse_request(text_of(request, (Secret("hunter22"),)))
    assert (found.method, found.path) == ("GET", "/p?nom=***&token=***&page=2")
    assert found.personal == ("nom", "adresse")
    assert json.loads(found.body) == {"nom": "***", "note": "***, ***"}
