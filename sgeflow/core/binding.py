"""The binding of an operation: from checked values to a request, from a response to outputs."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from types import MappingProxyType
from typing import Any
from unicodedata import normalize

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.documents import Environment, FaultEntry, Operation
from sgeflow.core.instances import service_problem
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.points import is_point, points_text
from sgeflow.core.model import DEFAULT_SERVICE, Fault, Kind, NoAnswer, Request, Response
from sgeflow.core.soap.envelope import root_of
from sgeflow.core.wires.answers import answer_to_another, unproven
from sgeflow.core.wires.echo import ExpectedEcho, expect, lacking, mismatch, texts_of
from sgeflow.core.wires.wire import OpenedReply, Wire
from sgeflow.errors import Id, InvalidDocuments, Problem, SgeflowError
from sgeflow.messages import join_items, say

NOWHERE: Mapping[str, Environment] = MappingProxyType({})
NO_OTHERS: Mapping[str, Operation] = MappingProxyType({})
_COMPARISON = 2  # increase it whenever `_one_form` changes the form of ordered values
Outputs = dict[str, Any]
ReadReply = Callable[[Response], Outputs | Fault | NoAnswer]


class Binding(Struct, frozen=True):
    """One operation and its wires, compiled."""

    operation: Operation
    wires: tuple[Wire, ...]  # the first that serves an environment is used
    environments: Mapping[str, Environment]  # all environments of the project
    makes: str = ""  # the ordered thing, from `named_of`

    def request(self, values: Mapping[str, Any], environment: Environment) -> Request:
        """The request for checked values.

        Raises:
            InvalidDocuments: the environment does not lead to the operation.
            InvalidValues: a value cannot be written.
        """
        operation, wire = self.operation, self.wire(environment)
        named = ("pointId", *filter(is_point, values))  # the documented name comes first
        point = next((values[name] for name in named if name in values), "")
        written = wire.write(values, environment)
        return Request(
            endpoint=wire.service,
            instance=written.instance,
            is_operation=True,
            method=written.method,
            path=written.path,
            headers=written.headers,
            body=written.body,
            has_places=written.has_places,
            label=operation.name,
            kind=operation.kind,
            personal=(*operation.personal, *wire.personal),
            reply_bytes=operation.limits.reply_bytes,
            rate=operation.limits.rate,
            point=points_text(point),
            values=values,
            service=named_of(operation),
            same=self._same(values),
            form=self._form(environment),
            ended_by=operation.same.ended_by if operation.same else (),
            alone=not operation.echo,  # nothing in the reply identifies the request
            is_login=operation.kind is Kind.READ and bool(operation.response.secret),
        )

    def wire(self, environment: Environment) -> Wire:
        """The wire by which calls leave in an environment; raises InvalidDocuments without one."""
        for wire in self.wires:
            if wire.serves(environment):
                return wire
        raise InvalidDocuments(self._without_wire(environment))

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
        read. Without `same` it has what the wire writes, and all parameters.
        """
        operation, same = self.operation, self.operation.same
        if operation.kind is Kind.READ:
            return ""
        if same is None:
            way = self.wire(environment).form(environment)
            return _text_of([*way, *map(_parameter_text, operation.parameters.values())])
        from sgeflow.core.language.unparse import names, unparse

        read = {*same.terms, *(name for one in same.thing for name in names(one.syntax_tree))}
        parameters = [
            _parameter_text(one) for name, one in operation.parameters.items() if name in read
        ]
        things = [unparse(one.syntax_tree) for one in same.thing]
        return _text_of([_COMPARISON, same.order, things, sorted(same.terms), sorted(parameters)])

    def serves(self, environment: Environment) -> bool:
        """Whether an environment has an address for the operation on some wire."""
        return any(wire.serves(environment) for wire in self.wires)

    def reader(
        self, values: Mapping[str, Any], wire: Wire | None = None, *, unchecked: bool = False
    ) -> ReadReply:
        """The function that reads the reply to a call with these values that left by a wire.

        Raises:
            EvaluationError: a value that the reply must repeat cannot be computed.
        """
        try:
            expected = expect(self.operation, values)
        except SgeflowError:
            if not unchecked:
                raise
            expected = ()  # invalid on purpose: the service refuses the call
        return partial(self.read, expected=expected, wire=wire)

    def read(
        self,
        response: Response,
        expected: tuple[ExpectedEcho, ...] = (),
        wire: Wire | None = None,
    ) -> Outputs | Fault | NoAnswer:
        """The outputs of a call that left by a wire, or its failure.

        A reply that repeats other values than the `expected` ones answers another request.
        """
        reply = self._opened(response, wire)
        if isinstance(reply, Fault | NoAnswer):
            return reply
        repeated = reply.repeated() if expected else {}
        if words := mismatch(expected, repeated, reply):
            return answer_to_another(self.operation, response, words)
        outputs = reply.outputs()
        if names := lacking(self.operation, reply, outputs, expected, repeated):
            return unproven(self.operation, response, names)
        return outputs

    def reply_time(self, values: Mapping[str, Any], response: Response) -> float | None:
        """The time at which the server made a reply, if the reply proves to answer these values.

        The proof is that the reply repeats all values that `echo` names. An empty reply repeats
        nothing, so it may belong to another request, or be an old one.

        Returns:
            Epoch seconds by the server's clock; None without a proof or a time.
        """
        reply = self._opened(response)
        if isinstance(reply, Fault | NoAnswer):
            return None
        repeated = reply.repeated()
        # borders of dates do not count: many requests have the same
        echoes = [one.echo for one in expect(self.operation, values) if not one.echo.bound]
        names = [echo.parameter for echo in echoes]
        if not names or not all(any(texts_of(repeated.get(name))) for name in names):
            return None
        from sgeflow.core.wires.reply_dates import made_at

        return made_at(response)

    def read_saved(self, body: bytes) -> Outputs | Fault | NoAnswer:
        """The outputs, or the failure, of a reply in a file."""
        reply = self.open_saved(body)
        return reply if isinstance(reply, Fault | NoAnswer) else reply.outputs()

    def open_saved(self, body: bytes) -> OpenedReply | Fault | NoAnswer:
        """A reply in a file, opened by the wire that knows it."""
        return self._wire_of(body, self.wires[0]).open_saved(body)

    def _opened(
        self, response: Response, wire: Wire | None = None
    ) -> OpenedReply | Fault | NoAnswer:
        if wire is None or response.earlier:  # the run may have begun on another wire
            wire = self._wire_of(response.body, wire or self.wires[0])
        return wire.open(response)

    def _wire_of(self, body: bytes, default: Wire) -> Wire:
        """The wire that knows a body; the default if none does."""
        return next((one for one in (default, *self.wires) if one.knows(body)), default)

    def _without_wire(self, environment: Environment) -> Problem:
        """The problem of an environment without a wire, with the environments that have one."""
        operation, service = self.operation, self.wires[-1].service
        problem = service_problem(environment, service, "") or Problem(
            id=Id.UNKNOWN_REFERENCE,
            message=say(
                'environment "{environment}" does not call {operation} at {service}',
                environment=environment.name,
                operation=operation.name,
                service=service,
            ),
            note=say("add it to {place}", place=f"services.{service}.operations"),
        )
        others = [name for name, one in self.environments.items() if self.serves(one)]
        note = problem.note
        if others:
            note = say("it is reached with --env {names}", names=join_items(others, say(" or ")))
        at, where = environment.at, operation.name
        return replace(problem, id=Id.UNKNOWN_REFERENCE, at=at, where=where, note=note)


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
    """The canonical form of a value: equal orders become equal JSON.

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
    wires: list[Wire] = []
    if operation.rest is not None:
        from sgeflow.core.rest.wire import rest_wire

        wires.append(rest_wire(operation, operation.rest, faults))
    if operation.has_soap:
        from sgeflow.core.soap.wire import soap_wire

        wires.append(soap_wire(operation, faults, environments))
    same = operation.same
    maker = others[same.order] if same and same.order else operation
    return Binding(
        operation=operation,
        wires=tuple(wires),
        environments=environments,
        makes=named_of(maker),
    )


def named_of(operation: Operation) -> str:
    """The name by which an operation's orders are compared: its envelope's root, with the service.

    An operation without an envelope uses its own name, because its path may change while an order
    is lost. An operation with both is known by its envelope alone, so that an order lost on one
    wire blocks the other. The default service is left out, as in journals from before operations
    named a service.
    """
    service = operation.route.service
    root = root_of(operation.envelope) if operation.has_soap else operation.name
    return root if service == DEFAULT_SERVICE else f"{service} {root}"
