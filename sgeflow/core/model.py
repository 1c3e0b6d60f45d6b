"""Every value that passes between rooms, on one page.

All of it is frozen. Mappings are read-only by convention of the core: nothing in `core`, `steps`
or `driver` ever changes one, a new scope or report is made instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self, TypeVar

from msgspec import Struct, ValidationError, convert
from msgspec.structs import replace

from sgeflow.core.language.rows import plain_argument
from sgeflow.errors import Details, Exit, Id, InvalidValues, Problem, Unsuccessful
from sgeflow.messages import from_table, say
from sgeflow.values import Discreet, Pictured

T = TypeVar("T")

DEFAULT_ENVIRONMENT = "simulator"
"""The environment of a run or test that names none."""

DEFAULT_SERVICE = "sge"
"""The service of an operation whose route names none."""

MAIL = "MAIL"
"""The method of a request that is a mail; its endpoint is a relay, its path `/`."""

SIMULATOR = "simulator"
DEFAULT_SCENARIO = "household"
"""Stands for the simulator's address in a `base_url`."""

# -- documents ------------------------------------------------------------------------------------


class Kind(StrEnum):
    """The kind of a call: reads may be repeated, orders and cancels never."""

    READ = "read"
    ORDER = "order"
    CANCEL = "cancel"


class FaultClass(StrEnum):
    """The class of a refusal, whatever its code; the last three are ours, not a service's."""

    INVALID = "invalid"  # our mistake, never retried
    DENIED = "denied"  # rights or consent
    NOT_FOUND = "not_found"
    NO_DATA = "no_data"
    ALREADY = "already"  # what we ordered exists
    TRANSIENT = "transient"  # ask again later
    TECHNICAL = "technical"
    NETWORK = "network"  # nothing was sent, or a read got no answer
    CREDENTIALS = "credentials"  # the gateway refused the token, the server the certificate
    UNKNOWN = "unknown"  # an order was sent, and nothing proves what became of it


# -- the wire -------------------------------------------------------------------------------------


class Request(Discreet, frozen=True, kw_only=True):
    """A request to a named endpoint, without its address and without any secret."""

    withheld = frozenset({"instance", "path", "headers", "body"})

    endpoint: str  # a service or a relay of the environment
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    label: str  # the operation, or "GET communes"
    kind: Kind
    is_operation: bool = False  # of the catalogue: its orders leave once, whatever the service
    instance: str = ""  # which one, of a service that is many of a kind
    personal: tuple[str, ...] = ()  # element or member names to hide wherever it is shown
    reply_bytes: int = 32 * 1024 * 1024
    rate: str | None = None  # the operation's own limit, beside the endpoint's
    point: str = ""  # whom an order is for, as the journal lists it
    service: str = ""  # what an order is about at its service, whatever its operation is called
    same: tuple[tuple[str, ...], str] | None = None  # the same order again: its things, its terms
    form: str = ""  # how its operation tells the same order; those of two forms do not compare
    ended_by: tuple[str, ...] = ()  # operations that end what an order made
    alone: bool = False  # a read on a connection that nothing else uses, as orders always are
    anew: bool = False  # asked once more, because what came was the answer to another request
    is_notice: bool = False  # of a `finally` step: no order, whatever its kind
    at_least_once: bool = False  # of no operation: if its answer is lost, it is sent again later
    is_mendable: bool = False  # somebody mends what is refused: a run that goes on asks anew
    writes: bool = False  # of what may be repeated like a read: it changes something all the same

    @property
    def changes(self) -> bool:
        """Whether the request changes something, and so leaves on the right day only."""
        return self.writes or self.kind is not Kind.READ

    @property
    def is_order(self) -> bool:
        """Whether the request is an order or cancel of an operation, which leaves once."""
        return self.is_operation and self.kind is not Kind.READ


class Response(Discreet, frozen=True, kw_only=True):
    """A response, whole and decoded from any transfer coding, with any HTTP status."""

    withheld = frozenset({"headers", "body"})

    status: int
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    seconds: float = 0.0
    earlier: bool = False  # it came before the run was stopped


