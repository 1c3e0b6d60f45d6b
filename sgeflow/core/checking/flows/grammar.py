"""The keys of flows and steps as JSON Schema: the keys of verbs, and the modifiers."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.language.schemas import (
    CODE,
    DRAFT,
    EARLIER_CUSTOMER,
    FLOW_NAME,
    NAME,
    PARAMETER,
    Schema,
    array,
    closed_object,
    flag,
    length,
    names_to,
    text,
    whole,
    words,
)
from sgeflow.core.model import FaultClass
from sgeflow.messages import say

ROOTS = ("inputs", "steps", "state", "env", "run", "this", "turn", "fault", "end")
"""The names that expressions start from; `as` must use another name."""

DEFAULT_TURNS, MOST_TURNS = 1000, 100_000
"""The limit of a `repeat` that has none, and the greatest one."""

STEPS: Schema = {"$ref": "#/$defs/steps"}
"""A reference to the schema of a list of steps."""

UNDO: Schema = {"$ref": "#/$defs/undo", "description": "a step that runs if a later step fails"}
"""A reference to the schema of one step without an id."""

VERDICT: Schema = closed_object(
    {
        "code": text("for programs: USER_ACTION_NEEDED, VENDOR_DOWN …", pattern=CODE),
        "message": words("the event, in words for a person"),
        "hint": words("the next action for that person"),
        "partial": flag("true: completed steps are not undone, exit 7"),
        "technical": flag("true: another system does not work at the moment, exit 5"),
    },
    ("code", "message"),
    "an end",
    called="an end",
)

RETRY: Schema = closed_object(
    {
        "attempts": {"type": "integer", "minimum": 1, "maximum": 20},
        "backoff": length("the first wait; each further wait doubles"),
        "longest": length("the longest single wait"),
        "jitter": flag("true: wait for a random part of the time"),
        "within": length("the time limit of all attempts together"),
    },
    description=(
        "retries after technical errors: for reads, and for orders that certainly were not sent"
    ),
)

HANDLERS: Schema = array(
    closed_object(
        {
            "codes": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "classes": {
                "type": "array",
                "items": {"enum": [name.value for name in FaultClass]},
                "minItems": 1,
            },
            "continue": {"type": "object", "description": "continue with these outputs"},
            "steps": STEPS,
            "fail": VERDICT,
            "retry": {**RETRY, "description": "retry first; only for reads of a call or http step"},
        },
        called="a handler",
    ),
    "by code or class: retry, continue with given outputs, run steps, or fail with another message",
    minItems=1,
)

COMMON: Schema = {
    "when": {
        "type": ["string", "boolean"],
        "description": "JMESPath; the step is skipped if false",
    },
    "foreach": {
        "type": ["string", "array"],
        "description": "a list: the step runs once for each item",
    },
    "as": text("the item's name in expressions", pattern=NAME),
    "parallel": {"type": "integer", "minimum": 1, "maximum": 64},
    "until": text("JMESPath over this: stops the loop when true"),
    "on_item_error": {"enum": ["stop", "collect", "keep"]},
    "on_fault": HANDLERS,
    "timeout": length("the time limit of this step, with all retries"),
    "undo": UNDO,
}

SPECIAL: Schema = {
    "retry": RETRY,
    "repeat": closed_object(
        {
            "with": names_to({}, "values of the first turn, read as turn.NAME; default: null"),
            "next": {
                **names_to({}, "values of each further turn, over this and turn"),
                "minProperties": 1,
            },
            "until": text("JMESPath over this: the last turn"),
            "limit": whole(
                "the most turns; one more is a failure", 1, MOST_TURNS, default=DEFAULT_TURNS
            ),
        },
        ("next", "until"),
        "repeat with values that the last turn gave, such as a cursor",
    ),
    "poll": closed_object(
        {
            "every": length("the time between two requests"),
            "until": text("JMESPath over this: the awaited condition"),
            "fail_if": text("JMESPath over this: stops polling when true"),
            "within": length("the longest wait in total"),
        },
        ("every", "until", "within"),
        "repeat until a condition is true",
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
    "repeat": "- {id: a, http: {service: communes, path: /communes, query: {page: '${turn.page}'}},"
    " repeat: {with: {page: 1}, next: {page: '${sum([turn.page, 1])}'}, until: empty(this.body)}}",
    "poll": "- {id: a, http: {service: communes, path: /communes/69003},"
    " poll: {every: PT10S, until: this.status == 200, within: PT5M}}",
}
"""Example steps by modifier: the step `a` has the modifier."""


_SHARED: Mapping[str, Schema] = {
    "handlers": HANDLERS,
    "poll": SPECIAL["poll"],
    "repeat": SPECIAL["repeat"],
    "retry": RETRY,
    "text": words("a single line"),
    "verdict": VERDICT,
}
"""Schemas that are defined once in an editor's file, by the names of their definitions."""

