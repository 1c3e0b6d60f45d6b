"""The walk over the steps of a flow and of those that it calls, and the names that lead to each."""

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
    """A step and the names that lead to the list in which it stands."""

    step: Step
    block: FieldPath
    holders: tuple[Step, ...] = ()  # the steps that it stands in, outermost first
    is_alternative: bool = False  # of the step that holds it, and gives what the chosen one gives

    @property
    def path(self) -> FieldPath:
        """The names to the step; `plain` ones read its outputs once all that holds it ended."""
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
    """All steps of a list, each with those that stand in it, and in its handlers.

    Undos come with `undos` alone: nothing reads what they give.
    """
    for step in steps:
        position = StepPosition(
            step=step, block=block, holders=holders, is_alternative=are_alternatives
        )
        yield position
        here, around, uses = position.path, (*holders, step), step.uses
        for name, inner in uses.blocks.items():
            below = (*here, name) if name else here
            yield from every_position(
                inner, below, around, undos=undos, are_alternatives=uses.is_choice
            )
        for number, handler in enumerate(step.handlers):
            below = (*here, handler_name(number))
            yield from every_position(handler.steps, below, around, undos=undos)
        if step.undo and undos:
            yield from every_position((step.undo,), here, around, undos=undos)


def every_step(steps: Iterable[Step], *, undos: bool = True) -> Iterator[Step]:
    """All steps of a list: nested ones, handlers' and undos too."""
    return (placed.step for placed in every_position(steps, undos=undos))


def placed_in(flow: Flow, *, undos: bool = False) -> Iterator[StepPosition]:
    """All steps of a flow, those of its own handlers, and the `finally` ones."""
    yield from every_position(flow.steps, undos=undos)
    for number, handler in enumerate(flow.handlers):
        yield from every_position(handler.steps, (handler_name(number),), undos=undos)
    yield from every_position(flow.finally_steps, (_FINALLY,), undos=undos)


def steps_of(flow: Flow) -> Iterator[Step]:
    """All steps of a flow, undos, its own handlers' and `finally` ones too."""
    return (placed.step for placed in placed_in(flow, undos=True))


def called_flows(
    flows: Mapping[str, Flow], *names: str, steps: Callable[[Flow], Iterable[Step]] = steps_of
) -> dict[str, Flow]:
    """The flows of some names and all that their `steps` call, each once; those that are there."""
    called: dict[str, Flow] = {}
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name in flows and name not in called:
            called[name] = flows[name]
            waiting += [step.uses.flow for step in steps(flows[name])]
    return called


def ends_of(flow: Flow) -> Iterator[Verdict]:
    """The ends that a flow may tell: those of its steps first, then those of handlers."""
    handlers: list[Handler] = list(flow.handlers)
    for step in steps_of(flow):
        yield from step.uses.ends
        handlers += step.handlers
    yield from (handler.fail for handler in handlers if handler.fail)


def readable(placed: StepPosition) -> FieldPath:
    """The names that lead to what a step gives, without those that nothing reads."""
    return plain(placed.path)


def step_names(placed: StepPosition) -> FieldPath:
    """The names of all that a step stands in, and its own: an alternative is found by its too."""
    names = (name for name in placed.path if not name.startswith(_BESIDE))
    return tuple(name.removeprefix(_ALTERNATIVE) for name in names)


def plain(names: FieldPath) -> FieldPath:
    """Names without those of handlers and `finally`, and of the alternatives of a choice."""
    return tuple(name for name in names if not name.startswith((*_BESIDE, _ALTERNATIVE)))


def is_in_handler(names: FieldPath) -> bool:
    """Whether names lead through a handler."""
    return any(name.startswith(_HANDLER) for name in names)


def trail_in(flow: str, names: FieldPath) -> str:
    """The trail of a step at these names, when the flow itself is what runs."""
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
    """The name of a handler on the way to the steps in it."""
    return f"{_HANDLER}{number}]"


def written_files(
    flow: Flow, inputs: Mapping[str, Any], run: Run, *, of_row: bool = False
) -> Iterator[tuple[str, str]]:
    """The path of each file that a flow writes, and the input that begins it (else empty).

    What depends on an answer is left out, and what depends on an input that is not given: nobody
    knows it yet. Nor is the id known of the run that a row will be (`of_row`).
    """
    facts = {name: fact for name, fact in run.facts().items() if not of_row or name != "id"}
    scope = _Known(env=run.environment.facts(), run=_Known(facts), inputs=_Known(inputs))
    return _files(flow, scope, run.library.catalog.flows)


class _Known(dict[str, Any]):
    """Names to values: an expression that asks for any other fails, for it is not known yet."""

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002 - the form of a dict
        return self[key]


def _files(flow: Flow, scope: Scope, flows: Mapping[str, Flow]) -> Iterator[tuple[str, str]]:
    for write in flow.writes:
        if any(_is_otherwise(expression, scope, is_) for expression, is_ in write.conditions):
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


def _is_otherwise(condition: Expression, scope: Scope, wanted: bool) -> bool:  # noqa: FBT001
    """Whether a condition is surely not as it must be."""
    try:
        return condition.search(scope) is not wanted
    except EvaluationError:
        return False


def _arguments(write: FileWrite, flow: Flow, scope: Scope) -> _Known:
    """The inputs of a flow that is called, as far as they are known."""
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
