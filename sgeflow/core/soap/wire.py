"""SOAP as the wire of an operation: sends an envelope, reads a reply in XML."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.documents import Environment, FaultEntry, Operation
from sgeflow.core.instances import host_and_path, service_problem
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.parameter import Values
from sgeflow.core.model import Fault, NoAnswer, Response
from sgeflow.core.soap.envelope import Render, compile_envelope, pretty
from sgeflow.core.soap.extract import Extractor, ParsedReply, compile_outputs, is_empty
from sgeflow.core.soap.reply import read_reply, read_saved
from sgeflow.core.soap.xml import Element, find_children
from sgeflow.core.wires.answers import is_page, several_of_one
from sgeflow.core.wires.wire import OpenedReply, WrittenRequest
from sgeflow.errors import Id, InvalidDocuments, Problem
from sgeflow.messages import join_items, say

_ACKNOWLEDGED = "SGT200"


class SoapReply(Struct, frozen=True):
    """A SOAP reply: the element in the Body of its envelope."""

    extract: Extractor
    element: Element
    opened: ParsedReply

    @property
    def is_empty(self) -> bool:
        """Whether the reply contains no text at all."""
        return is_empty(self.element)

    @property
    def lacks_acknowledgement(self) -> str:
        """The missing sign of an accepted order; empty if the reply has one.

        Any content in the element of an accepted order acknowledges it too. Some services answer a
        stop with the code alone.
        """
        if not self.is_empty:
            return ""
        headers = find_children(self.element.getroottree().getroot(), "Header")
        results = (one for header in headers for one in header.iter("{*}resultat"))
        if any(one.get("code") == _ACKNOWLEDGED for one in results):
            return ""
        return say("content or an acknowledgement")

    def outputs(self) -> dict[str, Any]:
        """Every output of the operation."""
        return self.extract.outputs(self.element, self.opened)

    def repeated(self) -> dict[str, Any]:
        """The values that the reply repeats, by parameter of the echo."""
        return self.extract.read_echo(self.element, self.opened)

    def search(self, expression: Expression) -> Any:
        """The value of an expression over the reply as plain data."""
        return self.extract.search(expression, self.element)


def headers_of(operation: Operation) -> dict[str, str]:
    """The content type and the action of a request; in SOAP 1.2 the action is part of the type."""
    action = operation.route.soap_action
    if operation.envelope.soap == "1.2":
        more = f'; action="{action}"' if action else ""
        return {"Content-Type": f"application/soap+xml; charset=utf-8{more}"}
    # SOAP 1.1 requires the header even for an empty action, and quotes around it
    return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}


class SoapWire(Struct, frozen=True):
    """The compiled envelope and reply of one operation."""

    operation: Operation
    faults: Mapping[str, FaultEntry]
    render: Render
    extract: Extractor
    environments: Mapping[str, Environment]  # all environments of the project

    @property
    def service(self) -> str:
        """The service of the operation's route."""
        return self.operation.route.service

    @property
    def personal(self) -> tuple[str, ...]:
        """None: the operation itself lists its personal elements."""
        return ()

    def serves(self, environment: Environment) -> bool:
        """Whether the environment has the service of the route."""
        return service_problem(environment, self.service, "") is None

    def write(self, values: Values, environment: Environment) -> WrittenRequest:
        """The POST request with the envelope."""
        host, path = "", self.path(environment)
        if address := values.get(self.operation.route.address):
            host, path = host_and_path(environment.endpoints[self.service], address)
        return WrittenRequest(
            method="POST",
            path=path,
            instance=host,
            headers=headers_of(self.operation),
            body=self.render(values, env=environment.facts()),
            has_places=self.render.has_places,
        )

    def path(self, environment: Environment) -> str:
        """The path of the operation in an environment; raises InvalidDocuments if it is missing."""
        endpoint = environment.endpoints[self.service]
        path = self.operation.route.path(endpoint.route)
        if path is None:
            raise InvalidDocuments(self._unreachable(environment, endpoint.route))
        return "/" + path.lstrip("/")

    def form(self, environment: Environment) -> list[str]:
        """The path, the login and the envelope, with the texts of its expressions."""
        return [
            self.path(environment),
            environment.login,
            repr(replace(self.render, expressions={})),
        ]

    def knows(self, body: bytes) -> bool:
        """Whether a reply is XML."""
        return body.lstrip().startswith(b"<") and not is_page(body)

    def open(self, response: Response) -> OpenedReply | Fault | NoAnswer:
        """Parse the reply, or classify a fault, a page or another answer."""
        opened = self.extract.open(response.body)
        return self._reply(
            read_reply(self.operation, response, self.faults, opened.tree), opened, response
        )

    def open_saved(self, body: bytes) -> OpenedReply | Fault | NoAnswer:
        """Read a reply in a file: an envelope, or the element of its Body."""
        element = read_saved(self.operation, body, self.faults)
        if isinstance(element, Fault | NoAnswer):
            return element
        response = Response(status=200, headers={}, body=body)
        return self._reply(element, ParsedReply(body, element), response)

    def pretty(self, body: bytes) -> str:
        """An envelope, indented."""
        return pretty(body)

    def _reply(
        self, element: Element | Fault | NoAnswer, opened: ParsedReply, response: Response
    ) -> OpenedReply | Fault | NoAnswer:
        if isinstance(element, Fault | NoAnswer):
            return element
        if path := self.extract.find_repeated(element):
            return several_of_one(self.operation, response, path)
        return SoapReply(self.extract, element, opened)

    def _unreachable(self, environment: Environment, needed_route: str) -> Problem:
        route, service = self.operation.route, self.service
        known = [name for name in ("gateway", "direct") if getattr(route, name) is not None]
        note = say(
            "choose an environment whose {service}.route is {known} (--env)",
            service=service,
            known=join_items(known, say(" or ")),
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


def soap_wire(
    operation: Operation,
    faults: Mapping[str, FaultEntry],
    environments: Mapping[str, Environment],
) -> SoapWire:
    """The SOAP wire of an operation that has an envelope."""
    return SoapWire(
        operation=operation,
        faults=faults,
        render=compile_envelope(operation),
        extract=compile_outputs(operation.response, operation.echo),
        environments=environments,
    )
