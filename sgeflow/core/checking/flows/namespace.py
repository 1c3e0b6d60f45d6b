"""The names that flows may refer to, and a cache of what was found of each flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

from msgspec import Struct, field

from sgeflow.core.checking.document import folder_around
from sgeflow.core.documents import Casebook, Environment, FaultEntry, Operation
from sgeflow.core.engine.step import Catalog, Flow, Handler
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.paths import inputs_within, path_input
from sgeflow.core.language.shapes import Shape, object_of
from sgeflow.core.language.template import Template
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

_HTTP = regex(r"(HTTP[1-5]|SMTP[45])[0-9]{2}")


class Material(Struct, frozen=True, kw_only=True):
    """The documents against which the flows of a project are checked."""

    flows: Mapping[str, Flow]
    operations: Mapping[str, Operation]
    environments: Mapping[str, Environment]
    faults: Mapping[str, FaultEntry]
    incomplete: frozenset[str] = frozenset()  # kinds of documents of which one has a mistake
    casebooks: Mapping[str, Casebook] = field(default_factory=dict)

    @classmethod
    def of(cls, catalog: Catalog) -> Self:
        """The documents of a catalogue, in none of which a mistake is."""
        return cls(
            flows=catalog.flows,
            operations=catalog.operations,
            environments=catalog.environments,
            faults=catalog.faults,
            casebooks=catalog.homologation,
        )


class Namespace(Struct):
    """The names that flows may refer to: operations, flows, services, relays, names of states."""

    check: Callable[[Flow, Namespace], Flow]
    operations: Mapping[str, Operation]
    flows: Mapping[str, Flow]
    services: frozenset[str] | None  # None when not all can be known
    relays: frozenset[str] | None  # that take mails; None when not all can be known
    env: Shape
    states: Mapping[str, Shape]
    codes: frozenset[str] | None  # that a failure may have; None when not all can be known
    casebooks: Mapping[str, Casebook] = field(default_factory=dict)
    series: frozenset[str] = frozenset()  # that some flow keeps
    checked: dict[str, Flow] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)  # flows being checked, to find circles
    problems: list[Problem] = field(default_factory=list)
    shapes: dict[int, Shape] = field(default_factory=dict)  # of what steps give, by identity
    paths: dict[str, set[str]] = field(default_factory=dict)  # inputs of flows that begin a path
    name_parts: dict[str, set[str]] = field(default_factory=dict)  # those that stand within one
    ends: dict[str, list[Shape]] = field(default_factory=dict)  # what flows give when they return

    @property
    def surroundings(self) -> tuple[Any, ...]:
        """Everything that a flow may read, except the operations and flows that it names."""
        known = (self.env, self.states, self.services, self.relays, self.codes, self.series)
        return (*known, frozenset(self.casebooks))

    def flow(self, name: str, at: Location) -> Flow | None:
        """A checked flow by name; a circle is noted where it closes."""
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
        """Note the outputs of the flow being checked when it ends before its last step."""
        self.ends.setdefault(self.open[-1], []).append(object_of(outputs))

    def path(self, template: Template) -> None:
        """Note the inputs that a written file's path begins with or holds, and check its folder."""
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
        """Note the inputs in a value that a called flow writes into the name of a file."""
        parts = set(inputs_within(template)) | {path_input(template)} - {""}
        self.name_parts.setdefault(self.open[-1], set()).update(parts)

    def note_handler(self, handler: Handler) -> None:
        """Check that something can fail with the codes of a handler."""
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

_MOST = 4096  # some ten times the flows and cases that are shipped


class _CachedCheck(Struct, frozen=True):
    """The result of a check, and what it was made with."""

    named: tuple[Any, ...]  # it, and what it names: kept, so that nothing else gets their ids
    surroundings: tuple[Any, ...]
    result: Any
    problems: list[Problem]
    shapes: Mapping[int, Shape]  # of what steps give, by their identity


_KEPT: dict[tuple[int, ...], _CachedCheck] = {}


def find(namespace: Namespace, named: tuple[Any, ...], check: Callable[[], T]) -> T:
    """The result of a check; its problems and the shapes of its steps are noted on the namespace.

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
