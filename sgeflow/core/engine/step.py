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
    """How technical failures of a read are tried again (seconds)."""

    attempts: int = 3
    backoff: float = 1.0
    longest: float = 30.0
    jitter: bool = True
    within: float | None = None


class Poll(Struct, frozen=True, kw_only=True):
    """How a step is asked again until a condition holds (seconds)."""

    every: float
    until: Expression
    fail_if: Expression | None
    within: float


class Foreach(Struct, frozen=True, kw_only=True):
    """How a step is done once an item."""

    items: Template
    name: str
    parallel: int = 1
    until: Expression | None = None


class Verdict(Struct, frozen=True, kw_only=True):
    """The words of an end: a code for programs, a message and a hint for people."""

    code: str
    message: LocalizedTemplate
    hint: LocalizedTemplate | None = None
    partial: bool = False
    technical: bool = False


# -- how a step ends ------------------------------------------------------------------------------


class Pending(Struct, frozen=True, kw_only=True):
    """An undo that waits for a later step to fail: the step and what it may read."""

    undo: Step
    scope: Scope
    trail: str
    is_harmless: bool = False  # what it is for, where it cannot be undone


class Done(Struct, frozen=True, kw_only=True):
    """The step did what it says; `summary` is what a person wants to know of it."""

    outputs: Any = None
    summary: str = ""
    status: Status = Status.DONE
    undos: tuple[Pending, ...] = ()
    earlier: bool = False  # what it is made of came before the run was stopped
    after: str = ""  # the code of the failure that a handler went on after
    reply: Response | None = None  # of a look for an order
    dated: float | None = None  # and when that was made, if it proves whose it is


class Failed(Struct, frozen=True, kw_only=True):
    """A step that failed."""

    failure: Failure
    undos: tuple[Pending, ...] = ()
    refusal: Failure | None = None  # stands instead where a search shows nothing of the order


class Returned(Struct, frozen=True, kw_only=True):
    """The flow ends here, well."""

    outputs: Any
    status: Status = Status.DONE
    undos: tuple[Pending, ...] = ()


End = Done | Failed | Returned

# -- what a step is -------------------------------------------------------------------------------


class Handler(Struct, frozen=True, kw_only=True):
    """An entry of `on_fault`: handles failures with one of these codes or classes."""

    codes: tuple[str, ...]
    classes: tuple[FaultClass, ...]
    places: tuple[Location, ...] = ()  # of the codes
    outputs: Template | None = None  # continue
    given: Mapping[str, Location] = field(default_factory=dict)  # the places of their names
    steps: tuple[Step, ...] = ()
    fail: Verdict | None = None
    retry: Retry | None = None  # before anything else is done

    @property
    def acts(self) -> bool:
        """Whether it does something about what no further try helped."""
        return bool(self.outputs or self.steps or self.fail)

    def fits(self, code: str, fault_class: FaultClass | None) -> bool:
        """Whether this handler is for such a failure."""
        return code in self.codes or fault_class in self.classes


class Uses(Struct, frozen=True, kw_only=True):
    """Everything that a step refers to; only its verb knows how that is written."""

    operation: str = ""  # that it calls
    flow: str = ""  # that it runs
    arguments: Mapping[str, Template] = field(default_factory=dict)  # of that flow
    casebook: str = ""  # the homologation catalogue whose cases it tries
    service: str = ""  # of the environment, that it asks
    instance: Template | None = None  # which one, of a service that may be many of a kind
    method: str = ""  # of HTTP, by which it asks the service
    is_repeatable: bool = False  # done twice, it does no harm
    at_least_once: bool = False  # it makes something new each time, and one too many harms nobody
    # its steps, by the name they are read behind (a group's has none); named ones go side by side
    blocks: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    is_choice: bool = False  # one of the steps in it is done, and gives what it gives
    files: tuple[Template, ...] = ()  # the paths of files that it writes
    keeps: tuple[str, ...] = ()  # series of measures
    loads: tuple[str, ...] = ()  # series of measures that were kept before
    exports: bool = False  # measures that were kept, of whatever series
    values: Mapping[str, Template] = field(default_factory=dict)  # that it gives under their names
    remembers: Mapping[str, Template] = field(default_factory=dict)  # for the next run of the flow
    recognises: bool = False  # who the customer of the flow's state is
    forgets: bool = False  # what was remembered
    ends: tuple[Verdict, ...] = ()  # that it may tell

    @property
    def inner(self) -> tuple[Step, ...]:
        """The steps of all blocks."""
        return tuple(step for steps in self.blocks.values() for step in steps)

    @property
    def is_split(self) -> bool:
        """Whether its blocks go side by side."""
        return any(self.blocks)

    @property
    def request(self) -> str:
        """The request of the step: an operation, or `GET service`."""
        return self.operation or f"{self.method} {self.service}".strip()

    def changes(self, operations: Mapping[str, Operation]) -> bool:
        """Whether it is an order, a cancel, or any other request that changes something."""
        called = operations.get(self.operation)
        return bool(called and called.kind is not Kind.READ) or self.method not in ("", "GET")


