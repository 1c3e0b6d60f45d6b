"""Flow documents: their JSON Schema, made from the verbs, and their decoding to steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sgeflow.core.engine import modifiers
from sgeflow.core.engine.keys import Keys
from sgeflow.core.engine.modifiers import STEPS, UNDO
from sgeflow.core.engine.step import Step, Verb
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
from sgeflow.core.language.shape import ANY, Shape
from sgeflow.core.language.source import Path, Tree
from sgeflow.core.language.suggest import closest
from sgeflow.core.model import Flow, State
from sgeflow.errors import Id, Location, Problem
from sgeflow.say import listed, say

_LIST: Schema = {"type": "array", "minItems": 1, "items": {"type": "object"}}
_ID = text("the step's name; expressions read steps.<id>", pattern=NAME)
_TITLE = text("what it does, for people who follow the run")


@dataclass(slots=True)
class Grammar:
    """The verbs, and the schemas they make."""

    verbs: Mapping[str, Verb]
    _schemas: dict[tuple[str, bool], Schema] = field(default_factory=dict)

    def step_schema(self, verb: Verb, named: bool = True) -> Schema:  # noqa: FBT001, FBT002
        """What a step of one verb may hold; nested steps are looked at one by one."""
        key = verb.name, named
        if key not in self._schemas:
            schema = closed(_without_steps(self._keys(verb)), ("id", *verb.required))
            called = {**schema, "x-called": say("a {verb} step", verb=verb.name)}
            self._schemas[key] = called if named else _without_id(called)
        return self._schemas[key]

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
        undo = {**step, "required": [], "allOf": [_unnamed(choice) for choice in choices]}
        steps = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}}
        return {
            "$schema": DRAFT,
            "title": "sgeflow flow",
            **_flow(),
            "$defs": {"steps": steps, "step": step, "undo": undo},
        }

    def _keys(self, verb: Verb) -> Schema:
        allowed = modifiers.COMMON | {
            name: schema for name, schema in modifiers.SPECIAL.items() if name in verb.modifiers
        }
        return {"id": _ID, "title": _TITLE, **verb.properties, **allowed}


def decode_flow(tree: Tree, types: Types, grammar: Grammar) -> tuple[Flow | None, list[Problem]]:
    """One flow, its names still unchecked, and what is wrong with its document.

    There is none when the document has not the form of a flow; a step with a mistake is held by
    a place holder, so that the other steps can still be looked at.
    """
    reader = Reader(tree, types)
    decoder = Decoder(reader, grammar)
    if not reader.valid(_FLOW):
        decoder.look()
        return None, reader.problems
    data = tree.data
    state = data.get("state")
    steps = decoder.steps(("steps",))
    flow = Flow(
        name=data["flow"],
        title=data["title"],
        description=data.get("description", ""),
        inputs=reader.parameters(("inputs",)),
        state=State(collection=state["collection"], key=reader.template(("state", "key")))
        if state
        else None,
        steps=steps,
        handlers=modifiers.handlers(decoder, ("on_fault",), steps),
        outputs=reader.expressions(("outputs",)),
        shape=ANY,
        at=reader.at(("flow",)),
    )
    stem = tree.source.name.rpartition("/")[2].partition(".")[0]
    if stem != flow.name:
        message = say('flow "{flow}" stands in a file named {stem}.yaml', flow=flow.name, stem=stem)
        reader.report(Id.NAME, message, ("flow",), suggestion=f"{flow.name}.yaml")
    return flow, reader.problems


@dataclass(slots=True)
class Decoder:
    """Decodes the steps of one flow."""

    reader: Reader
    grammar: Grammar
    ids: dict[str, Location] = field(default_factory=dict)

    def look(self) -> None:
        """Note the mistakes of the steps of a document that is no flow."""
        data = self.reader.tree.data
        steps = data.get("steps") if isinstance(data, dict) else None
        if isinstance(steps, list) and all(isinstance(step, dict) for step in steps):
            self.steps(("steps",))

    def steps(self, path: Path) -> tuple[Step, ...]:
        """The steps of a list."""
        outer, self.ids = self.ids, dict(self.ids)  # ids are unique among all that can be read
        found = [self.step((*path, index)) for index in range(len(self.reader.get(path, ())))]
        self.ids = outer
        return tuple(found)

    @contextmanager
    def beside(self, steps: Iterable[Step]) -> Iterator[None]:
        """Within it the ids of these steps are taken too: a block and its handlers share them."""
        outer = self.ids
        self.ids = {**outer, **{step.id: step.at for step in steps if step.id not in outer}}
        yield
        self.ids = outer

    def step(self, path: Path, *, named: bool = True) -> Step:
        """One step; an `undo` has no id of its own, and nothing undoes it."""
        data = self.reader.get(path)
        verb = self._verb(path, data)
        if verb is None or not self.reader.valid(self.grammar.step_schema(verb, named), path):
            return self._place_holder(path, data)
        if named:
            self._unique(path, data["id"])
        spec = verb.decode(Keys(self, path, verb))
        return Step(
            id=data.get("id", "undo"),
            verb=verb,
            spec=spec,
            title=data.get("title", ""),
            at=self.reader.at(path),
            **modifiers.decode(self, path, data, getattr(spec, "inner", ())),
        )

    def _place_holder(self, path: Path, data: Mapping[str, Any]) -> Step:
        """Stands for a step with a mistake: whatever is read of it is no second mistake."""
        return Step(
            id=str(data.get("id", "")), verb=_UNREADABLE, spec=None, at=self.reader.at(path)
        )

    def _verb(self, path: Path, data: Mapping[str, Any]) -> Verb | None:
        verbs = self.grammar.verbs
        found = [key for key in data if key in verbs]
        if len(found) == 1:
            return verbs[found[0]]
        if found:
            message = say(
                "a step with two verbs: {found}", found=listed(found, between=say(" and "))
            )
            self.reader.report(Id.VERB, message, (*path, found[1]), key=True)
            return None
        known = {"id", "title", "with", "else", "only", *modifiers.COMMON, *modifiers.SPECIAL}
        guesses = [(key, closest(key, verbs)) for key in data if key not in known]
        first = guesses[0] if guesses else ("", "")
        key, meant = next((guess for guess in guesses if guess[1]), first)
        self.reader.report(
            Id.VERB,
            say('a step without a verb: "{key}" is none', key=key)
            if key
            else say("a step without a verb"),
            (*path, key) if key else path,
            key=True,
            allowed=tuple(sorted(verbs)),
            allowed_label="verbs",
            suggestion=meant,
        )
        return None

    def _unique(self, path: Path, name: str) -> None:
        if name in self.ids:
            note = say("first in line {line}", line=self.ids[name].line)
            self.reader.report(
                Id.NAME, say('two steps are called "{name}"', name=name), (*path, "id"), note=note
            )
        self.ids.setdefault(name, self.reader.at((*path, "id")))


def _unreadable_shape(spec: Any, checker: Any) -> Shape:  # noqa: ARG001 - a verb's form
    return ANY


def _never(*_: Any) -> Any:
    raise AssertionError("a document with a mistake does not run")


_UNREADABLE = Verb(
    name="unreadable",
    manual="",
    properties={},
    decode=_never,
    check=_unreadable_shape,
    run=_never,
)


def _flow() -> Schema:
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
            "steps": STEPS,
            "on_fault": modifiers.HANDLERS,
            "outputs": names_to({"type": "string"}, "what a run gives, JMESPath"),
        },
        ("flow", "title", "steps"),
        "Operations chained with conditions.",
    )
    return {**schema, "x-called": "a flow"}


def _unnamed(choice: Schema) -> Schema:
    return {**choice, "then": _without_id(choice["then"])}


def _without_id(schema: Schema) -> Schema:
    """The same step as an `undo`: without an id, and without an undo of its own."""
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


_FLOW = _without_steps(_flow())
