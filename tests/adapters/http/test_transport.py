"""The wire, against real servers on loopback that behave badly."""

from __future__ import annotations

import gzip
import inspect
import socket
import ssl
import threading
import time
from contextlib import suppress
from itertools import pairwise

import pytest
import trustme
import urllib3.exceptions
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from msgspec.structs import replace

from sgeflow.adapters.http.connections import timer
from sgeflow.adapters.http.errors import CallFacts, no_answer
from sgeflow.adapters.secrets import Secret
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Response
from sgeflow.errors import CredentialsError, Id, InvalidDocuments
from tests.each import each


@pytest.fixture
def send(line, request_to):
    """`send(url, request=…, deadline=…, **endpoint changes)` through a transport of its own."""

    def once(url, request=None, deadline=None, **changes):
        return line(url, **changes).send(request or request_to(), deadline)

    return once


def remedy(outcome):
    return dict(outcome.problem.details).get("remedy", "")


# -- answers --------------------------------------------------------------------------------------


def test_an_answer_comes_whole_with_lower_case_headers(serve, send, wire):
    server = serve(wire.always(wire.answer(b"<r/>", headers="X-Thing: 1\r\n")))
    response = send(server.url + "/base")
    assert isinstance(response, Response)
    assert (response.status, response.body, response.headers["x-thing"]) == (200, b"<r/>", "1")
    assert response.seconds > 0
    assert server.requests[0].startswith(b"POST /base/service/1.0 HTTP/1.1\r\n")
    assert server.requests[0].endswith(b"\r\n\r\n<q/>")


