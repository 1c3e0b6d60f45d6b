"""The store of an environment: measures, and the state that flows remember, in one database.

A curve has one packed row a day, with about 2.5 bytes a half-hour in SQLite and 4 in PostgreSQL.
Each value has its run and its delivered file. Replaced values stay as history.
"""

import json
import marshal
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any

from msgspec import Struct, convert
from msgspec.structs import asdict, replace

from sgeflow.adapters.state.customers import (
    CUSTOMERS,
    IS_PRESENT,
    end_customer,
    forget_given,
    key_and_end,
    moved_points,
    no_earlier_customer,
    own_measures,
    present_customer,
    present_number,
    recognise,
)
from sgeflow.adapters.state.database import DatabaseKind, SqlConnection
from sgeflow.adapters.state.locations import DatabaseLocation
from sgeflow.adapters.state.measures import (
    CHUNKS,
    DELIVERIES,
    READ_CHUNKS,
    READ_REPLACED,
    ArrivedValue,
    Delivery,
    arrived_values,
    cut_off,
    erase_series,
    files_of,
    load,
    load_of_all,
    look_up,
    points_after,
    publication,
    upsert,
)
from sgeflow.adapters.state.open import FACTS, Paired
from sgeflow.core.engine.effects import EARLIER, Customer, Loaded, Saved, key_of
from sgeflow.core.engine.ports import Author, merge_state
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import Measure, Series
from sgeflow.errors import GuardError, Id, Problem
from sgeflow.messages import say

CLAIMS = "CREATE TABLE claims (thing TEXT PRIMARY KEY, run TEXT NOT NULL) WITHOUT ROWID"


def holder_of(connection: SqlConnection, thing: str) -> str:
    """The last run that claimed a thing; empty if none has."""
    row = connection.execute("SELECT run FROM claims WHERE thing = ?", (thing,)).fetchone()
    return "" if row is None else str(row[0])


TURNS = """
CREATE TABLE turns (
  thing TEXT PRIMARY KEY, turn INTEGER NOT NULL, run TEXT NOT NULL
) WITHOUT ROWID
"""
LAST_TURN = "SELECT turn FROM turns WHERE thing = ''"
"""The query for the newest turn; without a turn it has no row."""
_NEXT = f"coalesce(({LAST_TURN}), 0) + 1"
_TAKE = (  # each turn is noted for the thing '' too, which so has the newest one
    f"INSERT INTO turns (thing, turn, run) VALUES (?1, {_NEXT}, ?2), ('', {_NEXT}, ?2) "  # noqa: S608
    "ON CONFLICT (thing) DO UPDATE SET turn = excluded.turn, run = excluded.run"
)


def measures_at(point: str) -> str:
    """The beginning of the things that stand for a point's series; with `*`, for all of them."""
    return f"measures {_digest(point)} "


def state_at(collection: str, name: str) -> str:
    """The thing that stands for the state under a name of a collection."""
    return f"state {_digest(collection, name)}"


def take_turn(
    connection: SqlConnection, author: Author | None, thing: str, besides: Iterable[str] = ()
) -> None:
    """Note the run that writes a thing now, with a new, higher turn.

    Raises:
        GuardError: the author is a resumed run, and another run has written the thing, or one of
            `besides`, since the author began. A name that ends with a space stands for all things
            that begin with it.
    """
    if author is None:
        return
    things = () if author.since is None else (thing, *besides)
    for one in things:
        end = one + "\uffff" if one.endswith(" ") else one
        later = connection.execute(
            "SELECT run FROM turns WHERE thing >= ? AND thing <= ? AND turn > ? AND run <> ? "
            "ORDER BY turn DESC LIMIT 1",
            (one, end, author.since, author.run),
        ).fetchone()
        if later:
            message = say(
                "run {later} worked on the same thing after run {run} began: the older values "
                "of run {run} were not kept",
                later=later[0],
                run=author.run,
            )
            do = say("nothing, or run the flow again; sgeflow runs show {later}", later=later[0])
            raise GuardError.of(Id.GUARD, message, details=(("do", do),))
    connection.execute(_TAKE, (thing, author.run))


