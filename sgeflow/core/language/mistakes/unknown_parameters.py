"""A value for a parameter or input that is not there: what there is, and what was meant."""

from __future__ import annotations

from collections.abc import Iterable

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import Message, say


def no_parameter(owner: str, name: str) -> Message:
    """The problem of a value that an operation or flow does not take."""
    return say('{owner} has no {what} "{name}"', what=say("parameter"), owner=owner, name=name)


def unknown_parameter(
    owner: str,
    name: str,
    parameters: Iterable[str],
    *,
    id_: Id = Id.UNKNOWN_VALUE,
    at: Location | None = None,
    where: str = "",
) -> Problem:
    """The mistake of a value that none of an operation's `parameters` takes."""
    known = tuple(parameters)
    return Problem(
        id=id_,
        message=no_parameter(owner, name),
        at=at,
        where=where,
        allowed=known,
        allowed_label="parameters",
        suggestion=closest(name, known),
    )


def undeclared_parameter(name: str, parameters: Iterable[str], at: Location) -> Problem:
    """The mistake of an operation that speaks of a parameter that it does not declare."""
    return Problem(
        id=Id.UNKNOWN_REFERENCE,
        message=say('there is no {what} "{name}"', what=say("parameter"), name=name),
        at=at,
        suggestion=closest(name, parameters),
    )


def unknown_input(
    flow: str, name: str, inputs: Iterable[str], *, at: Location | None = None, where: str = ""
) -> Problem:
    """The mistake of a value that none of a flow's `inputs` takes."""
    known = tuple(inputs)
    return Problem(
        id=Id.UNKNOWN_VALUE,
        message=say('{owner} has no {what} "{name}"', what=say("input"), owner=flow, name=name),
        at=at,
        where=where,
        allowed=known,
        allowed_label="inputs",
        suggestion=closest(name, known),
    )
