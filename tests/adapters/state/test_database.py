"""Databases of the state: versioned, all or nothing, shared; the same on files and on servers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from msgspec.structs import replace

from sgeflow.adapters.state.database import DatabaseKind
from sgeflow.adapters.state.open import open_database
from sgeflow.adapters.state.store import Store
from sgeflow.errors import TechnicalError
from tests.postgres import on_servers_too, text_of
from tests.processes import start_program

pytestmark = on_servers_too("transactions and errors are another driver's")

NOTES = DatabaseKind(
    name="the notes", mark=77, versions=("CREATE TABLE note (text TEXT NOT NULL)",)
)
NEWER = DatabaseKind(
    name="the notes",
    mark=77,
    versions=(*NOTES.versions, "ALTER TABLE note ADD COLUMN by TEXT; CREATE INDEX by ON note (by)"),
)
ANEW = DatabaseKind(
    name="the notes",
    mark=77,
    versions=("CREATE TABLE note (text TEXT NOT NULL, by TEXT)", "CREATE INDEX by ON note (by)"),
    first=5,
)
OTHERS = DatabaseKind(name="their things", mark=78, versions=("CREATE TABLE theirs (x TEXT)",))


@pytest.fixture
def new_tables(new_database):
    """None: what is opened here is no journal."""
    return new_database


@pytest.fixture
def place(home):
    return home.journal


def opened(place, kind=NOTES, **options):
    return open_database(place, kind, **options)


def note(database, text, **options):
    with database.writing(**options) as connection:
        connection.execute("INSERT INTO note (text) VALUES (?)", (text,))


def note_twice_and_fail(database):
    with database.writing() as connection:
        connection.execute("INSERT INTO note VALUES ('lost')")
        connection.execute("INSERT INTO note VALUES (NULL)")


def notes(database):
    with database.reading() as connection:
        return [text for (text,) in connection.execute("SELECT text FROM note ORDER BY rowid")]


def refusal(place, kind=NOTES):
    with pytest.raises(TechnicalError) as caught:
        opened(place, kind)
    (problem,) = caught.value.problems
    assert problem.id.code == "SGE701"
    return problem


@pytest.mark.parametrize(
    "unread", ["UPDATE note SET text = 'b' RETURNING text", "SELECT text FROM note"]
)
def test_what_a_block_that_failed_has_not_read_holds_up_no_later_one(place, unread):
    """Whoever keeps the error keeps its traceback, and with it what the block had asked."""
    database = opened(place)
    with closing(database), closing(opened(place)) as neighbour:
        note(database, "a")
        note(database, "c")
        with pytest.raises(TechnicalError) as kept:
            read_some_and_fail(database, unread)
        note(neighbour, "of another process")
        note(database, "later")
        database.forget_deleted()
        assert notes(database) == ["a", "c", "of another process", "later"]
        assert kept.value.problems[0].id.code == "SGE701"


def read_some_and_fail(database, unread):
    with database.writing() as connection:
        answers = connection.execute(unread)
        connection.execute("INSERT INTO note VALUES (NULL)")
        return answers


def test_a_block_that_fails_leaves_nothing(place):
    database = opened(place)
    with pytest.raises(TechnicalError):
        note_twice_and_fail(database)
    assert notes(database) == []
    note(database, "kept")
    assert notes(database) == ["kept"]
    database.close()


def test_a_database_of_a_newer_schema_is_refused_and_left_alone(place):
    opened(place, NEWER).close()
    problem = refusal(place)
    assert "written by a newer sgeflow (schema 2, this one knows 1)" in problem.message
    assert dict(problem.details)["remedy"].startswith("upgrade sgeflow")
    opened(place, NEWER).close()


def test_a_database_of_an_older_schema_is_brought_up(place):
    old = opened(place)
    note(old, "one")
    old.close()
    new = opened(place, NEWER)
    with new.reading() as connection:
        assert connection.execute("SELECT text, by FROM note").fetchall() == [("one", None)]
    new.close()


def test_a_database_of_a_form_that_is_not_read_any_more_is_refused_and_left_alone(place):
    first = opened(place)
    note(first, "one")
    first.close()
    for kind in (ANEW, replace(ANEW, first=2)):
        problem = refusal(place, kind)
        assert f"written by an older sgeflow (schema 1, this one reads {kind.first} and later)" in (
            problem.message
        )
        remedy = dict(problem.details)["remedy"]
        assert "sgeflow orders" in remedy
        assert "another place" in remedy
    again = opened(place)
    assert notes(again) == ["one"]
    again.close()


def test_a_form_that_begins_anew_is_brought_up_from_its_first_on(place):
    assert (ANEW.version, list(ANEW.statements(5))) == (6, ["CREATE INDEX by ON note (by)"])
    database = opened(place, ANEW)
    note(database, "one")
    database.close()
    opened(place, ANEW).close()
    assert "(schema 6, this one knows 1)" in refusal(place).message


def test_another_programs_database_is_refused_and_left_alone(place):
    opened(place, OTHERS).close()
    assert "a database, but not the notes" in refusal(place).message
    opened(place, OTHERS).close()


def test_a_writer_that_waits_in_vain_says_who_holds_it(place):
    with closing(opened(place, patience=0.05)) as database, closing(opened(place)) as other:
        with other.writing() as connection:
            connection.execute("INSERT INTO note VALUES ('other') RETURNING 1").fetchone()
            with pytest.raises(TechnicalError, match="another program has locked it"):
                note(database, "one")
            assert notes(database) == []
        note(database, "one")
        assert notes(database) == ["other", "one"]


def test_a_writer_sees_what_the_one_before_it_wrote(place):
    """What is read in a writing transaction holds until its end: nobody writes between."""

    def write(database):
        for _ in range(25):
            with database.writing() as connection:
                (count,) = connection.execute("SELECT count(*) FROM note").fetchone()
                connection.execute("INSERT INTO note VALUES (?)", (str(count),))

    databases = [opened(place) for _ in range(4)]
    threads = [threading.Thread(target=write, args=(one,)) for one in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert notes(databases[0]) == [str(number) for number in range(100)]
    for database in databases:
        database.close()


def test_a_reader_sees_one_moment(place):
    with closing(opened(place)) as database, closing(opened(place)) as other:
        with database.reading() as connection:
            count = "SELECT count(*) FROM note"
            assert connection.execute(count).fetchone() == (0,)
            note(other, "one")
            assert connection.execute(count).fetchone() == (0,)
        assert notes(database) == ["one"]


def test_a_transaction_within_another_is_a_bug(place):
    with closing(opened(place)) as database:
        with (
            database.writing() as connection,
            pytest.raises(RuntimeError, match="within another"),
            database.reading(),
        ):
            pass
        assert connection
        note(database, "one")
        assert notes(database) == ["one"]


def test_values_come_back_as_they_were(place):
    kind = DatabaseKind(
        name="the values",
        mark=79,
        versions=("CREATE TABLE one (t TEXT, i INTEGER, r REAL, b BLOB, rest TEXT)",),
    )
    values = ("é ≥ ' ? ?1 $1 %s \n", 2**62, 1_735_689_600.123456, b"\x00\xff", None)
    with closing(opened(place, kind)) as database:
        with database.writing() as connection:
            connection.execute("INSERT INTO one VALUES (?, ?, ?, ?, ?)", values)
        with database.reading() as connection:
            assert (
                tuple(connection.execute("SELECT t, i, r, b, rest FROM one").fetchone()) == values
            )
            found = connection.execute("SELECT i FROM one WHERE i = ?2 AND t = ?1", values[:2])
            assert found.fetchone() == (2**62,)


def test_texts_are_in_the_order_of_their_bytes(place):
    texts = ["r1", "r1.10", "r1.9", "r1/", "R1", "r10", "é", "z"]
    with closing(opened(place)) as database:
        for text in texts:
            note(database, text)
        with database.reading() as connection:
            rows = connection.execute("SELECT text FROM note ORDER BY text").fetchall()
            range_ = "SELECT text FROM note WHERE text > ? AND text < ? ORDER BY text"
            inside = connection.execute(range_, ("r1.", "r1/")).fetchall()
    assert [text for (text,) in rows] == sorted(texts, key=str.encode)
    assert inside == [("r1.10",), ("r1.9",)]


def test_threads_take_turns_on_one_connection(place):
    database = opened(place)

    def write(name):
        for number in range(50):
            note(database, f"{name}{number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(notes(database))) == 200
    database.close()


SHARED = """
import sys
from pathlib import Path
from sgeflow.adapters.state.locations import home_at
from sgeflow.adapters.state.store import Store
from sgeflow.core.model import Measure, Series
sys.stdin.read(1)
with Store(home_at(sys.argv[1], Path()).store("here")) as store:
    for day in range(60):
        series = Series(point=sys.argv[2], name="load_curve", unit="W")
        store.save(series, [Measure(86400 * day + 1800 * place, place, 1800) for place in range(48)])
"""


def test_processes_share_one_database_from_its_creation_on(home):
    workers = [start_program(SHARED, text_of(home), number) for number in range(4)]
    for worker in workers:
        worker.stdin.write("g")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=60)
    assert [worker.returncode for worker in workers] == [0, 0, 0, 0]
    with Store(home.store("here")) as store:
        counts = [len(store.load(point, "load_curve").measures) for point in store.points()]
    assert counts == [60 * 48] * 4


def test_whoever_opens_it_while_another_makes_it_finds_it_whole(home):
    def once(place, together):
        together.wait()
        with closing(opened(place)) as database:
            note(database, "here")

    for number in range(15):
        place, together = home.store(f"round{number}"), threading.Barrier(6)
        with ThreadPoolExecutor(6) as pool:
            for one in [pool.submit(once, place, together) for _ in range(6)]:
                one.result()
        with closing(opened(place)) as database:
            assert notes(database) == ["here"] * 6
