"""Explains a value of a flow: its shape, its sources and its value in a run."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from sgeflow.adapters.state.contents import KeptStep
from sgeflow.core.engine.conditions import HIDDEN, digest
from sgeflow.core.engine.step import Flow
from sgeflow.core.engine.trails import flow_handler, without_items
from sgeflow.core.engine.walk import every_position, step_names, trail_in
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.unparse import FieldPath
from sgeflow.core.model import Status
from sgeflow.errors import Details
from sgeflow.runtime.project import Workspace
from sgeflow.tools.graph.graph import RecordedRun
from sgeflow.tools.graph.lineage import Lineage, find_lineage

_FEW = 5  # items of a loop that are listed


class StepEvent(Struct, frozen=True, kw_only=True):
    """A value in a run: the step that produced it, and its form in the journal."""

    status: Status | None = None  # of the producing step; None when it was never reached
    step: str = ""  # the trail of the step of this event
    seconds: float = 0.0
    code: str = ""
    summary: str = ""
    why: Details = ()
    value: Any = None
    is_known: bool = False  # whether `value` is the value


class Explanation(Struct, frozen=True, kw_only=True):
    """Everything known about a value."""

    flow: str
    whence: Lineage
    run: RecordedRun | None = None
    happened: tuple[StepEvent, ...] = ()


def explain(
    workspace: Workspace, flow: str, path: str, run: RecordedRun | None = None
) -> Explanation:
    """Explain the value at a path of a flow, and show its value in a run.

    Paths are those of expressions: `steps.contract.segment`, `inputs.pointId`, `outputs.months` or
    `run.today`. `flow` is a name or the path of a file.

    Raises:
        UsageError: the path does not exist; suggests a similar one.
    """
    chosen = workspace.flow(flow)
    lineage = find_lineage(chosen, workspace.catalog, path)
    events = tuple(_events(workspace, chosen, lineage, run)) if run else ()
    return Explanation(flow=chosen.name, whence=lineage, run=run, happened=events)


def known_paths(workspace: Workspace, flow: str) -> list[str]:
    """The paths of a flow that can be explained, down to the names of steps."""
    chosen = workspace.flow(flow)
    steps = [step_names(placed) for placed in every_position(chosen.steps)]
    return [
        *(f"inputs.{name}" for name in chosen.inputs),
        *(".".join(("steps", *names)) for names in steps),
        *(f"outputs.{name}" for name in chosen.outputs),
        *(f"run.{name}" for name in ("id", "now", "today")),
    ]


def _events(
    workspace: Workspace, flow: Flow, lineage: Lineage, run: RecordedRun
) -> Iterator[StepEvent]:
    entry = run.details.entry
    root, *rest = lineage.path.split(".")
    if lineage.step is not None:
        yield from _of_step(flow, lineage, run)
    elif root == "run":
        facts = {"id": entry.run, "today": entry.today, "now": entry.now}
        yield _value(facts, rest, is_plain=True)
    elif root == "env":
        facts = dict(workspace.environment(entry.environment).facts())
        hidden = dict.fromkeys(("login", "contractId"), HIDDEN)
        yield _value(facts | hidden, rest, is_plain=True)
    elif root in ("inputs", "outputs"):
        values = run.kept.inputs if root == "inputs" else run.kept.outputs
        form = {"fields": {**_default(lineage.parameter), **values}} if root == "inputs" else values
        if values:
            yield _value(form, rest)


def _default(parameter: Parameter | None) -> dict[str, Any]:
    """The default of an input, if the document has one."""
    if parameter is None or parameter.default is None or not parameter.default.is_constant:
        return {}
    return {parameter.name: _fact(parameter.default.written)}


def _of_step(flow: Flow, lineage: Lineage, run: RecordedRun) -> Iterator[StepEvent]:
    """The events of a step, or of the skipped step around it."""
    if lineage.step is None:
        return
    path = lineage.step.path
    traces = list(_traces(run, flow, path))
    if traces:
        yield from (_describe_step(trace, lineage.rest) for trace in traces[:_FEW])
        return
    for length in range(len(path) - 1, 0, -1):
        for trace in _traces(run, flow, path[:length]):
            if trace.status is Status.SKIPPED:
                yield _describe_step(trace, (), is_above=True)
                return
    yield StepEvent()


def _traces(run: RecordedRun, flow: Flow, path: FieldPath) -> Iterator[KeptStep]:
    trail = trail_in(flow.name, path)
    # handlers of the flow are kept under the step that failed
    _, behind = flow_handler(trail) or ("", "")
    for trace in run.kept.steps:
        at = without_items(trace.trail)
        if at == trail or (behind and at.endswith(behind)):
            yield trace


def _describe_step(trace: KeptStep, rest: FieldPath, *, is_above: bool = False) -> StepEvent:
    ran = trace.status in (Status.DONE, Status.PARTIAL)
    value, is_known = _follow(trace.gave, rest) if ran and not is_above else (None, False)
    return StepEvent(
        status=trace.status,
        step=trace.trail,
        seconds=trace.seconds,
        code=trace.code,
        summary=trace.summary,
        why=trace.why,
        value=value,
        is_known=is_known,
    )


def _value(form: Any, rest: list[str], *, is_plain: bool = False) -> StepEvent:
    if is_plain:
        form = {"fields": {name: _fact(value) for name, value in form.items()}}
    value, is_known = _follow(form, tuple(rest))
    return StepEvent(value=value, is_known=is_known)


def _fact(value: Any) -> Any:
    return value if isinstance(value, str) else digest(value)


def _follow(form: Any, rest: FieldPath) -> tuple[Any, bool]:
    """Read the form at some names; a list is returned whole, whatever name of its items follows."""
    for name in rest:
        if isinstance(form, dict) and "items" in form:
            return form, True
        fields = form.get("fields", {}) if isinstance(form, dict) else {}
        if name not in fields:
            return None, form is None
        form = fields[name]
    return form, True
