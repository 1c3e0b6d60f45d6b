"""The checks and answers of each SGE service: one file a service, named after the operation.

A file is named after its operation in snake case and has one public function,
`answer(message, world)`, which returns the answer's root element as XML or raises `Refusal`.

Where the XSD is looser than the document, `FREE` says what the XSD wants of an element's text, and
`OPTIONAL` names what it lets out: such a message is well-formed, and the service refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from sgeflow.simulator.shape import Looseness
from sgeflow.simulator.soap import RequestMessage
from sgeflow.simulator.world import World

Responder = Callable[[RequestMessage, World], bytes]


@lru_cache(maxsize=64)
def service(operation: str) -> Responder | None:
    """The behaviour of an operation, None when no file plays it."""
    answer: Responder | None = getattr(_module(operation), "answer", None)
    return answer


def looseness(operation: str) -> Looseness:
    """The parts of a request that the XSD leaves open and the document does not."""
    module = _module(operation)
    return Looseness(getattr(module, "FREE", {}), getattr(module, "OPTIONAL", frozenset()))


def _module(operation: str) -> ModuleType | None:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
    if not name.isidentifier() or find_spec(f"{__name__}.{name}") is None:
        return None
    return import_module(f"{__name__}.{name}")
