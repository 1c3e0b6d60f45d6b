"""Checks defaults, examples and arguments in documents against the parameters' schemas."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import inf
from typing import Any

from msgspec.structs import replace

from sgeflow.core.checking.expressions.hints import sort_text
from sgeflow.core.checking.expressions.inference import infer
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.documents import Example, Operation
from sgeflow.core.language.dates import days_between
from sgeflow.core.language.mistakes.schema import validator
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.unknown_parameters import unknown_parameter
from sgeflow.core.language.mistakes.wording import show, type_in_words
from sgeflow.core.language.parameter import Parameter, broken_rules, read_by
from sgeflow.core.language.parameters import coerce, faults_of, fill
from sgeflow.core.language.quick_validation import quick_validator
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.shapes import (
    ANY,
    TEXT,
    Shape,
    Sort,
    can_be_digits,
    shape_of_value,
    signs_of,
    words_of,
)
from sgeflow.core.language.template import Template
from sgeflow.core.language.text import Path
from sgeflow.core.language.unparse import names, paths
from sgeflow.errors import EvaluationError, Id, InvalidValues, Problem
from sgeflow.messages import Message, from_table, join_items, say, say_count, verbatim

_PLAIN = frozenset({Sort.TEXT, Sort.NUMBER, Sort.BOOLEAN})
# other notations are converted: a number becomes text, and text a number
_NEVER: Mapping[str, frozenset[Sort]] = {
    "string": frozenset({Sort.LIST, Sort.OBJECT, Sort.BOOLEAN}),
    "number": frozenset({Sort.LIST, Sort.OBJECT, Sort.BOOLEAN}),
    "integer": frozenset({Sort.LIST, Sort.OBJECT, Sort.BOOLEAN}),
    "boolean": frozenset({Sort.LIST, Sort.OBJECT, Sort.NUMBER}),
    "array": _PLAIN | {Sort.OBJECT},
    "object": _PLAIN | {Sort.LIST},
}
_UNKNOWN = (Sort.ANY, Sort.XML, Sort.NULL)
_SHOWN = 3  # values that a message lists
_SAMPLES: Mapping[str, tuple[str, ...]] = {  # texts that stand for any of their form
    "day": ("2025-06-15", "2031-12-31"),
    "instant": ("2025-06-15T10:00:00+02:00", "2025-06-15T08:00:00Z"),
    "run": ("3f41ac9b27d05e18", "3f41ac9b27d05e18.12"),
}
_FORMS = {"day": say("a day"), "instant": say("an instant"), "run": say("the id of a run")}


def misfits_of(shape: Shape, schema: Mapping[str, Any], *, is_each: bool) -> Iterator[Message]:
    """Messages about values that are never valid; none if some value of this shape may be valid.

    With `is_each`, each listed value gets its own message.
    """
    if misfit := _misfit_of(shape, schema):
        yield misfit
    elif is_each:
        each = (replace(shape, written=(value,)) for value in shape.written)
        yield from filter(None, (_misfit_of(one, schema) for one in each))


def _misfit_of(shape: Shape, schema: Mapping[str, Any]) -> Message | None:
    """The message about a value that is never valid; None if a value of this shape may be valid."""
    kind, choice = _json_type(schema), _choice(schema)
    if shape.sort in _UNKNOWN:
        return None
    are_others = not kind and all(shape_of_value(one).sort is not shape.sort for one in choice)
    if shape.sort in _NEVER.get(kind, ()) or (choice and are_others):
        return _words_of(shape)
    if shape.sort is Sort.LIST:
        words = _misfit_of(shape.items, schema.get("items", {}))
        return words and say("a list of what is {words}", words=words)
    if shape.sort is Sort.OBJECT:
        return _misfit_of_fields(shape, schema)
    if values := shape.values or _SAMPLES.get(shape.form, ()):
        coerced = (coerce(value, schema) for value in values)
        is_valid = any(quick_validator(schema)(v) or validator(schema).is_valid(v) for v in coerced)
    elif shape.sort is Sort.NUMBER:
        is_valid = kind != "string" or _takes_a_number(schema)
    else:
        is_text = shape.sort is Sort.TEXT
        is_valid = not is_text or not shape.signs or _takes_letters(shape.signs, schema)
    return None if is_valid else _words_of(shape)


def _json_type(schema: Mapping[str, Any]) -> str:
    """The type of a schema; `string` for a choice of texts, empty if every type is valid."""
    choice = _choice(schema)
    is_text = bool(choice) and all(isinstance(one, str) for one in choice)
    return str(schema.get("type") or ("string" if is_text else ""))


def _choice(schema: Mapping[str, Any]) -> Sequence[Any]:
    """The only values that a schema allows; empty if it does not list them."""
    return schema.get("enum") or ([schema["const"]] if "const" in schema else ())


def _misfit_of_fields(shape: Shape, schema: Mapping[str, Any]) -> Message | None:
    """The message about an object with a missing, unknown or invalid field; or None."""
    known = schema.get("properties", {})
    lacking = [name for name in schema.get("required", ()) if name not in shape.fields]
    if lacking and not shape.is_open and not shape.partial.issuperset(lacking):
        return say('an object without "{name}"', name=lacking[0])
    for name, inner in shape.fields.items():
        if inner.may_lack or inner.sometimes:
            continue
        if name not in known and schema.get("additionalProperties") is False:
            return say('an object with "{name}"', name=name)
        if words := _misfit_of(inner, known.get(name, {})):
            return say('an object of which "{name}" is {words}', name=name, words=words)
    return None


def _takes_a_number(schema: Mapping[str, Any]) -> bool:
    """Whether a text of this schema may be a number in digits; a day may not."""
    if choice := _choice(schema):
        numbers = (coerce(one, {"type": "number"}) for one in choice if isinstance(one, str))
        return any(shape_of_value(one).sort is Sort.NUMBER for one in numbers)
    return "format" not in schema and can_be_digits(schema.get("pattern", ""))


def _takes_letters(signs: tuple[int, int], schema: Mapping[str, Any]) -> bool:
    """Whether a text of so many letters and digits may fit; a day has other characters."""
    if choice := _choice(schema):
        return any(signs[0] <= len(str(one)) <= signs[1] for one in choice)
    if _json_type(schema) == "boolean":
        return signs[0] <= len("false") and signs[1] >= len("true")
    least, most = signs_of(schema.get("pattern", "")) or (0, inf)
    least = max(least, schema.get("minLength", 0))
    most = min(most, schema.get("maxLength", inf))
    return "format" not in schema and signs[0] <= most and least <= signs[1]


def _words_of(shape: Shape) -> Message:
    """A value in words, as precise as the check needs."""
    if len(shape.written) > _SHOWN:
        more = len(shape.written) - 1
        others = say_count("{count} other value", "{count} other values", count=more)
        return say("{value} or {others}", value=show(shape.written[0]), others=others)
    if shape.values:
        return join_items([*map(show, shape.written)] or shape.allowed, between=say(" or "))
    if shape.signs:
        least, most = shape.signs
        count = str(least) if least == most else f"{least}-{most}"
        return say("a text of {count} letters and digits", count=count)
    return verbatim(_FORMS.get(shape.form) or sort_text(shape))


_FITS: Mapping[str, tuple[Sort, ...]] = {
    "string": (Sort.TEXT, Sort.NUMBER),  # a number is converted to text
    "integer": (Sort.NUMBER,),
    "number": (Sort.NUMBER,),
    "boolean": (Sort.BOOLEAN,),
    "array": (Sort.LIST,),
    "object": (Sort.OBJECT,),
}
_SOMEWHERE = {
    "run": {"id": "3f41ac", "today": "2025-06-15", "now": "2025-06-15T12:00:00+02:00"},
    "env": {
        "name": "somewhere",
        "login": "somebody@example.org",
        "contractId": "1234567",
        "generation": "current",
        "simulated": True,
    },
}
"""A run for computing a sample of a default; its settings are null, so they stay unknown."""


def check_default(parameter: Parameter, shape: Shape) -> list[Problem]:
    """Check that a default with expressions gives a value that the parameter accepts, if known."""
    default, kind = parameter.default, _json_type(parameter.schema)
    fits = _FITS.get(kind)
    if default is None or default.is_constant or shape.sort in _UNKNOWN or fits is None:
        return []
    if shape.sort is Sort.TEXT and kind in ("integer", "number", "boolean"):
        value = coerce(_sample(default), parameter.schema)  # digits may be a number
        is_right = value is None or shape_of_value(value).sort in fits
    elif shape.sort is Sort.TEXT and parameter.is_date:
        value = _sample(default)
        is_right = value is None or not faults_of(value, parameter)
    else:
        is_right = shape.sort in fits and not (parameter.is_date and shape.sort is Sort.NUMBER)
    if is_right:
        return []
    words = say("is not {form}", form=type_in_words(kind))
    if parameter.is_date:
        words = say("is not a date, YYYY-MM-DD")
    single = default.single
    today = single and single.text == "run.now" and parameter.is_date
    problem = Problem(
        id=Id.INVALID_VALUE,
        message=say(
            "{name}: {seen} {words}", name=parameter.name, seen=words_of(shape), words=words
        ),
        at=default.at,
        note=parameter.description,
        suggestion="${run.today}" if today else "",
    )
    return [problem]


def shape_of_default(template: Template, known: Known) -> Shape:
    """The shape of a default; its mistakes are reported elsewhere."""
    if template.single:
        return infer(template.single, known)[0]
    return TEXT if template.parts else ANY


def _sample(default: Template) -> Any:
    """The default in a made-up run; None if it reads facts of a real run."""
    try:
        return default.evaluate(_SOMEWHERE)
    except EvaluationError:
        return None


SOMEBODY = {"env": {"login": "somebody@example.org", "contractId": "1234567"}}
"""A made-up environment for checks without a real one."""


_DAYS = ("2031-01-31", "2032-02-29", "2033-07-15")  # days on which a call may take place
_OPEN: Any = object()  # a value that is known only at the time of the call


@cache_by_identity
def misfits(template: Template, parameter: Parameter) -> tuple[Problem, ...]:
    """Problems of a constant for a parameter, each at its value."""
    value = template.evaluate({})
    return tuple(
        replace(problem, at=template.part(problem.where.split(".")[1:]).at, where="")
        for problem in faults_of(coerce(value, parameter.schema), parameter)
    )


@cache_by_identity
def check_rules(operation: Operation, templates: Mapping[str, Template]) -> tuple[Problem, ...]:
    """The rules that a call breaks on every day, because all values that they read are certain.

    Rules between a computed date and a literal date are not checked, and neither are rules that
    read a value of the environment.
    """
    parameters, problems = operation.parameters, []
    is_misspelt = any(name not in parameters for name in templates)
    days = [
        {
            name: _OPEN
            if is_misspelt and name not in templates
            else _certain_value(one, templates.get(name), day)
            for name, one in parameters.items()
        }
        for day in _DAYS
    ]
    moving = {name for name, one in templates.items() if _moves(one)}
    for rule in operation.rules:
        read = read_by(rule, parameters)
        dates = {name for name in read if parameters[name].is_date}
        if any(known[name] is _OPEN for known in days for name in read) or (
            (rule.dated or dates & moving) and not dates <= moving
        ):
            continue
        broken = []
        for day, known in zip(_DAYS, days, strict=True):
            values = {name: value for name, value in known.items() if value not in (None, _OPEN)}
            values["run"] = {"today": day}
            found = broken_rules((rule,), parameters, values, operation.name)
            broken.append([one for one in found if one.id is Id.RULE])  # not a missing value
        if all(broken):
            about = [*names(rule.check.syntax_tree), *read]
            places = (templates[name].at for name in about if name in templates)
            details = () if dates & moving else broken[0][0].details  # the days are made up
            at = next(places, None)
            problems.append(replace(broken[0][0], at=at, where="", details=details))
    return tuple(problems)


def _moves(template: Template) -> bool:
    """Whether a value reads only the day of the call."""
    read = {path for one in template.expressions() for path in paths(one.syntax_tree)}
    return read == {("run", "today")}


def _certain_value(parameter: Parameter, template: Template | None, day: str) -> Any:
    """The certain value of a parameter, null for none; `_OPEN` if it depends on the call."""
    if template is not None and not template.is_constant and not _moves(template):
        return _OPEN
    try:
        value = template.evaluate({"run": {"today": day}}) if template else None
    except EvaluationError:  # it is reported at its place
        return _OPEN
    if value is None:
        default = parameter.default
        if default is None:
            return _OPEN if parameter.required else None
        if not default.is_constant:
            return _OPEN
        value = default.evaluate({})
    value = coerce(value, parameter.schema)
    return _OPEN if value is not None and faults_of(value, parameter) else value


def check_defaults(parameters: Mapping[str, Parameter]) -> Iterator[Problem]:
    """Report literal defaults that are not valid values."""
    for parameter in parameters.values():
        default = parameter.default
        if default is not None and default.is_constant and default.written is not None:
            yield from misfits(default, parameter)


def check_examples(reader: Reader, operation: Operation) -> Iterator[Problem]:
    """Check that an example can be sent unchanged: names, values and the rules between them."""
    for example in operation.examples.values():
        problems = list(_values_of_example(reader, operation, example))
        yield from problems or _rules_of_example(reader, operation, example)


def on_day(operation: Operation, today: str) -> Operation:
    """The operation with examples that can be sent today: dates move with the example's day."""
    examples = dict(operation.examples)
    for name, example in operation.examples.items():
        if example.day:
            days = timedelta(days=days_between(example.day, today))
            values = {
                key: (date.fromisoformat(value) + days).isoformat()
                if operation.parameters[key].is_date
                else value
                for key, value in example.parameters.items()
            }
            examples[name] = replace(example, day=today, parameters=values)
    return replace(operation, examples=examples)


