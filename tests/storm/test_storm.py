"""Worlds in a bottle: whatever befalls them, no order twice, none lost, no value wrong or gone."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from sgeflow.adapters.http import transport
from tests.storm.bottle import Bottle
from tests.storm.laws import broken_laws
from tests.storm.protections import PROTECTIONS
from tests.storm.seeds import MISSES, MOVES, NIGHTS, PLAYED, RENEWALS
from tests.storm.telling import digest, tell
from tests.storm.worlds import live, project

BATCH = 20
MOST = 60  # worlds in which a missing protection shows itself; the first of them, as a rule


@pytest.fixture(scope="module")
def bottled():
    """The laws that the world of a seed breaks."""
    with project() as (workspace, folder):

        def make(seed, **chosen):
            own = folder / str(seed)
            own.mkdir()
            try:
                return broken_laws(live(seed, workspace, own, **chosen))
            finally:
                shutil.rmtree(own)

        yield make


@pytest.mark.parametrize("first", range(0, len(PLAYED), BATCH))
def test_whatever_befalls_a_world_its_laws_hold(bottled, first):
    for seed in PLAYED[first : first + BATCH]:
        broken = bottled(seed)
        assert not broken, f"python -m tests.storm --seed {seed}: {broken}"


@pytest.mark.parametrize("seed", NIGHTS)
def test_night_after_night_no_day_is_lost_that_sge_could_give(bottled, seed):
    broken = bottled(seed, flow="nights")
    assert not broken, f"python -m tests.storm --seed {seed} --flow nights: {broken}"


@pytest.mark.parametrize("seed", RENEWALS)
def test_a_service_that_ends_is_renewed_once_whatever_befalls_it(bottled, seed):
    broken = bottled(seed, flow="renewals")
    assert not broken, f"python -m tests.storm --seed {seed} --flow renewals: {broken}"


@pytest.mark.parametrize("seed", MOVES)
def test_who_moves_in_is_shown_nothing_of_who_lived_there_before(bottled, seed):
    broken = bottled(seed, flow="moves")
    assert not broken, f"python -m tests.storm --seed {seed} --flow moves: {broken}"


@pytest.mark.parametrize("name", PROTECTIONS)
def test_a_storm_misses_each_protection(bottled, name):
    """A storm that finds nothing without them would be blind, not calm."""
    protection, first = PROTECTIONS[name], MISSES[name]
    with protection.missing():
        broken = (bottled(seed, **protection.where) for seed in range(first, first + MOST))
        assert next(filter(None, broken), None), f"python -m tests.storm --without {name}"


def test_a_seed_is_the_same_world_to_the_byte_in_every_process():
    seed = PLAYED[20]
    hash_seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"  # another than here
    with project() as (workspace, folder):
        here = list(tell(live(seed, workspace, folder)))
    told = told_by_a_process(f"--seed={seed}", hash_seed).splitlines()
    assert here[-1].startswith("world ")
    assert told == "\n".join(here).splitlines()


def test_a_seed_is_the_same_world_whatever_was_played_before():
    first, second = PLAYED[:2]
    with project() as (workspace, folder):
        digests = []
        for number, seed in enumerate((second, first, second)):
            own = folder / str(number)
            own.mkdir()
            digests.append(digest(live(seed, workspace, own)))
    assert digests[0] == digests[2] != digests[1]


def test_calls_are_spaced_by_the_clock_of_the_world():
    """The machine's own, a default of the pacer's, made another world of a seed now and then."""
    with project() as (workspace, folder):
        bottle = Bottle(
            seed=1,
            workspace=workspace,
            folder=folder,
            generation="current",
            began=datetime(2025, 6, 15, tzinfo=UTC),
        )
        with bottle.opened():
            assert transport.HttpTransport({})._pacer._clock() == bottle.uptime()


def told_by_a_process(option, hash_seed):
    command = [sys.executable, "-m", "tests.storm", option]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment
    ).stdout
