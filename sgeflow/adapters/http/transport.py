"""The wire to an environment's endpoints: one request at a time, sent once, told honestly.

Built on requests' adapter rather than its session: everything a session adds to a call (cookies,
redirects, `.netrc`, proxies and certificates from variables) is unwanted here and costs half the
time of a call on loopback.
"""

from __future__ import annotations

import base64
import ssl
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from sgeflow.adapters.http import tls
from sgeflow.adapters.http.bad_answers import Exchanged, tell_redirect
from sgeflow.adapters.http.connections import EncryptedPool, PlainPool, read_body, watch
from sgeflow.adapters.http.errors import FOREIGN, no_answer, refused
from sgeflow.adapters.http.rate_limit import Pacer, Rate, Shared, parse_rate
from sgeflow.adapters.secrets import ResolvedEndpoint
from sgeflow.core.engine.ports import Leave
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import CredentialsError, Id, Problem, SgeflowError
from sgeflow.messages import say

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class HttpTransport:
    """Sends requests to resolved endpoints; any number of threads may use one.

    `deadline` is on the clock of `time.monotonic`. Rates hold for all threads together, and for all
    processes that share a `pace`.
    """

    def __init__(
        self,
        endpoints: Mapping[str, ResolvedEndpoint],
        *,
        connections: int = 32,
        agent: str = "sgeflow",
        pace: Shared | None = None,
    ) -> None:
        self._lines = {name: _Line(each, connections, agent) for name, each in endpoints.items()}
        self._pacer = Pacer(shared=pace)
        self._closing = False

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send once. Raises CredentialsError for an endpoint that the environment lacks.

        Whatever `leave` raises, nothing was sent.
        """
        line = self._lines.get(request.endpoint)
        if line is None:
            raise CredentialsError(
                Problem(
                    id=Id.SETTING,
                    message=say(
                        'the environment has no endpoint "{endpoint}"', endpoint=request.endpoint
                    ),
                    allowed=tuple(self._lines),
                )
            )
        if self._pacer.wait(line.limits(request), deadline) is None:
            return self._not_begun(line, request)
        if leave and (refusal := leave()):
            return refusal
        return line.exchange(request, deadline)

    def close(self) -> None:
        """Close all connections; who waits for a start gets none."""
        self._closing = True
        self._pacer.close()
        for line in self._lines.values():
            line.close()

    def _not_begun(self, line: _Line, request: Request) -> NoAnswer:
        known = line.known(request, sent=False, seconds=0.0)
        if self._closing:
            message = say("the run ends; nothing was sent to {host}", host=known.host)
            return refused(known, Problem(id=Id.NOT_SENT, message=message), FaultClass.NETWORK)
        problem = Problem(
            id=Id.TIMEOUT,
            message=say(
                "the step's time ends before the rate allows a call to {host}; nothing was sent",
                host=known.host,
            ),
            details=(
                ("remedy", say("raise the step's `timeout`, or `rate` where Enedis allows it")),
            ),
        )
        return refused(known, problem, FaultClass.NETWORK)


class _Line:
    """One endpoint: its headers, connections and limits."""

    def __init__(self, endpoint: ResolvedEndpoint, connections: int, agent: str) -> None:
        self.endpoint = endpoint
        self._agent = agent
        self._base = endpoint.base_url.rstrip("/")
        parts = urlsplit(self._base)
        self._host = parts.netloc.rpartition("@")[2] or endpoint.name
        self._secure = parts.scheme == "https"
        self._rate = parse_rate(endpoint.rate) if endpoint.rate else None
        self._connections = connections
        self._lock = threading.Lock()
        self._kept: _Adapter | None = None
        self._keeps = True  # connections, until the answer to another request came on one
        self._context: ssl.SSLContext | None = None

    def limits(self, request: Request) -> dict[str, Rate]:
        """The operation's own limit first: it is the one with fewer calls."""
        found = {}
        name = f"{self.endpoint.name} {self._host}"  # environments of one server share its rate
        if request.rate:
            found[f"{name} {request.label}"] = parse_rate(request.rate)
        if self._rate:
            found[name] = self._rate
        return found

    def exchange(self, request: Request, deadline: float | None) -> Response | NoAnswer:
        """Send on a kept connection, or on one of its own what must travel alone.

        A kept one may be half closed, and then nobody knows whether an order was read; and what
        comes on it may answer what was asked before.
        """
        begun = time.monotonic()
        own = begun + self.endpoint.total_timeout
        until = own if deadline is None else min(own, deadline)
        watch.begin(until, self.endpoint.read_timeout)
        if request.anew:  # answers are mixed up: what is kept may hold one that nobody asked for
            self._kept, self._keeps = None, False
        try:
            if until <= begun:
                raise TimeoutError
            if self._keeps and not _is_alone(request):
                return self._exchange(self._adapter(), request, begun)
            adapter = _Adapter(self._tls(), 1)
            try:
                return self._exchange(adapter, request, begun)
            finally:
                adapter.close()
        except SgeflowError as error:
            known = self.known(request, sent=False, seconds=time.monotonic() - begun)
            return refused(known, error.problems[0], FaultClass.CREDENTIALS)
        except FOREIGN as error:
            return no_answer(error, self._ended(request, begun, by_step=until < own))

    def known(self, request: Request, *, sent: bool, seconds: float, **more: Any) -> Exchanged:
        """What is known of an exchange, for the outcome."""
        return Exchanged(
            host=self._host,
            kind=request.kind,
            sent=sent,
            seconds=seconds,
            connect_timeout=self.endpoint.connect_timeout,
            reply_bytes=request.reply_bytes,
            **more,
        )

    def close(self) -> None:
        with self._lock:
            adapter, self._kept = self._kept, None
        if adapter:
            adapter.close()

    def _exchange(self, adapter: _Adapter, request: Request, begun: float) -> Response | NoAnswer:
        left = max(0.001, watch.until - begun)
        timeout = min(self.endpoint.connect_timeout, left), min(self.endpoint.read_timeout, left)
        prepared = self._prepared(request)
        reply = adapter.send(prepared, stream=True, timeout=timeout).raw
        try:
            if reply.status in REDIRECTS:
                return self._redirected(request, reply, begun)
            body = read_body(reply, request.reply_bytes)
        finally:
            if not reply.closed:  # read to its end, a reply closes itself and frees its connection
                reply.close()
        headers = {name.lower(): value for name, value in reply.headers.items()}
        headers.pop("content-encoding", None)
        return Response(
            status=reply.status, headers=headers, body=body, seconds=time.monotonic() - begun
        )

    def _prepared(self, request: Request) -> requests.PreparedRequest:
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
        prepared.headers = headers
        prepared.body = request.body or None
        return prepared

    def _redirected(self, request: Request, reply: Any, begun: float) -> NoAnswer:
        """Followed, a redirect would turn a POST into a GET, or carry a token elsewhere."""
        target = urlsplit(reply.headers.get("location", "")).netloc.rpartition("@")[2]
        known = self.known(request, sent=True, seconds=time.monotonic() - begun)
        problem = Problem(
            id=Id.BAD_ANSWER,
            message=tell_redirect(known.host, target, reply.status),
            details=(("remedy", say("put the address that answers into `base_url`")),),
        )
        return refused(known, problem)

    def _ended(self, request: Request, begun: float, *, by_step: bool) -> Exchanged:
        now = time.monotonic()
        spent = now >= watch.until
        limit = say("{seconds:g} s", seconds=self.endpoint.read_timeout)
        if spent:
            limit = (
                say("the step's time")
                if by_step
                else say("{seconds:g} s in all", seconds=self.endpoint.total_timeout)
            )
        return self.known(
            request,
            sent=watch.sent,
            connected=watch.connected,
            seconds=now - begun,
            limit=limit,
            step_limit=spent and by_step,
        )

    def _adapter(self) -> _Adapter:
        if self._kept is None:
            context = self._tls()
            with self._lock:
                if self._kept is None:
                    self._kept = _Adapter(context, self._connections)
        return self._kept

    def _tls(self) -> ssl.SSLContext | None:
        """Made at the first call: a replay or a dry run needs no certificate at hand."""
        if not self._secure:
            return None
        with self._lock:
            if self._context is None:
                self._context = tls.context(self.endpoint)
            return self._context


