"""Undoing what was done when a later step fails: last first, only what was done, never blindly."""

from tests.core.engine.conftest import World, lost, refused

ORDERS = """
inputs: {{p: {{type: string, default: "30000000000011"}}}}
steps:
  - id: one
    call: orderThing
    with: {{pointId: "${{inputs.p}}"}}
    {handlers}
    undo: {{http: {{service: office, method: DELETE, path: "/one/${{this.serviceId}}"}}}}
  - id: two
    when: "{when}"
    http: {{service: office, method: POST, path: /two}}
    undo:
      http:
        service: office
        method: DELETE
        path: "/two/${{steps.one.serviceId}}/${{this.status}}"
        repeatable: true
      {undo}
  {last}
"""
FAIL = "- {id: three, fail: {code: NO, message: no}}"


def orders(handlers="title: one", when="true", undo="title: two", last=FAIL):
    return ORDERS.format(handlers=handlers, when=when, undo=undo, last=last)


def world(**answers):
    return World({"orderThing": {"serviceId": "s1"}, **answers})


def test_what_was_done_is_undone_last_first(play):
    ended = play(orders(), world())
    assert ended.failure.code == "NO"
    assert ended.paths == ["POST /two", "DELETE /two/s1/200", "DELETE /one/s1"]
    assert [key for key, _ in ended.world.keys] == [
        "main/one#orderThing",
        "main/two#POST office",
        "main/two@undo#DELETE office",
        "main/one@undo#DELETE office",
    ]
    assert ended.end.undos == ()


def test_nothing_is_undone_when_all_went_well(play):
    done = play(orders(last=""), world())
    assert done.paths == ["POST /two"]


def test_what_was_skipped_is_not_undone(play):
    assert play(orders(when="false"), world()).paths == ["DELETE /one/s1"]


def test_the_step_that_failed_is_not_undone(play):
    ended = play(orders(), world(**{"POST office": refused("X")}))
    assert ended.failure.code == "NO"  # the body of the answer is no refusal of http
    ended = play(orders(), world(orderThing=refused("SGT401")))
    assert ended.paths == []


def test_what_a_handler_reused_is_not_undone(play):
    ended = play(
        orders("on_fault: [{codes: [SGT401], continue: {serviceId: old}}]"),
        world(orderThing=refused("SGT401")),
    )
    assert ended.paths == ["POST /two", "DELETE /two/old/200"]


def test_a_partial_end_undoes_nothing(play):
    last = "- {id: three, fail: {code: NO, message: no, partial: true}}"
    assert play(orders(last=last), world()).paths == ["POST /two"]


def test_a_failing_undo_is_told_and_the_others_are_done(play):
    answer = [{}, refused("X")]
    ended = play(
        orders(undo="on_fault: [{codes: [HTTP404], continue: {}}]"),
        world(**{"DELETE office": [*[lost(sent=None)] * 3, {}], "POST office": answer}),
    )
    assert ended.paths[-4:] == [*["DELETE /two/s1/200"] * 3, "DELETE /one/s1"]
    (told,) = ended.world.warnings
    assert told.startswith("main/two could not be undone: SGE402")
    assert ended.failure.code == "NO"


def test_an_undo_keeps_its_modifiers(play):
    assert play(orders(undo="when: this.status == 404"), world()).paths == [
        "POST /two",
        "DELETE /one/s1",
    ]
    world_ = world(**{"DELETE office": lost(sent=False)})
    play(orders(undo="retry: {attempts: 2, backoff: PT7S}"), world_)
    assert world_.pauses == [7.0, 1.0, 2.0]  # the other undo has the plain tries


def test_items_and_branches_are_undone_too(play):
    ended = play(
        """
        steps:
          - id: each
            foreach: ${['a', 'b']}
            as: name
            http: {service: office, method: POST, path: "/${name}"}
            undo: {http: {service: office, method: DELETE, path: "/${name}"}}
          - id: both
            branches:
              left: [{id: l, http: {service: office, method: POST, path: /l}, undo: {http: {service: office, method: DELETE, path: /l}}}]
              right: [{id: r, check: "false"}]
        """
    )
    assert ended.paths == ["POST /a", "POST /b", "POST /l", "DELETE /l", "DELETE /b", "DELETE /a"]
    keys = [key for key, _ in ended.world.keys]
    assert keys[-3:] == [
        "main/both/left/l@undo#DELETE office",
        "main/each[1]@undo#DELETE office",
        "main/each[0]@undo#DELETE office",
    ]


def test_an_item_that_failed_and_was_collected_keeps_the_undos_of_the_others(play):
    ended = play(
        """
        steps:
          - id: each
            foreach: ${['a', 'b']}
            as: name
            on_item_error: collect
            steps:
              - {id: s, http: {service: office, method: POST, path: "/${name}"}, undo: {http: {service: office, method: DELETE, path: "/${name}"}}}
              - {id: c, check: name == 'a'}
          - {id: end, fail: {code: NO, message: no}}
        """
    )
    assert ended.paths == ["POST /a", "POST /b", "DELETE /b", "DELETE /a"]


