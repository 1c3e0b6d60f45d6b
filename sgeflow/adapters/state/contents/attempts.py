"""The attempts of calls, in the journal: noted one by one while a run goes, packed when it ended.

While a run may go on, each attempt is a row with its request and its answer. A run that ended well
keeps one list of its attempts, which the rows of a fleet have alike and share, and beside it what
each has of its own: when it began, how long it took, how much came. Orders keep their row, with
the text of the request.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sgeflow.adapters.state.contents import bodies
from sgeflow.adapters.state.contents.bodies import NUMBER, Body
from sgeflow.adapters.state.database import SqlConnection, SqlRows
from sgeflow.adapters.state.records import EffectEntry, Sent, effect_entry
from sgeflow.core.model import CallRecord, Kind
from sgeflow.errors import Id

EFFECTS = """
CREATE TABLE effects (
  run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, attempt INTEGER NOT NULL,
  kind TEXT NOT NULL, label TEXT NOT NULL, request INTEGER, head TEXT, answer INTEGER,
  outcome TEXT NOT NULL DEFAULT '', started REAL, seconds REAL NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  waited REAL NOT NULL DEFAULT 0, paused REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (run, key, attempt)
)
"""
_ONE = "run = ? AND key = ? AND attempt = ?"
_SENDING = (
    "INSERT INTO effects (run, key, attempt, kind, label, started, request) "  # noqa: S608
    f"VALUES (?, ?, ?, ?, ?, ?, {NUMBER}) ON CONFLICT (run, key, attempt) DO UPDATE SET "
    "started = excluded.started, request = excluded.request, outcome = '', head = NULL, "
    "answer = NULL"
)
_SETTLED = (
    "INSERT INTO effects (run, key, attempt, kind, label, outcome, seconds, bytes, waited, paused) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key, attempt) DO UPDATE SET "
    "outcome = excluded.outcome, seconds = excluded.seconds, bytes = excluded.bytes, "
    "waited = excluded.waited, paused = excluded.paused"
)
_ANSWERED = f"UPDATE effects SET head = ?, answer = {NUMBER} WHERE {_ONE}"  # noqa: S608
_OF_SENDING = (
    " AND EXISTS (SELECT 1 FROM orders WHERE orders.run = effects.run "
    "AND orders.key = effects.key AND orders.token = ?)"
)
_COLUMNS = "key, attempt, kind, label, outcome, started, seconds, bytes, waited, paused"
_OF_RUN = f"SELECT {_COLUMNS}, request, answer FROM effects WHERE run = ? ORDER BY rowid"  # noqa: S608
_SHOWN = (
    "SELECT key, attempt, kind, label, content, outcome, started, seconds, bytes, waited, paused "
    "FROM effects "
    "LEFT JOIN bodies ON bodies.id = effects.request WHERE run = ? ORDER BY effects.rowid"
)
_PACKED = f"UPDATE runs SET reads = {NUMBER}, own_reads = ? WHERE run = ?"  # noqa: S608
_MS = 1000
_Row = Sequence[Any]  # of `_OF_RUN`


def note_sending(
    connection: SqlConnection, run: str, sent: Sent, request: Body
) -> Callable[[], None]:
    """Note an attempt that is about to leave; what an earlier one under its name left goes.

    That is done by what it gives, at the end of the transaction.
    """
    one = (run, sent.key, sent.attempt)
    before = connection.execute(f"SELECT request, answer FROM effects WHERE {_ONE}", one)  # noqa: S608
    bodies.keep(connection, request)
    about = (run, sent.key, sent.attempt, sent.kind, sent.label, sent.at, request.digest)
    connection.execute(_SENDING, about)
    return lambda: bodies.release(connection, _numbers(before))


def note_settled(connection: SqlConnection, run: str, record: CallRecord) -> None:
    """Note how an attempt was understood; of the answer to another's request nothing is kept."""
    one = (run, record.key, record.attempt)
    about = (record.kind, record.label, record.outcome, record.seconds, record.bytes_in)
    connection.execute(_SETTLED, (*one, *about, record.waited, record.paused))
    if record.outcome == Id.OTHER_ANSWER.code:
        forget_answers(connection, _ONE, one)


def note_answer(
    connection: SqlConnection,
    one: tuple[str, str, int],
    head: str,
    body: Body,
    token: str | None = None,
) -> Callable[[], None]:
    """Keep what was answered to an attempt, `one` by run, key and number; of an order's `token`.

    What was answered before goes by what it gives, at the end of the transaction.
    """
    statement = _ANSWERED if token is None else _ANSWERED + _OF_SENDING
    before = connection.execute(f"SELECT answer FROM effects WHERE {_ONE}", one)  # noqa: S608
    bodies.keep(connection, body)
    kept = connection.execute(
        f"{statement} RETURNING 1", (head, body.digest, *one, *(() if token is None else (token,)))
    )

    def let_go() -> None:
        if kept.fetchone() is None:  # nobody's any more
            bodies.release(connection, [bodies.number_of(connection, body)])
        bodies.release(connection, _numbers(before))

    return let_go


