"""An order whose answer was lost: when it is sent once more, and when nobody is even asked."""

import json
from textwrap import dedent

import pytest

from sgeflow.core.engine import effects
from sgeflow.core.model import FaultClass, Response
from tests.conftest import BASE
from tests.core.engine.conftest import World, lost, refused

ORDERED = """
    steps: [{id: a, call: orderThing, with: {pointId: "30000000000011"}}]
    outputs: {id: steps.a.serviceId}
    """


def absent(when="length(rows) < 2", after="PT1H"):
    text = dedent(BASE["operations/orderThing.yaml"])
    return {"operations/orderThing.yaml": f"{text}  absent: {{after: {after}, when: '{when}'}}\n"}


def test_where_the_clocks_differ_it_is_told_why_nothing_is_proved(play):
    answers = {"orderThing": lost(sent=None), "readThing": {"rows": [], "name": "x", "made": 7.0}}
    ended = play(ORDERED, World(answers, is_absent=lambda _: None), more=absent())
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    (told,) = ended.world.warnings
    assert "differs from this machine's by more than 5 minutes" in told
    assert "whether orderThing was accepted" in told


@pytest.mark.parametrize(
    ("rows", "declared"),
    [
        ([], {}),  # nothing says from when on
        ([{"value": "x"}, {"value": "x"}], absent()),  # it does not hold
    ],
)
def test_the_journal_is_not_even_asked_when_absence_would_prove_nothing(play, rows, declared):
    answers = {"orderThing": lost(sent=None), "readThing": {"rows": rows, "name": "x", "made": 7.0}}
    ended = play(ORDERED, World(answers, is_absent=lambda _: True), more=declared)
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert ended.world.of(effects.ProvenAbsent) == []
    assert ended.world.calls == ["orderThing", "readThing"]


def test_a_read_whose_reply_does_not_say_whose_it_is_proves_nothing(play):
    answers = {"orderThing": lost(sent=None), "readThing": {"rows": [], "name": "x"}}
    ended = play(ORDERED, World(answers, is_absent=lambda _: True), more=absent())
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert ended.world.of(effects.ProvenAbsent) == []
    told = dict(ended.failure.problem.details)
    assert "its answer does not prove which point it is about" in told["not found"]
    _, read = ended.world.of(effects.Exchange)
    assert read.request.alone


@pytest.mark.parametrize(("rows", "id_"), [([{"value": "made"}], "made"), ([], None)])
def test_what_is_there_already_when_an_order_comes_again_may_be_its_own(play, rows, id_):
    there = refused("SGT570", **{"class": "already"})
    answers = {"orderThing": there, "readThing": {"rows": rows, "name": "x", "made": 7.0}}
    played = play(ORDERED, World(answers, resent=True), more=absent())
    assert played.world.calls == ["orderThing", "readThing"]
    if id_:
        assert played.outputs == {"id": id_}
    else:
        assert played.failure.fault_class is FaultClass.UNKNOWN


@pytest.mark.parametrize(("rows", "id_"), [([{"value": "made"}], "made"), ([], None)])
def test_what_is_there_already_when_an_order_comes_first_may_be_its_own(play, rows, id_):
    there = refused("SGT570", **{"class": "already"})
    answers = {"orderThing": there, "readThing": {"rows": rows, "name": "x", "made": 7.0}}
    played = play(ORDERED, World(answers, is_absent=lambda _: True), more=absent())
    assert played.world.calls == ["orderThing", "readThing"]
    accepted = [one.record.accepted for one in played.world.of(effects.CallClosed)]
    if id_:
        assert played.outputs == {"id": id_}
        assert accepted == [None, True, True]
    else:
        assert played.failure.code == "SGT570"
        assert accepted == [None, True, False]


def test_a_search_that_fails_does_not_make_a_refusal_of_what_is_there_already(play):
    there = refused("SGT570", **{"class": "already"})
    played = play(ORDERED, World({"orderThing": there, "readThing": lost(sent=None)}))
    assert played.failure.fault_class is FaultClass.UNKNOWN


