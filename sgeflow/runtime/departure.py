"""The moment in which a call leaves: the journal is asked, and nothing waits after its word."""

from __future__ import annotations

from collections.abc import Callable

from sgeflow.adapters.http.interrupts import CRITICAL
from sgeflow.core.engine.effects import Exchange
from sgeflow.core.engine.ports import Log
from sgeflow.core.model import Kind, NoAnswer
from sgeflow.runtime.journal.fingerprint import fingerprint


class Departure:
    """The journal's word on one call, asked once however often a transport tries."""

    __slots__ = ("_effect", "_log", "_stop", "left")

    def __init__(self, log: Log, effect: Exchange, stop: Callable[[], None]) -> None:
        self._log, self._effect, self._stop = log, effect, stop
        self.left = False

    def leave(self) -> NoAnswer | None:
        """Note that the bytes are about to leave, or say why they must not."""
        if self.left:
            return None
        key, attempt, request = self._effect.key, self._effect.attempt, self._effect.request
        if request.kind is not Kind.READ:
            CRITICAL.begin(self._stop)  # until it is settled
        refusal = self._log.sending(key, attempt, request, fingerprint(request))
        self.left = refusal is None
        return refusal
