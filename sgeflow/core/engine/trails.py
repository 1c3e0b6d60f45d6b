"""A trail: the place of a step in a run.

What is beside a step, and not in it, stands behind a sign that no id can have:

    konnector/gather/half_hours[2]~1              an item of a list, asked for the first time
    konnector/contract@on_fault/again             a step of the handlers of `contract`
    konnector/contract@on_fault:konnector/told    one of its flow's, acting where a step failed
    konnector/consent@undo                        what undoes `consent`
    konnector/contract@reconcile                  the read that looks for the order of `contract`
    konnector@finally/told                        a step that is done whatever happened
"""

from __future__ import annotations

from collections.abc import Iterator

from sgeflow.patterns import regex

_ITEM = regex(r"\[\d+\]|~\d+")
_TURN = regex(r"~\d+\Z")
_LAST_ITEM = regex(r"(?:\[\d+\]|~\d+)+\Z")
_PART = regex(r"[/@]")
_ON_FAULT = "@on_fault"
_UNDO = "@undo"
_UNDO_SIGN = regex(_UNDO)
_RECONCILE = "@reconcile"
_FINALLY = "@finally"


def inside(trail: str, name: str) -> str:
    """A step, a branch or a flow in what has a trail."""
    return f"{trail}/{name}" if trail else name


def at_item(trail: str, index: int) -> str:
    """A step at one item of a list."""
    return f"{trail}[{index}]"


def at_turn(trail: str, number: int) -> str:
    """A step, asked once more while it is polled."""
    return f"{trail}~{number}"


def at_handler(trail: str, flow: str = "") -> str:
    """The handlers of a step, or those of a flow for what failed there."""
    return f"{trail}{_ON_FAULT}:{flow}" if flow else trail + _ON_FAULT


def at_undo(trail: str) -> str:
    """The undo of a step."""
    return trail + _UNDO


def undone_by(trail: str) -> str:
    """The step that an undo of a trail undoes."""
    return trail.removesuffix(_UNDO)


def at_reconcile(trail: str) -> str:
    """The read that looks for what an order made."""
    return trail + _RECONCILE


def at_finally(flow: str) -> str:
    """The `finally` steps of a run's flow."""
    return flow + _FINALLY


def trail_of(key: str) -> str:
    """The trail in the key of an effect."""
    return key.partition("#")[0]


def is_lookup_of(key: str, order: str) -> bool:
    """Whether the effect of a key belongs to the read that looks for the order of another."""
    return trail_of(key) == at_reconcile(trail_of(order))


def without_items(trail: str) -> str:
    """The step, whatever item or turn it was at."""
    return _ITEM.sub("", trail)


def step_of(trail: str) -> str:
    """The trail of a step, without the item or turn that it ends with."""
    return _LAST_ITEM.sub("", trail)


def last_name(trail: str) -> str:
    """The name of a step alone; an undo has that of what it undoes."""
    return trail.removesuffix(_UNDO).rpartition("/")[2]


def is_undo(trail: str) -> bool:
    """Whether a step undoes another itself; an item of it, or what stands in it, does not."""
    return trail.endswith(_UNDO)


def enclosing_undos(trail: str) -> Iterator[str]:
    """The undos that a step is, is an item of, or stands in; outermost first."""
    return (trail[: sign.end()] for sign in _UNDO_SIGN.finditer(trail))


def outermost_undo(trail: str) -> str:
    """The outermost of these; empty where a step undoes nothing."""
    return next(enclosing_undos(trail), "")


def enclosing(trail: str) -> Iterator[str]:
    """All that a step may stand in or beside, outermost first."""
    return (trail[: part.start()] for part in _PART.finditer(trail))


def with_enclosing(trail: str) -> Iterator[str]:
    """A step and all that it stands in or beside: a polled one too, of which it is one turn."""
    for one in (trail, *enclosing(trail)):
        yield one
        yield _TURN.sub("", one)


def is_part(trail: str, of: str) -> bool:
    """Whether a trail is that of a step, an item or turn of it, or of what is in or beside it."""
    return trail.startswith(of) and trail[len(of) :][:1] in ("", "/", "@", "[", "~")


def belongs(trail: str, step: str) -> bool:
    """Whether a step did this itself: neither its undo nor its flow's handlers did."""
    rest = trail[len(step) :]
    return is_part(trail, step) and not (is_part(rest, _UNDO) or rest.startswith(f"{_ON_FAULT}:"))


def flow_handler(trail: str) -> tuple[str, str] | None:
    """A step of a flow's handlers: where it acts, and what stands behind that; None for others."""
    at, sign, rest = trail.rpartition(f"{_ON_FAULT}:")
    return (at, sign + rest) if sign else None
