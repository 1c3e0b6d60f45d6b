"""Pairs of journal and store: orders are held if one of the two was lost or replaced."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress

from sgeflow.adapters.state.check import stores_of
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import DatabaseLocation, StateLocation, is_there
from sgeflow.adapters.state.open import JOURNAL_NAME, is_mismatch, pair, read_pairings
from sgeflow.adapters.state.store import Store
from sgeflow.core.measures.civil_time import civil
from sgeflow.errors import TechnicalError
from sgeflow.messages import Message, say


def keep_paired(journal: Journal, store: Store, home: StateLocation, environment: str) -> None:
    """Note that journal and store are used together, or hold orders if they do not match."""
    name = home.store_name(environment)
    of_journal, of_store = read_pairings(journal, store, name)
    if is_mismatch(of_journal, of_store):
        _hold(journal, name)
    elif not (of_journal.counterpart and of_store.counterpart):
        pair(journal, store, name)


def check_store(journal: Journal, home: StateLocation, environment: str) -> None:
    """Check the store of a single call too; a missing store is created only if one was lost."""
    place = home.store(environment)
    if is_there(place) or journal.pairing(home.store_name(environment)).counterpart:
        with Store(place) as store:
            keep_paired(journal, store, home, environment)


def hold_on_mismatch(journal: Journal, home: StateLocation) -> None:
    """Hold the orders of a state if one of its stores does not match the journal."""
    for name, place in stores_of(home):
        with Store(place) as store:
            if is_mismatch(*read_pairings(journal, store, name)):
                _hold(journal, name)


def pair_anew(journal: Journal, home: StateLocation) -> None:
    """Accept the stores of a state as those of its journal, because a person says so."""
    lost = set(journal.counterparts())
    for name, place in stores_of(home):
        with Store(place) as store:
            if name in lost or store.pairing(JOURNAL_NAME).id:
                pair(journal, store, name)
        lost.discard(name)
    for name in lost:
        journal.unpair(name)


def missed(home: StateLocation) -> Iterator[tuple[str, Message]]:
    """The parts of a state that were lost or do not match, each with a message.

    Parts that cannot be opened are left out: they are reported as damaged elsewhere.
    """
    places = dict(stores_of(home))
    if not is_there(home.journal):
        stores = (store.pairing(JOURNAL_NAME) for _, store in _opened(places))
        if any(one.counterpart or one.has_work for one in stores):
            yield JOURNAL_NAME, say("it is missing, but its store exists")
        return
    with suppress(TechnicalError), Journal(home.journal) as journal:
        for name in journal.counterparts():
            if name not in places:
                yield name, say("it is missing, but its journal exists")
        for name, store in _opened(places):
            if is_mismatch(*read_pairings(journal, store, name)):
                yield (
                    name,
                    say(
                        "it does not belong to this journal: one of them was deleted, emptied "
                        "or replaced"
                    ),
                )


def _hold(journal: Journal, name: str) -> None:
    if not journal.held_since():
        journal.hold_orders(civil(int(time.time())).isoformat(), name)


def _opened(places: Mapping[str, DatabaseLocation]) -> Iterator[tuple[str, Store]]:
    for name, place in places.items():
        with suppress(TechnicalError), Store(place) as store:
            yield name, store
