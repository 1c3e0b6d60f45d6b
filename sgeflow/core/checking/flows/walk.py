"""Every step and every expression of a flow, and where it stands: who reads what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.engine.step import Catalog, Flow, Handler, Step
from sgeflow.core.engine.trails import at_finally, at_handler, inside
from sgeflow.core.engine.verdict import Verdict
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.localized import LocalizedTemplate
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.template import Template
from sgeflow.core.language.unparse import FieldPath, paths, texts

_HANDLER = "on_fault["
_FINALLY = "finally["
_BESIDE = (_HANDLER, _FINALLY)
_ALTERNATIVE = "choose "
_WHOLE = frozenset({str, int, bool, float, type(None), Step})  # nearly all parts of values


class ExpressionSite(Struct, frozen=True, kw_only=True):
    """An expression and who evaluates it."""

    expression: Expression
    role: str  # of the step: when, foreach, undo …; of the flow: outputs, state
    step: Step | None = None
    block: FieldPath = ()  # the names that lead to the list in which the step stands


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
            yield from every_position(handler.steps, (*here, _at(number)), around, undos=undos)
        if step.undo and undos:
            yield from every_position((step.undo,), here, around, undos=undos)


def every_step(steps: Iterable[Step], *, undos: bool = True) -> Iterator[Step]:
    """All steps of a list: nested ones, handlers' and undos too."""
    return (placed.step for placed in every_position(steps, undos=undos))


def placed_in(flow: Flow, *, undos: bool = False) -> Iterator[StepPosition]:
    """All steps of a flow, those of its own handlers, and the `finally` ones."""
    yield from every_position(flow.steps, undos=undos)
    for number, handler in enumerate(flow.handlers):
        yield from every_position(handler.steps, (_at(number),), undos=undos)
    yield from every_position(flow.finally_steps, (_FINALLY,), undos=undos)


def steps_of(flow: Flow) -> Iterator[Step]:
    """All steps of a flow, undos, its own handlers' and `finally` ones too."""
    return (placed.step for placed in placed_in(flow, undos=True))


def called_flows(flows: Mapping[str, Flow], *names: str) -> dict[str, Flow]:
    """The flows of some names and all that they call, each once; those that are there."""
    called: dict[str, Flow] = {}
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name in flows and name not in called:
            called[name] = flows[name]
            waiting += [step.uses.flow for step in steps_of(flows[name])]
    return called


def ends_of(flow: Flow) -> Iterator[Verdict]:
    """The ends that a flow may tell: those of its steps first, then those of handlers."""
    handlers: list[Handler] = list(flow.handlers)
    for step in steps_of(flow):
        yield from step.uses.ends
        handlers += step.handlers
    yield from (handler.fail for handler in handlers if handler.fail)


def every_site(flow: Flow) -> Iterator[ExpressionSite]:
    """All expressions of a flow."""
    for parameter in flow.inputs.values():
        yield from _sites(parameter.default, "inputs")
    if flow.state:
        yield from _sites(flow.state.key, "state")
    for number, handler in enumerate(flow.handlers):
        yield from _handler_sites(handler, None, (_at(number),))
    for placed in placed_in(flow):
        yield from step_sites(placed.step, placed.block)
    yield from _sites(flow.outputs, "outputs")


def step_sites(step: Step, block: FieldPath = ()) -> Iterator[ExpressionSite]:
    """The expressions of a step itself, its undo's too; not of the steps that stand in it."""
    for value, role in (
        (step.when, "when"),
        (step.foreach, "foreach"),
        (step.poll, "poll"),
        (step.spec, step.verb.name),
    ):
        yield from _sites(value, role, step, block)
    for handler in step.handlers:
        yield from _handler_sites(handler, step, block)
    if step.undo:
        for site in step_sites(step.undo, block):
            yield ExpressionSite(expression=site.expression, role="undo", step=step, block=block)


def words_of(flow: Flow, catalog: Catalog) -> frozenset[str]:
    """The texts that the documents of a flow and of those it calls say themselves."""
    words: set[str] = set()
    for one in called_flows(catalog.flows, flow.name).values():
        words.update(word for each in every_site(one) for word in _texts(each.expression))
        words.update(word for each in one.inputs.values() for word in _allowed_values(each))
    return frozenset(words)


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


def _at(number: int) -> str:
    """The name of a handler on the way to the steps in it."""
    return f"{_HANDLER}{number}]"


def reads(site: ExpressionSite) -> tuple[FieldPath, ...]:
    """The paths that a site reads."""
    return paths(site.expression.syntax_tree)


def expressions_in(value: Any) -> Iterator[Expression]:
    """The expressions in a value of a document, but not those of steps in it."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, (Template, LocalizedTemplate)):
        yield from value.expressions()
    else:
        for part in _parts(value):
            if type(part) not in _WHOLE:
                yield from expressions_in(part)


def _parts(value: Any) -> Iterable[Any]:
    """What a value consists of."""
    if isinstance(value, (tuple, str)):
        return value if isinstance(value, tuple) else ()
    if isinstance(value, Struct):
        if isinstance(value, Step):
            return ()
        return [getattr(value, name) for name in value.__struct_fields__]
    return value.values() if isinstance(value, Mapping) else ()


def _sites(
    value: Any, role: str, step: Step | None = None, block: FieldPath = ()
) -> Iterator[ExpressionSite]:
    for expression in expressions_in(value):
        yield ExpressionSite(expression=expression, role=role, step=step, block=block)


def _handler_sites(
    handler: Handler, step: Step | None, block: FieldPath
) -> Iterator[ExpressionSite]:
    yield from _sites((handler.outputs, handler.fail), "on_fault", step, block)


def _texts(expression: Expression) -> Iterable[str]:
    """The texts that stand in an expression; where no quote stands, there is none to look for."""
    is_quoted = "'" in expression.text or "`" in expression.text
    return texts(expression.syntax_tree) if is_quoted else ()


def _allowed_values(parameter: Parameter) -> Iterator[str]:
    if not parameter.personal:
        yield from (one for one in parameter.schema.get("enum", ()) if isinstance(one, str))
