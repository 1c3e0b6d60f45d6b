"""Classifies host names: IP addresses, this machine, the simulator."""

import ipaddress

SIMULATOR_SERVER = "sgeflow-simulator"
"""The simulator's `Server` header."""


def is_address(host: str) -> bool:
    """Whether a host is an IP address, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_here(host: str) -> bool:
    """Whether a host is this machine, so that nothing leaves it."""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def is_simulator(host: str, server: str | None) -> bool:
    """Whether the server of a host is sgeflow's simulator, by its `Server` header.

    The simulator runs on this machine only, and has its own date.
    """
    return server == SIMULATOR_SERVER and is_here(host)
