"""The journal: requests, answers and orders of runs, so that runs resume and orders leave once.

An order is on the disk before its bytes leave. Its states are `planned → sending → done | refused`;
`unknown` if the answer was lost; then once `absent → sending`, after a read has proved that the
order was not accepted. A state belongs to one sending of the order, identified by its token. An
undo is listed among the orders, under its own key, at the point of the undone order; until it is
complete, no other run begins anything at this point.

A run that ends well keeps no replies, no inputs and no requests of reads. Personal elements of
requests are masked before they are written. SQL statements contain only our own column names
(S608).
"""

import hmac
import json
import os
import secrets
import shutil
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from msgspec.structs import astuple, replace

from sgeflow.adapters.state.contents import (
    BODIES,
    EFFECTS,
    NUMBER,
    PACKED,
    TEXTS,
    KeptRun,
    KeptStep,
    ask_attempts,
    entries,
    failed_row_steps,
    find_texts,
    forget_answers,
    forget_run,
    forget_texts,
    keep,
    keep_steps,
    keep_texts,
    kept_steps,
    note_answer,
    note_sending,
    note_settled,
    pack,
    pack_text,
    release,
    release_unnamed,
    shown_attempts,
    sweep,
    unpack,
    unpack_steps,
)
from sgeflow.adapters.state.database import (
    DatabaseKind,
    DiskFull,
    Space,
    SqlConnection,
    SqlRows,
    decoding,
    storage_error,
)
from sgeflow.adapters.state.locations import DatabaseLocation
from sgeflow.adapters.state.open import FACTS, Paired, forget_fact, note_fact, read_fact
from sgeflow.adapters.state.records import (
    CLEAR,
    CLOCK_SKEW,
    FLEETS,
    IS_ON_THE_LIST,
    IS_UNSETTLED,
    ORDER_COLUMNS,
    SETTLED,
    UNDO_PENDING,
    UNSETTLED,
    FleetEntry,
    KeptAnswer,
    Order,
    OrderState,
    RowState,
    RunDetails,
    RunEntry,
    RunLeft,
    RunStart,
    SentRequest,
    Uptime,
    fingerprint_of_undo,
    fingerprint_parts,
    has_left_since,
    is_row,
    is_unlike,
    listed_run,
    made_key,
    order_entry,
    row_number,
    row_state,
    rows_between,
    run_entry,
    uptime,
    with_ages,
)
from sgeflow.core.engine.effects import Undoing
from sgeflow.core.engine.ports import Lateness
from sgeflow.core.engine.trails import enclosing_undos, is_part, outermost_undo, trail_of, undone_by
from sgeflow.core.language.points import is_one_point
from sgeflow.core.model import CallRecord, Kind, Status
from sgeflow.errors import Exit, GuardError, Id, TechnicalError
from sgeflow.messages import say, say_count

BY_HAND = "by hand"
"""The code of an order that a person has settled."""

_THINGS_AT_ONCE = 500  # things per statement
_UNFINISHED = 30 * 86_400.0  # seconds for which an order of a stopped run blocks others
OF_RUN = "run = ? OR run > ? AND run < ?"
"""The condition for the orders of a run or of a fleet's rows; its values are `span_of`."""
_ACCEPTED = "state = ? AND undone = 0"  # accepted and not undone
IS_LOOSE = f"{_ACCEPTED} AND remembered = 0 AND fingerprint <> '' AND fingerprint NOT LIKE '.%'"
"""The condition for accepted orders that no flow has remembered; its value is DONE."""
STOPPED = "(ended IS NULL OR status = ? AND (summary = '' OR exit = ?))"
"""The condition for runs that were stopped: without end, or ended without a code of the flow."""
AS_STOPPED = (Status.FAILED, Exit.BUG)  # the values of STOPPED
_IS_STOPPED = (
    f"EXISTS (SELECT 1 FROM runs WHERE runs.run = orders.run AND flow NOT LIKE 'call %' "  # noqa: S608
    f"AND {STOPPED})"
)


def span_of(run: str) -> tuple[str, str, str]:
    """The values of `OF_RUN`."""
    return run, *rows_between(run)


def new_token() -> str:
    """A new token for a sending of an order."""
    return os.urandom(8).hex()


def orders_where(
    connection: SqlConnection, where: str, values: Iterable[object]
) -> tuple[Order, ...]:
    """The orders that match a condition, in the order of their planning."""
    rows = connection.execute(select_orders(where), tuple(values)).fetchall()
    return tuple(map(order_entry, rows))


def select_orders(where: str) -> str:
    """The statement for the orders that match a condition; `order_entry` reads its rows."""
    return f"SELECT {ORDER_COLUMNS} FROM orders WHERE {where} ORDER BY planned, run, key"  # noqa: S608


def same_order(
    connection: SqlConnection,
    order: Order,
    repeat_after: float,
    now: float,
    cancels: tuple[Order, ...] = (),
) -> Order | None:
    """The first order that names some of the same things and must not be sent again; or None.

    Unsettled orders count on any terms, because tomorrow's order has other days. Accepted orders
    count if they have the same terms and were accepted less than `repeat_after` seconds ago; the
    result then has its age. An order that was undone, or ended by an accepted cancel of this state
    or of `cancels`, does not count. Orders of a changed document cannot be compared, so those at
    the same point count.
    """
    terms = fingerprint_parts(order.fingerprint)[1]
    unsettled = f"{IS_UNSETTLED} AND NOT (run = ? AND key = ?)"
    values = (*CLEAR, order.run, order.key, OrderState.DONE)
    orders = _sharing(connection, order, f"({unsettled} OR {_ACCEPTED})", values)
    is_open = [other for other in orders if other.state is not OrderState.DONE]
    is_open = is_open or _lost_in_another_form(connection, order)
    if is_open or not repeat_after:
        return next(iter(is_open), None)
    same = [one for one in orders if fingerprint_parts(one.fingerprint)[1] == terms]
    same += _accepted_in_another_form(connection, order)
    ended_by = order.ended_by
    stands = (other for other in same if not _is_ended(connection, other, ended_by, cancels))
    aged = with_ages(connection, stands, now)
    return next((replace(other, age=age) for age, other in aged if age < repeat_after), None)


def _is_ended(
    connection: SqlConnection, other: Order, ended_by: tuple[str, ...], cancels: tuple[Order, ...]
) -> bool:
    """Whether an accepted cancel, one of the operations `ended_by`, has ended what an order made.

    A point has one service of a kind, so only the points are compared. A cancel that was sent
    before the order ended another service. Only an order at exactly one point can be ended.
    `cancels` are the accepted cancels of another state.
    """
    if not is_one_point(other.point):
        return False
    since = other.settled or other.planned
    known = (*cancels_at(connection, other.point, ended_by), *cancels)
    late = (one for one in known if one.point == other.point and (one.settled or 0.0) >= since)
    return any(has_left_since(cancel, other) for cancel in late)


def cancels_at(
    connection: SqlConnection, point: str, operations: tuple[str, ...]
) -> tuple[Order, ...]:
    """The cancels of some operations that were accepted at a point."""
    if not operations or not point:
        return ()
    marks = ", ".join("?" * len(operations))
    where = f"state = ? AND point = ? AND operation IN ({marks})"
    return orders_where(connection, where, (OrderState.DONE, point, *operations))


def unfinished_order(connection: SqlConnection, order: Order, now: float) -> Order | None:
    """An accepted order of a stopped run for some of the same things, of the last 30 days; or None.

    No flow has remembered its result, so the next run would order the same again on other terms.
    """
    values = (OrderState.DONE, order.run, *AS_STOPPED)
    others = _sharing(connection, order, f"{IS_LOOSE} AND run <> ? AND {_IS_STOPPED}", values)
    is_left = f"remembered = 0 AND {_IS_STOPPED}"
    others += _accepted_in_another_form(connection, order, is_left, AS_STOPPED)
    aged = with_ages(connection, others, now)
    return next((other for age, other in aged if age < _UNFINISHED), None)


def loose_orders(connection: SqlConnection, run: str) -> tuple[Order, ...]:
    """The orders of a run, or of a fleet's rows, that no flow has remembered."""
    where = f"({OF_RUN}) AND {IS_LOOSE}"
    orders = orders_where(connection, where, (*span_of(run), OrderState.DONE))
    return tuple(one for one in orders if not outermost_undo(trail_of(one.key)))


def _sharing(
    connection: SqlConnection, order: Order, where: str, values: tuple[object, ...]
) -> list[Order]:
    """The orders that share a thing with an order and match a condition."""
    things = fingerprint_parts(order.fingerprint)[0]
    orders: list[Order] = []
    for start in range(0, len(things), _THINGS_AT_ONCE):
        some = things[start : start + _THINGS_AT_ONCE]
        marks = ", ".join("?" * len(some))
        shared = f"(run, key) IN (SELECT run, key FROM ordered WHERE thing IN ({marks}))"  # noqa: S608
        orders += orders_where(connection, f"{shared} AND {where}", (*some, *values))
    return orders


