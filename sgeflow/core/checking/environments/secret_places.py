"""Where an environment refers to secrets: what is missing is told there."""

from __future__ import annotations

from collections.abc import Iterator

from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Path
from sgeflow.errors import Location


def secret_places(reader: Reader, path: Path) -> Iterator[tuple[str, Location]]:
    """The keys whose text refers to a secret, as `headers.apikey`."""
    for place, text in reader.texts(path):
        if "${" in text:
            yield ".".join(map(str, place[len(path) :])), reader.at(place, key=True)
