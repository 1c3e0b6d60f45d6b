"""How long the guard keeps the same order from leaving again."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from msgspec.structs import replace

from sgeflow.adapters.state.database import storage_error
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import OrderState
from sgeflow.core.model import Kind, Request
from sgeflow.errors import TechnicalError
from sgeflow.runtime.journal.log import Guard, JournalLog
from sgeflow.runtime.journal.recovery import RecordedAnswers

PARIS = ZoneInfo("Europe/Paris")
DAY = 86_400.0


@pytest.fixture
def notes(tmp_path):
    """`notes(run, repeat_after)`: the log of a run, all in one journal."""
    with Journal(tmp_path / "journal.db") as journal:
        yield lambda run, repeat_after: JournalLog(
            journal=journal, run=run, guard=Guard(repeat_after=repeat_after)
        )


REQUEST = Request(
    endpoint="sge",
    method="POST",
    path="/",
    headers={},
    body=b"<q/>",
    label="x",
    kind=Kind.ORDER,
    is_operation=True,
)


def order(notes, run, repeat_after):
    """Whether an order that is accepted at once passes the guard now."""
    log = notes(run, repeat_after)
    if log.sending("k", 1, REQUEST, "f.p") is not None:
        return False
    log.journal.settle(run, "k", OrderState.DONE, token=log.before.tokens["k"])
    with log.journal._database.writing() as link:  # by another machine: its uptime tells nothing
        link.execute("UPDATE orders SET boot = 'another', settled_boot = 'another'")
    return True


@pytest.mark.parametrize(
    ("first", "too_early", "late_enough"),
    [
        ((2025, 6, 14, 12, 0), (2025, 6, 15, 11, 59), (2025, 6, 15, 12, 1)),
        # 24 hours, not a civil day: the clock goes back in the night, then forward
        ((2025, 10, 25, 12, 0), (2025, 10, 26, 10, 59), (2025, 10, 26, 11, 1)),
        ((2025, 3, 29, 12, 0), (2025, 3, 30, 12, 59), (2025, 3, 30, 13, 1)),
    ],
)
def test_a_day_of_the_guard_has_24_hours_whatever_the_clock_change(
    notes, first, too_early, late_enough
):
    passed = []
    for number, moment in enumerate((first, too_early, late_enough)):
        with time_machine.travel(datetime(*moment, tzinfo=PARIS), tick=False):
            passed.append(order(notes, f"r{number}", DAY))
    assert passed == [True, False, True]


def test_without_a_time_the_guard_lets_pass_even_when_the_clock_was_set_back(notes):
    for number, moment in enumerate(((2025, 6, 15, 12, 0), (2025, 6, 15, 9, 0))):
        with time_machine.travel(datetime(*moment, tzinfo=PARIS), tick=False):
            assert order(notes, f"r{number}", 0.0)


def test_without_a_time_an_unknown_order_is_in_the_way_all_the_same(notes):
    log = notes("r1", 0.0)
    assert order(notes, "r1", 0.0)
    token = log.journal.tokens("r1")["k"]
    log.journal.settle("r1", "k", OrderState.UNKNOWN, token=token, at=0.0)
    assert not order(notes, "r2", 0.0)


def test_an_order_of_an_operation_that_calls_itself_a_notice_is_guarded_like_any_other(notes):
    notice = replace(REQUEST, is_notice=True)
    assert notes("r1", DAY).sending("k", 1, notice, "f.p") is None
    assert notes("r2", DAY).sending("k", 1, notice, "f.p") is not None
    elsewhere = replace(notice, endpoint="office", is_operation=False)
    assert notes("r3", DAY).sending("k", 1, elsewhere, "f.p") is None
    assert [one.run for one in notes("r4", DAY).journal.open_orders()] == ["r1"]


def test_the_order_of_a_single_call_is_settled_and_not_gone_on_with(notes):
    call = notes("r1", DAY)
    assert call.sending("orderThing#orderThing", 1, REQUEST, "f.p") is None
    refused = notes("r2", DAY).sending("main/a#orderThing", 1, REQUEST, "f.p")
    assert dict(refused.problem.details)["do"].startswith(
        "find out, then sgeflow orders resolve r1"
    )


@pytest.mark.parametrize("boot", ["", "another"])
def test_a_cancel_that_left_before_an_order_has_not_ended_it_whenever_it_is_settled(notes, boot):
    def send(run, request):
        log = notes(run, DAY)
        passed = log.sending("k", 1, request, f"{request.body}.p") is None
        if boot:
            with log.journal._database.writing() as link:
                link.execute("UPDATE orders SET boot = ?, settled_boot = ?", (boot, boot + "2"))
        return log if passed else None

    def settle(run, log):
        log.journal.settle(run, "k", OrderState.DONE, token=log.before.tokens["k"])

    order, stop = (
        replace(REQUEST, ended_by=("stop",), point="p"),
        replace(REQUEST, label="stop", point="p", body=b"<q>1</q>"),
    )
    before = send("r1", stop)  # of what was there already
    settle("r2", send("r2", order))
    settle("r1", before)
    assert send("r3", order) is None
    settle("r4", send("r4", replace(stop, body=b"<q>2</q>")))
    assert send("r5", order)


@pytest.mark.parametrize(("point", "is_ended"), [("", False), ("p +1", False), ("p", True)])
def test_an_order_is_ended_by_no_cancel_that_may_be_of_another_point(notes, point, is_ended):
    order = replace(REQUEST, ended_by=("stop",), point=point)
    stop = replace(REQUEST, label="stop", point=point, kind=Kind.CANCEL)

    def send(run, request, thing):
        log = notes(run, DAY)
        if log.sending("k", 1, request, thing) is not None:
            return False
        log.journal.settle(run, "k", OrderState.DONE, token=log.before.tokens["k"])
        return True

    assert send("r1", order, "mine.p")
    assert send("r2", stop, "theirs.p")
    assert send("r3", order, "mine.p") is is_ended


# -- what the end of a run asks of its orders -------------------------------------------------------


def fail(*_, **__):
    raise storage_error("the connection was lost", "run again")


def test_a_run_that_would_have_noted_no_order_asks_for_none(notes, monkeypatch):
    log = notes("r1", 0.0)
    assert log.sending("k", 1, replace(REQUEST, kind=Kind.READ), "f.p") is None
    monkeypatch.setattr(Journal, "open_of", fail)
    assert log.lost_orders() == []


def test_an_order_is_known_whose_note_was_kept_and_not_confirmed(notes, monkeypatch):
    log = notes("r1", 0.0)
    sending = Journal.sending

    def keep_and_fail(*values, **more):
        sending(*values, **more)
        fail()

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "sending", keep_and_fail)
        with pytest.raises(TechnicalError):
            log.sending("k", 1, REQUEST, "f.p")
    assert log.lost_orders() == [("x", "k")]


def test_a_run_that_goes_on_asks_for_the_orders_of_before(notes):
    log = notes("r1", 0.0)
    log.sending("k", 1, REQUEST, "f.p")
    later = replace(notes("r1", 0.0), before=RecordedAnswers(run="r1"))
    assert later.lost_orders() == [("x", "k")]
