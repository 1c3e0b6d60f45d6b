"""State files: private, and honest about what is wrong with them."""

import os
import sqlite3
import stat
from contextlib import closing

import pytest

from sgeflow.errors import TechnicalError
from tests.adapters.state.test_database import note, notes, opened


def refusal(path):
    with pytest.raises(TechnicalError) as caught:
        opened(path)
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


def test_a_database_without_a_mark_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.db"
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE theirs (x)")
    foreign.commit()
    foreign.close()
    before = path.read_bytes()
    assert "a database, but not the notes" in refusal(path).message
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be used" in refusal(tmp_path / "file" / "notes.db").message


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
