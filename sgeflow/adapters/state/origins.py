"""Where the kept values of a series come from."""

from __future__ import annotations

from msgspec import Struct

from sgeflow.adapters.state.customers import key_and_end
from sgeflow.adapters.state.last_writers import last_author, measures_at
from sgeflow.adapters.state.measures.reading import files_of
from sgeflow.adapters.state.open import OpenDatabase


class SeriesOrigin(Struct, frozen=True, kw_only=True):
    """The run that wrote last to a series, empty for none, and the files that gave values of it."""

    run: str
    files: tuple[str, ...]


class Origins(OpenDatabase):
    """What a store tells of where its values come from."""

    def origin_of(self, point: str, series: str, customer: int | None = None) -> SeriesOrigin:
        """Who gave a series of a point's customer what is kept of it."""
        with self._database.reading() as connection:
            key, _ = key_and_end(connection, point, customer)
            files = files_of(connection, key, series)
            run = last_author(connection, f"{measures_at(key)}{series}")
        return SeriesOrigin(run=run, files=files)
