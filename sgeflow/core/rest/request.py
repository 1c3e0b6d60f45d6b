"""Writes an operation's values as an HTTP request, and reads the values back."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from sgeflow.core.documents import Environment, Operation, RestSpec
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.parameter import Values, broken_rules
from sgeflow.core.language.template import Template, text_of
from sgeflow.core.language.unparse import names
from sgeflow.core.wires.wire import WrittenRequest
from sgeflow.errors import Id, InvalidValues, Problem, SgeflowError
from sgeflow.messages import say
from sgeflow.patterns import regex

_HEADER = regex(r"[\x20-\x7e\xa0-\xff]*")


def write_request(
    operation: Operation, rest: RestSpec, values: Values, environment: Environment
) -> WrittenRequest:
    """The request for checked values.

    Raises:
        InvalidValues: a value cannot be sent by REST. EvaluationError: a part of the request cannot
            be computed.
    """
    facts = environment.facts()
    problems = [*_unsent(operation, rest, values, facts)]
    problems += broken_rules(rest.rules, operation.parameters, values, operation.name)
    if problems:
        raise InvalidValues(*problems)
    scope = {"env": facts, **values}
    query = {name: _text(template, scope) for name, template in rest.query.items()}
    try:
        pairs = urlencode({name: text for name, text in query.items() if text is not None})
        content = None if rest.body is None else without_nulls(rest.body.evaluate(scope))
        written = json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
        path = "/" + rest.path.evaluate_path(scope).lstrip("/")
    except ValueError:  # a single surrogate or an infinite number
        message = say("a value has a character or a number that cannot be sent")
        problem = Problem(id=Id.INVALID_VALUE, message=message, where=operation.name)
        raise InvalidValues(problem) from None
    headers = {name: _text(template, scope) for name, template in rest.headers.items()}
    headers = {"Accept": "application/json", **headers}
    for name, text in headers.items():
        if text and not _HEADER.fullmatch(text):
            message = say(
                "the header {name} would hold a character that no header may hold", name=name
            )
            problem = Problem(id=Id.INVALID_VALUE, message=message, where=operation.name)
            raise InvalidValues(problem)
    if rest.body is not None:
        headers["Content-Type"] = "application/json"
    return WrittenRequest(
        method=rest.method,
        path=f"{path}?{pairs}" if pairs else path,
        headers={name: text for name, text in headers.items() if text is not None},
        body=b"" if rest.body is None else written,
    )


def parameters_sent(rest: RestSpec) -> frozenset[str]:
    """The names that the request or its rules read."""
    sent = (each for template in rest.templates() for each in template.expressions())
    ruled = (each for rule in rest.rules for each in rule.expressions)
    return frozenset(name for each in (*sent, *ruled) for name in names(each.syntax_tree))


def personal_names(operation: Operation, rest: RestSpec) -> tuple[str, ...]:
    """The names in query and body whose values come from personal parameters."""
    found = (name for name, each in _named(rest) if _personal(operation, each))
    return tuple(dict.fromkeys(found))


def personal_elsewhere(operation: Operation, rest: RestSpec) -> list[str]:
    """The personal parameters that are sent outside a maskable member of query or body."""
    hidden = {id(each) for _, each in _named(rest)}
    sent = (each for template in rest.templates() for each in template.expressions())
    found = (_personal(operation, each) for each in sent if id(each) not in hidden)
    return sorted({name for some in found for name in some})


def _named(rest: RestSpec) -> Iterator[tuple[str, Expression]]:
    """The expressions in query and body, each with the name of its member."""
    parts = [*rest.query.items(), *(_members(rest.body) if rest.body else ())]
    for name, template in parts:
        for each in template.expressions():
            yield name, each


def _personal(operation: Operation, expression: Expression) -> list[str]:
    known = operation.parameters
    read = names(expression.syntax_tree)
    return [name for name in read if name in known and known[name].personal]


def _members(template: Template) -> Iterator[tuple[str, Template]]:
    """The members of a body at any depth, except objects, with their templates."""
    for child in template.children or ():
        key, inner = child if isinstance(child, tuple) else ("", child)
        if isinstance(inner.written, dict) or not key:
            yield from _members(inner)
        else:
            yield key, inner


def _unsent(
    operation: Operation, rest: RestSpec, values: Values, facts: Mapping[str, Any]
) -> Iterator[Problem]:
    """The values that would be lost: not sent, and different from the default of the service."""
    sent = parameters_sent(rest)
    for name, value in values.items():
        if name in sent:
            continue
        default = operation.parameters[name].default
        try:
            usual = default.evaluate({"env": facts}) if default else None
        except SgeflowError:  # the rule needs today's date
            continue
        if value != usual and value is not None:
            yield Problem(
                id=Id.INVALID_VALUE,
                message=say(
                    "{name} cannot be said to {service}: leave it out",
                    name=name,
                    service=rest.service,
                ),
                where=operation.name,
                note=say("this environment calls {name} by REST", name=operation.name),
            )


def _text(template: Template, scope: Mapping[str, Any]) -> str | None:
    """The text of a query value or header; None where its only value is null."""
    single = template.single
    if single is None:
        value = template.evaluate(scope)
        return value if isinstance(value, str) else json.dumps(value)
    return None if single.search(scope) is None else text_of(single, scope)


def without_nulls(value: Any) -> Any:
    """The body without null members, as an envelope leaves out missing values."""
    if isinstance(value, Mapping):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list | tuple) else value
