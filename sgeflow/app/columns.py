"""Whether the columns of a fleet's rows, and what all rows share, are inputs of its flow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sgeflow.core.language.parameters import coerce, faults_of
from sgeflow.core.language.suggest import closest
from sgeflow.core.model import Flow
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.say import say

PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""A column's value inside a value that all rows share: `file=data/{pointId}.json`."""


def check_header(names: list[str], flow: Flow) -> None:
    """A wrong header makes every row wrong: it is told alone."""
    unknown = [name for name in names if name not in flow.inputs]
    if not any(name in flow.inputs for name in names):
        # its cells may well be a person's: none is told
        raise InvalidValues(
            Problem(
                id=Id.UNKNOWN_VALUE,
                message=say("the first line names no input of {flow}", flow=flow.name),
                note=say("a CSV file begins with the names of the inputs that its columns give"),
                allowed=tuple(flow.inputs),
                allowed_label="inputs",
            )
        )
    problems = [
        Problem(
            id=Id.UNKNOWN_VALUE,
            message=say('{flow} has no input "{name}"', flow=flow.name, name=name)
            if name
            else say("a column has no name"),
            allowed=tuple(flow.inputs),
            allowed_label="inputs",
            suggestion=closest(name, flow.inputs),
        )
        for name in unknown
    ]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    problems += [
        Problem(id=Id.NAME, message=say('two columns are named "{name}"', name=name))
        for name in twice
    ]
    if problems:
        raise InvalidValues(*problems)


def check_common(flow: Flow, common: Mapping[str, Any]) -> None:
    """What is common to all rows is wrong once, not once a row."""
    problems = []
    for name, value in common.items():
        if name not in flow.inputs:
            suggestion = closest(name, flow.inputs)
            message = say('{flow} has no input "{name}"', flow=flow.name, name=name)
            problems.append(
                Problem(
                    id=Id.UNKNOWN_VALUE,
                    message=message,
                    allowed=tuple(flow.inputs),
                    allowed_label="inputs",
                    suggestion=suggestion,
                )
            )
        elif value is not None and not (isinstance(value, str) and PLACE.search(value)):
            problems += faults_of(coerce(value, flow.inputs[name].schema), flow.inputs[name])
    if problems:
        raise InvalidValues(*problems)
