"""Explains mistakes in parts of an expression, with the form that was probably meant."""

from collections.abc import Iterator, Sequence
from typing import Any

from sgeflow.core.checking.expressions.known import Known, StepNames, value_read
from sgeflow.core.language.expression import CONSTANTS, Node
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.shapes import Shape, Sort, known_in, no_such, words_of
from sgeflow.core.language.unparse import unparse
from sgeflow.errors import Id
from sgeflow.messages import Message, from_table, say, sentences
from sgeflow.patterns import regex

Parts = Sequence[Node]  # of a comparison, left and right
Mistake = tuple[Message, str]  # what is wrong, and a note
_TIMES = {"day", "instant"}  # forms of texts that can be ordered
_SIGNS = {"and_expression": "&&", "or_expression": "||", "not_expression": "!"}
_IN_A_LIST = say(
    "for one of several values: one_of(value, 'a', 'b'); for an item of a list: "
    "contains(list, value)"
)
_CAPITALS = regex(r"[A-Z][A-Z0-9_]+")


def equality_slip(parts: Parts, left: Shape, right: Shape) -> Mistake | None:
    """Why two values are never equal, because their types or forms differ; or None."""
    for shape, part in ((left, parts[-1]), (right, parts[0])):
        text = part["value"] if part["type"] == "literal" else None
        if shape.allowed and isinstance(text, str) and text not in shape.allowed:
            note = say("it is one of: {names}", names=" ".join(shape.allowed))
            return say("it is never {text}", text=f"'{text}'"), note
    sorts = {left.sort, right.sort}
    is_written = any(part["type"] == "multi_select_list" for part in parts)
    single = {Sort.NUMBER, Sort.BOOLEAN, Sort.TEXT} | ({Sort.XML} if is_written else set())
    if Sort.LIST in sorts and single & sorts:
        return say("a list can equal only a list"), _IN_A_LIST
    other = {Sort.NUMBER, Sort.BOOLEAN} & sorts
    if not other or not {Sort.XML, Sort.TEXT} & sorts:
        return None
    texts = [p["value"] for p in parts if p["type"] == "literal" and isinstance(p["value"], str)]
    words = say("a number") if Sort.NUMBER in other else say("true or false")
    hint = say("the service returns text: compare with 'text', or use to_number(…)")
    if texts and Sort.NUMBER in other:
        hint = say("write a number without quotes: {token}", token=texts[0])
    elif texts:
        hint = say("write true and false without quotes")
    return say("text never equals {words}", words=words), hint


def order_slip(parts: Parts, left: Shape, right: Shape, *, is_path: bool) -> Mistake | None:
    """Why two values cannot be ordered; or None. Numbers, days and instants can be."""
    sorts = {left.sort, right.sort} - {Sort.ANY}
    if sorts <= {Sort.NUMBER}:
        return None
    to_number = say("the service returns text: convert it with to_number(…)")
    if is_path:
        return say("< and > compare numbers only in a path through a reply"), to_number
    if not sorts <= {Sort.TEXT, Sort.XML}:
        return say("< and > compare two numbers, two days or two instants"), to_number
    for part, shape in zip(parts, (left, right), strict=True):
        if shape.allowed or (part["type"] == "literal" and shape.form not in _TIMES):
            note = say("a day is written '2025-05-15', an instant '2025-05-15T10:00:00+02:00'")
            return say("< and > compare days and instants, and no other texts"), note
    if {left.form, right.form} == _TIMES:
        note = say("date(…) is the day of an instant")
        return say("a day cannot be compared with an instant"), note
    return None


def list_slip(node: Node, shape: Shape) -> Mistake:
    """The mistake of a part that reads no list; a bare `[]` flattens all readable values."""
    if node["type"] == "flatten" and node["children"][0]["type"] == "identity":
        return say("[] is not a list here"), say("an empty list is written `[]`")
    return say("a list is needed here, not {words}", words=words_of(shape)), ""


def is_brackets(node: Node) -> bool:
    """Whether a part is a bare `[]`, which flattens the value that the expression is applied to."""
    if node["type"] != "projection" or node["children"][0]["type"] != "flatten":
        return False
    return bool(node["children"][0]["children"][0]["type"] == "identity")


def is_truth(shape: Shape) -> bool:
    """Whether a value can be true or false."""
    return shape.sort in (Sort.BOOLEAN, Sort.ANY)


def untrue(kind: str, shape: Shape) -> Mistake:
    """The mistake of a value that is not a condition, and how to make a condition of it."""
    note = say("test it with present(…)")
    if shape.sort is Sort.LIST:
        note = say("test it with !empty(…)")
    if shape.sort in (Sort.TEXT, Sort.XML):
        note = say("compare it: … == 'true', or test it with present(…)")
    sign = _SIGNS.get(kind)
    if kind in ("and_expression", "or_expression"):
        choice = say("one of two values: if(condition, a, b) or default(a, b)")
        note = sentences(note, choice, between="; ")
    sort = say("text") if shape.sort is Sort.XML else words_of(shape)
    if sign is None:
        return say("a condition must be true or false, not {seen}", seen=sort), note
    return say("{sign} takes true or false, not {seen}", sign=sign, seen=sort), note


