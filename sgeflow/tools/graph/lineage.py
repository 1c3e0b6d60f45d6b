"""The lineage of a value of a flow: its sources, its readers, and why it may be missing."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.checking.flows.checker import RUN, namespace_of
from sgeflow.core.checking.flows.expression_sites import ExpressionSite, every_site, reads
from sgeflow.core.checking.operations import ENV, shape_of_parameters
from sgeflow.core.engine.step import Catalog, Flow, Handler, Step
from sgeflow.core.engine.walk import (
    StepPosition,
    is_in_handler,
    placed_in,
    plain,
    readable,
    step_names,
)
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.shapes import ANY, Shape, Sort, object_of
from sgeflow.core.language.template import Template
from sgeflow.core.language.unparse import FieldPath
from sgeflow.errors import Id, Location, UsageError
from sgeflow.messages import Message, say, verbatim
from sgeflow.patterns import regex


class Link(Struct, frozen=True, kw_only=True):
    """One fact about a value: a sentence, its place and the text at that place."""

    words: str
    at: Location | None = None
    text: str = ""


def sources(step: Step, rest: FieldPath, catalog: Catalog) -> tuple[Link, ...]:
    """The sources of a step's result, or of a part of it."""
    summary = " ".join(line for line in step.spec.says()[:1] if line)
    does = verbatim(f"{step.verb.name} {summary}".strip())
    first = Link(words=say("step {step}: {does}", step=step.id, does=does), at=step.at)
    rest = rest[1:] if step.foreach and step.collect else rest  # names after `items` and `failed`
    links = [first, *_inside(step, rest, catalog), *_instead(step.handlers, rest)]
    return tuple(links)


def absences(placed: StepPosition, shape: Shape) -> Iterator[Link]:
    """The reasons why a value may be missing: a skipped step, a failed item, the answer."""
    around = (*placed.holders, placed.step)
    for holder, step in zip((None, *placed.holders), around, strict=True):
        if holder and holder.uses.is_choice and step is not holder.uses.inner[0]:
            words = say("an earlier alternative of {step} is chosen", step=holder.id)
            yield Link(words=words, at=holder.at)
        if step.when:
            yield _link_to(say("{step} is skipped unless this is true", step=step.id), step.when)
        if step.uses.is_choice and step is placed.step and step.uses.inner[-1].when:
            words = say("no alternative of {step} is chosen", step=step.id)
            yield Link(words=words, at=step.at)
        if step.collect and step is not placed.step:
            words = say("a branch or item of {step} fails", step=step.id)
            yield Link(words=words, at=step.at)
        ended = say("an earlier item of {step} ended the loop", step=step.id)
        if step.foreach and step.foreach.until:
            yield _link_to(ended, step.foreach.until)
        if step.keep:
            yield Link(words=ended, at=step.at)
    if is_in_handler(placed.block):
        yield Link(words=say("its handler is not needed"))
    if shape.sort is Sort.XML:
        yield Link(words=say("the service may leave it out: it is then null"))


def _inside(step: Step, rest: FieldPath, catalog: Catalog) -> Iterator[Link]:
    """The sources within a step: its alternatives, operation, flow or values."""
    uses, name = step.uses, rest[0] if rest else ""
    operation, called = catalog.operations.get(uses.operation), catalog.flows.get(uses.flow)
    if uses.is_choice:
        for one in uses.inner:
            if one.verb.ends:
                continue
            if one.when:
                words = say("when {step} is chosen, because this is true", step=one.id)
                yield _link_to(words, one.when)
            else:
                yield Link(words=say("otherwise"))
            yield from sources(one, rest, catalog)
    elif operation is not None and not rest:
        words = say("all response paths of {name}", name=operation.name)
        yield Link(words=words, at=operation.at)
    elif operation is not None:
        if name in operation.response.paths:
            path = operation.response.paths[name]
            words = say("response path {path} of {name}", path=name, name=operation.name)
            yield Link(words=words, at=path.spot.at(), text=" ".join(path.text.split()))
        lost = operation.reconcile
        if lost and name in lost.outputs:
            words = say("or the result of {name}, if the answer was lost", name=lost.call)
            yield _link_to(words, lost.outputs[name])
    elif called is not None and name in called.outputs:
        words = say(
            "output {output} of {flow}; see sgeflow show {flow} outputs.{output}",
            output=name,
            flow=called.name,
        )
        yield _link_to(words, called.outputs[name])
    elif name in uses.values:
        template = uses.values[name]
        words = say("its value {name}", name=name)
        yield Link(words=words, at=template.spot.at(), text=_flat(template))


