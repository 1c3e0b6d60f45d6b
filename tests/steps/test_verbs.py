"""What each verb of the language does, in a scripted world."""

from pathlib import Path

import pytest

from sgeflow import steps
from sgeflow.core.engine import effects
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Response, Status
from sgeflow.errors import Id
from sgeflow.runtime.project import verbs
from tests.core.engine.conftest import World, lost
from tests.core.engine.conftest import play_flow as play

POINT = "30000000000011"
ROW = {"date": "2025-06-01T00:30:00+02:00", "value": "100", "step": "PT30M", "nature": "B"}
NEXT = {**ROW, "date": "2025-06-01T01:00:00+02:00", "value": "200"}


def test_the_verbs_are_found_by_their_files():
    names = (
        "aggregate branches call check export fail flow forget http remember return set steps store"
    )
    assert set(names.split()) <= set(verbs())
    files = {file.stem for file in Path(steps.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(verbs()) == files
    for name, verb in verbs().items():
        assert next(iter(verb.properties)) == name
        assert verb.manual.startswith(f"`{name}`: ")


# -- http -------------------------------------------------------------------------------------------


def http(words, answer=None, inputs=None, more=""):
    return play(
        f"inputs: {{p: {{type: string, optional: true}}}}\n"
        f"steps:\n  - id: a\n    http: {{service: office, {words}}}\n{more}"
        "outputs: {a: steps.a}",
        World(
            {"GET office": answer or {"ok": 1}}
            | {f"{method} office": answer or {} for method in ("POST", "PUT", "PATCH", "DELETE")}
        ),
        inputs,
    )


def request(played):
    return played.world.of(effects.Exchange)[0].request


def answered(status, body=b"", **headers):
    return Response(status=status, headers=headers, body=body)


def test_a_get_is_a_read_and_gives_status_and_body():
    done = http(
        'path: "/x/${inputs.p}", query: {a: 1, b: "${inputs.p}", c: null}', inputs={"p": "é /?"}
    )
    sent = request(done)
    assert (sent.endpoint, sent.method, sent.kind, sent.body) == ("office", "GET", Kind.READ, b"")
    assert sent.path == "/x/%C3%A9%20%2F%3F?a=1&b=%C3%A9+%2F%3F"
    assert done.outputs == {"a": {"status": 200, "body": {"ok": 1}}}


def test_a_post_is_sent_once_with_a_json_body():
    done = http(
        'method: POST, path: /, body: {a: "${inputs.p}", b: [1, true, null]}', inputs={"p": "é"}
    )
    sent = request(done)
    assert sent.kind is Kind.ORDER
    assert sent.body == '{"a": "é", "b": [1, true, null]}'.encode()
    assert sent.headers["Content-Type"] == "application/json"
    ended = http("method: POST, path: /", lost(sent=None))
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert len(ended.world.calls) == 1


def test_what_is_no_get_is_sent_once_unless_it_may_be_repeated():
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for answer in (lost(sent=None), answered(503)):
            ended = http(f"method: {method}, path: /", answer)
            assert request(ended).kind is Kind.ORDER
            assert (ended.failure.fault_class, len(ended.world.calls)) == (FaultClass.UNKNOWN, 1)
            again = http(f"method: {method}, path: /, repeatable: true", answer)
            assert request(again).kind is Kind.READ
            assert again.failure.fault_class is not FaultClass.UNKNOWN
            assert len(again.world.calls) == 3
        unsent = http(f"method: {method}, path: /", lost(sent=False))
        assert len(unsent.world.calls) == 3


def test_an_empty_answer_has_no_body():
    assert http("path: /", answered(204)).outputs == {"a": {"status": 204, "body": None}}


@pytest.mark.parametrize(
    ("status", "fault_class", "calls"),
    [
        (400, FaultClass.INVALID, 1),
        (401, FaultClass.CREDENTIALS, 1),
        (403, FaultClass.CREDENTIALS, 1),
        (404, FaultClass.NOT_FOUND, 1),
        (410, FaultClass.NOT_FOUND, 1),
        (429, FaultClass.TRANSIENT, 3),
        (500, FaultClass.TECHNICAL, 2),
        (503, FaultClass.TRANSIENT, 3),
        (302, FaultClass.INVALID, 1),
    ],
)
def test_a_refusal_has_a_code_and_a_class(status, fault_class, calls):
    ended = http("path: /", answered(status, b"secret words"))
    assert (ended.failure.code, ended.failure.fault_class) == (f"HTTP{status}", fault_class)
    assert len(ended.world.calls) == calls
    assert ended.failure.problem.message == f"office answered {status} to GET"


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, 4), (409, 4), (401, 6), (403, 6), (408, 5), (429, 5), (500, 5), (502, 5), (503, 5)],
)
def test_a_service_that_does_not_work_ends_with_the_exit_code_of_its_kind(status, code):
    assert http("path: /", answered(status)).failure.problem.id.exit == code


