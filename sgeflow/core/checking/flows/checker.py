"""Checks every name in the flows before anything runs; called flows come before their callers."""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

from msgspec.structs import replace

from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.flows.namespace import Namespace, find
from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.checking.operations import ENV, shape_of_parameters
from sgeflow.core.checking.values import check_default, check_defaults
from sgeflow.core.engine.effects import CUSTOMER
from sgeflow.core.engine.step import Catalog, FileWrite, Flow, Step
from sgeflow.core.engine.walk import called_flows, ends_of, every_step, placed_in, steps_of
from sgeflow.core.instances import names_of_neighbours
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.shapes import (
    ANY,
    DAY,
    INSTANT,
    NULL,
    NUMBER,
    RUN_ID,
    TEXT,
    Shape,
    Sort,
    join,
    object_of,
    shape_of_value,
)
from sgeflow.core.model import FaultClass, Kind, Status
from sgeflow.errors import Id
from sgeflow.messages import Message, say


def _file_writes(flow: Flow, flows: Mapping[str, Flow]) -> tuple[FileWrite, ...]:
    """Every step that may write a file, including handlers, undos, `finally` and called `flows`."""
    return tuple(
        FileWrite(
            conditions=tuple(_conditions((*placed.holders, placed.step))),
            files=uses.files,
            flow=uses.flow,
            arguments=uses.arguments,
        )
        for placed in placed_in(flow, undos=True)
        if (uses := placed.step.uses).files or (uses.flow in flows and flows[uses.flow].writes)
    )


def _conditions(chain: tuple[Step, ...]) -> Iterator[tuple[Expression, bool]]:
    """The conditions for the last one of nested steps, given outermost first.

    A choice runs its first alternative whose condition is true.
    """
    for holder, step in zip((None, *chain), chain, strict=False):
        if step.when:
            yield step.when, True
        if holder and (uses := holder.uses).is_choice and step in uses.inner:
            before = uses.inner[: uses.inner.index(step)]
            yield from ((other.when, False) for other in before if other.when)


def _check_finally(flow: Flow, outputs: Shape, checker: Checker) -> None:
    """Check that `finally` steps read only `end` and each other, and change nothing."""
    is_misplaced = False
    for step in every_step(flow.finally_steps):
        if reason := next(_reasons_against_finally(step, checker), None):
            note = say("write changes as steps, where they can be undone")
            checker.report(Id.MODIFIER, reason, step.at, note=note)
            is_misplaced = True
    if is_misplaced or not flow.finally_steps:
        return
    statuses = (Status.DONE.value, Status.PARTIAL.value, Status.FAILED.value)
    classes = tuple(one.value for one in FaultClass)
    fields = {
        "status": replace(TEXT, allowed=statuses),
        "code": join(TEXT, NULL),
        "class": join(replace(TEXT, allowed=classes), NULL),
        "step": join(TEXT, NULL),
        "outputs": join(outputs, NULL),
    }
    checker.over(checker.known.with_root("end", object_of(fields, "end"))).block(flow.finally_steps)


def _reasons_against_finally(step: Step, checker: Checker) -> Iterator[Message]:
    if step.verb.ends:
        yield say("a finally step cannot end the flow: remove {verb}", verb=step.verb.name)
    if step.undo:
        yield say("a finally step is never undone: remove undo")
    yield from _changes(step, checker)
    for called in called_flows(checker.namespace.flows, step.uses.flow).values():
        for inner in steps_of(called):
            yield from _changes(inner, checker)


def _changes(step: Step, checker: Checker) -> Iterator[Message]:
    uses, operation = step.uses, checker.namespace.operations.get(step.uses.operation)
    if operation and operation.kind is not Kind.READ:
        yield say("{label} is an order, which a finally step cannot send", label=operation.name)
    if uses.remembers or uses.forgets:
        yield say("a finally step cannot change the state of the flow")
    if uses.casebook:
        yield say("a finally step cannot send orders, but cases may")


_CUSTOMER = join(object_of({"number": NUMBER, "since": join(DAY, NULL)}, CUSTOMER), NULL)
RUN = object_of({"id": RUN_ID, "today": DAY, "now": INSTANT}, "run")


def check_flows(namespace: Namespace) -> dict[str, Flow]:
    """The flows with the shapes of their outputs; mistakes go to the namespace."""
    for name, flow in namespace.flows.items():
        namespace.flow(name, flow.at)
    return {name: namespace.checked[name] for name in namespace.flows}


def namespace_of(catalog: Catalog, incomplete: frozenset[str] = frozenset()) -> Namespace:
    """The names that documents may refer to; some documents of `incomplete` kinds are invalid."""
    flows, environments = catalog.flows, catalog.environments.values()
    is_sure = "environments" not in incomplete
    has_all_flows = "flows" not in incomplete
    services = {name for e in environments for name in names_of_neighbours(e, relays=False)}
    relays = {name for e in environments for name in names_of_neighbours(e, relays=True)}
    return Namespace(
        check=_find_flow,
        operations=catalog.operations,
        flows=flows,
        services=frozenset(services) if is_sure else None,
        relays=frozenset(relays) if is_sure else None,
        env=shape_of_env(catalog, is_sure=is_sure),
        states=_states(flows.values(), is_sure=has_all_flows),
        codes=_codes(catalog, incomplete),
        casebooks=catalog.homologation,
        series=frozenset(
            name
            for flow in (flows.values() if has_all_flows else ())
            for step in steps_of(flow)
            for name in step.uses.keeps
        ),
    )


