"""What each SGE service checks and answers: one file a service, found by the operation's name.

A file is named after its operation in snake case and has one public function,
`answer(message, world)`, which returns the answer's root element as XML or raises `Refusal`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec

from sgeflow.simulator.message import Message
from sgeflow.simulator.world import World

Answer = Callable[[Message, World], bytes]


@lru_cache(maxsize=64)
def service(operation: str) -> Answer | None:
    """The behaviour of an operation, None when no file plays it."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
    if not name.isidentifier() or find_spec(f"{__name__}.{name}") is None:
        return None
    found: Answer = import_module(f"{__name__}.{name}").answer
    return found
