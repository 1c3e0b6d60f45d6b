"""What can be said of tokens without saying them: until when they hold."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.adapters.secrets import references
from sgeflow.core.documents import Endpoint
from sgeflow.tools.doctor.credential_verdicts import Token

_PARTS = 3  # of a JSON Web Token


def tokens(declared: Endpoint, resolved: ResolvedEndpoint) -> Iterator[Token]:
    """What is known of each header that carries a secret."""
    for header, text in declared.headers.items():
        if references(text):
            value = resolved.headers[header].reveal()
            yield _token(header, value)


def _token(header: str, value: str) -> Token:
    word = value.removeprefix("Bearer ").removeprefix("bearer ")
    claims = _claims(word)
    return Token(
        header=header,
        begins=_moment(claims.get("nbf")),
        ends=_moment(claims.get("exp")),
        padded=word != word.strip(" \t\"'") or "Bearer " in word,
    )


def _claims(word: str) -> Mapping[str, Any]:
    """What a JSON Web Token says of itself; nothing for any other token."""
    parts = word.split(".")
    if len(parts) != _PARTS:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _moment(seconds: Any) -> datetime | None:
    if not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
