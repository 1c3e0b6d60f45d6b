"""The journal survives, lets a run go on, and never lets an order leave twice."""

import os
import signal
import sqlite3
import time
import zlib
from threading import Thread

import pytest
import time_machine
from msgspec.structs import replace

from sgeflow.adapters.state import journal as journal_module
from sgeflow.adapters.state.database import storage_error
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import (
    FleetEntry,
    KeptAnswer,
    Order,
    OrderState,
    RunStart,
    SentRequest,
)
from sgeflow.core.model import CallRecord, Kind, Status
from sgeflow.errors import TechnicalError
from sgeflow.messages import say
from tests.postgres import on_servers_too, text_of
from tests.processes import start_program

pytestmark = on_servers_too("its SQL is run by another driver, and some is in another dialect")

DAY = 86_400.0
REPLY = KeptAnswer(
    '{"status": 200}',
    b"<reply><lastname>MARTINEAU</lastname>" + b"<v>312</v>" * 500 + b"</reply>",
)


@pytest.fixture
def journal(home):
    with Journal(home.journal) as opened:
        yield opened


def start(run="r1", started=1000.0, **inputs):
    return RunStart(
        run=run,
        flow="konnector",
        environment="simulator",
        today="2025-05-15",
        now="2025-05-15T08:00:00+02:00",
        started=started,
        documents="abc123",
        inputs=inputs or {"pointId": "25946599093143", "lastname": "MARTINEAU"},
    )


def sent(key="gather/half_hours[2]", attempt=1, kind=Kind.READ, at=1001.0, request="<q>•••</q>"):
    return SentRequest(
        key=key, attempt=attempt, kind=kind, label="measures", request=request, at=at
    )


def order(run="r1", key="contract", fingerprint="f1", **more):
    return Order(
        run=run,
        key=key,
        operation="subscribe",
        point="25946599093143",
        fingerprint=fingerprint,
        **more,
    )


def record(key="gather/half_hours[2]", attempt=1, outcome="ok", kind=Kind.READ):
    return CallRecord(
        key=key,
        label="measures",
        kind=kind,
        attempt=attempt,
        outcome=outcome,
        seconds=0.25,
        bytes_in=5034,
    )


def send_order(journal, run="r1", **more):
    journal.sending(run, sent("contract", kind=Kind.ORDER), order(run, **more))


def fail(journal, run, started):
    """A run about one person that its flow brings to a bad end."""
    journal.begin(replace(start(run, started), person="the household"))
    journal.end(run, Status.FAILED, exit_code=1, at=started + 1, summary="LOGIN_FAILED")


def everything(tmp_path):
    return b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_a_run_is_listed_with_how_it_ended(journal):
    journal.begin(start())
    (running,) = journal.runs()
    assert (running.run, running.status, running.ended, running.exit) == (
        "r1",
        Status.RUNNING,
        None,
        None,
    )
    journal.sending("r1", sent())
    journal.end("r1", Status.FAILED, exit_code=4, at=1010.0, summary="Enedis refused the call")
    (entry,) = journal.runs()
    assert (entry.status, entry.exit, entry.ended, entry.calls) == (Status.FAILED, 4, 1010.0, 1)
    assert (entry.flow, entry.environment, entry.today, entry.documents) == (
        "konnector",
        "simulator",
        "2025-05-15",
        "abc123",
    )
    assert entry.summary == "Enedis refused the call"


def test_runs_are_listed_newest_first_up_to_a_limit(journal):
    for number in range(5):
        journal.begin(start(f"r{number}", started=float(number)))
    assert [entry.run for entry in journal.runs(3)] == ["r4", "r3", "r2"]


