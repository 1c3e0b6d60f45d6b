"""The transports of a session: HTTP, mail relays, the simulator and its stubs, recordings."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint, find_instances, resolve_all
from sgeflow.adapters.secrets import SecretsInUse, SecretSources
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.core.documents import Endpoint, Environment
from sgeflow.core.engine.ports import Leave, Recording, Transport
from sgeflow.core.model import SIMULATOR, NoAnswer, Request, Response
from sgeflow.core.stubs import Stub, StubReply, layer_stubs, stub_for
from sgeflow.errors import GuardError, Id, Problem, UsageError
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.runtime.masking import without_said_secrets, without_secrets
from sgeflow.runtime.options import Options
from sgeflow.version import __version__

if TYPE_CHECKING:
    from sgeflow.adapters.state.shared_rate import SharedPace
    from sgeflow.simulator.simulator import Simulator
    from sgeflow.simulator.wire import StubServer


def open_http(
    endpoints: Mapping[str, ResolvedEndpoint],
    stack: ExitStack,
    pace: SharedPace | None = None,
    *,
    instances: Mapping[str, Callable[[str], ResolvedEndpoint]] | None = None,
    secrets: SecretsInUse | None = None,
) -> Transport:
    """Return a transport to some endpoints, which the stack closes.

    All processes that share a `pace` keep one rate. `instances` finds the instances of services,
    and `secrets` collects the secrets that are read later.
    """
    from sgeflow.adapters.http.transport import HttpTransport

    known = SecretsInUse() if secrets is None else secrets
    relays = {name: one for name, one in endpoints.items() if one.relay}
    transport: Transport = HttpTransport(
        {name: one for name, one in endpoints.items() if name not in relays},
        agent=f"sgeflow/{__version__}",
        pace=pace,
        instances=instances,
        secrets=known,
    )
    if relays:
        from sgeflow.adapters.mail import RelayTransport

        transport = WithRelays(transport, frozenset(relays), RelayTransport(relays, pace=pace))
    stack.callback(transport.close)
    return _Discreet(inner=transport, secrets=known)


class WithRelays:
    """A transport that sends mails by another transport than other requests."""

    def __init__(self, others: Transport, relays: frozenset[str], mails: Transport) -> None:
        self._others, self._relays, self._mails = others, relays, mails

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send once, by the transport of the endpoint."""
        way = self._mails if request.endpoint in self._relays else self._others
        return way.send(request, deadline, leave)

    def close(self) -> None:
        """Close both ways."""
        self._mails.close()
        self._others.close()


class _Discreet(Struct, frozen=True, kw_only=True):
    """A transport whose answers do not repeat the secrets of their requests.

    So the secrets cannot reach outputs, exports or remembered state.
    """

    inner: Transport
    secrets: SecretsInUse

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        answer = self.inner.send(request, deadline, leave)
        if isinstance(answer, NoAnswer):
            return answer
        answer = without_secrets(answer, self.secrets.of([(request.endpoint, request.instance)]))
        return without_said_secrets(answer, request)

    def close(self) -> None:
        self.inner.close()


Stubs = Mapping[str, tuple[Stub, ...]]
"""The stubs of services, in the order in which they answer."""


class SimulatedWorld(Struct, frozen=True, kw_only=True):
    """Opens the transport of a simulated environment: to its simulator and its stubs."""

    people: Simulator
    environment: Environment
    stubs: Stubs  # of a flow test: before those of the environment

    def open(
        self, only: tuple[str, ...] | None, sources: SecretSources, stack: ExitStack
    ) -> tuple[Transport, SecretsInUse]:
        """Return the transport and its secrets; the stack stops the servers that it starts."""
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
        """The environment with only the endpoints of the simulator, at its address."""
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
    """The mail relays of a simulated environment: mails are accepted and not sent.

    Stubs of a relay, if there are any, decide its answers.
    """

    def __init__(self, stubs: Transport | None = None, stubbed: Collection[str] = ()) -> None:
        self._stubs, self._stubbed = stubs, stubbed

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Answer a mail without sending it."""
        if self._stubs is not None and request.endpoint in self._stubbed:
            answer = self._stubs.send(request, deadline, leave)
            if isinstance(answer, NoAnswer):
                return answer
            from sgeflow.core.engine.service_answers import judge_reply

            return judge_reply(answer, request.endpoint)
        if leave and (refusal := leave()):
            return refusal
        return Response(status=250, headers={}, body=b'{"reply": "simulated"}')

    def close(self) -> None:
        """Do nothing: the owner of the stubs closes them."""


class StubbedTransport:
    """A transport that takes answers from stubs first, then from the simulator.

    Each stub counts the requests of all threads together.
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
        """Send once; raises GuardError before sending if nothing answers the request."""
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
        """The next reply of a stub."""
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
    """Return an endpoint at the stub server, with its limits and without its secrets."""
    return ResolvedEndpoint(
        name=endpoint.name,
        base_url=base,
        headers={},
        limits=endpoint.limits,
    )


class TransportSetup(Struct, frozen=True, kw_only=True):
    """Opens the transport of a session: real, simulated, recorded or replayed."""

    home: StateLocation
    people: Simulator | None
    stack: ExitStack
    only: tuple[str, ...] | None  # endpoints whose secrets are needed; None: all

    def open(
        self, environment: Environment, options: Options, metadata: dict[str, Any]
    ) -> tuple[Transport, SecretsInUse, Recording | None]:
        """Return the transport, its secrets, and the recording, which stores `metadata`."""
        if options.replay is not None:
            from sgeflow.adapters.cassettes.replay import ReplayTransport

            replayed = ReplayTransport(options.replay)
            self.stack.callback(replayed.close)
            return replayed, SecretsInUse(), None
        if options.offline and self.home.server is not None:
            message = say("the state is kept on a server, and this is --offline")
            note = say("use --state FOLDER")
            raise UsageError(Problem(id=Id.USAGE, message=message, note=note))
        if self.people is None:
            opened, known = self._real(environment, options)
        else:
            world = SimulatedWorld(people=self.people, environment=environment, stubs=options.stubs)
            opened, known = world.open(self.only, options.sources(), self.stack)
        if options.record is None:
            return opened, known, None
        from sgeflow.adapters.cassettes.recording import RecordingTransport

        recording = RecordingTransport(opened, options.record, metadata, secrets=known)
        self.stack.callback(recording.close)
        return recording, known, recording

    def _real(self, environment: Environment, options: Options) -> tuple[Transport, SecretsInUse]:
        """Return the transport to a real environment, and its secrets."""
        sources = options.sources()
        endpoints = resolve_all(environment, self.only, sources)
        if options.offline:
            name = environment.name
            message = say(
                "{environment} needs the network, and this is --offline", environment=name
            )
            raise UsageError(Problem(id=Id.USAGE, message=message, note=say("use --replay FILE")))
        known = SecretsInUse([secret for one in endpoints.values() for secret in one.secrets])
        many = find_instances(environment, self.only, sources)
        from sgeflow.adapters.state.shared_rate import SharedPace

        pace = SharedPace(self.home.pace)
        self.stack.callback(pace.close)
        real = open_http(endpoints, self.stack, pace, instances=many, secrets=known)
        return real, known
