"""Steps one after the other: order, conditions, items, waiting, handlers, and the way back."""

import pytest

from sgeflow.core.engine.effects import Exchange
from sgeflow.core.model import FaultClass, Status
from tests.core.engine.conftest import POINT, World, lost, refused

READ = f'{{id: a, call: readThing, with: {{pointId: "{POINT}"}}}}'


def test_steps_run_in_their_order_and_read_those_before(play):
    done = play(
        """
        inputs: {p: {type: string}}
        steps:
          - {id: a, call: readThing, with: {pointId: "${inputs.p}"}}
          - {id: b, call: readThing, with: {pointId: "${steps.a.serial}"}}
          - {id: c, set: {x: "${steps.b.name} of ${run.today}"}}
        outputs: {x: steps.c.x, region: env.region, n: length(steps.a.rows)}
        """,
        World({"readThing": [{"serial": "3" * 14, "rows": [1, 2]}, {"name": "late"}]}),
        {"p": POINT},
    )
    assert done.outputs == {"x": "late of 2025-06-15", "region": "north", "n": 2}
    assert [sent["pointId"] for sent in done.world.sent] == [POINT, "3" * 14]
    assert [trace.trail for trace in done.world.traces] == ["main/a", "main/b", "main/c"]


def test_a_step_whose_condition_is_false_is_skipped_and_leaves_nothing(play):
    done = play(
        f"""
        steps:
          - {{id: a, when: env.generation == 'current', call: readThing, with: {{pointId: "{POINT}"}}}}
          - {{id: b, when: "!present(steps.a)", set: {{x: 1}}}}
        outputs: {{a: present(steps.a), b: present(steps.b), x: "default(steps.a.name, 'none')"}}
        """
    )
    assert done.outputs == {"a": False, "b": True, "x": "none"}
    assert done.world.calls == []
    assert [trace.status for trace in done.world.traces] == [Status.SKIPPED, Status.DONE]


def test_a_failed_step_ends_the_flow(play):
    ended = play(
        f"steps: [{READ}, {{id: b, set: {{x: 1}}}}]", World({"readThing": refused("SGT401")})
    )
    assert ended.failure.code == "SGT401"
    assert ended.failure.fault_class is FaultClass.NOT_FOUND
    assert ended.failure.step == "main/a"
    assert ended.failure.problem.where == "step main/a"
    assert ended.failure.problem.at.line == 3
    assert [trace.status for trace in ended.world.traces] == [Status.FAILED]


MISTAKES = {
    "an argument": ("set: {x: \"${date_add(inputs.p, 'P1D')}\"}", 16, "'x' is not a date"),
    "null inside text": (
        'set: {x: "a ${inputs.gone}"}',
        18,
        "null (nothing) cannot be part of a text",
    ),
    "a check": ("check: days_between(inputs.p, run.today) > 0", 12, "'x' is not a date"),
    "a condition": ("{when: state.on, set: {x: 1}}", 12, "a condition must be true or false"),
    "items": ('{foreach: "${state.on}", set: {x: 1}}', 15, "foreach needs a list"),
}


@pytest.mark.parametrize(("step", "column", "words"), MISTAKES.values(), ids=MISTAKES)
def test_an_evaluation_error_keeps_the_place_of_its_expression(play, step, column, words):
    step = f"{{id: a, {step[1:]}" if step[0] == "{" else f"{step}\n    id: a"
    ended = play(
        "inputs: {p: {type: string}, gone: {type: string, optional: true}}\n"
        'state: {collection: c, key: "${inputs.p}"}\n'
        f"steps:\n  - {step}\n  - {{id: z, remember: {{on: 1}}}}\n",
        inputs={"p": "x"},
    )
    problem = ended.failure.problem
    assert words in problem.message
    assert problem.at.line == 6
    assert problem.at.text[problem.at.column - 1 :].startswith(EXPRESSIONS[words])
    assert ended.failure.step == "main/a"
    assert ended.failure.fault_class is FaultClass.INVALID


EXPRESSIONS = {
    "'x' is not a date": "da",
    "null (nothing) cannot be part of a text": "inputs.gone",
    "a condition must be true or false": "state.on",
    "foreach needs a list": "${state.on}",
}


