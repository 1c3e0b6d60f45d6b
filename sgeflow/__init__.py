"""Declarative runner for SGE, the SOAP web services of Enedis.

The shop window: `open_catalog`, `call`, `run` and the error classes. Nothing heavy is imported
before it is used, so that `sgeflow --version` answers at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sgeflow.app import call, open_catalog, run
    from sgeflow.errors import (
        CredentialsError,
        EvaluationError,
        GuardError,
        InvalidDocuments,
        InvalidValues,
        ReplayMiss,
        SgeflowError,
        TechnicalError,
        UsageError,
    )

__version__ = "0.1.0"

__all__ = [
    "CredentialsError",
    "EvaluationError",
    "GuardError",
    "InvalidDocuments",
    "InvalidValues",
    "ReplayMiss",
    "SgeflowError",
    "TechnicalError",
    "UsageError",
    "__version__",
    "call",
    "open_catalog",
    "run",
]

_APP = frozenset({"call", "open_catalog", "run"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module("sgeflow.app" if name in _APP else "sgeflow.errors"), name)