def test_nothing_leaves_when_the_time_ended_while_a_name_was_looked_up(
    serve, send, wire, request_to, monkeypatch
):
    server = serve(wire.always(wire.answer()))
    look_up = socket.getaddrinfo

    def slow(*given, **named):
        timer.until = time.monotonic()
        return look_up(*given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    outcome = send(server.url, replace(request_to(), kind=Kind.ORDER))
    assert isinstance(outcome, NoAnswer)
    assert outcome.sent is False
    assert "nothing was sent" in outcome.problem.message
    assert server.requests == []


def test_no_order_leaves_when_the_machine_slept_past_its_time(
    serve, send, wire, request_to, monkeypatch
):
    """Its monotonic clock stood still meanwhile; others have settled the order since."""
    server = serve(wire.always(wire.answer()))
    awake = time.clock_gettime
    look_up, slept = socket.getaddrinfo, [0.0]

    def sleep(*given, **named):
        slept[0] = 3600.0
        return look_up(*given, **named)

    monkeypatch.setattr(time, "clock_gettime", lambda clock: awake(clock) + slept[0])
    monkeypatch.setattr(socket, "getaddrinfo", sleep)
    outcome = send(server.url, replace(request_to(), kind=Kind.ORDER))
    assert isinstance(outcome, NoAnswer)
    assert outcome.sent is False
    assert server.requests == []


def test_the_endpoints_headers_and_basic_authentication_are_sent(serve, send, wire):
    server = serve(wire.always(wire.answer()))
    send(
        server.url,
        headers={"apikey": Secret("s3cret-token")},
        user="agent",
        password=Secret("pass"),
    )
    assert b"apikey: s3cret-token\r\n" in server.requests[0]
    assert b"Authorization: Basic YWdlbnQ6cGFzcw==\r\n" in server.requests[0]
    assert b'SOAPAction: ""\r\n' in server.requests[0]


def test_gzip_is_unpacked_even_in_several_members(serve, send, wire):
    body = gzip.compress(b"<a>") + gzip.compress(b"</a>")
    server = serve(wire.always(wire.answer(body, headers="Content-Encoding: gzip\r\n")))
    response = send(server.url)
    assert response.body == b"<a></a>"
    assert "content-encoding" not in response.headers


def test_chunks_are_joined(serve, send, wire):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = serve(wire.always(head + b"3\r\n<a>\r\n4\r\n</a>\r\n0\r\n\r\n"))
    assert send(server.url).body == b"<a></a>"


def test_reads_share_a_connection_and_orders_have_their_own(serve, wire, line, request_to):
    server = serve(wire.always(wire.answer()))
    transport = line(server.url)
    for _ in range(3):
        transport.send(request_to())
    assert server.connections == 1
    for kind in (Kind.ORDER, Kind.CANCEL, Kind.ORDER):
        assert transport.send(request_to(kind=kind)).status == 200
    assert server.connections == 4
    assert b"Connection: close\r\n" in server.requests[-1]


def test_variables_of_the_machine_change_nothing(serve, send, wire, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password netrc-secret\n")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HOME", str(tmp_path))
    server = serve(wire.always(wire.answer()))
    assert send(server.url).status == 200
    assert b"authorization" not in server.requests[0].lower()


def test_an_endpoint_that_does_not_exist_is_named_with_those_that_do(send, request_to):
    with pytest.raises(CredentialsError) as caught:
        send("http://127.0.0.1:9", request_to(endpoint="bakoffice"))
    assert '"bakoffice"' in caught.value.problems[0].message
    assert caught.value.problems[0].allowed == ("sge",)


# -- nothing was sent -----------------------------------------------------------------------------


def test_a_refused_connection_sent_nothing_even_for_an_order(send, request_to):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = send(f"http://127.0.0.1:{port}", request_to(kind=Kind.ORDER))
    assert (outcome.sent, outcome.problem.id) == (False, Id.NOT_SENT)
    assert outcome.fault_class is FaultClass.NETWORK
    assert f"127.0.0.1:{port} could not be reached (connection refused)" in outcome.problem.message


def test_an_unknown_name_sent_nothing(send, monkeypatch):
    def unknown(*_args, **_named):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    outcome = send("http://sge.invalid")
    assert (outcome.sent, outcome.problem.id) == (False, Id.NOT_SENT)
    assert "the name of sge.invalid is not known" in outcome.problem.message


def test_a_server_that_never_accepts_ends_with_the_connect_timeout(send):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        fillers = []
        for _ in range(3):  # the queue of a listener that does not accept is full after these
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(silent.getsockname())
            fillers.append(filler)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        outcome = send(url, connect_timeout=0.3)
        for filler in fillers:
            filler.close()
    assert (outcome.sent, outcome.problem.id) == (False, Id.NOT_SENT)
    assert "accepted no connection within 0.3 s" in outcome.problem.message


def test_a_deadline_that_has_passed_sends_nothing(serve, send, wire):
    server = serve(wire.always(wire.answer()))
    outcome = send(server.url, deadline=time.monotonic() - 1)
    assert outcome.sent is False
    assert server.requests == []


# -- sent, and then -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.READ, Kind.ORDER])
def test_a_reset_after_the_request_leaves_its_fate_unknown(serve, send, wire, request_to, kind):
    outcome = send(serve(wire.reset).url, request_to(kind=kind))
    assert (outcome.sent, outcome.problem.id) == (None, Id.NO_ANSWER)
    expected = FaultClass.NETWORK if kind is Kind.READ else FaultClass.UNKNOWN
    assert outcome.fault_class is expected


def silent(link, _request):
    """Say nothing for as long as the client stays."""
    with suppress(OSError):
        link.recv(1)


def drip(body):
    def behaviour(link, _request):
        for at in range(len(body)):
            link.sendall(body[at : at + 1])
            time.sleep(0.05)

    return behaviour


@pytest.mark.parametrize("skipped", [0, 75], ids=["head", "body"])
def test_a_dripping_answer_ends_with_the_total_timeout(serve, send, wire, skipped):
    whole = wire.answer(b"x" * 500)

    def behaviour(link, request):
        link.sendall(whole[:skipped])
        drip(whole[skipped:])(link, request)

    outcome = send(serve(behaviour).url, read_timeout=30, total_timeout=0.5)
    assert outcome.seconds < 20  # the whole of it takes 25
    assert (outcome.sent, outcome.problem.id) == (None, Id.NO_ANSWER)
    assert "within 0.5 s in all" in outcome.problem.message


def test_a_stall_after_a_first_byte_ends_with_the_total_timeout_too(serve, send):
    def behaviour(link, request):
        time.sleep(0.3)
        link.sendall(b"H")
        silent(link, request)

    outcome = send(serve(behaviour).url, read_timeout=30, total_timeout=0.5)
    assert "within 0.5 s in all" in outcome.problem.message


def test_the_steps_deadline_ends_the_exchange_and_is_named(serve, send, wire):
    outcome = send(serve(drip(wire.answer(b"x" * 500))).url, deadline=time.monotonic() + 0.3)
    assert (outcome.sent, outcome.problem.id) == (None, Id.TIMEOUT)
    assert "the `timeout`" in outcome.problem.message


def test_a_cut_body_of_known_length_is_no_answer(serve, send, wire, request_to):
    def behaviour(link, _request):
        link.sendall(wire.answer(b"<half", length=500))
        link.close()

    for kind, fault_class in (Kind.READ, FaultClass.NETWORK), (Kind.ORDER, FaultClass.UNKNOWN):
        outcome = send(serve(behaviour).url, request_to(kind=kind))
        assert (outcome.sent, outcome.problem.id) == (None, Id.BAD_ANSWER)
        assert outcome.fault_class is fault_class
        assert "ended in the middle" in outcome.problem.message


def test_cut_chunks_are_no_answer(serve, send):
    def behaviour(link, _request):
        link.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n<half")
        link.close()

    outcome = send(serve(behaviour).url)
    assert (outcome.sent, outcome.problem.id) == (None, Id.BAD_ANSWER)


def test_a_cut_body_of_unknown_length_is_left_to_the_parser(serve, send):
    def behaviour(link, _request):
        link.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<half")
        link.close()

    assert send(serve(behaviour).url).body == b"<half"


def test_a_cut_gzip_is_noticed_whatever_the_length_says(serve, send):
    def behaviour(link, _request):
        packed = gzip.compress(b"<a>" * 1000)[:-12]
        link.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
        link.sendall(packed)
        link.close()

    outcome = send(serve(behaviour).url)
    assert (outcome.sent, outcome.problem.id) == (None, Id.BAD_ANSWER)
    assert "cut in the middle" in outcome.problem.message


def test_an_answer_that_is_not_gzip_or_not_offered_is_no_answer(serve, send, wire):
    for packing in "gzip", "br":
        reply = wire.answer(b"plain", headers=f"Content-Encoding: {packing}\r\n")
        outcome = send(serve(wire.always(reply)).url)
        assert (outcome.sent, outcome.problem.id) == (None, Id.BAD_ANSWER)
        assert "cannot be unpacked" in outcome.problem.message


@pytest.mark.parametrize("declared", [True, False])
def test_an_answer_over_its_limit_is_refused(serve, send, wire, request_to, declared):
    def behaviour(link, request):
        if declared:
            link.sendall(wire.answer(b"", length=10_000_000))
            silent(link, request)
        else:
            link.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000)
            link.close()

    outcome = send(serve(behaviour).url, request_to(reply_bytes=100_000))
    assert (outcome.sent, outcome.problem.id) == (None, Id.TOO_LARGE)
    assert "larger than 100000 bytes" in outcome.problem.message
    assert "limits.reply_bytes" in remedy(outcome)


