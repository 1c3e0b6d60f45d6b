"""An order that may have been accepted: however its flow goes on, the run ends with that."""

from __future__ import annotations

import json
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sgeflow.core.engine.effects import Exchange
from sgeflow.core.engine.failures import is_unknown
from sgeflow.core.model import FaultClass, RunReport, Status
from sgeflow.errors import Exit
from tests.core.engine.conftest import World, lost, play_flow, refused

FLOW = """
inputs: {{p: {{type: string, default: "30000000000011"}}}}
steps:
  - id: consent
    http: {{service: office, method: POST, path: /consent}}
    undo: {{http: {{service: office, method: DELETE, path: /consent}}}}
{steps}
"""


def order(point, more=""):
    return f'{{id: a, call: orderThing, with: {{pointId: "{point}"}}{more}}}'


REPORT = RunReport(
    run="1a2b3c",
    flow="main",
    title="x",
    environment="here",
    today="2025-06-15",
    status=Status.FAILED,
    seconds=0.0,
    outputs=None,
    steps=(),
    warnings=(),
    files=(),
    calls=1,
)
LOST, FINE, REFUSED = (f"3000000000001{digit}" for digit in (1, 2, 3))
RETURN = "{id: r, return: {}}"
FAIL = "{id: f, fail: {code: NO, message: no}}"


def world(*, at_once=False):
    """Orders of one point are lost, of another taken, of a third refused; nothing is found."""

    def ordered(sent):
        if sent["pointId"] == LOST:
            return lost(sent=None)
        return {"serviceId": "s1"} if sent["pointId"] == FINE else refused("SGT401")

    answers = {"orderThing": ordered, "readThing": {"rows": [], "name": "x"}}
    return World(answers, at_once=at_once)


def check_open(ended):
    """The end tells of the lost order, with the exit code of one, and nothing was undone."""
    assert "nothing was undone, because an order may have been accepted" in ended.world.warnings
    assert ended.failure.fault_class is FaultClass.UNKNOWN, ended.failure
    assert ended.paths == ["POST /consent"]
    assert replace(REPORT, failure=ended.failure).exit is Exit.GUARDED


# -- side by side -----------------------------------------------------------------------------------


@pytest.mark.parametrize("collect", [False, True])
@pytest.mark.parametrize("parallel", [1, 4])
@pytest.mark.parametrize("points", [(LOST, FINE), (FINE, LOST), (LOST, REFUSED), (REFUSED, LOST)])
def test_no_item_hides_the_lost_order_of_another(play, collect, parallel, points):
    each = f"""\
  - id: all
    foreach: [{", ".join(f"'{point}'" for point in points)}]
    as: point
    parallel: {parallel}
    {"on_item_error: collect" if collect else "title: all"}
    call: orderThing
    with: {{pointId: "${{point}}"}}"""
    ended = play(FLOW.format(steps=each), world(at_once=True))
    if points[0] == REFUSED and parallel == 1 and not collect:  # the lost one was never sent
        assert ended.failure.code == "SGT401"
    else:
        check_open(ended)


def test_items_that_are_collected_are_all_tried_although_one_order_is_lost(play):
    each = f"""\
  - id: all
    foreach: ['{LOST}', '{FINE}', '{REFUSED}', '{LOST}']
    as: point
    on_item_error: collect
    call: orderThing
    with: {{pointId: "${{point}}"}}"""
    ended = play(FLOW.format(steps=each), world())
    check_open(ended)
    assert ended.world.calls.count("orderThing") == 4
    assert dict(ended.failure.problem.details)["also"] == "1 more order may have been accepted"


def test_an_item_that_returns_does_not_hide_the_lost_order_of_another(play):
    each = f"""\
  - id: all
    foreach: ['{LOST}', '']
    as: point
    parallel: 2
    on_item_error: collect
    steps:
      - {{id: a, when: point != '', call: orderThing, with: {{pointId: "${{point}}"}}}}
      - {RETURN}"""
    check_open(play(FLOW.format(steps=each), world(at_once=True)))


# -- handlers ---------------------------------------------------------------------------------------

HANDLERS = [
    "{classes: [unknown], continue: {serviceId: none}}",
    "{codes: [SGE301], continue: {serviceId: none}}",
    "{classes: [unknown], steps: [{id: s, set: {serviceId: none}}]}",
    "{classes: [unknown], steps: [{id: s, return: {}}]}",
    "{classes: [unknown], steps: [{id: s, fail: {code: NO, message: no, partial: true}}]}",
    "{classes: [unknown], fail: {code: NO, message: no, partial: true}}",
    "{classes: [unknown], fail: {code: NO, message: no, technical: true}}",
    '{classes: [unknown], continue: {serviceId: "${days_between(run.today, env.region)}"}}',
    '{classes: [unknown], fail: {code: NO, message: "${days_between(run.today, env.region)} x"}}',
    "{classes: [unknown], steps: [{id: s, check: 'false'}]}",
]


@pytest.mark.parametrize("handler", HANDLERS)
def test_no_handler_of_a_step_hides_a_lost_order(play, handler):
    step = f"  - {order(LOST, f', on_fault: [{handler}]')}"
    check_open(play(FLOW.format(steps=step), world()))


@pytest.mark.parametrize("handler", [one for one in HANDLERS if "set:" not in one])
def test_no_handler_of_a_flow_hides_a_lost_order(play, handler):
    text = (
        FLOW.format(steps=f"  - {order(LOST)}")
        + f"on_fault: [{handler}]\noutputs: {{serviceId: run.id}}\n"
    )
    check_open(play(text, world()))


