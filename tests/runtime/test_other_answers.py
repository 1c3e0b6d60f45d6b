"""Servers that mix answers up: no point ever holds the values of another."""

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sgeflow
from sgeflow import open_catalog
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from tests.adapters.conftest import Server, answer
from tests.examples import some

TODAY = "2025-06-15"
POINTS = [f"{number:014d}" for number in range(39_000_000_000_001, 39_000_000_000_019)]
DAYS = [f"2025-06-{day:02d}" for day in range(8, 15)]
FLOW = """
flow: energy
title: A week's energy of a point
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: energy
    call: consulterMesuresDetailleesV3
    with:
      pointId: ${inputs.pointId}
      mesuresTypeCode: ENERGIE
      grandeurPhysique: EA
      dateDebut: "2025-06-08"
      dateFin: "2025-06-15"
    retry: {attempts: 1}
  - id: keep
    store: {series: daily_energy, point: "${inputs.pointId}", stamped: day, measures: "${steps.energy.measures}"}
outputs: {point: steps.energy.pointId}
"""
NAMESPACE = "http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/common"


def value(point, day):
    return int(point[-3:]) * 100 + int(day[-2:])


def by_soap(point):
    """The whole answer that SGE gives for a point."""
    rows = "".join(f"<points><v>{value(point, day)}</v><d>{day}</d></points>" for day in DAYS)
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<n:consulterMesuresDetailleesResponseV3 xmlns:n="{NAMESPACE}"><pointId>{point}</pointId>'
        "<mesuresCorrigees>BRUT</mesuresCorrigees><periode><dateDebut>2025-06-08</dateDebut>"
        "<dateFin>2025-06-15</dateFin></periode><grandeur><grandeurMetier>CONS</grandeurMetier>"
        f"<grandeurPhysique>EA</grandeurPhysique><unite>Wh</unite>{rows}</grandeur>"
        "</n:consulterMesuresDetailleesResponseV3></s:Body></s:Envelope>"
    )
    return answer(body.encode())


def by_rest(point):
    """The whole answer that Data Connect gives for a point."""
    rows = [{"v": str(value(point, day)), "d": day} for day in DAYS]
    document = {
        "idPrm": point,
        "etapeMetier": "BRUT",
        "periode": {"dateDebut": "2025-06-08", "dateFin": "2025-06-15"},
        "grandeur": [
            {"grandeurMetier": "CONS", "grandeurPhysique": "EA", "unite": "Wh", "points": rows}
        ],
    }
    return answer(json.dumps(document).encode())


WIRES = {"soap": ("sge", by_soap), "rest": ("enedis", by_rest)}


class Neighbour:
    """What answers: every third request is answered badly."""

    def __init__(self, measures):
        self.measures = measures
        self.guard = threading.Lock()
        self.begin(None)

    def begin(self, way):
        self.way = way
        self.count = 0
        self.last = {}  # by connection: the answer before
        self.cached = None

    def __call__(self, link, request):
        point = re.search(rb"pointId[>=]([0-9]{14})", request)[1].decode()
        reply = self.measures(point)
        with self.guard:
            self.count += 1
            is_bad = self.count % 3 == 0
            before = self.last.get(link)
            self.last[link] = reply
            self.cached = self.cached or reply
        self.way(self, link, request, reply, before, is_bad)


def twice(_self, link, request, reply, _before, is_bad):
    fresh = b"Cache-Control: no-cache" in request
    link.sendall(reply + reply if is_bad and not fresh else reply)


def twice_with_a_pause(_self, link, request, reply, _before, is_bad):
    link.sendall(reply)
    if is_bad and b"Cache-Control: no-cache" not in request:
        time.sleep(0.003)
        link.sendall(reply)


def interim(status):
    def behave(_self, link, _request, reply, _before, is_bad):
        if is_bad:
            link.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode())
            time.sleep(0.003)
        link.sendall(reply)

    return behave


def shifted(_self, link, _request, reply, before, _is_bad):
    """Each answers what was asked before on its connection."""
    link.sendall(before or reply)


def again_and_then(_self, link, _request, reply, before, is_bad):
    """The answer before, once more, in front of the answer."""
    if is_bad and before:
        link.sendall(before)
        time.sleep(0.003)
    link.sendall(reply)


