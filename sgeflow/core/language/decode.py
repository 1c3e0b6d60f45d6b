"""Trees to operations, environments and the fault catalogue: checked, compiled, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.language.infer import Known, infer, shape_over
from sgeflow.core.language.reader import Reader, Types
from sgeflow.core.language.schemas import FAULTS, OPERATION, TYPES
from sgeflow.core.language.shape import BOOLEAN, TEXT, XML, Shape, Sort, object_of, shape_of_schema
from sgeflow.core.language.source import Tree
from sgeflow.core.language.suggest import closest
from sgeflow.core.model import (
    EnvelopeSpec,
    Example,
    FaultClass,
    FaultEntry,
    Kind,
    Limits,
    Operation,
    Parameter,
    Reconcile,
    ResponseSpec,
    Route,
    Rule,
)
from sgeflow.errors import Id, Problem
from sgeflow.say import Said, say

ENV = object_of(
    {
        "name": TEXT,
        "login": TEXT,
        "contractId": TEXT,
        "generation": TEXT,
        "simulated": BOOLEAN,
    },
    "env",
)
"""What every environment lets expressions read as `env`."""


def decode_types(tree: Tree) -> tuple[dict[str, Mapping[str, Any]], list[Problem]]:
    """The shared parameter types of `types.yaml`."""
    reader = Reader(tree)
    return (tree.data or {}) if reader.valid(TYPES) else {}, reader.problems


def decode_faults(tree: Tree) -> tuple[dict[str, FaultEntry], list[Problem]]:
    """The catalogue of SGE codes of `faults.yaml`."""
    reader = Reader(tree)
    if not reader.valid(FAULTS):
        return {}, reader.problems
    entries = {
        code: FaultEntry(
            code=code,
            fault_class=FaultClass(entry["class"]),
            meaning=entry["meaning"],
            cause=entry["cause"],
            remedy=entry["remedy"],
        )
        for code, entry in tree.data.items()
    }
    return entries, reader.problems


def decode_operation(tree: Tree, types: Types) -> tuple[Operation | None, list[Problem]]:
    """One operation, and what is wrong with its document; none when it lacks the form of one."""
    reader = Reader(tree, types)
    if not reader.valid(OPERATION):
        return None, reader.problems
    parameters = reader.parameters(("parameters",))
    operation = _operation(reader, tree.data, parameters)
    _check_name(reader, "operation")
    _check_defaults(reader, parameters)
    return operation, reader.problems


def _operation(
    reader: Reader, data: Mapping[str, Any], parameters: Mapping[str, Parameter]
) -> Operation:
    return Operation(
        name=data["operation"],
        title=data["title"],
        description=data.get("description", ""),
        service=data["service"],
        version=data["version"],
        kind=Kind(data["kind"]),
        status=data.get("status", "current"),
        route=Route(
            gateway=data["route"].get("gateway"),
            direct=data["route"].get("direct"),
            soap_action=data["route"]["soap_action"],
        ),
        limits=_limits(data.get("limits", {})),
        parameters=parameters,
        rules=_rules(reader, parameters),
        envelope=EnvelopeSpec(
            namespaces=data["envelope"]["namespaces"],
            header=data["envelope"].get("header", "none"),
            body=data["envelope"]["body"],
        ),
        response=_response(reader),
        faults={code: FaultClass(name) for code, name in data.get("faults", {}).items()},
        reconcile=_reconcile(reader),
        personal=_personal(data, parameters),
        examples={
            name: Example(
                name=name,
                parameters=example["parameters"],
                description=example.get("description", ""),
            )
            for name, example in data.get("examples", {}).items()
        },
        at=reader.at(("operation",)),
    )


def shape_of_outputs(operation: Operation) -> Shape:
    """What a call of an operation gives: an object of its response paths."""
    paths = operation.response.paths
    return object_of({k: shape_over(XML, e)[0] for k, e in paths.items()}, operation.name)


def shape_of_parameters(parameters: Mapping[str, Parameter], origin: str) -> Shape:
    """The values of parameters or inputs, as expressions read them."""
    return object_of({k: shape_of_schema(p.schema) for k, p in parameters.items()}, origin)


def _limits(data: Mapping[str, Any]) -> Limits:
    return Limits(
        window=data.get("window", {}),
        history=data.get("history", {}),
        rate=data.get("rate"),
        reply_bytes=data.get("reply_bytes", 32 * 1024 * 1024),
    )


def _personal(data: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> tuple[str, ...]:
    named = (name for name, parameter in parameters.items() if parameter.personal)
    return tuple(dict.fromkeys([*data.get("personal", ()), *named]))


def _response(reader: Reader) -> ResponseSpec:
    element = reader.get(("response", "element"))
    paths = reader.expressions(("response", "paths"))
    for expression in paths.values():
        reader.problems += shape_over(XML, expression)[1]
    return ResponseSpec(
        elements=(element,) if isinstance(element, str) else tuple(element),
        lists=tuple(reader.get(("response", "lists"), [])),
        paths=paths,
    )


def _rules(reader: Reader, parameters: Mapping[str, Parameter]) -> tuple[Rule, ...]:
    roots = {name: shape_of_schema(p.schema) for name, p in parameters.items()}
    rules = []
    for index, rule in enumerate(reader.get(("rules",), [])):
        path = ("rules", index, "check")
        expression = reader.expression(path)
        if expression is None:
            continue
        shape, problems = infer(expression, Known(roots))
        reader.problems += problems
        if shape.sort not in (Sort.BOOLEAN, Sort.ANY):
            reader.report(Id.NOT_BOOLEAN, say("a rule must be true or false"), path)
        rules.append(Rule(check=expression, message=rule["message"]))
    return tuple(rules)


def _reconcile(reader: Reader) -> Reconcile | None:
    path = ("reconcile",)
    found = reader.expression((*path, "found"))
    if found is None:
        return None
    return Reconcile(
        call=reader.get((*path, "call")),
        arguments=reader.templates((*path, "with")),
        found=found,
        outputs=reader.expressions((*path, "outputs")),
    )


def _check_name(reader: Reader, key: str) -> None:
    """A document is found by its file's name, so that both are the same."""
    name = reader.get((key,))
    stem = reader.tree.source.name.rpartition("/")[2].partition(".")[0]
    if stem != name:
        message = say(
            '{key} "{name}" stands in a file named {stem}.yaml', key=key, name=name, stem=stem
        )
        reader.report(Id.NAME, message, (key,), suggestion=f"{name}.yaml")


