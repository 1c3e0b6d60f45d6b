"""Where a value of a flow comes from, when it is missing, and who reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sgeflow.core.checking.flow_checker import RUN, shelf_of
from sgeflow.core.checking.namespace import Material
from sgeflow.core.checking.operation_checks import shape_of_parameters
from sgeflow.core.checking.operations import ENV
from sgeflow.core.checking.walk import Placed, every_placed, readable
from sgeflow.core.engine.step import Catalog, Flow, Step
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.shapes import ANY, Shape, Sort, object_of
from sgeflow.core.language.unparse import Path
from sgeflow.errors import Id, Location, Problem, UsageError
from sgeflow.messages import Said, say, theirs
from sgeflow.tools.graph.origins import Link, absences, sources
from sgeflow.tools.graph.readers import callers, readers

_BRACKETS = re.compile(r"\[[^\]]*\]")
_ROOTS = ("inputs", "steps", "outputs", "state", "env", "run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whence:
    """What is known of a value before it exists."""

    path: str
    shape: Shape
    title: str = ""
    parameter: Parameter | None = None  # of an input
    unit: str = ""
    at: Location | None = None
    sources: tuple[Link, ...] = ()
    absences: tuple[Link, ...] = ()  # when there is no such value
    readers: tuple[Link, ...] = ()
    step: Placed | None = None  # that gives it
    rest: Path = ()  # the names behind the step's own


def whence(flow: Flow, catalog: Catalog, path: str) -> Whence:
    """What is known of the value at a path of a flow: `steps.contract.segment`, `inputs.pointId`.

    Raises:
        UsageError: nothing of the flow has that path; with the one that was probably meant.
    """
    return _Finder.of(flow, catalog, path).found()


@dataclass(frozen=True, slots=True)
class _Finder:
    flow: Flow
    catalog: Catalog
    path: str
    names: Path
    shapes: Mapping[int, Shape]
    states: Mapping[str, Shape]
    placed: tuple[Placed, ...] = field(default=())

    @classmethod
    def of(cls, flow: Flow, catalog: Catalog, path: str) -> _Finder:
        shelf = shelf_of(
            Material(
                flows=catalog.flows,
                operations=catalog.operations,
                environments=catalog.environments,
                faults=catalog.faults,
                casebooks=catalog.homologation,
            )
        )
        shelf.flow(flow.name, flow.at)
        handled = (
            placed
            for number, handler in enumerate(flow.handlers)
            for placed in every_placed(handler.steps, (f"on_fault[{number}]",))
        )
        placed = (*every_placed(flow.steps), *handled)
        names = tuple(_BRACKETS.sub("", path.strip()).split("."))
        return cls(flow, catalog, path.strip(), names, shelf.shapes, shelf.states, placed)

    def found(self) -> Whence:
        root = self.names[0]
        if root not in _ROOTS:
            loops = [p for p in self.placed if p.step.foreach and p.step.foreach.name == root]
            if loops:
                return self._item(loops)
            ids = [one.step.id for one in self.placed]
            meant = f"steps.{self.path}" if root in ids else closest(root, _ROOTS)
            raise self._unknown(say('unknown name "{name}"', name=root), _ROOTS, meant)
        told: Whence = getattr(self, f"_{root}")()
        wanted = tuple(_BRACKETS.sub("", told.path).split("."))
        found = [*readers(self.flow, wanted, told.step, told.rest)]
        if root == "outputs":
            found += callers(self.flow, self.catalog, wanted[1:])
        return replace(told, readers=tuple(found))

    def _item(self, loops: list[Placed]) -> Whence:
        """The item of one loop or more that call it by this name."""
        links = [
            Link(
                words=say("an item of step {step}", step=".".join(readable(one))),
                at=one.step.foreach.items.spot.at(),
                text=str(one.step.foreach.items.written),
            )
            for one in loops
            if one.step.foreach
        ]
        return Whence(path=self.path, shape=ANY, sources=tuple(links))

    # -- the roots --------------------------------------------------------------------------------

    def _inputs(self) -> Whence:
        inputs = self.flow.inputs
        shape = self._walked(shape_of_parameters(inputs, "inputs"), self.names[1:], 1)
        if len(self.names) == 1:
            return Whence(path=self.path, shape=shape, at=self.flow.at)
        parameter = inputs[self.names[1]]
        given = say("whoever runs the flow, or the step that calls it")
        links = [Link(words=given, at=parameter.at)]
        if parameter.default is not None:
            text = str(parameter.default.written)
            links.append(Link(words=say("else its default"), text=text))
        missing = () if parameter.required or parameter.default else (_NOT_GIVEN,)
        return Whence(
            path=self.path,
            shape=shape,
            title=parameter.description,
            parameter=parameter,
            at=parameter.at,
            sources=tuple(links),
            absences=missing,
        )

    def _outputs(self) -> Whence:
        shape = self._walked(self.flow.shape, self.names[1:], 1)
        if len(self.names) == 1:
            return Whence(path=self.path, shape=shape, at=self.flow.at)
        expression = self.flow.outputs[self.names[1]]
        at = expression.spot.at()
        link = Link(words=say("the flow's outputs"), at=at, text=expression.text)
        return Whence(path=self.path, shape=shape, at=at, sources=(link,), absences=(_FAILED,))

    def _state(self) -> Whence:
        state = self.flow.state
        if state is None:
            raise self._unknown(say("the flow {flow} declares no state", flow=self.flow.name), ())
        shape = self._walked(self.states.get(state.collection, ANY), self.names[1:], 1)
        links = tuple(self._remembering(state.collection, self.names[1] if self.names[1:] else ""))
        words = say("the first run of a key has remembered nothing")
        return Whence(path=self.path, shape=shape, sources=links, absences=(Link(words=words),))

    def _remembering(self, collection: str, name: str) -> Iterator[Link]:
        for flow in self.catalog.flows.values():
            if flow.state is None or flow.state.collection != collection:
                continue
            for one in every_placed(flow.steps):
                kept: Mapping[str, Any] = getattr(one.step.spec, "values", {})
                if name in getattr(one.step.spec, "remembers", ()):
                    step = ".".join((flow.name, *one.path))
                    words = say("remembered by {step}", step=step)
                    text = str(kept[name].written) if name in kept else ""
                    yield Link(words=words, at=one.step.at, text=text)

    def _env(self) -> Whence:
        environments = self.catalog.environments.values()
        facts = {name for each in environments for name in each.facts()}
        if self.names[1:] and self.names[1] not in facts:
            message = say('no environment says "{name}"', name=self.names[1])
            raise self._unknown(message, sorted(facts), closest(self.names[1], facts))
        name = self.names[1] if self.names[1:] else ""
        links = tuple(
            Link(words=say("the environment {name}", name=e.name), at=e.at, text=_said(e, name))
            for e in environments
            if name in e.facts()
        )
        lacking = [e.name for e in environments if name and name not in e.facts()]
        words = say("the environment is {names}", names=" / ".join(lacking))
        missing = (Link(words=words),) if lacking else ()
        shape = ENV.fields.get(name, ANY) if name else ENV
        return Whence(path=self.path, shape=shape, sources=links, absences=missing)

    def _run(self) -> Whence:
        shape = self._walked(RUN, self.names[1:], 1)
        words = {
            "id": say("the run itself: its name in the journal"),
            "today": say("the day of the run's start, or the one of --today"),
            "now": say("the moment of the run's start; a run that goes on keeps it"),
        }
        links = [Link(words=words[name]) for name in self.names[1:2]]
        return Whence(path=self.path, shape=shape, sources=tuple(links))

    def _steps(self) -> Whence:
        if len(self.names) == 1:
            tops = {one.step.id: self._shape(one.step) for one in self.placed if not one.block}
            return Whence(path=self.path, shape=object_of(tops, "steps"), at=self.flow.at)
        placed, rest = self._step()
        shape = self._walked(self._shape(placed.step), rest, len(self.names) - len(rest))
        whole = ".".join(("steps", *readable(placed), *rest))
        links = sources(placed.step, rest, self.catalog)
        return Whence(
            path=whole,
            shape=shape,
            title=placed.step.title,
            unit=self._unit(placed.step, rest),
            at=placed.step.at,
            sources=links,
            absences=tuple(absences(placed, shape)),
            step=placed,
            rest=rest,
        )

    # -- steps ------------------------------------------------------------------------------------

    def _step(self) -> tuple[Placed, Path]:
        """The innermost step that the path names, and the names behind it."""
        names = self.names[1:]
        known = {readable(one): one for one in self.placed}
        for length in range(len(names), 0, -1):
            if names[:length] in known:
                return known[names[:length]], names[length:]
        alike = [one for one in self.placed if one.step.id == names[0]]
        if len(alike) == 1:  # a step of a group, as its neighbours read it
            return self._deeper(alike[0], names[1:])
        paths = [".".join(("steps", *readable(one))) for one in alike]
        if alike:
            message = say('several steps are called "{name}"', name=names[0])
            raise self._unknown(message, paths)
        ids = dict.fromkeys(one.step.id for one in self.placed)
        message = say('there is no step "{name}"', name=names[0])
        raise self._unknown(message, list(ids), closest(names[0], ids))

    def _deeper(self, one: Placed, names: Path) -> tuple[Placed, Path]:
        known = {readable(each): each for each in self.placed}
        for length in range(len(names), 0, -1):
            if (path := (*readable(one), *names[:length])) in known:
                return known[path], names[length:]
        return one, names

    def _shape(self, step: Step) -> Shape:
        return self.shapes.get(id(step), ANY)

    def _unit(self, step: Step, rest: Path) -> str:
        """Where SGE says the unit of a value: beside it, as `unit` or `<name>Unit`."""
        if not rest:
            return ""
        shape = self._walked(self._shape(step), rest[:-1], 0).items
        beside = self._walked(self._shape(step), rest[:-1], 0)
        fields = {**beside.fields, **(shape.fields if beside.sort is Sort.LIST else {})}
        name = rest[-1]
        for one in (f"{name}Unit", "unit" if name in {"value", "measures", "power"} else ""):
            if one in fields and one != name:
                return ".".join(("steps", step.id, *rest[:-1], one))
        return ""

    def _walked(self, shape: Shape, names: Path, at: int) -> Shape:
        """The shape behind some names; what a list holds is read of its items."""
        for place, name in enumerate(names):
            while shape.sort is Sort.LIST:
                shape = shape.items
            if shape.sort is Sort.OBJECT and name in shape.fields:
                shape = shape.fields[name]
            elif shape.sort in (Sort.ANY, Sort.XML) or (
                shape.sort is Sort.OBJECT and shape.is_open
            ):
                return shape
            else:
                raise self._no_field(shape, name, self.names[: at + place])
        return shape

    def _no_field(self, shape: Shape, name: str, before: Path) -> UsageError:
        owner = ".".join(before) or self.flow.name
        message = say('{owner} has no "{name}"', owner=theirs(owner), name=name)
        return self._unknown(message, list(shape.fields), closest(name, shape.fields))

    def _unknown(self, message: Said, known: Any, meant: str = "") -> UsageError:
        return UsageError(
            Problem(
                id=Id.UNKNOWN_NAME,
                message=message,
                allowed=tuple(known),
                allowed_label="known",
                suggestion=meant,
            )
        )


_NOT_GIVEN = Link(words=say("it is optional: null when it is not given"))
_FAILED = Link(words=say("the flow fails"))


def _said(environment: Any, name: str) -> str:
    value = environment.facts()[name]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if name not in ("login", "contractId") else ""
