"""A conversation recorded, redacted, and played again without a network."""

from __future__ import annotations

import json
import re
import socket
import stat
import subprocess
import sys
import threading

import pytest
import yaml

from sgeflow.adapters.cassettes.file import read_metadata
from sgeflow.adapters.cassettes.recording import RecordingTransport
from sgeflow.adapters.cassettes.replay import ReplayTransport
from sgeflow.adapters.http.transport import HttpTransport
from sgeflow.adapters.secrets import Secret
from sgeflow.core.model import FaultClass, NoAnswer, Response
from sgeflow.errors import Id, Problem, ReplayMiss

ABOUT = {"today": "2025-03-01", "now": "2025-03-01T08:00:00+01:00", "run": "7f3a", "flow": "annual"}
PERSONAL = ("nom", "prenom", "ligne1", "nomClient")


class Scripted:
    """An inner transport that answers what the test says."""

    def __init__(self, reply):
        self.reply = reply
        self.closed = False

    def send(self, request, deadline=None, leave=None):
        if leave and (refusal := leave()):
            return refusal
        return self.reply(request)

    def close(self):
        self.closed = True


def response(body, status=200, **headers):
    headers = {"content-type": "text/xml; charset=utf-8"} | headers
    return Response(status=status, headers=headers, body=body, seconds=0.3)


def search(name="Dupré", first="Zoé", point="30000000000011", extra=""):
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<q:search xmlns:q="urn:q"><nom>{name}</nom><prenom>{first}</prenom>'
        f"<pointId>{point}</pointId>{extra}</q:search></s:Body></s:Envelope>"
    ).encode()


@pytest.fixture
def record(tmp_path, request_to):
    """`record(exchanges, **options)`: a cassette of (changes of a request, outcome)."""

    def make(exchanges, name="c.yaml", metadata=ABOUT, **options):
        outcomes = iter([outcome for _, outcome in exchanges])
        path = tmp_path / name
        recording = RecordingTransport(
            Scripted(lambda _request: next(outcomes)), path, metadata, **options
        )
        for changes, _ in exchanges:
            recording.send(request_to(**changes))
        recording.close()
        return path

    return make


# -- there and back -------------------------------------------------------------------------------


def test_what_was_recorded_is_answered(record, request_to):
    fault = response(b"<fault/>", 500, **{"retry-after": "3", "set-cookie": "id=canary"})
    path = record([({"body": b"<a/>"}, response(b"<r><x>1</x></r>")), ({"body": b"<b/>"}, fault)])
    replay = ReplayTransport(path)
    second = replay.send(request_to(body=b"<b></b>"))
    first = replay.send(request_to(body=b" <a/>"))
    assert (first.status, re.sub(rb"\s", b"", first.body)) == (200, b"<r><x>1</x></r>")
    assert second.status == 500
    assert second.headers == {"content-type": "text/xml; charset=utf-8", "retry-after": "3"}
    assert replay.metadata == ABOUT
    assert replay.unused_labels() == ()


def test_the_inner_answer_passes_unchanged_and_the_inner_transport_is_closed(tmp_path, request_to):
    answer = response(b"<r> <x/></r>")
    inner = Scripted(lambda _request: answer)
    recording = RecordingTransport(inner, tmp_path / "c.yaml", ABOUT)
    assert recording.send(request_to()) is answer
    recording.close()
    assert inner.closed


def test_an_answer_that_names_who_was_never_sent_is_kept_without_the_name(tmp_path, request_to):
    answer = response("<r><told>pour CLARAMBELLE, née Zoé</told></r>".encode())
    path = tmp_path / "c.yaml"
    recording = RecordingTransport(Scripted(lambda _request: answer), path, ABOUT)
    recording.learn(["Clarambelle"])  # an input that no request of the run has said yet
    recording.send(request_to(body=b"<q><nom>Lefebvre</nom></q>", personal=("nom",)))
    recording.close()
    text = path.read_text().casefold()
    assert ("clarambelle" in text, "née zoé" in text) == (False, True)


def test_a_run_without_calls_has_a_cassette_too(record, request_to):
    replay = ReplayTransport(record([]))
    assert replay.metadata == ABOUT
    with pytest.raises(ReplayMiss):
        replay.send(request_to())


