"""Readers of delivered files: their declaration, their arguments and their items."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BufferedReader, BytesIO
from typing import IO, Any

from msgspec import Struct, field

from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.conventions import Convention
from sgeflow.core.model import Measure, Series
from sgeflow.errors import Id, TechnicalError
from sgeflow.messages import Message, from_table, say

_SHOWN = 20  # names of an unknown layout that are told
_LONGEST = 40  # characters of one of them


class DeliveredMeasures(Struct, frozen=True, kw_only=True):
    """Measures of one series of one point; `doubtful` counts those that Enedis marks so.

    Measures that are `withdrawn` do not hold any more; those of them that are `unmatched` took
    nothing with them in this file. Starts with several different values have no measure; they are
    in `contradictions`.
    """

    series: Series
    measures: Measures
    withdrawn: tuple[Measure, ...] = ()
    unmatched: tuple[Measure, ...] = ()
    contradictions: tuple[Message, ...] = ()
    marks: frozenset[Convention] = frozenset()  # what signs of a curve say of its stamps
    dropped: int = 0
    doubtful: int = 0
    flags: tuple[str, ...] = ()


class DeliveredDocument(Struct, frozen=True, kw_only=True):
    """A document about one point, as it came; `line` is what of it a table shows."""

    point: str
    body: Mapping[str, Any]
    line: Mapping[str, str] | None = None


class UnclearCurve(Struct, frozen=True, kw_only=True):
    """A curve of one point whose intervals cannot be told: nothing of it is kept."""

    series: Series
    reason: Message
    remedy: Message
    marks: frozenset[Convention] = frozenset()


class UnknownQuantity(Struct, frozen=True, kw_only=True):
    """Values of a quantity that sgeflow does not know: they are left out, the others are kept."""

    reason: Message


DeliveryItem = DeliveredMeasures | DeliveredDocument | UnclearCurve | UnknownQuantity


class DeliverySource(Struct, frozen=True, kw_only=True):
    """A file for its reader: its flux, and what stamps mark that do not say it."""

    flux: str
    stamped: str = "auto"  # "start", "end", or "auto": such curves are left out
    gather: bool = False  # the rows of a point stand in several places
    spill: Callable[[], IO[bytes]] = BytesIO  # opens the file in which they wait
    marks: Mapping[Series, frozenset[Convention]] = field(default_factory=dict)
    """The conventions that all entries of a curve tell together, when they tell different ones."""


DeliveryReader = Callable[[BufferedReader, DeliverySource], Iterator[DeliveryItem]]
"""Reads a file item by item; raises TechnicalError when it is damaged or not known."""


class Family(Struct, frozen=True, kw_only=True):
    """A kind of delivered files: the fluxes that are laid out so, and a reader for each format."""

    fluxes: tuple[str, ...]
    readers: Mapping[str, DeliveryReader]  # by format: json, csv, xml


def flux_of(families: Iterable[Family], *names: str) -> tuple[Family, str] | None:
    """The kind of a file and its flux, by the first of the names that says it.

    The name of the file itself comes first, then the name of the zip around it.
    """
    known = tuple(families)
    for name in names:
        matches = [
            (place, flux, number)
            for number, one in enumerate(known)
            for flux in one.fluxes
            if (place := _place(flux, name)) is not None
        ]
        if matches:
            _, flux, number = min(matches)
            return known[number], flux
    return None


def format_of(begin: bytes) -> str:
    """The format of a file by its first bytes: `json`, `xml`, else `csv`."""
    sign = begin.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if sign in (b"{", b"["):
        return "json"
    return "xml" if sign == b"<" else "csv"


def damage_error(
    message: Message, remedy: str = say("fetch it again: it is damaged or cut off")
) -> TechnicalError:
    """The error for a file that cannot be read to its end."""
    return TechnicalError.of(Id.FILE, message, details=(("remedy", remedy),))


def unknown_layout(what: str, known: Iterable[str], columns: Iterable[Any]) -> TechnicalError:
    """The error for a file in which something is not where it is known to be."""
    names = [str(name)[:_LONGEST] for name in columns]
    listing = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
    return TechnicalError.of(
        Id.FILE,
        say(
            "its layout is not known: no {what} among {seen}",
            what=from_table(what),
            seen=listing or say("nothing"),
        ),
        allowed=tuple(known),
        allowed_label=say("known names of the {what}", what=from_table(what)),
        details=(("remedy", say("nothing of it was kept; tell us the names, not the values")),),
    )


def _place(flux: str, name: str) -> int | None:
    """`CR.M023` is also written with another sign for the dot."""
    pattern = re.escape(flux).replace(r"\.", "[._-]?")
    match = re.search(rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])", name, re.IGNORECASE)
    return match.start() if match else None