def test_an_answer_of_exactly_the_limit_passes(serve, send, wire, request_to):
    server = serve(wire.always(wire.answer(b"x" * 1000)))
    assert len(send(server.url, request_to(reply_bytes=1000)).body) == 1000
    assert send(server.url, request_to(reply_bytes=999)).problem.id is Id.TOO_LARGE


def test_a_redirect_is_told_and_not_followed(serve, send, wire):
    elsewhere = serve(wire.always(wire.answer()))
    location = f"Location: {elsewhere.url}/login?token=abc\r\n"
    outcome = send(serve(wire.always(wire.answer(b"", "302 Found", location))).url)
    assert (outcome.sent, outcome.problem.id) == (None, Id.BAD_ANSWER)
    assert f"redirects to 127.0.0.1:{elsewhere.port} (HTTP 302)" in outcome.problem.message
    assert "token" not in str(outcome.problem)
    assert elsewhere.requests == []


@pytest.mark.parametrize("kind", [Kind.ORDER, Kind.CANCEL])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_order_follows_no_redirect_and_its_fate_is_unknown(
    serve, send, wire, request_to, status, kind
):
    elsewhere = serve(wire.always(wire.answer()))
    location = f"Location: {elsewhere.url}/there\r\n"
    server = serve(wire.always(wire.answer(b"", f"{status} Moved", location)))
    outcome = send(server.url, request_to(kind=kind))
    assert (outcome.sent, outcome.fault_class) == (None, FaultClass.UNKNOWN)
    assert (len(server.requests), elsewhere.requests) == (1, [])


