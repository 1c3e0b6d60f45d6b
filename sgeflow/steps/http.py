"""`http`: one JSON request to a service that the environment names.

    - id: communes
      http: {service: communes, path: "/communes/${inputs.postalCode}"}

A value in the path is one part of it, between two slashes: it is percent-encoded, and may not be
empty, `.` or `..`.

Gives `status` and `body` (the JSON answer, null when it is empty). An answer outside 2xx fails
with the code `HTTP404` and so on, and is handled by `on_fault` like a fault of SGE. `GET` is a
read, and tried again. `POST`, `PUT`, `PATCH` and `DELETE` change something: they are sent once, as
orders are, and without an answer, or with what a proxy answers (502, 503, 504), nobody knows
whether they were carried out. `repeatable: true` says of one that it does no harm when it is done
twice, also days later: it is tried again, and asked anew by `resume`, as a read is. If the answer
to such a `DELETE` was lost and the next attempt is answered 404 or 410, the first one deleted it:
the step is done.

`at_least_once: true` is for a request that makes something new each time, where a second one does
no harm. If its answer is lost, the step fails as a read does, a later run sends the request again,
and `sgeflow orders` lists what may be left of the first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import SERVICES, Keys, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import Done, End, Run, Uses
from sgeflow.core.language.schemas import BEHIND, closed_object, text
from sgeflow.core.language.shapes import ANY, NUMBER, Shape, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.model import Fault, FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import Id, Location
from sgeflow.messages import say

_GONE = frozenset({404, 410})
_IN_BETWEEN = frozenset({408, 499, 502, 503, 504})  # a proxy speaks: it may be done all the same


class HttpSpec(Struct, frozen=True, kw_only=True):
    """A request as templates."""

    service: str
    method: str
    is_read: bool  # or may be repeated like one
    at_least_once: bool
    path: Template
    query: Mapping[str, Template]
    body: Template | None
    personal: tuple[str, ...]
    at: Location


def decode(keys: Keys) -> HttpSpec:
    """The parts of the request; a GET is repeated anyway."""
    method = keys.get("http", "method", default="GET")
    if method == "GET" and keys.get("http", "repeatable") is not None:
        message = say("repeatable says nothing of a GET, which is tried again anyway")
        note = say("leave it out; retry with one of attempts asks once")
        keys.report(Id.NOT_ALLOWED, message, "http", "repeatable", note=note, key=True)
    is_read = method == "GET" or keys.get("http", "repeatable", default=False)
    if is_read and keys.get("http", "at_least_once", default=False):
        message = say("at_least_once says nothing of a GET, or of what is repeatable")
        note = say("both are tried again anyway, and leave nothing behind")
        keys.report(Id.NOT_ALLOWED, message, "http", "at_least_once", note=note, key=True)
    return HttpSpec(
        service=keys.get("http", "service"),
        method=method,
        is_read=is_read,
        at_least_once=keys.get("http", "at_least_once", default=False),
        path=keys.template("http", "path"),
        query=keys.templates("http", "query"),
        body=keys.template("http", "body") if keys.get("http", "body") is not None else None,
        personal=tuple(keys.get("http", "personal", default=())),
        at=keys.at("http", "service"),
    )


def check(spec: HttpSpec, checker: Checker) -> Shape:
    """The service exists; what it answers is not known beforehand."""
    checker.service(spec.service, spec.at)
    checker.template(spec.path)
    checker.template(spec.body)
    for template in spec.query.values():
        checker.template(template)
    return object_of({"status": NUMBER, "body": ANY}, say("http {service}", service=spec.service))


def run(spec: HttpSpec, scope: Scope, run: Run) -> Script[End]:
    """Send the request and read its JSON answer."""
    from sgeflow.core.engine.call import converse, end_by_hand
    from sgeflow.core.engine.failures import is_unknown

    request = _request(spec, scope, run)
    end = yield from converse(
        request,
        lambda response: _read(spec, response),
        run,
        after_lost=lambda response: _read_after_lost(spec, response),
    )
    if isinstance(end, Done):
        return Done(outputs=end.outputs, summary=f"{spec.method} {end.outputs['status']}")
    if is_unknown(end):
        return (yield from end_by_hand(request.label, ("status", "body"), end, run))
    return end


def uses(spec: HttpSpec) -> Uses:
    """The service, and how it is asked."""
    return Uses(
        service=spec.service,
        method=spec.method,
        is_repeatable=spec.is_read,
        at_least_once=spec.at_least_once,
    )


def says(spec: HttpSpec) -> tuple[str, ...]:
    """The method, the service and the path."""
    return (f"{spec.method} {spec.service} {spec.path.written}",)


def _request(spec: HttpSpec, scope: Scope, run: Run) -> Request:
    run.check_service(spec.service, spec.at)
    query = {name: template.evaluate(scope) for name, template in spec.query.items()}
    pairs = {name: str(value) for name, value in query.items() if value is not None}
    body = spec.body.evaluate(scope) if spec.body else None
    path = spec.path.evaluate_path(scope)
    headers = {"Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    return Request(
        endpoint=spec.service,
        method=spec.method,
        path=path + (f"?{urlencode(pairs)}" if pairs else ""),
        headers=headers,
        body=json.dumps(body, ensure_ascii=False).encode() if body is not None else b"",
        label=f"{spec.method} {spec.service}",
        kind=Kind.READ if spec.is_read else Kind.ORDER,
        at_least_once=spec.at_least_once,
        writes=spec.method != "GET",
        alone=True,  # its answer need not repeat what was asked for: nothing else may be near it
        personal=(*spec.personal, *run.environment.endpoints[spec.service].personal),
    )


def _read(spec: HttpSpec, response: Response) -> Mapping[str, Any] | Fault | NoAnswer:
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the 2xx of HTTP
        return _refusal(spec, response)
    if not response.body.strip():
        return {"status": response.status, "body": None}
    from sgeflow.core.engine.service_answers import no_json
    from sgeflow.core.language.foreign_json import from_json

    try:
        return {"status": response.status, "body": from_json(response.body)}
    except ValueError as error:
        return no_json(spec.service, response, error, is_read=spec.is_read)


def _read_after_lost(spec: HttpSpec, response: Response) -> Mapping[str, Any] | Fault | NoAnswer:
    """Read the answer after a lost attempt: what a DELETE finds gone counts as deleted."""
    if spec.method == "DELETE" and response.status in _GONE:
        return {"status": response.status, "body": None}
    return _read(spec, response)


def _refusal(spec: HttpSpec, response: Response) -> Fault | NoAnswer:
    from sgeflow.core.engine.service_answers import service_fault

    fault = service_fault(spec.service, spec.method, response)
    if response.status not in _IN_BETWEEN:
        return fault
    if spec.is_read:
        return replace(fault, refuses=False)
    return NoAnswer(sent=None, problem=fault.problem, fault_class=FaultClass.UNKNOWN)


VERB = Verb(
    name="http",
    manual=__doc__ or "",
    properties={
        "http": closed_object(
            {
                "service": text("a name among the environment's services"),
                "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "GET"},
                "path": text("behind the service's base_url", pattern=BEHIND),
                "query": {"type": "object", "description": "after the ?; nulls are left out"},
                "body": {"description": "sent as JSON"},
                "repeatable": {
                    "type": "boolean",
                    "default": False,
                    "description": "of what is no GET: done twice, it does no harm",
                },
                "at_least_once": {
                    "type": "boolean",
                    "default": False,
                    "description": "of what makes something new each time: without an answer a "
                    "later run sends it again, and what may be left is listed",
                },
                "personal": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "members of body or answer that name a person: never shown",
                },
            },
            ("service", "path"),
            called="a request",
        ),
    },
    modifiers=frozenset({"retry", "poll"}),
    names={("http", "service"): SERVICES},
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=says,
    synonyms=("requete", "request"),
)
