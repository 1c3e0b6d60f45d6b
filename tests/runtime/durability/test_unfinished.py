"""What a run has ordered is in the way of the next one, until its flow has come to its end."""

from contextlib import closing

from sgeflow.adapters.state.database import storage_error
from sgeflow.adapters.state.journal import JOURNAL
from sgeflow.adapters.state.open import open_database
from sgeflow.adapters.state.store import Store
from sgeflow.messages import from_table
from tests.runtime.durability.test_faults import ORDER, flow, told

__all__ = ["told"]
FULL = storage_error(from_table("the disk is full"), from_table("free some space"))
YEARLY = """
flow: yearly
title: An order, and what is remembered of it
inputs: {pointId: {$ref: "types.yaml#/pointId"}, until: {type: string}}
state: {collection: yearly, key: "${inputs.pointId}"}
steps:
  - id: order
    call: commanderServicesAccesDonnees
    with: {pointId: "${inputs.pointId}", dateFin: "${inputs.until}", nom: MARTIN,
           serviceSouscrit: [{typeDonnees: CDC}]}
  - id: kept
    remember: {serviceId: "${steps.order.serviceId}"}
outputs: {serviceId: steps.order.serviceId}
"""


def write(here, statement, *values):
    with closing(open_database(here.home.journal, JOURNAL)) as database, database.writing() as link:
        link.execute(statement, values)


def test_an_order_that_its_flow_has_remembered_is_not_in_the_way_of_another_one(told):
    """The next run knows of it, and another customer of the point orders their own."""
    here, command = told("")
    for name in ("yearly", "monthly"):
        (here.folder / "flows" / f"{name}.yaml").write_text(YEARLY.replace("yearly", name))
    assert command(*flow(here, "yearly"), "until=2026-06-14")[0] == 0
    stopped = "UPDATE runs SET status = 'failed', exit = 130, summary = '' WHERE run = ?"
    write(here, stopped, here.last_run().run)
    code, text, _ = command(*flow(here, "monthly"), "until=2026-06-13")
    assert (code, "SGT570" in text) == (4, True), text  # it was sent


def age(here, run, days):
    """Make the orders of a run so much older, by the clock that nobody sets."""
    change = "UPDATE orders SET up = up - ?, settled_up = settled_up - ? WHERE run = ?"
    write(here, change, days * 86400, days * 86400, run)


def test_an_order_of_a_run_that_was_stopped_is_in_the_way_of_the_next_one(told, monkeypatch):
    here, command = told("")
    for name in ("yearly", "monthly"):
        (here.folder / "flows" / f"{name}.yaml").write_text(YEARLY.replace("yearly", name))
    other = flow(here, "monthly")  # that remembers elsewhere

    def fail(*_, **__):
        raise FULL

    with monkeypatch.context() as full:
        full.setattr(Store, "remember", fail)
        assert command(*flow(here, "yearly"), "until=2026-06-14")[0] == 5
    first = here.last_run().run
    age(here, first, 29)
    for end in ("exit = exit", "exit = 130", "exit = 8", "ended = NULL, exit = NULL"):
        write(here, f"UPDATE runs SET {end} WHERE run = ?", first)
        code, text, _ = command(*other, "until=2026-06-13")
        assert (code, "has not ended yet" in " ".join(text.split())) == (8, True), text
        assert f"sgeflow resume {first}" in text
        assert here.orders() == {ORDER: 1}
    age(here, first, 2)
    code, text, _ = command(*other, "until=2026-06-13")
    assert (code, "SGT570" in text) == (4, True), text  # it was sent
    age(here, first, -31)
    assert command("resume", first)[0] == 0
    code, text, _ = command(*other, "until=2026-06-12")
    assert (code, "SGT570" in text) == (4, True), text
