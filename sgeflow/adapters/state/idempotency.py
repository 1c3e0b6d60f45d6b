"""Writes of a running run are done once, also when the run goes on: each under a key, its mark.

A mark stands with what the write was of, and with what it gave.
"""

from __future__ import annotations

import json
import marshal
from array import array
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import Series

DONE = "CREATE TABLE done (mark TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID"


def measures_digest(series: Series, measures: Measures) -> str:
    """What tells measures of a series from others."""
    starts, values = measures.starts.tobytes(), measures.values
    runs = tuple(map(tuple, measures.runs))
    sort = values.typecode if isinstance(values, array) else ""
    column = values.tobytes() if isinstance(values, array) else tuple(values)
    return digest_of(series.point, series.name, series.unit, starts, sort, column, runs)


def digest_of(*content: Any) -> str:
    """What tells the content of one write from another's; only ever compared in one run."""
    return blake2b(marshal.dumps(content, 2), digest_size=16).hexdigest()


def read_mark(connection: SqlConnection, mark: str, of: str) -> dict[str, Any] | None:
    """What a write with this mark and of this content gave; None when there was none."""
    return ask_mark(connection, mark, of)()


def ask_mark(connection: SqlConnection, mark: str, of: str) -> Callable[[], dict[str, Any] | None]:
    """The same, asked: what it gives has the answer, and what is asked meanwhile comes with it."""
    if not mark:
        return lambda: None
    rows = connection.execute("SELECT answer FROM done WHERE mark = ?", (mark,))

    def gave() -> dict[str, Any] | None:
        row = rows.fetchone()
        noted = json.loads(row[0]) if row else None
        counts: dict[str, Any] | None = noted["gave"] if noted and noted["of"] == of else None
        return counts

    return gave


def note_mark(connection: SqlConnection, mark: str, of: str, gave: Mapping[str, Any]) -> None:
    """Note what a write with a mark, if it has one, was of and gave."""
    if mark:
        connection.execute(
            "INSERT INTO done VALUES (?, ?) "
            "ON CONFLICT (mark) DO UPDATE SET answer = excluded.answer",
            (mark, json.dumps({"of": of, "gave": gave})),
        )
