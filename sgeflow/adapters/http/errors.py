"""Foreign exceptions told as `NoAnswer`: was it sent, what does it mean, what to do.

The texts of the exceptions are never used: they may hold addresses, headers or bodies.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace
from urllib3 import exceptions as u3

from sgeflow.adapters.http.connections import (
    BrokenBody,
    ExtraReply,
    MissedTurn,
    NoFinalReply,
    ProxyRefusal,
    TooLarge,
    UnaskedReply,
    demanded_certificate,
    refused_certificate,
)
from sgeflow.core.model import FaultClass, Kind, NoAnswer
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, from_table, say
from sgeflow.messages import exception_text as words_of

_WANTS_CREDENTIALS = 407


class CallFacts(Struct, frozen=True, kw_only=True):
    """The known facts of an exchange that ended without an answer."""

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
        say("the answer of {host} is invalid: {why}", host=known.host, why=words_of(error)),
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


FOREIGN = (
    u3.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
    TooLarge,
    BrokenBody,
    ExtraReply,
    UnaskedReply,
    MissedTurn,
    ProxyRefusal,
)
"""All that urllib3 and the standard library raise while a request is exchanged."""


def no_answer(error: Exception, known: CallFacts) -> NoAnswer:
    """The outcome of an exchange that ended with a foreign exception.

    The error gives the words. Whether anything was sent, the connection alone knows.
    """
    chain = tuple(_chain(error, known))
    if known.certificate_pending and any(_ends_handshake(link, known) for link in chain):
        known = replace(known, sent=False)
    if known.proxy and not known.sent:
        return _outcome(_at_proxy(chain, known), known)
    for kinds, tell in _SENT if known.sent else _UNSENT:
        for link in chain:
            if isinstance(link, kinds):
                return _outcome(tell(link, known), known)
    return _outcome(_unknown_error(error, known), known)


def _at_proxy(chain: tuple[BaseException, ...], known: CallFacts) -> ErrorVerdict:
    for link in chain:
        if isinstance(link, ProxyRefusal):
            return tell_proxy_refusal(link.status, known)
    why = (
        say("the name is not known")
        if any(isinstance(link, socket.gaierror | u3.NameResolutionError) for link in chain)
        else _errno_words(chain[-1], known) or say("no answer")
    )
    return tell_no_proxy(why, known)


def make_refusal(
    known: CallFacts, problem: Problem, fault_class: FaultClass = FaultClass.TECHNICAL
) -> NoAnswer:
    """An answer that is none: a redirect, a limit that came before sending."""
    sent = None if known.sent else False
    unsure = sent is None and known.kind is not Kind.READ
    return NoAnswer(
        sent=sent,
        problem=problem,
        fault_class=FaultClass.UNKNOWN if unsure else fault_class,
        seconds=known.seconds,
    )


def _outcome(verdict: ErrorVerdict, known: CallFacts) -> NoAnswer:
    problem = Problem(
        id=verdict.id,
        message=verdict.message,
        details=(("remedy", verdict.remedy),) if verdict.remedy else (),
    )
    unsure = known.sent and known.kind is not Kind.READ
    return NoAnswer(
        sent=None if known.sent else False,
        problem=problem,
        fault_class=FaultClass.UNKNOWN if unsure else verdict.fault_class,
        seconds=known.seconds,
    )


def _chain(error: BaseException, known: CallFacts) -> Iterator[BaseException]:
    """The exception and those inside it, innermost first: the inner ones know more.

    Python links what is raised to what the caller is handling: with that, another story begins.
    """
    ids: set[int] = {id(known.outer)}
    chain: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        link = queue.pop()
        if isinstance(link, BaseException) and id(link) not in ids:
            ids.add(id(link))
            chain.append(link)
            queue += [*link.args, getattr(link, "reason", None), link.__cause__, link.__context__]
    return reversed(chain)


def _is_about_us(error: BaseException) -> bool:
    return isinstance(error, ssl.SSLError) and refused_certificate(error)


def _ends_handshake(error: BaseException, known: CallFacts) -> bool:
    """Whether the server said no to our certificate, or to none, before a request (ADR 0012)."""
    # a failure of the handshake that names no certificate may come from elsewhere
    named = known.shows_certificate and "HANDSHAKE" not in str(getattr(error, "reason", ""))
    return _is_about_us(error) and (named or demanded_certificate(error))


def _certificate(error: BaseException, known: CallFacts) -> ErrorVerdict:
    why = from_table(getattr(error, "verify_message", "")) or say("the name does not match")
    return ErrorVerdict(
        Id.TLS,
        say("the certificate of {host} is not trusted: {why}", host=known.host, why=why),
        say("check `base_url`, and `ca` when the server belongs to a private authority"),
        FaultClass.CREDENTIALS,
    )


def _tls(error: BaseException, known: CallFacts) -> ErrorVerdict:
    words = str(getattr(error, "reason", None) or "").lower().replace("_", " ")
    reason = from_table(words) or say("no reason given")
    if _is_about_us(error):
        text = say(
            "{host} refused the client certificate ({reason})", host=known.host, reason=reason
        )
        remedy = say(
            "check `certificate` and `key`: known to Enedis, with its whole chain, not expired"
        )
        if demanded_certificate(error):
            text = say("{host} asks for a client certificate, and none was shown", host=known.host)
            remedy = say("put `certificate` and `key`, or `pfx`, into the environment")
        return ErrorVerdict(Id.TLS, text, remedy, FaultClass.CREDENTIALS)
    if known.sent:
        return ErrorVerdict(
            Id.NO_ANSWER,
            say("the TLS connection to {host} broke ({reason})", host=known.host, reason=reason),
        )
    return ErrorVerdict(
        Id.TLS,
        say("no TLS connection could be made to {host} ({reason})", host=known.host, reason=reason),
        say("check `base_url`: its scheme and its port"),
        FaultClass.CREDENTIALS,
    )


def _name(_error: BaseException, known: CallFacts) -> ErrorVerdict:
    return ErrorVerdict(
        Id.NOT_SENT,
        say("the name of {host} is not known; nothing was sent", host=known.host),
        say("check `base_url` and this machine's name resolution"),
    )


def _tell_connect_error(error: BaseException, known: CallFacts) -> ErrorVerdict:
    why = _errno_words(error, known) or say("no connection")
    return ErrorVerdict(
        Id.NOT_SENT,
        say("{host} could not be reached ({why}); nothing was sent", host=known.host, why=why),
        say("check `base_url`, and that the service is up"),
    )


def _slow_connect(_error: BaseException, known: CallFacts) -> ErrorVerdict:
    limit = known.limit if known.step_limit else say("{seconds:g} s", seconds=known.connect_timeout)
    late = say("{host} accepted no connection within {limit}", host=known.host, limit=limit)
    if known.connected:
        late = say(
            "the TLS handshake with {host} did not end within {limit}", host=known.host, limit=limit
        )
    message = say("{late}; nothing was sent", late=late)
    remedy = say("check the network, or raise `timeout.connect`")
    return ErrorVerdict(Id.NOT_SENT, message, remedy)


def _silence(_error: BaseException, known: CallFacts) -> ErrorVerdict:
    setting = f"`timeout.{'total' if known.limit.endswith('in all') else 'read'}`"
    return ErrorVerdict(
        Id.TIMEOUT if known.step_limit else Id.NO_ANSWER,
        say(
            "{host} was sent the request and did not answer within {limit}",
            host=known.host,
            limit=known.limit,
        ),
        say("raise the step's `timeout`")
        if known.step_limit
        else say("raise {setting} if it is usual", setting=setting),
    )


def _tell_closed(_error: BaseException, known: CallFacts) -> ErrorVerdict:
    return ErrorVerdict(
        Id.NO_ANSWER,
        say(
            "{host} was sent the request and closed the connection before a whole answer came",
            host=known.host,
        ),
    )


def _unknown_error(error: BaseException, known: CallFacts) -> ErrorVerdict:
    why = _errno_words(error, known) or from_table(type(error).__name__)
    if known.sent:
        return ErrorVerdict(
            Id.NO_ANSWER,
            say("{host} was sent the request; no answer came ({why})", host=known.host, why=why),
        )
    return ErrorVerdict(
        Id.NOT_SENT,
        say("{host} could not be reached ({why}); nothing was sent", host=known.host, why=why),
    )


def _errno_words(error: BaseException, known: CallFacts) -> Message:
    """The system's words for the innermost error that has a number."""
    for link in _chain(error, known):
        if isinstance(link, OSError) and link.errno and not isinstance(link, ssl.SSLError):
            return from_table((link.strerror or "").lower())
    return from_table("")


