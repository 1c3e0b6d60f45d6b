"""Walks over all steps of a flow and of the flows that it calls, with the path of each step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sgeflow.core.engine.step import FileWrite, Flow, Handler, Run, Step, Verdict
from sgeflow.core.engine.trails import at_finally, at_handler, inside
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.paths import path_input, path_of
from sgeflow.core.language.template import Scope
from sgeflow.errors import EvaluationError

if TYPE_CHECKING:
    from sgeflow.core.language.unparse import FieldPath

_HANDLER = "on_fault["
_FINALLY = "finally["
_BESIDE = (_HANDLER, _FINALLY)
_ALTERNATIVE = "choose "


class StepPosition(Struct, frozen=True, kw_only=True):
    """A step and the path of the list that contains it."""

    step: Step
    block: FieldPath
    holders: tuple[Step, ...] = ()  # the steps around it, outermost first
    is_alternative: bool = False  # it is an alternative of a `choose` step

    @property
    def path(self) -> FieldPath:
        """The path of the step; expressions read its outputs by the `plain` path."""
        return (
            *self.block,
            f"{_ALTERNATIVE}{self.step.id}" if self.is_alternative else self.step.id,
        )


def every_position(
    steps: Iterable[Step],
    block: FieldPath = (),
    holders: tuple[Step, ...] = (),
    *,
    undos: bool = False,
    are_alternatives: bool = False,
) -> Iterator[StepPosition]:
    """The positions of all steps of a list, also nested ones and those of handlers.

    Undos are left out unless `undos` is set, because expressions cannot read their outputs.
    """
    for step in steps:
        position = StepPosition(
            step=step, block=block, holders=holders, is_alternative=are_alternatives
        )
        yield position
        here, inner_holders, uses = position.path, (*holders, step), step.uses
        for name, inner in uses.blocks.items():
            below = (*here, name) if name else here
            yield from every_position(
                inner, below, inner_holders, undos=undos, are_alternatives=uses.is_choice
            )
        for number, handler in enumerate(step.handlers):
            below = (*here, handler_name(number))
            yield from every_position(handler.steps, below, inner_holders, undos=undos)
        if step.undo and undos:
            yield from every_position((step.undo,), here, inner_holders, undos=undos)


def every_step(steps: Iterable[Step], *, undos: bool = True) -> Iterator[Step]:
    """All steps of a list, also nested ones, those of handlers, and undos."""
    return (placed.step for placed in every_position(steps, undos=undos))


def placed_in(flow: Flow, *, undos: bool = False) -> Iterator[StepPosition]:
    """The positions of all steps of a flow, also of its handlers and `finally`."""
    yield from every_position(flow.steps, undos=undos)
    for number, handler in enumerate(flow.handlers):
        yield from every_position(handler.steps, (handler_name(number),), undos=undos)
    yield from every_position(flow.finally_steps, (_FINALLY,), undos=undos)


def steps_of(flow: Flow) -> Iterator[Step]:
    """All steps of a flow, also undos and those of its handlers and `finally`."""
    return (placed.step for placed in placed_in(flow, undos=True))


def called_flows(
    flows: Mapping[str, Flow], *names: str, steps: Callable[[Flow], Iterable[Step]] = steps_of
) -> dict[str, Flow]:
    """The named flows and all flows that their `steps` call, by name, if they exist."""
    called: dict[str, Flow] = {}
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name in flows and name not in called:
            called[name] = flows[name]
            waiting += [step.uses.flow for step in steps(flows[name])]
    return called


def ends_of(flow: Flow) -> Iterator[Verdict]:
    """The ends that a flow may have: first those of its steps, then those of handlers."""
    handlers: list[Handler] = list(flow.handlers)
    for step in steps_of(flow):
        yield from step.uses.ends
        handlers += step.handlers
    yield from (handler.fail for handler in handlers if handler.fail)


def readable(placed: StepPosition) -> FieldPath:
    """The path by which expressions read the outputs of a step."""
    return plain(placed.path)


def step_names(placed: StepPosition) -> FieldPath:
    """The names of the steps around a step, and its own, without handlers and `finally`."""
    names = (name for name in placed.path if not name.startswith(_BESIDE))
    return tuple(name.removeprefix(_ALTERNATIVE) for name in names)


def plain(names: FieldPath) -> FieldPath:
    """The path without handlers, `finally` and alternatives of a choice."""
    return tuple(name for name in names if not name.startswith((*_BESIDE, _ALTERNATIVE)))


def is_in_handler(names: FieldPath) -> bool:
    """Whether a path leads through a handler."""
    return any(name.startswith(_HANDLER) for name in names)


def trail_in(flow: str, names: FieldPath) -> str:
    """The trail of the step with this path, in a run of the flow itself."""
    trail = flow
    for name in names:
        if name.startswith(_HANDLER):
            trail = at_handler(trail, flow if trail == flow else "")
        elif name == _FINALLY:
            trail = at_finally(trail)
        else:
            trail = inside(trail, name.removeprefix(_ALTERNATIVE))
    return trail


def handler_name(number: int) -> str:
    """The name that stands for a handler in a path."""
    return f"{_HANDLER}{number}]"


def written_files(
    flow: Flow, inputs: Mapping[str, Any], run: Run, *, of_row: bool = False
) -> Iterator[tuple[str, str]]:
    """The path of each file that a flow writes, and the input at its start (empty without one).

    Paths that depend on an answer or a missing input are left out, because they are not known yet.
    With `of_row`, paths that depend on the id of the run are left out too.
    """
    facts = {name: fact for name, fact in run.facts().items() if not of_row or name != "id"}
    scope = _Known(env=run.environment.facts(), run=_Known(facts), inputs=_Known(inputs))
    return _files(flow, scope, run.library.catalog.flows)


class _Known(dict[str, Any]):
    """The known values; an expression that reads any other name fails."""

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002 - the form of a dict
        return self[key]


def _files(flow: Flow, scope: Scope, flows: Mapping[str, Flow]) -> Iterator[tuple[str, str]]:
    for write in flow.writes:
        if any(_contradicts(expression, scope, is_) for expression, is_ in write.conditions):
            continue
        for template in write.files:
            try:
                yield path_of(template, scope), path_input(template)
            except EvaluationError:
                continue
        if write.flow:
            inner = flows[write.flow]
            values = _Known(scope, inputs=_arguments(write, inner, scope))
            yield from ((file, "") for file, _ in _files(inner, values, flows))


def _contradicts(condition: Expression, scope: Scope, wanted: bool) -> bool:  # noqa: FBT001
    """Whether a condition is known to differ from the wanted value."""
    try:
        return condition.search(scope) is not wanted
    except EvaluationError:
        return False


def _arguments(write: FileWrite, flow: Flow, scope: Scope) -> _Known:
    """The known inputs of a called flow."""
    values = _Known()
    for name, parameter in flow.inputs.items():
        template, value = write.arguments.get(name), None
        try:
            if template is not None:
                is_path = name in flow.paths
                value = path_of(template, scope) if is_path else template.evaluate(scope)
            if value is None and parameter.default is not None:
                value = parameter.default.evaluate(scope)
        except EvaluationError:
            continue
        values[name] = value
    return values
