"""Refusals as values: SOAP faults of SGE, faults of the gateway, HTTP statuses without either."""

from __future__ import annotations

from collections.abc import Container, Mapping

from msgspec.structs import replace

from sgeflow.core.documents import FaultEntry, Operation
from sgeflow.core.language.foreign_json import from_json
from sgeflow.core.model import Fault, FaultClass, ForeignCode, Kind, Response
from sgeflow.core.soap.quoted_codes import CODE
from sgeflow.core.soap.reply_dates import retry_after
from sgeflow.core.soap.xml import Element, attributes, find_children, local_name, own_text, text_of
from sgeflow.errors import Details, Id, Problem
from sgeflow.messages import say, sentences

_SHOWN = 300  # characters of a foreign message that a problem repeats
_SUSPENDED = "303001"  # WSO2: the back end is suspended, for 30 seconds unless configured
_SUSPENDED_SECONDS = 30.0
_THROTTLED = 429
_CREDENTIALS = {401, 403, 407}
_UNAVAILABLE = {502, 503, 504}
_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)


def soap_fault(
    fault: Element,
    operation: Operation,
    response: Response,
    faults: Mapping[str, FaultEntry],
    *,
    refuses: bool,
) -> Fault:
    """A SOAP fault. What counts is the code in its detail; `faultstring` is not reliable.

    `refuses` is the verdict of `refusal_proof.py` on the whole answer; here are its words and
    its class.

    Homologation answers were seen without any detail, with an empty code, and with a qualified
    faultcode (sge.md 3.1), so everything is found by local name and nothing is required.
    """
    words = next((text_of(node) for node in find_children(fault, "faultstring")), "")
    for node in fault.iter("{*}erreur", "{*}fault"):
        if local_name(node) == "fault":
            gateway = _gateway_xml(node, operation, response, refuses=refuses)
            if gateway:
                return gateway
        for result in find_children(node, "resultat"):
            given = dict(attributes(result)).get("code", "").strip()
            code = _code(given, faults, operation.faults)
            reason = own_text(result) or words
            return _sge(code, reason, operation, response, faults, refuses=refuses)
    return _sge("", words, operation, response, faults, refuses=refuses)


def gateway_fault(
    tree: Element | None, operation: Operation, response: Response, *, refuses: bool
) -> Fault | None:
    """A fault of the API manager, in XML up to version 3 and in JSON from version 4; or None."""
    if tree is not None:
        if local_name(tree) != "fault":
            return None
        return _gateway_xml(tree, operation, response, refuses=refuses)
    if not response.body.lstrip().startswith(b"{"):
        return None
    try:
        document = from_json(response.body)
    except ValueError:
        return None
    inner = document.get("fault", document)
    if not isinstance(inner, dict) or "code" not in inner:
        return None
    words = [str(inner[key]) for key in ("message", "description") if inner.get(key)]
    code = _code(str(inner["code"]).strip())
    return _gateway(code, ": ".join(words), operation, response, refuses=refuses)


def status_fault(operation: Operation, response: Response, *, refuses: bool) -> Fault | None:
    """What an HTTP status says when nothing else does; None when it is no error's."""
    status = response.status
    code, where = f"HTTP{status}", operation.name
    if status in _CREDENTIALS:
        # SGE answers 403 to a wrong path too, and to a certificate that it does not know
        problem = _rejection(code, "", where)
        return _fault(code, "", FaultClass.CREDENTIALS, response, problem, refuses=refuses)
    if status == _THROTTLED:
        return _throttling(code, "", operation, response, refuses=refuses)
    if status in _CLIENT_ERRORS:
        problem = Problem(
            id=Id.SERVER_ERROR,
            message=say(
                "the server answered HTTP {status}: it does not take this request there",
                status=status,
            ),
            where=where,
            details=(
                ("check", say("the route of the operation, and base_url of the environment")),
            ),
        )
        return _fault(code, "", FaultClass.INVALID, response, problem, refuses=refuses)
    if status in _SERVER_ERRORS:
        kind = FaultClass.TRANSIENT if status in _UNAVAILABLE else FaultClass.TECHNICAL
        problem = server_problem(status, where)
        return _fault(code, "", kind, response, problem, refuses=refuses)
    return None


def server_problem(status: int, where: str) -> Problem:
    """The problem of an HTTP status that is no refusal of the request as such."""
    return Problem(
        id=Id.SERVER_ERROR,
        message=say("the server answered HTTP {status}, without a reason", status=status),
        where=where,
    )


