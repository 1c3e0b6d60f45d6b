"""Rates: never passed in any window, and nearly reached."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgeflow.adapters.http.rate_limit import Pacer, Rate, parse_rate
from sgeflow.errors import InvalidDocuments
from tests.examples import some
from tests.rates import most_within


@pytest.mark.parametrize(
    ("text", "count", "seconds"),
    [
        ("5/s", 5, 1),
        ("1/s", 1, 1),
        ("1/2s", 1, 2),
        ("30/min", 30, 60),
        ("100/h", 100, 3600),
        ("1000/d", 1000, 86400),
        ("5 / s", 5, 1),
    ],
)
def test_a_rate_is_a_count_in_a_time(text, count, seconds):
    assert parse_rate(text) == Rate(count, seconds)


@pytest.mark.parametrize("text", ["", "5", "0/s", "-1/s", "5/week", "1.5/s", "5/s/s", "1/0s"])
def test_what_is_not_a_rate_is_refused_with_examples(text):
    with pytest.raises(InvalidDocuments) as caught:
        parse_rate(text)
    assert "1000/d" in caught.value.problems[0].allowed


class Late:
    """A clock that only sleeping moves, and sleeping takes longer than asked."""

    def __init__(self, lateness):
        self.now = 1000.0
        self.lateness = iter(lateness)

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds + next(self.lateness, 0.0)


@settings(max_examples=some(30))
@given(
    count=st.integers(1, 7),
    seconds=st.sampled_from([1.0, 2.0, 60.0]),
    lateness=st.lists(st.floats(0, 0.5), max_size=60),
    pauses=st.lists(st.floats(0, 3), min_size=40, max_size=40),
)
def test_no_window_ever_holds_more_however_late_sleep_returns(count, seconds, lateness, pauses):
    clock = Late(lateness)
    pacer = Pacer(clock, clock.sleep)
    rate = Rate(count, seconds)

    def start_after(pause):
        clock.now += pause
        return pacer.wait({"sge": rate})

    starts = [start_after(pause) for pause in pauses]
    assert most_within(seconds, starts) <= count


@settings(max_examples=some(15))
@given(count=st.integers(1, 50), lateness=st.lists(st.floats(0, 0.002), min_size=300, max_size=300))
def test_the_average_stays_within_a_hundredth_of_the_rate(count, lateness):
    clock = Late(lateness)
    pacer = Pacer(clock, clock.sleep)
    begun = clock.now
    for _ in range(10 * count + 1):
        pacer.wait({"sge": Rate(count, 1.0)})
    assert 10 - 1e-6 <= clock.now - begun <= 10.1


def test_threads_together_reach_the_rate_and_never_pass_it():
    pacer, rate, starts = Pacer(), Rate(100, 1.0), []

    def work():
        mine = [pacer.wait({"sge": rate}) for _ in range(20)]
        starts.extend(mine)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most_within(1.0, starts) <= 100
    reached = (len(starts) - 1) / (max(starts) - min(starts))
    assert 85 < reached <= 100.5  # loaded machines may be late, not early


def test_two_limits_hold_together_and_the_slower_decides():
    clock = Late([])
    pacer = Pacer(clock, clock.sleep)
    both = {"operation": Rate(1, 1.0), "sge": Rate(4, 1.0)}
    first = [pacer.wait(both) for _ in range(3)]
    others = [pacer.wait({"sge": Rate(4, 1.0)}) for _ in range(8)]
    assert [after - before for before, after in pairwise(first)] == [1.0, 1.0]
    assert most_within(1.0, first + others) <= 4
    assert others[-1] - first[-1] == pytest.approx(2.0)


def test_idle_time_is_not_saved_up():
    clock = Late([])
    pacer = Pacer(clock, clock.sleep)
    pacer.wait({"sge": Rate(10, 1.0)})
    clock.now += 60
    starts = [pacer.wait({"sge": Rate(10, 1.0)}) for _ in range(2)]
    assert starts[1] - starts[0] == pytest.approx(0.1)


def test_a_deadline_before_the_next_start_is_told_at_once_and_reserves_nothing():
    clock, rate = Late([]), Rate(1, 1.0)
    pacer = Pacer(clock, clock.sleep)
    begun = pacer.wait({"sge": rate})
    assert pacer.wait({"sge": rate}, deadline=begun + 0.5) is None
    assert clock.now == begun
    assert pacer.wait({"sge": rate}) - begun == pytest.approx(1.0)


def test_without_limits_nobody_waits():
    clock = Late([])
    begun = clock.now
    assert Pacer(clock, clock.sleep).wait({}) == begun
    assert clock.now == begun
