"""Where the state is, and what a command must say to find it."""

import os

import pytest

from sgeflow.adapters.state.locations import is_there
from sgeflow.runtime.state_location import home_to_look_at


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (None, "sgeflow resume r1"),
        ("state dir", "sgeflow resume r1 --state 'state dir'"),
        (
            "postgresql://me:${secret.PW}@host/db",
            "sgeflow resume r1 --state 'postgresql://me:${secret.PW}@host/db'",
        ),
        ("postgresql://me:hunter2@host/db", "sgeflow resume r1 --state postgresql://…"),
        ("postgresql://me@host/db?password=hunter2", "sgeflow resume r1 --state postgresql://…"),
        ("postgresql://me@host:5432/db", "sgeflow resume r1 --state postgresql://me@host:5432/db"),
    ],
)
def test_a_command_that_is_told_finds_the_state_and_repeats_no_password(
    monkeypatch, tmp_path, given, told
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PW", "hunter2")
    assert home_to_look_at(given, None, None).command("resume", "r1") == told


def test_what_may_not_be_looked_into_may_be_a_state(tmp_path):
    tmp_path.chmod(0)
    child = os.fork()
    if child == 0:
        is_told = False
        try:
            if os.geteuid() == 0:  # who may look into everything
                os.setuid(65534)
            is_told = is_there(tmp_path / "journal.db")
        finally:
            os._exit(0 if is_told else 1)
    ended = os.waitpid(child, 0)[1]
    tmp_path.chmod(0o700)
    assert ended == 0
