"""Kill -9 at every write of the journal from an undo on: going on finishes it, and nothing is twice."""

import json
import signal

import pytest

from tests.runtime.durability.test_faults import ORDER
from tests.runtime.durability.test_undo import HEAD, NO, ORDERED, made
from tests.tools.fleet.conftest import TODAY

FIRST, WRITES = 9, 27  # of the journal: from the first order on, to the end
STOP = "commanderArretServicesAccesDonnees"
POSTED = """\
  - id: paid
    http: {service: office, method: POST, path: /paid}
    undo: {foreach: [unpaid], http: {service: office, method: POST, path: "/${item}"}}
"""
GROUPED = f"""\
    undo:
      steps:
        - id: stop
          call: {STOP}
          with: {{pointId: "${{inputs.pointId}}", serviceSouscritId: ["${{this.serviceId}}"]}}
"""
ORDERING = ORDERED.replace("\n      ", "\n")[6:].partition("    undo:")[0] + GROUPED
STEPS = HEAD + made("first") + POSTED + ORDERING + f"  {NO}"


def flow(world, office):
    here = world()
    here.add_office(office)
    (here.folder / "flows").mkdir()
    (here.folder / "flows" / "back.yaml").write_text(STEPS)
    given = f"pointId={here.server.household['pointId']}"
    return here, ["run", "back", "--env", "lasting", "--today", TODAY, given]


def check(here, office):
    """All that was made is taken away, once; nobody has to look at anything."""
    labels = [entry.label for entry in here.server.requests]
    assert (labels.count(ORDER), labels.count(STOP)) == (1, 1)
    for asked in ("POST /first", "POST /paid", "POST /unpaid"):
        assert office.count(asked) == 1, asked
    assert office.count("DELETE /first") in (1, 2)  # one of them may have been in flight
    services = here.server.world.services(here.server.household["pointId"])
    assert all(one.stopped for one in services)
    assert json.loads(here.run("orders", "--output", "json")[1]) == []


def settle(here, office, run):
    """A person finds out what became of an order that was about to leave."""
    rows = json.loads(here.run("orders", "--output", "json")[1])
    (order,) = [
        row for row in rows if row["state"] not in ("undoing", "stranded")
    ]  # what it was for
    came = {
        ORDER: any(entry.label == ORDER for entry in here.server.requests),
        STOP: any(entry.label == STOP for entry in here.server.requests),
        "DELETE office": office.count("DELETE /first"),
        "POST office": office.count("POST /unpaid" if "@undo" in order["step"] else "POST /paid"),
    }[order["operation"]]
    word = "--accepted" if came else "--not-accepted"
    here.age(run, 100_000)
    assert here.run("orders", "resolve", run, word)[0] == 0


@pytest.mark.slow
def test_the_undo_lies_among_the_writes_that_are_tried(world, office):
    here, run = flow(world, office)
    count = here.folder / "writes"
    code, out, err = here.launch(*run, WRITES=str(count))
    assert code == 1, out + err
    check(here, office)
    assert int(count.read_text()) == WRITES


@pytest.mark.slow
@pytest.mark.parametrize(  # after one write is before the next
    ("write", "when"), [*((one, "before") for one in range(FIRST, WRITES + 1)), (WRITES, "after")]
)
def test_an_undo_that_is_killed_at_a_write_is_finished_and_nothing_is_twice(
    world, office, write, when
):
    here, run = flow(world, office)
    code, out, err = here.launch(*run, DIE_AT=str(write), DIE_WHEN=when)
    assert code == -signal.SIGKILL, out + err
    name = here.last_run().run
    code, out, err = here.run("resume", name)
    while code == 8:
        settle(here, office, name)
        code, out, err = here.run("resume", name)
    assert code == 1, out + err
    check(here, office)
