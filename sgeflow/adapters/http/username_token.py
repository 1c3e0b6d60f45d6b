"""Fills a service's user and password into an envelope: the UsernameToken of WS-Security."""

import base64
import hashlib
import secrets
from datetime import UTC, datetime

from sgeflow.adapters.secrets import Secret
from sgeflow.core.soap.envelope import escape_value, place_to_fill

_NONCE = 16  # bytes


def fill(body: bytes, user: str, password: Secret) -> tuple[bytes, tuple[Secret, ...]]:
    """A body with the places filled, and its secrets; each call has a new nonce and timestamp."""
    clear, nonce = password.reveal(), secrets.token_bytes(_NONCE)
    created = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    # the profile prescribes SHA-1
    digest = hashlib.sha1(nonce + created.encode() + clear.encode(), usedforsecurity=False)
    texts = {
        "username": user,
        "password": clear,
        "password_digest": base64.b64encode(digest.digest()).decode(),
        "nonce": base64.b64encode(nonce).decode(),
        "created": created,
    }
    for name, text in texts.items():
        body = body.replace(place_to_fill(name).encode(), escape_value(text, name).encode())
    hidden = ("password", "password_digest", "nonce")
    return body, tuple(Secret(texts[name]) for name in hidden)
