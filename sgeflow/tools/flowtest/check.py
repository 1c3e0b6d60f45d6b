"""Proves every name in a flow test: its flow, its world, and all that is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sgeflow.core.checking.expressions.inference import shape_over
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.engine.step import Flow
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.unknown_parameters import unknown_input, unknown_parameter
from sgeflow.core.language.parameters import coerce, faults_of
from sgeflow.core.language.shapes import ANY, NUMBER, TEXT, Shape, list_of, object_of
from sgeflow.core.model import Kind
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import Message, say
from sgeflow.patterns import regex
from sgeflow.tools.flowtest.context import CheckContext
from sgeflow.tools.flowtest.expected_values import unlike
from sgeflow.tools.flowtest.model import (
    Expectation,
    ExpectedCall,
    ExpectedText,
    ExpectedValue,
    FlowCase,
    FlowTest,
)
from sgeflow.tools.flowtest.reach import Reach, reach_of
from sgeflow.tools.flowtest.stubs import check_stubs

if TYPE_CHECKING:
    from sgeflow.core.checking.flows.namespace import Namespace

_CALL = object_of(
    {"call": TEXT, "kind": TEXT, "path": TEXT, "with": ANY, "outcome": TEXT}, "a call"
)
_STEP = object_of(dict.fromkeys(("step", "verb", "status", "summary"), TEXT), "a step")
_SERIES = object_of(
    {"values": NUMBER, "first": TEXT, "last": TEXT, "sum": NUMBER, "unit": TEXT}, "a series"
)
_INDEX = regex(r"\[\d+\]")
_HTTP = regex(r"(HTTP[1-5]|SMTP[45])[0-9]{2}")


def check_flowtest(test: FlowTest, namespace: Namespace, context: CheckContext) -> list[Problem]:
    """What is wrong with the names in a flow test."""
    before = len(namespace.problems)
    reaches: dict[str, Reach] = {}
    for case in test.cases:
        _case(Checker(namespace, Known({})), case, context, reaches)
    problems = namespace.problems[before:]
    del namespace.problems[before:]
    problems += check_stubs(test, namespace, context)
    own = [p for p in problems if p.at is not None and p.at.file == test.file]  # not the flow's
    return list({(p.message, p.at): p for p in own}.values())  # once, not once an environment


def _case(
    checker: Checker, case: FlowCase, context: CheckContext, reaches: dict[str, Reach]
) -> None:
    _world(checker, case, context)
    flow = _flow(checker, case, context)
    if flow is None:
        return
    for inputs in (case.inputs, *(run.inputs for run in case.earlier)):
        _inputs(checker, case, flow, inputs)
    if flow.name not in reaches:
        reaches[flow.name] = reach_of(flow, checker.namespace, context.wrong)
    _expectation(checker, case.expect, flow, reaches[flow.name])


def _flow(checker: Checker, case: FlowCase, context: CheckContext) -> Flow | None:
    if not case.flow or case.flow in context.unsure:
        return None
    return checker.flow(case.flow, case.places["flow"])


def _world(checker: Checker, case: FlowCase, context: CheckContext) -> None:
    """The environment and the scenarios exist; without a cassette nothing real is called."""
    name, at = case.environment, case.places.get("environment", case.at)
    environment = context.environments.get(name)
    if name and environment is None and name not in context.unsure:
        known = tuple(sorted(context.environments))
        _report_unknown(
            checker,
            say('there is no environment "{name}"', name=name),
            at,
            known,
            "environments",
            name,
        )
    elif environment and not environment.simulated and not case.cassette:
        message = say("{name} is not simulated, and a test calls nobody", name=name)
        note = say("choose a simulated environment, or record a cassette")
        checker.report(Id.NOT_ALLOWED, message, at, note=note)
    for scenario in (case.scenario, *(run.scenario for run in case.earlier)):
        if scenario and scenario not in (*context.scenarios, *context.unsure):
            message = say('the simulator has no scenario "{name}"', name=scenario)
            place = case.places["scenario"] if scenario == case.scenario else case.at
            _report_unknown(
                checker, message, place, tuple(context.scenarios), "scenarios", scenario
            )


def _inputs(checker: Checker, case: FlowCase, flow: Flow, inputs: Mapping[str, Any]) -> None:
    for name, value in inputs.items():
        at = case.places.get(f"inputs.{name}", case.at)
        if name not in flow.inputs:
            checker.namespace.problems.append(unknown_input(flow.name, name, flow.inputs, at=at))
            continue
        parameter = flow.inputs[name]
        for problem in faults_of(coerce(value, parameter.schema), parameter):
            checker.namespace.problems.append(replace(problem, at=at, where=""))


# -- what is expected ------------------------------------------------------------------------------


def _expectation(checker: Checker, expect: Expectation, flow: Flow, reach: Reach) -> None:
    _code(checker, expect.code)
    over_outputs = checker.over(Known(dict(flow.shape.fields)))
    for value in expect.outputs:
        shape = over_outputs.expression(value.expression)
        if reach.is_sure:
            checker.namespace.problems += unlike(value.expression.text, value.written, shape)
    counted = (call for call, _ in expect.times)
    last = (expect.last,) if expect.last else ()
    for call in (*expect.calls, *last, *counted, *(expect.orders or ()), *expect.never):
        _call(checker, call, flow, reach)
    for call in expect.orders or ():
        _order(checker, call)
    if expect.code and expect.outcome.text == "done":
        message = say("a run that is done has no code")
        checker.report(Id.NOT_ALLOWED, message, expect.code.at)
    for file in expect.files:
        _file(checker, file.values)
    judge = checker.over(Known(_roots(flow, reach)))
    for condition in expect.checks:
        judge.condition(condition)
    if reach.is_sure:
        _names(checker, expect, flow, reach)


def _names(checker: Checker, expect: Expectation, flow: Flow, reach: Reach) -> None:
    """The steps and series that the flow must have."""
    for skipped in expect.skipped:
        _check_skips(checker, skipped, flow, reach)
    for series in expect.measures:
        if series.name not in reach.series:
            message = say('{owner} keeps no series "{name}"', owner=flow.name, name=series.name)
            known = tuple(sorted(reach.series))
            _report_unknown(checker, message, series.at, known, "series", series.name)


def _roots(flow: Flow, reach: Reach) -> dict[str, Shape]:
    return {
        **dict.fromkeys(("outcome", "code", "message"), TEXT),
        "exit": NUMBER,
        "outputs": flow.shape,
        "calls": list_of(_CALL),
        "steps": list_of(_STEP),
        "warnings": list_of(TEXT),
        "files": ANY,
        "measures": object_of(dict.fromkeys(sorted(reach.series), _SERIES), "measures")
        if reach.is_sure
        else ANY,
    }


def _file(checker: Checker, values: tuple[ExpectedValue, ...]) -> None:
    """Nothing is known of what a file holds but that functions and syntax are right."""
    for value in values:
        checker.namespace.problems += shape_over(ANY, value.expression)[1]


def _code(checker: Checker, code: ExpectedText | None) -> None:
    known = checker.namespace.codes
    if code and known and code.text not in {*known, "ok"} and not _HTTP.fullmatch(code.text):
        message = say('nothing fails with the code "{code}"', code=code.text)
        near = closest(code.text, known)
        checker.report(Id.NOT_ALLOWED, message, code.at, suggestion=near)


def _call(checker: Checker, call: ExpectedCall, flow: Flow, reach: Reach) -> None:
    is_operation = " " not in call.label
    if is_operation and call.label not in checker.namespace.operations:
        checker.operation(call.label, call.at)
        return
    if reach.is_whole and reach.is_sure and call.label not in reach.calls:
        known = tuple(label for label, named in reach.calls.items() if named is is_operation)
        message = say("{owner} never calls {label}", owner=flow.name, label=call.label)
        _report_unknown(checker, message, call.at, known, "it calls", call.label)
        return
    _code(checker, ExpectedText(text=call.outcome, at=call.at) if call.outcome else None)
    if not is_operation:
        return
    operation = checker.namespace.operations[call.label]
    for name, at in call.places.items():
        if name not in operation.parameters:
            problem = unknown_parameter(
                operation.name, name, operation.parameters, id_=Id.UNKNOWN_ARGUMENT, at=at
            )
            checker.namespace.problems.append(problem)


def _order(checker: Checker, call: ExpectedCall) -> None:
    """What is asked, and changes nothing, is no order."""
    operation = checker.namespace.operations.get(call.label)
    if operation is not None and operation.kind is Kind.READ:
        message = say("{operation} is a read, and no order", operation=call.label)
        checker.report(Id.NOT_ALLOWED, message, call.at, note=say("reads stand in calls"))


def _check_skips(checker: Checker, skipped: ExpectedText, flow: Flow, reach: Reach) -> None:
    for part in _INDEX.sub("", skipped.text).split("/"):
        name = part.partition("@")[0]  # what stands behind the sign is no step
        if name not in reach.steps:
            message = say('{owner} has no step "{name}"', owner=flow.name, name=name)
            known = tuple(sorted(reach.steps))
            _report_unknown(checker, message, skipped.at, known, "steps", name)


def _report_unknown(
    checker: Checker, message: Message, at: Location, known: tuple[str, ...], label: str, name: str
) -> None:
    checker.report(
        Id.UNKNOWN_REFERENCE,
        message,
        at,
        allowed=known,
        allowed_label=label,
        suggestion=closest(name, known),
    )
