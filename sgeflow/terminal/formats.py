"""Output formats for programs: JSON, YAML, CSV, and XML as received."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from sgeflow.core.cells import without_formula
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say

TableRows = list[Mapping[str, Any]]


def to_json(value: Any) -> str:
    """Return a value as indented JSON; a type that JSON does not have becomes text."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    try:
        return msgspec.json.format(text)  # `json` indents ten times slower
    except ValueError:  # infinities and lone surrogates are not valid JSON
        return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def to_yaml(value: Any) -> str:
    """Return a value as YAML; a text that looks like a number, such as a point id, is quoted."""
    import yaml

    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    plain = json.loads(json.dumps(value, default=str))
    text: str = yaml.dump(plain, Dumper=dumper, allow_unicode=True, sort_keys=False, width=100)
    return text


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV; columns are in the order in which they first appear.

    A text that a spreadsheet would evaluate as a formula is prefixed with an apostrophe.
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
    """Return a body as indented XML, or as plain text if it cannot be parsed."""
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
    """Return the list of objects among outputs: the named one, or the only one.

    Without any list, the single values are one row.

    Raises:
        UsageError: the name is not that of a list, or several lists exist and no name is given.
    """
    lists = {key: value for key, value in outputs.items() if is_rows(value)}
    if name:
        if name in lists or outputs.get(name) == []:
            return list(outputs[name])
        raise UsageError.of(
            Id.USAGE,
            say('the output "{name}" is not a list of objects', name=name),
            allowed=tuple(lists),
            allowed_label="lists",
        )
    if len(lists) > 1:
        raise UsageError(several(lists))
    if lists:
        return list(*lists.values())
    scalars = {k: v for k, v in outputs.items() if not isinstance(v, list | dict)}
    return [] if any(value == [] for value in outputs.values()) else [scalars]


def is_rows(value: Any) -> bool:
    """Return whether a value is a list of objects that is not empty."""
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)


def text_of(value: Any) -> str:
    """Return the text of a cell: a text unchanged, None as an empty text, the rest as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _cell(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    # Python's CSV writer does not quote a lone CR, and readers would end the line there.
    return without_formula(text_of(value)).replace("\r\n", "\n").replace("\r", "\n")


def several(lists: Iterable[str], label: str = "choose with --path") -> Problem:
    """Return the problem of several lists, of which CSV can hold only one."""
    return Problem(
        id=Id.USAGE,
        message=say("several outputs are lists; CSV holds one of them"),
        allowed=tuple(lists),
        allowed_label=label,
    )
