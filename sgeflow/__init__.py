"""Declarative runner for SGE, the SOAP web services of Enedis.

The interface for Python programs (docs/library.md). Modules are imported when they are first used,
so that `sgeflow --version` answers at once.
"""

from __future__ import annotations

from importlib import import_module

from sgeflow.version import __version__

# type checkers take it for True; to import `typing` takes a third of the time of `--version`
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sgeflow.core.documents import Endpoint
    from sgeflow.core.engine.effects import StepBegun, StepEnded, Warn
    from sgeflow.core.model import CallRecord, Failure, Measure, RunReport
    from sgeflow.errors import (
        CredentialsError,
        EvaluationError,
        GuardError,
        InvalidDocuments,
        InvalidValues,
        Problem,
        ReplayMiss,
        SgeflowError,
        TechnicalError,
        Unsuccessful,
        UsageError,
    )
    from sgeflow.runtime.call import CallResult, call
    from sgeflow.runtime.connection import Connection, connect, windows
    from sgeflow.runtime.driver import Listener, RunStarted
    from sgeflow.runtime.named import run
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.project import Workspace, open_catalog
    from sgeflow.runtime.resume import resolve_order, resume
    from sgeflow.tools.fleet.fleet import resume_fleet, run_fleet
    from sgeflow.tools.fleet.model import Fleet
    from sgeflow.tools.fleet.results import FleetReport

_ROOMS = {
    "CallRecord": "sgeflow.core.model",
    "CallResult": "sgeflow.runtime.call",
    "Connection": "sgeflow.runtime.connection",
    "Endpoint": "sgeflow.core.documents",
    "Failure": "sgeflow.core.model",
    "Fleet": "sgeflow.tools.fleet.model",
    "FleetReport": "sgeflow.tools.fleet.results",
    "Listener": "sgeflow.runtime.driver",
    "Measure": "sgeflow.core.model",
    "Options": "sgeflow.runtime.options",
    "RunReport": "sgeflow.core.model",
    "RunStarted": "sgeflow.runtime.driver",
    "StepBegun": "sgeflow.core.engine.effects",
    "StepEnded": "sgeflow.core.engine.effects",
    "Warn": "sgeflow.core.engine.effects",
    "Workspace": "sgeflow.runtime.project",
    "call": "sgeflow.runtime.call",
    "connect": "sgeflow.runtime.connection",
    "open_catalog": "sgeflow.runtime.project",
    "resolve_order": "sgeflow.runtime.resume",
    "resume": "sgeflow.runtime.resume",
    "resume_fleet": "sgeflow.tools.fleet.fleet",
    "run": "sgeflow.runtime.named",
    "run_fleet": "sgeflow.tools.fleet.fleet",
    "windows": "sgeflow.runtime.connection",
}

__all__ = [
    "CallRecord",
    "CallResult",
    "Connection",
    "CredentialsError",
    "Endpoint",
    "EvaluationError",
    "Failure",
    "Fleet",
    "FleetReport",
    "GuardError",
    "InvalidDocuments",
    "InvalidValues",
    "Listener",
    "Measure",
    "Options",
    "Problem",
    "ReplayMiss",
    "RunReport",
    "RunStarted",
    "SgeflowError",
    "StepBegun",
    "StepEnded",
    "TechnicalError",
    "Unsuccessful",
    "UsageError",
    "Warn",
    "Workspace",
    "__version__",
    "call",
    "connect",
    "open_catalog",
    "resolve_order",
    "resume",
    "resume_fleet",
    "run",
    "run_fleet",
    "windows",
]


if not TYPE_CHECKING:  # with this function type checkers would find no misspelt name

    def __getattr__(name: str) -> Any:
        # each name imports only the modules that it needs
        if name not in __all__:  # Python itself suggests similar names
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        offered = getattr(import_module(_ROOMS.get(name, "sgeflow.errors")), name)
        import_module("sgeflow.values").have_drawn(_draw)
        return offered


def _draw(value: Any) -> str:
    """Return a value as HTML for a notebook."""
    html: str = import_module("sgeflow.tools.pages.notebook").html_of(value)
    return html


def __dir__() -> list[str]:
    return __all__
