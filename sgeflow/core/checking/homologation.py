"""Decodes homologation catalogues, and checks every name in their cases."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from sgeflow.core.checking.document import check_stem
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.flows.checker import RUN
from sgeflow.core.checking.flows.namespace import Namespace, find
from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.checking.operations import shape_of_outputs
from sgeflow.core.checking.values import SOMEBODY
from sgeflow.core.documents import NOTHING, OK, REFUSED, Case, Casebook, Lookup, Operation
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.parameters import fill
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import (
    DRAFT,
    Schema,
    array,
    closed_object,
    flag,
    names_to,
    text,
    words,
)
from sgeflow.core.language.shapes import ANY, Shape
from sgeflow.core.language.template import Template, localize
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.model import Kind
from sgeflow.errors import Id, InvalidValues, Location, Problem
from sgeflow.messages import from_table, say

_BOOK_NAME = r"^[a-z][a-z0-9.-]*$"
_CASE_NAME = r"^[A-Z][A-Z0-9_-]*( \([CP][1-5](-[CP][1-5])?\))?$"

_CODE = {"type": "string", "pattern": "^SGT[0-9A-Z]{3,4}$"}
_CODES: Schema = {"type": "array", "items": _CODE, "minItems": 1, "uniqueItems": True}
_WITH: Schema = {"type": "object", "description": "its parameters; they may read run and env"}

_FIRST = closed_object(
    {
        "call": text("a read"),
        "with": _WITH,
        "found": text("JMESPath over its outputs: the object of the case, or null"),
    },
    ("call", "found"),
    "an earlier read; cases read its result as `first`, and without a result the case is skipped",
    called="a first",
)

_STALE: Schema = closed_object(
    {
        "because": words("the reason why the platform may give another answer, one line"),
        "received": array(
            {"anyOf": [{"enum": [OK, NOTHING]}, _CODE]},
            "ok, nothing (`first` found nothing) or codes of SGE",
            minItems=1,
            uniqueItems=True,
        ),
    },
    ("because", "received"),
    "answers that are accepted for a known reason; all others are failures",
    called="a stale",
)

_CASE: Schema = closed_object(
    {
        "title": words("summary of the case, one line"),
        "first": _FIRST,
        "call": text("the operation"),
        "with": {**_WITH, "description": "its parameters; they may read run, env and first"},
        "expect": {
            "anyOf": [{"enum": [OK, REFUSED]}, _CODE, _CODES],
            "description": "ok, a code of SGE or several, or refused: whatever the code",
        },
        "accept": {**_CODES, "description": "codes that also count as a pass"},
        "after": array(
            {"type": "string"}, "cases that must have run before; they are run with it", minItems=1
        ),
        "unchecked": flag("wrong on purpose: sent although values are invalid or break a rule"),
        "stale": _STALE,
    },
    ("title", "call", "expect"),
    called="a case",
)

CASEBOOK: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow homologation catalogue",
    **closed_object(
        {
            "homologation": text("the name; also the name of the file", pattern=_BOOK_NAME),
            "title": words("a single line"),
            "description": words("origin of the cases, and their uncertain parts"),
            "release": text("the release of SGE, quoted"),
            "orders_accept": {
                **_CODES,
                "description": "codes that count as a pass of every order expected to be ok",
            },
            "cases": names_to(_CASE, "the cases, in the order they run", _CASE_NAME),
        },
        ("homologation", "title", "release", "cases"),
        "The cases of Enedis' homologation.",
    ),
    "x-called": "a homologation catalogue",
}


def decode_casebook(tree: Tree) -> tuple[Casebook | None, list[Problem]]:
    """One catalogue without checked names, or None; and the document's mistakes."""
    reader = Reader(tree)
    if not reader.valid(CASEBOOK):
        return None, reader.problems
    data = tree.data
    cases = (_case(reader, name) for name in data["cases"])
    book = Casebook(
        name=data["homologation"],
        title=localize(data["title"]),
        description=localize(data.get("description")),
        release=data["release"],
        orders_accept=tuple(data.get("orders_accept", ())),
        codes=_each(reader, ("orders_accept",)),
        cases={case.id: case for case in cases if case},
        at=reader.at(("homologation",)),
    )
    check_stem(reader, "homologation", book.name)
    return book, reader.problems


