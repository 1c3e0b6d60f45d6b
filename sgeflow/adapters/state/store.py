"""Keeps measures and what flows remember, in one database an environment.

A row is a series' number, the start in epoch seconds, the value as SGE sent it, the number of a
(step, nature) pair and that of the publication that it came by: in SQLite some 19 bytes, without a
row id, in the order in which they are read.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from msgspec.structs import asdict

from sgeflow.adapters.state.claims import CLAIMS, claim
from sgeflow.adapters.state.database import DatabaseKind, SqlConnection
from sgeflow.adapters.state.deliveries import DELIVERIES, Delivery, papers_of, was_delivered
from sgeflow.adapters.state.locations import DatabaseLocation
from sgeflow.adapters.state.origins import Origins
from sgeflow.adapters.state.turns import TURNS, last_turn, measures_at, state_at, take_turn
from sgeflow.adapters.state.upsert import publication, upsert
from sgeflow.core.engine.effects import Loaded, Saved
from sgeflow.core.engine.keeping import merge_state
from sgeflow.core.engine.ports import Author
from sgeflow.core.engine.sinks import MEMORY as SINK_MEMORY
from sgeflow.core.measures.columns import NO_MEASURES, Measures
from sgeflow.core.model import Measure, Series

STORE = DatabaseKind(
    name="the store",
    mark=0x53474553,  # "SGES"
    versions=(
        """
        CREATE TABLE series (
          id INTEGER PRIMARY KEY, point TEXT NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL,
          UNIQUE (point, name)
        );
        CREATE TABLE quality (
          id INTEGER PRIMARY KEY, step INTEGER NOT NULL, nature TEXT NOT NULL,
          UNIQUE (step, nature)
        );
        CREATE TABLE measure (
          series INTEGER NOT NULL, start INTEGER NOT NULL, value NOT NULL, quality INTEGER NOT NULL,
          publication INTEGER NOT NULL, PRIMARY KEY (series, start)
        ) WITHOUT ROWID;
        CREATE TABLE state (
          collection TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
          PRIMARY KEY (collection, name)
        ) WITHOUT ROWID
        """,
        DELIVERIES,
        # what a step of a running run has done here, so that going on with the run does it once
        "CREATE TABLE done (mark TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID",
        TURNS,
        CLAIMS,
    ),
)

_ALWAYS = 2**62  # seconds beyond any measure
_names = attrgetter("point", "name", "unit")
_cells = attrgetter("start", "value", "step", "nature")


class Store(Origins):
    """The measures of an environment; threads and processes may share them."""

    def __init__(self, place: DatabaseLocation, *, patience: float = 30.0) -> None:
        """Open or create it; `patience` is how many seconds to wait for another writer."""
        super().__init__(place, STORE, patience)

    # -- measures ---------------------------------------------------------------------------------

    def save(
        self,
        series: Series,
        measures: Iterable[Measure],
        mark: str = "",
        author: Author | None = None,
    ) -> Saved:
        """Keep measures, all or none: a changed value replaces, and each row is counted once.

        Of measures for the same start the last one is kept. With a `mark` the same save happens
        once: another time it gives what it gave then. Other measures under that mark are kept.

        Raises:
            TechnicalError: the series is kept in another unit, or it cannot be written.
            GuardError: its `author` goes on, and another run has worked on it since.
        """
        rows = tuple(measures)
        if not rows:
            return Saved(new=0, changed=0, unchanged=0)
        of = _digest(*_names(series), *map(_cells, rows)) if mark else ""
        with self._database.writing() as connection:
            if counts := _read_mark(connection, mark, of):
                return Saved(**counts)
            point = measures_at(series.point)
            take_turn(connection, author, f"{point}{series.name}", [f"{point}*"])
            saved = upsert(connection, series, rows)
            _note(connection, mark, of, asdict(saved))
            return saved

    @contextmanager
    def delivering(self, name: str = "", published: int = 0) -> Iterator[Delivery]:
        """One delivered file: all that is kept of it in the block, or none, on the disk.

        `published` is when, a number that grows; 0 is not known.
        """
        with self._database.writing(durable=True) as connection:
            yield Delivery(connection, publication(connection, name, published))

    def has_delivery(self, name: str, digest: str) -> bool:
        """Whether a file of that name and content has been kept before."""
        with self._database.reading() as connection:
            return was_delivered(connection, name, digest)

    def papers(self, point: str, flux: str) -> tuple[Any, ...]:
        """The documents of a flux about a point (not its measures), by the names of their files."""
        with self._database.reading() as connection:
            return papers_of(connection, point, flux)

    def load(
        self, point: str, name: str, start: int | None = None, end: int | None = None
    ) -> Loaded:
        """The kept measures of a series with `start <= t < end`, in order of their start."""
        with self._database.reading() as connection:
            records = connection.execute(
                "SELECT id, unit FROM series WHERE point = ? AND name = ?", (point, name)
            ).fetchone()
            if records is None:
                return Loaded(unit="", measures=NO_MEASURES)
            rows = connection.execute(
                "SELECT start, value, quality FROM measure "
                "WHERE series = ? AND start >= ? AND start < ? ORDER BY start",
                (records[0], -_ALWAYS if start is None else start, _ALWAYS if end is None else end),
            ).fetchall()
            qualities = {
                number: (step, nature)
                for number, step, nature in connection.execute(
                    "SELECT id, step, nature FROM quality"
                )
            }
        measures = Measures.of(Measure(at, value, *qualities[number]) for at, value, number in rows)
        return Loaded(unit=records[1], measures=measures)

    def erase(self, point: str, mark: str = "", author: Author | None = None) -> int:
        """Delete all that is kept of a point, for good; how many measures there were.

        With a `mark` it happens once to that point.

        Raises:
            GuardError: its `author` goes on, and another run has worked on the point since.
        """
        of = _digest(point)
        with self._database.writing(durable=True) as connection:
            if counts := _read_mark(connection, mark, of):
                return counts["erased"]
            things = measures_at(point)
            take_turn(connection, author, f"{things}*", [things])
            erased = connection.execute(
                "DELETE FROM measure WHERE series IN (SELECT id FROM series WHERE point = ?)",
                (point,),
            ).rowcount
            connection.execute("DELETE FROM series WHERE point = ?", (point,))
            connection.execute("DELETE FROM paper WHERE point = ?", (point,))
            connection.execute("DELETE FROM withdrawn WHERE point = ?", (point,))
            query = "DELETE FROM state WHERE collection = ? AND name >= ? AND name < ?"
            connection.execute(query, (SINK_MEMORY, f"{point} ", f"{point}!"))  # given to services
            _note(connection, mark, of, {"erased": erased})
        self._database.forget_deleted()
        return erased

    def last_turn(self) -> int:
        """The number of the newest write that a run made."""
        with self._database.reading() as connection:
            return last_turn(connection)

    def sync(self) -> None:
        """See that what was kept is on the disk before what the journal notes from now on."""
        self._database.sync()

    def forget_marks(self, *prefixes: str) -> None:
        """Let go of what runs have done here: they have ended."""
        with self._database.writing() as connection:
            for prefix in prefixes:
                connection.execute(
                    "DELETE FROM done WHERE mark >= ? AND mark < ?", (prefix, prefix + "\uffff")
                )

    def points(self) -> tuple[str, ...]:
        """The points of which something is kept, in order."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT DISTINCT point FROM series ORDER BY point").fetchall()
        return tuple(point for (point,) in rows)

    def series_of(self, point: str) -> tuple[Series, ...]:
        """The series that are kept of a point, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT name, unit FROM series WHERE point = ? ORDER BY name", (point,)
            ).fetchall()
        return tuple(Series(point=point, name=name, unit=unit) for name, unit in rows)

    # -- what flows remember ----------------------------------------------------------------------

    def claim(self, collection: str, name: str, run: str, *, over: str = "") -> str:
        """Claim what is remembered under a name for a run; whose it is, and stays, then.

        It is the run's when nobody has claimed it, or the run `over` has. That is on the disk when
        this returns.
        """
        with self._database.writing(durable=bool(over)) as connection:
            return claim(connection, state_at(collection, name), run, over=over)

    def recall(self, collection: str, name: str) -> dict[str, Any] | None:
        """What was remembered under a name, or None."""
        with self._database.reading() as connection:
            return _recall(connection, collection, name)

    def collection(self, collection: str) -> dict[str, dict[str, Any]]:
        """All that is remembered in a collection, by name."""
        with self._database.reading() as connection:
            query = "SELECT name, value FROM state WHERE collection = ? ORDER BY name"
            rows = connection.execute(query, (collection,)).fetchall()
        return {name: json.loads(value) for name, value in rows}

    def remember(
        self,
        collection: str,
        name: str,
        values: Mapping[str, Any] | None,
        mark: str = "",
        author: Author | None = None,
    ) -> dict[str, Any]:
        """Put values to what is remembered under a name, on the disk before it returns.

        A null takes one away, None all of them; what is remembered then. With a `mark` the same is
        put once: what others remembered there since stays.

        Raises:
            GuardError: its `author` goes on, and another run has remembered there since.
        """
        of = _digest(collection, name, json.dumps(values, ensure_ascii=False, sort_keys=True))
        with self._database.writing(durable=True) as connection:
            state = merge_state(_recall(connection, collection, name), values)
            if _read_mark(connection, mark, of) is not None:
                return state
            take_turn(connection, author, state_at(collection, name))
            _note(connection, mark, of, {})
            if values is None:
                connection.execute(
                    "DELETE FROM state WHERE collection = ? AND name = ?", (collection, name)
                )
            else:
                text = json.dumps(state, ensure_ascii=False, sort_keys=True)
                connection.execute(
                    "INSERT INTO state VALUES (?, ?, ?) "
                    "ON CONFLICT (collection, name) DO UPDATE SET value = excluded.value",
                    (collection, name, text),
                )
        if values is None:
            self._database.forget_deleted()
        return state


def _recall(connection: SqlConnection, collection: str, name: str) -> dict[str, Any] | None:
    row = connection.execute(
        "SELECT value FROM state WHERE collection = ? AND name = ?", (collection, name)
    ).fetchone()
    value: dict[str, Any] | None = json.loads(row[0]) if row else None
    return value


def _digest(*content: Any) -> str:
    """What tells the content of one write from another's; only ever compared in one run."""
    return blake2b(marshal.dumps(content, 2), digest_size=16).hexdigest()


def _read_mark(connection: SqlConnection, mark: str, of: str) -> dict[str, int] | None:
    """What a write with this mark and of this content gave; None when there was none."""
    if not mark:
        return None
    row = connection.execute("SELECT answer FROM done WHERE mark = ?", (mark,)).fetchone()
    noted = json.loads(row[0]) if row else None
    counts: dict[str, int] | None = noted["gave"] if noted and noted["of"] == of else None
    return counts


def _note(connection: SqlConnection, mark: str, of: str, gave: Mapping[str, int]) -> None:
    if mark:
        connection.execute(
            "INSERT INTO done VALUES (?, ?) "
            "ON CONFLICT (mark) DO UPDATE SET answer = excluded.answer",
            (mark, json.dumps({"of": of, "gave": gave})),
        )
