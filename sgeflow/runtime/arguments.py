"""Checks of library arguments: a value of a wrong type is reported by its name.

The annotations are the only declaration of these types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from types import NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say

P = ParamSpec("P")
R = TypeVar("R")

_VALUES = say('write {{"pointId": "30000000000011"}}')
_NOTES = {
    "common": _VALUES,
    "fleet": say('write sgeflow.Fleet(file=Path("points.csv"))'),
    "inputs": _VALUES,
    "listener": say("a function that is given each event"),
    "options": say('write options=sgeflow.Options(environment="production")'),
    "parameters": _VALUES,
    "workspace": say("sgeflow.open_catalog(FOLDER) gives one"),
}


def check_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function raise UsageError for an argument that is not of its annotated type."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]

    @wraps(function)
    def check_and_do(*args: P.args, **named: P.kwargs) -> R:
        _check(function, {**dict(zip(names, args, strict=False)), **named})
        return function(*args, **named)

    return check_and_do


def check_fields(struct: Any) -> None:
    """Raise UsageError for a field of a struct that is not of its annotated type."""
    _check(type(struct), {name: getattr(struct, name) for name in struct.__struct_fields__})


def _check(owner: Any, values: Mapping[str, Any]) -> None:
    allowed = _types_of(owner)
    for name, value in values.items():
        if not isinstance(value, allowed.get(name, object)):
            raise UsageError(_problem(owner, name, allowed[name], type(value)))


@cache
def _types_of(owner: Any) -> dict[str, tuple[type, ...]]:
    """The annotated types of the arguments of a function, or of the fields of a struct."""
    unseen: dict[str, Any] = {}  # names that are imported only for type checkers
    while True:
        try:
            hints = get_type_hints(owner, localns=unseen)
        except NameError as error:
            unseen[str(error.name)] = Any
        else:
            return {name: tuple(_types_in(hint)) for name, hint in hints.items()}


def _types_in(hint: Any) -> Iterator[type]:
    if get_origin(hint) in (Union, UnionType):
        for one in sorted(get_args(hint), key=lambda one: one is not NoneType):
            yield from _types_in(one)
    elif hint is float:
        yield from (float, int)
    else:
        yield object if hint is Any else get_origin(hint) or hint


def _problem(owner: Any, name: str, allowed: tuple[type, ...], given: type) -> Problem:
    words = [one.__name__ for one in allowed if one is not NoneType]
    words += ["None"] if NoneType in allowed else []
    message = say(
        "{name} must be {allowed}, not {kind}",
        name=name,
        allowed=" or ".join(words),
        kind=given.__name__,
    )
    where, note = f"sgeflow.{owner.__qualname__}", _NOTES.get(name, "")
    return Problem(id=Id.USAGE, message=message, where=where, note=note)
