"""An undo of several items or steps is an undo in all that it does, as one of a single call is."""

import pytest

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.effects import Undoing
from tests.postgres import text_of
from tests.runtime.durability.test_faults import ORDER, told, unsettled
from tests.runtime.durability.test_undo import HEAD, NO, ORDERED, made, office, spoilt
from tests.runtime.durability.test_undo import back as back_on_files

__all__ = ["back_on_files", "office", "spoilt", "told"]
STOP = "commanderArretServicesAccesDonnees"
ORDERING = ORDERED.replace("\n      ", "\n")[6:].partition("    undo:")[0]
STOPPING = f"""\
call: {STOP}, with: {{pointId: "${{inputs.pointId}}", serviceSouscritId: ["${{this.serviceId}}"]}}"""
TELLING = "http: {service: office, method: DELETE, path: /told}"
STOPS = {
    "items": f'    undo: {{foreach: ["a"], {STOPPING}}}\n',
    "steps": f"    undo: {{steps: [{{id: tell, {TELLING}}}, {{id: stop, {STOPPING}}}]}}\n",
}
BOTH = '{foreach: ["one", "two"], http: {service: office, method: DELETE, path: "/${item}"}}'
TWO = f"""\
  - id: pair
    http: {{service: office, method: POST, path: /pair}}
    undo: {BOTH}
"""
WITH_A_FLOW = """\
    undo: {flow: part, with: {pointId: "${inputs.pointId}", serviceId: "${this.serviceId}"}}
"""
STATE = 'state: {collection: accounts, key: "customer ${inputs.pointId}"}\nsteps:\n'
OPEN = Undoing(key="back/other@undo#undo", what="POST office", trail="back/other")


def stops(here):
    return [entry.outcome for entry in here.server.requests if entry.label == STOP]


def states(command):
    return {row["step"]: row["state"] for row in unsettled(command)}


@pytest.fixture
def back(back_on_files, monkeypatch):
    """The same world, its state wherever the test has it."""

    def make(steps):
        here, command, run = back_on_files(steps)
        monkeypatch.setenv("SGEFLOW_STATE", text_of(here.home))
        return here, command, run

    return make


@pytest.fixture
def undoing(back, monkeypatch):
    """`undoing(steps, faults)`: a run that met faults from when its undo began; its end is 8."""

    def make(steps, faults):
        here, command, run = back(steps)
        begin = Journal.begin_undo

        def begin_and_meet(*values, **named):
            here.server.meet(faults)
            begin(*values, **named)

        with monkeypatch.context() as patched:
            patched.setattr(Journal, "begin_undo", begin_and_meet)
            assert command(*run)[0] == 8
        here.server.calm()
        here.age(here.last_run().run, 3600)
        return here, command, here.last_run().run

    return make


def test_of_several_items_the_one_that_failed_is_tried_once_more(back, office):
    here, command, run = back(TWO + f"  {NO}")
    office.answers = {"DELETE /two": [409, None]}
    assert command(*run)[0] == 8
    name = here.last_run().run
    assert states(command) == {"back/pair@undo#undo": "stranded"}
    assert command("resume", name)[0] == 8
    lost = "back/pair@undo[1]#DELETE office"
    assert states(command) == {"back/pair@undo#undo": "stranded", lost: "unknown"}
    here.age(name, 3600)
    assert command("orders", "resolve", name, "--not-accepted")[0] == 0
    assert command("resume", name)[0] == 1
    assert states(command) == {}
    assert office.asked == ["POST /pair", "DELETE /one", *(["DELETE /two"] * 3)]


@pytest.mark.parametrize("inside", ["{undo}", "{{steps: [{{id: two, {bare}}}]}}"])
def test_an_undo_of_which_an_item_failed_is_not_done_where_failures_are_collected(
    back, office, inside
):
    bare = BOTH[1:-1] + ", on_item_error: collect"
    undo = inside.format(undo=f"{{{bare}}}", bare=bare)
    here, command, run = back(TWO.replace(BOTH, undo) + f"  {NO}")
    office.answers = {"DELETE /one": [409]}
    code, text, _ = command(*run)
    assert (code, "it is only partly undone" in text) == (8, True), text
    assert states(command) == {"back/pair@undo#undo": "stranded"}
    assert command("resume", here.last_run().run)[0] == 1
    assert states(command) == {}
    assert office.asked == ["POST /pair", "DELETE /one", "DELETE /two", "DELETE /one"]