def test_what_a_polled_group_did_is_undone_when_it_does_not_come(play):
    ended = play(
        """
        state: {collection: c, key: k}
        steps:
          - id: a
            poll: {every: PT10S, until: "false", within: PT15S}
            steps:
              - {id: b, remember: {x: 1}, undo: {http: {service: office, method: DELETE, path: /x}}}
        """
    )
    assert ended.failure.code == "SGE408"
    assert ended.paths == ["DELETE /x", "DELETE /x"]
    assert len(set(ended.world.keys)) == 2


def test_what_every_question_of_a_poll_did_is_undone_when_a_later_step_fails(play):
    ended = play(
        f"""
        state: {{collection: c, key: k}}
        steps:
          - id: a
            poll: {{every: PT10S, until: this.seen.name == 'ready', within: PT60S}}
            steps:
              - {{id: b, remember: {{x: 1}}, undo: {{http: {{service: office, method: DELETE, path: /x}}}}}}
              - {{id: seen, call: readThing, with: {{pointId: "30000000000011"}}}}
          {FAIL}
        """,
        World({"readThing": [{"name": "wait"}, {"name": "ready"}]}),
    )
    assert ended.failure.code == "NO"
    assert ended.paths == ["DELETE /x", "DELETE /x"]


# -- sub-flows --------------------------------------------------------------------------------------

SUB = """
    flow: sub
    title: x
    inputs: {p: {type: string}, fails: {type: boolean, default: false}}
    steps:
      - id: a
        http: {service: office, method: POST, path: "/${inputs.p}"}
        undo: {http: {service: office, method: DELETE, path: "/${inputs.p}"}}
      - {id: b, when: inputs.fails, fail: {code: SUB_FAILED, message: no}}
    outputs: {status: steps.a.status}
    """


def test_a_sub_flow_is_given_inputs_and_gives_outputs(play):
    done = play(
        "steps: [{id: s, flow: sub, with: {p: x}}]\noutputs: {s: steps.s}",
        more={"flows/sub.yaml": SUB},
    )
    assert done.outputs == {"s": {"status": 200}}
    assert done.world.keys == [("main/s/sub/a#POST office", 1)]


def test_a_sub_flow_undoes_its_own_when_it_fails(play):
    ended = play(
        "steps: [{id: s, flow: sub, with: {p: x, fails: true}}]", more={"flows/sub.yaml": SUB}
    )
    assert ended.failure.code == "SUB_FAILED"
    assert ended.failure.step == "main/s/sub/b"
    assert ended.paths == ["POST /x", "DELETE /x"]


def test_a_finished_sub_flow_is_not_undone_later(play):
    ended = play(
        f"steps:\n  - {{id: s, flow: sub, with: {{p: x}}}}\n  {FAIL}", more={"flows/sub.yaml": SUB}
    )
    assert ended.failure.code == "NO"
    assert ended.paths == ["POST /x"]


def test_a_sub_flow_refuses_wrong_inputs_before_it_begins(play):
    ended = play(
        'steps: [{id: s, flow: sub, with: {p: x, fails: "${values({a: 3})[0]}"}}]',
        more={"flows/sub.yaml": SUB},
    )
    assert ended.failure.code == "SGE042"
    assert ended.world.calls == []


def test_a_sub_flow_has_a_state_of_its_own(play):
    sub = """
        flow: sub
        title: x
        inputs: {p: {type: string}}
        state: {collection: others, key: "${inputs.p}"}
        steps: [{id: a, remember: {x: "${default(state.x, 0)}", y: 2}}]
        outputs: {was: state.x, now: steps.a}
        """
    done = play(
        """
        state: {collection: mine, key: k}
        steps:
          - {id: a, remember: {z: 1}}
          - {id: s, flow: sub, with: {p: q}}
          - {id: b, remember: {z: null, u: 3}}
        outputs: {s: steps.s, mine: steps.b}
        """,
        world_ := World(memory={("others", "q"): {"x": 7, "w": 8}}),
        more={"flows/sub.yaml": sub},
    )
    assert done.outputs == {"s": {"was": 7, "now": {"x": 7, "w": 8, "y": 2}}, "mine": {"u": 3}}
    assert world_.memory == {("others", "q"): {"x": 7, "w": 8, "y": 2}, ("mine", "k"): {"u": 3}}


def test_an_error_in_the_outputs_undoes_the_steps(play):
    ended = play(orders(last="") + "outputs: {x: 'days_between(run.today, env.region)'}\n", world())
    assert "'north' is not a date" in ended.failure.problem.message
    assert ended.paths == ["POST /two", "DELETE /two/s1/200", "DELETE /one/s1"]
