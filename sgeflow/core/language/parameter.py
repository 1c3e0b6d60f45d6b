"""What an operation or a flow takes, and what must hold between the values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sgeflow.errors import Location

if TYPE_CHECKING:
    from sgeflow.core.language.expression import Expression
    from sgeflow.core.language.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A named value that an operation or a flow takes: JSON Schema plus how it is filled."""

    name: str
    schema: Mapping[str, Any]  # resolved: no $ref
    required: bool
    default: Template | None = None
    description: str = ""
    personal: bool = False  # never shown: a name, an address
    at: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What must hold between parameters before anything is sent."""

    check: Expression
    message: str
    dated: bool = False  # it reads the day, `run.today`
