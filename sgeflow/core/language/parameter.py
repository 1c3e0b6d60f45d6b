"""Parameters of operations and flows, and the rules that hold between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sgeflow.errors import Details, EvaluationError, Id, Location, Problem
from sgeflow.messages import verbatim

if TYPE_CHECKING:
    from sgeflow.core.language.expression import Expression
    from sgeflow.core.language.template import Template


Values = Mapping[str, Any]
"""The arguments of an operation or a flow, by the names of its parameters."""


class Parameter(Struct, frozen=True, kw_only=True):
    """A named value that an operation or flow takes: its JSON Schema, default and alternatives."""

    name: str
    schema: Mapping[str, Any]  # resolved: no $ref
    required: bool
    default: Template | None = None
    description: str = ""
    personal: bool = False  # never shown: a name or an address of a person
    at: Location | None = None

    @property
    def is_date(self) -> bool:
        """Whether the parameter is a date."""
        return self.schema.get("format") == "date"


class Rule(Struct, frozen=True, kw_only=True):
    """A condition on parameters, checked before anything is sent; `when` restricts the check."""

    check: Expression
    message: str
    when: Expression | None = None
    dated: bool = False  # the rule reads the run's date, `run.today`

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions of the rule: `when`, then `check`."""
        return (self.when, self.check) if self.when else (self.check,)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether values obey the rule; missing values are null.

        Raises:
            EvaluationError: the rule cannot be evaluated for these values.
        """
        return bool(self.when and not self.when.truth(values)) or self.check.truth(values)


_SHORT = 40  # characters of a shown value


def broken_rules(
    rules: tuple[Rule, ...],
    parameters: Mapping[str, Parameter],
    values: Mapping[str, Any],
    owner: str,
) -> list[Problem]:
    """The problems of the rules that values break, in the rules' words; missing values are null."""
    problems: list[Problem] = []
    for rule in rules:
        try:
            holds = rule.holds(values)
        except EvaluationError as error:
            problems += error.problems
            continue
        if not holds:
            message, details = verbatim(rule.message), _about(rule, parameters, values)
            problems.append(Problem(id=Id.RULE, message=message, where=owner, details=details))
    return problems


def _about(rule: Rule, parameters: Mapping[str, Parameter], values: Mapping[str, Any]) -> Details:
    """The given and missing values that a rule reads, and the rule's place for its author.

    The rule's words say what must hold, so its expression is not shown.
    """
    read = read_by(rule, parameters)
    present = ", ".join(
        _value_text(parameters[name], values[name]) for name in read if name in values
    )
    absent = ", ".join(name for name in read if name not in values)
    at = rule.check.spot.at()
    place = f"{at.file}:{at.line}" if at else ""
    details = (("given", present), ("not given", absent), ("rule", place))
    return tuple((label, text) for label, text in details if text)


def read_by(rule: Rule, parameters: Mapping[str, Parameter]) -> list[str]:
    """The parameters that a rule reads, in order."""
    from sgeflow.core.language.unparse import names

    read = (name for one in rule.expressions for name in names(one.syntax_tree))
    return [name for name in dict.fromkeys(read) if name in parameters]


def _value_text(parameter: Parameter, value: Any) -> str:
    """A parameter with its value; only the name if the value may be personal, or is long."""
    plain = isinstance(value, str | int | float) and not parameter.personal
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{parameter.name} {text}" if plain and len(text) <= _SHORT else parameter.name
