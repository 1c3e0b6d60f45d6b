"""The way back over stops: nothing is undone beside an open order, nothing forgotten, nothing twice."""

import json

import pytest

from sgeflow.adapters.state.database import storage_error
from sgeflow.adapters.state.journal import Journal
from sgeflow.messages import from_table
from tests.runtime.durability.conftest import outputs_for
from tests.runtime.durability.test_faults import ORDER, told, unsettled
from tests.tools.fleet.conftest import TODAY

__all__ = ["told"]
FULL = storage_error(from_table("the disk is full"), from_table("free some space"))
HEAD = """
flow: back
title: A flow with a way back
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
"""


def made(name, indent=2):
    """A step that makes a thing at the office, and what takes that away."""
    pad = " " * indent
    return f"""{pad}- id: {name}
{pad}  http: {{service: office, method: POST, path: /{name}}}
{pad}  undo: {{http: {{service: office, method: DELETE, path: "/{name}"}}}}
"""


READ = "- {id: read, http: {service: office, method: GET, path: /read}, retry: {attempts: 1}}\n"
NO = '- {id: no, check: "false", else: {code: NO, message: no}}\n'
ORDERED = f"""\
        - id: order
          call: {ORDER}
          with: {{pointId: "${{inputs.pointId}}", dateFin: "2026-06-14", nom: MARTIN,
                 serviceSouscrit: [{{typeDonnees: CDC}}]}}
          undo:
            call: commanderArretServicesAccesDonnees
            with: {{pointId: "${{inputs.pointId}}", serviceSouscritId: ["${{this.serviceId}}"]}}
"""
GET = READ.replace("/read", "/get")
BEGIN = "- {id: begin, http: {service: office, method: GET, path: /begin}}\n"
BESIDE = f"""\
  - id: both
    branches:
      failing:
        {READ}        {NO}      other:
        {BEGIN}"""


@pytest.fixture
def office(office):
    office.after = {"GET /read": "GET /begin"}
    return office


@pytest.fixture
def back(told, office):
    """`back(steps)`: a world with a flow of these steps, and a command line in it."""

    def make(steps, **more):
        here, command = told("", **more)
        here.add_office(office)
        (here.folder / "flows" / "back.yaml").write_text(HEAD + steps)
        given = f"pointId={here.server.household['pointId']}"
        run = ["run", "back", "--env", "lasting", "--today", TODAY, given]
        return here, command, run

    return make


@pytest.fixture
def spoilt(monkeypatch):
    """`spoilt("begin_undo", "#undo")`: the disk is full when the journal does that of such a key."""

    def make(name, end):
        real = getattr(Journal, name)

        def full(journal, run, what, *values, **named):
            key = what if isinstance(what, str) else what.key
            if end in key:
                raise FULL
            return real(journal, run, what, *values, **named)

        monkeypatch.setattr(Journal, name, full)
        return lambda: monkeypatch.setattr(Journal, name, real)

    return make


def test_going_on_undoes_nothing_beside_an_unknown_order(back, office):
    here, command, run = back(made("first") + BESIDE + made("order", 8))
    office.answers = {"POST /order": None}
    for again in (False, True, True):
        code, text, _ = command(*(["resume", here.last_run().run] if again else run))
        assert code == 8, text
        assert "nothing was undone, because an order may have been accepted" in text
    assert office.count("POST /order") == 1
    assert not [asked for asked in office.asked if asked.startswith("DELETE")]


def test_going_on_undoes_what_stood_beside_the_failed_step(back, office, spoilt):
    here, command, run = back(made("first") + BESIDE + made("order", 8))
    mend = spoilt("begin_undo", "#undo")
    assert command(*run)[0] == 5
    mend()
    code, text, _ = command("resume", here.last_run().run)
    assert (code, "NO" in text) == (1, True), text
    assert office.asked[-2:] == ["DELETE /order", "DELETE /first"]
    made_ = ["GET /begin", "GET /read", "POST /first", "POST /order"]
    assert sorted(office.asked[:-2]) == made_


def test_what_was_undone_is_not_gone_on_with(back, office):
    here, command, run = back(made("first") + f"  {GET}" + made("second"))
    office.answers = {"GET /get": 503}
    code, text, _ = command(*run)
    assert code == 5, text
    office.answers = {}
    asked = list(office.asked)
    assert asked == ["POST /first", "GET /get", "DELETE /first"]
    for _ in range(2):
        code, text, _ = command("resume", here.last_run().run)
        assert code == 5, text
        assert "the undo of the run had begun" in text
        assert office.asked == asked