def lacking(node: Node, shape: Shape, guarded: StepNames) -> Mistake | None:
    """The mistake of a condition that may be null, and how to test for that; or None."""
    read = value_read(node)
    if not (read and shape.may_lack and shape.sort is Sort.BOOLEAN) or guarded.issuperset(read):
        return None
    name = read[0][1:]
    note = say("default({name}, false), or present({name}) && {name}", name=name)
    return say('"{name}" may be null', name=name), note


def nothing_to_order(node: Node, shape: Shape, guarded: StepNames) -> Mistake | None:
    """The mistake of a compared value that may be null, which cannot be ordered; or None."""
    read = value_read(node)
    if not (read and shape.may_lack) or guarded.issuperset(read):
        return None
    name = unparse(node)
    note = say("present({name}) && …, or default({name}, …)", name=name)
    return say('"{name}" may be null, which cannot be compared', name=name), note


def sort_text(shape: Shape) -> str:
    """The type of a value in words, with its origin if it cannot be a number."""
    return say("text from the service") if shape.sort is Sort.XML else words_of(shape)


Unknown = tuple[Id, Message, dict[str, Any]]  # the id, the message, and more of the problem
_ABSENT = {
    "state": say("the flow declares no state"),
    "this": say("only until, repeat, poll and undo can read this"),
    "turn": say("only a step with repeat can read turn"),
    "fault": say("only on_fault can read fault"),
}
_SETTINGS = say(
    "env is the environment's document, no variables of the machine: "
    "put the value under its settings, or make it an input"
)


def no_field(
    name: str, shape: Shape, known: Known, *, quoted: bool, of_item: bool
) -> Iterator[Unknown]:
    """The problem of a field that a value does not have.

    `quoted` tells of double quotes, and `of_item` that the value is the item of a filter.
    """
    if shape.fields is known.roots:
        yield _no_root(name, known, quoted=quoted)
    elif shape.origin == "steps" and name in known.later:
        message = say('step "{name}" is read before it runs', name=name)
        yield Id.NOT_YET, message, {"note": say("steps are read after they ran")}
    elif name in shape.partial:
        message = say('not every alternative has "{name}"', name=name)
        note = say("a step may read only what all alternatives give")
        yield Id.UNKNOWN_FIELD, message, {"note": note}
    elif shape.sort is not Sort.OBJECT:
        message = say(
            'an object is needed to read "{name}", not {words}', name=name, words=words_of(shape)
        )
        is_list = shape.sort is Sort.LIST
        how = say("take the items of a list with [] or one with [0]") if is_list else ""
        yield Id.UNKNOWN_FIELD, message, {"note": how}
    else:
        names = tuple(shape.fields)
        note, word = _outside(name, shape, known, quoted=quoted, of_item=of_item)
        more = {
            "allowed": () if word else names,
            "suggestion": word if note else closest(name, names),
            "note": note,
        }
        label = known_in(shape.origin)
        yield Id.UNKNOWN_FIELD, no_such(name, shape.origin), {**more, "allowed_label": label}


def _outside(
    name: str, shape: Shape, known: Known, *, quoted: bool, of_item: bool
) -> tuple[Message, str]:
    """Why a name that belongs elsewhere cannot be read here, and the suggested word."""
    if quoted:
        return say("write text in single quotes"), f"'{name}'"
    inputs = known.roots.get("inputs")
    if shape.origin == "env" and inputs is not None and name in inputs.fields:
        return say("it is an input of the flow: inputs.{name}", name=name), ""
    if shape.origin == "env" and name.isupper():
        return _SETTINGS, ""
    if of_item and name in known.roots:
        return say("a filter reads the fields of the item; $ reads a name from outside"), f"${name}"
    return from_table(""), ""


def guard_of(name: str) -> Message:
    """The advice to guard the use of a step that does not always run."""
    return say(
        "guard it: present(steps.{name}) && … in a condition, "
        "if(present(steps.{name}), …, null) or default(steps.{name}.…, …) in a value",
        name=name,
    )


def _no_root(name: str, known: Known, *, quoted: bool) -> Unknown:
    if name == "secret":
        note = say("only environments have secrets, as ${{secret.NAME}}")
        return Id.SECRET, say("a secret is not allowed here"), {"note": note}
    objects = ((root, one) for root, one in known.roots.items() if one.sort is Sort.OBJECT)
    rooted = next((f"{root}.{name}" for root, one in objects if name in one.fields), "")
    names, note = tuple(known.roots), from_table("")
    word = closest(name, CONSTANTS, least=1)
    if not word and (quoted or _CAPITALS.fullmatch(name)):
        note, word = say("write text in single quotes"), f"'{name}'"
    suggestion = word or rooted or ("" if name in _ABSENT else closest(name, names))
    if name == known.item:
        message = say('when is decided once, before foreach: there is no "{name}" yet', name=name)
        return (
            Id.UNKNOWN_ROOT,
            message,
            {"note": say("choose the items in foreach: list[?condition]")},
        )
    if not suggestion and name not in _ABSENT:
        note = say("write text in single quotes: '{text}'", text=name)
    more = {
        "allowed": () if word else names,
        "allowed_label": "an expression starts from",
        "suggestion": suggestion,
        "note": _ABSENT.get(name, note),
    }
    return Id.UNKNOWN_ROOT, say('unknown name "{name}"', name=name), more
