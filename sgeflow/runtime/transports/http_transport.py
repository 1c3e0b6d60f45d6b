"""The transports that a session sends by, over HTTP and to relays, whoever answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from msgspec import Struct

from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.adapters.secrets import SecretsInUse
from sgeflow.core.engine.ports import Leave, Transport
from sgeflow.core.model import NoAnswer, Request, Response
from sgeflow.runtime.masking import without_said_secrets, without_secrets
from sgeflow.version import __version__

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

    known = SecretsInUse() if secrets is None else secrets
    relays = {name: one for name, one in endpoints.items() if one.relay}
    transport: Transport = HttpTransport(
        {name: one for name, one in endpoints.items() if name not in relays},
        agent=f"sgeflow/{__version__}",
        pace=pace,
        instances=instances,
        secrets=known,
    )
    if relays:
        from sgeflow.adapters.mail import RelayTransport

        transport = WithRelays(transport, frozenset(relays), RelayTransport(relays, pace=pace))
    stack.callback(transport.close)
    return _Discreet(inner=transport, secrets=known)


class WithRelays:
    """A transport whose mails go another way than its other requests."""

    def __init__(self, others: Transport, relays: frozenset[str], mails: Transport) -> None:
        self._others, self._relays, self._mails = others, relays, mails

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send once, by the way that the endpoint needs."""
        way = self._mails if request.endpoint in self._relays else self._others
        return way.send(request, deadline, leave)

    def close(self) -> None:
        """Close both ways."""
        self._mails.close()
        self._others.close()


class _Discreet(Struct, frozen=True, kw_only=True):
    """A transport whose answers do not say again the secrets that they were asked with.

    So nothing that goes on from an answer can tell them: outputs, exports, what is remembered.
    """

    inner: Transport
    secrets: SecretsInUse

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        answer = self.inner.send(request, deadline, leave)
        if isinstance(answer, NoAnswer):
            return answer
        answer = without_secrets(answer, self.secrets.of([(request.endpoint, request.instance)]))
        return without_said_secrets(answer, request)

    def close(self) -> None:
        self.inner.close()
