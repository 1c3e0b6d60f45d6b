"""Parts that several pages have: figures at the top, and explained codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from sgeflow.core.model import Status
from sgeflow.messages import Message, say


class PageFigure(Struct, frozen=True, kw_only=True):
    """A number with its name, its unit and what is to be noted about it."""

    name: str
    value: str
    unit: str = ""
    notes: tuple[str, ...] = ()


OUTCOMES: Mapping[Status, tuple[str, Message]] = {
    Status.DONE: ("good", say("Succeeded")),
    Status.PARTIAL: ("bad", say("Done in part")),
    Status.FAILED: ("bad", say("Failed")),
    Status.RUNNING: ("bad", say("Not ended")),
}
"""How a run or fleet ended: the class of its colour, and the word in its heading."""


class CodeExplanation(Struct, frozen=True, kw_only=True):
    """A code explained: its meaning, its remedies, its class."""

    means: str = ""
    remedies: tuple[str, ...] = ()
    fault_class: str = ""


Explain = Callable[[str, str], CodeExplanation]
"""Tells of a code; of one end with it, where the place of that end is known."""