def test_an_attempt_is_shown_from_its_sending_to_how_it_was_understood(journal):
    journal.begin(start())
    journal.sending("r1", sent())
    details = journal.show("r1")
    assert [(effect.outcome, effect.request) for effect in details.effects] == [("", "<q>•••</q>")]
    journal.keep_answer("r1", "gather/half_hours[2]", 1, REPLY)
    journal.note_outcome("r1", record())
    (effect,) = journal.show("r1").effects
    assert (effect.key, effect.attempt, effect.outcome) == ("gather/half_hours[2]", 1, "ok")
    assert (effect.kind, effect.started, effect.seconds, effect.bytes_in) == (
        Kind.READ,
        1001.0,
        0.25,
        5034,
    )


def test_attempts_are_shown_in_the_order_in_which_they_began(journal):
    journal.begin(start())
    for key, attempt in (("b", 1), ("a", 1), ("b", 2)):
        journal.sending("r1", sent(key, attempt))
    journal.note_outcome("r1", record("b", 1, "SGE402"))
    journal.note_outcome("r1", record("c", 1, "ok"))
    assert [(e.key, e.attempt, e.outcome) for e in journal.show("r1").effects] == [
        ("b", 1, "SGE402"),
        ("a", 1, ""),
        ("b", 2, ""),
        ("c", 1, "ok"),
    ]


def test_an_unknown_run_is_none(journal):
    assert journal.show("r9") is None
    assert journal.inputs("r9") is None
    assert journal.answers("r9") == {}


def test_a_stopped_run_goes_on_with_its_inputs_and_answers(home):
    with Journal(home.journal) as journal:
        journal.begin(start())
        journal.sending("r1", sent())
        journal.keep_answer("r1", "gather/half_hours[2]", 1, REPLY)
        journal.sending("r1", sent("next"))
    with Journal(home.journal) as journal:
        assert journal.inputs("r1") == {"pointId": "25946599093143", "lastname": "MARTINEAU"}
        assert journal.answers("r1") == {("gather/half_hours[2]", 1): REPLY}
        journal.begin(start(started=2000.0))
        (entry,) = journal.runs()
        assert (entry.status, entry.started, entry.calls) == (Status.RUNNING, 1000.0, 2)


@pytest.mark.parametrize("status", [Status.FAILED, Status.PARTIAL])
def test_a_failed_run_keeps_what_it_needs_to_go_on(journal, status):
    journal.begin(start())
    journal.sending("r1", sent())
    journal.keep_answer("r1", "gather/half_hours[2]", 1, REPLY)
    journal.end("r1", status, exit_code=1, at=1010.0)
    assert journal.answers("r1")
    assert journal.inputs("r1")


def test_a_run_that_ended_well_keeps_no_replies_no_inputs_and_no_reads(journal):
    journal.begin(start())
    journal.sending("r1", sent(request="<q>OFAREAD</q>"))
    journal.keep_answer("r1", "gather/half_hours[2]", 1, REPLY)
    journal.keep("r1", "state", {"boId": 12})
    send_order(journal)
    assert journal.results("r1") == {"state": {"boId": 12}}
    journal.end("r1", Status.DONE, exit_code=0, at=1010.0)
    assert (journal.answers("r1"), journal.inputs("r1"), journal.results("r1")) == ({}, None, {})
    assert [effect.request for effect in journal.show("r1").effects] == [None, "<q>•••</q>"]


def test_the_file_keeps_nothing_of_a_run_that_ended_well(tmp_path):
    reply = os.urandom(3000)
    stored = zlib.compress(reply, 1)[100:2900]
    read = f"<q>{os.urandom(400).hex()}</q>"
    words = zlib.compress(read.encode(), 1)[10:-10]
    with Journal(tmp_path / "journal.db") as journal:
        journal.begin(start())
        journal.sending("r1", sent(request=read))
        journal.keep_answer("r1", "gather/half_hours[2]", 1, KeptAnswer("{}", reply))
        send_order(journal)
        before = everything(tmp_path)
        journal.end("r1", Status.DONE, exit_code=0, at=1010.0)
        after = everything(tmp_path)
    for part in (words, stored[:200], stored[-200:]):
        assert part in before
        assert part not in after