def test_equal_requests_are_answered_in_recorded_order_each_once(record, request_to):
    path = record([({}, response(f"<n>{number}</n>".encode())) for number in range(3)])
    replay = ReplayTransport(path)
    assert [replay.send(request_to()).body for _ in range(3)] == [
        b"<n>0</n>",
        b"<n>1</n>",
        b"<n>2</n>",
    ]
    with pytest.raises(ReplayMiss) as caught:
        replay.send(request_to())
    assert caught.value.problems[0].id is Id.NO_RECORDING
    assert "the recorded answers (3) were already used" in caught.value.problems[0].message


def test_calls_that_nobody_asks_for_are_listed(record, request_to):
    path = record(
        [
            ({"body": b"<a/>", "label": "one"}, response(b"<r/>")),
            ({"label": "two"}, response(b"<r/>")),
        ]
    )
    replay = ReplayTransport(path)
    assert replay.unused_labels() == ("one", "two")
    replay.send(request_to(body=b"<a/>"))
    assert replay.unused_labels() == ("two",)


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "PUT"},
        {"endpoint": "backoffice"},
        {"path": "/other/1.0"},
        {"path": "/service/1.0?x=1"},
        {"headers": {"SOAPAction": '"urn:other"'}},
        {"body": b"<q>1</q>"},
        {"body": b'<q xmlns="urn:q"/>'},
    ],
    ids=str,
)
def test_method_endpoint_path_action_and_body_must_be_the_same(record, request_to, changes):
    replay = ReplayTransport(record([({}, response(b"<r/>"))]))
    with pytest.raises(ReplayMiss):
        replay.send(request_to(**changes))
    assert replay.send(request_to()).status == 200


def test_a_recorded_time_out_fails_again_in_the_same_way(record, request_to):
    lost = NoAnswer(
        sent=None,
        problem=Problem(
            id=Id.NO_ANSWER,
            message="127.0.0.1:40123 was sent the request and did not answer within 2 s",
            details=(("remedy", "raise `timeout.read`"),),
        ),
        fault_class=FaultClass.UNKNOWN,
        retry_after=4.0,
        seconds=2.0,
    )
    refused = NoAnswer(
        sent=False,
        problem=Problem(id=Id.NOT_SENT, message="sge.example.org could not be reached"),
        fault_class=FaultClass.NETWORK,
    )
    path = record([({}, lost), ({}, refused), ({}, response(b"<r/>"))])
    replay = ReplayTransport(path)
    first, second, third = (replay.send(request_to()) for _ in range(3))
    assert (first.sent, first.problem.id, first.fault_class) == (
        None,
        Id.NO_ANSWER,
        FaultClass.UNKNOWN,
    )
    assert first.retry_after == 4.0
    assert first.problem.message.startswith("sge.invalid was sent the request")
    assert first.problem.details == lost.problem.details
    assert (second.sent, second.problem, second.fault_class) == (
        False,
        refused.problem,
        FaultClass.NETWORK,
    )
    assert third.status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<half",
        b"\xff\xfe\x00binary\x81",
        "<!DOCTYPE x><x>é</x>".encode(),
        b"a\r\nb\ttail \n",
        b"{",
    ],
    ids=str,
)
def test_answers_that_no_parser_reads_come_back_byte_for_byte(record, request_to, body):
    replay = ReplayTransport(record([({}, response(body))]))
    assert replay.send(request_to()).body == body


def test_an_answer_in_another_encoding_replays_in_utf8_and_says_so(record, request_to):
    body = '<?xml version="1.0" encoding="ISO-8859-1"?><r>é</r>'.encode("latin-1")
    kind = {"content-type": "text/xml; charset=ISO-8859-1"}
    again = ReplayTransport(record([({}, response(body, **kind))])).send(request_to())
    assert again.headers["content-type"] == "text/xml; charset=utf-8"
    assert again.body.decode().endswith("<r>é</r>")


def test_vcrpy_itself_reads_the_cassette(record):
    from vcr.cassette import Cassette
    from vcr.serializers import yamlserializer

    path = record([({}, response(b"<r/>"))])
    cassette = Cassette.load(path=str(path), serializer=yamlserializer)
    request, answer = cassette.data[0]
    assert (request.method, request.uri) == ("POST", "https://sge.invalid/service/1.0")
    assert request.body == b"<q/>"
    assert answer["body"]["string"] == b"<r/>"


# -- the file -------------------------------------------------------------------------------------


