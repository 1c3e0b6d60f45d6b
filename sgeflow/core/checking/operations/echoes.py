"""What a reply must repeat of its request: read from an operation's document, and checked."""

from __future__ import annotations

from collections.abc import Iterator

from sgeflow.core.checking.expressions.inference import infer, shape_over
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.operations.declarations import shape_of_parameters
from sgeflow.core.documents import Echo, Operation
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.mistakes.unknown_parameters import undeclared_parameter
from sgeflow.core.language.points import is_point
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.shapes import XML
from sgeflow.core.language.text import Path
from sgeflow.core.language.unparse import names
from sgeflow.errors import Id, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

_ROWS = regex(r"([\w.]+\[\])\.\{")


def read_echo(reader: Reader) -> dict[str, Echo]:
    """The echo of an operation, by parameter; what cannot be read is noted."""
    echoes = {}
    for name in reader.get(("echo",)) or {}:
        at: Path = ("echo", name)
        value = reader.get(at)
        is_short = not isinstance(value, dict)
        path = reader.reply_path(at if is_short else (*at, "path"))
        if path is not None:
            reader.problems += shape_over(XML, path)[1]
            echoes[name] = Echo(
                parameter=name,
                path=path,
                value=None if is_short else reader.expression((*at, "value")),
                bound="" if is_short else value.get("bound", ""),
            )
    return echoes


def check_echo(reader: Reader, operation: Operation) -> Iterator[Problem]:
    """An echo repeats parameters, and a reply that says its point is held against it."""
    known = Known(dict(shape_of_parameters(operation.parameters, operation.name).fields))
    for name, echo in operation.echo.items():
        parameter = operation.parameters.get(name)
        if parameter is None:
            at = reader.at(("echo", name), key=True)
            yield undeclared_parameter(name, operation.parameters, at)
        elif echo.bound and echo.value is None and not parameter.is_date:
            yield Problem(
                id=Id.NOT_ALLOWED,
                message=say("{name} is no date, and has no earliest or latest one", name=name),
                at=reader.at(("echo", name, "bound"), key=True),
            )
        if echo.value is not None:
            yield from infer(echo.value, known)[1]
    yield from _check_point(reader, operation)


def _check_point(reader: Reader, operation: Operation) -> Iterator[Problem]:
    points = [name for name in operation.parameters if is_point(name)]
    echoes = reader.get(("echo",)) or {}
    is_said = any(is_point(name) or name not in operation.parameters for name in echoes)
    if not points or is_said:  # a name that no parameter has is told, and may be the point's
        return
    for output, path in operation.response.paths.items():
        elements = (name for name in names(path.syntax_tree) if name != "point")  # that has an id
        if not is_point(output) and not any(map(is_point, elements)):
            continue
        message = say('missing key "echo": request and reply both hold {name}', name=points[0])
        example = f"echo: {{{points[0]}: {_place(output, path)}}}"
        yield Problem(
            id=Id.MISSING_KEY,
            message=message,
            at=reader.at(("response", "paths", output), key=True),
            note=say("say where the reply repeats it, as {example}", example=example),
        )
        return


def _place(output: str, path: Expression) -> str:
    """Where a reply has the point, as far as a path tells."""
    if is_point(output):
        return path.text
    rows = _ROWS.match(path.text)
    element = next((n for n in names(path.syntax_tree) if is_point(n) and n != "point"), "")
    return f"{rows[1]}.{element}" if rows else "…"
