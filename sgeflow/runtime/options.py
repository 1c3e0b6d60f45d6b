"""How a run or call is carried out, as its caller says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sgeflow.adapters.secrets import Sources
from sgeflow.adapters.state.locations import Home
from sgeflow.core.stubs import Stub


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run or call is carried out; what is None comes from variables or defaults.

    `today` is YYYY-MM-DD; `record` and `replay` are cassettes; `state` is where journal and stores
    are: a folder (by default `.sgeflow` beside the project), or a PostgreSQL address.
    """

    environment: str | None = None
    today: str | None = None
    scenario: str | None = None
    faults: str = ""
    record: Path | None = None
    replay: Path | None = None
    state: Home | Path | str | None = None
    offline: bool | None = None
    confirm_orders: bool = False
    patient: bool = True  # pauses are waited for; a test of a flow has nobody to wait for
    fleet: int = 0  # households of a simulated world, beside its made-up people
    run: str | None = None  # of a run that goes on: its id and its moment
    now: str | None = None
    folder: Path | None = None  # that what flows write must stay in
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)  # made up, for tests
    stubs: Mapping[str, tuple[Stub, ...]] = field(default_factory=dict)  # of services, for tests

    def sources(self) -> Sources:
        """Where secrets are looked for: the made-up ones come first."""
        found = Sources()
        return replace(found, variables={**found.variables, **self.secrets})
