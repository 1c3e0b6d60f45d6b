"""The use cases: the only room where the core, the steps and the adapters meet."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sgeflow.app.calls import CallResult, call
    from sgeflow.app.options import Options
    from sgeflow.app.runs import run
    from sgeflow.app.workspace import Workspace, open_catalog

__all__ = ["CallResult", "Options", "Workspace", "call", "open_catalog", "run"]

_ROOMS = {
    "CallResult": "calls",
    "Options": "options",
    "Workspace": "workspace",
    "call": "calls",
    "open_catalog": "workspace",
    "run": "runs",
}


def __getattr__(name: str) -> Any:
    # a call needs no flows and a list no network: each use case brings what it needs
    if name not in _ROOMS:
        raise AttributeError(name)
    return getattr(import_module(f"sgeflow.app.{_ROOMS[name]}"), name)
