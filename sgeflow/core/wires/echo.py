"""Checks that a reply repeats values of its request, and that it accepts an order."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.documents import Echo, Operation
from sgeflow.core.language.dates import civil_date
from sgeflow.core.language.points import is_point
from sgeflow.core.model import Kind
from sgeflow.core.wires.wire import OpenedReply
from sgeflow.messages import Message, say


class ExpectedEcho(Struct, frozen=True):
    """A value that the reply must repeat: allowed texts, or a border of dates."""

    echo: Echo
    allowed: frozenset[str]


def expect(operation: Operation, values: Mapping[str, Any]) -> tuple[ExpectedEcho, ...]:
    """The values that the reply to a call must repeat; absent values are left out.

    Raises:
        EvaluationError: the `value` of an echo cannot be computed from these values.
    """
    expected = []
    for name, echo in operation.echo.items():
        value = values.get(name) if echo.value is None else echo.value.search(values)
        allowed = frozenset(texts_of(value))
        if allowed:
            expected.append(ExpectedEcho(echo, allowed))
    return tuple(expected)


def mismatch(
    expected: tuple[ExpectedEcho, ...], repeated: Mapping[str, Any], reply: OpenedReply
) -> Message | None:
    """The difference that shows that a reply belongs to another request; None without one.

    `repeated` has the reply's value of each parameter. An empty reply names no point.
    """
    for each in expected:
        name = each.echo.parameter
        texts = tuple(texts_of(repeated.get(name)))
        if not texts and is_point(name) and not reply.is_empty:
            return say("the answer does not say whose it is: it lacks {name}", name=name)
        if not all(_is_asked(text, each) for text in texts):
            if each.echo.bound:
                return say("the answer's period goes beyond {name}", name=name)
            return say("the answer says another {name} than was asked for", name=name)
    return None


def _is_asked(text: str, expected: ExpectedEcho) -> bool:
    if not expected.echo.bound:
        return text in expected.allowed
    day = _day(text)
    borders = [border for each in expected.allowed if (border := _day(each))]
    if day is None:  # a date in an unknown form proves nothing
        return True
    if expected.echo.bound == "earliest":
        return all(border <= day for border in borders)
    return all(day <= border for border in borders)


def _day(text: str) -> str | None:
    """The civil day of a date in a reply; offset and time are ignored."""
    try:
        return civil_date(text)
    except ValueError:
        return None


def texts_of(value: Any) -> Iterator[str]:
    """The texts of a value as replies write them, for lists all; none for an absent value."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, Mapping):
        yield from texts_of(value.get("text"))
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif value is not None and (text := str(value).strip()):
        yield text


def lacking(
    operation: Operation,
    reply: OpenedReply,
    outputs: Mapping[str, Any],
    expected: tuple[ExpectedEcho, ...],
    repeated: Mapping[str, Any],
) -> tuple[str, ...]:
    """The signs of acceptance that a response to an order lacks; empty for a read.

    The signs are the outputs that the operation requires and the values of its echo. If it
    declares neither, the sign is the acknowledgement of the wire.
    """
    if operation.kind is Kind.READ:
        return ()
    required = operation.response.required
    lack = [name for name in required or () if outputs.get(name) in (None, "", [])]
    for each in expected:
        texts = set(texts_of(repeated.get(each.echo.parameter)))
        # each item of a list must be repeated; any date satisfies a border of dates
        if not texts or not (each.echo.bound or each.allowed <= texts):
            lack.append(each.echo.parameter)
    if required is None and not expected and reply.lacks_acknowledgement:
        lack.append(reply.lacks_acknowledgement)
    return tuple(lack)