def namespace_beside(catalog: Catalog) -> Namespace:
    """The names that documents beside a checked catalogue may refer to."""
    return replace(namespace_of(catalog), check=lambda flow, _namespace: flow)


def shape_of_env(catalog: Catalog, *, is_sure: bool) -> Shape:
    """The shape of `env` over all environments; a setting may have different types in them."""
    shapes: dict[str, list[Shape]] = {}
    for environment in catalog.environments.values():
        for name, value in environment.settings.items():
            shape = replace(shape_of_value(value), written=())  # others may have other values
            shapes.setdefault(name, []).append(shape)
    fields = {**{k: reduce(join, v) for k, v in shapes.items()}, **ENV.fields}
    return replace(ENV, fields=fields, is_open=not is_sure)


def _states(flows: Iterable[Flow], *, is_sure: bool) -> dict[str, Shape]:
    """The shape of each collection: the names that the `remember` steps of all flows write."""
    fields: dict[str, dict[str, Shape]] = {}
    for flow in flows:
        if flow.state and flow.state.collection:
            collection = fields.setdefault(flow.state.collection, {})
            for step in steps_of(flow):
                collection.update(dict.fromkeys(step.uses.remembers, ANY))
                if step.uses.recognises:
                    collection[CUSTOMER] = _CUSTOMER
    return {
        name: replace(object_of(collection, "state"), is_open=not is_sure)
        for name, collection in fields.items()
    }


def _codes(catalog: Catalog, incomplete: frozenset[str]) -> frozenset[str] | None:
    """The codes of services, sgeflow and flows; None if some cannot be known."""
    if not catalog.faults or incomplete & {"flows", "operations"}:
        return None
    codes = {*catalog.faults, *(one.code for one in Id)}
    codes.update(code for operation in catalog.operations.values() for code in operation.faults)
    for flow in catalog.flows.values():
        codes.update(end.code for end in ends_of(flow))
    return frozenset(codes)


def _find_flow(flow: Flow, namespace: Namespace) -> Flow:
    """The checked flow; cached for the same flow among the same operations and flows."""
    operations, flows = _called_names(flow)
    named = [namespace.operations.get(name) for name in operations]
    called = [None if name in namespace.open else namespace.flow(name, flow.at) for name in flows]
    return find(namespace, (flow, *named, *called), lambda: _check_flow(flow, namespace))


@cache_by_identity
def _called_names(flow: Flow) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The operations and the flows that a flow calls."""
    uses = [step.uses for step in steps_of(flow)]
    operations = dict.fromkeys(one.operation for one in uses if one.operation)
    return tuple(operations), tuple(dict.fromkeys(one.flow for one in uses if one.flow))


def _check_flow(flow: Flow, namespace: Namespace) -> Flow:
    roots = {
        "inputs": shape_of_parameters(flow.inputs, "inputs"),
        "env": namespace.env,
        "run": RUN,
    }
    checker = first = Checker(namespace, Known(roots), tuple(flow.outputs))
    for parameter in flow.inputs.values():
        if parameter.default:
            over = checker.over(Known({"env": namespace.env, "run": RUN}))
            namespace.problems += check_default(parameter, over.template(parameter.default))
    namespace.problems += check_defaults(flow.inputs)
    if flow.state:
        checker.template(flow.state.key)
        checker.template(flow.state.customer)
        state = namespace.states.get(flow.state.collection, ANY)
        checker = checker.over(checker.known.with_root("state", state))
    _check_customer(flow, checker)
    nothing = object_of(dict.fromkeys(flow.outputs, NULL), flow.name)
    handled = checker.handlers(flow.handlers, nothing)
    _, known = checker.block(flow.steps)
    after = checker.over(known)
    outputs = {name: after.expression(e) for name, e in flow.outputs.items()}
    for end in (handled, *namespace.ends.get(flow.name, ())):
        is_known = end.sort is Sort.OBJECT and not end.is_open
        other = end.fields if is_known else dict.fromkeys(outputs, ANY)
        outputs = {name: join(shape, other.get(name, NULL)) for name, shape in outputs.items()}
    shape = object_of(outputs, flow.name)
    _check_finally(flow, shape, first)
    return replace(
        flow,
        shape=shape,
        paths=frozenset(namespace.paths.get(flow.name, ())),
        name_parts=frozenset(namespace.name_parts.get(flow.name, ())),
        writes=_file_writes(flow, namespace.checked),
    )


def _check_customer(flow: Flow, checker: Checker) -> None:
    """Check that a flow has one `customer` step, which always runs."""
    first = flow.steps[flow.known_after - 1] if flow.known_after else None
    for step in steps_of(flow):
        if step.uses.recognises and (
            step is not first or step.when or step.foreach or step.repeat or step.poll
        ):
            message = say("a flow has at most one customer step, which always runs")
            note = say("write it among the steps of the flow itself, without `when` and `foreach`")
            checker.report(Id.MODIFIER, message, step.at, note=note)
        has_measures = step.uses.keeps or step.uses.loads or step.uses.exports
        if has_measures and flow.state and flow.state.customer:
            message = say(
                "the measures belong to the current customer, the state to an earlier one"
            )
            note = say(
                "to export those of an earlier customer: sgeflow export --point ID --customer N"
            )
            checker.report(Id.MODIFIER, message, step.at, note=note)
