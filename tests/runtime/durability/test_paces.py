"""How fast calls leave, through the command line: where a turn was missed, and where two rates meet."""

import socket
import time

import pytest

from sgeflow.adapters.http import rate_limit
from tests.runtime.durability.test_faults import flow, told
from tests.runtime.durability.test_shared_orders import edit
from tests.tools.fleet.test_rates import arrivals

__all__ = ["told"]
READ = "consulterDonneesTechniquesContractuelles"
SEVERAL = f"""
flow: several
title: One point, several times
inputs: {{pointId: {{$ref: "types.yaml#/pointId"}}, times: {{type: array}}}}
steps:
  - id: all
    foreach: ${{inputs.times}}
    as: one
    call: {READ}
    with: {{pointId: "${{inputs.pointId}}", autorisationClient: true}}
"""


@pytest.fixture
def paced(told):
    """`paced("20/s")`: a world at a rate, what arrives when, and a command that asks so often."""

    def make(rate):
        here, command = told("", rate=rate)
        (here.folder / "flows" / "several.yaml").write_text(SEVERAL)

        def ask(times, env="lasting"):
            words = ["run", "several", "--env", env, *flow(here, "several")[4:]]
            code, text, _ = command(*words, f"times:={list(range(times))}")
            assert code == 0, text

        return here, arrivals(here.server), ask

    return make


def test_starts_at_a_high_rate_leave_no_room_at_a_low_one_of_the_same_server(paced):
    here, starts, ask = paced("20/s")
    fast = (here.folder / "environments" / "lasting.yaml").read_text()
    slow = fast.replace("20/s", "2/s").replace("environment: lasting", "environment: slow")
    (here.folder / "environments" / "slow.yaml").write_text(slow)
    ask(6)
    ask(1, env="slow")
    assert starts[-1] - starts[-4] > 1  # the call after that one left when it had arrived


def test_a_call_that_missed_its_turn_at_the_shortest_of_its_rates_waits_for_another(
    paced, monkeypatch
):
    for unit, seconds in {"s": 0.2, "min": 0.6}.items():  # they are shorter here
        monkeypatch.setitem(rate_limit._UNITS, unit, seconds)
    here, starts, ask = paced("1/s")
    edit(here, "kind: read", "kind: read\nlimits: {rate: 1/min}", operation=READ)
    real, looked = socket.getaddrinfo, []

    def look_up(host, *more, **named):
        if not looked:
            looked.append(time.monotonic())
            time.sleep(0.3)
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    ask(1)
    assert starts[0] - looked[0] > 0.6