_Rule = tuple[tuple[type[BaseException], ...], Callable[[BaseException, CallFacts], ErrorVerdict]]

# From the particular to the general; the first rule that any exception of the chain fits decides.
# There are words for what ended before the request left, and others for what ended after: no error
# can say of a request that left that nothing was sent.
_UNSENT: tuple[_Rule, ...] = (
    ((UnaskedReply,), tell_unasked),
    ((MissedTurn,), tell_missed_turn),
    ((ssl.SSLCertVerificationError,), _certificate),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), _tell_connect_error),
    ((ssl.SSLError,), _tls),
    ((socket.gaierror, u3.NameResolutionError), _name),
    ((ConnectionRefusedError, u3.NewConnectionError), _tell_connect_error),
    ((TimeoutError, u3.TimeoutError), _slow_connect),
    ((ConnectionError,), _tell_connect_error),
    ((u3.SSLError, ssl.CertificateError), _tls),
    ((http.client.HTTPException, ValueError, u3.UnrewindableBodyError), tell_unusable),
)
_SENT: tuple[_Rule, ...] = (
    ((TooLarge,), tell_too_large),
    ((NoFinalReply,), tell_no_final),
    ((ExtraReply,), tell_followed),
    ((BrokenBody, u3.DecodeError), tell_packing),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), _tell_closed),
    ((ssl.SSLError,), _tls),
    ((TimeoutError, u3.TimeoutError), _silence),
    ((http.client.IncompleteRead, u3.InvalidChunkLength), tell_cut),
    ((ConnectionError, http.client.RemoteDisconnected), _tell_closed),
    ((u3.SSLError,), _tls),
    ((http.client.HTTPException, u3.HeaderParsingError, ValueError), tell_not_http),
)
