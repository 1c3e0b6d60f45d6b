"""Flow documents: their JSON Schema, made from the verbs, and their decoding to steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sgeflow.core.engine import modifiers
from sgeflow.core.engine.step import Step, Verb
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.reader import Reader, Types
from sgeflow.core.language.schemas import (
    DRAFT,
    FLOW_NAME,
    NAME,
    PARAMETER,
    Schema,
    closed,
    names_to,
    text,
)
from sgeflow.core.language.shape import ANY
from sgeflow.core.language.source import Path, Tree
from sgeflow.core.language.suggest import closest
from sgeflow.core.language.template import Template, constant
from sgeflow.core.model import Flow, State
from sgeflow.errors import Id, Location, Problem

STEPS: Schema = {"$ref": "#/$defs/steps"}
"""Stands in a verb's properties where a list of steps belongs."""

_LIST: Schema = {"type": "array", "minItems": 1, "items": {"type": "object"}}
_ID = text("the step's name; expressions read steps.<id>", pattern=NAME)
_TITLE = text("what it does, for people who follow the run")


@dataclass(slots=True)
class Grammar:
    """The verbs, and the schemas they make."""

    verbs: Mapping[str, Verb]
    _schemas: dict[str, Schema] = field(default_factory=dict)

    def step_schema(self, verb: Verb) -> Schema:
        """What a step of one verb may hold; nested steps are looked at one by one."""
        if verb.name not in self._schemas:
            plain = _without_steps(self._keys(verb))
            required = ("id", *verb.required)
            self._schemas[verb.name] = {
                **closed(plain, required),
                "x-called": f"a {verb.name} step",
            }
        return self._schemas[verb.name]

    def flow_schema(self) -> Schema:
        """The whole grammar as one JSON Schema, for editors."""
        choices = [
            {"if": {"required": [name]}, "then": closed(self._keys(verb), ("id", *verb.required))}
            for name, verb in sorted(self.verbs.items())
        ]
        step = {
            "type": "object",
            "required": ["id"],
            "properties": {name: {"description": v.manual} for name, v in self.verbs.items()},
            "anyOf": [{"required": [name]} for name in sorted(self.verbs)],
            "allOf": choices,
        }
        steps = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}}
        return {
            "$schema": DRAFT,
            "title": "sgeflow flow",
            **_flow(STEPS),
            "$defs": {"steps": steps, "step": step},
        }

    def _keys(self, verb: Verb) -> Schema:
        allowed = modifiers.COMMON | {
            name: schema for name, schema in modifiers.SPECIAL.items() if name in verb.modifiers
        }
        return {"id": _ID, "title": _TITLE, **verb.properties, **allowed}


def decode_flow(tree: Tree, types: Types, grammar: Grammar) -> tuple[Flow | None, list[Problem]]:
    """One flow, its names still unchecked, or what is wrong with its document."""
    reader = Reader(tree, types)
    if not reader.valid(_flow(_LIST)):
        return None, reader.problems
    data = tree.data
    decoder = Decoder(reader, grammar)
    state = data.get("state")
    flow = Flow(
        name=data["flow"],
        title=data["title"],
        description=data.get("description", ""),
        inputs=reader.parameters(("inputs",)),
        state=State(collection=state["collection"], key=reader.template(("state", "key")))
        if state
        else None,
        steps=decoder.steps(("steps",)),
        handlers=modifiers.handlers(decoder, ("on_fault",)),
        outputs=reader.expressions(("outputs",)),
        shape=ANY,
        at=reader.at(("flow",)),
    )
    stem = tree.source.name.rpartition("/")[2].partition(".")[0]
    if stem != flow.name:
        message = f'flow "{flow.name}" stands in a file named {stem}.yaml'
        reader.report(Id.NAME, message, ("flow",), suggestion=f"{flow.name}.yaml")
    return (None if reader.problems else flow), reader.problems


