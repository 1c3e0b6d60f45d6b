"""Finds expected calls among those that were made, and tells how the nearest differs."""

from __future__ import annotations

from collections.abc import Sequence

from sgeflow.core.compare import difference, one_line
from sgeflow.core.stubs import fits as path_fits
from sgeflow.errors import Details
from sgeflow.messages import join_items, say
from sgeflow.tools.flowtest.model import ExpectedCall, ObservedCall

_LISTED = 20  # calls that a message lists


def in_order(expectations: Sequence[ExpectedCall], calls: Sequence[ObservedCall]) -> frozenset[int]:
    """Which of the expected calls were made one after the other: as many as can be."""
    best: list[tuple[int, ...]] = [()] * (len(calls) + 1)  # by how many calls were looked at
    for number, one in enumerate(expectations):
        before = best
        best = [()]
        for at, call in enumerate(calls):
            longer = (*before[at], number) if fits(one, call) else ()
            best.append(max(longer, before[at + 1], best[at], key=len))
    return frozenset(best[-1])


def fits(expectation: ExpectedCall, call: ObservedCall) -> bool:
    """Whether a call is one that is expected: its name, and what is said of it."""
    return (
        expectation.label == call.label
        and is_there(expectation, call)
        and expectation.outcome in ("", call.outcome)
        and not values(expectation, call)
    )


def is_there(expectation: ExpectedCall, call: ObservedCall) -> bool:
    """Whether a call went to the path that is expected; `{name}` in it is any text."""
    return not expectation.path or path_fits(expectation.path, call.path)


def values(expectation: ExpectedCall, call: ObservedCall) -> Details:
    """The values that a call of that name was sent with, where they are others."""
    if expectation.label != call.label:
        return ()
    different = (
        (name, call.values.get(name), value)
        for name, value in expectation.values.items()
        if difference(value, call.values.get(name), as_sent=True)
    )
    return tuple(
        (name, say("{seen}, expected {expected}", seen=one_line(sent), expected=one_line(value)))
        for name, sent, value in different
    )


def nearest_call(expectation: ExpectedCall, calls: Sequence[ObservedCall]) -> Details:
    """How the call of that name which is most alike differs; else what was called."""
    alike = [call for call in calls if call.label == expectation.label]
    if not alike:
        return (("called", list_calls(calls)),)
    nearest = min(alike, key=lambda call: len(values(expectation, call)))
    details = list(values(expectation, nearest))
    if not is_there(expectation, nearest):
        details.append(
            (
                "path",
                say("{seen}, expected {expected}", seen=nearest.path, expected=expectation.path),
            )
        )
    if expectation.outcome not in ("", nearest.outcome):
        details.append(
            (
                "outcome",
                say(
                    "{seen}, expected {expected}",
                    seen=nearest.outcome or say("none"),
                    expected=expectation.outcome,
                ),
            )
        )
    return (*details, ("called", list_calls(calls)))


def call_text(expectation: ExpectedCall) -> str:
    """The call as a document writes it."""
    method, _, service = expectation.label.partition(" ")
    return f"{method} {service}{expectation.path}" if service else expectation.label


def list_calls(calls: Sequence[ObservedCall]) -> str:
    """Calls in their order, those that repeat told once."""
    counts: list[tuple[str, int]] = []
    for call in calls:
        if counts and counts[-1][0] == call.label:
            counts[-1] = call.label, counts[-1][1] + 1
        else:
            counts.append((call.label, 1))
    words = [f"{label} x {times}" if times > 1 else label for label, times in counts]
    if len(words) > _LISTED:
        words[_LISTED:] = [say("… and {count} more", count=len(words) - _LISTED)]
    return join_items(words, between=" → ") if words else say("nothing")