class _Adapter(HTTPAdapter):
    """requests' adapter, for one host, with our TLS, our connections and no second opinion."""

    def __init__(self, context: ssl.SSLContext | None, connections: int) -> None:
        self._tls = {"ssl_context": context} if context else {}
        self._pool: Any = None
        super().__init__(pool_connections=1, pool_maxsize=connections)

    def init_poolmanager(self, connections: int, maxsize: int, *args: Any, **named: Any) -> None:
        named |= self._tls
        super().init_poolmanager(connections, maxsize, *args, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": EncryptedPool}

    def get_connection_with_tls_context(self, request: Any, *_args: Any, **_named: Any) -> Any:
        if self._pool is None:
            self._pool = self.poolmanager.connection_from_url(request.url)
        return self._pool

    def cert_verify(self, *_args: Any) -> None:
        """Not asked: it would add the public authorities to a private one."""

    def add_headers(self, *_args: Any, **_named: Any) -> None:
        """Not asked: all headers are in the prepared request."""

    def build_response(self, req: Any, resp: Any) -> requests.Response:  # noqa: ARG002
        response = requests.Response()
        response.raw = resp
        return response


def _is_alone(request: Request) -> bool:
    """Whether it travels on a connection that nothing else uses, before or after it."""
    return request.alone or request.kind is not Kind.READ
