"""Effects: the requests of a script to the outside world, which answers each one.

Evaluation never touches the world itself: the driver answers. Each effect names the type of its
answer; `ask` gives that type back to the script.
"""

from collections.abc import Callable, Generator, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from sgeflow.core.measures.columns import Measures, to_table
from sgeflow.core.model import (
    CallRecord,
    Failure,
    Fall,
    NoAnswer,
    Request,
    Response,
    Series,
    StepTrace,
)
from sgeflow.errors import Problem
from sgeflow.values import Pictured

A = TypeVar("A")
T = TypeVar("T")


class Effect(Struct, Generic[A], frozen=True):
    """A request of a script to the outside; `A` is the type of the answer."""


Script = Generator[Effect[Any], Any, T]
"""A generator of effects that ends with a `T`."""


def ask(effect: Effect[A]) -> Script[A]:
    """Yield one effect and return its answer, typed: `reply = yield from ask(Exchange(…))`."""
    answer: A = yield effect
    return answer


def intercept(script: Script[T], answer_effect: Callable[[Effect[Any]], Script[Any]]) -> Script[T]:
    """Run a script whose effects are answered by another script, which may yield effects, too."""
    answer: Any = None
    try:
        while True:
            answer = yield from answer_effect(script.send(answer))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return] # the T of the script
    finally:
        script.close()


class Exchange(Effect[Response | NoAnswer], frozen=True, kw_only=True):
    """Send one request, once. `key` is stable over evaluations of the same run."""

    key: str
    request: Request
    attempt: int = 1
    deadline: float | None = None  # on the clock of `Clock`


class MaskedText(Effect[str], frozen=True):
    """Mask the text of a service: hide names and secrets; shorten an unknown code."""

    text: str


class LearnSecrets(Effect[None], frozen=True):
    """Hide texts that a service gave, such as the id of a session, from now on in all reports."""

    texts: tuple[str, ...]


class CallClosed(Effect[None], frozen=True, kw_only=True):
    """The end of an exchange and its result, for the journal and the listener.

    `disowned` is a reply to another request, which is not stored, with the failure that a recording
    has in its place.
    """

    record: CallRecord
    disowned: tuple[Response, NoAnswer] | None = None


class OpenOrders(Effect[tuple[tuple[str, str], ...]], frozen=True, kw_only=True):
    """The orders (operation, key) that forbid to undo anything `within` a trail.

    They are the orders of the run with an unknown outcome, and those of the trail that wait for an
    answer. The journal has them, even if this evaluation did not reach them.
    """

    within: str


class Recorded(Effect[Response | NoAnswer | None], frozen=True, kw_only=True):
    """Read the recorded answer to an attempt from before the run was stopped; None without one.

    Nothing is sent.
    """

    key: str
    request: Request
    attempt: int


class Saved(Struct, frozen=True, kw_only=True):
    """The counts of the measures that a `Save` changed.

    For a delivered file, `outdated` counts values that were not stored, because a later publication
    gave or withdrew them. `removed` counts stored values that went without a new value in their
    place: withdrawn ones, and maximum powers of a day for which the file repeats another stored
    one. `fall` is set if index readings are lower than the reading before them.
    """

    new: int
    changed: int
    unchanged: int
    outdated: int = 0
    removed: int = 0
    fall: Fall | None = None


class Save(Effect[Saved], frozen=True, kw_only=True):
    """Store measures: a changed value replaces the stored one with its start or its time.

    A maximum power replaces the stored one of the same day or month.
    """

    key: str
    series: Series
    measures: Measures


class Loaded(Pictured, frozen=True, kw_only=True):
    """The stored measures of a series, by start; `unit` is empty if nothing is stored."""

    unit: str
    measures: Measures

    def to(self, library: str) -> Any:
        """The measures as a table of `pandas`, `polars` or `arrow`: start, value, step, nature.

        Raises:
            UsageError: it is another library, or it is not installed.
        """
        return to_table(self.measures, library)


class Load(Effect[Loaded], frozen=True, kw_only=True):
    """Read the stored measures of a series, `start <= t < end` in UTC epoch seconds."""

    key: str
    point: str
    name: str
    start: int | None = None
    end: int | None = None


class Erase(Effect[int], frozen=True, kw_only=True):
    """Delete all kept measures of a point's customer; the answer is how many.

    It is the present customer, or an earlier one by its number.
    """

    key: str
    point: str
    customer: int | None = None


class Note(Effect[Any], frozen=True, kw_only=True):
    """Record a value computed from stored data, so that a resumed run gets the same value.

    The answer is the value of the first evaluation; plain data.
    """

    key: str
    value: Any


class Noted(Effect[Any], frozen=True):
    """Read the value that a `Note` of this key kept before the run was stopped, or None."""

    key: str


class Recall(Effect[Mapping[str, Any] | None], frozen=True, kw_only=True):
    """Read the state under a key, or None; its member `customer` is the customer's number."""

    key: str
    collection: str
    name: str


class Claim(Effect[Problem | Mapping[str, Any] | None], frozen=True, kw_only=True):
    """Read the state of a flow and lock it for this run; a problem when another run has it."""

    key: str
    collection: str
    name: str


class Recognise(Effect[Mapping[str, Any]], frozen=True, kw_only=True):
    """Find the customer of a key on a day; data of another customer becomes an earlier one's.

    `who` is the name that a service gives the customer. Stored data without a customer becomes this
    customer's, unless `is_contradicted`. The answer has the members of a `Customer`.
    """

    key: str
    collection: str
    name: str
    who: str
    day: str
    is_contradicted: bool


