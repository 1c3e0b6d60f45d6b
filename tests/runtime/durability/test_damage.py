"""What the journal keeps of a run and cannot be read is told of that run; the others go on."""

import json
import zlib
from contextlib import closing

import pytest

from sgeflow.adapters.state.journal import JOURNAL
from sgeflow.adapters.state.open import open_database
from tests.runtime.durability.test_faults import ORDER, flow, told, unsettled

__all__ = ["told"]
NO_JSON = zlib.compress(b"no JSON\nbody")
DAMAGES = {  # table and column, what stands there, and how the message names it
    "inputs, no zlib": ("runs", "inputs", b"\x00\x01", "the inputs"),
    "inputs, no JSON": ("runs", "inputs", NO_JSON, "the inputs"),
    "inputs, a list": ("runs", "inputs", zlib.compress(b"[1]"), "the inputs"),
    "answers, no zlib": ("bodies", "content", b"\x00\x01", "the answers"),
    "answers, no JSON": ("effects", "head", "no JSON", "the answers"),
    "answers, other JSON": ("effects", "head", "{}", "the answers"),
    "a kind of another name": ("effects", "kind", "weird", "the requests"),
    "an end of another name": ("runs", "status", "weird", "the end"),
}
TWO = """
flow: two
title: A read, and what stops
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: one
    call: rechercherServicesAccesDonnees
    with: {pointId: "${inputs.pointId}"}
  - id: never
    check: "inputs.pointId == 'x'"
    else: {code: NEVER, message: It is none.}
"""


OF_RUN = {"bodies": "id IN (SELECT answer FROM effects WHERE run = ?)"}


def damage(here, run, table, column, value):
    where = OF_RUN.get(table, "run = ?")
    with (
        closing(open_database(here.home.journal, JOURNAL)) as database,
        database.writing() as link,
    ):
        link.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value, run))


def kept(here, run, table, column):
    where = OF_RUN.get(table, "run = ?")
    ((value, *_), *_) = here.noted(f"SELECT {column} FROM {table} WHERE {where}", run)
    return value


@pytest.fixture
def stopped(told):
    """Two runs that stopped behind their first answer."""
    here, command = told("")
    (here.folder / "flows" / "two.yaml").write_text(TWO)
    runs = []
    for _ in range(2):
        code, text, _ = command(*flow(here, "two"))
        assert code == 1, text
        runs.append(here.last_run().run)
    return here, command, *runs


def test_each_damage_is_told_of_its_run_with_a_remedy_and_the_others_go_on(stopped):
    here, command, damaged, other = stopped
    wrong = []
    for name, (table, column, value, what) in DAMAGES.items():
        before = kept(here, damaged, table, column)
        damage(here, damaged, table, column, value)
        sent = len(here.server.requests)
        code, text, _ = command("resume", damaged)
        words = " ".join(text.split())
        message = f"the journal cannot read {what} of run {damaged}"
        right = code == 5 and f"SGE701 {message}" in words and "sgeflow state restore" in words
        listed = [command(*words)[0] for words in (("runs",), ("orders",), ("runs", "show", other))]
        if not right or listed != [0, 0, 0] or len(here.server.requests) != sent:
            wrong.append((name, code, words, listed))
        damage(here, damaged, table, column, before)
    assert wrong == []
    damage(here, damaged, "runs", "status", "weird")
    rows = json.loads(command("runs", "--output", "json")[1])
    assert {row["run"]: row["code"] for row in rows}[damaged] == "SGE701"
    (here.folder / "flows" / "two.yaml").write_text(TWO.replace("== 'x'", "!= 'x'"))
    assert command("resume", other, "--changed-documents")[0] == 0


def test_an_order_whose_state_cannot_be_read_is_in_the_way_and_a_person_may_settle_it(told):
    here, command = told("")
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 0, text
    run = here.last_run().run
    damage(here, run, "orders", "state", "weird")
    (row,) = unsettled(command)
    assert (row["run"], row["state"], row["code"]) == (run, "unknown", "SGE701")
    assert command(*flow(here, "ordering"))[0] == 8
    assert here.orders() == {ORDER: 1}
    assert command("runs", "prune", "--older-than", "0")[0] == 0
    assert run in {entry.run for entry in here.runs()}
    code, text, _ = command("orders", "resolve", run, "serviceId:=null", "--accepted")
    assert code == 0, text
    assert command("orders", "--output", "json")[1].strip() == "[]"
