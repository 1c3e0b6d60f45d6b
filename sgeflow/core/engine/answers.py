"""What an answer says, before anything is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from sgeflow.core.engine.effects import MaskedCode, Script, ask
from sgeflow.core.engine.lost_orders import Resent
from sgeflow.core.model import (
    SGE,
    Fault,
    FaultClass,
    ForeignCode,
    Kind,
    NoAnswer,
    Request,
    Response,
)
from sgeflow.errors import Id, Problem
from sgeflow.messages import say

ReadResponse = Callable[[Response], Any]
"""Reads a response: outputs, or a fault, or why it is no answer."""


def read_answer(answer: Response | NoAnswer, read: ReadResponse, request: Request) -> Script[Any]:
    """What an answer says; one that breaks its reader is one that cannot be read.

    Whatever stands where a fault has its code goes on as it may be told.
    """
    result = _read(answer, read, request)
    if isinstance(result, Fault) and isinstance(result.code, ForeignCode):
        return replace(result, code=(yield from ask(MaskedCode(result.code))))
    return result


def _read(answer: Response | NoAnswer, read: ReadResponse, request: Request) -> Any:
    if isinstance(answer, NoAnswer):
        return answer
    try:
        return read(answer)
    except (ValueError, ArithmeticError, RecursionError, MemoryError):
        is_read = request.kind is Kind.READ
        message = say("the answer to {label} holds what cannot be read", label=request.label)
        return NoAnswer(
            sent=True if is_read else None,
            problem=Problem(id=Id.BAD_ANSWER, message=message, where=request.label),
            fault_class=FaultClass.TECHNICAL if is_read else FaultClass.UNKNOWN,
            seconds=answer.seconds,
        )


def another_answer(answer: Response | NoAnswer, result: Any) -> tuple[Response, NoAnswer] | None:
    """A reply that answers another request, of whatever kind this one is, and what it counts as."""
    if not isinstance(answer, Response) or not isinstance(result, NoAnswer):
        return None
    return (answer, result) if result.problem.id is Id.OTHER_ANSWER else None


def judge_repetition(result: Any, request: Request, key: str) -> Script[tuple[Any, Fault | None]]:
    """The result, and the refusal that stands in its place where a search shows no order.

    "Already there" proves that the same thing is there, and not who ordered it: what stands between
    may have sent the order twice. It refuses nothing until the order was looked for. One that was
    lost, counted as absent and was sent once more was accepted before rather: it stays unknown
    where nothing is found, until a person has found that it was not.
    """
    if not isinstance(result, Fault) or request.kind is Kind.READ:
        return result, None
    if result.fault_class is not FaultClass.ALREADY or not result.refuses:
        return result, None
    if (yield from ask(Resent(key))):
        return replace(result, refuses=False), None
    if request.endpoint != SGE:  # another service's own word
        return result, None
    return replace(result, refuses=False), result
