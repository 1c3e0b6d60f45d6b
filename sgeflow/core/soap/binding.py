"""The binding of an operation: from checked values to a request, from a response to outputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from types import MappingProxyType
from typing import Any
from unicodedata import normalize

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.documents import Echo, Environment, FaultEntry, Operation
from sgeflow.core.instances import service_problem
from sgeflow.core.language.dates import civil_date
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.points import is_point, points_text
from sgeflow.core.model import DEFAULT_SERVICE, Fault, Kind, NoAnswer, Request, Response
from sgeflow.core.soap.envelope import Render, compile_envelope, root_of
from sgeflow.core.soap.extract import Extractor, compile_outputs, is_empty
from sgeflow.core.soap.reply import (
    answer_to_another,
    read_reply,
    read_saved,
    several_of_one,
    unproven,
)
from sgeflow.core.soap.xml import Element, find_children
from sgeflow.errors import Id, InvalidDocuments, Problem, SgeflowError
from sgeflow.messages import Message, join_items, say

NOWHERE: Mapping[str, Environment] = MappingProxyType({})
NO_OTHERS: Mapping[str, Operation] = MappingProxyType({})
_COMPARISON = 2  # a greater one whenever `_one_form` brings what was ordered into another form
Outputs = dict[str, Any]
ReadReply = Callable[[Response], Outputs | Fault | NoAnswer]


class Binding(Struct, frozen=True):
    """One operation, its envelope and its outputs compiled."""

    operation: Operation
    faults: Mapping[str, FaultEntry]
    render: Render
    extract: Extractor
    environments: Mapping[str, Environment]  # all that there are
    makes: str = ""  # what an order makes, as `named_of` tells it

    def request(self, values: Mapping[str, Any], environment: Environment) -> Request:
        """The request for checked values.

        Raises:
            InvalidDocuments: the operation cannot be reached by the environment's route.
            InvalidValues: a value cannot be written as XML.
        """
        operation = self.operation
        named = ("pointId", *filter(is_point, values))  # the documented name before a user's
        point = next((values[name] for name in named if name in values), "")
        return Request(
            endpoint=operation.route.service,
            is_operation=True,
            method="POST",
            path=self._path(environment),
            headers={
                "Content-Type": "text/xml; charset=utf-8",
                # SOAP 1.1 wants the header even where the action is empty, and its quotes
                "SOAPAction": f'"{operation.route.soap_action}"',
            },
            body=self.render(values, login=environment.login),
            label=operation.name,
            kind=operation.kind,
            personal=operation.personal,
            reply_bytes=operation.limits.reply_bytes,
            rate=operation.limits.rate,
            point=points_text(point),
            service=named_of(operation),
            same=self._same(values),
            form=self._form(environment),
            ended_by=operation.same.ended_by if operation.same else (),
            alone=not operation.echo,  # nothing in the reply would tell whose it is
        )

    def _same(self, values: Mapping[str, Any]) -> tuple[tuple[str, ...], str] | None:
        same = self.operation.same
        if same is None:
            return None
        parts = [expression.search(values) for expression in same.thing]
        lists = [part if isinstance(part, list | tuple) else [part] for part in parts]
        things = tuple(
            _text_of([self.makes, _one_form(dict(enumerate(one)))])
            for one in product(*(part or [None] for part in lists))
        )
        return things, _text_of(_one_form({name: values.get(name) for name in same.terms}))

    def _form(self, environment: Environment) -> str:
        """A text that is equal for two documents whose orders can be compared; empty for a read.

        It has the expressions of `same.thing`, the names of the terms, and the parameters that both
        read. Without `same` it has the path, the login, the envelope and all parameters.
        """
        operation, same = self.operation, self.operation.same
        if operation.kind is Kind.READ:
            return ""
        if same is None:
            way = [self._path(environment), environment.login]
            return _text_of(
                [*way, repr(self.render), *map(_parameter_text, operation.parameters.values())]
            )
        from sgeflow.core.language.unparse import names, unparse

        read = {*same.terms, *(name for one in same.thing for name in names(one.syntax_tree))}
        parameters = [
            _parameter_text(one) for name, one in operation.parameters.items() if name in read
        ]
        things = [unparse(one.syntax_tree) for one in same.thing]
        return _text_of([_COMPARISON, same.order, things, sorted(same.terms), sorted(parameters)])

    def reader(self, values: Mapping[str, Any], *, unchecked: bool = False) -> ReadReply:
        """The function that reads the reply to a call with these values.

        Raises:
            EvaluationError: a value that the reply must repeat cannot be computed.
        """
        try:
            expected = expect(self.operation, values)
        except SgeflowError:
            if not unchecked:
                raise
            expected = ()  # wrong on purpose: the service refuses it
        return partial(self.read, expected=expected)

    def read(
        self, response: Response, expected: tuple[ExpectedEcho, ...] = ()
    ) -> Outputs | Fault | NoAnswer:
        """The outputs of a call, or its failure.

        A reply that repeats other values than the `expected` ones answers another request.
        """
        opened = self.extract.open(response.body)
        element = read_reply(self.operation, response, self.faults, opened.tree)
        if isinstance(element, Fault | NoAnswer):
            return element
        if path := self.extract.find_repeated(element):
            return several_of_one(self.operation, response, path)
        repeated = self.extract.read_echo(element, opened) if expected else {}
        if words := mismatch(expected, repeated, element):
            return answer_to_another(self.operation, response, words)
        outputs = self.extract.outputs(element, opened)
        if names := lacking(self.operation, element, outputs, expected, repeated):
            return unproven(self.operation, response, names)
        return outputs

    def reply_time(self, values: Mapping[str, Any], response: Response) -> float | None:
        """The time at which the server made a reply, if the reply proves to answer these values.

        The proof is that the reply repeats all values that `echo` names. An empty reply repeats
        nothing, so it may belong to another request, or be an old one.

        Returns:
            Epoch seconds by the server's clock; None without a proof or a time.
        """
        opened = self.extract.open(response.body)
        element = read_reply(self.operation, response, self.faults, opened.tree)
        if isinstance(element, Fault | NoAnswer):
            return None
        repeated = self.extract.read_echo(element, opened)
        # borders of dates do not count: many requests have the same
        echoes = [one.echo for one in expect(self.operation, values) if not one.echo.bound]
        names = [echo.parameter for echo in echoes]
        if not names or not all(any(_texts(repeated.get(name))) for name in names):
            return None
        from sgeflow.core.soap.reply_dates import made_at

        return made_at(response)

    def read_saved(self, body: bytes) -> Outputs | Fault | NoAnswer:
        """The outputs, or the failure, of a reply in a file: an envelope, or its Body's element."""
        element = read_saved(self.operation, body, self.faults)
        if isinstance(element, Fault | NoAnswer):
            return element
        if path := self.extract.find_repeated(element):
            response = Response(status=200, headers={}, body=body)
            return several_of_one(self.operation, response, path)
        return self.extract.of_element(element)

    def _path(self, environment: Environment) -> str:
        service = self.operation.route.service
        if problem := service_problem(environment, service, ""):
            raise InvalidDocuments(self._without_service(problem, environment))
        endpoint = environment.endpoints[service]
        path = self.operation.route.path(endpoint.route)
        if path is None:
            raise InvalidDocuments(self._unreachable(environment, endpoint.route))
        return "/" + path.lstrip("/")

    def _without_service(self, problem: Problem, environment: Environment) -> Problem:
        """The problem of an environment that lacks the service, with those that have it."""
        service = self.operation.route.service
        others = [
            name
            for name, one in self.environments.items()
            if service_problem(one, service, "") is None
        ]
        note = problem.note
        if others:
            note = say("it is reached with --env {names}", names=join_items(others, say(" or ")))
        return replace(
            problem,
            id=Id.UNKNOWN_REFERENCE,
            at=environment.at,
            where=self.operation.name,
            note=note,
        )

    def _unreachable(self, environment: Environment, needed_route: str) -> Problem:
        route = self.operation.route
        known = [name for name in ("gateway", "direct") if getattr(route, name) is not None]
        routes = join_items(known, say(" or "))
        service = route.service
        note = say(
            "choose an environment whose {service}.route is {known} (--env)",
            service=service,
            known=routes,
        )
        ends = {name: one.endpoints.get(service) for name, one in self.environments.items()}
        if names := [name for name, end in ends.items() if end and end.route in known]:
            note = say("it is reached with --env {names}", names=join_items(names, say(" or ")))
        return Problem(
            id=Id.UNKNOWN_REFERENCE,
            message=say(
                "{operation} has no {wanted} route, which the environment "
                '"{environment}" takes to {service}',
                operation=self.operation.name,
                service=service,
                wanted=needed_route,
                environment=environment.name,
            ),
            at=self.operation.at,
            note=note,
            allowed=tuple(known),
            allowed_label="its routes",
        )


