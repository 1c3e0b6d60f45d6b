"""A worker of a cluster has its row to itself, whatever became of the fleet's own process."""

from contextlib import closing, contextmanager

import pytest

from sgeflow.adapters.state.run_lock import RowLocks, at_work, hold_run
from sgeflow.errors import GuardError, UsageError
from sgeflow.runtime.resume import resolve
from tests.postgres import on_servers_too, text_of
from tests.runtime.durability.test_faults import ORDER, ORDERING
from tests.tools.fleet.conftest import TODAY, kill, small, until
from tests.tools.fleet.test_cluster import dask, on, ready

pytestmark = on_servers_too("workers are known by the locks of the server")


__all__ = ["dask"]
PATIENT = "{connect: PT5S, read: PT30S, total: PT60S}"


@pytest.fixture
def opened(home):
    """Whoever works on a row has opened its journal."""
    from sgeflow.adapters.state.journal import Journal

    with Journal(home.journal):
        yield home


@contextmanager
def row_held(home, run):
    with closing(RowLocks(home)) as locks, locks.hold(run) as hold:
        yield hold


def test_rows_of_workers_go_on_while_their_fleet_is_held_and_each_has_one(opened):
    with hold_run(opened, "f"), row_held(opened, "f.1") as hold, row_held(opened, "f.2"):
        hold.check()
        with pytest.raises(GuardError, match=r"works on run f\.1"), row_held(opened, "f.1"):
            pass
        assert at_work(opened, "f.1")


def test_a_row_has_the_connection_of_one_that_has_ended_and_its_locks_are_let_go(opened, postgres):
    def connections():
        if not opened.server:
            return 0
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        name = opened.server.reveal().split("/")[3].partition("?")[0]
        return postgres.sql(asked, database=name)[0][0]

    with closing(RowLocks(opened)) as locks:
        with locks.hold("f.1"), locks.hold("f.2"):
            most = connections()
        for number in range(3, 9):
            with locks.hold(f"f.{number}") as hold:
                hold.check()
                with pytest.raises(GuardError), row_held(opened, f"f.{number}"):
                    pass
                until(lambda: connections() <= most)  # a server lets one that has left go later
        with row_held(opened, "f.1"), hold_run(opened, "g"):
            pass
    with hold_run(opened, "f"):
        pass


def test_a_fleet_whose_process_ended_is_at_work_while_a_worker_is(opened):
    with row_held(opened, "f.1"):
        assert at_work(opened, "f")
        with pytest.raises(GuardError, match="works on run f"), hold_run(opened, "f"):
            pass
        with pytest.raises(GuardError, match=r"works on run f\.1"), hold_run(opened, "f.1"):
            pass
        with hold_run(opened, "f.2"), hold_run(opened, "g"):
            pass
    with hold_run(opened, "f"):
        pass


@pytest.mark.slow
def test_an_order_is_not_settled_while_a_worker_of_a_killed_fleet_waits_for_its_answer(fleet, dask):
    here = fleet(1, faults="latency:8s", timeout=PATIENT)
    small(here.folder, [1])
    (here.folder / "flows" / "ordering.yaml").write_text(ORDERING)
    dask.start(1, SGEFLOW_STATE=text_of(here.home))
    ready(dask, 2)
    each = ("--each", "points.csv", *on(dask))
    process = here.start("run", "ordering", "--env", "lasting", "--today", TODAY, *each)
    until(lambda: here.noted("SELECT 1 FROM orders WHERE state = 'sending'"), seconds=60)
    kill(process)
    run = here.last_run().run
    here.age(f"{run}.1", 3600)
    with pytest.raises(GuardError, match=rf"another process works on run {run}\.1"):
        resolve(here.home, f"{run}.1", "", accepted=False)
    told = f"another process works on run {run}"
    with pytest.raises(GuardError, match=told), hold_run(here.home, run):
        pass
    assert here.noted("SELECT 1 FROM orders WHERE state = 'sending'")
    until(lambda: here.noted("SELECT 1 FROM orders WHERE state = 'done'"), seconds=60)
    here.server.calm()
    until(lambda: not at_work(here.home, run), seconds=60)
    with pytest.raises(UsageError, match="no such orders"):
        resolve(here.home, f"{run}.1", "", accepted=False)
    code, _, err = here.run("resume", run)
    assert code == 0, err
    assert here.orders() == {ORDER: 1}