def _check_defaults(reader: Reader, parameters: Mapping[str, Parameter]) -> None:
    """Defaults read `env`, nothing else."""
    for parameter in parameters.values():
        for expression in parameter.default.expressions() if parameter.default else ():
            reader.problems += infer(expression, Known({"env": ENV}))[1]


def check_reconcile(operation: Operation, operations: Mapping[str, Operation]) -> list[Problem]:
    """Whether the read that settles an operation exists and is asked for what it gives."""
    reconcile = operation.reconcile
    if reconcile is None:
        return []
    read = operations.get(reconcile.call)
    if read is None or read.kind is not Kind.READ:
        message = say(
            '{operation} is reconciled by "{call}", which is no read',
            operation=operation.name,
            call=reconcile.call,
        )
        return [Problem(id=Id.UNKNOWN_REFERENCE, message=message, at=operation.at)]
    known = Known(dict(shape_of_parameters(operation.parameters, operation.name).fields))
    problems = _misnamed(operation, reconcile, read)
    problems += [
        problem
        for template in reconcile.arguments.values()
        for expression in template.expressions()
        for problem in infer(expression, known)[1]
    ]
    known = Known({**known.roots, **shape_of_outputs(read).fields})
    found, wrong = infer(reconcile.found, known)
    problems += wrong
    fields = dict(found.fields) if found.sort is Sort.OBJECT else {}
    for expression in reconcile.outputs.values() if fields else ():
        problems += infer(expression, Known(fields))[1]
    return problems


def _misnamed(operation: Operation, reconcile: Reconcile, read: Operation) -> list[Problem]:
    wrong: list[tuple[Id, Said, str]] = []
    for name in reconcile.arguments:
        if name not in read.parameters:
            message = say('{read} has no parameter "{name}"', read=read.name, name=name)
            wrong.append((Id.UNKNOWN_ARGUMENT, message, closest(name, read.parameters)))
    for name, parameter in read.parameters.items():
        if parameter.required and name not in reconcile.arguments:
            message = say('{read} needs the parameter "{name}"', read=read.name, name=name)
            wrong.append((Id.MISSING_ARGUMENT, message, ""))
    for name in reconcile.outputs:
        if name not in operation.response.paths:
            message = say('{operation} has no output "{name}"', operation=operation.name, name=name)
            wrong.append((Id.UNKNOWN_FIELD, message, closest(name, operation.response.paths)))
    return [
        Problem(
            id=id_,
            message=say("reconcile: {words}", words=words),
            at=operation.at,
            suggestion=meant,
        )
        for id_, words, meant in wrong
    ]
