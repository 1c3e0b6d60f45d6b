"""Parts of a fleet: together they do every row, each one alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.errors import UsageError
from sgeflow.tools.fleet.model import WHOLE, Shard, parse_shard
from tests.postgres import on_servers_too
from tests.tools.fleet.conftest import energy, kept, kill, konnector, point, small, until, write


@given(parts=st.integers(1, 40), rows=st.integers(0, 200))
def test_the_parts_tile_the_rows(parts, rows):
    shards = [parse_shard(f"{part}/{parts}") for part in range(parts)]
    held = sorted(n for shard in shards for n in range(1, rows + 1) if n in shard)
    assert held == list(range(1, rows + 1))


@given(parts=st.integers(2, 9999), part=st.data())
def test_a_part_is_read_as_it_is_written(parts, part):
    shard = Shard(part.draw(st.integers(0, parts - 1)), parts)
    assert parse_shard(str(shard)) == shard


def test_without_a_part_all_rows_are_meant():
    assert parse_shard("") == WHOLE
    assert str(WHOLE) == ""


@pytest.mark.parametrize("text", ["8/8", "1", "1/0", "-1/3", "a/b", "1/2/3", "0/10000", " 1/2"])
def test_what_is_no_part_is_refused_with_how_parts_are_counted(text):
    with pytest.raises(UsageError, match="not a part of a fleet") as raised:
        parse_shard(text)
    assert "0/8" in raised.value.problems[0].note


@on_servers_too("parts on several machines share a server")
def test_fleets_of_all_parts_do_every_row_once(fleet):
    here = fleet(7)
    small(here.folder, range(1, 8))
    totals = []
    for part in range(3):
        code, out, err = here.run(*energy("--shard", f"{part}/3", "--output", "json"))
        assert code == 0, err
        totals.append(json.loads(out)["done"])
    assert totals == [3, 2, 2]
    assert {where for where, _ in kept(here)} == {point(n) for n in range(1, 8)}
    assert len(here.server.requests) == 7


def test_a_part_that_was_killed_goes_on_with_its_own_rows_alone(fleet):
    here = fleet(12, faults="latency:60ms")
    small(here.folder, range(1, 13))
    process = here.start(*energy("--shard", "1/2", "--jobs", "1"))
    until(lambda: len(here.server.requests) >= 2)
    kill(process)
    run = here.last_run().run
    code, out, err = here.run("resume", run, "--output", "json")
    assert code == 0, err
    assert json.loads(out)["rows"] == 6
    assert {where for where, _ in kept(here)} == {point(n) for n in range(2, 13, 2)}


def test_failed_rows_are_run_again_by_parts(fleet):
    here = fleet(4)
    write(here.folder, range(1, 5), wrong=(1, 2))
    assert here.run(*konnector())[0] == 7
    run = here.last_run().run
    code, out, _ = here.run(*konnector("--only-failed", run, "--shard", "1/2", "--output", "json"))
    assert code == 1
    assert json.loads(out)["rows"] == 1


def test_a_wrong_part_is_told_before_anything_is_sent(fleet):
    here = fleet(2)
    small(here.folder, (1, 2))
    code, _, err = here.run(*energy("--shard", "3/3"))
    assert code == 2
    assert "parts are counted from 0" in err
    assert not here.server.requests
