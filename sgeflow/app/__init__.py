"""The use cases: the only room where the core, the steps and the adapters meet."""

from __future__ import annotations

from sgeflow.app.calls import CallResult, call
from sgeflow.app.runs import run
from sgeflow.app.session import Options
from sgeflow.app.workspace import Workspace, open_catalog

__all__ = ["CallResult", "Options", "Workspace", "call", "open_catalog", "run"]
