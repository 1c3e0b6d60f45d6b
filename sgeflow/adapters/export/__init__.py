"""Files of kept measures for others: one module a format, its name is the module's."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.core.engine.effects import Loaded
    from sgeflow.core.model import Measure, Series


class MeasureSource(Protocol):
    """Where kept measures are read from: the store."""

    def load(
        self, point: str, name: str, start: int | None = None, end: int | None = None
    ) -> Loaded:
        """The kept measures of a series."""

    def points(self) -> tuple[str, ...]:
        """The points of which something is kept."""

    def series_of(self, point: str) -> tuple[Series, ...]:
        """The series that are kept of a point."""


class ExportFormat(Protocol):
    """The interface of a module of this package."""

    SUFFIX: str

    def write(
        self, path: Path, source: MeasureSource, points: Sequence[str], documents: Mapping[str, Any]
    ) -> dict[str, int]:
        """Write the file, whole or not at all; how many documents of each type it holds."""


def formats() -> tuple[str, ...]:
    """The names of the formats, by the files of this package."""
    return tuple(
        sorted(
            module.name
            for module in pkgutil.iter_modules(__path__)
            if not module.name.startswith("_")
        )
    )


def find_format(name: str) -> ExportFormat:
    """The format of a name.

    Raises:
        UsageError: there is none.
    """
    if name not in formats():
        raise UsageError(
            Problem(
                id=Id.USAGE,
                message=say('there is no {what} "{name}"', what=say("export format"), name=name),
                allowed=formats(),
                allowed_label="formats",
            )
        )
    return cast("ExportFormat", importlib.import_module(f"{__name__}.{name}"))


def rows(source: MeasureSource, points: Sequence[str]) -> Iterator[tuple[Series, Measure]]:
    """Every kept measure of some points, by point, series and start."""
    for point in points:
        for series in source.series_of(point):
            for measure in source.load(point, series.name).measures:
                yield series, measure
