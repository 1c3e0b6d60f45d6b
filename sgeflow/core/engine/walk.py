"""The walk over the steps of a flow and of those that it calls, and the names that lead to each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from sgeflow.core.engine.step import Flow, Handler, Step
from sgeflow.core.engine.trails import at_finally, at_handler, inside
from sgeflow.core.engine.verdict import Verdict
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
        """Where it stands; the `plain` path reads its outputs once all that holds it ended."""
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
    flows: Mapping[str, Flow],
    *names: str,
    steps: Callable[[Flow], Iterable[Step]] = steps_of,
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
