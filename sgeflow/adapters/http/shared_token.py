"""An access token for all processes that share a state, sealed with the client's secret.

One process requests a token while the others wait for it. The database has the token in a form that
only who knows the client's secret can read.
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from functools import cached_property
from hashlib import scrypt
from typing import TYPE_CHECKING

from sgeflow.adapters.http.rate_limit import Shared
from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint, ResolvedGrant
from sgeflow.adapters.secrets import Secret

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_POLL = 0.1  # seconds between two looks for the token that another process requests


class SharedToken:
    """The last token of a client, by the database of the rates."""

    def __init__(self, shared: Shared, endpoint: ResolvedEndpoint, grant: ResolvedGrant) -> None:
        self._shared, self._patience = shared, endpoint.limits.total_timeout
        self._client = f"{endpoint.base_url} {grant.path} {grant.client_id.reveal()}"
        self._secret = grant.client_secret
        self._sealed = ""  # the token that this process used last

    @cached_property
    def _keys(self) -> tuple[str, Fernet]:
        """The token's name in the database, and the cipher; both depend on the secret."""
        from cryptography.fernet import Fernet

        secret, salt = self._secret.reveal().encode(), self._client.encode()
        made = scrypt(secret, salt=salt, n=1 << 14, r=8, p=1, dklen=48)  # slow for who guesses
        return made[:16].hex(), Fernet(urlsafe_b64encode(made[16:]))

    def take(self, deadline: float | None) -> tuple[Secret, float] | None:
        """A token that this process has not used, and its seconds; None if it must request one."""
        name, cipher = self._keys
        while found := self._shared.claim_token(name, self._sealed, self._patience):
            sealed, seconds = found
            if sealed:
                self._sealed = sealed
                return Secret(cipher.decrypt(sealed.encode()).decode()), seconds
            if deadline is not None and time.monotonic() >= deadline:
                break  # the caller's own request ends at the same deadline
            time.sleep(_POLL)
        return None

    def keep(self, token: Secret | None, seconds: float) -> None:
        """Keep a requested token for so many seconds; None: others may request one."""
        name, cipher = self._keys
        self._sealed = cipher.encrypt(token.reveal().encode()).decode() if token else ""
        self._shared.keep_token(name, self._sealed, seconds)
