"""Measures by REST: Data Connect v2 gives what SOAP gives, and what is no answer is told as such."""

import json
import signal
from datetime import timedelta

import pytest
from msgspec.structs import replace

from sgeflow.simulator.replies import JSON, Reply, json_reply
from sgeflow.simulator.services.data_connect import MEASURES_PATH
from tests.runtime.durability.conftest import ROOT, TODAY, without_soap

READ = "consulterMesuresDetailleesV3"
ALONE = "rest alone"
MOVES = [("soap", "rest"), ("rest", "soap"), ("soap", ALONE), (ALONE, "soap")]
SERIES = {
    "curve": ("COURBE", "PA", "2025-06-08", "2025-06-15"),
    "energy": ("ENERGIE", "EA", "2025-05-12", "2025-06-08"),
    "peaks": ("PMAX", "PMA", "2025-05-12", "2025-06-08"),
    "indexes": ("INDEX", "EA", "2025-05-12", "2025-06-08"),
}


class Both:
    """A world whose environment may call measures by REST."""

    def __init__(self, world):
        self.world = world
        self.point = world.server.household["pointId"]
        self._desk = world.server._desk

    def use(self, wire):
        document = self.world.folder / "operations" / f"{READ}.yaml"
        document.unlink(missing_ok=True)
        if wire == ALONE:
            document.write_text(without_soap((ROOT / "operations" / document.name).read_text()))
        self.world.use(wire)

    def run(self, *words, **variables):
        return self.world.run(*words, HURRY="1", **variables)

    def call(self, series="curve", *more, point="", since=""):
        kind, quantity, start, end = SERIES[series]
        step = ("mesuresPas=P1D",) if series == "peaks" else ()
        given = (f"mesuresTypeCode={kind}", f"grandeurPhysique={quantity}", *step, *more)
        dates = (f"dateDebut={since or start}", f"dateFin={end}")
        words = ("call", READ, "--env", "lasting", "--today", TODAY, "--output", "json")
        code, out, err = self.run(*words, f"pointId={point or self.point}", *given, *dates)
        return code, json.loads(out) if code == 0 else None, err

    def answer(self, change):
        """From now on `change` makes the answers of measures by REST from what they would be."""
        answer = self._desk.answer

        def changed(visit, call):
            reply = answer(visit, call)
            return change(reply) if call.path.startswith(MEASURES_PATH) else reply

        self._desk.answer = changed

    def kept(self):
        code, out, err = self.run("export", "--env", "lasting")
        assert code == 0, err
        return sorted(out.splitlines())

    def konnector(self):
        return [*self.world.konnector(), "history=P1Y"]


@pytest.fixture
def both(world):
    return Both(world())


def edited(change):
    """An answer whose document is edited."""

    def edit(reply):
        document = json.loads(reply.body)
        change(document)
        return replace(reply, body=json.dumps(document).encode())

    return edit


@pytest.mark.parametrize("series", SERIES)
def test_both_wires_give_the_same(both, series):
    both.use("soap")
    by_soap = both.call(series)
    both.use("rest")
    assert both.call(series) == by_soap
    assert by_soap[1]["indexes" if series == "indexes" else "measures"]


def test_the_konnector_keeps_the_same_by_both_wires(both, world):
    both.use("soap")
    assert both.run(*both.konnector())[0] == 0
    other = Both(world())
    other.use("rest")
    code, _, err = other.run(*other.konnector())
    assert code == 0, err
    assert other.kept() == both.kept()
    paths = {one.label for one in other.world.server.requests}
    assert "POST token" in paths


@pytest.mark.parametrize(("first", "second"), MOVES)
def test_a_run_that_was_killed_on_one_wire_goes_on_by_the_other(both, world, first, second):
    both.use(first)
    code, *_ = both.world.launch(*both.konnector(), DIE_AT="20", DIE_WHEN="after")
    assert code == -signal.SIGKILL
    both.use(second)
    run = both.world.last_run().run
    code, _, err = both.run("resume", run, "--changed-documents")
    assert code == 0, err
    straight = Both(world())
    straight.use(first)
    assert straight.run(*straight.konnector())[0] == 0
    assert straight.kept() == both.kept()
    assert both.world.orders() == straight.world.orders()


def test_a_token_past_its_time_is_got_anew(both):
    both.use("rest")
    data_connect = both._desk.data_connect
    receive = both._desk.receive
    expired = []

    def expire(call):
        if call.path.startswith(MEASURES_PATH) and not expired:
            expired.append(data_connect.expire())
        return receive(call)

    both._desk.receive = expire
    code, outputs, err = both.call()
    assert code == 0, err
    assert len(outputs["measures"]) == 7 * 48
    labels = [one.label for one in both.world.server.requests]
    assert labels.count("POST token") == 2


def put(name, value):
    return lambda document: document.update({name: value})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("idPrm", "30000000000012"), "the answer says another pointId"),
        (lambda document: document.pop("idPrm"), "it lacks pointId"),
        (
            put("periode", {"dateDebut": "2025-03-01", "dateFin": "2025-06-15"}),
            "the answer's period goes beyond dateDebut",
        ),
        (
            lambda document: document["grandeur"][0].update(grandeurMetier="PROD"),
            "the answer says another sens",
        ),
        (
            lambda document: document.update(grandeurs=document.pop("grandeur")),
            "the answer has no grandeur, and grandeurs is not read",
        ),
    ],
)
def test_an_answer_to_another_request_is_refused(both, change, words):
    both.use("rest")
    both.answer(edited(change))
    code, _, err = both.call()
    assert (code, words in err) == (5, True), err


