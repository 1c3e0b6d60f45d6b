"""Error recovery of flows: a document with slips in its form is read on, and its rest looked at.

What was told is let go of, or takes the form that it lacks: nothing that comes of it may be told as
a second mistake.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sgeflow.core.checking.flows.grammar import FLOW_FORM
from sgeflow.core.checking.flows.modifiers import HANDLERS, ROOTS
from sgeflow.core.checking.flows.readable_parts import lay_out
from sgeflow.core.language.mistakes.schema import complaints
from sgeflow.core.language.mistakes.slips import missing_keys, reshaped_values, wrong_values
from sgeflow.core.language.mistakes.value_suggestions import colonless
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import PARAMETER, Schema
from sgeflow.core.language.template import UNKNOWN_TEXT
from sgeflow.core.language.text import Path
from sgeflow.patterns import regex

_KEYS: Mapping[str, Any] = FLOW_FORM["properties"]
_FREE = ("title", "description", "example", "on_fault", "finally")
"""Keys of a flow: nothing else rests on them."""
_LOOSE = ("title", "when", "until", "parallel", "timeout", "undo", "retry", "poll", "on_fault")
_STAYS = ("optional", "default")  # of an input whose schema is wrong: callers ask for it
_HANDLER: Schema = HANDLERS["items"]["properties"]
_ANY_FAULT = _HANDLER["classes"]["items"]["enum"]
_OF_ENDS = {"code": "UNKNOWN", "message": "", "hint": "", "partial": False, "technical": False}
"""What an end has in the place of a value that does not fit: nothing rests on it."""
_READ = regex(r"(?<![\w.'\"$])([A-Za-z_]\w*)\.\w")  # a root, and a field of it
_ANY_COLLECTION = ""  # of which nothing is known
_CODE = _OF_ENDS["code"]
_NEUTRAL: Mapping[str, Any] = {"classes": _ANY_FAULT, "fail": {"code": _CODE, "message": ""}}


def recover(reader: Reader, verbs: Collection[str]) -> None:
    """Let go of what has been told at the top of a flow: unknown keys, wrong forms.

    An input stays, and may be anything: what reads it is no mistake.
    """
    data = reader.tree.data
    if not isinstance(data, dict):
        return
    recover_handlers(reader, (), _KEYS["on_fault"], verbs)
    if "finally" in data and not _holds(reader, "finally"):
        lay_out(reader, ("finally",), verbs)
    _keep(reader, (), [k for k in data if k in _KEYS and (k not in _FREE or _holds(reader, k))])
    stem = reader.tree.source.stem
    if reader.get(("flow",)) is None or not _holds(reader, "flow"):
        _set(reader, (), "flow", stem)
    if "state" in data and not _holds(reader, "state"):
        state = data["state"] if isinstance(data["state"], dict) else {}
        form = _KEYS["state"]["properties"]
        kept = {k: v for k, v in state.items() if k in form and isinstance(v, str)}
        _set(reader, (), "state", {"collection": _ANY_COLLECTION, "key": "${run.id}", **kept})
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


def recover_step(reader: Reader, path: Path, form: Schema, verbs: Collection[str]) -> None:
    """Let go of what has been told of a step beside its verb, which is looked at all the same."""
    keys = form["properties"]
    recover_handlers(reader, path, keys["on_fault"], verbs)
    if "foreach" in reader.get(path) and not _fits(reader, keys["foreach"], (*path, "foreach")):
        _set(reader, path, "foreach", [])  # of whose items nothing is known
    if "as" in reader.get(path) and not _fits(reader, keys["as"], (*path, "as")):
        _set(reader, path, "as", _name_of_item(reader, path))
    for place, value in list(reshaped_values(reader.tree, form, path)):
        _reshape(reader, place, value)
    for place in list(wrong_values(reader.tree, form, path)):
        if place[-1] in _OF_ENDS and len(place) > len(path) + 1:
            _set(reader, place[:-1], str(place[-1]), _OF_ENDS[str(place[-1])])
    kept = [
        key
        for key in reader.get(path)
        if key in keys and (key not in _LOOSE or _fits(reader, keys[key], (*path, key)))
    ]
    _keep(reader, path, kept)
    for place, key in list(missing_keys(reader.tree, form, UNKNOWN_TEXT, path)):
        _set(reader, place, key, UNKNOWN_TEXT)


def _reshape(reader: Reader, place: Path, value: Any) -> None:
    """Read a value of another type as what may be meant; a mapping without an id is no step."""
    if value == [reader.get(place)]:
        (only,) = value
        if not isinstance(only, dict) or "id" in only:
            reader.tree = reader.tree.with_list(place, [place])
    elif pair := colonless(reader.get(place)):
        reader.tree = reader.tree.with_pair(place, *pair)
    else:
        reader.tree = reader.tree.with_value(place, value)


def _name_of_item(reader: Reader, path: Path) -> str:
    """What the expressions of a step call an item whose `as` is no name."""
    texts = (text for _, text in reader.texts(path))
    names = {name for text in texts for name in _READ.findall(text)} - {*ROOTS}
    return min(names) if len(names) == 1 else "item"


def recover_handlers(reader: Reader, path: Path, form: Schema, verbs: Collection[str]) -> None:
    """Give the handlers of a flow or step their form: their steps and outputs are looked at."""
    handlers = reader.get((*path, "on_fault"))
    if not isinstance(handlers, list) or _fits(reader, form, (*path, "on_fault")):
        return
    for number, handler in enumerate(handlers):
        place = (*path, "on_fault", number)
        if isinstance(handler, dict):
            if "steps" in handler and not _in_form(reader, place, "steps", form):
                lay_out(reader, (*place, "steps"), verbs)
                handler = reader.get(place)  # noqa: PLW2901
            wrong = {k for k in handler if k in _HANDLER and not _in_form(reader, place, k, form)}
            recovered = {
                k: _recovered_value(k, v, wrong) for k, v in handler.items() if k in _HANDLER
            }
            reader.tree = reader.tree.with_value(place, recovered)


def _in_form(reader: Reader, place: Path, key: str, form: Schema) -> bool:
    return _fits(reader, form["items"]["properties"][key], (*place, key))


def _recovered_value(key: str, value: Any, wrong: Collection[str]) -> Any:
    """The value of a handler's key, or one that says nothing."""
    if key not in wrong:
        return value
    if key == "codes":
        listed = value if isinstance(value, list) else [value]
        return [one for one in listed if isinstance(one, str)] or [_CODE]
    return _NEUTRAL.get(key, {})


def _holds(reader: Reader, key: str) -> bool:
    return _fits(reader, _KEYS[key], (key,))


def _set(reader: Reader, path: Path, key: str, value: Any) -> None:
    reader.tree = reader.tree.with_value(path, {**reader.get(path), key: value})


def _fits(reader: Reader, schema: Mapping[str, Any], path: Path) -> bool:
    return not any(complaints(reader.tree, schema, path))


def _keep(reader: Reader, path: Path, keys: list[str]) -> None:
    """The same document with these keys of a mapping, and no others."""
    value = reader.get(path)
    if len(keys) < len(value):
        reader.tree = reader.tree.with_value(path, {key: value[key] for key in keys})
