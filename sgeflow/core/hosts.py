"""Hosts, by their name alone: whether one is a number, this machine itself, or our simulator."""

from __future__ import annotations

import ipaddress

SIMULATOR_SERVER = "sgeflow-simulator"
"""The simulator's `Server` header."""


def is_address(host: str) -> bool:
    """Whether a host is an address, and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_here(host: str) -> bool:
    """Whether a host is this machine itself: what is sent there is on no wire."""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def is_simulator(host: str, server: str | None) -> bool:
    """Whether who answers on a host is sgeflow's simulator, by its `Server`.

    It listens on this machine alone, and its day is not the machine's.
    """
    return server == SIMULATOR_SERVER and is_here(host)
