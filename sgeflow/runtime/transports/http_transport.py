"""The transport over HTTP that a session sends by, whoever answers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from sgeflow.adapters.secrets import ResolvedEndpoint
from sgeflow.core.engine.ports import Transport

if TYPE_CHECKING:
    from sgeflow.adapters.state.shared_rate import SharedPace


def open_http(
    endpoints: Mapping[str, ResolvedEndpoint], stack: ExitStack, pace: SharedPace | None = None
) -> Transport:
    """A transport to some endpoints, which the stack closes.

    All processes that share a `pace` keep the rates together.
    """
    from sgeflow.adapters.http.transport import HttpTransport
    from sgeflow.version import __version__

    transport = HttpTransport(endpoints, agent=f"sgeflow/{__version__}", pace=pace)
    stack.callback(transport.close)
    return transport
