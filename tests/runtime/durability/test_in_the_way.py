"""What is open at a point is in the way of other runs there: an undo of all, a lost order of cancels."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.effects import Undoing
from tests.runtime.durability.conftest import until
from tests.runtime.durability.test_faults import ORDER, unsettled
from tests.runtime.durability.test_undo import (
    ORDERED,
    back,
    made,
    office,
    spoilt,
    told,
)
from tests.tools.fleet.conftest import TODAY

__all__ = ["back", "office", "spoilt", "told"]
STOP = "commanderArretServicesAccesDonnees"
NO = '  - {id: no, check: "false", else: {code: NO, message: no}}\n'
FIRST = made("first") + ORDERED.replace("\n      ", "\n")[6:]
STATE = 'state: {collection: accounts, key: "${inputs.pointId}"}\n'
OTHER = """\
flow: {name}
title: Another flow at the point
inputs: {{pointId: {{$ref: "types.yaml#/pointId"}}}}
{state}steps:
{steps}"""
MINE = """\
  - id: mine
    http: {service: office, method: POST, path: /mine}
    on_fault: [{classes: [invalid], fail: {code: SORRY, message: sorry}}]
"""
REMEMBER = "  - {id: kept, remember: {a: one}}\n"
READ = "  - {id: look, http: {service: office, method: GET, path: /look}}\n"
CANCEL = f"""\
  - id: stop
    call: {STOP}
    with: {{pointId: "${{inputs.pointId}}", serviceSouscritId: ["1"]}}
    on_fault: [{{classes: [invalid, technical], continue: {{caseId: null}}}}]
"""
STOPPED = f"""\
  - id: mine
    http: {{service: office, method: POST, path: /mine}}
    undo: {{call: {STOP}, with: {{pointId: "${{inputs.pointId}}", serviceSouscritId: ["1"]}}}}
"""
ADDED = ["--changed-documents"]  # the other flow is written later
AGAIN = ORDERED.replace("\n      ", "\n")[6:].partition("    undo:")[0]


def other(here, name, steps, state=STATE):
    (here.folder / "flows" / f"{name}.yaml").write_text(
        OTHER.format(name=name, steps=steps, state=state)
    )
    point = here.server.household["pointId"]
    return ["run", name, "--env", "lasting", "--today", TODAY, f"pointId={point}"]


def labels(here, label):
    return [entry.label for entry in here.server.requests].count(label)


@pytest.fixture
def half_undone(back, spoilt):
    """A world with a run that was stopped in its undo: its service and what it made stand."""
    here, command, run = back(FIRST + NO)
    mend = spoilt("sending", "order@undo")
    assert command(*run)[0] == 5
    mend()
    return here, command, here.last_run().run


def test_an_undo_that_is_not_finished_is_on_the_list_until_it_is(half_undone, office):
    here, command, one = half_undone
    rows = {row["step"]: row for row in unsettled(command)}
    assert set(rows) == {"back/first@undo#undo", "back/order@undo#undo"}
    assert {row["state"] for row in rows.values()} == {"undoing"}
    assert {row["point"] for row in rows.values()} == {here.server.household["pointId"]}
    assert rows["back/order@undo#undo"]["operation"] == ORDER
    text = command("orders")[1]
    assert f"sgeflow resume {one}" in text
    assert command("resume", one, *ADDED)[0] == 1
    assert unsettled(command) == []
    assert (labels(here, STOP), office.count("DELETE /first")) == (1, 1)


@pytest.mark.parametrize(
    ("steps", "state"),
    [(MINE + REMEMBER, STATE), (REMEMBER, STATE), (AGAIN, ""), (CANCEL, ""), (CANCEL, STATE)],
)
def test_it_is_in_the_way_of_whoever_orders_or_remembers_there(half_undone, office, steps, state):
    here, command, one = half_undone
    asked, sent = list(office.asked), len(here.server.requests)
    code, text, _ = command(*other(here, "other", steps, state))
    assert code == 8, text
    assert f"sgeflow resume {one}" in text
    assert "sgeflow orders resolve" in text
    assert (office.asked, len(here.server.requests)) == (asked, sent)
    second = here.last_run().run
    assert command("resume", one, *ADDED)[0] == 1
    code, text, _ = command("resume", second, *ADDED)
    assert "has not finished its undo" not in text
    assert code == {AGAIN: 4, CANCEL: 4}.get(steps, 0), text  # stopped today; no such service


def test_it_is_in_the_way_of_a_sub_flow_and_its_caller_has_no_words_for_it(half_undone, office):
    here, command, _ = half_undone
    other(here, "part", MINE + REMEMBER)
    caller = """\
  - id: sub
    flow: part
    with: {pointId: "${inputs.pointId}"}
    on_fault: [{classes: [invalid], continue: {}}]
