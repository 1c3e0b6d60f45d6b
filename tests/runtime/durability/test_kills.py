"""Kill -9 at the writes of the journal: the run goes on, with the same documents and one order.

The suite takes some of the writes; `make soak` takes them all.
"""

import json
import signal
import sqlite3
from contextlib import closing

import pytest

from tests.runtime.durability.conftest import outputs_for
from tests.runtime.durability.test_resume import documents

ORDER = "commanderServicesAccesDonnees"
WRITES = 32  # of the journal in a konnector run
KNOWN = {}  # what an undisturbed run gives, once a process


def undisturbed(world):
    """The documents of a run that nobody kills; it makes so many writes."""
    if not KNOWN:
        here = world()
        count = here.folder / "writes"
        code, _, err = here.launch(*here.konnector(), WRITES=str(count))
        assert code == 0, err
        assert int(count.read_text()) == WRITES
        KNOWN.update(documents(here))
    return KNOWN


def killed_at(world, write, when):
    """A konnector run that is killed at a write, and goes on to its end; its world."""
    here = world()
    code, _, err = here.launch(*here.konnector(), DIE_AT=str(write), DIE_WHEN=when)
    assert code == -signal.SIGKILL, err
    sound(here)
    if not here.runs():  # nothing of it is on the disk: it never was
        assert list(here.server.requests) == []
        code, _, err = here.run(*here.konnector())
        assert code == 0, err
        return here
    run = here.last_run().run
    code, out, err = here.run("resume", run)
    if code == 2:  # the kill met the very end
        assert "has ended well" in err
        return here
    while code == 8:  # an order was about to leave: only a person can find out what became of it
        (order,) = json.loads(here.run("orders", "--output", "json")[1])
        came = (order["operation"], here.server.household["pointId"]) in here.server.orders
        word = "--accepted" if came else "--not-accepted"
        here.age(run, 3600)
        assert here.run("orders", "resolve", run, *outputs_for(word), word)[0] == 0
        code, out, err = here.run("resume", run)
    assert code == 0, out + err
    return here


def check(here, expected):
    """Same documents, one order, and nothing was asked again but what was in flight."""
    assert documents(here) == expected
    assert here.orders() == {ORDER: 1}
    labels = [entry.label for entry in here.server.requests]
    assert len(labels) <= 13 + 3  # three branches may have had a read under way
    assert labels.count("POST consent") <= 2
    sound(here)


def sound(here):
    """The files are not damaged."""
    for path in here.state.rglob("*.db"):
        with closing(sqlite3.connect(path)) as link:
            assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "when"),
    [(write, ("before", "after")[write % 2]) for write in range(1, WRITES + 1, 3)],
)
def test_a_run_killed_at_a_write_of_its_journal_ends_as_without_the_kill(world, write, when):
    expected = undisturbed(world)
    check(killed_at(world, write, when), expected)
