"""What the journal keeps is kept once, and goes with the last that needs it: nothing outlasts it."""

import contextlib
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from sgeflow.adapters.state.contents import OWNERS, pack_steps, unpack, unpack_steps
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import FleetEntry, KeptAnswer, OrderState
from sgeflow.core.model import Failure, Kind, Status, StepTrace
from sgeflow.errors import Id, Problem, SgeflowError
from sgeflow.messages import from_table, say, say_count
from tests.adapters.state.test_journal import order, record, sent, start
from tests.examples import some
from tests.postgres import on_servers_too

pytestmark = on_servers_too("what runs share is counted by SQL")


KEY = "gather/half_hours[2]"
STATES = Path(__file__).parents[2] / "data" / "states"  # that earlier versions made
REPLY = KeptAnswer('{"status": 200}', b"<reply><lastname>MARTINEAU</lastname></reply>")


@pytest.fixture
def journal(home):
    with Journal(home.journal) as opened:
        yield opened


def contents(journal):
    """All that is kept once, in the order in which it came."""
    with journal._reading() as connection:
        rows = connection.execute("SELECT content FROM bodies ORDER BY id").fetchall()
    return [unpack(content) for (content,) in rows]


def owners(journal):
    """The numbers that name bodies, and those of the bodies that are kept."""
    with journal._reading() as connection:
        named = {
            number
            for table, column in OWNERS
            for (number,) in connection.execute(f"SELECT {column} FROM {table}").fetchall()
        }
        kept = {number for (number,) in connection.execute("SELECT id FROM bodies").fetchall()}
    return named - {None}, kept


def read(journal, run, answer=REPLY, key=KEY, words="<q>•••</q>", **waits):
    journal.sending(run, sent(key, request=words))
    journal.note_outcome(run, replace(record(key), **waits), answer)


def whole(journal, run, **more):
    """A run of two reads that ends well."""
    journal.begin(start(run), **more)
    read(journal, run)
    read(journal, run, key="gather/daily", waited=1.5, paused=0.25)
    steps = [
        StepTrace(
            trail="a",
            verb="call",
            title="",
            status=Status.DONE,
            started=1000.75,
            seconds=0.25,
            gave=None,
        ),
        StepTrace(
            trail="b",
            verb="call",
            title="",
            status=Status.DONE,
            started=1001.25,
            seconds=0.5,
            summary=f"of {run}",
            gave={"fields": {"rows": len(run), "kept": [run, "***"]}},
        ),
    ]
    journal.keep_steps(run, pack_steps(steps, {"pointId": "***"}, {"of": run}, [run]))
    journal.end(run, Status.DONE, exit_code=0, at=1010.0)


def test_a_reply_that_two_runs_got_stays_until_the_last_of_them_has_ended_well(journal):
    for run in ("r1", "r2"):
        journal.begin(start(run))
        read(journal, run)
    assert contents(journal).count(REPLY.body) == 1
    journal.end("r1", Status.DONE, exit_code=0, at=1010.0)
    assert journal.answers("r2") == {(KEY, 1): REPLY}
    journal.end("r2", Status.DONE, exit_code=0, at=1011.0)
    assert REPLY.body not in contents(journal)
    assert b"<q>\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2</q>" not in contents(journal)


def test_a_second_run_of_the_same_flow_keeps_nothing_once_more(journal):
    whole(journal, "r1")
    before = contents(journal)
    assert before == [b"abc123"]  # the listing of documents
    whole(journal, "r2")
    assert contents(journal) == before
    whole(journal, "other-flow-name")
    assert contents(journal) == before


def test_a_fleet_keeps_one_of_what_its_rows_have_alike(journal):
    journal.begin(start("f1"), FleetEntry(run="f1", file="points.csv", digest="d", total=100))
    for number in range(1, 101):
        whole(journal, f"f1.{number}")
    journal.end("f1", Status.DONE, exit_code=0, at=1020.0)
    assert contents(journal) == [b"abc123"]
    (entry,) = journal.runs()
    assert (entry.calls, journal.show("f1.77").entry.calls) == (200, 2)


