"""The customers of a key of the store, such as a point: the present one and the earlier ones.

The data of the present customer is stored under the key itself. When another customer is
recognised, that data is renamed to a key with the number of the earlier customer.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.core.engine.effects import EARLIER, Customer, key_of
from sgeflow.core.engine.sinks import MEMORY as SINK_MEMORY
from sgeflow.core.measures.civil_time import midnight
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import Measure, Series
from sgeflow.errors import CredentialsError, Id, Problem
from sgeflow.messages import say

# `collection`: the state of the flows that recognise customers; `mark`: the mark of the present
# customer, or empty; `since`: the customer's first day; `seen`: the last day on which a run
# recognised the customer; `until`: the day after `seen`, for earlier customers only. Unknown days
# are empty.
CUSTOMERS = """
CREATE TABLE customers (
  name TEXT NOT NULL, number INTEGER NOT NULL, collection TEXT NOT NULL, mark TEXT NOT NULL,
  since TEXT NOT NULL, seen TEXT NOT NULL, until TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (name, number)
) WITHOUT ROWID
"""

IS_PRESENT = f"point NOT LIKE '%{EARLIER}%'"
"""The SQL condition for measures of present customers."""


class _Row(NamedTuple):
    number: int
    collection: str
    mark: str
    since: str
    seen: str
    until: str


def recognise(
    connection: SqlConnection, place: tuple[str, str], mark: str, day: str, *, is_contradicted: bool
) -> Customer:
    """Find or add the customer with a mark at a `place`, which is a collection and a name.

    Stored data without a mark becomes this customer's, unless `is_contradicted`. Data with another
    mark is renamed to an earlier customer's key.

    Raises:
        CredentialsError: the present customer's mark was made with another key.
    """
    collection, name = place
    rows = _rows(connection, name)
    present = rows[-1] if rows and not rows[-1].until else None
    number, first_day = (rows[-1].number + 1, rows[-1].until) if rows else (1, "")
    if present is None and _is_kept(connection, collection, name):  # data of an unknown customer
        present = _Row(number, collection, "", first_day, "", "")
    if present and present.mark and key_of_mark(present.mark) != key_of_mark(mark):
        message = say("the mark of the customer was made with another key than the current one")
        details = (("remedy", say("restore the key from your copy")),)
        raise CredentialsError.of(Id.SETTING, message, details=details)
    if present and (present.mark == mark or not (present.mark or is_contradicted)):
        noted = present._replace(mark=mark, seen=max(day, present.seen))
        if noted != present:
            _note(connection, name, noted)
        return Customer(number=present.number, since=present.since or None)
    if present:
        _set_aside(connection, name, present, day)
        number = present.number + 1
    since = day if number > 1 else ""
    _note(connection, name, _Row(number, collection, mark, since, day, ""))
    return Customer(number=number, since=since or None, begun=number > 1)


def key_of_mark(mark: str) -> str:
    """The name of the identity key that made a mark."""
    return mark.partition(":")[0]


def present_customer(
    connection: SqlConnection, name: str, mark: str = "", day: str = ""
) -> Customer | None:
    """The present customer of a key; None if no customer is marked.

    Also None if the customer has another mark or was last seen on another day, where these are
    given.
    """
    rows = _rows(connection, name)
    present = rows[-1] if rows else None
    if not present or not present.mark or mark not in ("", present.mark):
        return None
    is_of_day = day in ("", present.seen)
    return Customer(number=present.number, since=present.since or None) if is_of_day else None


def present_number(connection: SqlConnection, name: str) -> int | None:
    """The number of a key's present customer, marked or not; None if there is none."""
    rows = _rows(connection, name)
    return rows[-1].number if rows and not rows[-1].until else None


def no_earlier_customer(connection: SqlConnection, key: str) -> Problem | None:
    """The problem of a key with the number of an unknown earlier customer; None if it is valid."""
    name, is_numbered, number = key.partition(EARLIER)
    earlier = [row.number for row in _rows(connection, name) if row.until]
    if not is_numbered or int(number[:-1]) in earlier:
        return None
    message = say("{name} has no earlier customer {number}", name=name, number=number[:-1])
    note = say("without a number, the current customer is used")
    return Problem(id=Id.USAGE, message=message, allowed=tuple(map(str, earlier)), note=note)


