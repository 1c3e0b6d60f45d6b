"""An order whose answer was lost: shown late, it is found; surely absent, it is sent once more."""

import json
import time
from datetime import UTC, date, datetime

import pytest
import time_machine

from sgeflow.simulator.people import CONTRACT
from sgeflow.simulator.subscriptions import Subscription
from tests.runtime.durability.conftest import ROOT, TODAY
from tests.runtime.durability.test_faults import ORDER, flow, told, unsettled
from tests.runtime.durability.test_shared_orders import edit
from tests.runtime.durability.test_unfinished import write

__all__ = ["told"]
LATE = 2  # seconds
TICK = 1  # a server says in whole seconds when it made a reply


def test_a_lost_order_that_is_shown_late_is_found_when_the_run_goes_on(told):
    here, command = told(f"late:1x:{LATE}s")
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 8, text
    assert ORDER in command("orders")[1]
    run = here.last_run().run
    time.sleep(LATE)
    code, text, _ = command("resume", run)
    assert code == 0, text
    assert "was accepted" in text
    assert here.orders() == {ORDER: 1}


def test_what_a_person_found_accepted_is_looked_for_anew(told):
    here, command = told(f"late:1x:{LATE}s")
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 8, text
    run = here.last_run().run
    assert command("orders", "resolve", run, "serviceId:=null", "--accepted")[0] == 0
    time.sleep(LATE)
    code, text, _ = command("resume", run)
    assert code == 0, text
    assert here.orders() == {ORDER: 1}


def test_while_an_order_of_one_type_is_unknown_none_of_it_and_another_leaves(told):
    here, command = told("drop:1x")
    assert command(*flow(here, "ordering"))[0] == 8
    one = (here.folder / "flows" / "ordering.yaml").read_text()
    both = one.replace("flow: ordering", "flow: both").replace(
        "[{typeDonnees: CDC}]", "[{typeDonnees: CDC}, {typeDonnees: ENERGIE}]"
    )
    assert "ENERGIE" in both
    (here.folder / "flows" / "both.yaml").write_text(both)
    code, text, _ = command(*flow(here, "both"))
    assert code == 8, text
    assert "its answer is not there" in text
    assert here.orders() == {ORDER: 1}


# -- surely absent ----------------------------------------------------------------------------------


def hasty(here, seconds):
    """The project's own order: what is not shown so soon after it was sent was not accepted."""
    text = (ROOT / "operations" / f"{ORDER}.yaml").read_text()
    assert "after: P1D" in text
    path = here.folder / "operations" / f"{ORDER}.yaml"
    path.write_text(text.replace("after: P1D", f"after: PT{seconds}S"))


def before(here):
    """An index of ours on the point, long since over: by it a search says whose answer it is."""
    point = here.server.household["pointId"]
    old = Subscription(
        id="61000001",
        point=point,
        kind="ACCES",
        label="Accès aux index",
        contract=CONTRACT,
        data="IDX",
        direction="SOUTIRAGE",
        start=date(2023, 1, 1),
        end=date(2024, 1, 1),
    )
    here.server.world.keep(old)


def made(here):
    """The services that orders made."""
    services = here.server.world.services(here.server.household["pointId"])
    return [one for one in services if one.data == "CDC"]


def lost(told, faults, seconds, *words, known=True, **more):
    """A run of these words whose order was lost, with the words that tell it."""
    here, command = told(faults, **more)
    if known:
        before(here)
    hasty(here, seconds)
    code, text, _ = command(*flow(here, "ordering"), *words)
    assert code == 8, text
    told_ = " ".join(text.split())
    assert f"PT{seconds}S after the order was sent, sgeflow resume" in told_
    return here, command, here.last_run().run


@pytest.mark.parametrize("hour", [12, 22])
def test_an_absent_order_is_proved_at_noon_and_late_on_a_winter_evening(told, hour):
    """Late in the evening, the simulated summer is one day nearer."""
    with time_machine.travel(datetime(2026, 12, 2, hour, 30, tzinfo=UTC)):
        here, command, run = lost(told, "drop:1x", seconds=1)
        here.let_go(run)
        time.sleep(1 + TICK)
        code, text, _ = command("resume", run)
    assert code == 0, text
    assert here.orders() == {ORDER: 2}


@pytest.mark.parametrize("mode", ["drop", "503", "502"])
def test_an_order_that_never_arrived_is_sent_once_more_when_it_is_surely_absent(told, mode):
    here, command, run = lost(told, f"{mode}:1x", seconds=2)
    here.let_go(run)
    time.sleep(2 + TICK)
    code, text, _ = command("resume", run)
    assert code == 0, text
    words = " ".join(text.split())
    assert (
        "does not show the order PT2S after it was sent: it was not accepted, and is sent" in words
    )
    assert here.orders() == {ORDER: 2}
    assert len(made(here)) == 1
    assert "no order to settle" in command("orders")[1]
    (shown,) = json.loads(command("runs", "show", run, "--output", "json")[1])["orders"]
    assert (shown["state"], shown["by"]) == ("done", "rechercherServicesAccesDonnees")
    assert shown["absent"]


def test_before_the_delay_is_past_a_lost_order_stays_unknown(told):
    here, command, run = lost(told, "drop:1x", seconds=60)
    code, text, _ = command("resume", run)
    assert code == 8, text
    assert here.orders() == {ORDER: 1}
    (row,) = unsettled(command)
    assert (row["state"], row["absent"]) == ("unknown", None)


