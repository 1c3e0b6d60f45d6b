"""One run at a time works on what a flow remembers: who may take a place from whom.

A place belongs to the run that came to it last. Another one takes it when that run has ended well,
or nobody works on it and it has left nothing that only going on with it can bring to an end.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import RunLeft, is_row
from sgeflow.adapters.state.run_lock import hold_run
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.effects import Warn
from sgeflow.core.engine.ports import Author
from sgeflow.errors import GuardError, Problem
from sgeflow.runtime.journal.conflicts import at_work_there, left_there, taken_over, works_instead


class Claims(Struct, frozen=True, kw_only=True):
    """Claims the places of a run in the memory of flows."""

    home: StateLocation
    journal: Journal
    store: Store
    author: Author
    listen: Callable[[Warn], None]

    def claim(self, collection: str, name: str, *, again: bool) -> Problem | None:
        """Claim what is remembered under a name, or say who works there; `again` after a stop.

        Raises:
            GuardError: the run had it before it was stopped, and another one has it now; or it goes
                on, and another one has remembered something there since.
        """
        holder = self.store.claim(collection, name, self.author)
        if holder == self.author.run:
            return None
        if again:
            raise GuardError(taken_over(self.author.run, holder))
        return self._take_over(collection, name, holder)

    def _take_over(self, collection: str, name: str, holder: str) -> Problem | None:
        left = self.journal.left_by(holder)
        if left is not None and (left.is_over or (left.has_ended and self._is_beside(holder))):
            return self._take(collection, name, holder, left)
        try:
            with hold_run(self.home, holder):  # nobody goes on with it meanwhile
                return self._take(collection, name, holder, self.journal.left_by(holder))
        except GuardError:
            return at_work_there(holder)

    def _take(
        self, collection: str, name: str, holder: str, left: RunLeft | None
    ) -> Problem | None:
        if left is not None and left.order is not None:
            return left_there(holder, left, left.order)
        run = self.author.run
        now = self.store.claim(collection, name, self.author, over=holder)
        if now != run:
            return at_work_there(now)  # it came first
        if left is not None and left.is_stopped:
            self.listen(Warn("", works_instead(run, holder)))
        return None

    def _is_beside(self, holder: str) -> bool:
        """Whether it is a row of our own fleet: what ended there is not gone on with by others."""
        fleet = self.author.run.partition(".")[0]
        return is_row(self.author.run) and is_row(holder) and holder.partition(".")[0] == fleet
