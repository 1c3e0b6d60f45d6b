"""A server keeps the state: its address shows no password, and its troubles have words."""

import os
import re
import shutil
import signal
import socket
import sys
import tempfile
import threading
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from sgeflow.adapters.secrets import Secret, SecretSources
from sgeflow.adapters.state.contents import pack_steps
from sgeflow.adapters.state.database import DatabaseKind
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import DatabaseSchema, StateLocation, home_at
from sgeflow.adapters.state.open import open_database
from sgeflow.adapters.state.records import KeptAnswer
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.ports import Author
from sgeflow.core.model import Measure, Series, Status
from sgeflow.errors import CredentialsError, SgeflowError, TechnicalError
from tests.adapters.state.test_database import NOTES, note, notes
from tests.adapters.state.test_journal import order, record, send_order, sent, start
from tests.machine import POSTGRESQL
from tests.postgres import Server
from tests.skips import skip_without

PASSWORD = "p@ss/w:rd %41?x&'é"


def place(address, name="notes"):
    return DatabaseSchema(address=Secret(address), name=name)


def told(error):
    (problem,) = error.value.problems
    return f"{problem.message} · {dict(problem.details).get('remedy', '')}"


def refusal(address, kind=NOTES):
    with pytest.raises(TechnicalError) as caught:
        open_database(place(address), kind)
    return told(caught)


@pytest.fixture
def database(new_database):
    return new_database()


@pytest.fixture
def server(tmp_path_factory):
    """A server that one test may stop, or end the hard way."""
    skip_without(POSTGRESQL)
    folder = Path(tempfile.mkdtemp(prefix="sgeflow-pg-"))
    folder.chmod(0o755)
    own = Server(folder / "s")
    own.make()
    own.start()
    yield own
    if own.process.poll() is None:
        own.stop()
    shutil.rmtree(folder, ignore_errors=True)


# -- the address --------------------------------------------------------------------------------------


@pytest.fixture
def guarded(postgres, database):
    """The address of a database for a user with a password that is all signs; it may make schemas."""
    name = database.split("/")[3].partition("?")[0]
    user = f"guarded_{name}"
    quoted = PASSWORD.replace("'", "''")
    postgres.sql(
        f"CREATE ROLE {user} LOGIN PASSWORD '{quoted}' IN ROLE guarded",
        f"GRANT CREATE ON DATABASE {name} TO {user}",
    )
    yield f"postgresql://{user}:${{secret.DB}}@/{name}?host={postgres.folder}"
    postgres.sql(f"DROP OWNED BY {user}", f"DROP ROLE {user}", database=name)


def with_secret(address, value, folder):
    sources = SecretSources(variables={"DB": value}, folder=folder / "none", keyring=False)
    return home_at(address, folder, sources=sources)


def test_a_password_comes_from_a_secret_whatever_its_signs_are(guarded, tmp_path):
    home = with_secret(guarded, PASSWORD, tmp_path)
    with Store(home.store("here")) as store:
        store.remember("accounts", "1", {"boId": 1})
    with Store(home.store("here")) as store:
        assert store.recall("accounts", "1") == {"boId": 1}
    assert PASSWORD not in f"{home} {home!r} {home.journal!r}"


@pytest.mark.parametrize("wrong", ["wrong-one", "w@ng/o:n?e%"])
def test_a_wrong_password_is_said_and_not_shown(guarded, tmp_path, wrong):
    home = with_secret(guarded, wrong, tmp_path)
    with pytest.raises(TechnicalError) as caught:
        Journal(home.journal)
    said = told(caught)
    assert "the journal postgresql://guarded_test_" in said
    assert 'password authentication failed for user "guarded_test_' in said
    assert "check the address, the user and the password" in said
    everything = f"{said} {caught.value!r} {caught.value.__cause__!r}"
    assert not any(part in everything for part in (wrong, "w%40ng", "ong"))


