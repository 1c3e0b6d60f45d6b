"""The end of a run stands: whatever happens at it, the run has ended well or goes on to its end."""

import os
import signal
import sqlite3
from contextlib import closing, contextmanager
from itertools import count

import pytest

from sgeflow.adapters.state.contents import pack_steps
from sgeflow.adapters.state.database import Database, storage_error
from sgeflow.adapters.state.journal import JOURNAL, Journal
from sgeflow.adapters.state.open import open_database
from sgeflow.adapters.state.postgres import Postgres
from sgeflow.adapters.state.sqlite import Sqlite
from sgeflow.adapters.state.store import Store
from sgeflow.cli.main import run as command
from sgeflow.core.model import Measure, Series, Status
from sgeflow.messages import say
from sgeflow.runtime import run_context
from tests.postgres import on_servers_too, text_of
from tests.runtime.durability.conftest import TODAY
from tests.tools.fleet.conftest import GATHER

SERIES = "daily_energy"
KEPT = 7  # rows


@pytest.fixture
def ending(world, new_home, monkeypatch, capsys):
    """A world with the flow `energy`, whose runs meet something at a moment of their end."""
    here = world()
    (here.folder / "flows").mkdir()
    (here.folder / "flows" / "energy.yaml").write_text(GATHER)
    monkeypatch.setenv("BO_TOKEN", "simulator")
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.chdir(here.folder)
    return Ending(here, new_home, monkeypatch, capsys)


class Ending:
    """Runs a flow, each time with a state of its own, and acts at a moment of its end."""

    def __init__(self, here, new_home, monkeypatch, capsys):
        self.here, self.new_home, self.capsys = here, new_home, capsys
        self.numbers, self.home = count(), None
        self.moments, self.at, self.act, self.is_ending = [], None, None, False
        self._watch(monkeypatch)

    def move(self):
        """To a state of its own, for the next run."""
        self.home = self.new_home(self.here.folder / f"state{next(self.numbers)}")

    def run(self, act=None, at=None):
        """A run, and what is done at the moment of its end that has this number."""
        self.moments, self.at, self.act, self.is_ending = [], at, act, False
        point = self.here.server.household["pointId"]
        return self.command(
            "run", "energy", "--env", "lasting", "--today", TODAY, f"pointId={point}"
        )

    def command(self, *words):
        self.capsys.readouterr()
        code = int(command([*words, "--state", text_of(self.home)]))
        self.is_ending = False
        caught = self.capsys.readouterr()
        return code, caught.out + caught.err

    def moment(self, name):
        if not self.is_ending:
            return
        self.moments.append(name)
        if len(self.moments) - 1 == self.at:
            self.act()

    @property
    def entry(self):
        with Journal(self.home.journal) as journal:
            (entry,) = journal.runs()
            return entry

    @property
    def inputs(self):
        with Journal(self.home.journal) as journal:
            return journal.inputs(self.entry.run)

    @property
    def kept(self):
        with Store(self.home.store("lasting")) as store:
            return len(store.load(self.here.server.household["pointId"], SERIES).measures)

    def _watch(self, monkeypatch):
        from sgeflow.runtime import run as runs

        transaction, report = Database._alone_in, runs.report_of

        @contextmanager
        def watched(database, *, writes, durable):
            name = database._kind.name if writes else ""
            if name:
                self.moment(f"begin {name}")
            with transaction(database, writes=writes, durable=durable) as connection:
                yield connection
                if name:
                    self.moment(f"commit {name}")
            if name:
                self.moment(f"committed {name}")

        def ended(*values):
            self.is_ending = True
            return report(*values)

        monkeypatch.setattr(Database, "_alone_in", watched)
        monkeypatch.setattr(runs, "report_of", ended)
        for kind in (Sqlite, Postgres):
            forget = kind.forget_deleted

            def forgetting(database, forget=forget, **spare):
                self.moment("forget")
                forget(database, **spare)
                self.moment("forgotten")

            monkeypatch.setattr(kind, "forget_deleted", forgetting)