# -- foreach ----------------------------------------------------------------------------------------

EACH = """
inputs: {{days: {{type: array, items: {{type: string}}}}}}
steps:
  - id: each
    foreach: "${{inputs.days}}"
    as: day
    {modifier}
    call: readThing
    with: {{pointId: "30000000000011", day: "${{day}}"}}
outputs: {{each: steps.each}}
"""
DAYS = {"days": ["2025-06-01", "2025-06-02", "2025-06-03"]}


def by_day(sent):
    return {"name": sent["day"]} if sent["day"] != "2025-06-02" else refused("SGT401")


@pytest.mark.parametrize("modifier", ["title: one by one", "parallel: 2"])
def test_items_give_their_results_in_order(play, modifier):
    done = play(
        EACH.format(modifier=modifier), World({"readThing": lambda s: {"name": s["day"]}}), DAYS
    )
    assert [item["name"] for item in done.outputs["each"]] == DAYS["days"]
    assert [key for key, _ in done.world.keys] == [f"main/each[{n}]#readThing" for n in range(3)]


def test_parallel_asks_for_no_more_than_it_says(play):
    world = World({"readThing": {}})
    play(EACH.format(modifier="parallel: 2"), world, DAYS)
    assert world.most == 2


@pytest.mark.parametrize("modifier", ["title: one by one", "parallel: 2"])
def test_the_first_failed_item_stops_the_others(play, modifier):
    ended = play(EACH.format(modifier=modifier), World({"readThing": by_day}), DAYS)
    assert ended.failure.step == "main/each[1]"
    assert len(ended.world.calls) == 2


@pytest.mark.parametrize("parallel", ["", "parallel: 3"])
def test_collected_items_go_on_and_tell_what_failed(play, parallel):
    modifier = f"on_item_error: collect\n    {parallel}"
    done = play(EACH.format(modifier=modifier), World({"readThing": by_day}), DAYS)
    each = done.outputs["each"]
    assert [item["name"] for item in each["items"]] == ["2025-06-01", "2025-06-03"]
    (failed,) = each["failed"]
    assert failed == {
        "item": "2025-06-02",
        "step": "main/each[1]",
        "code": "SGT401",
        "message": "Enedis refused the call: SGT401",
        "class": "not_found",
    }
    assert done.end.status is Status.PARTIAL
    assert done.world.traces[-1].summary == "2 items, 1 failed"


@pytest.mark.parametrize("parallel", ["", "parallel: 2"])
def test_kept_items_end_with_the_first_that_fails_and_stay(play, parallel):
    modifier = f"on_item_error: keep\n    {parallel}"
    done = play(EACH.format(modifier=modifier), World({"readThing": by_day}), DAYS)
    assert [item["name"] for item in done.outputs["each"]["items"]] == ["2025-06-01"]
    assert [failed["item"] for failed in done.outputs["each"]["failed"]] == ["2025-06-02"]
    assert done.end.status is Status.PARTIAL
    assert len(done.world.calls) == 2


def test_until_ends_the_items_and_keeps_the_last(play):
    done = play(
        EACH.format(modifier="until: this.name == '2025-06-02'"),
        World({"readThing": lambda sent: {"name": sent["day"]}}),
        DAYS,
    )
    assert [item["name"] for item in done.outputs["each"]] == ["2025-06-01", "2025-06-02"]


def test_no_items_give_an_empty_list(play):
    done = play(EACH.format(modifier="parallel: 4"), World(), {"days": []})
    assert done.outputs["each"] == []
    assert done.world.calls == []


def test_a_partial_item_makes_the_whole_partial(play):
    done = play(
        """
        steps:
          - id: outer
            foreach: ${[1, 2]}
            steps:
              - id: inner
                foreach: ${['x', run.today]}
                as: day
                on_item_error: collect
                call: readThing
                with: {pointId: "30000000000011", day: "${day}"}
        outputs: {failed: "steps.outer[].inner.failed[].code"}
        """
    )
    assert done.outputs == {"failed": ["SGE042", "SGE042"]}
    assert done.end.status is Status.PARTIAL


