"""A case (`affaire`): an order of files and what became of it, which no service of SGE tells."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

_TAKES = timedelta(days=1)  # Enedis says 72 hours at most


class FileOrder(Struct, frozen=True, kw_only=True):
    """One order of files; `admitted` are its points that the files will be about."""

    id: str  # eight characters
    operation: str
    points: tuple[str, ...]
    admitted: tuple[str, ...]
    opened: date

    def state(self, today: date) -> str:
        """`En cours`, and `Close` from the next day on; at once when no point is admitted."""
        running = self.admitted and today < self.opened + _TAKES
        return "En cours" if running else "Close"

    def outcome(self, today: date) -> str:
        """What the portal prints beside the state."""
        if not self.admitted:
            return "Non recevable"
        closed = self.state(today) == "Close"
        return "Prestation réalisée" if closed else "Demande recevable"
