"""The network's faults, through real HTTP and TLS: reads recover, orders never double."""

import json
import os
import random
import re
import time

import pytest

from sgeflow.cli.main import run
from sgeflow.core.engine.effects import Pause
from sgeflow.runtime.driver import Driver
from tests.runtime.durability.conftest import NOT_KEPT, PATIENT, TODAY

HURRIED = "{connect: PT1S, read: PT1S, total: PT2S}"
READING = """
flow: reading
title: What is known of a point
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: contract
    call: consulterDonneesTechniquesContractuelles
    with: {pointId: "${inputs.pointId}", autorisationClient: true}
    retry: {attempts: 2}
outputs: {segment: steps.contract.segment}
"""
ORDERING = """
flow: ordering
title: Order the load curve of a point
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: order
    call: commanderServicesAccesDonnees
    with:
      pointId: ${inputs.pointId}
      dateFin: "2026-06-14"
      nom: MARTIN
      serviceSouscrit: [{typeDonnees: CDC}]
outputs: {service: steps.order.serviceId}
"""
ORDER = "commanderServicesAccesDonnees"

# the fault, the id and the words that tell it, and how often a read is sent when it stays
LOST = (
    ("reset", "SGE402", "closed the connection before the end of its answer"),
    ("close", "SGE402", "closed the connection before the end of its answer"),
    ("truncate", "SGE404", "ended in the middle"),
    ("truncate-unsized", "SGE404", "the answer is malformed or cut off"),
    ("html", "SGE404", 'is an HTML page, where an XML answer belongs: "Portail"'),
    ("stall", "SGE402", "did not answer within 1 s"),
    ("drip", "SGE402", "did not answer within 2 s in all"),
    ("gzip-bomb", "SGE405", "is larger than 33554432 bytes"),
)
UNDONE = (
    ("drop", "SGE402", "closed the connection before the end of its answer"),
    ("503", "SGE403", "the server answered HTTP 503"),
    ("503-date", "SGE403", "the server answered HTTP 503"),
    ("502", "SGE403", "the server answered HTTP 502"),
)
REFUSED = (
    ("429", "SGE406", "too many calls"),
    ("SGT500", "SGE201", "Enedis refused the call: SGT500"),
)
# of an order: what proves that it was not accepted, and a code that proves nothing
TURNED_AWAY = (
    ("429", 5, "too many calls"),
    ("401", 6, "the credentials were refused"),
    ("SGT562", 4, "Enedis refused the call: SGT562"),
)
OPEN = (*UNDONE, ("SGT500", "SGE201", "the server answered with a fault: SGT500"))
UNTRUSTED = (
    ("certificate-name", "IP address mismatch"),
    ("certificate-expired", "certificate has expired"),
    ("certificate-untrusted", "unable to get local issuer certificate"),
)
NAMES = [mode for mode, *_ in (*LOST, *UNDONE, *REFUSED)]


def limits(mode):
    """How long an answer may take: a bomb unfolds as fast as the machine can, others never end."""
    return PATIENT if mode == "gzip-bomb" else HURRIED


@pytest.fixture
def told(world, monkeypatch, capsys):
    """`told(faults)`: a world with them, and a command line in it, in this process.

    Who waits for no answer that does not come is in no hurry, however busy the machine is.
    """

    def make(faults, timeout="", **more):
        here = world(faults=faults, timeout=timeout or (HURRIED if faults else PATIENT), **more)
        (here.folder / "flows").mkdir()
        (here.folder / "flows" / "reading.yaml").write_text(READING)
        (here.folder / "flows" / "ordering.yaml").write_text(ORDERING)
        for name in [name for name in os.environ if name.startswith("SGEFLOW_")]:
            monkeypatch.delenv(name)
        for name, value in {"BO_TOKEN": "simulator", "COLUMNS": "250", **NOT_KEPT}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(random, "uniform", lambda low, _: low / 20)  # waits that chance decides
        monkeypatch.chdir(here.folder)

        def command(*words):
            capsys.readouterr()
            began = time.monotonic()
            code = int(run(words))
            caught = capsys.readouterr()
            return code, caught.out + caught.err, time.monotonic() - began

        return here, command

    return make


def flow(here, name):
    point = here.server.household["pointId"]
    return ["run", name, "--env", "lasting", "--today", TODAY, f"pointId={point}"]


