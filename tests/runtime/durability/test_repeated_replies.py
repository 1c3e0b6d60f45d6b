"""Between us and SGE stands what repeats old replies: an order that was taken is never sent again."""

import re
import threading
import time
from datetime import timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from tests.clocks import OfToday, dated
from tests.runtime.durability.test_faults import ORDER, flow, told, unsettled
from tests.runtime.durability.test_late_orders import TICK, before, hasty, made

__all__ = ["told"]
SEARCH = b"rechercherServicesAccesDonnees"
FRAMING = {"content-length", "transfer-encoding", "connection"}


class Gateway:
    """Passes requests on to a simulator, and its replies back; of searches it does what it is told."""

    def __init__(self, port):
        self.port, self.kept, self.way = port, [], None

    def answer(self, path, headers, body):
        if SEARCH in body and self.way:
            return self.way(self, body)
        reply = self.passed_on(path, headers, body)
        if SEARCH in body:
            self.kept.append(reply)
        return reply

    def passed_on(self, path, headers, body):
        link = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            link.request("POST", path, body, headers)
            reply = link.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read()
        finally:
            link.close()


def repeat(gateway, _body):
    """The reply before to such a question, byte for byte."""
    return gateway.kept[-1]


def undated(gateway, _body):
    """The same, by one that leaves out when it was made."""
    status, headers, body = gateway.kept[-1]
    return status, {n: v for n, v in headers.items() if n.lower() != "date"}, body


def empty_of_another(gateway, _body):
    """A new reply to the question of somebody of whom nothing is known."""
    status, headers, body = gateway.kept[0]
    return status, headers | {"Date": dated()}, re.sub(rb"<serviceSouscrit>.*</s.*?>", b"", body)


def aged(gateway, _body):
    """A cache's: it says how old it is, and a new date."""
    status, headers, body = gateway.kept[-1]
    return status, headers | {"Date": dated(), "Age": "86399"}, body


@pytest.fixture
def behind(told):
    """A world with its command line, and the gateway that stands before its simulator."""
    servers = []

    def make(faults):
        here, command = told(faults)
        gateway = Gateway(urlsplit(here.server.base_url).port)

        class Handler(OfToday, BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {n: v for n, v in self.headers.items() if n.lower() not in FRAMING}
                try:
                    status, told_, reply = gateway.answer(self.path, headers, body)
                except OSError:  # lost behind it: it says nothing either
                    return
                self.send_response_only(status)
                for name, value in told_.items():
                    if name.lower() not in FRAMING:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_):
                return None

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((server, thread))
        path = here.folder / "environments" / "lasting.yaml"
        at = f"http://127.0.0.1:{server.server_port}"
        path.write_text(path.read_text().replace(here.server.base_url, at))
        return here, command, gateway

    yield make
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


class Redated:
    """What stores a reply, gives it so many times, and writes its own date over it."""

    def __init__(self, times):
        self.times = times

    def __call__(self, gateway, _body):
        status, headers, body = gateway.kept[0]
        self.times -= 1
        if not self.times:
            gateway.way = None
        return status, headers | {"Date": dated()}, body


@pytest.mark.parametrize("way", [repeat, undated, empty_of_another, aged])
@pytest.mark.parametrize("is_known", [True, False])
def test_what_a_search_showed_before_does_not_send_an_accepted_order_again(behind, way, is_known):
    here, command, gateway = behind("")
    if is_known:
        before(here)
    hasty(here, 1)
    point = here.server.household["pointId"]
    assert command("call", SEARCH.decode(), "--env", "lasting", f"pointId={point}")[0] == 0
    here.server.meet("late:1x:1ms")
    gateway.way = way
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 8, text
    run = here.last_run().run
    here.let_go(run)
    time.sleep(1 + TICK)
    code, text, _ = command("resume", run)
    assert code == 8, text
    assert here.orders() == {ORDER: 1}
    assert [row["state"] for row in unsettled(command)] == ["unknown"]
    gateway.way = None
    code, text, _ = command("resume", run)
    assert code == 0, text
    assert here.orders() == {ORDER: 1}
    assert len(made(here)) == 1


def test_a_new_reply_that_names_the_point_passes_through_a_gateway(behind):
    here, command, _ = behind("drop:1x")
    before(here)
    hasty(here, 1)
    assert command(*flow(here, "ordering"))[0] == 8
    here.let_go(here.last_run().run)
    time.sleep(1 + TICK)
    code, text, _ = command("resume", here.last_run().run)
    assert code == 0, text
    assert here.orders() == {ORDER: 2}
    assert len(made(here)) == 1


UNDOING = f"""
flow: undoing
title: An order, and what fails after it
inputs: {{pointId: {{$ref: "types.yaml#/pointId"}}}}
steps:
  - id: order
    call: {ORDER}
    with:
      pointId: ${{inputs.pointId}}
      dateFin: "2026-06-14"
      nom: MARTIN
      serviceSouscrit: [{{typeDonnees: CDC}}]
    undo:
      call: commanderArretServicesAccesDonnees
      with: {{pointId: "${{inputs.pointId}}", serviceSouscritId: ["${{this.serviceId}}"]}}
  - id: said
    fail: {{code: NO, message: "made ${{steps.order.serviceId}}"}}
"""


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_is_there_already_when_an_order_comes_again_is_its_own_and_undone(behind, by_hand):
    here, command, gateway = behind("")
    before(here)
    hasty(here, 1)
    (here.folder / "flows" / "undoing.yaml").write_text(UNDOING)
    point = here.server.household["pointId"]
    assert command("call", SEARCH.decode(), "--env", "lasting", f"pointId={point}")[0] == 0
    here.server.meet("late:1x:1ms")
    gateway.way = Redated(1 if by_hand else 2)
    code, text, _ = command(*flow(here, "undoing"))
    assert code == 8, text
    run = here.last_run().run
    here.let_go(run)
    time.sleep(1 + TICK)
    if by_hand:
        assert command("orders", "resolve", run, "--not-accepted")[0] == 0
    code, text, _ = command("resume", run)
    (service,) = made(here)
    assert f"made {service.id}" in text, text
    assert service.state(here.server.world.today) == "TERMINE"
    assert here.orders()[ORDER] == 2
    assert "no order to settle" in command("orders")[1]


def test_what_another_has_begun_is_a_refusal_once_a_person_says_not_accepted(behind):
    here, command, _ = behind("drop:1x")
    before(here)
    world, today = here.server.world, here.server.world.today
    (index,) = world.services(here.server.household["pointId"])
    begun = today - timedelta(days=30)
    world.keep(replace(index, data="CDC", start=begun, end=today + timedelta(days=300)))
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 8, text
    run = here.last_run().run
    here.age(run, 3600)
    assert command("orders", "resolve", run, "--not-accepted")[0] == 0
    code, text, _ = command("resume", run)
    assert (code, "SGT570" in text) == (4, True), text
    assert "no order to settle" in command("orders")[1]
    assert [one.start for one in made(here)] == [begun]
