"""What stands for a step that cannot be read, so that those around it can be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.engine.step import Step, Uses
from sgeflow.core.language.shapes import ANY, Shape
from sgeflow.core.language.template import Template
from sgeflow.errors import Location

if TYPE_CHECKING:
    from sgeflow.core.checking.flows.step_checker import Checker


class ReadableParts(Struct, frozen=True, kw_only=True):
    """What of a step with a mistake can be looked at all the same."""

    templates: tuple[Template, ...] = ()
    blocks: tuple[tuple[Step, ...], ...] = ()


def place_holder(name: str, at: Location, spec: ReadableParts = ReadableParts()) -> Step:  # noqa: B008
    """Stands for a step with a mistake: whatever is read of it is no second mistake."""
    return Step(id=name, verb=_UNREADABLE, spec=spec, at=at)


def _unreadable_shape(spec: ReadableParts, checker: Checker) -> Shape:
    for template in spec.templates:
        checker.template(template)
    for steps in spec.blocks:
        checker.block(steps)
    return ANY


def _steps_in(spec: ReadableParts) -> Uses:
    return Uses(blocks={"": tuple(step for steps in spec.blocks for step in steps)})


def _never(*_: Any) -> Any:
    raise AssertionError("a document with a mistake does not run")


_UNREADABLE = Verb(
    name="unreadable",
    manual="",
    properties={},
    decode=_never,
    check=_unreadable_shape,
    run=_never,
    uses=_steps_in,
)
