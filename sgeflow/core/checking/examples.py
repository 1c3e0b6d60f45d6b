"""Whether values that a document writes out fit the parameters that they are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sgeflow.core.documents import Example, Operation
from sgeflow.core.language.dates import days_between
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.parameters import coerce, faults_of, fill
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.rules import broken_rules, read_by
from sgeflow.core.language.template import Template
from sgeflow.core.language.text import Path
from sgeflow.errors import EvaluationError, Id, InvalidValues, Problem
from sgeflow.messages import fixed, say

SOMEBODY = {"env": {"login": "somebody@example.org", "contractId": "1234567"}}
"""Stands for the environment where values are checked before there is one."""


_OPEN: Any = object()  # a value that is known when the call is made


def misfits(template: Template, parameter: Parameter) -> Iterator[Problem]:
    """What is wrong with a constant for a parameter, each at the very value."""
    value = template.evaluate({})
    for problem in faults_of(coerce(value, parameter.schema), parameter):
        part = template.part(problem.where.split(".")[1:])
        yield replace(problem, at=part.at, where="")


def check_rules(operation: Operation, given: Mapping[str, Template]) -> Iterator[Problem]:
    """The rules that a call surely breaks: all that they read is written out or left out.

    Rules about the day hold or do not when the call is made; what an environment gives is open.
    """
    parameters = operation.parameters
    astray = any(name not in parameters for name in given)  # whom it is for is not known
    known = {
        name: _OPEN if astray and name not in given else _written(one, given.get(name))
        for name, one in parameters.items()
    }
    values = {name: value for name, value in known.items() if value not in (None, _OPEN)}
    for rule in operation.rules:
        read = read_by(rule, parameters)
        if rule.dated or any(known[name] is _OPEN for name in read):
            continue
        for problem in broken_rules((rule,), parameters, values, operation.name):
            places = (given[name].at for name in read if name in given)
            if problem.id is Id.RULE:  # a value that is missing is told as that
                yield replace(problem, at=next(places, None), where="")


def _written(parameter: Parameter, given: Template | None) -> Any:
    """The value that a call will surely have, null for none; `_OPEN` when that is not known."""
    if given is not None and not given.is_constant:
        return _OPEN
    value = given.evaluate({}) if given else None
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
        name: replace(one, day=today, parameters=_moved(one, operation.parameters, today))
        if one.day
        else one
        for name, one in operation.examples.items()
    }
    return replace(operation, examples=examples)


def _moved(example: Example, parameters: Mapping[str, Parameter], today: str) -> Mapping[str, Any]:
    days = timedelta(days=days_between(example.day, today))
    return {
        name: (date.fromisoformat(value) + days).isoformat()
        if parameters[name].schema.get("format") == "date"
        else value
        for name, value in example.parameters.items()
    }


def _values(
    reader: Reader, operation: Operation, given: Mapping[str, Any], path: Path
) -> Iterator[Problem]:
    parameters = operation.parameters
    for name in given:
        if name in parameters:
            yield from misfits(reader.constant((*path, name)), parameters[name])
        else:
            yield Problem(
                id=Id.UNKNOWN_VALUE,
                message=say('{owner} has no parameter "{name}"', owner=operation.name, name=name),
                at=reader.at((*path, name), key=True),
                allowed=tuple(parameters),
                allowed_label="parameters",
                suggestion=closest(name, parameters),
            )
    misspelt = {closest(name, parameters) for name in given if name not in parameters}
    for name, parameter in parameters.items():
        if parameter.required and name not in given and name not in misspelt:
            message = say("{parameter} is missing", parameter=name)
            at = reader.at(path, key=True)
            yield Problem(id=Id.MISSING_VALUE, message=message, at=at, note=parameter.description)


def _rules(reader: Reader, operation: Operation, example: Example, path: Path) -> Iterator[Problem]:
    scope = {**SOMEBODY, "run": {"today": example.day}} if example.day else SOMEBODY
    try:
        given = example.parameters
        fill(operation.parameters, given, scope, rules=operation.rules, owner=operation.name)
    except InvalidValues as error:
        for problem in error.problems:
            yield Problem(
                id=problem.id,
                message=fixed(problem.message),
                at=reader.at(path, key=True),
                note=say("an example can be sent as it stands"),
                details=problem.details,
            )
    except EvaluationError:  # its default is wrong, which is told there
        return
