"""The contract between the engine and `steps/`: steps, their verbs and ends, flows, runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.documents import Casebook, Environment, FaultEntry, Operation
from sgeflow.core.engine import trails
from sgeflow.core.engine.effects import Script
from sgeflow.core.instances import service_problem
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.template import LocalizedTemplate, Scope, Template
from sgeflow.core.model import Failure, FaultClass, Kind, Response, Status
from sgeflow.errors import EvaluationError, Location

if TYPE_CHECKING:
    from sgeflow.core.binding import Binding
    from sgeflow.core.language.shapes import Shape
    from sgeflow.core.people import People, Scenario


class Retry(Struct, frozen=True, kw_only=True):
    """The retries of a read after technical failures (times in seconds)."""

    attempts: int = 3
    backoff: float = 1.0
    longest: float = 30.0
    jitter: bool = True
    within: float | None = None


class Poll(Struct, frozen=True, kw_only=True):
    """The repetition of a step until a condition holds (times in seconds)."""

    every: float
    until: Expression
    fail_if: Expression | None
    within: float


class Foreach(Struct, frozen=True, kw_only=True):
    """The repetition of a step for each item of a list."""

    items: Template
    name: str
    parallel: int = 1
    until: Expression | None = None


class Repeat(Struct, frozen=True, kw_only=True):
    """How a step is done in turns, each with values that the turn before gave."""

    first: Mapping[str, Template]  # the values of the first turn; null without one
    next: Mapping[str, Template]  # the values of a further turn, over the outputs of the last
    until: Expression
    limit: int  # turns


class Verdict(Struct, frozen=True, kw_only=True):
    """The words of an end: a code for programs, a message and a hint for people."""

    code: str
    message: LocalizedTemplate
    hint: LocalizedTemplate | None = None
    partial: bool = False
    technical: bool = False


# -- how a step ends ------------------------------------------------------------------------------


class Pending(Struct, frozen=True, kw_only=True):
    """An undo to carry out if a later step fails: the step and its scope."""

    undo: Step
    scope: Scope
    trail: str
    is_harmless: bool = False  # whether a failed undo leaves nothing that blocks other runs
    is_of_read: bool = False  # the step changed nothing: a failed undo leaves nothing, as a logout


class Done(Struct, frozen=True, kw_only=True):
    """The end of a step that succeeded; `summary` describes its result for people."""

    outputs: Any = None
    summary: str = ""
    status: Status = Status.DONE
    undos: tuple[Pending, ...] = ()
    earlier: bool = False  # whether all answers were received before the run was stopped
    after: str = ""  # the code of a failure after which a handler let the flow continue
    reply: Response | None = None  # the reply of a search for an order
    dated: float | None = None  # the time of that reply, if the reply belongs to the request


class Failed(Struct, frozen=True, kw_only=True):
    """A step that failed."""

    failure: Failure
    undos: tuple[Pending, ...] = ()
    refusal: Failure | None = None  # replaces `failure` if a search does not find the order


class Returned(Struct, frozen=True, kw_only=True):
    """The flow ends successfully."""

    outputs: Any
    status: Status = Status.DONE
    undos: tuple[Pending, ...] = ()


End = Done | Failed | Returned

# -- what a step is -------------------------------------------------------------------------------


class Handler(Struct, frozen=True, kw_only=True):
    """An entry of `on_fault`: handles failures with one of these codes or classes."""

    codes: tuple[str, ...]
    classes: tuple[FaultClass, ...]
    places: tuple[Location, ...] = ()  # the positions of the codes
    outputs: Template | None = None  # the outputs of `continue`
    given: Mapping[str, Location] = field(default_factory=dict)  # the positions of output names
    steps: tuple[Step, ...] = ()
    fail: Verdict | None = None
    retry: Retry | None = None  # retries before the rest of the handler

    @property
    def acts(self) -> bool:
        """Whether the handler does anything other than retry."""
        return bool(self.outputs or self.steps or self.fail)

    def fits(self, code: str, fault_class: FaultClass | None) -> bool:
        """Whether this handler is for such a failure."""
        return code in self.codes or fault_class in self.classes


class Uses(Struct, frozen=True, kw_only=True):
    """The documents, services and values that a step refers to, as its verb gives them."""

    operation: str = ""  # the called operation
    flow: str = ""  # the called flow
    arguments: Mapping[str, Template] = field(default_factory=dict)  # the inputs of that flow
    casebook: str = ""  # the homologation catalogue whose cases the step runs
    service: str = ""  # the requested service of the environment
    instance: Template | None = None  # the instance, if the service has instances
    method: str = ""  # the HTTP method of the request
    is_repeatable: bool = False  # the request may be sent twice
    at_least_once: bool = False  # each sending makes something new, and a second one is harmless
    # inner steps, by the name of their branch (empty for a group); branches run in parallel
    blocks: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    is_choice: bool = False  # only one of the inner steps runs, and its outputs are the step's
    files: tuple[Template, ...] = ()  # the paths of the written files
    keeps: tuple[str, ...] = ()  # the stored series
    loads: tuple[str, ...] = ()  # the loaded series
    exports: bool = False  # the step exports stored series
    values: Mapping[str, Template] = field(default_factory=dict)  # the outputs by name
    remembers: Mapping[str, Template] = field(default_factory=dict)  # values for the next run
    recognises: bool = False  # the step identifies the customer of the flow's state
    forgets: bool = False  # the step deletes remembered values
    ends: tuple[Verdict, ...] = ()  # the verdicts with which the step may end the flow

    @property
    def inner(self) -> tuple[Step, ...]:
        """The steps of all blocks."""
        return tuple(step for steps in self.blocks.values() for step in steps)

    @property
    def is_split(self) -> bool:
        """Whether the blocks run in parallel."""
        return any(self.blocks)

    @property
    def request(self) -> str:
        """The request of the step: an operation, or `GET service`."""
        return self.operation or f"{self.method} {self.service}".strip()

    def changes(self, operations: Mapping[str, Operation]) -> bool:
        """Whether the step is an order, a cancel, or another request that changes something."""
        called = operations.get(self.operation)
        return bool(called and called.kind is not Kind.READ) or self.method not in ("", "GET")


class Spec(Struct, frozen=True, kw_only=True):
    """The decoded keys of a step and its behaviour; each verb has a subclass."""

    @classmethod
    def decode(cls, keys: Any) -> Self:
        """The values of a step's `Keys`; each field is the key of its name."""
        return cls(**keys.values_of(cls))

    @property
    def templates(self) -> tuple[Template, ...]:
        """The templates among the fields, in their order."""
        values = (getattr(self, name) for name in self.__struct_fields__)
        return tuple(value for value in values if isinstance(value, Template))

    def check(self, checker: Any) -> Shape:
        """The shape of the step's outputs; the `Checker` checks the names in its keys."""
        raise NotImplementedError

    def run(self, scope: Scope, run: Run) -> Script[End]:
        """The script of the step."""
        raise NotImplementedError

    def uses(self) -> Uses:
        """Everything that the step refers to."""
        return Uses()

    def says(self) -> tuple[str, ...]:
        """The few lines for the step in a picture of the flow, in the document's words."""
        return ()


