"""Ctrl-C at bad moments, and a clock that is moved between a run and its end."""

import re
import signal
import threading
import time

import pytest

from tests.runtime.durability.conftest import outputs_for, until
from tests.runtime.durability.test_kills import ORDER, check, sound, undisturbed
from tests.runtime.durability.test_orders import call

# -- Ctrl-C -----------------------------------------------------------------------------------------


def hold_order(server):
    """Two events: the order is there; it may be taken and answered."""
    is_there, may_go, inner = threading.Event(), threading.Event(), server._desk.receive

    def receive(call):
        visit = inner(call)
        if visit.label == ORDER:
            is_there.set()
            may_go.wait(30)
        return visit

    server._desk.receive = receive
    return is_there, may_go


@pytest.mark.parametrize("presses", [1, 2, 3])
def test_ctrl_c_while_an_order_is_under_way_loses_nothing(world, presses):
    expected = undisturbed(world)
    here = world(timeout="{connect: PT2S, read: PT30S, total: PT60S}")
    is_there, may_go = hold_order(here.server)
    process = here.start(*here.konnector())
    until(lambda: is_there.is_set() or process.poll() is not None)
    for _ in range(presses):
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
    err = ""
    while "sgeflow waits for its answer" not in err and (line := process.stderr.readline()):
        err += line
    may_go.set()
    err += process.stderr.read()
    process.communicate(timeout=30)
    assert process.returncode == 130, err
    run = here.last_run().run
    assert f"sgeflow resume {run}" in err
    assert "Traceback" not in err
    assert "sgeflow waits for its answer" in err
    if presses == 1:
        assert "no order to settle" in "".join(here.run("orders")[1:])
    sound(here)
    until(lambda: ORDER in [entry.label for entry in here.server.requests])  # is it taken
    here.server.calm()
    code, out, err = here.run("resume", run)
    assert code == 0, out + err
    check(here, expected)
    assert "no order to settle" in "".join(here.run("orders")[1:])


@pytest.mark.parametrize("apart", [0.0, 0.0005, 0.002, 0.005, 0.02])
def test_ctrl_c_twice_in_no_time_is_told_in_one_line(world, apart):
    here = world(faults="latency:1s")
    process = here.start(*here.konnector())
    until(lambda: len(here.server.requests) >= 1 or process.poll() is not None)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(apart)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    lines = [line for line in err.splitlines() if line.strip()]
    assert lines[-1] == f"interrupted · resume with  sgeflow resume {here.last_run().run}"
    assert err.count("interrupted") == 1
    assert "Traceback" not in err


def test_ctrl_c_while_a_server_is_given_time_ends_at_once(world):
    here = world(faults="503:100%")
    process = here.start(*here.konnector())
    until(lambda: len(here.server.requests) >= 1)
    time.sleep(0.2)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - began < 1.5
    here.server.calm()
    assert here.run("resume", here.last_run().run)[0] == 0


# -- the clock --------------------------------------------------------------------------------------

DAY = 86_400


@pytest.mark.parametrize("shift", [-400 * DAY, -3600, 3600, 400 * DAY])
def test_a_clock_that_is_moved_changes_nothing_of_a_run(world, shift):
    expected = undisturbed(world)
    here = world()
    code, _, _ = here.launch(*here.konnector(), DIE_AT="10", DIE_WHEN="after")
    assert code == -signal.SIGKILL
    run = here.last_run().run
    code, out, err = here.launch("resume", run, SHIFT=str(shift))
    while code == 8:
        word = "--accepted" if ORDER in here.orders() else "--not-accepted"
        here.age(run, 3600)
        assert here.run("orders", "resolve", run, *outputs_for(word), word)[0] == 0
        code, out, err = here.launch("resume", run, SHIFT=str(shift))
    assert code == 0, out + err
    check(here, expected)
    assert here.last_run().today == "2025-06-15"


def test_a_clock_that_is_moved_does_not_let_an_order_pass_twice(world):
    here = world()
    assert call(here)[0] == 0
    run = here.run
    for shift in (-400 * DAY, 2 * DAY):
        here.run = lambda *words, shift=shift: here.launch(*words, SHIFT=str(shift))
        code, _, err = call(here)
        assert code == 8, err
        told = " ".join(err.split())
        assert re.search(r"was accepted \d+ min ago", told)
    assert run("runs", "prune", "--older-than", "0")[0] in (0, 2)
    assert here.orders() == {ORDER: 1}