def test_an_answer_after_a_word_of_patience_is_the_answer(serve, send, wire, request_to):
    patience = b"HTTP/1.1 100 Continue\r\n\r\n"
    server = serve(wire.always(patience + wire.answer(b"<r/>")))
    outcome = send(server.url, request_to(kind=Kind.ORDER))
    assert (outcome.status, outcome.body) == (200, b"<r/>")
    assert b"expect" not in server.requests[0].lower()  # the body leaves with the head
    assert len(server.requests) == 1


def test_a_server_that_does_not_speak_http_is_told(serve, send, wire):
    outcome = send(serve(wire.always(b"220 ready for mail\r\n")).url)
    assert (outcome.sent, outcome.problem.id) == (None, Id.BAD_ANSWER)
    assert "did not answer in HTTP" in outcome.problem.message


def test_the_line_works_again_after_each_bad_answer(serve, wire, line, request_to):
    replies = iter(
        [wire.answer(b"<half", length=99), wire.answer(b"x" * 5000), b"nonsense\r\n", None]
    )

    def behaviour(link, _request):
        reply = next(replies, wire.answer())
        if reply is None:
            wire.reset(link)
        else:
            link.sendall(reply)
        if reply != wire.answer():
            link.close()

    server = serve(behaviour)
    transport = line(server.url)
    outcomes = [transport.send(request_to(reply_bytes=1000)) for _ in range(6)]
    assert [type(each) for each in outcomes] == [NoAnswer] * 4 + [Response] * 2


# -- rates ----------------------------------------------------------------------------------------


def test_the_endpoints_rate_spaces_calls_and_the_operations_own_is_slower(
    serve, line, request_to, wire
):
    times = []

    def behaviour(link, _request):
        times.append(time.monotonic())
        link.sendall(wire.answer())

    transport = line(serve(behaviour).url, rate="20/s")
    for _ in range(3):
        transport.send(request_to())
    for _ in range(3):
        transport.send(request_to(rate="5/s"))
    fast, slow = times[:3], times[3:]
    assert (
        fast[-1] - fast[0] > 0.08
    )  # two gaps of a twentieth of a second, less what the first was late
    assert slow[-1] - slow[0] > 0.35  # two of a fifth
    assert min(after - before for before, after in pairwise(fast)) < 0.18


def test_a_rate_that_cannot_be_kept_is_refused_before_the_first_call(line):
    with pytest.raises(InvalidDocuments, match="is not a rate"):
        line("https://sge.example.org", rate="10000000/s")


def test_a_deadline_before_the_next_start_is_told_at_once(serve, line, request_to, wire):
    server = serve(wire.always(wire.answer()))
    transport = line(server.url, rate="1/h")
    transport.send(request_to())
    started = time.monotonic()
    outcome = transport.send(request_to(kind=Kind.ORDER), started + 60)
    assert time.monotonic() - started < 30
    assert (outcome.sent, outcome.problem.id) == (False, Id.TIMEOUT)
    assert outcome.fault_class is FaultClass.NETWORK
    assert len(server.requests) == 1