class StepVerb(Protocol):
    """A verb as the engine needs it; `Verb` declares more for documents and editors."""

    @property
    def name(self) -> str:
        """The key of the verb in a step."""

    @property
    def ends(self) -> bool:
        """Whether the flow ends after the step."""


class Step(Struct, frozen=True, kw_only=True):
    """An id, one verb with its own settings, and modifiers."""

    id: str
    verb: StepVerb
    spec: Spec
    title: str = ""
    when: Expression | None = None
    foreach: Foreach | None = None
    repeat: Repeat | None = None
    collect: bool = False  # failed items or branches are collected, and the others continue
    keep: bool = False  # the first failed item is collected, and no further item begins
    retry: Retry | None = None
    poll: Poll | None = None
    handlers: tuple[Handler, ...] = ()
    undo: Step | None = None
    timeout: float | None = None
    at: Location

    @property
    def uses(self) -> Uses:
        """Everything that the step refers to."""
        return self.spec.uses()


# -- what a running step knows --------------------------------------------------------------------


class Library(Struct, frozen=True, kw_only=True):
    """The operations and flows that `call` and `flow` find by name."""

    catalog: Catalog
    bindings: Mapping[str, Binding]


class Memory(Struct, frozen=True, kw_only=True):
    """The place of the running flow's state between runs."""

    collection: str
    name: str
    place: str  # the key that all customers share

    @property
    def effect(self) -> Mapping[str, str]:
        """The fields of an effect that name the state."""
        return {"collection": self.collection, "name": self.name, "place": self.place}


