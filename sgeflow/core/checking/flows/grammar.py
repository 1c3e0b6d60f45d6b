"""Flow documents: their JSON Schema, made from the verbs, and their decoding to steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sgeflow.core.checking.flows import modifiers
from sgeflow.core.checking.flows.modifiers import HANDLERS, RETRY, STEPS, UNDO, VERDICT
from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.language.schemas import (
    DRAFT,
    EARLIER_CUSTOMER,
    FLOW_NAME,
    NAME,
    PARAMETER,
    Schema,
    closed_object,
    names_to,
    text,
    words,
)
from sgeflow.messages import say

_SHARED: Mapping[str, Schema] = {
    "handlers": HANDLERS,
    "poll": modifiers.SPECIAL["poll"],
    "retry": RETRY,
    "text": words("one line"),
    "verdict": VERDICT,
}
"""Schemas that an editor's file has once, by the names of their definitions."""

_LIST: Schema = {"type": "array", "minItems": 1, "items": {"type": "object"}}
_ID = text("the step's name; expressions read steps.<id>", pattern=NAME)
_TITLE = words("what it does, for people who follow the run")


class Grammar(Struct, eq=False):
    """The verbs, and the schemas they make."""

    verbs: Mapping[str, Verb]
    _schemas: dict[tuple[str, bool], Schema] = field(default_factory=dict)

    def step_schema(self, verb: Verb, named: bool = True) -> Schema:  # noqa: FBT001, FBT002
        """The schema of a step of one verb; nested steps have theirs."""
        key = verb.name, named
        if key not in self._schemas:
            schema = closed_object(_without_steps(self._keys(verb)), ("id", verb.name))
            called = {**schema, "x-called": say("a {verb} step", verb=verb.name)}
            self._schemas[key] = called if named else _without_id(called)
        return self._schemas[key]

    def step_keys(self, verb: Verb) -> tuple[str, ...]:
        """The keys of a verb in which steps stand."""
        forms = verb.properties
        return tuple(key for key in forms if _without_steps(forms[key]) != forms[key])

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
        undo = {**step, "required": [], "allOf": [_without_name(choice) for choice in choices]}
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
        special = {
            name: schema for name, schema in modifiers.SPECIAL.items() if name in verb.modifiers
        }
        return {"id": _ID, "title": _TITLE, **verb.properties, **modifiers.COMMON, **special}


_GRAMMARS: dict[int, Grammar] = {}  # by the identity of their verbs, which they keep alive


def grammar_of(verbs: Mapping[str, Verb]) -> Grammar:
    """The grammar of these verbs, made once."""
    return _GRAMMARS.setdefault(id(verbs), Grammar(verbs))


def _flow() -> Schema:
    state = closed_object(
        {
            "collection": text("what is remembered"),
            "key": text("for whom, a template"),
            "customer": EARLIER_CUSTOMER,
        },
        ("collection", "key"),
        "what is remembered between runs, read as state.*",
    )
    schema = closed_object(
        {
            "flow": text("its name; the file is named after it", pattern=FLOW_NAME),
            "title": words("one line"),
            "description": words("what it does, for whom, and what it changes"),
            "example": text("what stands behind sgeflow run NAME to try it", pattern=r"^[^\n]+$"),
            "inputs": names_to(PARAMETER, "what a run takes"),
            "state": state,
            "steps": STEPS,
            "on_fault": modifiers.HANDLERS,
            "finally": STEPS,
            "outputs": names_to(
                {"type": ["string", "boolean", "number", "null"]}, "what a run gives, JMESPath"
            ),
        },
        ("flow", "title", "steps"),
        "Operations chained with conditions.",
    )
    return {**schema, "x-called": "a flow"}


def _referring(schema: Any) -> Any:
    """A schema in which a reference stands for each of `_SHARED`, with a description of its own."""
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


def _without_name(choice: Schema) -> Schema:
    return {**choice, "then": _without_id(choice["then"])}


def _without_id(schema: Schema) -> Schema:
    """The schema of a step as an `undo`: without an id, and without an undo of its own."""
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
"""The form of a flow's document; its steps are looked at one by one."""
