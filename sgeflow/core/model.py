"""The values that pass between the packages of sgeflow.

All are frozen. Mappings are read-only by convention in `core` and `steps`: a new scope or report is
made instead of a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self, TypeVar

from msgspec import Struct, ValidationError, convert, field
from msgspec.structs import replace

from sgeflow.core.language.rows import plain_argument
from sgeflow.errors import Details, Exit, Id, InvalidValues, Problem, Unsuccessful
from sgeflow.messages import from_table, say
from sgeflow.values import Discreet, Pictured

T = TypeVar("T")

DEFAULT_ENVIRONMENT = "simulator"
"""The environment of runs and tests without a named one."""

DEFAULT_SERVICE = "sge"
"""The service of operations whose route names none."""

MAIL = "MAIL"
"""The method of a request that is a mail; its endpoint is a relay, its path `/`."""

SIMULATOR = "simulator"
"""Takes the place of the simulator's address in a `base_url`."""
DEFAULT_SCENARIO = "household"
ONLY_STUBS = "stubs"
"""Takes the place of the scenario in a run in which only stubs answer."""

# -- documents ------------------------------------------------------------------------------------


class Kind(StrEnum):
    """The kind of a call: reads may be repeated, orders and cancels never."""

    READ = "read"
    ORDER = "order"
    CANCEL = "cancel"


class FaultClass(StrEnum):
    """The class of a refusal, independent of its code; the last three come from sgeflow itself."""

    INVALID = "invalid"  # our mistake, never retried
    DENIED = "denied"  # rights or consent
    NOT_FOUND = "not_found"
    NO_DATA = "no_data"
    ALREADY = "already"  # the ordered thing exists already
    TRANSIENT = "transient"  # ask again later
    TECHNICAL = "technical"
    NETWORK = "network"  # nothing was sent, or a read was not answered
    CREDENTIALS = "credentials"  # the gateway refused the token, or the server the certificate
    UNKNOWN = "unknown"  # an order was sent, and its outcome is not proven


# -- the wire -------------------------------------------------------------------------------------


class Request(Discreet, frozen=True, kw_only=True):
    """A request to a named endpoint, without its address and without any secret."""

    withheld = frozenset({"instance", "path", "headers", "body", "values"})

    endpoint: str  # a service or a relay of the environment
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    label: str  # the operation, or "GET communes"
    kind: Kind
    has_places: bool = False  # of the body: for the service's user and password, filled on sending
    is_operation: bool = False  # a call of a catalogue operation: its orders are sent once
    instance: str = ""  # the instance, if the service has instances
    personal: tuple[str, ...] = ()  # element or member names to hide wherever it is shown
    reply_bytes: int = 32 * 1024 * 1024
    rate: str | None = None  # the operation's own limit, beside the endpoint's
    point: str = ""  # the point of an order, for the journal's list
    values: Mapping[str, Any] = field(default_factory=dict)  # the parameters of an operation
    service: str = ""  # the kind of order: the root of the envelope, or the operation
    same: tuple[tuple[str, ...], str] | None = None  # the things and terms that identify an order
    form: str = ""  # how the document computes `same`; orders of different forms are not compared
    ended_by: tuple[str, ...] = ()  # operations that end the effect of the order
    alone: bool = False  # a read that needs a connection of its own; orders always have one
    anew: bool = False  # a repeated read: the first answer belonged to another request
    is_notice: bool = False  # a request of a `finally` step, which never counts as an order
    at_least_once: bool = False  # not an operation: sent again later if its answer is lost
    is_mendable: bool = False  # a refusal can be corrected outside: a resumed run sends it again
    writes: bool = False  # it changes something, although it may be repeated like a read
    is_login: bool = False  # a read that gives a session, which may have ended since

    @property
    def changes(self) -> bool:
        """Whether the request changes something and so may only leave on its day."""
        return self.writes or self.kind is not Kind.READ

    @property
    def is_order(self) -> bool:
        """Whether the request is an order or cancel of an operation, which is sent once."""
        return self.is_operation and self.kind is not Kind.READ


class Response(Discreet, frozen=True, kw_only=True):
    """A response, whole and decoded from any transfer coding, with any HTTP status."""

    withheld = frozenset({"headers", "body"})

    status: int
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    seconds: float = 0.0
    earlier: bool = False  # received before the run was stopped


