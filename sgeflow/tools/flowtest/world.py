"""What a run of a flow test is answered by: all that stands behind the effects of its flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.documents import Environment, Operation
from sgeflow.core.engine.step import Catalog
from sgeflow.errors import Location
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace

_NOWHERE = Location(file="", line=0, column=0)


class RunWorld(Struct, frozen=True, kw_only=True):
    """Where a run is: in two that are equal the same is answered to the same."""

    options: Options
    cassette: bytes | None  # that answers
    environment: Environment | None
    people: Mapping[str, Any]
    scenario: Any
    operations: Mapping[str, Any]  # as the simulator reads them
    remembering: frozenset[str]  # collections of flows, which a simulated world begins anew


def world_of(workspace: Workspace, options: Options) -> RunWorld:
    """The world that a run with some options is in, as documents and files are now."""
    catalog = workspace.catalog
    cassette = options.replay
    return RunWorld(
        options=replace(options, state=None, folder=None),
        cassette=cassette.read_bytes() if cassette and cassette.is_file() else None,
        environment=_outward(catalog, options.environment),
        people=dict(catalog.people),
        scenario=catalog.scenarios.get(options.scenario) if options.scenario else None,
        operations={name: _as_simulated(one) for name, one in catalog.operations.items()},
        remembering=frozenset(f.state.collection for f in catalog.flows.values() if f.state),
    )


def _outward(catalog: Catalog, name: str | None) -> Environment | None:
    """An environment without that of which its flows alone make something, and without places."""
    environment = catalog.environments.get(name) if name else None
    if environment is None:
        return None
    endpoints = {key: replace(one, places={}) for key, one in environment.endpoints.items()}
    return replace(
        environment,
        title="",
        login="",
        contract_id="",
        settings={},
        endpoints=endpoints,
        at=_NOWHERE,
    )


def _as_simulated(operation: Operation) -> Any:
    """What the simulator reads of an operation: how its requests look, and whether it orders."""
    parameters = {one.name: (one.schema, one.required) for one in operation.parameters.values()}
    return (operation.kind, operation.route, operation.envelope, parameters)
