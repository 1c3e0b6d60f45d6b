"""State files: private, versioned, and honest about what is wrong with them."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sgeflow.adapters.database import Kind, open_database
from sgeflow.errors import TechnicalError

NOTES = Kind(name="the notes", mark=77, versions=("CREATE TABLE note (text TEXT NOT NULL)",))
NEWER = Kind(
    name="the notes",
    mark=77,
    versions=(*NOTES.versions, "ALTER TABLE note ADD COLUMN by TEXT; CREATE INDEX by ON note (by)"),
)


def opened(path, kind=NOTES, **options):
    return open_database(path, kind, **options)


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


def read_once(path):
    database = opened(path)
    try:
        return notes(database)
    finally:
        database.close()


def refusal(path, kind=NOTES, **options):
    with pytest.raises(TechnicalError) as caught:
        opened(path, kind, **options)
    (problem,) = caught.value.problems
    assert problem.id.code == "SGE701"
    assert str(path) in problem.message
    return problem


def test_the_folder_and_all_files_are_their_owners_alone(tmp_path):
    previous = os.umask(0)
    try:
        path = tmp_path / "state" / "notes.db"
        database = opened(path)
        note(database, "one")
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
        database.close()
    finally:
        os.umask(previous)


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path):
    path = tmp_path / "notes.db"
    opened(path).close()
    path.chmod(0o644)
    opened(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_was_written_is_there_when_opened_again(tmp_path):
    path = tmp_path / "notes.db"
    first = opened(path)
    note(first, "one")
    note(first, "two", durable=True)
    first.close()
    again = opened(path)
    assert notes(again) == ["one", "two"]
    again.close()


def test_a_block_that_fails_leaves_nothing(tmp_path):
    database = opened(tmp_path / "notes.db")
    with pytest.raises(TechnicalError):
        note_twice_and_fail(database)
    assert notes(database) == []
    note(database, "kept")
    assert notes(database) == ["kept"]
    database.close()


def test_a_file_of_a_newer_schema_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.db"
    opened(path, NEWER).close()
    problem = refusal(path)
    assert "written by a newer sgeflow (schema 2, this one knows 1)" in problem.message
    assert dict(problem.details)["remedy"].startswith("upgrade sgeflow")
    opened(path, NEWER).close()


def test_a_file_of_an_older_schema_is_brought_up(tmp_path):
    path = tmp_path / "notes.db"
    old = opened(path)
    note(old, "one")
    old.close()
    new = opened(path, NEWER)
    with new.reading() as connection:
        assert connection.execute("SELECT text, by FROM note").fetchall() == [("one", None)]
    new.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.db"
    path.write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    before = path.read_bytes()
    assert "it is not a database" in refusal(path).message
    assert path.read_bytes() == before


@pytest.mark.parametrize("mark", [0, 78])
def test_another_programs_database_is_refused_and_left_alone(tmp_path, mark):
    path = tmp_path / "notes.db"
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE theirs (x)")
    foreign.execute(f"PRAGMA application_id={mark}")
    foreign.commit()
    foreign.close()
    before = path.read_bytes()
    assert "a database, but not the notes" in refusal(path).message
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be used" in refusal(tmp_path / "file" / "notes.db").message


def test_a_writer_that_waits_in_vain_says_who_holds_the_file(tmp_path):
    path = tmp_path / "notes.db"
    database = opened(path, patience=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TechnicalError, match="another program holds it"):
        note(database, "one")
    other.execute("ROLLBACK")
    other.close()
    note(database, "one")
    database.close()


def test_a_damaged_file_is_said_to_be_damaged(tmp_path):
    path = tmp_path / "notes.db"
    database = opened(path)
    for place in range(2000):
        note(database, f"note {place} " * 20)
    database.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(TechnicalError, match="it is damaged"):
        read_once(path)


LIMITED = """
import resource, sys
from pathlib import Path
from sgeflow.adapters.store import Store
from sgeflow.core.model import Measure, Series
from sgeflow.errors import TechnicalError
store = Store(Path(sys.argv[1]))
series = Series(point="25946599093143", name="load_curve", unit="W")
store.save(series, [Measure(0, 1, 1800)])
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
try:
    store.save(series, [Measure(1800 * place, place, 1800) for place in range(100_000)])
except TechnicalError as error:
    print(error.problems[0].id.code, error.problems[0].message, error.problems[0].details)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
print(len(store.load(series.point, series.name).measures))
print(store.save(series, [Measure(1800, 2, 1800)]).new)
store.close()
"""


def run(script, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        **options,
    ).stdout.splitlines()


def test_a_full_disk_is_said_and_what_was_kept_stays(tmp_path):
    said, count, new = run(LIMITED, tmp_path / "store.db")
    assert said.startswith("SGE701 the store ")
    assert "the disk" in said
    assert "remedy" in said
    assert (count, new) == ("1", "1")


READ_ONLY = """
import os, sys
from pathlib import Path
import sgeflow.adapters.sqlite  # while it may be read
from sgeflow.adapters.store import Store
from sgeflow.errors import TechnicalError
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    Store(Path(sys.argv[1]))
except TechnicalError as error:
    print(error.problems[0].message)
"""


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_without_write_access_is_said(exists):
    with TemporaryDirectory() as name:
        path = Path(name) / "store.db"
        if exists:
            opened(path).close()
            path.chmod(0o444)
        path.parent.chmod(0o555)
        (said,) = run(READ_ONLY, path)
        path.parent.chmod(0o755)
    assert str(path) in said
    assert "cannot be used" in said


def test_threads_take_turns_on_one_file(tmp_path):
    database = opened(tmp_path / "notes.db")

    def write(name):
        for place in range(50):
            note(database, f"{name}{place}")

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
from sgeflow.adapters.store import Store
from sgeflow.core.model import Measure, Series
sys.stdin.read(1)
with Store(Path(sys.argv[1])) as store:
    for day in range(60):
        series = Series(point=sys.argv[2], name="load_curve", unit="W")
        store.save(series, [Measure(86400 * day + 1800 * place, place, 1800) for place in range(48)])
"""


def test_processes_share_one_file_from_its_creation_on(tmp_path):
    path = tmp_path / "state" / "store.db"
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", SHARED, str(path), str(number)], stdin=subprocess.PIPE
        )
        for number in range(4)
    ]
    for worker in workers:
        worker.communicate(b"g", timeout=60)
    assert [worker.returncode for worker in workers] == [0, 0, 0, 0]
    link = sqlite3.connect(path)
    assert link.execute("SELECT count(*) FROM measure").fetchone() == (4 * 60 * 48,)
    assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    link.close()