def test_the_file_is_readable_private_and_has_no_leftover(record, tmp_path):
    path = record([({"body": search()}, response(b'<r a="1"><x>\xc3\xa9</x></r>'))])
    text = path.read_text(encoding="utf-8")
    assert text.index("today:") < text.index("interactions:")
    assert '    body: |-\n      <s:Envelope xmlns:s="http' in text
    assert '        <r a="1">\n          <x>é</x>\n        </r>' in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["c.yaml"]


def test_the_same_conversation_gives_the_same_file_apart_from_pseudonyms(record):
    exchanges = [
        (
            {"body": search(), "personal": PERSONAL},
            response(b"<r><nomClient>DUPRE</nomClient></r>"),
        ),
        ({"method": "GET", "path": "/x?b=2&a=1", "body": b""}, response(b'{"b": 1, "a": [2]}')),
    ]
    one, two = (record(exchanges, name, key=b"k" * 32).read_bytes() for name in ("1", "2"))
    assert one == two
    other = record(exchanges, "3").read_bytes()
    assert one != other
    differing = [a for a, b in zip(one.splitlines(), other.splitlines(), strict=True) if a != b]
    assert all(b"nom" in line or b"prenom" in line for line in differing)


def test_a_key_that_stands_twice_is_refused_at_its_line(record):
    path = record([({}, response(b"<r/>"))])
    text = path.read_text("utf-8")
    run, version = f"  run: {ABOUT['run']}\n", "version: 1\n"
    for once, name in ((run, "run"), (version, "version"), ("    method: POST\n", "method")):
        assert text.count(once) == 1
        path.write_text(text.replace(once, once * 2), "utf-8")
        with pytest.raises(ReplayMiss) as caught:
            ReplayTransport(path)
        (problem,) = caught.value.problems
        assert f'it says "{name}" twice' in problem.message
        line = text[: text.index(once)].count("\n") + 2
        assert (problem.at.file, problem.at.line) == (str(path), line)


def test_metadata_is_read_without_the_interactions(record, tmp_path):
    path = record([({}, response(b"<r/>"))])
    assert read_metadata(path) == ABOUT
    data = yaml.safe_load(path.read_text())
    moved = tmp_path / "moved.yaml"
    moved.write_text(yaml.safe_dump(data))  # sorted: the metadata comes last
    assert read_metadata(moved) == ABOUT
    assert ReplayTransport(moved).metadata == ABOUT


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("interactions: [\n", "it is not well-formed YAML"),
        ("just text", "not the cassette format"),
        ("version: 2\ninteractions: []\nmetadata: {sgeflow: 1}\n", "not the cassette format"),
        ("version: 1\ninteractions: []\n", "not recorded by sgeflow"),
        (
            "version: 1\ninteractions: []\nmetadata: {sgeflow: 99}\n",
            "its version is 99, this sgeflow reads 1",
        ),
        ("version: 1\ninteractions: [{}]\nmetadata: {sgeflow: 1}\n", "not the cassette format"),
        ("version: 1\nmetadata: {sgeflow: 1}\n", "not the cassette format"),
        ("a: !!python/object/apply:os.getcwd []\n", "not well-formed YAML"),
    ],
)
def test_a_file_that_is_no_cassette_is_refused(tmp_path, text, says):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(ReplayMiss) as caught:
        ReplayTransport(path)
    problem = caught.value.problems[0]
    assert problem.id is Id.CASSETTE
    assert str(path) in problem.message
    assert says in problem.message


