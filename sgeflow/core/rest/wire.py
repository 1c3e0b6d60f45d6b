"""REST as the wire of an operation: sends an HTTP request, reads a reply in JSON."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from sgeflow.core.documents import Environment, FaultEntry, Operation, RestSpec
from sgeflow.core.instances import service_problem
from sgeflow.core.language.parameter import Values
from sgeflow.core.model import Fault, NoAnswer, Response
from sgeflow.core.rest.reply import ReplyPaths, compile_replies, open_reply
from sgeflow.core.rest.request import personal_names, write_request
from sgeflow.core.wires.wire import OpenedReply, WrittenRequest


class RestWire(Struct, frozen=True):
    """The compiled request and reply of one operation."""

    operation: Operation
    rest: RestSpec
    faults: Mapping[str, FaultEntry]
    paths: ReplyPaths

    @property
    def service(self) -> str:
        """The service of `rest.endpoint`."""
        return self.rest.service

    @property
    def personal(self) -> tuple[str, ...]:
        """The names in query and body that contain personal parameters."""
        return personal_names(self.operation, self.rest)

    def serves(self, environment: Environment) -> bool:
        """Whether the environment has the service and uses REST for the operation."""
        if service_problem(environment, self.service, "") is not None:
            return False
        chosen = environment.endpoints[self.service].operations
        return chosen is None or self.operation.name in chosen

    def write(self, values: Values, environment: Environment) -> WrittenRequest:
        """The request for checked values."""
        return write_request(self.operation, self.rest, values, environment)

    def form(self, environment: Environment) -> list[str]:
        """The declared request."""
        del environment  # its facts are in the values
        return [repr(one.written) for one in self.rest.templates()]

    def knows(self, body: bytes) -> bool:
        """Whether a reply is a JSON object or list."""
        return body.lstrip().startswith((b"{", b"["))

    def open(self, response: Response) -> OpenedReply | Fault | NoAnswer:
        """Parse the reply, or classify the failure of the call."""
        return open_reply(self.operation, self.rest, self.paths, self.faults, response)

    def open_saved(self, body: bytes) -> OpenedReply | Fault | NoAnswer:
        """Read a reply in a file."""
        return self.open(Response(status=200, headers={}, body=body))

    def pretty(self, body: bytes) -> str:
        """A body, indented."""
        return msgspec.json.format(body).decode() if body else ""


def rest_wire(operation: Operation, rest: RestSpec, faults: Mapping[str, FaultEntry]) -> RestWire:
    """The REST wire of an operation."""
    paths = compile_replies(operation, rest)
    return RestWire(operation=operation, rest=rest, faults=faults, paths=paths)
