"""One rate for all rows together, and memory that does not grow with their number."""

import json
import time
import tracemalloc
from pathlib import Path

import pytest

from sgeflow.adapters.state.records import RowState
from sgeflow.core.engine.step import Run
from sgeflow.runtime.data_files import OutputPlace
from sgeflow.runtime.project import open_catalog
from sgeflow.tools.fleet.rows import Row, Table
from sgeflow.tools.fleet.work import BoundedPool
from tests.rates import most_within
from tests.tools.fleet.conftest import energy, small

WINDOW = 1.15  # seconds in which no more calls leave than allowed a second: with the jitter, 100 ms
LATE = 0.2  # seconds by which a call may arrive later than another, on a busy machine


def at_a_rate(fleet, rows, rate):
    """A fleet of so many rows: no second has more calls than allowed, however busy the machine.

    The answer: what was measured, in words.
    """
    here = fleet(min(rows, 500), rate=f"{rate}/s")
    numbers = [1 + n % min(rows, 500) for n in range(rows)]
    small(here.folder, numbers)
    starts = arrivals(here.server)
    process = here.start(*energy("--jobs", "8", "--output", "json"))
    peaks = []
    while process.poll() is None:
        peaks.append(resident(process.pid))
        time.sleep(0.25)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert json.loads(out)["done"] == rows
    # a call is stamped when it arrives, and may be late: what arrives within less than a second
    # was let go within one, if none is later than another by the rest of it
    most = most_within(WINDOW - LATE, starts)
    assert most <= rate
    seconds = starts[-1] - starts[0]
    assert (rows - 1) / rate - LATE < seconds
    known = [peak for peak in peaks if peak][1:]
    warm, end = known[len(known) // 4 :], known[len(known) * 3 // 4 :]
    assert max(warm) - warm[0] < 25e6  # the pages that SQLite keeps at hand are 16 MB
    assert max(end) - end[0] < 4e6  # and once they are there, nothing grows
    tenths = ", ".join(f"{known[len(known) * n // 10] / 1e6:.0f}" for n in range(10))
    return (
        f"{rows:,} rows at {rate}/s: {seconds:.1f} s, {(rows - 1) / seconds:.3f} calls a second, "
        f"in any {WINDOW - LATE:.2f} s at most {most}; resident memory by tenths of the time {tenths} MB"
    )


def arrivals(server):
    """The instants at which calls arrive."""
    starts, inner = [], server._desk.receive

    def receive(call):
        starts.append(time.monotonic())
        return inner(call)

    server._desk.receive = receive
    return starts


def resident(pid):
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = [line for line in text.splitlines() if line.startswith("VmRSS")]
    return int(found[0].split()[1]) * 1024 if found else 0


@pytest.mark.slow
def test_some_hundred_rows_never_pass_the_rate(fleet):
    at_a_rate(fleet, rows=150, rate=30)


def test_a_crew_works_through_a_stream_without_holding_it():
    done = []

    def act(one):
        done.append(one[0]) if one[0] % 1_000 == 0 else None

    pool = BoundedPool(act, 4, lambda: None)
    tracemalloc.start()
    pool.run((number, bytes(1_000)) for number in range(2_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sorted(done) == [0, 1_000]
    assert peak < 500_000


def test_more_than_a_thousand_rows_are_checked_in_little_memory(tmp_path):
    catalog = open_catalog()
    flow = catalog.catalog.flows["konnector"]
    head = "pointId,lastname,firstname,address,postalCode,city\n"
    rows = [f"39{number:012d},A,B,{number} RUE,69008,LYON\n" for number in range(1_500)]
    first, path = tmp_path / "first.csv", tmp_path / "points.csv"
    for each, some in ((first, rows[:10]), (path, rows)):
        each.write_text(head + "".join(some))
    facts = Run(
        id="x", today="2025-06-15", now="2025-06-15T08:00:00+02:00",
        environment=catalog.environment("simulator"), library=catalog.library,
    )  # fmt: skip
    place, own = OutputPlace(), {"file": "data/{pointId}.json"}
    Table(path=first, flow=flow, common=own).check(facts, place)  # what is compiled is not counted
    table = Table(path=path, flow=flow, common=own)
    tracemalloc.start()
    checked = table.check(facts, place)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert checked.total == 1_500
    assert peak < 700_000
    assert next(table.rows()) == Row(1, 2, next(table.rows()).values)
    assert RowState.OPEN == 0
