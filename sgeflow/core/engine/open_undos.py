"""What the engine asks about undos that are not finished: its own, and those of other runs."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from sgeflow.core.engine.effects import Effect
from sgeflow.core.model import Failure
from sgeflow.errors import Problem


class Undoing(Struct, frozen=True, kw_only=True):
    """What an undo is for."""

    key: str
    what: str  # is undone, for a person, where no order of the step tells
    trail: str  # of the step that made it
    is_harmless: bool = False  # it keeps nobody waiting when it cannot be undone: an orphan


class BeginUndo(Effect[None], frozen=True, kw_only=True):
    """Note that a flow begins to undo what it did, with the `note` that it goes on from.

    `place` is what the flow remembers things under, or empty.
    """

    key: str
    note: Any
    undos: tuple[Undoing, ...]
    place: str


class FindConflict(Effect[Problem | None], frozen=True, kw_only=True):
    """What another run has open where this one is about to begin something, or None.

    An undo is in the way of all, a lost order of whoever takes something back (`of_cancel`).
    """

    place: str
    of_cancel: bool


class UndoEnded(Effect[None], frozen=True, kw_only=True):
    """How an undo ended: with a failure, what it is for is left standing until a person knows."""

    undo: Undoing
    failure: Failure | None = None