def test_broken_yaml_is_shown_with_its_place(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("version: 1\ninteractions: [\n  a: b: c\n")
    for read in ReplayTransport, read_metadata:
        with pytest.raises(ReplayMiss) as caught:
            read(path)
        at = caught.value.problems[0].at
        assert (at.file, at.line) == (str(path), 3)


def test_a_cassette_that_is_not_there_or_not_text_is_told(tmp_path):
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, says in (
        (tmp_path / "none", "no such file"),
        (binary, "not UTF-8 text"),
        (tmp_path, "it is not a file"),
    ):
        with pytest.raises(ReplayMiss) as caught:
            read_metadata(path)
        assert says in caught.value.problems[0].message


def leaves(tree, path=()):
    """The places in a tree, with all that is between."""
    yield path
    names = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for name in names:
        yield from leaves(tree[name], (*path, name))


def test_a_damaged_cassette_is_told_as_one_or_plays(tmp_path, record, request_to):
    missing = NoAnswer(
        sent=None,
        problem=Problem(id=Id.NO_ANSWER, message="lost", details=(("why", "cut"),)),
        fault_class=FaultClass.NETWORK,
    )
    kept = [({"body": search()}, response(b"<r/>")), ({"body": search(name="Other")}, missing)]
    good = record(kept).read_text()
    path, asked = tmp_path / "damaged.yaml", request_to(body=b"<q>none</q>")
    damage = {place: (None, 3, [[]]) for place in leaves(yaml.safe_load(good)) if place[1:]}
    for place, values in damage.items():
        for value in values if place[0] == "interactions" else ():
            tree = yaml.safe_load(good)
            inner = tree
            for name in place[:-1]:
                inner = inner[name]
            inner[place[-1]] = value
            path.write_text(yaml.safe_dump(tree))
            with pytest.raises(ReplayMiss):
                ReplayTransport(path).send(asked)


# -- redaction ------------------------------------------------------------------------------------


REPLY = """<r xmlns="urn:r"><point id="30000000000011"><nomClient>CANARYNAME</nomClient>
<ligne1>MME CANARYNAME CANARYFIRST</ligne1><remarque>Mme Canaryname a appelé, canaryfirst@x.fr</remarque>
<etat>ACTIF</etat></point></r>""".encode()


def test_no_person_and_no_secret_is_in_the_file(record):
    secret = Secret("canary-token-1")
    path = record(
        [
            (
                {
                    "body": search("Cànaryname", "Canaryfirst", extra="<note>vu Canaryname</note>"),
                    "personal": PERSONAL,
                    "headers": {"SOAPAction": '""', "apikey": "canary-header"},
                },
                response(REPLY, **{"set-cookie": "s=canary-cookie", "x-trace": "canary-trace"}),
            ),
            (
                {
                    "endpoint": "backoffice",
                    "path": "/consents?lastname=Canaryname&id=5",
                    "body": json.dumps({"lastname": "Canaryname", "t": "canary-token-1"}).encode(),
                    "personal": ("lastname",),
                    "label": "POST backoffice",
                },
                response(b'{"ID": 42, "note": "CANARYNAME canary-token-1"}'),
            ),
        ],
        metadata=ABOUT | {"note": "with canary-token-1"},
        secrets=[secret],
    )
    text = path.read_text(encoding="utf-8").casefold()
    assert "canary" not in text
    assert "cànary" not in text
    assert "30000000000011" in text
    assert "actif" in text
    assert "42" in text


def test_pseudonyms_are_the_same_everywhere(record):
    path = record([({"body": search("Canaryname"), "personal": PERSONAL}, response(REPLY))])
    text = path.read_text(encoding="utf-8")
    name = re.search(r"<nom>(\w+)</nom>", text)[1]
    assert f"<nomClient>{name.upper()}</nomClient>" in text
    assert f"MME {name.upper()} " in text
    assert f"Mme {name} a appelé" in text


def test_a_redacted_cassette_answers_whoever_asks(record, request_to):
    first = {
        "body": search("Dupré", "Zoé", extra="<note>vu Dupré</note>"),
        "personal": PERSONAL,
    }
    second = {
        "method": "GET",
        "path": "/consents?lastname=Dupré&page=1",
        "body": b"",
        "personal": ("lastname",),
    }
    replay = ReplayTransport(record([(first, response(REPLY)), (second, response(b"[]"))]))
    someone = search("Le Goff", "Al", extra="<note>entendu Le Goff</note>")
    assert replay.send(request_to(body=someone, personal=PERSONAL)).status == 200
    with pytest.raises(ReplayMiss):
        replay.send(request_to(**(second | {"path": "/consents?lastname=Le%20Goff&page=2"})))
    assert (
        replay.send(request_to(**(second | {"path": "/consents?lastname=Le%20Goff&page=1"}))).body
        == b"[]"
    )


def test_a_call_that_names_nobody_keeps_its_texts(record, request_to):
    town = b'[{"nomCommune": "Lyon 3e Arrondissement", "codeCommune": "69383"}]'
    person = {
        "body": json.dumps({"city": "Lyon", "lastname": "Dupont"}).encode(),
        "personal": ("city", "lastname"),
    }
    lookup = {"method": "GET", "path": "/communes/69003", "body": b""}
    replay = ReplayTransport(record([(lookup, response(town)), (person, response(b'{"ID": 7}'))]))
    assert json.loads(replay.send(request_to(**lookup)).body) == json.loads(town)
    other = json.dumps({"city": "Nantes", "lastname": "Martin"}).encode()
    assert json.loads(replay.send(request_to(**(person | {"body": other}))).body) == {"ID": 7}


# -- misses ---------------------------------------------------------------------------------------


def test_a_miss_tells_how_the_nearest_recorded_request_differs(record, request_to):
    near = search(extra="<debut>2025-01-01</debut>")
    far = search(point="30000000000099", extra="<debut>2024-01-01</debut><fin>x</fin>")
    path = record([({"body": body, "personal": PERSONAL}, response(REPLY)) for body in (far, near)])
    with pytest.raises(ReplayMiss) as caught:
        ReplayTransport(path).send(
            request_to(body=search("Canary", extra="<debut>2025-01-02</debut>"), personal=PERSONAL)
        )
    problem = caught.value.problems[0]
    assert problem.id is Id.NO_RECORDING
    assert "the closest of 2 differs" in problem.message
    assert problem.details == (
        (
            "difference",
            (
                "- recorded  + sent\n"
                "  <search>\n"
                "-   <debut>2025-01-01</debut>\n"
                "+   <debut>2025-01-02</debut>"
            ),
        ),
        ("recorded", "aRead x 2"),
        ("remedy", "record it again: sgeflow run FLOW --record FILE"),
    )
    assert problem.where == str(path)


def test_a_miss_never_shows_a_person(record, request_to):
    path = record([({"body": search(), "personal": ()}, response(b"<r/>"))])
    with pytest.raises(ReplayMiss) as caught:
        ReplayTransport(path).send(
            request_to(
                body=search("Canary", "Canary", extra="<nom>Canary</nom>"), personal=PERSONAL
            )
        )
    assert "Canary" not in repr(caught.value.problems[0])
    difference = dict(caught.value.problems[0].details)["difference"]
    assert "+   <nom>***</nom>" in difference.splitlines()


def test_a_call_that_was_never_recorded_lists_those_that_were(record, request_to):
    path = record(
        [({"label": "aRead"}, response(b"<r/>")), ({"label": "other"}, response(b"<r/>"))]
    )
    with pytest.raises(ReplayMiss) as caught:
        ReplayTransport(path).send(request_to(label="new", body=b"<new/>"))
    problem = caught.value.problems[0]
    assert problem.message == "no call of new is recorded"
    assert ("recorded", "aRead x 1, other x 1") in problem.details


# -- with real servers and threads ----------------------------------------------------------------


def test_two_hundred_calls_side_by_side_are_recorded_and_replayed_each_once(
    serve, wire, endpoint, request_to, tmp_path, monkeypatch
):
    def echo(link, request):
        number = request.rpartition(b"<n>")[2].partition(b"</n>")[0]
        link.sendall(wire.answer(b"<r>" + number + b"</r>"))

    server = serve(echo)
    path = tmp_path / "many.yaml"
    bodies = [f"<q><n>{number}</n></q>".encode() for number in range(200)]

    def through(transport):
        answers = {}

        def work(mine):
            for body in mine:
                answers[body] = transport.send(request_to(body=body)).body

        threads = [threading.Thread(target=work, args=(bodies[at::8],)) for at in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        transport.close()
        return answers

    live = through(RecordingTransport(HttpTransport({"sge": endpoint(server.url)}), path, ABOUT))
    assert len(server.requests) == len(live) == 200

    def no_socket(*_args, **_named):
        raise AssertionError("a replay opened a socket")

    replay = ReplayTransport(path)
    monkeypatch.setattr(socket.socket, "connect", no_socket)
    assert through(replay) == live
    assert all(b"<r>%d</r>" % at == live[body] for at, body in enumerate(bodies))
    assert replay.unused_labels() == ()
    assert len(server.requests) == 200


def test_vcrpy_and_requests_are_imported_by_nobody_who_does_not_need_them():
    code = (
        "import sys, sgeflow.adapters.cassettes.recording, sgeflow.adapters.cassettes.redact, sgeflow.adapters.secrets;"
        "print([m for m in ('vcr', 'requests', 'urllib3', 'yaml', 'ssl') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nothing_is_patched(tmp_path, record, request_to):
    import http.client

    import urllib3.connectionpool

    before = http.client.HTTPConnection, urllib3.connectionpool.HTTPConnectionPool.ConnectionCls
    ReplayTransport(record([({}, response(b"<r/>"))])).send(request_to())
    after = http.client.HTTPConnection, urllib3.connectionpool.HTTPConnectionPool.ConnectionCls
    assert before == after
