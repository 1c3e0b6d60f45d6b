"""The steps of a flow before it runs: what each calls, and when its turn comes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from sgeflow.core.documents import Environment
from sgeflow.core.engine.step import Catalog, Flow, Step
from sgeflow.core.engine.trails import at_finally, inside
from sgeflow.core.language.expression import roots_of, value_of
from sgeflow.runtime.project import Workspace

Steps = tuple[Step, ...]


class OutlineStep(Struct, frozen=True, kw_only=True):
    """A step whose turn depends on answers that nobody has yet."""

    depth: int
    name: str  # its title, else its id
    verb: str
    when: str = ""  # the condition, as written
    calls: str = ""  # the operation or service that it would call
    changes: bool = False  # it is an order or a cancel, or changes something elsewhere


def outline(workspace: Workspace, flow: str) -> tuple[OutlineStep, ...]:
    """All steps of a flow that call, or have a title, as they stand in one another."""
    chosen = workspace.flow(flow)
    return tuple(_OutlineWalk(workspace.catalog).whole(chosen))


def remaining(
    flow: Flow, catalog: Catalog, environment: Environment, ended: Collection[str]
) -> tuple[OutlineStep, ...]:
    """The steps that may still come: not those that ended, nor those of other environments."""
    walk = _OutlineWalk(catalog, known={"env": environment.facts()}, ended=ended)
    return tuple(walk.whole(flow))


class _OutlineWalk(Struct, frozen=True):
    """Goes through nested steps; the bookkeeping between them is left out."""

    catalog: Catalog
    known: Mapping[str, Any] = field(default_factory=dict)  # what conditions may read already
    ended: Collection[str] = ()  # trails

    def whole(self, flow: Flow) -> Iterator[OutlineStep]:
        """The steps of a flow, and those that are done whatever happened."""
        yield from self.steps(flow.steps, flow.name, 0)
        yield from self.steps(flow.finally_steps, at_finally(flow.name), 0)

    def steps(self, steps: Steps, above: str, depth: int) -> Iterator[OutlineStep]:
        for step in steps:
            trail = inside(above, step.id)
            if trail in self.ended or self._is_ruled_out(step):
                continue
            is_told = bool(step.title or step.uses.request)
            if is_told:
                yield self._outline_line(step, depth)
            for name, inner in self._inside(step):
                below = inside(trail, name) if name else trail
                open_ = self._not_ruled_out(inner) if step.uses.is_choice else inner
                yield from self.steps(open_, below, depth + is_told)

    def _inside(self, step: Step) -> Iterator[tuple[str, Steps]]:
        """The groups of steps in a step, each with its name, if it has one."""
        uses = step.uses
        if uses.flow:
            yield uses.flow, self.catalog.flows[uses.flow].steps
        yield from uses.blocks.items()

    def _not_ruled_out(self, alternatives: Steps) -> Steps:
        """The alternatives of a choice, up to the first whose condition surely holds."""
        certain = (i for i, step in enumerate(alternatives) if self._is_certain(step))
        return alternatives[: next(certain, len(alternatives)) + 1]

    def _is_ruled_out(self, step: Step) -> bool:
        """Whether a part of the condition is known to be false, whatever the answers."""
        return any(value is False for value in self._values(step))

    def _is_certain(self, step: Step) -> bool:
        """Whether every part of the condition is known to be true."""
        return all(value is True for value in self._values(step))

    def _values(self, step: Step) -> Iterator[Any]:
        """What each part of the condition is; None while it depends on answers."""
        for part in _parts(step.when.syntax_tree) if step.when else ():
            known = self.known and roots_of(part) <= self.known.keys()
            yield value_of(part, self.known) if known else None

    def _outline_line(self, step: Step, depth: int) -> OutlineStep:
        return OutlineStep(
            depth=depth,
            name=step.title or step.id,
            verb=step.verb.name,
            when=step.when.text if step.when and not self._is_certain(step) else "",
            calls=step.uses.request,
            changes=step.uses.changes(self.catalog.operations),
        )


def _parts(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The conditions that must all hold."""
    if node["type"] == "and_expression":
        for child in node["children"]:
            yield from _parts(child)
    else:
        yield node
