"""Simulated environments: the simulator as a server, and files of simulated fleets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sgeflow.adapters import atomic_write
from sgeflow.adapters.variables import variables
from sgeflow.core.documents import Environment, Operation
from sgeflow.core.engine.effects import key_of
from sgeflow.core.model import DEFAULT_ENVIRONMENT, DEFAULT_SERVICE
from sgeflow.errors import Id, UsageError
from sgeflow.messages import say
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.session import moment, nothing_to_play, simulated_people

if TYPE_CHECKING:
    from sgeflow.adapters.state.store import Store

_COLUMNS = ("pointId", "lastname", "firstname", "address", "postalCode", "city")


def fleet_text(workspace: Workspace, count: int) -> Iterator[str]:
    """Yield the lines of a fleet file: the inputs of one simulated household a line.

    Raises:
        UsageError: the project has no people.
        InvalidDocuments: people of the simulator have mistakes.
    """
    workspace.check_usable("people")
    if not workspace.catalog.people:
        raise nothing_to_play()
    yield ",".join(_COLUMNS)
    for inputs in _households(workspace, count):
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(inputs[name] for name in _COLUMNS)
        yield line.getvalue()


def reset_state(store: Store, workspace: Workspace, state: Mapping[str, Any], fleet: int) -> None:
    """Reset the state of flows before a simulated run, because each simulation begins anew.

    Args:
        store: the store of the simulated environment.
        workspace: the project of the flows.
        state: the state of the scenario's household, by its point; empty if only stubs answer,
            then all is forgotten.
        fleet: the number of simulated households of a fleet, which get no state.
    """
    crowd = {inputs["pointId"] for inputs in _households(workspace, fleet)}
    for collection in {f.state.collection for f in workspace.catalog.flows.values() if f.state}:
        kept = store.collection(collection).keys() if crowd or not state else set()
        for name in crowd & kept if state else kept:
            store.remember(collection, name, None)
        for name, value in state.items():
            customers = store.customers_of(name)
            if len(customers) > 1:  # the state is that of the earlier customer
                store.remember(collection, key_of(name, customers[-2]), value)
            store.remember(collection, name, None if len(customers) > 1 else value)


def _households(workspace: Workspace, count: int) -> Iterator[Mapping[str, Any]]:
    crowds = [
        crowd
        for name in sorted(workspace.catalog.people)
        for crowd in workspace.catalog.people[name].crowds
        if crowd.count is None and crowd.first.person is not None
    ]
    for crowd in crowds[:1]:
        for number in range(1, count + 1):
            yield crowd.point(number).inputs()


def write_fleet(workspace: Workspace, count: int, file: Path) -> None:
    """Write the lines of a fleet file.

    Raises:
        TechnicalError: it cannot be written.
        UsageError: the project has no people.
        InvalidDocuments: people of the simulator have mistakes.
    """
    with atomic_write.replace_file(file) as part, part.open("w", encoding="utf-8") as text:
        text.writelines(f"{line}\n" for line in fleet_text(workspace, count))


class Address(Struct, frozen=True, kw_only=True):
    """The addresses of a running simulator, with an example of a path and a header."""

    sge: str
    backoffice: str
    communes: str
    token_path: str  # of Data Connect
    client: str  # the id and the secret of Data Connect's client
    path: str  # of one operation, as an example
    header: str
    point: str
    scenario: str
    scenario_title: str
    today: str
    generation: str


@contextmanager
def simulation(
    workspace: Workspace,
    generation: str,
    port: int,
    options: Options,
    authority: Path | None = None,
    client: Path | None = None,
) -> Iterator[Address]:
    """Run the simulator on loopback while the block runs.

    With a file for the `authority` it speaks HTTPS, and writes its new authority to the file. With
    a file for the `client` it requires a client certificate, and writes it there with its key.

    Raises:
        UsageError: the scenario, generation or faults are unknown, the port is in use, or the
            library that makes certificates is missing.
        TechnicalError: a file cannot be written.
    """
    environments = workspace.catalog.environments.values()
    simulated = [e for e in environments if e.simulated and DEFAULT_SERVICE in e.endpoints]
    environment = next((e for e in simulated if e.generation == generation), None)
    if not simulated or not workspace.catalog.people:
        raise nothing_to_play()
    if environment is None:
        message = say(
            'there is no simulated environment of the generation "{generation}"',
            generation=generation,
        )
        known = tuple(sorted({e.generation for e in simulated}))
        raise UsageError.of(Id.USAGE, message, allowed=known, allowed_label="generations")
    from sgeflow.simulator.services.data_connect import CLIENT, TOKEN_PATH

    today = moment(options).date().isoformat()
    certificates = None
    if authority is not None:
        from sgeflow.simulator.certificates import made_up

        certificates = made_up(demand=client is not None)
        with atomic_write.replace_file(authority) as part:
            part.write_bytes(certificates.authority)
        if client is not None:
            with atomic_write.replace_file(client) as part:
                part.write_bytes(certificates.client)
    world = simulated_people(workspace, environment, today, options, certificates)
    if world is None:
        raise TypeError("a simulated environment without a simulator")
    base, endpoint = world.start(port), environment.endpoints[DEFAULT_SERVICE]
    operations = workspace.catalog.operations.values()
    path = next(filter(None, (one.route.path(endpoint.route) for one in operations)), "")
    headers = (f"{name}: {value}" for name, value in endpoint.headers.items())
    try:
        yield Address(
            sge=base,
            backoffice=f"{base}/backoffice",
            communes=f"{base}/communes",
            token_path=TOKEN_PATH,
            client=CLIENT,
            path=f"/{path.lstrip('/')}",
            header=next(headers, ""),
            point=world.household["pointId"],
            scenario=world.scenario.name,
            scenario_title=world.scenario.title,
            today=today,
            generation=generation,
        )
    finally:
        world.stop()


def environment_to_try(workspace: Workspace, operation: Operation | None = None) -> str | None:
    """Return the simulated environment to name in an example of an operation, or of any flow.

    None if the usual environment is simulated and suits, or if no simulated one suits.
    """
    environments = workspace.catalog.environments
    usual = environments.get(variables().env or DEFAULT_ENVIRONMENT)
    if usual is not None and _can_try(usual, operation):
        return None
    names = sorted(environments, key=lambda name: name != DEFAULT_ENVIRONMENT)  # the default first
    return next((name for name in names if _can_try(environments[name], operation)), None)


def _can_try(environment: Environment, operation: Operation | None) -> bool:
    service = operation.route.service if operation else DEFAULT_SERVICE
    endpoint, rest = environment.endpoints.get(service), operation.rest if operation else None
    if not environment.simulated:
        return False
    if rest is not None and rest.service in environment.endpoints:
        return True
    return endpoint is not None and (
        operation is None or operation.route.path(endpoint.route) is not None
    )
