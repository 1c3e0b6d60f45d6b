"""The keys that may stand beside a verb, as JSON Schema, with an example of each."""

from __future__ import annotations

from sgeflow.core.language.schemas import CODE, NAME, Schema, closed_object, length, text, words
from sgeflow.core.model import FaultClass

ROOTS = ("inputs", "steps", "state", "env", "run", "this", "fault", "end")
"""The names that expressions start from; an `as` must be another."""

STEPS: Schema = {"$ref": "#/$defs/steps"}
"""Stands where a list of steps belongs."""

UNDO: Schema = {"$ref": "#/$defs/undo", "description": "a step, done when a later one fails"}
"""Stands where one step without an id belongs."""

VERDICT: Schema = {
    **closed_object(
        {
            "code": text("for programs: USER_ACTION_NEEDED, VENDOR_DOWN …", pattern=CODE),
            "message": words("what happened, for a person"),
            "hint": words("what the person can do"),
            "partial": {
                "type": "boolean",
                "description": "what was done stays done: nothing is undone, exit 7",
            },
            "technical": {
                "type": "boolean",
                "description": "nobody here did wrong: another side does not work now, exit 5",
            },
        },
        ("code", "message"),
        "an end that is told",
    ),
    "x-called": "an end",
}

RETRY: Schema = closed_object(
    {
        "attempts": {"type": "integer", "minimum": 1, "maximum": 20},
        "backoff": length("the first wait; each next one is twice as long"),
        "longest": length("no wait is longer"),
        "jitter": {"type": "boolean", "description": "wait a random part of it"},
        "within": length("all tries together"),
    },
    description="technical errors of reads; of an order, calls that surely never left",
)

HANDLERS: Schema = {
    "type": "array",
    "minItems": 1,
    "description": "by code or class: ask again, go on with outputs, do steps, fail in other words",
    "items": {
        **closed_object(
            {
                "codes": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                "classes": {
                    "type": "array",
                    "items": {"enum": [name.value for name in FaultClass]},
                    "minItems": 1,
                },
                "continue": {"type": "object", "description": "go on with these outputs"},
                "steps": STEPS,
                "fail": VERDICT,
                "retry": {**RETRY, "description": "ask again first: reads, of a call or http step"},
            }
        ),
        "x-called": "a handler",
    },
}

COMMON: Schema = {
    "when": {
        "type": ["string", "boolean"],
        "description": "JMESPath; the step is skipped if false",
    },
    "foreach": {
        "type": ["string", "array"],
        "description": "a list: the step is done once an item",
    },
    "as": text("the item's name in expressions", pattern=NAME),
    "parallel": {"type": "integer", "minimum": 1, "maximum": 64},
    "until": text("JMESPath over this: no further item once it holds"),
    "on_item_error": {"enum": ["stop", "collect", "keep"]},
    "on_fault": HANDLERS,
    "timeout": length("for this step, all its tries included"),
    "undo": UNDO,
}

SPECIAL: Schema = {
    "retry": RETRY,
    "poll": closed_object(
        {
            "every": length("between two questions"),
            "until": text("JMESPath over this: what is waited for"),
            "fail_if": text("JMESPath over this: what will never become good"),
            "within": length("longest wait in all"),
        },
        ("every", "until", "within"),
        "asked again until a condition holds",
    ),
}


MODIFIER_EXAMPLES = {
    "when": "- {id: a, when: run.today < '2000-01-01', set: {x: 1}}",
    "foreach": '- {id: a, foreach: [1, 2], set: {x: "${item}"}}',
    "as": '- {id: a, foreach: [1, 2], as: n, set: {x: "${n}"}}',
    "parallel": '- {id: a, foreach: [1, 2, 3], parallel: 2, set: {x: "${item}"}}',
    "until": '- {id: a, foreach: [1, 2, 3], until: this.x == 2, set: {x: "${item}"}}',
    "on_item_error": "- {id: a, foreach: [1, 2], on_item_error: collect,"
    " check: item < 2, else: {code: TOO_BIG, message: It is too big.}}",
    "on_fault": "- {id: a, steps: [{id: b, fail: {code: GONE, message: It is gone.}}],"
    " on_fault: [{codes: [GONE], continue: {b: none}}]}",
    "timeout": "- {id: a, http: {service: communes, path: /communes/69003}, timeout: PT20S}",
    "undo": '- {id: a, set: {x: 1}, undo: {set: {taken_back: "${this.x}"}}}',
    "retry": "- {id: a, http: {service: communes, path: /communes/69003},"
    " retry: {attempts: 5, backoff: PT2S}}",
    "poll": "- {id: a, http: {service: communes, path: /communes/69003},"
    " poll: {every: PT10S, until: this.status == 200, within: PT5M}}",
}
"""Steps by modifier: the step `a` has it."""