def test_that_a_get_is_repeatable_is_not_said():
    for value in ("true", "false"):
        with pytest.raises(AssertionError, match="repeatable has no effect on a GET"):
            http(f"path: /, repeatable: {value}")


def test_what_may_be_repeated_may_be_polled_and_tried_again():
    put = "id: p, http: {service: office, method: PUT, path: /REPEATABLE}"
    poll = "poll: {every: PT1S, until: this.status == 200, within: PT5S}"
    again = "on_fault: [{codes: [HTTP409], retry: {attempts: 4}}]"
    for modifier in (poll, again):
        once = f"steps: [{{{put.replace('REPEATABLE', '')}, {modifier}}}]"
        with pytest.raises(AssertionError, match="SGE026"):
            play(once)
        assert play(once.replace("path: /", "repeatable: true, path: /")).outputs == {}
    tried = http(
        "method: PUT, path: /, repeatable: true", answered(503), more="    retry: {attempts: 5}\n"
    )
    assert len(tried.world.calls) == 5


@pytest.mark.parametrize("status", [408, 499, 502, 503, 504])
def test_what_a_proxy_says_to_a_post_is_no_refusal(status):
    ended = http("method: POST, path: /", answered(status))
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert len(ended.world.calls) == 1


def test_what_is_not_json_is_told():
    ended = http("path: /", answered(200, b"<html>", **{"content-type": "text/html"}))
    assert ended.failure.code == "SGE404"
    assert ("content type", "text/html") in ended.failure.problem.details


def test_a_service_that_this_environment_lacks_is_told_when_it_is_called():
    there = """
        environment: there
        title: x
        generation: previous
        login: a@example.org
        contractId: "1"
        services: {sge: {base_url: "https://x.example.org", route: direct}, depot: {base_url: "https://y.example.org"}}
        """
    ended = play(
        "steps: [{id: a, http: {service: depot, path: /}}]", more={"environments/there.yaml": there}
    )
    assert ended.failure.code == "SGE050"
    assert ended.failure.problem.message == 'environment here has no service "depot"'


# -- set, remember, forget --------------------------------------------------------------------------


def test_the_names_of_a_set_keep_their_types():
    done = play(
        """
        steps: [{id: a, set: {n: 1, t: "1", b: true, l: ["${run.id}"], o: {x: "${run.today}"}, z: null}}]
        outputs: {a: steps.a}
        """
    )
    assert done.outputs["a"] == {
        "n": 1,
        "t": "1",
        "b": True,
        "l": ["7f3a"],
        "o": {"x": "2025-06-15"},
        "z": None,
    }


STATE = 'inputs: {p: {type: string}}\nstate: {collection: accounts, key: "${inputs.p}"}\n'


def test_functions_take_the_numbers_that_a_document_says():
    done = play(
        "steps:\n  - {id: a, set: {all: [1, 2.5], one: 2}}\n"
        "outputs: {sum: sum(steps.a.all), power: 'round(steps.a.one, 0)'}",
        World({}),
    )
    assert done.outputs == {"sum": 3.5, "power": 2}


