"""The expressions of a flow with their places, and the texts of its documents."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.documents import Operation
from sgeflow.core.engine.step import Catalog, Flow, Step
from sgeflow.core.engine.walk import called_flows, handler_name, placed_in, steps_of
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.shapes import Shape
from sgeflow.core.language.template import LocalizedTemplate, Template
from sgeflow.core.language.unparse import FieldPath, nodes, paths, texts

_WHOLE = frozenset({str, int, bool, float, type(None), Step})  # types without inner parts


class ExpressionSite(Struct, frozen=True, kw_only=True):
    """An expression, and the part of the flow or step that evaluates it."""

    expression: Expression
    role: str  # of the step: when, foreach, undo …; of the flow: outputs, state
    step: Step | None = None
    block: FieldPath = ()  # the names that lead to the list that contains the step


def every_site(flow: Flow) -> Iterator[ExpressionSite]:
    """All expressions of a flow."""
    for parameter in flow.inputs.values():
        yield from _sites(parameter.default, "inputs")
    if flow.state:
        for template in filter(None, (flow.state.key, flow.state.customer)):
            yield from _sites(template, "state")
    for number, handler in enumerate(flow.handlers):
        outcome = (handler.outputs, handler.fail)
        yield from _sites(outcome, "on_fault", None, (handler_name(number),))
    for placed in placed_in(flow):
        yield from step_sites(placed.step, placed.block)
    yield from _sites(flow.outputs, "outputs")


def step_sites(step: Step, block: FieldPath) -> Iterator[ExpressionSite]:
    """The expressions of a step and of its undo, without those of nested steps."""
    for value, role in (
        (step.when, "when"),
        (step.foreach, "foreach"),
        (step.repeat, "repeat"),
        (step.poll, "poll"),
        (step.spec, step.verb.name),
    ):
        yield from _sites(value, role, step, block)
    for handler in step.handlers:
        yield from _sites((handler.outputs, handler.fail), "on_fault", step, block)
    if step.undo:
        for site in step_sites(step.undo, block):
            yield ExpressionSite(expression=site.expression, role="undo", step=step, block=block)


class Vocabulary(Struct, frozen=True):
    """The texts in the documents of a flow and of everything that it calls; none is personal."""

    words: frozenset[str]  # texts
    names: frozenset[str]  # the names under which values are given or read


def vocabulary_of(flow: Flow, catalog: Catalog) -> Vocabulary:
    """The texts in the documents of a flow and of the flows that it calls."""
    words: set[str] = set()
    names: set[str] = set()
    for one in called_flows(catalog.flows, flow.name).values():
        own = _vocabulary_of_flow(one)
        words |= own.words
        names |= own.names
        for step in steps_of(one):
            if called := catalog.operations.get(step.uses.operation):
                names |= _names_of_reply(called)
    return Vocabulary(frozenset(words), frozenset(names))


@cache_by_identity
def _vocabulary_of_flow(flow: Flow) -> Vocabulary:
    words: set[str] = set()
    names = {*flow.outputs, *_fields(flow.shape)}
    for name, parameter in flow.inputs.items():
        allowed = () if parameter.personal else parameter.schema.get("enum", ())
        words.update(one for one in allowed if isinstance(one, str))
        names.update((name, *_properties(parameter.schema)))
    for site in every_site(flow):
        if "'" in site.expression.text or "`" in site.expression.text:  # else it has no text
            words.update(texts(site.expression.syntax_tree))
        names.update(_names_in(site.expression))
    for step in steps_of(flow):
        names.update((step.id, *_keys(step.spec)))
    return Vocabulary(frozenset(words), frozenset(names))


@cache_by_identity
def _names_of_reply(operation: Operation) -> frozenset[str]:
    """The names of an operation's outputs, and the names in a reply that they are read from."""
    outputs = operation.response.paths
    read = (name for path in outputs.values() for name in _names_in(path))
    return frozenset((*outputs, *read))


def reads(site: ExpressionSite) -> tuple[FieldPath, ...]:
    """The paths that the expression of a site reads."""
    return paths(site.expression.syntax_tree)


def expressions_in(value: Any) -> Iterator[Expression]:
    """The expressions in a value of a document, without those of nested steps."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, (Template, LocalizedTemplate)):
        yield from value.expressions()
    else:
        for part in _parts(value):
            if type(part) not in _WHOLE:
                yield from expressions_in(part)


def _parts(value: Any) -> Iterable[Any]:
    """The parts of a value."""
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


def _names_in(expression: Expression) -> Iterator[str]:
    """The names that an expression reads, or uses as keys of its result."""
    for part in nodes(expression.syntax_tree):
        if part["type"] in ("field", "key_val_pair"):
            yield part["value"]


def _fields(shape: Shape) -> Iterator[str]:
    """The names of all fields of a checked value, or of its items."""
    if shape.item:
        yield from _fields(shape.item)
    for name, part in shape.fields.items():
        yield name
        yield from _fields(part)


def _properties(schema: Mapping[str, Any]) -> Iterator[str]:
    """The names that a JSON Schema gives to parts of a value."""
    for name, part in schema.get("properties", {}).items():
        yield name
        yield from _properties(part)
    if isinstance(items := schema.get("items"), Mapping):
        yield from _properties(items)


def _keys(value: Any) -> Iterator[str]:
    """The keys of the objects that a document writes out."""
    if isinstance(value, Template):
        for child in value.children or ():
            if isinstance(child, tuple):
                yield child[0]
            yield from _keys(child[1] if isinstance(child, tuple) else child)
        return
    if isinstance(value, Mapping):
        yield from map(str, value)
    for part in _parts(value):
        if type(part) not in _WHOLE:
            yield from _keys(part)
