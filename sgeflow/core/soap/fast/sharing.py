"""Equal texts of a long reply as one object."""

from __future__ import annotations

from collections.abc import Mapping

from sgeflow.core.language.rows import Cell, Column


class Sharing:
    """Gives equal texts of a column one object: a year of `PT30M` is one string.

    A column whose texts are nearly all new, as time stamps are, is left alone from then on.
    """

    _NEW = 0.9

    def __init__(self) -> None:
        self._known: dict[str, dict[Cell, Cell] | None] = {}
        self._seen: dict[str, int] = {}

    def apply(self, columns: Mapping[str, Column]) -> dict[str, Column]:
        """The same columns, their texts shared with those of earlier calls."""
        return {name: self._share(name, column) for name, column in columns.items()}

    def _share(self, name: str, column: Column) -> Column:
        known = self._known.setdefault(name, {})
        if known is None:
            return column
        shared = tuple(map(known.setdefault, column, column))
        self._seen[name] = self._seen.get(name, 0) + len(column)
        if len(known) > self._seen[name] * self._NEW:
            self._known[name] = None
        return shared
