"""The moment in which a call leaves: the journal is asked, and nothing waits after its word."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from msgspec.structs import replace

from sgeflow.adapters.http.interrupts import CRITICAL
from sgeflow.core.engine.effects import Exchange
from sgeflow.core.engine.ports import Log, TellTime
from sgeflow.core.model import CallRecord, Kind, NoAnswer
from sgeflow.runtime.journal.fingerprint import fingerprint
from sgeflow.runtime.right_day import RunDay


class Departure:
    """The journal's word on one call, asked once however often a transport tries."""

    __slots__ = ("_began", "_day", "_log", "_stop", "effect", "left", "waited")

    def __init__(
        self, log: Log, effect: Exchange, stop: Callable[[], None], day: RunDay | None
    ) -> None:
        """Without a `day` the world is made up, and so is its time."""
        self._log, self.effect, self._stop, self._day = log, effect, stop, day
        self.left = False
        self._began = time.monotonic()
        self.waited = 0.0  # seconds until it left, or was last about to

    def leave(self, tell: TellTime | None = None) -> NoAnswer | None:
        """Note that the bytes are about to leave, or say why they must not."""
        if self.left:
            return None
        self.waited = time.monotonic() - self._began
        key, attempt, request = self.effect.key, self.effect.attempt, self.effect.request
        if unwanted := self._log.refuse(request):
            return unwanted
        if (self._day and tell and request.changes) and (wrong := self._day.refuse(request, tell)):
            return wrong
        if request.kind is not Kind.READ:
            CRITICAL.begin(self._stop)  # until it is settled
        refusal = self._log.sending(key, attempt, request, fingerprint(request))
        self.left = refusal is None
        return refusal


class Waits:
    """How long attempts waited, and for what: their turn, or because they are tried again."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._seconds: dict[tuple[str, int], tuple[float, float]] = {}

    def pause(self, seconds: float) -> None:
        """The next attempt in this thread was waited for."""
        self._local.paused = seconds

    def note(self, departure: Departure) -> None:
        """An attempt waited for its turn, and before that for being tried again."""
        paused, self._local.paused = getattr(self._local, "paused", 0.0), 0.0
        one = (departure.effect.key, departure.effect.attempt)
        self._seconds[one] = (departure.waited, paused)

    def tell(self, record: CallRecord) -> CallRecord:
        """An attempt that has ended, with its waits."""
        waited, paused = self._seconds.pop((record.key, record.attempt), (0.0, 0.0))
        return replace(record, waited=waited, paused=paused)
