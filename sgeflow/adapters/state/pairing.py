"""A journal and the stores beside it note each other's ids, so that a lost one is missed.

A journal that was deleted or emptied begins anew and knows of no order; a store knows of no
contract then. Ids are made when a journal and a store are first used together.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from msgspec import Struct

from sgeflow.adapters.state.facts import forget_fact, note_fact, read_fact
from sgeflow.adapters.state.open import OpenDatabase

JOURNAL_NAME = "journal"
"""The name of the journal among what a store is used with; stores go by their environments."""

_ID = "id"
_USED_WITH = "used with "  # and the name of the other


class Pairing(Struct, frozen=True, kw_only=True):
    """The id of a journal or a store, and the id of the other that it was used with."""

    id: str  # empty: it was used with none
    other: str
    has_work: bool  # runs have left something in it; not asked when the other is known


class Paired(OpenDatabase):
    """A journal or a store that notes which others it was used with."""

    _work: ClassVar[str]
    """A question that has an answer when runs have left something."""

    def pairing(self, name: str) -> Pairing:
        """Its id, and that of the other of this name."""
        with self._database.reading() as connection:
            own, other = read_fact(connection, _ID), read_fact(connection, f"{_USED_WITH}{name}")
            work = other or connection.execute(self._work).fetchone()
        return Pairing(id=own, other=other, has_work=bool(work))

    def used_with(self) -> list[str]:
        """The names of those that it was used with."""
        query = "SELECT name FROM facts WHERE name > ? AND name < ?"
        rows = self._database.ask(query, (_USED_WITH, f"{_USED_WITH}\x7f"))
        return [name.removeprefix(_USED_WITH) for (name,) in rows]

    def use_with(self, name: str, other: str = "") -> str:
        """Note the id of what it is used with, where that is known; its own id.

        That is made now where it has none; another process may do so at the same moment.
        """
        with self._database.writing(durable=True) as connection:
            made = read_fact(connection, _ID) or secrets.token_hex(16)
            note_fact(connection, _ID, made)
            if other:
                note_fact(connection, f"{_USED_WITH}{name}", other)
        return made

    def part_from(self, name: str) -> None:
        """Forget that it was used with another."""
        with self._database.writing(durable=True) as connection:
            forget_fact(connection, f"{_USED_WITH}{name}")


def read_pairings(journal: Paired, store: Paired, name: str) -> tuple[Pairing, Pairing]:
    """What a journal and a store note of each other.

    Where they seem apart they are read again: another process may have paired them between one
    reading and the next.
    """
    own, beside = journal.pairing(name), store.pairing(JOURNAL_NAME)
    if are_apart(own, beside):
        own, beside = journal.pairing(name), store.pairing(JOURNAL_NAME)
    return own, beside


def are_apart(journal: Pairing, store: Pairing) -> bool:
    """Whether one of the two is not the one that the other was used with.

    Those of an sgeflow that noted no ids belong together, unless the journal is empty and runs have
    worked on the store.
    """
    if journal.other or store.other:
        return journal.other not in ("", store.id) or store.other not in ("", journal.id)
    return store.has_work and not journal.has_work


def pair(journal: Paired, store: Paired, name: str) -> None:
    """Note that a journal and a store are used together from now on."""
    own = journal.use_with(name, store.use_with(JOURNAL_NAME))
    store.use_with(JOURNAL_NAME, own)