def test_closing_lets_waiting_threads_go(serve, line, request_to, wire):
    server = serve(wire.always(wire.answer()))
    transport = line(server.url, rate="1/h")
    transport.send(request_to())
    outcomes = []
    waiting = threading.Thread(target=lambda: outcomes.append(transport.send(request_to())))
    waiting.start()
    time.sleep(0.1)
    transport.close()
    waiting.join(2)
    assert outcomes[0].sent is False
    assert "the run is ending" in outcomes[0].problem.message


# -- TLS ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ca():
    return trustme.CA()


@pytest.fixture
def files(ca, tmp_path):
    """Certificates on disk: ca.pem, client.pem (certificate and key), other-ca.pem, server.pem."""
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    trustme.CA().cert_pem.write_to_path(tmp_path / "other-ca.pem")
    client = ca.issue_cert("client@example.org")
    client.private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    (tmp_path / "client.crt").write_bytes(client.cert_chain_pems[0].bytes())
    client.private_key_pem.write_to_path(tmp_path / "client.key")
    key = serialization.load_pem_private_key(client.private_key_pem.bytes(), None)
    sealed = serialization.BestAvailableEncryption(b"k3y-pass")
    (tmp_path / "sealed.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)
    )
    certificate = x509.load_pem_x509_certificate(client.cert_chain_pems[0].bytes())
    (tmp_path / "client.pfx").write_bytes(
        pkcs12.serialize_key_and_certificates(b"client", key, certificate, None, sealed)
    )
    return tmp_path


def server_side(ca, *names, client=False, version=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*(names or ("127.0.0.1",))).configure_cert(context)
    if client:
        context.verify_mode = ssl.CERT_REQUIRED
        ca.configure_trust(context)
    if version:
        context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize(
    "client",
    [
        {"certificate": "client.pem"},
        {"certificate": "client.crt", "key": "client.key"},
        {"certificate": "client.crt", "key": "sealed.key", "key_password": Secret("k3y-pass")},
        {"pfx": "client.pfx", "key_password": Secret("k3y-pass")},
    ],
    ids=["one file", "two files", "encrypted key", "pfx"],
)
def test_a_client_certificate_opens_the_door(serve, send, wire, ca, files, client):
    server = serve(wire.always(wire.answer()), server_side(ca, client=True))
    paths = {k: v if isinstance(v, Secret) else str(files / v) for k, v in client.items()}
    response = send(server.url, ca=str(files / "ca.pem"), **paths)
    assert response.status == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("kind", [Kind.READ, Kind.ORDER])
def test_a_client_certificate_that_the_server_does_not_know_is_told(
    serve, send, wire, ca, files, request_to, version, kind
):
    context = server_side(ca, client=True, version=version)
    server = serve(wire.always(wire.answer()), context)
    shown = files / "stranger.pem"
    trustme.CA().issue_cert("stranger").private_key_and_cert_chain_pem.write_to_path(shown)
    settings = {"ca": str(files / "ca.pem"), "certificate": str(shown)}
    outcome = send(server.url, request_to(kind=kind), **settings)
    assert server.requests == []
    if kind is Kind.ORDER:  # it waits for the server's word
        assert outcome.sent is False
    if outcome.problem.id is Id.TLS:  # else the reset was faster than the alert
        assert (outcome.sent, outcome.fault_class) == (False, FaultClass.CREDENTIALS)
        assert "refused the client certificate" in outcome.problem.message
    else:
        assert outcome.problem.id in (Id.NO_ANSWER, Id.NOT_SENT)


