"""Decodes documents of flows into steps; names are checked later."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any

from msgspec import Struct, field

from sgeflow.core.checking.document import check_stem
from sgeflow.core.checking.flows.grammar import (
    COMMON,
    DEFAULT_TURNS,
    FLOW_FORM,
    ROOTS,
    SPECIAL,
    Grammar,
)
from sgeflow.core.checking.flows.verb import Keys, Verb, synonyms_of
from sgeflow.core.engine.step import (
    Flow,
    Foreach,
    Handler,
    Poll,
    Repeat,
    Retry,
    State,
    Step,
    Verdict,
)
from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.reader import Reader, Types
from sgeflow.core.language.shapes import ANY
from sgeflow.core.language.template import LocalizedTemplate, localize
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.model import FaultClass
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import join_items, say


def decode_flow(tree: Tree, types: Types, grammar: Grammar) -> tuple[Flow | None, list[Problem]]:
    """Decode one flow without checking its names; return its mistakes as well.

    The flow is None if the document or one of its steps has a wrong form.
    """
    reader = Reader(tree, types)
    decoder = _Decoder(reader, grammar)
    if not reader.valid(FLOW_FORM):
        if isinstance(tree.data, dict) and isinstance(reader.get(("steps",)), list):
            decoder.steps(("steps",))
        return None, reader.problems
    data = tree.data
    for key in ("title", "description", "example"):
        reader.check_plain((key,))
    steps = decoder.steps(("steps",))
    with decoder.beside(steps):
        finally_steps = decoder.steps(("finally",))
    flow = Flow(
        name=data["flow"],
        title=localize(data["title"]),
        description=localize(data.get("description")),
        example=data.get("example", ""),
        inputs=reader.parameters(("inputs",)),
        state=_state(reader, data["state"]) if "state" in data else None,
        steps=steps,
        known_after=next((n for n, one in enumerate(steps, 1) if one.uses.recognises), 0),
        handlers=decoder.handlers(("on_fault",), (*steps, *finally_steps)),
        finally_steps=finally_steps,
        outputs=reader.expressions(("outputs",)),
        shape=ANY,
        at=reader.at(("flow",)),
    )
    check_stem(reader, "flow", flow.name)
    return None if decoder.is_broken else flow, reader.problems


def _state(reader: Reader, data: Mapping[str, Any]) -> State:
    customer = data.get("customer")
    return State(
        collection=data["collection"],
        key=reader.template(("state", "key")),
        customer=reader.template(("state", "customer")) if customer is not None else None,
    )


class _Decoder(Struct):
    """Decodes the steps of one flow; a step with a wrong form is left out."""

    reader: Reader
    grammar: Grammar
    ids: dict[str, Location] = field(default_factory=dict)
    is_broken: bool = False  # whether a step was left out

    def steps(self, path: Path) -> tuple[Step, ...]:
        """The steps of a list."""
        outer, self.ids = self.ids, dict(self.ids)  # ids are unique among all readable steps
        decoded = self._each(path, self.ids)
        self.ids = outer
        return decoded

    def alternatives(self, path: Path) -> tuple[Step, ...]:
        """The alternatives of a choice; no other step may use or read their ids."""
        return self._each(path, {})

    def _each(self, path: Path, ids: dict[str, Location]) -> tuple[Step, ...]:
        count = len(self.reader.get(path, ()))
        decoded = (self.step((*path, index), ids) for index in range(count))
        return tuple(step for step in decoded if step is not None)

    @contextmanager
    def beside(self, steps: Iterable[Step]) -> Iterator[None]:
        """Reserve the ids of these steps within the block: a block and its handlers share ids."""
        outer = self.ids
        self.ids = {**outer, **{step.id: step.at for step in steps if step.id not in outer}}
        yield
        self.ids = outer

    def step(self, path: Path, ids: dict[str, Location] | None = None) -> Step | None:
        """One step, or None if it has a wrong form.

        `ids` has the ids in use. Without `ids` the step is an `undo`, which has no id.
        """
        reader = self.reader
        data = reader.get(path)
        verb = self._verb(path, data) if isinstance(data, dict) else None
        if verb is None or not reader.valid(
            self.grammar.step_schema(verb, named=ids is not None), path
        ):
            self.is_broken = True
            return None
        reader.check_plain((*path, "title"))
        if ids is not None:
            name = data["id"]
            if name in ids:
                message = say('two steps have the id "{name}"', name=name)
                note = say("first written in line {line}", line=ids[name].line)
                reader.report(Id.NAME, message, (*path, "id"), note=note)
            ids.setdefault(name, reader.at((*path, "id")))
        spec = verb.spec.decode(Keys(verb.name, reader, path, self.steps, self.alternatives))
        uses = spec.uses()
        readable = () if uses.is_choice else uses.inner
        timeout = data.get("timeout")
        return Step(
            id=data.get("id", "undo"),
            verb=verb,
            spec=spec,
            title=localize(data.get("title")),
            at=reader.at(path),
            when=reader.expression((*path, "when")),
            foreach=_foreach(reader, path, verb),
            repeat=_repeat(reader, (*path, "repeat")),
            collect=data.get("on_item_error") in ("collect", "keep"),
            keep=data.get("on_item_error") == "keep",
            retry=_retry(reader, (*path, "retry")),
            poll=_poll(reader, path),
            handlers=self.handlers((*path, "on_fault"), readable, verb),
            undo=self.step((*path, "undo")) if "undo" in data else None,
            timeout=duration_seconds(timeout) if timeout else None,
        )

    def _verb(self, path: Path, data: Mapping[str, Any]) -> Verb | None:
        """The verb of a step; None after reporting a step with no verb or several."""
        verbs = self.grammar.verbs
        names = [key for key in data if key in verbs]
        if len(names) == 1:
            return verbs[names[0]]
        if names:
            found = join_items(names, between=say(" and "))
            message = say("a step with two verbs: {found}", found=found)
            self.reader.report(Id.VERB, message, (*path, names[1]), key=True)
            return None
        more = (key for verb in verbs.values() for key in verb.properties)
        known = {"id", "title", *more, *COMMON, *SPECIAL}
        near_verb = partial(closest, known=verbs, synonyms=synonyms_of(verbs))
        others = [(key, near_verb(key)) for key in data if key not in known]
        others.sort(key=lambda other: not other[1])  # the key most similar to a verb comes first
        key, near = others[0] if others else ("", "")
        message = say("a step without a verb")
        if key:
            message = say('a step without a verb: "{key}" is not a verb', key=key)
        self.reader.report(
            Id.VERB,
            message,
            (*path, key) if key else path,
            key=True,
            allowed=tuple(sorted(verbs)),
            allowed_label="verbs",
            suggestion=near,
        )
        return None

    def handlers(
        self, path: Path, steps: tuple[Step, ...], verb: Verb | None = None
    ) -> tuple[Handler, ...]:
        """The handlers of an `on_fault`; their steps and those of the block need different ids.

        `verb` is the verb of the step, or None for the handlers of a flow. Only requests can be
        retried.
        """
        decoded: list[Handler] = []
        for index in range(len(self.reader.get(path) or ())):
            with self.beside(chain(steps, *(handler.steps for handler in decoded))):
                handler = self._handler((*path, index))
            if handler:
                decoded.append(handler)
            if handler and handler.retry and not (verb and "retry" in verb.modifiers):
                self.reader.report(
                    Id.MODIFIER,
                    say("only call and http steps are retried"),
                    (*path, index, "retry"),
                    key=True,
                    note=say("write retry in the on_fault of the call or http step"),
                )
        return tuple(decoded)

    def _handler(self, path: Path) -> Handler | None:
        data = self.reader.get(path)
        actions = [key for key in ("continue", "steps", "fail") if key in data]
        is_done = len(actions) == 1 or (not actions and "retry" in data)
        if not is_done or not ({"codes", "classes"} & set(data)):
            self.reader.report(
                Id.MODIFIER,
                say("a handler needs codes or classes, and retry or one of continue, steps, fail"),
                path,
                note=say("found {data}", data=", ".join(data)),
            )
            return None
        return Handler(
            codes=tuple(data.get("codes", ())),
            places=tuple(
                self.reader.at((*path, "codes", n)) for n in range(len(data.get("codes", ())))
            ),
            classes=tuple(FaultClass(name) for name in data.get("classes", ())),
            outputs=self.reader.template((*path, "continue")) if "continue" in data else None,
            given={
                name: self.reader.at((*path, "continue", name), key=True)
                for name in data.get("continue", ())
            },
            steps=self.steps((*path, "steps")) if "steps" in data else (),
            fail=verdict(self.reader, (*path, "fail")) if "fail" in data else None,
            retry=_retry(self.reader, (*path, "retry")),
        )


def verdict(reader: Reader, path: Path) -> Verdict:
    """The code, message and hint of a `fail` or `else`."""
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


def _foreach(reader: Reader, path: Path, verb: Verb) -> Foreach | None:
    """The `foreach` of a step, or None; reports keys that need a `foreach`."""
    data = reader.get(path)
    if "foreach" not in data:
        for key in ("as", "parallel", "until", "on_item_error"):
            if key in data and key not in verb.modifiers:
                message = say("{key} needs a foreach", key=key)
                reader.report(Id.MODIFIER, message, (*path, key), key=True)
        return None
    name = data.get("as", "item")
    if name in ROOTS:
        message = say('expressions already use the name "{name}"', name=name)
        reader.report(Id.MODIFIER, message, (*path, "as"), note=say("choose a name for one item"))
    parallel = int(data.get("parallel", 1))
    if parallel > 1 and "until" in data:
        message = say("until processes items one by one: remove parallel")
        reader.report(Id.MODIFIER, message, (*path, "until"), key=True)
    return Foreach(
        items=reader.template((*path, "foreach")),
        name=name,
        parallel=parallel,
        until=reader.expression((*path, "until")),
    )


def _repeat(reader: Reader, path: Path) -> Repeat | None:
    """The turns of a step; None without a `repeat`."""
    until = reader.expression((*path, "until")) if reader.get(path) else None
    if until is None:
        return None
    return Repeat(
        first=reader.templates((*path, "with")),
        next=reader.templates((*path, "next")),
        until=until,
        limit=int(reader.get((*path, "limit"), DEFAULT_TURNS)),
    )


def _retry(reader: Reader, path: Path) -> Retry | None:
    """The `retry` of a step; None without one."""
    data = reader.get(path)
    if data is None:
        return None
    lengths = {k: duration_seconds(data[k]) for k in ("backoff", "longest", "within") if k in data}
    return Retry(**{**data, **lengths})


def _poll(reader: Reader, path: Path) -> Poll | None:
    """The `poll` of a step; None without one."""
    data = reader.get(path)
    until = reader.expression((*path, "poll", "until")) if "poll" in data else None
    if until is None:
        return None
    every, within = (duration_seconds(data["poll"][key]) for key in ("every", "within"))
    if within <= every:
        reader.report(
            Id.MODIFIER,
            say("it is asked once, and never again: within is no longer than every"),
            (*path, "poll", "within"),
            note=say("within is the longest wait in all, every the one between two questions"),
        )
    return Poll(
        every=every,
        until=until,
        fail_if=reader.expression((*path, "poll", "fail_if")),
        within=within,
    )