def _lost_in_another_form(connection: SqlConnection, order: Order) -> list[Order]:
    """The unsettled orders of the service, of a changed document, perhaps at the same point."""
    where = f"{IS_ON_THE_LIST} AND {IS_UNSETTLED} AND NOT (run = ? AND key = ?)"
    others = orders_where(connection, where, (*CLEAR, order.run, order.key))
    unlike = [one for one in others if is_unlike(one, order)]
    return [
        one
        for one in unlike
        if one.point == order.point or not (is_one_point(one.point) and is_one_point(order.point))
    ]


def _accepted_in_another_form(
    connection: SqlConnection, order: Order, where: str = "", values: tuple[object, ...] = ()
) -> list[Order]:
    """Accepted orders of other runs at the same point, or list of points, of a changed document.

    Orders of the same run are found by their steps instead.
    """
    more = f" AND {where}" if where else ""
    others = orders_where(
        connection,
        f"point = ? AND {_ACCEPTED} AND run <> ?{more}",
        (order.point, OrderState.DONE, order.run, *values),
    )
    return [one for one in others if is_unlike(one, order)]


def begin_sending(connection: SqlConnection, order: Order, at: float) -> None:
    """Note that an order is being sent; refused for an order that may have been sent.

    An orphan may be sent again; its earlier note stays on the list under another key.

    Raises:
        TechnicalError: the order may have been sent already.
    """
    machine, state = uptime(), OrderState.SENDING
    if order.state is OrderState.ORPHAN:
        state = OrderState.ORPHAN
        connection.execute(
            "UPDATE orders SET key = key || '!' || token WHERE run = ? AND key = ? AND state = ?",
            (order.run, order.key, state),
        )
    left = connection.execute(
        "INSERT INTO orders "
        "(run, key, operation, point, fingerprint, state, planned, sending, boot, up, token, lasts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key) DO UPDATE SET "
        "state = excluded.state, sending = excluded.sending, boot = excluded.boot, "
        "up = excluded.up, token = excluded.token, lasts = excluded.lasts, "
        "resent = CASE WHEN orders.state = ? THEN 1 WHEN orders.code = ? THEN 0 "
        "ELSE orders.resent END, "
        "departures = CASE WHEN orders.state = ? OR orders.code = ? "
        "THEN orders.departures || ' ' || orders.sending || "  # and by the present clock:
        "CASE WHEN excluded.boot <> '' AND orders.boot = excluded.boot AND orders.up IS NOT NULL "
        "THEN ' ' || (excluded.sending - (excluded.up - orders.up)) ELSE '' END "
        "ELSE orders.departures END "
        "WHERE orders.state IN (?, ?) RETURNING 1",
        (
            *(order.run, order.key, order.operation, order.point, order.fingerprint),
            *(state, order.planned or at, at, machine.boot, machine.seconds),
            *(order.token, order.lasts),
            *(OrderState.ABSENT, BY_HAND, OrderState.ABSENT, BY_HAND),
            *(OrderState.PLANNED, OrderState.ABSENT),
        ),
    ).fetchone()
    if left is None:
        raise storage_error(
            say(
                "the journal shows that {operation} of step {key} was already sent",
                operation=order.operation,
                key=order.key,
            ),
            say("settle that order first; it is never sent twice"),
        )
    for thing in fingerprint_parts(order.fingerprint)[0]:
        connection.execute(
            "INSERT INTO ordered (thing, run, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (thing, order.run, order.key),
        )


_NOT_ACCEPTED = (OrderState.PLANNED, OrderState.ABSENT, OrderState.REFUSED)
_TWICE = 2  # times the longest call: first the sender waits, then perhaps a gateway


def settle(
    connection: SqlConnection,
    order: Order,
    state: OrderState,
    code: str,
    settled: float | None,
    lasts: float | None = None,
) -> None:
    """Write the state of an order with the present clocks; a state set by hand gets a new token."""
    machine, token = uptime(), new_token() if code == BY_HAND else order.token
    named = (order.run, order.key, order.token)
    connection.execute(
        "UPDATE orders SET state = ?, code = ?, settled = ?, settled_boot = ?, settled_up = ?, "
        "token = ?, lasts = ? WHERE run = ? AND key = ? AND token = ?",
        (state, code, settled, machine.boot, machine.seconds, token, lasts, *named),
    )


def lasts_on(order: Order, now: float) -> float | None:
    """The seconds after sending during which an unknown order may be carried out; else None.

    A gateway may still have the order, whatever it answered. The time since the sending comes from
    the machine's uptime, or from `now` without one.
    """
    if order.state is not OrderState.SENDING or order.sending is None or order.lasts is None:
        return order.lasts
    ago = uptime().since(order.boot, order.up)
    return max(0.0, now - order.sending if ago is None else ago) + order.lasts


def left_of(order: Order, machine: Uptime, now: float) -> float:
    """The seconds during which the last sending of an order may still be carried out; at least 0.

    The time since the sending comes from the machine's uptime, which nobody can set; on another
    machine, or after a restart, from `now`.
    """
    if order.state not in UNSETTLED or order.sending is None or order.lasts is None:
        return 0.0
    ago = machine.since(order.boot, order.up)
    lasts = _TWICE * order.lasts if order.state is OrderState.SENDING else order.lasts
    return max(0.0, lasts - (now - order.sending if ago is None else ago))


def note_late(connection: SqlConnection, run: str, key: str, answer: str) -> Lateness:
    """Note the answer to a sending whose order is settled already; IN_TIME for an unknown order.

    A late acceptance makes the order unknown in two cases: the order counts as not accepted, or
    another sending of it was accepted too. A noted acceptance is not replaced by a later answer.
    """
    orders = orders_where(connection, "run = ? AND key = ?", (run, key))
    if not orders:
        return Lateness.IN_TIME
    order, is_known = orders[0], answer.startswith((OrderState.DONE, OrderState.REFUSED))
    if is_known and order.late != OrderState.DONE:
        connection.execute(
            "UPDATE orders SET late = ? WHERE run = ? AND key = ?", (answer, run, key)
        )
    if answer != OrderState.DONE:
        return Lateness.LATE
    if order.state is OrderState.SENDING:  # the sending's own answer decides
        connection.execute("UPDATE orders SET code = '' WHERE run = ? AND key = ?", (run, key))
    if order.state in _NOT_ACCEPTED:
        mark_unknown(connection, run, key)
        return Lateness.DISPUTED
    if order.state is OrderState.DONE and order.departures and order.code != BY_HAND:
        mark_unknown(connection, run, key)
        return Lateness.DOUBLED
    return Lateness.LATE


def is_doubtful(order: Order, state: OrderState) -> bool:
    """Whether the answer `state` contradicts a late answer that accepted an earlier sending.

    False if a person has settled the order: that decision takes the late answer into account.
    """
    if order.late != OrderState.DONE or order.code == BY_HAND:
        return False
    return state in _NOT_ACCEPTED or (state is OrderState.DONE and bool(order.departures))


def mark_unknown(connection: SqlConnection, run: str, key: str) -> None:
    """Mark an order with contradictory answers as unknown, and delete its answers."""
    connection.execute(
        "UPDATE orders SET state = ?, code = '', settled = NULL, lasts = NULL "
        "WHERE run = ? AND key = ?",
        (OrderState.UNKNOWN, run, key),
    )
    forget_answers(connection, "run = ? AND key = ?", (run, key))


def open_at(connection: SqlConnection, run: str, point: str, *, of_cancel: bool) -> Order | None:
    """Another run's unfinished undo at a point; for a cancel, also a lost order; else None."""
    if not point:
        return None
    where, values = "point = ? AND run <> ? AND state", (point, run)
    orders = orders_where(connection, f"{where} IN (?, ?)", (*values, *UNDO_PENDING))
    return next(iter(orders), lost_at(connection, run, point) if of_cancel else None)


def order_in_the_way(
    connection: SqlConnection,
    sent: SentRequest,
    order: Order,
    repeat_after: float,
    now: float,
    cancels: tuple[Order, ...] = (),
) -> Order | None:
    """The order or unfinished undo because of which an order must not be sent now; or None.

    `cancels` are accepted cancels of another state, which may have ended an accepted order.
    """
    run, point, is_cancel = order.run, order.point, sent.kind is Kind.CANCEL
    undoes = bool(outermost_undo(trail_of(order.key)))
    if undoes:  # two undos would wait for each other
        other = lost_at(connection, run, point) if is_cancel else None
    else:
        other = open_at(connection, run, point, of_cancel=is_cancel)
    other = other or same_order(connection, order, repeat_after, now, cancels)
    if other or undoes or is_cancel or not repeat_after:
        return other
    return unfinished_order(connection, order, now)


