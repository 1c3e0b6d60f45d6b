"""One endpoint on the wire: its headers, its connections, one request at a time.

Built on requests' adapter rather than its session: everything a session adds to a call (cookies,
redirects, `.netrc`, certificates from variables) is unwanted here and costs half the
time of a call on loopback.
"""

from __future__ import annotations

import base64
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from msgspec.structs import replace
from requests.structures import CaseInsensitiveDict

from sgeflow.adapters.http.adapter import EndpointAdapter
from sgeflow.adapters.http.bad_answers import CallFacts, tell_redirect
from sgeflow.adapters.http.bodies import read_body
from sgeflow.adapters.http.errors import FOREIGN, make_refusal, no_answer
from sgeflow.adapters.http.exchange_timer import timer
from sgeflow.adapters.http.proxies import Proxy, proxy_of
from sgeflow.adapters.http.rate_limit import Rate, arrival_rate
from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.adapters.secrets import Secret
from sgeflow.core.engine.ports import ServerTime
from sgeflow.core.hosts import is_simulator
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import Id, Problem, SgeflowError
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.adapters.http.access_token import AccessToken

WORD = 1.0  # seconds; a server that refuses a certificate of TLS 1.3 does so within a round trip
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class TlsContext:
    """How connections to an endpoint are secured: made at the first call, for all of a kind.

    A replay or a dry run needs no certificate at hand.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: ssl.SSLContext | None = None

    def of(self, endpoint: ResolvedEndpoint) -> ssl.SSLContext:
        """The context."""
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
        # of many, the kind is named: a household may have given the one its name
        shown = urlsplit(endpoint.family) if endpoint.family else parts
        self._host = shown.netloc.rpartition("@")[2] or endpoint.name
        self._secure = parts.scheme == "https"
        self._rate = self._rate_of(endpoint.limits.rate) if endpoint.limits.rate else None
        self._connections = connections
        self._lock = threading.Lock()
        self._kept: EndpointAdapter | None = None
        self._keeps = True  # connections, until the answer to another request came on one
        # the last headers with a date, and when they came: read when somebody needs the time
        self._dated: tuple[Mapping[str, str], float] | None = None

    def limits(self, request: Request) -> dict[str, Rate]:
        """The operation's own limit first: it is the one with fewer calls."""
        rates = {}
        name = f"{self.endpoint.name} {self._host}"  # environments of one server share its rate
        if request.rate:
            rates[f"{name} {request.label}"] = self._rate_of(request.rate)
        if self._rate:
            rates[name] = self._rate
        return rates

    def _rate_of(self, text: str) -> Rate:
        return arrival_rate(text, self.endpoint.limits.jitter)

    def exchange(
        self,
        request: Request,
        deadline: float | None,
        depart: Callable[[], bool] | None = None,
        token: Secret | None = None,
    ) -> Response | NoAnswer:
        """Send on a kept connection, or on one of its own what must travel alone.

        A kept one may be half closed, and then nobody knows whether an order was read; and what
        comes on it may answer what was asked before.
        """
        begun, outer = time.monotonic(), sys.exception()
        own = begun + self.endpoint.limits.total_timeout
        until = own if deadline is None else min(own, deadline)
        word = self._wait_for_word(request)
        timer.begin(until, self.endpoint.limits.read_timeout, word, depart)
        if request.anew:  # answers are mixed up: what is kept may hold one that nobody asked for
            self._kept, self._keeps = None, False
        try:
            if until <= begun:
                raise TimeoutError
            if self._keeps and not _is_alone(request):
                return self._exchange(self._adapter(), request, begun, token)
            with closing(EndpointAdapter(self._tls(), 1, self._proxy)) as adapter:
                return self._exchange(adapter, request, begun, token)
        except SgeflowError as error:
            known = self._facts_at_end(request, begun, by_step=until < own)
            return make_refusal(known, error.problems[0], FaultClass.CREDENTIALS)
        except FOREIGN as error:
            known = self._facts_at_end(request, begun, by_step=until < own)
            return no_answer(error, replace(known, outer=outer))

    def _wait_for_word(self, request: Request) -> float:
        """Seconds that an order waits for the server to take our certificate (ADR 0012)."""
        waits = request.kind is not Kind.READ and self._shows_who
        return min(WORD, self.endpoint.limits.connect_timeout) if waits else 0.0

    @property
    def _shows_who(self) -> bool:
        return bool(self.endpoint.certificate or self.endpoint.pfx)

    def tell_time(
        self, deadline: float | None, doubted: ServerTime | None
    ) -> ServerTime | NoAnswer:
        """What the server's clock shows: by its last answer, or by that to a `HEAD /` now.

        That goes without credentials, past caches, on a connection of its own.
        """
        if self._dated is None or doubted:
            parts = urlsplit(self._base)
            bare = replace(
                self.endpoint,
                base_url=f"{parts.scheme}://{parts.netloc}",
                headers={},
                basic_user=None,
                basic_password=None,
                oauth=None,
            )
            asked = EndpointClient(bare, 1, self._agent, secured=self._secured)
            answer = asked.exchange(_time_question(bare), deadline)
            if isinstance(answer, NoAnswer) and asked._dated is None:
                so = say("nothing was sent: the service is asked for the time before")
                return replace(answer, sent=False, problem=answer.problem.with_details(("so", so)))
            self._dated = asked._dated
        return self._server_time()

    def _server_time(self) -> ServerTime:
        from sgeflow.core.soap.reply_dates import server_now

        headers, at = self._dated or ({}, 0.0)
        return ServerTime(
            host=self._host,
            moment=server_now(headers),
            at=at,
            is_simulator=is_simulator(urlsplit(self._base).hostname or "", headers.get("server")),
        )

    def facts(self, request: Request, *, sent: bool, seconds: float, **more: Any) -> CallFacts:
        """What is known of an exchange, for the outcome."""
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
        """Close the connections that are kept."""
        with self._lock:
            adapter, self._kept = self._kept, None
        if adapter:
            adapter.close()

    def _exchange(
        self, adapter: EndpointAdapter, request: Request, begun: float, token: Secret | None
    ) -> Response | NoAnswer:
        left, limits = max(0.001, timer.until - begun), self.endpoint.limits
        timeout = min(limits.connect_timeout, left), min(limits.read_timeout, left)
        prepared = self._prepare(request, token)
        reply = adapter.send(prepared, stream=True, timeout=timeout).raw
        if "date" in reply.headers:
            self._dated = reply.headers, time.monotonic()
        try:
            if reply.status in REDIRECTS:
                return self._refuse_redirect(request, reply, begun)
            body = read_body(reply, request.reply_bytes)
        finally:
            if not reply.closed:  # read to its end, a reply closes itself and frees its connection
                reply.close()
        headers = {name.lower(): value for name, value in reply.headers.items()}
        headers.pop("content-encoding", None)
        return Response(
            status=reply.status, headers=headers, body=body, seconds=time.monotonic() - begun
        )

    def _prepare(self, request: Request, token: Secret | None) -> requests.PreparedRequest:
        """Ready made: `prepare()` would parse the address and encode the headers once a call."""
        prepared = requests.PreparedRequest()
        prepared.method = request.method
        slash = "" if request.path[:1] in ("", "/", "?") else "/"  # no path is a part of the host
        prepared.url = f"{self._base}{slash}{request.path}"
        headers = CaseInsensitiveDict(request.headers)
        headers["Content-Length"] = str(len(request.body))  # requests would send chunks without it
        headers["Accept-Encoding"] = "gzip"
        headers["User-Agent"] = self._agent
        if not self._keeps or _is_alone(request):
            headers["Connection"] = "close"
            headers["Cache-Control"] = "no-cache"
        if self.endpoint.basic_user is not None:
            password = self.endpoint.basic_password
            pair = f"{self.endpoint.basic_user}:{password.reveal() if password else ''}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
        for name, secret in self.endpoint.headers.items():
            headers[name] = secret.reveal()
        if token is not None:
            headers["Authorization"] = f"Bearer {token.reveal()}"
        prepared.headers = headers
        prepared.body = request.body or None
        return prepared

    def _refuse_redirect(self, request: Request, reply: Any, begun: float) -> NoAnswer:
        """Followed, a redirect would turn a POST into a GET, or carry a token elsewhere."""
        target = urlsplit(reply.headers.get("location", "")).netloc.rpartition("@")[2]
        known = self.facts(request, sent=True, seconds=time.monotonic() - begun)
        problem = Problem(
            id=Id.BAD_ANSWER,
            message=tell_redirect(known.host, target, reply.status),
            details=(("remedy", say("put the address that answers into `base_url`")),),
        )
        return make_refusal(known, problem)

    def _facts_at_end(self, request: Request, begun: float, *, by_step: bool) -> CallFacts:
        now, end = time.monotonic(), self.endpoint
        spent = timer.time_left <= 0
        limit = say("{seconds:g} s", seconds=end.limits.read_timeout)
        if spent and by_step:
            limit = say("the step's time")
        elif spent:
            limit = say("{seconds:g} s in all", seconds=end.limits.total_timeout)
        return self.facts(
            request,
            sent=timer.sent,
            connected=timer.connected,
            proxy=self._proxy.place if timer.at_proxy and self._proxy else "",
            certificate_pending=timer.agreeing and not timer.answered,
            shows_certificate=self._shows_who,
            seconds=now - begun,
            limit=limit,
            step_limit=spent and by_step,
        )

    def _adapter(self) -> EndpointAdapter:
        if self._kept is None:
            context, way = self._tls(), self._proxy
            with self._lock:
                if self._kept is None:
                    self._kept = EndpointAdapter(context, self._connections, way)
        return self._kept

    @cached_property
    def _proxy(self) -> Proxy | None:
        """Looked for at the first call."""
        return proxy_of(self.endpoint)

    def _tls(self) -> ssl.SSLContext | None:
        return self._secured.of(self.endpoint) if self._secure else None


def _time_question(endpoint: ResolvedEndpoint) -> Request:
    return Request(
        endpoint=endpoint.name,
        instance=endpoint.instance,
        method="HEAD",
        path="/",
        headers={},
        body=b"",
        label=f"HEAD {endpoint.name}",
        kind=Kind.READ,
        alone=True,
    )


def _is_alone(request: Request) -> bool:
    """Whether it travels on a connection that nothing else uses, before or after it."""
    return request.alone or request.kind is not Kind.READ
