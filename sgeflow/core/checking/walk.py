"""Every expression of a flow and where it stands: who reads what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from sgeflow.core.engine.step import Catalog, Flow, Handler, Step
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.template import Template
from sgeflow.core.language.unparse import Path, paths, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """An expression and who evaluates it."""

    expression: Expression
    role: str  # of the step: when, foreach, undo …; of the flow: outputs, state
    step: Step | None = None
    block: Path = ()  # the names that lead to the list in which the step stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A step and the names that lead to the list in which it stands."""

    step: Step
    block: Path
    holders: tuple[Step, ...] = ()  # the steps that it stands in, outermost first

    @property
    def path(self) -> Path:
        """The names under which its outputs are read once all that holds it has ended."""
        return (*self.block, self.step.id)


def every_step(steps: Iterable[Step], *, undos: bool = True) -> Iterator[Step]:
    """All steps of a flow: nested ones, handlers' and undos too."""
    for step in steps:
        yield step
        yield from every_step(getattr(step.spec, "inner", ()), undos=undos)
        for handler in step.handlers:
            yield from every_step(handler.steps, undos=undos)
        if step.undo and undos:
            yield from every_step((step.undo,))


def every_placed(
    steps: Iterable[Step], block: Path = (), holders: tuple[Step, ...] = ()
) -> Iterator[Placed]:
    """All steps of a list, with those that stand in them; an undo has no outputs to read."""
    for step in steps:
        yield Placed(step=step, block=block, holders=holders)
        here, inside = (*block, step.id), (*holders, step)
        branches: Mapping[str, tuple[Step, ...]] = getattr(step.spec, "branches", None) or {}
        for name, branch in branches.items():
            yield from every_placed(branch, (*here, name), inside)
        if not branches:
            yield from every_placed(getattr(step.spec, "inner", ()), here, inside)
        for number, handler in enumerate(step.handlers):
            yield from every_placed(handler.steps, (*here, f"on_fault[{number}]"), inside)


def every_site(flow: Flow) -> Iterator[Site]:
    """All expressions of a flow."""
    for parameter in flow.inputs.values():
        yield from _sites(parameter.default, "inputs")
    if flow.state:
        yield from _sites(flow.state.key, "state")
    for placed in every_placed(flow.steps):
        yield from step_sites(placed.step, placed.block)
    for number, handler in enumerate(flow.handlers):
        block = (f"on_fault[{number}]",)
        yield from _handled(handler, None, block)
        for placed in every_placed(handler.steps, block):
            yield from step_sites(placed.step, placed.block)
    yield from _sites(flow.outputs, "outputs")


def step_sites(step: Step, block: Path = ()) -> Iterator[Site]:
    """The expressions of a step itself, its undo's too; not of the steps that stand in it."""
    for value, role in (
        (step.when, "when"),
        (step.foreach, "foreach"),
        (step.poll, "poll"),
        (step.spec, step.verb.name),
    ):
        yield from _sites(value, role, step, block)
    for handler in step.handlers:
        yield from _handled(handler, step, block)
    if step.undo:
        for site in step_sites(step.undo, block):
            yield Site(expression=site.expression, role="undo", step=step, block=block)


def words_of(flow: Flow, catalog: Catalog) -> frozenset[str]:
    """The texts that the documents of a flow and of those it calls say themselves."""
    found: set[str] = set()
    todo, seen = [flow], {flow.name}
    while todo:
        one = todo.pop()
        found.update(word for each in every_site(one) for word in texts(each.expression.parsed))
        found.update(word for each in one.inputs.values() for word in _allowed(each))
        for placed in every_placed(one.steps):
            name = getattr(placed.step.spec, "flow", "")
            if name and name not in seen:
                seen.add(name)
                todo.append(catalog.flows[name])
    return frozenset(found)


def readable(placed: Placed) -> Path:
    """The names that lead to a step, without those of handlers, which nothing reads."""
    return plain(placed.path)


def plain(names: Path) -> Path:
    """Names without those of handlers."""
    return tuple(name for name in names if not name.startswith("on_fault["))


def reads(site: Site) -> tuple[Path, ...]:
    """The paths that a site reads."""
    return paths(site.expression.parsed)


def expressions_in(value: Any) -> Iterator[Expression]:
    """The expressions in a value of a document, but not those of steps in it."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, Template):
        yield from value.expressions()
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from expressions_in(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from expressions_in(one)
    elif is_dataclass(value) and not isinstance(value, (Step, type)):
        for field in fields(value):
            yield from expressions_in(getattr(value, field.name))


def _sites(value: Any, role: str, step: Step | None = None, block: Path = ()) -> Iterator[Site]:
    for expression in expressions_in(value):
        yield Site(expression=expression, role=role, step=step, block=block)


def _handled(handler: Handler, step: Step | None, block: Path) -> Iterator[Site]:
    yield from _sites((handler.outputs, handler.fail), "on_fault", step, block)


def _allowed(parameter: Parameter) -> Iterator[str]:
    if not parameter.personal:
        yield from (one for one in parameter.schema.get("enum", ()) if isinstance(one, str))
