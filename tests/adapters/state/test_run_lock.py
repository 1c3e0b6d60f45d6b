"""One process at a time works on a run, wherever its state is, and however it ends."""

import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from msgspec.structs import replace

from sgeflow.adapters.secrets import Secret
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.run_lock import at_work, hold_run
from sgeflow.errors import GuardError, TechnicalError
from tests.postgres import ON_FILES, ON_SERVERS, on_servers_too
from tests.processes import start_program

pytestmark = on_servers_too("a server's locks are no files")

HOLDER = """
import sys, time
from pathlib import Path
from sgeflow.adapters.state.run_lock import hold_run
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.secrets import Secret

folder, server, run = sys.argv[1:]
home = StateLocation(folder=Path(folder), server=Secret(server) if server else None)
with hold_run(home, run):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def journal(home):
    """Whoever works on a run has opened its journal."""
    with Journal(home.journal) as opened:
        yield opened


def refusal(home, run):
    with pytest.raises(GuardError) as caught, hold_run(home, run):
        pass
    return caught.value.problems[0].message


def test_another_run_is_free(home):
    with hold_run(home, "r1"), hold_run(home, "r2"):
        pass


@ON_SERVERS
def test_a_hold_that_has_ended_is_lost_for_who_still_asks(home):
    with hold_run(home, "r1") as hold:
        assert hold.is_kept(surely=True)
    assert not hold.is_kept()


def test_when_it_has_ended_the_next_one_may(home):
    with hold_run(home, "r1"):
        pass
    with pytest.raises(RuntimeError), hold_run(home, "r1"):
        raise RuntimeError
    with hold_run(home, "r1"):
        pass


def test_rows_of_a_fleet_go_on_side_by_side_but_not_while_it_works(home):
    with hold_run(home, "f.1"), hold_run(home, "f.2"):
        assert refusal(home, "f.1") == "another process works on run f.1"
        assert refusal(home, "f") == "another process works on run f"
    with hold_run(home, "f"):
        assert refusal(home, "f.1") == "another process works on run f"


def test_a_run_that_was_let_go_can_be_had_at_once(home):
    for _ in range(50):
        with hold_run(home, "f.1"), hold_run(home, "f.2"):
            pass
        with hold_run(home, "f"):
            pass


@pytest.fixture
def often():
    """Threads give way to each other at every turn."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_that_share_a_lock_see_that_it_is_kept_whatever_another_one_asks(home, often):
    with hold_run(home, "f") as hold, ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda place: hold.is_kept(surely=place % 2 == 0), range(1500)))


def test_whoever_looks_sees_who_works_and_is_in_nobodys_way(home):
    assert not at_work(home, "f")
    with hold_run(home, "f.1"):
        assert at_work(home, "f.1")
        assert at_work(home, "f")
        assert not at_work(home, "f.2")
        assert not at_work(home, "g")
        with hold_run(home, "f.2"):
            pass
    with hold_run(home, "f"):
        assert at_work(home, "f")
        assert at_work(home, "f.7")
    assert not at_work(home, "f")


def test_a_process_that_is_killed_holds_nothing_any_more(home, tmp_path):
    server = home.server.reveal() if home.server else ""
    process = start_program(HOLDER, home.folder, server, "r1")
    assert process.stdout.readline() == "held\n"
    assert refusal(home, "r1") == "another process works on run r1"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    until = time.monotonic() + 10
    while True:  # a server notes a client's end a moment later
        try:
            with hold_run(home, "r1"):
                return
        except GuardError:
            assert time.monotonic() < until
            time.sleep(0.02)


@ON_FILES
def test_whoever_lost_its_file_leaves_that_of_the_next_one_alone(home):
    with ExitStack() as next_one:
        with hold_run(home, "r1") as first:
            home.lock("r1").unlink()  # a zombie: its lock was cleared away
            assert not first.is_kept()
            second = next_one.enter_context(hold_run(home, "r1"))
        assert second.is_kept()
        assert refusal(home, "r1") == "another process works on run r1"
    assert not home.lock("r1").exists()


@ON_SERVERS
def test_on_a_server_it_holds_for_all_machines(home, tmp_path):
    elsewhere = replace(home, folder=tmp_path / "another machine")
    with hold_run(home, "r1"):
        assert refusal(elsewhere, "r1") == "another process works on run r1"
        assert not (home.folder / "running").exists()


@ON_SERVERS
def test_a_long_run_outlives_the_time_that_idle_transactions_have(home, monkeypatch):
    soon = "SET idle_in_transaction_session_timeout = '100ms'"  # ten minutes, of the others
    monkeypatch.setattr("sgeflow.adapters.state.postgres._DEAD_PEERS", soon)
    with hold_run(home, "r1"):
        time.sleep(0.4)
        assert refusal(home, "r1") == "another process works on run r1"


@ON_SERVERS
def test_a_run_that_is_held_keeps_no_deleted_rows_alive(home, postgres):
    with hold_run(home, "r1"):
        (old,) = postgres.sql(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE state = 'idle in transaction' AND backend_xmin IS NOT NULL "
            f"AND datname = '{home.server.reveal().split('/')[3].partition('?')[0]}'"
        )
        assert old == (0,)


@ON_SERVERS
def test_a_server_that_is_away_has_words(home, tmp_path):
    away = StateLocation(folder=tmp_path, server=Secret("postgresql://one:geheim@127.0.0.1:1/base"))
    with pytest.raises(TechnicalError) as caught, hold_run(away, "r1"):
        pass
    assert "no connection to the server" in caught.value.problems[0].message
    assert "geheim" not in str(caught.value.problems)