def lost_at(connection: SqlConnection, run: str, point: str) -> Order | None:
    """Another run's order at a point with an unknown outcome; None without one."""
    if not point:
        return None
    where = f"point = ? AND run <> ? AND {IS_UNSETTLED}"
    return next(iter(orders_where(connection, where, (point, run, *CLEAR))), None)


def end_undo_by(connection: SqlConnection, cancel: Order) -> None:
    """Complete an undo that consists of one order, because this order was accepted."""
    trail = trail_of(cancel.key)
    where = "run = ? AND state IN (?, ?)"
    for undo in orders_where(connection, where, (cancel.run, *UNDO_PENDING)):
        if trail_of(undo.key) == trail:
            complete_undo(connection, cancel.run, undone_by(trail), undo.key)


def complete_undo(connection: SqlConnection, run: str, trail: str, key: str) -> None:
    """Delete the notes of an undo that has succeeded."""
    note_undone(connection, run, trail)
    connection.execute(
        "DELETE FROM orders WHERE run = ? AND key = ? AND state IN (?, ?)",
        (run, key, *UNDO_PENDING),
    )


def note_undone(connection: SqlConnection, run: str, trail: str) -> None:
    """Mark the accepted orders of a step as undone."""
    for order in _orders_of(connection, run, trail):
        if order.state is OrderState.DONE:
            connection.execute(
                "UPDATE orders SET undone = 1 WHERE run = ? AND key = ?", (run, order.key)
            )


def note_pending_undo(
    connection: SqlConnection,
    run: str,
    undo: Undoing,
    place: str,
    how: tuple[OrderState, str, float],
) -> None:
    """Note an unfinished undo with the point and operation of the order to undo.

    `how` has the state, the code and the time in epoch seconds. Without an order that has a point,
    the undo is noted at `place`, else at the point of the run's last order.
    """
    orders = _orders_of(connection, run, undo.trail)
    operation = orders[-1].operation if orders else undo.what
    fingerprint = fingerprint_of_undo(orders[-1]) if orders else ""
    point = next((order.point for order in reversed(orders) if order.point), place)
    if not point:
        others = orders_where(connection, "run = ? AND point <> ''", (run,))
        point = others[-1].point if others else ""
    connection.execute(
        "INSERT INTO orders (run, key, operation, point, fingerprint, state, code, planned)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key) DO UPDATE SET "
        "state = excluded.state, code = excluded.code, settled = NULL",
        (run, undo.key, operation, point, fingerprint, *how),
    )


def _orders_of(connection: SqlConnection, run: str, trail: str) -> tuple[Order, ...]:
    """The orders of a step and its nested steps, without orders of undos."""
    where = "run = ? AND key > ? AND key < ?"  # "~" comes after every character of a trail
    begun = orders_where(connection, where, (run, trail, f"{trail}\x7f"))
    inside = ((one, trail_of(one.key)) for one in begun)
    return tuple(
        one for one, at in inside if is_part(at, trail) and not outermost_undo(at[len(trail) :])
    )


# `documents`, `steps` and `attempts` refer to bodies. `own_steps` and `own_attempts` have a run's
# own values beside shared ones; `orders_said` has the texts of its orders. `asked`: the inputs that
# were asked for. `calls`: set when the run has ended.
_RUNS = """
CREATE TABLE runs (
  run TEXT PRIMARY KEY, is_row INTEGER NOT NULL, flow TEXT NOT NULL, environment TEXT NOT NULL,
  today TEXT NOT NULL, now TEXT NOT NULL, documents INTEGER, asked TEXT NOT NULL DEFAULT '',
  started REAL NOT NULL, ended REAL, status TEXT NOT NULL, exit INTEGER,
  summary TEXT NOT NULL DEFAULT '', inputs BLOB, calls INTEGER NOT NULL DEFAULT 0,
  steps INTEGER, own_steps BLOB, attempts INTEGER, own_attempts TEXT, orders_said BLOB
);
CREATE INDEX runs_by_start ON runs (started DESC, run) WHERE is_row = 0;
CREATE INDEX runs_by_name ON runs (run) WHERE is_row = 0;
CREATE INDEX runs_open ON runs (started) WHERE is_row = 0 AND ended IS NULL
"""
# `boot`, `up`: clocks of the sending; `settled_boot`, `settled_up`: clocks of the last change of
# state; `absent`: time of the read that proved that the order was not accepted; `resent`: whether
# it was sent again; `departures`: earlier sendings; `token`: the sending to which the state
# belongs; `lasts`: seconds during which it may arrive; `late`: a late answer to a settled order;
# `undone`: whether its result was undone; `remembered`: whether its flow has remembered something
# since, so that the next run knows the order
_ORDERS = f"""
CREATE TABLE orders (
  run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL,
  operation TEXT NOT NULL, point TEXT NOT NULL, fingerprint TEXT NOT NULL,
  state TEXT NOT NULL, code TEXT NOT NULL DEFAULT '',
  planned REAL NOT NULL, sending REAL, settled REAL,
  boot TEXT NOT NULL DEFAULT '', up REAL, absent REAL, absent_by TEXT NOT NULL DEFAULT '',
  resent INTEGER NOT NULL DEFAULT 0, token TEXT NOT NULL DEFAULT '', lasts REAL,
  late TEXT NOT NULL DEFAULT '', departures TEXT NOT NULL DEFAULT '',
  undone INTEGER NOT NULL DEFAULT 0, remembered INTEGER NOT NULL DEFAULT 0,
  settled_boot TEXT NOT NULL DEFAULT '', settled_up REAL,
  PRIMARY KEY (run, key)
) WITHOUT ROWID;
CREATE INDEX orders_on_the_list ON orders (planned, run, key) WHERE {IS_ON_THE_LIST};
CREATE INDEX orders_by_point ON orders (point);
CREATE INDEX orders_by_boot ON orders (boot, up) WHERE up IS NOT NULL
"""
# the things of each order, one row each: an order that shares a thing waits for it
_ORDERED = """
CREATE TABLE ordered (
  thing TEXT NOT NULL, run TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (thing, run, key)
) WITHOUT ROWID;
CREATE INDEX ordered_by_run ON ordered (run)
"""
# answers of effects other than calls: for example the state at the start of a flow
_RESULTS = """
CREATE TABLE results (
  run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, answer TEXT NOT NULL,
  PRIMARY KEY (run, key)
) WITHOUT ROWID
"""
_KEYS = "CREATE TABLE keys (name TEXT PRIMARY KEY, key TEXT NOT NULL) WITHOUT ROWID"
_TABLES = (_RUNS, EFFECTS, BODIES, _ORDERS, _ORDERED, _RESULTS, FLEETS, TEXTS, _KEYS, FACTS)
# `person`: digest of the person of a run, while its inputs are kept; `superseded`: the later run
# about the same person for which the inputs were deleted
_PERSONS = """
ALTER TABLE runs ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN superseded TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_by_person ON runs (person, started) WHERE person <> ''
"""
JOURNAL = DatabaseKind(
    name="the journal",
    mark=0x5347454A,  # "SGEJ"
    first=22,  # older states kept the orders of successful runs in rows of their own
    versions=(";".join(_TABLES), _PERSONS, PACKED),
)
_BEGIN = (
    "INSERT INTO runs (run, is_row, flow, environment, today, now, started, documents, status, "  # noqa: S608
    f"inputs, person) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, {NUMBER.replace('?', '?8')}, "
    "?9, ?10, ?11) "
    "ON CONFLICT (run) DO UPDATE SET "
    "ended = NULL, exit = NULL, status = excluded.status, inputs = excluded.inputs "
    "WHERE runs.inputs IS NOT NULL "  # successful runs have no inputs left
    "RETURNING 1"
)
"""Begins or resumes a run; gives no row for a run that has ended well."""
_CALLS = (
    "((SELECT count(*) FROM effects WHERE effects.run = runs.run) + "
    "(SELECT coalesce(sum(CASE WHEN part.ended IS NULL "
    "THEN (SELECT count(*) FROM effects WHERE effects.run = part.run) ELSE part.calls END), 0) "
    "FROM runs AS part WHERE part.run > runs.run || '.' AND part.run < runs.run || '/'))"
)
"""The number of calls of a run that has not ended; for a fleet, of its rows."""
_RUN_COLUMNS = (
    "run, flow, environment, today, now, "  # noqa: S608
    "(SELECT content FROM bodies WHERE bodies.id = runs.documents), "
    f"started, ended, status, exit, summary, CASE WHEN ended IS NULL THEN {_CALLS} ELSE calls END"
)
"""The columns of `runs` for `run_entry`, in its order."""
_END = (
    "UPDATE runs SET status = ?, exit = ?, ended = ?, summary = ?, "  # noqa: S608
    f"inputs = CASE WHEN ? THEN NULL ELSE inputs END, calls = {_CALLS} "
    "WHERE run = ? AND ended IS NULL RETURNING started"
)
_SPARE = 64  # free, zeroed pages kept for the next run: shrinking waits for the disk
_FAST = 1  # zlib level: replies repeat the same tags, so a higher level gains little
_NOTE_RESULT = (
    "INSERT INTO results VALUES (?, ?, ?) "
    "ON CONFLICT (run, key) DO UPDATE SET answer = excluded.answer"
)
_MEANT = "run = ? AND key = ? AND token = ?"  # one sending of an order
_KEEP_RESULT = "INSERT INTO results VALUES (?, ?, ?) ON CONFLICT (run, key) DO NOTHING"
_HELD_SINCE = "orders held since"
_HELD_FOR = "orders held for"  # followed by the store without its journal; empty after a restore
_W = TypeVar("_W", bound="Journal")
_P = ParamSpec("_P")
_R = TypeVar("_R")
_RESERVE = 512 * 1024  # bytes: the write-ahead log of a few runs, and its shared memory
_LEAST = 16 * _RESERVE  # bytes; with less free space, nothing is reserved
_RUNS_AT_ONCE = 50  # runs, or rows of a fleet, deleted in one transaction
_APART = 2  # the number on a full disk
_OF_RUNS = ("effects", "results", "ordered", "orders", "fleets", "runs")
SALVAGED_RUN = (
    "run, is_row, flow, environment, today, now, asked, started, ended, status, exit, summary, "
    "calls"
)
SALVAGED_ORDER = (
    "run, key, operation, point, fingerprint, state, code, planned, sending, settled, boot, up, "
    "settled_boot, settled_up, absent, absent_by, resent, token, lasts, late, "
    "departures, undone, remembered"
)
_STATE = SALVAGED_ORDER.split(", ").index("state")
_KEPT_STATES = (OrderState.DONE, OrderState.REFUSED, OrderState.ORPHAN, *UNDO_PENDING)
_SUPERSEDED = (
    "SELECT run, started, "  # noqa: S608 - names of our own
    "(SELECT later.run FROM runs AS later WHERE later.person = earlier.person "
    "AND later.person <> '' AND later.started > earlier.started AND later.ended IS NOT NULL "
    "ORDER BY later.started DESC LIMIT 1) FROM runs AS earlier "
    f"WHERE person <> '' AND inputs IS NOT NULL AND NOT {STOPPED} "
    "AND (SELECT 1 FROM orders WHERE orders.run = earlier.run "  # NOT EXISTS would read all rows
    f"AND ({IS_ON_THE_LIST} OR {IS_LOOSE}) LIMIT 1) IS NULL"
)
_KEY_NAME = "asked"


