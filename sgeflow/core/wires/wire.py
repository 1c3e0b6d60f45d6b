"""The wire protocol: writes an operation's request and reads its reply."""

from collections.abc import Mapping
from typing import Any, Protocol

from sgeflow.core.documents import Environment
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.parameter import Values
from sgeflow.core.model import Fault, NoAnswer, Response
from sgeflow.values import Discreet


class WrittenRequest(Discreet, frozen=True):
    """A request as a wire writes it, without address and without secrets."""

    withheld = frozenset({"path", "headers", "body", "instance"})

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    has_places: bool = False  # for the user and password of the service
    instance: str = ""  # the host, where the service gave an address for its next calls


class OpenedReply(Protocol):
    """A reply that answers a call, neither a fault nor unusable."""

    @property
    def is_empty(self) -> bool:
        """Whether the reply reports no data; such a reply names no point."""

    @property
    def lacks_acknowledgement(self) -> str:
        """The description of the missing acknowledgement of an order; empty if it is there."""

    def outputs(self) -> dict[str, Any]:
        """Every output of the operation."""

    def repeated(self) -> dict[str, Any]:
        """The values that the reply repeats, by parameter of the echo."""

    def search(self, expression: Expression) -> Any:
        """The value of an expression over the reply as plain data."""


class Wire(Protocol):
    """One way to a service: SOAP or REST."""

    @property
    def service(self) -> str:
        """The service that is called, by its name in the environment."""

    @property
    def personal(self) -> tuple[str, ...]:
        """Names in requests that contain personal parameters under other names."""

    def serves(self, environment: Environment) -> bool:
        """Whether the wire is used in an environment."""

    def write(self, values: Values, environment: Environment) -> WrittenRequest:
        """The request for checked values.

        Raises:
            InvalidDocuments: the environment has no address for the operation. InvalidValues: a
                value cannot be written.
        """

    def form(self, environment: Environment) -> list[str]:
        """Texts that are equal for two documents whose orders are equal on the wire."""

    def knows(self, body: bytes) -> bool:
        """Whether a reply has the form of this wire."""

    def open(self, response: Response) -> OpenedReply | Fault | NoAnswer:
        """Parse the reply, or classify the failure of the call."""

    def open_saved(self, body: bytes) -> OpenedReply | Fault | NoAnswer:
        """Read a reply in a file."""

    def pretty(self, body: bytes) -> str:
        """A body for people."""