def test_an_order_goes_from_planned_to_done(journal):
    journal.begin(start())
    journal.plan(order(planned=1000.5))
    journal.plan(order(planned=9999.0))
    assert [(o.state, o.planned) for o in journal.show("r1").orders] == [
        (OrderState.PLANNED, 1000.5)
    ]
    assert journal.open_orders() == ()
    send_order(journal)
    (one,) = journal.open_orders()
    assert (one.state, one.planned) == (OrderState.SENDING, 1000.5)
    assert one.sending == pytest.approx(time.time(), abs=60)  # by the clock of the journal
    journal.settle("r1", "contract", OrderState.DONE, at=1002.0)
    assert journal.open_orders() == ()
    (one,) = journal.show("r1").orders
    assert (one.state, one.settled, one.operation, one.point) == (
        OrderState.DONE,
        1002.0,
        "subscribe",
        "25946599093143",
    )


@pytest.mark.parametrize("state", [None, OrderState.DONE, OrderState.REFUSED, OrderState.UNKNOWN])
def test_an_order_that_may_have_left_never_leaves_again(journal, state):
    journal.begin(start())
    send_order(journal)
    if state:
        journal.settle("r1", "contract", state, code="SGT570", at=1002.0)
    before = journal.show("r1")
    with pytest.raises(TechnicalError, match="subscribe of step contract was already sent"):
        journal.sending("r1", sent("contract", attempt=2, kind=Kind.ORDER), order())
    assert journal.show("r1") == before


def test_a_refused_note_takes_no_waiting_note_with_it(journal):
    journal.begin(start())
    send_order(journal)
    journal.sending("r1", sent())
    with pytest.raises(TechnicalError):
        send_order(journal)
    assert [effect.key for effect in journal.show("r1").effects] == [
        "contract",
        "gather/half_hours[2]",
    ]


def test_orders_whose_answer_was_lost_become_unknown(journal):
    journal.begin(start())
    send_order(journal)
    assert [o.state for o in journal.mark_unknown_orders("r1")] == [OrderState.UNKNOWN]
    assert [o.state for o in journal.mark_unknown_orders("r1")] == [OrderState.UNKNOWN]
    assert [o.run for o in journal.open_orders()] == ["r1"]
    journal.settle("r1", "contract", OrderState.REFUSED, code="SGT431", at=1005.0)
    assert journal.open_orders() == ()
    assert journal.show("r1").orders[0].code == "SGT431"


def test_an_unsettled_order_is_in_the_way_of_all_periods_and_an_accepted_one_of_its_own(journal):
    journal.begin(start())
    send_order(journal, fingerprint="f1.june")
    journal.begin(start("r2"))

    def find_conflict(fingerprint):
        words = sent("contract", kind=Kind.ORDER)
        other = journal.sending("r2", words, order("r2", fingerprint=fingerprint), repeat_after=DAY)
        if other is None:
            journal.settle("r2", "contract", OrderState.PLANNED, at=1003.0)
        return other is not None

    assert find_conflict("f1.july")
    assert find_conflict("f1.june")
    assert not find_conflict("f11.june")
    assert not find_conflict("f0.june")
    journal.settle("r1", "contract", OrderState.DONE, at=1002.0)
    journal.end("r1", Status.DONE, exit_code=0, at=1003.0)
    assert not find_conflict("f1.july")
    assert find_conflict("f1.june")


