"""The HTTP server: connections, threads, TLS, and answers that go wrong on demand."""

import contextlib
import http.client
import re
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import pytest
import trustme
from msgspec.structs import replace

from sgeflow.errors import UsageError
from sgeflow.simulator import Simulator, parse_faults
from sgeflow.simulator import world as simulated_world
from sgeflow.simulator.certificates import made_up
from sgeflow.simulator.services.data_connect import MEASURES_PATH, TOKEN_PATH

TODAY = "2025-06-15"
COMMUNES = "/communes/69003"


def outcome(client) -> str:
    """What a client sees of one request, on a connection of its own."""
    host = client.simulator.base_url.removeprefix("http://")
    content = {"pointId": "30000000000011", "loginUtilisateur": "donnees.energie@example.org"}
    message = client.envelope("consulterDonneesTechniquesContractuelles", content)
    with contextlib.closing(http.client.HTTPConnection(host, timeout=5)) as connection:
        try:
            connection.request("POST", "/ConsultationDonneesTechniquesContractuelles/v1.0", message)
            reply = connection.getresponse()
            reply.read()
        except http.client.IncompleteRead:
            return "truncated"
        except http.client.RemoteDisconnected:
            return "closed"
        except ConnectionResetError:
            return "reset"
        return str(reply.status)


def answered(connection: http.client.HTTPConnection) -> bytes:
    connection.request("GET", COMMUNES)
    return connection.getresponse().read()


# -- connections ------------------------------------------------------------------------------------


def test_a_connection_is_kept_alive(sge):
    sge.send("GET", COMMUNES)
    port = sge.connection.sock.getsockname()[1]
    for _ in range(3):
        sge.send("GET", "/communes/00000")
        sge.contract()
        assert sge.contract("99999999999999").code == "SGT401"
    assert sge.connection.sock.getsockname()[1] == port


def test_a_client_may_ask_to_close(sge):
    answer = sge.send("GET", COMMUNES, Connection="close")
    assert answer.headers["Connection"] == "close"
    assert sge.connection.sock is None


def test_many_clients_are_served_at_once(opened):
    client = opened(faults="latency:500ms")
    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(lambda _: outcome(client), range(40))) == {"200"}
    assert time.monotonic() - began < 15  # one after the other takes 20
    assert len(client.simulator.requests) == 40
    assert sorted(one.number for one in client.simulator.requests) == list(range(1, 41))


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /RecherchePoint/v2.0 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST /RecherchePoint/v2.0 HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"POST /RecherchePoint/v2.0 HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"411"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_what_is_no_proper_request_is_refused_and_closed(sge, head, status):
    host, port = sge.simulator.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as plain:
        plain.sendall(head)
        answer = b""
        while chunk := plain.recv(4096):
            answer += chunk
    assert status in answer


def test_a_port_that_is_taken_is_said_clearly(catalog, sge):
    port = int(sge.simulator.base_url.rpartition(":")[2])
    with pytest.raises(UsageError, match=f"port {port} of 127.0.0.1 cannot be had"):
        Simulator(catalog, today=TODAY).start(port)
    with pytest.raises(UsageError, match="70000"):
        Simulator(catalog, today=TODAY).start(70000)


def test_a_port_can_be_chosen_and_is_let_go(catalog):
    with Simulator(catalog, today=TODAY) as simulator:
        port = int(simulator.base_url.rpartition(":")[2])
    again = Simulator(catalog, today=TODAY)
    assert again.start(port) == f"http://127.0.0.1:{port}"
    again.stop()
    again.stop()


def test_stopping_wakes_what_stalls_and_ends_idle_connections(catalog):
    simulator = Simulator(catalog, today=TODAY, faults="stall:100%:60s")
    host, port = simulator.start().removeprefix("http://").split(":")
    with (
        socket.create_connection((host, int(port)), timeout=5) as idle,
        socket.create_connection((host, int(port)), timeout=5) as stalled,
    ):
        stalled.sendall(f"GET {COMMUNES} HTTP/1.1\r\n\r\n".encode())
        while not simulator.requests:
            time.sleep(0.01)
        began = time.monotonic()
        simulator.stop()
        assert time.monotonic() - began < 30
        assert idle.recv(1) == b""
        assert stalled.recv(1) == b""