def test_a_read_of_before_proves_nothing(play):
    body = json.dumps({"rows": [], "name": "x", "made": 7.0}).encode()
    read = Response(status=200, headers={}, body=body, earlier=True)
    answers = {"orderThing": lost(sent=None), "readThing": read}
    ended = play(ORDERED, World(answers, is_absent=lambda _: True), more=absent())
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert ended.world.of(effects.ProvenAbsent) == []


def test_a_read_that_fails_proves_nothing(play):
    answers = {"orderThing": lost(sent=None), "readThing": lost(sent=None)}
    ended = play(ORDERED, World(answers, is_absent=lambda _: True), more=absent())
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert ended.world.of(effects.ProvenAbsent) == []
    told = dict(ended.failure.problem.details)["later"]
    assert told.startswith("PT1H after the order was sent, sgeflow resume 7f3a may send")


@pytest.mark.parametrize("found", ["rows[?value == 'made']", "length(rows) > 9", "rows[9]"])
def test_an_empty_list_and_what_is_false_find_nothing(play, found):
    text = dedent(BASE["operations/orderThing.yaml"]).replace("rows[?value == 'made'] | [0]", found)
    declared = {"operations/orderThing.yaml": text.replace("serviceId: value", "serviceId: '@'")}
    answers = {"orderThing": lost(sent=None), "readThing": {"rows": [], "name": "x", "made": 7.0}}
    ended = play(ORDERED, World(answers), more=declared)
    assert ended.failure.fault_class is FaultClass.UNKNOWN


def began_on_the_day():
    text = dedent(BASE["operations/orderThing.yaml"])
    text = text.replace("rows[?value == 'made'] | [0]", "one_each(rows, &date, [order.day])")
    text = text.replace("serviceId: value", "serviceId: '[0].value'")
    when = "days_between(default(latest(rows[].date), '1970-01-01'), order.day) > 0"
    return {"operations/orderThing.yaml": f'{text}  absent: {{after: PT1H, when: "{when}"}}\n'}


ROWS = [{"date": "2025-06-14", "value": "old"}, {"date": "2025-06-15", "value": "made"}]


def test_what_an_order_made_may_be_a_list_of_things_that_began_on_the_day(play):
    answers = {"orderThing": lost(sent=None), "readThing": {"rows": ROWS, "name": "x", "made": 7.0}}
    assert play(ORDERED, World(answers), more=began_on_the_day()).outputs == {"id": "made"}


@pytest.mark.parametrize(
    ("days", "made"),
    [
        (("2025-06-14",), "old"),  # it left before the day of the run
        (("2025-06-15", "2025-06-16"), "made"),  # around midnight
        (("2025-06-14", "2025-06-15"), None),  # one of the two was made by somebody else
        (("2025-06-16",), None),
    ],
)
def test_an_order_is_looked_for_on_the_days_on_which_it_may_have_come_in(play, days, made):
    answers = {"orderThing": lost(sent=None), "readThing": {"rows": ROWS, "name": "x", "made": 7.0}}
    played = play(ORDERED, World(answers, order_days=days), more=began_on_the_day())
    if made:
        assert played.outputs == {"id": made}
    else:
        assert played.failure.fault_class is FaultClass.UNKNOWN


@pytest.mark.parametrize("days", [("2025-06-15",), ("2025-06-15", "2025-06-16")])
def test_an_order_is_absent_when_none_of_its_days_shows_what_may_be_it(play, days):
    rows = [{"date": "2025-06-15", "value": "one"}, {"date": "2025-06-15", "value": "two"}]
    answers = {"orderThing": lost(sent=None), "readThing": {"rows": rows, "name": "x", "made": 7.0}}
    world = World(answers, order_days=days, is_absent=lambda _: True)
    ended = play(ORDERED, world, more=began_on_the_day())
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert ended.world.of(effects.ProvenAbsent) == []
