"""The line of a session to the world: real, recorded, or a recording played again."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sgeflow.adapters.resolved_endpoints import find_instances, resolve_all
from sgeflow.adapters.secrets import SecretsInUse
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.core.documents import Environment
from sgeflow.core.engine.ports import Recording, Transport
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.runtime.options import Options
from sgeflow.runtime.transports.http_transport import open_http

if TYPE_CHECKING:
    from sgeflow.adapters.state.shared_rate import SharedPace
    from sgeflow.simulator.simulator import Simulator


class TransportSetup(Struct, frozen=True, kw_only=True):
    """What a line is opened with: the state, made-up people, what closes it, what it must reach."""

    home: StateLocation
    people: Simulator | None
    stack: ExitStack
    only: tuple[str, ...] | None  # endpoints whose secrets are needed; None: all

    def open(
        self, environment: Environment, options: Options, metadata: dict[str, Any]
    ) -> tuple[Transport, SecretsInUse, Recording | None]:
        """The transport, the secrets that go over it, who records; `metadata` is for that."""
        if options.replay is not None:
            from sgeflow.adapters.cassettes.replay import ReplayTransport

            replayed = ReplayTransport(options.replay)
            self.stack.callback(replayed.close)
            return replayed, SecretsInUse(), None
        if options.offline and self.home.server is not None:
            raise UsageError(_simulator_problem())
        if self.people is None:
            opened, known = self._real(environment, options)
        else:
            from sgeflow.runtime.transports.simulated_transport import SimulatedWorld

            world = SimulatedWorld(people=self.people, environment=environment, stubs=options.stubs)
            opened, known = world.open(self.only, options.sources(), self.stack)
        if options.record is None:
            return opened, known, None
        from sgeflow.adapters.cassettes.recording import RecordingTransport

        recording = RecordingTransport(opened, options.record, metadata, secrets=known)
        self.stack.callback(recording.close)
        return recording, known, recording

    def _real(self, environment: Environment, options: Options) -> tuple[Transport, SecretsInUse]:
        """The transport to the addresses of a real environment."""
        sources = options.sources()
        endpoints = resolve_all(environment, self.only, sources)
        if options.offline:
            raise UsageError(_offline(environment.name))
        known = SecretsInUse([secret for one in endpoints.values() for secret in one.secrets])
        many = find_instances(environment, self.only, sources)
        pace = self._pace()
        real = open_http(endpoints, self.stack, pace, instances=many, secrets=known)
        return real, known

    def _pace(self) -> SharedPace:
        """Where all runs of one state keep the rates together."""
        from sgeflow.adapters.state.shared_rate import SharedPace

        pace = SharedPace(self.home.pace)
        self.stack.callback(pace.close)
        return pace


def _simulator_problem() -> Problem:
    message = say("the state is kept on a server, and this is --offline")
    return Problem(id=Id.USAGE, message=message, note=say("use --state FOLDER"))


def _offline(environment: str) -> Problem:
    message = say("{environment} needs the network, and this is --offline", environment=environment)
    return Problem(id=Id.USAGE, message=message, note=say("use --replay FILE"))
