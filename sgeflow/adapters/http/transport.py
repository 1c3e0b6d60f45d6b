"""The wire to an environment's endpoints: one request at a time, sent once, told honestly."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial

from sgeflow.adapters.http.endpoint_client import EndpointClient, TlsContext
from sgeflow.adapters.http.errors import make_refusal
from sgeflow.adapters.http.exchange_timer import timer
from sgeflow.adapters.http.rate_limit import Pacer, Shared
from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.adapters.secrets import Secret, SecretsInUse
from sgeflow.core.engine.ports import Leave
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import CredentialsError, Id, Problem, SgeflowError
from sgeflow.messages import say

FindInstance = Callable[[str], ResolvedEndpoint]
"""Gives one instance of a service that is many of a kind, its secrets in hand.

Raises:
    SgeflowError: a secret is missing, or no such instance can be.
"""
_INSTANCES = 256  # that are kept at hand: more than ever are asked side by side


class HttpTransport:
    """Sends requests to resolved endpoints; any number of threads may use one.

    `deadline` is on the clock of `time.monotonic`. Rates hold for all threads together, and for all
    processes that share a `pace`; those of a service that is many of a kind, for all of them.
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
        """`instances` finds those of services that are many; `secrets` learns what is found."""
        self._connections, self._agent = connections, agent
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
        """Send once. Raises CredentialsError for an endpoint that the environment lacks.

        Whatever `leave` raises, nothing was sent. A read whose access token is past its time is
        sent once more with a new one.
        """
        client = self._client_for(request)
        if isinstance(client, NoAnswer):
            return client
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
        """Close all connections; who waits for a start gets none."""
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
        return client.exchange(
            request,
            deadline,
            lambda: self._pacer.depart(limits, start, timer.until),
            token,
        )

    def _client_for(self, request: Request) -> EndpointClient | NoAnswer:
        find = self._find.get(request.endpoint)
        if find is not None:
            return self._client_of_instance(request, find)
        client = self._clients.get(request.endpoint)
        if client is None:
            raise CredentialsError(
                Problem(
                    id=Id.SETTING,
                    message=say(
                        'the environment has no endpoint "{endpoint}"', endpoint=request.endpoint
                    ),
                    allowed=(*self._clients, *self._find),
                )
            )
        return client

    def _client_of_instance(
        self, request: Request, find: FindInstance
    ) -> EndpointClient | NoAnswer:
        """The client of one of many; without its secret that one alone is not asked."""
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

            access = AccessToken(endpoint, grant, keep)
        return EndpointClient(
            endpoint, self._connections, self._agent, secured=secured, access=access
        )

    def _not_begun(self, client: EndpointClient, request: Request) -> NoAnswer:
        known = client.facts(request, sent=False, seconds=0.0)
        if self._closing:
            message = say("the run ends; nothing was sent to {host}", host=known.host)
            return make_refusal(known, Problem(id=Id.NOT_SENT, message=message), FaultClass.NETWORK)
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
        return make_refusal(known, problem, FaultClass.NETWORK)