def test_a_user_who_may_not_make_a_schema_is_told_so(guarded, postgres, tmp_path):
    name = guarded.split("/")[3].partition("?")[0]
    postgres.sql(f"REVOKE CREATE ON DATABASE {name} FROM guarded_{name}")
    home = with_secret(guarded, PASSWORD, tmp_path)
    with pytest.raises(TechnicalError) as caught:
        Journal(home.journal)
    assert "has no right to do this · GRANT" in told(caught)
    postgres.sql(f"CREATE SCHEMA sgeflow AUTHORIZATION guarded_{name}", database=name)
    Journal(home.journal).close()


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://one:geh/eim@host/base",
        "postgresql://one:12/geheim@host/base",
        "postgresql://one:geh@eim@host/base",
        "postgresql://one:geheim%zz@host/base",
        "postgresql://one:geheim@host:port/base",
        "postgresql://one@host/base?geheim=1",
    ],
)
def test_an_address_that_is_none_is_refused_and_not_shown(address):
    said = refusal(address)
    assert "the address is not one of PostgreSQL" in said
    assert "write postgresql://USER@HOST/DATABASE" in said
    assert "geh" not in said
    assert "eim" not in said


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://one:geheim@127.0.0.1:1/base", "postgresql://one@127.0.0.1:1/base"),
        (
            "postgres://127.0.0.1:1/base?password=geheim&user=one",
            "postgresql://one@127.0.0.1:1/base",
        ),
        ("postgresql://one@/base?host=/nowhere", "postgresql://one@/base?host=/nowhere"),
    ],
)
def test_a_server_that_is_not_there_is_said_with_its_address(address, shown):
    said = refusal(address)
    assert said.startswith(f"the notes {shown} cannot be used: no connection to the server: ")
    assert "Connection refused" in said or "No such file" in said
    assert "geheim" not in said


def test_a_database_that_is_not_there_is_said(postgres):
    assert 'database "nowhere" does not exist' in refusal(postgres.address("nowhere"))


def test_without_psycopg_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "sgeflow.adapters.state.postgres", raising=False)
    with pytest.raises(CredentialsError) as caught:
        open_database(place("postgresql://one@host/base"), NOTES)
    assert "-m pip install 'psycopg[binary]>=3.2'" in told(caught)


def test_each_environment_has_a_schema_of_its_own_however_long_its_name(database, tmp_path):
    home = StateLocation(folder=tmp_path, server=Secret(database))
    names = ["a-b", "a", "pace", "e" * 70 + "1", "e" * 70 + "2"]
    places = [home.journal, home.pace, *map(home.store, names)]
    assert len({place.name for place in places}) == len(places)
    for name in names:
        with Store(home.store(name)) as store:
            store.remember("names", "own", {"name": name})
    for name in names:
        with Store(home.store(name)) as store:
            assert store.recall("names", "own") == {"name": name}


# -- ways to a server ---------------------------------------------------------------------------------


THROUGH = b"Z\0\0\0\x05I"
_REASON = b"SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
GOES = b"E" + (len(_REASON) + 4).to_bytes(4, "big") + _REASON


