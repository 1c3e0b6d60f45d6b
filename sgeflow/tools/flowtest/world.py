"""What a run of a flow test is answered by: all that stands behind the effects of its flow."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.documents import Operation
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.tools.flowtest.step_forms import without_places


class Surroundings(Struct, frozen=True, kw_only=True):
    """What documents say of a world, as plain data: where they say it is no part of it."""

    environment: Any  # without that of which its flows alone make something
    scenario: Any
    people: Any
    operations: Any  # as the simulator reads them
    remembering: frozenset[str]  # collections of flows, which a simulated world begins anew


class RunWorld(Struct, frozen=True, kw_only=True):
    """Where a run is: in two that are equal the same is answered to the same."""

    options: Any
    cassette: bytes | None  # that answers
    surroundings: Surroundings


def world_of(workspace: Workspace, options: Options) -> RunWorld:
    """The world that a run with some options is in, as documents and files are now."""
    cassette = options.replay
    return RunWorld(
        options=without_places(replace(options, state=None, folder=None)),
        cassette=cassette.read_bytes() if cassette and cassette.is_file() else None,
        surroundings=_surroundings(workspace, options.environment or "", options.scenario or ""),
    )


@lru_cache(maxsize=32)  # the cases of a project are in few
def _surroundings(workspace: Workspace, environment: str, scenario: str) -> Surroundings:
    catalog = workspace.catalog
    chosen = catalog.environments.get(environment)
    if chosen is not None:
        chosen = replace(chosen, title="", login="", contract_id="", settings={})
    return Surroundings(
        environment=without_places(chosen),
        scenario=without_places(catalog.scenarios.get(scenario)),
        people=without_places(catalog.people),
        operations={name: _as_simulated(one) for name, one in catalog.operations.items()},
        remembering=frozenset(f.state.collection for f in catalog.flows.values() if f.state),
    )


def _as_simulated(operation: Operation) -> Any:
    """What the simulator reads of an operation: how its requests look, and whether it orders."""
    parameters = {one.name: (one.schema, one.required) for one in operation.parameters.values()}
    return without_places((operation.kind, operation.route, operation.envelope, parameters))
