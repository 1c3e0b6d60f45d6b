"""What a verb of the language declares; a file of `steps/` does, and nothing else needs to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import End, Run, Scope

if TYPE_CHECKING:
    from sgeflow.core.checking.step_checker import Checker
    from sgeflow.core.checking.step_reader import Keys
    from sgeflow.core.language.shapes import Shape


def nothing_said(spec: Any) -> tuple[str, ...]:  # noqa: ARG001 - a verb's form
    """What a picture says of a step whose verb says it all."""
    return ()


def series_said(spec: Any) -> tuple[str, ...]:
    """What a picture says of a step that works on one series."""
    return (spec.series,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb of the language; a file of `steps/` declares it, and nothing else needs to know.

    `properties` are the step's keys that belong to the verb (the verb's own name first), as JSON
    Schema. `decode` reads them, `check` proves every name in them and gives the outputs' shape,
    `run` is the script. `says` tells a picture in a few lines what a step does, in words of the
    document; after a verb that `ends`, no step of the flow comes.
    """

    name: str
    manual: str
    properties: Mapping[str, Any]
    decode: Callable[[Keys], Any]
    check: Callable[[Any, Checker], Shape]
    run: Callable[[Any, Scope, Run], Script[End]]
    modifiers: frozenset[str] = field(default_factory=frozenset)  # beyond when, foreach, on_fault
    required: tuple[str, ...] = ()
    says: Callable[[Any], tuple[str, ...]] = nothing_said
    ends: bool = False
