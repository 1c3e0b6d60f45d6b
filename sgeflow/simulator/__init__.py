"""An SGE, a consent backoffice and a commune lookup on loopback, with made-up people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sgeflow.simulator.faults import parse_faults
    from sgeflow.simulator.scenarios import SCENARIOS
    from sgeflow.simulator.simulator import Simulator

__all__ = ["SCENARIOS", "Simulator", "parse_faults"]

_ROOMS = {"SCENARIOS": "scenarios", "Simulator": "simulator", "parse_faults": "faults"}


def __getattr__(name: str) -> Any:
    # the scenarios' names are asked for by command lines that start no server
    if name not in _ROOMS:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"sgeflow.simulator.{_ROOMS[name]}"), name)