def test_the_same_order_is_in_the_way_while_it_is_unsettled_and_for_a_time_after(journal):
    journal.begin(start())
    send_order(journal, "r1")

    def again(run="r2", key="contract", fingerprint="f1", repeat_after=DAY):
        one = order(run, key, fingerprint)
        words = sent(key, kind=Kind.ORDER)
        found = journal.sending(run, words, one, repeat_after=repeat_after)
        if found is None:
            journal.settle(run, key, OrderState.REFUSED, at=1003.0)
        return found and (found.run, found.state)

    assert again() == ("r1", OrderState.SENDING)
    assert again("r1", "elsewhere") == ("r1", OrderState.SENDING)
    assert again(repeat_after=0.0) == ("r1", OrderState.SENDING)
    assert again(fingerprint="f2", key="other") is None
    journal.settle("r1", "contract", OrderState.UNKNOWN, at=1002.0)
    assert again() == ("r1", OrderState.UNKNOWN)
    journal.settle("r1", "contract", OrderState.DONE, at=1002.0)
    assert again() == ("r1", OrderState.DONE)
    assert [one.key for one in journal.show("r1").orders] == ["contract"]
    journal.begin(start("r3"))
    send_order(journal, "r3", planned=5000.0)
    assert again() == ("r3", OrderState.SENDING)
    journal.settle("r3", "contract", OrderState.REFUSED, at=1002.0)
    assert again(repeat_after=0.0) is None
    journal.settle("r1", "contract", OrderState.REFUSED, at=1002.0)
    assert again(key="third") is None


def test_a_clock_that_is_set_ahead_lets_no_order_pass_twice(journal):
    def again():
        words = sent("contract", kind=Kind.ORDER)
        return journal.sending("r2", words, order("r2"), repeat_after=DAY)

    for run in ("r1", "r2"):
        journal.begin(start(run))
    send_order(journal)
    journal.settle("r1", "contract", OrderState.DONE)
    journal.end("r1", Status.DONE, exit_code=0, at=time.time())
    ahead = time.time() + 2 * DAY
    with time_machine.travel(ahead, tick=True):
        other = again()
        assert (other.run, other.age < DAY) == ("r1", True)
        assert journal.prune(time.time(), repeat_after=DAY) == ("r2",)
        journal.begin(start("r2"))
    # settled elsewhere, long ago it seems, and sent by this machine a moment ago
    with journal._database.writing() as link:
        link.execute("UPDATE orders SET settled_boot = 'another', settled = settled - ?", (DAY,))
    assert again().run == "r1"
    # sent by another machine, or before the last start of this one, which has sent another since
    with journal._database.writing() as link:
        link.execute("UPDATE orders SET boot = 'another', settled = settled + ?", (DAY,))
    journal.sending("r2", sent("else", kind=Kind.ORDER), order("r2", "else", "f9"))
    with time_machine.travel(ahead, tick=True):
        assert again().run == "r1"
    with journal._database.writing() as link:
        link.execute("UPDATE orders SET settled = settled - ? WHERE run = 'r1'", (DAY,))
    assert again() is None


@pytest.mark.parametrize("is_by_hand", [False, True])
def test_an_order_is_as_old_as_its_settling_and_not_as_its_note(journal, monkeypatch, is_by_hand):
    """Its process stood still before it left, or a person settled it on the next day."""
    up, now, clock_gettime = time.clock_gettime(time.CLOCK_BOOTTIME), time.time(), "clock_gettime"
    for run in ("r1", "r2"):
        journal.begin(start(run))
    send_order(journal)
    with time_machine.travel(now + 1.25 * DAY) as moved:
        monkeypatch.setattr(time, clock_gettime, lambda _: up + 1.25 * DAY)
        if is_by_hand:
            journal.settle("r1", "contract", OrderState.UNKNOWN)
            assert journal.settle_by_hand(journal.open_orders()[0], OrderState.DONE)
        else:
            journal.settle("r1", "contract", OrderState.DONE)
        journal.end("r1", Status.DONE, exit_code=0, at=time.time())

        def again():
            words = sent("contract", kind=Kind.ORDER)
            return journal.sending("r2", words, order("r2"), repeat_after=DAY)

        assert again().run == "r1"
        moved.shift(0.9 * DAY)
        monkeypatch.setattr(time, clock_gettime, lambda _: up + 2.15 * DAY)
        assert again().age == pytest.approx(0.9 * DAY, abs=60)
        moved.shift(0.2 * DAY)
        monkeypatch.setattr(time, clock_gettime, lambda _: up + 2.35 * DAY)
        assert again() is None


