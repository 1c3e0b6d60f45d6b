"""The rows of a made-up fleet, for load tests: the households that the simulator plays for it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from sgeflow.adapters import atomic_write
from sgeflow.runtime.project import Workspace

_COLUMNS = ("pointId", "lastname", "firstname", "address", "postalCode", "city")


def fleet_text(workspace: Workspace, count: int) -> Iterator[str]:
    """The lines of the file: what flows take of a person, a household a line, always the same.

    Raises:
        InvalidDocuments: people of the simulator have mistakes.
    """
    workspace.check_usable("people")
    yield ",".join(_COLUMNS)
    crowds = [
        crowd
        for name in sorted(workspace.catalog.people)
        for crowd in workspace.catalog.people[name].crowds
        if crowd.count is None and crowd.first.person is not None
    ]
    for crowd in crowds[:1]:
        for number in range(1, count + 1):
            inputs = crowd.point(number).inputs()
            line = io.StringIO()
            csv.writer(line, lineterminator="").writerow(inputs[name] for name in _COLUMNS)
            yield line.getvalue()


def write_fleet(workspace: Workspace, count: int, file: Path) -> None:
    """Write those lines to a file.

    Raises:
        TechnicalError: it cannot be written.
        InvalidDocuments: people of the simulator have mistakes.
    """
    with atomic_write.replace_file(file) as part, part.open("w", encoding="utf-8") as text:
        text.writelines(f"{line}\n" for line in fleet_text(workspace, count))
