"""The transports of a session: HTTP, mail relays, the simulator and its stubs, recordings."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint, find_instances, resolve_all
from sgeflow.adapters.secrets import SecretsInUse, SecretSources
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.core.documents import Environment
from sgeflow.core.engine.ports import Leave, Transport
from sgeflow.core.model import SIMULATOR, NoAnswer, Request, Response
from sgeflow.core.stubs import Stub, StubReply, layer_stubs, stub_for
from sgeflow.errors import GuardError, Id, UsageError
from sgeflow.messages import Message, join_items, say
from sgeflow.runtime.masking import without_said_secrets, without_secrets
from sgeflow.runtime.options import Options
from sgeflow.version import __version__

if TYPE_CHECKING:
    from sgeflow.adapters.cassettes.recording import RecordingTransport
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


def _open_simulated(
    people: Simulator | None,
    environment: Environment,
    options: Options,
    only: tuple[str, ...] | None,
    stack: ExitStack,
) -> tuple[Transport, SecretsInUse]:
    """Return the transport to a simulator, if there is one, and stubs, and its secrets."""
    base = ""
    if people is not None:
        stack.callback(people.stop)
        base = people.start()
    inside = {
        name: replace(endpoint, base_url=base + endpoint.base_url.removeprefix(SIMULATOR))
        for name, endpoint in environment.endpoints.items()
        if endpoint.is_simulated
    }
    simulated, secrets = _open_environment(
        replace(environment, endpoints=inside), options.sources(), only, stack
    )
    needed = {
        name: one for name, one in environment.endpoints.items() if only is None or name in only
    }
    others = [one for one in needed.values() if not one.is_simulated]
    relays = frozenset(one.name for one in others if one.relay)
    stubs = {  # those of a flow test come before those of the environment
        name: (*options.stubs.get(name, ()), *layer_stubs(endpoint.stubs or ()))
        for name, endpoint in environment.endpoints.items()
    }
    if not (others or any(stubs[name] for name in needed)):
        return simulated, secrets
    if len(others) == len(relays) and not any(stubs.values()):
        return WithRelays(simulated, relays, SimulatedRelays()), secrets
    from sgeflow.simulator.wire import StubServer

    server = StubServer()
    stack.callback(server.stop)
    endpoints = {  # with their limits and without their secrets
        name: ResolvedEndpoint(
            name=endpoint.name, base_url=server.base_url, headers={}, limits=endpoint.limits
        )
        for name, endpoint in environment.endpoints.items()
    }
    stubbed = StubbedTransport(
        environment=environment.name,
        simulated=simulated,
        inside=frozenset(inside),
        stubs=stubs,
        server=server,
        wire=open_http(endpoints, stack, secrets=secrets),
    )
    mails = SimulatedRelays(stubbed, {name for name in relays if stubs[name]})
    return WithRelays(stubbed, relays, mails), secrets


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


class StubbedTransport(Struct, frozen=True, kw_only=True):
    """A transport that takes answers from stubs first, then from the simulator.

    Each stub counts the requests of all threads together.
    """

    environment: str
    simulated: Transport
    inside: frozenset[str]
    stubs: Mapping[str, tuple[Stub, ...]]  # of services, in the order in which they answer
    server: StubServer
    wire: Transport
    _asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send once; raises GuardError before sending if nothing answers the request."""
        stub = stub_for(self.stubs.get(request.endpoint, ()), request.method, request.path)
        if stub is None:
            if request.endpoint in self.inside:
                return self.simulated.send(request, deadline, leave)
            message = say(
                "no stub of {service} answers {method} “{path}”; nothing was sent",
                service=request.endpoint,
                method=request.method,
                path=unquote(request.path.partition("?")[0]) or "/",
            )
            remedy = say(
                "write a reply under `stubs` of {service}, in the environment {environment} or "
                "in the flow test",
                service=request.endpoint,
                environment=self.environment,
            )
            raise self._refusal(request, message, remedy)
        turn = self.server.choose(self._reply(request, stub))
        chosen = replace(request, headers={**request.headers, **turn})
        return self.wire.send(chosen, deadline, leave)

    def close(self) -> None:
        """Close both ways."""
        self.simulated.close()
        self.wire.close()

    def _reply(self, request: Request, stub: Stub) -> StubReply:
        """The next reply of a stub."""
        with self._lock:
            self._asked[request.endpoint, stub.form] += 1
            number = self._asked[request.endpoint, stub.form]
        if number > len(stub.replies) and not stub.repeats:
            what = say(
                "the stub `{stub}` of {service} has no reply to request {number}",
                stub=stub.name,
                service=request.endpoint,
                number=number,
            )
            message = say("{what}; nothing was sent", what=what)
            remedy = say("add a reply, or write `then: repeat` for the last one to answer again")
            raise self._refusal(request, message, remedy)
        return stub.replies[min(number, len(stub.replies)) - 1]

    def _refusal(self, request: Request, message: Message, remedy: Message) -> GuardError:
        declared = self.stubs.get(request.endpoint, ())
        names = join_items([stub.name for stub in declared]) if declared else say("none")
        details = (("stubs", names), ("remedy", remedy))
        return GuardError.of(Id.NO_STUB, message, details=details)


def _open_environment(
    environment: Environment,
    sources: SecretSources,
    only: tuple[str, ...] | None,
    stack: ExitStack,
    pace: SharedPace | None = None,
) -> tuple[Transport, SecretsInUse]:
    """Return the transport to the endpoints of an environment, and its secrets."""
    resolved = resolve_all(environment, only, sources)
    secrets = SecretsInUse([one for endpoint in resolved.values() for one in endpoint.secrets])
    instances = find_instances(environment, only, sources)
    return open_http(resolved, stack, pace, instances=instances, secrets=secrets), secrets


def open_transport(
    environment: Environment,
    options: Options,
    stack: ExitStack,
    *,
    home: StateLocation,
    people: Simulator | None,
    only: tuple[str, ...] | None,
    metadata: dict[str, Any],
) -> tuple[Transport, SecretsInUse, RecordingTransport | None]:
    """Return the transport of a session, its secrets, and the recording, which stores `metadata`.

    `only` are the endpoints whose secrets are needed; None: all.
    """
    if options.replay is not None:
        from sgeflow.adapters.cassettes.replay import ReplayTransport

        replayed = ReplayTransport(options.replay)
        stack.callback(replayed.close)
        return replayed, SecretsInUse(), None
    if options.offline and home.server is not None:
        message = say("the state is kept on a server, which --offline does not allow")
        note = say("use --state FOLDER")
        raise UsageError.of(Id.USAGE, message, note=note)
    if environment.simulated:
        opened, known = _open_simulated(people, environment, options, only, stack)
    else:
        if options.offline:
            resolve_all(environment, only, options.sources())  # missing secrets are told first
            name = environment.name
            message = say(
                "{environment} needs the network, and this is --offline", environment=name
            )
            raise UsageError.of(Id.USAGE, message, note=say("use --replay FILE"))
        from sgeflow.adapters.state.shared_rate import SharedPace

        pace = SharedPace(home.pace)
        stack.callback(pace.close)
        opened, known = _open_environment(environment, options.sources(), only, stack, pace)
    if options.record is None:
        return opened, known, None
    from sgeflow.adapters.cassettes.recording import RecordingTransport

    recording = RecordingTransport(opened, options.record, metadata, secrets=known)
    stack.callback(recording.close)
    return recording, known, recording
