"""Flow tests as values: what is tried, what is expected of it, and what was seen."""

from __future__ import annotations

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
    """A value that an expression must give, and where it is written."""

    expression: Expression
    value: Any
    at: Location
    written: Template  # the value with the places of its parts


class ExpectedCall(Struct, frozen=True, kw_only=True):
    """A call that must be made: an operation, or a method and a service with or without a path."""

    label: str  # the operation, or "GET communes"
    path: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Location] = field(default_factory=dict)  # of the values
    outcome: str = ""
    at: Location


class ExpectedFile(Struct, frozen=True, kw_only=True):
    """A file that must be written, and values in it."""

    name: str
    values: tuple[ExpectedValue, ...]
    at: Location


class ExpectedSeries(Struct, frozen=True, kw_only=True):
    """Facts that must hold of a kept series when the run has ended."""

    name: str
    facts: Mapping[str, Any]  # values, first, last, sum, unit
    at: Location


class ExpectedText(Struct, frozen=True, kw_only=True):
    """A word, an id or a number that must be there, and where it is written."""

    text: str
    at: Location


class Expectation(Struct, frozen=True, kw_only=True):
    """All that a case expects; what is None or empty is not looked at."""

    outcome: ExpectedText
    code: ExpectedText | None = None
    exit: ExpectedText | None = None
    message: ExpectedText | None = None
    outputs: tuple[ExpectedValue, ...] = ()
    calls: tuple[ExpectedCall, ...] = ()
    last: ExpectedCall | None = None  # of all calls
    times: tuple[tuple[ExpectedCall, int], ...] = ()  # how often they must be made
    orders: tuple[ExpectedCall, ...] | None = None
    orders_at: Location | None = None
    never: tuple[ExpectedCall, ...] = ()
    skipped: tuple[ExpectedText, ...] = ()
    files: tuple[ExpectedFile, ...] = ()
    no_files_at: Location | None = None  # where it is written that none is
    measures: tuple[ExpectedSeries, ...] = ()
    warnings: tuple[ExpectedText, ...] = ()
    checks: tuple[Expression, ...] = ()


# -- what is tried ---------------------------------------------------------------------------------


class PreviousRun(Struct, frozen=True, kw_only=True):
    """A run that was before, in the same state."""

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
    environment: str  # empty: the recorded one
    today: str  # empty: the recorded one
    scenario: str
    faults: str
    cassette: str  # a path from the folder of the test
    inputs: Mapping[str, Any]
    secrets: Mapping[str, str]
    stubs: Mapping[str, tuple[Stub, ...]]  # of services, in the order in which they answer
    earlier: tuple[PreviousRun, ...]
    expect: Expectation
    places: Mapping[str, Location]  # of the settings, wherever they are written
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
    """One request that was sent, and how its answer was understood."""

    label: str
    kind: str
    method: str
    path: str
    values: Mapping[str, Any]  # an operation's parameters, or the members of a body and a query
    is_operation: bool = True
    outcome: str = ""

    def facts(self) -> Mapping[str, Any]:
        """The facts of the call that a condition reads."""
        return {
            "call": self.label,
            "kind": self.kind,
            "path": self.path,
            "with": dict(self.values),
            "outcome": self.outcome,
        }


class Observed(Struct, frozen=True, kw_only=True):
    """The result of a run, as a test looks at it."""

    outcome: str
    exit: int
    code: str = ""
    message: str = ""
    hint: str = ""
    step: str = ""  # that failed
    outputs: Any = None
    steps: tuple[StepTrace, ...] = ()
    warnings: tuple[str, ...] = ()
    calls: tuple[ObservedCall, ...] = ()
    files: Mapping[str, Any] = field(default_factory=dict)  # what is in those that were written
    measures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def facts(self) -> Mapping[str, Any]:
        """The facts of the run that a condition of a test reads."""
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
    """The run that a case looked at: where it was, what it asked, and where it failed."""

    environment: str
    scenario: str
    today: str
    calls: tuple[tuple[str, str], ...]  # each with its outcome, in the order of their start
    step: str = ""  # that failed
    at: Location | None = None  # of that step


class CaseResult(Struct, frozen=True, kw_only=True):
    """How one case came out."""

    test: str  # the test's file
    name: str
    title: str
    flow: str
    at: Location
    seconds: float
    run: CaseRun | None = None  # none where it could not be tried
    problems: tuple[Problem, ...] = ()  # none: it passed
    recorded: str = ""  # the cassette that was made of it

    @property
    def is_success(self) -> bool:
        """Whether all was seen that is expected."""
        return not self.problems


def _facts(trace: StepTrace) -> Mapping[str, Any]:
    return {
        "step": trace.trail.partition("/")[2],
        "verb": trace.verb,
        "status": trace.status.value,
        "summary": trace.summary,
    }