@pytest.mark.parametrize(
    ("call", "result"),
    [("sort_by", [{"n": 1}, {"n": 2.5}]), ("max_by", {"n": 2.5}), ("min_by", {"n": 1})],
)
def test_lists_are_ordered_by_the_numbers_that_a_document_says(call, result):
    done = play(
        f"steps: [{{id: a, set: {{all: [{{n: 2.5}}, {{n: 1}}]}}}}]\n"
        f"outputs: {{found: '{call}(steps.a.all, &n)'}}",
        World({}),
    )
    assert done.outputs == {"found": result}


def test_what_is_remembered_is_read_by_the_next_run():
    world = World()
    steps = (
        STATE
        + 'steps: [{id: a, remember: {n: "${default(state.n, 0)}x", m: 1}}]\noutputs: {a: steps.a}'
    )
    assert play(steps, world, {"p": POINT}).outputs == {"a": {"n": "0x", "m": 1}}
    assert play(steps, world, {"p": POINT}).outputs == {"a": {"n": "0xx", "m": 1}}
    assert play(steps, world, {"p": "other"}).outputs == {"a": {"n": "0x", "m": 1}}
    assert set(world.memory) == {("accounts", POINT), ("accounts", "other")}


def test_the_state_is_what_it_was_when_the_run_began():
    done = play(
        STATE
        + 'steps: [{id: a, remember: {n: 1}}, {id: b, set: {x: "${state.n}"}}]\noutputs: {x: steps.b.x}',
        World(memory={("accounts", POINT): {"n": 9}}),
        {"p": POINT},
    )
    assert done.outputs == {"x": 9}


def test_forgetting_lets_go_of_state_and_measures():
    world = World(
        memory={("accounts", POINT): {"n": 1}}, kept={(POINT, "a"): (1, 2), ("other", "a"): (3,)}
    )
    done = play(
        STATE
        + 'steps: [{id: a, forget: {state: true, measures_of: "${inputs.p}"}}, {id: r, remember: {n: 1}}]\noutputs: {n: steps.a.measures}',
        world,
        {"p": POINT},
    )
    assert done.outputs == {"n": 2}
    assert world.memory == {("accounts", POINT): {"n": 1}}
    assert set(world.kept) == {("other", "a")}


# -- store, aggregate, export -----------------------------------------------------------------------


def stored(words, rows, more="", unit=None, **said):
    return play(
        f"""
        steps:
          - {{id: a, call: readThing, with: {{pointId: "{POINT}"}}}}
          - id: s
            store: {{point: "{POINT}", measures: "${{steps.a.rows}}", {words}}}
        {more}
        outputs: {{s: steps.s}}
        """,
        World({"readThing": {"rows": rows, "unit": unit, **said}}),
    )


def test_rows_are_kept_under_the_start_of_their_interval():
    done = stored("series: load_curve, stamped: end", [ROW, NEXT])
    (save,) = done.world.of(effects.Save)
    assert (save.series.point, save.series.name, save.series.unit) == (POINT, "load_curve", "W")
    assert [(m.start, m.value, m.step) for m in save.measures] == [
        (1748728800, 100, 1800),
        (1748730600, 200, 1800),
    ]
    outputs = done.outputs["s"]
    assert (outputs["rows"], outputs["new"], outputs["dropped"]) == (2, 2, 0)
    assert (outputs["first"], outputs["last"]) == ("2025-06-01", "2025-06-01")


