"""The names that flows may refer to, and the cache of checked flows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec import Struct, field

from sgeflow.core.checking.document import folder_around
from sgeflow.core.documents import Casebook, Operation
from sgeflow.core.engine.step import Flow, Handler
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.paths import inputs_within, path_input
from sgeflow.core.language.shapes import Shape, object_of
from sgeflow.core.language.template import Template
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

_HTTP = regex(r"(HTTP[1-5]|SMTP[45])[0-9]{2}")


class Namespace(Struct):
    """The names that flows may refer to: operations, flows, services, relays, names of states."""

    check: Callable[[Flow, Namespace], Flow]
    operations: Mapping[str, Operation]
    flows: Mapping[str, Flow]
    services: frozenset[str] | None  # None if some cannot be known
    relays: frozenset[str] | None  # the mail relays; None if some cannot be known
    env: Shape
    states: Mapping[str, Shape]
    codes: frozenset[str] | None  # the possible codes of failures; None if some cannot be known
    casebooks: Mapping[str, Casebook] = field(default_factory=dict)
    series: frozenset[str] = frozenset()  # the series that the flows store
    checked: dict[str, Flow] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)  # flows being checked, to find circular calls
    problems: list[Problem] = field(default_factory=list)
    shapes: dict[int, Shape] = field(default_factory=dict)  # of outputs, by identity of the step
    paths: dict[str, set[str]] = field(default_factory=dict)  # inputs that begin a path, by flow
    name_parts: dict[str, set[str]] = field(default_factory=dict)  # inputs within a path, by flow
    ends: dict[str, list[Shape]] = field(default_factory=dict)  # outputs of `return` steps, by flow

    @property
    def surroundings(self) -> tuple[Any, ...]:
        """Everything that a flow may read, except the operations and flows that it names."""
        known = (self.env, self.states, self.services, self.relays, self.codes, self.series)
        return (*known, frozenset(self.casebooks))

    def flow(self, name: str, at: Location) -> Flow | None:
        """A checked flow by name; reports a circular call at its last place."""
        if name in self.open:
            circle = " → ".join([*self.open[self.open.index(name) :], name])
            message = say("flows call each other in a circle: {circle}", circle=circle)
            self.problems.append(Problem(id=Id.CYCLE, message=message, at=at))
            return None
        if name not in self.checked and name in self.flows:
            self.open.append(name)
            self.checked[name] = self.check(self.flows[name], self)
            self.open.pop()
        return self.checked.get(name)

    def note_return(self, outputs: Mapping[str, Shape]) -> None:
        """Record the outputs of a `return` of the flow being checked."""
        self.ends.setdefault(self.open[-1], []).append(object_of(outputs))

    def path(self, template: Template) -> None:
        """Record the inputs at the start of a written path and within it, and check its folder."""
        if name := path_input(template):
            self.paths.setdefault(self.open[-1], set()).add(name)
        self.name_parts.setdefault(self.open[-1], set()).update(inputs_within(template))
        written = template.parts[0] if template.parts else template.written
        if isinstance(written, str) and (folder := folder_around(f"{written}x")):
            message = say("a file in {folder}/ would stand among the documents", folder=folder)
            note = say("give it a folder of its own, as data/x.json")
            at = template.spot.at(0, len(written))
            self.problems.append(Problem(id=Id.NOT_ALLOWED, message=message, at=at, note=note))

    def part_of_path(self, template: Template) -> None:
        """Record the inputs in a value that a called flow uses within the name of a file."""
        parts = set(inputs_within(template)) | {path_input(template)} - {""}
        self.name_parts.setdefault(self.open[-1], set()).update(parts)

    def note_handler(self, handler: Handler) -> None:
        """Report codes of a handler with which nothing can fail."""
        known = self.codes or frozenset()
        for code, at in zip(handler.codes, handler.places, strict=True) if known else ():
            if code not in known and not _HTTP.fullmatch(code):
                note = say(
                    "allowed: codes of the services in faults.yaml, HTTP codes such as HTTP404, "
                    "codes of `fail` steps"
                )
                problem = Problem(
                    id=Id.NOT_ALLOWED,
                    message=say('no failure has the code "{code}"', code=code),
                    at=at,
                    note=note,
                    suggestion=closest(code, known),
                )
                self.problems.append(problem)


T = TypeVar("T")

_MOST = 4096  # cached checks; about ten times the shipped flows and cases


class _CachedCheck(Struct, frozen=True):
    """The result of a check, and everything that it depends on."""

    named: tuple[Any, ...]  # the checked value and those it names; kept alive for their ids
    surroundings: tuple[Any, ...]
    result: Any
    problems: list[Problem]
    shapes: Mapping[int, Shape]  # the shapes of steps' outputs, by identity of the step


_KEPT: dict[tuple[int, ...], _CachedCheck] = {}


def find(namespace: Namespace, named: tuple[Any, ...], check: Callable[[], T]) -> T:
    """The result of a check, cached if possible; the namespace gets its problems and shapes.

    Args:
        namespace: what the check reads; it reads no other operations and flows than `named`.
        named: what is checked, and all operations and flows that it names; with a None for a
            missing one nothing is cached.
        check: notes problems and shapes on the namespace.
    """
    if None in named:
        return check()
    key, around = tuple(map(id, named)), namespace.surroundings
    cached = _KEPT.get(key)
    if cached is None or cached.surroundings != around:
        if len(_KEPT) >= _MOST:
            _KEPT.clear()
        problems, shapes = namespace.problems, namespace.shapes
        namespace.problems, namespace.shapes = [], {}
        made = check()
        cached = _CachedCheck(named, around, made, namespace.problems, namespace.shapes)
        _KEPT[key] = cached
        namespace.problems, namespace.shapes = problems, shapes
    namespace.problems += cached.problems
    namespace.shapes |= cached.shapes
    result: T = cached.result
    return result
