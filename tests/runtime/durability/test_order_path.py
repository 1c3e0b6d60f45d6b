"""The way of an order, step by step: what may go wrong between its note and the note of its answer."""

import json

import pytest

from sgeflow.adapters.state.database import storage_error
from sgeflow.adapters.state.journal import Journal
from sgeflow.messages import from_table
from tests.runtime.durability.test_faults import ORDER, flow, told, unsettled
from tests.tools.fleet.conftest import TODAY, point

__all__ = ["told"]
BULK = """
flow: bulk
title: Order the data of a point as a file
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: order
    call: commandeInformationsTechniquesEtContractuelles
    with: {pointId: ["${inputs.pointId}"]}
outputs: {case: steps.order.caseId}
"""
FULL = storage_error(from_table("the disk is full"), from_table("free some space"))


@pytest.fixture
def spoilt(monkeypatch):
    """`spoilt("keep_answer")`: the disk is full when the journal does that about an order."""

    def make(name):
        real = getattr(Journal, name)

        def full(journal, run, what, *values, **named):
            key = what if isinstance(what, str) else what.key
            if key.endswith(f"order#{ORDER}"):
                raise FULL
            return real(journal, run, what, *values, **named)

        monkeypatch.setattr(Journal, name, full)
        return lambda: monkeypatch.setattr(Journal, name, real)

    return make


@pytest.mark.parametrize("moment", ["keep_answer", "note_outcome", "settle"])
def test_a_disk_that_is_full_when_the_answer_is_noted_doubles_no_order(told, spoilt, moment):
    here, command = told("")
    mend = spoilt(moment)
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 5, text
    assert "the disk is full" in text
    mend()
    run = here.last_run().run
    assert f"sgeflow resume {run}" in text
    (row,) = unsettled(command)
    assert row["state"] == "sending"
    code, text, _ = command("resume", run)
    assert code == 0, text
    assert here.orders() == {ORDER: 1}
    assert "no order to settle" in command("orders")[1]


def test_a_disk_that_is_full_before_an_order_leaves_keeps_it_from_leaving(told, monkeypatch):
    here, command = told("")
    real = Journal.sending

    def full(journal, run, sent, order=None, **named):
        if order is not None:
            raise FULL
        return real(journal, run, sent, order, **named)

    monkeypatch.setattr(Journal, "sending", full)
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 5, text
    assert here.orders() == {}
    monkeypatch.setattr(Journal, "sending", real)
    assert command("resume", here.last_run().run)[0] == 0
    assert here.orders() == {ORDER: 1}


# -- what a person found out ------------------------------------------------------------------------


def test_an_accepted_order_that_no_read_finds_lets_its_run_go_on(told):
    here, command = told("drop:1x")
    (here.folder / "flows" / "bulk.yaml").write_text(BULK)
    assert command(*flow(here, "bulk"))[0] == 8
    run = here.last_run().run
    assert command("resume", run)[0] == 8
    assert command("orders", "resolve", run, "--accepted")[0] == 0
    code, text, _ = command("resume", run, "--output", "json")
    assert code == 0, text
    assert "counts as accepted: confirmed by a person" in " ".join(text.split())
    assert len(here.server.requests) == 1


def test_an_accepted_order_that_the_search_does_not_show_lets_its_run_go_on(told):
    here, command = told("drop:1x")
    assert command(*flow(here, "ordering"))[0] == 8
    run = here.last_run().run
    code, text, _ = command("orders", "resolve", run, "--accepted")
    assert (code, "serviceId=… --accepted" in " ".join(text.split())) == (2, True), text
    for words, mistake in (
        (("serviceid=9", "--accepted"), "did you mean  serviceId ?"),
        (
            ("serviceId=9", "--not-accepted"),
            "an order that was not accepted has no outputs: leave them out",
        ),
        (("serviceId=", "--accepted"), "serviceId:=null"),
        (("serviceId= ", "--accepted"), "no value for serviceId"),
    ):
        code, text, _ = command("orders", "resolve", run, *words)
        assert (code, mistake in text) == (2, True), text
    assert "unknown" in command("orders")[1]
    assert command("orders", "resolve", run, "serviceId=90000001", "--accepted")[0] == 0
    code, text, _ = command("resume", run, "--output", "json")
    assert code == 0, text
    assert '"90000001"' in text
    assert "counts as accepted: confirmed by a person" in " ".join(text.split())
    assert "null: caseId" in text
    assert here.orders() == {ORDER: 1}


# -- fleets -----------------------------------------------------------------------------------------


def fleet_of(here, count, *more):
    points = [point(number) for number in range(1, count + 1)]
    (here.folder / "points.csv").write_text("pointId\n" + "\n".join(points) + "\n")
    each = ["--each", "points.csv", "--jobs", "2", "--output", "json", *more]
    return ["run", "ordering", "--env", "lasting", "--today", TODAY, *each]


def failures(text):
    return {one["code"] for one in json.loads(text[text.index("{") :])["failures"]}


def test_failed_rows_whose_order_is_unknown_are_not_ordered_again_by_a_new_fleet(told):
    here, command = told("drop:1x", fleet=3)
    code, text, _ = command(*fleet_of(here, 3))
    assert (code, failures(text)) == (8, {"SGE301"})
    run = here.last_run().run
    words = ["--today", TODAY, "--only-failed", run, "--output", "json"]
    again = ["run", "ordering", "--env", "lasting", *words]
    code, text, _ = command(*again)
    assert (code, "left out: a person must look for the orders of 3 rows" in text) == (8, True), (
        text
    )
    code, text, _ = command(*fleet_of(here, 3))
    assert (code, failures(text)) == (8, {"SGE302"}), text
    assert here.server.orders == {(ORDER, point(n)): 1 for n in (1, 2, 3)}
    assert command("resume", run)[0] == 2  # all its rows have ended
    assert command("resume", f"{run}.2")[0] == 8  # looked for, and not found
    assert here.server.orders == {(ORDER, point(n)): 1 for n in (1, 2, 3)}
    here.age(f"{run}.2", 3600)
    assert command("orders", "resolve", f"{run}.2", "--not-accepted")[0] == 0
    assert command("resume", f"{run}.2")[0] == 0
    assert here.server.orders == {(ORDER, point(n)): 1 + (n == 2) for n in (1, 2, 3)}


def test_two_fleets_at_once_order_for_each_point_once(told):
    here, _ = told("latency:50ms", fleet=6)
    words = fleet_of(here, 6)
    processes = [here.start(*words) for _ in range(2)]
    reports = [json.loads(process.communicate(timeout=90)[0]) for process in processes]
    assert sum(report["done"] for report in reports) == 6
    assert {row["code"] for report in reports for row in report["failures"]} <= {"SGE302"}
    assert here.server.orders == {(ORDER, point(n)): 1 for n in range(1, 7)}


def test_the_rows_of_a_fleet_need_the_word_that_orders_need(told):
    here, command = told("", fleet=2, orders="{confirm: true}")
    code, text, _ = command(*fleet_of(here, 2))
    assert (code, failures(text)) == (8, {"SGE302"})
    assert here.orders() == {}
    code, text, _ = command(*fleet_of(here, 2, "--confirm-orders"))
    assert code == 0, text
    assert here.server.orders == {(ORDER, point(n)): 1 for n in (1, 2)}