def test_what_came_is_held_against_what_it_is_kept_as_before_anything_is_kept():
    day = {"date": "2025-06-01", "value": "9", "step": "P1D"}
    bare = {"date": "2025-06-01T00:30:00", "value": "9"}
    business = {**ROW, "nature": "R", "step": "PT5M"}
    refused = [
        ("series: load_curve, stamped: end", [ROW], "kWh", "be in W, but the reply is in kWh"),
        ("series: load_curve, stamped: end, step: PT10M", [ROW], "W", "but its rows have PT30M"),
        ("series: odd, unit: kWh, stamped: end", [ROW], "W", "be in kWh, but the reply is in W"),
        ("series: daily_energy, stamped: day", [ROW], "Wh", "the step PT30M are not kept as daily"),
        ("series: daily_energy, stamped: day", [day, bare], "Wh", "00:30:00 is not one of a day"),
        ("series: load_curve, stamped: end", [day], "W", "the step P1D are not kept as load_curve"),
        ("series: load_curve, stamped: start", [ROW], "W", "the nature B, the step of 30 minutes"),
        ("series: load_curve, stamped: end", [business], "W", "and the start by"),
        ("series: max_power, stamped: instant", [ROW], "VA", "not kept as max_power"),
    ]
    for words, rows, unit, message in refused:
        done = stored(words, rows, unit=unit)
        assert message in done.failure.problem.message, words
        assert done.world.of(effects.Save) == [], words
    for words, rows, unit in (
        ("series: load_curve, stamped: end", [ROW], "w"),
        ("series: load_curve, stamped: start", [business], "W"),
        ("series: daily_energy, stamped: day", [day], None),
        ("series: odd, unit: kWh, stamped: day", [ROW], "kWh"),
    ):
        assert stored(words, rows, unit=unit).outputs["s"]["rows"] == 1, words


@pytest.mark.parametrize("name", ["step", "nature", "validity"])
@pytest.mark.parametrize("word", [["PT30M", "PT30M"], {"zz": None}, 1800], ids=str)
def test_a_word_of_a_row_that_is_no_text_is_told_with_its_row_and_nothing_is_kept(name, word):
    done = stored("series: load_curve, stamped: end", [ROW, {**NEXT, name: word}])
    assert f"measure 2 of 2: its {name} is {word}, not text" in done.failure.problem.message
    assert done.world.of(effects.Save) == []


def block(quantity, direction, *rows, unit="W"):
    return {"quantity": quantity, "direction": direction, "unit": unit, "measures": list(rows)}


def test_what_the_reply_says_of_itself_is_held_against_what_it_is_kept_as():
    curve, peaks = "series: load_curve, stamped: end", "series: max_power, stamped: instant"
    june = {"start": "2025-06-01", "end": "2025-06-02"}
    peak = {"date": "2025-06-01T09:13:20", "value": "9"}
    consumed, produced = block("PA", "CONS", ROW), block("PA", "PROD", ROW)
    in_kilowatts = block("PA", "CONS", NEXT, unit="kW")
    for words, rows, said, message in (
        (curve, [ROW], {"pointId": "30000000000099"}, "of another point than `point`"),
        (curve, [{**ROW, "prm": "30000000000099"}], {}, "of another point than `point`"),
        (curve, [ROW], {"start": "2025-06-03", "end": "2025-06-09"}, "not of the reply's period"),
        (curve, [ROW], {"start": "2025-05-03", "end": "2025-05-30"}, "2025-05-03 to 2025-05-30"),
        (curve, [ROW], {"unit": "W", "units": ["W", "kW"]}, "in W, but the reply is in W and kW"),
        (curve, [ROW, NEXT], {"series": [consumed, in_kilowatts]}, "the reply is in W and kW"),
        (curve, [ROW], {"series": [produced]}, "PA PROD is not kept as load_curve"),
        (curve, [ROW], {"series": [block("PA", "CONS", ROW, unit=None)]}, "not say its unit"),
        (curve, [ROW], {"units": [""]}, "the reply does not say its unit"),
        (curve, [ROW], {"series": [block("PRI", "CONS", ROW)]}, "PRI CONS is not kept as load"),
        (curve, [ROW, NEXT], {"series": [consumed, block("PRC", "CONS", NEXT)]}, "PRC CONS is not"),
        (peaks, [peak], {"series": [block("EA", "CONS", peak)]}, "EA CONS is not kept as max"),
        (peaks, [peak], {"step": "P1M"}, "the step P1M are not kept as max_power"),
    ):
        done = stored(words, rows, **said)
        assert message in done.failure.problem.message, said
        assert done.world.of(effects.Save) == [], said
    for words, rows, said in (
        (curve, [ROW], {"pointId": POINT, **june, "series": [consumed], "step": None}),
        (curve, [{**ROW, "date": "2025-06-03T00:00:00"}], june),  # the end of its last interval
        (curve, [ROW], {"start": "some day", "end": "2025-05-02"}),
        (curve, [ROW], {"series": [consumed, block("PRC", "CONS", NEXT)]}),  # some of theirs
        ("series: load_curve_injection, unit: W, stamped: end", [ROW], {"series": [produced]}),
        ("series: my_own, unit: W, stamped: end", [ROW], {"series": [produced]}),
        (peaks, [peak], {"step": "P1D", "series": [block("PMA", "CONS", peak, unit="VA")]}),
    ):
        assert stored(words, rows, **said).outputs["s"]["rows"] == len(rows), said


