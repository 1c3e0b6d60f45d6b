"""Every value that passes between rooms, on one page.

All of it is frozen. Mappings are read-only by convention of the core: nothing in `core`, `steps`
or `driver` ever changes one, a new scope or report is made instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from sgeflow.errors import Location, Problem, Unsuccessful

if TYPE_CHECKING:
    from sgeflow.core.engine.step import Step
    from sgeflow.core.language.expression import Expression
    from sgeflow.core.language.shape import Shape
    from sgeflow.core.language.template import Template
    from sgeflow.core.stubs import Stub

DEFAULT_ENVIRONMENT = "simulator"
"""The environment of a run or test that names none."""

SGE = "sge"
"""The endpoint of an environment that operations are called at; the others are services."""

SIMULATOR = "simulator"
"""Stands for the simulator's address in a `base_url`."""

# -- documents ------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What a call does at Enedis: reads may be repeated, orders and cancels never."""

    READ = "read"
    ORDER = "order"
    CANCEL = "cancel"


class FaultClass(StrEnum):
    """What a refusal means, whatever its code; the last three are ours, not SGE's."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A named value that an operation or a flow takes: JSON Schema plus how it is filled."""

    name: str
    schema: Mapping[str, Any]  # resolved: no $ref
    required: bool
    default: Template | None = None
    description: str = ""
    personal: bool = False  # never shown: a name, an address
    at: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What must hold between parameters before anything is sent."""

    check: Expression
    message: str
    dated: bool = False  # it reads the day, `run.today`


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where an operation lives, behind a gateway and at Enedis itself (paths, no host)."""

    gateway: str | None
    direct: str | None
    soap_action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Facts of the service: longest period a call may cover, calls a second, reply size."""

    window: Mapping[str, str] = field(default_factory=dict)
    history: Mapping[str, str] = field(default_factory=dict)
    rate: str | None = None
    reply_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeSpec:
    """The request's XML as declared: `body` maps an element to its content, in XSD order.

    A key is `prefix:name`, `name` or `@attribute`; a value is text with `${parameter}` or a
    mapping of children. `header` is `none`, `entete` or `enteteP`.
    """

    namespaces: Mapping[str, str]
    header: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSpec:
    """How a reply is read: accepted root names, what repeats, what each output is."""

    elements: tuple[str, ...]
    lists: tuple[str, ...]
    paths: Mapping[str, Expression]


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """What a reply repeats of a parameter when it is the answer to this request."""

    parameter: str
    path: Expression  # over the reply: all that it finds must be what was asked for
    value: Expression | None = None  # over the parameters, where a reply says it in other words
    bound: str = ""  # "earliest" or "latest": a date that may be cut, and never goes beyond


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """When an order that the read does not show was surely not accepted."""

    after: str  # how long after the order the read must have begun, as written: "P1D"
    when: Expression  # what else must hold of what the read gave


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconcile:
    """The read that settles an order whose answer was lost."""

    call: str
    arguments: Mapping[str, Template]
    found: Expression
    outputs: Mapping[str, Expression]
    absent: Absence | None = None  # without it, what is not found stays unknown
    places: Mapping[str, Location] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """The parameters that make an order the same one again; none: all that is sent does."""

    thing: tuple[str, ...]  # what is ordered, of which point
    terms: tuple[str, ...] = ()  # from when to when, in which form


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A call to paste: its parameters as written; `day` is when it could be sent so, if said."""

    name: str
    parameters: Mapping[str, Any]
    description: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One SGE service operation, read from `operations/<name>.yaml`."""

    name: str
    title: str
    description: str
    service: str
    version: str
    kind: Kind
    status: str  # current | superseded | retired
    route: Route
    limits: Limits
    parameters: Mapping[str, Parameter]
    rules: tuple[Rule, ...]
    envelope: EnvelopeSpec
    response: ResponseSpec
    faults: Mapping[str, FaultClass]
    reconcile: Reconcile | None
    personal: tuple[str, ...]  # reply and request elements that name a person
    examples: Mapping[str, Example]
    at: Location
    same: Same | None = None
    echo: Mapping[str, Echo] = field(default_factory=dict)  # by parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEntry:
    """What `faults.yaml` knows of a code, in English (`en`) and French (`fr`)."""

    code: str
    fault_class: FaultClass
    meaning: Mapping[str, str]
    cause: Mapping[str, str]
    remedy: Mapping[str, str]
    refuses: bool | None = None  # whether it proves that an order was not accepted, if said


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a flow remembers between runs, and under which key."""

    collection: str
    key: Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Operations chained with conditions, read from `flows/<name>.yaml`."""

    name: str
    title: str
    description: str
    inputs: Mapping[str, Parameter]
    state: State | None
    steps: tuple[Step, ...]
    handlers: tuple[Any, ...]  # flow-wide `on_fault`: engine.handlers.Handler
    outputs: Mapping[str, Expression]
    shape: Shape  # of the outputs
    paths: frozenset[str] = frozenset()  # the inputs that hold the path of a file
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One neighbour of an environment: addresses and limits, its secrets still as references."""

    name: str
    base_url: str
    route: str  # gateway | direct
    headers: Mapping[str, str]  # values may hold ${secret.NAME}
    rate: str | None
    connect_timeout: float
    read_timeout: float
    total_timeout: float
    certificate: str | None = None
    key: str | None = None
    key_password: str | None = None
    pfx: str | None = None
    ca: str | None = None
    basic_user: str | None = None
    basic_password: str | None = None
    personal: tuple[str, ...] = ()  # members of its messages that name or locate a person
    stubs: tuple[Stub, ...] | None = None  # what answers for it; None: nothing is said of it

    @property
    def is_simulated(self) -> bool:
        """Whether the simulator answers for it: it has no address of its own."""
        return self.base_url.partition("/")[0] == SIMULATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKey:
    """A key of delivered files, its secrets still as references; without `iv` each file has one."""

    name: str
    key: str
    iv: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where calls go, read from `environments/<name>.yaml`."""

    name: str
    title: str
    simulated: bool
    generation: str  # seed | current
    login: str
    contract_id: str
    endpoints: Mapping[str, Endpoint]  # "sge" and the named services
    inputs: Mapping[str, Any]
    settings: Mapping[str, Any]  # free facts that flows may read as env.*
    confirm_orders: bool = False  # orders need a word on the command line
    repeat_after: float = 86_400.0  # seconds until the same order may be sent again
    at: Location
    file_keys: tuple[FileKey, ...] = ()
    state: str = ""  # address of the server that keeps journal and store; the password a secret

    def address(self, name: str) -> str:
        """Where calls to an endpoint go, for people; a simulated one has no address outside."""
        return self.endpoints[name].base_url if self.is_reached(name) else f"stubs/{name}"

    def is_reached(self, name: str) -> bool:
        """Whether calls to an endpoint go where it says; in a simulated one stubs may answer."""
        return self.endpoints[name].is_simulated or not self.simulated

    def facts(self) -> Mapping[str, Any]:
        """What expressions may read as `env`: never a secret, never an address."""
        return {
            **self.settings,
            "name": self.name,
            "login": self.login,
            "contractId": self.contract_id,
            "generation": self.generation,
            "simulated": self.simulated,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A read made before a case, and what the case works on among its outputs."""

    call: str
    arguments: Mapping[str, Template]
    places: Mapping[str, Location]
    found: Expression
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of Enedis' homologation: a call, and the answer that it must get."""

    id: str  # as the official catalogue prints it: "ADP-R1 (C5)"
    title: str
    call: str
    arguments: Mapping[str, Template]
    places: Mapping[str, Location]
    first: Lookup | None
    after: tuple[str, ...]  # cases that must have run before
    expect: tuple[str, ...]  # "ok", "refused" (whatever the code), or codes
    accept: tuple[str, ...]  # codes that count as a pass, too
    unchecked: bool  # wrong on purpose: sent although it breaks a rule
    stale: str  # why homologation may answer otherwise
    excused: tuple[str, ...]  # "ok", "nothing" (to work on) or codes: no failure for that reason
    at: Location
    told: Mapping[str, tuple[Location, ...]]  # the places of call, expect, accept, after