def test_a_cancel_that_is_refused_is_sent_once_more_when_the_run_goes_on(undoing):
    here, command, name = undoing(ORDERING + STOPS["items"] + f"  {NO}", "429:1x")
    assert states(command) == {"back/order@undo#undo": "stranded"}
    code, text, _ = command("resume", name)
    assert (code, "NO" in text) == (1, True), text
    assert states(command) == {}
    assert stops(here) == ["HTTP429", "ok"]


@pytest.mark.parametrize("undo", STOPS.values(), ids=STOPS)
def test_nobody_is_asked_what_a_cancel_has_made(undoing, undo):
    here, command, name = undoing(ORDERING + undo + f"  {NO}", "reset:100%")
    code, text, _ = command("orders", "resolve", name, "--accepted")
    assert code == 0, text
    assert command("resume", name)[0] == 1
    assert (states(command), stops(here)) == ({}, ["reset"])


@pytest.mark.parametrize("undo", [STOPS["items"], WITH_A_FLOW], ids=["items", "flow"])
def test_two_undos_at_a_point_do_not_wait_for_each_other(back, spoilt, undo):
    here, command, run = back(ORDERING + undo + f"  {NO}")
    part = HEAD.replace("flow: back", "flow: part").replace("{pointId:", "{serviceId: {}, pointId:")
    part = part.replace("steps:\n", STATE.replace("customer ", ""))
    stop = STOPPING.replace("this.", "inputs.")
    (here.folder / "flows" / "part.yaml").write_text(f"{part}  - {{id: stop, {stop}}}\n")
    mend = spoilt("sending", f"#{STOP}")
    assert command(*run)[0] == 5
    mend()
    with Journal(here.home.journal) as journal:
        point = here.server.household["pointId"]
        journal.begin_undo("another", "back#undo", {}, [OPEN], place=point, at=0.0)
    assert command("resume", here.last_run().run)[0] == 1
    assert stops(here) == ["ok"]


def test_what_is_to_be_undone_of_a_group_stands_at_the_point_of_its_order(back, spoilt):
    here, command, run = back("")
    inside = "".join(f"    {line}\n" for line in ORDERING.splitlines())
    undo = STOPS["items"].replace("this.", "this.order.")
    steps = f"  - id: group\n    steps:\n{inside}{undo}  {NO}"
    flow = here.folder / "flows" / "back.yaml"
    flow.write_text(HEAD.replace("steps:\n", STATE) + steps)
    mend = spoilt("sending", f"#{STOP}")
    assert command(*run)[0] == 5
    (row,) = unsettled(command)
    assert (row["operation"], row["point"]) == (ORDER, here.server.household["pointId"])
    mend()
    name = here.last_run().run
    assert command("resume", name)[0] == 1
    undone = here.noted("SELECT undone FROM orders WHERE operation = ?", ORDER)
    assert undone == [(1,)], "nobody counts it as standing"


def test_an_undo_remembers_in_the_place_of_its_own_flow_also_when_it_is_tried_once_more(
    back, office
):
    here, command, run = back("")
    calls = '  - {id: sub, flow: part, with: {pointId: "${inputs.pointId}"}, on_fault: [%s]}\n'
    caller = HEAD.replace("steps:\n", STATE) + "  - {id: kept, remember: {who: caller}}\n"
    caller += calls % "{codes: [NO], continue: {}}" + made("after") + f"  {NO}"
    (here.folder / "flows" / "back.yaml").write_text(caller)
    place = STATE.replace("accounts", "parts")
    part = HEAD.replace("flow: back", "flow: part").replace("steps:\n", place)
    part += """\
  - id: kept
    remember: {who: part, state: begun}
    undo:
      foreach: ["gone"]
      steps:
        - {id: tell, http: {service: office, method: DELETE, path: /part}}
        - {id: note, remember: {state: "${item}"}}
"""
    (here.folder / "flows" / "part.yaml").write_text(part + f"  {NO}")
    office.answers = {"DELETE /part": [409]}
    assert command(*run)[0] == 8
    name = "customer " + here.server.household["pointId"]
    with Store(here.home.store("lasting")) as store:
        assert store.recall("parts", name) == {"who": "part", "state": "begun"}
    assert command("resume", here.last_run().run)[0] == 1
    with Store(here.home.store("lasting")) as store:
        assert store.recall("parts", name) == {"who": "part", "state": "gone"}
        assert store.recall("accounts", name) == {"who": "caller"}
    assert office.count("DELETE /part") == 2
