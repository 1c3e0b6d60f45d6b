"""The way to a server: names, connections, TLS and clocks, with real servers on loopback."""

import socket
import ssl
import threading
import time
import warnings
from datetime import timedelta
from types import SimpleNamespace

import pytest
import trustme

from sgeflow.tools.doctor import probe, verdicts
from sgeflow.tools.doctor.verdicts import Trouble
from tests.relay import Relay
from tests.tools.doctor.conftest import DAY, PROXY, TOKEN, dated

HERE = {"ca": "ca.pem"}
PAIR = {"certificate": "client.pem", "key": "client.key"}


@pytest.fixture
def reached(environment, doctor, serve):
    """What is found of an endpoint whose server runs on loopback."""

    def look(context=None, behaviour=None, host="127.0.0.1", **settings):
        server = serve(behaviour or dated(), context)
        scheme = "https" if context else "http"
        environment(base_url=f"{scheme}://{host}:{server.port}/base", **settings)
        told = doctor()
        told.requests = server.requests
        return told

    return look


def test_a_server_that_is_reached_and_trusted_is_fine(papers, reached):
    papers.client()
    told = reached(papers.server(client=True), **HERE, **PAIR)
    assert told.code == 0
    assert told["connection"][0] == "ok"
    assert told["TLS"][0] == "ok"
    assert told["TLS"][1].startswith("TLS 1.3, the server's certificate is trusted, until ")
    assert told["TLS"][1].endswith("yours was not refused")


def test_nothing_is_called_and_no_token_leaves(papers, reached, monkeypatch):
    monkeypatch.setenv("CITY_TOKEN", TOKEN)
    told = reached(papers.server(), **HERE, headers={"apikey": "${secret.CITY_TOKEN}"})
    assert [one.partition(b"\r\n")[0] for one in told.requests] == [b"HEAD / HTTP/1.1"]
    assert TOKEN.encode() not in told.requests[0]
    assert told.requests[0].endswith(b"\r\n\r\n")


def test_offline_nothing_is_asked(environment, doctor, serve, monkeypatch):
    server = serve(dated())
    environment(base_url=server.url)
    assert doctor("--offline")["connection"][0] == "skipped"
    monkeypatch.setenv("SGEFLOW_OFFLINE", "1")
    assert doctor()["connection"][0] == "skipped"
    assert server.connections == 0


# -- TLS --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_refused_client_certificate_is_told(papers, reached, version):
    papers.client(ca=trustme.CA())
    told = reached(papers.server(client=True, version=version), **HERE, **PAIR)
    status, says, remedy = told["TLS"]
    assert (status, told.id("TLS"), told.code) == ("failed", "SGE502", 6)
    assert "127.0.0.1 refused the client certificate" in says
    assert "client.pem" in remedy or "Enedis" in remedy


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_who_shows_no_client_certificate_is_not_told_that_it_was_refused(papers, reached, version):
    told = reached(papers.server(client=True, version=version), **HERE)
    status, says, remedy = told["TLS"]
    assert (status, told.id("TLS")) == ("failed", "SGE502")
    assert "refused" not in says
    assert ("the environment has none" in says) is (version is ssl.TLSVersion.TLSv1_3)
    assert "set `certificate` and `key`" in remedy


def test_a_refused_certificate_without_its_chain_gets_the_chain_as_remedy(papers, reached):
    made = papers.client()
    (papers.folder / "client.pem").write_bytes(made.cert_chain_pems[0].bytes())
    status, _, remedy = reached(papers.server(client=True), **HERE, **PAIR)["TLS"]
    assert status == "failed"
    assert remedy.startswith("add the issuers to client.pem, behind your certificate")


