"""What came is no answer: cut, too large, not HTTP, or somebody else's."""

from __future__ import annotations

from dataclasses import dataclass

from sgeflow.adapters.http.connections import BrokenBody
from sgeflow.core.model import FaultClass, Kind
from sgeflow.errors import Id
from sgeflow.messages import Said, say
from sgeflow.messages import why as words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """What is known of an exchange that ended without an answer."""

    host: str
    kind: Kind
    sent: bool  # bytes of the request left this machine
    seconds: float
    connect_timeout: float
    connected: bool = False  # of TLS: the server took the connection
    limit: str = ""  # the time limit that ended it, in words
    step_limit: bool = False  # that limit was the step's own
    reply_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Ending:
    """How an exchange without an answer is told."""

    id: Id
    message: Said
    remedy: str = ""
    fault_class: FaultClass = FaultClass.NETWORK
    sent: bool | None = None  # overrules what the connection knows, when the error knows better


def tell_cut(_error: BaseException, known: Exchanged) -> Ending:
    """The answer ended in the middle."""
    return Ending(Id.BAD_ANSWER, say("the answer of {host} ended in the middle", host=known.host))


def tell_packing(error: BaseException, known: Exchanged) -> Ending:
    """The body cannot be unpacked."""
    why = words_of(error) if isinstance(error, BrokenBody) else say("not what its headers say")
    return Ending(
        Id.BAD_ANSWER,
        say("the answer of {host} cannot be unpacked: {why}", host=known.host, why=why),
    )


def tell_unasked(_error: BaseException, known: Exchanged) -> Ending:
    """Bytes came before anything was asked."""
    return Ending(
        Id.BAD_ANSWER,
        say("{host} sent something before it was asked; nothing was sent to it", host=known.host),
        say("a server or proxy mixes its answers up; tell its operator"),
        sent=False,
    )


def tell_no_final(error: BaseException, known: Exchanged) -> Ending:
    """Interim answers only, or another protocol."""
    return Ending(
        Id.BAD_ANSWER,
        say("the answer of {host} is none: {why}", host=known.host, why=words_of(error)),
    )


def tell_too_large(_error: BaseException, known: Exchanged) -> Ending:
    """The answer passes its limit."""
    return Ending(
        Id.TOO_LARGE,
        say(
            "the answer of {host} is larger than {count} bytes",
            host=known.host,
            count=known.reply_bytes,
        ),
        say("ask for a shorter period, or raise `limits.reply_bytes` of the operation"),
        FaultClass.TECHNICAL,
    )


def tell_not_http(error: BaseException, known: Exchanged) -> Ending:
    """No HTTP came."""
    if not known.sent:
        return tell_unusable(error, known)
    return Ending(
        Id.BAD_ANSWER,
        say("{host} did not answer in HTTP", host=known.host),
        say("check `base_url`: its scheme and its port"),
    )


def tell_unusable(_error: BaseException, known: Exchanged) -> Ending:
    """No HTTP request can be made."""
    return Ending(
        Id.NOT_SENT,
        say(
            "no HTTP request can be made of this call to {host}; nothing was sent", host=known.host
        ),
        say("check `base_url` and `headers` of the environment"),
        FaultClass.TECHNICAL,
    )


def tell_redirect(host: str, target: str, status: int) -> Said:
    """Where a redirect would lead, which is not followed."""
    if not target:
        return say("{host} redirects (HTTP {status}); not followed", host=host, status=status)
    return say(
        "{host} redirects to {target} (HTTP {status}); not followed",
        host=host,
        target=target,
        status=status,
    )