def class_of(code: str) -> FaultClass:
    """The class of a code that neither the operation nor the catalogue knows, by its family.

    SGE documents 4xx as functional and 5xx as technical. Some 5xx are functional and SGT211 is a
    refusal, but those are in the catalogue; for the unknown the documented family decides, and
    what is in no family is taken for technical.
    """
    return FaultClass.INVALID if code.startswith(("SGT2", "SGT4")) else FaultClass.TECHNICAL


def _sge(
    code: str,
    message: str,
    operation: Operation,
    response: Response,
    faults: Mapping[str, FaultEntry],
    *,
    refuses: bool,
) -> Fault:
    entry = faults.get(code)
    known = operation.faults.get(code, entry.fault_class if entry else class_of(code))
    quoted = _quote(code, message)
    text = say("Enedis refused the call: {quoted}", quoted=quoted)
    if operation.kind is not Kind.READ and not refuses:
        text = say("the server answered with a fault: {quoted}", quoted=quoted)
    details = _explanation(entry) if entry else ()
    problem = Problem(id=Id.FAULT, message=text, where=operation.name, details=details)
    return _fault(code, message, known, response, problem, refuses=refuses)


def _explanation(entry: FaultEntry) -> Details:
    parts = (("means", entry.meaning), ("cause", entry.cause), ("remedy", entry.remedy))
    return tuple((label, text) for label, text in parts if text)


def _gateway_xml(
    fault: Element, operation: Operation, response: Response, *, refuses: bool
) -> Fault | None:
    code = next((text_of(node) for node in find_children(fault, "code")), None)
    if code is None:
        return None
    names = ("message", "description")
    words = [
        text_of(node) for name in names for node in find_children(fault, name) if text_of(node)
    ]
    return _gateway(_code(code), ": ".join(words), operation, response, refuses=refuses)


def _code(given: str, *documents: Container[str]) -> str:
    """What others sent as a code: itself where it is one, else a ForeignCode."""
    is_known = CODE.fullmatch(given) or any(given in known for known in documents)
    return given if is_known or not given else ForeignCode(given)


def _gateway(
    code: str, message: str, operation: Operation, response: Response, *, refuses: bool
) -> Fault | None:
    """A fault of WSO2 by its number: 9008xx throttling, 9009xx access; others by the status.

    Of an order the number is believed only where the whole answer proves it.
    """
    is_believed = refuses or operation.kind is Kind.READ
    if is_believed and code.startswith("9008"):
        return _throttling(code, message, operation, response, refuses=refuses)
    if is_believed and code.startswith("9009"):
        problem = _rejection(code, message, operation.name)
        return _fault(code, message, FaultClass.CREDENTIALS, response, problem, refuses=refuses)
    problem = Problem(
        id=Id.SERVER_ERROR,
        message=say(
            "the gateway could not pass the call on: {quoted}", quoted=_quote(code, message)
        ),
        where=operation.name,
    )
    if is_believed and code == _SUSPENDED:
        seconds = retry_after(response) or _SUSPENDED_SECONDS
        known = _fault(code, message, FaultClass.TRANSIENT, response, problem, refuses=refuses)
        return replace(known, retry_after=seconds)
    if (by_status := status_fault(operation, response, refuses=refuses)) is None:
        return None
    return _fault(code, message, by_status.fault_class, response, problem, refuses=refuses)


def _throttling(
    code: str, message: str, operation: Operation, response: Response, *, refuses: bool
) -> Fault:
    problem = Problem(
        id=Id.THROTTLED,
        message=say("too many calls: {quoted}", quoted=_quote(code, message)),
        where=operation.name,
        details=(("remedy", say("lower the rate of the environment")),),
    )
    return _fault(code, message, FaultClass.TRANSIENT, response, problem, refuses=refuses)


def _rejection(code: str, message: str, where: str) -> Problem:
    return Problem(
        id=Id.REJECTED,
        message=say("the credentials were refused: {quoted}", quoted=_quote(code, message)),
        where=where,
        details=(
            ("check", say("token or certificate, its rights, and base_url of the environment")),
        ),
    )


def _fault(
    code: str,
    message: str,
    fault_class: FaultClass,
    response: Response,
    problem: Problem,
    *,
    refuses: bool,
) -> Fault:
    return Fault(
        code=code,
        message=message,
        fault_class=fault_class,
        status=response.status,
        problem=problem,
        retry_after=retry_after(response),
        refuses=refuses,
    )


def _quote(code: str, message: str) -> str:
    if isinstance(code, ForeignCode):  # it may name a person: it is masked within quotes alone
        code, message = "", ": ".join(filter(None, (code, message)))
    short = message
    if len(message) > _SHOWN:  # cut between words: half a name is found by no mask
        short = " ".join([*message[:_SHOWN].rsplit(maxsplit=1)[:-1], "…"])
    words = say("“{words}”", words=short) if short else ""
    return sentences(code, words) or say("it gave no reason")