def test_each_run_has_its_own_back_of_what_is_shared(journal):
    for run in ("r1", "r22"):
        whole(journal, run)
    for run in ("r1", "r22"):
        kept = journal.steps(run)
        assert [(step.trail, step.started, step.seconds, step.summary) for step in kept.steps] == [
            ("a", 1000.75, 0.25, ""),
            ("b", 1001.25, 0.5, f"of {run}"),
        ]
        assert kept.steps[1].gave == {"fields": {"rows": len(run), "kept": [run, "***"]}}
        assert kept.steps[0].gave is None
        assert (kept.inputs, kept.outputs) == ({"pointId": "***"}, {"of": run})
        assert kept.warnings == (run,)
        details = journal.show(run)
        assert details.entry.documents == "abc123"
        assert [
            (one.key, one.started, one.seconds, one.waited, one.paused) for one in details.effects
        ] == [
            (KEY, 1001.0, 0.25, 0.0, 0.0),
            ("gather/daily", 1001.0, 0.25, 1.5, 0.25),
        ]


def test_a_read_that_asks_for_something_else_lets_go_of_what_it_asked_before(journal):
    journal.begin(start())
    read(journal, "r1", words="<q>a name</q>")
    journal.sending("r1", sent(KEY, request="<q>another</q>"))
    kept = contents(journal)
    assert b"<q>another</q>" in kept
    assert b"<q>a name</q>" not in kept
    assert REPLY.body not in kept


def test_of_the_answer_to_anothers_request_nothing_is_kept(journal):
    journal.begin(start())
    read(journal, "r1")
    journal.note_outcome("r1", record(outcome=Id.OTHER_ANSWER.code))
    assert journal.answers("r1") == {}
    assert REPLY.body not in contents(journal)


def test_a_late_answer_to_a_sending_that_is_not_meant_any_more_is_not_kept(journal):
    journal.begin(start())
    journal.sending("r1", sent("contract", kind=Kind.ORDER), order(token="first"))
    journal.keep_answer("r1", "contract", 1, REPLY, "another")
    journal.keep_answer("r1", "contract", 2, REPLY)  # no such attempt was noted
    journal.keep_answer("r2", "contract", 1, REPLY)
    assert REPLY.body not in contents(journal)
    journal.keep_answer("r1", "contract", 1, REPLY, "first")
    assert REPLY.body in contents(journal)


# -- orders of a run that ended well -----------------------------------------------------------------

PERSONAL = "personal: nom, lastname\n"
ENVELOPE = "<?xml version='1.0'?>\n<s:Envelope xmlns:s=\"urn:s\"><nom>{nom}</nom></s:Envelope>"


def order_text(nom):
    return f"POST /ordered\n{PERSONAL}\n{ENVELOPE.format(nom=nom)}"


def ordered(journal, run, text):
    """A run of one order that ends well."""
    journal.begin(start(run))
    read(journal, run)
    journal.sending(
        run, sent("contract", kind=Kind.ORDER, request=text), order(run, fingerprint=run)
    )
    journal.note_outcome(run, record("contract", kind=Kind.ORDER))
    journal.settle(run, "contract", OrderState.DONE)
    journal.end(run, Status.DONE, exit_code=0, at=1010.0)


def test_what_an_order_said_stands_with_its_run_and_nowhere_else(journal):
    for run, name in (("r1", "MARTINEAU"), ("r2", "DUPONT")):
        ordered(journal, run, order_text(name))
        effects = journal.show(run).effects
        assert [one.request for one in effects] == [None, order_text(name)]
        assert effects[1].kind is Kind.ORDER
    assert contents(journal) == [b"abc123"]  # the listing of documents
    with journal._reading() as connection:
        assert connection.execute("SELECT count(*) FROM effects").fetchall() == [(0,)]
    journal.prune(2000.0, repeat_after=0.0)
    assert (contents(journal), journal.show("r1")) == ([], None)


