"""An access token is got with a refresh token, once for all, and again when it is past its time."""

import json
import threading
import time
from collections import Counter
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from msgspec.structs import replace

from sgeflow.adapters.http import access_token
from sgeflow.adapters.http.transport import HttpTransport
from sgeflow.adapters.resolved_endpoints import resolve_instance
from sgeflow.adapters.secrets import SecretsInUse, SecretSources
from sgeflow.core.documents import Endpoint, EndpointLimits, OauthGrant
from sgeflow.core.model import FaultClass, Kind, NoAnswer
from sgeflow.errors import Id
from tests.adapters.conftest import answer

SECRETS = {"COZY_CLIENT_ANNA": "client-canary", "COZY_REFRESH_ANNA": "refresh-canary"}
STALE = 'WWW-Authenticate: Bearer error="invalid_token"\r\n'


class Door:
    """Gives tokens `token-1`, `token-2`, and takes the newest; `refusal` is given in their place."""

    def __init__(self):
        self.given, self.asked, self.refusal = 0, Counter(), None
        self.forms = []

    def __call__(self, link, request):
        head, _, body = request.partition(b"\r\n\r\n")
        line = head.split(b"\r\n")[0].decode()
        self.asked[line.split()[1]] += 1
        if "/auth/access_token" in line:
            self.forms.append(parse_qs(body.decode()))
            assert b"authorization" not in head.lower()
            if self.refusal is None:
                self.given += 1
            link.sendall(
                self.refusal or answer(json.dumps({"access_token": f"token-{self.given}"}).encode())
            )
        elif f"Authorization: Bearer token-{self.given}\r\n".encode() in head + b"\r\n":
            link.sendall(answer(b"{}"))
        else:
            link.sendall(answer(b"{}", "400 Bad Request", STALE))


@pytest.fixture
def many(serve, request_to):
    """`many(door)`: a transport to a service that is many of a kind, a request, its secrets."""
    opened = []

    def make(door, **secrets):
        place = serve(door).url.replace("127.0.0.1", "localhost")
        endpoint = Endpoint(
            name="cozy",
            base_url=f"{place}/at/{{instance}}",
            route="direct",
            headers={},
            limits=EndpointLimits(connect_timeout=5, read_timeout=5, total_timeout=10),
            oauth=OauthGrant(
                client_id="us",
                client_secret="${secret.COZY_CLIENT_{instance}}",
                refresh_token="${secret.COZY_REFRESH_{instance}}",
                path="/auth/access_token",
            ),
        )
        sources = SecretSources(variables={**SECRETS, **secrets}, keyring=False)
        found = SecretsInUse()
        transport = HttpTransport(
            {},
            instances={"cozy": lambda name: resolve_instance(endpoint, name, sources=sources)},
            secrets=found,
        )
        opened.append(transport)
        return (
            transport,
            request_to(endpoint="cozy", instance="anna", path="/data", alone=True),
            found,
        )

    yield make
    for transport in opened:
        transport.close()


def test_many_threads_share_one_token_and_who_masks_knows_it(many):
    door = Door()
    transport, request, found = many(door)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(transport.send(request))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.status for one in answers] == [200] * 8
    assert door.given == 1
    assert door.forms[0]["refresh_token"] == ["refresh-canary"]
    known = {secret.reveal() for secret in found.of([("cozy", "anna")])}
    assert known == {"client-canary", "refresh-canary", "token-1"}
    assert found.of([("cozy", "ben")]) == ()


def test_a_read_goes_out_once_more_with_a_new_token_and_what_changes_something_does_not(many):
    door = Door()
    transport, request, _ = many(door)
    assert transport.send(request).status == 200
    door.given += 1  # the first one is past its time
    assert transport.send(request).status == 200
    door.given += 1
    order = replace(request, kind=Kind.ORDER)
    assert transport.send(order).status == 400
    assert transport.send(order).status == 200  # the next one finds a new token
    assert door.asked == {"/at/anna/data": 5, "/at/anna/auth/access_token": 3}


