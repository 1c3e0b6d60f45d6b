"""Observers watch the runs of a command: metrics and traces."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from sgeflow.core.documents import Environment
from sgeflow.errors import Exit
from sgeflow.runtime.options import Observer

INTERRUPTED = "interrupted"
"""The status that metrics and traces give to a run that a person or the system stopped."""


class RunStopped(Struct, frozen=True, kw_only=True):
    """The end of a run without a report: a person stopped it, or its journal or store failed."""

    exit: Exit
    code: str = ""  # the id of the failure


class Observers(Observer):
    """Several observers of the same runs: each hears everything."""

    each: tuple[Observer, ...]

    def observe(self, run: str, flow: str, environment: Environment) -> Callable[[Any], None]:
        """Return one listener that passes events to all observers."""
        listeners = [one.observe(run, flow, environment) for one in self.each]

        def tell(event: Any) -> None:
            for listener in listeners:
                listener(event)

        return tell

    def begin_fleet(self, run: str, flow: str, environment: Environment) -> None:
        """Tell all observers."""
        for one in self.each:
            one.begin_fleet(run, flow, environment)

    def end_fleet(self, fleet: Any) -> None:
        """Tell all observers."""
        for one in self.each:
            one.end_fleet(fleet)