@pytest.mark.parametrize("kind", [Kind.READ, Kind.ORDER])
def test_a_server_that_demands_a_certificate_of_who_shows_none_has_read_no_request(
    serve, send, wire, ca, files, request_to, kind
):
    context = server_side(ca, client=True, version=ssl.TLSVersion.TLSv1_3)
    server = serve(wire.always(wire.answer()), context)
    outcome = send(server.url, request_to(kind=kind), ca=str(files / "ca.pem"))
    if outcome.problem.id is not Id.TLS:  # the reset was faster than the alert
        assert outcome.problem.id in (Id.NO_ANSWER, Id.NOT_SENT)
        return
    assert "asks for a client certificate, but the environment has none" in outcome.problem.message
    assert "`certificate` and `key`, or `pfx`" in dict(outcome.problem.details)["remedy"]
    assert (outcome.sent, outcome.fault_class) == (False, FaultClass.CREDENTIALS)


@pytest.fixture
def known_client(files):
    """The settings of a client that its server knows."""
    return {"ca": str(files / "ca.pem"), "certificate": str(files / "client.pem")}


class _Leaving:
    """A side of TLS that ends the connection a moment after the handshake, without a word."""

    def __init__(self, context, leave):
        context.num_tickets = 0  # else it tells that it took the certificate
        self.context, self.leave, self.left = context, leave, 0

    def wrap_socket(self, sock, **named):
        link = self.context.wrap_socket(sock, **named)
        time.sleep(0.1)  # meanwhile a request would leave
        self.left += 1
        self.leave(link)
        raise ConnectionAbortedError


def test_an_order_waits_until_the_server_took_its_certificate(
    serve, send, wire, ca, known_client, request_to
):
    """A server that resets or closes before it said a word has read nothing: with TLS 1.3 the
    handshake of a client ends before the server has looked at its certificate."""
    for leave in (wire.reset, lambda link: link.close()):
        context = _Leaving(server_side(ca, client=True, version=ssl.TLSVersion.TLSv1_3), leave)
        server = serve(wire.always(wire.answer()), context)
        outcome = send(server.url, request_to(kind=Kind.ORDER), **known_client)
        assert (outcome.sent, outcome.fault_class) == (False, FaultClass.NETWORK)
        assert outcome.problem.id is Id.NOT_SENT
        assert context.left == 1


def test_a_server_that_says_nothing_gets_the_order_all_the_same(
    serve, send, wire, ca, known_client, request_to
):
    context = server_side(ca, client=True, version=ssl.TLSVersion.TLSv1_3)
    context.num_tickets = 0
    server = serve(wire.always(wire.answer()), context)
    order = request_to(kind=Kind.ORDER)
    assert send(server.url, order, connect_timeout=0.2, **known_client).status == 200


def test_a_reset_of_an_order_whose_certificate_was_taken_stays_unknown(
    serve, send, wire, ca, known_client, request_to
):
    context = server_side(ca, client=True, version=ssl.TLSVersion.TLSv1_3)
    outcome = send(serve(wire.reset, context).url, request_to(kind=Kind.ORDER), **known_client)
    assert (outcome.sent, outcome.fault_class) == (None, FaultClass.UNKNOWN)


def test_without_client_certificate_tls_1_2_says_no_before_anything_is_sent(
    serve, send, wire, ca, files, request_to
):
    context = server_side(ca, client=True, version=ssl.TLSVersion.TLSv1_2)
    server = serve(wire.always(wire.answer()), context)
    outcome = send(server.url, request_to(kind=Kind.ORDER), ca=str(files / "ca.pem"))
    assert outcome.sent is False


def test_another_authority_is_not_trusted(serve, send, wire, ca, files):
    server = serve(wire.always(wire.answer()), server_side(ca))
    for trusted in {"ca": str(files / "other-ca.pem")}, {}:
        outcome = send(server.url, **trusted)
        assert (outcome.sent, outcome.problem.id) == (False, Id.TLS)
        assert outcome.fault_class is FaultClass.CREDENTIALS
        assert "is not trusted" in outcome.problem.message
        assert "`ca`" in remedy(outcome)


