"""What a run needs of the world: somebody who sends, somebody who keeps, and a journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sgeflow.core.engine.effects import Loaded, Saved
from sgeflow.core.model import CallRecord, Measure, NoAnswer, Request, Response, Series

Leave = Callable[[], NoAnswer | None]
"""Asked when all waiting is over and the bytes are about to leave; an answer says they must not."""


class Transport(Protocol):
    """Whoever takes requests: the network, a recording, a replay, a dry run."""

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send once; whatever goes wrong is a value.

        Who waits, for a rate or a neighbour that is down, waits before it asks `leave`: between
        its word and the bytes nothing may take time.
        """
        ...

    def close(self) -> None:
        """Let connections and files go."""
        ...


class Store(Protocol):
    """Where measures and remembered values are kept."""

    def save(self, series: Series, measures: tuple[Measure, ...], mark: str) -> Saved:
        """Keep measures; with the same mark again, only give what was given then."""
        ...

    def load(self, point: str, name: str, start: int | None, end: int | None) -> Loaded:
        """Read measures."""
        ...

    def erase(self, point: str, mark: str) -> int:
        """Delete the measures of a point; with the same mark again, only say how many."""
        ...

    def recall(self, collection: str, name: str) -> Mapping[str, Any] | None:
        """What is remembered."""
        ...

    def remember(self, collection: str, name: str, value: Mapping[str, Any] | None) -> None:
        """Remember, or forget with None."""
        ...


class Log(Protocol):
    """The journal of a run: what was asked, what came, how it was understood.

    A run that goes on after a kill finds in it what was answered before.
    """

    def earlier(self, key: str, attempt: int, request: Request) -> Response | NoAnswer | None:
        """The answer that an earlier evaluation of this run got, or None to ask now."""
        ...

    def is_catching_up(self) -> bool:
        """Whether there are earlier answers that were not asked for yet."""
        ...

    def result(self, key: str) -> tuple[bool, Any]:
        """Whether an effect that is no call was answered before, and what."""
        ...

    def keep(self, key: str, answer: Any) -> None:
        """Keep the answer of an effect that is no call."""
        ...

    def sending(
        self, key: str, attempt: int, request: Request, fingerprint: str
    ) -> NoAnswer | None:
        """Before the bytes leave; an answer here says why they must not."""
        ...

    def answered(
        self, key: str, attempt: int, request: Request, answer: Response | NoAnswer
    ) -> None:
        """When an answer, or none, came."""
        ...

    def absent(self, key: str, by: str, *, ago: float, after: float) -> bool:
        """Whether a lost order was surely not accepted; it may then be sent once more.

        The read `by` that did not show it began `ago` seconds ago.
        """
        ...

    def vouched(self, key: str) -> bool:
        """Whether a person has found out that a lost order was accepted."""
        ...

    def settled(self, record: CallRecord) -> None:
        """How the answer was understood."""
        ...
