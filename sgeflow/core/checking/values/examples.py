"""Whether values that a document writes out fit the parameters that they are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.documents import Example, Operation
from sgeflow.core.language.dates import days_between
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.unknown_parameters import unknown_parameter
from sgeflow.core.language.parameter import Parameter, Rule
from sgeflow.core.language.parameters import coerce, faults_of, fill
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.rules import broken_rules, read_by
from sgeflow.core.language.template import Template
from sgeflow.core.language.text import Path
from sgeflow.core.language.unparse import names, paths
from sgeflow.errors import EvaluationError, Id, InvalidValues, Problem
from sgeflow.messages import from_table, say

SOMEBODY = {"env": {"login": "somebody@example.org", "contractId": "1234567"}}
"""Stands for the environment where values are checked before there is one."""


_DAYS = ("2031-01-31", "2032-02-29", "2033-07-15")  # when a call may be made, as good as any
_OPEN: Any = object()  # a value that is known when the call is made


@cache_by_identity
def misfits(template: Template, parameter: Parameter) -> tuple[Problem, ...]:
    """What is wrong with a constant for a parameter, each at the very value."""
    value = template.evaluate({})
    return tuple(
        replace(problem, at=template.part(problem.where.split(".")[1:]).at, where="")
        for problem in faults_of(coerce(value, parameter.schema), parameter)
    )


@cache_by_identity
def check_rules(operation: Operation, templates: Mapping[str, Template]) -> tuple[Problem, ...]:
    """The rules that a call surely breaks, on whatever day: all that they read is certain.

    A date that is counted from the day moves with it, one that is written out does not: between
    such two it is open what holds. What an environment gives is open, too.
    """
    return tuple(_surely_broken(operation, templates))


def _surely_broken(operation: Operation, templates: Mapping[str, Template]) -> Iterator[Problem]:
    parameters = operation.parameters
    astray = any(name not in parameters for name in templates)  # whom it is for is not known
    days = [
        {
            name: _OPEN
            if astray and name not in templates
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
        broken = [
            _breaches(rule, operation, known, day) for day, known in zip(_DAYS, days, strict=True)
        ]
        if all(broken):
            about = [*names(rule.check.syntax_tree), *read]
            places = (templates[name].at for name in about if name in templates)
            details = () if dates & moving else broken[0][0].details  # the days are made up
            yield replace(broken[0][0], at=next(places, None), where="", details=details)


def _breaches(
    rule: Rule, operation: Operation, known: Mapping[str, Any], day: str
) -> list[Problem]:
    values = {name: value for name, value in known.items() if value not in (None, _OPEN)}
    values["run"] = {"today": day}
    problems = broken_rules((rule,), operation.parameters, values, operation.name)
    return [one for one in problems if one.id is Id.RULE]  # a missing value is told as that


def _moves(template: Template) -> bool:
    """Whether a value reads the day of the call, and nothing else."""
    read = {path for one in template.expressions() for path in paths(one.syntax_tree)}
    return read == {("run", "today")}


def _certain_value(parameter: Parameter, template: Template | None, day: str) -> Any:
    """The value that a call will surely have, null for none; `_OPEN` when that is not known."""
    if template is not None and not template.is_constant and not _moves(template):
        return _OPEN
    try:
        value = template.evaluate({"run": {"today": day}}) if template else None
    except EvaluationError:  # it is told where it stands
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
    """A default that is written out is a value that could be given."""
    for parameter in parameters.values():
        default = parameter.default
        if default is not None and default.is_constant and default.written is not None:
            yield from misfits(default, parameter)


def check_examples(reader: Reader, operation: Operation) -> Iterator[Problem]:
    """An example can be sent as it stands: names, values and the rules between them."""
    for name, example in operation.examples.items():
        path: Path = ("examples", name, "parameters")
        problems = list(_values(reader, operation, example.parameters, path))
        yield from problems or _rules(reader, operation, example, ("examples", name))


def on_day(operation: Operation, today: str) -> Operation:
    """The operation with examples that can be sent today: dates are moved as their day is."""
    examples = {
        name: replace(one, day=today, parameters=_move_dates(one, operation.parameters, today))
        if one.day
        else one
        for name, one in operation.examples.items()
    }
    return replace(operation, examples=examples)


def _move_dates(
    example: Example, parameters: Mapping[str, Parameter], today: str
) -> Mapping[str, Any]:
    days = timedelta(days=days_between(example.day, today))
    return {
        name: (date.fromisoformat(value) + days).isoformat() if parameters[name].is_date else value
        for name, value in example.parameters.items()
    }


def _values(
    reader: Reader, operation: Operation, templates: Mapping[str, Any], path: Path
) -> Iterator[Problem]:
    parameters = operation.parameters
    for name in templates:
        if name in parameters:
            yield from misfits(reader.constant((*path, name)), parameters[name])
        else:
            at = reader.at((*path, name), key=True)
            yield unknown_parameter(operation.name, name, parameters, at=at)
    misspelt = {closest(name, parameters) for name in templates if name not in parameters}
    for name, parameter in parameters.items():
        if parameter.required and name not in templates and name not in misspelt:
            message = say("{parameter} is missing", parameter=name)
            at = reader.at(path, key=True)
            yield Problem(id=Id.MISSING_VALUE, message=message, at=at, note=parameter.description)


def _rules(reader: Reader, operation: Operation, example: Example, path: Path) -> Iterator[Problem]:
    scope = {**SOMEBODY, "run": {"today": example.day}} if example.day else SOMEBODY
    try:
        templates = example.parameters
        fill(operation.parameters, templates, scope, rules=operation.rules, owner=operation.name)
    except InvalidValues as error:
        for problem in error.problems:
            yield Problem(
                id=problem.id,
                message=from_table(problem.message),
                at=reader.at(path, key=True),
                note=say("an example can be sent as it stands"),
                details=problem.details,
            )
    except EvaluationError:  # its default is wrong, which is told there
        return
