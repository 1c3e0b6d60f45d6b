"""How a run or call is carried out, as its caller says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import field
from msgspec.structs import replace

from sgeflow.adapters.secrets import SecretSources
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import RunEntry
from sgeflow.core.documents import Endpoint, Environment
from sgeflow.runtime.arguments import check_fields
from sgeflow.values import Discreet

if TYPE_CHECKING:
    from sgeflow.core.stubs import Stub
    from sgeflow.runtime.observer import Observer


class Options(Discreet, frozen=True, kw_only=True):
    """How a run or call is carried out; what is None comes from variables or defaults.

    Attributes:
        environment: its name; `simulator` when nothing says another.
        today: the day to take for today, `YYYY-MM-DD`.
        scenario: which story the simulator plays.
        faults: troubles of its network, as `--faults` takes them.
        record: the cassette to write.
        replay: the cassette to answer from.
        state: where journal and stores are: a folder (by default `.sgeflow` beside the project),
            or a PostgreSQL address.
        offline: whether nothing but simulated environments and replays may be used.
        confirm_orders: send orders where the environment wants them confirmed.
        patient: whether pauses are waited for; a test of a flow has nobody to wait for.
        fleet: how many households a simulated world has, beside its made-up people.
        run: the id of a run that goes on.
        now: the moment of that run.
        began: when that moment was taken, in epoch seconds.
        folder: that what flows write must stay in.
        read: files that are read, as those of inputs: no flow writes over them.
        services: endpoints by name, in the place of the environment's.
        secrets: made-up ones by name, for tests.
        observer: told of what runs, for metrics and traces.
        stubs: made-up answers of services by name, for tests.
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

    def put_services(self, environment: Environment) -> Environment:
        """An environment with the services that the caller gives in the place of its own.

        A simulated one keeps its own: nothing of a made-up world leaves it.
        """
        if not self.services or environment.simulated:
            return environment
        return replace(environment, endpoints={**environment.endpoints, **self.services})

    def sources(self) -> SecretSources:
        """Return the sources of secrets; simulated ones come first."""
        chosen = SecretSources()
        return replace(chosen, variables={**chosen.variables, **self.secrets})


def options_of(options: Options | None) -> Options:
    """The options that a caller of the library gives, or those by default."""
    return Options() if options is None else options
