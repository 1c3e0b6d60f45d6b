"""What stands between sgeflow and Enedis meddles: nothing is doubled, lost or another's."""

import re

import pytest

from sgeflow.simulator.simulator import Simulator
from tests.cli.conftest import TODAY
from tests.conftest import shipped_catalog
from tests.meddler import Meddler

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
