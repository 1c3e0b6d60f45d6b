"""Explains each violation of a document's JSON Schema at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.wording import (
    colonless,
    constraint_in_words,
    example,
    refit,
    refit_to,
    retype,
    show,
    type_in_words,
)
from sgeflow.core.language.quick_validation import once_a_schema, quick_validator
from sgeflow.core.language.schemas import DURATION, FLOW_NAME, FORMS, LENGTH, RATE, WAIT, is_words
from sgeflow.core.language.text import Path, Tree
from sgeflow.errors import Id, Problem
from sgeflow.messages import from_table, say

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_PLAIN = (RATE, WAIT, LENGTH, DURATION, FLOW_NAME)  # values of these forms are not secrets
_REMARK = say("# begins a comment; quote a text with it")
_A_DATE = say("a date is {{type: string, format: date}}")


def complaints(tree: Tree, schema: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Each mistake of the part of a document at `path`, in the order of the text."""
    data = part_at(tree, path)
    if quick_validator(schema)(data):
        return
    errors = list(validator(schema).iter_errors(data))
    errors = [error for error in errors if not _is_misspelt(error, errors)]
    problems = [problem for error in errors for problem in _problems(tree, path, error)]
    unique = {(p.id, p.message, p.at): p for p in problems}
    yield from sorted(unique.values(), key=lambda p: (p.at.line, p.at.column) if p.at else (0, 0))


def part_at(tree: Tree, path: Path) -> Any:
    """The existing value at a path."""
    data = tree.data
    for step in path:
        data = data[step]
    return data


@once_a_schema
def validator(schema: Mapping[str, Any]) -> Validator:
    """The validator of a schema, made once for each schema object."""
    from jsonschema import Draft202012Validator, FormatChecker

    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


def _problems(tree: Tree, base: Path, error: ValidationError) -> Iterator[Problem]:
    path = (*base, *error.absolute_path)
    if error.validator == "additionalProperties":
        yield from _unknown_keys(tree, path, error)
    elif error.validator == "required":
        yield from _missing_keys(tree, path, error)
    elif error.validator == "propertyNames":
        name = str(error.instance)
        yield Problem(
            id=Id.MALFORMED,
            message=say('"{name}" is not a valid name here', name=name),
            at=tree.at((*path, name), key=True),
            note=say("it {broken}", broken=constraint_in_words(error)),
        )
    elif error.validator in {"anyOf", "oneOf"} and error.context:
        deepest = max(error.context, key=lambda e: len(e.absolute_path))
        yield from _problems(tree, base, deepest)
    else:
        yield _value(tree, path, error)


def _is_misspelt(error: ValidationError, errors: list[ValidationError]) -> bool:
    """Whether a required key is present, but misspelt: only the unknown key is reported then."""
    if error.validator != "required":
        return False
    for other in errors:
        if other.validator == "additionalProperties" and other.absolute_path == error.absolute_path:
            names = (near for _, near in unknown_in(other) if near)
            if any(error.message.startswith(f"'{name}'") for name in names):
                return True
    return False


def _unknown_keys(tree: Tree, path: Path, error: ValidationError) -> Iterator[Problem]:
    owners, told_owners = _keys_to_indent(error), {""}
    called = from_table(error.schema.get("x-called", ""))
    for key, near in unknown_in(error):
        owner = owners.get(key, "")
        if owner and owner in told_owners:
            continue  # the first of these lines reports the mistake
        told_owners.add(owner)
        note = say("{owner} has no such key", owner=called) if called else ""
        if error.instance[key] is None and key.isdigit():
            note = say("a number with decimals is written with a point")
        elif owner:
            note = say("with the lines below it, it belongs under {key}, further in", key=owner)
        yield Problem(
            id=Id.UNKNOWN_KEY,
            message=say('unknown key "{key}"', key=key),
            at=tree.at((*path, key), key=True),
            note=note,
            allowed=() if owner else tuple(error.schema.get("properties", {})),
            suggestion="" if owner else near,
        )


def _keys_to_indent(error: ValidationError) -> dict[str, str]:
    """Unknown keys to indent, with the empty key above them that was meant to contain them."""
    known = error.schema.get("properties", {})
    owner, keys = "", {}
    for key, value in error.instance.items():
        if key in known:
            owner = key if value is None and known[key].get("type") == "object" else ""
        elif owner:
            keys[key] = owner
    return keys


