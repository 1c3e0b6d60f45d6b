"""requests' adapter for one endpoint: our TLS, our connections, and nothing added to a call."""

from __future__ import annotations

import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from sgeflow.adapters.http.connections import EncryptedPool, PlainPool
from sgeflow.adapters.http.proxies import Proxy


class EndpointAdapter(HTTPAdapter):
    """requests' adapter, for one host, with our TLS, our connections and no second opinion."""

    def __init__(
        self, context: ssl.SSLContext | None, connections: int, proxy: Proxy | None = None
    ) -> None:
        self._proxy = proxy
        self._tls = {"ssl_context": context} if context else {}
        self._pool: Any = None
        super().__init__(pool_connections=1, pool_maxsize=connections)

    def init_poolmanager(self, connections: int, maxsize: int, *args: Any, **named: Any) -> None:
        """Pools of connections that are watched, with our TLS."""
        named |= self._tls
        super().init_poolmanager(connections, maxsize, *args, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": EncryptedPool}

    def get_connection_with_tls_context(self, request: Any, *_args: Any, **_named: Any) -> Any:
        """The one pool: there is one host."""
        if self._pool is None:
            pool = self.poolmanager.connection_from_url(request.url)
            pool.proxy_on_the_way = self._proxy
            self._pool = pool
        return self._pool

    def cert_verify(self, *_args: Any) -> None:
        """Not asked: it would add the public authorities to a private one."""

    def add_headers(self, *_args: Any, **_named: Any) -> None:
        """Not asked: all headers are in the prepared request."""

    def build_response(self, req: Any, resp: Any) -> requests.Response:  # noqa: ARG002
        """The reply as urllib3 has it; nothing of it is read here."""
        response = requests.Response()
        response.raw = resp
        return response
