"""Explains JSON Schema violations in the value of one parameter."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.wording import (
    constraint_in_words,
    refit_to,
    retype,
    show,
    type_in_words,
)
from sgeflow.core.language.parameter import Parameter
from sgeflow.errors import Details, Id, Problem
from sgeflow.messages import say

if TYPE_CHECKING:
    from jsonschema import ValidationError

_FREE = "…"  # stands for a free text
_COMPOUND = {"array", "object"}


def refusals(parameter: Parameter, error: ValidationError) -> Iterator[Problem]:
    """The problems of one violation: one for each missing or unknown member, otherwise one."""
    name = ".".join([parameter.name, *(str(part) for part in error.absolute_path)])
    note = error.schema.get("description") or parameter.description
    if error.validator == "required":
        yield from _missing(name, note, error)
    elif error.validator == "additionalProperties" and not parameter.personal:
        yield from _unknown_members(name, note, error)
    else:
        yield _value(name, note, parameter, error)


def sample(schema: Mapping[str, Any]) -> Any:
    """The smallest value of a schema's form, as an example."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "array":
        return [sample(schema.get("items", {}))]
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: sample(properties.get(name, {})) for name in schema.get("required", ())}
    if kind in ("boolean", "integer", "number"):
        return True if kind == "boolean" else schema.get("minimum", 1)
    return _FREE


def _missing(name: str, note: str, error: ValidationError) -> Iterator[Problem]:
    # jsonschema reports each missing member separately, and names it only in its message
    for member in error.validator_value:
        if member not in error.instance and error.message.startswith(f"'{member}'"):
            schema = error.schema.get("properties", {}).get(member, {})
            yield Problem(
                id=Id.INVALID_VALUE,
                message=say('{name}: the member "{member}" is missing', name=name, member=member),
                where=name,
                note=schema.get("description", note),
                allowed=tuple(map(str, schema.get("enum", ()))),
                allowed_label=say("one of"),
            )


def _unknown_members(name: str, note: str, error: ValidationError) -> Iterator[Problem]:
    members = tuple(error.schema.get("properties", {}))
    for member in error.instance:
        if member not in members:
            yield Problem(
                id=Id.INVALID_VALUE,
                message=say('{name}: there is no member "{member}"', name=name, member=member[:40]),
                where=name,
                note=note,
                allowed=members,
                allowed_label=say("members"),
                suggestion=closest(member, members),
            )


def _value(name: str, note: str, parameter: Parameter, error: ValidationError) -> Problem:
    value = say("the value") if parameter.personal else show(error.instance)
    allowed: tuple[str, ...] = ()
    details: Details = ()
    bound = error.validator_value
    if error.validator == "type":
        words = say("is not {form}", form=type_in_words(bound))
        if isinstance(error.instance, str) and not error.absolute_path and bound in _COMPOUND:
            example = json.dumps(sample(parameter.schema), ensure_ascii=False)
            details = ((say("on the command line"), f"{parameter.name}:='{example}'"),)
    elif error.validator in {"enum", "const"}:
        words = say("is not allowed")
        allowed = tuple(map(str, bound if error.validator == "enum" else [bound]))
    elif error.validator == "additionalProperties":
        words, allowed = say("has an unknown member"), tuple(error.schema.get("properties", {}))
    else:
        words = constraint_in_words(error)
    near = refit_to(error)
    if error.validator == "type" and bound in ("boolean", "integer", "number"):
        near = retype(error.instance, bound, error.schema)
    return Problem(
        id=Id.INVALID_VALUE,
        message=say("{name}: {seen} {words}", name=name, seen=value, words=words),
        where=name,
        note=note,
        allowed=allowed,
        suggestion="" if parameter.personal else near or closest(str(error.instance), allowed),
        details=details,
    )