def test_of_several_quantities_none_is_kept_when_one_cannot_be():
    rows = [block("PA", "CONS", ROW), block("PRI", "CONS", {**NEXT, "value": "much"})]
    words = "series: load_curve, stamped: end"
    ended = play(
        f"""
        steps:
          - {{id: a, call: readThing, with: {{pointId: "{POINT}"}}}}
          - id: s
            store: {{point: "{POINT}", quantities: "${{steps.a.serial}}", {words}}}
        """,
        World({"readThing": {"serial": rows}}),
    )
    assert "is not a number" in ended.failure.problem.message
    assert ended.world.of(effects.Save) == []


def test_rows_without_a_value_are_dropped_and_said():
    done = stored("series: load_curve, stamped: end", [ROW, {**NEXT, "value": None}, None])
    assert done.outputs["s"]["dropped"] == 1
    assert "load_curve: rows without a value: 1" in done.world.warnings


def test_two_values_for_one_start_are_told_with_their_places():
    done = stored("series: load_curve, stamped: end", [ROW, NEXT, {**ROW, "value": "7"}])
    (warning,) = done.world.warnings
    assert warning.startswith("load_curve: 1 start came more than once with different values")
    assert "(first 2025-06-01T00:00:00+02:00: value 1 is 100, value 3 is 7)" in warning
    thrice = [ROW, NEXT, {**ROW, "value": "7"}, {**ROW, "value": "8"}, {**NEXT, "value": "9"}]
    (warning,) = stored("series: load_curve, stamped: end", thrice).world.warnings
    assert warning.startswith("load_curve: 2 starts came more than once")


def test_what_no_meter_gives_is_told_and_kept_as_it_came():
    rows = [ROW, {**NEXT, "value": "-3"}]
    done = stored("series: load_curve, stamped: end", rows)
    (warning,) = done.world.warnings
    assert warning.startswith("load_curve: sgeflow keeps 1 value below zero, which no meter gives")
    assert warning.endswith("(first 2025-06-01T00:30:00+02:00: -3)")
    (save,) = done.world.of(effects.Save)
    assert [m.value for m in save.measures] == [100, -3]


def test_no_rows_are_a_warning_and_keep_nothing():
    done = stored("series: load_curve, stamped: end", [])
    assert done.outputs["s"]["rows"] == 0
    assert done.outputs["s"]["first"] is None
    assert done.world.warnings == ["load_curve: no measures came"]
    assert done.world.of(effects.Save) == []


def test_a_null_was_not_asked_for_and_is_told_to_nobody():
    done = stored("series: load_curve, stamped: end", None)
    assert done.outputs["s"]["rows"] == 0
    assert done.world.warnings == []
    assert done.world.of(effects.Save) == []


def test_what_is_missing_is_what_lacks_something_and_is_noted():
    days = """
        steps:
          - id: m
            missing: {point: "30000000000011", series: load_curve, start: "2025-06-01", end: "2025-06-03", all: ALL}
          - id: s
            set: {first: "${default(steps.m.first, 'none')}", days: "${steps.m.days}"}
        outputs: {s: steps.s}
        """
    done = play(days.replace("ALL", "false"))
    assert (done.outputs["s"]["first"], done.outputs["s"]["days"]) == ("2025-06-01", 2)
    assert [note.value["end"] for note in done.world.of(effects.Note)] == ["2025-06-03"]


