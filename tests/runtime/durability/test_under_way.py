"""An order that may still be under way is not taken for one that was not accepted."""

import json
import signal
import time
from contextlib import closing

import pytest
from msgspec.structs import replace

import sgeflow
from sgeflow.adapters.state.journal import JOURNAL, Journal
from sgeflow.adapters.state.open import open_database
from sgeflow.adapters.state.postgres import AdvisoryLocks
from sgeflow.adapters.state.records import KeptAnswer, Order, OrderState, RunStart, SentRequest
from sgeflow.adapters.state.run_lock import hold_run
from sgeflow.cli.main import run as command
from sgeflow.core.engine.ports import Lateness
from sgeflow.core.model import CallRecord, FaultClass, Kind, NoAnswer, Request, Status
from sgeflow.errors import GuardError, Id, Problem, TechnicalError
from sgeflow.runtime.journal.history import prune
from sgeflow.runtime.journal.log import JournalLog
from sgeflow.runtime.journal.recovery import earlier_of
from sgeflow.runtime.options import Options
from sgeflow.runtime.resume import resolve
from tests.postgres import ON_FILES, ON_SERVERS, on_servers_too, text_of
from tests.runtime.durability.conftest import BEHIND_A_READ, TODAY, outputs_for, until
from tests.runtime.durability.test_faults import ORDER
from tests.runtime.durability.test_settling import begun, state, under_way

pytestmark = on_servers_too("a lock of the server can be lost without a sign")


KEY = "main/order#x"


def lose_lock(home, run, postgres):
    """Take the lock of the one run that is at work away from whoever has it."""
    if home.server is None:
        home.lock(run).unlink()
        return
    database = home.server.reveal().split("/")[3].partition("?")[0]
    ended = postgres.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
        "AND objsubid = 1 AND database = (SELECT oid FROM pg_database "
        f"WHERE datname = '{database}')"
    )
    assert ended == [(True,)]


@ON_SERVERS
@pytest.mark.parametrize("how", ["run", "call"])
def test_whoever_lost_its_lock_is_answered_and_nobody_took_its_order_for_refused(
    world, how, postgres, capsys
):
    with begun(world, how) as (here, process):
        run = here.last_run().run
        lose_lock(here.home, run, postgres)
        told = ["orders", "resolve", run, "--not-accepted", "--state", text_of(here.home)]
        assert command(told) == 8
        words = " ".join(capsys.readouterr().err.split())
        assert f"{ORDER} of run {run} may still be under way, until 20" in words
        assert f"from then on: sgeflow orders resolve {run} --not-accepted" in words
        assert under_way(here)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, "the lock of run" in err) == (5, True), err
    assert here.last_run().ended is None  # that is for whoever holds it
    assert here.noted("SELECT state FROM orders WHERE run = ?", run) == [("done",)]
    assert here.orders() == {ORDER: 1}


@ON_SERVERS
@pytest.mark.parametrize(
    ("word", "stands", "so"),
    [
        ("--accepted", "done", "it is noted as a late one, and changes nothing"),
        (
            "--not-accepted",
            "unknown",
            "it says accepted of what counted as not accepted: nobody knows now, see sgeflow orders",
        ),
    ],
)
def test_a_late_answer_is_told_and_noted_and_makes_no_order_of_a_persons_word(
    world, word, stands, so, postgres
):
    with begun(world, "run") as (here, process):
        run = here.last_run().run
        lose_lock(here.home, run, postgres)
        if word == "--not-accepted":
            here.let_go(run)
        more = (*outputs_for(word), word, "--state", text_of(here.home))
        assert command(["orders", "resolve", run, *more]) == 0
    _, err = process.communicate(timeout=60)
    assert f"came after it had been settled: {so}" in " ".join(err.split())
    ((now, code, late),) = here.noted("SELECT state, code, late FROM orders WHERE run = ?", run)
    assert (now, code, late) == (stands, "by hand" if stands == "done" else "", "done")
    assert here.orders() == {ORDER: 1}
    code, _, err = here.run("resume", run)
    assert code == 0, err
    assert here.orders() == {ORDER: 1}


