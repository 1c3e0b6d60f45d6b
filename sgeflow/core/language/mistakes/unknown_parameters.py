"""Explains a value for an unknown parameter or input, with the known ones and a suggestion."""

from collections.abc import Iterable

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import Message, say

_PARAMETER = say("parameter")


def lacks(owner: Message | str, what: Message, name: str) -> Message:
    """The message about a name that a document or an environment does not have."""
    return say('{owner} has no {what} "{name}"', what=what, owner=owner, name=name)


def unknown_parameter(
    owner: str,
    name: str,
    parameters: Iterable[str],
    *,
    id_: Id = Id.UNKNOWN_VALUE,
    at: Location | None = None,
    where: str = "",
    of_flow: bool = False,
) -> Problem:
    """The problem of a value for an unknown parameter of an operation, or input of a flow."""
    known = tuple(parameters)
    what = say("input") if of_flow else _PARAMETER
    return Problem(
        id=id_,
        message=lacks(owner, what, name),
        at=at,
        where=where,
        allowed=known,
        allowed_label="inputs" if of_flow else "parameters",
        suggestion=closest(name, known),
    )


def undeclared_parameter(name: str, parameters: Iterable[str], at: Location) -> Problem:
    """The problem of an operation that uses a parameter without declaring it."""
    return Problem(
        id=Id.UNKNOWN_REFERENCE,
        message=say('there is no {what} "{name}"', what=_PARAMETER, name=name),
        at=at,
        suggestion=closest(name, parameters),
    )
