"""Plain data for programs: JSON, YAML, CSV, and XML as it was received."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from sgeflow.core.cells import without_formula
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say

TableRows = list[Mapping[str, Any]]


def to_json(value: Any) -> str:
    """Indented JSON; what JSON has no type for becomes text."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    try:
        return msgspec.json.format(text)  # `json` indents ten times slower
    except ValueError:  # an infinity, or half a character: none of JSON
        return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def to_yaml(value: Any) -> str:
    """YAML in which texts that look like numbers are quoted, as point ids must be."""
    import yaml

    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    plain = json.loads(json.dumps(value, default=str))
    text: str = yaml.dump(plain, Dumper=dumper, allow_unicode=True, sort_keys=False, width=100)
    return text


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """A line a row, the columns in the order in which they first appear.

    A text that a spreadsheet would compute has an apostrophe before it.
    """
    import csv
    import io

    columns = list(dict.fromkeys(key for row in rows for key in row))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(map(_cell, columns))
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return file.getvalue()


def to_xml(body: bytes) -> str:
    """XML as it was received, indented; what is no XML stays as it came."""
    from lxml import etree

    from sgeflow.core.soap.xml import SAFE_PARSING

    parser = etree.XMLParser(**SAFE_PARSING, remove_blank_text=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return body.decode(errors="replace")
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")


def rows_of(outputs: Mapping[str, Any], name: str = "") -> TableRows:
    """The one list of objects among outputs, or the named one; without any, one row of values.

    Raises:
        UsageError: the name is not that of a list, or there are several and none was named.
    """
    lists = {key: value for key, value in outputs.items() if is_rows(value)}
    if name:
        if name in lists or outputs.get(name) == []:
            return list(outputs[name])
        raise UsageError(_not_a_list(name, lists))
    if len(lists) > 1:
        raise UsageError(several(lists))
    if lists:
        return list(*lists.values())
    scalars = {k: v for k, v in outputs.items() if not isinstance(v, list | dict)}
    return [] if any(value == [] for value in outputs.values()) else [scalars]


def is_rows(value: Any) -> bool:
    """Whether a value is a list of objects."""
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)


def text_of(value: Any) -> str:
    """A value in a cell: text as it is, true and false as YAML writes them, the rest as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _cell(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    # the writer leaves a lone CR unquoted, and readers would end the line there
    return without_formula(text_of(value)).replace("\r\n", "\n").replace("\r", "\n")


def several(lists: Iterable[str], label: str = "choose with --path") -> Problem:
    """That several lists cannot become one table."""
    return Problem(
        id=Id.USAGE,
        message=say("several outputs are lists; CSV holds one of them"),
        allowed=tuple(lists),
        allowed_label=label,
    )


def _not_a_list(name: str, lists: Mapping[str, Any]) -> Problem:
    return Problem(
        id=Id.USAGE,
        message=say('the output "{name}" is not a list of objects', name=name),
        allowed=tuple(lists),
        allowed_label="lists",
    )
