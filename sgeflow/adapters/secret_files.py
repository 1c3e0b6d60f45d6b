"""The secrets that an environment names: what they are called, and the files they lie in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sgeflow.adapters.secrets import references
from sgeflow.adapters.system_files import with_home
from sgeflow.core.documents import Endpoint, Environment


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
                yield _path(endpoint, path)


def read_files(environment: Environment) -> Iterator[Path]:
    """All files that an environment reads: keys, secrets and certificates."""
    yield from files(environment)
    for endpoint in environment.endpoints.values():
        for path in (endpoint.certificate, endpoint.ca):
            if path:
                yield _path(endpoint, path)


def _path(endpoint: Endpoint, text: str) -> Path:
    return Path(endpoint.folder) / with_home(text)


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