class Between:
    """Stands between a client and the server, and counts how often the client asked and waited."""

    def __init__(self, postgres, folder):
        self.ways, self._asks, self.is_pooler = 0, False, False
        self.goes = False  # instead of saying that all of a transaction is through
        self._server = str(postgres.folder / ".s.PGSQL.5432")
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(folder / ".s.PGSQL.5432"))
        self._door.listen()
        self._threads = []
        self._begin(self._admit)

    def _begin(self, act, *words):
        thread = threading.Thread(target=act, args=words, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _admit(self):
        with suppress(OSError), self._door:
            while True:
                ours, _ = self._door.accept()
                its = socket.socket(socket.AF_UNIX)
                its.connect(self._server)
                for pair in ((ours, its, True), (its, ours, False)):
                    self._begin(self._carry, *pair)

    def _carry(self, source, target, asks):
        with suppress(OSError), source:
            while some := source.recv(65536):
                self.ways += not asks and self._asks  # the first answer to what was asked
                self._asks = asks
                if self.is_pooler:  # it tells a number of its own for the server's process
                    some = re.sub(rb"(?s)(?<=K\0\0\0\x0c)....", b"\0\0\0\1", some)
                if self.goes and some.endswith(b"COMMIT\0" + THROUGH):
                    target.sendall(some.removesuffix(THROUGH) + GOES)
                    break
                target.sendall(some)
            target.shutdown(socket.SHUT_WR)

    def end(self):
        self._door.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    @contextmanager
    def counting(self, most):
        before = self.ways
        yield
        assert 0 < self.ways - before <= most


@pytest.fixture
def between(postgres, database):
    folder = Path(tempfile.mkdtemp(prefix="sgeflow-pg-"))
    name = database.split("/")[3].partition("?")[0]
    counted = Between(postgres, folder)
    counted.address = f"postgresql://sgeflow@/{name}?host={folder}"
    yield counted
    counted.end()
    shutil.rmtree(folder)


def test_a_server_is_not_waited_for_where_nobody_asks_for_an_answer(between, tmp_path, monkeypatch):
    """A writer has its turn, for which all others wait, for as few ways as it asks something."""
    monkeypatch.setattr("sgeflow.adapters.state.postgres._A_REST", 60.0)  # on any busy machine
    home = StateLocation(folder=tmp_path, server=Secret(between.address))
    series = Series(point="p", name="load", unit="Wh")
    week = [Measure(day * 86_400, 1, 86_400, "B") for day in range(7)]
    with Store(home.store("here")) as store, Journal(home.journal) as journal:
        journal.begin(start("f1"))
        steps = pack_steps((), {})
        for number in (1, 2):  # the second time there are series and author
            row = f"f1.{number}"
            with between.counting(most=1):
                turn = store.last_turn()
            journal.begin(start(row))
            journal.note(row, "#turn", turn)
            journal.sending(row, sent())
            with between.counting(most=1):
                journal.note_outcome(row, record(), KeptAnswer("{}", b"<reply/>"))
            with between.counting(most=3):
                store.save(series, week, f"{row}/keep", Author(row))
            journal.keep_steps(row, steps)
            with between.counting(most=2):
                journal.end(row, Status.DONE, exit_code=0, at=2.0)
            week = [replace(one, value=2) for one in week]


@pytest.mark.parametrize("is_pooler", [False, True])
def test_a_server_keeps_what_it_is_asked_often_and_a_pooler_is_not_asked_to(between, is_pooler):
    between.is_pooler = is_pooler
    with closing(open_database(place(between.address), NOTES)) as database:
        note(database, "one")
        for _ in range(8):
            assert notes(database) == ["one"]
        ((kept,),) = database.ask("SELECT count(*) FROM pg_prepared_statements")
        assert (kept > 0) is not is_pooler
        assert database.ask("SELECT text FROM note") == [("one",)]


def test_a_statement_that_the_server_could_not_keep_is_carried_out_all_the_same(database):
    with closing(open_database(place(database), NOTES)) as opened:
        for number in range(12):  # the sixth time either is to be kept, behind an error
            with suppress(TechnicalError), opened.writing() as connection:
                connection.execute("INSERT INTO note VALUES (?)", (str(number),))
                if number in (5, 6):
                    connection.execute("SELECT 1 / 0")
                connection.execute("SELECT count(*) FROM note WHERE text = ?", ("x",))
                connection.execute("DELETE FROM note WHERE text = ?", ("x",))
        assert len(notes(opened)) == 10


# -- what may happen to a server ----------------------------------------------------------------------


def test_a_server_that_was_restarted_is_found_again(server):
    with closing(open_database(place(server.address()), NOTES)) as database:
        note(database, "one")
        server.stop()
        with pytest.raises(TechnicalError, match="no connection to the server"):
            note(database, "lost")
        server.start()
        note(database, "two")
        assert notes(database) == ["one", "two"]


def test_a_server_that_is_lost_in_the_middle_leaves_nothing_half_done(server):
    database = open_database(place(server.address()), NOTES)
    note(database, "one", durable=True)

    def half():
        with database.writing() as connection:
            connection.execute("INSERT INTO note VALUES ('half')")
            server.crash()
            connection.execute("INSERT INTO note VALUES ('other half')")

    with pytest.raises(TechnicalError) as caught:
        half()
    assert "the connection was lost" in told(caught)
    assert "run again when the server is back" in told(caught)
    server.start()
    assert notes(database) == ["one"]
    note(database, "two")
    assert notes(database) == ["one", "two"]
    database.close()


@pytest.mark.parametrize("says", [GOES, b""], ids=["said", "silent"])
def test_a_server_that_goes_behind_the_last_answer_is_told_as_such(between, says, monkeypatch):
    monkeypatch.setitem(globals(), "GOES", says)
    with closing(open_database(place(between.address), NOTES)) as opened:
        between.goes = True
        with pytest.raises(TechnicalError) as caught:
            note(opened, "kept, and not known to be")
        between.goes = False
        assert ("the server was stopped" if says else "the connection was lost") in told(caught)
        assert notes(opened) == ["kept, and not known to be"]


def test_an_order_that_was_noted_survives_the_end_of_the_server(server, tmp_path):
    server.sql("ALTER SYSTEM SET synchronous_commit = off")
    server.stop()
    server.start()
    home = StateLocation(folder=tmp_path, server=Secret(server.address()))
    journal = Journal(home.journal)
    for number in range(20):
        journal.begin(start(f"r{number}"))
        journal.plan(order(f"r{number}"))
    send_order(journal, "r7")
    server.crash()
    server.start()
    assert [one.run for one in journal.open_orders()] == ["r7"]
    assert len(journal.runs(30)) == 20
    journal.close()


def test_a_server_that_is_lost_after_the_end_of_a_run_has_what_was_kept_before(server, tmp_path):
    server.sql("ALTER SYSTEM SET wal_writer_delay = '10s'")  # nothing but a commit writes
    server.stop()
    server.start()
    home = StateLocation(folder=tmp_path, server=Secret(server.address()))
    with Store(home.store("here")) as store, Journal(home.journal) as journal:
        journal.begin(start("r1"))
        store.save(Series(point="p", name="load", unit="Wh"), [Measure(0, 1, 86_400, "B")])
        store.sync()
        journal.end("r1", Status.DONE, exit_code=0, at=2.0)
        store.save(Series(point="p", name="load", unit="Wh"), [Measure(1, 1, 86_400, "B")])
        server.crash()
        server.start()
        assert [measure.start for measure in store.load("p", "load").measures] == [0]
        assert journal.show("r1").entry.status is Status.DONE


@pytest.mark.parametrize(("durable", "word"), [(True, "on"), (False, "off")])
def test_a_durable_note_waits_for_the_servers_disk(database, durable, word):
    with (
        closing(open_database(place(database), NOTES)) as opened,
        opened.writing(durable=durable) as connection,
    ):
        assert connection.execute("SHOW synchronous_commit").fetchone() == (word,)


def test_an_interrupt_within_a_statement_leaves_a_database_that_goes_on(database):
    with closing(open_database(place(database), NOTES)) as opened:
        note(opened, "one")

        def interrupted():
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            with opened.writing() as connection:
                connection.execute("INSERT INTO note VALUES ('lost')")
                connection.execute("SELECT pg_sleep(20)")

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        for number in range(20):
            note(opened, str(number))
        assert notes(opened) == ["one", *map(str, range(20))]


def test_interrupts_at_any_instant_reach_no_later_statement(database):
    def busy(seconds):
        threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT)).start()
        with opened.writing() as connection:
            while True:
                connection.execute("SELECT pg_sleep(0.0005)").fetchone()

    with closing(open_database(place(database), NOTES)) as opened:
        for number in range(40):
            with pytest.raises(KeyboardInterrupt):
                busy(0.003 + number / 10_000)
            note(opened, str(number))
        assert notes(opened) == [str(number) for number in range(40)]


