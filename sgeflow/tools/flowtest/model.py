"""Flow tests as values: what is tried, what is expected of it, and what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sgeflow.core.language.expression import Expression
from sgeflow.core.language.template import Template
from sgeflow.core.model import StepTrace
from sgeflow.core.stubs import Stub
from sgeflow.errors import Location, Problem

# -- what is expected ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A value that an expression must give, and where it is written."""

    expression: Expression
    value: Any
    at: Location
    written: Template  # the value with the places of its parts


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCall:
    """A call that must be made: an operation, or a method and a service with or without a path."""

    label: str  # the operation, or "GET communes"
    path: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Location] = field(default_factory=dict)  # of the values
    outcome: str = ""
    times: int | None = None  # how many such calls must be made; None: one at least
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFile:
    """A file that must be written, and values in it."""

    name: str
    values: tuple[Wanted, ...]
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSeries:
    """What must be kept of a series when the run has ended."""

    name: str
    facts: Mapping[str, Any]  # values, first, last, sum, unit
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedText:
    """A word, an id or a number that must be there, and where it is written."""

    text: str
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """All that a case expects; what is None or empty is not looked at."""

    outcome: WantedText
    code: WantedText | None = None
    exit: WantedText | None = None
    message: WantedText | None = None
    outputs: tuple[Wanted, ...] = ()
    calls: tuple[WantedCall, ...] = ()
    orders: tuple[WantedCall, ...] | None = None
    orders_at: Location | None = None
    never: tuple[WantedCall, ...] = ()
    skipped: tuple[WantedText, ...] = ()
    files: tuple[WantedFile, ...] = ()
    measures: tuple[WantedSeries, ...] = ()
    warnings: tuple[WantedText, ...] = ()
    checks: tuple[Expression, ...] = ()


# -- what is tried ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A run that was before, in the same state."""

    today: str
    inputs: Mapping[str, Any]
    scenario: str
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One case of a flow test in one environment."""

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
    earlier: tuple[Earlier, ...]
    expect: Expectation
    places: Mapping[str, Location]  # of the settings, wherever they are written
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTest:
    """A flow test, read from `tests/flows/<name>.test.yaml`."""

    name: str
    title: str
    file: str
    trials: tuple[Trial, ...]
    at: Location


# -- what was seen ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCall:
    """One request that was sent, and how its answer was understood."""

    label: str
    kind: str
    method: str
    path: str
    values: Mapping[str, Any]  # an operation's parameters, or the members of a body and a query
    is_sge: bool = True
    outcome: str = ""

    def facts(self) -> Mapping[str, Any]:
        """What a condition reads of it."""
        return {
            "call": self.label,
            "kind": self.kind,
            "path": self.path,
            "with": dict(self.values),
            "outcome": self.outcome,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a run did, as a test looks at it."""

    outcome: str
    exit: int
    code: str = ""
    message: str = ""
    hint: str = ""
    step: str = ""  # that failed
    outputs: Any = None
    steps: tuple[StepTrace, ...] = ()
    warnings: tuple[str, ...] = ()
    calls: tuple[SeenCall, ...] = ()
    files: Mapping[str, Any] = field(default_factory=dict)  # what is in those that were written
    measures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def facts(self) -> Mapping[str, Any]:
        """What a condition of a test reads."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How one case came out."""

    test: str  # the test's file
    name: str
    title: str
    seconds: float
    problems: tuple[Problem, ...] = ()  # none: it passed
    recorded: str = ""  # the cassette that was made of it

    @property
    def passed(self) -> bool:
        """Whether all was seen that is expected."""
        return not self.problems


def _facts(trace: StepTrace) -> Mapping[str, Any]:
    return {
        "step": trace.trail.partition("/")[2],
        "verb": trace.verb,
        "status": trace.status.value,
        "summary": trace.summary,
    }
