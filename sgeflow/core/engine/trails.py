"""Trails: paths that identify steps, items and handlers in a run.

A slash leads to a nested step. Other signs, which ids cannot contain, lead to items and handlers:

    konnector/gather/half_hours[2]~1              an item of a list, its first poll
    konnector/contract@on_fault/again             a step of the handlers of `contract`
    konnector/contract@on_fault:konnector/told    a step of the handlers of the flow
    konnector/consent@undo                        the undo of `consent`
    konnector/contract@reconcile                  the read that looks for the order of `contract`
    konnector@finally/told                        a `finally` step of the flow
"""

from collections.abc import Iterator

from sgeflow.patterns import regex

_ITEM = regex(r"\[\d+\]|~\d+")
_POLL = regex(r"~\d+\Z")
_LAST_ITEM = regex(r"(?:\[\d+\]|~\d+)+\Z")
_PART = regex(r"[/@]")
_ON_FAULT = "@on_fault"
_UNDO = "@undo"
_UNDO_SIGN = regex(_UNDO)
_RECONCILE = "@reconcile"
_FINALLY = "@finally"


def inside(trail: str, name: str) -> str:
    """The trail of a step, branch or flow inside another trail."""
    return f"{trail}/{name}" if trail else name


def at_item(trail: str, index: int) -> str:
    """The trail of a step at one item of its list."""
    return f"{trail}[{index}]"


def at_poll(trail: str, number: int) -> str:
    """The trail of one poll of a step."""
    return f"{trail}~{number}"


def at_handler(trail: str, flow: str = "") -> str:
    """The trail of a step's handlers; with `flow`, of the flow's handlers for that step."""
    return f"{trail}{_ON_FAULT}:{flow}" if flow else trail + _ON_FAULT


def at_undo(trail: str) -> str:
    """The trail of a step's undo."""
    return trail + _UNDO


def undone_by(trail: str) -> str:
    """The trail of the step that an undo undoes."""
    return trail.removesuffix(_UNDO)


def at_reconcile(trail: str) -> str:
    """The trail of the read that looks for the result of an order."""
    return trail + _RECONCILE


def at_finally(flow: str) -> str:
    """The trail of a flow's `finally` steps."""
    return flow + _FINALLY


def trail_of(key: str) -> str:
    """The trail in the key of an effect."""
    return key.partition("#")[0]


def is_lookup_of(key: str, order: str) -> bool:
    """Whether the effect `key` belongs to the read that looks for the effect `order`."""
    return trail_of(key) == at_reconcile(trail_of(order))


def without_items(trail: str) -> str:
    """The trail without the numbers of all items and polls."""
    return _ITEM.sub("", trail)


def step_of(trail: str) -> str:
    """The trail without the item and poll at its end."""
    return _LAST_ITEM.sub("", trail)


def last_name(trail: str) -> str:
    """The id of a step; for an undo, the id of the undone step."""
    return trail.removesuffix(_UNDO).rpartition("/")[2]


def is_undo(trail: str) -> bool:
    """Whether a trail is that of an undo itself, not of an item of it or a step inside."""
    return trail.endswith(_UNDO)


def enclosing_undos(trail: str) -> Iterator[str]:
    """The trails of the undos that a trail is or is inside of, outermost first."""
    return (trail[: sign.end()] for sign in _UNDO_SIGN.finditer(trail))


def outermost_undo(trail: str) -> str:
    """The trail of the outermost undo around a trail; empty if there is none."""
    return next(enclosing_undos(trail), "")


def enclosing(trail: str) -> Iterator[str]:
    """The trails of everything around a step, outermost first."""
    return (trail[: part.start()] for part in _PART.finditer(trail))


def with_enclosing(trail: str) -> Iterator[str]:
    """The trail and all trails around it, each with and without its poll."""
    for one in (trail, *enclosing(trail)):
        yield one
        yield _POLL.sub("", one)


def is_part(trail: str, of: str) -> bool:
    """Whether `trail` is `of`, or is an item, poll, nested step or handler of it."""
    return trail.startswith(of) and trail[len(of) :][:1] in ("", "/", "@", "[", "~")


def belongs(trail: str, step: str) -> bool:
    """Whether `trail` is part of `step`, but not of its undo or of its flow's handlers."""
    rest = trail[len(step) :]
    return is_part(trail, step) and not (is_part(rest, _UNDO) or rest.startswith(f"{_ON_FAULT}:"))


def flow_handler(trail: str) -> tuple[str, str] | None:
    """Split the trail of a flow's handler: the failed step, and the rest; None for others."""
    at, sign, rest = trail.rpartition(f"{_ON_FAULT}:")
    return (at, sign + rest) if sign else None
