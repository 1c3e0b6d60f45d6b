"""What an operation or flow takes: each parameter, the members of lists, how to write them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.documents import Example
from sgeflow.core.language.mistakes.wording import count_digits
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.schemas import Schema
from sgeflow.core.language.value_errors import sample
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, say, say_count, sentences
from sgeflow.terminal.problems import PLAIN, wrap
from sgeflow.terminal.terminal import Paint

_NAMED: Mapping[str, str] = {
    "string": say("text"),
    "integer": say("a whole number"),
    "number": say("a number"),
    "object": say("an object"),
}
_PERSONAL = say("personal: never shown")
_PATTERN = 40  # characters of a pattern that still tells a person something
_NONE: Mapping[str, Example] = {}


def parameters_text(
    parameters: Mapping[str, Parameter],
    width: int,
    paint: Paint = PLAIN,
    title: str = "Parameters",
    examples: Mapping[str, Example] = _NONE,
) -> list[str]:
    """Each parameter with its description, type, allowed values, default and members.

    What is a list or an object is shown as it is written on a command line, with the shortest
    value of the examples or a made-up one.
    """
    lines = [paint(translate(from_table(title)), "bold")]
    for parameter in parameters.values():
        marks = [say("required") if is_needed(parameter) else "", _default(parameter)]
        marks += [form_of(parameter.schema), _PERSONAL if parameter.personal else ""]
        lines += _entry(parameter.name, marks, parameter.description, width, paint)
        if parameter.schema.get("type") in ("array", "object"):
            command = arguments({parameter.name: _shortest(parameter, examples)})
            lines += wrap(
                translate(say("write {written}", written=command)), width, "      ", "        "
            )
        lines += _inside(parameter.schema, width, paint, "    ")
    return ["\n".join(lines)] if parameters else []


def arguments(parameters: Mapping[str, Any]) -> str:
    """Values as words of a command line: `name=text`, `name:=json`."""
    return " ".join(
        f"{name}={shlex.quote(value)}"
        if isinstance(value, str)
        else f"{name}:={shlex.quote(json.dumps(value, default=str, ensure_ascii=False))}"
        for name, value in parameters.items()
    )


def is_needed(parameter: Parameter) -> bool:
    """Whether a value must be given."""
    return parameter.required and parameter.default is None


def form_of(schema: Schema) -> str:
    """What values a schema takes, in a few words."""
    if schema.get("enum"):
        return say("one of {values}", values=", ".join(map(str, schema["enum"])))
    if schema.get("format") == "date":
        return say("a date, YYYY-MM-DD")
    kind = str(schema.get("type", ""))
    if kind == "boolean":
        return say("true or false")
    if kind == "array":
        item = "" if _members(schema) else form_of(schema.get("items", {}))
        listed = say("a list, each item {item}", item=item) if item else say("a list")
        return sentences(listed, _items(schema), between=", ")
    form = _NAMED.get(kind, kind)
    pattern = schema.get("pattern", "")
    if digits := count_digits(pattern):
        return say_count("{count} digit", "{count} digits", count=digits)
    if 0 < len(pattern) <= _PATTERN:
        form = say("{kind} that fits {pattern}", kind=form, pattern=pattern)
    return sentences(form, _characters(schema), between=", ")


def _entry(
    name: str, marks: list[str], words: str, width: int, paint: Paint, margin: str = "  "
) -> list[str]:
    text = " · ".join(translate(mark) for mark in marks if mark)
    first = f"{margin}{paint(name, 'cyan')}"
    beside = len(margin) + len(name) + 2 + len(text) <= width
    lines = [f"{first}  {paint(text, 'dim')}"] if text and beside else [first]
    if text and not beside:
        lines += [paint(line, "dim") for line in wrap(text, width, f"{margin}    ")]
    return lines + (wrap(translate(from_table(words)), width, f"{margin}    ") if words else [])


def _inside(schema: Schema, width: int, paint: Paint, margin: str) -> Iterator[str]:
    """The members of an object or of a list's items, and theirs."""
    inner = schema.get("items", schema)
    for name, member in _members(schema).items():
        needed = say("required") if name in inner.get("required", ()) else say("optional")
        marks = [needed, form_of(member)]
        yield from _entry(name, marks, member.get("description", ""), width, paint, margin)
        yield from _inside(member, width, paint, f"{margin}  ")


def _members(schema: Schema) -> Schema:
    members: Schema = schema.get("items", schema).get("properties", {})
    return members


def _shortest(parameter: Parameter, examples: Mapping[str, Example]) -> Any:
    examples_of = [one.parameters for one in examples.values()]
    values = [one[parameter.name] for one in examples_of if parameter.name in one]
    return min(values, key=lambda one: len(str(one)), default=sample(parameter.schema))


def _default(parameter: Parameter) -> str:
    if parameter.default is None:
        return "" if parameter.required else say("optional")
    value = parameter.default.written
    text = value if isinstance(value, str) else json.dumps(value)
    return say("default {value}", value=text)


def _items(schema: Schema) -> str:
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    if most is None:
        return say("at least {least} items", least=least) if least > 1 else ""
    if least == most:
        return say_count("{count} item", "{count} items", count=most)
    return say("{least} to {most} items", least=least, most=most)


def _characters(schema: Schema) -> str:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if most is None:
        return ""
    if least == most:
        return say_count("{count} character", "{count} characters", count=most)
    return say("{least} to {most} characters", least=least, most=most)
