"""What the response to an order must say for the order to count as accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.documents import Operation
from sgeflow.core.model import Kind
from sgeflow.core.soap.echo import ExpectedEcho, lacking_echoes
from sgeflow.core.soap.extract import is_empty
from sgeflow.core.soap.xml import Element, find_children
from sgeflow.messages import say

_ACKNOWLEDGED = "SGT200"


def lacking(
    operation: Operation,
    element: Element,
    outputs: Mapping[str, Any],
    expected: tuple[ExpectedEcho, ...],
    repeated: Mapping[str, Any],
) -> tuple[str, ...]:
    """What a response lacks of that by which an accepted order is known; nothing of a read.

    The outputs that the operation requires, and all that its echo repeats. An order that requires
    none is known by a response with anything in it, or by SGE's own word: it answers a stop with
    nothing but that (guide Enedis.SGE.GUI.0474).
    """
    if operation.kind is Kind.READ:
        return ()
    required = operation.response.required
    names = (name for name in required if outputs.get(name) in (None, "", []))
    lack = (*names, *lacking_echoes(expected, repeated))
    if not (lack or required or not is_empty(element) or _is_acknowledged(element)):
        return (say("the acknowledgement {code}", code=_ACKNOWLEDGED),)
    return lack


def _is_acknowledged(element: Element) -> bool:
    """Whether the header of the envelope around an element holds SGE's acknowledgement."""
    headers = find_children(element.getroottree().getroot(), "Header")
    results = (one for header in headers for one in header.iter("{*}resultat"))
    return any(one.get("code") == _ACKNOWLEDGED for one in results)
