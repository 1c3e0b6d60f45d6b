"""A token that the gateway refuses ends a fleet before its rows fail; what passes ends nothing."""

import time
from functools import partial

import pytest

from sgeflow import Options, open_catalog
from sgeflow.adapters.http.circuit_breaker import TokenWatch
from sgeflow.core.engine.effects import Warn
from sgeflow.core.model import Kind, Response
from sgeflow.errors import Exit
from sgeflow.terminal.fleet import fleet_text
from sgeflow.tools.fleet import work
from sgeflow.tools.fleet.fleet import resume_fleet, run_fleet
from sgeflow.tools.fleet.model import Fleet
from tests.tools.fleet.conftest import TODAY, small
from tests.tools.fleet.test_breaker import WELL, Wire, request

REFUSED = Response(status=401, headers={}, body=b"")
FORBIDDEN = Response(status=403, headers={}, body=b"")


class Answers(Wire):
    """A transport that gives one answer after the other, the last one for ever."""

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)

    def send(self, request, deadline=None, leave=None):
        self.answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return super().send(request, deadline, leave)


def watched(*answers, patience=0.1):
    told, wire = [], Answers(*answers)
    return TokenWatch(wire, lambda: told.append("refused"), patience=patience), wire, told


def test_a_refusal_that_passes_is_no_answer_and_proves_nothing():
    watch, wire, told = watched(REFUSED, REFUSED, WELL, patience=0.5)
    assert watch.send(request()) is WELL
    assert (len(wire.sent), told) == (3, [])


def test_refusals_prove_something_once_nothing_else_came_for_a_time():
    watch, wire, told = watched(REFUSED)
    assert watch.send(request()) is REFUSED
    times = len(wire.sent)  # fewer than four where the machine has other work
    assert 2 <= times <= 4
    assert told == ["refused"]
    assert watch.send(request()) is REFUSED  # of a row that is not stopped yet
    assert (len(wire.sent), told) == (times + 1, ["refused"])


def test_what_one_service_answers_does_not_speak_for_another_that_refuses():
    watch, _, told = watched(REFUSED, WELL, REFUSED, patience=60)
    order = request("gas", Kind.ORDER)
    watch._patience = 0.2
    assert watch.send(order) is REFUSED
    assert watch.send(request()) is WELL
    time.sleep(0.3)
    assert watch.send(order) is REFUSED
    assert told == ["refused"]


@pytest.mark.parametrize(
    ("one", "answer"),
    [
        (request("backoffice", is_operation=False), REFUSED),
        (request(kind=Kind.ORDER), REFUSED),
        (request(), FORBIDDEN),
    ],
    ids=["of no operation", "an order", "something else"],
)
def test_what_may_be_the_fault_of_one_row_is_given_back_as_it_came(one, answer):
    watch, wire, told = watched(answer, patience=60)
    assert watch.send(one) is answer
    assert (len(wire.sent), told) == (1, [])


@pytest.fixture
def given(monkeypatch):
    """How a fleet is run whose gateway is asked for half a second: `given(here, told)`."""
    monkeypatch.setattr(work, "TokenWatch", partial(TokenWatch, patience=0.5))
    monkeypatch.setenv("BO_TOKEN", "simulator")

    def make(here, told):
        return {
            "workspace": open_catalog(here.folder),
            "options": Options(environment="lasting", today=TODAY, state=here.home),
            "listener": lambda event: told.append(event) if isinstance(event, Warn) else None,
        }

    return make


def test_a_refused_token_stops_a_fleet_which_goes_on_with_every_row_once_it_is_mended(fleet, given):
    here, told = fleet(12, faults="401:100%"), []
    file = small(here.folder, range(1, 13))
    report = run_fleet("energy", {}, Fleet(file=file, jobs=2), **given(here, told))
    assert (report.exit, report.token_refused) == (Exit.CREDENTIALS, True)
    assert (report.tally.done, report.tally.failed, report.not_begun) == (0, 0, 10)
    assert ["the token of lasting" in event.text for event in told] == [True]
    assert report.to_dict()["tokenRefused"] is True
    said = fleet_text(report, 120)
    assert "mend it, and look with  sgeflow doctor --env lasting" in said
    assert f"resume with  {report.going_on}" in said
    here.server.calm()
    again = resume_fleet(report.run, **given(here, told))
    assert (again.exit, again.tally.done, again.tally.failed) == (Exit.OK, 12, 0)


def test_a_refusal_that_passes_fails_no_row(fleet, given):
    here, told = fleet(3, faults="401:1x"), []
    file = small(here.folder, range(1, 4))
    report = run_fleet("energy", {}, Fleet(file=file, jobs=2), **given(here, told))
    assert (report.exit, report.tally.done, told) == (Exit.OK, 3, [])
    assert len(here.server.requests) == 6
