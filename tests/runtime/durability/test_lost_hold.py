"""Whoever has lost its hold of a run writes nothing more: how it went is others' to tell."""

import pytest

from sgeflow.adapters.state.journal import Journal
from sgeflow.core.model import Status
from tests.runtime.durability.conftest import TODAY
from tests.runtime.durability.office import Office
from tests.runtime.durability.test_faults import told

__all__ = ["told"]
FLOW = """
flow: slow
title: Ask twice, remember, keep
inputs: {pointId: {type: string}}
state: {collection: accounts, key: "${inputs.pointId}"}
steps:
  - {id: one, http: {service: office, method: GET, path: /one}}
  - {id: two, http: {service: office, method: GET, path: /two}}
  - {id: noted, remember: {two: "${steps.two.body.ID}"}}
outputs: {two: steps.two.body.ID}
"""


class Interloper(Office):
    """Takes a run's lock away while its second question waits, and gives it to another process."""

    meet = staticmethod(lambda: None)

    def answer(self, asked):
        if asked == "GET /two" and self.count(asked) == 0:
            self.asked.append("lost")
            self.meet()
        return super().answer(asked)


@pytest.fixture
def office():
    server = Interloper()
    yield server
    server.close()


def test_a_run_that_was_lost_leaves_its_end_and_its_answers_to_others(told, office):
    here, command = told("")
    here.add_office(office)
    (here.folder / "flows" / "slow.yaml").write_text(FLOW)
    office.meet = lambda: here.home.lock("slow").unlink()
    words = ("run", "slow", "--run", "slow", "--env", "lasting", "--today", TODAY, "pointId=1")
    code, text, _ = command(*words)
    assert code == 5, text
    assert "the lock of run slow was lost" in text
    entry = here.last_run()
    assert (entry.ended, entry.status) == (None, Status.RUNNING)
    with Journal(here.home.journal) as journal:
        assert journal.steps("slow") is None
        assert not any("two" in key for key, _ in journal.answers("slow"))
        assert not any("noted" in key for key in journal.results("slow"))
    code, text, _ = command("resume", "slow")
    assert code == 0, text
    assert [office.count(f"GET /{name}") for name in ("one", "two")] == [1, 2]
