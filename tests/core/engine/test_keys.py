"""Keys of effects: the same in every evaluation of a run, and each used once."""

import json
from collections import Counter
from dataclasses import dataclass
from random import Random

import pytest

from sgeflow.core.engine.effects import Exchange, Save
from sgeflow.core.engine.flow import evaluate_flow
from sgeflow.core.engine.trails import is_lookup_of
from tests.conftest import build
from tests.core.engine.conftest import World, context, lost, play_flow, refused

EVERYTHING = """
inputs: {p: {type: string, default: "30000000000011"}}
state: {collection: c, key: "${inputs.p}"}
steps:
  - id: retried
    call: readThing
    with: {pointId: "${inputs.p}"}
    retry: {attempts: 3}
  - id: handled
    call: readThing
    with: {pointId: "${inputs.p}", kind: B}
    on_fault:
      - codes: [SGT401]
        steps:
          - {id: retried_again, call: readThing, with: {pointId: "${inputs.p}"}}
          - {id: handled_again, remember: {a: 1}}
  - id: each
    foreach: ${[1, 2]}
    as: outer
    parallel: 2
    steps:
      - id: polled
        foreach: ${[1, 2]}
        as: inner
        call: readThing
        with: {pointId: "${inputs.p}"}
        poll: {every: PT1S, until: present(this.name), within: PT9S}
      - id: ordered
        http: {service: office, method: POST, path: "/${outer}"}
        undo: {http: {service: office, method: DELETE, path: "/${outer}"}}
  - id: group
    poll: {every: PT1S, until: this.seen.name == 'y', within: PT9S}
    steps:
      - {id: seen, call: readThing, with: {pointId: "${inputs.p}"}}
      - id: noted
        remember: {x: 1}
        undo:
          title: let go
          steps: [{id: look, http: {service: office, path: /x}}, {id: lost, remember: {x: null}}]
  - id: both
    branches:
      each: [{id: polled, flow: sub}, {id: sub, call: readThing, with: {pointId: "${inputs.p}"}}]
      group: [{id: seen, flow: sub}, {id: order, call: orderThing, with: {pointId: "${inputs.p}"}}]
  - {id: kept, store: {series: load_curve, point: x, stamped: end, measures: "${steps.retried.rows}"}}
  - {id: summed, aggregate: {point: x, from: load_curve, by: day, into: days, compare: days}}
  - {id: out, export: {format: csv, file: x}}
  - {id: gone, forget: {state: true, measures_of: x}}
  - {id: bad, fail: {code: BAD, message: x}}
on_fault:
  - codes: [BAD]
    steps:
      - {id: last, http: {service: office, path: /last}}
      - {id: worse, fail: {code: WORSE, message: x}}
"""
SUB = """
    flow: sub
    title: x
    inputs: {p: {type: string, default: x}}
    state: {collection: d, key: "${inputs.p}"}
    steps:
      - {id: polled, http: {service: office, path: /sub}}
      - {id: sub, remember: {z: 1}}
    """
ROW = {"date": "2025-06-01T00:30:00+02:00", "value": "100", "step": "PT30M"}


def evaluated():
    count = Counter()

    def read(sent):
        count["read"] += 1
        if count["read"] <= 2:
            return lost(sent=None)
        if sent["kind"] == "B":
            return refused("SGT401")
        name = [None, "x", "y"][count["read"] % 3]
        return {"name": name, "rows": [ROW]}

    world = World({"readThing": read, "orderThing": {"serviceId": "1"}})
    ended = play_flow(EVERYTHING, world, more={"flows/sub.yaml": SUB})
    assert ended.failure.code == "WORSE", ended.failure
    return world


def keys(world):
    keyed = [effect for effect in world.seen if hasattr(effect, "key")]
    return [(type(e).__name__, e.key, getattr(e, "attempt", 1)) for e in keyed]


def test_no_key_is_used_twice_in_a_run():
    world = evaluated()
    used = Counter(keys(world))
    assert [key for key, times in used.items() if times > 1] == []
    assert len(used) > 40
    assert {type(e).__name__ for e in world.seen if hasattr(e, "key")} >= {
        "Exchange",
        "Claim",
        "Remember",
        "Save",
        "Load",
        "Export",
        "Erase",
    }


def test_another_evaluation_has_the_same_keys():
    assert keys(evaluated()) == keys(evaluated())


def test_a_key_names_its_step_and_its_call():
    found = [effect.key for effect in evaluated().of(Exchange)]
    assert found[:4] == [
        "main/retried#readThing",
        "main/retried#readThing",
        "main/retried#readThing",
        "main/handled#readThing",
    ]
    assert "main/each[1]/polled[0]~1#readThing" in found
    assert "main/both/each/polled/sub/polled#GET office" in found
    assert "main/each[0]/ordered@undo#DELETE office" in found


# -- any flow, however its steps are called -----------------------------------------------------------

NAMES = (*"abcdefgh", "undo", "reconcile", "on_fault", "main", "sub")
ASK = """\
    operation: askThing
    title: Asks a thing
    service: Thing
    version: "1.0"
    kind: read
    route: {gateway: gate/thing, direct: Thing/v1, soap_action: urn:ask}
    parameters: {number: {type: string}}
    envelope: {namespaces: {v: urn:thing}, body: {v:ask: {number: "${number}"}}}
    response: {element: askResponse, paths: {name: name}}
    """


