"""What stands for a step that cannot be read, so that those around it can be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.engine.step import Step
from sgeflow.core.language.shapes import ANY, Shape
from sgeflow.core.language.template import Template
from sgeflow.errors import Location

if TYPE_CHECKING:
    from sgeflow.core.checking.flows.step_checker import Checker


def place_holder(name: str, at: Location) -> Step:
    """Stands for a step with a mistake: whatever is read of it is no second mistake."""
    return Step(id=name, verb=_UNREADABLE, spec=(), at=at)


def _unreadable_shape(templates: tuple[Template, ...], checker: Checker) -> Shape:
    for template in templates:
        checker.template(template)
    return ANY


def _never(*_: Any) -> Any:
    raise AssertionError("a document with a mistake does not run")


_UNREADABLE = Verb(
    name="unreadable",
    manual="",
    properties={},
    decode=_never,
    check=_unreadable_shape,
    run=_never,
)
