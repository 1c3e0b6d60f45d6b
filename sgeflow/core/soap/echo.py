"""Whether a reply answers the request that was sent: what it repeats is what was asked for.

HTTP ties a reply to its request by nothing but its place on the connection. A proxy that shifts
replies, or a cache that answers for another point, passes every check of form; only what the reply
itself says of the point, the period and the type tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.documents import Echo, Operation
from sgeflow.core.language.dates import civil_date
from sgeflow.core.language.points import is_point
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Response
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, say


class ExpectedEcho(Struct, frozen=True):
    """What the reply to one request must repeat: texts that it may say, or the border of dates."""

    echo: Echo
    allowed: frozenset[str]


def expect(operation: Operation, values: Mapping[str, Any]) -> tuple[ExpectedEcho, ...]:
    """What the reply to a call with these values must repeat; nothing for values that are absent.

    Raises:
        EvaluationError: an echo's `value` cannot work with them.
    """
    expected = []
    for name, echo in operation.echo.items():
        value = values.get(name) if echo.value is None else echo.value.search(values)
        allowed = frozenset(_texts(value))
        if allowed:
            expected.append(ExpectedEcho(echo, allowed))
    return tuple(expected)


def mismatch(
    expected: tuple[ExpectedEcho, ...], repeated: Mapping[str, Any], *, is_empty: Callable[[], bool]
) -> Message | None:
    """How a reply says that it answers another request; None when it does not.

    Args:
        expected: what was asked for.
        repeated: what the reply says of each parameter, by the paths of the echo.
        is_empty: whether nothing at all stands in the reply, which then repeats nothing.
    """
    for each in expected:
        name = each.echo.parameter
        texts = tuple(_texts(repeated.get(name)))
        if not texts and is_point(name) and not is_empty():
            return say("the answer does not say whose it is: it lacks {name}", name=name)
        if not all(_is_asked(text, each) for text in texts):
            if each.echo.bound:
                return say("the answer's period goes beyond {name}", name=name)
            return say("the answer says another {name} than was asked for", name=name)
    return None


def lacking_echoes(
    expected: tuple[ExpectedEcho, ...], repeated: Mapping[str, Any]
) -> tuple[str, ...]:
    """The parameters that a reply does not repeat wholly: of a list, each item.

    A border of dates is repeated by any date.
    """
    return tuple(
        each.echo.parameter
        for each in expected
        if not (texts := set(_texts(repeated.get(each.echo.parameter))))
        or not (each.echo.bound or each.allowed <= texts)
    )


def says_whose(expected: tuple[ExpectedEcho, ...], repeated: Mapping[str, Any]) -> bool:
    """Whether a reply says itself that it answers this request; an empty one says nothing.

    Borders of dates do not count: many requests have the same.
    """
    names = [each.echo.parameter for each in expected if not each.echo.bound]
    return bool(names) and all(any(_texts(repeated.get(name))) for name in names)


def no_echo(operation: Operation, response: Response, words: Message) -> NoAnswer:
    """A reply that is not the answer to this request: none came."""
    is_read = operation.kind is Kind.READ
    return NoAnswer(
        sent=True if is_read else None,
        problem=Problem(
            id=Id.OTHER_ANSWER,
            message=words,
            where=operation.name,
            details=(
                ("so", say("it answers another request; nothing of it is kept")),
                (
                    "remedy",
                    say("a proxy, gateway or cache before SGE mixes answers up; tell its operator"),
                ),
            ),
        ),
        fault_class=FaultClass.TECHNICAL if is_read else FaultClass.UNKNOWN,
        seconds=response.seconds,
    )


def _is_asked(text: str, expected: ExpectedEcho) -> bool:
    if not expected.echo.bound:
        return text in expected.allowed
    day = _day(text)
    borders = [border for each in expected.allowed if (border := _day(each))]
    if day is None:  # in a form that nobody knows yet, it says nothing
        return True
    if expected.echo.bound == "earliest":
        return all(border <= day for border in borders)
    return all(day <= border for border in borders)


def _day(text: str) -> str | None:
    """The civil day of a date as SGE writes it; an offset or a time does not move it."""
    try:
        return civil_date(text)
    except ValueError:
        return None


def _texts(value: Any) -> Iterator[str]:
    """The texts of a value as a reply writes them, of lists all; nothing for what is absent."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        yield from _texts(value.get("text"))
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif value is not None and (text := str(value).strip()):
        yield text
