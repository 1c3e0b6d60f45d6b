"""Observers watch the runs of a command: metrics and traces."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from msgspec import Struct

from sgeflow.core.documents import Environment
from sgeflow.core.model import SentSpans
from sgeflow.errors import Exit

INTERRUPTED = "interrupted"
"""How a run ended that a person or the system stopped, for whoever counts."""


class RunStopped(Struct, frozen=True, kw_only=True):
    """A run has ended without a report: a person stopped it, or its journal or store failed."""

    exit: Exit
    code: str = ""  # the id of what it met


class Observer(Protocol):
    """Watches the runs of a command, rows of a fleet too, and changes nothing of them."""

    def observe(self, run: str, flow: str, environment: Environment) -> Callable[[Any], None]:
        """Return a listener for the events of a run; the last is `RunReport` or `RunStopped`."""

    def begin_fleet(self, run: str, flow: str, environment: Environment) -> None:
        """A fleet begins, or goes on; its rows come behind it."""

    def end_fleet(self, fleet: Any) -> None:
        """A fleet has ended: its report."""

    def elsewhere(self) -> Elsewhere | None:
        """Return a factory of observers for rows in other processes; None if there is none."""

    def hear_elsewhere(
        self, run: str, flow: str, environment: Environment, events: tuple[Any, ...]
    ) -> None:
        """Calls and end of a row that another process did; what watched it there knows them."""

    def hear_sent_spans(self, sent: SentSpans) -> None:
        """Hear how many spans an observer in another process has sent and lost."""


class SendingObserver(Observer, Protocol):
    """Sends what it sees by itself, from whichever process it is in."""

    def sent_spans(self) -> SentSpans | None:
        """How it came out, of one that is closed."""


Elsewhere = Callable[[], AbstractContextManager[SendingObserver | None]]
"""Made where a fleet is begun, taken to another process, and opened there for as long as it works.
"""


class Observers(Struct, frozen=True):
    """Several that watch the same."""

    each: tuple[Observer, ...]

    def observe(self, run: str, flow: str, environment: Environment) -> Callable[[Any], None]:
        """Return one listener that passes events to all observers."""
        listeners = [one.observe(run, flow, environment) for one in self.each]

        def tell(event: Any) -> None:
            for listener in listeners:
                listener(event)

        return tell

    def begin_fleet(self, run: str, flow: str, environment: Environment) -> None:
        """A fleet begins, or goes on."""
        for one in self.each:
            one.begin_fleet(run, flow, environment)

    def end_fleet(self, fleet: Any) -> None:
        """A fleet has ended."""
        for one in self.each:
            one.end_fleet(fleet)

    def elsewhere(self) -> Elsewhere | None:
        """The one that watches in other processes too."""
        return next(filter(None, (one.elsewhere() for one in self.each)), None)

    def hear_elsewhere(
        self, run: str, flow: str, environment: Environment, events: tuple[Any, ...]
    ) -> None:
        """A row that another process did."""
        for one in self.each:
            one.hear_elsewhere(run, flow, environment, events)

    def hear_sent_spans(self, sent: SentSpans) -> None:
        """Pass the counts of spans of another process on."""
        for one in self.each:
            one.hear_sent_spans(sent)
