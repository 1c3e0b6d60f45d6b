"""How a step is done: how often it is tried, when it is asked again, once for which items."""

from __future__ import annotations

from msgspec import Struct

from sgeflow.core.language.expression import Expression
from sgeflow.core.language.template import Template


class Retry(Struct, frozen=True, kw_only=True):
    """How technical failures of a read are tried again (seconds)."""

    attempts: int = 3
    backoff: float = 1.0
    longest: float = 30.0
    jitter: bool = True
    within: float | None = None


class Poll(Struct, frozen=True, kw_only=True):
    """How a step is asked again until a condition holds (seconds)."""

    every: float
    until: Expression
    fail_if: Expression | None
    within: float


class Foreach(Struct, frozen=True, kw_only=True):
    """How a step is done once an item."""

    items: Template
    name: str
    parallel: int = 1
    until: Expression | None = None
