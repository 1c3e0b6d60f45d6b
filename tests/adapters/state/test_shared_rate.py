"""One rate for processes that share a place: never passed together, and nearly reached."""

import heapq
import itertools
import json
import time

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgeflow.adapters.http.rate_limit import OWN_DELAY, Pacer, Rate
from sgeflow.adapters.state.shared_rate import SharedPace
from sgeflow.errors import TechnicalError
from tests.examples import some
from tests.postgres import text_of
from tests.processes import start_program
from tests.rates import most_within

WORKER = """
import json, sys, time
from pathlib import Path
from sgeflow.adapters.state.shared_rate import SharedPace
from sgeflow.adapters.http.rate_limit import OWN_DELAY, Pacer, Rate
from sgeflow.adapters.state.locations import home_at
shared = SharedPace(home_at(sys.argv[1], Path()).pace)
pacer = Pacer(shared=shared)
print("ready", flush=True)
sys.stdin.readline()
starts = []
for _ in range(int(sys.argv[3])):
    pacer.wait({"sge": Rate(int(sys.argv[2]), 1.0)})
    starts.append(time.time())
shared.close()
print(json.dumps(starts))
"""


@pytest.fixture
def pace(tmp_path):
    shared = SharedPace(tmp_path / "pace.db")
    yield shared
    shared.close()


def test_processes_together_never_pass_the_rate_and_nearly_reach_it(home):
    rate, each = 25, 25
    workers = [start_program(WORKER, text_of(home), rate, each) for _ in range(3)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    starts = []
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        out, _ = worker.communicate(timeout=60)
        starts += json.loads(out)
    assert len(starts) == 3 * each
    # stamped a moment after the start was noted: one of slack
    assert most_within(1.0, starts) <= rate + 1
    assert len(starts) / (max(starts) - min(starts)) > 0.8 * rate


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=some(20),
    deadline=None,
)
@given(
    count=st.integers(1, 7),
    pauses=st.lists(st.floats(0, 2), min_size=1, max_size=40),
)
def test_no_window_ever_holds_more_starts_than_allowed(tmp_path, count, pauses):
    place = tmp_path / f"{time.monotonic_ns()}.db"
    limits = {"sge": Rate(count, 1.0)}
    starts = []
    shared = SharedPace(place)
    with time_machine.travel(1_750_000_000.0, tick=False) as clock:
        for pause in pauses:
            clock.shift(pause)
            if not shared.begin(limits):
                starts.append(time.time())
    shared.close()
    assert most_within(1.0, starts) <= count


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=some(10),
    deadline=None,
)
@given(count=st.integers(501, 5000))
def test_a_rate_of_very_many_is_kept_by_its_shares(tmp_path, count):
    shared = SharedPace(tmp_path / f"{time.monotonic_ns()}.db")
    with time_machine.travel(1_750_000_000.0, tick=False) as clock:
        taken = 0
        while not shared.begin({"sge": Rate(count, 86_400.0)}):
            taken += 1
            assert taken <= count
            clock.shift(0.25)
    shared.close()
    assert taken >= 250  # a burst of a share, and no more


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=some(15),
    deadline=None,
)
@given(data=st.data(), count=st.integers(1, 6), jitter=st.floats(0, 0.3))
def test_a_server_never_counts_more_than_allowed_whatever_the_way_there(
    tmp_path, data, count, jitter
):
    """Two processes side by side. A call leaves when its connection stands, which takes a while,
    and arrives when its network likes: at the server no window holds more."""
    place, moments = tmp_path / f"{time.monotonic_ns()}.db", itertools.count()
    limits = {"sge": Rate(count, 1.0, slack=jitter + OWN_DELAY)}
    connect = st.one_of(st.floats(0, 0.04), st.floats(0, 3))
    arrivals, began = [], 1_750_000_000.0
    with time_machine.travel(began, tick=False) as clock:
        processes = [SharedPace(place) for _ in range(2)]
        pacers = [
            Pacer(clock=time.time, sleep=lambda _: None, shared=shared) for shared in processes
        ]
        turns = [(data.draw(st.floats(0, 1)), next(moments), "ask", 0.0) for _ in range(14)]
        heapq.heapify(turns)
        while turns:
            now, number, what, start = heapq.heappop(turns)
            clock.move_to(began + now)
            process = number % 2
            if what == "ask":
                wait = processes[process].begin(limits)
                way = data.draw(connect)
                turn = (now + wait, "ask", 0.0) if wait else (now + way, "leave", time.time())
                heapq.heappush(turns, (turn[0], number, *turn[1:]))
                continue
            if not pacers[process].depart(limits, start, deadline=0.0):
                heapq.heappush(turns, (now, number, "ask", 0.0))  # its turn is over
                continue
            arrivals.append(now + data.draw(st.floats(0, jitter)))
        for shared in processes:
            shared.close()
    assert len(arrivals) == 14
    assert most_within(1.0, arrivals) <= count


