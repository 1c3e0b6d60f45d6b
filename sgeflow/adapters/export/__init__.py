"""Export formats for kept measures: one module for each format, named after it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from sgeflow.errors import Id, UsageError
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.core.engine.effects import Loaded
    from sgeflow.core.model import Measure, Series


class MeasureSource(Protocol):
    """Reads kept measures: the store."""

    def load(
        self, point: str, name: str, start: int | None = None, end: int | None = None
    ) -> Loaded:
        """The kept measures of a series."""

    def points(self) -> tuple[str, ...]:
        """The points with kept measures."""

    def series_of(self, point: str) -> tuple[Series, ...]:
        """The kept series of a point."""


class ExportFormat(Protocol):
    """The interface of each module in this package."""

    SUFFIX: str

    def write(
        self, path: Path, source: MeasureSource, points: Sequence[str], documents: Mapping[str, Any]
    ) -> dict[str, int]:
        """Write the whole file or nothing; return the number of documents of each type."""


def formats() -> tuple[str, ...]:
    """The names of the formats, from the files of this package."""
    return tuple(
        sorted(
            module.name
            for module in pkgutil.iter_modules(__path__)
            if not module.name.startswith("_")
        )
    )


def find_format(name: str) -> ExportFormat:
    """The format with a name.

    Raises:
        UsageError: the format is unknown.
    """
    if name not in formats():
        raise UsageError.of(
            Id.USAGE,
            say('there is no {what} "{name}"', what=say("export format"), name=name),
            allowed=formats(),
            allowed_label="formats",
        )
    return cast("ExportFormat", importlib.import_module(f"{__name__}.{name}"))


def rows(source: MeasureSource, points: Sequence[str]) -> Iterator[tuple[Series, Measure]]:
    """Every kept measure of some points, in order of point, series and start."""
    for point in points:
        for series in source.series_of(point):
            for measure in source.load(point, series.name).measures:
                yield series, measure
