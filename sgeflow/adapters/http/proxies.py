"""The proxy for an endpoint: the endpoint's own, or the one in the machine's variables.

Both are used with CONNECT, whatever the scheme of the address. So bytes for the endpoint are
counted as on a direct connection, and the proxy cannot read them.
"""

import base64
import re
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment

from msgspec import Struct

from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.adapters.secrets import Secret
from sgeflow.errors import CredentialsError, Id
from sgeflow.messages import say
from sgeflow.patterns import regex

DIRECT = "none"
"""The value by which an endpoint ignores the proxy variables."""

_LOOPBACK = regex(r"localhost|127(\.[0-9]{1,3}){3}|::1|\[::1\]", re.IGNORECASE)
_SCHEME = regex(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SPOKEN = "http://"
_USUAL_PORT = 80


class Proxy(Struct, frozen=True, kw_only=True):
    """A proxy and its credentials; `source` names its setting for messages."""

    host: str
    port: int
    source: str
    authorization: Secret | None = None

    @property
    def place(self) -> str:
        """Host and port, which messages may show."""
        return f"{self.host}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go to the proxy with CONNECT."""
        known = self.authorization
        return {"Proxy-Authorization": known.reveal()} if known else {}


def proxy_of(endpoint: ResolvedEndpoint) -> Proxy | None:
    """The proxy for an endpoint; None without one, and for this machine itself.

    Raises:
        CredentialsError: the proxy's address cannot be used.
    """
    parts = urlsplit(endpoint.base_url)
    if _LOOPBACK.fullmatch(parts.hostname or "localhost"):
        return None
    if endpoint.proxy is not None:
        written = endpoint.proxy.reveal()
        own = say('`proxy` of "{endpoint}"', endpoint=endpoint.name)
        return None if written == DIRECT else _parse(written, own)
    from requests.utils import should_bypass_proxies

    named = getproxies_environment()  # variables of this machine
    for name in (parts.scheme, "all"):
        if named.get(name):
            if should_bypass_proxies(endpoint.base_url, no_proxy=named.get("no")):
                return None
            return _parse(named[name], f"{name}_proxy")
    return None


def _parse(written: str, source: str) -> Proxy:
    address = written if _SCHEME.match(written) else _SPOKEN + written
    try:
        parts = urlsplit(address)
        port = parts.port or _USUAL_PORT
    except ValueError:  # an unclosed bracket, or a port that is not a number
        parts, port = urlsplit(""), 0
    if not address.lower().startswith(_SPOKEN) or not parts.hostname or not port:
        message = say("the proxy that {source} names cannot be used", source=source)
        allowed = ("http://host:port", "http://user:password@host:port")
        raise CredentialsError.of(Id.SETTING, message, allowed=allowed)
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = Secret("Basic " + base64.b64encode(pair.encode()).decode("ascii"))
    return Proxy(host=parts.hostname, port=port, source=source, authorization=authorization)
