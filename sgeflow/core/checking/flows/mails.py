"""Proves what a mail goes through and what it is made of."""

from __future__ import annotations

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.values import misfits_of
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.shapes import Sort
from sgeflow.core.language.template import Template
from sgeflow.errors import Id, Location
from sgeflow.messages import say

_TEXT = {"type": "string"}
_LIST = {"type": "array", "items": _TEXT}


def check_relay(checker: Checker, name: str, at: Location) -> None:
    """A relay that some environment names."""
    relays = checker.namespace.relays
    if relays is None or name in relays:
        return
    note = say("an environment declares them under `relays`")
    if name in (checker.namespace.services or ()):
        note = say("a service is no relay")
    checker.report(
        Id.UNKNOWN_REFERENCE,
        say('there is no relay "{name}"', name=name),
        at,
        note=note,
        allowed=tuple(sorted(relays)),
        allowed_label="relays",
        suggestion=closest(name, relays),
        lacks=name,
    )


def check_part(
    checker: Checker, template: Template, name: str, at: Location, *, is_several: bool
) -> None:
    """A part of a mail: a text, or where there may be several also a list of texts."""
    shape = checker.template(template)
    is_list = is_several and shape.sort is Sort.LIST
    for misfit in misfits_of(shape, _LIST if is_list else _TEXT, is_each=False):
        message = say("{name} cannot be {sort}", name=name, sort=misfit)
        checker.report(Id.WRONG_TYPE, message, at)
