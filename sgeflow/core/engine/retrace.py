"""A flow that was being undone is gone over, to find what it did: nothing is done meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec.structs import asdict, replace

from sgeflow.core.engine.customers import Customer
from sgeflow.core.engine.effects import (
    Effect,
    Erase,
    Export,
    Exported,
    Recognise,
    Remember,
    Script,
    Together,
    WriteReport,
    intercept,
)
from sgeflow.core.engine.ports import merge_state
from sgeflow.core.engine.trails import trail_of, undo_around

T = TypeVar("T")


def retrace(script: Script[T]) -> Script[T]:
    """The same script, but that nothing is remembered, forgotten, deleted or written by it.

    What comes of it is what would have come; the undos within it are done. (Calls ask the journal
    themselves what was answered, and measures that are kept again change nothing.)
    """
    return intercept(script, _answer_harmlessly)


def _answer_harmlessly(effect: Effect[Any]) -> Script[Any]:
    if isinstance(effect, Together):
        effect = replace(effect, scripts=tuple(map(retrace, effect.scripts)))
    unchanged = _UNCHANGED.get(type(effect))
    if unchanged and not _is_of_undo(effect):
        return unchanged(effect)
    return (yield effect)


def _is_of_undo(effect: Any) -> bool:
    return bool(undo_around(trail_of(effect.key)))


def _empty_export(effect: Export | WriteReport) -> Exported:
    return Exported(file=effect.file, counts={})


_UNCHANGED: Mapping[type[Effect[Any]], Callable[[Any], Any]] = {
    Remember: lambda effect: merge_state(None, effect.values),
    Recognise: lambda _: asdict(Customer(number=1)),
    Erase: lambda _: 0,
    Export: _empty_export,
    WriteReport: _empty_export,
}
