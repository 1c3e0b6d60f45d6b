"""Declarative runner for SGE, the SOAP web services of Enedis.

The shop window for programs (docs/library.md). Nothing heavy is imported before it is used, so that
`sgeflow --version` answers at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgeflow.version import __version__

if TYPE_CHECKING:
    from sgeflow.app import (
        CallResult,
        Connection,
        Options,
        RunReport,
        Workspace,
        call,
        connect,
        open_catalog,
        resume,
        run,
        run_fleet,
    )
    from sgeflow.errors import (
        CredentialsError,
        EvaluationError,
        GuardError,
        InvalidDocuments,
        InvalidValues,
        ReplayMiss,
        SgeflowError,
        TechnicalError,
        Unsuccessful,
        UsageError,
    )

__all__ = [
    "CallResult",
    "Connection",
    "CredentialsError",
    "EvaluationError",
    "GuardError",
    "InvalidDocuments",
    "InvalidValues",
    "Options",
    "ReplayMiss",
    "RunReport",
    "SgeflowError",
    "TechnicalError",
    "Unsuccessful",
    "UsageError",
    "Workspace",
    "__version__",
    "call",
    "connect",
    "open_catalog",
    "resume",
    "run",
    "run_fleet",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from importlib import import_module

    app = import_module("sgeflow.app")
    return getattr(app if name in app.__all__ else import_module("sgeflow.errors"), name)