def test_no_order_leaves_once_the_lock_is_lost(world, postgres, monkeypatch):
    monkeypatch.setenv("BO_TOKEN", "simulator")
    here = world()
    (here.folder / "flows").mkdir()
    (here.folder / "flows" / "two.yaml").write_text(BEHIND_A_READ.format(name="two"))
    given = {"pointId": here.server.household["pointId"]}
    options = Options(environment="lasting", today=TODAY, state=here.home, run="r1")

    def lose_behind_the_read(event):
        if isinstance(event, CallRecord):
            lose_lock(here.home, "r1", postgres)

    with pytest.raises(TechnicalError, match="the lock of run r1 was lost") as caught:
        sgeflow.run(
            "two",
            given,
            workspace=sgeflow.open_catalog(here.folder),
            options=options,
            listener=lose_behind_the_read,
        )
    assert ("next", here.home.command("resume", "r1")) in caught.value.problems[0].details
    assert here.orders() == {}
    assert here.last_run().ended is None
    run = "r1"
    code, _, err = here.run("resume", run)
    assert code == 0, err
    assert here.orders() == {ORDER: 1}


@ON_FILES
def test_after_a_kill_an_order_counts_as_not_accepted_only_when_its_time_is_over(world):
    with begun(world, "run") as (here, process):
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    run = here.last_run().run
    words = ("orders", "resolve", run, "--not-accepted")
    here.age(run, 122)  # of twice 60 in all, and twice 10 until its bytes leave
    assert here.run(*words)[0] == 8
    code, out, _ = here.run("orders", "--output", "json")
    assert code == 0
    (listed,) = json.loads(out)
    assert listed["under way until"] > listed["sent"]
    until(lambda: here.server.world.services(here.server.household["pointId"]))
    code, _, err = here.run("resume", run)
    assert code == 0, err  # the search has found it
    assert here.orders() == {ORDER: 1}


@ON_FILES
def test_a_single_call_that_was_not_accepted_is_called_again(world):
    with begun(world, "call") as (here, process):
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    run = here.last_run().run
    here.age(run, 3600)
    code, _, err = here.run("orders", "resolve", run, "--not-accepted")
    assert (code, "resume" in err, f"sgeflow call {ORDER}" in err) == (0, False, True), err


# -- in the journal -----------------------------------------------------------------------------------


@pytest.fixture
def journal(home):
    with Journal(home.journal) as journal:
        yield journal


def sent(journal, token="one", lasts=60.0, run="r1"):
    """An order that is under way."""
    named = {"flow": "main", "environment": "here", "today": TODAY, "now": f"{TODAY}T10:00:00"}
    journal.begin(RunStart(run=run, started=time.time(), **named))
    again(journal, token, lasts, run)


def again(journal, token, lasts=60.0, run="r1"):
    request = SentRequest(key=KEY, attempt=1, kind=Kind.ORDER, label="x", request="", at=1.0)
    order = Order(
        run=run, key=KEY, operation="x", point="p", fingerprint="a.", token=token, lasts=lasts
    )
    journal.sending(run, request, order)


def order_of(journal, run="r1"):
    (order,) = journal.show(run).orders
    return order


def age(home, seconds):
    with closing(open_database(home.journal, JOURNAL)) as database, database.writing() as link:
        link.execute("UPDATE orders SET sending = sending - ?, up = up - ?", (seconds, seconds))


def test_the_answer_to_an_earlier_sending_leaves_the_next_one_as_it_is(journal, home):
    answer = "refused"
    send_once_more(journal, home)
    assert journal.keep_answer("r1", KEY, 1, KeptAnswer("{}", b"of the first"), token="one") is None
    late = journal.settle("r1", KEY, OrderState(answer), token="one", code="", at=3.0)
    assert late is Lateness.LATE
    order = order_of(journal)
    assert (order.state, order.token, order.late) == (OrderState.SENDING, "two", answer)
    assert journal.answers("r1") == {}
    journal.leave_open("r1", KEY, "one")
    journal.settle("r1", KEY, OrderState.PLANNED, token="one", at=3.0)
    assert state(journal) is OrderState.SENDING
    journal.keep_answer("r1", KEY, 1, KeptAnswer("{}", b"of the second"), token="two")
    in_time = journal.settle("r1", KEY, OrderState.DONE, token="two", at=4.0)
    assert in_time is Lateness.IN_TIME
    assert (state(journal), journal.answers("r1")) == (
        OrderState.DONE,
        {(KEY, 1): KeptAnswer("{}", b"of the second")},
    )


def send_once_more(journal, home, run="r1"):
    """An order that a person found not accepted has left again."""
    sent(journal, run=run)
    age(home, 121)
    resolve(home, run, "", accepted=False)
    again(journal, "two", run=run)