@pytest.mark.parametrize(
    ("verb", "keys", "line"),
    [
        ("load", "", 8),
        ("missing", "", 8),
        ("gaps", ", asked: []", 8),
        ("load", "", 9),
        ("missing", ", recheck: P7D, looked: '2025-06-01'", 10),
        ("gaps", ", asked: [], since: '2025-06-01'", 10),
    ],
)
def test_a_day_that_is_none_fails_at_its_place(verb, keys, line):
    days = ["'2025-06-01'", "'2025-06-03'", "'2025-06-01'"]
    days[line - 8] = "'${inputs.day}'"
    first, last, other = days
    keys = keys.replace("'2025-06-01'", f"\n              {other}")
    text = f"""
        inputs: {{day: {{type: string}}}}
        steps:
          - id: m
            {verb}: {{point: "30000000000011", series: load_curve,
              start: {first},
              end: {last}{keys}}}
        outputs: {{m: steps.m}}
        """
    failure = play(text, inputs={"day": "2025-06-31"}).failure
    assert failure.problem.message == "'2025-06-31' is not in the calendar"
    assert failure.problem.id is Id.EVALUATION
    assert failure.problem.at.line == line


def test_what_is_no_list_of_rows_fails_at_its_place():
    ended = stored("series: load_curve, stamped: end", "rows")
    assert ended.failure.problem.message == "the rows to keep for load_curve are not a list"
    assert ended.failure.problem.at.line == 7


def test_sums_are_made_of_what_is_kept():
    more = f"""  - id: t
            aggregate: {{point: "{POINT}", from: load_curve, by: day, into: days}}"""
    done = stored("series: load_curve, stamped: end", [ROW, NEXT], more)
    load, save = done.world.of(effects.Load)[0], done.world.of(effects.Save)[1]
    assert (load.point, load.name) == (POINT, "load_curve")
    assert (save.series.name, save.series.unit) == ("days", "Wh")


def test_an_export_names_its_file_and_counts():
    done = play(
        """
        inputs: {f: {type: string}}
        steps: [{id: a, export: {format: csv, file: "${inputs.f}", point: "12", documents: {x: ["${run.id}"]}}}]
        outputs: {a: steps.a}
        """,
        inputs={"f": "out.csv"},
    )
    (written,) = done.world.of(effects.Export)
    assert (written.format, written.point, written.documents) == ("csv", "12", {"x": ["7f3a"]})
    assert done.outputs == {"a": {"file": "out.csv", "counts": {"rows": 3}}}


# -- steps, branches --------------------------------------------------------------------------------


def test_a_group_is_read_by_its_steps():
    done = play(
        """
        steps:
          - id: g
            steps: [{id: a, set: {x: 1}}, {id: b, set: {y: "${steps.a.x}"}}]
        outputs: {y: steps.g.b.y}
        """
    )
    assert done.outputs == {"y": 1}


BRANCHES = """
steps:
  - id: both
    {modifier}
    branches:
      left: [{{id: a, set: {{x: 1}}}}, {{id: c, check: {left}}}]
      right: [{{id: a, set: {{x: 2}}}}]
outputs: {{both: steps.both}}
"""


def test_branches_run_side_by_side_and_are_read_by_name():
    done = play(BRANCHES.format(modifier="title: x", left='"true"'))
    assert done.outputs["both"]["left"]["a"] == {"x": 1}
    assert done.outputs["both"]["right"] == {"a": {"x": 2}}
    (together,) = done.world.of(effects.Together)
    assert (len(together.scripts), together.limit) == (2, 2)
    assert [t.trail for t in done.world.traces] == [
        "main/both/left/a",
        "main/both/left/c",
        "main/both/right/a",
        "main/both",
    ]


