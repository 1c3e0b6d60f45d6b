"""Which connection carries the next request: no answer is taken for that of another."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time

import pytest

from sgeflow.core.model import FaultClass, Kind, NoAnswer, Response
from sgeflow.errors import Id


@pytest.fixture
def connect(serve, line, authority):
    """`connect(behaviour, secure)`: a server, and a transport to it."""

    def pair(behaviour, secure=False):
        context, ca = authority
        server = serve(behaviour, context if secure else None)
        return server, line(server.url, **({"ca": ca} if secure else {}))

    return pair


def body_of(request):
    return request.rpartition(b"\r\n\r\n")[2]


def chunked(body, trailer=b""):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"%x\r\n%s\r\n0\r\n%s\r\n" % (len(body), body, trailer)


@pytest.mark.parametrize("status", ["102 Processing", "103 Early Hints", "199 Own"])
def test_every_interim_answer_is_skipped_and_the_connection_kept(
    serve, line, wire, request_to, status
):
    interim = f"HTTP/1.1 {status}\r\nLink: </s>\r\n\r\n".encode()

    def behaviour(link, request):
        link.sendall(interim * 3)
        time.sleep(0.01)
        link.sendall(interim + wire.answer(body_of(request)))

    server = serve(behaviour)
    transport = line(server.url)
    for number in range(3):
        body = b"<q>%d</q>" % number
        assert transport.send(request_to(body=body)).body == body
    assert server.connections == 1


def test_a_flood_of_interim_answers_ends(serve, line, request_to):
    def behaviour(link, _request):
        while True:
            link.sendall(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)

    outcome = line(serve(behaviour).url).send(request_to())
    assert (outcome.sent, outcome.problem.id) == (None, Id.BAD_ANSWER)
    assert "it sent only interim responses (1xx)" in outcome.problem.message


def test_a_protocol_that_nobody_asked_for_is_no_answer(serve, line, wire, request_to):
    switched = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"
    outcome = line(serve(wire.always(switched + wire.answer())).url).send(
        request_to(kind=Kind.ORDER)
    )
    assert (outcome.sent, outcome.problem.id) == (None, Id.BAD_ANSWER)
    assert outcome.fault_class is FaultClass.UNKNOWN
    assert "switches to another protocol" in outcome.problem.message


WHOLE = {
    "200": lambda wire, body: wire.answer(body),
    "201": lambda wire, body: wire.answer(body, "201 Created"),
    "a SOAP fault": lambda wire, body: wire.answer(body, "500 Internal Server Error"),
    "chunks": lambda _wire, body: chunked(body),
    "chunks with a trailer": lambda _wire, body: chunked(body, b"X-Sum: 1\r\nX-More: 2\r\n"),
    "gzip": lambda wire, body: wire.answer(
        gzip.compress(body), headers="Content-Encoding: gzip\r\n"
    ),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_connection_is_kept_after_a_whole_answer(serve, line, wire, request_to, kind):
    server = serve(lambda link, request: link.sendall(WHOLE[kind](wire, body_of(request))))
    transport = line(server.url)
    for number in range(4):
        body = b"<q>%d</q>" % number
        assert transport.send(request_to(body=body)).body == body
    assert server.connections == 1


def plain(text, body=b""):
    return text.replace("\n", "\r\n").encode() + body


NOT_KEPT = {
    "the answer twice": lambda wire: wire.answer() * 2,
    "chunks, and the answer again": lambda wire: chunked(b"<ok/>") + wire.answer(),
    "a byte too many": lambda wire: wire.answer(b"<ok/>!", length=5),
    "a line too many": lambda wire: wire.answer() + b"\r\n",
    "204": lambda _: plain("HTTP/1.1 204 No Content\n\n"),
    "204 with a body": lambda _: plain("HTTP/1.1 204 No Content\nContent-Length: 5\n\n", b"<ok/>"),
    "205": lambda _: plain("HTTP/1.1 205 Reset Content\nContent-Length: 0\n\n"),
    "304 with a body": lambda _: plain(
        "HTTP/1.1 304 Not Modified\nContent-Length: 5\n\n", b"<ok/>"
    ),
    "an empty 200": lambda wire: wire.answer(b""),
    "an empty 200 in chunks": lambda _: plain(
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0\n\n"
    ),
    "401": lambda wire: wire.answer(b"<no/>", "401 Unauthorized"),
    "404": lambda wire: wire.answer(b"<no/>", "404 Not Found"),
    "503": lambda wire: wire.answer(b"<no/>", "503 Service Unavailable"),
    "504": lambda wire: wire.answer(b"<no/>", "504 Gateway Timeout"),
    "a page with 500": lambda _: plain(
        "HTTP/1.1 500 No\nContent-Type: text/html\nContent-Length: 5\n\n", b"<no/>"
    ),
    "a redirect": lambda wire: wire.answer(b"<no/>", "302 Found", "Location: /x\r\n"),
    "Connection: close": lambda wire: wire.answer(headers="Connection: close\r\n"),
    "HTTP/1.0": lambda wire: wire.answer().replace(b"HTTP/1.1", b"HTTP/1.0"),
    "HTTP/1.0, kept alive": lambda wire: wire.answer(headers="Connection: keep-alive\r\n").replace(
        b"HTTP/1.1", b"HTTP/1.0"
    ),
    "two lengths": lambda wire: wire.answer(headers="Content-Length: 5\r\n"),
    "chunks and a length": lambda _: chunked(b"<ok/>").replace(
        b"\r\nTransfer", b"\r\nContent-Length: 3\r\nTransfer"
    ),
    "a coding that is no coding": lambda wire: wire.answer(headers="Transfer-Encoding: gzip\r\n"),
    "a length with a sign": lambda wire: wire.answer().replace(b"Length: 5", b"Length: +5"),
    "a head that is no head": lambda wire: wire.answer().replace(
        b"\r\nContent-Length", b"\r\nwhat is this\r\nContent-Length"
    ),
}


@pytest.mark.parametrize("kind", NOT_KEPT)
def test_a_connection_is_not_used_again_after_anything_else(serve, line, wire, request_to, kind):
    server = serve(wire.always(NOT_KEPT[kind](wire)))
    transport = line(server.url, read_timeout=0.3)
    for _ in range(2):
        transport.send(request_to())
    assert server.connections == 2


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_a_connection_on_which_something_came_since_is_not_used_again(
    connect, wire, request_to, secure
):
    strays = threading.Semaphore(0)

    def behaviour(link, request):
        link.sendall(wire.answer(body_of(request)))
        time.sleep(0.05)
        link.sendall(wire.answer(b"<stray/>"))
        strays.release()

    server, transport = connect(behaviour, secure)
    for number in range(4):
        body = b"<q>%d</q>" % number
        assert transport.send(request_to(body=body)).body == body
        assert strays.acquire(timeout=20)
        time.sleep(0.02)
    assert server.connections == 4


def test_a_goodbye_of_an_idle_connection_is_no_answer(serve, line, wire, request_to):
    """Some servers write a 408 before they close what was idle for long."""
    read, closed = threading.Semaphore(0), threading.Semaphore(0)

    def behaviour(link, request):
        link.sendall(wire.answer(body_of(request)))
        assert read.acquire(timeout=60)
        link.sendall(wire.answer(b"", "408 Request Timeout", "Connection: close\r\n"))
        link.close()
        closed.release()

    transport = line(serve(behaviour).url)
    for number in range(3):
        body = b"<q>%d</q>" % number
        assert transport.send(request_to(body=body)).body == body
        read.release()
        assert closed.acquire(timeout=60)


@pytest.mark.parametrize("kind", [Kind.READ, Kind.ORDER])
def test_nothing_is_sent_where_something_came_before_it_was_asked(line, wire, request_to, kind):
    read = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk():
            link, _ = listener.accept()
            with link:
                link.sendall(wire.answer(b"<stray/>"))
                with contextlib.suppress(ConnectionResetError):  # it left without reading that
                    read.append(link.recv(100))

        talking = threading.Thread(target=talk)
        talking.start()
        transport = line(f"http://127.0.0.1:{listener.getsockname()[1]}")
        before = socket.socket.connect

        def slow(sock, address):
            before(sock, address)
            time.sleep(0.1)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket.socket, "connect", slow)
            outcome = transport.send(request_to(kind=kind))
        talking.join(5)
    assert (outcome.sent, outcome.problem.id) == (False, Id.BAD_ANSWER)
    assert outcome.fault_class is FaultClass.NETWORK
    assert "sent data before any request; nothing was sent to it" in outcome.problem.message
    assert b"".join(read) == b""


def test_a_read_that_travels_alone_shares_no_connection(serve, line, wire, request_to):
    server = serve(wire.always(wire.answer()))
    transport = line(server.url)
    for alone in (False, True, False, True):
        transport.send(request_to(alone=alone))
    assert server.connections == 3  # the first and third share one
    assert [b"Connection: close\r\n" in each for each in server.requests] == [
        False,
        True,
        False,
        True,
    ]


STRAYS = {
    "twice": lambda reply: [reply + reply],
    "103": lambda reply: [b"HTTP/1.1 103 Early Hints\r\n\r\n", reply],
    "102": lambda reply: [b"HTTP/1.1 102 Processing\r\n\r\n", reply],
    "204": lambda reply: [b"HTTP/1.1 204 No Content\r\n\r\n", reply],
    "200": lambda reply: [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", reply],
}


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_an_answer_with_another_behind_it_is_none(connect, wire, request_to, secure):
    def behaviour(link, request):
        link.sendall(b"".join(STRAYS[stray](wire.answer(body_of(request)))))

    _, transport = connect(behaviour, secure)
    for stray in ("204", "200", "twice"):
        for kind, fault_class in (
            (Kind.READ, FaultClass.TECHNICAL),
            (Kind.ORDER, FaultClass.UNKNOWN),
        ):
            answer = transport.send(request_to(kind=kind))
            assert isinstance(answer, NoAnswer), stray
            assert (answer.problem.id, answer.fault_class) == (Id.OTHER_ANSWER, fault_class)


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_what_stands_behind_a_long_answer_is_seen_where_the_system_holds_it(
    connect, wire, request_to, secure
):
    """As many bytes are read as the answer says: those behind it are in no buffer of ours."""
    body = b"<long>%s</long>" % (b"x" * 100_000)
    may_end = threading.Event()

    def behaviour(link, _):
        link.sendall(wire.answer(body)[:-1])
        time.sleep(0.02)
        link.sendall(wire.answer(body)[-1:] + wire.answer())
        may_end.wait(20)

    _, transport = connect(behaviour, secure)
    answer = transport.send(request_to())
    may_end.set()
    assert isinstance(answer, NoAnswer)
    assert answer.problem.id is Id.OTHER_ANSWER


def test_an_answer_that_is_cut_in_its_head_is_none(connect, wire, request_to):
    whole = wire.answer(b"<ok/>")
    head = whole.index(b"\r\n\r\n") + 4

    def behaviour(link, _):
        link.sendall(whole[:at])
        link.close()

    _, transport = connect(behaviour, secure=False)
    for at in range(head):
        assert isinstance(transport.send(request_to()), NoAnswer), whole[:at]


@pytest.mark.parametrize("stray", STRAYS)
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_no_thread_gets_the_answer_of_another(connect, wire, request_to, stray, secure):
    turns = iter(range(10_000))

    def behaviour(link, request):
        reply = wire.answer(body_of(request))
        for piece in STRAYS[stray](reply) if next(turns) % 3 == 0 else [reply]:
            link.sendall(piece)
            time.sleep(0.002)

    _, transport = connect(behaviour, secure)
    got = {}

    def work(thread):
        for number in range(15):
            body = b"<point>%d</point>" % (thread * 100 + number)
            answer = transport.send(request_to(body=body))
            got[body] = answer.body if isinstance(answer, Response) else b""

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 60
    assert [body for body, answer in got.items() if answer not in (body, b"")] == []