def test_who_must_wait_is_told_how_long(pace):
    limits = {"sge": Rate(2, 10.0)}
    with time_machine.travel(1_750_000_000.0, tick=False) as clock:
        assert pace.begin(limits) == 0.0
        clock.shift(4)
        assert pace.begin(limits) == 0.0
        clock.shift(1)
        assert pace.begin(limits) == pytest.approx(5)
        clock.shift(-1)
        clock.shift(6)
        assert pace.begin(limits) == 0.0


def test_what_must_wait_for_one_limit_is_not_noted_under_another(pace):
    with time_machine.travel(1_750_000_000.0, tick=False) as clock:
        assert pace.begin({"slow": Rate(1, 60.0)}) == 0.0
        for _ in range(3):
            assert pace.begin({"slow": Rate(1, 60.0), "fast": Rate(2, 1.0)}) > 0
        assert pace.begin({"fast": Rate(2, 1.0)}) == 0.0
        clock.shift(0.5)
        assert pace.begin({"fast": Rate(2, 1.0)}) == 0.0
        assert pace.begin({"fast": Rate(2, 1.0)}) == pytest.approx(0.5)


def test_starts_do_not_leave_in_a_burst(pace):
    with time_machine.travel(1_750_000_000.0, tick=False) as clock:
        assert pace.begin({"sge": Rate(10, 1.0)}) == 0.0
        assert pace.begin({"sge": Rate(10, 1.0)}) == pytest.approx(0.08)
        assert pace.begin({"slow": Rate(1000, 86_400.0)}) == 0.0
        clock.shift(0.25)
        assert pace.begin({"slow": Rate(1000, 86_400.0)}) == 0.0  # nobody waits for minutes


def test_a_clock_that_is_set_back_holds_nobody_up(pace):
    limits = {"sge": Rate(1, 60.0)}
    with time_machine.travel(1_750_000_000.0, tick=False) as clock:
        assert pace.begin(limits) == 0.0
        clock.shift(-3600)
        assert pace.begin(limits) == 0.0
        assert pace.begin(limits) == pytest.approx(60)


def test_a_deadline_before_the_others_leave_room_is_told_at_once(home):
    limits = {"sge": Rate(1, 300.0)}
    pace = SharedPace(home.pace)
    assert pace.begin(limits) == 0.0
    assert 200 < pace.begin(limits) <= 300
    began = time.monotonic()
    assert Pacer(shared=pace).wait(limits, began + 60) is None
    assert time.monotonic() - began < 30
    pace.close()


def test_without_limits_nothing_is_opened(tmp_path):
    shared = SharedPace(tmp_path / "pace.db")
    assert Pacer(shared=shared).wait({}) is not None
    assert not (tmp_path / "pace.db").exists()


def test_a_place_that_is_something_else_is_named(tmp_path):
    (tmp_path / "pace.db").write_text("not a database, and long enough to be looked at " * 40)
    shared = SharedPace(tmp_path / "pace.db")
    with pytest.raises(TechnicalError, match="pace"):
        shared.begin({"sge": Rate(1, 1.0)})
