"""Whether the columns of a fleet's rows, and what all rows share, are inputs of its flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sgeflow.core.engine.step import Flow
from sgeflow.core.language.mistakes.suggest import ALIKE, closest
from sgeflow.core.language.mistakes.unknown_parameters import unknown_input
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.parameters import coerce, faults_of
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

PLACE = regex(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""A column's value inside a value that all rows share: `file=data/{pointId}.json`."""


def check_header(names: list[str], flow: Flow, inputs: Mapping[str, Any] | None = None) -> None:
    """A wrong header makes every row wrong: it is told alone.

    When it is known what is `inputs` to all rows, a column that each of them needs is missed here.
    """
    unknown = [name for name in names if name not in flow.inputs]
    if not any(name in flow.inputs for name in names):
        # its cells may well be a person's: none is told
        near = (closest(name, flow.inputs, least=ALIKE) for name in names)
        raise InvalidValues(
            Problem(
                id=Id.UNKNOWN_VALUE,
                message=say("the first line names no input of {flow}", flow=flow.name)
                if any(names)
                else say("the first line is empty"),
                note=say(
                    "a CSV file begins with the names of its columns, inputs all of them, "
                    "with , or ; between them"
                ),
                allowed=tuple(flow.inputs),
                allowed_label="inputs",
                suggestion=next(filter(None, near), ""),
            )
        )
    problems = [
        unknown_input(flow.name, name, flow.inputs) if name else _no_name(flow) for name in unknown
    ]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    problems += [
        Problem(id=Id.NAME, message=say('two columns are named "{name}"', name=name))
        for name in twice
    ]
    problems += [  # one that is misspelt is told already
        _no_column(one)
        for one in (flow.inputs.values() if inputs is not None and not unknown else ())
        if one.required and one.default is None
        if one.name not in names and (inputs or {}).get(one.name) is None
    ]
    if problems:
        raise InvalidValues(*problems)


def check_columns(names: Sequence[str], flow: Flow, problems: Sequence[Problem]) -> None:
    """Of what a row lacks, a column that the file does not have is told once and alone.

    Args:
        names: the columns, none where rows are no cells.
        flow: whose inputs they are.
        problems: what is wrong with the row.
    """
    wants = dict.fromkeys(one.where for one in problems if one.id is Id.MISSING_VALUE)
    others = [name for name in wants if name in flow.inputs and name not in names]
    if names and others:
        raise InvalidValues(*(_no_column(flow.inputs[name]) for name in others))


def check_common(flow: Flow, common: Mapping[str, Any]) -> None:
    """What is common to all rows is wrong once, not once a row."""
    problems = []
    for name, value in common.items():
        places = PLACE.findall(value) if isinstance(value, str) else []
        unknown = [one for one in (name, *places) if one not in flow.inputs]
        if unknown:
            names = dict.fromkeys(unknown)
            problems += [unknown_input(flow.name, one, flow.inputs) for one in names]
        elif value is not None and not places:
            problems += faults_of(coerce(value, flow.inputs[name].schema), flow.inputs[name])
    if problems:
        raise InvalidValues(*problems)


def _no_column(parameter: Parameter) -> Problem:
    return Problem(
        id=Id.MISSING_VALUE,
        message=say("no column gives {parameter}", parameter=parameter.name),
        note=parameter.description,
    )


def _no_name(flow: Flow) -> Problem:
    return Problem(
        id=Id.UNKNOWN_VALUE,
        message=say("a column has no name"),
        allowed=tuple(flow.inputs),
        allowed_label="inputs",
    )
