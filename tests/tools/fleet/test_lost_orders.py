"""Orders in a storm: none is doubled, none is missing."""

import json

import pytest

from sgeflow import Options, open_catalog
from sgeflow.runtime.resume import open_orders, resolve, resume
from tests.runtime.durability.test_faults import HURRIED, ORDER, ORDERING
from tests.tools.fleet.conftest import TODAY, point

STORM = (  # what comes first comes first: the rare ones, so that seed 5 has them all
    "503:4%,504:4%,gzip-bomb:4%,stall:4%,drip:4%,drop:5%,"
    "reset:7%,close:7%,truncate:7%,truncate-unsized:10%,html:10%"
)
UNDONE = ("drop", "HTTP503", "HTTP504")


def lost_at_random(fleet, orders, seed, storm=STORM):
    """A fleet of orders in a storm; its world and points, and how many rows were done."""
    here = fleet(orders, faults=storm, seed=seed, timeout=HURRIED)
    (here.folder / "flows").mkdir()
    (here.folder / "flows" / "ordering.yaml").write_text(ORDERING)
    points = [point(number) for number in range(1, orders + 1)]
    (here.folder / "points.csv").write_text("pointId\n" + "\n".join(points) + "\n")
    words = ["--each", "points.csv", "--jobs", "64", "--output", "json"]
    code, out, err = here.run("run", "ordering", "--env", "lasting", "--today", TODAY, *words)
    report = json.loads(out)
    assert code == (8 if report["unknown"] else 0), err
    assert report["done"] + report["failed"] == orders
    here.server.calm()
    return here, points, report["done"]


def settle(here):
    """Go on with each row whose order is unknown; a person decides on those not found."""
    workspace = open_catalog(here.folder)
    options = Options(state=here.home)

    def go_on():
        for order in open_orders(here.home):
            resume(order.run, workspace=workspace, options=options)

    go_on()
    for order in open_orders(here.home):  # it may still be on its way: not sent again by itself
        assert here.server.world.services(order.point) == ()
        here.age(order.run, 3600)
        resolve(here.home, order.run, "", accepted=False)
        report = resume(order.run, workspace=workspace, options=options)
        assert report.failure is None, report.failure
    assert open_orders(here.home) == ()


def check(here, points):
    """Each point has its service, and each order that was carried out arrived once."""
    outcomes = [one.outcome for one in here.server.requests if one.label == ORDER]
    undone = sum(outcome in UNDONE for outcome in outcomes)
    assert len(outcomes) == len(points) + undone
    assert [len(here.server.world.services(one)) for one in points] == [1] * len(points)
    return outcomes


@pytest.mark.slow
def test_orders_whose_answers_are_lost_at_random(fleet, monkeypatch):
    monkeypatch.setenv("BO_TOKEN", "simulator")
    here, points, found = lost_at_random(fleet, 40, seed=5)
    settle(here)
    outcomes = check(here, points)
    assert {*UNDONE, "gzip-bomb", "stall", "drip", "reset", "close", "html"} <= {*outcomes}
    assert {"truncate", "truncate-unsized"} <= {*outcomes}
    lost = sum(outcome != "ok" for outcome in outcomes)
    assert lost > 13
    assert found > 27  # most are found by the search at once


LATE = f"late:12%:300s,{STORM}"  # and some that searches do not show before all is over


@pytest.mark.slow
def test_a_day_later_what_no_search_shows_waits_for_a_person_and_none_is_doubled(
    fleet, monkeypatch
):
    monkeypatch.setenv("BO_TOKEN", "simulator")
    here, points, _ = lost_at_random(fleet, 25, seed=11, storm=LATE)
    workspace = open_catalog(here.folder)
    lost = open_orders(here.home)
    assert len(lost) > 5
    for order in lost:
        here.age(order.run, 90_000)
    codes = set()
    for order in lost:
        report = resume(order.run, workspace=workspace, options=Options(state=here.home))
        codes.add(report.failure.code if report.failure else "")
    left = open_orders(here.home)  # an empty search proves nothing: these points had no service yet
    assert left
    assert codes == {"SGE301"}
    for order in left:  # the person looks at SGE's book
        accepted = bool(here.server.world.services(order.point))
        resolve(here.home, order.run, "", accepted=accepted)
        report = resume(order.run, workspace=workspace, options=Options(state=here.home))
        assert report.failure is None, report.failure
    assert open_orders(here.home) == ()
    assert [len(here.server.world.services(one)) for one in points] == [1] * len(points)
