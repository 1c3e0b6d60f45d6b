"""`choose`: the first alternative whose condition holds, and nothing of the others."""

import pytest

from sgeflow.core.engine import effects
from sgeflow.core.model import Status
from tests.core.engine.conftest import POINT, World, play_flow, refused

READ = f'call: readThing, with: {{pointId: "{POINT}"}}'
CHOICE = """
inputs: {n: {type: integer}, m: {type: integer, default: 0}}
steps:
  - id: a
    choose:
      - {id: one, when: inputs.n == 1, set: {x: "one", y: 1}}
      - id: two
        when: inputs.n == 2
        choose:
          - {id: inner, when: inputs.m == 1, set: {x: "two"}}
      - {id: three, when: "inputs.n < 4", set: {x: "${inputs.n}"}}
  - {id: b, set: {x: "${default(steps.a.x, 'nothing')}"}}
outputs: {x: steps.b.x, a: present(steps.a)}
"""


def traces(played):
    return {trace.trail: trace.status.value for trace in played.world.traces}


def test_the_first_alternative_that_holds_is_done_and_the_others_are_skipped():
    for n, m, x, chosen in ((1, 0, "one", "one"), (2, 1, "two", "two"), (3, 0, 3, "three")):
        done = play_flow(CHOICE, World({}), {"n": n, "m": m})
        assert done.outputs == {"x": x, "a": True}
        found = traces(done)
        for name in ("one", "two", "three"):
            assert found[f"main/a/{name}"] == ("done" if name == chosen else "skipped")
        why = {trace.trail: dict(trace.why) for trace in done.world.traces}
        assert chosen == "three" or why["main/a/three"] == {"chosen": chosen}
    # one that is chosen and then has nothing to do keeps those after it from their turn
    nothing = play_flow(CHOICE, World({}), {"n": 2, "m": 0})
    assert nothing.outputs == {"x": "nothing", "a": False}
    assert traces(nothing)["main/a/three"] == "skipped"


def test_a_choice_of_which_nothing_holds_is_skipped_and_null():
    none = play_flow(
        """
        steps:
          - id: a
            undo: {call: readThing, with: {pointId: "${this.x}"}}
            poll: {every: PT1S, until: present(this.x), within: PT5S}
            choose: [{id: one, when: env.generation == 'current', set: {x: "30000000000011"}}]
          - id: b
            foreach: ["1", "2", "3"]
            as: n
            until: "!present(this.x) || this.x == '2'"
            choose: [{id: one, when: n != '1', set: {x: "${n}"}}]
          - {id: c, fail: {code: NO, message: "${length(steps.b)} ${join('', steps.b[].x)}"}}
        """,
        World({}),
    )
    assert none.failure.problem.message == "2 2"
    assert (none.world.calls, none.world.warnings) == ([], [])  # nothing is there to be undone
    last = {trace.trail: trace for trace in none.world.traces}["main/a"]
    assert (last.status, last.summary) == (Status.SKIPPED, "no alternative holds")


def test_modifiers_stand_on_the_choice_and_on_its_alternatives():
    played = play_flow(
        f"""
        steps:
          - id: a
            retry: {{attempts: 2, backoff: PT1S}}
            on_fault: [{{codes: [SGT401], continue: {{name: gone}}}}]
            choose:
              - {{id: one, when: env.generation == 'current', {READ}}}
              - id: two
                {READ.replace(", with", chr(10) + "                with")}
                on_fault: [{{classes: [network], continue: {{name: two}}}}]
          - id: each
            foreach: ["1", "2"]
            as: n
            choose:
              - {{id: one, when: n == '1', set: {{x: first}}}}
              - {{id: two, set: {{x: "${{n}}"}}}}
        outputs: {{name: steps.a.name, each: "steps.each[].x"}}
        """,
        World({"readThing": [refused("SGT500"), refused("SGT401")]}),
    )
    assert played.outputs == {"name": "gone", "each": ["first", "2"]}
    assert len(played.world.calls) == 2
    assert "main/each[0]/one" in traces(played)
    assert "main/each[1]/two" in traces(played)
    assert [e.key for e in played.world.of(effects.Exchange)] == ["main/a/two#readThing"] * 2


def test_undos_of_the_choice_and_of_an_alternative_are_both_done():
    ended = play_flow(
        f"""
        steps:
          - id: a
            undo: {{{READ}}}
            choose:
              - id: one
                when: env.generation == 'previous'
                {READ.replace(", with", chr(10) + "                with")}
                undo: {{{READ}}}
              - {{id: two, fail: {{code: NO, message: no}}}}
          - {{id: b, fail: {{code: NO, message: no}}}}
        """,
        World({"readThing": {"serial": POINT}}),
    )
    assert ended.failure.code == "NO"
    keys = [one.key.partition("#")[0] for one in ended.world.of(effects.Exchange)]
    assert keys == ["main/a/one", "main/a@undo", "main/a/one@undo"]


def chosen(call, answer):
    """A choice that asks again, of which one alternative calls."""
    return play_flow(
        f"""
        steps:
          - id: a
            on_fault: [{{codes: [SGT401], retry: {{attempts: 4}}}}]
            choose:
              - {{id: no, when: "false", {READ}}}
              - {{id: yes, {READ.replace("readThing", call)}}}
        """,
        World({call: answer}),
    )


def test_what_the_choice_asks_again_for_is_asked_again_by_the_one_that_is_chosen():
    failed = chosen("readThing", refused("SGT401"))
    assert (failed.failure.code, len(failed.world.calls)) == ("SGT401", 4)
    done = chosen("readThing", [refused("SGT401"), {"name": "x"}])
    assert (done.outputs, len(done.world.calls)) == ({}, 2)


def test_a_choice_of_an_order_is_not_asked_again():
    with pytest.raises(AssertionError, match="an order is never sent again after an answer"):
        chosen("orderThing", refused("SGT401"))
