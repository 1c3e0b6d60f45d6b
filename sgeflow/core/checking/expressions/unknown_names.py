"""Names that an expression reads and nobody gives: why there is none, and what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sgeflow.core.checking.expressions.hints import literal_hint, rooted_at
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.shapes import Shape, Sort, known_in, no_such, words_of
from sgeflow.errors import Id
from sgeflow.messages import Message, from_table, say

Unknown = tuple[Id, Message, dict[str, Any]]  # what is wrong, and more of the problem
_ABSENT = {
    "state": say("the flow declares no state"),
    "this": say("this is read in until, poll and undo"),
    "fault": say("fault is read in on_fault"),
}
_SETTINGS = say(
    "env is the environment's document, no variables of the machine: "
    "put the value under its settings, or make it an input"
)


def no_field(name: str, shape: Shape, known: Known, *, quoted: bool) -> Iterator[Unknown]:
    """That a value has no field of a name; `quoted` if it is written in double quotes."""
    if shape.fields is known.roots:
        yield _no_root(name, known, quoted=quoted)
    elif shape.origin == "steps" and name in known.later:
        message = say('step "{name}" is read before it runs', name=name)
        yield Id.NOT_YET, message, {"note": say("steps are read after they ran")}
    elif name in shape.partial:
        message = say('not every alternative has "{name}"', name=name)
        note = say("what several alternatives give is what all of them have")
        yield Id.UNKNOWN_FIELD, message, {"note": note}
    elif shape.sort is not Sort.OBJECT:
        message = say('"{name}" is read of {words}', name=name, words=words_of(shape))
        is_list = shape.sort is Sort.LIST
        how = say("take the items of a list with [] or one with [0]") if is_list else ""
        yield Id.UNKNOWN_FIELD, message, {"note": how}
    else:
        names = tuple(shape.fields)
        note, word = _outside(name, shape, known, quoted=quoted)
        more = {
            "allowed": () if word else names,
            "suggestion": word if note else closest(name, names),
            "note": note,
        }
        label = known_in(shape.origin)
        yield Id.UNKNOWN_FIELD, no_such(name, shape.origin), {**more, "allowed_label": label}


def _outside(name: str, shape: Shape, known: Known, *, quoted: bool) -> tuple[Message, str]:
    """Why a name that belongs elsewhere is none here, and the word that was meant."""
    if quoted:
        return say("text stands in single quotes"), f"'{name}'"
    inputs = known.roots.get("inputs")
    if shape.origin == "env" and inputs is not None and name in inputs.fields:
        return say("it is an input of the flow: inputs.{name}", name=name), ""
    if shape.origin == "env" and name.isupper():
        return _SETTINGS, ""
    if name in known.roots and shape.origin != "steps":
        return say(
            "fields of the value before it alone are read there; "
            "to compare with something from outside: having(list, {{field: {name}.…}})",
            name=name,
        ), ""
    return from_table(""), ""


def guard_of(name: str) -> Message:
    """How a step that does not always run is read."""
    return say(
        "guard it: present(steps.{name}) && … in a condition, "
        "if(present(steps.{name}), …, null) or default(steps.{name}.…, …) in a value",
        name=name,
    )


def _no_root(name: str, known: Known, *, quoted: bool) -> Unknown:
    if name == "secret":
        note = say("secrets stand in environments alone, as ${{secret.NAME}}")
        return Id.SECRET, say("a secret may not be read here"), {"note": note}
    rooted, names = rooted_at(name, known.roots), tuple(known.roots)
    note, word = literal_hint(name, quoted=quoted)
    suggestion = word or rooted or ("" if name in _ABSENT else closest(name, names))
    if not suggestion and name not in _ABSENT:
        note = say("text stands in single quotes: '{text}'", text=name)
    more = {
        "allowed": () if word else names,
        "allowed_label": "an expression starts from",
        "suggestion": suggestion,
        "note": _ABSENT.get(name, note),
    }
    return Id.UNKNOWN_ROOT, say('unknown name "{name}"', name=name), more
