"""The roots of expressions and the keys of a flow, each with its meaning and an example."""

from msgspec import Struct

from sgeflow.messages import Message, say


class FlowWord(Struct, frozen=True, kw_only=True):
    """A word of flows that is no verb, function or modifier; its example is the rest of a flow."""

    about: Message
    example: str


FLOW_WORDS = {
    "inputs": FlowWord(
        about=say(
            "inputs of a run: names with a JSON Schema each, which `inputs.NAME` reads in "
            "expressions"
        ),
        example="""\
inputs: {days: {type: integer, minimum: 1, default: 7}}
steps: [{id: a, set: {start: "${date_add(run.today, '-P7D')}", days: "${inputs.days}"}}]""",
    ),
    "outputs": FlowWord(
        about=say("outputs of a run: names with an expression each, over `steps`, `inputs`, …"),
        example="""\
steps: [{id: a, set: {x: 1}}]
outputs: {x: steps.a.x}""",
    ),
    "state": FlowWord(
        about=say(
            "values remembered between runs, under a collection and a key; `state.NAME` reads the "
            "values remembered when the run began"
        ),
        example="""\
inputs: {pointId: {type: string}}
state: {collection: examples, key: "${inputs.pointId}"}
steps:
  - {id: a, when: "!present(state.since)", remember: {since: "${run.today}"}}""",
    ),
    "finally": FlowWord(
        about=say(
            "steps that are done when all else is over, however the flow ended; they read `end`, "
            "tell, and change nothing"
        ),
        example="""\
steps: [{id: a, set: {x: 1}}]
finally:
  - id: told
    when: end.status == 'failed'
    http: {service: backoffice, method: POST, path: /notices, body: {code: "${end.code}"}}""",
    ),
    "end": FlowWord(
        about=say(
            "how the flow ended, in `finally`: `end.status` (done, partial, failed), `end.code`, "
            "`end.class` and `end.step` of the failure, and `end.outputs`"
        ),
        example="""\
steps: [{id: a, set: {x: 1}}]
finally:
  - id: told
    http: {service: backoffice, method: POST, path: /notices, body: {status: "${end.status}"}}""",
    ),
    "env": FlowWord(
        about=say(
            "the environment: `env.name`, `login`, `contractId`, `generation`, `simulated` and its "
            "settings, never a secret"
        ),
        example="""\
steps: [{id: a, when: env.generation == 'current', set: {login: "${env.login}"}}]""",
    ),
    "run": FlowWord(
        about=say("this run: `run.id`, `run.today`, `run.now`, frozen when it begins"),
        example="""\
steps: [{id: a, set: {week: "${date_add(run.today, '-P7D')}"}}]""",
    ),
    "this": FlowWord(
        about=say("outputs of the step itself, in `until`, `repeat`, `poll` and `undo`"),
        example="""\
steps:
  - id: a
    http: {service: communes, path: /communes/69003}
    poll: {every: PT10S, until: this.status == 200, within: PT5M}""",
    ),
    "turn": FlowWord(
        about=say("values of this turn of a `repeat`: those of its `with`, then of its `next`"),
        example="""\
steps:
  - id: a
    repeat: {with: {page: 1}, next: {page: "${sum([turn.page, 1])}"}, until: empty(this.body)}
    http: {service: communes, path: /communes, query: {page: "${turn.page}"}}""",
    ),
    "fault": FlowWord(
        about=say("the failure, in `on_fault`: `fault.code`, `class`, `message`, `reason`"),
        example="""\
steps:
  - id: a
    http: {service: communes, path: /communes/69003}
    on_fault: [{classes: [network], fail: {code: DOWN, message: "It is down (${fault.code})."}}]""",
    ),
    "item": FlowWord(
        about=say("the item of a `foreach`, renamed by `as`"),
        example="""\
steps: [{id: a, foreach: [1, 2], set: {x: "${item}"}}]""",
    ),
}
"""The words by name; `steps` is with the verbs, because it is also a verb."""
