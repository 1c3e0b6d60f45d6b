"""Parts of several pages: figures at the top, and explained codes."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from sgeflow.core.model import Status
from sgeflow.messages import Message, say


class PageFigure(Struct, frozen=True, kw_only=True):
    """A number with its name, its unit and its notes."""

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
"""The ends of a run or fleet: style class, and word in the heading."""


class CodeExplanation(Struct, frozen=True, kw_only=True):
    """A code explained: its meaning, its remedies, its class."""

    means: str = ""
    remedies: tuple[str, ...] = ()
    fault_class: str = ""


Explain = Callable[[str, str], CodeExplanation]
"""Explains a code; with the place of an end in a flow, explains this end."""
