"""Behaviour of the SGE services: checks and answers, by operation.

A function marked with `plays` answers the operations of that name: it returns the answer's root
element as XML or raises `Refusal`. Where the XSD is looser than the operation's document, `free`
gives the XSD's schema of an element's text, and `optional` names the elements that the XSD lets
out: the service, not the XSD, refuses such a message.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from msgspec import Struct

from sgeflow.core.language.schemas import Schema
from sgeflow.simulator.shape import Looseness
from sgeflow.simulator.soap import RequestMessage
from sgeflow.simulator.world import World

Responder = Callable[[RequestMessage, World], bytes]


class Service(Struct, frozen=True):
    """The behaviour of an operation, and the parts of its request that the XSD leaves open."""

    answer: Responder | None = None
    looseness: Looseness = Looseness()


_SERVICES: dict[str, Service] = {}


def plays(
    operation: str, free: Mapping[str, Schema] | None = None, optional: frozenset[str] = frozenset()
) -> Callable[[Responder], Responder]:
    """Register a function as the behaviour of an operation."""

    def register(answer: Responder) -> Responder:
        _SERVICES[operation] = Service(answer, Looseness(free or {}, optional))
        return answer

    return register


def service(operation: str) -> Service:
    """The service of an operation; its `answer` is None if the simulator does not play it."""
    for module in ("consultations", "file_orders", "searches", "service_orders"):
        import_module(f"{__name__}.{module}")
    return _SERVICES.get(operation, Service())
