"""What of some documents is to be looked up and written: by natural keys, never by ids.

What other programs wrote is adopted: it keeps its id, its members and when it was made.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from sgeflow.core.measures.cozy_documents import (
    DATE_FIELDS,
    CozyDocument,
    DocumentKey,
    DocumentType,
)

PAGE = 1000
"""Documents a page: the most that a Cozy gives; who asks for more gets 100."""

FoundDocument = Mapping[str, Any]
OUTCOMES = ("new", "changed", "same", "kept")
_CHUNK = {5: 3, 3: 2, 2: 1, 1: 1}  # fields of a chunk by those of a key: half-hours go by days
_WINDOW = DATE_FIELDS[:3]


class Attribution(Struct, frozen=True, kw_only=True):
    """Who writes, as the libraries of a Cozy say it in `cozyMetadata`."""

    app: str
    version: str
    account: str
    point: str
    account_point: str
    now: str  # in UTC

    def owns(self, document: FoundDocument) -> bool:
        """Whether a document is one of our point; one that names none is the account's."""
        metadata = _metadata_of(document)
        if point := metadata.get("sourceAccountIdentifier"):
            return str(point) == self.point
        source = metadata.get("sourceAccount")
        if source and self.account and source != self.account:
            return False
        return self.point == (self.account_point or self.point)

    def metadata(self, document: FoundDocument | None) -> dict[str, Any]:
        """The `cozyMetadata` of a document that is written now; None is a new one."""
        before = _metadata_of(document or {})
        first: dict[str, Any] = {
            "doctypeVersion": 1,
            "metadataVersion": 1,
            "createdAt": self.now,
            "createdByApp": self.app,
            "createdByAppVersion": self.version,
        }
        source = {"sourceAccount": self.account} if self.account else {}
        own = {"slug": self.app, "date": self.now, "version": self.version}
        updates = before.get("updatedByApps")
        others = updates if isinstance(updates, list) else []
        return {
            **first,
            **source,
            "sourceAccountIdentifier": self.point,
            **before,
            "updatedAt": self.now,
            "updatedByApps": [*(one for one in others if not _is_by(one, self.app)), own],
        }


class DocumentTally(Struct):
    """What became of the documents of a type; each is counted as it went in the end."""

    outcomes: dict[DocumentKey, str] = field(default_factory=dict)
    adopted: set[DocumentKey] = field(default_factory=set)  # under an id that is not ours
    twins: set[str] = field(default_factory=set)  # ids of further documents of a key

    def counts(self) -> dict[str, int]:
        """How many of each outcome, adopted ones and twins."""
        outcomes = Counter(self.outcomes.values())
        counts = {outcome: outcomes[outcome] for outcome in OUTCOMES}
        return {**counts, "adopted": len(self.adopted), "twins": len(self.twins)}


# -- what is to be looked up ----------------------------------------------------------------------


def chunks_of(
    kind: DocumentType, documents: Iterable[CozyDocument]
) -> dict[str, list[CozyDocument]]:
    """Documents by the part of the calendar that is remembered as one: `2025-06-14`, `2025-06`."""
    chunks: defaultdict[str, list[CozyDocument]] = defaultdict(list)
    for document in documents:
        chunks["-".join(f"{part:02}" for part in document.key[: _CHUNK[kind.key]])].append(document)
    return dict(chunks)


def chunk_digest(documents: Sequence[CozyDocument]) -> str:
    """What tells the content of a chunk from another content of it."""
    text = json.dumps([(one.load, one.date) for one in documents])
    from hashlib import blake2b

    return blake2b(text.encode(), digest_size=6).hexdigest()


