"""`http`: send one JSON request to a service that the environment names.

    - id: communes
      http: {service: communes, path: "/communes/${inputs.postalCode}"}

A value in the path is one part of the path, between two slashes. It is percent-encoded and must not
be empty, `.` or `..`. `link` is an address that the service gave, as of its next page, and replaces
`path` and `query` unless it is null. It must stay within the service's `base_url`.

Outputs: `status` and `body`, the JSON response (null if it is empty). A response outside 2xx fails
with a code such as `HTTP404`; `on_fault` handles it like a fault of an operation.

`GET` is a read and is retried. `POST`, `PUT`, `PATCH` and `DELETE` change something and are sent
once, like orders. Without a response, or after the answer of a proxy (502, 503, 504), nobody knows
whether such a request was carried out.

`repeatable: true` says that the request does no harm if it is carried out twice, even days later.
It is then retried, and `resume` sends it again, like a read. If the response to such a `DELETE` was
lost and the retry gets 404 or 410, the first one deleted it: the step succeeds, with that `status`
and a null `body`.

`at_least_once: true` is for a request that creates something new each time, if a second one does no
harm. If the response is lost, the step fails like a read, a later run sends the request again, and
`sgeflow orders` lists the first request, which may have been carried out.
"""

import json
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from msgspec.structs import replace

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import SERVICES, Keys, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import Done, End, Run, Spec, Uses
from sgeflow.core.instances import shown_host
from sgeflow.core.language.schemas import BEHIND, array, closed_object, flag, text
from sgeflow.core.language.shapes import ANY, NUMBER, Shape, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.model import Fault, FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import EvaluationError, Id, Location
from sgeflow.messages import say

_GONE = frozenset({404, 410})
_AS_WRITTEN = "/?&=%:@!$'()*+,;~[]"  # signs of a link that stay; any other is percent-encoded
_IN_BETWEEN = frozenset({408, 499, 502, 503, 504})  # of proxies: it may be done


