"""Trees to operations, environments and the fault catalogue: checked, compiled, frozen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sgeflow.core.checking.echoes import check_echo, read_echo
from sgeflow.core.checking.examples import check_defaults, check_examples
from sgeflow.core.checking.inference import Known, infer, shape_over
from sgeflow.core.checking.operation_checks import (
    RUN,
    check_codes,
    check_limits,
    check_lists,
    check_same,
)
from sgeflow.core.documents import (
    Absence,
    EnvelopeSpec,
    Example,
    FaultEntry,
    Limits,
    Operation,
    Reconcile,
    ResponseSpec,
    Route,
    Same,
)
from sgeflow.core.language.parameter import Parameter, Rule
from sgeflow.core.language.reader import Reader, Types, is_sound
from sgeflow.core.language.schemas import FAULTS, OPERATION, TYPES
from sgeflow.core.language.shapes import BOOLEAN, TEXT, XML, Sort, object_of, shape_of_schema
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.model import FaultClass, Kind
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import say

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
    if not reader.valid(TYPES):
        return {}, reader.problems
    types = tree.data or {}
    return {name: types[name] for name in types if is_sound(reader, (name,))}, reader.problems


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
            refuses=entry["order"] == "refused" if "order" in entry else None,
        )
        for code, entry in tree.data.items()
    }
    return entries, reader.problems


def decode_operation(
    tree: Tree, types: Types, codes: Collection[str] = ()
) -> tuple[Operation | None, list[Problem]]:
    """One operation, and what is wrong with its document; none when it lacks the form of one.

    `codes` are those of the fault catalogue.
    """
    reader = Reader(tree, types)
    if not reader.valid(OPERATION):
        return None, reader.problems
    parameters = reader.parameters(("parameters",))
    operation = _operation(reader, tree.data, parameters)
    _check_name(reader, "operation")
    reader.problems += check_defaults(parameters)
    reader.problems += check_limits(reader, operation)
    reader.problems += check_lists(reader, operation)
    reader.problems += check_same(reader, operation)
    reader.problems += check_echo(reader, operation)
    reader.problems += check_codes(reader, operation, codes)
    if not reader.problems:
        reader.problems += check_examples(reader, operation)
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
        same=_same(reader),
        echo=read_echo(reader),
        reconcile=_reconcile(reader),
        personal=_personal(data, parameters),
        examples={
            name: Example(
                name=name,
                parameters=example["parameters"],
                description=example.get("description", ""),
                day=example.get("day", ""),
            )
            for name, example in data.get("examples", {}).items()
        },
        at=reader.at(("operation",)),
    )


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
        shape, problems = infer(expression, Known({"run": RUN, **roots}))
        reader.problems += problems
        if shape.sort not in (Sort.BOOLEAN, Sort.ANY):
            reader.report(Id.NOT_BOOLEAN, say("a rule must be true or false"), path)
        dated = "run" not in roots and "run.today" in expression.text
        rules.append(Rule(check=expression, message=rule["message"], dated=dated))
    return tuple(rules)


def _same(reader: Reader) -> Same | None:
    thing = reader.get(("same", "thing"))
    return (
        Same(thing=tuple(thing), terms=tuple(reader.get(("same", "terms"), ()))) if thing else None
    )


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
        absent=_absence(reader, (*path, "absent")),
        places=_places(reader, path),
    )


def _absence(reader: Reader, path: Path) -> Absence | None:
    when = reader.expression((*path, "when"))
    return Absence(after=reader.get((*path, "after")), when=when) if when else None


def _places(reader: Reader, path: Path) -> dict[str, Location]:
    """Where the parts of a `reconcile` stand: `call`, and each name as `with.x`, `outputs.x`."""
    named = {
        f"{part}.{name}": reader.at((*path, part, name), key=True)
        for part in ("with", "outputs")
        for name in reader.get((*path, part)) or {}
    }
    return {"call": reader.at((*path, "call")), **named}


def _check_name(reader: Reader, key: str) -> None:
    """A document is found by its file's name, so that both are the same."""
    name = reader.get((key,))
    stem = reader.tree.source.name.rpartition("/")[2].partition(".")[0]
    if stem != name:
        message = say(
            '{key} "{name}" stands in a file named {stem}.yaml', key=key, name=name, stem=stem
        )
        reader.report(Id.NAME, message, (key,), suggestion=f"{name}.yaml")