def unsettled(command):
    """The orders that a person has to look at."""
    return json.loads(command("orders", "--output", "json")[1])


def outcomes(here, label):
    return [entry.outcome for entry in here.server.requests if entry.label == label]


@pytest.mark.parametrize("mode", NAMES)
def test_a_read_that_fails_once_is_asked_again_and_is_well(told, mode):
    here, command = told(f"{mode}:1x", timeout=limits(mode))
    code, text, seconds = command(*flow(here, "reading"))
    assert code == 0, text
    first = f"HTTP{mode[:3]}" if mode[0].isdigit() else mode
    assert outcomes(here, "consulterDonneesTechniquesContractuelles") == [first, "ok"]
    if mode in (
        "503",
        "503-date",
    ):  # what a server asks for is waited for, whichever way it says so
        assert seconds > 0.9


@pytest.mark.parametrize(("mode", "id_", "words"), [*LOST, *UNDONE, *REFUSED])
def test_a_read_that_fails_for_good_says_what_happened(told, mode, id_, words):
    here, command = told(f"{mode}:100%", timeout=limits(mode))
    code, text, _ = command(*flow(here, "reading"))
    assert code == (4 if mode == "SGT500" else 5), text
    assert id_ in text
    assert words in text
    assert len(here.server.requests) == 2


@pytest.mark.parametrize(("mode", "id_", "words"), LOST)
def test_an_order_whose_answer_is_lost_is_found_and_never_sent_again(told, mode, id_, words):
    here, command = told(f"{mode}:1x")
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 0, text
    assert "was accepted" in text
    assert here.orders() == {ORDER: 1}
    assert "no order to settle" in command("orders")[1]


@pytest.mark.parametrize(("mode", "id_", "words"), OPEN)
def test_an_order_that_may_have_been_carried_out_is_not_sent_again_by_itself(
    told, mode, id_, words
):
    here, command = told(f"{mode}:1x")
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 8, text
    assert "SGE301" in text
    assert words in text
    assert here.orders() == {ORDER: 1}
    listed = command("orders")[1]
    assert ORDER in listed
    run_ = here.last_run().run
    assert command("resume", run_)[0] == 8  # not found: it may still be on its way
    assert here.orders() == {ORDER: 1}
    code, text, _ = command("orders", "resolve", run_, "--not-accepted")
    assert (code, f"{ORDER} of run {run_} may still be under way, until 20" in text) == (8, True)
    here.age(run_, 3600)
    assert command("orders", "resolve", run_, "--not-accepted")[0] == 0
    code, text, _ = command("resume", run_)
    assert code == 0, text
    assert here.orders() == {ORDER: 2}
    assert len(here.server.world.services(here.server.household["pointId"])) == 1


@pytest.mark.parametrize(("mode", "exit_", "words"), TURNED_AWAY)
def test_an_order_that_is_refused_was_not_accepted(told, mode, exit_, words):
    here, command = told(f"{mode}:1x")
    code, text, _ = command(*flow(here, "ordering"))
    assert code == exit_, text
    assert words in text
    assert here.orders() == {ORDER: 1}
    assert "no order to settle" in command("orders")[1]


POSTING = """
flow: posting
title: Make something in the backoffice
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: made
    http:
      {service: backoffice, method: POST, path: /consent, body: {pointID: "${inputs.pointId}",
      lastname: A, firstname: B, address: C, postalCode: "69003", city: D, inseeCode: "69383",
      safetyOnBoarding: true}}
outputs: {ID: steps.made.body.ID}
"""


@pytest.mark.parametrize("status", ["502", "503", "504"])
def test_what_a_proxy_says_to_a_post_leaves_its_fate_unknown(told, status):
    here, command = told(f"{status}:1x", timeout="{connect: PT2S, read: PT3S, total: PT20S}")
    (here.folder / "flows" / "posting.yaml").write_text(POSTING)
    code, text, _ = command(*flow(here, "posting"))
    assert code == 8, text
    assert "POST backoffice was sent and its answer lost" in text
    assert outcomes(here, "POST consent") == [f"HTTP{status}"]


