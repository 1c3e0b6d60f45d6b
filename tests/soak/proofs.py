"""The long proofs, some twenty minutes: `make soak` runs them and says what it measured.

They are collected only when this file is named; the suite has a small sister of each, in
tests/runtime/durability, tests/tools/fleet and tests/mistakes.
"""

import pytest

from tests.mistakes.check import judged
from tests.mistakes.sample import slips
from tests.runtime.durability.test_kills import WRITES, check, killed_at, undisturbed
from tests.runtime.test_held_connection import growth
from tests.tools.fleet import test_lost_orders
from tests.tools.fleet.conftest import (
    fleet,
    world,
)
from tests.tools.fleet.test_rates import at_a_rate
from tests.tools.fleet.test_stops import killed_again_and_again

__all__ = ["fleet", "world"]


@pytest.mark.timeout(900)
def test_ten_thousand_rows_at_forty_a_second_and_memory_stays_flat(fleet):
    print(at_a_rate(fleet, rows=10_000, rate=40))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("write", range(1, WRITES + 1))
def test_a_run_killed_at_any_write_of_its_journal_ends_as_without_the_kill(world, write, when):
    expected = undisturbed(world)
    check(killed_at(world, write, when), expected)


@pytest.mark.timeout(900)
def test_five_thousand_calls_on_one_connection_hold_no_more_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    memory, files, threads = growth(5_000, 800)
    assert (files, threads) == (0, 0)
    assert memory < 10_000
    print(f"after 1,000 to 5,000 calls: {memory} KiB more")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(3))
def test_a_fleet_of_two_hundred_killed_at_random_orders_each_once(fleet, seed):
    print(killed_again_and_again(fleet, points=200, kills=12, seed=seed))


@pytest.mark.parametrize("seed", range(10))
def test_three_hundred_orders_in_ten_storms(fleet, monkeypatch, seed):
    monkeypatch.setenv("BO_TOKEN", "simulator")
    here, points, found = test_lost_orders.lost_at_random(fleet, 300, seed)
    test_lost_orders.settle(here)
    outcomes = test_lost_orders.check(here, points)
    lost = sum(outcome != "ok" for outcome in outcomes)
    print(f"{len(points)} orders: {lost} answers lost, {found} found at once, 0 twice, 0 missing")


@pytest.mark.timeout(900)
def test_twice_as_many_slips_are_told_once_where_they_stand():
    assert {slip.name: told for slip in slips(most=2) if (told := judged(slip))} == {}
