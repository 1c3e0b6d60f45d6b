"""How a run or call is carried out, as its caller says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import field
from msgspec.structs import replace

from sgeflow.adapters.secrets import SecretSources
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import RunEntry
from sgeflow.core.documents import Endpoint, Environment
from sgeflow.core.stubs import Stub
from sgeflow.runtime.observer import Observer
from sgeflow.values import Discreet


class Options(Discreet, frozen=True, kw_only=True):
    """How a run or call is carried out; what is None comes from variables or defaults.

    `today` is YYYY-MM-DD; `record` and `replay` are cassettes; `state` is where journal and stores
    are: a folder (by default `.sgeflow` beside the project), or a PostgreSQL address.
    """

    withheld = frozenset({"secrets"})

    environment: str | None = None
    today: str | None = None
    scenario: str | None = None
    faults: str = ""
    record: Path | None = None
    replay: Path | None = None
    state: StateLocation | Path | str | None = None
    offline: bool | None = None
    confirm_orders: bool = False
    patient: bool = True  # pauses are waited for; a test of a flow has nobody to wait for
    fleet: int = 0  # households of a simulated world, beside its made-up people
    run: str | None = None  # of a run that goes on: its id and its moment
    now: str | None = None
    began: float | None = None  # when that moment was taken, in epoch seconds
    folder: Path | None = None  # that what flows write must stay in
    services: Mapping[str, Endpoint] = field(default_factory=dict)  # before the environment's
    secrets: Mapping[str, str] = field(default_factory=dict)  # made up, for tests
    observer: Observer | None = None  # of what runs
    stubs: Mapping[str, tuple[Stub, ...]] = field(default_factory=dict)  # of services, for tests

    def to_go_on(self, entry: RunEntry, home: StateLocation) -> Options:
        """The same for a run, or fleet, that goes on: what was chosen at its start stays."""
        return replace(
            self,
            environment=entry.environment,
            today=entry.today,
            now=entry.now,
            began=entry.started,
            run=entry.run,
            state=home,
        )

    def put_services(self, environment: Environment) -> Environment:
        """An environment with the services that the caller gives in the place of its own.

        A simulated one keeps its own: nothing of a made-up world leaves it.
        """
        if not self.services or environment.simulated:
            return environment
        return replace(environment, endpoints={**environment.endpoints, **self.services})

    def sources(self) -> SecretSources:
        """Where secrets are looked for: the made-up ones come first."""
        chosen = SecretSources()
        return replace(chosen, variables={**chosen.variables, **self.secrets})
