"""A fleet on a Dask cluster: rows are done elsewhere, under one rate, and no order twice."""

import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from tests.collector import collecting
from tests.postgres import on_servers_too
from tests.processes import fork
from tests.tools.fleet.conftest import TODAY, energy, kept, konnector, point, small, until, write

ROOT = Path(__file__).parents[3]
ORDER = "commanderServicesAccesDonnees"


class Dask:
    """A scheduler and workers in processes of their own."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        self.address = ""

    def start(self, workers, **variables):
        found = self.folder / "scheduler.json"
        self._begin("scheduler", "--scheduler-file", str(found))
        until(lambda: found.exists() and found.read_text().strip(), seconds=60)
        self.address = json.loads(found.read_text())["address"]
        return [self.worker(number, **variables) for number in range(workers)]

    def worker(self, number, **variables):
        return self._begin(
            "worker", self.address, "--no-nanny", "--nworkers", "1", "--nthreads", "2",
            "--name", f"w{number}", "--host", "127.0.0.1", "--no-dashboard",
            **variables,
        )  # fmt: skip

    def stop(self):
        for process in self.processes:
            process.kill()
            process.communicate()

    def _begin(self, what, *words, **variables):
        more = (
            ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"] if what == "scheduler" else []
        )
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "BO_TOKEN": "simulator",
            "IDENTITY_KEY": "a key of the tests that everybody may know",
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3",
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "10s",
            **variables,
        }  # fmt: skip
        process = fork(
            f"distributed.cli.dask_{what}",
            [*words, *more],
            self.folder,
            {name: value for name, value in environment.items() if value},
            quiet=True,
        )
        self.processes.append(process)
        return process


@pytest.fixture
def dask(tmp_path):
    folder = tmp_path / "dask"
    folder.mkdir()
    cluster = Dask(folder)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A scheduler and two workers, for tests that leave them as they were."""
    cluster = Dask(tmp_path_factory.mktemp("dask"))
    cluster.start(2)
    ready(cluster, 4)
    yield cluster
    cluster.stop()


def on(dask):
    return ["--scheduler", dask.address]


def ready(dask, threads):
    """Wait until all workers are there."""
    from distributed import Client

    with Client(dask.address, set_as_default=False, timeout=60) as client:
        client.wait_for_workers(threads // 2, timeout=60)


@on_servers_too("machines of a cluster share a server")
@pytest.mark.slow
def test_rows_are_done_by_the_workers_of_a_cluster_and_traced_by_them(fleet, dask):
    here = fleet(4)
    write(here.folder, range(1, 5))
    with collecting() as collector:
        where = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.address}
        dask.start(2, **where)
        ready(dask, 4)
        code, out, err = here.run(*konnector(*on(dask), "--output", "json", "--traces"), **where)
        collector.status = 401
        small(here.folder, range(1, 5), "small.csv")
        _, _, lost = here.run(*energy(*on(dask), "--traces", each="small.csv"), **where)
    assert (code, "spans" in err) == (0, False), err
    assert "did not accept 17 of 17 spans of the trace" in lost  # four of each row, and the fleet's
    (span,) = collector.named("fleet konnector")
    rows = collector.named("run konnector")
    assert [row.links for row in rows] == [[span.id]] * 4
    report = json.loads(out)
    assert (report["rows"], report["done"], report["failed"]) == (4, 4, 0)
    assert here.server.orders == {(ORDER, point(n)): 1 for n in range(1, 5)}
    assert {where for where, _ in kept(here)} == {point(n) for n in range(1, 5)}
    code, out, _ = here.run("runs", "show", f"{report['run']}.3", "--output", "json")
    assert json.loads(out)["status"] == "done"


@on_servers_too("locks of a killed worker are let go by the server")
@pytest.mark.slow
def test_another_worker_finishes_what_a_killed_one_began_and_orders_nothing_twice(fleet, dask):
    here = fleet(6, faults="latency:40ms")
    write(here.folder, range(1, 7))
    first, _ = dask.start(2)
    ready(dask, 4)
    process = here.start(*konnector(*on(dask), "--output", "json"))
    until(lambda: len(here.server.requests) >= 20, seconds=60)
    first.send_signal(signal.SIGKILL)
    out, err = process.communicate(timeout=90)
    run = here.last_run().run
    if process.returncode != 0:  # an order of the killed worker was about to leave
        assert process.returncode in (7, 8), err
        consented = {consent["pointID"] for consent in here.server.world.consents}
        for order in json.loads(here.run("orders", "--output", "json")[1]):
            place = (order["operation"], order["point"])
            is_order = order["operation"] == ORDER
            has_come = place in here.server.orders if is_order else order["point"] in consented
            word = "--accepted" if has_come else "--not-accepted"
            here.age(order["run"], 3600)
            here.run("orders", "resolve", order["run"], word)
            here.run("resume", order["run"])
    else:
        assert json.loads(out)["done"] == 6
    assert run
    assert here.server.orders == {(ORDER, point(n)): 1 for n in range(1, 7)}