@pytest.mark.parametrize("second", [OrderState.REFUSED, OrderState.PLANNED, OrderState.DONE])
def test_an_earlier_sending_that_was_accepted_is_never_hidden_by_the_next(journal, home, second):
    """Whichever of the two answers comes last, the order is on the list of a person."""
    is_double = second is OrderState.DONE
    for run, is_first in (("r1", True), ("r2", False)):
        send_once_more(journal, home, run)
        journal.keep_answer(run, KEY, 1, KeptAnswer("{}", b"of the second"), token="two")
        answers = {"one": OrderState.DONE, "two": second}
        heard = [
            journal.settle(run, KEY, answers[token], token=token, at=3.0)
            for token in (("one", "two") if is_first else ("two", "one"))
        ]
        late = Lateness.DOUBLED if is_double else Lateness.DISPUTED
        in_turn = [Lateness.LATE, Lateness.DOUBTED] if is_first else [Lateness.IN_TIME, late]
        assert heard == in_turn
        order = order_of(journal, run)
        assert (order.state, order.late, order.code) == (OrderState.UNKNOWN, "done", "")
        assert journal.answers(run) == {}  # nobody goes on from a word that is not the whole
    assert [one.run for one in journal.open_orders()] == ["r1", "r2"]
    journal.settle("r2", KEY, OrderState.REFUSED, token="one", at=4.0)
    assert order_of(journal, "r2").late == "done"
    journal.settle("r1", KEY, OrderState.DONE, token="two", found=True)
    assert state(journal, "r1") is OrderState.DONE  # one thing was made, and it was found


def test_what_a_person_says_of_a_doubtful_order_holds(journal, home):
    send_once_more(journal, home)
    journal.settle("r1", KEY, OrderState.DONE, token="one", at=3.0)
    journal.settle("r1", KEY, OrderState.REFUSED, token="two", at=4.0)
    assert state(journal) is OrderState.UNKNOWN
    assert resolve(home, "r1", "", accepted=False).state is OrderState.PLANNED
    again(journal, "three")
    assert journal.settle("r1", KEY, OrderState.REFUSED, token="three", at=5.0) is Lateness.IN_TIME
    assert state(journal) is OrderState.REFUSED


def test_how_long_an_order_may_be_under_way_is_kept_with_its_departure(journal, home):
    """Nobody says when its sender died: it may have been as late as a call may last."""
    sent(journal, lasts=60.0)
    assert 115 < journal.under_way(order_of(journal)) <= 120
    journal.mark_unknown_orders("r1")  # whoever goes on with the run knows no better
    journal.mark_unknown_orders("r1")
    assert 115 < journal.under_way(order_of(journal)) <= 120
    (listed,) = journal.open_orders()
    assert 115 < listed.left <= 120
    for aged, allowed in ((110, False), (11, True)):
        age(home, aged)
        if not allowed:
            with pytest.raises(GuardError, match="may still be under way"):
                resolve(home, "r1", "", accepted=False)
            assert state(journal) is OrderState.UNKNOWN
    assert resolve(home, "r1", "", accepted=False).state is OrderState.PLANNED


def test_a_clock_that_was_set_forward_does_not_end_it_on_the_machine_that_sent_it(journal, home):
    sent(journal)
    with closing(open_database(home.journal, JOURNAL)) as database, database.writing() as link:
        link.execute("UPDATE orders SET sending = sending - 3600")
    order = order_of(journal)
    if not order.boot:
        pytest.skip("this machine does not tell since when it is up")
    assert journal.under_way(order) > 115
    assert journal.under_way(replace(order, boot="another")) == 0


@pytest.mark.parametrize("how", ["no answer", "one that does not tell"])
def test_a_gateway_that_gave_up_may_carry_an_order_out_for_as_long_again(journal, home, how):
    sent(journal, lasts=60.0)
    age(home, 40)
    for _ in range(2):  # said twice, it is no later
        if how == "no answer":
            journal.settle("r1", KEY, OrderState.UNKNOWN, token="one")
        else:
            journal.leave_open("r1", KEY, "one")
    assert 55 < journal.under_way(order_of(journal)) <= 60
    age(home, 55)
    with pytest.raises(GuardError, match="may still be under way") as caught:
        resolve(home, "r1", "", accepted=False)
    assert "a gateway on the way" in dict(caught.value.problems[0].details)["why"]
    assert not journal.absent("r1", KEY, "r", ago=0.0, after=1.0, made=time.time())
    assert state(journal) is OrderState.UNKNOWN
    age(home, 6)
    assert resolve(home, "r1", "", accepted=False).state is OrderState.PLANNED
    assert order_of(journal).lasts is None