# -- poll -------------------------------------------------------------------------------------------

POLL = """
steps:
  - id: a
    call: readThing
    with: {pointId: "30000000000011"}
    %s
    poll: {every: PT10S, until: this.name == 'ready', fail_if: this.name == 'never', within: PT25S}
outputs: {name: steps.a.name}
"""


def test_a_poll_asks_again_until_its_condition_holds(play):
    world = World({"readThing": [{"name": "wait"}, {"name": "wait"}, {"name": "ready"}]})
    assert play(POLL % "", world).outputs == {"name": "ready"}
    assert world.pauses == [10.0, 10.0]
    assert [key for key, _ in world.keys] == [f"main/a~{n}#readThing" for n in (1, 2, 3)]


def test_a_poll_gives_up_when_it_will_never_come(play):
    ended = play(POLL % "", World({"readThing": {"name": "never"}}))
    assert ended.failure.code == "SGE408"
    assert "will not come any more" in ended.failure.problem.message
    assert ("condition", "this.name == 'never'") in ended.failure.problem.details
    assert ("└─ this.name", "'never'") in ended.failure.problem.details
    assert ended.world.pauses == []


def test_a_poll_gives_up_after_its_time(play):
    ended = play(POLL % "", World({"readThing": {"name": "wait"}}))
    assert ended.failure.code == "SGE408"
    assert len(ended.world.calls) == 3
    assert ("asked", "3 times, for at most 25 s") in ended.failure.problem.details


def test_a_poll_that_gives_up_says_what_it_saw_last_and_nothing_of_a_person(play):
    held = POLL.replace("this.name == 'ready'", "this.name == 'ready' || this.serial == '2'") % ""
    replies = [{"name": "DUPONT", "serial": code} for code in ("0", "0", "1")]
    known = play(held, World({"readThing": replies}), words=frozenset({"1"}))
    details = dict(known.failure.problem.details)
    assert details["├─ this.name == 'ready'"] == "false"
    assert details["│  └─ this.name"] == "text"
    assert details["   └─ this.serial"] == "'1'"
    assert "DUPONT" not in str(details)


def test_a_poll_keeps_to_the_timeout_of_its_step(play):
    ended = play(POLL % "timeout: PT15S", World({"readThing": {"name": "wait"}}))
    assert ended.failure.code == "SGE408"
    assert len(ended.world.calls) == 2


def test_a_refusal_ends_a_poll(play):
    ended = play(POLL % "", World({"readThing": [{"name": "wait"}, refused("SGT401")]}))
    assert ended.failure.code == "SGT401"


# -- retry ------------------------------------------------------------------------------------------


def attempt(play, world, modifiers="", call="readThing"):
    return play(
        f"""
        steps:
          - id: a
            call: {call}
            with: {{pointId: "{POINT}"}}
            {modifiers}
        """,
        world,
    )


def test_a_read_that_was_not_answered_is_asked_again(play):
    world = World({"readThing": [lost(sent=None), lost(sent=False), {"name": "x"}]})
    assert attempt(play, world).end.outputs == {}
    assert world.keys == [("main/a#readThing", 1), ("main/a#readThing", 2), ("main/a#readThing", 3)]
    assert world.pauses == [1.0, 2.0]


def test_tries_end_and_are_told(play):
    ended = attempt(play, World({"readThing": lost(sent=False)}), "retry: {attempts: 2}")
    assert len(ended.world.calls) == 2
    assert ("tried", "2 times") in ended.failure.problem.details
    assert ended.failure.fault_class is FaultClass.NETWORK


@pytest.mark.parametrize(
    ("answer", "calls"),
    [
        (refused("SGT401"), 1),
        (refused("SGT1", **{"class": "invalid"}), 1),
        (refused("SGT1", **{"class": "denied"}), 1),
        (refused("SGT1", **{"class": "no_data"}), 1),
        (refused("SGT1", **{"class": "already"}), 1),
        (refused("SGT1", **{"class": "transient"}), 4),
        (refused("SGT500"), 2),
        (lost(sent=None), 4),
        (lost(sent=False), 4),
    ],
)
def test_only_what_may_heal_is_asked_again(play, answer, calls):
    ended = attempt(play, World({"readThing": answer}), "retry: {attempts: 4}")
    assert len(ended.world.calls) == calls


