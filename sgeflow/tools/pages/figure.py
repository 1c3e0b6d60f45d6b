"""A figure at the top of a page."""

from __future__ import annotations

from msgspec import Struct


class PageFigure(Struct, frozen=True, kw_only=True):
    """A number with its name, its unit and what is to be noted about it."""

    name: str
    value: str
    unit: str = ""
    notes: tuple[str, ...] = ()