def _link_to(words: Message, expression: Expression) -> Link:
    return Link(words=words, at=expression.spot.at(), text=expression.text)


def _instead(handlers: tuple[Handler, ...], rest: FieldPath) -> Iterator[Link]:
    for handler in handlers:
        causes = ", ".join((*handler.codes, *(one.value for one in handler.classes)))
        if handler.outputs is not None:
            template = dict(handler.outputs.children or ()).get(rest[0]) if rest else None
            words = say("on a fault ({causes}): the output of its handler", causes=causes)
            one = template or handler.outputs
            yield Link(words=words, at=one.spot.at(), text=_flat(one))
        elif handler.steps:
            last = handler.steps[-1]
            words = say(
                "on a fault ({causes}): the output of step {step}", causes=causes, step=last.id
            )
            yield Link(words=words, at=last.at)


def _flat(template: Template) -> str:
    value = template.written
    if isinstance(value, str):
        return " ".join(value.split())
    return json.dumps(value, ensure_ascii=False, default=str)


def readers(
    flow: Flow, path: FieldPath, step: StepPosition | None = None, rest: FieldPath = ()
) -> Iterator[Link]:
    """The expressions of a flow that read a path, or a part of a step's result."""
    for site in every_site(flow):
        targets = _seen_as(step, rest, site) if step else (path,)
        if not any(_touches(read, target) for read in reads(site) for target in targets):
            continue
        words = verbatim(site.role)
        if site.step is not None:
            place = ".".join((*plain(site.block), site.step.id))
            words = say("step {step}, {role}", step=place, role=words)
        text = site.expression.text
        yield Link(words=words, at=site.expression.spot.at(0, len(text)), text=text)


def callers(flow: Flow, catalog: Catalog, rest: FieldPath) -> Iterator[Link]:
    """The flows that call this flow and read an output of it."""
    for other in catalog.flows.values():
        for one in placed_in(other):
            if one.step.uses.flow == flow.name:
                for link in readers(other, (), one, rest):
                    words = say("{flow}, {reader}", flow=other.name, reader=link.words)
                    yield replace(link, words=words)


def _seen_as(placed: StepPosition, rest: FieldPath, site: ExpressionSite) -> tuple[FieldPath, ...]:
    """The paths by which a site reads a part of a step's result; shorter within the same group."""
    here = (*site.block, site.step.id) if site.step else ()
    shared = 0
    for one, other in zip(placed.block, here, strict=False):
        if one != other:
            break
        shared += 1
    names = placed.path[shared:]
    if is_in_handler(names):  # not readable from outside
        return ()
    within = ("steps", *plain(names), *rest)
    itself = site.step is placed.step and site.role in ("poll", "repeat", "foreach", "undo")
    return (within, ("this", *rest)) if itself else (within,)


def _touches(read: FieldPath, target: FieldPath) -> bool:
    """Whether a read path is the target, contains it or lies in it."""
    shorter = min(len(read), len(target))
    return read == target or (shorter > 1 and read[:shorter] == target[:shorter])


_BRACKETS = regex(r"\[[^\]]*\]")
_ROOTS = ("inputs", "steps", "outputs", "state", "env", "run")


class Lineage(Struct, frozen=True, kw_only=True):
    """The lineage of a value, known before any run."""

    path: str
    shape: Shape
    title: str = ""
    parameter: Parameter | None = None  # for an input
    unit: str = ""
    at: Location | None = None
    sources: tuple[Link, ...] = ()
    absences: tuple[Link, ...] = ()  # reasons why the value may be missing
    readers: tuple[Link, ...] = ()
    step: StepPosition | None = None  # the step that produces the value
    rest: FieldPath = ()  # names after the step's own


