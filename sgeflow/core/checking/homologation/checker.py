"""Proves every name in a homologation catalogue; its cases are valid, or meant not to be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.flows.check_cache import find
from sgeflow.core.checking.flows.checker import RUN
from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.checking.values.examples import SOMEBODY
from sgeflow.core.documents import NOTHING, OK, REFUSED, Case, Casebook, Lookup, Operation
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.parameters import fill
from sgeflow.core.language.shapes import ANY, Shape
from sgeflow.core.language.template import Template
from sgeflow.core.model import Kind
from sgeflow.errors import Id, InvalidValues, Location, Problem
from sgeflow.messages import from_table, say

if TYPE_CHECKING:
    from sgeflow.core.checking.flows.namespace import Namespace

_UNCHECKED = say("`unchecked: true` sends it all the same")


def check_casebook(book: Casebook, namespace: Namespace) -> None:
    """Note what is wrong with the cases."""
    checker = Checker(namespace, Known({"env": namespace.env, "run": RUN}))
    before: list[str] = []
    _codes(checker, book.orders_accept, book.codes)
    for case in book.cases.values():
        names = (case.call, case.first.call) if case.first else (case.call,)
        named = (case, *map(namespace.operations.get, names))
        find(namespace, named, partial(_case, checker, case))
        for name, at in zip(case.after, case.told["after"], strict=True):
            if name not in before:
                message = say(
                    '"{name}" is no case that stands before {case}', name=name, case=case.id
                )
                near = closest(name, before)
                checker.report(Id.UNKNOWN_REFERENCE, message, at, suggestion=near)
        before.append(case.id)


def _case(checker: Checker, case: Case) -> None:
    for key in ("expect", "accept", "excused"):
        _codes(checker, getattr(case, key), case.told[key])
    if NOTHING in case.excused and case.first is None:
        message = say("`nothing` excuses a case whose `first` found nothing, and this one has none")
        at = case.told["excused"][case.excused.index(NOTHING)]
        checker.report(Id.NOT_ALLOWED, message, at)
    if case.first is not None:
        first = _first(checker, case.first)
        checker = checker.over(checker.known.with_root("first", first))
    (called,) = case.told["call"]
    operation = checker.operation(case.call, called)
    if operation is None:
        return
    parameters = _loose(operation) if case.unchecked else operation.parameters
    checker.arguments(operation.name, parameters, case.arguments, case.places, called)
    if not case.unchecked:
        _rules(checker, case, operation)


def _first(checker: Checker, first: Lookup) -> Shape:
    """What a lookup gives; it must be a read."""
    operation = checker.operation(first.call, first.at)
    if operation is None:
        return ANY
    if operation.kind is not Kind.READ:
        checker.report(Id.UNKNOWN_REFERENCE, say("{call} is no read", call=first.call), first.at)
    checker.arguments(operation.name, operation.parameters, first.arguments, first.places, first.at)
    checker.rules(operation, first.arguments, first.at)
    outputs = checker.outputs_of(operation).fields
    return checker.over(Known(dict(outputs))).expression(first.found)


@cache_by_identity
def _loose(operation: Operation) -> Mapping[str, Parameter]:
    """Its parameters, letting everything through but unknown names."""
    return {
        name: replace(parameter, schema={}, required=False)
        for name, parameter in operation.parameters.items()
    }


def _rules(checker: Checker, case: Case, operation: Operation) -> None:
    """Values that are all written out are held to the operation's rules, too."""
    for problem in _broken_rules(case.arguments, operation):
        checker.report(Id.RULE, from_table(problem.message), case.at, note=_UNCHECKED)


@cache_by_identity
def _broken_rules(arguments: Mapping[str, Template], operation: Operation) -> tuple[Problem, ...]:
    """The rules that arguments do not hold to; other mistakes are noted where they are checked."""
    if not all(template.is_constant for template in arguments.values()):
        return ()
    values = {name: template.evaluate({}) for name, template in arguments.items()}
    try:
        fill(operation.parameters, values, SOMEBODY, rules=operation.rules, owner=operation.name)
    except InvalidValues as error:
        return tuple(problem for problem in error.problems if problem.id is Id.RULE)
    return ()


def _codes(checker: Checker, codes: tuple[str, ...], places: tuple[Location, ...]) -> None:
    known = checker.namespace.codes
    for code, at in zip(codes, places, strict=True) if known else ():
        if known and code not in known and code not in (OK, REFUSED, NOTHING):
            message = say('SGE has no code "{code}"', code=code)
            checker.report(Id.NOT_ALLOWED, message, at, suggestion=closest(code, known))
