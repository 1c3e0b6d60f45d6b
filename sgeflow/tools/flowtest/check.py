"""Reads flow tests and checks every name in them against a catalogue; runs nothing.

Checked are the flow, the environment and scenario, the expectations and the stubs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.checking.document import Document
from sgeflow.core.checking.expressions.inference import shape_over
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.flows.checker import namespace_beside
from sgeflow.core.checking.flows.namespace import Namespace
from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.documents import Environment, Operation
from sgeflow.core.engine.step import Catalog, Flow
from sgeflow.core.engine.walk import called_flows, steps_of
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.unknown_parameters import unknown_parameter
from sgeflow.core.language.mistakes.wording import retype, show
from sgeflow.core.language.parameters import coerce, faults_of
from sgeflow.core.language.shapes import (
    ANY,
    NUMBER,
    TEXT,
    Shape,
    Sort,
    list_of,
    object_of,
    words_of,
)
from sgeflow.core.language.template import Template
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.core.model import DEFAULT_ENVIRONMENT, Kind
from sgeflow.errors import Id, InvalidDocuments, Location, Problem, SgeflowError
from sgeflow.messages import Message, say
from sgeflow.patterns import regex
from sgeflow.tools.flowtest.document import decode_flowtest
from sgeflow.tools.flowtest.model import Expectation, ExpectedCall, ExpectedText, FlowCase, FlowTest


def check_tests(
    documents: Sequence[Document],
    catalog: Catalog,
    stems: Collection[str],
    wrong: Collection[str] = (),
) -> tuple[Problem, ...]:
    """Return every mistake in some flow tests.

    `stems` are the names of all documents, invalid ones too; `wrong` are the files of invalid
    documents.
    """
    known = {
        *(*catalog.flows, *catalog.environments, *catalog.operations),
        *(*catalog.people, *catalog.scenarios),
    }
    unsure = frozenset(stem for stem in stems if stem not in known)
    namespace = namespace_beside(catalog)
    problems = [
        problem
        for d in documents
        for problem in read_flowtest(d, catalog, namespace, unsure, wrong)[1]
    ]
    return tuple(certain_problems(problems, unsure))


def certain_problems(problems: Sequence[Problem], unsure: Collection[str]) -> list[Problem]:
    """The problems that cannot come from an invalid document."""
    return [problem for problem in problems if problem.lacks not in unsure]


def read_flowtest(
    document: Document,
    catalog: Catalog,
    namespace: Namespace,
    unsure: Collection[str],
    wrong: Collection[str] = (),
) -> tuple[FlowTest | None, list[Problem]]:
    """Read a flow test (None if it cannot be read) and its problems in the order of lines."""
    if document.problem is not None:
        return None, [document.problem]
    try:
        tree = read_yaml(document.file, document.text)
    except InvalidDocuments as error:
        return None, list(error.problems)
    context = CheckContext(
        environments=catalog.environments,
        scenarios=tuple(sorted(catalog.scenarios)),
        unsure=unsure,
        wrong=wrong,
    )
    test, problems = decode_flowtest(tree)
    if test is not None:
        problems = [*problems, *check_flowtest(test, namespace, context), *_faults(test)]
    order = sorted(problems, key=lambda p: (p.at.line, p.at.column) if p.at else (0, 0))
    return test, order


def _faults(test: FlowTest) -> Iterator[Problem]:
    """Faults on demand that the simulator does not know, with their places."""
    from sgeflow.simulator.faults import parse_faults

    for at, text in {
        case.places["faults"]: case.faults for case in test.cases if case.faults
    }.items():
        try:
            parse_faults(text)
        except SgeflowError as error:
            yield from (
                replace(problem, id=Id.MALFORMED, at=at, where="") for problem in error.problems
            )


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
    """The mistakes in the names of a flow test."""
    before = len(namespace.problems)
    reaches: dict[str, Reach] = {}
    for case in test.cases:
        _case(Checker(namespace, Known({})), case, context, reaches)
    problems = namespace.problems[before:]
    del namespace.problems[before:]
    for case in test.cases:
        problems += _services(case, context.environments)
    problems += _unasked_stubs(test, namespace, context)
    own = [p for p in problems if p.at is not None and p.at.file == test.file]  # not the flow's
    return list({(p.message, p.at): p for p in own}.values())  # once, not once per environment


def _case(
    checker: Checker, case: FlowCase, context: CheckContext, reaches: dict[str, Reach]
) -> None:
    _world(checker, case, context)
    if not case.flow or case.flow in context.unsure:
        return
    flow = checker.flow(case.flow, case.places["flow"])
    if flow is None:
        return
    given = (case.inputs, *(run.inputs for run in case.earlier))
    for name, value in (pair for inputs in given for pair in inputs.items()):
        at = case.places.get(f"inputs.{name}", case.at)
        if name in flow.inputs:
            parameter = flow.inputs[name]
            faults = faults_of(coerce(value, parameter.schema), parameter)
            problems = [replace(problem, at=at, where="") for problem in faults]
        else:
            problems = [unknown_parameter(flow.name, name, flow.inputs, at=at, of_flow=True)]
        checker.namespace.problems += problems
    if flow.name not in reaches:
        reaches[flow.name] = reach_of(flow, checker.namespace, context.wrong)
    _expectation(checker, case.expect, flow, reaches[flow.name])


def _world(checker: Checker, case: FlowCase, context: CheckContext) -> None:
    """Report an unknown environment or scenario, and a real environment without a cassette."""
    name, at = case.environment, case.places.get("environment", case.at)
    environment = context.environments.get(name)
    if name and environment is None and name not in context.unsure:
        message = say('there is no {what} "{name}"', what=say("environment"), name=name)
        known = tuple(sorted(context.environments))
        _report_unknown(checker, message, at, known, "environments", name)
    elif environment and not environment.simulated and not case.cassette:
        message = say("{name} is not simulated: a test must not call it", name=name)
        note = say("choose a simulated environment, or record a cassette")
        checker.report(Id.NOT_ALLOWED, message, at, note=note)
    for scenario in (case.scenario, *(run.scenario for run in case.earlier)):
        if scenario and scenario not in (*context.scenarios, *context.unsure):
            message = say('there is no {what} "{name}"', what=say("scenario"), name=scenario)
            place = case.places["scenario"] if scenario == case.scenario else case.at
            _report_unknown(
                checker, message, place, tuple(context.scenarios), "scenarios", scenario
            )


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
        operation = checker.namespace.operations.get(call.label)
        if operation is not None and operation.kind is Kind.READ:
            message = say("{operation} is a read, not an order", operation=call.label)
            checker.report(Id.NOT_ALLOWED, message, call.at, note=say("write reads under calls"))
    if expect.code and expect.outcome.text == "done":
        message = say("a run that is done has no code")
        checker.report(Id.NOT_ALLOWED, message, expect.code.at)
    # the contents of a file are unknown, so only functions and syntax are checked
    for value in (value for file in expect.files for value in file.values):
        checker.namespace.problems += shape_over(ANY, value.expression)[1]
    series: Shape = ANY
    if reach.is_sure:
        series = object_of(dict.fromkeys(sorted(reach.series), _SERIES), "measures")
    facts = {
        **dict.fromkeys(("outcome", "code", "message"), TEXT),
        "exit": NUMBER,
        "outputs": flow.shape,
        "calls": list_of(_CALL),
        "steps": list_of(_STEP),
        "warnings": list_of(TEXT),
        "files": ANY,
        "measures": series,
    }
    judge = checker.over(Known(facts))
    for condition in expect.checks:
        judge.condition(condition)
    if not reach.is_sure:
        return
    for skipped in expect.skipped:
        for part in _INDEX.sub("", skipped.text).split("/"):
            name = part.partition("@")[0]  # the rest is not part of the step's name
            if name not in reach.steps:
                message = say(
                    '{owner} has no {what} "{name}"', what=say("step"), owner=flow.name, name=name
                )
                known = tuple(sorted(reach.steps))
                _report_unknown(checker, message, skipped.at, known, "steps", name)
    for one in expect.measures:
        if one.name not in reach.series:
            what = say("series")
            message = say(
                '{owner} has no {what} "{name}"', what=what, owner=flow.name, name=one.name
            )
            known = tuple(sorted(reach.series))
            _report_unknown(checker, message, one.at, known, "series", one.name)


def _code(checker: Checker, code: ExpectedText | None) -> None:
    known = checker.namespace.codes
    if code and known and code.text not in {*known, "ok"} and not _HTTP.fullmatch(code.text):
        message = say('no failure has the code "{code}"', code=code.text)
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


class CheckContext(Struct, frozen=True, kw_only=True):
    """The documents and namespace against which flow tests are checked."""

    environments: Mapping[str, Environment]
    scenarios: Collection[str]
    unsure: Collection[str] = ()  # names of invalid documents, about which nothing is reported
    wrong: Collection[str] = ()  # files of documents in which a name is invalid


_NUMBER = (int, float)
_OF: Mapping[Sort, tuple[type, ...]] = {
    Sort.TEXT: (str, *_NUMBER),  # an id may be written without quotes: its digits are compared
    Sort.XML: (str, *_NUMBER, list, dict),
    Sort.NUMBER: _NUMBER,
    Sort.BOOLEAN: (bool,),
    Sort.LIST: (list,),
    Sort.OBJECT: (dict,),
}
_TYPES = {Sort.NUMBER: "number", Sort.LIST: "array"}


def unlike(name: str, template: Template, shape: Shape) -> Iterator[Problem]:
    """The parts of an expected value that cannot occur; null always can."""
    value = template.written
    if value is None or shape.sort not in _OF:
        return
    types = _OF[shape.sort]
    text = str(getattr(value, "text", value))
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        sort = say("text from the service") if shape.sort is Sort.XML else words_of(shape)
        words = say("is not {form}", form=sort)
        if shape.sort is Sort.BOOLEAN:
            near = closest(str(value), ("true", "false"))
        else:
            near = retype(value, _TYPES.get(shape.sort, ""), {})
        yield Problem(
            id=Id.WRONG_TYPE,
            message=say("{name}: {seen} {words}", name=name, seen=show(value), words=words),
            at=template.at,
            suggestion=near,
        )
    elif shape.allowed and text not in shape.allowed:
        words = say("is not allowed")
        yield Problem(
            id=Id.NOT_ALLOWED,
            message=say("{name}: {seen} {words}", name=name, seen=show(value), words=words),
            at=template.at,
            allowed=shape.allowed,
            suggestion=closest(text, shape.allowed),
        )
    elif shape.sort is Sort.LIST:
        for index, item in enumerate(template.children or ()):
            yield from unlike(f"{name}[{index}]", item, shape.items)
    elif shape.sort is Sort.OBJECT:
        for key, item in template.children or ():
            if key in shape.fields:
                yield from unlike(f"{name}.{key}", item, shape.fields[key])


def _services(case: FlowCase, environments: Mapping[str, Environment]) -> Iterator[Problem]:
    """Stubs of services that the environment does not name, or of a real environment."""
    environment = _environment(case, environments)
    if environment is None or not case.stubs:
        return
    name = environment.name
    if not environment.simulated:
        message = say("{name} is not simulated, and no stub answers there", name=name)
        alone = say("only simulated environments have {key}", key="stubs")
        yield Problem(id=Id.NOT_ALLOWED, message=message, at=case.places["stubs"], note=alone)
        return
    known = tuple(environment.endpoints)
    for service in case.stubs:
        if service in known:
            continue
        message = say(
            '{owner} has no {what} "{name}"',
            what=say("service"),
            owner=say("environment {name}", name=name),
            name=service,
        )
        yield Problem(
            id=Id.UNKNOWN_REFERENCE,
            message=message,
            at=case.places[f"stubs.{service}"],
            allowed=known,
            allowed_label="services",
            suggestion=closest(service, known),
        )


def _environment(case: FlowCase, environments: Mapping[str, Environment]) -> Environment | None:
    """The environment of a case; None if a cassette gives it or it does not exist."""
    name = case.environment or ("" if case.cassette else DEFAULT_ENVIRONMENT)
    return environments.get(name)


def _unasked_stubs(
    test: FlowTest, namespace: Namespace, context: CheckContext
) -> Iterator[Problem]:
    """Stubs that no case can use, because its flow never calls that service this way."""
    reaches: dict[str, Reach | None] = {}
    needless: dict[Location, Problem] = {}
    places: set[Location] = set()
    for case in test.cases:
        if case.flow not in reaches:
            flow = namespace.checked.get(case.flow)
            reaches[case.flow] = reach_of(flow, namespace, context.wrong) if flow else None
        reach = reaches[case.flow]
        environment = _environment(case, context.environments)
        for service, stubs in case.stubs.items():
            if environment and service not in environment.endpoints:
                continue  # reported already
            for stub in stubs:
                label = f"{stub.method} {service}"
                known = reach.calls.keys() | reach.posts if reach else ()
                if reach is None or not reach.is_sure or label in known:
                    places.add(stub.at)
                else:
                    needless[stub.at] = Problem(
                        id=Id.UNKNOWN_REFERENCE,
                        message=say("{owner} never calls {label}", owner=case.flow, label=label),
                        at=stub.at,
                        allowed=tuple(name for name, named in reach.calls.items() if not named),
                        allowed_label="it calls",
                    )
    yield from (problem for at, problem in needless.items() if at not in places)


class Reach(Struct, frozen=True, kw_only=True):
    """The steps, calls and series of a flow and of its sub-flows."""

    steps: frozenset[str]
    calls: Mapping[str, bool]  # by label: whether the call is of an operation
    posts: frozenset[str]  # the requests of operations as labels of stubs: `POST sge`
    series: frozenset[str]
    is_whole: bool = True  # whether all calls are known: no flow name is computed at run time
    is_sure: bool = True  # whether no reached flow is invalid


def _labels(operation: Operation) -> Iterator[str]:
    """The requests of an operation as labels of stubs, one for each wire."""
    if operation.has_soap:
        yield f"POST {operation.route.service}"
    if operation.rest:
        yield f"{operation.rest.method} {operation.rest.service}"


def reach_of(flow: Flow, namespace: Namespace, wrong: Collection[str]) -> Reach:
    """The reach of a flow; `wrong` are the files of invalid documents."""
    flows = called_flows({**namespace.flows, flow.name: flow}, flow.name)
    steps = [step for one in flows.values() for step in steps_of(one)]
    uses = [step.uses for step in steps]
    calls: dict[str, bool] = {}
    for one in uses:
        operation = namespace.operations.get(one.operation)
        settling = operation.reconcile.call if operation and operation.reconcile else ""
        calls |= {label: " " not in label for label in (one.request, settling) if label}
    series = {name for one in uses for name in (*one.keeps, *one.loads)}
    called = {one.flow for one in uses if one.flow}
    reached = [namespace.flows.get(name) for name in {*flows, *called}]
    return Reach(
        steps=frozenset({flow.name, *called, *(step.id for step in steps)}),
        calls=calls,
        posts=frozenset(
            label
            for name, is_operation in calls.items()
            if is_operation and name in namespace.operations
            for label in _labels(namespace.operations[name])
        ),
        series=frozenset(series),
        is_whole=not any(one.casebook for one in uses),
        is_sure=not any(one is None or one.at.file in wrong for one in reached),
    )
