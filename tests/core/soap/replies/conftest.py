"""A server that answers orders with the bytes of a file, and searches with nothing found."""

import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sgeflow import open_catalog
from tests.clocks import OfToday

REPLIES = Path(__file__).parents[3] / "data" / "replies"
ORDER = "commanderServicesAccesDonnees"
OTHER = "commanderTransmissionDonneesInfraJ"
POINT = "30000000000011"

ENVIRONMENT = """
environment: recorded
title: a server that answers orders from a file
generation: current
login: donnees.energie@example.org
contractId: "1234567"
services:
  sge:
    base_url: http://127.0.0.1:{port}
    route: direct
    timeout: {{connect: PT5S, read: PT5S, total: PT20S}}
"""
FLOW = f"""
flow: ordering
title: Order the load curve of a point
inputs: {{pointId: {{$ref: "types.yaml#/pointId"}}}}
steps:
  - id: order
    call: {ORDER}
    with:
      pointId: ${{inputs.pointId}}
      dateFin: "2026-06-14"
      nom: MARTIN
      serviceSouscrit: [{{typeDonnees: CDC}}]
outputs: {{service: steps.order.serviceId}}
"""
NOTHING_FOUND = b"""\
HTTP/1.1 200 OK
Content-Type: text/xml; charset=utf-8

<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<n:rechercherServicesAccesDonneesReponse
  xmlns:n="http://www.enedis.fr/sge/b2b/rechercherservicesaccesdonnees/v1.0"/>
</s:Body></s:Envelope>
"""


def wire(text: bytes) -> bytes:
    """A reply of a file as it goes over the wire: CRLF in its head, and its length in bytes."""
    head, _, body = text.partition(b"\n\n")
    lines = [*head.splitlines(), b"Content-Length: %d" % len(body), b"Connection: close"]
    return b"\r\n".join([*lines, b"", body])


@dataclass
class Server:
    """Counts the orders that it got."""

    reply: bytes = b""
    elsewhere: bytes = NOTHING_FOUND  # to what is no order
    orders: int = 0
    others: list[str] = field(default_factory=list)
    port: int = 0

    def answer(self, body: bytes) -> bytes:
        """The bytes for a request; an order is whatever its body says."""
        root = re.search(rb"<\w+:Body>\s*<\w+:(\w+)", body)
        name = root[1].decode() if root else ""
        if name in (ORDER, OTHER):
            self.orders += 1
            return wire(self.reply)
        self.others.append(name)
        return wire(self.elsewhere)


@pytest.fixture(scope="module")
def server():
    """A server on loopback, for the tests of a module."""
    told = Server()

    class Handler(OfToday, BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.wfile.write(told.answer(body))

        def log_message(self, *_):
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        told.port = listening.server_port
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield told
        listening.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def workspace(server, tmp_path_factory):
    """A project whose environment names the server."""
    folder = tmp_path_factory.mktemp("replies")
    shipped = Path(__file__).parents[4] / "operations" / "types.yaml"
    for name, text in (
        ("environments/recorded.yaml", ENVIRONMENT.format(port=server.port)),
        ("flows/ordering.yaml", FLOW),
        ("operations/types.yaml", shipped.read_text("utf-8")),
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return open_catalog(folder)
