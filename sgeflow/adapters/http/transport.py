"""Sends HTTP requests to the endpoints of an environment, each once, and reports the outcome."""

from __future__ import annotations

import base64
import ssl
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec.structs import replace
from urllib3 import HTTPConnectionPool, HTTPHeaderDict, Retry, Timeout

from sgeflow.adapters.http.connections import open_pool, read_body, timer
from sgeflow.adapters.http.errors import FOREIGN, CallFacts, make_refusal, no_answer
from sgeflow.adapters.http.proxies import Proxy, proxy_of
from sgeflow.adapters.http.rate_limit import Pacer, Rate, Shared, arrival_rate
from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.adapters.secrets import Secret, SecretsInUse
from sgeflow.core.engine.ports import Leave, ServerTime
from sgeflow.core.hosts import is_simulator
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import CredentialsError, Id, Problem, SgeflowError
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.adapters.cassettes.redact import Redactor
    from sgeflow.adapters.http.access_token import AccessToken


# seconds; a server that refuses a certificate of TLS 1.3 does so within a round trip
_CERTIFICATE_ALERT_GRACE = 1.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class TlsContext:
    """The TLS context of an endpoint, or of all instances of a service; made at the first call.

    So a replay or a dry run does not need the certificate.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: ssl.SSLContext | None = None

    def of(self, endpoint: ResolvedEndpoint) -> ssl.SSLContext:
        """The context; the first call makes it from this endpoint."""
        with self._lock:
            if self._made is None:
                from sgeflow.adapters.http import tls

                self._made = tls.context(endpoint)
            return self._made


class EndpointClient:
    """One endpoint: its headers, connections and limits."""

    def __init__(
        self,
        endpoint: ResolvedEndpoint,
        connections: int,
        agent: str,
        *,
        secured: TlsContext | None = None,
        access: AccessToken | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.access = access
        self._secured = secured or TlsContext()
        self._agent = agent
        self._base = endpoint.base_url.rstrip("/")
        parts = urlsplit(self._base)
        # messages name the service and not the instance, whose name may be a household's
        shown = urlsplit(endpoint.family) if endpoint.family else parts
        self._host = shown.netloc.rpartition("@")[2] or endpoint.name
        self._secure = parts.scheme == "https"
        limits = endpoint.limits
        self._rate = arrival_rate(limits.rate, limits.jitter) if limits.rate else None
        self._connections = connections
        self._lock = threading.Lock()
        self._kept: HTTPConnectionPool | None = None
        self._keeps = True  # False once a connection had the answer to another request
        # the last headers with a date, and when they came, to compute the server's time
        self._dated: tuple[Mapping[str, str], float] | None = None

    def limits(self, request: Request) -> dict[str, Rate]:
        """The rate limits of a request by name; the operation's own, lower limit comes first."""
        rates = {}
        name = f"{self.endpoint.name} {self._host}"  # environments of one server share its rate
        if request.rate:
            jitter = self.endpoint.limits.jitter
            rates[f"{name} {request.label}"] = arrival_rate(request.rate, jitter)
        if self._rate:
            rates[name] = self._rate
        return rates

    def exchange(
        self,
        request: Request,
        deadline: float | None,
        depart: Callable[[], bool] | None = None,
        token: Secret | None = None,
    ) -> Response | NoAnswer:
        """Send a request, and return its answer or the reason why there is none.

        Reads share kept connections. Orders, and reads that are `alone`, use a new connection each.
        A kept one may be half closed, so that the outcome of an order is unknown, or may carry the
        answer to an earlier request.
        """
        begun, outer = time.monotonic(), sys.exception()
        own = begun + self.endpoint.limits.total_timeout
        until = own if deadline is None else min(own, deadline)
        limits, grace = self.endpoint.limits, 0.0
        if request.kind is not Kind.READ and self._shows_certificate:
            # an order is not sent before the server accepts the client certificate (ADR 0012)
            grace = min(_CERTIFICATE_ALERT_GRACE, limits.connect_timeout)
        timer.begin(until, limits.read_timeout, grace, depart)
        if request.anew:  # answers are mixed up, so kept connections are not used any more
            self._kept, self._keeps = None, False
        try:
            if until <= begun:
                raise TimeoutError
            if self._keeps and not _is_alone(request):
                with self._lock:
                    if self._kept is None:
                        size = self._connections
                        self._kept = open_pool(self._base, self._tls(), size, self._proxy)
                    pool = self._kept
                return self._exchange(pool, request, begun, token)
            with closing(open_pool(self._base, self._tls(), 1, self._proxy)) as pool:
                return self._exchange(pool, request, begun, token)
        except SgeflowError as error:
            known = self._facts_at_end(request, begun, by_step=until < own)
            return make_refusal(known, error.problems[0], FaultClass.CREDENTIALS)
        except FOREIGN as error:
            known = self._facts_at_end(request, begun, by_step=until < own)
            return no_answer(error, replace(known, outer=outer))

    @property
    def _shows_certificate(self) -> bool:
        return bool(self.endpoint.certificate or self.endpoint.pfx)

    def tell_time(
        self, deadline: float | None, doubted: ServerTime | None
    ) -> ServerTime | NoAnswer:
        """The time of the server's clock, from its last answer or, if `doubted`, from a `HEAD /`.

        The `HEAD` has no credentials, does not use caches and has its own connection.
        """
        if self._dated is None or doubted:
            parts = urlsplit(self._base)
            bare = replace(
                self.endpoint,
                base_url=f"{parts.scheme}://{parts.netloc}",
                headers={},
                user=None,
                password=None,
                oauth=None,
            )
            asked = EndpointClient(bare, 1, self._agent, secured=self._secured)
            question = Request(
                endpoint=bare.name,
                instance=bare.instance,
                method="HEAD",
                path="/",
                headers={},
                body=b"",
                label=f"HEAD {bare.name}",
                kind=Kind.READ,
                alone=True,
            )
            answer = asked.exchange(question, deadline)
            if isinstance(answer, NoAnswer) and asked._dated is None:
                so = say("nothing was sent: sgeflow asks the service for the time first")
                return replace(answer, sent=False, problem=answer.problem.with_details(("so", so)))
            self._dated = asked._dated
        from sgeflow.core.wires.reply_dates import server_now

        headers, at = self._dated or ({}, 0.0)
        return ServerTime(
            host=self._host,
            moment=server_now(headers),
            at=at,
            is_simulator=is_simulator(urlsplit(self._base).hostname or "", headers.get("server")),
        )

    def facts(self, request: Request, *, sent: bool, seconds: float, **more: Any) -> CallFacts:
        """The facts of an exchange that messages and outcomes need."""
        return CallFacts(
            host=self._host,
            kind=request.kind,
            sent=sent,
            seconds=seconds,
            connect_timeout=self.endpoint.limits.connect_timeout,
            reply_bytes=request.reply_bytes,
            **more,
        )

    def close(self) -> None:
        """Close the kept connections."""
        with self._lock:
            pool, self._kept = self._kept, None
        if pool:
            pool.close()

    def _exchange(
        self, pool: HTTPConnectionPool, request: Request, begun: float, token: Secret | None
    ) -> Response | NoAnswer:
        left, limits = max(0.001, timer.until - begun), self.endpoint.limits
        request, redactor = self._fill(request)
        slash = "" if request.path[:1] in ("", "/", "?") else "/"  # a path must not extend the host
        address = urlsplit(f"{self._base}{slash}{request.path}")
        query = f"?{address.query}" if address.query else ""
        reply = pool.urlopen(
            request.method,
            f"/{address.path.lstrip('/')}{query}",
            body=request.body or None,
            headers=self._headers(request, token),
            retries=Retry(0, read=False),
            redirect=False,
            assert_same_host=False,
            timeout=Timeout(
                connect=min(limits.connect_timeout, left), read=min(limits.read_timeout, left)
            ),
            preload_content=False,
            decode_content=False,
        )
        if "date" in reply.headers:
            self._dated = reply.headers, time.monotonic()
        try:
            if reply.status in REDIRECTS:
                return self._refuse_redirect(request, reply, begun)
            body = read_body(reply, request.reply_bytes)
        finally:
            if not reply.closed:  # a reply that was read to its end has freed its connection
                reply.close()
        headers = {name.lower(): value for name, value in reply.headers.items()}
        headers.pop("content-encoding", None)
        if redactor:
            body = redactor.raw(body)
            headers = {name: redactor.text(value) for name, value in headers.items()}
        return Response(
            status=reply.status, headers=headers, body=body, seconds=time.monotonic() - begun
        )

    def _fill(self, request: Request) -> tuple[Request, Redactor | None]:
        """The request as it leaves, and what hides the secrets that were filled into it."""
        user, password = self.endpoint.user, self.endpoint.password
        if not (request.has_places and self.endpoint.in_envelope and user and password):
            return request, None
        from sgeflow.adapters.cassettes.redact import Redactor
        from sgeflow.adapters.http.username_token import fill

        body, secrets = fill(request.body, user, password)
        return replace(request, body=body), Redactor(secrets)

    def _headers(self, request: Request, token: Secret | None) -> HTTPHeaderDict:
        """All headers of a request; urllib3 adds nothing but the host."""
        headers = HTTPHeaderDict(request.headers)
        headers["Content-Length"] = str(len(request.body))
        headers["Accept-Encoding"] = "gzip"
        headers["User-Agent"] = self._agent
        if not self._keeps or _is_alone(request):
            headers["Connection"] = "close"
            headers["Cache-Control"] = "no-cache"
        if self.endpoint.user is not None and not self.endpoint.in_envelope:
            password = self.endpoint.password
            pair = f"{self.endpoint.user}:{password.reveal() if password else ''}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
        for name, secret in self.endpoint.headers.items():
            headers[name] = secret.reveal()
        if token is not None:
            headers["Authorization"] = f"Bearer {token.reveal()}"
        return headers

    def _refuse_redirect(self, request: Request, reply: Any, begun: float) -> NoAnswer:
        """Refuse a redirect, because it could turn a POST into a GET or send a token elsewhere."""
        target = urlsplit(reply.headers.get("location", "")).netloc.rpartition("@")[2]
        host, status = self._host, reply.status
        message = say(
            "{host} redirects (HTTP {status}); sgeflow does not follow redirects",
            host=host,
            status=status,
        )
        if target:
            message = say(
                "{host} redirects to {target} (HTTP {status}); sgeflow does not follow redirects",
                host=host,
                target=target,
                status=status,
            )
        details = (("remedy", say("write the final address into `base_url`")),)
        known = self.facts(request, sent=True, seconds=time.monotonic() - begun)
        return make_refusal(known, Problem(id=Id.BAD_ANSWER, message=message, details=details))

    def _facts_at_end(self, request: Request, begun: float, *, by_step: bool) -> CallFacts:
        now, end = time.monotonic(), self.endpoint
        spent = timer.time_left <= 0
        limit = say("{seconds:g} s", seconds=end.limits.read_timeout)
        if spent and by_step:
            limit = say("the `timeout`")
        elif spent:
            limit = say("{seconds:g} s in all", seconds=end.limits.total_timeout)
        return self.facts(
            request,
            sent=timer.sent,
            connected=timer.connected,
            proxy=self._proxy.place if timer.at_proxy and self._proxy else "",
            certificate_pending=timer.certificate_pending and not timer.answered,
            shows_certificate=self._shows_certificate,
            seconds=now - begun,
            limit=limit,
            step_limit=spent and by_step,
        )

    @cached_property
    def _proxy(self) -> Proxy | None:
        """The proxy, read from the settings at the first call; None without one."""
        return proxy_of(self.endpoint)

    def _tls(self) -> ssl.SSLContext | None:
        return self._secured.of(self.endpoint) if self._secure else None