class NoAnswer(Struct, frozen=True, kw_only=True):
    """A call without a usable answer; `sent`: whether the request was sent, None if unknown."""

    sent: bool | None
    problem: Problem
    fault_class: FaultClass
    seconds: float = 0.0
    retry_after: float | None = None
    held: bool = False  # not sent, because a parallel step had failed
    barred: bool = False  # not sent, because something else must be settled first
    earlier: bool = False  # recorded before the run was stopped


class ForeignCode(str):
    """The text at the place of a fault's code that is not a known code."""

    __slots__ = ()


class Fault(Struct, frozen=True, kw_only=True):
    """A refusal by a service. A fault is a value: the flow decides whether it is an error."""

    code: str  # "SGT401", "HTTP404"; "" if the answer has none; a ForeignCode if it is not known
    message: str  # the message of the service; empty if the answer has none
    fault_class: FaultClass
    status: int
    problem: Problem
    retry_after: float | None = None
    refuses: bool = False  # whether the fault proves that an order was not accepted


class CallRecord(Struct, frozen=True, kw_only=True):
    """One attempt of a call, for journal, log and report."""

    key: str  # trail of the step and label: "konnector/gather/half_hours[2]#GET communes"
    label: str
    kind: Kind
    attempt: int
    outcome: str  # "ok", a fault code, or the id of a problem
    seconds: float
    bytes_in: int
    accepted: bool | None = None  # whether an order was accepted; None if unknown
    endpoint: str = ""  # a service or a relay of the environment
    method: str = ""  # the HTTP method
    status: int = 0  # the HTTP status; 0 without an answer
    waited: float = 0.0  # seconds spent on the rate limit or the circuit breaker
    paused: float = 0.0  # seconds of pause before the attempt


# -- measures -------------------------------------------------------------------------------------


class Measure(Struct, frozen=True):
    """One value of a series: the start of its interval (UTC epoch seconds), the value as text."""

    start: int
    value: int | float
    step: int = 0  # seconds; 0 for an instant (maximum power)
    nature: str = ""

    @property
    def instant(self) -> datetime:
        """The start of the interval in UTC."""
        return datetime.fromtimestamp(self.start, UTC)


class Fall(NamedTuple):
    """Falls of an index: the number of readings below the one before, and the first of them."""

    readings: int
    start: int  # UTC epoch seconds
    before: int | float
    value: int | float


class Series(Struct, frozen=True, kw_only=True):
    """The name and the unit of a stored series."""

    point: str
    name: str  # daily_energy, load_curve, max_power, monthly_energy …
    unit: str  # W, Wh, VA


# -- runs -----------------------------------------------------------------------------------------

IDENTITY_UNCLEAR = "USER_ACTION_NEEDED.IDENTITY_UNCLEAR"
"""The code with which a flow asks a person whether a point belongs to a customer."""


class Failure(Struct, frozen=True, kw_only=True):
    """The reason why a step or run failed: a value that moves up until a handler takes it."""

    code: str  # the flow's (USER_ACTION_NEEDED), else the service's, else the problem's id
    problem: Problem
    fault_class: FaultClass | None = None
    hint: str = ""
    step: str = ""
    partial: bool = False  # the finished steps are not undone
    held: bool = False  # an order that was not sent, because a parallel step had failed
    barred: bool = False  # an open order or undo of another run blocks it; handlers are not asked
    answer: str = ""  # the code of the fault, for an order whose outcome is unknown
    reason: str = ""  # the masked message of the fault

    @property
    def status(self) -> Status:
        """The status of a step or run that ends with this failure."""
        return Status.PARTIAL if self.partial else Status.FAILED

    def to_dict(self) -> dict[str, Any]:
        """Return plain data in English; keys without a value are left out."""
        document = {
            "code": str(self.code),
            "class": self.fault_class.value if self.fault_class else "",
            "hint": str(self.hint),
            "step": self.step,
            "problem": self.problem.to_dict(),
        }
        return {key: value for key, value in document.items() if value != ""}

    def with_details(self, *details: tuple[str, str]) -> Failure:
        """The failure with more labelled lines under its message."""
        return replace(self, problem=self.problem.with_details(*details))