def reserve_space(place: DatabaseLocation) -> None:
    """Reserve space in a file beside the journal for a full disk; not on a small disk."""
    if isinstance(place, Path):
        reserve = _reserve(place)
        with suppress(OSError):
            is_full = reserve.exists() and reserve.stat().st_size >= _RESERVE
            if not is_full and shutil.disk_usage(place.parent).free > _LEAST:
                _fill(reserve)


@contextmanager
def making_room(place: DatabaseLocation) -> Iterator[None]:
    """Free the reserved space within the block if the disk is full.

    Raises:
        TechnicalError: the block's error, with a remedy if the disk is still full.
    """
    if not isinstance(place, Path):
        yield
        return
    with suppress(OSError):
        if shutil.disk_usage(place.parent).free < _LEAST:
            _reserve(place).unlink(missing_ok=True)
    try:
        yield
    except TechnicalError as error:
        is_full = False
        with suppress(OSError):
            is_full = shutil.disk_usage(place.parent).free < _RESERVE
        if not is_full:
            raise
        first, *others = error.problems
        way = say(
            "free 1 MB first; or copy {folder} to another disk, run sgeflow runs prune "
            "--state COPY there, and put the copy back while no run works on it",
            folder=place.parent,
        )
        raise TechnicalError(first.with_details(("do", way)), *others) from error
    finally:
        reserve_space(place)


def must_be_noted(write: Callable[Concatenate[_W, _P], _R]) -> Callable[Concatenate[_W, _P], _R]:
    """Make a method write again, into the reserved space, if the disk is full.

    The method is one transaction, so its first attempt has written nothing. Afterwards the rest of
    the space is reserved again.
    """

    @wraps(write)
    def insist(self: _W, /, *values: _P.args, **named: _P.kwargs) -> _R:
        try:
            return write(self, *values, **named)
        except DiskFull:
            with self._database.alone(), _lending_room(self._place):
                return write(self, *values, **named)

    return insist


@contextmanager
def _lending_room(place: DatabaseLocation) -> Iterator[None]:
    is_lent = False
    if isinstance(place, Path):
        with suppress(OSError):
            _reserve(place).unlink()
            is_lent = True
    try:
        yield
    finally:
        if isinstance(place, Path) and is_lent:
            with suppress(OSError):
                _fill(_reserve(place))


def _fill(reserve: Path) -> None:
    """Enlarge the file to the reserve's size, or as far as the disk has room."""
    reserve.touch(mode=0o600)
    with reserve.open("wb", buffering=0) as file:  # a full disk cuts the file
        file.write(bytes(_RESERVE))


def _reserve(place: Path) -> Path:
    return place.with_suffix(".reserve")


