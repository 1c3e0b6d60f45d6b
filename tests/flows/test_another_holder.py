"""Who moves in is never read under the consent of who lived there before."""

import json
import os
from contextlib import chdir
from datetime import timedelta
from unittest.mock import patch

import pytest

from sgeflow import Options, run
from sgeflow.adapters.state.store import Store
from sgeflow.core.model import CallRecord, Status
from sgeflow.simulator.people import CONTRACT
from sgeflow.simulator.subscriptions import Subscription
from tests.conftest import silent_catalog
from tests.postgres import ON_FILES
from tests.runtime.durability.conftest import TODAY, World, office, until, world

__all__ = ["World", "office", "until", "world"]
pytestmark = ON_FILES
POINT = "30000000000011"
DUVAL = {"lastname": "Duval", "firstname": "Paul"}
MOVED = "2025-06-25"  # the day on which Duval runs first; he lives there for five days


class House:
    """A point whose holder changes, and the command line about it."""

    def __init__(self, here):
        self.here, self.server = here, here.server
        self.person = dict(here.server.household)

    def on(self, day, *more, flow="konnector", **changes):
        """A run on a day: its exit code, and its report."""
        self.server.pass_days((_date(day) - self.server.today).days)
        given = {} if flow != "konnector" else {**self.person, "file": "data/x.json", **changes}
        words = [f"{name}={value}" for name, value in given.items()]
        code, out, err = self.here.run(
            "run", flow, "--env", "lasting", "--today", day, *words, *more, "-O", "json"
        )
        return code, json.loads(out or err[err.index("{") :])

    def move_in(self, day, *who, **more):
        self.server.pass_days((_date(day) - self.server.today).days)
        self.server.world.move_in(POINT, *(who or ("Duval",)), **more)

    @property
    def consents(self):
        return {one["lastname"]: one for one in self.server.world.consents}

    def active(self):
        return [one for one in self.server.world.services(POINT) if self.server.world.active(one)]

    def days(self, *words):
        code, out, _ = self.here.run(
            "export", "--env", "lasting", "--point", POINT, *words, "--format", "jsonl"
        )
        rows = [json.loads(line) for line in out.splitlines()] if code == 0 else []
        return sorted(
            {
                row["start"][:10]
                for row in rows
                if row["series"] != "yearly_energy" and row["series"] != "monthly_energy"
            }
        )


def _date(day):
    from datetime import date

    return date.fromisoformat(day)


BOTH = pytest.mark.parametrize("house", ["previous", "current"], indirect=True)


@pytest.fixture
def house(world, request):
    """A house, of the current generation where a test is not of both."""
    return House(world(generation=getattr(request, "param", "current"), grown=True))


@BOTH
def test_a_newcomer_has_a_consent_and_a_start_of_their_own(house):
    code, first = house.on(TODAY)
    assert (code, first["outputs"]["daily"]["rows"]) == (0, 365)
    before = house.days()
    (service,) = house.active()
    house.move_in("2025-06-20")
    code, report = house.on(MOVED, **DUVAL)
    assert code == 0, report
    assert [w for w in report["warnings"] if "the customer has changed" in w]
    assert report["outputs"]["daily"]["rows"] == 0, "nothing of before is asked for"
    assert {*house.consents} == {"Lefèvre", "Duval"}
    assert house.consents["Lefèvre"]["serviceID"] == service.id, "it is left as it is"
    assert [one.id for one in house.active()] == [house.consents["Duval"]["serviceID"]]
    code, report = house.on("2025-06-27", **DUVAL)
    assert (code, report["outputs"]["daily"]["rows"]) == (0, 2)
    assert house.days() == ["2025-06-25", "2025-06-26"]
    assert house.days("--customer", "1") == before
    file = json.loads((house.here.folder / "data" / "x.json").read_text())
    days = {(one["month"], one["day"]) for one in file["com.grandlyon.enedis.day"]}
    assert days == {(6, 25), (6, 26)}
    assert [one["year"] for one in file["com.grandlyon.enedis.year"]] == [2025]


def test_a_namesake_who_moves_in_is_another_customer(house):
    house.on(TODAY)
    before = house.days()
    house.move_in("2025-06-20", "Lefèvre", "M LEFEVRE PAUL")
    code, report = house.on(MOVED, firstname="Paul")
    assert (code, report["outputs"]["daily"]["rows"]) == (0, 0), report
    assert house.on("2025-06-27", firstname="Paul")[0] == 0
    assert house.days() == ["2025-06-25", "2025-06-26"]
    assert house.days("--customer", "1") == before
    assert len(house.server.world.consents) == 2


def test_a_run_of_a_clock_that_was_ahead_keeps_no_day_that_came_behind_its_look_at_the_holder(
    house,
):
    """It takes the 20th for today, asks on the 15th whose the point is, and goes on on the 21st."""

    def stop(event):
        if isinstance(event, CallRecord) and event.key.startswith("konnector/later"):
            raise KeyboardInterrupt

    house.on(TODAY)
    before = house.days()
    options = Options(environment="lasting", today="2025-06-20", run="r1")
    given, variables = house.person | {"file": "data/x.json"}, house.here.variables()
    with (
        chdir(house.here.folder),
        patch.dict(os.environ, variables, clear=True),
        pytest.raises(KeyboardInterrupt),
    ):
        run("konnector", given, options=options, listener=stop)
    house.move_in(TODAY, ends_services=False)
    house.server.pass_days(6)
    code, _, err = house.here.run("resume", "r1", "--env", "lasting")
    assert (code, "SGE054" in err) == (6, True), err
    assert "its first response came on 2025-06-15" in err
    assert house.days() == before


