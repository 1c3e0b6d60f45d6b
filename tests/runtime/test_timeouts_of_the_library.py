"""A timeout of a call, and the deadline of a run: what is not answered, and what is not sent."""

import threading
import time
from datetime import datetime

import pytest
import time_machine

import sgeflow
from sgeflow.errors import Id
from tests.runtime.test_held_connection import (
    ORDER,
    PARIS,
    SEARCH,
    accepted,
    here,
    options,
    order_of,
    orders_of,
    server,
)

__all__ = ["here", "server"]
SHORT, AMPLE = 0.4, 30.0
LONG = "latency:60s"  # the end of the simulator cuts it short
FLOW = """
flow: slow
title: two reads, and one at the end
inputs:
  pointId: {type: string}
steps:
  - {id: one, call: rechercherServicesAccesDonnees, with: {pointId: "${inputs.pointId}"}}
  - {id: two, call: rechercherServicesAccesDonnees, with: {pointId: "${inputs.pointId}"}}
finally:
  - {id: last, call: rechercherServicesAccesDonnees, with: {pointId: "${inputs.pointId}"}}
"""


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(datetime(2025, 6, 15, 12, tzinfo=PARIS), tick=True):
        yield


@pytest.fixture
def slow(here, tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "slow.yaml").write_text(FLOW)
    return sgeflow.open_catalog(tmp_path)


def called(server):
    """Each way to make a call with a timeout."""

    def once(workspace, chosen, name, values, timeout):
        return sgeflow.call(name, values, workspace=workspace, options=chosen, timeout=timeout)

    def held(workspace, chosen, name, values, timeout):
        with sgeflow.connect(workspace, options=chosen) as sge:
            return sge.call(name, values, timeout=timeout)

    return once, held


@pytest.mark.parametrize("way", [0, 1])
def test_a_call_ends_at_its_timeout(way, server, here, tmp_path):
    server.meet(LONG)
    point = {"pointId": server.household["pointId"]}
    began = time.monotonic()
    result = called(server)[way](here, options(tmp_path), SEARCH, point, SHORT)
    assert result.failure.problem.id is Id.TIMEOUT
    assert time.monotonic() - began < AMPLE  # half of what the answer would take


@pytest.mark.parametrize("way", [0, 1])
def test_an_order_that_was_sent_stays_unknown_and_is_not_repeated(way, server, here, tmp_path):
    server.meet(LONG)
    call = called(server)[way]
    timeout = SHORT
    while not server.arrival_count:  # a busy machine may need longer before it sends
        result = call(here, options(tmp_path), ORDER, order_of(server), timeout)
        timeout *= 3
    assert result.failure.problem.id is Id.ORDER_UNKNOWN
    assert orders_of(tmp_path).count("unknown") == 1  # beside those that were not sent
    server.meet("")
    again = call(here, options(tmp_path), ORDER, order_of(server), AMPLE)
    assert again.failure.problem.id in (Id.GUARD, Id.ORDER_UNKNOWN)
    assert accepted(server) <= 1


def test_after_the_deadline_of_a_run_nothing_but_the_end_is_sent(server, slow, tmp_path):
    outcomes, timeout, first_is_read = [], SHORT, [("slow/one", "ok")]

    def listener(event):
        if isinstance(event, sgeflow.CallRecord):
            outcomes.append((event.key.partition("#")[0], event.outcome))
            server.meet(LONG if outcomes == first_is_read else "")

    while outcomes[:1] != first_is_read:  # a busy machine may need longer for it
        outcomes.clear()
        server.calm()
        report = sgeflow.run(
            "slow",
            {"pointId": server.household["pointId"]},
            workspace=slow,
            options=options(tmp_path),
            timeout=timeout,
            listener=listener,
        )
        timeout *= 3
    assert report.failure.problem.id is Id.TIMEOUT
    _, (two, second), (last, third) = outcomes
    assert (two, second) == ("slow/two", Id.TIMEOUT.code)
    assert (last.rpartition("/")[2], third) == ("last", "ok")


@pytest.mark.parametrize("held", [False, True])
def test_a_run_whose_time_was_over_goes_on_under_its_name(held, server, slow, tmp_path):
    point = {"pointId": server.household["pointId"]}

    def run(**more):
        chosen = options(tmp_path)
        if not held:
            return sgeflow.run("slow", point, name="anna", workspace=slow, options=chosen, **more)
        with sgeflow.connect(slow, options=chosen) as sge:
            return sge.run("slow", point, name="anna", **more)

    late = run(timeout=0)
    assert (late.failure.problem.id, len(server.requests)) == (Id.TIMEOUT, 1)  # the last step
    assert run(timeout=60).failure is None


@pytest.mark.parametrize("timeout", [float("nan"), True, "3"])
def test_a_timeout_that_is_no_number_of_seconds_is_refused_and_closes_nothing(
    timeout, server, here, tmp_path
):
    point = {"pointId": server.household["pointId"]}
    with sgeflow.connect(here, options=options(tmp_path)) as sge:
        for refused in (
            lambda: sge.call(SEARCH, point, timeout=timeout),
            lambda: sge.run("konnector", timeout=timeout),
            lambda: sge.close(timeout=timeout),
        ):
            with pytest.raises(sgeflow.UsageError, match="timeout must be"):
                refused()
        assert not server.requests
        assert sge.call(SEARCH, point).failure is None


@pytest.mark.parametrize("timeout", [float("inf"), 1e300, 10**400])
def test_a_timeout_of_any_length_is_waited_for(timeout, server, here, tmp_path):
    point = {"pointId": server.household["pointId"]}
    server.meet("latency:300ms")
    with sgeflow.connect(here, options=options(tmp_path)) as sge:
        began, results = threading.Event(), []

        def call():
            heard = lambda _: began.set()  # noqa: E731
            results.append(sge.call(SEARCH, point, timeout=timeout, listener=heard))

        thread = threading.Thread(target=call)
        thread.start()
        assert began.wait(10)
        assert sge.close(timeout=timeout)
        thread.join(10)
    assert [result.failure for result in results] == [None]
