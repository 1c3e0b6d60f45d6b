"""Whether inputs name the instances that a flow will ask, told before its first step.

The konnector asks Enedis for years of measures and writes to a Cozy at its end. What its inputs
alone make certain of that end is looked at here; what depends on answers its step tells.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from sgeflow.core.engine.step import Flow, Run, Step, Uses
from sgeflow.core.instances import service_problem
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.parameters import fill
from sgeflow.core.language.paths import path_input
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import EvaluationError, InvalidValues, Problem

Inputs = Mapping[str, Any]


def check_instances(flow: Flow, inputs: Inputs, run: Run) -> None:
    """Raise InvalidValues for a service that lacks, or an instance that inputs lack or is none.

    Args:
        flow: whose steps ask services.
        inputs: filled and checked; an input that is not given is null.
        run: with the environment that declares the services.
    """
    problems = tuple(_problems(flow, inputs, run))
    if problems:
        raise InvalidValues(*problems)


def _problems(flow: Flow, inputs: Inputs, run: Run) -> Iterator[Problem]:
    own_inputs = {name: inputs.get(name) for name in flow.inputs}
    scope = {"inputs": own_inputs, "env": run.environment.facts(), "run": run.facts()}
    for uses in _certain(flow.steps, scope):
        if uses.instance is not None:
            for value in _values(uses.instance, scope):
                name = "" if value is None else str(value)
                if problem := service_problem(run.environment, uses.service, name):
                    yield replace(problem, where=path_input(uses.instance))
        elif uses.flow:
            inner = run.library.catalog.flows[uses.flow]
            for filled in _arguments(inner, uses.arguments, scope):
                yield from _problems(inner, filled, run)


def _certain(steps: tuple[Step, ...], scope: Scope) -> Generator[Uses, None, bool]:
    """What steps use that are surely done, unless an answer ends the flow before them.

    Gives whether no step behind them is done.
    """
    for step in steps:
        uses, ends = step.uses, step.verb.ends
        is_asked = ends or uses.flow or uses.blocks or uses.instance is not None
        if step.foreach or not is_asked or not _holds(step.when, scope):
            continue
        yield uses
        if ends or (not uses.is_choice and (yield from _certain(uses.inner, scope))):
            return True
    return False


def _holds(condition: Expression | None, scope: Scope) -> bool:
    """Whether a condition is known to be true."""
    if condition is None:
        return True
    if not condition.roots <= scope.keys():
        return False
    try:
        return condition.truth(scope)
    except EvaluationError:
        return False  # its step tells


def _arguments(flow: Flow, arguments: Mapping[str, Template], scope: Scope) -> Iterator[Inputs]:
    """The inputs of a flow, where all that is given to it is known."""
    own_inputs: dict[str, Any] = {}
    for name, each in arguments.items():
        values = tuple(_values(each, scope))
        if not values:
            return
        own_inputs[name] = values[0]
    with suppress(InvalidValues):  # its step tells
        yield fill(flow.inputs, own_inputs, scope, owner=flow.name, of_flow=True)


def _values(template: Template, scope: Scope) -> Iterator[Any]:
    """The value of a template; none where it depends on answers."""
    if all(one.roots <= scope.keys() for one in template.expressions()):
        with suppress(EvaluationError):  # its step tells
            yield template.evaluate(scope)
