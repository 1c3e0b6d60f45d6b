"""The fixture's simulator over HTTP, with its environment, people and clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.engine.step import Library
from sgeflow.core.model import DEFAULT_ENVIRONMENT, SIMULATOR
from sgeflow.runtime.connection import Connection, connect
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Bindings, Workspace, open_catalog
from sgeflow.runtime.session import moment
from sgeflow.simulator.simulator import Simulator

ENVIRONMENT = "pytest"
"""The name of the environment whose services are the simulator over HTTP."""


class SimulatedSge(Struct, frozen=True, kw_only=True):
    """What the fixture `sgeflow_simulator` gives.

    Attributes:
        simulator: its people (`household`), its log (`requests`, `orders`), its clock
            (`pass_days`) and its faults (`meet`, `calm`).
        workspace: the project of the current folder, with the environment of the simulator.
        options: the environment and a state of the test's own.
    """

    simulator: Simulator
    workspace: Workspace
    options: Options

    def connect(self) -> Connection:
        """Return a connection to the simulator; use it in `with`, or close it."""
        return connect(self.workspace, options=self.options)


@contextmanager
def simulated_sge(state: Path, today: str | None = None, **settings: Any) -> Iterator[SimulatedSge]:
    """Run a simulator while the block runs; the settings are those of `Simulator`."""
    project = open_catalog()
    inside = project.environment(DEFAULT_ENVIRONMENT)
    settings = {"generation": inside.generation, **settings}
    day = moment(Options(today=today)).date()
    with Simulator(project, today=day, **settings) as simulator:
        endpoints = {  # relays are left out: no mail leaves
            name: replace(one, base_url=simulator.base_url + one.base_url.removeprefix(SIMULATOR))
            for name, one in inside.endpoints.items()
            if one.is_simulated
        }
        environment = replace(
            inside,
            name=ENVIRONMENT,
            simulated=False,
            endpoints=endpoints,
            inputs={**simulator.household, **inside.inputs},
        )
        environments = {**project.catalog.environments, ENVIRONMENT: environment}
        catalog = replace(project.catalog, environments=environments)
        library = Library(catalog=catalog, bindings=Bindings(catalog))
        yield SimulatedSge(
            simulator=simulator,
            workspace=replace(project, catalog=catalog, library=library),
            options=Options(environment=ENVIRONMENT, today=today, state=state),
        )