def _digest(*names: str) -> str:
    return blake2b("\0".join(names).encode(), digest_size=12).hexdigest()


DONE = "CREATE TABLE done (mark TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID"


def _measures_digest(series: Series, measures: Measures) -> str:
    starts, values = measures.starts.tobytes(), measures.values
    runs = tuple(map(tuple, measures.runs))
    sort = values.typecode if isinstance(values, array) else ""
    column = values.tobytes() if isinstance(values, array) else tuple(values)
    return digest_of(series.point, series.name, series.unit, starts, sort, column, runs)


def digest_of(*content: Any) -> str:
    """The digest of the content of a write, to compare writes of one run."""
    return blake2b(marshal.dumps(content, 2), digest_size=16).hexdigest()


def read_mark(connection: SqlConnection, mark: str, of: str) -> dict[str, Any] | None:
    """The result of an earlier write with this mark and the content digest `of`; or None."""
    row = connection.execute("SELECT answer FROM done WHERE mark = ?", (mark,)).fetchone()
    return result_in(row[0] if row else None, of)


def result_in(answer: str | None, of: str) -> dict[str, Any] | None:
    """The result in the note of a write, if the note has the content digest `of`; or None."""
    noted = json.loads(answer) if answer else None
    counts: dict[str, Any] | None = noted["gave"] if noted and noted["of"] == of else None
    return counts


def note_mark(connection: SqlConnection, mark: str, of: str, gave: Mapping[str, Any]) -> None:
    """Note the content digest and the result of a write under its mark; nothing without a mark."""
    if mark:
        connection.execute(
            "INSERT INTO done VALUES (?, ?) "
            "ON CONFLICT (mark) DO UPDATE SET answer = excluded.answer",
            (mark, json.dumps({"of": of, "gave": gave})),
        )


class SeriesOrigin(Struct, frozen=True, kw_only=True):
    """The last run that wrote a series (or empty), and the delivered files of its values."""

    run: str
    files: tuple[str, ...]


STATE = """
        CREATE TABLE state (
          collection TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
          PRIMARY KEY (collection, name)
        ) WITHOUT ROWID
        """
STORE = DatabaseKind(
    name="the store",
    mark=0x53474553,  # "SGES"
    first=6,  # before, each measure was a row
    versions=(f"{CHUNKS};{DELIVERIES};{STATE};{DONE};{TURNS};{CLAIMS}", FACTS, CUSTOMERS),
)


