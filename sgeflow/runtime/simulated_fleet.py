"""A made-up fleet, for load tests: its rows, and that nothing is remembered of its households."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sgeflow.adapters import atomic_write
from sgeflow.core.engine.effects import key_of
from sgeflow.runtime.project import Workspace

if TYPE_CHECKING:
    from sgeflow.adapters.state.store import Store

_COLUMNS = ("pointId", "lastname", "firstname", "address", "postalCode", "city")


def fleet_text(workspace: Workspace, count: int) -> Iterator[str]:
    """The lines of the file: what flows take of a person, a household a line, always the same.

    Raises:
        InvalidDocuments: people of the simulator have mistakes.
    """
    workspace.check_usable("people")
    yield ",".join(_COLUMNS)
    for inputs in _households(workspace, count):
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(inputs[name] for name in _COLUMNS)
        yield line.getvalue()


def begin_anew(store: Store, workspace: Workspace, state: Mapping[str, Any], fleet: int) -> None:
    """A simulated world begins anew with each run, and so does what flows remember of it.

    Args:
        store: where it is remembered.
        workspace: the project whose flows remember.
        state: what they must remember of the scenario's household, by its point.
        fleet: the households of a made-up fleet that the world has beside.
    """
    if not state:
        return
    crowd = {inputs["pointId"] for inputs in _households(workspace, fleet)}
    for collection in {f.state.collection for f in workspace.catalog.flows.values() if f.state}:
        for name in crowd & store.collection(collection).keys() if crowd else ():
            store.remember(collection, name, None)
        for name, value in state.items():
            customers = store.customers_of(name)
            if len(customers) > 1:  # the account is of the customer before, who follows begins anew
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
    """Write those lines to a file.

    Raises:
        TechnicalError: it cannot be written.
        InvalidDocuments: people of the simulator have mistakes.
    """
    with atomic_write.replace_file(file) as part, part.open("w", encoding="utf-8") as text:
        text.writelines(f"{line}\n" for line in fleet_text(workspace, count))
