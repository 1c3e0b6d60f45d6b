"""Parts that several pages have: figures at the top, and explained codes."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class PageFigure(Struct, frozen=True, kw_only=True):
    """A number with its name, its unit and what is to be noted about it."""

    name: str
    value: str
    unit: str = ""
    notes: tuple[str, ...] = ()


class CodeExplanation(Struct, frozen=True, kw_only=True):
    """A code explained: its meaning, its remedies, its class."""

    means: str = ""
    remedies: tuple[str, ...] = ()
    fault_class: str = ""


Explain = Callable[[str, str], CodeExplanation]
"""Tells of a code; of one end with it, where the place of that end is known."""