def unknown_in(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Each unknown key of a mapping, with the key that was probably meant, or an empty text."""
    known = tuple(error.schema.get("properties", {}))
    return ((key, closest(key, known)) for key in error.instance if key not in known)


def _missing_keys(tree: Tree, path: Path, error: ValidationError) -> Iterator[Problem]:
    properties = error.schema.get("properties", {})
    for key in error.validator_value:
        if key not in error.instance and error.message.startswith(f"'{key}'"):
            description = properties.get(key, {}).get("description", "")
            yield Problem(
                id=Id.MISSING_KEY,
                message=say('the key "{key}" is missing', key=key),
                at=tree.at(path, key=True),
                note=description,
            )


def _value(tree: Tree, path: Path, error: ValidationError) -> Problem:
    if error.validator == "type":
        return _type(tree, path, error)
    if "propertyNames" in error.absolute_schema_path:
        return _name_problem(tree, (*path, str(error.instance)), error)
    at, description = tree.at(path), error.schema.get("description", "")
    is_hidden = _is_hidden(tree, error)
    seen = say("the value") if is_hidden else show(error.instance)
    if error.validator in {"enum", "const"}:
        allowed = error.validator_value if error.validator == "enum" else [error.validator_value]
        words, written = tuple(str(value) for value in allowed), str(error.instance)
        is_unquoted = not isinstance(error.instance, str) and written in words
        note = description
        if is_unquoted:
            note = say('put it in quotes: "…"')
        elif (error.instance, "string") == ("date", words[0]):
            note = _A_DATE
        return Problem(
            id=Id.NOT_ALLOWED,
            message=say("{seen} is not allowed", seen=seen),
            at=at,
            note=note,
            allowed=words,
            suggestion=f'"{written}"' if is_unquoted else closest(written, words),
        )
    return Problem(
        id=Id.MALFORMED,
        message=say("{seen} {broken}", seen=seen, broken=constraint_in_words(error)),
        at=at,
        note=description,
        suggestion="" if is_hidden else refit_to(error),
    )


def _is_hidden(tree: Tree, error: ValidationError) -> bool:
    """Whether a value may be a secret: a value of an environment in no known form."""
    schema = error.schema
    is_open = schema.get("type") == "string" and schema.get("pattern", "") not in _PLAIN
    is_open = is_open or schema.get("type") in ("object", "array") or is_words(schema)
    return tree.source.private and is_open and "enum" not in schema


def _name_problem(tree: Tree, path: Path, error: ValidationError) -> Problem:
    """The problem of an invalid key; without a value it is often the end of a text with a comma."""
    value = part_at(tree, path)
    cut = say("in {{ }}, quote a value with a comma")
    return Problem(
        id=Id.MALFORMED,
        message=say(
            "{seen} {broken}", seen=show(error.instance), broken=constraint_in_words(error)
        ),
        at=tree.at(path, key=True),
        note=cut if value is None else error.schema.get("description", ""),
        suggestion="" if value is None else refit_to(error),
    )


def _type(tree: Tree, path: Path, error: ValidationError) -> Problem:
    """The problem of a value of the wrong type, with its correct form."""
    value, kind, schema = error.instance, error.validator_value, error.schema
    kind = "string" if is_words(schema) else kind  # a text in several languages is the rarer form
    at, description = tree.at(path), str(schema.get("description", ""))
    if value is None:
        message = say("{kind} is missing here", kind=type_in_words(kind))
        if not path:
            message = say("the document is empty")
        is_remark = at.text[at.column - 1 :].lstrip().startswith("#")
        note = _REMARK if is_remark and "string" in str(kind) else description
        return Problem(id=Id.WRONG_TYPE, message=message, at=at, note=note)
    is_hidden = _is_hidden(tree, error)
    if kind == "object" and (pair := colonless(value)) and not is_hidden:
        return Problem(
            id=Id.WRONG_TYPE,
            message=say('"{key}" is a key without its colon', key=pair[0]),
            at=at,
            note=say("write a colon and a space after a key"),
            suggestion=": ".join(pair),
        )
    seen = say("the value") if is_hidden else show(value)
    pattern = schema.get("pattern", "")
    if kind == "string" and pattern in FORMS and not isinstance(value, (dict, list)):
        message = say("{seen} is not {form}", seen=seen, form=from_table(FORMS[pattern]))
        note, near = description, refit(value, pattern)
    else:
        message = say("{seen} is not {form}", seen=seen, form=type_in_words(kind))
        note, near = _remedy(path, value, kind, schema), retype(value, kind, schema)
    suggestion = "" if is_hidden else near
    return Problem(id=Id.WRONG_TYPE, message=message, at=at, note=note, suggestion=suggestion)


def _remedy(path: Path, value: Any, kind: Any, schema: Mapping[str, Any]) -> str:
    if path[-1:] == ("required",) and isinstance(value, bool):
        return say("remove it: a value without `optional: true` and default is required")
    if kind == "string":
        return say('put it in quotes: "…"') if not isinstance(value, (dict, list)) else ""
    if isinstance(value, str) and kind in ("boolean", "integer", "number"):
        return say("write it without quotes")
    if kind == "array" and isinstance(value, dict):
        return say("it is a list: each of its lines begins with - and a space")
    if kind == "object" and not isinstance(value, dict) and example(schema):
        return say("it is written {example}", example=example(schema))
    return str(schema.get("description", ""))
