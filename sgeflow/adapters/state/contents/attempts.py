"""The attempts of calls, in the journal: noted one by one while a run goes, packed when it ended.

While a run may go on, each attempt is a row with its request and its answer. A run that ended well
keeps one list of its attempts, which the rows of a fleet have alike and share, and beside it what
each has of its own: when it began, how long it took, how much came, and the texts of its orders.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from sgeflow.adapters.state.contents import bodies
from sgeflow.adapters.state.contents.bodies import NUMBER, Body
from sgeflow.adapters.state.contents.order_requests import pack_texts, unpack_texts, words_of
from sgeflow.adapters.state.damage import UNREADABLE
from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.records import EffectEntry, SentRequest, effect_entry
from sgeflow.core.model import CallRecord, Kind
from sgeflow.errors import Id
from sgeflow.values import Discreet

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
_MINE = "run = ?1 AND key = ?2 AND attempt = ?3"  # `?4` is the digest of what is kept instead
_LET_GO_ALL = bodies.deletion_before("effects", _MINE, "request", "answer")
_LET_GO_ANSWER = bodies.deletion_before("effects", _MINE, "answer")
_ANSWERED = f"UPDATE effects SET head = ?, answer = {NUMBER} WHERE {_ONE}"  # noqa: S608
_OF_SENDING = " AND EXISTS (SELECT 1 FROM orders WHERE run = {} AND key = {} AND token = {})"
_IF_MEANT = (_OF_SENDING.format("?1", "?2", "?5"), _OF_SENDING.format("?", "?", "?"))
_COLUMNS = "key, attempt, kind, label, outcome, started, seconds, bytes, waited, paused"
_OF_RUN = (
    f"SELECT {_COLUMNS}, request, answer, CASE WHEN kind <> ? THEN "  # noqa: S608
    "(SELECT content FROM bodies WHERE bodies.id = effects.request) END "
    "FROM effects WHERE run = ? ORDER BY rowid"
)
_SHOWN = (
    "SELECT key, attempt, kind, label, content, outcome, started, seconds, bytes, waited, paused "
    "FROM effects "
    "LEFT JOIN bodies ON bodies.id = effects.request WHERE run = ? ORDER BY effects.rowid"
)
_KEEP = f"UPDATE runs SET attempts = {NUMBER}, own_attempts = ?, orders_said = ? WHERE run = ?"  # noqa: S608
_MS = 1000
_Row = Sequence[Any]  # of `_OF_RUN`


def note_sending(connection: SqlConnection, run: str, sent: SentRequest, request: Body) -> None:
    """Note an attempt that is about to leave; what an earlier one under its name left goes."""
    bodies.keep(connection, request)
    connection.execute(_LET_GO_ALL, (run, sent.key, sent.attempt, request.digest))
    about = (run, sent.key, sent.attempt, sent.kind, sent.label, sent.at, request.digest)
    connection.execute(_SENDING, about)


def note_settled(connection: SqlConnection, run: str, record: CallRecord) -> None:
    """Note how an attempt was understood; of the answer to another's request nothing is kept."""
    one = (run, record.key, record.attempt)
    about = (record.kind, record.label, record.outcome, record.seconds, record.bytes_in)
    connection.execute(_SETTLED, (*one, *about, record.waited, record.paused))
    if record.outcome == Id.OTHER_ANSWER.code:
        forget_answers(connection, _ONE, one)


def note_read(
    connection: SqlConnection, run: str, record: CallRecord, head: str, body: Body
) -> None:
    """Note how a read was understood, and keep what was answered to it."""
    note_settled(connection, run, record)
    _put_answer(connection, (run, record.key, record.attempt), head, body)


def note_answer(
    connection: SqlConnection,
    one: tuple[str, str, int],
    head: str,
    body: Body,
    token: str | None = None,
) -> None:
    """Keep what was answered to an attempt, `one` by run, key and number; of an order's `token`.

    What was answered before goes. To an attempt that is not noted, or is of another sending,
    nothing was answered: nothing is kept.
    """
    if token is None:
        _put_answer(connection, one, head, body)
    else:
        bodies.keep(connection, body)
        connection.execute(_LET_GO_ANSWER + _IF_MEANT[0], (*one, body.digest, token))
        connection.execute(_ANSWERED + _IF_MEANT[1], (head, body.digest, *one, *one[:2], token))
    bodies.release_unnamed(connection, body)


def _put_answer(
    connection: SqlConnection, one: tuple[str, str, int], head: str, body: Body
) -> None:
    bodies.keep(connection, body)
    connection.execute(_LET_GO_ANSWER, (*one, body.digest))
    connection.execute(_ANSWERED, (head, body.digest, *one))