def test_the_account_of_before_is_on_the_list_until_the_operator_closes_it(house):
    house.on(TODAY)
    house.move_in("2025-06-20")
    house.on(MOVED, **DUVAL)
    (row,) = json.loads(house.here.run("orders", "-O", "json")[1])
    assert f"run delete-account pointId={POINT} customer=1" in row["next"]
    ours = house.active()
    code, report = house.on(MOVED, f"pointId={POINT}", "customer=1", flow="delete-account")
    assert code == 0, report
    assert {*house.consents} == {"Duval"}
    assert house.active() == ours, "the newcomer's service is not the one that is stopped"
    assert json.loads(house.here.run("orders", "-O", "json")[1]) == []
    assert house.on("2025-06-27", **DUVAL)[0] == 0


@BOTH
def test_a_service_of_before_that_runs_on_is_neither_used_nor_stopped(house):
    house.on(TODAY)
    house.move_in("2025-06-20", ends_services=False)
    (before,) = house.active()
    code, report = house.on(MOVED, **DUVAL)
    assert (code, report["code"]) == (1, "UNKNOWN_ERROR"), report
    assert house.active() == [before]
    assert {*house.consents} == {"Lefèvre"}
    assert house.days() == []
    assert house.on(MOVED, f"pointId={POINT}", "customer=1", flow="delete-account")[0] == 0
    code, report = house.on("2025-06-26", **DUVAL)
    assert code == 0, report
    assert {*house.consents} == {"Duval"}


def test_a_corrected_spelling_of_the_customer_changes_nothing(house):
    house.on(TODAY)
    code, report = house.on("2025-06-16", lastname="LEFEVRE", address="12 r. des Erables")
    assert (code, report["outputs"]["daily"]["rows"]) == (0, 1), report
    assert len(house.consents) == 1


def test_who_moved_away_is_told_and_nothing_is_deleted(house):
    house.on(TODAY)
    house.move_in("2025-06-20")
    code, report = house.on(MOVED)
    assert (code, report["code"]) == (1, "TERMS_VERSION_MISMATCH"), report
    assert len(house.consents) == 1


def test_an_account_of_an_older_sgeflow_is_taken_over_by_whom_its_consent_names(house):
    house.on(TODAY)
    assert house.here.run("state", "unmark")[0] == 0
    code, report = house.on("2025-06-16")
    assert (code, report["outputs"]["daily"]["rows"]) == (0, 1), report
    assert house.here.run("state", "unmark")[0] == 0
    house.move_in("2025-06-20")
    code, report = house.on(MOVED, **DUVAL)
    assert code == 0, report
    assert {*house.consents} == {"Lefèvre", "Duval"}
    assert house.days() == []


def test_an_account_without_a_digest_is_not_a_namesakes(house):
    house.on(TODAY)
    assert house.here.run("state", "unmark")[0] == 0
    house.move_in("2025-06-20", "Lefèvre", "M LEFEVRE PAUL")
    code, report = house.on(MOVED, firstname="Paul")
    assert (code, report["outputs"]["daily"]["rows"]) == (0, 0), report
    assert len(house.server.world.consents) == 2
    assert house.days() == []


def test_an_account_without_a_digest_whose_consent_is_gone_is_nobodys(house):
    house.on(TODAY)
    assert house.here.run("state", "unmark")[0] == 0
    house.server.world.drop_consent(house.consents["Lefèvre"]["ID"])
    before = len(house.active())
    for more in ({}, DUVAL):
        if more:
            house.move_in("2025-06-20", ends_services=False)
        code, report = house.on(MOVED if more else "2025-06-16", **more)
        assert (code, report["code"]) == (1, "USER_ACTION_NEEDED.OAUTH_OUTDATED"), report
    with Store(house.here.home.store("lasting")) as store:
        assert store.any_mark() == ""
    assert (len(house.consents), len(house.active())) == (0, before)


def test_a_service_that_began_the_day_before_a_customer_came_is_not_theirs(households):
    here = households("current", TODAY, catalog=silent_catalog())
    world = here.server.world
    here.night()
    world.move_in(here.point, "Duval")
    for one in world.services(here.point):
        world.keep(one.stop(world.today))
    here.pass_days(5)
    told = []
    for days in (1, 0):  # before the day on which Duval runs first
        began = here.server.today - timedelta(days=days)
        world.keep(
            Subscription(
                id="61000099",
                point=here.point,
                kind="ACCES",
                label="Accès à la courbe de charge",
                contract=CONTRACT,
                data="CDC",
                direction="SOUTIRAGE",
                start=began,
                end=began + timedelta(days=300),
            )
        )
        report, _ = here.night(**DUVAL)
        told.append(report.failure.code if report.failure else report.status)
    assert told == ["UNKNOWN_ERROR", Status.DONE]
    assert here.remembered()["serviceId"] == "61000099"


def test_the_scenario_of_a_newcomer_shows_it_again_and_again_on_the_simulator(world):
    here = world()
    words = ("run", "konnector", "--env", "simulator", "--scenario", "new-holder", "--today", TODAY)
    for _ in range(2):
        code, out, err = here.run(*words, "-O", "json")
        assert (code, json.loads(out)["outputs"]["daily"]["rows"]) == (0, 0), err
        (row,) = json.loads(here.run("orders", "-O", "json")[1])
        assert row["state"] == "customer 1, still open"
    assert here.run(*row["next"].split()[1:])[0] == 0
    assert json.loads(here.run("orders", "-O", "json")[1]) == []
