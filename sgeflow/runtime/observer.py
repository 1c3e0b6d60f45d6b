"""Observers watch the runs of a command: metrics and traces."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from msgspec import Struct

from sgeflow.core.documents import Environment
from sgeflow.core.model import SentSpans
from sgeflow.errors import Exit

INTERRUPTED = "interrupted"
"""The status that metrics and traces give to a run that a person or the system stopped."""


class RunStopped(Struct, frozen=True, kw_only=True):
    """The end of a run without a report: a person stopped it, or its journal or store failed."""

    exit: Exit
    code: str = ""  # the id of the failure


class Observer:
    """Watches the runs of a command, also the rows of a fleet, without changing them."""

    __slots__ = ()

    def observe(self, run: str, flow: str, environment: Environment) -> Callable[[Any], None]:
        """Return a listener for the events of a run; the last is `RunReport` or `RunStopped`."""
        raise NotImplementedError

    def begin_fleet(self, run: str, flow: str, environment: Environment) -> None:
        """Hear that a fleet begins or is resumed, before its rows."""

    def end_fleet(self, fleet: Any) -> None:
        """Hear the report of a fleet that has ended."""

    def elsewhere(self) -> Elsewhere | None:
        """Return a factory of observers for rows in other processes; None if there is none."""
        return None

    def hear_elsewhere(
        self, run: str, flow: str, environment: Environment, events: tuple[Any, ...]
    ) -> None:
        """Hear the events of a row that another process did and observed."""

    def hear_sent_spans(self, sent: SentSpans) -> None:
        """Hear how many spans an observer in another process has sent and lost."""


class SendingObserver(Observer):
    """An observer that sends its observations itself, from any process."""

    __slots__ = ()

    def sent_spans(self) -> SentSpans | None:
        """Return how many spans a closed observer has sent and lost."""
        return None


Elsewhere = Callable[[], AbstractContextManager[SendingObserver | None]]
"""Made where a fleet begins; another process opens it for as long as it does rows."""


class Observers(Observer, Struct, frozen=True):
    """Several observers of the same runs."""

    each: tuple[Observer, ...]

    def observe(self, run: str, flow: str, environment: Environment) -> Callable[[Any], None]:
        """Return one listener that passes events to all observers."""
        listeners = [one.observe(run, flow, environment) for one in self.each]

        def tell(event: Any) -> None:
            for listener in listeners:
                listener(event)

        return tell

    def begin_fleet(self, run: str, flow: str, environment: Environment) -> None:
        """Tell all observers that a fleet begins or is resumed."""
        for one in self.each:
            one.begin_fleet(run, flow, environment)

    def end_fleet(self, fleet: Any) -> None:
        """Tell all observers that a fleet has ended."""
        for one in self.each:
            one.end_fleet(fleet)

    def elsewhere(self) -> Elsewhere | None:
        """Return the factory of the first observer that has one."""
        return next(filter(None, (one.elsewhere() for one in self.each)), None)

    def hear_elsewhere(
        self, run: str, flow: str, environment: Environment, events: tuple[Any, ...]
    ) -> None:
        """Pass the events of a row that another process did to all observers."""
        for one in self.each:
            one.hear_elsewhere(run, flow, environment, events)

    def hear_sent_spans(self, sent: SentSpans) -> None:
        """Pass the counts of spans of another process on."""
        for one in self.each:
            one.hear_sent_spans(sent)
