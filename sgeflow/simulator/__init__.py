"""An SGE, a consent backoffice and a commune lookup on loopback, with made-up people."""

from __future__ import annotations

from sgeflow.simulator.faults import parse_faults
from sgeflow.simulator.simulator import Simulator

__all__ = ["Simulator", "parse_faults"]