class _Http(Spec, frozen=True, kw_only=True):
    service: str
    method: str
    is_read: bool  # or may be repeated like a read
    at_least_once: bool
    path: Template
    query: Mapping[str, Template]
    link: Template
    body: Template | None
    personal: tuple[str, ...]
    at: Location

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        method = keys.get("http", "method", default="GET")
        if method == "GET" and keys.get("http", "repeatable") is not None:
            message = say("repeatable has no effect on a GET, which is retried anyway")
            note = say(
                "remove repeatable; to send the request only once, write `attempts: 1` under retry"
            )
            keys.report(Id.NOT_ALLOWED, message, "http", "repeatable", note=note, key=True)
        is_read = method == "GET" or keys.get("http", "repeatable", default=False)
        if is_read and keys.get("http", "at_least_once", default=False):
            message = say("at_least_once has no effect on a GET or with repeatable")
            note = say("remove at_least_once: both are retried anyway")
            keys.report(Id.NOT_ALLOWED, message, "http", "at_least_once", note=note, key=True)
        return cls(
            service=keys.get("http", "service"),
            method=method,
            is_read=is_read,
            at_least_once=keys.get("http", "at_least_once", default=False),
            path=keys.template("http", "path"),
            query=keys.templates("http", "query"),
            link=keys.template("http", "link"),
            body=keys.template("http", "body") if keys.get("http", "body") is not None else None,
            personal=tuple(keys.get("http", "personal", default=())),
            at=keys.at("http", "service"),
        )

    def check(self, checker: Checker) -> Shape:
        checker.service(self.service, self.at)
        checker.template(self.path)
        checker.template(self.link)
        checker.template(self.body)
        checker.templates(self.query)
        return object_of(
            {"status": NUMBER, "body": ANY}, say("http {service}", service=self.service)
        )

    def run(self, scope: Scope, run: Run) -> Script[End]:
        from sgeflow.core.engine.call import converse, end_by_hand
        from sgeflow.core.engine.failures import is_unknown

        request = self._request(scope, run)
        end = yield from converse(request, self._read, run, after_lost=self._read_after_lost)
        if isinstance(end, Done):
            return Done(outputs=end.outputs, summary=f"{self.method} {end.outputs['status']}")
        if is_unknown(end):
            return (yield from end_by_hand(request.label, ("status", "body"), end, run))
        return end

    def uses(self) -> Uses:
        return Uses(
            service=self.service,
            method=self.method,
            is_repeatable=self.is_read,
            at_least_once=self.at_least_once,
        )

    def says(self) -> tuple[str, ...]:
        return (f"{self.method} {self.service} {self.path.written}",)

    def _request(self, scope: Scope, run: Run) -> Request:
        run.check_service(self.service, self.at)
        body = self.body.evaluate(scope) if self.body else None
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return Request(
            endpoint=self.service,
            method=self.method,
            path=self._address(scope, run.environment.endpoints[self.service].base_url),
            headers=headers,
            body=json.dumps(body, ensure_ascii=False).encode() if body is not None else b"",
            label=f"{self.method} {self.service}",
            kind=Kind.READ if self.is_read else Kind.ORDER,
            at_least_once=self.at_least_once,
            writes=self.method != "GET",
            alone=True,  # its answer may not name its request, so it is sent alone
            personal=(*self.personal, *run.environment.endpoints[self.service].personal),
        )

    def _address(self, scope: Scope, base_url: str) -> str:
        """The path and query behind the service's base_url."""
        path = self.path.evaluate_path(scope)
        link = self.link.evaluate(scope)
        if link is None:
            query = {name: template.evaluate(scope) for name, template in self.query.items()}
            pairs = {name: str(value) for name, value in query.items() if value is not None}
            return path + (f"?{urlencode(pairs)}" if pairs else "")
        base = base_url.rstrip("/")
        try:
            address = urlsplit(urljoin(f"{base}/{path.lstrip('/')}", link))
        except (TypeError, ValueError):
            address = urlsplit("")
        whole = urlunsplit(address._replace(fragment=""))
        is_inside = f"{whole.partition('?')[0]}/".startswith(f"{base}/")
        if link and is_inside and ".." not in unquote(address.path).split("/"):
            return quote(whole.removeprefix(base), safe=_AS_WRITTEN)
        message = say(
            "the link leads to {host}, and not to an address of service {service}",
            host=shown_host(address),
            service=self.service,
        )
        note = say("an address within {base_url}, or a path on its host", base_url=base_url)
        raise EvaluationError.of(Id.EVALUATION, message, at=self.link.spot.at(), note=note)

    def _read(self, response: Response) -> Mapping[str, Any] | Fault | NoAnswer:
        if not 200 <= response.status < 300:  # noqa: PLR2004 - the 2xx of HTTP
            from sgeflow.core.engine.service_answers import service_fault

            fault = service_fault(self.service, self.method, response)
            if response.status not in _IN_BETWEEN:
                return fault
            if self.is_read:
                return replace(fault, refuses=False)
            return NoAnswer(sent=None, problem=fault.problem, fault_class=FaultClass.UNKNOWN)
        if not response.body.strip():
            return {"status": response.status, "body": None}
        from sgeflow.core.engine.service_answers import no_json
        from sgeflow.core.language.foreign_json import from_json

        try:
            return {"status": response.status, "body": from_json(response.body)}
        except ValueError as error:
            return no_json(self.service, response, error, is_read=self.is_read)

    def _read_after_lost(self, response: Response) -> Mapping[str, Any] | Fault | NoAnswer:
        """Read the answer after a lost attempt: a DELETE of a missing resource counts as done."""
        if self.method == "DELETE" and response.status in _GONE:
            return {"status": response.status, "body": None}
        return self._read(response)


VERB = Verb(
    spec=_Http,
    properties={
        "http": closed_object(
            {
                "service": text("a name among the environment's services"),
                "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "GET"},
                "path": text("the path, after the service's base_url", pattern=BEHIND),
                "query": {
                    "type": "object",
                    "description": "query parameters; null values are left out",
                },
                "link": text("an address that the service gave, in place of path and query"),
                "body": {"description": "sent as JSON"},
                "repeatable": flag(
                    "true: a request other than GET that does no harm if carried out twice",
                    default=False,
                ),
                "at_least_once": flag(
                    "true: without a response, a later run sends the request "
                    "again; `sgeflow orders` lists the first one",
                    default=False,
                ),
                "personal": array(
                    {"type": "string"},
                    "members of the request or response that name a person; never shown",
                ),
            },
            ("service", "path"),
            called="a request",
        ),
    },
    modifiers=frozenset({"retry", "repeat", "poll"}),
    names={("http", "service"): SERVICES},
    synonyms=("requete", "request"),
)