def _case(reader: Reader, name: str) -> Case | None:
    path: Path = ("cases", name)
    data: Mapping[str, Any] = reader.get(path)
    first = None
    if "first" in data:
        found = reader.expression((*path, "first", "found"))
        if found is None:  # its expression is invalid, which is reported already
            return None
        first = Lookup(
            call=data["first"]["call"],
            arguments=reader.templates((*path, "first", "with")),
            places=_places(reader, (*path, "first", "with")),
            found=found,
            at=reader.at((*path, "first", "call")),
        )
    expect = data["expect"]
    return Case(
        id=name,
        title=localize(data["title"]),
        call=data["call"],
        arguments=reader.templates((*path, "with")),
        places=_places(reader, (*path, "with")),
        first=first,
        after=tuple(data.get("after", ())),
        expect=(expect,) if isinstance(expect, str) else tuple(expect),
        accept=tuple(data.get("accept", ())),
        unchecked=data.get("unchecked", False),
        stale=localize(data.get("stale", {}).get("because")),
        excused=tuple(data.get("stale", {}).get("received", ())),
        at=reader.at(path, key=True),
        told={
            "call": (reader.at((*path, "call")),),
            "excused": _each(reader, (*path, "stale", "received")),
            **{key: _each(reader, (*path, key)) for key in ("expect", "accept", "after")},
        },
    )


def _each(reader: Reader, path: Path) -> tuple[Location, ...]:
    """The places of one text, or of each text of a list."""
    value = reader.get(path, ())
    if isinstance(value, str):
        return (reader.at(path),)
    return tuple(reader.at((*path, index)) for index in range(len(value)))


def _places(reader: Reader, path: Path) -> dict[str, Location]:
    return {name: reader.at((*path, name), key=True) for name in reader.get(path) or {}}


def check_casebook(book: Casebook, namespace: Namespace) -> None:
    """Report the mistakes of the cases."""
    checker = Checker(namespace, Known({"env": namespace.env, "run": RUN}))
    before: list[str] = []
    _check_codes(checker, book.orders_accept, book.codes)
    for case in book.cases.values():
        names = (case.call, case.first.call) if case.first else (case.call,)
        named = (case, *map(namespace.operations.get, names))
        find(namespace, named, partial(_check_case, checker, case))
        for name, at in zip(case.after, case.told["after"], strict=True):
            if name not in before:
                message = say('no case before {case} is called "{name}"', name=name, case=case.id)
                near = closest(name, before)
                checker.report(Id.UNKNOWN_REFERENCE, message, at, suggestion=near)
        before.append(case.id)


def _check_case(checker: Checker, case: Case) -> None:
    for key in ("expect", "accept", "excused"):
        _check_codes(checker, getattr(case, key), case.told[key])
    if NOTHING in case.excused and case.first is None:
        message = say("`nothing` needs a `first`, which this case does not have")
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
        for problem in _broken_rules(case.arguments, operation):
            note = say("`unchecked: true` sends it anyway")
            checker.report(Id.RULE, from_table(problem.message), case.at, note=note)


def _first(checker: Checker, first: Lookup) -> Shape:
    """The shape of the result of a lookup, which must be a read."""
    operation = checker.operation(first.call, first.at)
    if operation is None:
        return ANY
    if operation.kind is not Kind.READ:
        checker.report(Id.UNKNOWN_REFERENCE, say("{call} is not a read", call=first.call), first.at)
    checker.arguments(operation.name, operation.parameters, first.arguments, first.places, first.at)
    checker.rules(operation, first.arguments, first.at)
    outputs = shape_of_outputs(operation).fields
    return checker.over(Known(dict(outputs))).expression(first.found)


@cache_by_identity
def _loose(operation: Operation) -> Mapping[str, Parameter]:
    """An operation's parameters, changed to accept every value and to be optional."""
    return {
        name: replace(parameter, schema={}, required=False)
        for name, parameter in operation.parameters.items()
    }


@cache_by_identity
def _broken_rules(arguments: Mapping[str, Template], operation: Operation) -> tuple[Problem, ...]:
    """The rules that arguments break, if all arguments are literals."""
    if not all(template.is_constant for template in arguments.values()):
        return ()
    values = {name: template.evaluate({}) for name, template in arguments.items()}
    try:
        fill(operation.parameters, values, SOMEBODY, rules=operation.rules, owner=operation.name)
    except InvalidValues as error:
        return tuple(problem for problem in error.problems if problem.id is Id.RULE)
    return ()


def _check_codes(checker: Checker, codes: tuple[str, ...], places: tuple[Location, ...]) -> None:
    known = checker.namespace.codes or frozenset()
    for code, at in zip(codes, places, strict=True) if known else ():
        if code not in known and code not in (OK, REFUSED, NOTHING):
            message = say('there is no {what} "{name}"', what=say("code"), name=code)
            checker.report(Id.NOT_ALLOWED, message, at, suggestion=closest(code, known))
