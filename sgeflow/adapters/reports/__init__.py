"""Report formats for the results of homologation cases: one module for each format."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast


class ReportFormat(Protocol):
    """The interface of each module in this package."""

    def write(self, path: Path, document: Mapping[str, Any]) -> dict[str, int]:
        """Write the whole file or nothing; return the number of cases, in all and by verdict."""


def find_format(name: str) -> ReportFormat:
    """The format with a name, csv or html; the check of flows refuses other names."""
    return cast("ReportFormat", importlib.import_module(f"{__name__}.{name}"))


def count_verdicts(document: Mapping[str, Any]) -> dict[str, int]:
    """The number of cases in a document, in all and by verdict."""
    names = ("cases", "pass", "fail", "stale", "skipped")
    return {name: int(document[name]) for name in names}
