"""Parquet: the CSV export as typed columns, compressed; needs the extra `parquet`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sgeflow.adapters.atomic_write import replace_file, unwritable
from sgeflow.adapters.export import MeasureSource
from sgeflow.adapters.export.csv import table
from sgeflow.adapters.extras import install_command
from sgeflow.errors import Id, UsageError
from sgeflow.messages import say

SUFFIX = ".parquet"
_TYPES = (
    "{'point': 'VARCHAR', 'series': 'VARCHAR', 'start': 'TIMESTAMPTZ', 'step': 'INTEGER', "
    "'value': 'DOUBLE', 'unit': 'VARCHAR', 'nature': 'VARCHAR'}"
)


def write(
    path: Path, source: MeasureSource, points: Sequence[str], documents: Mapping[str, Any]
) -> dict[str, int]:
    """Write the measures and return counts by series; other documents do not fit into a table.

    Raises:
        UsageError: DuckDB, which writes the file, is not installed.
    """
    del documents
    try:
        import duckdb
    except ImportError:
        raise UsageError.of(
            Id.USAGE,
            say("the parquet format needs DuckDB, which is not installed"),
            details=(("remedy", install_command("parquet")),),
            note=say("or choose csv or jsonl"),
        ) from None
    with replace_file(path) as part, NamedTemporaryFile(dir=part.parent, suffix=".csv") as file:
        lines = Path(file.name)
        counts = table(lines, source, points)
        try:
            with duckdb.connect(":memory:") as connection:
                connection.execute(
                    f"COPY (SELECT * FROM read_csv({_sql_path(lines)}, header = true, "  # noqa: S608
                    f"columns = {_TYPES})) TO {_sql_path(part)} (FORMAT parquet, COMPRESSION zstd)"
                )
        except duckdb.Error as error:
            raise unwritable(
                path, say("DuckDB failed: {error}", error=type(error).__name__)
            ) from error
    return counts


def _sql_path(path: Path) -> str:
    """A path as SQL text; COPY takes no parameters."""
    return "'" + str(path).replace("'", "''") + "'"
