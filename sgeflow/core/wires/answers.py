"""Answers that cannot be used, whatever the wire: why none of them is the answer to a call."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from sgeflow.core.documents import Operation
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Response
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.patterns import regex

OK = range(200, 300)
SHOWN = 120  # characters of a foreign text that are repeated
_HTML = regex(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html|<html)\b", re.IGNORECASE)
_TITLE = regex(rb"<title[^<>]*>([^<]*)", re.IGNORECASE)


def is_page(body: bytes) -> bool:
    """Whether it is a page for people, well formed or not."""
    return _HTML.match(body) is not None


def several_of_one(operation: Operation, response: Response, path: str) -> NoAnswer:
    """The answer repeats what is read of it as one: whatever is read there would be null."""
    words = say("the answer has several {path}, and one is read", path=path)
    so = say("the values that the operation reads from it would be null")
    remedy = say("if several may come, the path reads its items: {path}[]", path=path)
    details = (("so", so), ("remedy", remedy))
    return no_answer(operation, response, Id.BAD_ANSWER, words, *details)


def answer_to_another(operation: Operation, response: Response, words: Message) -> NoAnswer:
    """The answer belongs to another request: none came to this one."""
    so = say("it answers another request; nothing of it is kept")
    remedy = say(
        "a proxy, gateway or cache before {owner} mixes answers up; tell its operator",
        owner=operation.provider.owner,
    )
    details = (("so", so), ("remedy", remedy))
    none = no_answer(operation, response, Id.OTHER_ANSWER, words, *details)
    return replace(none, retry_after=None)


def unproven(operation: Operation, response: Response, names: Sequence[str]) -> NoAnswer:
    """The answer to an order lacks what an accepted one has: it proves nothing."""
    lacking = join_items(names)
    words = say("the answer lacks {names}, by which an accepted order is known", names=lacking)
    return no_answer(operation, response, Id.BAD_ANSWER, words)


def unusable(operation: Operation, response: Response, reason: str, belongs: Message) -> NoAnswer:
    """The answer is not what belongs there; `reason` ends a sentence that begins with "it"."""
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
    """No usable answer: an order may have been processed all the same."""
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
    """The words for an HTML page that came in place of what `belongs` there."""
    heading = _TITLE.search(response.body)
    title = " ".join(heading[1].decode(errors="replace").split())[:SHOWN] if heading else ""
    words = say("is an HTML page, where {belongs} belongs", belongs=belongs)
    return say("{words}: “{title}”", words=words, title=title) if title else words
