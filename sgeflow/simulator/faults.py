"""Faults on demand: which requests go wrong, and how. The same ones in every run."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from sgeflow.errors import Id, Problem, UsageError

_KINDS = ("latency", "stall", "truncate", "reset")
_SGT = re.compile(r"SGT[0-9A-Z]{3,4}")
_STATUS = re.compile(r"[45]\d\d")
_RATE = re.compile(r"(\d+(?:\.\d+)?)%")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")
_STALL = 5.0  # seconds, when a stall does not say how long

Outcome = tuple[str, float]  # what goes wrong ("503", "SGT500", "stall" …), and for how long


@dataclass(frozen=True, slots=True)
class FaultMode:
    """One kind of trouble: how often (0 to 1) and, for latency and stalls, how long (seconds)."""

    kind: str  # latency | stall | truncate | reset | an SGT code | an HTTP status
    rate: float
    seconds: float = 0.0


def parse_faults(text: str) -> tuple[FaultMode, ...]:
    """Read `"SGT500:5%,latency:200ms,503:2%,stall:1%:3s,truncate:1%,reset:1%"`.

    Raises: UsageError naming every part that is not understood.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    read = [_parse(part) for part in parts]
    problems = [one for one in read if isinstance(one, Problem)]
    if problems:
        raise UsageError(*problems)
    return tuple(one for one in read if isinstance(one, FaultMode))


def _parse(part: str) -> FaultMode | Problem:
    kind, *values = part.split(":")
    if not (kind in _KINDS or _SGT.fullmatch(kind) or _STATUS.fullmatch(kind)):
        return _problem(part, f"`{kind}` is no kind of fault")
    rate = _only([value for value in values if _RATE.fullmatch(value)], _share)
    seconds = _only([value for value in values if _DURATION.fullmatch(value)], _seconds)
    if len(values) != (rate is not None) + (seconds is not None) or not values:
        return _problem(part, f"`{kind}` needs a share (`5%`), latency a duration (`200ms`)")
    if rate is not None and rate > 1:
        return _problem(part, "a share is at most 100%")
    if seconds is not None and kind not in ("latency", "stall"):
        return _problem(part, f"`{kind}` has no duration")
    if kind == "latency" and seconds is None:
        return _problem(part, "latency needs a duration")
    if kind == "stall" and rate is None:
        return _problem(part, "stall needs a share")
    default = _STALL if kind == "stall" else 0.0
    return FaultMode(kind, 1.0 if rate is None else rate, default if seconds is None else seconds)


def _only(values: list[str], read: Callable[[str], float]) -> float | None:
    return read(values[0]) if len(values) == 1 else None


def _share(text: str) -> float:
    return float(text[:-1]) / 100


def _seconds(text: str) -> float:
    return float(text[:-2]) / 1000 if text.endswith("ms") else float(text[:-1])


def _problem(part: str, what: str) -> Problem:
    return Problem(
        id=Id.USAGE,
        message=f"the fault `{part}` is not understood: {what}",
        allowed=(
            "SGT500:5%",
            "503:2%",
            "latency:200ms",
            "latency:2s:10%",
            "stall:1%",
            "stall:1%:3s",
            "truncate:1%",
            "reset:1%",
        ),
    )


def draw(modes: tuple[FaultMode, ...], seed: int, number: int) -> tuple[float, Outcome | None]:
    """What befalls the request of that number: seconds of latency, and at most one trouble."""
    latency = 0.0
    trouble: Outcome | None = None
    for place, mode in enumerate(modes):
        if _chance(f"{seed} {number} {place}") >= mode.rate:
            continue
        if mode.kind == "latency":
            latency += mode.seconds
        elif trouble is None:
            trouble = (mode.kind, mode.seconds)
    return latency, trouble


def flaky(fingerprint: str, attempt: int, *, read: bool) -> Outcome | None:
    """What a moody platform does to the n-th try (from 1) of one and the same request.

    A read fails once or twice, then is answered; an order is carried out at its first try and its
    answer lost, which is the case that matters: it must not be sent again.
    """
    digest = blake2b(fingerprint.encode(), digest_size=2).digest()
    if not read:
        return ("truncate", 0.0) if attempt == 1 else None
    if attempt > 1 + digest[1] % 2:
        return None
    return (("503", 0.0), ("stall", 0.2), ("truncate", 0.0))[(digest[0] + attempt) % 3]


def _chance(text: str) -> float:
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "big") / 2**48