_LIST: Schema = {"type": "array", "minItems": 1, "items": {"type": "object"}}
_ID = text("the step's name; expressions read steps.<id>", pattern=NAME)
_TITLE = words("purpose of the step, shown while the flow runs")


class Grammar(Struct, eq=False):
    """The verbs, and the schemas made from them."""

    verbs: Mapping[str, Verb]
    _schemas: dict[tuple[str, bool], Schema] = field(default_factory=dict)

    def step_schema(self, verb: Verb, *, named: bool) -> Schema:
        """The schema of a step of one verb; nested steps are checked with their own schemas."""
        key = verb.name, named
        if key not in self._schemas:
            schema = closed_object(_without_steps(self._keys(verb)), ("id", verb.name))
            called = {**schema, "x-called": say("a {verb} step", verb=verb.name)}
            self._schemas[key] = called if named else _without_id(called)
        return self._schemas[key]

    def flow_schema(self) -> Schema:
        """The whole grammar as one JSON Schema, for editors."""
        choices = [
            {
                "if": {"required": [name]},
                "then": closed_object(self._keys(verb), ("id", verb.name)),
            }
            for name, verb in sorted(self.verbs.items())
        ]
        step = {
            "type": "object",
            "required": ["id"],
            "properties": {name: {"description": v.manual} for name, v in self.verbs.items()},
            "anyOf": [{"required": [name]} for name in sorted(self.verbs)],
            "allOf": choices,
        }
        undo = {
            **step,
            "required": [],
            "allOf": [{**choice, "then": _without_id(choice["then"])} for choice in choices],
        }
        steps = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}}
        shared = {name: _members_referring(schema) for name, schema in _SHARED.items()}
        whole = _referring({**_flow(), "$defs": {"steps": steps, "step": step, "undo": undo}})
        return {
            "$schema": DRAFT,
            "title": "sgeflow flow",
            **whole,
            "$defs": {**whole["$defs"], **shared},
        }

    def _keys(self, verb: Verb) -> Schema:
        special = {name: schema for name, schema in SPECIAL.items() if name in verb.modifiers}
        return {"id": _ID, "title": _TITLE, **verb.properties, **COMMON, **special}


_GRAMMARS: dict[int, Grammar] = {}  # by the identity of the verbs, which each grammar keeps alive


def grammar_of(verbs: Mapping[str, Verb]) -> Grammar:
    """The grammar of these verbs, made once."""
    return _GRAMMARS.setdefault(id(verbs), Grammar(verbs))


def _flow() -> Schema:
    state = closed_object(
        {
            "collection": text("the remembered values"),
            "key": text("the key in the collection, a template"),
            "customer": EARLIER_CUSTOMER,
        },
        ("collection", "key"),
        "values remembered between runs, read as state.*",
    )
    schema = closed_object(
        {
            "flow": text("the name; also the name of the file", pattern=FLOW_NAME),
            "title": words("a single line"),
            "description": words("purpose of the flow, its customers and its changes"),
            "example": text("example arguments of `sgeflow run NAME`", pattern=r"^[^\n]+$"),
            "inputs": names_to(PARAMETER, "inputs of a run"),
            "state": state,
            "steps": STEPS,
            "on_fault": HANDLERS,
            "finally": STEPS,
            "outputs": names_to(
                {"type": ["string", "boolean", "number", "null"]}, "outputs of a run, JMESPath"
            ),
        },
        ("flow", "title", "steps"),
        "Operations chained with conditions.",
    )
    return {**schema, "x-called": "a flow"}


def _referring(schema: Any) -> Any:
    """A copy in which references with a description of their own replace the `_SHARED` schemas."""
    if isinstance(schema, list):
        return [_referring(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    for name, shared in _SHARED.items():
        if {**schema, "description": shared["description"]} == shared:
            reference = {"$ref": f"#/$defs/{name}"}
            is_own = schema["description"] != shared["description"]
            return reference | ({"description": schema["description"]} if is_own else {})
    return _members_referring(schema)


def _members_referring(schema: Schema) -> dict[str, Any]:
    return {key: _referring(value) for key, value in schema.items()}


def _without_id(schema: Schema) -> Schema:
    """The schema of a step as an `undo`: without an id, and without an undo."""
    properties = {k: v for k, v in schema["properties"].items() if k not in ("id", "undo")}
    required = [name for name in schema["required"] if name != "id"]
    return {**schema, "properties": properties, "required": required}


def _without_steps(schema: Any) -> Any:
    if schema == STEPS:
        return _LIST
    if schema == UNDO:
        return {"type": "object"}
    if isinstance(schema, dict):
        return {key: _without_steps(value) for key, value in schema.items()}
    return schema


FLOW_FORM = _without_steps(_flow())
"""The form of a flow's document; steps are checked one by one."""