# -- TLS --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def test_tls_with_a_client_certificate_beside_a_silent_client(catalog, authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    authority.issue_cert("client@example.org").configure_cert(ours)
    with Simulator(catalog, today=TODAY, tls=context) as simulator:
        assert simulator.base_url.startswith("https://127.0.0.1:")
        host, port = simulator.base_url.removeprefix("https://").split(":")
        with contextlib.ExitStack() as stack:
            for _ in range(3):
                stack.enter_context(socket.create_connection((host, int(port)), timeout=5))
            known = http.client.HTTPSConnection(host, int(port), context=ours, timeout=5)
            stack.enter_context(contextlib.closing(known))
            for _ in range(2):
                assert answered(known).startswith(b"[")
            context = ssl.create_default_context()
            authority.configure_trust(context)
            stranger = http.client.HTTPSConnection(host, int(port), context=context, timeout=5)
            stack.enter_context(contextlib.closing(stranger))
            with pytest.raises(OSError):  # noqa: PT011 - which one, depends on who closes first
                answered(stranger)
        assert not simulator.mistakes


# -- faults on demand -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("faults", "seen", "logged"),
    [
        ("503:100%", "503", "HTTP503"),
        ("429:100%", "429", "HTTP429"),
        ("SGT500:100%", "500", "SGT500"),
        ("truncate:100%", "truncated", "truncate"),
        ("reset:100%", "reset", "reset"),
        ("stall:100%:50ms", "closed", "stall"),
        ("close:100%", "closed", "close"),
        ("late:100%", "200", "ok"),
        ("drop:100%", "closed", "drop"),
        ("truncate-unsized:100%", "200", "truncate-unsized"),
        ("html:100%", "200", "html"),
        ("drip:100%:0ms", "200", "drip"),
        ("gzip-bomb:100%", "200", "gzip-bomb"),
        ("other:100%", "200", "other"),
        ("503-date:100%", "503", "HTTP503"),
        ("latency:10ms", "200", "ok"),
        ("503:0%,reset:0.0%", "200", "ok"),
    ],
)
def test_each_fault_is_seen_by_the_client_and_logged(opened, faults, seen, logged):
    client = opened(faults=faults)
    assert [outcome(client) for _ in range(3)] == [seen] * 3
    assert [one.outcome for one in client.simulator.requests] == [logged] * 3


def test_the_same_seed_gives_the_same_faults(opened):
    def outcomes(seed: int) -> list[str]:
        client = opened(faults="SGT500:30%,503:20%,truncate:10%", seed=seed)
        return [outcome(client) for _ in range(60)]

    first = outcomes(1)
    assert first == outcomes(1)
    assert first != outcomes(2)
    assert {"200", "500", "503", "truncated"} == set(first)
    assert 5 <= first.count("500") <= 30


def test_a_request_meets_the_same_in_whatever_order_requests_come(opened):
    def outcomes(numbers: range) -> dict[int, list[int]]:
        client = opened(faults="502:30%,503:30%", seed=1)
        return {n: [client.consent("GET", n).status for _ in range(3)] for n in numbers}

    there = outcomes(range(20))
    assert there == outcomes(range(19, -1, -1))
    assert {404, 502, 503} == {status for tries in there.values() for status in tries}
    assert len({tuple(tries) for tries in there.values()}) > 8  # another try, another fate


def test_the_codes_of_sge_come_from_sge_alone(opened):
    client = opened(faults="SGT4F10:100%")
    assert client.contract().code == "SGT4F10"
    assert client.send("GET", COMMUNES).status == 200
    assert client.consent("GET", 1).status == 404
    assert opened(faults="502:100%").send("GET", COMMUNES).status == 502


@pytest.mark.parametrize("path", [TOKEN_PATH, f"{MEASURES_PATH}consommation_quotidienne"])
@pytest.mark.parametrize(
    ("kind", "code", "wait"),
    [
        ("401", "900901", None),
        ("403", "900908", None),
        ("429", "900800", "1"),
        ("502", "502", None),
        ("503", "303001", "2"),
        ("503-date", "303001", "2"),
    ],
)
def test_data_connect_fails_as_its_gateway_does(opened, path, kind, code, wait):
    client = opened(faults=f"{kind}:100%,SGT500:100%")
    answer = client.send("GET", path)
    assert (answer.status, answer.json["code"]) == (int(kind[:3]), code)
    assert answer.headers["Content-Type"].startswith("application/json")
    told = answer.headers.get("Retry-After")
    if kind == "503-date":
        start, end = (parsedate_to_datetime(text) for text in (answer.headers["Date"], told))
        told = str(round((end - start).total_seconds()))
    assert told == wait
    assert [one.outcome for one in client.simulator.requests] == [f"HTTP{kind[:3]}"]


