"""Simulated SGE, Data Connect, consents and commune lookup on loopback, with made-up people."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sgeflow.simulator.faults import parse_faults as parse_faults
    from sgeflow.simulator.simulator import Simulator as Simulator

__all__ = ["Simulator", "parse_faults"]

_ROOMS = {
    "Simulator": "sgeflow.simulator.simulator",
    "parse_faults": "sgeflow.simulator.faults",
}


def __getattr__(name: str) -> Any:
    # where nothing is simulated, the check of documents still asks for the form of faults
    if name not in _ROOMS:
        raise AttributeError(name)
    return getattr(import_module(_ROOMS[name]), name)
