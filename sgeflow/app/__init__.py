"""The use cases: the only room where the core, the steps and the adapters meet."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sgeflow.app.calls import CallResult, call
    from sgeflow.app.connection import Connection, connect
    from sgeflow.app.fleets import run_fleet
    from sgeflow.app.options import Options
    from sgeflow.app.resuming import resume
    from sgeflow.app.runs import run
    from sgeflow.app.workspace import Workspace, open_catalog
    from sgeflow.core.model import RunReport

_ROOMS = {
    "CallResult": "sgeflow.app.calls",
    "Connection": "sgeflow.app.connection",
    "Options": "sgeflow.app.options",
    "RunReport": "sgeflow.core.model",
    "Workspace": "sgeflow.app.workspace",
    "call": "sgeflow.app.calls",
    "connect": "sgeflow.app.connection",
    "open_catalog": "sgeflow.app.workspace",
    "resume": "sgeflow.app.resuming",
    "run": "sgeflow.app.runs",
    "run_fleet": "sgeflow.app.fleets",
}

__all__ = [
    "CallResult",
    "Connection",
    "Options",
    "RunReport",
    "Workspace",
    "call",
    "connect",
    "open_catalog",
    "resume",
    "run",
    "run_fleet",
]


def __getattr__(name: str) -> Any:
    # a call needs no flows and a list no network: each use case brings what it needs
    if name not in _ROOMS:
        raise AttributeError(name)
    return getattr(import_module(_ROOMS[name]), name)
