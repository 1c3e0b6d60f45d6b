"""Whether what an operation declares beside its parameters names things that are there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from sgeflow.core.checking.expressions.conditions import check_condition
from sgeflow.core.checking.expressions.inference import infer, shape_over
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.checking.values.defaults import check_default, shape_of_default
from sgeflow.core.documents import Operation, Reconcile
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.unknown_parameters import no_parameter, undeclared_parameter
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.positions import Places
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.shapes import DAY, XML, Shape, object_of, shape_of_schema
from sgeflow.core.language.template import Template
from sgeflow.core.language.text import Path
from sgeflow.core.language.unparse import names
from sgeflow.core.model import Kind
from sgeflow.core.soap.lists import Reads, reads
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, say

RUN = object_of({"today": DAY}, "run")
"""What an operation's conditions read of a run: the day that it takes for today."""


ORDER = object_of({"day": DAY}, "order")
"""What the conditions of `reconcile` read of an order: the day on which it left."""


NOTHING_GIVEN: Mapping[str, Template] = MappingProxyType({})


def shape_of_outputs(operation: Operation, given: Mapping[str, Template] = NOTHING_GIVEN) -> Shape:
    """What a call of an operation gives: an object of its response paths.

    Where the reply repeats a value that is written out in the call, it is known what it is.
    """
    shapes = {name: _shape_of_path(path) for name, path in operation.response.paths.items()}
    for parameter, echo in operation.echo.items():
        value = given.get(parameter)
        if value is not None and value.is_constant and echo.value is None and not echo.bound:
            for name, path in operation.response.paths.items():
                if path.text == echo.path.text:
                    shapes[name] = replace(shapes[name], allowed=(str(value.written),))
    return object_of(shapes, operation.name)


@cache_by_identity
def _shape_of_path(path: Expression) -> Shape:
    """What a path finds in a reply."""
    return shape_over(XML, path)[0]


def shape_of_parameters(parameters: Mapping[str, Parameter], origin: str) -> Shape:
    """The values of parameters or inputs, as expressions read them."""
    shapes = {name: shape_of_schema(one.schema) for name, one in parameters.items()}
    left_out = {k: not one.required and one.default is None for k, one in parameters.items()}
    return object_of({k: replace(v, may_lack=left_out[k]) for k, v in shapes.items()}, origin)


def check_env(operation: Operation, env: Shape) -> Iterator[Problem]:
    """Defaults read `env`, nothing else, and give what the parameter takes."""
    known = Known({"env": env})
    for parameter in operation.parameters.values():
        if parameter.default is None:
            continue
        for expression in parameter.default.expressions():
            for problem in infer(expression, known)[1]:  # that of a shared type has no place here
                yield replace(problem, at=problem.at or parameter.at)
        yield from check_default(parameter, shape_of_default(parameter.default, known))


def check_personal(reader: Reader, operation: Operation) -> Iterator[Problem]:
    """Elements that name a person are listed where no parameter of that name is marked."""
    for index, name in enumerate(reader.get(("personal",), ())):
        if name in operation.parameters and operation.parameters[name].personal:
            yield Problem(
                id=Id.PLAIN_FORM,
                message=say('the parameter "{name}" is marked personal already', name=name),
                at=reader.at(("personal", index)),
                note=say("leave it out here"),
            )


def check_lists(reader: Reader, operation: Operation) -> Iterator[Problem]:
    """What is said to repeat is what no path takes as a list, and is spelt as some output reads it.

    Nobody need read all that repeats.
    """
    paths = operation.response.paths.values()
    if len(paths) < len(reader.get(("response", "paths"))):
        return  # one cannot be read, and nobody knows what it reads
    echoes = (echo.path for echo in operation.echo.values())
    taken = [(path, reads(path.syntax_tree)) for path in (*paths, *echoes)]
    lists = {name for _, one in taken for name in one.lists}
    yield from _check_list_reads(taken, lists.union(operation.response.lists))
    read = list(dict.fromkeys(name for path in paths for name in names(path.syntax_tree)))
    for index, path_text in enumerate(operation.response.lists):
        if path_text in lists:
            yield Problem(
                id=Id.PLAIN_FORM,
                message=say('"{name}" is a list already: a path takes its items', name=path_text),
                at=reader.at(("response", "lists", index)),
                note=say("leave it out; lists names what no path takes as a list"),
            )
            continue
        for name in path_text.split("."):
            near = "" if name in read else closest(name, read)
            if near:
                yield Problem(
                    id=Id.UNKNOWN_FIELD,
                    message=say('no output reads "{name}", which is said to repeat', name=name),
                    at=reader.at(("response", "lists", index)),
                    suggestion=near,
                )


def check_required(reader: Reader, operation: Operation) -> Iterator[Problem]:
    """The outputs by which an accepted order is known are those of an order, and are there."""
    outputs = reader.get(("response", "paths"))
    if operation.response.required and operation.kind is Kind.READ:
        yield Problem(
            id=Id.NOT_ALLOWED,
            message=say("required says when an order counts as accepted, and this is a read"),
            at=reader.at(("response", "required"), key=True),
            note=say("leave it out here"),
        )
    for index, name in enumerate(operation.response.required):
        if name not in outputs:
            yield Problem(
                id=Id.UNKNOWN_FIELD,
                message=say(
                    '{operation} has no output "{name}"', operation=operation.name, name=name
                ),
                at=reader.at(("response", "required", index)),
                suggestion=closest(name, outputs),
            )


