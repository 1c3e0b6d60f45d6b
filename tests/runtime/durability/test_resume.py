"""A run that is killed goes on as if nothing had happened: no call repeated, nothing lost."""

import json
import signal
from contextlib import contextmanager

import pytest

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import RunStart
from sgeflow.adapters.state.store import Store
from sgeflow.core.model import Status
from tests.conftest import CURVE_DAYS, DAYS
from tests.runtime.durability.conftest import ROOT, TODAY, until
from tests.runtime.durability.test_faults import flow, told
from tests.tools.fleet.conftest import GATHER

__all__ = ["told"]
ORDERS = ("POST backoffice", "commanderServicesAccesDonnees", "PUT backoffice")
KINDS = ("minute", "day", "month", "year", "maxpower")
WHOLE = {}  # the documents of a run that nobody kills, made by the first test that asks


def documents(world):
    content = json.loads(world.document.read_text())
    return {kind: content[f"com.grandlyon.enedis.{kind}"] for kind in KINDS}


@pytest.fixture
def whole(world):
    """What a run gives that nobody kills; a fixed day gives the same each time."""
    if not WHOLE:
        quiet = world()
        code, _, err = quiet.run(*quiet.konnector())
        assert code == 0, err
        WHOLE.update(documents(quiet))
    return WHOLE


def killed_after(world, calls):
    """Start the konnector and kill -9 it after so many calls have reached the simulator."""
    process = world.start(*world.konnector())
    try:
        until(lambda: len(world.server.requests) >= calls or process.poll() is not None)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    return process.returncode


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new_home", "calls"),
    [
        ("sqlite", 5),  # `test_kills` tries a third of all writes of a run in files
        # what a killed process wrote is rolled back by the server: around the consent and the order
        *(("postgres", calls) for calls in (4, 5, 6, 7)),
    ],
    indirect=["new_home"],
)
def test_a_killed_run_goes_on_and_ends_as_without_the_kill(world, whole, calls):
    here = world()
    killed_after(here, calls)
    run = here.last_run()
    code, out, err = here.run("resume", run.run, "--output", "json")
    if code == 8:  # the consent or an order was about to leave: only a person can find out
        assert any(f"{order} was sent and its answer lost" in out for order in ORDERS)
        here.age(run.run, 3600)
        assert here.run("orders", "resolve", run.run, "--not-accepted")[0] == 0
        code, out, err = here.run("resume", run.run, "--output", "json")
    assert code == 0, err
    assert documents(here) == whole
    report = json.loads(out)
    assert report["status"] == "done"
    assert report["outputs"]["daily"]["new"] == DAYS
    assert report["outputs"]["halfHours"]["new"] == CURVE_DAYS * 48
    assert here.orders() == {"commanderServicesAccesDonnees": 1}


def test_a_call_that_was_answered_is_not_asked_again(world):
    here = world(faults="latency:60ms")
    killed_after(here, 6)
    before = [entry.label for entry in here.server.requests]
    code, _, err = here.run("resume", here.last_run().run)
    assert code == 0, err
    labels = [entry.label for entry in here.server.requests]
    assert labels.count("rechercherPoint") == 1
    assert labels.count("POST consent") == 1
    assert len(labels) <= len(before) + 1 + 13 - 5


@pytest.mark.parametrize("fault", ["503", "SGT500", "html"])
def test_what_failed_for_a_trouble_that_is_over_is_asked_anew(world, fault):
    here = world(faults=f"{fault}:100%")
    code, _, err = here.run(*here.konnector(), HURRY="1")
    assert code == 1, err
    assert "VENDOR_DOWN" in err
    run = here.last_run().run
    tries = troubles(here)
    assert tries >= 2
    assert (
        here.run("resume", run, HURRY="1")[0] == code
    )  # it is not over yet, and tried as often as before
    assert troubles(here) == 2 * tries
    here.server.calm()
    code, _, err = here.run("resume", run)
    assert code == 0, err
    assert here.orders() == {"commanderServicesAccesDonnees": 1}
    assert len(here.server.requests) == 2 * tries + 13


def test_what_a_refused_token_ended_goes_on_once_the_token_is_mended(world):
    here = world(faults="401:100%")
    assert here.run(*here.konnector())[0] != 0
    run = here.last_run().run
    refused = troubles(here)
    assert here.run("resume", run)[0] != 0
    assert troubles(here) == 2 * refused
    here.server.calm()
    code, _, err = here.run("resume", run)
    assert code == 0, err
    assert here.orders() == {"commanderServicesAccesDonnees": 1}


def troubles(world):
    return sum(entry.outcome != "ok" for entry in world.server.requests)