def test_a_private_authority_stays_the_only_one(serve, send, wire, ca, files, monkeypatch):
    from sgeflow.adapters.http import tls

    made = []
    real = tls.context
    monkeypatch.setattr(tls, "context", lambda each: made.append(real(each)) or made[-1])
    server = serve(wire.always(wire.answer()), server_side(ca))
    assert send(server.url, ca=str(files / "ca.pem")).status == 200
    assert len(made[0].get_ca_certs()) == 1
    assert made[0].minimum_version is ssl.TLSVersion.TLSv1_2


def test_old_tls_is_refused(serve, send, wire, ca, files):
    context = server_side(ca)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    outcome = send(serve(wire.always(wire.answer()), context).url, ca=str(files / "ca.pem"))
    assert (outcome.sent, outcome.problem.id) == (False, Id.TLS)


def test_https_to_a_plain_server_says_so(send, files):
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def talk():
            link, _ = plain.accept()
            link.recv(100)
            link.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            link.close()

        thread = threading.Thread(target=talk)
        thread.start()
        url = f"https://127.0.0.1:{plain.getsockname()[1]}"
        outcome = send(url, ca=str(files / "ca.pem"))
        thread.join()
    assert (outcome.sent, outcome.problem.id) == (False, Id.TLS)
    assert "no TLS connection" in outcome.problem.message


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"certificate": "absent.pem"}, "absent.pem cannot be read: No such file"),
        ({"certificate": "client.crt", "key": "sealed.key"}, "no password for it"),
        (
            {"certificate": "client.crt", "key": "sealed.key", "key_password": Secret("wr0ng")},
            "the password does not open",
        ),
        ({"certificate": "ca.pem", "key": "client.key"}, "does not belong to"),
        ({"certificate": "client.key"}, "do not hold a certificate and a key"),
        ({"certificate": "client.pfx"}, "do not hold a certificate and a key"),
        ({"ca": "client.key"}, "holds no certificate"),
        ({"pfx": "client.pfx", "key_password": Secret("wr0ng")}, "does not open it"),
        ({"pfx": "client.pfx"}, "`key_password` may be missing"),
        ({"pfx": "ca.pem"}, "cannot be read"),
    ],
)
def test_a_certificate_that_cannot_be_used_is_told_and_nothing_is_sent(
    send, files, request_to, settings, says
):
    paths = {k: v if isinstance(v, Secret) else str(files / v) for k, v in settings.items()}
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"https://127.0.0.1:{unused.getsockname()[1]}"
        outcome = send(url, request_to(kind=Kind.ORDER), **paths)
    assert (outcome.sent, outcome.problem.id) == (False, Id.CERTIFICATE)
    assert outcome.fault_class is FaultClass.CREDENTIALS
    assert says in outcome.problem.message
    assert "wr0ng" not in repr(outcome)


# -- every foreign exception ----------------------------------------------------------------------


def made(kind):
    """An instance of an exception class, whatever its constructor wants."""
    count = len(
        [
            each
            for each in inspect.signature(kind.__init__).parameters.values()
            if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD
        ]
    )
    for size in range(max(0, count - 1), 6):
        for filler in ("secret-canary", 3, ValueError("secret-canary")):
            try:
                return kind(*[filler] * size)
            except Exception:  # noqa: BLE001 - constructors differ
                continue
    return kind.__new__(kind)


FOREIGN_CLASSES = sorted(
    {
        kind
        for kind in vars(urllib3.exceptions).values()
        if inspect.isclass(kind)
        and issubclass(kind, Exception)
        and not issubclass(kind, Warning)
        and kind.__module__.startswith("urllib3.")
    },
    key=lambda kind: (kind.__module__, kind.__name__),
)


@each(FOREIGN_CLASSES)
def test_each_exception_of_urllib3_becomes_an_honest_outcome(kind):
    error = made(kind)
    for sent in False, True:
        for what in Kind:
            known = CallFacts(
                host="sge.example.org", kind=what, sent=sent, seconds=0.1, connect_timeout=5
            )
            outcome = no_answer(error, known)
            assert outcome.sent in (None, False)
            assert outcome.sent is (None if sent else False)
            assert not (sent and "nothing was sent" in outcome.problem.message)
            if outcome.sent is None and what is not Kind.READ:
                assert outcome.fault_class is FaultClass.UNKNOWN
            assert "sge.example.org" in outcome.problem.message
            assert "canary" not in str(outcome)


