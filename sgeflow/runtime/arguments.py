"""The door of the library: it checks arguments on the way in, and speaks of Python on the way out.

The annotations are the only declaration of the types. Messages are written for the command line;
to a program they name the arguments in place of its options.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from types import NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from msgspec.structs import replace

from sgeflow.core.model import Failure
from sgeflow.errors import Id, Problem, SgeflowError, UsageError
from sgeflow.messages import Message, say
from sgeflow.patterns import regex

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

_ARGUMENTS = {
    "accepted": "accepted=True",
    "changed-documents": "changed=True",
    "confirm-orders": "confirm_orders=True",
    "customer": "customer=",
    "each": "file=",
    "env": "environment=",
    "finally": "closing=",
    "jobs": "jobs=",
    "max-failures": "max_failures=",
    "not-accepted": "accepted=False",
    "offline": "offline=True",
    "only-failed": "only_failed=",
    "record": "record=",
    "replay": "replay=",
    "shard": "shard=",
    "state": "state=",
    "today": "today=",
}
"""What a program writes in place of an option of the command line."""
# a whole command stays as it is: a person types it
_OPTION = regex(r"\bsgeflow [a-z].*|--([a-z-]+)(?: ([A-Z]+\b|\{\w+\}))?", re.DOTALL)
_at_the_command_line: list[bool] = []


@contextmanager
def command_line() -> Iterator[None]:
    """Leave messages as they are while a command runs."""
    _at_the_command_line.append(True)
    try:
        yield
    finally:
        _at_the_command_line.pop()


def check_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function raise UsageError for an argument that is not of its annotated type.

    Its errors and failures name arguments, and no options of the command line.
    """
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]

    @wraps(function)
    def check_and_do(*args: P.args, **named: P.kwargs) -> R:
        _check(function, {**dict(zip(names, args, strict=False)), **named})
        try:
            result = function(*args, **named)
        except SgeflowError as error:
            error.problems = error.args = tuple(map(for_python, error.problems))
            raise
        failure = getattr(result, "failure", None)
        if not isinstance(failure, Failure):
            return result
        own = replace(failure, problem=for_python(failure.problem))
        return cast("R", replace(cast("Any", result), failure=own))

    return check_and_do


def for_python(problem: Problem) -> Problem:
    """Return a problem that names arguments; as it is while a command runs."""
    if _at_the_command_line:
        return problem
    return replace(
        problem,
        message=_name_arguments(problem.message),
        where=_name_arguments(problem.where),
        note=_name_arguments(problem.note),
        details=tuple((label, _name_arguments(text)) for label, text in problem.details),
    )


def _name_arguments(text: Any) -> Any:
    if not isinstance(text, Message):
        return _OPTION.sub(_argument, text)
    values = {
        n: _name_arguments(v) if isinstance(v, Message) else v for n, v in text.values.items()
    }
    wordings = (_OPTION.sub(_argument, wording) for wording in (text.wording, text.many))
    return Message(next(wordings), values, next(wordings))


def _argument(option: re.Match[str]) -> str:
    known = _ARGUMENTS.get(option[1] or "")
    if known is None:
        return option[0]
    value = option[2] or ""
    return f"`{known}{value}`" if value.startswith("{") else f"`{known}`"


def check_fields(struct: Any) -> None:
    """Raise UsageError for a field of a struct that is not of its annotated type."""
    _check(type(struct), {name: getattr(struct, name) for name in struct.__struct_fields__})


def _check(owner: Any, values: Mapping[str, Any]) -> None:
    allowed = _types_of(owner)
    for name, value in values.items():
        kinds = allowed.get(name, (object,))
        fits = {bool, object} & {*kinds} if isinstance(value, bool) else isinstance(value, kinds)
        if not fits:  # to Python, True is a number too
            raise UsageError(_problem(owner, name, kinds, type(value)))


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