class Spec(Struct, frozen=True, kw_only=True):
    """The keys of a step: the file of a verb declares them, and what the verb does with them."""

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
        """The shape of what the step gives; a `Checker` proves the names in its keys."""
        raise NotImplementedError

    def run(self, scope: Scope, run: Run) -> Script[End]:
        """The script of the step."""
        raise NotImplementedError

    def uses(self) -> Uses:
        """Everything that the step refers to."""
        return Uses()

    def says(self) -> tuple[str, ...]:
        """The few lines that a picture of the flow shows for the step, in words of the document."""
        return ()


class StepVerb(Protocol):
    """A verb as the engine needs it; `Verb` declares more for documents and editors."""

    @property
    def name(self) -> str:
        """The key under which it stands in a step."""

    @property
    def ends(self) -> bool:
        """Whether no step of the flow comes after it."""


class Step(Struct, frozen=True, kw_only=True):
    """An id, one verb with its own settings, and modifiers."""

    id: str
    verb: StepVerb
    spec: Spec
    title: str = ""
    when: Expression | None = None
    foreach: Foreach | None = None
    collect: bool = False  # failed items or branches are collected, the others go on
    keep: bool = False  # the first failed item is collected, and no other is begun
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
    """The catalogue, bound for use: what `call` and `flow` find by name."""

    catalog: Catalog
    bindings: Mapping[str, Binding]


class Memory(Struct, frozen=True, kw_only=True):
    """The place of the running flow's state between runs."""

    collection: str
    name: str
    place: str  # the key that all its customers have in common

    @property
    def effect(self) -> Mapping[str, str]:
        """The fields of an effect that say where the state is."""
        return {"collection": self.collection, "name": self.name, "place": self.place}


class Run(Struct, frozen=True, kw_only=True):
    """The facts of one evaluation: frozen at its start and recorded."""

    id: str
    today: str
    now: str
    environment: Environment
    library: Library
    trail: str = ""
    at: Location | None = None  # of the step that runs
    memory: Memory | None = None
    retry: Retry = field(default_factory=Retry)
    handlers: tuple[Handler, ...] = ()  # of the step, of which some ask again
    choice_handlers: tuple[Handler, ...] = ()  # of the choice that it stands in, which ask again
    deadline: float | None = None
    is_resumable: bool = True  # when it was stopped; a single call does not
    is_lookup: bool = False  # for what an order made, whose answer was lost
    after_lost: bool = False  # in the handlers of an order of which nobody knows
    is_replay: bool = False  # an undo has begun: what was done is gone over, and nothing is sent
    words: frozenset[str] = frozenset()  # texts of documents: whoever reads them learns nothing
    names: frozenset[str] = frozenset()  # of values, by documents or verbs: they tell of nobody

    def into(self, name: str) -> Run:
        """The run, one level deeper: `konnector/gather/half_hours`."""
        return replace(self, trail=trails.inside(self.trail, name))

    def item(self, index: int) -> Run:
        """The run, at one item of a list: `half_hours[2]`."""
        return replace(self, trail=trails.at_item(self.trail, index))

    def turn(self, number: int) -> Run:
        """The run, at one question of a poll: `ready~3`."""
        return replace(self, trail=trails.at_poll(self.trail, number))

    def handler(self, flow: str = "") -> Run:
        """The run, in the handlers of this step, or in a flow's for what failed here."""
        return replace(self, trail=trails.at_handler(self.trail, flow))

    def reconcile(self) -> Run:
        """The run, in the read that looks for what this step ordered."""
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
    """A step that may write files, itself or by the flow that it calls."""

    conditions: tuple[tuple[Expression, bool], ...]  # with what they must give
    files: tuple[Template, ...]  # their paths
    flow: str
    arguments: Mapping[str, Template]  # of that flow


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
    example: str = ""  # what stands behind `sgeflow run NAME` to try it
    inputs: Mapping[str, Parameter]
    state: State | None
    steps: tuple[Step, ...]
    known_after: int = 0  # so many steps it is known who the customer is; 0: nobody asks
    handlers: tuple[Handler, ...]  # of all its steps
    finally_steps: tuple[Step, ...] = ()  # done once, whatever happened
    outputs: Mapping[str, Expression]
    shape: Shape  # of the outputs
    paths: frozenset[str] = frozenset()  # the inputs that hold the path of a file
    name_parts: frozenset[str] = frozenset()  # those that stand in a file's name as they are
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
