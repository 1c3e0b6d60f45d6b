"""Keys of effects: the same in every evaluation of a run, and each used once."""

from collections import Counter

from sgeflow.core.engine.effects import Exchange
from tests.core.engine.conftest import World, lost, play_flow, refused

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
    foreach: ${`[1, 2]`}
    as: outer
    parallel: 2
    steps:
      - id: polled
        foreach: ${`[1, 2]`}
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
        "Recall",
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
    assert "main/each[0]/ordered/undo#DELETE office" in found