def test_a_setting_of_the_address_comes_before_ours(database):
    address = f"{database}&fallback_application_name=mine&connect_timeout=3"
    with closing(open_database(place(address), NOTES)) as opened, opened.reading() as connection:
        assert connection.execute("SHOW application_name").fetchone() == ("mine",)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_text_comes_back_whatever_a_database_keeps_texts_in(postgres, database, encoding):
    name = database.split("/")[3].partition("?")[0]
    made = f"CREATE DATABASE {name}_{encoding} TEMPLATE template0 ENCODING '{encoding}'"
    postgres.sql(made)
    address = f"{postgres.address(f'{name}_{encoding}'.lower())}&client_encoding=LATIN1"
    try:
        with closing(open_database(place(address), NOTES)) as opened:
            note(opened, "élève")
            assert notes(opened) == ["élève"]
            rows = opened.ask("SELECT length(text) FROM note WHERE text = ?", ("élève",))
            assert rows == [(7 if encoding == "SQL_ASCII" else 5,)]  # one counts bytes
            if encoding == "LATIN1":
                with pytest.raises(TechnicalError) as caught:
                    note(opened, "œuvre")
                assert "cannot store a character of a text · name a database" in told(caught)
                assert notes(opened) == ["élève"]
    finally:
        postgres.sql(f"DROP DATABASE {name}_{encoding} WITH (FORCE)")


