"""The paths that templates make: the flow's author writes the path, values are names in it.

    file: data/${inputs.pointId}.json    a value in a path: a plain name, or the step fails
    file: ${inputs.file}                 an input that begins it: the path that a person gives

Only an input or a setting may begin a path and hold one: whoever starts the run, or fills in the
environment, gives it. What a step answered, or was remembered, is a plain name wherever it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sgeflow.core.filenames import is_plain
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.template import Scope, Template, text_of
from sgeflow.errors import EvaluationError, Id, InvalidValues, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

NO_NAME = say("it is empty, too long, holds /, \\ or .., or is a home, drive or device")
_GIVEN = regex(r"(inputs|env)((?:\.[A-Za-z_][A-Za-z0-9_]*)+)")


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
    match = _GIVEN.fullmatch(first.text) if isinstance(first, Expression) else None
    return match[2].split(".")[1] if match and match[1] == "inputs" else ""


def inputs_within(template: Template) -> Iterator[str]:
    """The inputs that stand in a path as they are, but for the one that begins it."""
    for number, part in enumerate(template.parts):
        match = _GIVEN.fullmatch(part.text) if isinstance(part, Expression) else None
        if match and match[1] == "inputs" and number:
            yield match[2].split(".")[1]


def check_names(names: Collection[str], inputs: Mapping[str, Any]) -> None:
    """Raise InvalidValues for inputs that stand in a file's name and are no plain names."""
    problems = [
        Problem(
            id=Id.INVALID_VALUE,
            message=say("{name} is not valid in a file name", name=name),
            note=NO_NAME,
        )
        for name in sorted(names & inputs.keys())
        if inputs[name] is not None and leads_away(inputs[name])
    ]
    if problems:
        raise InvalidValues(*problems)


def leads_away(value: Any) -> bool:
    """Whether some text in a value is no plain name."""
    return any(not is_plain(text) for text in texts_in(value))


def _part(expression: Expression, scope: Scope, *, begins: bool) -> str:
    text = text_of(expression, scope)
    if (begins and _GIVEN.fullmatch(expression.text)) or is_plain(text):
        return text
    raise EvaluationError(
        Problem(
            id=Id.EVALUATION,
            message=say("a value is not valid in a file name"),
            at=expression.spot.at(0, len(expression.text)),
            note=NO_NAME,
            details=(
                ("expression", expression.text),
                (
                    "instead",
                    say("write the folders in the path itself, or begin it with an input"),
                ),
            ),
        )
    )


def texts_in(value: Any) -> Iterator[str]:
    """All texts of a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_in(one)