def test_an_order_that_meets_a_platform_down_was_not(opened):
    client = opened(faults="503:100%")
    assert client.collect().status == 503
    assert client.simulator.world.services("30000000000011") == ()
    assert sum(client.simulator.orders.values()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "503",
        "SGT500:",
        "SGT500:5",
        "SGT500:101%",
        "503:5%:2s",
        "latency:5%",
        "latency:200",
        "stall:2s",
        "stall:1%:2%",
        "slow:5%",
        "200:5%",
        ":5%",
        "latency:200ms:10%:1s",
        "close:1x:5%",
        "close:0x",
        "latency:200ms:5%:1x",
        "close:1%:2s",
        "drip:100ms",
        "handshake:2s",
        "drop",
        "quota:1s",
        "quota:50%",
    ],
)
def test_a_fault_that_is_not_understood_is_named_with_examples(text):
    with pytest.raises(UsageError) as caught:
        parse_faults(f"503:1%,{text}")
    (problem,) = caught.value.problems
    assert f"`{text}`" in problem.message
    assert "SGT500:5%" in problem.allowed


def test_all_mistakes_are_told_at_once():
    with pytest.raises(UsageError) as caught:
        parse_faults("a:1%,503:2%,b")
    assert len(caught.value.problems) == 2


def test_the_first_tries_of_each_request_meet_a_fault_and_the_next_is_well(opened):
    client = opened(faults="503:2x,drop:1x")
    assert [outcome(client) for _ in range(4)] == ["503", "503", "200", "200"]
    with pytest.raises(
        http.client.RemoteDisconnected
    ):  # the next part is for who escapes the first
        opened(faults="503:0%,drop:1x").send("GET", COMMUNES)


def test_what_is_ordered_late_is_there_before_searches_show_it(opened, monkeypatch):
    client = opened(faults="late:1x:60s")
    with pytest.raises(http.client.RemoteDisconnected):
        client.collect()
    world = client.simulator.world
    assert len(world.services("30000000000011")) == 1
    assert world.visible_services("30000000000011") == ()
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + 60)
    monkeypatch.setattr(simulated_world, "time", clock)
    assert world.visible_services("30000000000011") == world.services("30000000000011")


def test_what_is_dropped_was_not_carried_out_and_what_is_closed_was(opened):
    for fault, services in (("drop:1x", 0), ("close:1x", 1)):
        client = opened(faults=fault)
        with pytest.raises(http.client.RemoteDisconnected):
            client.collect()
        assert len(client.simulator.world.services("30000000000011")) == services
        assert sum(client.simulator.orders.values()) == 1


def test_a_503_says_when_in_seconds_or_as_a_date_beside_its_own_clock(opened):
    assert opened(faults="503:100%").contract().headers["Retry-After"] == "2"
    headers = opened(faults="503-date:100%").contract().headers
    until, now = (parsedate_to_datetime(headers[name]) for name in ("Retry-After", "Date"))
    assert (until - now).total_seconds() == 2