"""
    asked = list(office.asked)
    assert command(*other(here, "caller", caller, ""))[0] == 8
    assert office.asked == asked


def test_it_is_in_nobodys_way_who_only_reads(half_undone):
    here, command, _ = half_undone
    assert command(*other(here, "other", READ))[0] == 0


def test_a_person_may_undo_it_by_hand(half_undone, office):
    here, command, one = half_undone
    for step in ("back/first@undo#undo", "back/order@undo#undo"):
        assert command(*other(here, "other", MINE + REMEMBER))[0] == 8
        code, text, _ = command(
            "orders", "resolve", one, "serviceId:=null", "--accepted", "--step", step
        )
        assert (code, "counts as undone" in text) == (0, True), text
    assert command(*other(here, "other", MINE + REMEMBER))[0] == 0
    assert command("resume", one, *ADDED)[0] == 1
    assert (labels(here, STOP), office.count("DELETE /first")) == (0, 0)


def test_what_going_over_does_not_meet_again_is_settled_by_a_person_for_good(half_undone, office):
    here, command, one = half_undone
    flow = here.folder / "flows" / "back.yaml"
    flow.write_text(flow.read_text().replace(made("first"), ""))
    code, text, _ = command("resume", one, *ADDED)
    assert (code, "its result is lost" in text) == (8, True), text
    (row,) = unsettled(command)
    assert (row["step"], row["state"]) == ("back/first@undo#undo", "stranded")
    assert command("orders", "resolve", one, "serviceId:=null", "--accepted")[0] == 0
    code, text, _ = command("resume", one, *ADDED)
    assert (code, "back/first was undone by a person" in text) == (1, True), text
    assert unsettled(command) == []


def test_an_undo_that_failed_is_in_the_way_as_well(back, office):
    here, command, run = back(FIRST + NO)
    office.answers = {"DELETE /first": [409]}
    assert command(*run)[0] == 8
    one = here.last_run().run
    assert command(*other(here, "other", MINE + REMEMBER))[0] == 8
    assert command("resume", one, *ADDED)[0] == 1
    assert command(*other(here, "other", MINE + REMEMBER))[0] == 0


def test_going_over_what_is_undone_remembers_nothing(back, office):
    here, command, _ = back(FIRST)
    point = here.server.household["pointId"]
    barring = Undoing(key="back/first@undo#undo", what="POST office", trail="back/first")

    def bar():
        until(lambda: "GET /look" in office.asked)
        with Journal(here.home.journal) as journal:
            journal.begin_undo("of another", "back#undo", {}, [barring], place=point, at=0.0)
        office.answer("bar")

    office.after, office.answers = {"GET /look": "bar"}, {"DELETE /mine": [409]}
    with ThreadPoolExecutor() as pool:
        pool.submit(bar)
        code, text, _ = command(*other(here, "other", made("mine") + READ + REMEMBER))
    assert (code, "could not be undone" in text) == (8, True), text
    with Journal(here.home.journal) as journal:
        journal.complete_undo("of another", barring)
    command("resume", here.last_run().run)
    assert office.count("DELETE /mine") == 2
    assert unsettled(command) == []
    with Store(here.home.store("lasting")) as store:
        assert store.recall("accounts", point) is None


def test_an_order_that_was_undone_is_in_nobodys_way(back, office):
    here, command, run = back(FIRST + NO)
    assert command(*run)[0] == 1
    code, text, _ = command(*run)
    assert (code, "SGT570" in text) == (4, True), text  # SGE's own word: not on the same day
    here.server.pass_days(1)
    office.day = "2025-06-16"
    later = [word.replace(TODAY, "2025-06-16") for word in run]
    assert command(*later)[0] == 1, "made and undone once more"
    assert here.orders()[ORDER] == 3


def test_a_run_that_was_half_undone_is_not_pruned(half_undone):
    _, command, _ = half_undone
    assert "0 runs deleted" in command("runs", "prune", "--older-than", "0")[1]


# -- a lost order -----------------------------------------------------------------------------------


@pytest.fixture
def lost(back, spoilt):
    """A world with a run that was stopped while its order waited for an answer."""
    here, command, run = back(AGAIN)
    mend = spoilt("keep_answer", f"order#{ORDER}")
    assert command(*run)[0] == 5
    mend()
    return here, command, here.last_run().run


@pytest.mark.parametrize("state", [STATE, ""])
def test_a_cancel_at_the_point_of_a_lost_order_waits(lost, office, state):
    here, command, one = lost
    flow = other(here, "other", (MINE if state else "") + CANCEL, state)
    asked, sent = list(office.asked), labels(here, STOP)
    code, text, _ = command(*flow)
    assert code == 8, text
    second = here.last_run().run
    for word in (ORDER, f"sgeflow resume {one}", "sgeflow orders resolve"):
        assert word in text
    assert (office.asked, labels(here, STOP)) == (asked, sent)
    here.age(one, 100_000)
    assert command("orders", "resolve", one, "serviceId:=null", "--accepted")[0] == 0
    command("resume", second, *ADDED)
    assert labels(here, STOP) == sent + 1


def test_an_undo_at_the_point_of_a_lost_order_waits(lost, office):
    here, command, one = lost
    code, text, _ = command(*other(here, "other", STOPPED + NO, ""))
    assert code == 8, text
    assert labels(here, STOP) == 0
    assert {row["state"] for row in unsettled(command)} == {"sending", "stranded"}, text
    second = here.last_run().run
    here.age(one, 100_000)
    assert command("orders", "resolve", one, "serviceId:=null", "--accepted")[0] == 0
    command("resume", second, *ADDED)
    assert labels(here, STOP) == 1


def test_what_waits_for_a_lost_order_is_not_in_the_way_of_the_run_that_looks_for_it(back, spoilt):
    here, command, _ = back(AGAIN)
    mend = spoilt("keep_answer", f"order#{ORDER}")
    assert command(*other(here, "keeps", AGAIN + REMEMBER))[0] == 5
    mend()
    one = here.last_run().run
    elsewhere = STATE.replace("accounts", "visits")
    assert command(*other(here, "other", STOPPED + NO, elsewhere))[0] == 8
    assert {row["state"] for row in unsettled(command)} == {"sending", "stranded"}
    code, text, _ = command("resume", one, *ADDED)
    assert code == 0, text
    assert here.orders() == {ORDER: 1}
