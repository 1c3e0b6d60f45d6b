"""Answers that cannot be used on any wire, with the reason why."""

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.documents import Operation
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Response
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.patterns import regex

OK = range(200, 300)
SHOWN = 120  # characters of a foreign text to show
_HTML = regex(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html|<html)\b", re.IGNORECASE)
_TITLE = regex(rb"<title[^<>]*>([^<]*)", re.IGNORECASE)


class Flaw(Struct, frozen=True):
    """Why a body is not what the wire expects: the end of a sentence that begins with "it"."""

    reason: Message | str


def is_page(body: bytes) -> bool:
    """Whether the body is an HTML page, well formed or not."""
    return _HTML.match(body) is not None


def several_of_one(operation: Operation, response: Response, path: str) -> NoAnswer:
    """The answer repeats an element that is read as single; its value would be null."""
    words = say("the answer has several {path}, and one is read", path=path)
    so = say("the values that the operation reads from it would be null")
    remedy = say("if several may come, the path reads its items: {path}[]", path=path)
    details = (("so", so), ("remedy", remedy))
    return no_answer(operation, response, Id.BAD_ANSWER, words, *details)


def answer_to_another(operation: Operation, response: Response, words: Message) -> NoAnswer:
    """The answer belongs to another request."""
    so = say("it answers another request; nothing of it is kept")
    remedy = say(
        "a proxy, gateway or cache before {owner} mixes answers up; tell its operator",
        owner=operation.provider.owner,
    )
    details = (("so", so), ("remedy", remedy))
    none = no_answer(operation, response, Id.OTHER_ANSWER, words, *details)
    return replace(none, retry_after=None)


def unproven(operation: Operation, response: Response, names: Sequence[str]) -> NoAnswer:
    """The answer to an order lacks the signs of acceptance, so the outcome is unknown."""
    lacking = join_items(names)
    words = say("the answer lacks {names}, by which an accepted order is known", names=lacking)
    return no_answer(operation, response, Id.BAD_ANSWER, words)


def unusable(operation: Operation, response: Response, reason: str, belongs: Message) -> NoAnswer:
    """The answer has the wrong form; `reason` ends a sentence that begins with "it"."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    kind = kind or say("no content type")
    size = say_count("{count:,} byte", "{count:,} bytes", count=len(response.body))
    words = say("the answer {reason}", reason=reason)
    came = say("HTTP {status}, {kind}, {size}", status=response.status, kind=kind, size=size)
    details = (("received", came), ("belongs there", belongs))
    return no_answer(operation, response, Id.BAD_ANSWER, words, *details)


def no_answer(
    operation: Operation, response: Response, id_: Id, words: Message, *details: tuple[str, str]
) -> NoAnswer:
    """No usable answer; an order may have been processed nevertheless."""
    from sgeflow.core.wires.reply_dates import retry_after

    is_read = operation.kind is Kind.READ
    return NoAnswer(
        sent=True if is_read else None,
        problem=Problem(id=id_, message=words, where=operation.name, details=details),
        fault_class=FaultClass.TECHNICAL if is_read else FaultClass.UNKNOWN,
        seconds=response.seconds,
        retry_after=retry_after(response),
    )


def page_words(response: Response, belongs: Message) -> str:
    """The message about an HTML page in place of `belongs`."""
    heading = _TITLE.search(response.body)
    title = " ".join(heading[1].decode(errors="replace").split())[:SHOWN] if heading else ""
    words = say("is an HTML page, where {belongs} belongs", belongs=belongs)
    return say("{words}: “{title}”", words=words, title=title) if title else words