def test_a_handler_may_tell_a_lost_order_in_other_words_and_says_what_to_do(play):
    handler = "{classes: [unknown], fail: {code: WAIT, message: it may have been accepted}}"
    ended = play(FLOW.format(steps=f"  - {order(LOST, f', on_fault: [{handler}]')}"), world())
    check_open(ended)
    assert (ended.failure.code, ended.failure.problem.message) == (
        "WAIT",
        "it may have been accepted",
    )
    details = dict(ended.failure.problem.details)
    assert details["because"] == "SGE301 orderThing was sent and its answer lost"
    assert "orders resolve" in details["else"]


def test_steps_of_a_handler_are_done_for_a_lost_order_and_do_not_hide_it(play):
    tell = "{id: s, http: {service: office, method: POST, path: /told}}"
    handler = f"{{classes: [unknown], steps: [{tell}]}}"
    ended = play(FLOW.format(steps=f"  - {order(LOST, f', on_fault: [{handler}]')}"), world())
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert ended.failure.problem.message == "orderThing was sent and its answer lost"
    assert ended.paths == ["POST /consent", "POST /told"]


def test_an_order_that_a_handler_loses_is_not_hidden(play):
    again = f'{{id: again, call: orderThing, with: {{pointId: "{LOST}"}}}}'
    handler = f"{{classes: [not_found], steps: [{again}]}}"
    step = f"  - {order(REFUSED, f', on_fault: [{handler}]')}"
    check_open(play(FLOW.format(steps=step), world()))


# -- flows, polls, undos ----------------------------------------------------------------------------

SUB = f"""
flow: sub
title: x
steps:
  - {order(LOST)}
"""


@pytest.mark.parametrize(
    "more",
    [
        "title: x",
        "on_fault: [{classes: [unknown], continue: {}}]",
        "on_fault: [{classes: [unknown], fail: {code: NO, message: no, partial: true}}]",
    ],
)
def test_a_lost_order_of_a_sub_flow_is_one_of_its_caller(play, more):
    step = f"  - id: sub\n    flow: sub\n    {more}"
    check_open(play(FLOW.format(steps=step), world(), more={"flows/sub.yaml": SUB}))


UNDONE = """\
  - id: begun
    http: {{service: office, method: POST, path: /begun}}
    undo: {{call: orderThing, with: {{pointId: "{point}"}}{more}}}
  - {{id: three, fail: {{code: NO, message: no}}}}"""


@pytest.mark.parametrize(
    "more",
    [
        "",
        ", on_fault: [{classes: [unknown], continue: {}}]",
        ", foreach: [1, 2], as: n, on_item_error: collect",
    ],
)
def test_an_undo_whose_order_is_lost_ends_the_flow_and_nothing_more_is_undone(play, more):
    ended = play(FLOW.format(steps=UNDONE.format(point=LOST, more=more)), world())
    assert ended.failure.fault_class is FaultClass.UNKNOWN
    assert ended.paths == ["POST /consent", "POST /begun"]
    assert dict(ended.failure.problem.details)["because"].endswith("no")
    assert "nothing more was undone, because an order may have been accepted" in " ".join(
        ended.world.warnings
    )


# -- whatever is around it --------------------------------------------------------------------------

NOW = "run.id != ''"
LEAVES = [
    *({"call": "orderThing", "with": {"pointId": point}} for point in (LOST, FINE, REFUSED)),
    {"when": NOW, "return": {}},
    {"when": NOW, "fail": {"code": "NO", "message": "no"}},
    {"when": NOW, "fail": {"code": "NO", "message": "no", "partial": True}},
    {"set": {"x": 1}},
]
COLLECT = [{}, {"on_item_error": "collect"}]
CATCH = [{}, {"on_fault": [{"classes": ["unknown", "not_found"], "steps": [{"set": {"x": 1}}]}]}]


def around(inner):
    """Groups, branches and items of a few steps."""
    some = st.lists(inner, min_size=1, max_size=3)
    group = st.builds(lambda steps, catch: {"steps": steps, **catch}, some, st.sampled_from(CATCH))
    branches = st.builds(
        lambda steps, how: {"branches": {f"b{n}": [s] for n, s in enumerate(steps)}, **how},
        some,
        st.sampled_from(COLLECT),
    )
    items = st.builds(
        lambda steps, n, how: {"foreach": [1, 2], "as": "n", "parallel": n, "steps": steps, **how},
        some,
        st.integers(1, 2),
        st.sampled_from(COLLECT),
    )
    return group | branches | items


def named(step, numbers):
    """A step in which every step has an id of its own, and every item a name."""
    if isinstance(step, list):
        return [named(one, numbers) for one in step]
    if not isinstance(step, dict):
        return step
    inner = {
        key: value if key in ("with", "set", "fail", "return") else named(value, numbers)
        for key, value in step.items()
    }
    if "as" in inner:
        inner["as"] = f"n{next(numbers)}"
    is_step = {"call", "return", "fail", "set", "steps", "branches"} & set(inner)
    return {"id": f"s{next(numbers)}", **inner} if is_step and "classes" not in inner else inner


@given(step=st.recursive(st.sampled_from(LEAVES), around, max_leaves=6), at_once=st.booleans())
def test_whatever_stands_around_a_lost_order_the_flow_ends_with_it(step, at_once):
    text = f"  - {json.dumps(named(step, count(1)))}"
    ended = play_flow(FLOW.format(steps=text), world(at_once=at_once))
    orders = (effect.request for effect in ended.world.of(Exchange))
    was_sent = any(one.label == "orderThing" and LOST.encode() in one.body for one in orders)
    assert is_unknown(ended.end) is was_sent
    if was_sent:
        check_open(ended)
