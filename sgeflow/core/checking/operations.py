"""Decodes the documents of operations and checks what they declare."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from sgeflow.core.checking.document import TYPES, check_stem
from sgeflow.core.checking.expressions.inference import check_condition, infer, shape_over
from sgeflow.core.checking.expressions.known import Known, steps_run_if_true
from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.checking.values import (
    check_default,
    check_defaults,
    check_examples,
    shape_of_default,
)
from sgeflow.core.documents import (
    GENERATIONS,
    Absence,
    Echo,
    EnvelopeSpec,
    Environment,
    Example,
    Limits,
    Operation,
    Reconcile,
    ResponseSpec,
    Route,
    Same,
    Service,
)
from sgeflow.core.instances import service_problem
from sgeflow.core.language.dates import Duration, add, parse_duration
from sgeflow.core.language.expression import Expression, compile_expression
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.unknown_parameters import lacks, undeclared_parameter
from sgeflow.core.language.parameter import Parameter, Rule
from sgeflow.core.language.points import is_point
from sgeflow.core.language.reader import Reader, Types
from sgeflow.core.language.schemas import FAULT_CLASSES, OPERATION
from sgeflow.core.language.shapes import (
    ANY,
    BOOLEAN,
    DAY,
    TEXT,
    XML,
    Shape,
    object_of,
    shape_of_schema,
)
from sgeflow.core.language.template import Template, localize
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.language.unparse import Places, constant_text, names
from sgeflow.core.model import DEFAULT_SERVICE, FaultClass, Kind
from sgeflow.core.soap.general_codes import blames_request, is_general
from sgeflow.core.wires.lists import reads
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, exception_text, say, say_count
from sgeflow.patterns import regex

_RUN = object_of({"today": DAY}, "run")  # the part of `run` that conditions read
_ORDER = object_of({"day": DAY}, "order")  # the part of an order that `reconcile` reads

NOTHING_GIVEN: Mapping[str, Template] = MappingProxyType({})
NO_SERVICES: Mapping[str, Service] = MappingProxyType({})


def shape_of_outputs(operation: Operation, given: Mapping[str, Template] = NOTHING_GIVEN) -> Shape:
    """The shape of the outputs of a call: an object with its response paths.

    If the reply repeats a value that is a literal in the call, that value is known.
    """
    paths = operation.response.paths.items()
    reply = _shape_in_reply if operation.has_soap else _shape_in_json
    shapes = {name: reply(path) for name, path in paths}
    for parameter, echo in operation.echo.items():
        value = given.get(parameter)
        if value is not None and value.is_constant and echo.value is None and not echo.bound:
            for name, path in operation.response.paths.items():
                if path.text == echo.path.text:
                    shapes[name] = replace(shapes[name], allowed=(str(value.written),))
    return object_of(shapes, operation.name)


@cache_by_identity
def _shape_in_reply(path: Expression) -> Shape:
    return shape_over(XML, path)[0]


@cache_by_identity
def _shape_in_json(path: Expression) -> Shape:
    return shape_over(ANY, path)[0]


def shape_of_parameters(parameters: Mapping[str, Parameter], origin: str) -> Shape:
    """The shape of the values of parameters or inputs in expressions."""
    shapes = {}
    for name, one in parameters.items():
        may_lack = not one.required and one.default is None
        shapes[name] = replace(shape_of_schema(one.schema), may_lack=may_lack)
    return object_of(shapes, origin)


def check_env(operation: Operation, env: Shape) -> Iterator[Problem]:
    """Check that defaults read only `env` and give values that the parameter accepts."""
    known = Known({"env": env})
    for parameter in operation.parameters.values():
        if parameter.default is None:
            continue
        for expression in parameter.default.expressions():
            for problem in infer(expression, known)[1]:  # shared types report their own
                yield replace(problem, at=problem.at or parameter.at)
        yield from check_default(parameter, shape_of_default(parameter.default, known))


def _check_wires(reader: Reader) -> None:
    """Check that operations without `rest` have all keys of SOAP, and others all or none."""
    data = reader.tree.data
    soap = [key for key in ("route", "envelope") if key in data]
    if "rest" in data and not soap:
        return
    for key in ("route", "envelope"):
        if key not in data:
            message = say('the key "{key}" is missing', key=key)
            note = OPERATION["properties"][key]["description"]
            reader.report(Id.MISSING_KEY, message, (), key=True, note=note)
    response = data.get("response")
    if isinstance(response, dict) and "element" not in response:
        message = say('the key "{key}" is missing', key="element")
        note = say("SOAP needs it; an operation without an envelope has no such key")
        reader.report(Id.MISSING_KEY, message, ("response",), key=True, note=note)


def _check_personal(reader: Reader, operation: Operation) -> None:
    """Report parameters in `personal` that are marked personal themselves."""
    for index, name in enumerate(reader.get(("personal",), ())):
        if name in operation.parameters and operation.parameters[name].personal:
            message = say('the parameter "{name}" is already personal', name=name)
            note = say("leave it out here")
            reader.report(Id.PLAIN_FORM, message, ("personal", index), note=note)


def _check_lists(reader: Reader, operation: Operation) -> None:
    """Check that an output reads each of `lists`, and that no path reads it as a single element."""
    paths = operation.response.paths.values()
    if len(paths) < len(reader.get(("response", "paths"))):
        return  # if one path is invalid, what it reads is unknown
    echoes = (echo.path for echo in operation.echo.values())
    taken = [(path, reads(path.syntax_tree)) for path in (*paths, *echoes)]
    lists = {name for _, one in taken for name in one.lists}
    for path, one in taken:  # a name read from a list as if it were one object is null
        wrong = [n for where, n in one.single if where in lists.union(operation.response.lists)]
        for node in wrong[:1]:
            message = say(
                'an object is needed to read "{name}", not {words}',
                name=node["value"],
                words=say("a list"),
            )
            note = say("take the items of a list with [] or one with [0]")
            at = Places(path).of(node)
            problem = Problem(id=Id.UNKNOWN_FIELD, message=message, at=at, note=note)
            reader.problems.append(problem)
    read = list(dict.fromkeys(name for path in paths for name in names(path.syntax_tree)))
    for index, path_text in enumerate(operation.response.lists):
        place: Path = ("response", "lists", index)
        if path_text in lists:
            message = say('"{name}" is already a list: a path takes its items', name=path_text)
            note = say("leave it out; lists names what no path takes as a list")
            reader.report(Id.PLAIN_FORM, message, place, note=note)
            continue
        for name in path_text.split("."):
            near = "" if name in read else closest(name, read)
            if near:
                message = say('"{name}" repeats, but no output reads it', name=name)
                reader.report(Id.UNKNOWN_FIELD, message, place, suggestion=near)


def _check_required(reader: Reader, operation: Operation) -> None:
    """Check that reads have no `required`, and that `required` and `secret` name outputs."""
    outputs = reader.get(("response", "paths"))
    if operation.response.required is not None and operation.kind is Kind.READ:
        message = say("required says when an order counts as accepted, and this is a read")
        note = say("leave it out here")
        reader.report(Id.NOT_ALLOWED, message, ("response", "required"), key=True, note=note)
    for key in ("required", "secret"):
        for index, name in enumerate(getattr(operation.response, key) or ()):
            if name not in outputs:
                message = lacks(operation.name, say("output"), name)
                near = closest(name, outputs)
                at: Path = ("response", key, index)
                reader.report(Id.UNKNOWN_FIELD, message, at, suggestion=near)


def _check_same(reader: Reader, operation: Operation) -> None:
    """Check that `same` reads only parameters of the order."""
    if operation.same is None:
        return
    known = _known_parameters(operation)
    for expression in operation.same.thing:
        reader.problems += infer(expression, known)[1]
    for index, name in enumerate(operation.same.terms):
        _check_declared(reader, operation, name, ("same", "terms", index))


def _check_declared(
    reader: Reader, operation: Operation, name: str, path: Path, *, key: bool = False
) -> None:
    """Check that a name is that of a parameter."""
    if name not in operation.parameters:
        at = reader.at(path, key=key)
        reader.problems.append(undeclared_parameter(name, operation.parameters, at))


def _known_parameters(operation: Operation) -> Known:
    """The parameters of an operation as roots of an expression."""
    return Known(dict(shape_of_parameters(operation.parameters, operation.name).fields))


def check_mentions(operation: Operation, operations: Mapping[str, Operation]) -> Iterator[Problem]:
    """Check the operations that one names: its successor, the same order, its cancels.

    The same order must describe its things with as many parts.
    """
    same = operation.same
    for name in same.ended_by if same else ():
        cancels = [name for name, one in operations.items() if one.kind is Kind.CANCEL]
        if name not in cancels:
            yield _no_such(operation, name, say('no cancel is "{name}"', name=name), cancels)
    if same and same.order:
        other = operations.get(same.order)
        if other is None or other.same is None or len(other.same.thing) != len(same.thing):
            orders = [name for name, one in operations.items() if one.same]
            message = say('no order with a thing of as many parts is "{name}"', name=same.order)
            yield _no_such(operation, same.order, message, orders)
    successor = operation.replaced_by
    others = [name for name in operations if name != operation.name]
    if successor and successor not in others:
        message = say('no other operation is "{name}"', name=successor)
        yield _no_such(operation, successor, message, others)


def check_service(operation: Operation, environments: Collection[Environment]) -> Iterator[Problem]:
    """Check that an environment has the service of an operation, at a single address."""
    service, at = operation.route.service, operation.route.at or operation.at
    if operation.rest and not operation.has_soap:
        at = operation.rest.at
    found = (service_problem(environment, service, "") is None for environment in environments)
    if not environments or any(found):
        return
    known = {
        name: None
        for environment in environments
        for name in environment.endpoints
        if service_problem(environment, name, "") is None
    }
    yield Problem(
        id=Id.UNKNOWN_REFERENCE,
        message=say('no environment has a service "{name}" that operations can call', name=service),
        at=at,
        note=say("name it under `services` of an environment, with one address"),
        allowed=tuple(known),
        allowed_label="services",
        suggestion=closest(service, known),
    )


def _no_such(operation: Operation, name: str, message: Message, known: Collection[str]) -> Problem:
    return Problem(
        id=Id.UNKNOWN_REFERENCE,
        message=message,
        at=operation.mentions[name],
        suggestion=closest(name, known),
        lacks=name,
    )


def _check_codes(reader: Reader, operation: Operation, codes: Collection[str]) -> None:
    """Check that the fault catalogue describes the codes of an operation.

    Codes that begin with other letters than those of the catalogue belong to another service.
    """
    others = [code for code in operation.faults if code not in codes]
    ours = {_letters(code) for code in codes} if others else ()
    for code in others:
        if _letters(code) in ours or closest(code, codes):
            reader.report(
                Id.NOT_ALLOWED,
                lacks("operations/faults.yaml", say("code"), code),
                ("faults", code),
                key=True,
                note=say("a code is described there first"),
                suggestion=closest(code, codes),
            )


_RETRIED = FaultClass.TRANSIENT.value, FaultClass.TECHNICAL.value


def check_general_code(
    reader: Reader, code: str, fault_class: str, at: Path, order: Path | None = None
) -> None:
    """Report a code of SOAP itself that is retried, or taken for the proof of a refusal.

    Args:
        reader: the document.
        code: a code of a fault.
        fault_class: its class.
        at: the place of the class.
        order: the place where the document says that the code refuses an order.
    """
    note = say("describe the service's own code, from the detail of the fault")
    if blames_request(code) and fault_class in _RETRIED:
        message = say("{code} blames the request: sending it again does not help", code=code)
        allowed = tuple(one for one in FAULT_CLASSES if one not in _RETRIED)
        reader.report(Id.NOT_ALLOWED, message, at, note=note, allowed=allowed)
    if order and is_general(code):
        message = say("{code} does not prove that an order was refused", code=code)
        reader.report(Id.NOT_ALLOWED, message, order, note=note)


def _letters(code: str) -> str:
    return code.rstrip("0123456789") if code.isalnum() else code


def check_reconcile(
    operation: Operation, operations: Mapping[str, Operation]
) -> tuple[Problem, ...]:
    """Check that the read of `reconcile` exists, and that its arguments fit."""
    reconcile = operation.reconcile
    if reconcile is None:
        return ()
    read = operations.get(reconcile.call)
    if read is not None and read.kind is Kind.READ:
        return _check_settling(operation, reconcile, read)
    problem = Problem(
        id=Id.UNKNOWN_REFERENCE,
        message=say(
            '{operation} is reconciled by "{call}", which is not a read',
            operation=operation.name,
            call=reconcile.call,
        ),
        at=reconcile.places.get("call", operation.at),
        suggestion=closest(
            reconcile.call, [name for name, one in operations.items() if one.kind is Kind.READ]
        ),
        lacks=reconcile.call,
    )
    return (problem,)


@cache_by_identity
def _check_settling(
    operation: Operation, reconcile: Reconcile, read: Operation
) -> tuple[Problem, ...]:
    """Problems of a `reconcile` whose read exists."""
    known = _known_parameters(operation)
    problems = list(_check_names(operation, reconcile, read))
    problems += [
        problem
        for template in reconcile.arguments.values()
        for expression in template.expressions()
        for problem in infer(expression, known)[1]
    ]
    known = Known({"order": _ORDER, **known.roots, **shape_of_outputs(read).fields})
    shape, wrong = infer(reconcile.found, known)
    problems += wrong
    for expression in reconcile.outputs.values():
        problems += shape_over(shape, expression)[1]
    if reconcile.absent:
        message = say("`absent` must be true or false")
        problems += check_condition(reconcile.absent.when, known, message)
    run_is_unknown = say('unknown name "{name}"', name="run")
    note = say("a run may be resumed days later: use order.day")
    return tuple(
        replace(problem, suggestion="order", note=note)
        if problem.message == run_is_unknown
        else problem
        for problem in problems
    )


def _check_names(operation: Operation, reconcile: Reconcile, read: Operation) -> Iterator[Problem]:
    def problem(id_: Id, words: Message, place: str, near: str = "") -> Problem:
        at = reconcile.places.get(place, operation.at)
        message = say("reconcile: {words}", words=words)
        return Problem(id=id_, message=message, at=at, suggestion=near)

    unknown = [name for name in reconcile.arguments if name not in read.parameters]
    near = {name: closest(name, read.parameters) for name in unknown}
    for name in unknown:
        words = lacks(read.name, say("parameter"), name)
        yield problem(Id.UNKNOWN_ARGUMENT, words, f"with.{name}", near[name])
    for name, parameter in read.parameters.items():
        if parameter.required and name not in (*reconcile.arguments, *near.values()):
            words = say('{owner} needs the parameter "{name}"', owner=read.name, name=name)
            yield problem(Id.MISSING_ARGUMENT, words, "call")
    for name in reconcile.outputs:
        outputs = operation.response.paths
        if name not in outputs:
            words = lacks(operation.name, say("output"), name)
            yield problem(Id.UNKNOWN_FIELD, words, f"outputs.{name}", closest(name, outputs))


_ROWS = regex(r"([\w.]+\[\])\.\{")


def read_echo(reader: Reader, within: Path = ("echo",), reply: Shape = XML) -> dict[str, Echo]:
    """The echo of an operation by parameter; invalid parts are reported."""
    echoes = {}
    for name in reader.get(within) or {}:
        at: Path = (*within, name)
        value = reader.get(at)
        is_short = not isinstance(value, dict)
        path = reader.reply_path(at if is_short else (*at, "path"))
        if path is not None:
            reader.problems += shape_over(reply, path)[1]
            echoes[name] = Echo(
                parameter=name,
                path=path,
                value=None if is_short else reader.expression((*at, "value")),
                bound="" if is_short else value.get("bound", ""),
            )
    return echoes


def _check_echo(reader: Reader, operation: Operation) -> None:
    """Check that an echo repeats parameters, and the point if request and reply contain one."""
    known = _known_parameters(operation)
    for name, echo in operation.echo.items():
        _check_declared(reader, operation, name, ("echo", name), key=True)
        parameter = operation.parameters.get(name)
        if parameter and echo.bound and echo.value is None and not parameter.is_date:
            message = say("{name} is no date, and has no earliest or latest one", name=name)
            reader.report(Id.NOT_ALLOWED, message, ("echo", name, "bound"), key=True)
        if echo.value is not None:
            reader.problems += infer(echo.value, known)[1]
    points = [name for name in operation.parameters if is_point(name)]
    echoes = reader.get(("echo",)) or {}
    is_said = any(is_point(name) or name not in operation.parameters for name in echoes)
    if not points or is_said:  # an unknown name is reported already, and may mean the point
        return
    for output, path in operation.response.paths.items():
        elements = [n for n in names(path.syntax_tree) if is_point(n) and n != "point"]  # of an id
        if not is_point(output) and not elements:
            continue
        rows = _ROWS.match(path.text)
        place = path.text if is_point(output) else f"{rows[1]}.{elements[0]}" if rows else "…"
        example = f"echo: {{{points[0]}: {place}}}"
        message = say('missing key "echo": request and reply both hold {name}', name=points[0])
        note = say("say where the reply repeats it, as {example}", example=example)
        at: Path = ("response", "paths", output)
        reader.report(Id.MISSING_KEY, message, at, key=True, note=note)
        return


Parameters = Mapping[str, Parameter]
_LIMITS = ("window", "history")
_TWO = 2  # two dates: the start of a period and its end


def _limit_rules(reader: Reader, limits: Limits, parameters: Parameters) -> Iterator[Rule]:
    """The rules of `limits`: the longest period of a kind of data, and its earliest start.

    A limit in months allows one month more, because the service's rounding is not documented.
    """
    dates = _dates(parameters)
    for limit in _LIMITS:
        for kind, written in getattr(limits, limit).items():
            named = next((one for one in parameters.values() if kind in _kinds(one)), None)
            if named is None or len(dates) != _TWO or _flaw(written):
                continue
            start, end = dates
            needed = dates if limit == "window" else [start]
            there = [f"present({one.name})" for one in needed if not one.required]
            when = " && ".join([f"{named.name} == {constant_text(kind)}", *there])
            if limit == "window":
                check = f"{start.name} >= date_add({end.name}, '-{written}')"
                message = say(
                    "{kind} covers at most {time} a call; a flow cuts a longer period with "
                    "windows(start, end, '{step}')",
                    kind=kind,
                    time=_time(written),
                    step=written,
                )
            else:
                length = parse_duration(written)
                lenient = f"P{length.months + 1}M{length.days}D" if length.months else written
                check = f"{start.name} >= date_add(run.today, '-{lenient}')"
                message = say("{kind} goes back {time}", kind=kind, time=_time(written))
            spot = reader.spot(("limits", limit, kind))
            yield Rule(
                when=compile_expression(when, spot),
                check=compile_expression(check, spot),
                message=message,
                dated=limit == "history",
            )


def _check_limits(reader: Reader, operation: Operation) -> None:
    """Check that limits belong to values of a parameter, and to a period with two dates."""
    known = [name for one in operation.parameters.values() for name in _kinds(one)]
    dates = _dates(operation.parameters)
    for limit in _LIMITS:
        for kind, written in getattr(operation.limits, limit).items():
            path: Path = ("limits", limit, kind)
            if kind not in known:
                reader.report(
                    Id.UNKNOWN_REFERENCE,
                    say('no parameter can be "{name}"', name=kind),
                    path,
                    key=True,
                    note=say("a period is given for a value of a parameter"),
                    allowed=tuple(known),
                    suggestion=closest(kind, known),
                )
            if flaw := _flaw(written):
                reader.report(Id.MALFORMED, flaw, path)
        if getattr(operation.limits, limit) and len(dates) != _TWO:
            count = len(dates)
            note = say("parameters with `format: date`: {count}; write a rule instead", count=count)
            reader.report(
                Id.UNKNOWN_REFERENCE,
                say("a limit is one of the two dates of a period"),
                ("limits", limit),
                key=True,
                note=note,
                lacks=TYPES,  # their mistakes are reported, not the consequences
            )


def _dates(parameters: Parameters) -> list[Parameter]:
    """The date parameters in the order of the XML: the start of a period, and its end."""
    return [one for one in parameters.values() if one.is_date]


def _kinds(parameter: Parameter) -> list[str]:
    return [str(value) for value in parameter.schema.get("enum", ())]


def _flaw(written: str) -> Message | None:
    """Why dates cannot be so far apart; or None."""
    try:
        add("2100-01-01", written)
    except ValueError as error:
        return exception_text(error)
    length = parse_duration(written)
    if length and not length.backwards:
        return None
    return say("{text!r} is not a duration; write it like P7D or P24M", text=written)


def _time(written: str) -> Message | str:
    length = parse_duration(written)
    if length == Duration(months=length.months):
        return say_count("{count:,} month", "{count:,} months", count=length.months)
    if length == Duration(days=length.days):
        return say_count("{count:,} day", "{count:,} days", count=length.days)
    return written


ENV = object_of(
    {
        "name": TEXT,
        "login": TEXT,
        "contractId": TEXT,
        "generation": replace(TEXT, allowed=GENERATIONS),
        "simulated": BOOLEAN,
    },
    "env",
)
"""The facts that every environment has as `env` in expressions."""


def decode_operation(
    tree: Tree,
    types: Types,
    codes: Collection[str] = (),
    services: Mapping[str, Service] = NO_SERVICES,
) -> tuple[Operation | None, list[Problem]]:
    """Decode an operation; return None for a wrong form, and the document's mistakes.

    `codes` are those of the fault catalogue, `services` the services by name.
    """
    reader = Reader(tree, types)
    reader.valid(OPERATION)
    if isinstance(tree.data, dict):
        _check_wires(reader)
    if reader.problems:
        return None, reader.problems
    parameters = reader.parameters(("parameters",))
    are_parameters_sound = not reader.problems
    operation = _operation(reader, tree.data, parameters, services)
    check_stem(reader, "operation", operation.name)
    if are_parameters_sound:
        reader.problems += check_defaults(parameters)
        _check_limits(reader, operation)
    _check_lists(reader, operation)
    _check_required(reader, operation)
    _check_personal(reader, operation)
    if operation.route.address:
        _check_declared(reader, operation, operation.route.address, ("route", "address"))
    _check_same(reader, operation)
    _check_echo(reader, operation)
    _check_codes(reader, operation, codes)
    for code, fault_class in operation.faults.items():
        check_general_code(reader, code, fault_class, ("faults", code))
    if not reader.problems:
        reader.problems += check_examples(reader, operation)
    return operation, reader.problems


def _operation(
    reader: Reader,
    data: Mapping[str, Any],
    parameters: Mapping[str, Parameter],
    services: Mapping[str, Service],
) -> Operation:
    route, envelope = data.get("route", {}), data.get("envelope", {})
    alone = data.get("rest", {}).get("endpoint", DEFAULT_SERVICE)
    service = route.get("service", DEFAULT_SERVICE) if route else alone
    limits = Limits(
        window=data.get("limits", {}).get("window", {}),
        history=data.get("limits", {}).get("history", {}),
        rate=data.get("limits", {}).get("rate"),
        reply_bytes=data.get("limits", {}).get("reply_bytes", 32 * 1024 * 1024),
    )
    response = _response(reader)
    personal = [name for name, parameter in parameters.items() if parameter.personal]
    personal += _secret_elements(response)
    ended_by = range(len(reader.get(("same", "ended_by"), ())))
    mentions: list[Path] = [("replaced_by",), ("same", "order")]
    mentions += (("same", "ended_by", index) for index in ended_by)
    return Operation(
        name=data["operation"],
        title=localize(data["title"]),
        description=localize(data.get("description")),
        service=data["service"],
        version=data["version"],
        kind=Kind(data["kind"]),
        status=data.get("status", "current"),
        route=Route(
            gateway=route.get("gateway"),
            direct=route.get("direct"),
            soap_action=route.get("soap_action", ""),
            service=service,
            address=route.get("address", ""),
            at=reader.at(("route", "service")) if "service" in route else None,
        ),
        provider=services.get(service) or Service(name=service, owner=service),
        limits=limits,
        parameters=parameters,
        rules=(*read_rules(reader, parameters), *_limit_rules(reader, limits, parameters)),
        envelope=EnvelopeSpec(
            namespaces=envelope.get("namespaces", {}),
            header=envelope.get("header", {}),
            body=envelope.get("body", {}),
            soap=envelope.get("soap", "1.1"),
        ),
        response=response,
        faults={code: FaultClass(name) for code, name in data.get("faults", {}).items()},
        same=_same(reader),
        echo=read_echo(reader, reply=shape_of_reply(reader)),
        reconcile=_reconcile(reader),
        personal=tuple(dict.fromkeys([*data.get("personal", ()), *personal])),
        examples={
            name: Example(
                name=name,
                parameters=example["parameters"],
                description=localize(example.get("description")),
                day=example.get("day", ""),
            )
            for name, example in data.get("examples", {}).items()
        },
        at=reader.at(("operation",)),
        ends=data.get("ends", ""),
        replaced_by=data.get("replaced_by", ""),
        mentions={reader.get(path): reader.at(path) for path in mentions if reader.get(path)},
    )


def shape_of_reply(reader: Reader) -> Shape:
    """The shape of a reply: texts and objects if XML may answer, otherwise any JSON."""
    return XML if reader.get(("envelope",)) else ANY


def _response(reader: Reader) -> ResponseSpec:
    element = reader.get(("response", "element"), ())
    paths = reader.reply_paths(("response", "paths"))
    fault = reader.reply_paths(("response", "fault"))
    required = reader.get(("response", "required"))
    for expression in (*paths.values(), *fault.values()):
        reader.problems += shape_over(shape_of_reply(reader), expression)[1]
    return ResponseSpec(
        elements=(element,) if isinstance(element, str) else tuple(element),
        lists=tuple(reader.get(("response", "lists"), [])),
        paths=paths,
        required=None if required is None else tuple(required),
        fault=fault,
        secret=tuple(reader.get(("response", "secret"), [])),
    )


def _secret_elements(response: ResponseSpec) -> Iterator[str]:
    """The names of the elements that contain the secrets of a reply: the last of each path."""
    for output in response.secret:
        path = response.paths.get(output)
        found = [*names(path.syntax_tree)] if path else []
        yield from found[-1:]


def read_rules(
    reader: Reader, parameters: Mapping[str, Parameter], path: Path = ("rules",)
) -> tuple[Rule, ...]:
    """The rules at a path; their mistakes are reported."""
    known = Known({"run": _RUN, **shape_of_parameters(parameters, "").fields})
    rules = []
    for index, entry in enumerate(reader.get(path, [])):
        when = _condition(reader, (*path, index, "when"), known) if "when" in entry else None
        if when is None and "when" in entry:
            continue
        within = replace(known, ran=steps_run_if_true(when.syntax_tree)) if when else known
        check = _condition(reader, (*path, index, "check"), within)
        if check is None:
            continue
        rule = Rule(check=check, message=localize(entry["message"]), when=when)
        is_dated = any("run.today" in e.text for e in rule.expressions) and "run" not in parameters
        rules.append(replace(rule, dated=is_dated))
    return tuple(rules)


def _condition(reader: Reader, path: Path, known: Known) -> Expression | None:
    """A condition of a rule, which must be true or false."""
    expression = reader.expression(path)
    if expression is not None:
        message = say("a rule must be true or false")
        reader.problems += check_condition(expression, known, message)
    return expression


def _same(reader: Reader) -> Same | None:
    texts = reader.get(("same", "thing"), ())
    expressions = [reader.expression(("same", "thing", index)) for index in range(len(texts))]
    thing = tuple(expression for expression in expressions if expression)
    terms = tuple(reader.get(("same", "terms"), ()))
    order = reader.get(("same", "order"), "")
    ended_by = tuple(reader.get(("same", "ended_by"), ()))
    return Same(thing=thing, terms=terms, order=order, ended_by=ended_by) if thing else None


def _reconcile(reader: Reader) -> Reconcile | None:
    found = reader.expression(("reconcile", "found"))
    if found is None:
        return None
    arguments = reader.templates(("reconcile", "with"))
    outputs = reader.expressions(("reconcile", "outputs"))
    when = reader.expression(("reconcile", "absent", "when"))
    after = reader.get(("reconcile", "absent", "after"))
    places = {"call": reader.at(("reconcile", "call"))}  # also of each name, as `with.x`
    for part in ("with", "outputs"):
        for name in reader.get(("reconcile", part)) or {}:
            places[f"{part}.{name}"] = reader.at(("reconcile", part, name), key=True)
    return Reconcile(
        call=reader.get(("reconcile", "call")),
        arguments=arguments,
        found=found,
        outputs=outputs,
        absent=Absence(after=after, when=when) if when else None,
        places=places,
    )