def test_an_answer_behind_the_end_of_its_run_is_shown_with_what_was_asked(journal):
    ordered(journal, "r1", order_text("MARTINEAU"))
    before = journal.show("r1").effects
    late = replace(record("contract", kind=Kind.ORDER), outcome="SGE501", seconds=9.0)
    journal.note_outcome("r1", late)
    journal.keep_answer("r1", "contract", 1, REPLY, "")
    assert journal.show("r1").effects == (
        before[0],
        replace(before[1], outcome="SGE501", seconds=9.0),
    )


def test_a_run_ends_well_also_when_what_its_order_said_cannot_be_read(journal):
    journal.begin(start())
    send_order = sent("contract", kind=Kind.ORDER, request=order_text("MARTINEAU"))
    journal.sending("r1", send_order, order())
    with journal._writing() as connection:
        connection.execute("UPDATE bodies SET content = ? WHERE id = 2", (b"damaged",))
    journal.end("r1", Status.DONE, exit_code=0, at=1010.0)
    assert [one.request for one in journal.show("r1").effects] == [None]


def test_what_is_pruned_takes_along_what_only_it_had(journal):
    whole(journal, "r1")
    whole(journal, "r2")
    journal.begin(replace(start("r3", 5000.0), documents="another"))
    journal.prune(2000.0)
    assert contents(journal) == [b"another"]


