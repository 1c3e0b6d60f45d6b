"""What surely proves that an order was not accepted: a short, positive list (ADR 0021).

An order that is taken for refused may be sent again, so whatever is not here proves nothing. A
code that stands in the answer decides; only an answer without one is told by its HTTP status.
"""

from __future__ import annotations

import re

from sgeflow.core.documents import FaultEntry

_FUNCTIONAL = re.compile(r"SGT4[0-9A-Z]{2,3}")  # SGE's family for what it does not carry out
_STATUSES = frozenset({401, 429})  # said instead of carrying out, and by gateways without a code
_GATEWAY = frozenset(
    {
        *range(900800, 900808),  # WSO2's throttling and
        *range(900900, 900912),  # its access control work before the back end is called
        303001,  # the back end is suspended: it is not called
    }
)
"""Numbers of WSO2. Those of its transport (1015xx) are sums that mean several things."""


def sge_refuses(code: str, entry: FaultEntry | None) -> bool:
    """Whether a code in SGE's own fault detail proves it: the catalogue's word, else its family."""
    if entry is not None and entry.refuses is not None:
        return entry.refuses
    return _FUNCTIONAL.fullmatch(code) is not None


def gateway_refuses(code: str, status: int) -> bool:
    """Whether a code of the gateway proves it; one that only repeats the status is none."""
    if code == str(status):
        return status_refuses(status)
    return code.isascii() and code.isdigit() and int(code) in _GATEWAY


def status_refuses(status: int) -> bool:
    """Whether an HTTP status alone proves it."""
    return status in _STATUSES
