"""Where an environment refers to secrets and files: what is missing or wrong is told there."""

from __future__ import annotations

from collections.abc import Iterator

from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Path
from sgeflow.errors import Location

_FILES = frozenset({"certificate", "key", "pfx", "ca"})


def setting_places(reader: Reader, path: Path) -> Iterator[tuple[str, Location]]:
    """The keys whose text refers to a secret, as `headers.apikey`, and the paths of files."""
    for place, text in reader.texts(path):
        name = ".".join(map(str, place[len(path) :]))
        if "${" in text:
            yield name, reader.at(place, key=True)
        elif name in _FILES:
            yield name, reader.at(place)
