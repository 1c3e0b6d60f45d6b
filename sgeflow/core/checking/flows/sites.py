"""Every expression of a flow, and where it stands: who reads what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.engine.step import Catalog, Flow, Handler, Step
from sgeflow.core.engine.walk import called_flows, handler_name, placed_in
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.localized import LocalizedTemplate
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.template import Template
from sgeflow.core.language.unparse import FieldPath, paths, texts

_WHOLE = frozenset({str, int, bool, float, type(None), Step})  # nearly all parts of values


class ExpressionSite(Struct, frozen=True, kw_only=True):
    """An expression and who evaluates it."""

    expression: Expression
    role: str  # of the step: when, foreach, undo …; of the flow: outputs, state
    step: Step | None = None
    block: FieldPath = ()  # the names that lead to the list in which the step stands


def every_site(flow: Flow) -> Iterator[ExpressionSite]:
    """All expressions of a flow."""
    for parameter in flow.inputs.values():
        yield from _sites(parameter.default, "inputs")
    if flow.state:
        yield from _sites(flow.state.key, "state")
    for number, handler in enumerate(flow.handlers):
        yield from _handler_sites(handler, None, (handler_name(number),))
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
