"""What another service than SGE answers: its refusals as faults, and JSON that cannot be read."""

from __future__ import annotations

from sgeflow.core.language.foreign_json import UnusableJson
from sgeflow.core.model import Fault, FaultClass, NoAnswer, Response
from sgeflow.core.soap.reply_dates import retry_after
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, exception_text, from_table, say

_CLASSES = {
    401: FaultClass.CREDENTIALS,
    403: FaultClass.CREDENTIALS,
    404: FaultClass.NOT_FOUND,
    408: FaultClass.TRANSIENT,
    410: FaultClass.NOT_FOUND,
    429: FaultClass.TRANSIENT,
    502: FaultClass.TRANSIENT,
    503: FaultClass.TRANSIENT,
    504: FaultClass.TRANSIENT,
}
_IDS = {  # of what is no word of the service about this request
    FaultClass.CREDENTIALS: Id.REJECTED,
    FaultClass.TECHNICAL: Id.SERVER_ERROR,
    FaultClass.TRANSIENT: Id.SERVER_ERROR,
}
_REFUSED = Id.HTTP_REFUSED
_SERVER_ERROR, _THROTTLED = 500, 429


def service_fault(
    service: str, method: str, response: Response, fault_class: FaultClass | None = None
) -> Fault:
    """The refusal of a service, with the code `HTTP404` and so on; its class by its status."""
    default = FaultClass.TECHNICAL if response.status >= _SERVER_ERROR else FaultClass.INVALID
    known = fault_class or _CLASSES.get(response.status, default)
    problem = Problem(
        id=Id.THROTTLED if response.status == _THROTTLED else _IDS.get(known, _REFUSED),
        message=say(
            "{service} answered {status} to {method}",
            service=service,
            status=response.status,
            method=method,
        ),
    )
    return Fault(
        code=f"HTTP{response.status}",
        message=problem.message,
        fault_class=known,
        status=response.status,
        problem=problem,
        retry_after=retry_after(response),
        refuses=True,  # the service's own word; what stands in between is told apart by the caller
    )


def no_json(service: str, response: Response, error: ValueError, *, is_read: bool) -> NoAnswer:
    """An answer that should be JSON and is not: of what is no read, nobody knows what it did."""
    message = say("{service} answered something that is not JSON", service=service)
    if isinstance(error, UnusableJson):
        message = say("{service} answered JSON that cannot be used", service=service)
    problem = Problem(
        id=Id.BAD_ANSWER,
        message=message,
        details=(
            ("content type", response.headers.get("content-type", "none")),
            ("why", _why(error)),
        ),
    )
    sent = True if is_read else None
    return NoAnswer(sent=sent, problem=problem, fault_class=FaultClass.TECHNICAL)


def _why(error: ValueError) -> Message:
    """What is wrong with a text, in the words of who read it; never a part of the text."""
    if isinstance(error, UnicodeDecodeError | UnicodeEncodeError):
        return from_table(f"{error.encoding}: {error.reason}")
    return exception_text(error)