def forget_answers(connection: SqlConnection, where: str, values: Sequence[Any]) -> None:
    """Forget the answers to the attempts that a condition holds for."""
    rows = connection.execute(f"SELECT answer FROM effects WHERE {where}", values).fetchall()  # noqa: S608
    connection.execute(f"UPDATE effects SET head = NULL, answer = NULL WHERE {where}", values)  # noqa: S608
    bodies.release(connection, (number for (number,) in rows))


def forget_run(connection: SqlConnection, run: str, began: float, attempts: Sequence[_Row]) -> None:
    """Forget what a run kept to go on from; of its attempts stays how each came out.

    Of its orders stays what they said.
    """
    if attempts:
        packed = pack_attempts(attempts, began)
        bodies.keep(connection, packed.form)
        connection.execute(_KEEP, (packed.form.digest, packed.own, packed.orders, run))
        connection.execute("DELETE FROM effects WHERE run = ?", (run,))
        bodies.release(connection, [number for row in attempts for number in row[-3:-1]])
    connection.execute("DELETE FROM results WHERE run = ?", (run,))


def attempts_of(connection: SqlConnection, run: str) -> list[_Row]:
    """The rows of a run's attempts in the order in which they began, for `pack_attempts`."""
    return connection.execute(_OF_RUN, (Kind.READ, run)).fetchall()


class PackedAttempts(Discreet, frozen=True):
    """The attempts of a run as they are kept: what runs share, the run's own, texts of orders."""

    withheld = frozenset({"orders"})

    form: Body
    own: str
    orders: bytes | None


def pack_attempts(rows: Sequence[_Row], began: float) -> PackedAttempts:
    """What attempts have in common with those of the next row, and what each has of its own."""
    shared: list[list[Any]] = []
    own: list[str] = []
    texts: dict[int, str] = {}  # of orders, by their places in `shared`
    for place in sorted(range(len(rows)), key=lambda place: tuple(rows[place][:2])):
        *same, started, seconds, size, waited, paused, _, _, request = rows[place]
        if request is not None:
            with suppress(*UNREADABLE):  # it is lost already, and keeps no run from its end
                texts[len(shared)] = bodies.unpack(request).decode()
        shared.append(same)
        after = "" if started is None else round((started - began) * _MS)
        times = round(waited * _MS), round(paused * _MS)
        waits = f":{times[0]}:{times[1]}" if any(times) else ""
        own.append(f"{place}:{after}:{round(seconds * _MS)}:{size}{waits}")
    words = words_of(texts.values())
    form = json.dumps([shared, [*texts], words], ensure_ascii=False).encode()
    orders = pack_texts([*texts.values()], words) if texts else None
    return PackedAttempts(bodies.pack(form), " ".join(own), orders)


def shown_attempts(
    connection: SqlConnection, run: str
) -> tuple[list[_Row], tuple[Any, ...] | None]:
    """The rows of a run's attempts as they stand, and what was packed of them."""
    rows = connection.execute(_SHOWN, (run,)).fetchall()
    packed = connection.execute(
        "SELECT content, own_attempts, orders_said, started FROM runs "
        "JOIN bodies ON bodies.id = runs.attempts WHERE run = ?",
        (run,),
    ).fetchone()
    return rows, packed


def entries(rows: Iterable[_Row], packed: tuple[Any, ...] | None) -> tuple[EffectEntry, ...]:
    """The attempts of a run, of what `shown_attempts` gave; raises when they cannot be read."""
    attempts = _unpack(*packed) if packed is not None else {}
    for key, attempt, kind, label, content, *rest in rows:
        request = None if content is None else bodies.unpack(content).decode()
        entry = effect_entry((key, attempt, kind, label, request, *rest))
        if before := attempts.get((key, attempt)):  # its answer came behind the end
            entry = replace(entry, request=before.request, started=before.started)
        attempts[key, attempt] = entry
    return tuple(attempts.values())


def _unpack(
    content: bytes, own: str, orders: bytes | None, began: float
) -> dict[tuple[str, int], EffectEntry]:
    """The attempts that `pack_attempts` packed, in the order in which they began."""
    shared, places, words = json.loads(bodies.unpack(content))
    texts = dict(zip(places, unpack_texts(orders, words), strict=True)) if orders else {}
    by_place = {}
    for number, (same, parts) in enumerate(zip(shared, own.split(), strict=True)):
        key, attempt, kind, label, outcome = same
        place, after, took, size, *waits = parts.split(":")
        started = began + int(after) / _MS if after else None
        row = (key, attempt, kind, label, texts.get(number), outcome, started)
        seconds = [int(wait) / _MS for wait in waits] or [0.0, 0.0]
        by_place[int(place)] = effect_entry((*row, int(took) / _MS, int(size), *seconds))
    return {(each.key, each.attempt): each for _, each in sorted(by_place.items())}
