"""Finds expected calls among those that were made, and tells how the nearest differs."""

from __future__ import annotations

from collections.abc import Sequence

from sgeflow.core.compare import difference, shown
from sgeflow.core.stubs import fits as path_fits
from sgeflow.messages import listed, say
from sgeflow.tools.flowtest.model import SeenCall, WantedCall

_LISTED = 20  # calls that a message lists

Details = tuple[tuple[str, str], ...]


def in_order(wanted: Sequence[WantedCall], calls: Sequence[SeenCall]) -> frozenset[int]:
    """Which of the expected calls were made one after the other: as many as can be."""
    best: list[tuple[int, ...]] = [()] * (len(calls) + 1)  # by how many calls were looked at
    for number, one in enumerate(wanted):
        before = best
        best = [()]
        for at, call in enumerate(calls):
            longer = (*before[at], number) if fits(one, call) else ()
            best.append(max(longer, before[at + 1], best[at], key=len))
    return frozenset(best[-1])


def fits(wanted: WantedCall, call: SeenCall) -> bool:
    """Whether a call is one that is expected: its name, and what is said of it."""
    return (
        wanted.label == call.label
        and is_there(wanted, call)
        and wanted.outcome in ("", call.outcome)
        and not values(wanted, call)
    )


def is_there(wanted: WantedCall, call: SeenCall) -> bool:
    """Whether a call went to the path that is expected; `{name}` in it is any text."""
    return not wanted.path or path_fits(wanted.path, call.path)


def values(wanted: WantedCall, call: SeenCall) -> Details:
    """The values that a call of that name was sent with, where they are others."""
    if wanted.label != call.label:
        return ()
    different = (
        (name, call.values.get(name), value)
        for name, value in wanted.values.items()
        if difference(value, call.values.get(name), as_sent=True)
    )
    return tuple(
        (name, say("{seen}, expected {expected}", seen=shown(found), expected=shown(value)))
        for name, found, value in different
    )


def nearest_call(wanted: WantedCall, calls: Sequence[SeenCall]) -> Details:
    """How the call of that name which is most alike differs; else what was called."""
    alike = [call for call in calls if call.label == wanted.label]
    if not alike:
        return (("called", list_calls(calls)),)
    nearest = min(alike, key=lambda call: len(values(wanted, call)))
    details = list(values(wanted, nearest))
    if not is_there(wanted, nearest):
        details.append(
            ("path", say("{seen}, expected {expected}", seen=nearest.path, expected=wanted.path))
        )
    if wanted.outcome not in ("", nearest.outcome):
        details.append(
            (
                "outcome",
                say(
                    "{seen}, expected {expected}",
                    seen=nearest.outcome or say("none"),
                    expected=wanted.outcome,
                ),
            )
        )
    return (*details, ("called", list_calls(calls)))


def written(wanted: WantedCall) -> str:
    """The call as a document writes it."""
    method, _, service = wanted.label.partition(" ")
    return f"{method} {service}{wanted.path}" if service else wanted.label


def list_calls(calls: Sequence[SeenCall]) -> str:
    """Calls in their order, those that repeat told once."""
    told: list[tuple[str, int]] = []
    for call in calls:
        if told and told[-1][0] == call.label:
            told[-1] = call.label, told[-1][1] + 1
        else:
            told.append((call.label, 1))
    words = [f"{label} x {times}" if times > 1 else label for label, times in told]
    if len(words) > _LISTED:
        words[_LISTED:] = [say("… and {count} more", count=len(words) - _LISTED)]
    return listed(words, between=" → ") if words else say("nothing")