class Journal(Paired):
    """The runs of a state; usable by several threads and processes."""

    _work = "SELECT run FROM runs ORDER BY run LIMIT 1"

    def __init__(self, place: DatabaseLocation, *, patience: float = 30.0) -> None:
        """Open or create a journal; `patience` is how many seconds to wait for other writers."""
        super().__init__(place, JOURNAL, patience)
        self._place = place
        self._waiting: list[Callable[[SqlConnection], object]] = []
        self._key = b""  # key of the digests of persons, read at its first use
        reserve_space(place)

    def close(self) -> None:
        """Write waiting notes, and close the database."""
        try:
            self._flush()
        finally:
            super().close()

    @contextmanager
    def _writing(self, *, durable: bool = False) -> Iterator[SqlConnection]:
        """A transaction that first writes the waiting notes; they stay waiting if it fails."""
        with self._database.alone():
            with self._database.writing(durable=durable) as connection:
                for note in self._waiting:
                    note(connection)
                yield connection
            self._waiting.clear()

    @contextmanager
    def _reading(self) -> Iterator[SqlConnection]:
        self._flush()
        with self._database.reading() as connection:
            yield connection

    def _flush(self) -> None:
        if self._waiting:
            with self._writing():
                pass

    def _later(self, note: Callable[[SqlConnection], object]) -> None:
        """Write with the next transaction; if the process dies before, a resumed run writes it."""
        with self._database.alone():
            self._waiting.append(note)

    def _ask(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows of a query, asked after the waiting notes."""
        self._flush()
        return self._database.ask(statement, values)

    def _orders(self, where: str, *values: object) -> tuple[Order, ...]:
        """The orders that match a condition, in the order of their planning."""
        return tuple(map(order_entry, self._ask(select_orders(where), values)))

    # -- a run, as it goes ------------------------------------------------------------------------

    def begin(self, start: RunStart, fleet: FleetEntry | None = None) -> None:
        """Note that a run begins or is resumed; a resumed run keeps its start and loses its end.

        A `fleet` is on the disk when this returns; one of its rows waits like other notes.

        Raises:
            GuardError: the run has ended well before.
        """
        inputs = json.dumps(start.inputs, ensure_ascii=False, sort_keys=True, default=str)
        packed, person = zlib.compress(inputs.encode(), _FAST), ""
        if start.person:
            if not self._key:
                with self._writing() as connection:
                    self._key = _make_key(connection)
            text = start.person.encode(errors="surrogatepass")
            person = hmac.new(self._key, text, sha256).hexdigest()
        if is_row(start.run):
            self._later(lambda connection: _begin(connection, start, packed, person))
            return
        with self._writing(durable=True) as connection:
            if _begin(connection, start, packed, person).fetchone() is None:
                message = say("run {run} has already ended well", run=start.run)
                do = say("give the run another name; sgeflow runs show {run}", run=start.run)
                raise GuardError.of(Id.GUARD, message, details=(("do", do),))
            keep_texts(connection, start.texts)
            if start.asked is not None:
                digest = _digest(_make_key(connection), start.run, start.asked)
                connection.execute("UPDATE runs SET asked = ? WHERE run = ?", (digest, start.run))
            if fleet is not None:
                connection.execute(
                    "INSERT INTO fleets VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run) DO UPDATE SET "
                    "file = excluded.file, digest = excluded.digest, total = excluded.total",
                    astuple(fleet),
                )

    @must_be_noted
    def end(
        self, run: str, status: Status, *, exit_code: int, at: float, summary: str = ""
    ) -> None:
        """Note how a run ended. After a good end its replies, inputs and reads are deleted.

        The replies and inputs of earlier failed runs about the same person are deleted too; for
        rows, the end of their fleet does that.

        A finished run stays finished until it is resumed: neither a lost answer nor an interruption
        changes a committed end. Deleted data is also removed from the write-ahead log if possible;
        for rows, the end of their fleet does that.
        """
        well = status in {Status.DONE, Status.SKIPPED}
        try:
            with self._writing(durable=not is_row(run)) as connection:
                values = (status, exit_code, at, summary, well, run)
                # sent together, so that a server is waited for once
                ended, attempts = connection.execute(_END, values), ask_attempts(connection, run)
                began = ended.fetchone()
                if began is not None and well:
                    forget_run(connection, run, began[0], attempts)
                if not is_row(run):
                    _forget_superseded(connection)
        except (TechnicalError, KeyboardInterrupt):
            if not self.has_ended(run):
                raise
        with suppress(TechnicalError, KeyboardInterrupt):  # the next end tries again
            if not is_row(run) and (well or self.fleet(run)):
                self._database.forget_deleted(spare=_SPARE)

    def has_ended(self, run: str) -> bool:
        """Whether the end of a run is committed."""
        query = "SELECT 1 FROM runs WHERE run = ? AND ended IS NOT NULL"
        return bool(self._database.ask(query, (run,)))

    def environment_of(self, run: str) -> str:
        """The environment of a run; empty for an unknown run."""
        rows = self._database.ask("SELECT environment FROM runs WHERE run = ?", (run,))
        return str(rows[0][0]) if rows else ""

    # -- requests and answers ---------------------------------------------------------------------

    def sending(
        self,
        run: str,
        sent: SentRequest,
        order: Order | None = None,
        *,
        repeat_after: float | None = None,
    ) -> Order | None:
        """Note a request before its bytes leave; an order's note is on the disk when this returns.

        Without an `order` it is a read. With `repeat_after`, the same order that is unsettled, or
        was accepted less than so many seconds ago, by whatever run, stands in the way: it is given
        back, and nothing is noted. So does an undo of another run at the point, in the way of all
        but an undo, and a lost order there in the way of a cancel. Of two at the same time, on
        whatever machines, one gets through.

        Raises:
            TechnicalError: the note cannot be written, or the order left before; do not send.
            GuardError: orders are held since a copy of the state was brought back.
        """
        request = pack(sent.request.encode())
        if order is None:  # a read may be repeated, so its note is written with its answer
            self._later(lambda connection: note_sending(connection, run, sent, request))
            return None
        with self._writing(durable=True) as connection:
            check_not_held(connection)
            now = self._database.now(connection)
            if repeat_after is not None:
                other = order_in_the_way(connection, sent, order, repeat_after, now)
                if other is not None:
                    return other
            begin_sending(connection, order, now)
            note_sending(connection, run, sent, request)
        return None

    @must_be_noted
    def keep_answer(
        self, run: str, key: str, attempt: int, answer: KeptAnswer, token: str | None = None
    ) -> None:
        """Keep an answer until the run ends well; `token` identifies the sending of an order."""
        body = pack(answer.body)
        with self._writing() as connection:
            note_answer(connection, (run, key, attempt), answer.head, body, token)
            release_unnamed(connection, body)

    def note_outcome(self, run: str, record: CallRecord, answer: KeptAnswer | None = None) -> None:
        """Note the outcome of an attempt; an attempt without a note is added.

        The `answer` to a read is kept with it until the run ends well; an answer to another request
        is not.
        """
        if answer is None or record.outcome == Id.OTHER_ANSWER.code:
            self._later(lambda connection: note_settled(connection, run, record))
            return
        body = pack(answer.body)
        with self._writing() as connection:
            note_settled(connection, run, record)
            note_answer(connection, (run, record.key, record.attempt), answer.head, body)

    def keep(self, run: str, key: str, answer: Any) -> None:
        """Keep the answer of an effect that is not a call, until the run has ended well."""
        with self._writing() as connection:
            connection.execute(_KEEP_RESULT, (run, key, json.dumps(answer, ensure_ascii=False)))

    def note(self, run: str, key: str, answer: Any) -> None:
        """Keep an answer with the next transaction; replaces an earlier one."""
        values = (run, key, json.dumps(answer, ensure_ascii=False))
        self._later(lambda connection: connection.execute(_NOTE_RESULT, values))

    def keep_steps(self, run: str, steps: bytes) -> None:
        """Keep the packed steps of a run; written with the run's end."""
        self._later(lambda connection: keep_steps(connection, run, steps))

    def steps(self, run: str) -> KeptRun | None:
        """The kept steps of a run; None if the run has not ended."""
        with self._reading() as connection:
            packed = kept_steps(connection, run)
        with decoding(run, say("the steps")):
            return unpack_steps(*packed) if packed else None

    def failed_row_steps(self, fleet: str) -> dict[int, tuple[KeptStep, ...]]:
        """The ends of the steps of failed rows, by row number."""
        with self._reading() as connection, decoding(fleet, say("the steps")):
            steps = failed_row_steps(connection, rows_between(fleet))
        return {row_number(run): some for run, some in steps.items()}

    def inputs(self, run: str) -> dict[str, Any] | None:
        """The inputs of a run that has not ended well; None for other runs."""
        rows = self._ask("SELECT inputs FROM runs WHERE run = ? AND inputs IS NOT NULL", (run,))
        if not rows:
            return None
        with decoding(run, say("the inputs")):
            return dict(json.loads(zlib.decompress(rows[0][0])))

    def answers(self, run: str) -> dict[tuple[str, int], KeptAnswer]:
        """The answers of a run that has not ended well, by key and attempt, for resuming it."""
        rows = self._ask(
            "SELECT key, attempt, head, content FROM effects "
            "JOIN bodies ON bodies.id = effects.answer WHERE run = ?",
            (run,),
        )
        with decoding(run, say("the answers")):
            return {
                (key, attempt): KeptAnswer(head, unpack(body)) for key, attempt, head, body in rows
            }

    def requests(self, run: str) -> dict[tuple[str, int], str]:
        """The texts of the requests of `answers`, as far as they are kept."""
        rows = self._ask(
            "SELECT key, attempt, content FROM effects "
            "JOIN bodies ON bodies.id = effects.request WHERE run = ? AND answer IS NOT NULL",
            (run,),
        )
        with decoding(run, say("the requests")):
            return {(key, attempt): unpack(content).decode() for key, attempt, content in rows}

    def results(self, run: str) -> dict[str, Any]:
        """The answers of effects that are not calls, for a run that has not ended well."""
        rows = self._ask("SELECT key, answer FROM results WHERE run = ?", (run,))
        with decoding(run, say("the results")):
            return {key: json.loads(answer) for key, answer in rows}

    # -- orders -----------------------------------------------------------------------------------

    def cancels_for(self, order: Order) -> tuple[Order, ...]:
        """The accepted cancels in this journal that ended an order's result, at the same point."""
        with self._reading() as connection:
            return cancels_at(connection, order.point, order.ended_by)

    def order_in_the_way(
        self, sent: SentRequest, order: Order, repeat_after: float, cancels: tuple[Order, ...] = ()
    ) -> Order | None:
        """The order in this journal that blocks an order of another state; None without one.

        `cancels` are cancels noted in the other state; the orders that they ended do not block.

        Raises:
            GuardError: orders are held since a copy of the state was restored.
        """
        with self._reading() as connection:
            check_not_held(connection)
            now = self._database.now(connection)
            return order_in_the_way(connection, sent, order, repeat_after, now, cancels)

    def sent_orders(self, run: str) -> tuple[Order, ...]:
        """The orders of a run that were or may have been accepted, and are not sent again."""
        where = f"run = ? AND (state = ? OR {IS_UNSETTLED})"
        return self._orders(where, run, OrderState.DONE, *CLEAR)

    def plan(self, order: Order) -> None:
        """Note an order that will be sent, unless it is noted already."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO orders (run, key, operation, point, fingerprint, state, planned) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key) DO NOTHING",
                (
                    *(order.run, order.key, order.operation, order.point, order.fingerprint),
                    *(OrderState.PLANNED, order.planned),
                ),
            )

    @must_be_noted
    def settle(
        self,
        run: str,
        key: str,
        state: OrderState,
        *,
        token: str = "",
        code: str = "",
        at: float | None = None,
        found: bool = False,
    ) -> Lateness:
        """Note the state of an order after an answer or a reconciling read; written to the disk.

        The state `planned` again is for an order that was certainly not sent or not carried out.
        The answer to a sending that was settled otherwise meanwhile is noted as late. An order with
        contradictory answers, or with two acceptances, becomes unknown, unless a search has found
        its single result. Without `at` the order is settled at the journal's present time.
        """
        with self._writing(durable=True) as connection:
            now = self._database.now(connection) if at is None else at
            orders = orders_where(connection, _MEANT, (run, key, token))
            if not orders:
                return note_late(connection, run, key, f"{state} {code}".strip())
            if not found and is_doubtful(orders[0], state):
                mark_unknown(connection, run, key)
                return Lateness.DOUBTED
            is_open = state in UNSETTLED
            lasts = lasts_on(orders[0], now) if is_open else None
            settle(connection, orders[0], state, code, None if is_open else now, lasts)
            return Lateness.IN_TIME

    def settle_by_hand(
        self, order: Order, state: OrderState, *, made: Mapping[str, Any] | None = None
    ) -> bool:
        """Note a person's decision on an order; False if the order has changed since.

        The values `made` by the order are kept for the following steps, until the run ends well.
        """
        with self._writing(durable=True) as connection:
            named = (order.run, order.key, order.token)
            states = UNSETTLED if order.state is OrderState.UNKNOWN else (order.state,)
            if all(one.state not in states for one in orders_where(connection, _MEANT, named)):
                return False
            settle(connection, order, state, BY_HAND, self._database.now(connection))
            if state is OrderState.DONE:
                end_undo_by(connection, order)
            if made:
                key, text = made_key(order.key), json.dumps(made, ensure_ascii=False)
                connection.execute(_NOTE_RESULT, (order.run, key, text))
        return True

    def under_way(self, order: Order) -> float:
        """The seconds for which the last sending of an order may still be carried out."""
        with self._reading() as connection:
            return left_of(order, uptime(), self._database.now(connection))

    @must_be_noted
    def leave_open(self, run: str, key: str, token: str = "") -> None:
        """Note that the answer does not show the outcome of an order that was being sent.

        A gateway that gave up may still carry the order out, for as long again as a call may last.
        """
        with self._writing(durable=True) as connection:
            where = "run = ? AND key = ? AND token = ? AND state = ?"
            named = (run, key, token, OrderState.SENDING)
            for order in orders_where(connection, where, named):
                lasts = lasts_on(order, self._database.now(connection))
                connection.execute(
                    f"UPDATE orders SET state = ?, lasts = ? WHERE {where}",  # noqa: S608
                    (OrderState.UNKNOWN, lasts, *named),
                )

    def open_orders(self) -> tuple[Order, ...]:
        """The orders that block other runs: all listed ones except orphans."""
        return tuple(one for one in self.listed_orders() if one.state is not OrderState.ORPHAN)

    def listed_orders(self) -> tuple[Order, ...]:
        """The orders for a person: lost, absent and not sent again, orphans, unfinished undos.

        Each has the seconds for which it may still be carried out.
        """
        machine = uptime()
        with self._reading() as connection:
            now = self._database.now(connection)
            listed = orders_where(connection, IS_ON_THE_LIST, ())
        return tuple(replace(order, left=left_of(order, machine, now)) for order in listed)

    def open_of(self, run: str) -> tuple[Order, ...]:
        """The orders of a run with an unknown outcome; notes of orders never wait."""
        rows = self._database.ask(select_orders(f"run = ? AND {IS_UNSETTLED}"), (run, *CLEAR))
        return tuple(map(order_entry, rows))

    def by_hand(self, run: str) -> tuple[Order, ...]:
        """The orders of a run that a person reported as accepted; their answers are unknown."""
        where = "run = ? AND state = ? AND code = ?"
        return self._orders(where, run, OrderState.DONE, BY_HAND)

    def sendable(self, run: str) -> tuple[Order, ...]:
        """The orders of a run that may be sent: not sent, not accepted, or orphans."""
        states = (OrderState.PLANNED, OrderState.ABSENT, OrderState.ORPHAN)
        return self._orders("run = ? AND state IN (?, ?, ?)", run, *states)

    def tokens(self, run: str) -> dict[str, str]:
        """The token of each order of a run, by the order's key."""
        return {order.key: order.token for order in self._orders("run = ?", run)}

    def absent(
        self, run: str, key: str, by: str, *, ago: float, after: float, made: float
    ) -> bool | None:
        """Note that a lost order surely was not accepted, if that is so; it may be sent once more.

        None: the clocks of server and journal differ, and nothing is proved.

        Args:
            run: whose order it is.
            key: of the order.
            by: the key of the read that did not show it.
            ago: how many seconds ago that read began.
            after: how many seconds must lie between the order and that read, by each clock that
                is known: the one of whoever keeps the journal, and the machine's own since its
                start, which nobody sets. As many must lie between the order and the reply, never
                fewer than it may have been under way.
            made: when the server made the reply, by its own clock (epoch seconds): one that was
                stored and is given again was made before. Before the read, or yet to come, it
                tells that a clock is wrong, and perhaps the day on which the order is looked for.
        """
        machine = uptime()
        with self._writing(durable=True) as connection:
            now = self._database.now(connection)
            moment = min(now - ago, made)
            lost = orders_where(
                connection,
                "run = ? AND key = ? AND state = ? AND absent IS NULL "
                "AND sending + coalesce(lasts, 0) <= ? AND sending <= ?",
                (run, key, OrderState.UNKNOWN, moment, moment - after),
            )
            least = max([after, *(order.lasts or 0.0 for order in lost)])
            if not now - ago - CLOCK_SKEW <= made <= now + CLOCK_SKEW:
                return None
            since = machine.since(lost[0].boot, lost[0].up) if lost else None
            if not lost or (since is not None and since < ago + least):
                return False
            connection.execute(
                "UPDATE orders SET state = ?, absent = ?, absent_by = ?, token = ?, lasts = NULL "
                "WHERE run = ? AND key = ?",
                (OrderState.ABSENT, now, by, new_token(), run, key),
            )
        return True

    def was_resent(self, run: str, key: str) -> bool:
        """Whether an order was lost, counted as not accepted, and was sent again."""
        return bool(self._orders("run = ? AND key = ? AND resent = 1", run, key))

    def departures(self, run: str, key: str) -> tuple[float, ...]:
        """The times in epoch seconds of all sendings of an order that may have been accepted.

        The clock may have been wrong then; a time computed from the present clock and the uptime
        since is added if it differs.
        """
        with self._reading() as connection:
            now, machine = self._database.now(connection), uptime()
            orders = orders_where(connection, "run = ? AND key = ?", (run, key))
        instants: list[float | str | None] = []
        for order in orders:
            ago = machine.since(order.boot, order.up)
            instants += [*order.departures.split(), order.sending]
            if ago is not None:
                instants.append(now - ago)
        return tuple(float(instant) for instant in instants if instant is not None)

    def left_by(self, run: str) -> RunLeft | None:
        """The state of a run that may be stopped, with an order that blocks other runs."""
        with self._reading() as connection:
            now = self._database.now(connection)
            row = connection.execute(
                f"SELECT flow, started, ended IS NOT NULL, inputs IS NULL, {STOPPED} FROM runs "  # noqa: S608
                "WHERE run = ?",
                (*AS_STOPPED, run),
            ).fetchone()
            if row is None:
                return None
            flow, started, has_ended, is_over, is_stopped = row
            where = "run = ? AND state NOT IN (?, ?, ?, ?)"
            listed = orders_where(connection, where, (run, *SETTLED, OrderState.ORPHAN))
            # a lost order ended the run before its result was known
            loose = loose_orders(connection, run)
            accepted = (one for one in loose if is_stopped or (one.code == BY_HAND and not is_over))
            late = (one for age, one in with_ages(connection, accepted, now) if age < _UNFINISHED)
            return RunLeft(
                flow=flow,
                started=started,
                has_ended=bool(has_ended),
                is_over=bool(is_over),
                is_stopped=bool(is_stopped),
                order=next(iter(listed), None) or next(late, None),
            )

    def note_remembered(self, run: str, within: str) -> None:
        """Note that a flow has remembered the results of its orders within a trail."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE orders SET remembered = 1 WHERE run = ? AND state = ? "
                "AND (key > ? AND key < ? OR key > ? AND key < ?)",  # characters after "#" and "/"
                (run, OrderState.DONE, f"{within}#", f"{within}$", f"{within}/", f"{within}0"),
            )

    def give_up(self, run: str, *, at: float) -> tuple[Order, ...]:
        """Give up a run, or a fleet with its rows: it is not resumed and blocks no other run.

        Return its orders that no flow has remembered; its replies and inputs are deleted.
        """
        with self._writing(durable=True) as connection:
            left = loose_orders(connection, run)
            open_ = f"SELECT run, started FROM runs WHERE ({OF_RUN}) AND inputs IS NOT NULL"  # noqa: S608
            for one, began in connection.execute(open_, span_of(run)).fetchall():
                connection.execute(
                    "UPDATE runs SET status = ?, exit = ?, summary = ?, "  # noqa: S608
                    f"ended = coalesce(ended, ?), inputs = NULL, calls = {_CALLS} WHERE run = ?",
                    (Status.FAILED, Exit.GUARDED, Id.GUARD.code, at, one),
                )
                forget_run(connection, one, began, ask_attempts(connection, one))
        with suppress(TechnicalError):  # the next end tries again
            self._database.forget_deleted()
        return left

    def mark_unknown_orders(self, run: str) -> tuple[Order, ...]:
        """Mark the open orders of a run as unknown before it is resumed; return all unknown ones.

        The run must not send them again. The sender may have given up as late as a call may last,
        and a gateway may carry the order out for as long again.
        """
        with self._writing(durable=True) as connection:
            connection.execute(
                "UPDATE orders SET state = ?, "  # noqa: S608
                "lasts = CASE WHEN state = ? THEN ? * lasts ELSE lasts END "
                f"WHERE run = ? AND {IS_UNSETTLED}",
                (OrderState.UNKNOWN, OrderState.SENDING, _TWICE, run, *CLEAR),
            )
            where = "run = ? AND state = ?"
            return orders_where(connection, where, (run, OrderState.UNKNOWN))

    def order_states(self) -> tuple[str, ...]:
        """The states of all orders."""
        return tuple(state for (state,) in self._ask("SELECT state FROM orders"))

    def take_over(self, runs: Sequence[tuple[Any, ...]], orders: Sequence[tuple[Any, ...]]) -> int:
        """Note the orders of a replaced journal that this copy lacks; return their number.

        The columns are `SALVAGED_RUN` and `SALVAGED_ORDER`. Accepted and refused orders, orphans
        and pending undos keep their state. Planned orders were never sent and are left out. All
        others become unknown: a search or a person settles them.
        """
        by_name = {run[0]: run for run in runs}
        count = 0
        with self._writing(durable=True) as connection:
            for order in orders:
                run, key, *_ = order
                state = OrderState(order[_STATE])
                known = connection.execute(
                    "SELECT state FROM orders WHERE run = ? AND key = ?", (run, key)
                ).fetchone()
                if known == (state,) or state is OrderState.PLANNED:
                    continue
                count += 1
                if run in by_name:
                    _insert(connection, "runs", SALVAGED_RUN, by_name[run])
                connection.execute("DELETE FROM orders WHERE run = ? AND key = ?", (run, key))
                kept = state if state in _KEPT_STATES else OrderState.UNKNOWN
                row = (*order[:_STATE], kept, *order[_STATE + 1 :])
                _insert(connection, "orders", SALVAGED_ORDER, row)
                for thing in order[4].partition(".")[0].split(","):
                    _insert(connection, "ordered", "thing, run, key", (thing, run, key))
        return count

    # -- what undos are for -----------------------------------------------------------------------

    def begin_undo(
        self, run: str, key: str, note: Any, undos: Iterable[Undoing], *, place: str, at: float
    ) -> None:
        """Note at once that an undo begins, and everything that it will undo.

        `place` is the key of the flow's state, for undos without an order.
        """
        with self._writing(durable=True) as connection:
            connection.execute(_KEEP_RESULT, (run, key, json.dumps(note, ensure_ascii=False)))
            for undo in undos:
                note_pending_undo(connection, run, undo, place, (OrderState.UNDOING, "", at))

    def note_failed_undo(self, run: str, undo: Undoing, *, code: str, at: float) -> None:
        """Note that an undo failed; what it left is a blocking order or an orphan."""
        with self._writing(durable=True) as connection:
            if undo.is_harmless:
                note_undone(connection, run, undo.trail)
                note_pending_undo(connection, run, undo, "", (OrderState.ORPHAN, code, at))
            else:
                note_pending_undo(connection, run, undo, "", (OrderState.STRANDED, code, at))

    def complete_undo(self, run: str, undo: Undoing) -> None:
        """Delete the notes of a successful undo; the orders of its step are marked as undone."""
        with self._writing(durable=True) as connection:
            complete_undo(connection, run, undo.trail, undo.key)

    def stranded_orders(self, run: str) -> tuple[Order, ...]:
        """The orders of a run that failed undos have left."""
        return self._orders("run = ? AND state = ?", run, OrderState.STRANDED)

    def try_again(self, run: str, undos: AbstractSet[str]) -> None:
        """Let refused orders of undos, given by their trails, be sent again."""
        if not undos:
            return
        with self._writing(durable=True) as connection:
            refused = (run, OrderState.REFUSED)
            for order in orders_where(connection, "run = ? AND state = ?", refused):
                if not undos.isdisjoint(enclosing_undos(trail_of(order.key))):
                    connection.execute(
                        "UPDATE orders SET state = ? WHERE run = ? AND key = ?",
                        (OrderState.PLANNED, run, order.key),
                    )

    def find_conflict(self, run: str, point: str, *, of_cancel: bool) -> Order | None:
        """The open order of another run than `run` at a point; None if nothing blocks."""
        with self._database.reading() as connection:  # notes of orders never wait
            return open_at(connection, run, point, of_cancel=of_cancel)

    # -- whether orders are held ------------------------------------------------------------------

    def held_since(self) -> str:
        """The time of the restored copy, or of the missing counterpart; empty if not held."""
        with self._reading() as connection:
            return read_fact(connection, _HELD_SINCE)

    def hold_orders(self, since: str, mismatch: str = "") -> None:
        """Hold orders until `release_orders`; `mismatch` is the store that lacks its journal."""
        with self._writing(durable=True) as connection:
            note_fact(connection, _HELD_SINCE, since)
            note_fact(connection, _HELD_FOR, mismatch)

    def release_orders(self) -> None:
        """Release held orders, after a person has checked them."""
        with self._writing(durable=True) as connection:
            forget_fact(connection, _HELD_SINCE)
            forget_fact(connection, _HELD_FOR)

    # -- reading ----------------------------------------------------------------------------------

    def runs(self, limit: int = 20) -> tuple[RunEntry, ...]:
        """The latest runs, newest first; a fleet is one run, its rows are left out."""
        rows = self._ask(
            f"SELECT {_RUN_COLUMNS} FROM runs WHERE is_row = 0 "  # noqa: S608
            "ORDER BY started DESC, run LIMIT ?",
            (limit,),
        )
        return tuple(map(listed_run, rows))

    def show(self, run: str) -> RunDetails | None:
        """Everything known about a run; None for an unknown one."""
        with self._reading() as connection:
            row = connection.execute(
                f"SELECT {_RUN_COLUMNS} FROM runs WHERE run = ?",  # noqa: S608
                (run,),
            ).fetchone()
            attempts, packed = shown_attempts(connection, run)
            orders = orders_where(connection, "run = ?", (run,))
        if row is None:
            return None
        with decoding(run, say("the end")):
            entry = run_entry(row)
        with decoding(run, say("the requests")):
            return RunDetails(entry=entry, effects=entries(attempts, packed), orders=orders)

    def is_asked_alike(self, run: str, inputs: Mapping[str, Any]) -> bool | None:
        """Whether a named run was asked for with the same inputs; None if they are unknown."""
        with self._reading() as connection:
            row = connection.execute("SELECT asked FROM runs WHERE run = ?", (run,)).fetchone()
            if row is None or not row[0]:
                return None
            return hmac.compare_digest(row[0], _digest(_key(connection), run, inputs))

    def superseded_by(self, run: str) -> str:
        """The later run about the same person for which a run's inputs were deleted; or empty."""
        rows = self._database.ask("SELECT superseded FROM runs WHERE run = ?", (run,))
        return str(rows[0][0]) if rows else ""

    def texts(self, digests: Collection[str]) -> dict[str, str]:
        """The documents of digests, as far as a resumable run was begun with them."""
        with self._reading() as connection:
            return find_texts(connection, digests)

    def fleet(self, run: str) -> FleetEntry | None:
        """The entry of a fleet; None if the run is not a fleet."""
        rows = self._ask("SELECT * FROM fleets WHERE run = ?", (run,))
        names = FleetEntry.__struct_fields__
        return FleetEntry(**dict(zip(names, rows[0], strict=True))) if rows else None

    def rows(self, fleet: str) -> tuple[tuple[int, RowState, str, int], ...]:
        """The begun rows of a fleet: number, state, and code and exit code of failed ones."""
        query = "SELECT run, ended, status, summary, exit FROM runs WHERE run > ? AND run < ?"
        begun = []
        for run, ended, status, code, exit_ in self._ask(query, rows_between(fleet)):
            state = row_state(ended, status, code, exit_)
            failed = (code, exit_) if state is RowState.FAILED else ("", 0)
            begun.append((row_number(run), state, *failed))
        return tuple(begun)

    def row_entries(self, fleet: str) -> tuple[tuple[int, RowState, RunEntry], ...]:
        """The begun rows of a fleet with their entries."""
        query = f"SELECT {_RUN_COLUMNS} FROM runs WHERE run > ? AND run < ?"  # noqa: S608
        entries = map(listed_run, self._ask(query, rows_between(fleet)))
        return tuple(
            (row_number(one.run), row_state(one.ended, one.status, one.summary, one.exit), one)
            for one in entries
        )

    def names_beginning(self, beginning: str) -> tuple[str, ...]:
        """The names of runs and fleets that begin with a text, in order."""
        with self._reading() as connection:
            where = "run >= ? AND run < ?"  # "~" comes after every character of a name
            return tuple(sorted(_run_names(connection, where, beginning, f"{beginning}~")))

    # -- what goes for good -----------------------------------------------------------------------

    def prune(
        self,
        before: float,
        *,
        is_at_work: Callable[[str], bool] = lambda _: False,
        repeat_after: float = 0.0,
        gone: Callable[[str], object] = lambda _: None,
    ) -> tuple[str, ...]:
        """Delete the runs that began before a time, fleets with their rows; return these runs.

        Raises:
            TechnicalError: the journal cannot be written, not even for a few runs at a time; its
                details say how many runs were deleted.
        """
        with self._reading() as connection:
            old = _run_names(connection, "started < ?", before)
        deleted: list[str] = []

        def deletable(connection: SqlConnection, runs: Collection[str]) -> list[str]:
            now = self._database.now(connection)
            return list(_free_of_orders(connection, runs, is_at_work, repeat_after, now))

        def delete(runs: Sequence[str], together: int) -> None:
            for start in range(0, len(runs), together):  # other writers may come between
                some = runs[start : start + together]
                with self._reading() as connection:
                    ready = deletable(connection, some)
                for run in ready:
                    self._prune_rows(run, together)
                with self._writing(durable=True) as connection:
                    ready = deletable(connection, some)
                    for run in ready:
                        _delete(connection, OF_RUN, span_of(run))
                for run in ready:
                    deleted.append(run)
                    gone(run)
                if together == _APART:
                    self._database.forget_deleted()

        try:
            delete(old, _RUNS_AT_ONCE)
        except TechnicalError:  # a full disk has room for fewer at once, later for more
            try:
                delete([run for run in old if run not in set(deleted)], _APART)
            except TechnicalError as error:
                first, *others = error.problems
                count_text = say_count(
                    "{count} run deleted", "{count} runs deleted", count=len(deleted)
                )
                details = (("before", count_text), *first.details)
                raise TechnicalError(replace(first, details=details), *others) from error
        with self._writing() as connection:
            sweep(connection)
            forget_texts(connection)
        with suppress(TechnicalError):  # already deleted; the next end clears the write-ahead log
            self._database.forget_deleted()
        return tuple(deleted)

    def space(self) -> Space:
        """The disk space of the journal."""
        return self._database.space()

    def _prune_rows(self, fleet: str, together: int) -> None:
        """Delete the rows of a fleet except the last part; meanwhile it cannot be resumed."""
        while True:
            with self._writing(durable=True) as connection:
                after, until = rows_between(fleet)
                query = "SELECT run FROM runs WHERE run > ? AND run < ? LIMIT ?"
                rows = connection.execute(query, (after, until, together)).fetchall()
                if len(rows) < together:
                    return
                connection.execute("UPDATE runs SET inputs = NULL WHERE run = ?", (fleet,))
                for (row,) in rows:
                    _delete(connection, "run = ?", (row,))


def _begin(connection: SqlConnection, start: RunStart, inputs: bytes, person: str) -> SqlRows:
    """Note that a run begins or is resumed; the statement gives no row if it has ended well."""
    listing = pack_text(start.documents)
    keep(connection, listing)
    about = (start.run, int(is_row(start.run)), start.flow, start.environment)
    moment = (start.today, start.now, start.started, listing.digest)
    begun = connection.execute(_BEGIN, (*about, *moment, Status.RUNNING, inputs, person))
    release_unnamed(connection, listing)
    return begun


def check_not_held(connection: SqlConnection) -> None:
    """Check that orders are not held. Raises: GuardError."""
    since = read_fact(connection, _HELD_SINCE)
    if not since:
        return
    message = say(
        "this state is a restored copy of {since}: later orders may be missing, and orders "
        "are held",
        since=since,
    )
    command = f"sgeflow state release --since {since}"
    do = say(
        "check sgeflow orders, and ask the service, for orders since then; then {command}",
        command=command,
    )
    if apart := read_fact(connection, _HELD_FOR):
        message = say(
            "the journal and the store of {name} do not belong together: one of them was "
            "deleted, emptied or replaced; orders sent before {since} may be missing, and "
            "orders are held",
            name=apart,
            since=since,
        )
        do = say("ask the service for earlier orders; then {command}", command=command)
    raise GuardError.of(Id.GUARD, message, details=(("do", do),))


def _free_of_orders(
    connection: SqlConnection,
    runs: Collection[str],
    is_at_work: Callable[[str], bool],
    repeat_after: float,
    now: float,
) -> Iterator[str]:
    """The runs and fleets among these that no order needs and that nobody works on."""
    for run in runs:
        orders = orders_where(connection, OF_RUN, span_of(run))
        accepted = (order for order in orders if order.state is OrderState.DONE)
        where = f"({OF_RUN}) AND {IS_LOOSE} AND {_IS_STOPPED}"
        stopped = orders_where(connection, where, (*span_of(run), OrderState.DONE, *AS_STOPPED))
        is_needed = (
            any(order.state not in SETTLED for order in orders)
            or any(age < repeat_after for age, _ in with_ages(connection, accepted, now))
            or any(age < _UNFINISHED for age, _ in with_ages(connection, stopped, now))
        )
        if is_needed:
            continue
        query = "SELECT 1 FROM runs WHERE run = ? AND inputs IS NOT NULL"
        if not (connection.execute(query, (run,)).fetchone() and is_at_work(run)):
            yield run


def _delete(connection: SqlConnection, where: str, values: tuple[str, ...]) -> None:
    named = [
        number
        for statement in (
            f"SELECT documents, steps, attempts FROM runs WHERE {where}",  # noqa: S608
            f"SELECT request, answer FROM effects WHERE {where}",  # noqa: S608
        )
        for row in connection.execute(statement, values).fetchall()
        for number in row
    ]
    for table in _OF_RUNS:
        connection.execute(f"DELETE FROM {table} WHERE {where}", values)  # noqa: S608
    release(connection, named)


def _insert(connection: SqlConnection, table: str, columns: str, row: tuple[Any, ...]) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608
        row,
    )


