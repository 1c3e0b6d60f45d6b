"""Orders of a state that may not know all of them: held until a person has looked.

An older copy knows fewer orders than were sent, and a journal that was emptied none. What it does
not know of would be ordered once more, so nothing is ordered until somebody has said since when.
"""

from __future__ import annotations

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.facts import forget_fact, note_fact, read_fact
from sgeflow.adapters.state.journal_writer import JournalWriter
from sgeflow.errors import GuardError, Id, Problem
from sgeflow.messages import say

_SINCE = "orders held since"
_APART = "orders held for"  # the store that the journal was not used with; none after a restore


class OrderHold(JournalWriter):
    """Whether orders of a journal are held, and since when."""

    def held_since(self) -> str:
        """The instant of the copy that was brought back, or when another was missed; or empty."""
        with self._reading() as connection:
            return read_fact(connection, _SINCE)

    def hold_orders(self, since: str, apart: str = "") -> None:
        """Let no order leave until `let_orders_go`; `apart` is the store that lacks its journal."""
        with self._writing(durable=True) as connection:
            note_fact(connection, _SINCE, since)
            note_fact(connection, _APART, apart)

    def let_orders_go(self) -> None:
        """A person has looked at what was ordered."""
        with self._writing(durable=True) as connection:
            forget_fact(connection, _SINCE)
            forget_fact(connection, _APART)


def check_not_held(connection: SqlConnection) -> None:
    """Raise GuardError when orders are held."""
    since = read_fact(connection, _SINCE)
    if not since:
        return
    message = say(
        "this state was brought back from a copy of {since}: what was ordered since then it"
        " may not know, and orders are held",
        since=since,
    )
    do = say(
        "look at sgeflow orders, and at Enedis, for what was ordered since; then sgeflow state"
        " release --since {since}",
        since=since,
    )
    if apart := read_fact(connection, _APART):
        message = say(
            "the journal and the store of {name} do not belong together: one of them was deleted,"
            " emptied or replaced; orders sent before {since} may be missing, and orders are held",
            name=apart,
            since=since,
        )
        do = say(
            "look at Enedis for what was ordered before; then sgeflow state release --since"
            " {since}",
            since=since,
        )
    raise GuardError(Problem(id=Id.GUARD, message=message, details=(("do", do),)))