@dataclass(frozen=True, slots=True, kw_only=True)
class Casebook:
    """Cases of one release, read from `homologation/<name>.yaml`, in the order they run."""

    name: str
    title: str
    description: str
    release: str
    orders_accept: tuple[str, ...]  # codes that count as a pass of an order expected to be ok
    codes: tuple[Location, ...]  # their places
    cases: Mapping[str, Case]
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All documents of a project folder, checked."""

    operations: Mapping[str, Operation]
    flows: Mapping[str, Flow]
    environments: Mapping[str, Environment]
    faults: Mapping[str, FaultEntry]
    homologation: Mapping[str, Casebook] = field(default_factory=dict)


# -- the wire -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent: to a named endpoint, without its address and without any secret."""

    endpoint: str  # "sge" or a service of the environment
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    label: str  # the operation, or "GET communes"
    kind: Kind
    personal: tuple[str, ...] = ()  # element or member names to hide wherever it is shown
    reply_bytes: int = 32 * 1024 * 1024
    rate: str | None = None  # the operation's own limit, beside the endpoint's
    point: str = ""  # whom an order is for, as the journal lists it
    same: tuple[str, str] | None = None  # what makes it the same order again: thing, terms
    alone: bool = False  # a read on a connection that nothing else uses, as orders always are
    anew: bool = False  # asked once more, because what came was the answer to another request


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back, whole and decoded from any transfer coding; an HTTP status may be any."""

    status: int
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    seconds: float = 0.0
    earlier: bool = False  # it came before the run was stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """No usable answer came. `sent` is the honest part: False, or None when nobody can know."""

    sent: bool | None
    problem: Problem
    fault_class: FaultClass
    seconds: float = 0.0
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """SGE (or another service) said no. A value: whether it is an error, the flow decides."""

    code: str  # "SGT401", "HTTP404", "" when the answer held none
    message: str
    fault_class: FaultClass
    status: int
    problem: Problem
    retry_after: float | None = None
    refuses: bool = False  # it proves that an order was not accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One attempt of one call, as journal, log and report see it."""

    key: str  # trail of the step and what it calls: "konnector/gather/half_hours[2]#GET communes"
    label: str
    kind: Kind
    attempt: int
    outcome: str  # "ok", a fault code, or the id of a problem
    seconds: float
    bytes_in: int
    accepted: bool | None = None  # of an order: taken, surely refused, or (None) not known


