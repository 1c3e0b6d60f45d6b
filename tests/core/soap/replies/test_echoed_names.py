"""Names that SGE says again in its refusal are told to nobody, wherever they came from."""

import base64

import pytest
from msgspec.structs import replace

from sgeflow import Options, call, run
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.runtime.journal.exchanges import exchange
from sgeflow.runtime.journal.history import find_run
from sgeflow.runtime.project import open_catalog
from tests.core.soap.replies.conftest import OTHER, POINT, REPLIES

REPLY = (REPLIES / "refused.sgt401-point-unknown.http").read_text("utf-8")
FLOW = """
flow: naming
title: An order whose name no input gives
inputs: {pointId: {$ref: "types.yaml#/pointId"}, who: {type: array, personal: true}}
steps:
  - id: made
    set: {name: "${join('', ['DUR', 'AND'])}"}
  - id: order
    call: commanderServicesAccesDonnees
    with:
      pointId: ${inputs.pointId}
      dateFin: "2026-06-14"
      nom: ${steps.made.name}
      serviceSouscrit: [{typeDonnees: CDC}]
outputs: {service: steps.order.serviceId}
"""


HEADERS = '{Authorization: "Bearer ${secret.NIGHT}"}'
SECRET = "t0ken-of-the-Night-0123456789"


@pytest.fixture
def options(server, tmp_path):
    words = "nom ”Durand” inconnu, LEFEBVRE Zoé » et « DUPONT"
    server.reply = REPLY.replace("Point inconnu (exemple)", words).encode()
    home = StateLocation(folder=tmp_path / ".sgeflow")
    return Options(environment="recorded", today="2025-06-15", state=home, patient=False)


def test_names_of_lists_and_of_steps_are_told_to_nobody(workspace, options):
    folder = workspace.project.folder
    (folder / "flows" / "naming.yaml").write_text(FLOW, "utf-8")
    heard = []
    people = [{"last": "Lefebvre", "first": ["Zoe"]}, "Dupont"]
    inputs = {"pointId": POINT, "who": people}
    report = run(
        "naming", inputs, workspace=open_catalog(folder), options=options, listener=heard.append
    )
    told = f"{report.failure} {heard}"
    assert "SGT401" in told
    for name in ("urand", "efebvre", "Zoé", "upont"):
        assert name.casefold() not in told.casefold()
    person = {"personnePhysique": {"nom": "Dupont", "prenom": "Durand-Lefebvre"}}
    consent = {"accordClient": True, "injection": False, "soutirage": True, **person}
    given = {
        "pointId": POINT,
        "injection": False,
        "soutirage": True,
        "cdc": True,
        "declarationAccordClient": [consent],
    }
    heard.clear()
    result = call(OTHER, given, workspace=workspace, options=options, unchecked=True)
    assert "SGT401" in str(result.failure)
    for name in ("durand", "lefebvre", "dupont"):
        assert name not in str(result.failure).casefold()
    with Journal(options.state.journal) as journal:  # nor does the journal keep them
        (of_call, *_) = [one for one in journal.runs(9) if one.is_call]
        (answer,) = journal.answers(of_call.run).values()
    kept = answer.head.encode() + answer.body
    assert b"SGT401" in kept
    for name in ("durand", "lefebvre", "dupont"):
        assert name not in kept.decode().casefold()
    found = find_run(options.state, of_call.run)
    shown = exchange(options.state, workspace, found, 1)
    assert "SGT401" in shown.reply
    assert "orders again" in shown.note


@pytest.mark.parametrize("status", ["500 Internal Server Error", "200 OK"])
def test_a_secret_that_is_sent_back_is_not_kept(server, workspace, options, status):
    folder = workspace.project.folder
    document = folder / "environments" / "recorded.yaml"
    text = document.read_text("utf-8").replace("recorded", "guarded", 1)
    text = text.replace("    route: direct\n", f"    route: direct\n    headers: {HEADERS}\n")
    (folder / "environments" / "guarded.yaml").write_text(text, "utf-8")
    (folder / "flows" / "naming.yaml").write_text(FLOW, "utf-8")
    packed = base64.b64encode(f"Bearer {SECRET}".encode()).decode()
    reply = REPLY.replace("500 Internal Server Error", status)
    reply = reply.replace(
        "Point inconnu", f"{SECRET.upper() if '500' in status else SECRET} {packed}"
    )
    server.reply = reply.encode()
    own = replace(options, environment="guarded", secrets={"NIGHT": SECRET})
    report = run(
        "naming", {"pointId": POINT, "who": []}, workspace=open_catalog(folder), options=own
    )
    assert report.failure.code == "SGT401"
    with Journal(options.state.journal) as journal:
        answers = journal.answers(report.run).values()
    kept = "".join(answer.head + answer.body.decode() for answer in answers)
    assert "SGT401" in kept
    assert SECRET.casefold() not in kept.casefold()
    assert packed not in kept


PATHS = """
flow: paths
title: A name in a path
inputs: {who: {type: string, personal: true}}
steps:
  - id: sent
    http: {service: office, method: POST, path: "/people/${inputs.who}/${date('2025-06-15')}"}
"""


@pytest.fixture
def paths(server, workspace):
    """A project with a service whose paths hold names."""
    folder = workspace.project.folder
    text = (folder / "environments" / "recorded.yaml").read_text("utf-8")
    text = text.replace("recorded", "paths", 1)
    text += f"  office: {{base_url: http://127.0.0.1:{server.port}}}\n"
    (folder / "environments" / "paths.yaml").write_text(text, "utf-8")
    (folder / "flows" / "paths.yaml").write_text(PATHS, "utf-8")
    return open_catalog(folder)


def test_a_name_in_a_path_is_neither_kept_nor_recorded_and_what_was_recorded_replays(
    server, paths, options, tmp_path, monkeypatch
):
    head = "HTTP/1.1 404 Not Found\nContent-Type: application/json\n\n"
    words = "no /people/Zo%C3%A9%20Lefebvre here, LEFEBVRE"
    monkeypatch.setattr(server, "elsewhere", f'{head}{{"message": "{words}"}}'.encode())
    tape = tmp_path / "tape.yaml"
    own = replace(options, environment="paths", record=tape)
    first = run("paths", {"who": "Zoé Lefebvre"}, workspace=paths, options=own)
    with Journal(options.state.journal) as journal:
        (effect,) = journal.show(first.run).effects
    assert effect.request.startswith("POST /people/***%20***/2025-06-15")
    text = tape.read_text("utf-8")
    assert "/people/" in text
    assert "/2025-06-15" in text
    assert " here, " in text
    for name in ("zoé", "zo%c3", "zo\\u00e9", "efebvre"):  # stand-ins are of any letters
        assert name not in text.casefold()
    again = replace(options, environment="paths", replay=tape)
    second = run("paths", {"who": "Anne Other"}, workspace=paths, options=again)
    assert second.failure.code == first.failure.code