def forget_answers(connection: SqlConnection, where: str, values: Sequence[Any]) -> None:
    """Forget the answers to the attempts that a condition holds for."""
    rows = connection.execute(f"SELECT answer FROM effects WHERE {where}", values).fetchall()  # noqa: S608
    connection.execute(f"UPDATE effects SET head = NULL, answer = NULL WHERE {where}", values)  # noqa: S608
    bodies.release(connection, (number for (number,) in rows))


def forget_run(connection: SqlConnection, run: str, began: float, attempts: Sequence[_Row]) -> None:
    """Forget what a run kept to go on from; of its attempts stays how each came out."""
    if attempts:
        packed, times = pack_attempts(attempts, began)
        bodies.keep(connection, packed)
        connection.execute(_PACKED, (packed.digest, times, run))
        forget_reads(connection, run, attempts)
    connection.execute("DELETE FROM results WHERE run = ?", (run,))


def attempts_of(connection: SqlConnection, run: str) -> list[_Row]:
    """The rows of a run's attempts in the order in which they began, for `pack_attempts`."""
    return connection.execute(_OF_RUN, (run,)).fetchall()


def pack_attempts(rows: Sequence[_Row], began: float) -> tuple[Body, str]:
    """What attempts have in common with those of the next row, and what each has of its own."""
    shared, own = [], []
    for place in sorted(range(len(rows)), key=lambda place: tuple(rows[place][:2])):
        *same, started, seconds, size, waited, paused, _, _ = rows[place]
        shared.append(same)
        after = "" if started is None else round((started - began) * _MS)
        times = round(waited * _MS), round(paused * _MS)
        waits = f":{times[0]}:{times[1]}" if any(times) else ""
        own.append(f"{place}:{after}:{round(seconds * _MS)}:{size}{waits}")
    return bodies.pack(json.dumps(shared, ensure_ascii=False).encode()), " ".join(own)


def forget_reads(connection: SqlConnection, run: str, rows: Sequence[_Row]) -> None:
    """Forget the replies to a run's attempts, and of its reads all: they are packed elsewhere."""
    connection.execute("DELETE FROM effects WHERE run = ? AND kind = ?", (run, Kind.READ))
    named = [row[-1] for row in rows] + [row[-2] for row in rows if row[2] == Kind.READ]
    if any(row[2] != Kind.READ for row in rows):
        connection.execute("UPDATE effects SET head = NULL, answer = NULL WHERE run = ?", (run,))
    bodies.release(connection, named)


def shown_attempts(
    connection: SqlConnection, run: str
) -> tuple[list[_Row], tuple[Any, ...] | None]:
    """The rows of a run's attempts as they stand, and what was packed of them."""
    rows = connection.execute(_SHOWN, (run,)).fetchall()
    packed = connection.execute(
        "SELECT content, own_reads, started FROM runs JOIN bodies ON bodies.id = runs.reads "
        "WHERE run = ?",
        (run,),
    ).fetchone()
    return rows, packed


def entries(rows: Iterable[_Row], packed: tuple[Any, ...] | None) -> tuple[EffectEntry, ...]:
    """The attempts of a run, of what `shown_attempts` gave; raises when they cannot be read."""
    attempts = _unpack(*packed) if packed is not None else {}
    for key, attempt, kind, label, content, *rest in rows:
        request = None if content is None else bodies.unpack(content).decode()
        attempts[key, attempt] = effect_entry((key, attempt, kind, label, request, *rest))
    return tuple(attempts.values())


def _unpack(content: bytes, own: str, began: float) -> dict[tuple[str, int], EffectEntry]:
    """The attempts that `pack_attempts` packed, in the order in which they began."""
    by_place = {}
    for same, parts in zip(json.loads(bodies.unpack(content)), own.split(), strict=True):
        key, attempt, kind, label, outcome = same
        place, after, took, size, *waits = parts.split(":")
        started = began + int(after) / _MS if after else None
        row = (key, attempt, kind, label, None, outcome, started, int(took) / _MS, int(size))
        seconds = [int(wait) / _MS for wait in waits] or [0.0, 0.0]
        by_place[int(place)] = effect_entry((*row, *seconds))
    return {(each.key, each.attempt): each for _, each in sorted(by_place.items())}


def _numbers(rows: SqlRows) -> list[int | None]:
    return [number for row in rows.fetchall() for number in row]