def _is_alone(request: Request) -> bool:
    """Whether a request needs a connection that no other request uses."""
    return request.alone or request.kind is not Kind.READ


FindInstance = Callable[[str], ResolvedEndpoint]
"""Returns the endpoint of one instance of a service, with its secrets.

Raises:
    SgeflowError: a secret is missing, or the name of the instance is invalid.
"""
_INSTANCES = 256  # clients of instances that stay open: more than are ever used at once


class HttpTransport:
    """Sends requests to resolved endpoints; any number of threads may use one.

    A `deadline` is a time of `time.monotonic`. A rate limits all threads together, and all
    processes that share a `pace`. All instances of a service share its rate.
    """

    def __init__(
        self,
        endpoints: Mapping[str, ResolvedEndpoint],
        *,
        connections: int = 32,
        agent: str = "sgeflow",
        pace: Shared | None = None,
        instances: Mapping[str, FindInstance] | None = None,
        secrets: SecretsInUse | None = None,
    ) -> None:
        """`instances` finds instances by service; their secrets are added to `secrets`."""
        self._connections, self._agent, self._pace = connections, agent, pace
        self._secrets = SecretsInUse() if secrets is None else secrets
        self._clients = {name: self._open(each) for name, each in endpoints.items()}
        self._find = instances or {}
        self._secured = {name: TlsContext() for name in self._find}
        self._opened: OrderedDict[tuple[str, str], EndpointClient] = OrderedDict()
        self._lock = threading.Lock()
        self._pacer = Pacer(shared=pace)
        self._closing = False

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send a request once; a read whose access token has expired is sent again with a new one.

        If `leave` raises, nothing was sent.

        Raises:
            CredentialsError: the environment does not have the endpoint.
        """
        find = self._find.get(request.endpoint)
        client = self._clients.get(request.endpoint)
        if find is not None and (request.instance or client is None):
            found = self._client_of_instance(request, find)
            if isinstance(found, NoAnswer):
                return found
            client = found
        if client is None:
            name = request.endpoint
            message = say('there is no {what} "{name}"', what=say("endpoint"), name=name)
            allowed = (*self._clients, *self._find)
            raise CredentialsError.of(Id.SETTING, message, allowed=allowed)
        if client.access is None:
            return self._send_on(client, request, deadline, leave)
        from sgeflow.adapters.http.access_token import is_stale

        def ask(own: Request) -> Response | NoAnswer:
            return self._send_on(client, own, deadline, None)

        token = client.access.obtain(ask, deadline=deadline)
        if isinstance(token, NoAnswer):
            return token
        answer = self._send_on(client, request, deadline, leave, token)
        if not is_stale(answer):
            return answer
        token = client.access.obtain(ask, token, deadline)
        if isinstance(token, NoAnswer) or request.kind is not Kind.READ:
            return answer
        return self._send_on(client, request, deadline, leave, token)

    def close(self) -> None:
        """Close all connections; requests that wait for their rate are not sent."""
        self._closing = True
        self._pacer.close()
        for client in (*self._clients.values(), *self._opened.values()):
            client.close()

    def _send_on(
        self,
        client: EndpointClient,
        request: Request,
        deadline: float | None,
        leave: Leave | None,
        token: Secret | None = None,
    ) -> Response | NoAnswer:
        limits = client.limits(request)
        start = self._pacer.wait(limits, deadline)
        if start is None:
            return self._not_begun(client, request)
        if leave and (refusal := leave(partial(client.tell_time, deadline))):
            return refusal

        def depart() -> bool:
            return self._pacer.depart(limits, start, timer.until)

        return client.exchange(request, deadline, depart, token)

    def _client_of_instance(
        self, request: Request, find: FindInstance
    ) -> EndpointClient | NoAnswer:
        """The client of an instance, opened if needed; or NoAnswer if it lacks a secret."""
        place = (request.endpoint, request.instance)
        with self._lock:
            if client := self._opened.get(place):
                self._opened.move_to_end(place)
                return client
        try:
            endpoint = find(request.instance)
        except SgeflowError as error:
            return NoAnswer(
                sent=False, problem=error.problems[0], fault_class=FaultClass.CREDENTIALS
            )
        self._secrets.add(place, endpoint.secrets)
        made = self._open(endpoint, self._secured[request.endpoint])
        with self._lock:
            client = self._opened.setdefault(place, made)
            if len(self._opened) > _INSTANCES:
                self._opened.popitem(last=False)[1].close()
        return client

    def _open(
        self, endpoint: ResolvedEndpoint, secured: TlsContext | None = None
    ) -> EndpointClient:
        place = (endpoint.name, endpoint.instance)
        access = None
        if grant := endpoint.oauth:
            from sgeflow.adapters.http.access_token import AccessToken

            def keep(token: Secret) -> None:
                self._secrets.add(place, (token,))

            access = AccessToken(endpoint, grant, keep, self._pace)
        return EndpointClient(
            endpoint, self._connections, self._agent, secured=secured, access=access
        )

    def _not_begun(self, client: EndpointClient, request: Request) -> NoAnswer:
        known = client.facts(request, sent=False, seconds=0.0)
        if self._closing:
            message = say("the run is ending; nothing was sent to {host}", host=known.host)
            return make_refusal(known, Problem(id=Id.NOT_SENT, message=message), FaultClass.NETWORK)
        message = say(
            "the `timeout` ends before the rate allows a call to {host}; nothing was sent",
            host=known.host,
        )
        remedy = say("raise the `timeout`, or `rate` where the server allows it")
        problem = Problem(id=Id.TIMEOUT, message=message, details=(("remedy", remedy),))
        return make_refusal(known, problem, FaultClass.NETWORK)
