"""Hosts, by their name alone: whether one is a number, and whether it is this machine itself."""

from __future__ import annotations

import ipaddress


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
