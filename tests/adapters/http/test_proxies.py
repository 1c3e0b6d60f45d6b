"""The proxy on the way: of an endpoint or of the machine, for reads and orders alike."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

from sgeflow.adapters.secrets import Secret
from sgeflow.core.model import FaultClass, Kind, Response
from sgeflow.errors import Id
from tests.adapters.conftest import HOST

SECRET = "pr0xy-pass"
VARIABLES = ("https_proxy", "http_proxy", "all_proxy", "no_proxy")


class Relay:
    """A proxy: answers CONNECT, and passes bytes on to one server whatever name was asked for."""

    def __init__(self, target, reply=b"HTTP/1.1 200 Connection established\r\n\r\n"):
        self.target, self.reply = target, reply
        self.heads, self.passed = [], 0
        self._links = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                link, _ = self._listener.accept()
                self._links.append(link)
                threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link):
        with contextlib.suppress(OSError):
            self._talk(link)

    def _talk(self, link):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = link.recv(1)
            if not piece:
                return
            head += piece
        self.heads.append(head)
        link.sendall(self.reply)
        if b" 200 " not in self.reply[:14]:
            link.close()
            return
        with socket.create_connection(("127.0.0.1", self.target)) as server:
            back = threading.Thread(target=self._pump, args=(server, link), daemon=True)
            back.start()
            self.passed += self._pump(link, server)
            back.join(5)

    @staticmethod
    def _pump(source, sink):
        count = 0
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                count += len(piece)
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        return count

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in self._links:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()


@pytest.fixture
def relay():
    opened = []

    def start(server, **named):
        opened.append(Relay(server if isinstance(server, int) else server.port, **named))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.fixture
def send(line, request_to, authority, monkeypatch):
    """`send(request, port=…, **endpoint changes)` to a name that no name server knows."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    look_up = socket.getaddrinfo

    def unknown(host, *given, **named):
        if host == HOST:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    def once(request=None, url=f"https://{HOST}", **changes):
        return line(url, ca=authority[1], **changes).send(request or request_to())

    return once


def of(proxy, user=""):
    return Secret(f"http://{user}127.0.0.1:{proxy.port}")


def test_reads_and_orders_go_through_the_proxy_of_their_endpoint_or_of_the_machine(
    serve, wire, relay, send, request_to, authority, monkeypatch
):
    server = serve(wire.always(wire.answer()), authority[0])
    for number, kind in enumerate((Kind.READ, Kind.ORDER)):
        own, machines = relay(server), relay(server)
        user = f"me:{SECRET}@"
        assert isinstance(send(request_to(kind=kind), proxy=of(own, user)), Response)
        monkeypatch.setenv("https_proxy", f"127.0.0.1:{machines.port}")  # curl takes it so, too
        assert isinstance(send(request_to(kind=kind)), Response)
        monkeypatch.delenv("https_proxy")
        assert [head.split(b"\r\n")[0][:34] for head in (*own.heads, *machines.heads)] == [
            b"CONNECT sge.example.org:443 HTTP/1"
        ] * 2
        assert b"Proxy-Authorization: Basic bWU6cHIweHktcGFzcw==" in own.heads[0]
        assert b"Proxy-Authorization" not in machines.heads[0]
        assert len(server.requests) == 2 * number + 2
    assert all(b"\r\nHost: sge.example.org\r\n" in each for each in server.requests)
    assert not any(b"proxy" in each.lower() for each in server.requests)


def test_a_plain_address_goes_through_as_well(serve, wire, relay, send):
    server = serve(wire.always(wire.answer()))
    way = relay(server)
    assert isinstance(send(url=f"http://{HOST}:8080/base", proxy=of(way)), Response)
    assert way.heads[0].startswith(b"CONNECT sge.example.org:8080 ")
    assert server.requests[0].startswith(b"POST /base/service/1.0 ")


def test_no_proxy_and_none_lead_past_it_and_so_does_this_machine(
    serve, wire, relay, send, monkeypatch
):
    server = serve(wire.always(wire.answer()))
    way = relay(server)
    for name in VARIABLES[:3]:
        monkeypatch.setenv(name, of(way).reveal())
    assert isinstance(send(url=server.url), Response)
    assert isinstance(send(url=server.url.replace("127.0.0.1", "localhost")), Response)
    monkeypatch.setenv("no_proxy", "intranet,.example.org")
    assert send().problem.message.startswith("the name of sge.example.org is not known")
    monkeypatch.delenv("no_proxy")
    assert send(proxy=Secret("none")).problem.message.startswith("the name of sge.example.org")
    assert way.heads == []


def test_what_a_proxy_refuses_has_not_left(serve, wire, relay, send, request_to, authority):
    server = serve(wire.always(wire.answer()), authority[0])
    for status in (400, 403, 404, 407, 429, 500, 502, 503, 504):
        answer = f"HTTP/1.1 {status} No\r\nContent-Length: 2\r\n\r\nno".encode()
        way = relay(server, reply=answer)
        for kind in (Kind.READ, Kind.ORDER):
            outcome = send(request_to(kind=kind), proxy=of(way, f"me:{SECRET}@"))
            assert (outcome.sent, outcome.problem.id) == (False, Id.NOT_SENT), status
            wants = FaultClass.CREDENTIALS if status == 407 else FaultClass.NETWORK
            assert outcome.fault_class is wants
            shown = f"{outcome.problem}"
            assert (
                f"the proxy 127.0.0.1:{way.port} refused the connection to {HOST} (HTTP {status})"
                in shown
            )
            assert SECRET not in shown
            assert "bWU6" not in shown
    assert server.requests == []


def test_a_proxy_that_is_not_there_or_says_nothing_of_use_is_named(
    serve, relay, send, request_to, wire, authority
):
    server = serve(wire.always(wire.answer()), authority[0])
    order = request_to(kind=Kind.ORDER)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = send(order, proxy=Secret(f"http://me:{SECRET}@127.0.0.1:{port}"))
    assert outcome.sent is False
    assert f"the proxy 127.0.0.1:{port} could not be reached (connection refused)" in (
        outcome.problem.message
    )
    assert SECRET not in f"{outcome.problem}"
    for reply in (
        b"",
        b"\x00\x01",
        b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"220 mail\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: y\r\n",
    ):
        outcome = send(order, proxy=of(relay(server, reply=reply)), read_timeout=0.3)
        assert outcome.sent is False, reply
        assert outcome.fault_class is FaultClass.NETWORK
        assert "the proxy 127.0.0.1:" in outcome.problem.message
        assert "could not be reached (no answer)" in outcome.problem.message
    assert server.requests == []


def test_behind_the_proxy_the_fate_of_an_order_is_told_as_ever(
    serve, wire, relay, send, request_to, authority
):
    server = serve(wire.reset, authority[0])
    outcome = send(request_to(kind=Kind.ORDER), proxy=of(relay(server)))
    assert (outcome.sent, outcome.fault_class) == (None, FaultClass.UNKNOWN)
    assert "the proxy" not in outcome.problem.message


def test_a_proxy_that_cannot_be_used_is_told_before_anything_is_sent(send, request_to, monkeypatch):
    for written in ("socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://", "http://h:99999"):
        outcome = send(request_to(kind=Kind.ORDER), proxy=Secret(written))
        assert (outcome.sent, outcome.problem.id) == (False, Id.SETTING), written
        assert '`proxy` of "sge"' in outcome.problem.message
    monkeypatch.setenv("HTTPS_PROXY", f"socks5://me:{SECRET}@127.0.0.1:1")
    outcome = send()
    assert "https_proxy" in outcome.problem.message
    assert SECRET not in f"{outcome.problem}"
