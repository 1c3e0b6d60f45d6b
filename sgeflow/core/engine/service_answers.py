"""Answers of JSON services and mail relays: refusals as faults, and unreadable answers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from sgeflow.core.language.foreign_json import UnusableJson, from_json
from sgeflow.core.model import Fault, FaultClass, NoAnswer, Response
from sgeflow.errors import Details, Id, Problem
from sgeflow.messages import Message, exception_text, from_table, join_items, say

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
_IDS = {  # problems by HTTP status, for statuses that do not come from the service itself
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
    from sgeflow.core.wires.reply_dates import retry_after

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
        message="",
        fault_class=known,
        status=response.status,
        problem=problem,
        retry_after=retry_after(response),
        refuses=True,  # the caller has excluded answers of gateways and proxies
    )


def no_json(service: str, response: Response, error: ValueError, *, is_read: bool) -> NoAnswer:
    """The failure of an answer that is not JSON; the outcome of anything but a read is unknown."""
    message = say("{service} answered something that is not JSON", service=service)
    if isinstance(error, UnusableJson):
        message = say("{service} answered JSON that cannot be used", service=service)
    why = exception_text(error)
    if isinstance(error, UnicodeDecodeError | UnicodeEncodeError):  # whose text quotes the answer
        why = from_table(f"{error.encoding}: {error.reason}")
    content_type = response.headers.get("content-type", "none")
    details = (("content type", content_type), ("why", why))
    problem = Problem(id=Id.BAD_ANSWER, message=message, details=details)
    sent = True if is_read else None
    return NoAnswer(sent=sent, problem=problem, fault_class=FaultClass.TECHNICAL)


_LATER, _NEVER = range(400, 500), range(500, 600)
_LOGIN = frozenset({530, 534, 535, 538})  # not 454, which is temporary (RFC 4954)
_SHOWN = 5  # most refused recipients in a message

REMEDIES: Mapping[int, Message] = MappingProxyType(
    {
        450: say("the mailbox is busy, or the relay asks new senders to try again later"),
        452: say("the relay has no room, or takes no more recipients at once"),
        521: say("this host does not accept mail: check `host` of the relay"),
        550: say(
            "the mailbox does not exist, or this relay does not deliver to it: check the addresses"
        ),
        551: say("the relay only delivers to its own users: check `host`, `login` and `to`"),
        552: say("the mail is too large for the relay, or the mailbox is full"),
        553: say("this login may not send from that address: check `from` of the relay"),
        554: say(
            "the relay treats the mail as spam, or does not accept this machine as a sender: ask "
            "the relay's operator"
        ),
    }
)
"""The remedies for the SMTP codes that relays give most."""


class RelayReply(Struct, frozen=True, kw_only=True):
    """The reply of a mail server: its text, and the recipients that it refused.

    It is the JSON body of a `Response` whose status is an SMTP code (RFC 5321); the first digit
    means the same as in HTTP. `stage` is the part of the mail that the server answered.
    """

    reply: str = ""
    stage: str = ""
    refused: tuple[tuple[int, int, str], ...] = ()  # number from 1, code, words


def read_reply(answer: Response) -> RelayReply:
    """The reply of a relay; of a stub the body may be its words alone."""
    try:
        body = from_json(answer.body) if answer.body.strip() else {}
    except ValueError:
        return RelayReply(reply=answer.body.decode(errors="replace").strip())
    if not isinstance(body, dict):
        return RelayReply(reply=str(body))
    return RelayReply(
        reply=str(body.get("reply") or ""),
        stage=str(body.get("stage") or ""),
        refused=tuple(map(_refusal_of, body.get("refused") or ())),
    )


def judge_reply(answer: Response, relay: str) -> Response | NoAnswer:
    """The answer of a mail server; NoAnswer if it refused the mail temporarily, or our login.

    In these cases the mail was not sent, and a resumed run sends it again.
    """
    status = answer.status
    if status in _LOGIN:
        message = say(
            "the relay {relay} refused the login: {words}", relay=relay, words=_words(answer)
        )
        remedy = say("check `login` and the secret of `password`, in the relay of the environment")
        return _not_taken(answer, Id.REJECTED, FaultClass.CREDENTIALS, message, remedy)
    if status in _LATER:
        message = say(
            "the relay {relay} does not take the mail for now: {words}; nothing was sent",
            relay=relay,
            words=_words(answer),
        )
        remedy = remedy_for(status)
        return _not_taken(answer, Id.DEFERRED, FaultClass.TRANSIENT, message, remedy)
    return answer


def relay_fault(relay: str, answer: Response) -> Fault | NoAnswer:
    """The refusal by a mail server, with a code such as `SMTP550`: no recipient gets the mail."""
    if answer.status not in _NEVER:
        message = say("the relay {relay} answered {words}", relay=relay, words=_words(answer))
        problem = Problem(id=Id.BAD_ANSWER, message=message)
        return NoAnswer(sent=None, problem=problem, fault_class=FaultClass.UNKNOWN)
    message = say("the relay {relay} refused the mail: {words}", relay=relay, words=_words(answer))
    details = _details(answer, remedy_for(answer.status))
    problem = Problem(id=Id.HTTP_REFUSED, message=message, details=details)
    return Fault(
        code=f"SMTP{answer.status}",
        message="",
        fault_class=FaultClass.INVALID,
        status=answer.status,
        problem=problem,
        refuses=True,  # the server accepted no recipient
    )


def remedy_for(status: int) -> Message:
    """The remedy for an SMTP code, 4xx or 5xx."""
    if status in REMEDIES:
        return REMEDIES[status]
    if status in _LATER:
        return say("try later; `retry` of the step says how often")
    return say("give these words to the relay's operator")


def refused_text(reply: RelayReply) -> Message:
    """The refused recipients by their numbers, without their addresses."""
    entries = [
        say("recipient {number}: {words}", number=number, words=_quote(code, words))
        for number, code, words in reply.refused[:_SHOWN]
    ]
    if len(reply.refused) > _SHOWN:
        entries.append(say("… and {count} more", count=len(reply.refused) - _SHOWN))
    return join_items(entries, between="; ")


def _not_taken(
    answer: Response, id_: Id, fault_class: FaultClass, message: Message, remedy: Message
) -> NoAnswer:
    problem = Problem(id=id_, message=message, details=_details(answer, remedy))
    return NoAnswer(sent=False, problem=problem, fault_class=fault_class, seconds=answer.seconds)


def _details(answer: Response, remedy: Message) -> Details:
    """The details for refused recipients, if there are any, and the remedy."""
    reply = read_reply(answer)
    refused = (("refused", refused_text(reply)),) if reply.refused else ()
    return (*refused, ("remedy", remedy))


def _words(answer: Response) -> Message:
    return _quote(answer.status, read_reply(answer).reply)


def _quote(code: int, words: str) -> Message:
    """A code and the server's text, in quotes, so that names in it are masked."""
    return say("{code} “{words}”", code=code, words=words) if words else from_table(str(code))


def _refusal_of(entry: Any) -> tuple[int, int, str]:
    known = entry if isinstance(entry, dict) else {"recipient": entry}
    return (
        int(known.get("recipient") or 0),
        int(known.get("code") or 0),
        str(known.get("reply") or ""),
    )
