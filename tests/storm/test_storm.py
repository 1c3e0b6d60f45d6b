"""Worlds in a bottle: whatever befalls them, no order twice, none lost, no value wrong or gone."""

import shutil

import pytest

from sgeflow.adapters.http import connections
from sgeflow.adapters.state import journal
from sgeflow.core.soap import binding
from tests.storm.laws import broken_laws
from tests.storm.story import live, project

WORLDS, BATCHES = 200, 10
FOUND = 60  # worlds in which what is broken shows itself


@pytest.fixture(scope="module")
def bottled():
    """The laws that the world of a seed breaks, and its story."""
    with project() as (workspace, folder):

        def make(seed, **chosen):
            own = folder / str(seed)
            own.mkdir()
            try:
                story = live(seed, workspace, own, **chosen)
                return story, broken_laws(story)
            finally:
                shutil.rmtree(own)

        yield make


@pytest.mark.parametrize("batch", range(BATCHES))
def test_whatever_befalls_a_world_its_laws_hold(bottled, batch):
    size = WORLDS // BATCHES
    for seed in range(batch * size, (batch + 1) * size):
        story, broken = bottled(seed)
        assert not broken, f"python -m tests.storm --seed {seed}: {broken} {story.bottle.story}"


def test_a_seed_is_the_same_world_each_time(bottled):
    first, again = bottled(7_000)[0], bottled(7_000)[0]
    assert first.bottle.network.log == again.bottle.network.log
    assert first.bottle.story == again.bottle.story


def worlds_until_broken(bottled, word, **chosen):
    """How many worlds it took until a law with a word in it broke; None when it never did."""
    for seed in range(FOUND):
        if any(word in law for law in bottled(seed, **chosen)[1]):
            return seed + 1
    return None


def test_without_the_guard_an_order_goes_out_twice(bottled, monkeypatch):
    monkeypatch.setattr(journal, "_in_the_way", lambda *_: None)
    assert worlds_until_broken(bottled, "ordered twice", flow="straight")


def test_without_forgetting_answers_name_people_on_the_disk(bottled, monkeypatch):
    monkeypatch.setattr(journal, "FORGET", ())
    assert worlds_until_broken(bottled, "journal.db holds", flow="konnector")


def test_without_the_echo_values_of_another_point_are_kept(bottled, monkeypatch):
    monkeypatch.setattr(binding, "mismatch", lambda *_, **__: None)
    assert worlds_until_broken(bottled, "load_curve", flow="konnector", weather="mixed")


def test_without_the_connection_rule_requests_leave_where_an_answer_waits(bottled, monkeypatch):
    def put(pool, connection):
        super(connections._Kept, pool)._put_conn(connection)

    monkeypatch.setattr(connections, "_check_silence", lambda _: None)
    monkeypatch.setattr(connections._Kept, "_put_conn", put)
    chosen = {"flow": "konnector", "weather": "mixed"}
    assert worlds_until_broken(bottled, "where an answer waited", **chosen)