# -- measures -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """One value of a series: start of its interval (UTC epoch seconds), value as SGE sent it."""

    start: int
    value: int | float
    step: int = 0  # seconds; 0 for an instant (maximum power)
    nature: str = ""

    @property
    def instant(self) -> datetime:
        """The start, as an instant in UTC."""
        return datetime.fromtimestamp(self.start, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What a stored series is called and measured in."""

    point: str
    name: str  # daily_energy, load_curve, max_power, monthly_energy …
    unit: str  # W, Wh, VA


# -- runs -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a step or a run did not succeed: a value that travels up until something handles it."""

    code: str  # the flow's word (USER_ACTION_NEEDED), else SGE's code, else the problem's id
    problem: Problem
    fault_class: FaultClass | None = None
    hint: str = ""
    step: str = ""
    partial: bool = False  # what was done stays done: nothing is undone
    answer: str = ""  # of an order whose outcome is unknown: the code of the fault that came


class Status(StrEnum):
    """How a step or a run ended."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    PARTIAL = "partial"
    RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTrace:
    """What a person wants to know of one step."""

    trail: str
    verb: str
    title: str
    status: Status
    seconds: float = 0.0
    summary: str = ""
    failure: Failure | None = None
    why: tuple[tuple[str, str], ...] = ()  # of a skipped step: its condition, part by part
    gave: Any = None  # the form of its outputs, as `digest` makes it


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run did. It exists even when the run failed."""

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
    values: int = 0  # measures that were kept: new, changed or the same

    def raise_for_failure(self) -> Self:
        """The report itself; raises Unsuccessful with the failure's message when there is one."""
        if self.failure:
            raise Unsuccessful(self.failure.problem)
        return self
