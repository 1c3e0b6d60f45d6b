"""The paths that templates make: the flow's author writes the path, values are names in it.

    file: data/${inputs.pointId}.json    a value in a path: a plain name, or the step fails
    file: ${inputs.file}                 an input that begins it: the path that a person gives

Only an input or a setting may begin a path and hold one: whoever starts the run, or fills in the
environment, gives it. What a step answered, or was remembered, is a plain name wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sgeflow.core.filenames import is_plain
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.template import Scope, Template, text_of
from sgeflow.errors import EvaluationError, Id, Problem
from sgeflow.messages import say

_GIVEN = re.compile(r"(inputs|env)((?:\.[A-Za-z_][A-Za-z0-9_]*)+)")


def path_of(template: Template, scope: Scope) -> str:
    """The path that a template makes.

    Raises:
        EvaluationError: a value in it is no plain name, or an expression fails.
    """
    parts = template.parts or (str(template.written),)
    return "".join(
        part if isinstance(part, str) else _part(part, scope, begins=number == 0)
        for number, part in enumerate(parts)
    )


def path_input(template: Template) -> str:
    """The input that begins a path and may hold one itself; empty when there is none."""
    first = template.parts[0] if template.parts else ""
    found = _GIVEN.fullmatch(first.text) if isinstance(first, Expression) else None
    return found[2].split(".")[1] if found and found[1] == "inputs" else ""


def leads_away(value: Any) -> bool:
    """Whether some text in a value is no plain name."""
    return any(not is_plain(text) for text in _texts(value))


def _part(expression: Expression, scope: Scope, *, begins: bool) -> str:
    text = text_of(expression, scope)
    if (begins and _GIVEN.fullmatch(expression.text)) or is_plain(text):
        return text
    raise EvaluationError(
        Problem(
            id=Id.EVALUATION,
            message=say("a value in a file's name leads to another folder"),
            at=expression.spot.at(0, len(expression.text)),
            note=say("it holds /, \\ or .."),
            details=(
                ("expression", expression.text),
                (
                    "instead",
                    say("write the folders in the path itself, or begin it with an input"),
                ),
            ),
        )
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
