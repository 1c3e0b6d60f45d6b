"""The breaker: what counts, who waits, and that one call alone tries a neighbour that was down."""

import threading
import time
from functools import partial

import pytest
from msgspec.structs import replace

from sgeflow import Options, open_catalog
from sgeflow.adapters.http.circuit_breaker import Breaker, is_trouble
from sgeflow.core.engine.effects import Warn
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import Id, Problem
from sgeflow.tools.fleet import work
from sgeflow.tools.fleet.fleet import run_fleet
from sgeflow.tools.fleet.model import Fleet
from tests.tools.fleet.conftest import TODAY, small, until

WELL = Response(status=200, headers={}, body=b"<r/>")
DOWN = Response(status=503, headers={}, body=b"<html>maintenance</html>")


def missing(id_, sent=None):
    return NoAnswer(sent=sent, problem=Problem(id=id_, message="x"), fault_class=FaultClass.NETWORK)


def request(endpoint="sge", kind=Kind.READ, *, is_operation=True):
    return Request(
        endpoint=endpoint,
        method="POST",
        path="/",
        headers={},
        body=b"",
        label="x",
        kind=kind,
        is_operation=is_operation,
    )


class Wire:
    """A transport that answers as it is told, and counts."""

    def __init__(self, answer=WELL):
        self.answer, self.sent, self.closed = answer, [], False
        self.gate = threading.Event()  # what is sent is answered once it is open
        self.gate.set()

    def send(self, request, deadline=None, leave=None):
        if leave and (refusal := leave()):
            return refusal
        self.sent.append(request.endpoint)
        self.gate.wait(20)
        return self.answer

    def close(self):
        self.closed = True


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (WELL, False),
        (Response(status=404, headers={}, body=b""), False),
        (Response(status=500, headers={}, body=b"<s:Fault>SGT401</s:Fault>"), False),
        (DOWN, True),
        (missing(Id.NOT_SENT, sent=False), True),
        (missing(Id.NO_ANSWER), True),
        (missing(Id.TIMEOUT), None),
        (missing(Id.TLS), None),
    ],
)
def test_only_the_network_and_5xx_without_a_fault_count(answer, found):
    assert is_trouble(answer) is found


def opened(wire, told, orders=3, wait=0.2):
    """A breaker that so many failed orders have opened: an order never waits to be sent again."""
    breaker = Breaker(wire, told.append, failures=orders, first_wait=wait)
    wire.answer = DOWN
    for _ in range(orders):
        assert breaker.send(request(kind=Kind.ORDER)) is DOWN
    return breaker


def test_a_neighbour_that_is_down_is_told_once_and_left_alone_until_its_time():
    wire, told = Wire(), []
    breaker = opened(wire, told)
    wire.answer = WELL
    began = time.monotonic()
    assert breaker.send(request()) is WELL
    assert time.monotonic() - began > 0.15
    assert len(told) == 2
    assert "3 times in a row" in told[0]
    assert "answers again" in told[1]


def test_one_call_alone_tries_and_the_others_wait_for_what_becomes_of_it():
    wire, told = Wire(), []
    breaker = opened(wire, told)
    wire.answer, wire.gate = WELL, threading.Event()
    before, first = len(wire.sent), []

    def call():
        breaker.send(request())
        first.append(len(wire.sent) - before)

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    until(lambda: len(wire.sent) > before)
    time.sleep(0.1)
    assert len(wire.sent) - before == 1  # half open: its trial is under way
    wire.gate.set()
    for thread in threads:
        thread.join()
    assert len(wire.sent) - before == 6


def test_a_read_that_meets_an_outage_waits_for_its_end_instead_of_failing():
    wire, told = Wire(), []
    breaker = opened(wire, told, wait=0.05)
    threading.Timer(0.4, lambda: setattr(wire, "answer", WELL)).start()
    assert breaker.send(request()) is WELL
    assert 4 <= len(wire.sent) <= 9  # each wait is twice the last
    assert len([text for text in told if "in a row" in text]) == 1


def test_other_neighbours_are_not_touched():
    wire, told = Wire(), []
    breaker = opened(wire, told, wait=60)
    wire.answer = WELL
    began = time.monotonic()
    assert breaker.send(request("backoffice")) is WELL
    assert time.monotonic() - began < 30


def test_another_instance_of_a_service_is_another_neighbour():
    told, wire = [], Wire()
    breaker = opened(wire, told)
    wire.answer = WELL
    one_of_many = replace(request(), instance="anna")
    assert breaker.send(one_of_many, deadline=time.monotonic() + 5) is WELL
    assert breaker.send(request(), deadline=time.monotonic() - 1).sent is False


def test_a_deadline_and_the_end_let_who_waits_go_without_a_call():
    wire, told = Wire(), []
    breaker = opened(wire, told, wait=60)
    before = len(wire.sent)
    answer = breaker.send(request(), deadline=time.monotonic() + 0.1)
    assert (answer.sent, answer.problem.id) == (False, Id.TIMEOUT)
    threading.Timer(0.1, breaker.close).start()
    assert breaker.send(request()).sent is False
    assert (len(wire.sent), wire.closed) == (before, True)


def test_rows_wait_while_a_neighbour_is_down_and_hardly_one_fails(fleet, monkeypatch):
    here = fleet(40)
    file = small(here.folder, range(1, 41))
    monkeypatch.setenv("BO_TOKEN", "simulator")
    monkeypatch.setattr(work, "Breaker", partial(Breaker, failures=4, first_wait=0.3))
    port = int(here.server.base_url.rpartition(":")[2])
    here.server.stop()
    told = []

    def hear(event):
        if isinstance(event, Warn):
            told.append(event.text)
            if "in a row" in event.text:
                threading.Timer(0.5, here.server.start, (port,)).start()

    report = run_fleet(
        "energy",
        {},
        Fleet(file=file, jobs=2),
        workspace=open_catalog(here.folder),
        options=Options(environment="lasting", today=TODAY, state=here.home),
        listener=hear,
    )
    assert report.tally.done >= 38
    assert len([text for text in told if "in a row" in text]) == 1
    assert len(here.server.requests) == report.tally.done
