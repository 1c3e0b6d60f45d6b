"""A response to what it means: the payload of an answer, a refusal, or no usable answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from sgeflow.core.documents import FaultEntry, Operation
from sgeflow.core.model import Fault, FaultClass, Kind, NoAnswer, Response
from sgeflow.core.soap.xml import Element, Flaw, is_page, local_name, parse, payload
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.patterns import regex

Faults = Mapping[str, FaultEntry]
_TITLE = regex(rb"<title[^<>]*>([^<]*)", re.IGNORECASE)
_SHOWN = 120
_OK = range(200, 300)


def read_reply(
    operation: Operation, response: Response, faults: Faults, tree: Element | Flaw | None = None
) -> Element | Fault | NoAnswer:
    """The reply's element, a fault of the service or the gateway, or why no answer is usable.

    Args:
        operation: that was called.
        response: that came; a fault may have any HTTP status.
        faults: the catalogue of codes; the operation's own classes come before it.
        tree: the parsed body, when it was parsed already.
    """
    if is_page(response.body):
        tree = Flaw(_page(response))
    elif tree is None:
        tree = parse(response.body)
    element = tree if isinstance(tree, Flaw) else _check_element(operation, payload(tree))
    if response.status in _OK and not isinstance(element, Flaw):
        return element
    from sgeflow.core.soap.faults import Answer, proves_refusal, without_reason

    refuses = proves_refusal(operation, response, tree, faults)
    answer = Answer(operation, response, faults, refuses)
    content = tree if isinstance(tree, Flaw) else payload(tree)
    if isinstance(content, Flaw):
        refusal = answer.gateway_fault(None if isinstance(tree, Flaw) else tree)
    else:
        refusal = answer.soap_fault(content) if local_name(content) == "Fault" else None
    if refusal:
        return refusal
    if isinstance(element, Flaw) and response.status in _OK:
        return _unusable(operation, response, element)
    if fault := answer.status_fault():
        return fault
    return _no_answer(operation, response, Id.SERVER_ERROR, without_reason(response.status))


def read_saved(operation: Operation, body: bytes, faults: Faults) -> Element | Fault | NoAnswer:
    """The element of a reply kept in a file: a whole envelope, or only the element in its Body."""
    tree = parse(body)
    if not isinstance(tree, Flaw) and local_name(tree) in operation.response.elements:
        return tree
    return read_reply(operation, Response(status=200, headers={}, body=body), faults, tree)


def several_of_one(operation: Operation, response: Response, path: str) -> NoAnswer:
    """The answer repeats what is read of it as one: whatever is read there would be null."""
    words = say("the answer has several {path}, and one is read", path=path)
    so = say("what the operation reads of it would be null")
    remedy = say("where several may come, the path takes its items: {path}[]", path=path)
    details = (("so", so), ("remedy", remedy))
    return _no_answer(operation, response, Id.BAD_ANSWER, words, *details)


def answer_to_another(operation: Operation, response: Response, words: Message) -> NoAnswer:
    """The answer belongs to another request: none came to this one."""
    so = say("it answers another request; nothing of it is kept")
    remedy = say(
        "a proxy, gateway or cache before {owner} mixes answers up; tell its operator",
        owner=operation.provider.owner,
    )
    details = (("so", so), ("remedy", remedy))
    none = _no_answer(operation, response, Id.OTHER_ANSWER, words, *details)
    return replace(none, retry_after=None)


def unproven(operation: Operation, response: Response, names: Sequence[str]) -> NoAnswer:
    """The answer to an order lacks what an accepted one has: it proves nothing."""
    lacking = join_items(names)
    words = say("the answer lacks {names}, by which an accepted order is known", names=lacking)
    return _no_answer(operation, response, Id.BAD_ANSWER, words)


def _check_element(operation: Operation, element: Element | Flaw) -> Element | Flaw:
    names = operation.response.elements
    if isinstance(element, Flaw) or local_name(element) in names:
        return element
    return Flaw(
        say(
            "holds “{seen}”, where <{names}> belongs",
            seen=local_name(element)[:_SHOWN],
            names="> or <".join(names),
        )
    )


def _unusable(operation: Operation, response: Response, flaw: Flaw) -> NoAnswer:
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    kind = kind or say("no content type")
    size = say_count("{count:,} byte", "{count:,} bytes", count=len(response.body))
    words = say("the answer {reason}", reason=flaw.reason)
    came = say("HTTP {status}, {kind}, {size}", status=response.status, kind=kind, size=size)
    details = (("received", came), ("belongs there", say("a SOAP envelope, text/xml")))
    return _no_answer(operation, response, Id.BAD_ANSWER, words, *details)


def _no_answer(
    operation: Operation, response: Response, id_: Id, words: Message, *details: tuple[str, str]
) -> NoAnswer:
    from sgeflow.core.soap.reply_dates import retry_after

    is_read = operation.kind is Kind.READ
    return NoAnswer(
        sent=True if is_read else None,  # an order may have been processed all the same
        problem=Problem(id=id_, message=words, where=operation.name, details=details),
        fault_class=FaultClass.TECHNICAL if is_read else FaultClass.UNKNOWN,
        seconds=response.seconds,
        retry_after=retry_after(response),
    )


def _page(response: Response) -> str:
    heading = _TITLE.search(response.body)
    title = " ".join(heading[1].decode(errors="replace").split())[:_SHOWN] if heading else ""
    words = say("is an HTML page, where an XML answer belongs")
    return say("{words}: “{title}”", words=words, title=title) if title else words
