"""Fills the values of parameters and inputs, converts them to their types, and checks them."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sgeflow.core.language.parameter import Parameter, Rule, broken_rules
from sgeflow.core.language.quick_validation import quick_validator
from sgeflow.core.language.template import Scope
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

_NO_RULES: tuple[Rule, ...] = ()
_WORDS = {"true": True, "false": False}
_INTEGER = regex(r"[+-]?[0-9]{1,40}\Z")
_DECIMAL = regex(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?\Z")


def fill(
    parameters: Mapping[str, Parameter],
    arguments: Mapping[str, Any],
    scope: Scope,
    *,
    owner: str,
    rules: tuple[Rule, ...] = _NO_RULES,
    of_flow: bool = False,
    unchecked: bool = False,
) -> dict[str, Any]:
    """The value of every parameter: given or by default, in its type; null ones are left out.

    Args:
        parameters: what may be given.
        arguments: values by name, as text or typed; a null counts as not given.
        scope: what defaults may read (`env`) and rules (`run`).
        owner: the operation or flow, for messages.
        rules: what must hold between the values; those about the day only where it is known.
        of_flow: what is filled are inputs, and are called so.
        unchecked: wrong on purpose: nothing may be unknown, all else is let through.

    Raises:
        InvalidValues: every unknown, missing or invalid value, and every broken rule.
    """
    problems: list[Problem] = []
    if unknown := [name for name in arguments if name not in parameters]:
        from sgeflow.core.language.mistakes.unknown_parameters import unknown_parameter

        problems += [
            unknown_parameter(owner, name, parameters, where=owner, of_flow=of_flow)
            for name in unknown
        ]
    values: dict[str, Any] = {}
    for name, parameter in parameters.items():
        value = arguments.get(name)
        if value is None and parameter.default is not None:
            value = parameter.default.evaluate(scope)
        if value is None:
            if parameter.required and not unchecked:
                problem = Problem(
                    id=Id.MISSING_VALUE,
                    message=say("{name} is missing", name=name),
                    where=owner,
                    note=parameter.description,
                    allowed=tuple(map(str, parameter.schema.get("enum", ()))),
                    allowed_label="one of",
                )
                problems.append(problem)
            continue
        value = coerce(value, parameter.schema)
        faults = [] if unchecked else faults_of(value, parameter)
        problems += faults
        if not faults:
            values[name] = value
    if not problems and not unchecked:
        on_the_day = rules if "run" in scope else tuple(rule for rule in rules if not rule.dated)
        inner = {"run": scope.get("run"), **values}
        problems += broken_rules(on_the_day, parameters, inner, owner)
    if problems:
        raise InvalidValues(*problems)
    return values


def coerce(value: Any, schema: Mapping[str, Any]) -> Any:
    """A value converted to the type of its schema, if only its notation differs.

    An id that YAML read as a number becomes text again, with its own digits. From a command line,
    `true` becomes a boolean and `12` a number. Blanks within an id are removed. Any other value
    stays unchanged and fails the check.
    """
    allowed = schema.get("enum") or [schema.get("const")]
    kind = schema.get("type") or ("string" if isinstance(allowed[0], str) else None)
    if kind == "string":
        return _without_blanks(_as_text(value), schema.get("pattern"))
    if isinstance(value, str) and kind == "boolean":
        return _WORDS.get(value.strip().lower(), value)
    if isinstance(value, str) and kind in {"integer", "number"}:
        text = value.strip()
        if _INTEGER.match(text):
            return int(text)
        return float(text) if _DECIMAL.match(text) else text
    if kind == "array" and isinstance(value, list):
        return [coerce(item, schema.get("items", {})) for item in value]
    if kind == "object" and isinstance(value, dict):
        properties = schema.get("properties", {})
        return {key: coerce(item, properties.get(key, {})) for key, item in value.items()}
    return value


def faults_of(value: Any, parameter: Parameter) -> list[Problem]:
    """The problems of one value of a parameter."""
    if not has_whole_characters(value):
        problem = Problem(
            id=Id.INVALID_VALUE,
            message=say("{name} has half of a character", name=parameter.name),
            where=parameter.name,
            note=say("write it in UTF-8; a terminal or a file in Latin-1 gives such halves"),
        )
        return [problem]
    if quick_validator(parameter.schema)(value):
        return []
    from sgeflow.core.language.mistakes.schema import validator
    from sgeflow.core.language.value_errors import refusals

    errors = validator(parameter.schema).iter_errors(value)
    return [problem for error in errors for problem in refusals(parameter, error)]


def has_whole_characters(value: Any) -> bool:
    """Whether UTF-8 can encode all texts of a value; a Latin-1 terminal makes lone surrogates."""
    if isinstance(value, str):
        if value.isascii():
            return True
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
        return True
    if isinstance(value, dict):
        return all(map(has_whole_characters, (*value, *value.values())))
    return not isinstance(value, list) or all(map(has_whole_characters, value))


def _as_text(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() if value != value.strip() else value
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(getattr(value, "text", value))
    return value


def _without_blanks(value: Any, pattern: str | None) -> Any:
    """A text without blanks if only that form fits its pattern, as `69 003` for `69003`."""
    if pattern is None or not isinstance(value, str) or not any(map(str.isspace, value)):
        return value
    joined = "".join(value.split())
    return joined if re.search(pattern, joined) and not re.search(pattern, value) else value