def _values_of_example(reader: Reader, operation: Operation, example: Example) -> Iterator[Problem]:
    path: Path = ("examples", example.name, "parameters")
    parameters, templates = operation.parameters, example.parameters
    for name in templates:
        if name in parameters:
            yield from misfits(reader.template((*path, name), is_constant=True), parameters[name])
        else:
            at = reader.at((*path, name), key=True)
            yield unknown_parameter(operation.name, name, parameters, at=at)
    misspelt = {closest(name, parameters) for name in templates if name not in parameters}
    for name, parameter in parameters.items():
        if parameter.required and name not in templates and name not in misspelt:
            message = say("{name} is missing", name=name)
            at = reader.at(path, key=True)
            yield Problem(id=Id.MISSING_VALUE, message=message, at=at, note=parameter.description)


def _rules_of_example(reader: Reader, operation: Operation, example: Example) -> Iterator[Problem]:
    scope = {**SOMEBODY, "run": {"today": example.day}} if example.day else SOMEBODY
    values, rules = example.parameters, operation.rules
    try:
        fill(operation.parameters, values, scope, rules=rules, owner=operation.name)
    except InvalidValues as error:
        for problem in error.problems:
            yield Problem(
                id=problem.id,
                message=from_table(problem.message),
                at=reader.at(("examples", example.name), key=True),
                note=say("an example must be complete"),
                details=problem.details,
            )
    except EvaluationError:  # the default is invalid, which is reported there
        return
