"""State files: private, and honest about what is wrong with them."""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sgeflow.errors import TechnicalError
from tests.adapters.state.test_database import NOTES, note, notes, opened
from tests.processes import start_program


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


def test_what_was_deleted_is_given_back_unless_another_process_reads_it(tmp_path):
    path = tmp_path / "notes.db"
    with closing(opened(path)) as database:
        for place in range(2000):
            note(database, f"note {place} " * 20)
        database.forget_deleted()
        whole = database.space()
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM note").fetchone()
        with database.writing() as connection:
            connection.execute("DELETE FROM note WHERE rowid > 100")
        spare = database.space().spare
        assert spare > whole.size * 0.8
        database.forget_deleted()
        assert path.stat().st_size == whole.size
        reader.close()
        database.forget_deleted()
        now = database.space()
        assert (now.size < whole.size * 0.2, now.spare) == (True, 0)
        assert len(notes(database)) == 100


def test_free_pages_may_stay_for_what_is_written_next_and_hold_nothing(tmp_path):
    path = tmp_path / "notes.db"
    with closing(opened(path)) as database:
        for place in range(100):
            note(database, f"a name {place} " * 20)
        with database.writing() as connection:
            connection.execute("DELETE FROM note")
        spare = database.space().spare
        database.forget_deleted(spare=spare // 4096)
        assert database.space().spare == spare > 0
        assert b"a name" not in path.read_bytes()
        database.forget_deleted(spare=spare // 4096 - 1)
        assert database.space().spare == 0


LIMITED = """
import resource, sys
from pathlib import Path
from sgeflow.adapters.state.store import Store
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


def run(script, *arguments):
    program = start_program(script, *arguments)
    out, err = program.communicate(timeout=60)
    assert program.returncode == 0, err
    return out.splitlines()


def test_a_full_disk_is_said_and_what_was_kept_stays(tmp_path):
    said, count, new = run(LIMITED, tmp_path / "store.db")
    assert said.startswith("SGE701 the store ")
    assert "the disk" in said
    assert "remedy" in said
    assert (count, new) == ("1", "1")


READ_ONLY = """
import os, sys
from pathlib import Path
import sgeflow.adapters.state.sqlite  # while it may be read
from sgeflow.adapters.state.store import Store
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
