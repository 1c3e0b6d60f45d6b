"""What another process hears of its rows, for who observes the fleet where it began."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.documents import Environment
from sgeflow.core.model import CallRecord, RunReport, SentSpans
from sgeflow.runtime.observer import Elsewhere, RunStopped

RowEvent = CallRecord | RunReport | RunStopped


class RemoteEvents(Struct):
    """Observes rows, and keeps what is to be told of each until somebody takes it along."""

    _events: dict[str, list[RowEvent]] = field(default_factory=dict)

    def observe(self, run: str, flow: str, environment: Environment) -> Callable[[Any], None]:
        """What listens to one row; what it gave, and its steps, stay here."""
        del flow, environment
        events = self._events[run] = []

        def hear(event: Any) -> None:
            if isinstance(event, CallRecord | RunStopped):
                events.append(event)
            elif isinstance(event, RunReport):
                events.append(replace(event, outputs=None, steps=(), warnings=(), files=()))

        return hear

    def take(self, run: str) -> tuple[RowEvent, ...]:
        """What was heard of a row, which is forgotten."""
        return tuple(self._events.pop(run, ()))

    def begin_fleet(self, run: str, flow: str, environment: Environment) -> None:
        """Nothing: a fleet begins where it is observed."""

    def end_fleet(self, fleet: Any) -> None:
        """Nothing, as at its beginning."""

    def elsewhere(self) -> Elsewhere | None:
        """Nothing: rows that are heard here are done here."""
        return None

    def hear_elsewhere(
        self, run: str, flow: str, environment: Environment, events: tuple[Any, ...]
    ) -> None:
        """Nothing, for the same reason."""

    def hear_sent_spans(self, sent: SentSpans) -> None:
        """Nothing, as of rows."""
