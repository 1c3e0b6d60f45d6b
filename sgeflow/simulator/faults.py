"""Faults on demand: which requests and connections fail, and how; every run draws the same."""

from collections.abc import Mapping
from hashlib import blake2b

from msgspec import Struct

from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.patterns import regex

_SGT = regex(r"SGT[0-9A-Z]{3,4}")
_STATUS = regex(r"[45]\d\d")
_SHARE = regex(r"(\d+(?:\.\d+)?)%")
_TRIES = regex(r"([1-9]\d{0,4})x")
_DURATION = regex(r"(\d+(?:\.\d+)?)(ms|s)")
_EXAMPLES = (
    *("SGT500:5%", "503:2%", "503-date:2%", "latency:200ms", "latency:2s:10%"),
    *("close:1%", "close:1x", "drip:1%:100ms", "stall:1%:3s", "quota:5x:1s"),
)

# Kinds of faults with their default duration in seconds; None: the kind has no duration.
LOST = {  # the request is carried out, but its answer is lost or damaged
    "stall": 5.0,
    "drip": 0.1,
    "truncate": None,
    "truncate-unsized": None,
    "reset": None,
    "close": None,
    "late": 5.0,
    "html": None,
    "gzip-bomb": None,
    "other": None,
}
_UNDONE = {"drop": None, "503-date": None}  # the request is not carried out
HANDSHAKE = {  # faults of a TLS connection before its first request
    "handshake": 5.0,
    "certificate-name": None,
    "certificate-expired": None,
    "certificate-untrusted": None,
}
QUOTA = "quota"  # 429 for the requests beyond a number in a duration
_KINDS: dict[str, float | None] = {"latency": 0.0, QUOTA: 1.0, **LOST, **_UNDONE, **HANDSHAKE}

Outcome = tuple[str, float]  # the fault ("503", "SGT500", "stall" …) and its duration in seconds


class FaultMode(Struct, frozen=True):
    """One kind of fault: probability (0 to 1) or number of tries, and duration (seconds)."""

    kind: str  # latency | quota | one of LOST, _UNDONE, HANDSHAKE | an SGT code | an HTTP status
    rate: float
    seconds: float = 0.0
    tries: int = 0  # the first `tries` attempts fail, of a quota all later; 0: `chance` decides


def parse_faults(text: str) -> tuple[FaultMode, ...]:
    """Parse `"SGT500:5%,latency:200ms,503:2%,stall:1%:3s,truncate:1%,close:1x"`.

    Raises:
        UsageError: lists every part that is not understood.
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
        return _problem(part, say("`{kind}` is not a kind of fault", kind=kind), tuple(_KINDS))
    found: dict[str, float] = {}
    for value in values:
        if match := _SHARE.fullmatch(value):
            found["share"] = float(match[1]) / 100
        elif match := _TRIES.fullmatch(value):
            found["tries"] = float(match[1])
        elif match := _DURATION.fullmatch(value):
            found["seconds"] = float(match[1]) / (1000 if match[2] == "ms" else 1)
    if len(found) != len(values) or not values:
        return _problem(part, say("write `kind:share`, `kind:tries` or `kind:share:duration`"))
    if wrong := _wrong(kind, found):
        return _problem(part, wrong)
    return FaultMode(
        kind,
        found.get("share", 1.0),
        found.get("seconds", _KINDS.get(kind) or 0.0),
        int(found.get("tries", 0)),
    )


def _wrong(kind: str, found: Mapping[str, float]) -> str:
    """The reason why the parts of a fault do not fit together; empty when they fit."""
    if found.get("share", 0) > 1:
        return say("a share is at most 100%")
    if "share" in found and "tries" in found:
        return say("give a share or a number of tries, not both")
    if "seconds" in found and _KINDS.get(kind) is None:
        return say("`{kind}` has no duration", kind=kind)
    if kind == "latency":
        return say("latency needs a duration") if "seconds" not in found else ""
    if kind == QUOTA and "tries" not in found:
        return say("a quota needs a number of requests (`5x`)")
    if "share" in found or "tries" in found:
        return ""
    return say("it needs a share (`5%`) or a number of tries (`2x`)")


def _problem(part: str, what: str, kinds: tuple[str, ...] = ()) -> Problem:
    return Problem(
        id=Id.USAGE,
        message=say("the fault `{fault}` is invalid: {why}", fault=part, why=what),
        allowed=_EXAMPLES,
        details=(("kinds", ", ".join(("SGTxxx", "4xx", "5xx", *kinds))),) if kinds else (),
    )


def draw(
    modes: tuple[FaultMode, ...], seed: int, what: str, attempt: int
) -> tuple[float, Outcome | None]:
    """Draw the fault of an attempt (from 1) of a request, or of the n-th connection.

    Returns seconds of latency and at most one fault. The draw depends on the seed, the request and
    the attempt, so it is the same in whatever order requests arrive.
    """
    latency = 0.0
    trouble: Outcome | None = None
    for place, mode in enumerate(modes):
        digest = blake2b(f"{seed} {what} {attempt} {place}".encode(), digest_size=6).digest()
        chance = int.from_bytes(digest, "big") / 2**48
        if not (attempt <= mode.tries if mode.tries else chance < mode.rate):
            continue
        if mode.kind == "latency":
            latency += mode.seconds
        elif trouble is None:
            trouble = (mode.kind, mode.seconds)
    return latency, trouble


def flaky(fingerprint: str, attempt: int, *, read: bool) -> Outcome | None:
    """The fault of an attempt (from 1) in the scenario `flaky`.

    A read fails once or twice and is then answered. An order is carried out at its first attempt
    and its answer is lost: the case in which an order must not be sent again.
    """
    digest = blake2b(fingerprint.encode(), digest_size=2).digest()
    if not read:
        return ("truncate", 0.0) if attempt == 1 else None
    if attempt > 1 + digest[1] % 2:
        return None
    return (("503", 0.0), ("stall", 0.2), ("truncate", 0.0))[(digest[0] + attempt) % 3]
