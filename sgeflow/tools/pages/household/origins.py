"""Where the values of a series come from: the run that worked on it last, and delivered files."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class Origin(Struct, frozen=True, kw_only=True):
    """A series of a point: how many values of when, and who gave it something last."""

    series: str
    count: int
    first: date
    last: date
    run: str = ""
    flow: str = ""
    began: str = ""
    files: tuple[str, ...] = ()
