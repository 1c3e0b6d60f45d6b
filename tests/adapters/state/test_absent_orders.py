"""A lost order was surely not accepted when a read that began late enough does not show it."""

import time

import pytest

from sgeflow.adapters.state.journal import BY_HAND
from sgeflow.adapters.state.records import OrderState, uptime
from sgeflow.core.model import Kind
from sgeflow.errors import TechnicalError
from tests.adapters.state.test_journal import journal, order, send_order, sent, start
from tests.postgres import on_servers_too

ON_BOTH = on_servers_too("whether an order is noted as absent is decided by SQL")


__all__ = ["journal"]


def lost_order(journal, ago, *, up=None, boot=None):
    """An order whose answer was lost, sent so many seconds ago; `up` by the machine's own clock."""
    journal.begin(start())
    send_order(journal)
    journal.settle("r1", "contract", OrderState.UNKNOWN, at=1002.0)
    machine = uptime()
    values = (time.time() - ago, machine.seconds - (ago if up is None else up))
    with journal._database.writing() as link:
        link.execute(
            "UPDATE orders SET sending = ?, up = ?, boot = ?",
            (*values, machine.boot if boot is None else boot),
        )


def found_absent(journal, after=60.0, ago=0.0, made=0.0):
    """`made`: how many seconds the reply was made before now."""
    by, when = "contract@reconcile#search", time.time() - made
    return journal.absent("r1", "contract", by, ago=ago, after=after, made=when)


@ON_BOTH
def test_an_order_that_a_late_read_does_not_show_was_not_accepted_and_may_leave_once(journal):
    lost_order(journal, 61)
    assert found_absent(journal)
    assert not journal.was_resent("r1", "contract")
    (one,) = journal.open_orders()
    assert (one.state, one.absent_by) == (OrderState.ABSENT, "contract@reconcile#search")
    assert one.absent == pytest.approx(time.time(), abs=60)
    assert journal.sendable("r1") == (one,)
    journal.sending(
        "r1", sent("contract", attempt=1, kind=Kind.ORDER, at=1003.0), order(), repeat_after=1e9
    )
    with pytest.raises(TechnicalError, match="was already sent"):
        journal.sending("r1", sent("contract", attempt=2, kind=Kind.ORDER, at=1004.0), order())
    assert journal.was_resent("r1", "contract")
    journal.settle("r1", "contract", OrderState.UNKNOWN, at=1005.0)
    with journal._database.writing() as link:
        link.execute("UPDATE orders SET sending = 0, up = 0")
    assert not found_absent(journal)  # a second loss is for a person to look at
    (one,) = journal.mark_unknown_orders("r1")
    assert one.state is OrderState.UNKNOWN


HOUR = 3600.0


@pytest.mark.parametrize(
    ("ago", "more"),
    [
        (59, {}),  # too early
        (-5, {}),  # the clock was set back since
        (-HOUR, {"up": 2 * HOUR}),
        (2 * HOUR, {"up": 5.0}),  # it was wrong then, and set right since
        (59, {"boot": "another"}),
        (-HOUR, {"boot": "another"}),
    ],
)
def test_an_order_is_not_absent_while_any_clock_says_that_it_is_too_early(journal, ago, more):
    if more.get("up") and not uptime().boot:
        pytest.skip("this machine does not tell how long it has been up")
    lost_order(journal, ago, **more)
    assert not found_absent(journal)
    (one,) = journal.open_orders()
    assert (one.state, one.absent) == (OrderState.UNKNOWN, None)


@pytest.mark.parametrize("boot", [None, "another"])
def test_what_counts_is_when_the_read_began(journal, boot):
    lost_order(journal, 65, boot=boot)
    assert not found_absent(journal, ago=10.0)
    assert found_absent(journal, ago=2.0)


@pytest.mark.parametrize("made", [5.0, 65.0, 400.0, -400.0])
def test_a_reply_that_was_made_too_early_or_in_the_future_proves_nothing(journal, made):
    lost_order(journal, 62)
    assert not found_absent(journal, made=made)
    assert found_absent(journal, made=1.0)


@pytest.mark.parametrize("boot", [None, "another"])
def test_where_the_clocks_of_server_and_journal_differ_nothing_is_proved(journal, boot):
    """The journal's may have been two hours ahead when the order left, late in the evening."""
    lost_order(journal, 2 * HOUR, boot=boot)
    assert found_absent(journal, made=400.0) is None
    assert found_absent(journal, made=200.0)


@ON_BOTH
def test_when_an_order_left_is_told_by_the_uptime_too(journal):
    lost_order(journal, -HOUR, up=2 * HOUR)
    now = time.time()
    by_clock, by_uptime = journal.departures("r1", "contract")
    assert by_clock == pytest.approx(now + HOUR, abs=60)
    assert by_uptime == pytest.approx(now - 2 * HOUR, abs=60)
    journal.settle("r1", "contract", OrderState.PLANNED, code=BY_HAND, at=1003.0)
    again = sent("contract", attempt=1, kind=Kind.ORDER, at=1003.0)
    journal.sending("r1", again, order(), repeat_after=1e9)
    first, first_by_uptime, *_ = journal.departures("r1", "contract")
    assert first == pytest.approx(now + HOUR, abs=60)
    assert first_by_uptime == pytest.approx(now - 2 * HOUR, abs=60)


def test_of_a_machine_that_was_started_since_the_journals_clock_is_taken(journal):
    lost_order(journal, 61, up=-100.0, boot="the boot before")
    assert found_absent(journal)


@pytest.mark.parametrize("state", [s for s in OrderState if s is not OrderState.UNKNOWN])
def test_no_order_is_absent_whose_outcome_is_not_unknown(journal, state):
    lost_order(journal, 1000)
    journal.settle("r1", "contract", state, at=1003.0)
    assert not found_absent(journal)
    assert journal.show("r1").orders[0].state is state


def test_an_absent_order_is_in_nobodys_way_but_the_others_are_in_its(journal):
    lost_order(journal, 61)
    assert found_absent(journal)
    journal.begin(start(run="r2"))
    other = order(run="r2")
    assert journal.sending("r2", sent("contract", kind=Kind.ORDER), other, repeat_after=1e9) is None
    again = sent("contract", attempt=1, kind=Kind.ORDER, at=1003.0)
    assert journal.sending("r1", again, order(), repeat_after=1e9).run == "r2"
    assert journal.show("r1").orders[0].state is OrderState.ABSENT
