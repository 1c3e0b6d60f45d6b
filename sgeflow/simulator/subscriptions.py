"""Subscribed services, publication options and cases of files, from order to end."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

STOPPED = "Arrêt à l'initiative de l'acteur"
RENEWED = "Renouvellement du service"
EXPIRED = "Fin de la période souscrite"


class Option(Struct, frozen=True, kw_only=True):
    """A publication option of an access service."""

    periodicity: str
    corrected: bool | None
    start: date
    end: date | None


class Subscription(Struct, frozen=True, kw_only=True):
    """A service on a point; `kind` is CCDC, TRANSREC, ACCES or OPPENR."""

    id: str
    point: str
    kind: str
    label: str
    start: date
    end: date | None
    contract: str | None = None
    data: str | None = None  # CDC, IDX, ENERGIE, PMAX
    direction: str = "SOUTIRAGE"
    step: str | None = None
    corrected: bool | None = None
    periodicity: str | None = None
    options: tuple[Option, ...] = ()
    stopped: date | None = None
    reason: str = STOPPED

    def state(self, today: date) -> str:
        """DEMANDE, ACTIF or TERMINE on a day."""
        if self.stopped is not None or (self.end is not None and self.end < today):
            return "TERMINE"
        return "ACTIF" if self.start <= today else "DEMANDE"

    def ending(self, today: date) -> str | None:
        """The reason for its end; None while it runs."""
        if self.state(today) != "TERMINE":
            return None
        return self.reason if self.stopped else EXPIRED

    def stop(self, today: date, reason: str = STOPPED) -> Subscription:
        """A copy of the service that ends today."""
        return replace(self, stopped=today, reason=reason)

    def same_order(self, other: Subscription) -> bool:
        """Whether both are the same order, dates and ids aside."""
        aside = ("id", "label", "start", "end", "options", "stopped", "reason")
        return replace(self, **{name: getattr(other, name) for name in aside}) == other

    def covers(self, start: date, today: date) -> bool:
        """Whether the service is active today and was active on `start`."""
        return self.state(today) == "ACTIF" and self.start <= start


_TAKES = timedelta(days=1)  # Enedis promises 72 hours at most


class FileOrder(Struct, frozen=True, kw_only=True):
    """An order of files; `admitted` are the points whose files will be delivered."""

    id: str  # eight characters
    operation: str
    points: tuple[str, ...]
    admitted: tuple[str, ...]
    opened: date

    def state(self, today: date) -> str:
        """`En cours`, or `Close` from the next day on (at once when no point is admitted)."""
        running = self.admitted and today < self.opened + _TAKES
        return "En cours" if running else "Close"

    def outcome(self, today: date) -> str:
        """The text that the portal prints beside the state."""
        if not self.admitted:
            return "Non recevable"
        closed = self.state(today) == "Close"
        return "Prestation réalisée" if closed else "Demande recevable"