def test_a_failed_branch_stops_the_flow_unless_collected():
    ended = play(BRANCHES.format(modifier="title: x", left='"false"'))
    assert ended.failure.step == "main/both/left/c"
    done = play(BRANCHES.format(modifier="on_item_error: collect", left='"false"'))
    assert "left" not in done.outputs["both"]
    assert done.outputs["both"]["right"] == {"a": {"x": 2}}
    (failed,) = done.outputs["both"]["failed"]
    assert (failed["item"], failed["code"], failed["step"]) == (
        "left",
        "CHECK_FAILED",
        "main/both/left/c",
    )
    assert done.end.status is Status.PARTIAL
    assert done.world.traces[-1].summary == "left failed"


def test_a_branch_cannot_be_called_failed(project):
    _, (problem,) = project(
        {
            "flows/main.yaml": "flow: main\ntitle: x\nsteps: [{id: a, branches: {failed: [{id: b, set: {x: 1}}]}}]"
        }
    )
    assert problem.message == 'a branch cannot be called "failed"'


# -- call -------------------------------------------------------------------------------------------


def test_a_call_fills_defaults_and_refuses_values_before_anything_is_sent():
    done = play(f'steps: [{{id: a, call: readThing, with: {{pointId: "{POINT}"}}}}]')
    assert done.world.sent == [{"pointId": POINT, "kind": "A"}]
    ended = play(
        'inputs: {p: {type: string}}\nsteps: [{id: a, call: readThing, with: {pointId: "${inputs.p}", kind: "${inputs.p}"}}]',
        inputs={"p": "no"},
    )
    assert ended.failure.code == "SGE042"
    assert ended.failure.problem.details == (("also", 'kind: "no" is not allowed'),)
    assert ended.world.calls == []


def test_what_the_world_answers_is_told_as_it_was_understood():
    answer = NoAnswer(sent=None, problem=lost(sent=None).problem, fault_class=FaultClass.NETWORK)
    ended = play(
        f'steps: [{{id: a, call: readThing, with: {{pointId: "{POINT}"}}, retry: {{attempts: 2}}}}]',
        World({"readThing": answer}),
    )
    records = [effect.record for effect in ended.world.of(effects.CallClosed)]
    assert [(r.key, r.attempt, r.outcome) for r in records] == [
        ("main/a#readThing", 1, "SGE402"),
        ("main/a#readThing", 2, "SGE402"),
    ]


def test_an_end_may_say_that_another_side_does_not_work():
    ended = play("steps: [{id: a, fail: {code: DOWN, message: Not now, technical: true}}]")
    assert (ended.failure.code, ended.failure.problem.id) == ("DOWN", Id.DOWN)
    assert ended.failure.fault_class is FaultClass.TECHNICAL
    handled = play(
        """
        steps:
          - id: a
            steps: [{id: b, fail: {code: DOWN, message: Not now, technical: true}}]
            on_fault: [{classes: [technical], fail: {code: LATER, message: Try later}}]
        """
    )
    assert handled.failure.code == "LATER"


def test_an_end_is_not_both_partial_and_technical():
    with pytest.raises(AssertionError, match="an end is partial or technical, not both"):
        play("steps: [{id: a, fail: {code: X, message: x, technical: true, partial: true}}]")


def test_a_check_that_warns_tells_its_words_and_goes_on():
    done = play(
        """
        steps:
          - {id: a, check: "1 > 2", warn: true, else: {code: LOW, message: Too low., hint: Look.}}
          - {id: b, set: {x: 1}}
          - {id: c, check: steps.b.x == 1, warn: true, else: {code: NO, message: No.}}
        """
    )
    assert done.world.warnings == ["LOW: Too low. Look."]
    assert done.end.status is Status.DONE


def test_a_check_that_warns_is_no_end():
    with pytest.raises(AssertionError, match="a check that only warns"):
        play(
            """
            steps:
              - {id: a, check: "1 > 2", warn: true, else: {code: X, message: x, partial: true}}
            """
        )
