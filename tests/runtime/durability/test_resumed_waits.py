"""A run that goes on waits where it must, and asks nothing again that was answered in the end."""

from tests.runtime.durability.conftest import TODAY
from tests.runtime.durability.test_faults import told

__all__ = ["told"]
FLOW = """
flow: waiting
title: A poll behind a read that was asked twice
steps:
  - id: first
    http: {service: office, method: GET, path: /first}
    retry: {attempts: 3}
  - {id: look, http: {service: office, method: GET, path: /look}, retry: {attempts: 1}}
  - id: ready
    http: {service: office, method: GET, path: /ready}
    poll: {until: "this.body.ID < 0", every: PT1S, within: PT2S}
outputs: {}
"""


def test_a_second_try_stays_the_answer_and_pauses_are_kept(told, office):
    here, command = told("")
    here.add_office(office)
    (here.folder / "flows" / "waiting.yaml").write_text(FLOW)
    office.answers = {"GET /first": [None], "GET /look": [503]}
    code, text, _ = command("run", "waiting", "--env", "lasting", "--today", TODAY)
    assert code == 5, text
    assert (office.count("GET /first"), office.count("GET /ready")) == (2, 0)
    run = here.last_run().run
    code, text, _ = command("resume", run)
    assert "SGE203" in text or "in time" in text, text
    assert (office.count("GET /first"), office.count("GET /look")) == (2, 2)
    polls = office.count("GET /ready")
    assert 0 < polls <= 2
    # gone on with once more, what was polled is known, and nobody waits for it again
    assert command("resume", run)[0] == code
    assert (office.count("GET /first"), office.count("GET /look")) == (2, 2)
    assert office.count("GET /ready") <= polls + 2