def fill():
    raise storage_error(say("the disk is full"), say("free some space, then run again"))


def press():
    os.kill(os.getpid(), signal.SIGINT)


def lose_process():
    os.kill(os.getpid(), signal.SIGKILL)


def moments_of(ending):
    """What the end of an undisturbed run consists of."""
    ending.move()
    code, text = ending.run()
    assert code == 0, text
    assert (ending.entry.status, ending.kept, ending.inputs) == (Status.DONE, KEPT, None)
    return list(ending.moments)


def check(ending, code, text, told):
    """It has ended well and was told so, or it goes on to its end, with nothing asked again."""
    entry, sent = ending.entry, len(ending.here.server.requests)
    if entry.status is Status.DONE:
        assert code in (0, -signal.SIGKILL), text
        assert "resume" not in text
        assert ending.kept == KEPT
        assert ending.inputs is None
        code, text = ending.command("resume", entry.run)
        assert (code, "has ended well" in text) == (2, True), text
    else:
        assert code == told, text
        assert ending.inputs is not None
        code, text = ending.command("resume", entry.run)
        assert code == 0, text
    assert len(ending.here.server.requests) == sent
    assert (ending.entry.status, ending.kept, ending.inputs) == (Status.DONE, KEPT, None)


@pytest.mark.parametrize(("act", "told"), [(fill, 5), (press, 130)])
def test_a_full_disk_or_ctrl_c_at_any_moment_of_the_end_takes_nothing_back(ending, act, told):
    moments = moments_of(ending)
    ended = []
    for at, name in enumerate(moments):
        ending.move()
        code, text = ending.run(act, at)
        ended.append((ending.entry.status, name))
        check(ending, code, text, told)
    # a signal is held back while the end is committed: a full disk is not
    ends = "begin the journal" if act is press else "committed the journal"
    assert [status is Status.DONE for status, _ in ended] == [
        at >= moments.index(ends) for at in range(len(moments))
    ]


@on_servers_too("other writes are committed together")
def test_a_run_that_is_killed_at_any_moment_of_its_end_has_ended_or_goes_on(ending):
    for at in range(len(moments_of(ending))):
        ending.move()
        child = os.fork()
        if not child:
            ending.run(lose_process, at)
            os._exit(99)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        check(ending, -signal.SIGKILL, "", -signal.SIGKILL)


@on_servers_too("a server is synced by each commit")
def test_the_store_is_synced_before_the_journal_has_the_end(ending):
    moments = moments_of(ending)
    if ending.home.server is None:
        assert moments[:3] == ["begin the store", "commit the store", "committed the store"]
    assert [one for one in moments if one.startswith("committed")][-2:] == [
        "committed the journal",
        "committed the store",  # marks
    ]


# -- what a power cut would leave ---------------------------------------------------------------------


def test_what_is_kept_is_on_the_disk_before_the_end_is(ending, monkeypatch):
    seen = []

    class Watched(sqlite3.Connection):
        def execute(self, sql, *values):
            done = super().execute(sql, *values)
            if sql == "COMMIT" and ending.is_ending:
                (full,) = super().execute("PRAGMA synchronous").fetchone()
                (_, _, file) = super().execute("PRAGMA database_list").fetchone()
                seen.append((os.path.basename(file), full == 2))  # noqa: PTH119 - SQLite's text
            return done

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *v, **n: connect(*v, **n, factory=Watched))
    moments_of(ending)
    assert seen[:2] == [("store.db", True), ("journal.db", True)]


def test_a_sync_writes_even_when_this_process_wrote_nothing(home):
    path = home.store("here")
    with Store(path) as other, Store(path) as store:
        other.save(Series(point="p", name=SERIES, unit="Wh"), [Measure(0, 1, 86_400, "B")])
        log = path.with_name(f"{path.name}-wal")
        before = log.stat().st_size
        store.sync()
        assert log.stat().st_size > before
        before = log.stat().st_size
        store.sync()  # all is there
        assert log.stat().st_size == before
        store.save(Series(point="p", name=SERIES, unit="Wh"), [Measure(0, 2, 86_400, "B")])
        before = log.stat().st_size
        store.sync()
        assert log.stat().st_size > before


