"""Where a value of a flow comes from, when it is missing, and who reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.checking.flows.checker import RUN, namespace_of
from sgeflow.core.checking.flows.namespace import Material
from sgeflow.core.checking.operations.declarations import shape_of_parameters
from sgeflow.core.checking.operations.decoder import ENV
from sgeflow.core.engine.step import Catalog, Flow, Step
from sgeflow.core.engine.walk import StepPosition, placed_in, readable, step_names
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.shapes import ANY, Shape, Sort, object_of
from sgeflow.core.language.unparse import FieldPath
from sgeflow.errors import Id, Location, Problem, UsageError
from sgeflow.messages import Message, say, verbatim
from sgeflow.patterns import regex
from sgeflow.tools.graph.origins import Link, absences, sources
from sgeflow.tools.graph.readers import callers, readers

_BRACKETS = regex(r"\[[^\]]*\]")
_ROOTS = ("inputs", "steps", "outputs", "state", "env", "run")


class Lineage(Struct, frozen=True, kw_only=True):
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
    step: StepPosition | None = None  # that gives it
    rest: FieldPath = ()  # the names behind the step's own


def find_lineage(flow: Flow, catalog: Catalog, path: str) -> Lineage:
    """What is known of the value at a path of a flow: `steps.contract.segment`, `inputs.pointId`.

    Raises:
        UsageError: nothing of the flow has that path; with the one that was probably meant.
    """
    return _Finder.of(flow, catalog, path).find()


class _Finder(Struct, frozen=True):
    flow: Flow
    catalog: Catalog
    path: str
    names: FieldPath
    shapes: Mapping[int, Shape]
    states: Mapping[str, Shape]
    placed: tuple[StepPosition, ...] = ()

    @classmethod
    def of(cls, flow: Flow, catalog: Catalog, path: str) -> _Finder:
        namespace = namespace_of(Material.of(catalog))
        namespace.flow(flow.name, flow.at)
        placed = tuple(placed_in(flow))
        names = tuple(_BRACKETS.sub("", path.strip()).split("."))
        return cls(flow, catalog, path.strip(), names, namespace.shapes, namespace.states, placed)

    def find(self) -> Lineage:
        root = self.names[0]
        if root not in _ROOTS:
            loops = [p for p in self.placed if p.step.foreach and p.step.foreach.name == root]
            if loops:
                return self._item(loops)
            ids = [one.step.id for one in self.placed]
            near = f"steps.{self.path}" if root in ids else closest(root, _ROOTS)
            if root in self.flow.outputs and not near:
                near = f"outputs.{self.path}"
            raise self._unknown_name(say('unknown name "{name}"', name=root), _ROOTS, near)
        lineage: Lineage = getattr(self, f"_{root}")()
        fields = tuple(_BRACKETS.sub("", lineage.path).split("."))
        users = [*readers(self.flow, fields, lineage.step, lineage.rest)]
        if root == "outputs":
            users += callers(self.flow, self.catalog, fields[1:])
        return replace(lineage, readers=tuple(users))

    def _item(self, loops: list[StepPosition]) -> Lineage:
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
        return Lineage(path=self.path, shape=ANY, sources=tuple(links))

    # -- the roots --------------------------------------------------------------------------------

    def _inputs(self) -> Lineage:
        inputs = self.flow.inputs
        shape = self._follow(shape_of_parameters(inputs, "inputs"), self.names[1:], 1)
        if len(self.names) == 1:
            return Lineage(path=self.path, shape=shape, at=self.flow.at)
        parameter = inputs[self.names[1]]
        words = say("whoever runs the flow, or the step that calls it")
        links = [Link(words=words, at=parameter.at)]
        if parameter.default is not None:
            text = str(parameter.default.written)
            links.append(Link(words=say("else its default"), text=text))
        missing = () if parameter.required or parameter.default else (_NOT_GIVEN,)
        return Lineage(
            path=self.path,
            shape=shape,
            title=parameter.description,
            parameter=parameter,
            at=parameter.at,
            sources=tuple(links),
            absences=missing,
        )

    def _outputs(self) -> Lineage:
        shape = self._follow(self.flow.shape, self.names[1:], 1)
        if len(self.names) == 1:
            return Lineage(path=self.path, shape=shape, at=self.flow.at)
        expression = self.flow.outputs[self.names[1]]
        at = expression.spot.at()
        link = Link(words=say("the flow's outputs"), at=at, text=expression.text)
        return Lineage(path=self.path, shape=shape, at=at, sources=(link,), absences=(_FAILED,))

    def _state(self) -> Lineage:
        state = self.flow.state
        if state is None:
            raise self._unknown_name(
                say("the flow {flow} declares no state", flow=self.flow.name), ()
            )
        shape = self._follow(self.states.get(state.collection, ANY), self.names[1:], 1)
        links, missing = [], [Link(words=say("the first run of a key has remembered nothing"))]
        for step, at, value in self._memories(state.collection, *self.names[1:2]):
            if value is None:
                missing.append(Link(words=say("forgotten by {step}", step=step), at=at))
            else:
                words = say("remembered by {step}", step=step)
                links.append(Link(words=words, at=at, text=str(value)))
        return Lineage(path=self.path, shape=shape, sources=tuple(links), absences=tuple(missing))

    def _memories(self, collection: str, name: str = "") -> Iterator[tuple[str, Location, Any]]:
        """Each step that remembers the name, where it stands, and what is written for it."""
        for flow in self.catalog.flows.values():
            if flow.state is None or flow.state.collection != collection:
                continue
            for one in placed_in(flow):
                if template := one.step.uses.remembers.get(name):
                    yield ".".join((flow.name, *one.path)), one.step.at, template.written

    def _env(self) -> Lineage:
        environments = self.catalog.environments.values()
        facts = {name for each in environments for name in each.facts()}
        if self.names[1:] and self.names[1] not in facts:
            message = say('no environment says "{name}"', name=self.names[1])
            raise self._unknown_name(message, sorted(facts), closest(self.names[1], facts))
        name = self.names[1] if self.names[1:] else ""
        links = tuple(
            Link(words=say("the environment {name}", name=e.name), at=e.at, text=_text_of(e, name))
            for e in environments
            if name in e.facts()
        )
        lacking = [e.name for e in environments if name and name not in e.facts()]
        words = say("the environment is {names}", names=" / ".join(lacking))
        missing = (Link(words=words),) if lacking else ()
        shape = ENV.fields.get(name, ANY) if name else ENV
        return Lineage(path=self.path, shape=shape, sources=links, absences=missing)

    def _run(self) -> Lineage:
        shape = self._follow(RUN, self.names[1:], 1)
        words = {
            "id": say("the run itself: its name in the journal"),
            "today": say("the day of the run's start, or the one of --today"),
            "now": say("the moment of the run's start; a run that goes on keeps it"),
        }
        links = [Link(words=words[name]) for name in self.names[1:2]]
        return Lineage(path=self.path, shape=shape, sources=tuple(links))

    def _steps(self) -> Lineage:
        if len(self.names) == 1:
            tops = {one.step.id: self._shape(one.step) for one in self.placed if not one.block}
            return Lineage(path=self.path, shape=object_of(tops, "steps"), at=self.flow.at)
        placed, rest = self._step()
        shape = self._follow(self._shape(placed.step), rest, len(self.names) - len(rest))
        whole = ".".join(("steps", *readable(placed), *rest))
        links = sources(placed.step, rest, self.catalog)
        return Lineage(
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

    def _step(self) -> tuple[StepPosition, FieldPath]:
        """The innermost step that the path names, and the names behind it."""
        names = self.names[1:]
        known = self._steps_by_name()
        for length in range(len(names), 0, -1):
            if names[:length] in known:
                return known[names[:length]], names[length:]
        alike = [one for one in self.placed if one.step.id == names[0]]
        if len(alike) == 1:  # a step of a group, as its neighbours read it
            return self._deeper(alike[0], names[1:])
        paths = [".".join(("steps", *step_names(one))) for one in alike]
        if alike:
            message = say('several steps are called "{name}"', name=names[0])
            raise self._unknown_name(message, paths)
        ids = dict.fromkeys(one.step.id for one in self.placed)
        message = say('there is no step "{name}"', name=names[0])
        raise self._unknown_name(message, list(ids), closest(names[0], ids))

    def _steps_by_name(self) -> dict[FieldPath, StepPosition]:
        """The steps by what reads them, a choice before its alternatives; these by their names."""
        placed = self.placed[::-1]
        by_name = {step_names(one): one for one in placed}
        return by_name | {readable(one): one for one in placed}

    def _deeper(self, one: StepPosition, names: FieldPath) -> tuple[StepPosition, FieldPath]:
        known = self._steps_by_name()
        for length in range(len(names), 0, -1):
            if (path := (*readable(one), *names[:length])) in known:
                return known[path], names[length:]
        return one, names

    def _shape(self, step: Step) -> Shape:
        return self.shapes.get(id(step), ANY)

    def _unit(self, step: Step, rest: FieldPath) -> str:
        """Where SGE says the unit of a value: beside it, as `unit` or `<name>Unit`."""
        if not rest:
            return ""
        shape = self._follow(self._shape(step), rest[:-1], 0).items
        beside = self._follow(self._shape(step), rest[:-1], 0)
        fields = {**beside.fields, **(shape.fields if beside.sort is Sort.LIST else {})}
        name = rest[-1]
        for one in (f"{name}Unit", "unit" if name in {"value", "measures", "power"} else ""):
            if one in fields and one != name:
                return ".".join(("steps", step.id, *rest[:-1], one))
        return ""

    def _follow(self, shape: Shape, names: FieldPath, at: int) -> Shape:
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

    def _no_field(self, shape: Shape, name: str, before: FieldPath) -> UsageError:
        owner = ".".join(before) or self.flow.name
        message = say('{owner} has no "{name}"', owner=verbatim(owner), name=name)
        return self._unknown_name(message, list(shape.fields), closest(name, shape.fields))

    def _unknown_name(self, message: Message, known: Any, near: str = "") -> UsageError:
        return UsageError(
            Problem(
                id=Id.UNKNOWN_NAME,
                message=message,
                allowed=tuple(known),
                allowed_label="known",
                suggestion=near,
            )
        )


_NOT_GIVEN = Link(words=say("it is optional: null when it is not given"))
_FAILED = Link(words=say("the flow fails"))


def _text_of(environment: Any, name: str) -> str:
    value = environment.facts()[name]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if name not in ("login", "contractId") else ""
