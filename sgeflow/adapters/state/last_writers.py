"""Which run worked last on what is kept: one that goes on writes not over the work of a later one.

Whoever writes takes a turn, a number that grows; a run notes the last turn that it saw when it
began. Points and keys stand here as digests: what was forgotten is named nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.core.engine.ports import Author
from sgeflow.errors import GuardError, Id, Problem
from sgeflow.messages import say

TURNS = """
CREATE TABLE turns (
  thing TEXT PRIMARY KEY, turn INTEGER NOT NULL, run TEXT NOT NULL
) WITHOUT ROWID
"""
_ALL = ""  # the thing that every turn is of
LAST_TURN = "SELECT turn FROM turns WHERE thing = ''"
"""The newest turn; no row when nobody took one."""
_NEXT = (
    "INSERT INTO turns (thing, turn, run) VALUES (?, 1, ?) "
    "ON CONFLICT (thing) DO UPDATE SET turn = turns.turn + 1, run = excluded.run"
)
_TAKE = (
    f"INSERT INTO turns (thing, turn, run) VALUES (?, ({LAST_TURN}), ?) "  # noqa: S608
    "ON CONFLICT (thing) DO UPDATE SET turn = excluded.turn, run = excluded.run"
)


def measures_at(point: str) -> str:
    """How what the series of a point are called here begins; `*` stands for all of them."""
    return f"measures {_digest(point)} "


def state_at(collection: str, name: str) -> str:
    """What is remembered under a name of a collection is called so."""
    return f"state {_digest(collection, name)}"


def last_author(connection: SqlConnection, thing: str) -> str:
    """The run that wrote last to a thing; empty when none did."""
    row = connection.execute("SELECT run FROM turns WHERE thing = ?", (thing,)).fetchone()
    return str(row[0]) if row else ""


def take_turn(
    connection: SqlConnection, author: Author | None, thing: str, besides: Iterable[str] = ()
) -> None:
    """Note who works on a thing now.

    Raises:
        GuardError: its author goes on, and another run has worked on it, or on what is `besides`,
            since the author began; what ends with a space stands for all that begins so.
    """
    if author is None:
        return
    if author.since is not None:
        _check(connection, author, (thing, *besides))
    connection.execute(_NEXT, (_ALL, author.run))
    connection.execute(_TAKE, (thing, author.run))


def _check(connection: SqlConnection, author: Author, things: Iterable[str]) -> None:
    for thing in things:
        end = thing + "\uffff" if thing.endswith(" ") else thing
        later = connection.execute(
            "SELECT run FROM turns WHERE thing >= ? AND thing <= ? AND turn > ? AND run <> ? "
            "ORDER BY turn DESC LIMIT 1",
            (thing, end, author.since, author.run),
        ).fetchone()
        if later:
            raise GuardError(_later_turn(author.run, later[0]))


def _later_turn(run: str, later: str) -> Problem:
    return Problem(
        id=Id.GUARD,
        message=say(
            "run {later} has worked on the same thing since run {run} began: what this one would"
            " keep is older, and was not kept",
            later=later,
            run=run,
        ),
        details=(("do", say("nothing, or run the flow anew")),),
    )


def _digest(*names: str) -> str:
    return blake2b("\0".join(names).encode(), digest_size=12).hexdigest()
