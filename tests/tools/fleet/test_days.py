"""The day of a row is the one on which it begins, however long its fleet works."""

from datetime import date, datetime, timedelta

import pytest

import sgeflow
from sgeflow.adapters.state.store import Store
from sgeflow.runtime import session
from sgeflow.runtime.options import Options
from sgeflow.tools.fleet.fleet import resume_fleet, run_fleet
from sgeflow.tools.fleet.model import Fleet
from tests.tools.fleet.conftest import TODAY, change_journal, point, small

FLOW = """
flow: energy
title: Remembers its day, and fails for one point
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
state: {collection: days, key: "${inputs.pointId}"}
steps:
  - id: day
    remember: {day: "${run.today}"}
  - id: refused
    when: inputs.pointId == '39000000000002'
    fail: {code: NO, message: not this one}
"""
DAY = timedelta(days=1)


class Clock(datetime):
    """The real one, so many days ahead."""

    ahead = 0

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.ahead * DAY


@pytest.fixture
def go(fleet, monkeypatch):
    """Run a fleet of four rows, one after the other; the day ends behind the row `until`."""
    monkeypatch.setattr(session, "datetime", Clock)
    monkeypatch.setattr(Clock, "ahead", 0)
    monkeypatch.setenv("BO_TOKEN", "simulator")
    here = fleet(1)
    path = small(here.folder, range(1, 5))
    (here.folder / "flows" / "energy.yaml").write_text(FLOW)

    def run(until, today=None, **limits):
        def listener(event):
            if (outcome := getattr(event, "outcome", None)) and outcome.row == until:
                Clock.ahead = 1

        options = Options(environment="lasting", state=here.home, today=today, run="night")
        workspace = sgeflow.open_catalog(here.folder)
        fleet = Fleet(file=path, jobs=1, **limits)
        run_fleet("energy", {}, fleet, workspace=workspace, options=options, listener=listener)
        return here

    return run


def days(here):
    """What each row took for today, counted from the real one."""
    with Store(here.home.store("lasting")) as store:
        kept = [store.recall("days", point(number)) for number in range(1, 5)]
    known = [date.fromisoformat(one["day"]) if one else None for one in kept]
    today = datetime.now(session.PARIS).date()
    return [one and (one - today).days for one in known]


def test_rows_that_begin_past_midnight_are_of_the_new_day(go):
    found = days(go(until=2))
    assert found[0] == 0
    assert found[-1] == 1
    assert found == sorted(found)


def test_a_day_that_was_asked_for_holds_for_all_rows(go):
    asked = date.fromisoformat(TODAY) - datetime.now(session.PARIS).date()
    assert days(go(until=2, today=TODAY)) == [asked.days] * 4


def test_a_fleet_that_goes_on_next_day_leaves_rows_that_were_begun_their_own(go):
    here = go(until=0, max_failures=1)
    begun = [one for one in days(here) if one is not None]
    assert begun[:2] == [0, 0]
    assert len(begun) < 4
    change_journal(here, "UPDATE runs SET ended = NULL, exit = NULL WHERE run = 'night.2'")
    Clock.ahead = 1
    options = Options(state=here.home)
    workspace = sgeflow.open_catalog(here.folder)
    resume_fleet(
        "night", workspace=workspace, options=options, fleet=Fleet(file=here.folder, jobs=1)
    )
    assert days(here) == begun + [1] * (4 - len(begun))
