"""What a run needs of the world: somebody who sends, somebody who keeps, and a journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any, Protocol

from msgspec import Struct

from sgeflow.core.engine.customers import Customer
from sgeflow.core.engine.effects import Loaded, Saved
from sgeflow.core.engine.open_undos import Undoing
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import CallRecord, NoAnswer, Request, Response, Series
from sgeflow.errors import Problem


class ServerTime(Struct, frozen=True, kw_only=True):
    """What the clock of a service showed when it answered last."""

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


class Recorder(Protocol):
    """Whoever keeps replies as they came."""

    def disown(self, reply: Response, stub: NoAnswer) -> None:
        """Let go of a reply that answers another request; the stub stands for it."""
        ...

    def learn(self, people: Sequence[str]) -> None:
        """What the inputs say of people: a path, which has no names, or an answer may hold it."""
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


class StorePort(Protocol):
    """Where measures and remembered values are kept."""

    def save(self, series: Series, measures: Measures, mark: str, author: Author | None) -> Saved:
        """Keep measures; the same with the same mark again only gives what was given then."""
        ...

    def load(self, point: str, name: str, start: int | None, end: int | None) -> Loaded:
        """Read measures."""
        ...

    def erase(self, point: str, mark: str, author: Author | None, customer: int | None) -> int:
        """Delete the measures of a customer; with the same mark again, only say how many."""
        ...

    def no_earlier_customer(self, name: str) -> Problem | None:
        """Why a name with the number of a customer is not an earlier one's; None when it is."""
        ...

    def recall_with_customer(self, collection: str, name: str) -> Mapping[str, Any] | None:
        """What is remembered, and as `customer` whose it is."""
        ...

    def recognise(
        self,
        collection: str,
        name: str,
        mark: str,
        day: str,
        author: Author | None,
        *,
        is_contradicted: bool,
    ) -> Customer:
        """See who the customer is, by a mark; what another one has there is set aside."""
        ...

    def remember(
        self,
        collection: str,
        name: str,
        values: Mapping[str, Any] | None,
        mark: str,
        author: Author | None,
        *,
        ends_account: bool,
    ) -> Mapping[str, Any]:
        """Put values to what is remembered, or forget it all with None; what is remembered now.

        The same with the same mark again changes nothing. What `ends_account` forgets the customer.
        """
        ...


class Claimant(Protocol):
    """Whoever sees that one run at a time works on what a flow remembers."""

    def claim(self, collection: str, name: str, *, again: bool) -> Problem | None:
        """Claim what is remembered under a name, or say who works there.

        With `again` the run had it before it was stopped: a GuardError tells who has it now. So it
        does of a run that goes on, when another one has remembered something there since.
        """
        ...


class Standing(IntEnum):
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


class Log(Protocol):
    """The journal of a run: what was asked, what came, how it was understood.

    A run that goes on after a kill finds in it what was answered before.
    """

    def earlier(self, key: str, attempt: int, request: Request) -> Response | NoAnswer | None:
        """What an earlier evaluation of this run got, marked as `earlier`, or None to ask now."""
        ...

    def recorded_answer(
        self, key: str, attempt: int, request: Request
    ) -> Response | NoAnswer | None:
        """The answer to an attempt as it came, or None of one that is not recorded."""
        ...

    def standing(self, trail: str) -> Standing:
        """How far a part of the run had come when the run was stopped."""
        ...

    def open_orders(self, within: str) -> tuple[tuple[str, str], ...]:
        """Orders (operation, key) that nobody knows of, and those under way within a trail."""
        ...

    def begin_undo(self, key: str, note: Any, undos: tuple[Undoing, ...], place: str) -> None:
        """Note that an undo begins, what it goes on from, and what it will take away at a place."""
        ...

    def find_conflict(self, place: str, *, of_cancel: bool) -> Problem | None:
        """What another run has open at a place, so that nothing may begin there."""
        ...

    def undo_ended(self, undo: Undoing, code: str) -> None:
        """Note what an undo has left standing and why, or without a code that nothing stands."""
        ...

    def note_remembered(self, within: str) -> None:
        """Note that a flow has remembered something: what it did in a trail is known from now."""
        ...

    def check_hold(self) -> None:
        """Raise TechnicalError when others may work on the run: whoever lost it keeps nothing."""
        ...

    def result(self, key: str) -> tuple[bool, Any]:
        """Whether an effect that is no call was answered before, and what."""
        ...

    def keep(self, key: str, answer: Any) -> None:
        """Keep the answer of an effect that is no call."""
        ...

    def refuse(self, request: Request) -> NoAnswer | None:
        """Why a request must not leave at all, whoever receives it; nothing is noted."""
        ...

    def sending(
        self, key: str, attempt: int, request: Request, fingerprint: str
    ) -> NoAnswer | None:
        """Before the bytes leave; an answer here says why they must not."""
        ...

    def note_answer(
        self, key: str, attempt: int, request: Request, answer: Response | NoAnswer
    ) -> None:
        """When an answer, or none, came."""
        ...

    def absent(self, key: str, by: str, *, ago: float, after: float, made: float) -> bool | None:
        """Whether a lost order was surely not accepted; it may then be sent once more.

        The read `by` that did not show it began `ago` seconds ago; `made` is when its server made
        the reply, in epoch seconds. None: that clock and the journal's differ.
        """
        ...

    def was_resent(self, key: str) -> bool:
        """Whether an order left before, was lost, and was sent once more."""
        ...

    def order_days(self, key: str) -> tuple[str, ...]:
        """The days on which an order may have come in; none where its departure is not noted."""
        ...

    def outputs_by_hand(self, key: str) -> Mapping[str, Any] | None:
        """What a lost order made that a person found to be accepted; None of any other."""
        ...

    def note_outcome(self, record: CallRecord) -> Lateness:
        """How the answer was understood; and whether its order had been settled otherwise."""
        ...


def merge_state(
    before: Mapping[str, Any] | None, values: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What is remembered once values are put to it: a null takes one away, None all of them."""
    merged = {} if values is None else {**(before or {}), **values}
    return {name: value for name, value in merged.items() if value is not None}
