"""What can be said of secrets without saying them: their names, files, and until when they hold."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.adapters.secrets import references
from sgeflow.adapters.system_files import with_home
from sgeflow.core.documents import Endpoint, Environment
from sgeflow.tools.doctor.credential_verdicts import Token

_PARTS = 3  # of a JSON Web Token


def names(environment: Environment) -> tuple[str, ...]:
    """The names of the secrets of endpoints and delivered files, in their order."""
    referenced: dict[str, None] = {}
    for text in _texts(environment):
        referenced.update(dict.fromkeys(references(text)))
    return tuple(referenced)


def files(environment: Environment) -> Iterator[Path]:
    """The files with keys and secrets that somebody named; a container's own are left out."""
    for name in names(environment):
        if named := os.environ.get(f"{name}_FILE"):
            yield Path(named)
    for endpoint in environment.endpoints.values():
        for path in (endpoint.key or endpoint.certificate, endpoint.pfx):
            if path:
                yield with_home(path)


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


def _texts(environment: Environment) -> Iterator[str]:
    for one in environment.endpoints.values():
        yield from one.headers.values()
        settings = (one.certificate, one.key, one.key_password, one.pfx, one.ca)
        yield from (text for text in (*settings, one.basic_user, one.basic_password) if text)
        if one.oauth:
            yield from (one.oauth.client_id, one.oauth.client_secret, one.oauth.refresh_token)
    for key in environment.file_keys:
        yield key.key
        yield key.iv or ""
