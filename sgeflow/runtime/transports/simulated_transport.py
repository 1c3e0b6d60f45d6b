"""The line of a simulated environment: to its simulator and its stubs, and to nothing else.

Both listen on sockets that this process has opened. An address that a document says is never
turned into one: `simulator` becomes the simulator's, and any other the stubs'.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint, find_instances, resolve_all
from sgeflow.adapters.secrets import SecretsInUse, SecretSources
from sgeflow.core.documents import Endpoint, Environment
from sgeflow.core.engine.ports import Leave, Transport
from sgeflow.core.engine.relay_answers import judge_reply
from sgeflow.core.model import SIMULATOR, NoAnswer, Request, Response
from sgeflow.core.stubs import Stub, StubReply, layer_stubs, stub_for
from sgeflow.errors import GuardError, Id, Problem
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.runtime.transports.http_transport import WithRelays, open_http

if TYPE_CHECKING:
    from sgeflow.simulator.simulator import Simulator
    from sgeflow.simulator.wire import StubServer

Stubs = Mapping[str, tuple[Stub, ...]]
"""The stubs of services, in the order in which they answer."""


class SimulatedWorld(Struct, frozen=True, kw_only=True):
    """What answers a simulated environment."""

    people: Simulator
    environment: Environment
    stubs: Stubs  # of a flow test: they come before those of the environment

    def open(
        self, only: tuple[str, ...] | None, sources: SecretSources, stack: ExitStack
    ) -> tuple[Transport, SecretsInUse]:
        """The transport, and the secrets that go over it; the stack ends what is started here."""
        stack.callback(self.people.stop)
        inside = self._inside(self.people.start())
        resolved = resolve_all(inside, only, sources)
        secrets = SecretsInUse([one for endpoint in resolved.values() for one in endpoint.secrets])
        many = find_instances(inside, only, sources)
        simulated = open_http(resolved, stack, instances=many, secrets=secrets)
        others = [one for one in self.environment.endpoints.values() if not one.is_simulated]
        relays = frozenset(one.name for one in others if one.relay)
        stubs = self._declared_stubs()
        if only is not None or not (others or any(stubs.values())):
            return simulated, secrets
        if len(others) == len(relays) and not any(stubs.values()):
            return WithRelays(simulated, relays, SimulatedRelays()), secrets
        from sgeflow.simulator.wire import StubServer

        server = StubServer()
        stack.callback(server.stop)
        endpoints = {
            name: _resolve(endpoint, server.base_url)
            for name, endpoint in self.environment.endpoints.items()
        }
        played = StubbedTransport(
            environment=self.environment.name,
            simulated=simulated,
            inside=frozenset(inside.endpoints),
            stubs=stubs,
            server=server,
            wire=open_http(endpoints, stack, secrets=secrets),
        )
        mails = SimulatedRelays(played, {name for name in relays if stubs[name]})
        return WithRelays(played, relays, mails), secrets

    def _inside(self, base: str) -> Environment:
        """The environment with those endpoints alone that the simulator answers, at its address."""
        endpoints = {
            name: replace(endpoint, base_url=base + endpoint.base_url.removeprefix(SIMULATOR))
            for name, endpoint in self.environment.endpoints.items()
            if endpoint.is_simulated
        }
        return replace(self.environment, endpoints=endpoints)

    def _declared_stubs(self) -> dict[str, tuple[Stub, ...]]:
        return {
            name: (*self.stubs.get(name, ()), *layer_stubs(endpoint.stubs or ()))
            for name, endpoint in self.environment.endpoints.items()
        }


class SimulatedRelays:
    """Relays of a simulated environment: a mail goes nowhere, and counts as taken.

    Where stubs say what a relay answers, it is they.
    """

    def __init__(self, stubs: Transport | None = None, stubbed: Collection[str] = ()) -> None:
        self._stubs, self._stubbed = stubs, stubbed

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """What comes of a mail; nothing of it leaves."""
        if self._stubs is not None and request.endpoint in self._stubbed:
            answer = self._stubs.send(request, deadline, leave)
            if isinstance(answer, NoAnswer):
                return answer
            return judge_reply(answer, request.endpoint)
        if leave and (refusal := leave()):
            return refusal
        return Response(status=250, headers={}, body=b'{"reply": "simulated"}')

    def close(self) -> None:
        """Nothing is open; who made the stubs closes them."""


class StubbedTransport:
    """A transport on which stubs come first; what none answers goes to the simulator, or nowhere.

    Each stub counts its requests, those of all threads together.
    """

    def __init__(
        self,
        *,
        environment: str,
        simulated: Transport,
        inside: frozenset[str],
        stubs: Stubs,
        server: StubServer,
        wire: Transport,
    ) -> None:
        self._environment = environment
        self._simulated = simulated
        self._inside = inside
        self._stubs = stubs
        self._server = server
        self._wire = wire
        self._asked: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send once. Raises GuardError for what nothing answers; nothing was sent then."""
        stub = stub_for(self._stubs.get(request.endpoint, ()), request.method, request.path)
        if stub is None:
            if request.endpoint not in self._inside:
                raise GuardError(self._missing(request))
            return self._simulated.send(request, deadline, leave)
        turn = self._server.choose(self._reply(request, stub))
        chosen = replace(request, headers={**request.headers, **turn})
        return self._wire.send(chosen, deadline, leave)

    def close(self) -> None:
        """Close both ways."""
        self._simulated.close()
        self._wire.close()

    def _reply(self, request: Request, stub: Stub) -> StubReply:
        """The reply whose turn it is."""
        with self._lock:
            self._asked[request.endpoint, stub.form] += 1
            number = self._asked[request.endpoint, stub.form]
        if number > len(stub.replies) and not stub.repeats:
            raise GuardError(self._exhaustion_problem(request, stub, number))
        return stub.replies[min(number, len(stub.replies)) - 1]

    def _missing(self, request: Request) -> Problem:
        message = say(
            "no stub of {service} answers {method} “{path}”; nothing was sent",
            service=request.endpoint,
            method=request.method,
            path=unquote(request.path.partition("?")[0]) or "/",
        )
        declared = self._stubs.get(request.endpoint, ())
        remedy = say(
            "say under `stubs` of {service} what answers it, in the environment {environment} or"
            " in the flow test",
            service=request.endpoint,
            environment=self._environment,
        )
        return _problem(message, declared, remedy)

    def _exhaustion_problem(self, request: Request, stub: Stub, number: int) -> Problem:
        message = say_count(
            "the stub `{stub}` of {service} has {count} reply, and this is request {number};"
            " nothing was sent",
            "the stub `{stub}` of {service} has {count} replies, and this is request {number};"
            " nothing was sent",
            count=len(stub.replies),
            stub=stub.name,
            service=request.endpoint,
            number=number,
        )
        remedy = say("add a reply, or write `then: repeat` for the last one to answer again")
        return _problem(message, self._stubs.get(request.endpoint, ()), remedy)


def _problem(message: Message, declared: tuple[Stub, ...], remedy: Message) -> Problem:
    names = join_items([stub.name for stub in declared]) if declared else say("none")
    return Problem(id=Id.NO_STUB, message=message, details=(("stubs", names), ("remedy", remedy)))


def _resolve(endpoint: Endpoint, base: str) -> ResolvedEndpoint:
    """The way to an endpoint's stubs: with its times, and without anything that is secret."""
    return ResolvedEndpoint(
        name=endpoint.name,
        base_url=base,
        headers={},
        limits=endpoint.limits,
    )