def test_an_order_is_sent_again_only_when_nothing_was_sent(play):
    world = World({"orderThing": [lost(sent=False), {"serviceId": "1"}]})
    assert attempt(play, world, call="orderThing").end.outputs == {}
    assert world.calls == ["orderThing", "orderThing"]
    for answer in (refused("SGT1", **{"class": "transient"}), refused("SGT500")):
        ended = attempt(play, World({"orderThing": answer}), "retry: {attempts: 9}", "orderThing")
        assert ended.world.calls == ["orderThing"]


ASKED_AGAIN = """on_fault:
              - {codes: [SGT401], retry: {attempts: 4, backoff: PT7S, jitter: false}}
              - {codes: [SGT401], classes: [denied], continue: {name: given up}}
              - {classes: [technical], retry: {attempts: 3}, fail: {code: DOWN, message: no answer}}"""


def test_a_handler_asks_again_for_its_codes_before_anything_else_is_done(play):
    denied, other = refused("SGT401", **{"class": "denied"}), refused("SGT9", **{"class": "denied"})
    ended = attempt(play, World({"readThing": [denied, denied, {"name": "x"}]}), ASKED_AGAIN)
    assert (len(ended.world.calls), ended.world.pauses) == (3, [7.0, 14.0])
    ended = attempt(play, World({"readThing": denied}), ASKED_AGAIN)
    assert (len(ended.world.calls), ended.world.pauses) == (4, [7.0, 14.0, 28.0])
    assert ended.end.outputs == {}
    assert len(attempt(play, World({"readThing": other}), ASKED_AGAIN).world.calls) == 1
    ended = attempt(play, World({"readThing": refused("SGT500")}), ASKED_AGAIN)
    assert (len(ended.world.calls), ended.failure.code) == (3, "DOWN")
    # what fits no handler is tried as it always is, and a handler's own steps as they say
    assert len(attempt(play, World({"readThing": lost(sent=None)}), ASKED_AGAIN).world.calls) == 3


def test_what_a_handler_asks_again_for_is_its_own_steps_matter(play):
    world = World({"readThing": refused("SGT401", **{"class": "denied"})})
    attempt(
        play,
        world,
        f"""on_fault:
              - codes: [SGT401]
                retry: {{attempts: 2}}
                steps: [{{id: b, call: readThing, with: {{pointId: "{POINT}"}}}}]""",
    )
    assert len(world.calls) == 2 + 1


def test_waits_grow_to_the_longest_and_what_a_server_asks_for_is_waited_for(play):
    world = World({"readThing": lost(sent=False)})
    attempt(play, world, "retry: {attempts: 6, backoff: PT2S, longest: PT9S, jitter: false}")
    assert world.pauses == [2.0, 4.0, 8.0, 9.0, 9.0]
    answers = [refused("S", retry_after=20, **{"class": "transient"}), {}]
    world = World({"readThing": answers})
    attempt(play, world)
    pause = next(effect for effect in world.seen if type(effect).__name__ == "Pause")
    assert (pause.seconds, pause.jitter) == (20.0, False)


def test_no_try_begins_after_its_time(play):
    world = World({"readThing": lost(sent=False)}, seconds_a_call=10)
    attempt(play, world, "retry: {attempts: 9, backoff: PT1S, within: PT30S}")
    assert len(world.calls) == 3
    world = World({"readThing": lost(sent=False)}, seconds_a_call=10)
    attempt(play, world, "retry: {attempts: 9, backoff: PT1S}\n            timeout: PT15S")
    assert len(world.calls) == 2
    assert {effect.deadline for effect in world.of(Exchange)} == {1015.0}


def test_a_group_hands_its_timeout_and_the_shorter_one_counts(play):
    done = play(
        f"""
        steps:
          - id: group
            timeout: PT60S
            steps:
              - {{id: a, call: readThing, with: {{pointId: "{POINT}"}}}}
              - {{id: b, timeout: PT5S, call: readThing, with: {{pointId: "{POINT}"}}}}
              - {{id: c, timeout: PT99S, call: readThing, with: {{pointId: "{POINT}"}}}}
        """
    )
    assert [effect.deadline for effect in done.world.of(Exchange)] == [1060.0, 1005.0, 1060.0]