# -- an end is no other ---------------------------------------------------------------------------------


def begin(journal, run):
    from sgeflow.adapters.state.records import RunStart

    named = {"flow": "energy", "environment": "lasting", "today": TODAY, "now": f"{TODAY}T10:00:00"}
    journal.begin(RunStart(run=run, started=1.0, inputs={"p": 1}, **named))


@on_servers_too("the end is guarded by SQL")
@pytest.mark.parametrize("first", [Status.DONE, Status.SKIPPED, Status.PARTIAL, Status.FAILED])
def test_an_end_that_is_committed_gets_no_other(home, first):
    with Journal(home.journal) as journal:
        begin(journal, "r1")
        journal.end("r1", first, exit_code=0, at=2.0, summary="A")
        journal.keep_steps("r1", pack_steps((), {}))
        journal.end("r1", Status.FAILED, exit_code=5, at=3.0, summary="B")
        journal.end("r1", Status.DONE, exit_code=0, at=4.0, summary="C")
        entry = journal.show("r1").entry
        assert (entry.status, entry.ended, entry.summary, entry.exit) == (first, 2.0, "A", 0)
        is_well = first in (Status.DONE, Status.SKIPPED)
        assert (journal.inputs("r1") is None) is is_well


def test_a_run_that_ended_well_is_not_begun_again(ending):
    point = ending.here.server.household["pointId"]
    given = ("energy", "--env", "lasting", "--today", TODAY, f"pointId={point}", "--run", "night")
    ending.move()
    assert ending.command("run", *given)[0] == 0
    with Journal(ending.home.journal) as journal, pytest.raises(Exception, match="ended well"):
        begin(journal, "night")
    assert ending.entry.status is Status.DONE


def test_a_run_without_its_inputs_is_not_resumed_with_those_of_an_environment(ending):
    document = ending.here.folder / "environments" / "lasting.yaml"
    document.write_text(document.read_text() + "inputs: {pointId: '30000000000022'}\n")
    ending.move()
    code, text = ending.run(fill, 0)
    assert code == 5, text
    with (
        closing(open_database(ending.home.journal, JOURNAL)) as database,
        database.writing() as link,
    ):
        link.execute("UPDATE runs SET inputs = NULL")
    sent = len(ending.here.server.requests)
    code, text = ending.command("resume", ending.entry.run)
    assert (code, "the inputs of run" in text) == (2, True), text
    assert len(ending.here.server.requests) == sent


def test_what_an_older_run_of_the_same_name_kept_is_not_taken_for_done(ending):
    point = ending.here.server.household["pointId"]
    given = ("energy", "--env", "lasting", "--today", TODAY, f"pointId={point}", "--run", "night")
    ending.move()
    with Store(ending.home.store("lasting")) as store:
        rows = [Measure(0, 1, 86_400, "B")]
        store.save(Series(point=point, name="other", unit="Wh"), rows, "night/energy/keep#save")
    code, text = ending.command("run", *given)
    assert code == 0, text
    assert ending.kept == KEPT


@pytest.mark.parametrize("what", ["closing", "letting go of the run"])
def test_ctrl_c_while_what_a_run_stood_on_is_closed_does_not_hide_its_end(
    ending, monkeypatch, what
):
    close, held = Journal.close, run_context.hold_run

    def closing_(journal):
        if ending.is_ending:
            press()
        close(journal)

    @contextmanager
    def holding(home, run):
        with held(home, run):
            yield
            press()

    if what == "closing":
        monkeypatch.setattr(Journal, "close", closing_)
    else:
        monkeypatch.setattr(run_context, "hold_run", holding)
    ending.move()
    code, text = ending.run()
    assert (code, "interrupted" in text) == (0, False), text
    assert ending.entry.status is Status.DONE
