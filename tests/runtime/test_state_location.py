"""Where the state is, and what a command must say to find it."""

import pytest

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
