"""Reads on in a flow whose document has slips at its top, so that its steps are looked at too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.checking.flows.grammar import FLOW_FORM
from sgeflow.core.language.mistakes.schema import complaints
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import PARAMETER
from sgeflow.core.language.text import Path

_KEYS: Mapping[str, Any] = FLOW_FORM["properties"]
_TEXTS = ("title", "description")  # nothing in the flow reads them
_STAYS = ("optional", "default")  # of an input whose schema is wrong: callers ask for it


def mend(reader: Reader) -> None:
    """Let go of what has been told: unknown keys, schemas of inputs, outputs that are none.

    An input stays, and may be anything: what reads it is no mistake.
    """
    data = reader.tree.data
    if not isinstance(data, dict):
        return
    texts = {key for key in _TEXTS if key in data and not _fits(reader, _KEYS[key], (key,))}
    _keep(reader, (), [key for key in data if key in _KEYS and key not in texts])
    inputs, outputs = data.get("inputs"), data.get("outputs")
    for name, schema in inputs.items() if isinstance(inputs, dict) else ():
        if not _fits(reader, PARAMETER, ("inputs", name)):
            kept = {} if not isinstance(schema, dict) else schema
            value = {key: kept[key] for key in _STAYS if key in kept}
            reader.tree = reader.tree.with_value(("inputs", name), value)
            if not _fits(reader, PARAMETER, ("inputs", name)):
                reader.tree = reader.tree.with_value(("inputs", name), {})
    if isinstance(outputs, dict):
        form = _KEYS["outputs"]["additionalProperties"]
        _keep(reader, ("outputs",), [n for n in outputs if _fits(reader, form, ("outputs", n))])


def _fits(reader: Reader, schema: Mapping[str, Any], path: Path) -> bool:
    return not any(complaints(reader.tree, schema, path))


def _keep(reader: Reader, path: Path, keys: list[str]) -> None:
    """The same document with these keys of a mapping, and no others."""
    value = reader.get(path)
    if len(keys) < len(value):
        reader.tree = reader.tree.with_value(path, {key: value[key] for key in keys})