WRONG = {
    "name": ({"name": "elsewhere.city.fr"}, "is not one for 127.0.0.1", "check the host"),
    "expired": ({"begins": -9 * DAY, "ends": -DAY}, "has expired", "see the clock"),
    "not yet": ({"begins": DAY}, "is not yet valid", "see the clock"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_servers_certificate_that_is_wrong_gets_its_own_remedy(papers, reached, wrong):
    how, says, remedy = WRONG[wrong]
    told = reached(papers.server(**how), **HERE)
    assert told["TLS"][0] == "failed"
    assert says in told["TLS"][1]
    assert remedy in told["TLS"][2]
    assert told.code == 6


@pytest.mark.parametrize(
    ("ca", "remedy"),
    [("other-ca.pem", "other-ca.pem must hold the authority"), (None, "name its file: `ca`")],
)
def test_a_server_of_an_unknown_authority_gets_its_own_remedy(papers, reached, ca, remedy):
    told = reached(papers.server(), **({"ca": ca} if ca else {}))
    assert told["TLS"][0] == "failed"
    assert "is not trusted" in told["TLS"][1]
    assert remedy in told["TLS"][2]


def test_a_server_without_tls_at_the_port_is_told(papers, environment, doctor, serve):
    server = serve(lambda link, _: link.sendall(b"HTTP/1.1 400 Bad\r\n\r\n"))
    environment(base_url=server.url.replace("http:", "https:"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probe, "LIMIT", 0.5)
        told = doctor()
    assert told["TLS"][0] == "failed"
    assert told.code == 6


def test_an_old_version_of_tls_is_told(papers, reached):
    context = papers.server()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    told = reached(context, **HERE)
    assert told["TLS"][0] == "failed"
    assert "TLS" in told["TLS"][1]


def test_an_address_without_tls_is_a_warning_but_on_this_machine(reached, monkeypatch):
    assert reached()["TLS"][0] == "ok"
    monkeypatch.setattr(verdicts, "is_here", lambda _: False)
    told = reached()
    assert (told["TLS"][0], told.code) == ("warning", 6)


def test_an_address_without_tls_is_told_too_where_no_server_is_reached(environment, doctor):
    for host, options in (("10.0.0.1", ["--offline"]), ("sge.invalid", [])):
        environment(base_url=f"http://{host}")
        assert doctor(*options)["TLS"][0] == "warning"
    environment(base_url="http://localhost:9")
    assert doctor()["TLS"][0] == "skipped"


def test_a_server_that_closes_without_a_word_is_told(papers, reached):
    told = reached(papers.server(), lambda link, _: link.close(), **HERE)
    assert told["TLS"][1].endswith("the server closed without an answer")


def test_all_addresses_together_take_no_longer_than_the_limit(monkeypatch):
    """The first ones are silent; the last one is still tried."""
    tried, now = [], [0.0]

    def silent(place, timeout):
        tried.append(place)
        now[0] += timeout
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", silent)
    monkeypatch.setattr(probe, "LIMIT", 0.3)
    monkeypatch.setattr(probe, "time", SimpleNamespace(monotonic=lambda: now[0]))
    assert probe.connect(["10.0.0.1", "10.0.0.2", "10.0.0.3"], 443).trouble is Trouble.SLOW
    assert now[0] == pytest.approx(0.3)
    assert len(tried) == 3


def test_a_certificate_that_cannot_be_used_leaves_the_connection_checked(papers, reached):
    papers.client()
    papers.client("other")
    told = reached(papers.server(), **HERE, certificate="client.pem", key="other.key")
    assert (told["connection"][0], told["TLS"][0]) == ("ok", "skipped")


def test_an_expired_certificate_is_shown_to_the_server_all_the_same(papers, reached):
    papers.client(begins=-9 * DAY, ends=-DAY)
    told = reached(papers.server(client=True), **HERE, **PAIR)
    assert told["expiry"][0] == "failed"
    assert "refused the client certificate" in told["TLS"][1]
    assert told.id("expiry") == "SGE051"


# -- names and connections --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [socket.EAI_NONAME, socket.EAI_AGAIN])
def test_an_unknown_name_skips_what_comes_after(environment, doctor, monkeypatch, kind):
    def unknown(*_args, **_named):
        raise socket.gaierror(kind, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    environment(base_url="https://sge.invalid")
    told = doctor()
    assert told["name"][2].startswith("check the host")
    assert told["name"][0] == "failed"
    assert "sge.invalid" in told["name"][1]
    assert (told["connection"][0], told["TLS"][0]) == ("skipped", "skipped")
    assert (told.id("name"), told.code) == ("SGE401", 5)


def test_a_name_server_that_is_silent_ends_with_the_limit(environment, doctor, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(0.5) or [])
    monkeypatch.setattr(probe, "LIMIT", 0.1)
    environment(base_url="https://sge.city.fr")
    words = "sge.city.fr has no known address (no answer within 0.1 s)"
    assert doctor()["name"][:2] == ("failed", words)


def test_a_name_is_told_with_its_addresses(papers, reached):
    told = reached(papers.server(name="localhost"), host="localhost", **HERE)
    assert told["name"][0] == "ok"
    assert "127.0.0.1" in told["name"][1]
    assert told["TLS"][0] == "ok"


def test_a_port_where_nobody_listens_is_told(environment, doctor):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment(base_url=f"https://127.0.0.1:{port}")
    told = doctor()
    assert told["connection"][0] == "failed"
    assert f"127.0.0.1:{port} could not be reached (connection refused)" in told["connection"][1]
    assert told["TLS"][0] == "skipped"
    assert told.code == 5


def test_the_proxy_on_the_way_is_looked_at_and_its_password_never_shown(
    environment, doctor, serve, monkeypatch
):
    """Through a proxy the name of the server is the proxy's to know."""
    proxy = serve(lambda link, _: link.sendall(b"HTTP/1.1 200 OK\r\n\r\n"))
    environment(base_url="http://sge.city.fr")
    monkeypatch.setenv("http_proxy", PROXY.replace(":9", f":{proxy.port}"))
    told = doctor()
    assert told["connection"][:2] == (
        "ok",
        f"sge.city.fr:80 answers through the proxy 127.0.0.1:{proxy.port} (http_proxy)",
    )
    assert proxy.requests[0].startswith(b"CONNECT sge.city.fr:80 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic " in proxy.requests[0]
    monkeypatch.setenv("PROXY_PASS", "pr0xy-pass")
    refuses = serve(lambda link, _: link.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"))
    for address, reason in (
        (f"127.0.0.1:{refuses.port}", "opened no way to sge.city.fr:80 (HTTP 407)"),
        ("127.0.0.1:9", "could not be reached (connection refused)"),
    ):
        own = "http://me:${secret.PROXY_PASS}@" + address
        environment(base_url="http://sge.city.fr", proxy=own)
        told = doctor()
        assert told["connection"][0] == "failed"
        assert f'the proxy {address} (`proxy` of "sge") {reason}' in told["connection"][1]
        assert "pr0xy-pass" not in str(told.__dict__)
    environment(base_url="http://127.0.0.1:9")
    assert "the proxy" not in doctor()["connection"][1]


def test_a_server_that_says_nothing_ends_within_the_limit(environment, doctor, serve, monkeypatch):
    monkeypatch.setattr(probe, "LIMIT", 0.2)
    server = serve(lambda _link, _request: time.sleep(1))
    environment(base_url=server.url.replace("http:", "https:"))
    assert "(no answer within 0.2 s)" in doctor()["TLS"][1]


# -- the clock --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lag", "status", "says", "code"),
    [
        (timedelta(), "ok", "that of 127.0.0.1, within", 0),
        (timedelta(minutes=2, seconds=20), "warning", "2 minutes behind", 6),
        (timedelta(minutes=-3, seconds=-20), "warning", "3 minutes ahead", 6),
        (timedelta(days=-2, seconds=-5), "failed", "2 days ahead", 6),
    ],
)
def test_the_clock_is_that_of_the_server(
    papers, environment, doctor, serve, lag, status, says, code
):
    server = serve(dated(lag), papers.server())
    environment(base_url=server.url, **HERE)
    told = doctor(of="machine")
    assert told["clock"][0] == status
    assert says in told["clock"][1]
    assert told.code == code


def test_a_clock_that_is_off_explains_a_certificate_that_seems_expired(
    papers, environment, doctor, serve
):
    """By the server's own clock its certificate is valid: ours is wrong, and that is told."""
    server = serve(dated(timedelta(days=-5)), papers.server(begins=-9 * DAY, ends=-2 * DAY))
    environment(base_url=server.url, **HERE)
    told = doctor(of="machine")
    assert told["clock"][0] == "failed"
    assert "5 days ahead of that of 127.0.0.1" in told["clock"][1]


def test_a_strangers_clock_is_not_believed(papers, environment, doctor, serve):
    server = serve(dated(timedelta(days=-5)), papers.server(begins=-9 * DAY, ends=-2 * DAY))
    environment(base_url=server.url, ca="other-ca.pem")
    assert doctor(of="machine")["clock"][0] == "skipped"


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nDate: soon\r\n\r\n", b"SSH-2.0\r\n\r\n", b""],
)
def test_a_server_that_does_not_tell_the_time_skips_the_clock(environment, doctor, serve, head):
    def behaviour(link, _request):
        link.sendall(head)
        link.close()

    environment(base_url=serve(behaviour).url)
    assert doctor(of="machine")["clock"][:2] == ("skipped", "not checked: no server told the time")


@pytest.fixture
def met(environment, doctor, papers):
    """What is found of a relay on loopback, by the TLS that it speaks and that is looked for."""

    def look(speaks, looked_for, ca="ca.pem"):
        relay = Relay(tls=speaks, ca=papers.root)
        own = {"host": "127.0.0.1", "port": relay.port, "tls": looked_for, "from": "a@city.fr"}
        own |= {"timeout": {"connect": "PT1S", "read": "PT1S"}, **({"ca": ca} if ca else {})}
        environment(base_url="https://127.0.0.1:1", top={"relays": {"operators": own}})
        try:
            return doctor(of="operators"), relay.came
        finally:
            relay.close()

    return look


def test_a_relay_is_met_secured_and_left_without_a_mail(met):
    for way in ("starttls", "implicit", "none"):
        told, came = met(way, way)
        assert told["relay"][:2] == ("ok", "it speaks SMTP"), way
        assert told["TLS"][0] == "ok", way
        if way != "none":
            assert "the server's certificate is trusted, until" in told["TLS"][1]
        assert came == []


def test_what_is_wrong_with_a_relay_is_told_with_its_keys(met):
    told, _ = met("starttls", "starttls", ca="other-ca.pem")
    assert "is not trusted" in told["TLS"][1]
    assert "other-ca.pem must hold" in told["TLS"][2]
    told, _ = met("none", "starttls")
    assert told["TLS"][1] == "127.0.0.1 offers no STARTTLS"
    told, _ = met("none", "implicit")
    assert told["TLS"][0] == "failed"
    assert "check host, port and `tls` in `relays`" in told["TLS"][2]


def test_a_relay_that_takes_nobody_is_told_by_its_code(environment, doctor):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=turn_away, args=(server,), daemon=True)
        thread.start()
        own = {"host": "127.0.0.1", "port": server.getsockname()[1], "from": "a@city.fr"}
        environment(base_url="https://127.0.0.1:1", top={"relays": {"operators": own}})
        told = doctor(of="operators")
        thread.join(5)
    assert told["connection"][0] == "ok"
    assert told["relay"][1] == "the relay accepts no sessions now: 554"


def turn_away(server):
    link, _ = server.accept()
    with link:
        link.sendall(b"554 5.3.2 not today\r\n")
        link.recv(100)
