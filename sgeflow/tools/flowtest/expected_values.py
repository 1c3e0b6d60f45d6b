"""Whether a value that a flow test expects can be what the flow gives there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.value_suggestions import retype
from sgeflow.core.language.mistakes.wording import show
from sgeflow.core.language.shapes import Shape, Sort, words_of
from sgeflow.core.language.template import Template
from sgeflow.errors import Id, Problem
from sgeflow.messages import say

_NUMBER = (int, float)
_OF: Mapping[Sort, tuple[type, ...]] = {
    Sort.TEXT: (str, *_NUMBER),  # an id may be written without quotes: its digits are compared
    Sort.XML: (str, *_NUMBER, list, dict),
    Sort.NUMBER: _NUMBER,
    Sort.BOOLEAN: (bool,),
    Sort.LIST: (list,),
    Sort.OBJECT: (dict,),
}
_TYPES = {Sort.NUMBER: "number", Sort.LIST: "array"}


def unlike(name: str, template: Template, shape: Shape) -> Iterator[Problem]:
    """What in an expected value can never be there; null always can: what is left out is null."""
    value = template.written
    if value is None or shape.sort not in _OF:
        return
    if not _is_of(value, shape.sort):
        yield _of_another_type(name, template, shape)
    elif shape.allowed and _text(value) not in shape.allowed:
        yield Problem(
            id=Id.NOT_ALLOWED,
            message=say("{name}: {seen} {words}", name=name, seen=show(value), words=_NOT_ALLOWED),
            at=template.at,
            allowed=shape.allowed,
            suggestion=closest(_text(value), shape.allowed),
        )
    elif shape.sort is Sort.LIST:
        for index, item in enumerate(template.children or ()):
            yield from unlike(f"{name}[{index}]", item, shape.items)
    elif shape.sort is Sort.OBJECT:
        for key, item in template.children or ():
            if key in shape.fields:
                yield from unlike(f"{name}.{key}", item, shape.fields[key])


_NOT_ALLOWED = say("is not allowed")


def _is_of(value: Any, sort: Sort) -> bool:
    if isinstance(value, bool):
        return sort is Sort.BOOLEAN
    return isinstance(value, _OF[sort])


def _of_another_type(name: str, template: Template, shape: Shape) -> Problem:
    value, kind = template.written, _TYPES.get(shape.sort, "")
    sort = say("what SGE answers (text)") if shape.sort is Sort.XML else words_of(shape)
    words = say("is not {wanted}", wanted=sort)
    return Problem(
        id=Id.WRONG_TYPE,
        message=say("{name}: {seen} {words}", name=name, seen=show(value), words=words),
        at=template.at,
        suggestion=closest(str(value), ("true", "false"))
        if shape.sort is Sort.BOOLEAN
        else retype(value, kind, {}),
    )


def _text(value: Any) -> str:
    return str(getattr(value, "text", value))