class Run(Struct, frozen=True, kw_only=True):
    """The facts of one evaluation: frozen at its start and recorded."""

    id: str
    today: str
    now: str
    environment: Environment
    library: Library
    trail: str = ""
    at: Location | None = None  # the position of the running step
    memory: Memory | None = None
    retry: Retry = field(default_factory=Retry)
    handlers: tuple[Handler, ...] = ()  # the handlers of the step, some of which retry
    choice_handlers: tuple[Handler, ...] = ()  # handlers of the enclosing choice that retry
    deadline: float | None = None
    is_resumable: bool = True  # False for a single call
    is_lookup: bool = False  # the run searches for the effect of an order whose answer was lost
    after_lost: bool = False  # the run is in a handler of an order with an unknown outcome
    is_replay: bool = False  # an undo has begun: finished steps are replayed, nothing is sent
    words: frozenset[str] = frozenset()  # texts of documents, which are never personal data
    names: frozenset[str] = frozenset()  # names of values in documents, never personal data

    def into(self, name: str) -> Run:
        """The run one level deeper: `konnector/gather/half_hours`."""
        return replace(self, trail=trails.inside(self.trail, name))

    def item(self, index: int) -> Run:
        """The run at one item of a list or one turn of a loop: `half_hours[2]`."""
        return replace(self, trail=trails.at_item(self.trail, index))

    def question(self, number: int) -> Run:
        """The run at one question of a poll: `ready~3`."""
        return replace(self, trail=trails.at_poll(self.trail, number))

    def handler(self, flow: str = "") -> Run:
        """The run inside a handler of this step, or of the flow `flow`."""
        return replace(self, trail=trails.at_handler(self.trail, flow))

    def reconcile(self) -> Run:
        """The run inside the read that searches for the order of this step."""
        return replace(self, trail=trails.at_reconcile(self.trail), is_lookup=True)

    def check_service(self, name: str, at: Location, instance: str = "") -> None:
        """Raise EvaluationError for a service, or an instance, that the environment lacks."""
        if problem := service_problem(self.environment, name, instance):
            raise EvaluationError(replace(problem, at=at))

    def key(self, what: str) -> str:
        """The stable key of an effect of this step."""
        return f"{self.trail}#{what}"

    def facts(self) -> Mapping[str, Any]:
        """The facts that expressions read as `run`."""
        return {"id": self.id, "today": self.today, "now": self.now}


class FileWrite(Struct, frozen=True, kw_only=True):
    """A step that may write files, directly or in the flow that it calls."""

    conditions: tuple[tuple[Expression, bool], ...]  # conditions, each with its required result
    files: tuple[Template, ...]  # the paths of the files
    flow: str
    arguments: Mapping[str, Template]  # the inputs of that flow


class State(Struct, frozen=True, kw_only=True):
    """The state that a flow keeps between runs: its collection and its key.

    `customer` is the number of an earlier customer of the key; null is the present one.
    """

    collection: str
    key: Template
    customer: Template | None = None


class Flow(Struct, frozen=True, kw_only=True):
    """Operations chained with conditions, read from `flows/<name>.yaml`."""

    name: str
    title: str
    description: str
    example: str = ""  # the arguments after `sgeflow run NAME` in an example
    inputs: Mapping[str, Parameter]
    state: State | None
    steps: tuple[Step, ...]
    known_after: int = 0  # number of steps after which the customer is known; 0: not asked
    handlers: tuple[Handler, ...]  # the flow's handlers, for failures of all steps
    finally_steps: tuple[Step, ...] = ()  # steps that run once, after success and after failure
    outputs: Mapping[str, Expression]
    shape: Shape  # the shape of the outputs
    paths: frozenset[str] = frozenset()  # inputs that contain the path of a file
    name_parts: frozenset[str] = frozenset()  # inputs that are parts of a file's name
    writes: tuple[FileWrite, ...] = ()  # steps that write files
    at: Location


class Catalog(Struct, frozen=True, kw_only=True):
    """All documents of a project folder, checked."""

    operations: Mapping[str, Operation]
    flows: Mapping[str, Flow]
    environments: Mapping[str, Environment]
    faults: Mapping[str, FaultEntry]
    homologation: Mapping[str, Casebook] = field(default_factory=dict)
    people: Mapping[str, People] = field(default_factory=dict)
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
