"""The options of a run or call: environment, date, cassettes, state, confirmation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.secrets import SecretSources
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import RunEntry
from sgeflow.core.documents import Endpoint, Environment
from sgeflow.core.stubs import Stub
from sgeflow.runtime.arguments import check_fields
from sgeflow.values import Discreet


class Observer(Struct):
    """Watches the runs of a command, also the rows of a fleet, without changing them."""

    def observe(self, run: str, flow: str, environment: Environment) -> Callable[[Any], None]:  # noqa: ARG002
        """Return a listener for the events of a run; the last is `RunReport` or `RunStopped`."""
        return lambda _: None

    def begin_fleet(self, run: str, flow: str, environment: Environment) -> None:
        """Hear that a fleet begins or is resumed, before its rows."""

    def end_fleet(self, fleet: Any) -> None:
        """Hear the report of a fleet that has ended."""


class Options(Discreet, frozen=True, kw_only=True):
    """How a run or call is carried out; what is None comes from variables or defaults.

    Attributes:
        environment: its name; `simulator` when nothing says another.
        today: the date of the run, `YYYY-MM-DD`.
        scenario: the scenario that the simulator plays.
        faults: network faults of the simulator, as `--faults` takes them.
        record: the cassette to write.
        replay: the cassette to answer from.
        state: where journal and stores are: a folder (by default `.sgeflow` beside the project),
            or a PostgreSQL address.
        offline: only simulated environments and replays may be used.
        confirm_orders: confirms orders, for environments that require it.
        patient: pauses take their time; in tests of flows they do not.
        fleet: how many more households the simulator has, for a fleet.
        run: the id of the run.
        now: the moment of that run.
        began: when that moment was taken, in epoch seconds.
        folder: flows must not write outside of this folder.
        read: files that the command reads, such as inputs: no flow overwrites them.
        services: endpoints by name, instead of the environment's.
        secrets: invented secrets by name, for tests.
        observer: observes runs, for metrics and traces.
        stubs: invented replies of services by name, for tests.
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
    patient: bool = True
    fleet: int = 0
    run: str | None = None
    now: str | None = None
    began: float | None = None
    folder: Path | None = None
    read: tuple[Path, ...] = ()
    services: Mapping[str, Endpoint] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    observer: Observer | None = None
    stubs: Mapping[str, tuple[Stub, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_fields(self)

    def to_go_on(self, entry: RunEntry, home: StateLocation) -> Options:
        """Return the options of a resumed run or fleet: the choices of its start stay."""
        return replace(
            self,
            environment=entry.environment,
            today=entry.today,
            now=entry.now,
            began=entry.started,
            run=entry.run,
            state=home,
        )

    def sources(self) -> SecretSources:
        """Return the sources of secrets; simulated ones come first."""
        chosen = SecretSources()
        return replace(chosen, variables={**chosen.variables, **self.secrets})


def options_of(options: Options | None) -> Options:
    """Return the given options, or the default ones."""
    return Options() if options is None else options
