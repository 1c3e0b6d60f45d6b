"""The engine's view of transports and recorders, and the types that stores and journals use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any, Protocol

from msgspec import Struct

from sgeflow.core.model import NoAnswer, Request, Response


class ServerTime(Struct, frozen=True, kw_only=True):
    """The time by the clock of a service when it answered last."""

    host: str
    moment: float | None  # in epoch seconds; None: it tells no time
    at: float  # of `time.monotonic`, when the answer came
    is_simulator: bool = False  # sgeflow's own, on this machine: it has days of its own


TellTime = Callable[[ServerTime | None], ServerTime | NoAnswer]
"""Gives what the clock of a receiver shows; the receiver is asked anew where that is doubted."""


class Leave(Protocol):
    """Asked when all waiting is over and the bytes are about to leave."""

    def __call__(self, tell: TellTime | None = None) -> NoAnswer | None:
        """Why they must not leave; `tell` asks the receiver for the time, where it has a clock."""
        ...


class Transport(Protocol):
    """Takes requests: the network, a recording, a replay, a dry run."""

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send once; failures are returned, not raised.

        Waiting for a rate limit or an unavailable service comes before the call of `leave`: the
        bytes must follow that call at once.
        """
        ...

    def close(self) -> None:
        """Let connections and files go."""
        ...


class Recorder(Protocol):
    """Keeps replies as they came."""

    def disown(self, reply: Response, stub: NoAnswer) -> None:
        """Let go of a reply that answers another request; the stub stands for it."""
        ...

    def learn(self, people: Sequence[str]) -> None:
        """Learn the personal values of the inputs: a path or an answer may hold them."""
        ...


class Recording(Recorder, Protocol):
    """A recording of a whole conversation, for a file."""

    @property
    def is_written(self) -> bool:
        """Whether it is where it was asked for; never before it is closed."""
        ...


class Author(Struct, frozen=True):
    """The run that keeps something, and, when it goes on, the last turn that it saw at its start.

    A run that goes on is told by a GuardError when another one has worked on the same since.
    """

    run: str
    since: int | None = None


class Progress(IntEnum):
    """How far one of several parts of a run had come when the run was stopped."""

    SETTLED = 0  # what it did is known, as far as it went
    OPEN = 1  # an order of it was lost, or was not sent after all
    NEW = 2  # it had not begun


class Lateness(IntEnum):
    """Whether the answer to an order came after the order had been settled otherwise."""

    IN_TIME = 0
    LATE = 1  # it changes nothing
    DISPUTED = 2  # it says accepted of what counted as not accepted: the order is unknown
    DOUBLED = 3  # it says accepted, and so did the answer to another sending: unknown as well
    DOUBTED = 4  # it came in time, and an earlier sending was accepted: unknown as well


def merge_state(
    before: Mapping[str, Any] | None, values: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The state after values are put to it: a null removes one value, None removes all."""
    merged = {} if values is None else {**(before or {}), **values}
    return {name: value for name, value in merged.items() if value is not None}
