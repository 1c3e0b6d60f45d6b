"""The line of a session to the world: real, recorded, or a recording played again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sgeflow.adapters.places import Home
from sgeflow.adapters.settings import ResolvedEndpoint, Secret, resolve_all
from sgeflow.app.options import Options
from sgeflow.core.engine.world import Transport
from sgeflow.core.model import Environment
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.say import say

if TYPE_CHECKING:
    from sgeflow.adapters.pace import SharedPace
    from sgeflow.simulator.simulator import Simulator

_SIMULATED = "simulator"  # stands for the simulator's address in a base_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a line is opened with: the state, made-up people, what closes it, what it must reach."""

    home: Home
    people: Simulator | None
    stack: ExitStack
    only: tuple[str, ...] | None  # endpoints whose secrets are needed; None: all

    def open(
        self, environment: Environment, options: Options, metadata: dict[str, Any]
    ) -> tuple[Transport, tuple[Secret, ...]]:
        """The transport and the secrets that go over it; `metadata` is for a recording."""
        if options.replay is not None:
            from sgeflow.adapters.cassette import ReplayTransport

            replayed = ReplayTransport(options.replay)
            self.stack.callback(replayed.close)
            return replayed, ()
        endpoints = resolve_all(self._located(environment), self.only, options.sources())
        if options.offline and not self.people:
            raise UsageError(_offline(environment.name))
        known = tuple(secret for endpoint in endpoints.values() for secret in endpoint.secrets)
        real = _http(endpoints, None if self.people else self._pace())
        self.stack.callback(real.close)
        if options.record is None:
            return real, known
        from sgeflow.adapters.cassette import RecordingTransport

        recording = RecordingTransport(real, options.record, metadata, secrets=known)
        self.stack.callback(recording.close)
        return recording, known

    def _pace(self) -> SharedPace:
        """Where all runs of one state keep the rates together."""
        from sgeflow.adapters.pace import SharedPace

        pace = SharedPace(self.home.pace)
        self.stack.callback(pace.close)
        return pace

    def _located(self, environment: Environment) -> Environment:
        """The environment with the simulator's address, once it listens."""
        if self.people is None:
            return environment
        self.stack.callback(self.people.stop)
        base = self.people.start()
        endpoints = {
            name: replace(endpoint, base_url=endpoint.base_url.replace(_SIMULATED, base, 1))
            for name, endpoint in environment.endpoints.items()
        }
        return replace(environment, endpoints=endpoints)


def _http(endpoints: Mapping[str, ResolvedEndpoint], pace: SharedPace | None) -> Transport:
    from sgeflow import __version__
    from sgeflow.adapters.transport import HttpTransport

    return HttpTransport(endpoints, agent=f"sgeflow/{__version__}", pace=pace)


def _offline(environment: str) -> Problem:
    message = say("{environment} needs the network, and this is --offline", environment=environment)
    return Problem(id=Id.USAGE, message=message, note=say("use --replay FILE"))
