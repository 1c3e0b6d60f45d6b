"""A connection that a service holds for days: its days, its end, its forks and its listeners."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from msgspec.structs import replace

import sgeflow
from sgeflow.adapters.state.journal import Journal
from sgeflow.core.model import CallRecord
from sgeflow.simulator import Simulator
from tests.conftest import shipped_catalog
from tests.processes import VARIABLES, start
from tests.skips import NAMESPACES

PARIS = ZoneInfo("Europe/Paris")
ORDER, SEARCH = "commanderServicesAccesDonnees", "rechercherServicesAccesDonnees"
ENVIRONMENT = """
environment: here
title: a simulator over HTTP
generation: current
login: donnees.energie@example.org
contractId: "1234567"
services: {{sge: {{base_url: "{base}", route: direct}}}}
"""


@pytest.fixture
def server():
    with Simulator(shipped_catalog(), today="2025-06-15") as simulator:
        yield simulator


@pytest.fixture
def here(server, tmp_path):
    """A project whose environment is the simulator, as a real one: over HTTP, with a guard."""
    (tmp_path / "environments").mkdir()
    text = ENVIRONMENT.format(base=server.base_url)
    (tmp_path / "environments" / "here.yaml").write_text(text)
    return sgeflow.open_catalog(tmp_path)


@pytest.fixture
def simulated(tmp_path):
    return sgeflow.Options(scenario="settled", today="2025-06-15", state=tmp_path / "state")


def orders_of(tmp_path):
    """The state of each order in the journal, which everybody has closed."""
    with Journal(tmp_path / "state" / "journal.db") as journal:
        return journal.order_states()


def order_of(server):
    return {
        "pointId": server.household["pointId"],
        "nom": "MARTIN",
        "dateFin": "2026-06-01",
        "serviceSouscrit": [{"typeDonnees": "CDC"}],
    }


def accepted(server):
    return sum(times for (name, _), times in server.orders.items() if name == ORDER)


def options(tmp_path, **more):
    return sgeflow.Options(environment="here", state=tmp_path / "state", **more)


def test_each_call_and_run_takes_the_day_on_which_it_begins(server, here, tmp_path):
    with (
        time_machine.travel(datetime(2025, 6, 15, 23, tzinfo=PARIS), tick=True) as clock,
        sgeflow.connect(here, options=options(tmp_path)) as sge,
    ):
        assert sge.run("check-identity", dict(server.household)).today == "2025-06-15"
        clock.move_to(datetime(2025, 6, 17, 9, tzinfo=PARIS))
        server.pass_days(2)
        assert sge.run("check-identity", dict(server.household)).today == "2025-06-17"
        sge.call(ORDER, order_of(server)).raise_for_failure()
    assert accepted(server) == 1


def test_a_given_day_stays_that_of_every_run(server, here, tmp_path):
    with (
        time_machine.travel(datetime(2025, 6, 15, 9, tzinfo=PARIS), tick=True) as clock,
        sgeflow.connect(here, options=options(tmp_path, today="2025-06-15")) as sge,
    ):
        clock.move_to(datetime(2025, 6, 17, 9, tzinfo=PARIS))
        assert sge.run("check-identity", dict(server.household)).today == "2025-06-15"


@pytest.fixture
def slow(server, here, tmp_path):
    """`slow()`: a connection by which an order is under way, its thread, and its later results."""

    def begin():
        sge, results = sgeflow.connect(here, options=options(tmp_path)), []
        worker = threading.Thread(
            target=lambda: results.append(sge.call(ORDER, order_of(server))), daemon=True
        )
        worker.start()
        while not server.arrival_count:
            time.sleep(0.01)
        return sge, worker, results

    server.meet("latency:700ms")
    with time_machine.travel(datetime(2025, 6, 15, 12, tzinfo=PARIS), tick=True):
        yield begin


def test_closing_waits_for_an_order_under_way_and_refuses_others(slow, server, tmp_path):
    sge, worker, results = slow()
    assert sge.close(timeout=0.05) is False
    with pytest.raises(sgeflow.UsageError, match="the connection is closed"):
        sge.call(SEARCH, {"pointId": server.household["pointId"]})
    assert sge.close() is True
    worker.join()
    assert (results[0].failure, accepted(server)) == (None, 1)
    assert orders_of(tmp_path) == ("done",)


def test_an_order_that_outlives_the_limit_ends_well_and_closes_the_environment(
    slow, server, tmp_path
):
    sge, worker, results = slow()
    assert sge.close(timeout=0) is False
    worker.join()
    assert (results[0].failure, accepted(server)) == (None, 1)
    assert orders_of(tmp_path) == ("done",)
    assert sge.close(timeout=0) is True


def test_the_end_of_with_waits_too(slow, server):
    sge, worker, results = slow()
    with sge:
        pass
    worker.join(timeout=0.5)
    assert (results[0].failure, accepted(server)) == (None, 1)


def fail_at(kind):
    def listen(event):
        if isinstance(event, kind):
            raise ValueError("a mistake of the program")  # noqa: TRY004 - any error

    return listen


def test_a_listener_that_raises_stops_no_order_and_is_reported(slow, server, here, tmp_path):
    server.calm()
    sge = sgeflow.connect(here, options=options(tmp_path))
    result = sge.call(ORDER, order_of(server), listener=fail_at(object))
    assert (result.failure, accepted(server)) == (None, 1)
    assert result.warnings == ("the listener raised ValueError, which stopped nothing",)


def test_a_listener_that_raises_stops_no_run_and_is_logged(simulated, caplog):
    report = sgeflow.run("konnector", options=simulated, listener=fail_at(CallRecord))
    assert report.status.value == "done"
    assert report.warnings == ("the listener raised ValueError, which stopped nothing",)
    assert {record.name for record in caplog.records} == {"sgeflow"}
    assert "a mistake of the program" in caplog.text


def program(text, *arguments):
    """Start a program in a process of its own."""
    return start("-c", [text, *arguments], Path.cwd(), VARIABLES)


def python(text, *arguments, limit=30):
    """Run a program in a process of its own, for `limit` seconds at most."""
    process = program(text, *arguments)
    out, err = process.communicate(timeout=limit)
    assert process.returncode == 0, err
    return out


OPENED = """
import os, sys, threading, time
import sgeflow
sge = sgeflow.connect(options=sgeflow.Options(scenario="settled", today="2025-06-15"))
point = sge.inputs["pointId"]
def search():
    return sge.call("rechercherServicesSouscritsMesures", {"pointId": point}).raise_for_failure()