def test_a_quota_refuses_what_is_beyond_it_until_the_oldest_is_past(opened):
    client = opened(faults="quota:3x:3600s,quota:99999x:1s")
    statuses = [client.contract().status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert client.measures().status == 200  # another operation has a quota of its own
    assert 3500 < int(client.contract().headers["Retry-After"]) <= 3600
    client.simulator.pass_minutes(60)
    assert client.contract().status == 200


def test_faults_of_tls_need_a_simulator_that_speaks_it(catalog, authority):
    with pytest.raises(UsageError, match="is one of TLS"):
        Simulator(catalog, today=TODAY, faults="certificate-name:1x")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with pytest.raises(UsageError, match="is one of TLS"):  # no wrong certificate at hand
        Simulator(catalog, today=TODAY, tls=context, faults="certificate-name:1x")
    Simulator(catalog, today=TODAY, tls=made_up(), faults="certificate-name:1x,handshake:1x")


def test_faults_are_read_whatever_the_spacing():
    modes = parse_faults(" SGT500:5% , latency:200ms,stall:1%,stall:1%:2s,handshake:2x, ")
    assert [(one.kind, one.rate, one.seconds, one.tries) for one in modes] == [
        ("SGT500", 0.05, 0.0, 0),
        ("latency", 1.0, 0.2, 0),
        ("stall", 0.01, 5.0, 0),
        ("stall", 0.01, 2.0, 0),
        ("handshake", 1.0, 5.0, 2),
    ]
    assert parse_faults("") == ()


# -- the flaky platform -----------------------------------------------------------------------------


def tries(ask) -> list[str]:
    seen = []
    while not seen or seen[-1] != "ok":
        try:
            seen.append(ask().code)
        except (http.client.HTTPException, OSError) as error:
            seen.append(type(error).__name__)
    return seen


def test_each_reading_request_fails_once_or_twice_and_then_is_well(opened):
    def all_tries() -> list[list[str]]:
        client = opened("flaky")
        weeks = [f"2025-05-{day:02d}" for day in range(1, 13)]
        return [
            tries(lambda day=day: client.measures(dateDebut=day, dateFin="2025-05-13"))
            for day in weeks[6:]
        ] + [tries(client.contract), tries(client.subscribed)]

    first = all_tries()
    assert {len(one) for one in first} == {2, 3}
    assert {"503", "IncompleteRead", "RemoteDisconnected"} == {
        name for one in first for name in one[:-1]
    }
    assert first == all_tries()


def test_the_first_order_is_carried_out_and_its_answer_lost(opened):
    client = opened("flaky")
    with pytest.raises(http.client.IncompleteRead):
        client.collect()
    tries(client.subscribed)
    assert len(client.simulator.world.services("30000000000011")) == 1


def test_the_neighbours_of_a_flaky_platform_are_well(opened):
    client = opened("flaky")
    assert client.send("GET", COMMUNES).status == 200
    assert client.consent("GET", 1).status == 404


# -- the log ----------------------------------------------------------------------------------------


def test_the_log_names_operations_and_outcomes_and_nobody(sge):
    sge.contract()
    sge.collect(dateFin=None)
    sge.send("GET", COMMUNES)
    sge.consent("GET", 77)
    sge.send("GET", "/Lefevre")
    seen = [(one.number, one.label, one.status, one.outcome) for one in sge.simulator.requests]
    assert seen == [
        (1, "consulterDonneesTechniquesContractuelles", 200, "ok"),
        (2, "commanderCollectePublicationMesures", 500, "SGT4H4"),
        (3, "GET communes", 200, "ok"),
        (4, "GET consent", 404, "HTTP404"),
        (5, "unknown path", 403, "HTTP403"),
    ]
    assert not re.search("30000000000011|Lef|69003", repr(sge.simulator.requests))


def test_an_operation_that_nobody_plays_is_said_to_be_so(catalog):
    known = catalog.operations["rechercherPoint"]
    route = replace(known.route, direct="Rien/v1.0", gateway=None)
    unknown = replace(known, name="rechercherRien", route=route)
    lone = replace(catalog, operations={"rechercherRien": unknown})
    with Simulator(lone, today=TODAY) as simulator:
        host = simulator.base_url.removeprefix("http://")
        uri = known.envelope.namespaces["v2"]
        body = (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
            f'<n:rechercherPoint xmlns:n="{uri}"><criteres/></n:rechercherPoint>'
            "</e:Body></e:Envelope>"
        )
        with contextlib.closing(http.client.HTTPConnection(host, timeout=5)) as connection:
            connection.request("POST", "/Rien/v1.0", body.encode())
            reply = connection.getresponse()
            assert reply.status == 403
            assert b"rechercherRien" in reply.read()


def test_no_page_and_no_foreign_name_reaches_the_doors(sge):
    """A page in a browser may send to any port of its machine, and a name of its own lead there."""
    here = sge.simulator.base_url.removeprefix("http://")
    port = here.rpartition(":")[2]
    moved = b'{"minutes": 5}'
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example"},
        {"Host": f"127.0.0.1.evil.example:{port}"},
        {"Host": f"evil.example:{port}", "Origin": f"http://{here}"},
    ):
        for method, path in (("POST", "/simulator/clock"), ("GET", COMMUNES)):
            with contextlib.closing(http.client.HTTPConnection(here, timeout=5)) as connection:
                connection.request(method, path, moved, headers)
                assert connection.getresponse().status == 403, headers
    for host in (here, f"localhost:{port}", "LOCALHOST", f"[::1]:{port}"):
        answer = sge.send("GET", COMMUNES, Host=host, Origin=f"http://{host}")
        assert answer.status == 200
    assert [one.label for one in sge.simulator.requests] == ["GET communes"] * 4