def _forget_superseded(connection: SqlConnection) -> None:
    """Delete the inputs and replies of failed runs that a later run has superseded.

    Runs with an order to settle keep theirs, and so do runs that were stopped.
    """
    rows = connection.execute(_SUPERSEDED, (*AS_STOPPED, OrderState.DONE)).fetchall()
    for run, began, later in rows:
        if later is not None:
            values = (later, run)
            connection.execute(
                "UPDATE runs SET inputs = NULL, superseded = ? WHERE run = ?", values
            )
            forget_run(connection, run, began, ask_attempts(connection, run))
    connection.execute("UPDATE runs SET person = '' WHERE person <> '' AND inputs IS NULL")


def _make_key(connection: SqlConnection) -> bytes:
    """The key of the digests, created when it is missing."""
    connection.execute(
        "INSERT INTO keys VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        (_KEY_NAME, secrets.token_hex(32)),
    )
    return _key(connection)


def _key(connection: SqlConnection) -> bytes:
    row = connection.execute("SELECT key FROM keys WHERE name = ?", (_KEY_NAME,)).fetchone()
    return bytes.fromhex(row[0])


def _digest(key: bytes, run: str, inputs: Mapping[str, Any]) -> str:
    text = json.dumps([run, _as_text(inputs)], ensure_ascii=False, sort_keys=True)
    return hmac.new(key, text.encode(errors="surrogatepass"), sha256).hexdigest()


def _as_text(value: Any) -> Any:
    """A value as on a command line: `days=3` and `days:=3` are equal."""
    if isinstance(value, Mapping):
        return {str(k): _as_text(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_as_text(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value, default=str).strip('"')


def _run_names(connection: SqlConnection, condition: str, *values: object) -> tuple[str, ...]:
    """The runs that match a condition; a fleet is one run, its rows are left out."""
    rows = connection.execute(
        f"SELECT run FROM runs WHERE is_row = 0 AND {condition}",  # noqa: S608
        values,
    )
    return tuple(run for (run,) in rows)
