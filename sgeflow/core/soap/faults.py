"""Refusals as values: SOAP faults of SGE, faults of the gateway, HTTP statuses without either."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sgeflow.core.documents import FaultEntry, Operation
from sgeflow.core.model import Fault, FaultClass, Kind, Response
from sgeflow.core.soap.proof import gateway_refuses, sge_refuses, status_refuses
from sgeflow.core.soap.xml import Element, attributes, local_name, named, own_text, text_of
from sgeflow.errors import Id, Problem
from sgeflow.messages import Versions, say, sentences

_SHOWN = 300  # characters of a foreign message that a problem repeats
_SUSPENDED = "303001"  # WSO2: the back end is suspended, for 30 seconds unless configured
_SUSPENDED_SECONDS = 30.0
_THROTTLED = 429
_CREDENTIALS = {401, 403, 407}
_UNAVAILABLE = {502, 503, 504}
_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)


def soap_fault(
    fault: Element, operation: Operation, response: Response, faults: Mapping[str, FaultEntry]
) -> Fault:
    """A SOAP fault. What counts is the code in its detail; `faultstring` is not reliable.

    Homologation answers were seen without any detail, with an empty code, and with a qualified
    faultcode (sge.md 3.1), so everything is found by local name and nothing is required.
    """
    words = next((text_of(node) for node in named(fault, "faultstring")), "")
    for node in fault.iter("{*}erreur", "{*}fault"):
        if local_name(node) == "fault" and (gateway := _gateway_xml(node, operation, response)):
            return gateway
        for result in named(node, "resultat"):
            code = dict(attributes(result)).get("code", "").strip()
            return _sge(code, own_text(result) or words, operation, response, faults)
    nameless = _sge("", words, operation, response, faults)
    if any(text_of(node) for node in fault.iter("{*}code")):
        return replace(nameless, refuses=False)  # somebody's code, and nobody here knows it
    return nameless


def gateway_fault(tree: Element | None, operation: Operation, response: Response) -> Fault | None:
    """A fault of the API manager, in XML up to version 3 and in JSON from version 4; or None."""
    if tree is not None:
        return _gateway_xml(tree, operation, response) if local_name(tree) == "fault" else None
    if not response.body.lstrip().startswith(b"{"):
        return None
    try:
        document = json.loads(response.body)
    except ValueError:
        return None
    inner = document.get("fault", document)
    if not isinstance(inner, dict) or "code" not in inner:
        return None
    words = [str(inner[key]) for key in ("message", "description") if inner.get(key)]
    return _gateway(str(inner["code"]).strip(), ": ".join(words), operation, response)


def status_fault(operation: Operation, response: Response) -> Fault | None:
    """What an HTTP status says when nothing else does; None when it is no error's."""
    status = response.status
    code, where, refuses = f"HTTP{status}", operation.name, status_refuses(status)
    if status in _CREDENTIALS:
        # SGE answers 403 to a wrong path too, and to a certificate that it does not know
        problem = _rejected(code, "", where)
        return _fault(code, "", FaultClass.CREDENTIALS, response, problem, refuses=refuses)
    if status == _THROTTLED:
        return _throttled(code, "", operation, response, refuses=refuses)
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


def retry_after(response: Response) -> float | None:
    """The seconds that the server asks to wait; a date is read beside the server's own clock."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until, now = _moment(value), _moment(response.headers.get("date", ""))
    return max(0.0, (until - now).total_seconds()) if until and now else None


def _moment(value: str) -> datetime | None:
    """An HTTP date; None for anything else."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sge(
    code: str,
    message: str,
    operation: Operation,
    response: Response,
    faults: Mapping[str, FaultEntry],
) -> Fault:
    entry = faults.get(code)
    known = operation.faults.get(code, entry.fault_class if entry else class_of(code))
    refuses = sge_refuses(code, entry) if code else status_refuses(response.status)
    quoted = _quoted(code, message)
    told = say("Enedis refused the call: {quoted}", quoted=quoted)
    if operation.kind is not Kind.READ and not refuses:
        told = say("the server answered with a fault: {quoted}", quoted=quoted)
    details = _explained(entry) if entry else ()
    problem = Problem(id=Id.FAULT, message=told, where=operation.name, details=details)
    return _fault(code, message, known, response, problem, refuses=refuses)


def _explained(entry: FaultEntry) -> tuple[tuple[str, str], ...]:
    parts = (("means", entry.meaning), ("cause", entry.cause), ("remedy", entry.remedy))
    return tuple((label, Versions(texts)) for label, texts in parts if texts.get("en"))


def _gateway_xml(fault: Element, operation: Operation, response: Response) -> Fault | None:
    code = next((text_of(node) for node in named(fault, "code")), None)
    if code is None:
        return None
    names = ("message", "description")
    words = [text_of(node) for name in names for node in named(fault, name) if text_of(node)]
    return _gateway(code, ": ".join(words), operation, response)


def _gateway(code: str, message: str, operation: Operation, response: Response) -> Fault | None:
    """A fault of WSO2 by its number: 9008xx throttling, 9009xx access; others by the status."""
    refuses = gateway_refuses(code, response.status)
    if code.startswith("9008"):
        return _throttled(code, message, operation, response, refuses=refuses)
    if code.startswith("9009"):
        problem = _rejected(code, message, operation.name)
        return _fault(code, message, FaultClass.CREDENTIALS, response, problem, refuses=refuses)
    problem = Problem(
        id=Id.SERVER_ERROR,
        message=say(
            "the gateway could not pass the call on: {quoted}", quoted=_quoted(code, message)
        ),
        where=operation.name,
    )
    if code == _SUSPENDED:
        seconds = retry_after(response) or _SUSPENDED_SECONDS
        known = _fault(code, message, FaultClass.TRANSIENT, response, problem, refuses=refuses)
        return replace(known, retry_after=seconds)
    if (by_status := status_fault(operation, response)) is None:
        return None
    return _fault(code, message, by_status.fault_class, response, problem, refuses=refuses)


def _throttled(
    code: str, message: str, operation: Operation, response: Response, *, refuses: bool
) -> Fault:
    problem = Problem(
        id=Id.THROTTLED,
        message=say("too many calls: {quoted}", quoted=_quoted(code, message)),
        where=operation.name,
        details=(("remedy", say("lower the rate of the environment")),),
    )
    return _fault(code, message, FaultClass.TRANSIENT, response, problem, refuses=refuses)


def _rejected(code: str, message: str, where: str) -> Problem:
    return Problem(
        id=Id.REJECTED,
        message=say("the credentials were refused: {quoted}", quoted=_quoted(code, message)),
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


def _quoted(code: str, message: Any) -> str:
    short = message if len(message) <= _SHOWN else message[: _SHOWN - 1] + "…"
    words = say("“{words}”", words=short) if short else ""
    return sentences(code, words) or say("it gave no reason")