class NoAnswer(Struct, frozen=True, kw_only=True):
    """No usable answer came; `sent` is whether the request left, None when nobody can know."""

    sent: bool | None
    problem: Problem
    fault_class: FaultClass
    seconds: float = 0.0
    retry_after: float | None = None
    held: bool = False  # it was not to leave any more: what stands beside it had failed
    barred: bool = False  # it must not leave before something else is settled
    earlier: bool = False  # that was so before the run was stopped


class ForeignCode(str):
    """The text at the place of a fault's code that is not a known code."""

    __slots__ = ()


class Fault(Struct, frozen=True, kw_only=True):
    """A service said no. A value: whether it is an error, the flow decides."""

    code: str  # "SGT401", "HTTP404", "" when the answer held none; else a ForeignCode
    message: str  # of the service; empty if it gave none, or only a status
    fault_class: FaultClass
    status: int
    problem: Problem
    retry_after: float | None = None
    refuses: bool = False  # it proves that an order was not accepted


class SentSpans(Struct, frozen=True, kw_only=True):
    """How many spans there were, and how many of them the collector did not take."""

    lost: int
    of: int
    to: str  # scheme, host and port of the collector
    status: int  # of HTTP, the last one; 0 without an answer


class CallRecord(Struct, frozen=True, kw_only=True):
    """One attempt of one call, as journal, log and report see it."""

    key: str  # trail of the step and what it calls: "konnector/gather/half_hours[2]#GET communes"
    label: str
    kind: Kind
    attempt: int
    outcome: str  # "ok", a fault code, or the id of a problem
    seconds: float
    bytes_in: int
    accepted: bool | None = None  # of an order: taken, surely refused, or (None) not known
    endpoint: str = ""  # a service or a relay of the environment
    method: str = ""  # of HTTP
    status: int = 0  # of HTTP; 0 without an answer
    waited: float = 0.0  # seconds for its turn: the rate, or a neighbour that is down
    paused: float = 0.0  # seconds before it was tried again


# -- measures -------------------------------------------------------------------------------------


class Measure(Struct, frozen=True):
    """One value of a series: start of its interval (UTC epoch seconds), value as it was sent."""

    start: int
    value: int | float
    step: int = 0  # seconds; 0 for an instant (maximum power)
    nature: str = ""

    @property
    def instant(self) -> datetime:
        """The start, as an instant in UTC."""
        return datetime.fromtimestamp(self.start, UTC)


class Fall(NamedTuple):
    """The readings of an index below the one before them: how many, and the first of them."""

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
"""The code of a flow that leaves it to a person whether a point is a customer's."""


class Failure(Struct, frozen=True, kw_only=True):
    """Why a step or a run did not succeed: a value that travels up until something handles it."""

    code: str  # the flow's (USER_ACTION_NEEDED), else the service's, else the problem's id
    problem: Problem
    fault_class: FaultClass | None = None
    hint: str = ""
    step: str = ""
    partial: bool = False  # what was done stays done: nothing is undone
    held: bool = False  # an order that was not sent, because what stands beside it had failed
    barred: bool = False  # what another run has open is in the way: no handler has words for that
    answer: str = ""  # of an order whose outcome is unknown: the code of the fault that came
    reason: str = ""  # the message of the fault as it came, masked

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
    started: float | None = None  # epoch seconds; None of what was skipped
    seconds: float = 0.0
    summary: str = ""
    failure: Failure | None = None
    why: Details = ()  # of a skipped step: its condition, part by part
    gave: Any = None  # the form of its outputs, as `digest` makes it
    after: str = ""  # the code of the failure that a handler went on after, in the step's place


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
        today: the day that it took for today, `YYYY-MM-DD`.
        status: how it ended: `done`, `partial` or `failed`.
        seconds: how long it took.
        outputs: the outputs of the flow, by name.
        steps: what each step did, in order.
        warnings: what is worth knowing and stopped nothing.
        files: what it wrote.
        calls: how many attempts of calls it made.
        failure: why it did not succeed; None when it did.
        values: how many measures were kept: new, changed or the same.
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
        """The exit code that it stands for."""
        failure = self.failure
        if failure is not None and failure.fault_class is FaultClass.UNKNOWN:
            return Exit.GUARDED  # in whatever words it is told
        if failure is not None and not failure.partial:
            return failure.problem.id.exit
        is_partial = self.status is Status.PARTIAL or self.lacks_recording
        return Exit.PARTIAL if is_partial else Exit.OK