# -- on_fault ---------------------------------------------------------------------------------------


def handled(play, handlers, answer=None, outputs="x: steps.a.name", more=""):
    return play(
        f"""
        steps:
          - id: a
            call: readThing
            with: {{pointId: "{POINT}"}}
            on_fault: {handlers}
        {more}
        outputs: {{{outputs}}}
        """,
        World({"readThing": answer or refused("SGT401")}),
    )


def test_a_handler_goes_on_with_other_outputs(play):
    done = handled(
        play, '[{codes: [SGT401], continue: {name: "none: ${fault.code} ${fault.class}"}}]'
    )
    assert done.outputs == {"x": "none: SGT401 not_found"}
    assert done.world.traces[0].summary == "went on after SGT401"
    assert done.world.traces[0].after == "SGT401"


def test_the_first_handler_that_fits_is_taken_by_code_or_class(play):
    handlers = "[{codes: [SGT500], continue: {name: a}}, {classes: [not_found], continue: {name: b}}, {codes: [SGT401], continue: {name: c}}]"
    assert handled(play, handlers).outputs == {"x": "b"}


def test_without_a_fitting_handler_the_failure_stays(play):
    assert handled(play, "[{classes: [denied], continue: {name: a}}]").failure.code == "SGT401"


def test_a_handler_does_steps_and_the_last_one_gives_the_outputs(play):
    handlers = """[{codes: [SGT401], steps: [{id: h, set: {y: "${fault.message}"}}, {id: i, set: {name: "${steps.h.y}"}}]}]"""
    assert handled(play, handlers).outputs == {"x": "Enedis refused the call: SGT401"}


def test_a_handler_fails_in_other_words_and_says_why(play):
    handlers = '[{codes: [SGT401], fail: {code: LOGIN_FAILED, message: "no point (${fault.code})", hint: look}}]'
    failure = handled(play, handlers).failure
    assert (failure.code, failure.hint) == ("LOGIN_FAILED", "look")
    assert failure.problem.message == "no point (SGT401)"
    assert failure.fault_class is None  # its words are final: no handler of a class changes them
    assert ("because", "SGE201 Enedis refused the call: SGT401") in failure.problem.details


def test_a_handler_of_the_flow_gives_the_flows_outputs(play):
    more = '\n        on_fault: [{codes: [SGT401], continue: {x: "${fault.code}"}}]'
    done = handled(
        play,
        "[{codes: [SGT500], continue: {name: a}}]",
        outputs="x: steps.a.name, y: '1'",
        more=more,
    )
    assert done.outputs == {"x": "SGT401", "y": None}


def test_a_step_of_a_handler_may_return(play):
    handlers = '[{codes: [SGT401], steps: [{id: r, return: {x: "early"}}]}]'
    assert handled(play, handlers).outputs == {"x": "early"}


def test_a_check_that_fails_can_be_handled_by_its_code(play):
    done = play(
        """
        steps:
          - id: a
            check: env.generation == 'current'
            else: {code: TOO_OLD, message: "it is ${env.generation}", hint: wait}
            on_fault: [{codes: [TOO_OLD], steps: [{id: b, set: {x: "${fault.message}"}}]}]
        outputs: {x: steps.a.x}
        """
    )
    assert done.outputs == {"x": "it is previous"}


# -- fail, return, check ----------------------------------------------------------------------------


def test_a_failed_check_shows_its_parts_and_no_text(play):
    ended = play(
        """
        steps:
          - {id: a, check: "length(env.login) > 99 && env.region == 'south'"}
        """
    )
    assert ended.failure.code == "CHECK_FAILED"
    details = dict(ended.failure.problem.details)
    assert details["condition"] == "length(env.login) > 99 && env.region == 'south'"
    assert details["value"] == "false"
    tree = [pair for pair in ended.failure.problem.details if pair[0][0] in "├└│ "]
    assert tree == [
        ("├─ length(env.login) > 99", "false"),
        ("│  └─ length(env.login)", "15"),
        ("│     └─ env.login", "text"),
        ("└─ env.region == 'south'", "false"),
        ("   └─ env.region", "'north'"),
    ]
    assert (ended.failure.problem.at.line, ended.failure.problem.at.column) == (5, 21)


