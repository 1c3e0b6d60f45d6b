"""The transport over HTTP that a session sends by, whoever answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.adapters.secrets import SecretsInUse
from sgeflow.core.engine.ports import Transport

if TYPE_CHECKING:
    from sgeflow.adapters.state.shared_rate import SharedPace


def open_http(
    endpoints: Mapping[str, ResolvedEndpoint],
    stack: ExitStack,
    pace: SharedPace | None = None,
    *,
    instances: Mapping[str, Callable[[str], ResolvedEndpoint]] | None = None,
    secrets: SecretsInUse | None = None,
) -> Transport:
    """A transport to some endpoints, which the stack closes.

    All processes that share a `pace` keep the rates together. `instances` finds those of services
    that are many of a kind, `secrets` learns the secrets that are found on the way.
    """
    from sgeflow.adapters.http.transport import HttpTransport
    from sgeflow.version import __version__

    transport = HttpTransport(
        endpoints, agent=f"sgeflow/{__version__}", pace=pace, instances=instances, secrets=secrets
    )
    stack.callback(transport.close)
    return transport
