"""Steps decoded: the verb found, its keys read, its modifiers beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.checking.flows.grammar import FLOW_FORM, Grammar
from sgeflow.core.checking.flows.modifier_reader import read_foreach, read_poll, read_retry
from sgeflow.core.checking.flows.modifiers import COMMON, SPECIAL
from sgeflow.core.checking.flows.place_holder import ReadableParts, place_holder
from sgeflow.core.checking.flows.readable_parts import lay_out, texts_in
from sgeflow.core.checking.flows.recovery import recover_step
from sgeflow.core.checking.flows.step_reader import Keys
from sgeflow.core.checking.flows.verb import Verb, synonyms_of
from sgeflow.core.engine.step import Handler, Step, Uses
from sgeflow.core.engine.verdict import Verdict
from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.language.localized import LocalizedTemplate, localize
from sgeflow.core.language.mistakes.schema import complaints
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import Schema
from sgeflow.core.language.text import Path
from sgeflow.core.model import FaultClass
from sgeflow.errors import Id, Location
from sgeflow.messages import join_items, say


class Decoder(Struct):
    """Decodes the steps of one flow."""

    reader: Reader
    grammar: Grammar
    ids: dict[str, Location] = field(default_factory=dict)

    def look(self) -> None:
        """Note the mistakes of the steps of a document that is no flow."""
        if isinstance(self.reader.tree.data, dict):
            self.of_flow()

    def of_flow(self) -> tuple[Step, ...]:
        """The steps of the flow; one that stands for all where they have not the form of a list."""
        path: Path = ("steps",)
        if "steps" not in self.reader.tree.data:
            return (place_holder("", self.reader.at(path)),)
        if not any(complaints(self.reader.tree, FLOW_FORM["properties"]["steps"], path)):
            return self.steps(path)
        paths = lay_out(self.reader, path, self.grammar.verbs)
        if paths == [path]:
            return self.steps(path)
        blocks = tuple(self.alternatives(one) for one in paths)
        return (place_holder("", self.reader.at(path), ReadableParts(blocks=blocks)),)

    def steps(self, path: Path) -> tuple[Step, ...]:
        """The steps of a list."""
        outer, self.ids = self.ids, dict(self.ids)  # ids are unique among all that can be read
        decoded = [self.step((*path, index)) for index in range(len(self.reader.get(path, ())))]
        self.ids = outer
        return tuple(decoded)

    def alternatives(self, path: Path) -> tuple[Step, ...]:
        """The steps of a list of which one is done: nothing reads an id of theirs, nor takes it."""
        ids: dict[str, Location] = {}
        count = len(self.reader.get(path, ()))
        return tuple(self.step((*path, index), ids=ids) for index in range(count))

    @contextmanager
    def beside(self, steps: Iterable[Step]) -> Iterator[None]:
        """Within it the ids of these steps are taken too: a block and its handlers share them."""
        outer = self.ids
        self.ids = {**outer, **{step.id: step.at for step in steps if step.id not in outer}}
        yield
        self.ids = outer

    def step(
        self, path: Path, *, named: bool = True, ids: dict[str, Location] | None = None
    ) -> Step:
        """One step, whose id is not in `ids` yet; an `undo` has none, and nothing undoes it."""
        data = self.reader.get(path)
        if not isinstance(data, dict):  # which is told
            return place_holder("", self.reader.at(path))
        verb = self._verb(path)
        if verb is None:
            return self._of_two(path)
        form = self.grammar.step_schema(verb, named)
        if not self._readable(path, form):
            return self._unreadable(path, verb, form)
        self.reader.check_plain((*path, "title"))
        data = self.reader.get(path)
        if named:
            self._unique(path, data["id"], self.ids if ids is None else ids)
        spec = verb.decode(Keys(self.reader, self, path))
        return Step(
            id=data.get("id", "undo"),
            verb=verb,
            spec=spec,
            title=localize(data.get("title")),
            at=self.reader.at(path),
            **_modifiers(self, path, verb, _readable(verb.uses(spec))),
        )

    def _readable(self, path: Path, form: Schema) -> bool:
        """Whether a step can be read on, with or without what stands beside its verb."""
        if self.reader.readable(form, path):
            return True
        recover_step(self.reader, path, form, self.grammar.verbs)
        return not any(complaints(self.reader.tree, form, path))

    def _unreadable(self, path: Path, verb: Verb, form: Schema) -> Step:
        """A step whose verb cannot be read; the expressions in it and beside it are looked at."""
        data, keys = self.reader.get(path), form["properties"]
        with_steps = self.grammar.step_keys(verb)
        plain = (key for key in verb.properties if key not in with_steps)
        places = [one for key in plain for one in texts_in(data.get(key), (*path, key))]
        blocks = self.blocks_in(path, with_steps)
        holder = place_holder(str(data.get("id", "")), self.reader.at(path), blocks)
        beside = [key for key in (*COMMON, *SPECIAL) if key in data]
        if any(any(complaints(self.reader.tree, keys[key], (*path, key))) for key in beside):
            return holder
        templates = tuple(self.reader.template(place) for place in places)
        spec = replace(blocks, templates=templates)
        return replace(holder, spec=spec, **_modifiers(self, path, verb, ()))

    def blocks_in(self, path: Path, keys: Iterable[str]) -> ReadableParts:
        """The steps that can be found in keys which have not the form of a list of steps."""
        paths = [
            one
            for key in keys
            if key in self.reader.get(path)
            for one in lay_out(self.reader, (*path, key), self.grammar.verbs)
        ]
        return ReadableParts(blocks=tuple(self.alternatives(one) for one in paths))

    def _of_two(self, path: Path) -> Step:
        """A step with two verbs, or none: the expressions in what belongs to one are looked at."""
        data = self.reader.get(path)
        holder = place_holder(str(data.get("id", "")), self.reader.at(path))
        verbs = [verb for name, verb in self.grammar.verbs.items() if name in data]
        keys = dict.fromkeys(key for verb in verbs for key in verb.properties)
        if "foreach" in data:  # what its items are called is not read
            return holder
        places = [place for key in keys for place in texts_in(data.get(key), (*path, key))]
        templates = tuple(self.reader.template(place) for place in places)
        return replace(holder, spec=ReadableParts(templates=templates))

    def _verb(self, path: Path) -> Verb | None:
        """The verb of a step; of one that is misspelt, which is told, the one that was meant."""
        verbs = self.grammar.verbs
        data = self.reader.get(path)
        names = [key for key in data if key in verbs]
        if len(names) == 1:
            return verbs[names[0]]
        if names:
            message = say(
                "a step with two verbs: {found}", found=join_items(names, between=say(" and "))
            )
            self.reader.report(Id.VERB, message, (*path, names[1]), key=True)
            return None
        return self._misspelt_verb(path, data)

    def _misspelt_verb(self, path: Path, data: Mapping[str, Any]) -> Verb | None:
        verbs = self.grammar.verbs
        more = (key for verb in verbs.values() for key in verb.properties)
        known = {"id", "title", *more, *COMMON, *SPECIAL}
        near_verb = partial(closest, known=verbs, synonyms=synonyms_of(verbs))
        guesses = [(key, near_verb(key)) for key in data if key not in known]
        first = guesses[0] if guesses else ("", "")
        key, near = next((guess for guess in guesses if guess[1]), first)
        self.reader.report(
            Id.VERB,
            say('a step without a verb: "{key}" is none', key=key)
            if key
            else say("a step without a verb"),
            (*path, key) if key else path,
            key=True,
            allowed=tuple(sorted(verbs)),
            allowed_label="verbs",
            suggestion=near,
        )
        if not near:
            return None
        self.reader.read_as(path, key, near)
        return verbs[near]

    def _unique(self, path: Path, name: str, ids: dict[str, Location]) -> None:
        if name in ids:
            note = say("first in line {line}", line=ids[name].line)
            self.reader.report(
                Id.NAME, say('two steps are called "{name}"', name=name), (*path, "id"), note=note
            )
        ids.setdefault(name, self.reader.at((*path, "id")))


def _readable(uses: Uses) -> tuple[Step, ...]:
    """The steps in a step that others can read."""
    return () if uses.is_choice else uses.inner


def _modifiers(decoder: Decoder, path: Path, verb: Verb, inner: tuple[Step, ...]) -> dict[str, Any]:
    """The modifiers of a step with such `inner` ones, as fields of `Step`."""
    reader = decoder.reader
    data = reader.get(path)
    timeout = data.get("timeout")
    return {
        "when": reader.expression((*path, "when")),
        "foreach": read_foreach(reader, path, verb),
        "collect": data.get("on_item_error") in ("collect", "keep"),
        "keep": data.get("on_item_error") == "keep",
        "retry": read_retry(reader, (*path, "retry")),
        "poll": read_poll(reader, path),
        "handlers": handlers(decoder, (*path, "on_fault"), inner, verb),
        "undo": decoder.step((*path, "undo"), named=False) if "undo" in data else None,
        "timeout": duration_seconds(timeout) if timeout else None,
    }


def handlers(
    decoder: Decoder, path: Path, steps: tuple[Step, ...], verb: Verb | None = None
) -> tuple[Handler, ...]:
    """The handlers of an `on_fault` of a block; no two steps of all of them have one id.

    `verb` is that of the step, none for a flow's own: what is not asked is not asked again.
    """
    decoded: list[Handler] = []
    for index in range(len(decoder.reader.get(path) or ())):
        with decoder.beside(chain(steps, *(handler.steps for handler in decoded))):
            handler = _handler(decoder, (*path, index))
        if handler:
            decoded.append(handler)
        if handler and handler.retry and not (verb and "retry" in verb.modifiers):
            decoder.reader.report(
                Id.MODIFIER,
                say("only a call or http step is tried again"),
                (*path, index, "retry"),
                key=True,
                note=say("retry stands in the on_fault of the step that asks"),
            )
    return tuple(decoded)


def verdict(reader: Reader, path: Path) -> Verdict:
    """The words of a `fail`, an `else`."""
    data = reader.get(path)
    if data.get("partial") and data.get("technical"):
        message = say("an end is partial or technical, not both")
        reader.report(Id.MODIFIER, message, (*path, "technical"), key=True)
    return Verdict(
        code=data["code"],
        message=LocalizedTemplate.of(reader.template((*path, "message"))),
        hint=LocalizedTemplate.of(reader.template((*path, "hint"))) if "hint" in data else None,
        partial=data.get("partial", False),
        technical=data.get("technical", False),
    )


def _handler(decoder: Decoder, path: Path) -> Handler | None:
    data = decoder.reader.get(path)
    actions = [key for key in ("continue", "steps", "fail") if key in data]
    is_done = len(actions) == 1 or (not actions and "retry" in data)
    if not is_done or not ({"codes", "classes"} & set(data)):
        decoder.reader.report(
            Id.MODIFIER,
            say("a handler names codes or classes, and retry or one of continue, steps, fail"),
            path,
            note=say("found {data}", data=", ".join(data)),
        )
        return None
    return Handler(
        codes=tuple(data.get("codes", ())),
        places=tuple(
            decoder.reader.at((*path, "codes", index))
            for index in range(len(data.get("codes", ())))
        ),
        classes=tuple(FaultClass(name) for name in data.get("classes", ())),
        outputs=decoder.reader.template((*path, "continue")) if "continue" in data else None,
        given={
            name: decoder.reader.at((*path, "continue", name), key=True)
            for name in data.get("continue", ())
        },
        steps=decoder.steps((*path, "steps")) if "steps" in data else (),
        fail=verdict(decoder.reader, (*path, "fail")) if "fail" in data else None,
        retry=read_retry(decoder.reader, (*path, "retry")),
    )