search()
"""


CALLING = """
def call():
    while True:
        search()
threading.Thread(target=call, daemon=True).start()
time.sleep(0.3)
"""


GROWING = """
def held():
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024, len(os.listdir("/proc/self/fd"))
count = int(sys.argv[1])
for number in range(1, count + 1):
    search()
    if number in (count // 5, count):
        print(*held(), threading.active_count())
sge.close()
"""


def growth(count, limit):
    """Make calls on one connection, and compare what the process holds after a fifth and at last.

    Returns the growth of its memory in KiB, of its open files and of its threads.
    """
    first, last = (
        map(int, line.split()) for line in python(OPENED + GROWING, count, limit=limit).splitlines()
    )
    return [after - before for before, after in zip(first, last, strict=True)]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux alone tells it there")
def test_many_calls_on_one_connection_hold_no_more_files_and_hardly_more_memory(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    memory, files, threads = growth(250, 60)
    assert (files, threads) == (0, 0)
    assert memory < 4_000


@pytest.mark.parametrize("work", ["", CALLING])
def test_a_process_ends_though_its_connection_is_open(work, tmp_path, monkeypatch):
    """Without an end of its own the process would wait for the simulator, and time out here."""
    monkeypatch.chdir(tmp_path)
    command = [sys.executable, "-c", OPENED + work + "print('end')"]
    assert subprocess.run(command, check=True, capture_output=True, timeout=20).stdout == b"end\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.parametrize("busy", [False, True])
def test_a_forked_process_opens_connections_of_its_own(busy, tmp_path, monkeypatch):
    """Parent and children use one connection at the same time; all get their own answers."""
    monkeypatch.chdir(tmp_path)
    told = python(
        OPENED
        + f"""
stop = threading.Event()
def work():
    while not stop.is_set():
        search()
workers = [threading.Thread(target=work) for _ in range(3 if {busy} else 0)]
for worker in workers:
    worker.start()
children = []
for number in range(4):
    time.sleep(0.05)
    child = os.fork()
    if not child:
        report = sge.run("konnector")
        search()
        os.write(1, f"child {{report.status.value}}\\n".encode())
        sge.close()
        sys.exit(0)
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
stop.set()
for worker in workers:
    worker.join()
search()
print("parent", sge.close())
""",
        limit=60,
    )
    assert told.splitlines() == ["child done"] * 4 + ["parent True"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_replay_outlives_its_forked_process_and_begins_anew_there(tmp_path, monkeypatch):
    """A child that ends must not delete the folder from which its parent still replays."""
    monkeypatch.chdir(tmp_path)
    options = sgeflow.Options(scenario="settled", today="2025-06-15", record=tmp_path / "one.yaml")
    sgeflow.run("check-identity", options=options).raise_for_failure()
    program = """
import glob, os, sys, tempfile
from pathlib import Path
import sgeflow
tempfile.tempdir = os.getcwd()
sge = sgeflow.connect(options=sgeflow.Options(replay=Path("one.yaml")))
child = os.fork()
if not child:
    os.write(1, f"child {sge.run('check-identity').status.value}\\n".encode())
    sge.close()
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
assert len(glob.glob("sgeflow-*/*.db")) > 0
print("parent", sge.run("check-identity").status.value)
sge.close()
assert not glob.glob("sgeflow-*")
"""
    assert python(program).splitlines() == ["child done", "parent done"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_process_does_not_write_the_cassette_of_its_parent(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program = """
import os, sys
from pathlib import Path
import sgeflow
options = sgeflow.Options(scenario="settled", today="2025-06-15", record=Path("one.yaml"))
sge = sgeflow.connect(options=options)
sge.run("check-identity").raise_for_failure()
child = os.fork()
if not child:
    try:
        sge.run("konnector")
    except sgeflow.UsageError as error:
        os.write(1, f"child {error.problems[0].where}\\n".encode())
    sge.close()
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
assert not Path("one.yaml").exists()
sge.close()
"""
    assert python(program) == "child record\n"
    replay = sgeflow.Options(replay=tmp_path / "one.yaml")
    assert sgeflow.run("check-identity", options=replay).failure is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_process_that_cannot_open_is_told_why_each_time(server, here, tmp_path):
    """A failed opening closes what it has opened, and the next call tries again."""
    sge = sgeflow.connect(here, options=options(tmp_path))
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        try:
            state = tmp_path / "state"
            state.rename(tmp_path / "moved")
            state.write_text("no folder")
            for _ in range(2):
                try:
                    sge.points()
                except sgeflow.TechnicalError as error:
                    os.write(tell, f"{error.problems[0].id.code}\n".encode())
            state.unlink()
            (tmp_path / "moved").rename(state)
            os.write(tell, f"{sge.points()}\n".encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    sge.close()
    os.close(tell)
    with os.fdopen(told) as lines:
        assert lines.read().splitlines() == ["SGE701", "SGE701", "()"]


def test_measures_that_are_read_one_by_one_end_when_the_connection_is_closed(simulated):
    sge = sgeflow.connect(options=simulated)
    sge.run("konnector").raise_for_failure()
    of_all = sge.measures_of_all("load_curve")
    sge.close()
    with pytest.raises(sgeflow.UsageError, match="the connection is closed"):
        next(of_all)


def test_an_answer_stands_though_the_environment_cannot_be_closed_behind_it(
    slow, server, tmp_path, monkeypatch, caplog
):
    sge, worker, results = slow()

    close = Journal.close

    def fail(journal):
        close(journal)
        raise sgeflow.TechnicalError

    monkeypatch.setattr(Journal, "close", fail)
    assert sge.close(timeout=0) is False
    worker.join()
    assert (results[0].failure, accepted(server)) == (None, 1)
    assert "a connection could not be closed" in caplog.text


ORDERING = """
flow: ordering
title: A read, and an order
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: look
    call: rechercherServicesAccesDonnees
    with: {pointId: "${inputs.pointId}"}
  - id: contract
    call: commanderServicesAccesDonnees
    with:
      pointId: ${inputs.pointId}
      dateFin: "2026-06-01"
      nom: MARTIN
      serviceSouscrit: [{typeDonnees: CDC}]
outputs: {serviceId: steps.contract.serviceId}
"""
TASK = """
import os, signal, sys
import time_machine
import sgeflow
events = []
def listener(event):
    events.append(event)
    if sys.argv[4:] == [str(len(events))]:
        os.kill(os.getpid(), signal.SIGKILL)
with time_machine.travel(f"2025-06-15T{sys.argv[3]}Z", tick=True):
    options = sgeflow.Options(environment="here", state=sys.argv[1])
    report = sgeflow.run("ordering", {"pointId": sys.argv[2]}, name="anna", options=options,
                         listener=listener)
print(report.status.value, report.ended_before, report.outputs is not None)
"""


@pytest.fixture
def ordering(here, tmp_path):
    """The project, with a flow that orders."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "ordering.yaml").write_text(ORDERING)
    return sgeflow.open_catalog(tmp_path)


@pytest.mark.parametrize("requests", [0, 1, 2])
def test_a_task_that_is_killed_and_run_again_orders_once(
    requests, ordering, server, tmp_path, monkeypatch
):
    """The process dies before its first request, and while each of its two requests is open."""
    monkeypatch.chdir(tmp_path)
    server.meet("latency:400ms")
    words = [tmp_path / "state", server.household["pointId"]]
    task = program(TASK, *words, "10:00")
    while server.arrival_count < requests:
        time.sleep(0.01)
    task.kill()
    task.communicate(timeout=60)
    while len(server.requests) < requests:  # it is carried out after the process died
        time.sleep(0.01)
    server.calm()
    told = python(TASK, *words, "10:01", limit=60).split()
    assert told == ["done", "False", "True"]
    assert accepted(server) == 1
    assert python(TASK, *words, "10:02").split() == ["done", "True", "False"]
    assert accepted(server) == 1


@pytest.mark.parametrize("event", range(1, 8))
def test_a_task_that_is_killed_at_an_event_orders_once(
    event, ordering, server, tmp_path, monkeypatch
):
    """At its start, and at the begin, the answer and the end of each of its two steps."""
    monkeypatch.chdir(tmp_path)
    words = [tmp_path / "state", server.household["pointId"]]
    task = program(TASK, *words, "10:00", event)
    task.communicate(timeout=60)
    assert task.returncode == -signal.SIGKILL
    assert python(TASK, *words, "10:01", limit=60).split() == ["done", "False", "True"]
    assert accepted(server) == 1


def test_a_connection_runs_by_name_once(ordering, server, tmp_path):
    inputs = {"pointId": server.household["pointId"]}
    with (
        time_machine.travel(datetime(2025, 6, 15, 12, tzinfo=PARIS), tick=True),
        sgeflow.connect(ordering, options=options(tmp_path)) as sge,
    ):
        server.meet("drop:100%")
        assert sge.run("ordering", inputs, name="anna").failure.code == "SGE402"
        server.calm()
        done = sge.run("ordering", inputs, name="anna")
        assert (done.run, done.status.value, done.ended_before) == ("anna", "done", False)
        again = sge.run("ordering", inputs, name="anna")
        kept = [(step.trail, step.status, step.summary) for step in done.steps]
        assert [(step.trail, step.status, step.summary) for step in again.steps] == kept
        assert (again.ended_before, again.exit, again.outputs) == (True, 0, None)
        with pytest.raises(sgeflow.UsageError, match="begun with other inputs"):
            sge.run("ordering", {"pointId": "30000000000078"}, name="anna")
        with pytest.raises(sgeflow.UsageError, match="begun with something else"):
            sge.run("check-identity", name="anna")
        with pytest.raises(sgeflow.UsageError, match="is not a name for a run"):
            sge.run("ordering", inputs, name="anna.1")
    assert accepted(server) == 1


def test_an_order_of_unknown_outcome_is_settled_from_python(server, here, tmp_path):
    own = options(tmp_path)
    with time_machine.travel(datetime(2025, 6, 15, 12, tzinfo=PARIS), tick=True):
        server.meet("close:100%")
        lost = sgeflow.call(ORDER, order_of(server), workspace=here, options=own)
        assert lost.failure.code == "SGE301"
        server.calm()
        with Journal(tmp_path / "state" / "journal.db") as journal:
            run = journal.runs()[0].run
        made = {"serviceID": "1"}
        with pytest.raises(sgeflow.UsageError, match='has no output "serviceID"'):
            sgeflow.resolve_order(run, accepted=True, outputs=made, workspace=here, options=own)
        sgeflow.resolve_order(run, accepted=True, workspace=here, options=own)
        with pytest.raises(sgeflow.UsageError, match="has no such orders"):
            sgeflow.resolve_order(run, accepted=True, workspace=here, options=own)
    assert orders_of(tmp_path) == ("done",)


READING = """
import sys
import sgeflow
with sgeflow.connect(options=sgeflow.Options(scenario="settled", today="2025-06-15")) as sge:
    (point,) = sge.points()
    series = [one.name for one in sge.series(point)]
    print(len(sge.measures(point, "load_curve", "2025-06-10", "2025-06-11").measures), series)
    print(len(list(sge.measures_of_all("load_curve"))), sge.customers(point))
    try:
        sge.run("konnector")
    except sgeflow.TechnicalError as error:
        print(error.problems[0].id.code)
"""


def test_measures_are_read_on_a_disk_that_cannot_be_written(simulated, tmp_path):
    state = tmp_path / ".sgeflow"
    sgeflow.run("konnector", options=replace(simulated, state=state)).raise_for_failure()
    mount = f"mount --bind {tmp_path} {tmp_path} && mount -o remount,bind,ro {tmp_path}"
    words = ["unshare", "-rm", "sh", "-c", f'{mount} || exit 98; cd {tmp_path}; exec "$@"']
    done = subprocess.run(
        [*words, "sh", sys.executable, "-c", READING],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.returncode == 98 or "unshare" in done.stderr:
        pytest.skip(NAMESPACES)
    assert done.returncode == 0, done.stderr
    kept, of_all, refused = done.stdout.splitlines()
    assert kept.startswith("48 [")
    assert "daily_energy" in kept
    assert (of_all, refused) == ("1 (1,)", "SGE701")