def test_conditions_that_must_all_hold_stand_below_each_other(play):
    ended = play(
        """
        steps:
          - {id: a, check: "run.today != 'x' && run.id != 'x' && env.region == 'south'"}
        """
    )
    labels = [label for label, _ in ended.failure.problem.details if label[0] in "├└"]
    assert labels == [
        "├─ run.today != 'x'",
        "├─ run.id != 'x'",
        "└─ env.region == 'south'",
    ]


@pytest.mark.parametrize(("partial", "id_"), [("false", "SGE102"), ("true", "SGE103")])
def test_a_fail_tells_its_words(play, partial, id_):
    ended = play(
        f"""
        steps:
          - id: a
            fail: {{code: NO_WAY, message: "on ${{run.today}}", hint: "try ${{env.region}}", partial: {partial}}}
        """
    )
    failure = ended.failure
    assert (failure.code, failure.hint, failure.partial) == (
        "NO_WAY",
        "try north",
        partial == "true",
    )
    assert failure.problem.id.code == id_
    assert failure.problem.message == "on 2025-06-15"


RETURN = """
steps:
  - id: outer
    {modifiers}
    {holder}
  - {{id: after, call: readThing, with: {{pointId: "30000000000011"}}}}
outputs: {{x: "1", y: "2"}}
"""
HOLDERS = {
    "group": ("title: x", "steps: [{id: r, return: {x: early}}]"),
    "item": ("foreach: ${[1, 2]}", "steps: [{id: r, return: {x: early}}]"),
    "items together": (
        "foreach: ${[1, 2]}\n    parallel: 2",
        "steps: [{id: r, return: {x: early}}]",
    ),
    "branch": (
        "title: x",
        "branches: {a: [{id: r, return: {x: early}}], b: [{id: s, set: {z: 1}}]}",
    ),
    "collected branch": (
        "on_item_error: collect",
        "branches: {b: [{id: s, set: {z: 1}}], a: [{id: r, return: {x: early}}]}",
    ),
}


@pytest.mark.parametrize(("modifiers", "holder"), HOLDERS.values(), ids=HOLDERS)
def test_a_return_ends_the_flow_wherever_it_stands(play, modifiers, holder):
    done = play(RETURN.format(modifiers=modifiers, holder=holder))
    assert done.outputs == {"x": "early", "y": None}
    assert done.world.calls == []


def test_no_item_begins_after_a_return(play):
    done = play(
        """
        steps:
          - id: each
            foreach: ${[1, 2]}
            on_item_error: collect
            steps:
              - {id: r, when: item == 1, return: {x: early}}
              - {id: a, call: readThing, with: {pointId: "30000000000011"}}
        outputs: {x: "1"}
        """
    )
    assert done.outputs == {"x": "early"}
    assert done.world.calls == []


def test_a_return_of_a_sub_flow_ends_the_sub_flow_alone(play):
    sub = """
        flow: sub
        title: x
        steps:
          - {id: a, call: readThing, with: {pointId: "30000000000011"}}
        on_fault: [{codes: [SGT401], steps: [{id: r, return: {x: gone}}]}]
        outputs: {x: steps.a.name}
        """
    done = play(
        """
        steps:
          - {id: a, flow: sub}
          - {id: b, set: {y: "after ${steps.a.x}"}}
        outputs: {y: steps.b.y}
        """,
        World({"readThing": refused("SGT401")}),
        more={"flows/sub.yaml": sub},
    )
    assert done.outputs == {"y": "after gone"}


def test_what_was_partial_stays_partial_after_a_return(play):
    done = play(
        """
        steps:
          - {id: a, foreach: "${[run.today]}", on_item_error: collect, check: "false"}
          - {id: b, return: {x: 1}}
        outputs: {x: "2"}
        """
    )
    assert done.end.status is Status.PARTIAL