NO_OF_OTHERS = (
    ConnectionRefusedError(111, "Connection refused"),
    socket.gaierror(-2, "Name or service not known"),
    ssl.SSLCertVerificationError(1, "self-signed certificate"),
    urllib3.exceptions.ConnectTimeoutError(None, "x"),
)


def order_that_left(error, **more):
    known = CallFacts(
        host="sge.example.org", kind=Kind.ORDER, sent=True, seconds=0.1, connect_timeout=5, **more
    )
    return no_answer(error, known)


def alert(reason):
    error = ssl.SSLError(1, "alert")
    error.reason = reason
    return error


def test_no_error_says_of_a_request_that_left_that_nothing_was_sent():
    for error in (*NO_OF_OTHERS, alert("SSLV3_ALERT_CERTIFICATE_REVOKED")):
        outcome = order_that_left(error)
        assert (outcome.sent, outcome.fault_class) == (None, FaultClass.UNKNOWN)


def test_an_alert_about_our_certificate_ends_a_handshake_and_no_other_does():
    for reason, sent in (
        ("SSLV3_ALERT_CERTIFICATE_REVOKED", False),
        ("TLSV1_ALERT_UNKNOWN_CA", False),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", None),
        ("TLSV1_ALERT_INTERNAL_ERROR", None),
    ):
        facts = {"certificate_pending": True, "shows_certificate": True}
        assert order_that_left(alert(reason), **facts).sent is sent
        assert order_that_left(alert(reason), certificate_pending=True).sent is None
    for error in (ConnectionResetError(104, "reset"), ssl.SSLEOFError(8, "EOF")):
        assert order_that_left(error, certificate_pending=True).sent is None
    demand = alert("TLSV13_ALERT_CERTIFICATE_REQUIRED")
    assert order_that_left(demand, certificate_pending=True).sent is False
    assert order_that_left(demand).sent is None  # behind a reply, or of an earlier TLS


@pytest.mark.parametrize("kind", Kind)
def test_what_the_caller_was_handling_tells_nothing_of_the_exchange(
    serve, send, wire, request_to, kind
):
    server = serve(wire.reset)
    alone = send(server.url, request_to(kind=kind))
    for handled in NO_OF_OTHERS:
        try:
            raise handled
        except (OSError, urllib3.exceptions.HTTPError):
            outcome = send(server.url, request_to(kind=kind))
        assert outcome.sent is None
        assert replace(outcome, seconds=0) == replace(alone, seconds=0)
    assert len(server.requests) == 1 + len(NO_OF_OTHERS)


def test_what_the_caller_was_handling_is_not_quoted_either(send, request_to):
    handled = OSError(5, "Input/output error")
    try:
        raise handled
    except OSError:
        outcome = send("http://127.0.0.1:1", request_to(kind=Kind.ORDER))
    assert outcome.sent is False
    assert "connection refused" in outcome.problem.message


def test_all_classes_of_urllib3_are_walked():
    names = {kind.__name__ for kind in FOREIGN_CLASSES}
    assert {"ReadTimeoutError", "ProtocolError", "SSLError", "IncompleteRead"} <= names
    assert len(FOREIGN_CLASSES) > 25


# -- where a request goes ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["@{other}/x", ".{other}/x", "//{other}/x", "x", "?{other}"])
def test_no_path_leads_to_another_server(serve, send, request_to, wire, path):
    here, elsewhere = (serve(wire.always(wire.answer(b"<r/>"))) for _ in range(2))
    place = elsewhere.url.partition("//")[2]
    send(here.url, request=request_to(path=path.format(other=place)))
    assert (len(here.requests), len(elsewhere.requests)) == (1, 0)