@dataclass(slots=True)
class Decoder:
    """Decodes the steps of one flow."""

    reader: Reader
    grammar: Grammar
    ids: dict[str, Location] = field(default_factory=dict)

    def steps(self, path: Path) -> tuple[Step, ...]:
        """The steps of a list; one with a mistake is left out, its mistake is noted."""
        outer, self.ids = self.ids, dict(self.ids)  # ids are unique among all that can be read
        found = [self.step((*path, index)) for index in range(len(self.reader.get(path, ())))]
        self.ids = outer
        return tuple(step for step in found if step)

    def step(self, path: Path, *, named: bool = True) -> Step | None:
        """One step; an `undo` has no id of its own."""
        data = self.reader.get(path)
        verb = self._verb(path, data)
        if verb is None:
            return None
        schema = self.grammar.step_schema(verb)
        if not named:
            schema = {**schema, "required": list(verb.required)}
        if not self.reader.valid(schema, path):
            return None
        if named:
            self._unique(path, data["id"])
        keys = Keys(self, path, verb)
        return Step(
            id=data.get("id", "undo"),
            verb=verb,
            spec=verb.decode(keys),
            title=data.get("title", ""),
            at=self.reader.at(path),
            **modifiers.decode(self, path, data),
        )

    def _verb(self, path: Path, data: Mapping[str, Any]) -> Verb | None:
        verbs = self.grammar.verbs
        found = [key for key in data if key in verbs]
        if len(found) == 1:
            return verbs[found[0]]
        if found:
            message = f"a step with two verbs: {' and '.join(found)}"
            self.reader.report(Id.VERB, message, (*path, found[1]), key=True)
            return None
        guesses = (closest(key, verbs) for key in data if key not in modifiers.COMMON)
        self.reader.report(
            Id.VERB,
            "a step without a verb",
            path,
            allowed=tuple(sorted(verbs)),
            allowed_label="verbs",
            suggestion=next((guess for guess in guesses if guess), ""),
        )
        return None

    def _unique(self, path: Path, name: str) -> None:
        if name in self.ids:
            note = f"first in line {self.ids[name].line}"
            self.reader.report(Id.NAME, f'two steps are called "{name}"', (*path, "id"), note=note)
        self.ids.setdefault(name, self.reader.at((*path, "id")))


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one step, as its verb reads them."""

    decoder: Decoder
    path: Path
    verb: Verb

    def get(self, *key: str | int, default: Any = None) -> Any:
        """The plain value of a key."""
        return self.decoder.reader.get((*self.path, *key), default)

    def at(self, *key: str | int) -> Location:
        """The place of a key's value."""
        return self.decoder.reader.at((*self.path, *key))

    def key_at(self, *key: str | int) -> Location:
        """The place of a key itself."""
        return self.decoder.reader.at((*self.path, *key), key=True)

    def template(self, *key: str | int, default: Any = None) -> Template:
        """The value of a key with its `${…}` compiled, or the default as a constant."""
        if self.get(*key) is None:
            return constant(default)
        return self.decoder.reader.template((*self.path, *key))

    def templates(self, *key: str | int) -> dict[str, Template]:
        """The templates of a mapping of names."""
        return self.decoder.reader.templates((*self.path, *key))

    def expression(self, *key: str | int) -> Expression | None:
        """The bare expression of a key."""
        return self.decoder.reader.expression((*self.path, *key))

    def steps(self, *key: str | int) -> tuple[Step, ...]:
        """The steps of a list."""
        return self.decoder.steps((*self.path, *key))

    def places(self, *key: str | int) -> dict[str, Location]:
        """The places of the names of a mapping."""
        names = self.get(*key) or {}
        return {name: self.key_at(*key, name) for name in names}

    def report(self, id_: Id, message: str, *key: str | int, **more: Any) -> None:
        """Note a problem at a key's value."""
        self.decoder.reader.report(id_, message, (*self.path, *key), **more)


def _flow(steps: Schema) -> Schema:
    state = closed(
        {"collection": text("what is remembered"), "key": text("for whom, a template")},
        ("collection", "key"),
        "what is remembered between runs, read as state.*",
    )
    schema = closed(
        {
            "flow": text("its name; the file is named after it", pattern=FLOW_NAME),
            "title": text("one line"),
            "description": text("what it does, for whom, and what it changes"),
            "inputs": names_to(PARAMETER, "what a run takes"),
            "state": state,
            "steps": steps,
            "on_fault": modifiers.HANDLERS,
            "outputs": names_to({"type": "string"}, "what a run gives, JMESPath"),
        },
        ("flow", "title", "steps"),
        "Operations chained with conditions.",
    )
    return {**schema, "x-called": "a flow"}


def _without_steps(schema: Any) -> Any:
    if schema == STEPS:
        return _LIST
    if isinstance(schema, dict):
        return {key: _without_steps(value) for key, value in schema.items()}
    return schema
