"""File paths made from templates: the flow's author writes the path, values in it are names.

    file: data/${inputs.pointId}.json    a value within a path must be a plain name
    file: ${inputs.file}                 an input at the start may be a path that a person gives

Only an input or a setting may begin a path and contain one, because the person who starts the run,
or configures the environment, gives it. Values from answers and from `remember` must be plain names
everywhere.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
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
        EvaluationError: a value within the path is not a plain name, or an expression fails.
    """
    parts = template.parts or (str(template.written),)
    return "".join(
        part if isinstance(part, str) else _part(part, scope, begins=number == 0)
        for number, part in enumerate(parts)
    )


def path_input(template: Template) -> str:
    """The input at the start of a path, which may be a path itself; empty without one."""
    first = template.parts[0] if template.parts else ""
    match = _GIVEN.fullmatch(first.text) if isinstance(first, Expression) else None
    return match[2].split(".")[1] if match and match[1] == "inputs" else ""


def inputs_within(template: Template) -> Iterator[str]:
    """The inputs that a path contains unchanged, except the one at its start."""
    for number, part in enumerate(template.parts):
        match = _GIVEN.fullmatch(part.text) if isinstance(part, Expression) else None
        if match and match[1] == "inputs" and number:
            yield match[2].split(".")[1]


def check_names(names: Collection[str], inputs: Mapping[str, Any]) -> None:
    """Raise InvalidValues for inputs within a file's path that are not plain names."""
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
    """Whether a text in a value is not a plain name."""
    return any(not is_plain(text) for text in texts_in(value))


def _part(expression: Expression, scope: Scope, *, begins: bool) -> str:
    text = text_of(expression, scope)
    if (begins and _GIVEN.fullmatch(expression.text)) or is_plain(text):
        return text
    raise EvaluationError.of(
        Id.EVALUATION,
        say("a value is not valid in a file name"),
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


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_in(one)


def change_texts(value: Any, change: Callable[[str], str]) -> Any:
    """A value with each text in it changed, at any depth."""
    if isinstance(value, Mapping):
        return {name: change_texts(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [change_texts(one, change) for one in value]
    return change(value) if isinstance(value, str) else value
