"""`http`: one JSON request to a service that the environment names.

    - id: communes
      http: {service: communes, path: "/communes/${inputs.postalCode}"}

Gives `status` and `body` (the JSON answer, null when it is empty). An answer outside 2xx fails
with the code `HTTP404` and so on, and is handled by `on_fault` like a fault of SGE. `GET`, `PUT`
and `DELETE` may be repeated and are tried again as reads are; `POST` and `PATCH` are sent once, and
what a proxy answers to them (502, 503, 504) leaves open whether they were carried out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sgeflow.core.checking.step_checker import Checker
from sgeflow.core.checking.step_reader import Keys
from sgeflow.core.checking.verb import Verb
from sgeflow.core.engine.call import converse
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import Done, End, Run, Scope
from sgeflow.core.language.schemas import BEHIND, closed, text
from sgeflow.core.language.shapes import ANY, NUMBER, Shape, object_of
from sgeflow.core.language.template import Template
from sgeflow.core.model import Fault, FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.core.soap.faults import retry_after
from sgeflow.errors import EvaluationError, Id, Location, Problem
from sgeflow.messages import fixed, say

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
_SERVER_ERROR = 500
_IN_BETWEEN = frozenset({408, 499, 502, 503, 504})  # a proxy speaks: it may be done all the same
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})  # RFC 9110: idempotent, done twice is done once


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """A request as templates."""

    service: str
    method: str
    path: Template
    query: Mapping[str, Template]
    body: Template | None
    personal: tuple[str, ...]
    at: Location


def decode(keys: Keys) -> Http:
    """The parts of the request."""
    return Http(
        service=keys.get("http", "service"),
        method=keys.get("http", "method", default="GET"),
        path=keys.template("http", "path"),
        query=keys.templates("http", "query"),
        body=keys.template("http", "body") if keys.get("http", "body") is not None else None,
        personal=tuple(keys.get("http", "personal", default=())),
        at=keys.at("http", "service"),
    )


def check(spec: Http, checker: Checker) -> Shape:
    """The service exists; what it answers is not known beforehand."""
    checker.service(spec.service, spec.at)
    checker.template(spec.path)
    checker.template(spec.body)
    for template in spec.query.values():
        checker.template(template)
    return object_of({"status": NUMBER, "body": ANY}, say("http {service}", service=spec.service))


def run(spec: Http, scope: Scope, run: Run) -> Script[End]:
    """Send the request and read its JSON answer."""
    request = _request(spec, scope, run)
    end = yield from converse(request, lambda response: _read(spec, response), run)
    if isinstance(end, Done):
        return Done(outputs=end.outputs, summary=f"{spec.method} {end.outputs['status']}")
    return end


def says(spec: Http) -> tuple[str, ...]:
    """The method, the service and the path."""
    return (f"{spec.method} {spec.service} {spec.path.written}",)


def _request(spec: Http, scope: Scope, run: Run) -> Request:
    if spec.service not in run.environment.endpoints:
        message = say(
            'the environment {environment} names no service "{service}"',
            environment=run.environment.name,
            service=spec.service,
        )
        raise EvaluationError(Problem(id=Id.SETTING, message=message, at=spec.at))
    query = {name: template.evaluate(scope) for name, template in spec.query.items()}
    given = {name: str(value) for name, value in query.items() if value is not None}
    body = spec.body.evaluate(scope) if spec.body else None
    path = quote(str(spec.path.evaluate(scope)), safe="/-_.~")
    headers = {"Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    return Request(
        endpoint=spec.service,
        method=spec.method,
        path=path + (f"?{urlencode(given)}" if given else ""),
        headers=headers,
        body=json.dumps(body, ensure_ascii=False).encode() if body is not None else b"",
        label=f"{spec.method} {spec.service}",
        kind=Kind.READ if spec.method in _REPEATABLE else Kind.ORDER,
        alone=True,  # its answer need not repeat what was asked for: nothing else may be near it
        personal=(*spec.personal, *run.environment.endpoints[spec.service].personal),
    )


def _read(spec: Http, response: Response) -> Mapping[str, Any] | Fault | NoAnswer:
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the 2xx of HTTP
        return _refused(spec, response)
    if not response.body.strip():
        return {"status": response.status, "body": None}
    try:
        return {"status": response.status, "body": json.loads(response.body)}
    except ValueError as error:
        problem = Problem(
            id=Id.BAD_ANSWER,
            message=say("{service} answered something that is not JSON", service=spec.service),
            details=(
                ("content type", response.headers.get("content-type", "none")),
                ("why", fixed(str(error))),
            ),
        )
        sent = True if spec.method in _REPEATABLE else None
        return NoAnswer(sent=sent, problem=problem, fault_class=FaultClass.TECHNICAL)


def _refused(spec: Http, response: Response) -> Fault | NoAnswer:
    default = FaultClass.TECHNICAL if response.status >= _SERVER_ERROR else FaultClass.INVALID
    problem = Problem(
        id=Id.HTTP_REFUSED,
        message=say(
            "{service} answered {status} to {method}",
            service=spec.service,
            status=response.status,
            method=spec.method,
        ),
    )
    if response.status in _IN_BETWEEN and spec.method not in _REPEATABLE:
        return NoAnswer(sent=None, problem=problem, fault_class=FaultClass.UNKNOWN)
    return Fault(
        code=f"HTTP{response.status}",
        message=problem.message,
        fault_class=_CLASSES.get(response.status, default),
        status=response.status,
        problem=problem,
        retry_after=retry_after(response),
        refuses=True,  # the service's own word; what stands in between was told apart above
    )


VERB = Verb(
    name="http",
    manual=__doc__ or "",
    properties={
        "http": {
            **closed(
                {
                    "service": text("a name among the environment's services"),
                    "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "GET"},
                    "path": text("behind the service's base_url", pattern=BEHIND),
                    "query": {"type": "object", "description": "after the ?; nulls are left out"},
                    "body": {"description": "sent as JSON"},
                    "personal": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "members of body or answer that name a person: never shown",
                    },
                },
                ("service", "path"),
            ),
            "x-called": "a request",
        },
    },
    required=("http",),
    modifiers=frozenset({"retry", "poll"}),
    decode=decode,
    check=check,
    run=run,
    says=says,
)