def selectors_for(kind: DocumentType, keys: Iterable[DocumentKey]) -> list[dict[str, Any]]:
    """The questions, in Mango, that find all of some keys in the fewest pages.

    Each is served by an index of year, month and day.
    """
    days: defaultdict[DocumentKey, set[int]] = defaultdict(set)
    for key in keys:
        days[key[:2]].add(key[2])
    a_day = 48 if kind.key == len(DATE_FIELDS) else 1
    pages = sum(_pages((max(some) - min(some) + 1) * a_day) for some in days.values())
    years = [year for year, _ in days]
    first, last = min(years), max(years)
    if _pages((last - first + 1) * 366 * a_day) < pages:
        whole = {"month": {"$gte": 1, "$lte": 12}, "day": {"$gte": 1, "$lte": 31}}
        return [{"year": {"$gte": first, "$lte": last}, **whole}]
    return [
        {"year": year, "month": month, "day": {"$gte": min(some), "$lte": max(some)}}
        for (year, month), some in sorted(days.items())
    ]


def index_fields() -> list[str]:
    """The fields of the index that serves those questions."""
    return list(_WINDOW)


# -- what is to be written ------------------------------------------------------------------------


def stored_by_key(
    kind: DocumentType, author: Attribution, found: Iterable[FoundDocument], tally: DocumentTally
) -> dict[DocumentKey, FoundDocument]:
    """The document of each key that is our point's; of twins always the same: the oldest one."""
    by_key: defaultdict[DocumentKey, list[FoundDocument]] = defaultdict(list)
    for document in found:
        key = _key_of(kind, document)
        if key is not None and author.owns(document):
            by_key[key].append(document)
    for twins in by_key.values():
        twins.sort(key=lambda one: (str(_metadata_of(one).get("createdAt") or "~"), one["_id"]))
        tally.twins.update(str(one["_id"]) for one in twins[1:])
    return {key: twins[0] for key, twins in by_key.items()}


def body_for(
    document: CozyDocument,
    stored: FoundDocument | None,
    author: Attribution,
    tally: DocumentTally,
    *,
    partial: bool,
) -> dict[str, Any] | None:
    """What to write so that a document stands as ours does; None where nothing is to be written.

    A sum of which we know a part only (`partial`) never replaces one that others made.
    """
    key, members = document.key, document.members
    if stored is None:
        tally.outcomes[key] = "new"
        return {"_id": document.number, **members, "cozyMetadata": author.metadata(None)}
    if stored["_id"] != document.number:
        tally.adopted.add(key)
    if all(stored.get(name) == value for name, value in members.items()):
        tally.outcomes.setdefault(key, "same")  # or ours, whose answer was lost
        return None
    if partial and not _grows(document, stored):
        tally.outcomes[key] = "kept"
        return None
    tally.outcomes[key] = "changed"
    kept = {name: value for name, value in stored.items() if name != "_type"}
    return {**kept, **members, "cozyMetadata": author.metadata(stored)}


def utc_stamp(now: str) -> str:
    """The moment of a run as JavaScript writes it: `2025-06-15T08:00:00.000Z`."""
    moment = datetime.fromisoformat(now).astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _grows(document: CozyDocument, stored: FoundDocument) -> bool:
    """Whether a sum was begun by us, and by nobody else, and has more in it now."""
    load = stored.get("load")
    if isinstance(load, bool) or not isinstance(load, int | float):
        return False
    return bool(stored["_id"] == document.number) and load <= document.load


def _key_of(kind: DocumentType, document: FoundDocument) -> DocumentKey | None:
    """The natural key of a document; libraries take a text of digits for a number, too."""
    parts = [_whole(document.get(name)) for name in DATE_FIELDS[: kind.key]]
    known = tuple(part for part in parts if part is not None)
    return known if len(known) == kind.key and isinstance(document.get("_id"), str) else None


def _whole(value: Any) -> int | None:
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 4 else None  # noqa: PLR2004 - a year
    is_whole = (
        isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
    )
    return int(value) if is_whole else None


def _metadata_of(document: FoundDocument) -> Mapping[str, Any]:
    metadata = document.get("cozyMetadata")
    return metadata if isinstance(metadata, Mapping) else {}


def _is_by(update: Any, app: str) -> bool:
    return isinstance(update, Mapping) and update.get("slug") == app


def _pages(documents: int) -> int:
    return -(-documents // PAGE)