def cache(self, link, request, reply, _before, is_bad):
    """It answers for another point, but to those who say that they want no cache."""
    fresh = b"Cache-Control: no-cache" in request
    link.sendall(self.cached if is_bad and not fresh else reply)


def stubborn_cache(self, link, _request, _reply, _before, _is_bad):
    link.sendall(self.cached)


HEALED = {
    "twice": twice,
    "twice, with a pause": twice_with_a_pause,
    "102": interim("102 Processing"),
    "103": interim("103 Early Hints"),
    "shifted": shifted,
    "the one before in front": again_and_then,
    "a cache": cache,
}


@pytest.fixture(scope="module", params=WIRES)
def neighbour(request, tmp_path_factory):
    """A server that behaves as its `way` says, and the catalogue of a project that calls it."""
    folder = tmp_path_factory.mktemp("mixed")
    service, measures = WIRES[request.param]
    behaviour = Neighbour(measures)
    server = Server(behaviour, None)
    environment = (
        "environment: mixed\ntitle: x\ngeneration: current\nlogin: one@example.org\n"
        f'contractId: "1234567"\nservices: {{{service}: {{base_url: {server.url}}}}}\n'
    )
    for name, text in ("flows/energy.yaml", FLOW), ("environments/mixed.yaml", environment):
        (folder / name).parent.mkdir()
        (folder / name).write_text(text)
    yield server, behaviour, open_catalog(folder)
    server.close()


@pytest.fixture
def connected(neighbour, tmp_path):
    """`connected(way)`: a session with a neighbour that behaves so, and its server."""
    server, behaviour, catalog = neighbour
    stack = ExitStack()

    def connect(way):
        behaviour.begin(way)
        server.requests.clear()
        server.connections = 0
        options = sgeflow.Options(environment="mixed", today=TODAY, state=tmp_path / "state")
        return stack.enter_context(sgeflow.connect(catalog, options=options)), server

    with stack:
        yield connect


@pytest.fixture
def world(connected):
    """`world(way)`: runs the flow for eighteen points, by six threads, against such a neighbour."""

    def run(way):
        sge, server = connected(way)
        with ThreadPoolExecutor(6) as pool:
            reports = list(pool.map(lambda p: sge.run("energy", {"pointId": p}), POINTS))
        held = sge.points()
        kept = {p: sge.measures(p, "daily_energy").measures if p in held else () for p in POINTS}
        return dict(zip(POINTS, reports, strict=True)), kept, server

    return run


def foreign(kept):
    """The points that hold a value which is not theirs."""
    return [
        point
        for point, rows in kept.items()
        if not {row.value for row in rows} <= {value(point, day) for day in DAYS}
    ]


@pytest.mark.parametrize("way", HEALED)
def test_no_point_holds_the_values_of_another_and_all_get_theirs(world, way):
    reports, kept, server = world(HEALED[way])
    assert foreign(kept) == []
    assert {report.status.value for report in reports.values()} == {"done"}
    assert {len(rows) for rows in kept.values()} == {len(DAYS)}
    if way in ("102", "103"):
        assert server.connections <= 6 + 2  # they are kept, as in a night without troubles


def test_a_stray_204_is_no_answer_and_shifts_nothing(world):
    reports, kept, _ = world(interim("204 No Content"))
    assert foreign(kept) == []
    assert all(report.status.value == "done" or not kept[p] for p, report in reports.items())


def test_a_cache_that_answers_for_one_point_only_is_told_for_all_others(world):
    reports, kept, server = world(stubborn_cache)
    assert foreign(kept) == []
    failed = [report.failure for report in reports.values() if report.failure]
    assert len(failed) == len(POINTS) - 1
    assert {failure.code for failure in failed} == {"SGE411"}
    told = str(failed[0].problem)
    assert "the answer says another pointId than was asked for" in failed[0].problem.message
    assert not any(point in told for point in POINTS)  # nor whose it is
    assert len(server.requests) == 2 * len(failed) + 1  # each was asked once more


def test_of_the_answer_to_another_request_the_journal_keeps_nothing(connected, tmp_path):
    sge, _ = connected(stubborn_cache)
    reports = [sge.run("energy", {"pointId": point}) for point in POINTS[:2]]
    assert reports[1].failure.code == "SGE411"
    with Journal(StateLocation(folder=tmp_path / "state").journal) as journal:
        assert journal.answers(reports[1].run) == {}
        assert [effect.outcome for effect in journal.show(reports[1].run).effects] == ["SGE411"] * 2


