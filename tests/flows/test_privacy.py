"""Nothing personal and no secret in anything that is written, unless it is the data asked for."""

import pytest
from msgspec.structs import replace

import sgeflow
from sgeflow import Options, open_catalog
from sgeflow.core.model import CallRecord
from sgeflow.errors import InvalidDocuments
from sgeflow.simulator.simulator import Simulator
from sgeflow.terminal.problems import problems_text
from tests.flows.conftest import TODAY

TOKEN = "canary-token-5b1e"
BACKOFFICE = "canary-backoffice-77aa"


@pytest.fixture
def household(workspace):
    return Simulator(workspace.catalog, today=TODAY).household


def canaries(household):
    return [household["lastname"], household["firstname"], household["address"], TOKEN, BACKOFFICE]


def written(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def holds(content, word):
    forms = {word, word.upper(), word.lower(), word.title()}
    return any(form.encode() in content for form in forms)


@pytest.mark.parametrize("scenario", ["household", "opposition", "flaky", "moved", "settled"])
def test_no_name_or_address_is_left_in_any_file(play, household, tmp_path, scenario):
    told = []
    played = play(scenario=scenario, record=tmp_path / "cassette.yaml")
    told.append(repr(played.report))
    for path, content in written(tmp_path).items():
        for word in canaries(household):
            assert not holds(content, word), f"{word} in {path}"
    for word in canaries(household):
        assert not holds(repr(played.report).encode(), word)


@pytest.fixture
def guarded(monkeypatch, workspace):
    """The simulator behind tokens that come from variables, as a real environment has them."""
    monkeypatch.setenv("SGE_API_TOKEN", TOKEN)
    monkeypatch.setenv("BO_TOKEN", BACKOFFICE)
    with Simulator(workspace.catalog, today=TODAY) as server:
        grandlyon = workspace.environment("grandlyon")
        moved = {
            "sge": server.base_url,
            "backoffice": f"{server.base_url}/backoffice",
            "communes": server.base_url,
        }
        endpoints = {
            name: replace(endpoint, base_url=moved[name])
            for name, endpoint in grandlyon.endpoints.items()
        }
        environment = replace(grandlyon, endpoints=endpoints)
        catalog = replace(workspace.catalog, environments={"grandlyon": environment})
        yield replace(workspace, catalog=catalog), server


def test_a_refused_token_is_the_operators_matter_and_is_never_shown(guarded, tmp_path):
    workspace, server = guarded
    told = []
    report = sgeflow.run(
        "konnector",
        {**server.household, "file": str(tmp_path / "x.json")},
        workspace=workspace,
        options=Options(
            environment="grandlyon",
            today=TODAY,
            state=tmp_path / "state",
            record=tmp_path / "cassette.yaml",
        ),
        listener=told.append,
    )
    assert report.failure.code == "VENDOR_DOWN"
    assert "operator's credentials" in report.failure.problem.message
    assert any(isinstance(event, CallRecord) for event in told)
    everything = [*written(tmp_path).values(), repr(told).encode(), repr(report).encode()]
    for content in everything:
        for word in canaries(server.household):
            assert not holds(content, word)


SECRET_DOCUMENT = """
environment: careless
title: t
generation: previous
login: a@example.org
contractId: "1"
services:
  sge:
    base_url: http://user:{word}@127.0.0.1:1
    rute: gateway
    headers: {{apikey: {word}}}
"""


def test_a_message_about_an_environment_shows_no_value_of_it(tmp_path):
    (tmp_path / "environments").mkdir()
    text = SECRET_DOCUMENT.format(word=TOKEN)
    (tmp_path / "environments" / "careless.yaml").write_text(text)
    with pytest.raises(InvalidDocuments) as caught:
        open_catalog(tmp_path).environment("careless")
    assert len(caught.value.problems) >= 1
    assert TOKEN not in problems_text(caught.value.problems, 100, lambda text, *_: text)
    assert TOKEN not in repr(caught.value.problems)