WEEKS = """
flow: weeks
title: Two weeks, of which one was asked for before
inputs: {pointId: {$ref: "types.yaml#/pointId"}, until: {type: string, default: none}}
state: {collection: weeks, key: "${inputs.pointId}"}
steps:
  - id: before
    call: consulterMesuresDetailleesV3
    with: {pointId: "${inputs.pointId}", mesuresTypeCode: COURBE, grandeurPhysique: PA,
           dateDebut: "2025-06-08", dateFin: "2025-06-15"}
  - id: week
    foreach: ["2025-06-01", "2025-06-08"]
    as: day
    on_item_error: collect
    retry: {attempts: 1}
    call: consulterMesuresDetailleesV3
    with: {pointId: "${inputs.pointId}", mesuresTypeCode: COURBE, grandeurPhysique: PA,
           dateDebut: "${day}", dateFin: "${date_add(day, 'P7D')}"}
  - id: until
    remember: {until: "${inputs.until}"}
  - id: keep
    store: {series: load_curve, point: "${inputs.pointId}", stamped: end,
            measures: "${steps.week.items[].measures[]}"}
outputs: {rows: steps.keep.rows}
"""


def test_what_a_partial_run_lacked_is_kept_when_it_goes_on(told):
    here, command = told("503:1x", grown=True)
    (here.folder / "flows" / "weeks.yaml").write_text(WEEKS)
    assert command(*flow(here, "weeks"))[0] == 7
    run, point = here.last_run().run, here.server.household["pointId"]
    assert len(kept(here, point)) == 336
    with Store(here.home.store("lasting")) as store:  # another run, since
        store.remember("weeks", point, {"until": "later"})
    assert command("resume", run)[0] == 0
    assert len(kept(here, point)) == 672
    with Store(here.home.store("lasting")) as store:
        assert store.recall("weeks", point) == {"until": "later"}


def kept(here, point):
    with Store(here.home.store("lasting")) as store:
        return store.load(point, "load_curve").measures


def test_a_refusal_that_a_run_was_told_is_not_asked_for_again(world):
    here = world()
    given = {**here.server.household, "lastname": "NOBODY"}
    words = [f"{name}={value}" for name, value in given.items()]
    assert here.run("run", "konnector", "--env", "lasting", "--today", TODAY, *words)[0] == 1
    first = len(here.server.requests)
    assert here.run("resume", here.last_run().run)[0] == 1
    assert len(here.server.requests) == first


def test_a_run_that_ended_well_has_nothing_to_go_on_with(world):
    here = world()
    assert here.run(*here.konnector())[0] == 0
    code, _, err = here.run("resume", here.last_run().run)
    assert code == 2
    assert "has ended well" in err


def test_a_run_that_another_process_ended_just_now_is_not_run_again(told, monkeypatch):
    here, command = told("503:100%")
    assert command(*flow(here, "reading"))[0] == 5
    run = here.last_run().run

    @contextmanager
    def late(home, name):
        with Journal(home.journal) as journal:
            entry = journal.show(name).entry
            known = ("run", "flow", "environment", "today", "now", "started")
            journal.begin(RunStart(**{field: getattr(entry, field) for field in known}))
            journal.end(name, Status.DONE, exit_code=0, at=0.0)
        yield

    monkeypatch.setattr("sgeflow.runtime.run_context.hold_run", late)
    seen = len(here.server.requests)
    code, text, _ = command("resume", run)
    assert (code, "has ended well" in text) == (2, True), text
    assert len(here.server.requests) == seen


def test_an_unknown_run_is_named_with_those_that_exist(world):
    here = world()
    here.run(*here.konnector())
    code, _, err = here.run("resume", "zzz")
    assert code == 2
    assert here.last_run().run in err


def test_changed_documents_are_named_and_refused(world):
    here = world(faults="latency:150ms")
    operation = here.folder / "operations" / "rechercherPoint.yaml"
    operation.write_text((ROOT / "operations" / operation.name).read_text())
    process = here.start(*here.konnector())
    until(lambda: len(here.server.requests) >= 2)
    process.kill()
    process.communicate(timeout=30)
    here.server.calm()
    environment = here.folder / "environments" / "lasting.yaml"
    environment.write_text(environment.read_text().replace("outlives", "has outlived"))
    operation.write_text(operation.read_text().replace("\n  en: ", "\n  en: Another ", 1))
    (here.folder / "flows").mkdir()
    (here.folder / "flows" / "other.yaml").write_text(GATHER.replace("flow: energy", "flow: other"))
    code, _, err = here.run("resume", here.last_run().run)
    assert code == 8
    told = "environments/lasting, flows/other (new), operations/rechercherPoint"
    assert told in " ".join(err.split())
    (was,), (is_,) = (
        [x for x in err.splitlines() if x.startswith(f"    {sign} ")] for sign in "-+"
    )
    assert is_.replace("+   en: Another ", "-   en: ") == was
    assert "outlived" not in err  # what an environment says may name a person
    code, _, err = here.run("resume", here.last_run().run, "--changed-documents")
    assert code == 0, err
