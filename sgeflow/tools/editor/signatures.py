"""Operations and flows as JSON Schema: their names to choose from, and what each takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.documents import Operation
from sgeflow.core.engine.step import Flow
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.schemas import Schema

_COMPUTED: Schema = {"title": "${…}", "type": "string", "pattern": r"\$\{"}
_PROSE = ("description", "examples", "title")

Called = Mapping[str, Operation] | Mapping[str, Flow]


def one_of_names(about: str, titles: Mapping[str, str]) -> Schema:
    """One of some names; editors show each with its title."""
    words = list(titles.values())
    return {
        **({"description": about} if about else {}),
        "enum": list(titles),
        "enumDescriptions": words,
        "markdownEnumDescriptions": words,
    }


def signature(key: str, name: str, called: Operation | Flow) -> Schema:
    """What a step that calls it gives with it: said where the name is, checked at `with`."""
    then: dict[str, Any] = {
        "properties": {
            key: {"description": _manual(called)},
            "with": {"$ref": f"#/$defs/{key}.{name}"},
        }
    }
    if any(parameter.required for parameter in _parameters(called).values()):
        then["required"] = ["with"]
    # a pattern, for an editor takes the beginning of a name for the name while it completes
    is_called = {"type": "string", "pattern": f"^{name}$"}
    return {"if": {"properties": {key: is_called}, "required": [key]}, "then": then}


def signatures(key: str, called: Called, *, loose: bool = False) -> Iterator[tuple[str, Schema]]:
    """The `with` of each, as `signature` refers to it; a loose one refuses names only."""
    for name, one in called.items():
        parameters = _parameters(one)
        schema: dict[str, Any] = {
            "title": name,
            "type": "object",
            "description": f"what {name} takes",
            "properties": {
                n: parameter_schema(each, loose=loose) for n, each in parameters.items()
            },
            "additionalProperties": False,
        }
        required = [n for n, each in parameters.items() if each.required]
        if required and not loose:
            schema["required"] = required
        yield f"{key}.{name}", schema


def parameter_schema(parameter: Parameter, *, loose: bool = False) -> Schema:
    """A parameter as an editor sees it: a value of its own form, or an expression in `${…}`."""
    schema: dict[str, Any] = {"description": _description(parameter)}
    default = parameter.default
    if default is not None and default.is_constant and default.written is not None:
        schema["default"] = default.written
    value = _value(parameter.schema, parameter.name)
    if loose:
        value = {"anyOf": [*value["anyOf"], {"title": "anything"}]}
    return {**schema, **value}


def _value(schema: Mapping[str, Any], name: str) -> Schema:
    """A value that is written out, or computed, and its items and members likewise."""
    plain = {key: value for key, value in schema.items() if key not in _PROSE}
    if isinstance(plain.get("items"), dict):
        plain["items"] = _describe(plain["items"], name)
    if isinstance(plain.get("properties"), dict):
        members = plain["properties"].items()
        plain["properties"] = {n: _describe(member, n) for n, member in members}
    plain["title"] = name
    return {"anyOf": [plain, _COMPUTED]}


def _describe(schema: Mapping[str, Any], name: str) -> Schema:
    about = {key: schema[key] for key in ("description",) if key in schema}
    return {**about, **_value(schema, name)}


def _parameters(called: Operation | Flow) -> Mapping[str, Parameter]:
    return called.parameters if isinstance(called, Operation) else called.inputs


def _manual(called: Operation | Flow) -> str:
    return f"{called.title}\n\n{called.description}".strip()


def _description(parameter: Parameter) -> str:
    """The description, and what is taken when nothing is given."""
    default = parameter.default
    parts = [parameter.description.strip()]
    if default is not None and not default.is_constant:
        parts.append(f"By default {default.written}.")
    if not parameter.required and default is None:
        parts.append("May be left out.")
    return " ".join(part for part in parts if part)
