"""Whether a step is what it was: its own words, and all documents that it can come to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from sgeflow.core.checking.document import FAULTS, TYPES
from sgeflow.core.engine.step import Catalog, Step
from sgeflow.core.engine.step_events import StepBegun
from sgeflow.core.engine.transcript import is_same_value
from sgeflow.core.engine.walk import called_flows, every_step, steps_of
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.text import Spot
from sgeflow.errors import Location
from sgeflow.messages import LocalizedText
from sgeflow.runtime.project import Workspace

_SHIPPED = " (shipped)"
_TYPES, _FAULTS = f"operations/{TYPES}", f"operations/{FAULTS}"


def documents_of(flow: str, catalog: Catalog) -> Iterator[str]:
    """The documents that a flow can come to, as kind/name; all of a kind as kind/."""
    yield f"flows/{flow}"
    for one in called_flows(catalog.flows, flow).values():
        for step in steps_of(one):
            yield from _documents_in(step, catalog)


def name_of(source: str) -> str:
    """The kind/name of a text of a project, its own or a shipped one."""
    return source.removesuffix(_SHIPPED)


class StepForms(Struct, frozen=True, kw_only=True):
    """Tells which steps are as they were before some documents changed."""

    catalog: Catalog
    changed: frozenset[str]  # as kind/name
    _forms: dict[int, tuple[Step, Any]] = field(default_factory=dict)  # by the step's identity
    _documents: dict[int, tuple[Step, frozenset[str]]] = field(default_factory=dict)

    def is_known(self, now: StepBegun, before: StepBegun) -> bool:
        """Whether a step that begins is as it was, and is given the same."""
        return (
            now.given == before.given
            and self._form(now.step) == self._form(before.step)
            and not self._comes_to_changes(now.step)
            and is_same_value(now.scope, before.scope)
        )

    def _form(self, step: Step) -> Any:
        if id(step) not in self._forms:
            self._forms[id(step)] = step, without_places(step)
        return self._forms[id(step)][1]

    def _comes_to_changes(self, step: Step) -> bool:
        if id(step) not in self._documents:
            steps = every_step((step,))
            reached = frozenset(name for one in steps for name in self._documents_behind(one))
            self._documents[id(step)] = step, reached
        names = self._documents[id(step)][1]
        return any(one in names or f"{one.partition('/')[0]}/" in names for one in self.changed)

    def _documents_behind(self, step: Step) -> Iterator[str]:
        yield from _documents_in(step, self.catalog)
        if step.uses.flow:
            yield from documents_of(step.uses.flow, self.catalog)


def forms_since(
    before: Workspace, now: Workspace, environment: str, codes: Collection[str]
) -> StepForms | None:
    """What tells which steps are as they were; None where all may be others.

    `codes` are those that were answered: what is said of any other code is read by nothing.
    """
    places = [_environment_form(one, environment) for one in (before, now)]
    if places[0] != places[1] or not _changed_codes(before, now).isdisjoint(codes):
        return None
    return _forms(before, now)


@lru_cache(maxsize=8)  # the cases of a project have begun in a few states of it
def _forms(before: Workspace, now: Workspace) -> StepForms:
    return StepForms(catalog=now.catalog, changed=frozenset(_changes(before, now)))


def _changes(before: Workspace, now: Workspace) -> Iterator[str]:
    """The documents that are others, as kind/name; those that say the same by other types too."""
    old, new = before.sources.texts, now.sources.texts
    texts = {name_of(one) for one in {*old, *new} if old.get(one) != new.get(one)}
    yield from texts - {_FAULTS}
    if _TYPES in texts:
        for kind in ("operations", "flows"):
            sides = [getattr(one.catalog, kind) for one in (before, now)]
            for name in {*sides[0], *sides[1]}:
                if without_places(sides[0].get(name)) != without_places(sides[1].get(name)):
                    yield f"{kind}/{name}"


@lru_cache(maxsize=8)
def _changed_codes(before: Workspace, now: Workspace) -> frozenset[str]:
    """The codes of SGE of which another thing is said."""
    old, new = before.catalog.faults, now.catalog.faults
    return frozenset(
        code
        for code in {*old, *new}
        if without_places(old.get(code)) != without_places(new.get(code))
    )


@lru_cache(maxsize=32)
def _environment_form(workspace: Workspace, name: str) -> Any:
    return without_places(workspace.catalog.environments.get(name))


def without_places(value: Any) -> Any:
    """A value of documents as plain data, but for the places where it is written."""
    if isinstance(value, Location | Spot):
        return None
    if isinstance(value, Expression):
        return (value.text, value.is_path)
    if isinstance(value, LocalizedText):
        return dict(value.texts)
    if isinstance(value, Step):
        own = [name for name in value.__struct_fields__ if name not in ("verb", "at")]
        return (value.verb.name, *(without_places(getattr(value, name)) for name in own))
    if isinstance(value, Struct):
        parts = (without_places(getattr(value, name)) for name in value.__struct_fields__)
        return (type(value), *parts)
    if isinstance(value, Mapping):
        return {name: without_places(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_places(one) for one in value]
    return (type(value), value) if isinstance(value, bool | int | float) else value


def _documents_in(step: Step, catalog: Catalog) -> Iterator[str]:
    """The documents that a step names; an order's is settled by another operation."""
    uses = step.uses
    if uses.flow:
        yield f"flows/{uses.flow}"
    if uses.operation:
        yield f"operations/{uses.operation}"
        operation = catalog.operations.get(uses.operation)
        if operation and operation.reconcile:
            yield f"operations/{operation.reconcile.call}"
    if uses.casebook:
        yield from (f"homologation/{uses.casebook}", "operations/")
