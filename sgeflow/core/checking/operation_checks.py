"""Whether what an operation declares beside its parameters names things that are there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sgeflow.core.checking.defaults import check_default, shape_of_default
from sgeflow.core.checking.inference import Known, infer, shape_over
from sgeflow.core.documents import Operation, Reconcile
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.shapes import TEXT, XML, Shape, Sort, object_of, shape_of_schema
from sgeflow.core.language.text import Path
from sgeflow.core.model import Kind
from sgeflow.errors import Id, Problem
from sgeflow.messages import Said, say

RUN = object_of({"today": TEXT}, "run")
"""What an operation's conditions read of a run: the day that it takes for today."""


def shape_of_outputs(operation: Operation) -> Shape:
    """What a call of an operation gives: an object of its response paths."""
    paths = operation.response.paths
    return object_of({k: shape_over(XML, e)[0] for k, e in paths.items()}, operation.name)


def shape_of_parameters(parameters: Mapping[str, Parameter], origin: str) -> Shape:
    """The values of parameters or inputs, as expressions read them."""
    return object_of({k: shape_of_schema(p.schema) for k, p in parameters.items()}, origin)


def check_env(operation: Operation, env: Shape) -> Iterator[Problem]:
    """Defaults read `env`, nothing else, and give what the parameter takes."""
    known = Known({"env": env})
    for parameter in operation.parameters.values():
        if parameter.default is None:
            continue
        for expression in parameter.default.expressions():
            yield from infer(expression, known)[1]
        yield from check_default(parameter, shape_of_default(parameter.default, known))


def check_limits(reader: Reader, operation: Operation) -> Iterator[Problem]:
    """A period is of a kind of data: of a value that some parameter may have."""
    schemas = (parameter.schema for parameter in operation.parameters.values())
    known = [str(value) for schema in schemas for value in schema.get("enum", ())]
    for limit in ("window", "history"):
        for name in reader.get(("limits", limit), ()):
            if name not in known:
                yield Problem(
                    id=Id.UNKNOWN_REFERENCE,
                    message=say('no parameter can be "{name}"', name=name),
                    at=reader.at(("limits", limit, name), key=True),
                    note=say("a period is given for a value of a parameter"),
                    allowed=tuple(known),
                    suggestion=closest(name, known),
                )


def check_lists(reader: Reader, operation: Operation) -> Iterator[Problem]:
    """What repeats and is nearly what some output reads is misspelt: it would never be a list.

    Nobody need read all that repeats: a draft of `import` names every list of the WSDL.
    """
    paths = operation.response.paths.values()
    if len(paths) < len(reader.get(("response", "paths"))):
        return  # one cannot be read, and nobody knows what it reads
    yield from _unlisted(operation)
    read = list(dict.fromkeys(name for path in paths for name in _names(path.parsed)))
    for index, written in enumerate(operation.response.lists):
        for name in written.split("."):
            meant = "" if name in read else closest(name, read)
            if meant:
                yield Problem(
                    id=Id.UNKNOWN_FIELD,
                    message=say('no output reads "{name}", which is said to repeat', name=name),
                    at=reader.at(("response", "lists", index)),
                    suggestion=meant,
                )


def check_same(reader: Reader, operation: Operation) -> Iterator[Problem]:
    """What makes an order the same one again are parameters of it."""
    for part in ("thing", "terms"):
        for index, name in enumerate(reader.get(("same", part), ())):
            if name not in operation.parameters:
                yield Problem(
                    id=Id.UNKNOWN_REFERENCE,
                    message=say('there is no parameter "{name}"', name=name),
                    at=reader.at(("same", part, index)),
                    suggestion=closest(name, operation.parameters),
                )


def _unlisted(operation: Operation) -> Iterator[Problem]:
    """A name that is read of a list, as if it were one thing, is always null."""
    for written in operation.response.lists:
        steps = (re.escape(step) + r"(?:\[[^\]]*\])*" for step in written.split(".")[:-1])
        last = re.escape(written.rpartition(".")[2])
        chain = re.compile(r"(?<![\w.])" + r"\.".join([*steps, last]) + r"\.(\w+)")
        for path in operation.response.paths.values():
            found = chain.search(path.text)
            before = path.text[: found.start()] if found else ""
            if found and not any(mark in before for mark in "{[|'`"):
                words = say("a list")
                yield Problem(
                    id=Id.UNKNOWN_FIELD,
                    message=say('"{name}" is read of {words}', name=found[1], words=words),
                    at=path.spot.at(found.start(1), len(found[1])),
                    note=say("take the items of a list with [] or one with [0]"),
                )


