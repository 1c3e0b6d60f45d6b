"""What the cases of a homologation came to, as files: one module a format."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast


class ReportFormat(Protocol):
    """The interface of a module of this package."""

    def write(self, path: Path, document: Mapping[str, Any]) -> dict[str, int]:
        """Write the file, whole or not at all; how many cases there are, and by verdict."""


def find_format(name: str) -> ReportFormat:
    """The format of a name, csv or html; other names are refused where flows are checked."""
    return cast("ReportFormat", importlib.import_module(f"{__name__}.{name}"))


def count_verdicts(document: Mapping[str, Any]) -> dict[str, int]:
    """The counts of a document: cases, and those of each verdict."""
    names = ("cases", "pass", "fail", "stale", "skipped")
    return {name: int(document[name]) for name in names}


def period(document: Mapping[str, Any]) -> tuple[str, str]:
    """When the first case was sent, and when the last."""
    times = [row["time"] for row in document["rows"]]
    return min(times, default=""), max(times, default="")