class Store(Paired):
    """An open store; threads and processes may share it."""

    _work = "SELECT run FROM claims ORDER BY thing LIMIT 1"

    def __init__(self, place: DatabaseLocation, *, patience: float = 30.0) -> None:
        """Open or create a store; `patience` is the time to wait for another writer, in seconds."""
        super().__init__(place, STORE, patience)

    # -- measures ---------------------------------------------------------------------------------

    def save(
        self,
        series: Series,
        measures: Iterable[Measure],
        mark: str = "",
        author: Author | None = None,
    ) -> Saved:
        """Store all measures or none; a changed value replaces the stored one.

        Each row is counted once. Among measures with the same start the last one is stored. A save
        with the same `mark` and the same measures is done once; a repetition returns the first
        result. Measures before the first day of the present customer are not stored, because they
        belong to another customer; they count as outdated.

        Raises:
            TechnicalError: the series is kept in another unit, or cannot be written.
            GuardError: the `author` is a resumed run, and another run has written the series since.
        """
        rows = Measures.of(measures)
        if not rows:
            return Saved(new=0, changed=0, unchanged=0)
        of, run = _measures_digest(series, rows) if mark else "", author.run if author else ""
        with self._database.writing() as connection:
            found = look_up(connection, series, run, mark)
            if counts := result_in(found.answer, of):
                return convert(counts, Saved)
            point = measures_at(series.point)
            take_turn(connection, author, f"{point}{series.name}", [f"{point}*"])
            own = own_measures(found.since, rows)
            saved = upsert(connection, series, found, own, run=run)
            saved = replace(saved, outdated=saved.outdated + len(rows) - len(own))
            note_mark(connection, mark, of, asdict(saved))
            return saved

    @contextmanager
    def delivering(self, name: str = "", published: int = 0) -> Iterator[Delivery]:
        """Store one delivered file in the block: all of it is on the disk afterwards, or nothing.

        `published` is a number that grows with the time of publication; 0 if unknown.
        """
        with self._database.writing(durable=True) as connection:
            by, moved = publication(connection, name, published), moved_points(connection)
            yield Delivery(connection, by, moved)

    def has_delivery(self, name: str, digest: str) -> bool:
        """Whether a file with this name and content was stored before."""
        query = "SELECT 1 FROM delivery WHERE name = ? AND digest = ?"
        return bool(self._database.ask(query, (name, digest)))

    def papers(self, point: str, flux: str) -> tuple[Any, ...]:
        """The documents of a flux about a point (not its measures), by the names of their files."""
        query = "SELECT body FROM paper WHERE flux = ? AND point = ? ORDER BY name"
        return tuple(json.loads(body) for (body,) in self._database.ask(query, (flux, point)))

    def load(
        self,
        point: str,
        name: str,
        start: int | None = None,
        end: int | None = None,
        customer: int | None = None,
    ) -> Loaded:
        """The stored measures of a series with `start <= t < end`, in the order of their starts.

        Times are UTC epoch seconds. The measures are those of the point's present customer, or of
        the earlier customer with the number `customer`.
        """
        with self._database.reading() as connection:
            key, last = key_and_end(connection, point, customer)
            return cut_off(load(connection, key, name, start, end), last)

    def load_of_all(
        self, name: str, start: int | None = None, end: int | None = None
    ) -> Iterator[tuple[Series, Measures]]:
        """The stored measures of all points in series of this name, with `start <= t < end`.

        The points come in order. Values that are written during the iteration may be seen or not.
        """
        after = ""
        while True:
            with self._database.reading() as connection:
                points = points_after(connection, name, after)
                if not points:
                    return
                portion = list(load_of_all(connection, name, points, after, (start, end)))
            yield from portion
            after = points[-1][0]

    def kept_by(
        self,
        point: str,
        name: str,
        customer: int | None = None,
        *,
        replaced: bool = False,
    ) -> tuple[ArrivedValue, ...]:
        """The stored, or the replaced, measures of a series, each with its run and file.

        Replaced measures of one start are in the order of their replacement.
        """
        query = READ_REPLACED if replaced else READ_CHUNKS
        with self._database.reading() as connection:
            key, _ = key_and_end(connection, point, customer)
            return arrived_values(connection, query, (key, name))

    def origin_of(self, point: str, series: str, customer: int | None = None) -> SeriesOrigin:
        """The last run that wrote a series of a point's customer, and the files of its values."""
        with self._database.reading() as connection:
            key, _ = key_and_end(connection, point, customer)
            query, thing = "SELECT run FROM turns WHERE thing = ?", f"{measures_at(key)}{series}"
            (run,) = connection.execute(query, (thing,)).fetchone() or ("",)
            return SeriesOrigin(run=run, files=files_of(connection, key, series))

    def erase(
        self, point: str, mark: str = "", author: Author | None = None, customer: int | None = None
    ) -> int:
        """Delete all data of a point's customer; return the number of deleted measures.

        With the same `mark` the data of the point is deleted once; a repetition returns the first
        result. The values that flows remember stay.

        Raises:
            GuardError: the `author` is a resumed run, and another run has written the point since.
        """
        of = digest_of(point)
        with self._database.writing(durable=True) as connection:
            if mark and (counts := read_mark(connection, mark, of)):
                return int(counts["erased"])
            key, _ = key_and_end(connection, point, customer)
            things = measures_at(key)
            take_turn(connection, author, f"{things}*", [things])
            erased = erase_series(connection, key)
            connection.execute("DELETE FROM paper WHERE point = ?", (key,))
            connection.execute("DELETE FROM withdrawn WHERE point = ?", (key,))
            forget_given(connection, key)
            note_mark(connection, mark, of, {"erased": erased})
        self._database.forget_deleted()
        return erased

    def last_turn(self) -> int:
        """The number of the newest write that a run made."""
        rows = self._database.ask(LAST_TURN)
        return int(rows[0][0]) if rows else 0

    def sync(self) -> None:
        """Write stored data to the disk, so that it is there before later notes of the journal."""
        self._database.sync()

    def forget_marks(self, *prefixes: str) -> None:
        """Delete the marks of runs that have ended, by the beginnings of the marks."""
        with self._database.writing() as connection:
            for prefix in prefixes:
                connection.execute(
                    "DELETE FROM done WHERE mark >= ? AND mark < ?", (prefix, prefix + "\uffff")
                )

    def points(self) -> tuple[str, ...]:
        """The points with a series of their present customer, in order."""
        query = f"SELECT DISTINCT point FROM series WHERE {IS_PRESENT} ORDER BY point"  # noqa: S608
        return tuple(point for (point,) in self._database.ask(query))

    def series_of(self, point: str, customer: int | None = None) -> tuple[Series, ...]:
        """The stored series of a point's customer, by name."""
        with self._database.reading() as connection:
            key, _ = key_and_end(connection, point, customer)
            rows = connection.execute(
                "SELECT name, unit FROM series WHERE point = ? ORDER BY name", (key,)
            ).fetchall()
        return tuple(Series(point=point, name=name, unit=unit) for name, unit in rows)

    def customers_of(self, point: str) -> tuple[int, ...]:
        """The numbers of a point's customers, the present one last."""
        rows = self._database.ask(
            "SELECT number FROM customers WHERE name = ? ORDER BY number", (point,)
        )
        return tuple(number for (number,) in rows)

    def present_number(self, name: str) -> int | None:
        """The number of a key's present customer; None if there is none."""
        with self._database.reading() as connection:
            return present_number(connection, name)

    def series_names(self) -> tuple[str, ...]:
        """The names of all stored series, of any point."""
        rows = self._database.ask("SELECT DISTINCT name FROM series ORDER BY name")
        return tuple(name for (name,) in rows)

    # -- what flows remember ----------------------------------------------------------------------

    def claim(self, collection: str, name: str, author: Author, *, over: str = "") -> str:
        """Claim the state under a name for the author's run; return the run that holds the claim.

        The author gets the claim if nobody has claimed the state, or if the run `over` has. With
        `over`, the claim is on the disk when this returns. A claim is also a turn: the run has seen
        all earlier writes of others.

        Raises:
            GuardError: the author is a resumed run, and another run has written the state since
                the author began or claimed it.
        """
        thing = state_at(collection, name)
        with self._database.writing(durable=bool(over)) as connection:
            holder = holder_of(connection, thing)
            if holder and holder not in (author.run, over):
                return holder
            if holder != author.run:
                connection.execute(
                    "INSERT INTO claims VALUES (?, ?) "
                    "ON CONFLICT (thing) DO UPDATE SET run = excluded.run",
                    (thing, author.run),
                )
            take_turn(connection, author, thing)
            return author.run

    def recall(self, collection: str, name: str) -> dict[str, Any] | None:
        """The values that were remembered under a name, or None."""
        with self._database.reading() as connection:
            return _recall(connection, collection, name)

    def recall_with_customer(self, collection: str, name: str) -> dict[str, Any] | None:
        """The remembered values of a name, with the present customer as `customer` if marked."""
        with self._database.reading() as connection:
            state = _recall(connection, collection, name)
            customer = present_customer(connection, name)
        if customer is None:
            return state
        about = {"number": customer.number, "since": customer.since}
        return {**(state or {}), "customer": about}

    def no_earlier_customer(self, name: str) -> Problem | None:
        """The problem of a key with the number of an unknown earlier customer; None if valid."""
        with self._database.reading() as connection:
            return no_earlier_customer(connection, name)

    def collection(self, collection: str) -> dict[str, dict[str, Any]]:
        """The remembered values of all present customers in a collection, by name."""
        query = "SELECT name, value FROM state WHERE collection = ? ORDER BY name"
        rows = self._database.ask(query, (collection,))
        return {name: json.loads(value) for name, value in rows if EARLIER not in name}

    def recognise(
        self,
        collection: str,
        name: str,
        mark: str,
        day: str,
        author: Author | None = None,
        *,
        is_contradicted: bool = False,
    ) -> Customer:
        """Find or add the customer of a name in a collection on a day, by a mark.

        Data of another customer is renamed to that customer's number; so is data without a mark if
        `is_contradicted`.

        Raises:
            GuardError: the `author` is a resumed run, and another run has written there since.
            CredentialsError: the customer's mark was made with another key.
        """
        place = (collection, name)
        with self._database.reading() as connection:
            is_known = present_customer(connection, name, mark) is not None
            if customer := present_customer(connection, name, mark, day):
                return customer
        with self._database.writing(durable=not is_known) as connection:
            take_turn(connection, author, state_at(*place))
            return recognise(connection, place, mark, day, is_contradicted=is_contradicted)

    def earlier_accounts(self) -> tuple[tuple[str, str, int], ...]:
        """Earlier customers with remembered values: collection, name and number of each."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT collection, name, number FROM customers WHERE until <> '' "
                "ORDER BY name, number"
            ).fetchall()
            remembered = "SELECT 1 FROM state WHERE collection = ? AND name = ?"
            return tuple(
                (collection, name, number)
                for collection, name, number in rows
                if connection.execute(remembered, (collection, key_of(name, number))).fetchone()
            )

    def any_mark(self) -> str:
        """The mark of any customer; empty if no customer is marked."""
        rows = self._database.ask("SELECT mark FROM customers WHERE mark <> '' LIMIT 1")
        return str(rows[0][0]) if rows else ""

    def unmark(self) -> int:
        """Delete the marks of all customers; return how many there were."""
        with self._database.writing(durable=True) as connection:
            statement = "UPDATE customers SET mark = '' WHERE mark <> '' RETURNING 1"
            return len(connection.execute(statement).fetchall())

    def remember(
        self,
        collection: str,
        name: str,
        values: Mapping[str, Any] | None,
        mark: str = "",
        author: Author | None = None,
        *,
        ends_account: bool = False,
    ) -> dict[str, Any]:
        """Add values to those remembered under a name, and return all; they are then on the disk.

        A null removes one value, `values=None` removes all. A write with the same `mark` is done
        once, so later values of others stay. With `values=None`, `ends_account` also ends the
        customer, whose measures become an earlier customer's.

        Raises:
            GuardError: the `author` is a resumed run, and another run has written there since.
        """
        of = digest_of(collection, name, json.dumps(values, ensure_ascii=False, sort_keys=True))
        with self._database.writing(durable=True) as connection:
            state = merge_state(_recall(connection, collection, name), values)
            if mark and read_mark(connection, mark, of) is not None:
                return state
            take_turn(connection, author, state_at(collection, name))
            note_mark(connection, mark, of, {})
            if values is None:
                connection.execute(
                    "DELETE FROM state WHERE collection = ? AND name = ?", (collection, name)
                )
                if ends_account:
                    end_customer(connection, collection, name)
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