def test_an_undo_that_was_stopped_is_finished_and_nothing_else(back, office, spoilt):
    here, command, run = back(made("first") + made("second") + f"  {GET}" + made("third"))
    office.answers = {"GET /get": 503}
    mend = spoilt("sending", "first@undo")
    assert command(*run)[0] == 5
    assert office.asked[-1] == "DELETE /second"
    mend()
    office.answers = {}
    code, text, _ = command("resume", here.last_run().run)
    assert code == 5, text
    assert office.asked == [
        *("POST /first", "POST /second", "GET /get", "DELETE /second", "DELETE /first")
    ]


def test_a_flow_whose_sub_flow_was_undone_goes_on(back, office, spoilt):
    """The sub-flow failed, was undone, and its caller has words for that."""
    here, command, run = back(
        """\
  - id: sub
    flow: part
    with: {pointId: "${inputs.pointId}"}
    on_fault: [{codes: [NO], continue: {}}]
"""
        + made("after")
        + f"  {GET}"
    )
    part = HEAD.replace("flow: back", "flow: part") + made("inner") + f"  {NO}"
    (here.folder / "flows" / "part.yaml").write_text(part)
    mend = spoilt("sending", "read#")
    assert command(*run)[0] == 5
    mend()
    assert command("resume", here.last_run().run)[0] == 0
    assert office.asked == ["POST /inner", "DELETE /inner", "POST /after", "GET /get"]


@pytest.mark.parametrize(("word", "stops"), [("--accepted", 1), ("--not-accepted", 0)])
def test_a_lost_order_that_a_person_settles_is_undone_as_far_as_it_was_made(
    back, office, spoilt, word, stops
):
    here, command, run = back(made("first") + BESIDE + ORDERED)
    mend = spoilt("keep_answer", f"order#{ORDER}")
    assert command(*run)[0] == 5
    mend()
    name = here.last_run().run
    assert [one["state"] for one in unsettled(command)] == ["sending"]
    here.let_go(name)
    assert command("orders", "resolve", name, *outputs_for(word), word)[0] == 0
    code, text, _ = command("resume", name)
    assert (code, "NO" in text) == (1, True), text
    assert here.orders()[ORDER] == 1
    stop = "commanderArretServicesAccesDonnees"
    assert len([one for one in here.server.requests if one.label == stop]) == stops
    assert office.count("DELETE /first") == 1


# -- an undo that fails -----------------------------------------------------------------------------


def test_an_undo_that_fails_is_the_end_and_stands_in_the_list_until_it_is_done(back, office):
    here, command, run = back(made("first") + made("second") + f"  {NO}")
    office.answers = {"DELETE /second": [409, 409]}
    code, text, _ = command(*run)
    assert code == 8, text
    assert "SGE304" in text
    assert "HTTP409" in text
    assert "because" in text
    name = here.last_run().run
    (row,) = unsettled(command)
    assert (row["run"], row["state"], row["code"]) == (name, "stranded", "HTTP409")
    assert (row["step"], row["operation"]) == ("back/second@undo#undo", "POST office")
    assert "ask office, then settle the order" in command("orders")[1]
    assert "stranded" in command("runs", "show", name)[1]
    code, text, _ = command("orders", "resolve", name, "body=9", "--accepted")
    assert (code, "is an undo, which creates nothing" in text) == (2, True), text
    assert len(unsettled(command)) == 1
    assert command("resume", name)[0] == 8  # it is tried once more, once
    assert office.count("DELETE /second") == 2
    code, text, _ = command("resume", name)
    assert (code, "NO" in text) == (1, True), text
    assert unsettled(command) == []
    assert command("resume", name)[0] == 1
    assert office.count("DELETE /second") == 3
    assert office.count("DELETE /first") == 1


@pytest.mark.parametrize(
    ("word", "left", "code", "undone"), [("--accepted", 0, 1, 1), ("--not-accepted", 1, 1, 2)]
)
def test_what_stands_is_undone_by_a_person_or_by_going_on(back, office, word, left, code, undone):
    here, command, run = back(made("first") + f"  {NO}")
    office.answers = {"DELETE /first": [409]}
    assert command(*run)[0] == 8
    name = here.last_run().run
    assert command("orders", "resolve", name, *outputs_for(word), word)[0] == 0
    assert len(unsettled(command)) == left
    assert command("resume", name)[0] == code
    assert office.count("DELETE /first") == undone
    assert unsettled(command) == []