@pytest.mark.slow
def test_the_rate_holds_for_all_workers_together(fleet, shared):
    from tests.rates import most_within
    from tests.tools.fleet.test_rates import LATE, arrivals

    here = fleet(40, rate="20/s")
    small(here.folder, range(1, 41))
    starts = arrivals(here.server)
    code, out, err = here.run(*energy(*on(shared), "--output", "json"))
    assert code == 0, err
    assert json.loads(out)["done"] == 40
    # arrivals, some time after their starts; each worker for itself would send 40 in a second
    assert most_within(1 - LATE, starts) <= 22
    assert starts[-1] - starts[0] > (40 - 20) / 20 * 0.9


@pytest.mark.slow
def test_an_interrupt_stops_the_rows_of_all_workers_and_resume_finishes_them(fleet, shared):
    here = fleet(6, faults="latency:60ms")
    write(here.folder, range(1, 7))
    process = here.start(*konnector(*on(shared)))
    until(lambda: len(here.server.requests) >= 15, seconds=60)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    run = here.last_run().run
    assert f"sgeflow resume {run}" in err
    seen = len(here.server.requests)
    time.sleep(0.3)
    assert len(here.server.requests) == seen
    code, out, err = here.run("resume", run, *on(shared), "--output", "json")
    assert code == 0, err
    assert json.loads(out)["done"] == 6
    assert here.server.orders == {(ORDER, point(n)): 1 for n in range(1, 7)}


@pytest.mark.slow
def test_what_a_worker_lacks_is_told_before_a_row_begins(fleet, dask, tmp_path):
    here = fleet(3)
    write(here.folder, range(1, 4))
    dask.start(1, BO_TOKEN="")
    ready(dask, 2)
    code, _, err = here.run(*konnector(*on(dask)))
    assert code == 6, err
    assert "BO_TOKEN" in err
    assert f"worker  {socket.gethostname()}" in err
    assert not here.server.requests


def test_a_scheduler_that_is_not_there_is_told(fleet):
    here = fleet(1)
    small(here.folder, (1,))
    code, _, err = here.run(*energy("--scheduler", "tcp://127.0.0.1:9"))
    assert code == 5
    assert "tcp://127.0.0.1:9 cannot be reached" in err
    assert "SGE410" in err
    assert f"sgeflow resume {here.last_run().run}" in err


def test_a_scheduler_that_cannot_be_asked_is_told_and_leaves_no_fleet(fleet):
    here = fleet(1)
    small(here.folder, (1,))
    for address in ("somewhere", "tcp://somewhere", "tcp://[::1", "http://127.0.0.1:9"):
        code, _, err = here.run(*energy("--scheduler", address))
        assert code == 2
        assert f'"{address}" is not an address of a scheduler' in err
        assert "Traceback" not in err
    for name in ("", "nowhere.pem"):
        where = {f"DASK_DISTRIBUTED__COMM__TLS__{one}": name for one in ("CA_FILE", "CLIENT__CERT")}
        on_tls = energy("--scheduler", "tls://127.0.0.1:9")
        code, _, err = here.run(*on_tls, **where)
        assert code == 2
        assert "tls://127.0.0.1:9 requires certificates" in err
        assert "DASK_DISTRIBUTED__COMM__TLS__CA_FILE" in err
    assert json.loads(here.run("runs", "--output", "json")[1] or "[]") == []


def test_a_simulated_world_is_no_place_for_a_cluster(fleet):
    here = fleet(1)
    small(here.folder, (1,))
    code, _, err = here.run(
        "run", "energy", "--today", TODAY, "--each", "points.csv",
        "--scheduler", "tcp://127.0.0.1:9",
    )  # fmt: skip
    assert code == 2
    assert "sgeflow simulate" in err
    assert json.loads(here.run("runs", "--output", "json")[1] or "[]") == []