SAME = """
import sys
from pathlib import Path
from sgeflow.adapters.state.records import Order, SentRequest
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import home_at
from sgeflow.core.model import Kind
run = sys.argv[2]
with Journal(home_at(sys.argv[1], Path()).journal) as journal:
    sys.stdin.read(1)
    for number in range(60):
        order = Order(run=run, key=f"k{number}", operation="o", point="p", fingerprint=f"f{number}")
        sent = SentRequest(key=order.key, attempt=1, kind=Kind.ORDER, label="o", request="", at=2.0)
        if journal.sending(run, sent, order, repeat_after=1e9) is None:
            print(number, flush=True)
"""


def test_of_the_same_order_in_two_processes_at_once_exactly_one_leaves(home):
    Journal(home.journal).close()
    processes = [start_program(SAME, text_of(home), run) for run in ("r1", "r2", "r3")]
    for process in processes:
        process.stdin.write("g")
        process.stdin.flush()
    left = [process.communicate(timeout=60)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sorted(int(number) for one in left for number in one) == list(range(60))


def test_pruning_forgets_old_runs_but_not_unsettled_orders(journal):
    for number in range(4):
        journal.begin(start(f"r{number}", started=float(number)))
        journal.sending(f"r{number}", sent())
    send_order(journal, "r1")
    send_order(journal, "r2")
    journal.settle("r2", "contract", OrderState.DONE, at=5.0)
    journal.end("r2", Status.DONE, exit_code=0, at=6.0)
    assert set(journal.prune(3.0)) == {"r0", "r2"}
    assert [entry.run for entry in journal.runs()] == ["r3", "r1"]
    assert journal.show("r2") is None
    assert journal.prune(3.0) == ()


def test_pruning_keeps_what_stands_in_the_way_of_the_same_order(journal):
    journal.begin(start("r1", started=1.0))
    send_order(journal, "r1")
    journal.settle("r1", "contract", OrderState.DONE, at=5.0)
    assert journal.prune(9.0) == ()  # it was stopped behind it
    journal.end("r1", Status.FAILED, exit_code=4, at=6.0, summary="SGT500")
    assert journal.prune(9.0, repeat_after=DAY) == ()
    assert journal.prune(9.0) == ("r1",)


def test_pruning_takes_a_fleet_with_its_rows_or_not_at_all(journal):
    for fleet, began in (("f1", 1.0), ("f2", 1.0), ("f3", 1.0)):
        entry = FleetEntry(run=fleet, file="points.csv", digest="d", total=2)
        journal.begin(start(fleet, started=began), entry)
        for number in (1, 2):
            journal.begin(start(f"{fleet}.{number}", started=began + number))
            journal.sending(f"{fleet}.{number}", sent())
    send_order(journal, "f2.2")
    assert journal.prune(2.0, is_at_work=lambda run: run == "f3") == ("f1",)
    assert [journal.show(f"f1.{n}") for n in (1, 2)] == [None, None]
    assert journal.fleet("f1") is None
    assert [number for number, *_ in journal.rows("f2")] == [1, 2]
    assert journal.fleet("f2").total == journal.fleet("f3").total == 2


def test_a_fleet_of_which_only_rows_went_is_not_gone_on_with_and_goes_the_next_time(
    journal, monkeypatch
):
    journal.begin(start("f1"), FleetEntry(run="f1", file="points.csv", digest="d", total=120))
    for number in range(1, 121):
        journal.begin(start(f"f1.{number}"))
    told, delete = [], journal_module._delete

    def full(connection, where, values):
        if where == journal_module.OF_RUN:
            raise storage_error(say("the disk is full"), say("free some space"))
        delete(connection, where, values)

    with monkeypatch.context() as patched:
        patched.setattr(journal_module, "_delete", full)
        with pytest.raises(TechnicalError) as caught:
            journal.prune(2000.0, gone=told.append)
    assert dict(caught.value.problems[0].details)["before"] == "0 runs deleted"
    assert len(journal.rows("f1")) < 50
    assert (journal.inputs("f1"), told) == (None, [])
    assert [entry.run for entry in journal.runs()] == ["f1"]
    assert journal.prune(2000.0, gone=told.append) == ("f1",)
    assert (journal.runs(), journal.rows("f1"), told) == ((), (), ["f1"])


def test_side_by_side_calls_are_all_noted(journal):
    journal.begin(start())

    def calls(name):
        for number in range(50):
            key = f"{name}[{number}]"
            journal.sending("r1", sent(key))
            journal.keep_answer("r1", key, 1, REPLY)
            journal.note_outcome("r1", record(key))

    threads = [Thread(target=calls, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(journal.answers("r1")) == 200
    assert {effect.outcome for effect in journal.show("r1").effects} == {"ok"}


KILLED = """
import sys
from pathlib import Path
from sgeflow.adapters.state.records import Order, RunStart, SentRequest
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import home_at
from sgeflow.core.model import Kind
journal = Journal(home_at(sys.argv[1], Path()).journal)
run = sys.argv[2]
journal.begin(RunStart(run=run, flow="f", environment="e", today="", now="", started=1.0))
for number in range(100_000):
    key = f"order[{number}]"
    order = Order(run=run, key=key, operation="o", point="p", fingerprint=key)
    journal.sending(run, SentRequest(key=key, attempt=1, kind=Kind.ORDER, label="o", request="", at=2.0), order)
    print(key, flush=True)
"""


def test_no_order_that_left_is_unknown_to_the_journal_after_a_kill(home):
    for number in range(6):
        run = f"r{number}"
        process = start_program(KILLED, text_of(home), run)
        left = [process.stdout.readline().strip() for _ in range(3 + 7 * number)]
        process.send_signal(signal.SIGKILL)
        left += process.stdout.read().split()
        process.communicate(timeout=30)
        with Journal(home.journal) as journal:
            known = {one.key for one in journal.mark_unknown_orders(run)}
        assert known >= set(left)
    if home.server:
        return
    link = sqlite3.connect(home.journal)
    assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    link.close()


def test_the_documents_of_runs_are_kept_once_and_go_with_the_last_of_their_runs(journal):
    text = "flow: konnector\n"
    for number, documents in enumerate(("flows/a d1\nflows/b d2", "flows/a d1", "flows/a d3")):
        kept = {line.partition(" ")[2]: text + line for line in documents.splitlines()}
        began = replace(start(f"r{number}", float(number)), documents=documents, texts=kept)
        journal.begin(began)
        journal.end(f"r{number}", Status.FAILED, exit_code=5, at=9.0)
    assert journal.texts(("d1", "d2", "d3", "d4")) == {
        "d1": f"{text}flows/a d1",
        "d2": f"{text}flows/b d2",
        "d3": f"{text}flows/a d3",
    }
    journal.prune(1.0)
    assert set(journal.texts(("d1", "d2", "d3"))) == {"d1", "d3"}


def test_of_runs_about_one_person_that_failed_the_last_one_keeps_its_inputs(journal):
    for number in range(3):
        fail(journal, f"r{number}", 1000.0 + number)
    assert [journal.inputs(f"r{number}") is None for number in range(3)] == [True, True, False]


def test_a_run_whose_order_nobody_knows_of_keeps_its_inputs_whatever_comes_later(journal):
    journal.begin(replace(start("r0"), person="the household"))
    send_order(journal, "r0", token="t")
    journal.settle("r0", "contract", OrderState.UNKNOWN, token="t")
    journal.end("r0", Status.FAILED, exit_code=8, at=1001.0, summary="SGE301")
    fail(journal, "r1", 1002.0)
    assert journal.inputs("r0") is not None


def test_a_run_that_was_stopped_keeps_its_inputs_for_it_goes_on(journal):
    journal.begin(replace(start("r0"), person="the household"))
    journal.begin(replace(start("r1", 1001.0), person="the household"))
    journal.end("r1", Status.FAILED, exit_code=130, at=1002.0)
    fail(journal, "r2", 1003.0)
    assert journal.inputs("r0") is not None
    assert journal.inputs("r1") is not None
