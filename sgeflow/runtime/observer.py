"""Who watches the runs of a command from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Observer(Protocol):
    """Watches the runs of a command, rows of a fleet too, and changes nothing of them."""

    def observe(self, run: str, flow: str, environment: str) -> Callable[[Any], None]:
        """What is told of a run while it goes, and last of its `RunReport`."""

    def end_fleet(self, fleet: Any) -> None:
        """A fleet has ended: its report."""
