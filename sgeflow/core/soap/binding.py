"""An operation bound to the wire (WSDL's word): values to a request, a response to outputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sgeflow.core.documents import Environment, FaultEntry, Operation
from sgeflow.core.model import Fault, NoAnswer, Request, Response
from sgeflow.core.soap.echo import Expected, expect, mismatch, no_echo
from sgeflow.core.soap.envelope import Render, compile_envelope
from sgeflow.core.soap.extract import Extractor, compile_outputs, is_empty
from sgeflow.core.soap.reply import read_reply, read_saved
from sgeflow.errors import Id, InvalidDocuments, Problem, SgeflowError
from sgeflow.messages import listed, say

ENDPOINT = "sge"
Outputs = dict[str, Any]
Read = Callable[[Response], Outputs | Fault | NoAnswer]


@dataclass(frozen=True, slots=True)
class Binding:
    """One operation, its envelope and its outputs compiled."""

    operation: Operation
    faults: Mapping[str, FaultEntry]
    render: Render
    extract: Extractor

    def request(self, values: Mapping[str, Any], environment: Environment) -> Request:
        """What is sent for checked values.

        Raises:
            InvalidDocuments: the operation cannot be reached by the environment's route.
            InvalidValues: a value cannot be written as XML.
        """
        operation = self.operation
        return Request(
            endpoint=ENDPOINT,
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
            point=str(values.get("pointId", "")),
            same=self._same(values),
            alone=not operation.echo,  # nothing in the reply would tell whose it is
        )

    def _same(self, values: Mapping[str, Any]) -> tuple[str, str] | None:
        same = self.operation.same
        if same is None:
            return None
        return _written(same.thing, values), _written(same.terms, values)

    def reader(self, values: Mapping[str, Any], *, unchecked: bool = False) -> Read:
        """What reads the reply to a call with these values.

        Raises:
            EvaluationError: what the reply must repeat cannot be told from them.
        """
        try:
            expected = expect(self.operation, values)
        except SgeflowError:
            if not unchecked:
                raise
            expected = ()  # wrong on purpose: SGE refuses it
        return partial(self.read, expected=expected)

    def read(
        self, response: Response, expected: tuple[Expected, ...] = ()
    ) -> Outputs | Fault | NoAnswer:
        """The outputs of a call, or why there are none.

        A reply that repeats something else than what is `expected` answers another request.
        """
        opened = self.extract.open(response.body)
        element = read_reply(self.operation, response, self.faults, opened.tree)
        if isinstance(element, Fault | NoAnswer):
            return element
        if expected:
            repeated = self.extract.repeated(element, opened)
            words = mismatch(expected, repeated, is_empty=lambda: is_empty(element))
            if words is not None:
                return no_echo(self.operation, response, words)
        return self.extract.outputs(element, opened)

    def read_saved(self, body: bytes) -> Outputs | Fault | NoAnswer:
        """The outputs of a reply kept in a file: an envelope, or the element of its Body alone."""
        element = read_saved(self.operation, body, self.faults)
        if isinstance(element, Fault | NoAnswer):
            return element
        return self.extract.of_element(element)

    def _path(self, environment: Environment) -> str:
        endpoint = environment.endpoints.get(ENDPOINT)
        if endpoint is None:
            raise InvalidDocuments(
                Problem(
                    id=Id.UNKNOWN_REFERENCE,
                    message=say(
                        'the environment "{environment}" does not say where SGE is',
                        environment=environment.name,
                    ),
                    at=environment.at,
                    note=say("it lacks the section sge, with base_url and route"),
                )
            )
        route = self.operation.route
        path = route.gateway if endpoint.route == "gateway" else route.direct
        if path is None:
            raise InvalidDocuments(self._unreachable(environment, endpoint.route))
        return "/" + path.lstrip("/")

    def _unreachable(self, environment: Environment, wanted: str) -> Problem:
        route = self.operation.route
        known = [name for name in ("gateway", "direct") if getattr(route, name) is not None]
        return Problem(
            id=Id.UNKNOWN_REFERENCE,
            message=say(
                "{operation} has no {wanted} route, which the environment "
                '"{environment}" takes to SGE',
                operation=self.operation.name,
                wanted=wanted,
                environment=environment.name,
            ),
            at=self.operation.at,
            note=say(
                "choose an environment whose sge.route is {known} (--env)", known=listed(known)
            ),
            allowed=tuple(known),
            allowed_label="its routes",
        )


def _written(names: tuple[str, ...], values: Mapping[str, Any]) -> str:
    """Some values as one text, the same for the same values in whatever order."""
    return json.dumps({name: _sorted(values.get(name)) for name in names}, sort_keys=True)


def _sorted(value: Any) -> Any:
    """A value as JSON has it; lists are of things ordered together, in whatever order."""
    if isinstance(value, Mapping):
        return {name: _sorted(one) for name, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return sorted((_sorted(one) for one in value), key=partial(json.dumps, sort_keys=True))
    return value if isinstance(value, bool | int | float | None) else str(value)


def bind(operation: Operation, faults: Mapping[str, FaultEntry]) -> Binding:
    """An operation's binding; `faults` is the catalogue of SGE's codes."""
    return Binding(
        operation=operation,
        faults=faults,
        render=compile_envelope(operation),
        extract=compile_outputs(operation.response, operation.echo),
    )
