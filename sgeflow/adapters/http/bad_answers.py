"""What came is no answer: cut, too large, not HTTP, or somebody else's."""

from __future__ import annotations

from msgspec import Struct

from sgeflow.adapters.http.bodies import BrokenBody
from sgeflow.core.model import FaultClass, Kind
from sgeflow.errors import Id
from sgeflow.messages import Message, say
from sgeflow.messages import exception_text as words_of

_WANTS_CREDENTIALS = 407


class CallFacts(Struct, frozen=True, kw_only=True):
    """What is known of an exchange that ended without an answer."""

    host: str
    kind: Kind
    sent: bool  # bytes of the request may have left this machine
    seconds: float
    connect_timeout: float
    proxy: str = ""  # on the way, which has opened no connection yet
    connected: bool = False  # of TLS: the server took the connection
    certificate_pending: bool = False  # of TLS 1.3: nothing shows yet that the server took ours,
    shows_certificate: bool = False  # or does without one
    outer: BaseException | None = None  # what the caller was handling: no part of the exchange
    limit: str = ""  # the time limit that ended it, in words
    step_limit: bool = False  # that limit was the step's own
    reply_bytes: int = 0


class ErrorVerdict(Struct, frozen=True):
    """How an exchange without an answer is told: words and class, never whether it was sent."""

    id: Id
    message: Message
    remedy: str = ""
    fault_class: FaultClass = FaultClass.NETWORK


def tell_cut(_error: BaseException, known: CallFacts) -> ErrorVerdict:
    """The answer ended in the middle."""
    return ErrorVerdict(
        Id.BAD_ANSWER, say("the answer of {host} ended in the middle", host=known.host)
    )


def tell_packing(error: BaseException, known: CallFacts) -> ErrorVerdict:
    """The body cannot be unpacked."""
    why = words_of(error) if isinstance(error, BrokenBody) else say("not what its headers say")
    return ErrorVerdict(
        Id.BAD_ANSWER,
        say("the answer of {host} cannot be unpacked: {why}", host=known.host, why=why),
    )


def tell_unasked(_error: BaseException, known: CallFacts) -> ErrorVerdict:
    """Bytes came before anything was asked."""
    return ErrorVerdict(
        Id.BAD_ANSWER,
        say("{host} sent something before it was asked; nothing was sent to it", host=known.host),
        say("a server or proxy mixes its answers up; tell its operator"),
    )


def tell_no_proxy(why: Message, known: CallFacts) -> ErrorVerdict:
    """The proxy on the way was not reached."""
    return ErrorVerdict(
        Id.NOT_SENT,
        say(
            "the proxy {proxy} could not be reached ({why}); nothing was sent",
            proxy=known.proxy,
            why=why,
        ),
        say("check `proxy` of the environment, or the variables https_proxy and no_proxy"),
    )


def tell_proxy_refusal(status: int, known: CallFacts) -> ErrorVerdict:
    """The proxy opened no connection; `status` is its answer."""
    message = say(
        "the proxy {proxy} opened no way to {host} (HTTP {status}); nothing was sent",
        proxy=known.proxy,
        host=known.host,
        status=status,
    )
    if status == _WANTS_CREDENTIALS:
        remedy = say("give it user and password: `proxy: http://user:${{secret.NAME}}@host:port`")
        return ErrorVerdict(Id.NOT_SENT, message, remedy, FaultClass.CREDENTIALS)
    remedy = say("ask who runs it to let this machine reach {host}", host=known.host)
    return ErrorVerdict(Id.NOT_SENT, message, remedy)


def tell_missed_turn(_error: BaseException, known: CallFacts) -> ErrorVerdict:
    """The connection was there when the turn of the call was over."""
    return ErrorVerdict(
        Id.NOT_SENT,
        say(
            "the connection to {host} took so long that the rate left no room; nothing was sent",
            host=known.host,
        ),
        say("check the network, or raise `timeout`"),
    )


def tell_no_final(error: BaseException, known: CallFacts) -> ErrorVerdict:
    """Interim answers only, or another protocol."""
    return ErrorVerdict(
        Id.BAD_ANSWER,
        say("the answer of {host} is none: {why}", host=known.host, why=words_of(error)),
    )


def tell_followed(_error: BaseException, known: CallFacts) -> ErrorVerdict:
    """Bytes came behind the answer."""
    return ErrorVerdict(
        Id.OTHER_ANSWER,
        say("{host} sent more than one answer to one request", host=known.host),
        say("a server or proxy mixes its answers up; tell its operator"),
        FaultClass.TECHNICAL,
    )


def tell_too_large(_error: BaseException, known: CallFacts) -> ErrorVerdict:
    """The answer passes its limit."""
    return ErrorVerdict(
        Id.TOO_LARGE,
        say(
            "the answer of {host} is larger than {count} bytes",
            host=known.host,
            count=known.reply_bytes,
        ),
        say("ask for a shorter period, or raise `limits.reply_bytes` of the operation"),
        FaultClass.TECHNICAL,
    )


def tell_not_http(_error: BaseException, known: CallFacts) -> ErrorVerdict:
    """No HTTP came."""
    return ErrorVerdict(
        Id.BAD_ANSWER,
        say("{host} did not answer in HTTP", host=known.host),
        say("check `base_url`: its scheme and its port"),
    )


def tell_unusable(_error: BaseException, known: CallFacts) -> ErrorVerdict:
    """No HTTP request can be made."""
    return ErrorVerdict(
        Id.NOT_SENT,
        say(
            "no HTTP request can be made of this call to {host}; nothing was sent", host=known.host
        ),
        say("check `base_url` and `headers` of the environment"),
        FaultClass.TECHNICAL,
    )


def tell_redirect(host: str, target: str, status: int) -> Message:
    """Where a redirect would lead, which is not followed."""
    if not target:
        return say("{host} redirects (HTTP {status}); not followed", host=host, status=status)
    return say(
        "{host} redirects to {target} (HTTP {status}); not followed",
        host=host,
        target=target,
        status=status,
    )
