"""What a wire does for an operation: a request from values, a reply to plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sgeflow.core.documents import Environment
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.parameter import Values
from sgeflow.core.model import Fault, NoAnswer, Response
from sgeflow.values import Discreet


class WrittenRequest(Discreet, frozen=True):
    """A request as a wire writes it, without its address and without any secret."""

    withheld = frozenset({"path", "headers", "body"})

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class OpenedReply(Protocol):
    """A reply that answers a call: neither a fault, nor something that cannot be used."""

    @property
    def is_empty(self) -> bool:
        """Whether it holds no value at all: there is nothing."""

    @property
    def lacks_acknowledgement(self) -> str:
        """The words for what acknowledges an order, if the reply has nothing of the kind."""

    def outputs(self) -> dict[str, Any]:
        """Every output of the operation."""

    def repeated(self) -> dict[str, Any]:
        """The values that it repeats, by parameter of the echo."""

    def search(self, expression: Expression) -> Any:
        """The value of an expression over the reply as plain data."""


class Wire(Protocol):
    """One way to a service: SOAP or REST."""

    @property
    def service(self) -> str:
        """The service of the environment, where it is called."""

    @property
    def personal(self) -> tuple[str, ...]:
        """Names in its requests that hold personal parameters, and are called otherwise."""

    def serves(self, environment: Environment) -> bool:
        """Whether calls leave by this wire in an environment."""

    def write(self, values: Values, environment: Environment) -> WrittenRequest:
        """The request for checked values.

        Raises:
            InvalidDocuments: the environment does not lead to the operation.
            InvalidValues: a value cannot be written.
        """

    def form(self, environment: Environment) -> list[str]:
        """Texts that are equal for two documents that write the same orders."""

    def knows(self, body: bytes) -> bool:
        """Whether a reply has the form of this wire."""

    def open(self, response: Response) -> OpenedReply | Fault | NoAnswer:
        """The reply, or the failure of the call."""

    def open_saved(self, body: bytes) -> OpenedReply | Fault | NoAnswer:
        """A reply in a file."""

    def sent_values(self, written: WrittenRequest) -> dict[str, Any]:
        """The parameters of a request that was written, as far as it says them."""

    def pretty(self, body: bytes) -> str:
        """A body as people read it."""
