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
from sgeflow.say import Said, counted, say

COMPARED = 500  # recorded requests that are looked at for the nearest
SHOWN = 8  # differences
WIDTH = 60  # characters of a value

_REMEDY = ("remedy", say("record again: sgeflow run FLOW --record FILE"))


def no_match(path: Path, request: Request, recorded: Sequence[Interaction]) -> ReplayMiss:
    """No recorded request is the same."""
    alike = [told for told in recorded if told.label == request.label]
    where = str(path)
    if not alike:
        return _miss(
            say("no call of {label} is recorded", label=request.label), where, _listed(recorded)
        )
    action = header(request.headers, "SOAPAction")
    sent = {leaf.path: leaf for leaf in request_leaves(request.path, action, request.body)}
    nearest = min((list(_differences(told, sent, request)) for told in alike[:COMPARED]), key=len)
    more = len(nearest) - SHOWN
    details = nearest[:SHOWN] + (
        [("…", counted("{count} more differences", "{count} more differences", count=more))]
        if more > 0
        else []
    )
    message = say(
        "no recorded call of {label} is this one; the nearest of {count} differs",
        label=request.label,
        count=len(alike),
    )
    return _miss(message, where, [*details, *_listed(recorded)])


def all_used(path: Path, request: Request, count: int) -> ReplayMiss:
    """The same request is recorded, and was already answered as often as it was recorded."""
    message = counted(
        "the one recorded answer was already used for this call of {label}",
        "all {count} recorded answers were already used for this call of {label}",
        count=count,
        label=request.label,
    )
    return _miss(message, str(path), [])


def _miss(message: Said, where: str, details: Sequence[tuple[str, str]]) -> ReplayMiss:
    return ReplayMiss(
        Problem(id=Id.NO_RECORDING, message=message, where=where, details=(*details, _REMEDY))
    )


def _listed(recorded: Sequence[Interaction]) -> list[tuple[str, str]]:
    labels = Counter(told.label for told in recorded)
    text = ", ".join(f"{label} x {count}" for label, count in sorted(labels.items()))
    return [("recorded", text or say("nothing"))]


def _differences(
    told: Interaction, sent: dict[str, Leaf], request: Request
) -> Iterator[tuple[str, str]]:
    recorded = {leaf.path: leaf for leaf in request_leaves(told.path, told.action, told.body)}
    if told.method != request.method:
        yield (
            "method",
            say("recorded {before}, sent {after}", before=told.method, after=request.method),
        )
    if told.endpoint != request.endpoint:
        yield (
            "endpoint",
            say("recorded {before}, sent {after}", before=told.endpoint, after=request.endpoint),
        )
    for path in dict.fromkeys([*recorded, *sent]):
        before, after = recorded.get(path), sent.get(path)
        if path in told.hidden and before and after:
            continue
        if before and after and before.space != after.space:
            yield (
                path,
                say(
                    "recorded in {before}, sent in {after}",
                    before=before.space or say("no namespace"),
                    after=after.space,
                ),
            )
        elif before is None or after is None or before.value != after.value:
            yield (
                path,
                say(
                    "recorded {before}, sent {after}",
                    before=_shown(before, request),
                    after=_shown(after, request),
                ),
            )


def _shown(leaf: Leaf | None, request: Request) -> str:
    if leaf is None:
        return "nothing"
    if hit(leaf.names, request.personal):
        return MASK
    value = leaf.value if len(leaf.value) <= WIDTH else leaf.value[:WIDTH] + "…"
    return value or "(empty)"
