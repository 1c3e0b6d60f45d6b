"""An order whose answer was lost: when it is sent once more, and when nobody is even asked."""

import json
from textwrap import dedent

import pytest

from sgeflow.core.engine import effects
from sgeflow.core.model import FaultClass, Response
from tests.conftest import BASE
from tests.core.engine.conftest import World, lost

ORDERED = """
    steps: [{id: a, call: orderThing, with: {pointId: "30000000000011"}}]
    outputs: {id: steps.a.serviceId}
    """


def absent(when="length(rows) < `2`", after="PT1H"):
    text = dedent(BASE["operations/orderThing.yaml"])
    return {"operations/orderThing.yaml": f"{text}  absent: {{after: {after}, when: '{when}'}}\n"}


def test_what_is_surely_absent_is_sent_once_more(play):
    answers = {
        "orderThing": [lost(sent=None), {"serviceId": "s1"}],
        "readThing": {"rows": [], "name": "x"},
    }
    done = play(ORDERED, World(answers, is_absent=lambda _: True), more=absent())
    assert done.outputs == {"id": "s1"}
    assert done.world.calls == ["orderThing", "readThing", "orderThing"]
    (asked,) = done.world.of(effects.Absent)
    assert (asked.key, asked.by) == ("main/a#orderThing", "main/a@reconcile#readThing")
    assert (asked.since, asked.after) == (1000.0, 3600.0)
    (told,) = done.world.warnings
    assert "does not show it PT1H after it was sent: it was not accepted" in told


@pytest.mark.parametrize(
    ("rows", "declared"),
    [
        ([], {}),  # nothing says from when on
        ([{"value": "x"}, {"value": "x"}], absent()),  # it does not hold
    ],
)
def test_the_journal_is_not_even_asked_when_absence_would_prove_nothing(play, rows, declared):
    answers = {"orderThing": lost(sent=None), "readThing": {"rows": rows, "name": "x"}}
    ended = play(ORDERED, World(answers, is_absent=lambda _: True), more=declared)
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert ended.world.of(effects.Absent) == []
    assert ended.world.calls == ["orderThing", "readThing"]


def test_a_read_of_before_proves_nothing(play):
    body = json.dumps({"rows": [], "name": "x"}).encode()
    read = Response(status=200, headers={}, body=body, earlier=True)
    answers = {"orderThing": lost(sent=None), "readThing": read}
    ended = play(ORDERED, World(answers, is_absent=lambda _: True), more=absent())
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert ended.world.of(effects.Absent) == []


def test_a_read_that_fails_proves_nothing(play):
    answers = {"orderThing": lost(sent=None), "readThing": lost(sent=None)}
    ended = play(ORDERED, World(answers, is_absent=lambda _: True), more=absent())
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert ended.world.of(effects.Absent) == []
    told = dict(ended.failure.problem.details)["later"]
    assert told.startswith("from PT1H after it was sent, sgeflow resume 7f3a may send")


@pytest.mark.parametrize("found", ["rows[?value == 'made']", "length(rows) > `9`", "rows[9]"])
def test_an_empty_list_and_what_is_false_find_nothing(play, found):
    text = dedent(BASE["operations/orderThing.yaml"]).replace("rows[?value == 'made'] | [0]", found)
    declared = {"operations/orderThing.yaml": text.replace("serviceId: value", "serviceId: '@'")}
    answers = {"orderThing": lost(sent=None), "readThing": {"rows": [], "name": "x"}}
    ended = play(ORDERED, World(answers), more=declared)
    assert ended.failure.fault_class is FaultClass.UNKNOWN


def test_what_an_order_made_may_be_a_list_of_things_that_began_on_the_day(play):
    text = dedent(BASE["operations/orderThing.yaml"])
    text = text.replace("rows[?value == 'made'] | [0]", "one_each(rows, &date, [run.today])")
    declared = {
        "operations/orderThing.yaml": text.replace("serviceId: value", "serviceId: '[0].value'")
    }
    rows = [{"date": "2025-06-14", "value": "old"}, {"date": "2025-06-15", "value": "made"}]
    answers = {"orderThing": lost(sent=None), "readThing": {"rows": rows, "name": "x"}}
    assert play(ORDERED, World(answers), more=declared).outputs == {"id": "made"}


def test_what_a_person_found_accepted_is_done_though_nothing_shows_it(play):
    answers = {"orderThing": lost(sent=None), "readThing": {"rows": [], "name": "x"}}
    done = play(ORDERED, World(answers, vouches=True), more=absent())
    assert done.outputs == {"id": None}
    assert done.world.calls == ["orderThing", "readThing"]