def find_lineage(flow: Flow, catalog: Catalog, path: str) -> Lineage:
    """Find the lineage of a path of a flow: `steps.contract.segment`, `inputs.pointId`.

    Raises:
        UsageError: the path does not exist; suggests a similar one.
    """
    namespace = namespace_of(catalog)
    namespace.flow(flow.name, flow.at)
    names = tuple(_BRACKETS.sub("", path.strip()).split("."))
    shapes, states = namespace.shapes, namespace.states
    finder = _Finder(flow, catalog, path.strip(), names, shapes, states, tuple(placed_in(flow)))
    return finder.find()


class _Finder(Struct, frozen=True):
    flow: Flow
    catalog: Catalog
    path: str
    names: FieldPath
    shapes: Mapping[int, Shape]
    states: Mapping[str, Shape]
    placed: tuple[StepPosition, ...]

    def find(self) -> Lineage:
        root = self.names[0]
        if root not in _ROOTS:
            if found := tuple(self._loops(root)):
                return Lineage(path=self.path, shape=ANY, sources=found)
            ids = [one.step.id for one in self.placed]
            near = f"steps.{self.path}" if root in ids else closest(root, _ROOTS)
            if root in self.flow.outputs and not near:
                near = f"outputs.{self.path}"
            raise self._unknown_name(say('unknown name "{name}"', name=root), _ROOTS, near)
        lineage: Lineage = getattr(self, f"_{root}")()
        fields = tuple(_BRACKETS.sub("", lineage.path).split("."))
        users = list(readers(self.flow, fields, lineage.step, lineage.rest))
        if root == "outputs":
            users += callers(self.flow, self.catalog, fields[1:])
        return replace(lineage, readers=tuple(users))

    def _loops(self, root: str) -> Iterator[Link]:
        """The lists whose items have a name, and the values of turns."""
        for one in self.placed:
            each, repeat, step = one.step.foreach, one.step.repeat, ".".join(readable(one))
            if each and each.name == root:
                words, at = say("an item of step {step}", step=step), each.items.spot.at()
                yield Link(words=words, at=at, text=str(each.items.written))
            for values in (repeat.first, repeat.next) if repeat and root == "turn" else ():
                for name in self.names[1:2]:
                    if name in values:
                        words = say("a turn of step {step}", step=step)
                        at = values[name].spot.at()
                        yield Link(words=words, at=at, text=_flat(values[name]))

    def _inputs(self) -> Lineage:
        inputs = self.flow.inputs
        shape = self._follow(shape_of_parameters(inputs, "inputs"), self.names[1:], 1)
        if len(self.names) == 1:
            return Lineage(path=self.path, shape=shape, at=self.flow.at)
        parameter = inputs[self.names[1]]
        words = say("the user of the flow, or the step that calls it")
        links = [Link(words=words, at=parameter.at)]
        if parameter.default is not None:
            text = str(parameter.default.written)
            links.append(Link(words=say("else its default"), text=text))
        is_given = parameter.required or parameter.default
        missing = Link(words=say("it is optional: null when it is not given"))
        return Lineage(
            path=self.path,
            shape=shape,
            title=parameter.description,
            parameter=parameter,
            at=parameter.at,
            sources=tuple(links),
            absences=() if is_given else (missing,),
        )

    def _outputs(self) -> Lineage:
        shape = self._follow(self.flow.shape, self.names[1:], 1)
        if len(self.names) == 1:
            return Lineage(path=self.path, shape=shape, at=self.flow.at)
        expression = self.flow.outputs[self.names[1]]
        link = _link_to(say("the flow's outputs"), expression)
        missing = (Link(words=say("the flow fails")),)
        return Lineage(path=self.path, shape=shape, at=link.at, sources=(link,), absences=missing)

    def _state(self) -> Lineage:
        state = self.flow.state
        if state is None:
            message = say("the flow {flow} declares no state", flow=self.flow.name)
            raise self._unknown_name(message, ())
        shape = self._follow(self.states.get(state.collection, ANY), self.names[1:], 1)
        links, missing = [], [Link(words=say("the first run of a key has no memory"))]
        name = self.names[1] if self.names[1:] else ""
        for flow in self.catalog.flows.values():
            if flow.state is None or flow.state.collection != state.collection:
                continue
            for one in placed_in(flow):
                template = one.step.uses.remembers.get(name)
                if not template:
                    continue
                step, at = ".".join((flow.name, *one.path)), one.step.at
                if template.written is None:
                    missing.append(Link(words=say("forgotten by {step}", step=step), at=at))
                else:
                    words = say("remembered by {step}", step=step)
                    links.append(Link(words=words, at=at, text=str(template.written)))
        return Lineage(path=self.path, shape=shape, sources=tuple(links), absences=tuple(missing))

    def _env(self) -> Lineage:
        environments = self.catalog.environments.values()
        facts = {name for each in environments for name in each.facts()}
        if self.names[1:] and self.names[1] not in facts:
            message = say('there is no {what} "{name}"', what=say("setting"), name=self.names[1])
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
            "today": say("the day of the start, or --today"),
            "now": say("the time of the start; kept when a run is resumed"),
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
        return Lineage(
            path=whole,
            shape=shape,
            title=placed.step.title,
            unit=self._unit(placed.step, rest),
            at=placed.step.at,
            sources=sources(placed.step, rest, self.catalog),
            absences=tuple(absences(placed, shape)),
            step=placed,
            rest=rest,
        )

    def _step(self) -> tuple[StepPosition, FieldPath]:
        """The innermost step that the path names, and the names after it."""
        names = self.names[1:]
        found, rest = self._longest((), names)
        if found:
            return found, rest
        alike = [one for one in self.placed if one.step.id == names[0]]
        if len(alike) == 1:  # a step of a group, read from within the group
            found, rest = self._longest(readable(alike[0]), names[1:])
            return found or alike[0], rest
        paths = [".".join(("steps", *step_names(one))) for one in alike]
        if alike:
            message = say('several steps have the id "{name}"', name=names[0])
            raise self._unknown_name(message, paths)
        ids = dict.fromkeys(one.step.id for one in self.placed)
        message = say('there is no {what} "{name}"', what=say("step"), name=names[0])
        raise self._unknown_name(message, list(ids), closest(names[0], ids))

    def _longest(
        self, before: FieldPath, names: FieldPath
    ) -> tuple[StepPosition | None, FieldPath]:
        """The step at `before` and as many of `names` as possible, and the remaining names."""
        placed = self.placed[::-1]  # a choice comes before its alternatives
        known = {step_names(one): one for one in placed} | {readable(one): one for one in placed}
        for length in range(len(names), 0, -1):
            if (path := (*before, *names[:length])) in known:
                return known[path], names[length:]
        return None, names

    def _shape(self, step: Step) -> Shape:
        return self.shapes.get(id(step), ANY)

    def _unit(self, step: Step, rest: FieldPath) -> str:
        """The path of a value's unit beside the value: `unit` or `<name>Unit`."""
        if not rest:
            return ""
        beside, name = self._follow(self._shape(step), rest[:-1], 0), rest[-1]
        items = beside.items.fields if beside.sort is Sort.LIST else {}
        fields = {**beside.fields, **items}
        for one in (f"{name}Unit", "unit" if name in {"value", "measures", "power"} else ""):
            if one in fields and one != name:
                return ".".join(("steps", step.id, *rest[:-1], one))
        return ""

    def _follow(self, shape: Shape, names: FieldPath, at: int) -> Shape:
        """The shape at some names; for a list, the names apply to its items."""
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
                owner = verbatim(".".join(self.names[: at + place]) or self.flow.name)
                message = say('{origin} has no "{name}"', origin=owner, name=name)
                near = closest(name, shape.fields)
                raise self._unknown_name(message, list(shape.fields), near)
        return shape

    def _unknown_name(self, message: Message, known: Any, near: str = "") -> UsageError:
        return UsageError.of(
            Id.UNKNOWN_NAME, message, allowed=tuple(known), allowed_label="known", suggestion=near
        )


def _text_of(environment: Any, name: str) -> str:
    value = environment.facts()[name]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if name not in ("login", "contractId") else ""
