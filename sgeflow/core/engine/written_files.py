"""The files that a flow writes, as far as its inputs tell: they are looked at before it begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.engine.step import FileWrite, Flow, Run
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.paths import path_input, path_of
from sgeflow.core.language.template import Scope
from sgeflow.errors import EvaluationError


def written_files(
    flow: Flow, inputs: Mapping[str, Any], run: Run, *, of_row: bool = False
) -> Iterator[tuple[str, str]]:
    """The path of each file that a flow writes, and the input that begins it (else empty).

    What depends on an answer is left out, and what depends on an input that is not given: nobody
    knows it yet. Nor is the id known of the run that a row will be (`of_row`).
    """
    facts = {name: fact for name, fact in run.facts().items() if not of_row or name != "id"}
    scope = _Known(env=run.environment.facts(), run=_Known(facts), inputs=_Known(inputs))
    return _files(flow, scope, run.library.catalog.flows)


class _Known(dict[str, Any]):
    """Names to values: an expression that asks for any other fails, for it is not known yet."""

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002 - the form of a dict
        return self[key]


def _files(flow: Flow, scope: Scope, flows: Mapping[str, Flow]) -> Iterator[tuple[str, str]]:
    for write in flow.writes:
        if any(_is_otherwise(expression, scope, is_) for expression, is_ in write.conditions):
            continue
        for template in write.files:
            try:
                yield path_of(template, scope), path_input(template)
            except EvaluationError:
                continue
        if write.flow:
            inner = flows[write.flow]
            values = _Known(scope, inputs=_arguments(write, inner, scope))
            yield from ((file, "") for file, _ in _files(inner, values, flows))


def _is_otherwise(condition: Expression, scope: Scope, wanted: bool) -> bool:  # noqa: FBT001
    """Whether a condition is surely not as it must be."""
    try:
        return condition.search(scope) is not wanted
    except EvaluationError:
        return False


def _arguments(write: FileWrite, flow: Flow, scope: Scope) -> _Known:
    """The inputs of a flow that is called, as far as they are known."""
    values = _Known()
    for name, parameter in flow.inputs.items():
        template, value = write.arguments.get(name), None
        try:
            if template is not None:
                is_path = name in flow.paths
                value = path_of(template, scope) if is_path else template.evaluate(scope)
            if value is None and parameter.default is not None:
                value = parameter.default.evaluate(scope)
        except EvaluationError:
            continue
        values[name] = value
    return values