class Remember(Effect[Problem | Mapping[str, Any]], frozen=True, kw_only=True):
    """Change values of the state under a key; a null removes a value, None removes the state.

    The answer is the new state, or the problem that another run has an open order or undo for this
    state; then nothing was changed.
    """

    key: str
    collection: str
    name: str
    place: str = ""  # the key that all customers share; empty if it is the name
    values: Mapping[str, Any] | None


class Exported(Struct, frozen=True, kw_only=True):
    """A file that was written and the number of documents of each kind in it.

    `note` is a remark for the user: that the file is a link.
    """

    file: str
    counts: Mapping[str, int]
    note: str = ""


class Export(Effect[Exported], frozen=True, kw_only=True):
    """Write stored measures to a file; the format is a module of `adapters/export`."""

    key: str
    format: str
    file: str
    point: str | None
    documents: Mapping[str, Any] = field(default_factory=dict)  # further documents by type


class WriteReport(Effect[Exported], frozen=True, kw_only=True):
    """Write the results of homologation cases; the format is a module of `adapters/reports`."""

    key: str
    format: str
    file: str
    document: Mapping[str, Any]


class Warn(Struct, frozen=True):
    """A warning for the user although nothing failed."""

    trail: str
    text: str


class StepBegun(Struct, frozen=True):
    """A step begins; `total` is the number of its items if it has a list."""

    trail: str
    title: str
    total: int | None = None


class StepEnded(Struct, frozen=True):
    """A step ended; the driver adds how long it took."""

    trace: StepTrace


class Emit(Effect[None], frozen=True):
    """Report an event to the listener."""

    event: Warn | StepBegun | StepEnded


class Clock(Effect[float], frozen=True):
    """Seconds of a clock that only goes forward; for deadlines, never for dates."""


class Moment(Effect[float], frozen=True, kw_only=True):
    """The present moment in epoch seconds; a resumed run gets the same moment again."""

    key: str


class Pause(Effect[None], frozen=True, kw_only=True):
    """Wait; `jitter` makes a part of the wait random, so that many runs do not retry together.

    A resumed run does not wait if the step with the trail `before` had begun already.
    """

    seconds: float
    jitter: bool = False
    before: str = ""


class Together(Effect[tuple[Any, ...]], frozen=True, kw_only=True):
    """Run scripts in parallel, at most `limit` at once; the answers keep the given order.

    When an answer satisfies `stop`, no further script begins; a script that never began gives None.
    In a resumed run, scripts that had begun are always begun again, because their orders may have
    to be undone. They then send no new order.
    """

    scripts: tuple[Script[Any], ...]
    trails: tuple[str, ...] = ()  # the trail of each script
    limit: int
    stop: Callable[[Any], bool] | None = None


class ProvenAbsent(Effect[bool | None], frozen=True, kw_only=True):
    """Whether it is proved that a lost order, which a read did not find, was not accepted.

    It is proved if the read began, and its reply was made, at least `after` seconds after the order
    was sent, and the order was sent once. Then the order may be sent again. The answer is None if
    the clocks of server and journal differ, so that nothing is proved.
    """

    key: str  # the key of the order
    by: str  # the key of the read
    since: float  # the start of the read, on the clock of `Clock`
    made: float  # the time of the reply, in epoch seconds by the server's clock
    after: float


class Resent(Effect[bool], frozen=True):
    """Whether the order of a key was lost and has been sent again."""

    key: str


class OutputsByHand(Effect[Mapping[str, Any] | None], frozen=True):
    """Read the outputs that a person entered for a lost order; None if there are none."""

    key: str


class OrderDays(Effect[tuple[str, ...]], frozen=True):
    """The days on which an order may have reached the service: one, or two around midnight.

    For an order that was sent again, the days of all sendings; empty if no sending was recorded.
    """

    key: str
    endpoint: str


class Undoing(Struct, frozen=True, kw_only=True):
    """An undo as the journal lists it, with the step that it is for."""

    key: str
    what: str  # a description for people, if the step has no order
    trail: str  # the trail of the step that is undone
    is_harmless: bool = False  # if the undo fails, other runs need not wait (an orphan)


class BeginUndo(Effect[None], frozen=True, kw_only=True):
    """Record that a flow begins to undo its steps, with the `note` for resuming the undo.

    `place` is the key of the flow's state, or empty.
    """

    key: str
    note: Any
    undos: tuple[Undoing, ...]
    place: str


class FindConflict(Effect[Problem | None], frozen=True, kw_only=True):
    """Find an open order or undo of another run that blocks this run, or None.

    An open undo bars every flow; a lost order bars flows that take something back (`of_cancel`).
    """

    place: str
    of_cancel: bool


class UndoEnded(Effect[None], frozen=True, kw_only=True):
    """The end of an undo; if it failed, its order stays listed until a person settles it."""

    undo: Undoing
    failure: Failure | None = None


EARLIER = " (customer "
"""The text between a key and the number of an earlier customer."""


CUSTOMER = "customer"
"""The name of the member of the state that contains the customer's number."""


class Customer(Struct, frozen=True, kw_only=True):
    """A customer of a key; 1 is the first known customer, 2 the next, and so on."""

    number: int
    since: str | None = None  # the customer's first day; None if all stored days are theirs
    begun: bool = False  # whether this customer has just replaced an earlier one


def key_of(name: str, customer: int | None) -> str:
    """The key of a customer's state and measures; the present customer has the plain name.

    Data of earlier customers is read by their number only, so never by accident.
    """
    return name if customer is None else f"{name}{EARLIER}{customer})"