@dataclass
class Writer:
    """Writes flows by chance: every call says a number of its own, names repeat where they may."""

    chance: Random
    numbers: int = 0

    def texts(self):
        """Two flows, one calling the other."""
        texts = {"operations/askThing.yaml": ASK}
        for name, calls in (("sub", ()), ("main", ("sub",))):
            steps = self.block((), 2, calls)
            handlers = self.handlers((), 1, (), steps)
            flow = {"flow": name, "title": "x", "steps": steps, "on_fault": handlers}
            texts[f"flows/{name}.yaml"] = json.dumps(flow)
        return texts

    def call(self):
        self.numbers += 1
        return {"call": "askThing", "with": {"number": str(self.numbers)}}

    def block(self, taken, depth, calls):
        free = [name for name in NAMES if name not in taken] or [f"x{self.numbers}"]
        names = self.chance.sample(free, min(len(free), self.chance.randint(1, 2)))
        steps = []
        for name in names:
            known = {*taken, *(step["id"] for step in steps), name}
            steps.append({"id": name, **self.verb(known, depth, calls)})
        return steps

    def verb(self, known, depth, calls):
        inner = []
        kind = self.chance.choice(
            ["call", *(["steps", "branches", "choose", *calls] if depth else [])]
        )
        if kind == "call":
            step = self.call()
        elif kind == "steps":
            inner = self.block(known, depth - 1, calls)
            step = {"steps": inner}
        elif kind == "choose":
            alternatives = self.block(known, depth - 1, calls)
            for one in alternatives[: self.chance.choice([-1, None])]:
                one["when"] = self.chance.choice(["present(env.generation)", "run.id == 'x'"])
            alternatives[0].setdefault("when", "run.id == 'x'")
            step = {"choose": alternatives}
        elif kind == "branches":
            names = self.chance.sample(NAMES, 2)
            step = {"branches": {name: self.block(known, depth - 1, calls) for name in names}}
            inner = [one for steps in step["branches"].values() for one in steps]
        else:
            step = {"flow": kind}
        if depth and self.chance.random() < 0.5:
            undo = [self.call(), {"steps": self.block(known, 0, ())}]
            step["undo"] = self.chance.choice(undo)
        if depth and self.chance.random() < 0.5:
            step["on_fault"] = self.handlers(known, depth, calls, inner)
        if self.chance.random() < 0.2:
            step["foreach"] = "${[1, 2]}"
        return step

    def handlers(self, known, depth, calls, inner):
        taken, found = {*known, *(step["id"] for step in inner)}, []
        for code in ("SGT401", "SGT500"):
            steps = self.block(taken, depth - 1, calls)
            taken |= {step["id"] for step in steps}
            found.append({"codes": [code], "steps": steps})
        return found


@pytest.mark.parametrize("seed", range(80))
def test_in_any_flow_a_key_is_that_of_one_place(seed):
    writer = Writer(Random(seed))
    texts = writer.texts()
    catalog, problems = build(texts)
    assert problems == (), [str(problem) for problem in problems]
    places = {}
    for _ in range(20):  # a run that goes on may fail elsewhere than before
        fates = writer.chance.choices([None, "SGT401", "SGT500"], [4, 1, 1], k=writer.numbers)
        world = World(
            {"askThing": lambda sent, fates=fates: answered(fates[int(sent["number"]) - 1])}
        )
        world.run(evaluate_flow(catalog.flows["main"], {}, context(catalog)))
        used = Counter(world.keys)
        assert [key for key, times in used.items() if times > 1] == []
        for effect in world.of(Exchange):
            number = json.loads(effect.request.body)["number"]
            assert places.setdefault(effect.key, number) == number, effect.key


def answered(code):
    return refused(code) if code else {"name": "x"}


# -- what went wrong once -----------------------------------------------------------------------------


def test_what_a_handler_keeps_and_what_the_step_kept_have_keys_of_their_own():
    keep = "store: {{series: load_curve, point: x, stamped: end, measures: [{row}]}}"
    row = json.dumps(ROW)
    ended = play_flow(
        f"""
        steps:
          - id: group
            steps:
              - {{id: kept, {keep.format(row=row)}}}
              - {{id: bad, fail: {{code: BAD, message: x}}}}
            on_fault:
              - {{codes: [BAD], steps: [{{id: kept_too, {keep.format(row=row)}}}]}}
          - {{id: worse, fail: {{code: WORSE, message: x}}}}
        on_fault:
          - {{codes: [WORSE], steps: [{{id: kept, {keep.format(row=row)}}}]}}
        """
    )
    assert [effect.key for effect in ended.world.of(Save)] == [
        "main/group/kept#save",
        "main/group@on_fault/kept_too#save",
        "main/worse@on_fault:main/kept#save",
    ]


def test_a_step_called_undo_is_no_undo():
    ended = play_flow(
        """
        steps:
          - id: group
            steps: [{id: undo, http: {service: office, method: POST, path: /x}}]
            undo: {http: {service: office, method: POST, path: /y}}
          - {id: bad, fail: {code: BAD, message: x}}
        """
    )
    assert [effect.key for effect in ended.world.of(Exchange)] == [
        "main/group/undo#POST office",
        "main/group@undo#POST office",
    ]


@pytest.mark.parametrize(
    ("key", "looks"),
    [
        ("main/a@reconcile#readThing", True),
        ("main/a/reconcile#readThing", False),
        ("main/a@reconcile/b#readThing", False),
        ("main/ab@reconcile#readThing", False),
        ("main/a#readThing", False),
    ],
)
def test_the_read_that_looks_for_an_order_is_known_by_its_sign(key, looks):
    assert is_lookup_of(key, "main/a#orderThing") is looks