@pytest.mark.parametrize(
    ("word", "left", "undone"), [("--accepted", 0, 1), ("--not-accepted", 1, 2)]
)
def test_what_an_undo_of_an_unknown_end_was_for_stands_until_somebody_knows_it_gone(
    back, office, word, left, undone
):
    here, command, run = back(made("first") + f"  {NO}")
    office.answers = {"DELETE /first": [None]}
    code, text, _ = command(*run)
    assert (code, "nothing more was undone" in text) == (8, True), text
    name, key = here.last_run().run, "back/first@undo#undo"
    rows = {row["step"]: row for row in unsettled(command)}
    assert (rows[key]["state"], rows[key]["code"]) == ("stranded", "SGE301")
    assert sorted(row["state"] for row in rows.values()) == ["stranded", "unknown"]
    here.age(name, 3600)
    assert command("orders", "resolve", name, *outputs_for(word), word)[0] == 0
    rows = unsettled(command)
    assert [(row["step"], row["next"]) for row in rows] == [(key, f"sgeflow resume {name}")] * left
    assert command("resume", name)[0] == 1
    assert office.count("DELETE /first") == undone
    assert unsettled(command) == []


@pytest.mark.parametrize(
    ("word", "orders", "bars"), [("--accepted", 2, 0), ("--not-accepted", 1, 1)]
)
def test_an_order_whose_undo_was_lost_bars_the_next_one_until_it_is_known_to_be_gone(
    back, monkeypatch, word, orders, bars
):
    here, command, run = back(ORDERED.replace("\n      ", "\n")[6:] + f"  {NO}")
    begin = Journal.begin_undo

    def begin_and_lose(*values, **named):
        here.server.meet("drop:100%" if bars else "reset:100%")  # not carried out, or carried out
        begin(*values, **named)

    monkeypatch.setattr(Journal, "begin_undo", begin_and_lose)
    assert command(*run)[0] == 8
    monkeypatch.setattr(Journal, "begin_undo", begin)
    here.server.calm()
    here.age(here.last_run().run, 3600)
    assert command("orders", "resolve", here.last_run().run, word)[0] == 0  # nothing is behind it
    here.server.pass_days(1)
    later = [word.replace(TODAY, "2025-06-16") for word in run]
    code, text, _ = command(*later)
    assert code == (8 if bars else 1), text
    assert ("has not finished its undo at this point" in text) == bool(bars)
    assert here.orders()[ORDER] == orders


def test_what_a_sub_flow_left_standing_is_the_end_of_a_run_that_went_on(back, office):
    here, command, run = back(
        """\
  - id: sub
    flow: part
    with: {pointId: "${inputs.pointId}"}
    on_fault: [{codes: [NO], continue: {}}]
"""
        + made("after")
    )
    part = HEAD.replace("flow: back", "flow: part") + made("inner") + f"  {NO}"
    (here.folder / "flows" / "part.yaml").write_text(part)
    office.answers = {"DELETE /inner": [409]}
    code, text, _ = command(*run)
    assert (code, "SGE304" in text) == (8, True), text
    assert command("resume", here.last_run().run)[0] == 0
    assert office.asked == ["POST /inner", "DELETE /inner", "POST /after", "DELETE /inner"]


def test_a_fleet_counts_the_rows_that_could_not_undo(back, office):
    here, command, run = back(made("first") + f"  {NO}")
    office.answers = {"DELETE /first": [409]}
    given = run[-1].partition("=")[2]
    (here.folder / "points.csv").write_text(f"pointId\n{given}\n30000000000099\n")
    words = ["--each", "points.csv", "--jobs", "1", "--output", "json"]
    code, text, _ = command(*run[:-1], *words)
    assert code == 8, text
    report = json.loads(text[text.index("{") :])
    assert (report["failed"], report["stranded"], report["unknown"]) == (2, 1, 0)
    assert report["codes"] == {"NO": 1, "SGE304": 1}
    fleet = here.last_run().run
    code, text, _ = command("run", "back", "--env", "lasting", "--only-failed", fleet)
    assert "left out: a person must look for the orders of 1 row" in text
    assert command("resume", f"{fleet}.1")[0] == 1
    assert unsettled(command) == []
