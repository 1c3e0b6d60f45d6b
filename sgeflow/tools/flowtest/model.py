"""The data of flow tests: cases, expectations and observed outcomes."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sgeflow.core.language.expression import Expression
from sgeflow.core.language.template import Template
from sgeflow.core.model import StepTrace
from sgeflow.core.stubs import Stub
from sgeflow.errors import Location, Problem
from sgeflow.values import Discreet

# -- what is expected ------------------------------------------------------------------------------


class ExpectedValue(Struct, frozen=True, kw_only=True):
    """An expected value of an expression, with its place."""

    expression: Expression
    value: Any
    at: Location
    written: Template  # the value, with the places of its parts


class ExpectedCall(Struct, frozen=True, kw_only=True):
    """An expected call: an operation, or a method and a service with or without a path."""

    label: str  # the operation, or "GET communes"
    path: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Location] = field(default_factory=dict)  # of the values
    outcome: str = ""
    at: Location


class ExpectedFile(Struct, frozen=True, kw_only=True):
    """A file that must be written, with expected values in it."""

    name: str
    values: tuple[ExpectedValue, ...]
    at: Location


class ExpectedSeries(Struct, frozen=True, kw_only=True):
    """Facts that a kept series must have at the end of the run."""

    name: str
    facts: Mapping[str, Any]  # values, first, last, sum, unit
    at: Location


class ExpectedText(Struct, frozen=True, kw_only=True):
    """An expected word, id or number, with its place."""

    text: str
    at: Location


class Expectation(Struct, frozen=True, kw_only=True):
    """All expectations of a case; None and empty ones are not compared."""

    outcome: ExpectedText
    code: ExpectedText | None = None
    exit: ExpectedText | None = None
    message: ExpectedText | None = None
    outputs: tuple[ExpectedValue, ...] = ()
    calls: tuple[ExpectedCall, ...] = ()
    last: ExpectedCall | None = None  # the last call of all
    times: tuple[tuple[ExpectedCall, int], ...] = ()  # expected numbers of calls
    orders: tuple[ExpectedCall, ...] | None = None
    orders_at: Location | None = None
    never: tuple[ExpectedCall, ...] = ()
    skipped: tuple[ExpectedText, ...] = ()
    files: tuple[ExpectedFile, ...] = ()
    no_files_at: Location | None = None  # the place of "no files"
    measures: tuple[ExpectedSeries, ...] = ()
    warnings: tuple[ExpectedText, ...] = ()
    checks: tuple[Expression, ...] = ()


# -- what is tried ---------------------------------------------------------------------------------


class PreviousRun(Struct, frozen=True, kw_only=True):
    """An earlier run in the same state."""

    today: str
    inputs: Mapping[str, Any]
    scenario: str
    at: Location


class FlowCase(Discreet, frozen=True, kw_only=True):
    """One case of a flow test in one environment."""

    withheld = frozenset({"secrets"})

    name: str  # "opposition", or "opposition[simulator]" when there are several environments
    title: str
    flow: str
    environment: str  # empty: the environment of the recording
    today: str  # empty: the day of the recording
    scenario: str
    faults: str
    cassette: str  # a path relative to the test's folder
    inputs: Mapping[str, Any]
    secrets: Mapping[str, str]
    stubs: Mapping[str, tuple[Stub, ...]]  # by service, in the order in which they answer
    earlier: tuple[PreviousRun, ...]
    expect: Expectation
    places: Mapping[str, Location]  # places of the settings
    at: Location


class FlowTest(Struct, frozen=True, kw_only=True):
    """A flow test, read from `tests/flows/<name>.test.yaml`."""

    name: str
    title: str
    file: str
    cases: tuple[FlowCase, ...]
    at: Location


# -- what was seen ---------------------------------------------------------------------------------


class ObservedCall(Struct, frozen=True, kw_only=True):
    """A request that was sent, with the outcome of its answer."""

    label: str
    kind: str
    method: str
    path: str
    values: Mapping[str, Any]  # parameters of an operation, or members of body and query
    is_operation: bool = True
    outcome: str = ""

    def facts(self) -> Mapping[str, Any]:
        """The facts of the call that conditions read."""
        return {
            "call": self.label,
            "kind": self.kind,
            "path": self.path,
            "with": dict(self.values),
            "outcome": self.outcome,
        }


class Observed(Struct, frozen=True, kw_only=True):
    """The outcome of a run, as a test sees it."""

    outcome: str
    exit: int
    code: str = ""
    message: str = ""
    hint: str = ""
    step: str = ""  # the failed step
    outputs: Any = None
    steps: tuple[StepTrace, ...] = ()
    warnings: tuple[str, ...] = ()
    calls: tuple[ObservedCall, ...] = ()
    files: Mapping[str, Any] = field(default_factory=dict)  # contents of the written files
    measures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def facts(self) -> Mapping[str, Any]:
        """The facts of the run that conditions of a test read."""
        return {
            "outcome": self.outcome,
            "exit": self.exit,
            "code": self.code,
            "message": self.message,
            "outputs": self.outputs,
            "calls": [call.facts() for call in self.calls],
            "steps": [_facts(trace) for trace in self.steps],
            "warnings": list(self.warnings),
            "files": dict(self.files),
            "measures": {name: dict(facts) for name, facts in self.measures.items()},
        }


class CaseRun(Struct, frozen=True, kw_only=True):
    """The run of a case: its environment, its requests and its failure."""

    environment: str
    scenario: str
    today: str
    calls: tuple[tuple[str, str], ...]  # each with its outcome, in the order of start
    step: str = ""  # the failed step
    at: Location | None = None  # place of the failed step


class CaseResult(Struct, frozen=True, kw_only=True):
    """The result of one case."""

    test: str  # the test's file
    name: str
    title: str
    flow: str
    at: Location
    seconds: float
    run: CaseRun | None = None  # None when the case could not be run
    problems: tuple[Problem, ...] = ()  # empty: the case passed
    recorded: str = ""  # the recorded cassette

    @property
    def is_success(self) -> bool:
        """Whether all expectations were met."""
        return not self.problems


def _facts(trace: StepTrace) -> Mapping[str, Any]:
    return {
        "step": trace.trail.partition("/")[2],
        "verb": trace.verb,
        "status": trace.status.value,
        "summary": trace.summary,
    }
