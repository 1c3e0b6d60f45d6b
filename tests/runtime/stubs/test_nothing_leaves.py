"""Nothing but simulator and stubs is reached from a simulated environment, whatever a document says."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from sgeflow.errors import GuardError, Id, SgeflowError
from sgeflow.runtime.connection import connect
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import open_catalog

SENT = "POST /mails: {status: 201, body: {id: m1}}"
TEST = """\
    test: mail
    title: x
    flow: mail
    environment: own
    today: 2025-06-15
    cases:
      one: {stubs: {alerts: {POST /mails: {status: 202}}}, expect: {outputs: {status: 202}}}
      none: {inputs: {path: elsewhere}, expect: {outcome: failed}}
"""
CALL = "consulterDonneesTechniquesContractuelles"
POINT = ("pointId=30000000000011", "--offline")
PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY")


@pytest.fixture
def hostile(project, trap, monkeypatch):
    """The project, on a machine whose proxy is the trap too."""
    for name in PROXIES:
        monkeypatch.setenv(name, f"http://127.0.0.1:{trap.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    project(SENT, tests=TEST)
    return trap


def test_the_trap_sees_who_comes(trap):
    import socket
    import time

    with socket.create_connection(("127.0.0.1", trap.port)) as link:
        link.sendall(b"here")
    until = time.monotonic() + 5
    while not trap.visits and time.monotonic() < until:
        time.sleep(0.01)
    assert trap.visits == [b"here"]
    trap.visits.clear()


@pytest.mark.parametrize("offline", [(), ("--offline",)], ids=["plainly", "offline"])
def test_a_run(sgeflow, hostile, offline):
    done = sgeflow("run", "mail", "--env", "own", "--output", "json", *offline)
    assert (done.code, json.loads(done.out)["outputs"]["body"]) == (0, {"id": "m1"})
    assert sgeflow("run", "mail", "--env", "own", "path=elsewhere", *offline).code == 8


def test_a_dry_run(sgeflow, hostile):
    done = sgeflow("run", "mail", "--env", "own", "--dry-run")
    assert done.code == 0
    assert "stubs/alerts/mails" in done.out
    assert str(hostile.port) not in done.out


def test_a_call(sgeflow, hostile):
    done = sgeflow("call", CALL, "--env", "own", *POINT)
    assert done.code == 0, done.err


def test_flow_tests(sgeflow, hostile):
    done = sgeflow("test", "--output", "json")
    told = json.loads(done.out)
    assert (done.code, told["passed"], told["failed"]) == (1, 1, 1)
    (problem,) = told["results"][1]["problems"]
    assert problem["id"] == "SGE303"


def test_a_fleet(sgeflow, hostile):
    Path("points.csv").write_text("path\nmails\nelsewhere\n", encoding="utf-8")
    done = sgeflow("run", "mail", "--env", "own", "--each", "points.csv")
    assert done.code in (7, 8), done.err
    assert "SGE303" in done.out + done.err


def test_doctor(sgeflow, hostile):
    for words in ((), ("--offline",)):
        assert sgeflow("doctor", "--env", "own", *words).code == 0


def test_a_state_on_a_server(sgeflow, hostile):
    state = ("--state", f"postgresql://me@127.0.0.1:{hostile.port}/sgeflow")
    done = sgeflow("run", "mail", "--env", "own", "--offline", *state)
    assert (done.code, "the state is kept on a server" in done.err) == (2, True)
    assert sgeflow("call", CALL, "--env", "own", *POINT, *state).code == 2
    assert sgeflow("doctor", "--env", "own", "--offline", *state).code == 0


def test_homologation(sgeflow, hostile):
    own = Path("environments/own.yaml")
    today = own.read_text("utf-8").replace("generation: previous", "generation: current")
    own.write_text(today.replace("route: gateway", "route: direct"), encoding="utf-8")
    done = sgeflow("run", "homologation", "--env", "own", "--offline", "--today", "2026-03-02")
    assert (done.code, "pass   81" in done.out) == (0, True), done.err


def test_a_recording_and_its_replay(sgeflow, hostile):
    assert sgeflow("run", "mail", "--env", "own", "--record", "made.yaml").code == 0
    assert sgeflow("run", "mail", "--replay", "made.yaml").code == 0
    assert sgeflow("cassette", "diff", "made.yaml").code == 0


def test_a_resumed_run(sgeflow, hostile):
    assert sgeflow("run", "mail", "--env", "own", "path=elsewhere").code == 8
    (run,) = json.loads(sgeflow("runs", "--output", "json").out)
    done = sgeflow("resume", run["run"])
    assert (done.code, "made-up world ended" in done.err) == (2, True)


def test_an_opened_environment(hostile):
    with connect(open_catalog(), options=Options(environment="own")) as held:
        assert held.run("mail").outputs["status"] == 201
        with pytest.raises(GuardError) as caught:
            held.run("mail", {"path": "elsewhere"})
    assert caught.value.problems[0].id is Id.NO_STUB


@pytest.mark.parametrize(
    "path",
    [
        "{port}/mails",
        "@127.0.0.1:{port}/mails",
        ":{port}/mails",
        "//127.0.0.1:{port}/mails",
        "/../../127.0.0.1:{port}",
        "\\\\127.0.0.1:{port}/mails",
        "",
    ],
)
def test_a_path_that_looks_like_an_address(sgeflow, project, trap, path):
    """Where a stub would take it, and where the simulator would."""
    project("GET /mails: {}\nPOST /{a}: {status: 409}\nPOST /{a}/{b}: {status: 409}")
    asked = f"path={path.format(port=trap.port)}"
    assert sgeflow("run", "mail", "--env", "own", asked).code in (0, 3, 8)
    flow = Path("flows/mail.yaml")
    flow.write_text(flow.read_text("utf-8").replace("service: alerts", "service: communes"))
    assert sgeflow("run", "mail", "--env", "own", asked).code not in (0, 70)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_stub_is_not_followed(sgeflow, project, trap, status):
    where = f'{{status: {status}, headers: {{Location: "http://127.0.0.1:{trap.port}/"}}}}'
    project(f"POST /mails: {where}")
    assert sgeflow("run", "mail", "--env", "own").code != 0
    project(f"GET /mails: {where}")
    assert sgeflow("run", "mail", "--env", "own", "method=GET").code == 5


ADDRESSES = (
    "http://127.0.0.1:{port}",
    "http://localhost:{port}/x",
    "http://simulator:{port}@127.0.0.1:{port}",
    "http://127.0.0.1:{port}/simulator",
    "simulator:{port}",
    "simulator@127.0.0.1:{port}",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", ["sge", "alerts", "communes"])
def test_no_value_of_an_environment_leads_outside(project, trap, name, address):
    """Held by the line itself: these environments are not even documents without mistakes."""
    project(SENT)
    opened = open_catalog()
    own = opened.catalog.environments["own"]
    moved = replace(own.endpoints[name], base_url=address.format(port=trap.port))
    endpoints = {**own.endpoints, name: moved}
    state = f"postgresql://me@127.0.0.1:{trap.port}/sgeflow"
    catalog = replace(
        opened.catalog, environments={"own": replace(own, endpoints=endpoints, state=state)}
    )
    workspace = replace(opened, catalog=catalog)
    with connect(workspace, options=Options(environment="own")) as held:
        assert held.points() == ()
        for act in (
            lambda: held.call(CALL, {"pointId": "3" * 14}),
            lambda: held.run("mail"),
            lambda: held.run("check-identity", held.inputs),
        ):
            try:
                act()
            except SgeflowError as error:
                assert error.problems[0].id in (Id.NO_STUB, Id.UNKNOWN_VALUE)  # noqa: PT017