def test_an_answer_without_measures_is_empty(both):
    both.use("rest")
    both.answer(edited(put("grandeur", [])))
    code, outputs, err = both.call()
    assert (code, outputs["measures"], outputs["series"]) == (0, [], []), err


@pytest.mark.parametrize(
    "reply",
    [json_reply(200, {}), json_reply(200, []), json_reply(200, None), Reply(204, b"", JSON)],
)
def test_an_answer_that_names_nobody_is_no_absence_of_measures(both, reply):
    both.use("rest")
    both.answer(lambda _: reply)
    code, _, err = both.call()
    assert (code, "the answer does not say whose it is: it lacks pointId" in err) == (5, True), err


def test_a_stray_empty_answer_loses_no_measure(both, world):
    both.use("rest")
    stray = iter([None, json_reply(200, {}), Reply(204, b"", JSON)])
    both.answer(lambda reply: next(stray, None) or reply)
    assert both.run(*both.konnector())[0] == 0
    straight = Both(world())
    straight.use("rest")
    assert straight.run(*straight.konnector())[0] == 0
    assert straight.kept() == both.kept()


@pytest.mark.parametrize(
    ("status", "document", "exit_code", "id_"),
    [
        (403, {"code": "900908", "message": "Resource forbidden", "description": "x"}, 6, "SGE501"),
        (403, {"code": "ADAM-DC-0008", "message": "x"}, 4, "SGE201"),
        (404, {"code": "X1", "message": "Pas de mesure trouvée pour ce point"}, 4, "no_data"),
        (404, {"error": "no_data_found", "error_description": "x"}, 4, "no_data"),
        (404, {"code": "404", "message": "Not Found", "description": "x"}, 5, "SGE403"),
        (429, {"code": "900800", "message": "x", "description": "x"}, 5, "SGE406"),
        (500, {"error": "server_error", "error_description": "x"}, 4, "SGE201"),
        (503, {}, 5, "SGE4"),
    ],
)
def test_a_problem_says_what_it_is(both, status, document, exit_code, id_):
    both.use("rest")
    both.answer(lambda _: json_reply(status, document))
    code, _, err = both.call()
    assert (code, f'"code": "{id_}' in err or id_ in err) == (exit_code, True), err


def test_a_point_that_nobody_knows_and_a_right_that_cannot_be_said(both):
    both.use("rest")
    code, _, err = both.call(point="30000000000099")
    assert code == 4
    assert "ADAM-DC-0008" in err
    code, _, err = both.call("curve", "mesuresCorrigees=true")
    assert code == 3
    assert "mesuresCorrigees cannot be said to enedis" in err
    assert not any(one.label == READ and one.status == 200 for one in both.world.server.requests)


def test_a_period_from_before_the_contract_is_refused_where_soap_cuts_it(world):
    both = Both(world(scenario="new-holder"))
    contract = str(both.world.server.world.point(both.point).contract_start)
    assert SERIES["curve"][2] < contract
    both.use("soap")
    code, cut, err = both.call()
    assert (code, cut["start"]) == (0, contract), err
    both.use("rest")
    code, _, err = both.call()
    assert code == 4
    assert "ADAM-ERR0123" in err
    assert "begins before the activation of the contract" in err
    _, outputs, err = both.call(since=contract)
    assert outputs["measures"] == cut["measures"] != [], err


def test_weeks_from_before_the_contract_do_not_stop_the_others(world):
    both = Both(world(scenario="new-holder"))
    both.use("rest")
    words = ("run", "gather-data", "--env", "lasting", "--today", TODAY, "--output", "json")
    day = both.world.server.world.point(both.point).contract_start - timedelta(days=7)
    code, out, err = both.run(*words, f"pointId={both.point}", f"startDate={day}")
    assert code == 7, err  # daily energy and peaks are asked for at once
    outputs = json.loads(out)["outputs"]
    asked = outputs["asked"]["load_curve"]
    assert [one["why"] for one in asked] == ["contract", "contract"]


def test_a_quota_that_is_used_up_is_told(world):
    both = Both(world(faults="quota:2x:3600s"))
    both.use("rest")
    assert [both.call(series)[0] for series in ("curve", "energy")] == [0, 0]
    code, _, err = both.call("peaks")
    assert code == 5
    assert '"code": "900800"' in err
    both.world.server.pass_minutes(60)
    code, outputs, err = both.call("peaks")
    assert (code, outputs["measures"] != []) == (0, True), err


def test_a_fault_of_the_token_or_of_the_measures_is_waited_for(world):
    both = Both(world(faults="429:1x"))
    both.use("rest")
    code, outputs, err = both.call()
    assert (code, len(outputs["measures"])) == (0, 7 * 48), err
    outcomes = [one.outcome for one in both.world.server.requests]
    assert outcomes == ["HTTP429", "ok", "HTTP429", "ok"]


def test_an_operation_shows_what_is_otherwise_by_rest(both):
    code, out, err = both.world.run("show", READ)
    assert code == 0, err
    shown = " ".join(out.split())
    assert "Otherwise by REST · by REST, COURBE has PA" in shown
    assert "pointId idPrm quality etapeMetier" in shown
    code, out, err = both.world.run("show", READ, "--output", "json")
    assert code == 0, err
    assert json.loads(out)["rest"]["echo"]["pointId"] == "idPrm"