def test_a_clock_that_was_set_forward_does_not_shorten_the_delay(told):
    here, command, run = lost(told, "drop:1x", seconds=3600)
    here.age(run, 100)
    write(here, "UPDATE orders SET sending = sending - 7200 WHERE run = ?", run)
    assert command("resume", run)[0] == 8
    assert here.orders() == {ORDER: 1}
    here.age(run, 3600)
    code, text, _ = command("resume", run)
    assert (code, here.orders()) == (0, {ORDER: 2}), text


def test_without_a_delay_a_lost_order_stays_unknown_for_ever(told):
    here, command = told("drop:1x")
    text = (ROOT / "operations" / f"{ORDER}.yaml").read_text()
    head, _, rest = text.partition("  absent:\n")
    path = here.folder / "operations" / f"{ORDER}.yaml"
    path.write_text(head + rest[rest.index("\nexamples:") :])
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 8, text
    run = here.last_run().run
    here.age(run, 400 * 86_400)
    assert command("resume", run)[0] == 8
    assert here.orders() == {ORDER: 1}


def test_an_order_that_is_lost_a_second_time_is_never_sent_a_third(told):
    here, command, run = lost(told, "drop:2x", seconds=1)
    here.let_go(run)
    time.sleep(1 + TICK)
    code, text, _ = command("resume", run)
    assert code == 8, text
    assert here.orders() == {ORDER: 2}
    here.age(run, 400 * 86_400)
    assert command("resume", run)[0] == 8
    assert here.orders() == {ORDER: 2}
    assert unsettled(command)[0]["state"] == "unknown"


def test_an_empty_search_may_be_anybodys_and_proves_nothing(told):
    here, command, run = lost(told, "drop:1x", seconds=1, known=False)
    here.age(run, 400 * 86_400)
    code, text, _ = command("resume", run)
    assert code == 8, text
    assert "an empty answer proves nothing" in text
    assert here.orders() == {ORDER: 1}
    assert [row["state"] for row in unsettled(command)] == ["unknown"]


@pytest.mark.parametrize(("repeats", "sent"), [("contratId", 2), ("nowhere", 1)])
def test_a_search_that_does_not_repeat_all_that_it_was_asked_proves_nothing(told, repeats, sent):
    here, command, run = lost(told, "drop:1x", seconds=1)
    here.age(run, 86_400)
    echo = f"echo:\n  contratId: servicesSouscrits.serviceSouscrit[].{repeats}\n"
    edit(here, "echo:\n", echo, operation="rechercherServicesAccesDonnees")
    code, text, _ = command("resume", run, "--changed-documents")
    assert here.orders() == {ORDER: sent}, text
    assert code == (0 if sent > 1 else 8)


def test_an_order_that_is_shown_later_than_thought_is_not_doubled_and_not_called_anothers(told):
    here, command, run = lost(told, "late:1x:60s", seconds=1)
    here.let_go(run)
    time.sleep(1 + TICK)
    code, text, _ = command("resume", run)
    assert "SGT570" in text
    assert code == 8, text
    assert len(made(here)) == 1
    assert [row["state"] for row in unsettled(command)] == ["unknown"]  # it may be its own


@pytest.mark.parametrize("fault", ["SGT500:100%", "503:100%", "html:100%", "truncate-unsized:100%"])
def test_a_search_that_fails_proves_nothing(told, fault):
    here, command, run = lost(told, "drop:1x", seconds=1)
    here.age(run, 86_400)
    here.server.meet(fault)
    assert command("resume", run)[0] == 8
    assert here.orders() == {ORDER: 1}


def test_a_service_that_came_and_went_may_have_been_the_order(told):
    here, command, run = lost(told, "close:1x,503:3x", seconds=1)
    assert here.orders() == {ORDER: 1}
    world = here.server.world
    (service,) = made(here)
    world.keep(service.stop(world.today))
    here.age(run, 86_400)
    assert command("resume", run)[0] == 8
    assert here.orders() == {ORDER: 1}


def test_an_absent_order_needs_the_word_that_orders_need(told):
    here, command, run = lost(told, "drop:1x", 1, "--confirm-orders", orders="{confirm: true}")
    here.let_go(run)
    time.sleep(1 + TICK)
    code, text, _ = command("resume", run)
    assert code == 8
    assert "--confirm-orders" in text
    assert here.orders() == {ORDER: 1}
    (row,) = unsettled(command)
    assert (row["state"], row["by"]) == ("absent", "rechercherServicesAccesDonnees")
    assert row["absent"]
    code, text, _ = command("resume", run, "--confirm-orders")
    assert code == 0, text
    assert here.orders() == {ORDER: 2}
    assert len(made(here)) == 1


def test_a_person_may_know_better_of_an_absent_order(told):
    here, command, run = lost(told, "drop:1x", 1, "--confirm-orders", orders="{confirm: true}")
    here.let_go(run)
    time.sleep(1 + TICK)
    assert command("resume", run)[0] == 8
    assert command("orders", "resolve", run, "serviceId:=null", "--accepted")[0] == 0
    assert unsettled(command) == []


def test_a_single_call_does_not_go_on_and_names_no_way_to(told):
    here, command = told("drop:1x")
    words = ["pointId=" + here.server.household["pointId"], "dateFin=2026-06-14", "nom=MARTIN"]
    order = ["call", ORDER, "--env", "lasting", "--today", TODAY, *words]
    code, text, _ = command(*order, 'serviceSouscrit:=[{"typeDonnees": "CDC"}]')
    assert code == 8, text
    assert "sgeflow resume" not in text
    assert f"sgeflow orders resolve {here.last_run().run}" in " ".join(text.split())