def test_what_a_gateway_may_still_carry_out_a_person_may_call_accepted_at_once(journal, home):
    sent(journal)
    journal.leave_open("r1", KEY, "one")
    assert resolve(home, "r1", "", accepted=True).state is OrderState.DONE


def test_a_read_proves_no_order_absent_that_may_be_under_way(journal, home):
    sent(journal)
    journal.mark_unknown_orders("r1")
    age(home, 90)
    assert not journal.absent("r1", KEY, "r", ago=0.0, after=1.0, made=time.time())
    age(home, 31)
    assert journal.absent("r1", KEY, "r", ago=0.0, after=1.0, made=time.time())
    late = journal.settle("r1", KEY, OrderState.DONE, token="one", at=3.0)
    assert late is Lateness.DISPUTED
    assert (state(journal), order_of(journal).late) == (OrderState.UNKNOWN, "done")


def test_two_that_settle_at_once_are_told_apart_by_the_sending(journal, home):
    sent(journal)
    seen = order_of(journal)
    assert journal.settle_by_hand(seen, OrderState.DONE)
    assert not journal.settle_by_hand(seen, OrderState.DONE)
    assert not journal.settle_by_hand(replace(order_of(journal), token="one"), OrderState.PLANNED)


def test_a_server_that_lets_a_lock_go_says_so_and_needs_not_be_asked(home, journal, postgres):
    with hold_run(home, "r1") as hold:
        hold.check(surely=True)
        lose_lock(home, "r1", postgres)
        until(lambda: not hold.is_kept(), seconds=0.9)


@ON_SERVERS
def test_a_lock_is_asked_for_again_after_a_while_and_before_each_order(home, journal, monkeypatch):
    asked = []
    answers = AdvisoryLocks._answers
    monkeypatch.setattr(
        AdvisoryLocks, "_answers", lambda self, text: asked.append(text) or answers(self, text)
    )
    with hold_run(home, "r1") as hold:
        for _ in range(3):
            hold.check()
        assert asked == ["SELECT 1"]
        hold.check(surely=True)
        assert asked == ["SELECT 1"] * 2
        monkeypatch.setattr("sgeflow.adapters.state.postgres._A_WHILE", 0.0)
        hold.check()
        assert asked == ["SELECT 1"] * 3


REQUEST = Request(
    endpoint="sge",
    method="POST",
    path="/",
    headers={},
    body=b"",
    label="x",
    kind=Kind.ORDER,
    is_operation=True,
)
NOT_SENT = NoAnswer(
    sent=False,
    problem=Problem(id=Id.NO_ANSWER, message="x"),
    fault_class=FaultClass.NETWORK,
)


def test_a_run_that_is_about_to_go_on_is_not_pruned(journal, home):
    sent(journal)
    journal.settle("r1", KEY, OrderState.REFUSED, token="one", code="SGT431", at=2.0)
    journal.end("r1", Status.FAILED, exit_code=4, at=3.0, summary="SGT431")
    with hold_run(home, "r1"):
        assert prune(home, "0").runs == 0
    assert prune(home, "0").runs == 1


def test_no_answer_changes_nothing_of_what_was_settled(journal, home):
    sent(journal)
    journal.settle_by_hand(order_of(journal), OrderState.DONE)
    log = JournalLog(journal=journal, run="r1")
    log.before.tokens[KEY] = "one"
    log.note_answer(KEY, 1, REQUEST, NOT_SENT)
    assert (state(journal), order_of(journal).late) == (OrderState.DONE, "")


def test_a_try_that_did_not_leave_is_not_the_answer_of_one_that_did(journal):
    sent(journal)
    log = JournalLog(journal=journal, run="r1")
    log.before.tokens[KEY] = "one"
    log.note_answer(KEY, 1, REQUEST, NOT_SENT)
    log.sending(KEY, 2, REQUEST, "f.")
    assert earlier_of(journal, "r1").lost == {KEY}  # killed while it waited
    token = order_of(journal).token
    journal.settle("r1", KEY, OrderState.DONE, token=token, found=True)
    before = earlier_of(journal, "r1")
    assert before.lost == {KEY}
    tries = [before.recorded_answer(KEY, attempt, REQUEST) for attempt in (1, 2)]
    assert [one.sent for one in tries] == [False, None]  # the second is looked for again
