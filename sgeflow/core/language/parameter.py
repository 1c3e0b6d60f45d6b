"""What an operation or a flow takes, and what must hold between the values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sgeflow.errors import Location

if TYPE_CHECKING:
    from sgeflow.core.language.expression import Expression
    from sgeflow.core.language.template import Template

Values = Mapping[str, Any]
"""What an operation or a flow is given, by the names of its parameters."""


class Parameter(Struct, frozen=True, kw_only=True):
    """A named value that an operation or a flow takes: JSON Schema plus how it is filled."""

    name: str
    schema: Mapping[str, Any]  # resolved: no $ref
    required: bool
    default: Template | None = None
    description: str = ""
    personal: bool = False  # never shown: a name, an address
    at: Location | None = None

    @property
    def is_date(self) -> bool:
        """Whether it takes a day."""
        return self.schema.get("format") == "date"


class Rule(Struct, frozen=True, kw_only=True):
    """What must hold between parameters before anything is sent; with `when`, only then."""

    check: Expression
    message: str
    when: Expression | None = None
    dated: bool = False  # it reads the day, `run.today`

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """What it reads parameters with: `when`, then `check`."""
        return (self.when, self.check) if self.when else (self.check,)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether values, those that are left out being null, hold to it.

        Raises:
            EvaluationError: it cannot be said of these values.
        """
        return bool(self.when and not self.when.truth(values)) or self.check.truth(values)
