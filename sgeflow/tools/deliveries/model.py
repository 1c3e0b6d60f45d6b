"""What a reader of delivered files promises: its declaration, what it is told, what it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from typing import Any

from sgeflow.core.model import Measure, Series
from sgeflow.errors import Id, Problem, TechnicalError
from sgeflow.messages import Said, fixed, say

_SHOWN = 20  # names of an unknown layout that are told
_LONGEST = 40  # characters of one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Measures of one series of one point; `doubtful` counts those that Enedis marks so.

    At the starts that are `withdrawn` the file says that there is no value any more.
    """

    series: Series
    measures: tuple[Measure, ...]
    withdrawn: tuple[int, ...] = ()
    dropped: int = 0
    doubtful: int = 0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document about one point, as it came; `line` is what of it a table shows."""

    point: str
    body: Mapping[str, Any]
    line: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A curve of one point whose stamps do not tell what they mark: nothing of it is kept."""

    series: Series
    reason: Said


Piece = Measured | Paper | Unclear


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a reader is told of a file: its flux, and what stamps mark that do not tell it."""

    name: str
    flux: str
    stamped: str = "auto"  # "start", "end", or "auto": such curves are left out


Reader = Callable[[BufferedReader, Source], Iterator[Piece]]
"""Reads a file piece by piece; raises TechnicalError when it is damaged or not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A kind of delivered files: the fluxes that are laid out so, and a reader for each format."""

    title: str
    fluxes: tuple[str, ...]
    readers: Mapping[str, Reader]  # by format: json, csv, xml
    manual: str = field(repr=False)

    def flux_of(self, name: str) -> tuple[int, str] | None:
        """The first place in a file's name where one of the fluxes stands, and which."""
        found = [(at, flux) for flux in self.fluxes if (at := _place(flux, name)) is not None]
        return min(found, default=None)


def flux_of(families: Iterable[Family], *names: str) -> tuple[Family, str] | None:
    """The kind of a file and its flux, by the first of the names that says it.

    The name of the file itself comes first, then the name of the zip around it.
    """
    known = tuple(families)
    for name in names:
        found = [
            (place, number) for number, one in enumerate(known) if (place := one.flux_of(name))
        ]
        if found:
            (_, flux), number = min(found)
            return known[number], flux
    return None


def format_of(begin: bytes) -> str:
    """The format of a file by its first bytes: `json`, `xml`, else `csv`."""
    sign = begin.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if sign in (b"{", b"["):
        return "json"
    return "xml" if sign == b"<" else "csv"


def damaged(
    message: Said, remedy: str = say("fetch it again: it is damaged or cut off")
) -> TechnicalError:
    """The error for a file that cannot be read to its end."""
    return TechnicalError(Problem(id=Id.FILE, message=message, details=(("remedy", remedy),)))


def unknown_layout(what: str, known: Iterable[str], found: Iterable[Any]) -> TechnicalError:
    """The error for a file in which something is not where it is known to be."""
    names = [str(name)[:_LONGEST] for name in found]
    seen = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
    return TechnicalError(
        Problem(
            id=Id.FILE,
            message=say(
                "its layout is not known: no {what} among {seen}",
                what=fixed(what),
                seen=seen or say("nothing"),
            ),
            allowed=tuple(known),
            allowed_label=say("known names of the {what}", what=fixed(what)),
            details=(("remedy", say("nothing of it was kept; tell us the names, not the values")),),
        )
    )


def _place(flux: str, name: str) -> int | None:
    """`CR.M023` is also written with another sign for the dot."""
    written = re.escape(flux).replace(r"\.", "[._-]?")
    found = re.search(rf"(?<![A-Za-z0-9]){written}(?![A-Za-z0-9])", name, re.IGNORECASE)
    return found.start() if found else None
