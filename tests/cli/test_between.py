"""What stands between sgeflow and Enedis meddles: nothing is doubled, lost or another's."""

import json
import re

import pytest

from sgeflow.simulator.simulator import Simulator
from tests.adapters.conftest import answer
from tests.cli.conftest import TODAY
from tests.conftest import shipped_catalog
from tests.meddler import Meddler, words

ENVIRONMENT = """
environment: between
title: A simulator behind a proxy
generation: current
login: donnees.energie@example.org
contractId: "1234567"
sge: {{base_url: "{url}", route: direct}}
services:
  backoffice:
    base_url: {url}/backoffice
    headers: {{Authorization: "Bearer ${{secret.BO_TOKEN}}"}}
"""
TAKEN_BACK = """
flow: taken-back
title: A consent that is not wanted after all
steps:
  - id: consent
    http: {service: backoffice, method: POST, path: /consent, body: {}}
    undo: {http: {service: backoffice, method: DELETE, path: "/consent/${this.body.ID}"}}
  - {id: no, fail: {code: NO, message: It is not wanted.}}
"""
NEIGHBOUR = "30000000000029"
BILLS = "consulterMesures"


@pytest.fixture
def between(tmp_path, monkeypatch):
    """A simulator behind a proxy, which the environment `between` names."""
    monkeypatch.setenv("BO_TOKEN", "simulator")
    with Simulator(shipped_catalog(), today=TODAY, generation="current") as simulator:
        proxy = Meddler(simulator.base_url)
        proxy.simulator = simulator
        (tmp_path / "environments").mkdir()
        text = ENVIRONMENT.format(url=proxy.url)
        (tmp_path / "environments" / "between.yaml").write_text(text)
        yield proxy
        proxy.close()
        assert not simulator.mistakes


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
    assert "is asked once more" in told.err
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
