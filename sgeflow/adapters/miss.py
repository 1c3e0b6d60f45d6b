"""Tells why a replay has no answer: how the nearest recorded request differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from sgeflow.adapters.bodies import Leaf, request_leaves
from sgeflow.adapters.recording import Interaction, header
from sgeflow.adapters.redact import hit
from sgeflow.adapters.settings import MASK
from sgeflow.core.model import Request
from sgeflow.errors import Id, Problem, ReplayMiss

COMPARED = 500  # recorded requests that are looked at for the nearest
SHOWN = 8  # differences
WIDTH = 60  # characters of a value

_REMEDY = ("remedy", "record again: sgeflow run FLOW --record FILE")


def no_match(path: Path, request: Request, recorded: Sequence[Interaction]) -> ReplayMiss:
    """No recorded request is the same."""
    alike = [told for told in recorded if told.label == request.label]
    where = str(path)
    if not alike:
        return _miss(f"no call of {request.label} is recorded", where, _listed(recorded))
    action = header(request.headers, "SOAPAction")
    sent = {leaf.path: leaf for leaf in request_leaves(request.path, action, request.body)}
    nearest = min((list(_differences(told, sent, request)) for told in alike[:COMPARED]), key=len)
    more = len(nearest) - SHOWN
    details = nearest[:SHOWN] + ([("…", f"{more} more differences")] if more > 0 else [])
    message = (
        f"no recorded call of {request.label} is this one; the nearest of {len(alike)} differs"
    )
    return _miss(message, where, [*details, *_listed(recorded)])


def all_used(path: Path, request: Request, count: int) -> ReplayMiss:
    """The same request is recorded, and was already answered as often as it was recorded."""
    answers = "the one recorded answer was" if count == 1 else f"all {count} recorded answers were"
    message = f"{answers} already used for this call of {request.label}"
    return _miss(message, str(path), [])


def _miss(message: str, where: str, details: Sequence[tuple[str, str]]) -> ReplayMiss:
    return ReplayMiss(
        Problem(id=Id.NO_RECORDING, message=message, where=where, details=(*details, _REMEDY))
    )


def _listed(recorded: Sequence[Interaction]) -> list[tuple[str, str]]:
    counted = Counter(told.label for told in recorded)
    text = ", ".join(f"{label} x {count}" for label, count in sorted(counted.items()))
    return [("recorded", text or "nothing")]


def _differences(
    told: Interaction, sent: dict[str, Leaf], request: Request
) -> Iterator[tuple[str, str]]:
    recorded = {leaf.path: leaf for leaf in request_leaves(told.path, told.action, told.body)}
    if told.method != request.method:
        yield "method", f"recorded {told.method}, sent {request.method}"
    if told.endpoint != request.endpoint:
        yield "endpoint", f"recorded {told.endpoint}, sent {request.endpoint}"
    for path in dict.fromkeys([*recorded, *sent]):
        before, after = recorded.get(path), sent.get(path)
        if path in told.hidden and before and after:
            continue
        if before and after and before.space != after.space:
            yield path, f"recorded in {before.space or 'no namespace'}, sent in {after.space}"
        elif before is None or after is None or before.value != after.value:
            yield path, f"recorded {_shown(before, request)}, sent {_shown(after, request)}"


def _shown(leaf: Leaf | None, request: Request) -> str:
    if leaf is None:
        return "nothing"
    if hit(leaf.names, request.personal):
        return MASK
    value = leaf.value if len(leaf.value) <= WIDTH else leaf.value[:WIDTH] + "…"
    return value or "(empty)"