def check_codes(reader: Reader, operation: Operation, codes: Collection[str]) -> Iterator[Problem]:
    """A code that means something else here is one that means something.

    Codes with other letters than the catalogue's are another service's, and described by nobody.
    """
    path: Path = ("faults",)
    ours = {_letters(code) for code in codes}
    for code in operation.faults:
        if code not in codes and (_letters(code) in ours or closest(code, codes)):
            yield Problem(
                id=Id.NOT_ALLOWED,
                message=say('operations/faults.yaml has no code "{code}"', code=code),
                at=reader.at((*path, code), key=True),
                note=say("a code is described there first"),
                suggestion=closest(code, codes),
            )


def _letters(code: str) -> str:
    return code.rstrip("0123456789") if code.isalnum() else code


def check_reconcile(operation: Operation, operations: Mapping[str, Operation]) -> list[Problem]:
    """Whether the read that settles an operation exists and is asked for what it gives."""
    reconcile = operation.reconcile
    if reconcile is None:
        return []
    read = operations.get(reconcile.call)
    if read is None or read.kind is not Kind.READ:
        return [_no_read(operation, reconcile, operations)]
    known = Known(dict(shape_of_parameters(operation.parameters, operation.name).fields))
    problems = list(_misnamed(operation, reconcile, read))
    problems += [
        problem
        for template in reconcile.arguments.values()
        for expression in template.expressions()
        for problem in infer(expression, known)[1]
    ]
    known = Known({"run": RUN, **known.roots, **shape_of_outputs(read).fields})
    found, wrong = infer(reconcile.found, known)
    problems += wrong
    for expression in reconcile.outputs.values():
        problems += shape_over(found, expression)[1]
    if reconcile.absent:
        problems += _condition(reconcile.absent.when, known)
    return problems


def _condition(expression: Expression, known: Known) -> list[Problem]:
    shape, problems = infer(expression, known)
    if shape.sort in (Sort.BOOLEAN, Sort.ANY):
        return problems
    message = say("whether an order is absent must be true or false")
    return [*problems, Problem(id=Id.NOT_BOOLEAN, message=message, at=expression.spot.at())]


def _names(node: Mapping[str, Any]) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    for child in node.get("children", ()):
        if isinstance(child, dict):
            yield from _names(child)


def _no_read(
    operation: Operation, reconcile: Reconcile, operations: Mapping[str, Operation]
) -> Problem:
    reads = [name for name, one in operations.items() if one.kind is Kind.READ]
    return Problem(
        id=Id.UNKNOWN_REFERENCE,
        message=say(
            '{operation} is reconciled by "{call}", which is no read',
            operation=operation.name,
            call=reconcile.call,
        ),
        at=reconcile.places.get("call", operation.at),
        suggestion=closest(reconcile.call, reads),
    )


def _misnamed(operation: Operation, reconcile: Reconcile, read: Operation) -> Iterator[Problem]:
    def problem(id_: Id, words: Said, place: str, meant: str = "") -> Problem:
        at = reconcile.places.get(place, operation.at)
        message = say("reconcile: {words}", words=words)
        return Problem(id=id_, message=message, at=at, suggestion=meant)

    unknown = [name for name in reconcile.arguments if name not in read.parameters]
    meant = {name: closest(name, read.parameters) for name in unknown}
    for name in unknown:
        words = say('{read} has no parameter "{name}"', read=read.name, name=name)
        yield problem(Id.UNKNOWN_ARGUMENT, words, f"with.{name}", meant[name])
    for name, parameter in read.parameters.items():
        if parameter.required and name not in (*reconcile.arguments, *meant.values()):
            words = say('{read} needs the parameter "{name}"', read=read.name, name=name)
            yield problem(Id.MISSING_ARGUMENT, words, "call")
    for name in reconcile.outputs:
        outputs = operation.response.paths
        if name not in outputs:
            words = say('{operation} has no output "{name}"', operation=operation.name, name=name)
            yield problem(Id.UNKNOWN_FIELD, words, f"outputs.{name}", closest(name, outputs))