def _parameter_text(parameter: Parameter) -> str:
    """A parameter as text: its name, its schema without descriptions, and its default."""
    default = parameter.default.written if parameter.default else None
    parts = [parameter.name, _without_descriptions(parameter.schema), default]
    return json.dumps(parts, sort_keys=True, default=str)


def _without_descriptions(schema: Any) -> Any:
    """The schema without its descriptions."""
    if isinstance(schema, Mapping):
        members = ((name, one) for name, one in schema.items() if name != "description")
        return {name: _without_descriptions(one) for name, one in members}
    return list(map(_without_descriptions, schema)) if isinstance(schema, list | tuple) else schema


def _text_of(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _one_form(value: Any) -> Any:
    """A value in one form, so that two ways to write the same order are equal as JSON.

    Lists are sorted; their order does not matter. Null, empty lists, empty objects and false
    members are left out. Whole floats become integers, texts are normalised to NFC.
    """
    if isinstance(value, Mapping):
        members = ((name, _one_form(one)) for name, one in value.items() if one is not False)
        return {name: one for name, one in members if one is not None} or None
    if isinstance(value, list | tuple):
        items = [one for one in map(_one_form, value) if one is not None]
        return sorted(items, key=_text_of) or None
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(value)
    return value if isinstance(value, int | None) else normalize("NFC", str(value))


def bind(
    operation: Operation,
    faults: Mapping[str, FaultEntry],
    environments: Mapping[str, Environment] = NOWHERE,
    others: Mapping[str, Operation] = NO_OTHERS,
) -> Binding:
    """Compile the binding of an operation.

    Args:
        operation: the operation.
        faults: the known fault codes of the service.
        environments: all environments, to suggest one in errors.
        others: all operations, to find the order that a cancel names in `same.order`.
    """
    same = operation.same
    maker = others[same.order] if same and same.order else operation
    return Binding(
        operation=operation,
        faults=faults,
        render=compile_envelope(operation),
        extract=compile_outputs(operation.response, operation.echo),
        environments=environments,
        makes=named_of(maker),
    )


def named_of(operation: Operation) -> str:
    """What the orders of an operation are about: the root of their request, at its service.

    The default service is left out, as in journals that were written before operations named one.
    """
    root, service = root_of(operation.envelope), operation.route.service
    return root if service == DEFAULT_SERVICE else f"{service} {root}"


class ExpectedEcho(Struct, frozen=True):
    """A value that the reply to a request must repeat: allowed texts, or a border of dates."""

    echo: Echo
    allowed: frozenset[str]


def expect(operation: Operation, values: Mapping[str, Any]) -> tuple[ExpectedEcho, ...]:
    """The values that the reply to a call must repeat; none for values that are absent.

    Raises:
        EvaluationError: an echo's `value` cannot work with them.
    """
    expected = []
    for name, echo in operation.echo.items():
        value = values.get(name) if echo.value is None else echo.value.search(values)
        allowed = frozenset(_texts(value))
        if allowed:
            expected.append(ExpectedEcho(echo, allowed))
    return tuple(expected)


def mismatch(
    expected: tuple[ExpectedEcho, ...], repeated: Mapping[str, Any], element: Element
) -> Message | None:
    """How a reply says that it answers another request; None when it does not.

    `repeated` is what the reply says of each parameter. An empty reply repeats nothing.
    """
    for each in expected:
        name = each.echo.parameter
        texts = tuple(_texts(repeated.get(name)))
        if not texts and is_point(name) and not is_empty(element):
            return say("the answer does not say whose it is: it lacks {name}", name=name)
        if not all(_is_asked(text, each) for text in texts):
            if each.echo.bound:
                return say("the answer's period goes beyond {name}", name=name)
            return say("the answer says another {name} than was asked for", name=name)
    return None


def _is_asked(text: str, expected: ExpectedEcho) -> bool:
    if not expected.echo.bound:
        return text in expected.allowed
    day = _day(text)
    borders = [border for each in expected.allowed if (border := _day(each))]
    if day is None:  # in a form that nobody knows yet, it says nothing
        return True
    if expected.echo.bound == "earliest":
        return all(border <= day for border in borders)
    return all(day <= border for border in borders)


def _day(text: str) -> str | None:
    """The civil day of a date as a reply writes it; an offset or a time does not move it."""
    try:
        return civil_date(text)
    except ValueError:
        return None


def _texts(value: Any) -> Iterator[str]:
    """The texts of a value as a reply writes them, of lists all; nothing for what is absent."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        yield from _texts(value.get("text"))
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif value is not None and (text := str(value).strip()):
        yield text


_ACKNOWLEDGED = "SGT200"


def lacking(
    operation: Operation,
    element: Element,
    outputs: Mapping[str, Any],
    expected: tuple[ExpectedEcho, ...],
    repeated: Mapping[str, Any],
) -> tuple[str, ...]:
    """The proofs of an accepted order that a response lacks; none for a read.

    They are the outputs that the operation requires, and all that its echo repeats. An order that
    requires none is known by a response with anything in it, or by the service's own word:
    some services answer a stop with nothing but that.
    """
    if operation.kind is Kind.READ:
        return ()
    required = operation.response.required
    lack = [name for name in required if outputs.get(name) in (None, "", [])]
    for each in expected:
        texts = set(_texts(repeated.get(each.echo.parameter)))
        # of a list each item is repeated; a border of dates is repeated by any date
        if not texts or not (each.echo.bound or each.allowed <= texts):
            lack.append(each.echo.parameter)
    if lack or required or not is_empty(element):
        return tuple(lack)
    headers = find_children(element.getroottree().getroot(), "Header")
    results = (one for header in headers for one in header.iter("{*}resultat"))
    if any(one.get("code") == _ACKNOWLEDGED for one in results):
        return ()
    return (say("the acknowledgement {code}", code=_ACKNOWLEDGED),)