@pytest.mark.parametrize(
    ("status", "body", "fault_class", "problem"),
    [
        ("400 Bad Request", b'{"error": "invalid_grant"}', FaultClass.CREDENTIALS, Id.REJECTED),
        ("404 Not Found", b'{"error": "refresh-canary"}', FaultClass.CREDENTIALS, Id.REJECTED),
        ("503 Service Unavailable", b"away", FaultClass.TRANSIENT, Id.SERVER_ERROR),
        ("200 OK", b'{"access_token": "two\\r\\nlines"}', FaultClass.TECHNICAL, Id.SERVER_ERROR),
    ],
)
def test_without_a_token_nothing_is_sent_and_why_is_said_without_any(
    many, status, body, fault_class, problem
):
    door = Door()
    door.refusal = answer(body, status)
    transport, request, _ = many(door)
    said = transport.send(request, leave=lambda: pytest.fail("nothing may leave"))
    assert isinstance(said, NoAnswer)
    assert (said.sent, said.fault_class, said.problem.id) == (False, fault_class, problem)
    assert "canary" not in str(said)
    assert door.asked["/at/anna/data"] == 0


def test_who_waits_for_anothers_asking_waits_no_longer_than_their_own_step(many):
    door, is_asked, is_let = Door(), threading.Event(), threading.Event()

    def stalling(link, request):
        if b"access_token" in request:
            is_asked.set()
            is_let.wait(60)
        door(link, request)

    transport, request, _ = many(stalling)
    first = threading.Thread(target=transport.send, args=(request,))
    first.start()
    assert is_asked.wait(60)
    said = transport.send(request, time.monotonic())  # its step is over
    is_let.set()
    first.join()
    assert (said.sent, said.problem.id, said.fault_class) == (False, Id.TIMEOUT, FaultClass.NETWORK)
    assert transport.send(request).status == 200


def test_who_waited_takes_the_refusal_too_and_who_comes_later_asks_anew(many, monkeypatch):
    meanwhile = []  # what another does while one waits for its turn

    class Turn:
        def acquire(self, timeout):
            while meanwhile:
                meanwhile.pop()()
            return True

        def release(self):
            pass

    door = Door()
    door.refusal = answer(b"away", "503 Service Unavailable")
    transport, request, _ = many(door)
    monkeypatch.setattr(access_token, "threading", SimpleNamespace(Lock=Turn, TIMEOUT_MAX=1e6))
    answers = []
    meanwhile.append(lambda: answers.append(transport.send(request)))
    answers.append(transport.send(request))
    assert [one.problem.id for one in answers] == [Id.SERVER_ERROR] * 2
    assert len(door.forms) == 1
    door.refusal = None
    assert transport.send(request).status == 200


def test_one_that_is_not_there_is_not_told_as_one_whose_owner_took_it_back(many):
    told = []
    for status in ("400 Bad Request", "404 Not Found", "410 Gone"):
        door = Door()
        door.refusal = answer(b"{}", status)
        transport, request, _ = many(door)
        told.append(dict(transport.send(request).problem.details)["remedy"])
    assert "owner" in told[0]
    assert "`path`" in told[1]
    assert told[1] == told[2]


def test_an_instance_without_its_secret_is_told_by_the_form_of_its_name(many):
    transport, request, _ = many(Door())
    said = transport.send(replace(request, instance="ben"))
    assert (said.sent, said.fault_class) == (False, FaultClass.CREDENTIALS)
    assert "COZY_CLIENT_{instance}, COZY_REFRESH_{instance}" in said.problem.message
    assert "BEN" not in str(said)


@pytest.mark.parametrize(
    "name",
    ["", "ANNA", "anna.evil.example", "anna/../..", "a@b", "-a", "a-", "a" * 64, "é", "a\n", "a#"],
)
def test_what_is_no_plain_name_leads_nowhere(many, name):
    door = Door()
    transport, request, _ = many(door, COZY_CLIENT_="x")
    said = transport.send(replace(request, instance=name))
    assert (said.sent, said.fault_class) == (False, FaultClass.CREDENTIALS)
    assert not door.asked


def test_a_variable_that_names_a_file_is_no_secret_of_an_instance(many, tmp_path):
    place = tmp_path / "a-secret"
    place.write_text("client-canary")
    more = {"COZY_CLIENT_BEN_FILE": str(place), "COZY_REFRESH_BEN": "refresh-canary"}
    door = Door()
    transport, request, _ = many(door, **more, COZY_REFRESH_BEN_FILE="x", COZY_CLIENT_BEN="y")
    refused = transport.send(replace(request, instance="ben-file"))
    assert (refused.sent, door.forms) == (False, [])