class Killed(BaseException):
    pass


def test_a_run_that_is_killed_before_an_answer_is_understood_keeps_none_of_it(
    connected, tmp_path, monkeypatch
):
    sge, _ = connected(stubborn_cache)
    sge.run("energy", {"pointId": POINTS[0]})

    def killed(*_, **__):
        raise Killed

    monkeypatch.setattr(Journal, "note_outcome", killed)
    with pytest.raises(Killed):
        sge.run("energy", {"pointId": POINTS[1]})
    with Journal(StateLocation(folder=tmp_path / "state").journal) as journal:
        (last, *_) = journal.runs(1)
        assert journal.answers(last.run) == {}


@pytest.mark.parametrize("kind", ["run", "call"])
def test_of_the_answer_to_another_request_a_recording_keeps_nothing(
    connected, neighbour, tmp_path, kind
):
    sge, _ = connected(stubborn_cache)
    other, point = POINTS[:2]
    sge.run("energy", {"pointId": other})
    *_, catalog = neighbour
    cassette = tmp_path / "mixed.yaml"
    asked = {
        "pointId": point,
        "mesuresTypeCode": "ENERGIE",
        "grandeurPhysique": "EA",
        "dateDebut": "2025-06-08",
        "dateFin": "2025-06-15",
    }

    def done(**more):
        here = sgeflow.Options(today=TODAY, state=tmp_path / kind, patient=False, **more)
        if kind == "run":
            return sgeflow.run("energy", {"pointId": point}, workspace=catalog, options=here)
        called = sgeflow.call(
            "consulterMesuresDetailleesV3", asked, workspace=catalog, options=here
        )
        assert called.reply is None
        return called

    told = done(environment="mixed", record=cassette).failure
    assert told.code == "SGE411"
    text = cassette.read_text()
    assert "<v>" not in text
    assert '"v"' not in text
    assert len(re.findall("[<?]pointId[>=]", text)) == 2  # of the two requests
    assert text.count("SGE411") >= 2
    again = done(replay=cassette).failure
    assert (again.code, again.fault_class) == (told.code, told.fault_class)
    assert again.problem.message == told.problem.message


def test_who_mixed_answers_up_once_is_trusted_with_no_kept_connection_again(world):
    reports, _, server = world(shifted)
    told = [w for report in reports.values() for w in report.warnings]
    words = (
        "consulterMesuresDetailleesV3 received the answer to another request; it is sent once more"
    )
    assert any(words in warning for warning in told)
    assert server.connections > len(POINTS) / 2
    assert b"Connection: close" in server.requests[-1]


WAYS = [
    lambda _self, link, _request, reply, _before, _is_bad: link.sendall(reply),
    twice,
    twice_with_a_pause,
    interim("103 Early Hints"),
    interim("204 No Content"),
    shifted,
    again_and_then,
    cache,
    stubborn_cache,
    lambda _self, link, *_: link.close(),
]


@settings(
    max_examples=some(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(turns=st.lists(st.tuples(st.sampled_from(WAYS), st.sampled_from(POINTS[:3])), max_size=8))
def test_in_whatever_order_answers_come_each_is_the_points_own_or_none(connected, turns):
    ways = iter([])

    def behave(self, link, request, reply, before, _is_bad):
        next(ways, WAYS[0])(self, link, request, reply, before, True)

    sge, _ = connected(behave)
    for way, point in turns:
        ways = iter([way, way])
        report = sge.run("energy", {"pointId": point})
        assert report.failure or report.outputs == {"point": point}


def test_a_recorded_answer_is_held_to_its_request_too(neighbour, tmp_path):
    _, behaviour, catalog = neighbour
    behaviour.begin(WAYS[0])
    tape = tmp_path / "tape.yaml"
    how = {"environment": "mixed", "today": TODAY, "state": tmp_path / "state"}
    with sgeflow.connect(catalog, options=sgeflow.Options(**how, record=tape)) as sge:
        assert not sge.run("energy", {"pointId": POINTS[0]}).failure
    asked, answered = tape.read_text().split("response:", 1)
    tape.write_text(asked + "response:" + answered.replace(POINTS[0], POINTS[1]))
    with sgeflow.connect(catalog, options=sgeflow.Options(**how, replay=tape)) as sge:
        report = sge.run("energy", {"pointId": POINTS[0]})
    assert report.failure.code == "SGE411"