def check_same(reader: Reader, operation: Operation) -> Iterator[Problem]:
    """What makes an order the same one again is read of its parameters."""
    if operation.same is None:
        return
    known = Known(dict(shape_of_parameters(operation.parameters, operation.name).fields))
    for expression in operation.same.thing:
        yield from infer(expression, known)[1]
    for index, name in enumerate(operation.same.terms):
        if name not in operation.parameters:
            at = reader.at(("same", "terms", index))
            yield undeclared_parameter(name, operation.parameters, at)


def check_successor(operation: Operation, operations: Mapping[str, Operation]) -> Iterator[Problem]:
    """What takes the place of an operation is another one of the catalogue."""
    name = operation.replaced_by
    others = [other for other in operations if other != operation.name]
    if name and name not in others:
        yield _no_such(operation, name, say('no other operation is "{name}"', name=name), others)


def check_same_order(
    operation: Operation, operations: Mapping[str, Operation]
) -> Iterator[Problem]:
    """The order of which the things are tells them in as many parts; what ends it is a cancel."""
    same = operation.same
    if same is None:
        return
    cancels = [name for name, one in operations.items() if one.kind is Kind.CANCEL]
    for name in same.ended_by:
        if name not in cancels:
            yield _no_such(operation, name, say('no cancel is "{name}"', name=name), cancels)
    if not same.order:
        return
    other = operations.get(same.order)
    if other is None or other.same is None or len(other.same.thing) != len(same.thing):
        orders = [name for name, one in operations.items() if one.same]
        message = say('no order with a thing of as many parts is "{name}"', name=same.order)
        yield _no_such(operation, same.order, message, orders)


def _no_such(operation: Operation, name: str, message: Message, known: Collection[str]) -> Problem:
    return Problem(
        id=Id.UNKNOWN_REFERENCE,
        message=message,
        at=operation.mentions[name],
        suggestion=closest(name, known),
        lacks=name,
    )


def _check_list_reads(
    taken: Iterable[tuple[Expression, Reads]], lists: Collection[str]
) -> Iterator[Problem]:
    """A name that is read of a list, as if it were one thing, is always null."""
    for path, one in taken:
        wrong = [node for where, node in one.single if where in lists]
        for node in wrong[:1]:
            words = say("a list")
            yield Problem(
                id=Id.UNKNOWN_FIELD,
                message=say('"{name}" is read of {words}', name=node["value"], words=words),
                at=Places(path).of(node),
                note=say("take the items of a list with [] or one with [0]"),
            )


def check_codes(reader: Reader, operation: Operation, codes: Collection[str]) -> Iterator[Problem]:
    """A code that means something else here is one that means something.

    Codes with other letters than the catalogue's are another service's, and described by nobody.
    """
    path: Path = ("faults",)
    others = [code for code in operation.faults if code not in codes]
    ours = {_letters(code) for code in codes} if others else ()
    for code in others:
        if _letters(code) in ours or closest(code, codes):
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
    return [*_check_settling(operation, reconcile, read)]


@cache_by_identity
def _check_settling(
    operation: Operation, reconcile: Reconcile, read: Operation
) -> tuple[Problem, ...]:
    """What is wrong with how an operation is settled by a read that is there."""
    known = Known(dict(shape_of_parameters(operation.parameters, operation.name).fields))
    problems = list(_check_names(operation, reconcile, read))
    problems += [
        problem
        for template in reconcile.arguments.values()
        for expression in template.expressions()
        for problem in infer(expression, known)[1]
    ]
    known = Known({"order": ORDER, **known.roots, **shape_of_outputs(read).fields})
    shape, wrong = infer(reconcile.found, known)
    problems += wrong
    for expression in reconcile.outputs.values():
        problems += shape_over(shape, expression)[1]
    if reconcile.absent:
        message = say("whether an order is absent must be true or false")
        problems += check_condition(reconcile.absent.when, known, message)
    return tuple(_of_the_order(problem) for problem in problems)


def _of_the_order(problem: Problem) -> Problem:
    """The problem; whoever reads the run's day wants the one on which the order left."""
    if problem.message != say('unknown name "{name}"', name="run"):
        return problem
    note = say("a run may go on days later: the day on which the order left is order.day")
    return replace(problem, suggestion="order", note=note)


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
        lacks=reconcile.call,
    )


def _check_names(operation: Operation, reconcile: Reconcile, read: Operation) -> Iterator[Problem]:
    def problem(id_: Id, words: Message, place: str, near: str = "") -> Problem:
        at = reconcile.places.get(place, operation.at)
        message = say("reconcile: {words}", words=words)
        return Problem(id=id_, message=message, at=at, suggestion=near)

    unknown = [name for name in reconcile.arguments if name not in read.parameters]
    near = {name: closest(name, read.parameters) for name in unknown}
    for name in unknown:
        words = no_parameter(read.name, name)
        yield problem(Id.UNKNOWN_ARGUMENT, words, f"with.{name}", near[name])
    for name, parameter in read.parameters.items():
        if parameter.required and name not in (*reconcile.arguments, *near.values()):
            words = say('{read} needs the parameter "{name}"', read=read.name, name=name)
            yield problem(Id.MISSING_ARGUMENT, words, "call")
    for name in reconcile.outputs:
        outputs = operation.response.paths
        if name not in outputs:
            words = say('{operation} has no output "{name}"', operation=operation.name, name=name)
            yield problem(Id.UNKNOWN_FIELD, words, f"outputs.{name}", closest(name, outputs))
