"""Where an environment refers to secrets: what is missing is told there."""

from __future__ import annotations

from collections.abc import Iterator

from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Path
from sgeflow.errors import Location


def secret_places(reader: Reader, path: Path, within: Path = ()) -> Iterator[tuple[str, Location]]:
    """The keys whose text refers to a secret, as `headers.apikey`."""
    value = reader.get((*path, *within))
    if isinstance(value, dict):
        for name in value:
            yield from secret_places(reader, path, (*within, name))
    elif isinstance(value, str) and "${" in value:
        yield ".".join(map(str, within)), reader.at((*path, *within), key=True)
