"""A person settles what nobody works on: an order that is under way is settled by its answer."""

import signal
import time
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import Order, OrderState, RunStart
from sgeflow.adapters.state.run_lock import hold_run
from sgeflow.cli.main import run as command
from sgeflow.errors import GuardError, UsageError
from sgeflow.runtime.resume import resolve
from tests.postgres import ON_FILES, on_servers_too, text_of
from tests.runtime.durability.conftest import TODAY, until
from tests.runtime.durability.test_faults import ORDER, ORDERING, flow
from tests.runtime.durability.test_orders import call

pytestmark = on_servers_too("a state of an order is changed under locks of the server")


WORDS = {"accepted": True, "not-accepted": False}


def under_way(here):
    """Whether an order has left and is not answered."""
    return here.noted("SELECT 1 FROM orders WHERE state = 'sending'")


@contextmanager
def begun(world, how):
    """A world, and a process in it whose order is under way until the block ends."""
    here = world(timeout="{connect: PT5S, read: PT30S, total: PT60S}")
    (here.folder / "flows").mkdir()
    (here.folder / "flows" / "ordering.yaml").write_text(ORDERING)
    point = here.server.household["pointId"]
    words = flow(here, "ordering")
    if how == "call":
        given = (f"pointId={point}", "dateFin=2026-06-14", "nom=MARTIN")
        services = 'serviceSouscrit:=[{"typeDonnees": "CDC"}]'
        words = ["call", ORDER, "--env", "lasting", "--today", TODAY, *given, services]
    with here.holding_orders():
        process = here.start(*words)
        until(lambda: (under_way(here) and here.has_unanswered()) or process.poll() is not None)
        yield here, process


@pytest.mark.parametrize("how", ["run", "call"])
def test_an_order_that_is_under_way_is_not_settled_by_hand(world, how, capsys):
    with begun(world, how) as (here, process):
        run = here.last_run().run
        words = ["orders", "resolve", run, "--not-accepted", "--state", text_of(here.home)]
        assert command(words) == 8
        assert f"another process works on run {run}" in capsys.readouterr().err
        assert under_way(here)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert here.orders() == {ORDER: 1}
    assert command(words) == 2
    assert "no such orders" in capsys.readouterr().err


@ON_FILES
@pytest.mark.parametrize("how", ["run", "call"])
def test_an_order_whose_process_was_killed_is_settled_by_hand(world, how):
    with begun(world, how) as (here, process):
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    words = ("orders", "resolve", here.last_run().run)
    code, _, err = here.run(*words)
    assert (code, "--accepted --not-accepted" in " ".join(err.split())) == (2, True), err
    code, _, err = here.run(*words, "serviceId:=null", "--accepted")
    assert (code, "resume" in err) == (0, how == "run"), err
    code, _, err = call(here)
    assert (code, "was accepted" in err) == (8, True), err


# -- in the journal -----------------------------------------------------------------------------------


@pytest.fixture
def journal(home):
    with Journal(home.journal) as journal:
        yield journal


def lost(journal, run="r1", key="main/order#x"):
    """An order whose answer was lost."""
    named = {"flow": "main", "environment": "here", "today": TODAY, "now": f"{TODAY}T10:00:00"}
    journal.begin(RunStart(run=run, started=time.time(), **named))
    journal.plan(Order(run=run, key=key, operation="x", point="p", fingerprint="a."))
    journal.settle(run, key, OrderState.UNKNOWN, at=1.0)


def state(journal, run="r1"):
    (order,) = journal.show(run).orders
    return order.state


@pytest.mark.parametrize(
    "now", [one for one in OrderState if one not in (OrderState.UNKNOWN, OrderState.SENDING)]
)
def test_what_is_said_of_another_state_than_the_one_it_is_in_is_not_noted(journal, now):
    lost(journal)
    journal.settle("r1", "main/order#x", now, at=2.0)
    (seen,) = journal.show("r1").orders
    for said in (OrderState.DONE, OrderState.PLANNED):
        other = replace(seen, state=OrderState.UNKNOWN)
        assert journal.settle_by_hand(other, said) is False
        assert state(journal) is now
    assert journal.settle_by_hand(seen, OrderState.PLANNED) is True
    assert state(journal) is OrderState.PLANNED


@pytest.mark.parametrize("word", WORDS)
def test_a_run_that_is_held_is_not_settled_and_neither_is_a_row_of_a_fleet_that_is(
    journal, home, word
):
    lost(journal)
    lost(journal, "f1")
    journal.settle("f1", "main/order#x", OrderState.DONE, at=2.0)
    lost(journal, "f1.3")
    for held_, run in (("r1", "r1"), ("f1", "f1.3"), ("f1.3", "f1.3")):
        with hold_run(home, held_), pytest.raises(GuardError, match=f"works on run {held_}"):
            resolve(home, run, "", accepted=WORDS[word])
        assert state(journal, run) is OrderState.UNKNOWN
    settled = resolve(home, "f1.3", "", accepted=WORDS[word])
    assert state(journal, "f1.3") is settled.state
    assert state(journal) is OrderState.UNKNOWN


def test_what_was_settled_just_before_the_run_was_held_stays(journal, home, monkeypatch):
    lost(journal)

    def late(home, run):
        journal.settle(run, "main/order#x", OrderState.DONE, at=2.0)
        return hold_run(home, run)

    monkeypatch.setattr("sgeflow.runtime.resume.hold_run", late)
    with pytest.raises(UsageError, match="no such orders"):
        resolve(home, "r1", "", accepted=False)
    assert state(journal) is OrderState.DONE