def end_customer(connection: SqlConnection, collection: str, name: str) -> None:
    """End the present customer's account; data that remains becomes an earlier customer's."""
    rows = _rows(connection, name)
    if rows and not rows[-1].until and rows[-1].collection == collection:
        if _is_kept(connection, collection, name):
            _set_aside(connection, name, rows[-1], rows[-1].seen)
        else:
            values = (name, rows[-1].number)
            connection.execute("DELETE FROM customers WHERE name = ? AND number = ?", values)


def key_and_end(
    connection: SqlConnection, name: str, customer: int | None
) -> tuple[str, int | None]:
    """The key of a customer's measures, and the instant at which an earlier customer ended.

    The instant is in UTC epoch seconds; None for the present customer.
    """
    if customer is None:
        return name, None
    rows = {row.number: row for row in _rows(connection, name)}
    if customer not in rows or not rows[customer].until:
        return name if customer in rows else key_of(name, customer), None
    return key_of(name, customer), _instant(rows[customer].until)


def own_measures(since: str | None, measures: Measures) -> Measures:
    """The measures since the first day of the present customer; all if that day is unknown."""
    if not since:
        return measures
    first = _instant(since)
    return Measures.of(one for one in measures if one.start + max(one.step, 1) > first)


def moved_points(connection: SqlConnection) -> frozenset[str]:
    """The points that had an earlier customer."""
    rows = connection.execute("SELECT DISTINCT name FROM customers WHERE until <> ''").fetchall()
    return frozenset(name for (name,) in rows)


def by_customer(
    connection: SqlConnection, series: Series, measures: Iterable[Measure]
) -> list[tuple[Series, list[Measure]]]:
    """Split the measures of a point by customer; each part has the series of its customer.

    Measures between two customers go to the earlier one, whose exports leave them out.
    """
    rows = _rows(connection, series.point)
    kept: dict[str, list[Measure]] = {}
    for one in measures:
        kept.setdefault(_key_at(rows, series.point, one.start), []).append(one)
    return [(replace(series, point=key), some) for key, some in kept.items()]


def _key_at(rows: tuple[_Row, ...], name: str, start: int) -> str:
    """The key under which a measure with this start is stored."""
    if rows[-1].until and start >= _instant(rows[-1].until):
        return name
    for row in reversed(rows):
        if not row.since or start >= _instant(row.since):
            return key_of(name, row.number if row.until else None)
    return key_of(name, rows[0].number)


def _instant(day: str) -> int:
    return midnight(date.fromisoformat(day))


def _rows(connection: SqlConnection, name: str) -> tuple[_Row, ...]:
    rows = connection.execute(
        "SELECT number, collection, mark, since, seen, until FROM customers WHERE name = ? "
        "ORDER BY number",
        (name,),
    ).fetchall()
    return tuple(_Row(*row) for row in rows)


def _note(connection: SqlConnection, name: str, row: _Row) -> None:
    connection.execute(
        "INSERT INTO customers (name, number, collection, mark, since, seen, until) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name, number) DO UPDATE SET "
        "mark = excluded.mark, seen = excluded.seen, until = excluded.until",
        (name, *row),
    )


def _is_kept(connection: SqlConnection, collection: str, name: str) -> bool:
    """Whether a name has measures, documents, or state in this collection."""
    queries = (
        ("SELECT 1 FROM state WHERE name = ? AND collection = ?", (name, collection)),
        ("SELECT 1 FROM series WHERE point = ? LIMIT 1", (name,)),
        ("SELECT 1 FROM paper WHERE point = ? LIMIT 1", (name,)),
    )
    return any(connection.execute(*query).fetchone() for query in queries)


def _set_aside(connection: SqlConnection, name: str, row: _Row, day: str) -> None:
    """Rename all data of the present customer to the key of an earlier customer."""
    key = key_of(name, row.number)
    seen = date.fromisoformat(row.seen) if row.seen else date.fromisoformat(day) - timedelta(days=1)
    _note(connection, name, row._replace(mark="", until=(seen + timedelta(days=1)).isoformat()))
    forget_given(connection, name)
    for table in ("series", "paper", "withdrawn"):
        statement = f"UPDATE {table} SET point = ? WHERE point = ?"  # noqa: S608 - names of our own
        connection.execute(statement, (key, name))
    connection.execute("UPDATE state SET name = ? WHERE name = ?", (key, name))


def forget_given(connection: SqlConnection, point: str) -> None:
    """Forget which measures of a point were sent to other services."""
    query = "DELETE FROM state WHERE collection = ? AND name >= ? AND name < ?"
    connection.execute(query, (SINK_MEMORY, f"{point} ", f"{point}!"))