@pytest.mark.parametrize("status", ["503", "close"])
def test_of_what_a_flow_sends_at_least_once_the_run_that_goes_on_sends_another_and_lists_the_first(
    told, status
):
    here, command = told(f"{status}:1x", timeout="{connect: PT2S, read: PT3S, total: PT20S}")
    text = POSTING.replace("path: /consent,", "path: /consent, at_least_once: true,")
    (here.folder / "flows" / "posting.yaml").write_text(text)
    code, text, _ = command(*flow(here, "posting"))
    assert (code, "may have created something that is not used" in text) == (5, True), text
    assert "POST backoffice" in command("orders")[1]
    run_ = here.last_run().run
    code, text, _ = command("resume", run_)
    assert code == 0, text
    (orphan,) = unsettled(command)
    assert (orphan["run"], orphan["state"]) == (run_, "orphan")
    assert len(outcomes(here, "POST consent")) == 2
    code, text, _ = command("orders", "resolve", run_, "--not-accepted")
    assert (code, "counts as cleaned up · nothing is left to do" in text) == (0, True), text
    assert unsettled(command) == []


def test_a_small_answer_that_unfolds_to_a_gigabyte_takes_little_memory(told):
    def peak(faults):
        here, _ = told(faults)
        process = here.open(here.command(*flow(here, "reading")))
        process.stdout.read()
        process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.communicate()
        return process.returncode, usage.ru_maxrss * 1024

    usual, bomb = peak(""), peak("gzip-bomb:100%")
    assert (usual[0], bomb[0]) == (0, 5)
    assert bomb[1] - usual[1] < 100e6


# -- TLS --------------------------------------------------------------------------------------------


def test_a_simulator_over_tls_is_spoken_to_as_one_without(told):
    here, command = told("", encrypted=True)
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 0, text


@pytest.mark.parametrize(("mode", "words"), UNTRUSTED)
@pytest.mark.parametrize("name", ["reading", "ordering"])
def test_nothing_is_sent_to_a_server_with_a_wrong_certificate(told, mode, words, name):
    here, command = told(f"{mode}:1x", encrypted=True)
    code, text, _ = command(*flow(here, name))
    assert code == 6, text
    assert "SGE502" in text
    assert re.search(f"the certificate of 127.0.0.1:[0-9]+ is not trusted: .*{words}", text), text
    assert list(here.server.requests) == []
    assert "no order to settle" in command("orders")[1]
    code, text, _ = command("resume", here.last_run().run)  # it shows the right one now
    assert code == 0, text
    assert here.orders() == ({ORDER: 1} if name == "ordering" else {})


@pytest.mark.parametrize("name", ["reading", "ordering"])
def test_a_slow_handshake_ends_with_the_connect_timeout_and_may_be_tried_again(told, name):
    here, command = told("handshake:1x:12s", encrypted=True)
    code, text, seconds = command(*flow(here, name))
    assert code == 0, text
    assert seconds > 1
    assert here.orders() == ({ORDER: 1} if name == "ordering" else {})


def test_a_handshake_that_never_comes_sent_nothing(told):
    here, command = told("handshake:100%:12s", encrypted=True)
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 5, text
    assert "SGE401" in text
    assert "did not end within 1 s; nothing was sent" in text
    assert list(here.server.requests) == []
    assert "no order to settle" in command("orders")[1]


def test_a_server_that_says_when_to_come_again_is_asked_no_sooner(told, monkeypatch):
    pauses = []
    monkeypatch.setitem(Driver._ANSWERS, Pause, lambda _, pause: pauses.append(pause.seconds))
    here, command = told("503:1x")
    assert command(*flow(here, "reading"))[0] == 0
    assert pauses == [2]  # and by itself it would have come after one


STOP = "commanderArretServicesAccesDonnees"
STOPPING = f"""
flow: stopping
title: Stop a service
inputs: {{pointId: {{$ref: "types.yaml#/pointId"}}}}
steps:
  - id: stop
    call: {STOP}
    with: {{pointId: "${{inputs.pointId}}", serviceSouscritId: ["61000001"]}}
    retry: {{attempts: 3, backoff: PT1S}}
"""


@pytest.mark.parametrize(
    ("mode", "exit_", "words"), [("429", 5, "too many calls"), ("drop", 8, "its answer lost")]
)
def test_a_cancel_that_left_is_not_sent_again_either(told, mode, exit_, words):
    here, command = told(f"{mode}:1x")
    (here.folder / "flows" / "stopping.yaml").write_text(STOPPING)
    code, text, _ = command(*flow(here, "stopping"))
    sent = [entry.label for entry in here.server.requests].count(STOP)
    assert (code, sent, words in text) == (exit_, 1, True), text
