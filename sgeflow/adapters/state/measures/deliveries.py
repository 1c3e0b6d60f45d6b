"""What the store keeps of delivered files: which ones came, their measures and their documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

from msgspec import Struct

from sgeflow.adapters.state.customers import by_customer
from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.measures.publications import Publication
from sgeflow.adapters.state.measures.reading import load
from sgeflow.adapters.state.measures.upsert import ask_series, upsert
from sgeflow.adapters.state.measures.withdraw import Clash, WithdrawResult, clashes, withdraw
from sgeflow.core.engine.effects import Saved
from sgeflow.core.model import Measure, Series

DELIVERIES = """
        CREATE TABLE delivery (
          name TEXT NOT NULL, digest TEXT NOT NULL, flux TEXT NOT NULL, kept INTEGER NOT NULL,
          PRIMARY KEY (name, digest)
        ) WITHOUT ROWID;
        CREATE TABLE paper (
          flux TEXT NOT NULL, point TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
          PRIMARY KEY (flux, point, name)
        ) WITHOUT ROWID;
        CREATE TABLE publication (
          id INTEGER PRIMARY KEY, published INTEGER NOT NULL, name TEXT NOT NULL,
          UNIQUE (published, name)
        );
        CREATE TABLE withdrawn (
          point TEXT NOT NULL, name TEXT NOT NULL, start INTEGER NOT NULL, step INTEGER NOT NULL,
          value NOT NULL, nature TEXT NOT NULL, publication INTEGER NOT NULL, given INTEGER,
          PRIMARY KEY (point, name, start, step, value, nature)
        ) WITHOUT ROWID
        """
"""The tables, as a version of the store's schema. A released script never changes."""


class Delivery(Struct, frozen=True):
    """One delivered file being kept, inside its transaction."""

    _connection: SqlConnection
    _publication: Publication
    _moved: frozenset[str]  # points that had an earlier customer

    def save(self, series: Series, measures: Sequence[Measure]) -> Saved:
        """Keep measures, each of who was the point's customer on its day.

        What a later publication gave or took back is left as it is.

        Raises:
            TechnicalError: the series is kept in another unit.
        """
        saved = [
            upsert(self._connection, ask_series(self._connection, own, self._publication), some)
            for own, some in self._by_customer(series, measures)
        ]
        return reduce(_sum, saved, Saved(new=0, changed=0, unchanged=0))

    def withdraw(self, series: Series, measures: Sequence[Measure]) -> WithdrawResult:
        """Take back measures that were kept, those alone: same start, length, value and nature.

        What a later publication gave is left as it is.
        """
        results = [
            withdraw(self._connection, own, some, self._publication)
            for own, some in self._by_customer(series, measures)
        ]
        return WithdrawResult(
            removed=sum(one.removed for one in results),
            unmatched=tuple(measure for one in results for measure in one.unmatched),
        )

    def clashes(
        self, series: Series, measures: Sequence[Measure], *, own: bool
    ) -> tuple[Clash, ...]:
        """Where the same publication gave another value: this file (`own`), or an earlier one."""
        connection, by = self._connection, self._publication
        shares = self._by_customer(series, measures)
        found = (clashes(connection, one, some, by, own=own) for one, some in shares)
        return tuple(clash for some in found for clash in some)

    def overlapping(
        self, series: Series, measures: Sequence[Measure]
    ) -> Iterator[tuple[Measure, Measure]]:
        """Measures that take days of one that stays, for none of them begins with it: both."""
        starts = {one.start for one in measures}
        for own, some in self._by_customer(series, measures):
            kept = load(self._connection, own.point, own.name, None, None).measures
            stays = [one for one in kept if one.start not in starts]
            for one in some if stays else ():
                end = one.start + one.step
                others = (
                    two for two in stays if two.start < end and one.start < two.start + two.step
                )
                yield from ((one, other) for other in others)

    def _by_customer(
        self, series: Series, measures: Sequence[Measure]
    ) -> Iterable[tuple[Series, Sequence[Measure]]]:
        if series.point not in self._moved:
            return [(series, measures)]
        return by_customer(self._connection, series, measures)

    def file(self, flux: str, point: str, name: str, body: Mapping[str, Any]) -> None:
        """Keep a document about a point; the one of the same flux and file name is replaced."""
        text = json.dumps(body)  # ASCII: a file may hold what is no Unicode text
        self._connection.execute(
            "INSERT INTO paper VALUES (?, ?, ?, ?) "
            "ON CONFLICT (flux, point, name) DO UPDATE SET body = excluded.body",
            (flux, point, name, text),
        )

    def note(self, name: str, digest: str, flux: str, at: int) -> None:
        """Remember that a file came; `at` is when, in epoch seconds."""
        self._connection.execute(
            "INSERT INTO delivery VALUES (?, ?, ?, ?) "
            "ON CONFLICT (name, digest) DO UPDATE SET kept = excluded.kept",
            (name, digest, flux, at),
        )


def _sum(one: Saved, other: Saved) -> Saved:
    counts = ("new", "changed", "unchanged", "outdated", "removed")
    total = {name: getattr(one, name) + getattr(other, name) for name in counts}
    return Saved(**total, fall=one.fall or other.fall)


def was_delivered(connection: SqlConnection, name: str, digest: str) -> bool:
    """Whether a file of that name and content was noted."""
    row = connection.execute(
        "SELECT 1 FROM delivery WHERE name = ? AND digest = ?", (name, digest)
    ).fetchone()
    return row is not None


def papers_of(connection: SqlConnection, point: str, flux: str) -> tuple[Any, ...]:
    """The documents of a flux about a point, by the names of their files."""
    rows = connection.execute(
        "SELECT body FROM paper WHERE flux = ? AND point = ? ORDER BY name", (flux, point)
    ).fetchall()
    return tuple(json.loads(body) for (body,) in rows)