class Status(StrEnum):
    """How a step or a run ended."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    PARTIAL = "partial"
    RUNNING = "running"


class StepTrace(Struct, frozen=True, kw_only=True):
    """The summary of one step for people."""

    trail: str
    verb: str
    title: str
    status: Status
    started: float | None = None  # epoch seconds; None for a skipped step
    seconds: float = 0.0
    summary: str = ""
    failure: Failure | None = None
    why: Details = ()  # the condition of a skipped step, part by part
    gave: Any = None  # the form of its outputs, as `digest` makes it
    after: str = ""  # the code of a failure after which a handler let the flow continue


class Outcome:
    """Outputs or a failure, as programs use them; calls and runs have them."""

    __slots__ = ()
    outputs: Any
    failure: Failure | None

    def raise_for_failure(self) -> Self:
        """Return the outcome itself; raises Unsuccessful with the failure's message, if any."""
        if self.failure:
            raise Unsuccessful(self.failure.problem)
        return self

    def decode(self, kind: type[T]) -> T:
        """Return the outputs as a value of a type, such as a Struct, dataclass or TypedDict.

        Raises:
            Unsuccessful: there is a failure in place of outputs.
            InvalidValues: the outputs do not fit the type; the message says where.
        """
        self.raise_for_failure()
        try:
            return convert(plain_argument(self.outputs), kind)
        except ValidationError as error:
            reason, _, place = str(error).partition(" - at ")
            reason = reason.partition(" '")[0]  # the value may be a person's
            message = say(
                "the outputs do not fit {kind}: {reason}",
                kind=getattr(kind, "__name__", str(kind)),
                reason=from_table(reason),
            )
            where = place.strip("`").replace("$", "outputs", 1) or "outputs"
            problem = Problem(id=Id.INVALID_VALUE, message=message, where=where)
            raise InvalidValues(problem) from None


class RunReport(Pictured, Outcome, frozen=True, kw_only=True):
    """The report of a run. It exists even when the run failed.

    Attributes:
        run: its id in the journal.
        flow: the name of the flow.
        title: the flow's title.
        environment: where its calls went.
        today: the date of the run, `YYYY-MM-DD`.
        status: how it ended: `done`, `partial` or `failed`.
        seconds: how long it took.
        outputs: the outputs of the flow, by name.
        steps: the record of each step, in order.
        warnings: the warnings, which stopped nothing.
        files: the written files.
        calls: the number of attempts of calls.
        failure: why the run did not succeed; None if it did.
        values: how many measures were stored: new, changed or unchanged.
        lacks_recording: whether a recording was asked for and could not be written.
        ended_before: whether a run with this name had ended before; outputs, files and values are
            not kept.
    """

    run: str
    flow: str
    title: str
    environment: str
    today: str
    status: Status
    seconds: float
    outputs: Any
    steps: tuple[StepTrace, ...]
    warnings: tuple[str, ...]
    files: tuple[str, ...]
    calls: int
    failure: Failure | None = None
    values: int = 0
    lacks_recording: bool = False
    ended_before: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return plain data in English, as `--output json` prints them."""
        failure = self.failure
        return {
            "run": self.run,
            "flow": self.flow,
            "environment": self.environment,
            "today": self.today,
            "status": self.status.value,
            "exit": int(self.exit),
            "code": str(failure.code) if failure else "",
            "message": str(failure.problem.message) if failure else "",
            "hint": str(failure.hint) if failure else "",
            "outputs": plain_argument(self.outputs),
            "steps": [
                {
                    "trail": trace.trail,
                    "verb": trace.verb,
                    "title": str(trace.title),
                    "status": trace.status.value,
                    "seconds": round(trace.seconds, 3),
                    "summary": str(trace.summary),
                    **({"code": str(trace.failure.code)} if trace.failure else {}),
                }
                for trace in self.steps
            ],
            "warnings": [str(text) for text in self.warnings],
            "files": list(self.files),
            "calls": self.calls,
            "seconds": round(self.seconds, 3),
            **({"failure": failure.to_dict()} if failure else {}),
        }

    @property
    def exit(self) -> Exit:
        """The exit code of the command for this outcome."""
        failure = self.failure
        if failure is not None and failure.fault_class is FaultClass.UNKNOWN:
            return Exit.GUARDED  # whatever code a handler gives
        if failure is not None and not failure.partial:
            return failure.problem.id.exit
        is_partial = self.status is Status.PARTIAL or self.lacks_recording
        return Exit.PARTIAL if is_partial else Exit.OK
