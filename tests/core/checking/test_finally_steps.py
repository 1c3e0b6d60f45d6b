"""`finally` steps are proved: they read the end, and nothing of the flow is theirs to change."""

from __future__ import annotations

import pytest

from sgeflow.core.engine.walk import placed_in, trail_in
from tests.conftest import build

FLOW = """
flow: main
title: x
inputs: {p: {$ref: "types.yaml#/pointId"}}
state: {collection: things, key: "${inputs.p}"}
steps:
  - {id: read, call: readThing, with: {pointId: "${inputs.p}"}}
finally:
  - %s
outputs: {name: steps.read.name}
"""
OTHER = {
    "flows/other.yaml": "flow: other\ntitle: x\nsteps:\n  - {id: order, call: orderThing, with: {pointId: '30000000000011'}}\n",
    "flows/between.yaml": "flow: between\ntitle: x\nsteps:\n  - {id: inner, flow: other}\n",
}


@pytest.mark.parametrize(
    "step",
    [
        '{id: a, set: {x: "${end.outputs.name}", y: "${end.status == \'failed\'}"}}',
        '{id: a, when: present(end.code), set: {x: "${end.code}", y: "${run.id}"}}',
        '{id: a, call: readThing, with: {pointId: "${inputs.p}"}}',
    ],
)
def test_a_finally_step_reads_the_end_the_inputs_and_the_run(step: str) -> None:
    catalog, problems = build({"flows/main.yaml": FLOW % step})
    assert problems == ()
    (placed,) = (one for one in placed_in(catalog.flows["main"]) if one.step.id == "a")
    assert trail_in("main", placed.path) == "main@finally/a"


@pytest.mark.parametrize(
    ("step", "id_", "words"),
    [
        ('{id: a, set: {x: "${steps.read.name}"}}', "SGE031", "read"),
        ('{id: a, set: {x: "${end.statsu}"}}', "SGE031", "statsu"),
        ('{id: a, set: {x: "${end.outputs.nam}"}}', "SGE031", "nam"),
        ("{id: read, set: {x: 1}}", "SGE018", "two steps have the id"),
        ('{id: a, call: orderThing, with: {pointId: "${inputs.p}"}}', "SGE026", "cannot send"),
        ("{id: a, flow: other}", "SGE026", "cannot send"),
        ("{id: a, flow: between}", "SGE026", "cannot send"),
        ("{id: a, remember: {x: 1}}", "SGE026", "change the state of the flow"),
        ("{id: a, fail: {code: NO, message: no}}", "SGE026", "cannot end the flow"),
        ("{id: a, steps: [{id: b, return: {name: x}}]}", "SGE026", "cannot end the flow"),
        ("{id: a, set: {x: 1}, undo: {set: {x: 2}}}", "SGE026", "never undone"),
    ]
)  # fmt: skip
def test_what_has_no_place_in_finally_is_told_where_it_stands(
    step: str, id_: str, words: str
) -> None:
    _, problems = build({"flows/main.yaml": FLOW % step, **OTHER})
    assert [problem.id.code for problem in problems] == [id_], problems
    assert words in str(problems[0].message)
    assert problems[0].at is not None
    assert problems[0].at.line == 9


def test_the_end_can_be_read_in_finally_alone() -> None:
    text = FLOW % "{id: a, set: {x: 1}}"
    wrong = text.replace("steps.read.name}", "end.status}")
    _, problems = build({"flows/main.yaml": wrong})
    assert [problem.id.code for problem in problems] == ["SGE032"]