def test_a_writer_that_died_keeps_nobody_waiting(database):
    """Its turn ends with its connection."""
    with closing(open_database(place(database), NOTES, patience=5)) as opened:
        other = open_database(place(database), NOTES)
        thread = threading.Thread(target=note, args=(opened, "one"))

        def dying():
            with other.writing() as connection:
                connection.execute("INSERT INTO note VALUES ('lost')")
                (own,) = connection.execute("SELECT pg_backend_pid()").fetchone()
                thread.start()
                with (
                    closing(open_database(place(database), NOTES)) as third,
                    third.reading() as link,
                ):
                    link.execute("SELECT pg_terminate_backend(?)", (own,))
                thread.join(10)
                connection.execute("SELECT 1")

        with pytest.raises(TechnicalError, match=r"the server was stopped|the connection was lost"):
            dying()
        other.close()
        assert notes(opened) == ["one"]


def test_a_statement_that_the_server_refuses_is_told_without_its_values(database):
    kind = DatabaseKind(
        name="the numbers", mark=80, versions=("CREATE TABLE one (n INTEGER NOT NULL)",)
    )
    with closing(open_database(place(database), kind)) as opened:
        with (
            pytest.raises(SgeflowError) as caught,
            opened.writing() as connection,
        ):
            connection.execute("INSERT INTO one SELECT NULL WHERE 'MARTINEAU' <> ?", ("x",))
        assert 'null value in column "n"' in told(caught)
        assert "MARTINEAU" not in told(caught)
        assert caught.value.__cause__ is None  # the library's text would tell them
        with pytest.raises(SgeflowError) as caught:
            opened.ask("SELECT n FROM one WHERE n = ?", ("MARTINEAU",))
        assert "cannot be used: InvalidTextRepresentation" in told(caught)
        assert "MARTINEAU" not in told(caught)


def test_an_error_that_was_passed_over_is_told_as_such_and_nothing_is_kept(database):
    opened = open_database(place(database), NOTES)

    def careless():
        with opened.writing() as connection:
            connection.execute("INSERT INTO note VALUES ('half')")
            with suppress(Exception):
                connection.execute("SELECT 1 / 0").fetchone()
            connection.execute("INSERT INTO note VALUES ('other half')")

    with closing(opened):
        with pytest.raises(TechnicalError) as caught:
            careless()
        assert "an earlier statement failed · run again; report it if the error stays" in told(
            caught
        )
        assert notes(opened) == []


def test_much_that_nobody_asks_for_is_all_kept_and_a_text_that_would_be_cut_is_refused(database):
    with closing(open_database(place(database), NOTES)) as opened:
        texts = [str(number) * 2000 for number in range(100)]  # more than waits in the client
        with opened.writing() as connection:
            for text in texts:
                connection.execute("INSERT INTO note VALUES (?)", (text,))
        assert sorted(notes(opened)) == sorted(texts)
        with pytest.raises(TechnicalError) as caught:
            note(opened, "half\0other half")  # libpq ends a text there
        assert "a text for the table note (value 1) contains a character of code 0, which" in told(
            caught
        )
        assert "half" not in told(caught)
        with pytest.raises(TechnicalError) as caught:
            opened.ask(f"SELECT 1 WHERE 1 IN ({'?, ' * 65_535}?)", [0] * 65_536)
        assert "a statement has 65,536 values, and a server takes 65,535" in told(caught)
        assert sorted(notes(opened)) == sorted(texts)
