"""The engine's view of transports and recorders, and the types that stores and journals use."""

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, Protocol

from msgspec import Struct

from sgeflow.core.model import NoAnswer, Request, Response


class ServerTime(Struct, frozen=True, kw_only=True):
    """The time by the clock of a service when it answered last."""

    host: str
    moment: float | None  # epoch seconds; None if the answer has no time
    at: float  # the value of `time.monotonic` at the answer
    is_simulator: bool = False  # sgeflow's simulator, which has a date of its own


TellTime = Callable[[ServerTime | None], ServerTime | NoAnswer]
"""Returns the time of a receiver's clock; passing a doubtful answer requests a new one."""


class Leave(Protocol):
    """Called after all waiting, just before the request is sent."""

    def __call__(self, tell: TellTime | None = None) -> NoAnswer | None:
        """The reason why the request must not be sent; `tell` asks the receiver for its time."""
        ...


class Transport(Protocol):
    """Sends requests: over the network, from a recording, or not at all in a dry run."""

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


class Author(Struct, frozen=True):
    """The run that writes, and, for a resumed run, the last turn before its start.

    A resumed run gets a GuardError if another run has written the same thing since then.
    """

    run: str
    since: int | None = None


class Progress(IntEnum):
    """The progress of one of several parts of a run at the time when the run was stopped."""

    SETTLED = 0  # the outcome of all its orders is known
    OPEN = 1  # one of its orders was lost, or planned and not sent
    NEW = 2  # the part had not started


class Lateness(IntEnum):
    """Whether an answer came after its order had been settled in another way."""

    IN_TIME = 0
    LATE = 1  # the answer changes nothing
    DISPUTED = 2  # "accepted" for an order that counted as not accepted: it becomes unknown
    DOUBLED = 3  # "accepted" for two sendings of an order: it becomes unknown
    DOUBTED = 4  # in time, but an earlier sending was accepted: the order becomes unknown


def merge_state(
    before: Mapping[str, Any] | None, values: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The state after a change: a null removes one value, None removes all."""
    merged = {} if values is None else {**(before or {}), **values}
    return {name: value for name, value in merged.items() if value is not None}
