"""Trees to operations: checked, compiled, frozen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec.structs import replace

from sgeflow.core.checking.expressions.conditions import check_condition
from sgeflow.core.checking.expressions.guards import guards
from sgeflow.core.checking.expressions.inference import shape_over
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.misfiled import check_stem
from sgeflow.core.checking.operations.declarations import (
    RUN,
    check_codes,
    check_lists,
    check_personal,
    check_required,
    check_same,
    shape_of_parameters,
)
from sgeflow.core.checking.operations.echoes import check_echo, read_echo
from sgeflow.core.checking.operations.limits import check_limits, limit_rules
from sgeflow.core.checking.values.examples import check_defaults, check_examples
from sgeflow.core.documents import (
    GENERATIONS,
    Absence,
    EnvelopeSpec,
    Example,
    Limits,
    Operation,
    Reconcile,
    ResponseSpec,
    Route,
    Same,
)
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.localized import localize
from sgeflow.core.language.parameter import Parameter, Rule
from sgeflow.core.language.reader import Reader, Types
from sgeflow.core.language.schemas import OPERATION
from sgeflow.core.language.shapes import BOOLEAN, TEXT, XML, object_of
from sgeflow.core.language.text import Path, Tree
from sgeflow.core.model import FaultClass, Kind
from sgeflow.errors import Location, Problem
from sgeflow.messages import say

ENV = object_of(
    {
        "name": TEXT,
        "login": TEXT,
        "contractId": TEXT,
        "generation": replace(TEXT, allowed=GENERATIONS),
        "simulated": BOOLEAN,
    },
    "env",
)
"""What every environment lets expressions read as `env`."""


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
    are_parameters_sound = not reader.problems
    operation = _operation(reader, tree.data, parameters)
    check_stem(reader, "operation", operation.name)
    if are_parameters_sound:
        reader.problems += check_defaults(parameters)
        reader.problems += check_limits(reader, operation)
    reader.problems += check_lists(reader, operation)
    reader.problems += check_required(reader, operation)
    reader.problems += check_personal(reader, operation)
    reader.problems += check_same(reader, operation)
    reader.problems += check_echo(reader, operation)
    reader.problems += check_codes(reader, operation, codes)
    if not reader.problems:
        reader.problems += check_examples(reader, operation)
    return operation, reader.problems


def _operation(
    reader: Reader, data: Mapping[str, Any], parameters: Mapping[str, Parameter]
) -> Operation:
    limits = _limits(data.get("limits", {}))
    return Operation(
        name=data["operation"],
        title=localize(data["title"]),
        description=localize(data.get("description")),
        service=data["service"],
        version=data["version"],
        kind=Kind(data["kind"]),
        status=data.get("status", "current"),
        route=Route(
            gateway=data["route"].get("gateway"),
            direct=data["route"].get("direct"),
            soap_action=data["route"]["soap_action"],
        ),
        limits=limits,
        parameters=parameters,
        rules=(*_rules(reader, parameters), *limit_rules(reader, limits, parameters)),
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
                description=localize(example.get("description")),
                day=example.get("day", ""),
            )
            for name, example in data.get("examples", {}).items()
        },
        at=reader.at(("operation",)),
        ends=data.get("ends", ""),
        replaced_by=data.get("replaced_by", ""),
        mentions=_mentions(reader),
    )


def _mentions(reader: Reader) -> dict[str, Location]:
    """Where an operation names others: what replaces it, whose things it orders, what ends them."""
    ended_by = range(len(reader.get(("same", "ended_by"), ())))
    paths: list[Path] = [("replaced_by",), ("same", "order")]
    paths += (("same", "ended_by", index) for index in ended_by)
    return {reader.get(path): reader.at(path) for path in paths if reader.get(path)}


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
    paths = reader.reply_paths(("response", "paths"))
    for expression in paths.values():
        reader.problems += shape_over(XML, expression)[1]
    return ResponseSpec(
        elements=(element,) if isinstance(element, str) else tuple(element),
        lists=tuple(reader.get(("response", "lists"), [])),
        paths=paths,
        required=tuple(reader.get(("response", "required"), [])),
    )


def _rules(reader: Reader, parameters: Mapping[str, Parameter]) -> tuple[Rule, ...]:
    known = Known({"run": RUN, **shape_of_parameters(parameters, "").fields})
    rules = []
    for index, entry in enumerate(reader.get(("rules",), [])):
        when = _condition(reader, ("rules", index, "when"), known) if "when" in entry else None
        if when is None and "when" in entry:
            continue
        within = replace(known, ran=guards(when.syntax_tree)) if when else known
        check = _condition(reader, ("rules", index, "check"), within)
        if check is None:
            continue
        rule = Rule(check=check, message=localize(entry["message"]), when=when)
        is_dated = any("run.today" in e.text for e in rule.expressions) and "run" not in parameters
        rules.append(replace(rule, dated=is_dated))
    return tuple(rules)


def _condition(reader: Reader, path: Path, known: Known) -> Expression | None:
    """A part of a rule, which is true or false."""
    expression = reader.expression(path)
    if expression is None:
        return None
    message = say("a rule must be true or false")
    reader.problems += check_condition(expression, known, message)
    return expression


def _same(reader: Reader) -> Same | None:
    texts = reader.get(("same", "thing"), ())
    expressions = [reader.expression(("same", "thing", index)) for index in range(len(texts))]
    thing = tuple(expression for expression in expressions if expression)
    terms = tuple(reader.get(("same", "terms"), ()))
    order = reader.get(("same", "order"), "")
    ended_by = tuple(reader.get(("same", "ended_by"), ()))
    return Same(thing=thing, terms=terms, order=order, ended_by=ended_by) if thing else None


def _reconcile(reader: Reader) -> Reconcile | None:
    path = ("reconcile",)
    matches = reader.expression((*path, "found"))
    if matches is None:
        return None
    return Reconcile(
        call=reader.get((*path, "call")),
        arguments=reader.templates((*path, "with")),
        found=matches,
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