class Journaling(RuleBasedStateMachine):
    """Whatever is noted, in whatever order: each body has an owner, and each owner its body."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.journal = Journal(Path(self.folder.name) / "journal.db")

    def teardown(self):
        self.journal.close()
        self.folder.cleanup()

    runs = st.sampled_from(["r1", "r2", "f1.1"])
    keys = st.sampled_from([KEY, "b"])
    texts = st.sampled_from(["", "one", "two"])
    attempts = st.sampled_from([1, 2])
    outcomes = st.sampled_from(["ok", "SGE402", Id.OTHER_ANSWER.code])
    statuses = st.sampled_from([Status.DONE, Status.FAILED, Status.SKIPPED])

    @rule(run=runs, documents=texts)
    def begin(self, run, documents):
        with contextlib.suppress(SgeflowError):  # it has ended well
            self.journal.begin(replace(start(run), documents=documents))

    @rule(run=runs, key=keys, attempt=attempts, text=texts)
    def ask(self, run, key, attempt, text):
        self.journal.sending(run, sent(key, attempt, request=text))

    @rule(run=runs, key=keys, attempt=attempts, outcome=outcomes, text=texts)
    def answer(self, run, key, attempt, outcome, text):
        kept = KeptAnswer("{}", text.encode())
        self.journal.note_outcome(run, record(key, attempt, outcome), kept)

    @rule(run=runs, text=texts)
    def order(self, run, text):
        with contextlib.suppress(SgeflowError):  # it left before
            words = sent("contract", kind=Kind.ORDER, request=text)
            self.journal.sending(run, words, order(run, token="t"))

    @rule(run=runs, text=texts, token=st.sampled_from(["t", "other"]))
    def ordered(self, run, text, token):
        self.journal.keep_answer(run, "contract", 1, KeptAnswer("{}", text.encode()), token)

    @rule(run=runs, state=st.sampled_from(OrderState), token=st.sampled_from(["t", "other"]))
    def settle(self, run, state, token):
        self.journal.settle(run, "contract", state, token=token)

    @rule(run=runs, status=statuses, text=texts)
    def end(self, run, status, text):
        self.journal.keep_steps(run, pack_steps((), {text: text}))
        self.journal.end(run, status, exit_code=0, at=2.0)

    @rule()
    def prune(self):
        self.journal.prune(9e12)

    @invariant()
    def each_has_its_owner(self):
        named, kept = owners(self.journal)
        assert named == kept


TestWhateverIsNoted = Journaling.TestCase
TestWhateverIsNoted.settings = settings(max_examples=some(20), stateful_step_count=20)


# -- steps -------------------------------------------------------------------------------------------

OF_A_PERSON = "MARTINEAU"
values = st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "***", OF_A_PERSON])
names = st.sampled_from(["a", "b", "fields"])
trees = st.recursive(
    values, lambda part: st.lists(part, max_size=3) | st.dictionaries(names, part, max_size=3)
)
words = (
    st.sampled_from(["", OF_A_PERSON, from_table(OF_A_PERSON), say("nothing is missing")])
    | st.builds(lambda n: say_count("{count:,} day", "{count:,} days", count=n), st.integers(0, 3))
    | st.builds(lambda name: say("one of {name}", name=name), st.sampled_from(["", OF_A_PERSON]))
)
details = st.lists(
    st.sampled_from(
        [("condition", "steps.a.rows > 0"), ("value", "false"), ("└─ steps.a.rows", OF_A_PERSON)]
    ),
    max_size=4,
).map(tuple)
failures = st.none() | st.builds(
    lambda some: Failure(
        step="s", code="SGE501", problem=Problem(id=Id.NO_ANSWER, message="x", details=some)
    ),
    details,
)
traces = st.builds(
    StepTrace,
    trail=st.sampled_from("abcdef"),
    verb=st.just("call"),
    title=st.just(""),
    status=st.sampled_from(Status),
    started=st.none() | st.integers(0, 5_000_000).map(lambda ms: 1000 + ms / 1000),
    seconds=st.integers(0, 9000).map(lambda ms: ms / 1000),
    summary=words,
    failure=failures,
    why=details,
    gave=trees,
    after=st.sampled_from(["", "SGE501"]),
)


@given(st.lists(traces, max_size=6), st.dictionaries(names, trees), trees, st.lists(words))
def test_steps_come_back_as_they_were(steps, inputs, outputs, warnings):
    kept = unpack_steps(pack_steps(steps, inputs, outputs, warnings))
    assert (kept.inputs, kept.outputs, kept.warnings) == (inputs, outputs, tuple(warnings))
    assert [one.trail for one in kept.steps] == [one.trail for one in steps]
    for one, step in zip(kept.steps, steps, strict=True):
        failed = step.failure.problem.details if step.failure else ()
        assert (one.status, one.summary, one.gave) == (step.status, step.summary, step.gave)
        assert (one.why, one.code, one.after) == (
            (*step.why, *failed),
            step.failure.code if step.failure else "",
            step.after,
        )
        assert one.seconds == step.seconds
        assert one.started == (step.started and pytest.approx(step.started, abs=0.002))


def test_steps_and_calls_that_an_earlier_version_packed_are_read(tmp_path):
    shutil.copytree(STATES / "56927c4b", tmp_path, dirs_exist_ok=True)
    with Journal(tmp_path / "journal.db") as journal:
        (entry,) = journal.runs()
        kept, details = journal.steps(entry.run), journal.show(entry.run)
    steps = {step.trail: step for step in kept.steps}
    street = steps["konnector/first/identity/verify-identity/street"]
    assert (street.status, street.summary, street.seconds) == (Status.DONE, "holds", 0.019)
    skipped = steps["konnector/ended"]
    assert (skipped.started, skipped.why[0]) == (None, ("condition", "present(state.consentEnded)"))
    assert kept.inputs["lastname"] == "***"
    assert kept.outputs["fields"]["daily"]["fields"]["rows"] == 20
    assert (len(steps), len(details.effects)) == (90, 13)
    asked = [one for one in details.effects if one.request]
    assert [one.label for one in asked] == ["POST backoffice", "commanderServicesAccesDonnees"]
    assert asked[0].request.startswith("POST /consent\npersonal: lastname, ")
    assert asked[1].started - entry.started == pytest.approx(0.425, abs=0.001)
