"""What a value of a flow is, where it comes from, and what it was in a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sgeflow.adapters.state.step_traces import KeptStep
from sgeflow.core.checking.walk import every_placed, plain, readable
from sgeflow.core.engine.conditions import HIDDEN, digest
from sgeflow.core.engine.step import Flow
from sgeflow.core.engine.trails import at_handler, flow_handler, inside, without_items
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.unparse import Path
from sgeflow.core.model import Status
from sgeflow.runtime.project import Workspace
from sgeflow.tools.graph.graph import SeenRun
from sgeflow.tools.graph.lineage import Whence, whence

_FEW = 5  # items of a loop that are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What became of a value in a run; `value` is its form, as the journal keeps it."""

    status: Status | None = None  # of the step that gives it; None when its turn never came
    step: str = ""  # the trail of the step of which this is told
    seconds: float = 0.0
    code: str = ""
    summary: str = ""
    why: tuple[tuple[str, str], ...] = ()
    value: Any = None
    is_known: bool = False  # whether `value` says anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that is known of a value."""

    flow: str
    whence: Whence
    run: SeenRun | None = None
    happened: tuple[Happened, ...] = ()


def explain(workspace: Workspace, flow: str, path: str, run: SeenRun | None = None) -> Explanation:
    """Explain the value at a path of a flow, as expressions read it.

    Args:
        workspace: an opened project.
        flow: its name, or the path of its file.
        path: `steps.contract.segment`, `inputs.pointId`, `outputs.months`, `run.today`.
        run: an earlier run of the flow, to tell what the value was in it.

    Raises:
        UsageError: nothing has that name; with the one that was probably meant.
    """
    chosen = workspace.flow(flow)
    found = whence(chosen, workspace.catalog, path)
    happened = tuple(_happened(workspace, chosen, found, run)) if run else ()
    return Explanation(flow=chosen.name, whence=found, run=run, happened=happened)


def known_paths(workspace: Workspace, flow: str) -> list[str]:
    """The paths of a flow that can be explained, down to the names of steps."""
    chosen = workspace.flow(flow)
    steps = (readable(placed) for placed in every_placed(chosen.steps))
    return [
        *(f"inputs.{name}" for name in chosen.inputs),
        *(".".join(("steps", *names)) for names in steps),
        *(f"outputs.{name}" for name in chosen.outputs),
        *(f"run.{name}" for name in ("id", "now", "today")),
    ]


def _happened(workspace: Workspace, flow: Flow, found: Whence, run: SeenRun) -> Iterator[Happened]:
    entry = run.details.entry
    root, *rest = found.path.split(".")
    if found.step is not None:
        yield from _of_step(flow, found, run)
    elif root == "run":
        facts = {"id": entry.run, "today": entry.today, "now": entry.now}
        yield _value(facts, rest, is_plain=True)
    elif root == "env":
        facts = dict(workspace.environment(entry.environment).facts())
        hidden = dict.fromkeys(("login", "contractId"), HIDDEN)
        yield _value(facts | hidden, rest, is_plain=True)
    elif root in ("inputs", "outputs"):
        kept = run.kept.inputs if root == "inputs" else run.kept.outputs
        form = {"fields": {**_default(found.parameter), **kept}} if root == "inputs" else kept
        if kept:
            yield _value(form, rest)


def _default(parameter: Parameter | None) -> dict[str, Any]:
    """What an input was when nothing was given: its default, where that is written out."""
    if parameter is None or parameter.default is None or not parameter.default.is_constant:
        return {}
    return {parameter.name: _fact(parameter.default.written)}


def _of_step(flow: Flow, found: Whence, run: SeenRun) -> Iterator[Happened]:
    """What the step did, or the step that it stands in and that did not let it."""
    if found.step is None:
        return
    path = found.step.path
    traces = list(_traces(run, flow, path))
    if traces:
        yield from (_told(trace, found.rest) for trace in traces[:_FEW])
        return
    for length in range(len(path) - 1, 0, -1):
        if above := list(_traces(run, flow, path[:length])):
            skipped = [trace for trace in above if trace.status is Status.SKIPPED]
            yield from (_told(trace, (), is_above=True) for trace in skipped[:1])
            if skipped:
                return
    yield Happened()


def _traces(run: SeenRun, flow: Flow, path: Path) -> Iterator[KeptStep]:
    trail = flow.name
    for name in path:
        if plain((name,)):
            trail = inside(trail, name)
        else:
            trail = at_handler(trail, flow.name if trail == flow.name else "")
    # a step of the flow's own handlers acts where something failed, wherever that is
    _, behind = flow_handler(trail) or ("", "")
    for trace in run.kept.steps:
        at = without_items(trace.trail)
        if at == trail or (behind and at.endswith(behind)):
            yield trace


def _told(trace: KeptStep, rest: Path, *, is_above: bool = False) -> Happened:
    ran = trace.status in (Status.DONE, Status.PARTIAL)
    value, is_known = _walked(trace.gave, rest) if ran and not is_above else (None, False)
    return Happened(
        status=trace.status,
        step=trace.trail,
        seconds=trace.seconds,
        code=trace.code,
        summary=trace.summary,
        why=trace.why,
        value=value,
        is_known=is_known,
    )


def _value(form: Any, rest: list[str], *, is_plain: bool = False) -> Happened:
    if is_plain:
        form = {"fields": {name: _fact(value) for name, value in form.items()}}
    value, is_known = _walked(form, tuple(rest))
    return Happened(value=value, is_known=is_known)


def _fact(value: Any) -> Any:
    return value if isinstance(value, str) else digest(value)


def _walked(form: Any, rest: Path) -> tuple[Any, bool]:
    """The form behind some names; a list is told as a whole, whatever is read of its items."""
    for name in rest:
        if isinstance(form, dict) and "items" in form:
            return form, True
        fields = form.get("fields", {}) if isinstance(form, dict) else {}
        if name not in fields:
            return None, form is None
        form = fields[name]
    return form, True
