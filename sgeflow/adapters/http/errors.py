"""Turns exceptions of urllib3 and Python into `NoAnswer`: whether it was sent, why, what to do.

Texts of exceptions are never used, because they may contain addresses, headers or bodies.
"""

import http.client
import socket
import ssl
from collections.abc import Iterator
from typing import TypeVar

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
from sgeflow.messages import Message, exception_text, from_table, say

_WANTS_CREDENTIALS = 407
E = TypeVar("E", bound=BaseException)
Chain = tuple[BaseException, ...]
"""An exception and those it wraps, innermost first, because inner ones are more precise."""

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
"""All exceptions of urllib3 and the standard library during an exchange."""


class CallFacts(Struct, frozen=True, kw_only=True):
    """Facts of an exchange that ended without an answer."""

    host: str
    kind: Kind
    sent: bool  # bytes of the request may have been sent
    seconds: float
    connect_timeout: float
    proxy: str = ""  # the proxy that has not yet opened a connection
    connected: bool = False  # the server accepted the connection, before TLS
    certificate_pending: bool = False  # TLS 1.3: the server may still refuse our certificate
    shows_certificate: bool = False  # our certificate is configured
    outer: BaseException | None = None  # the exception that the caller was handling
    limit: str = ""  # the time limit that ended the exchange, in words
    step_limit: bool = False  # whether that limit was the step's own
    reply_bytes: int = 0


class ErrorVerdict(Struct, frozen=True):
    """The message and class of an exchange without an answer."""

    id: Id
    message: Message
    remedy: str = ""
    fault_class: FaultClass = FaultClass.NETWORK


def no_answer(error: Exception, known: CallFacts) -> NoAnswer:
    """The outcome of an exchange that ended with an exception of a library.

    The exception determines the message. Only the connection knows whether the request was sent.
    """
    chain = tuple(_chain(error, known))
    if known.certificate_pending and any(_ends_handshake(link, known) for link in chain):
        known = replace(known, sent=False)
    if known.proxy and not known.sent:
        verdict = _at_proxy(chain, known)
    elif known.sent:
        verdict = _after_sending(chain, known)
    else:
        verdict = _before_sending(chain, known)
    details = (("remedy", verdict.remedy),) if verdict.remedy else ()
    message = verdict.message
    if verdict.id is Id.NOT_SENT:
        message = say("{what}; nothing was sent", what=message)
    problem = Problem(id=verdict.id, message=message, details=details)
    return make_refusal(known, problem, verdict.fault_class)


def make_refusal(
    known: CallFacts, problem: Problem, fault_class: FaultClass = FaultClass.TECHNICAL
) -> NoAnswer:
    """An exchange without an answer; an order that may have been sent has an unknown outcome."""
    is_unsure = known.sent and known.kind is not Kind.READ
    return NoAnswer(
        sent=None if known.sent else False,
        problem=problem,
        fault_class=FaultClass.UNKNOWN if is_unsure else fault_class,
        seconds=known.seconds,
    )


def _at_proxy(chain: Chain, known: CallFacts) -> ErrorVerdict:
    """The proxy was not reached, or refused to open a connection to the server."""
    if refusal := _find(chain, ProxyRefusal):
        message = say(
            "the proxy {proxy} refused the connection to {host} (HTTP {status})",
            proxy=known.proxy,
            host=known.host,
            status=refusal.status,
        )
        if refusal.status == _WANTS_CREDENTIALS:
            remedy = say(
                "give it user and password: `proxy: http://user:${{secret.NAME}}@host:port`"
            )
            return ErrorVerdict(Id.NOT_SENT, message, remedy, FaultClass.CREDENTIALS)
        remedy = say(
            "ask the operator of the proxy to let this machine reach {host}", host=known.host
        )
        return ErrorVerdict(Id.NOT_SENT, message, remedy)
    why = _errno_words(chain[-1], known) or say("no answer")
    if _find(chain, socket.gaierror, u3.NameResolutionError):
        why = say("the name is not known")
    return ErrorVerdict(
        Id.NOT_SENT,
        say(
            "{host} could not be reached ({why})",
            host=say("the proxy {proxy}", proxy=known.proxy),
            why=why,
        ),
        say("check `proxy` of the environment, or the variables https_proxy and no_proxy"),
    )


def _before_sending(chain: Chain, known: CallFacts) -> ErrorVerdict:
    """The request was not sent. The first matching rule decides, so specific rules come first."""
    host = known.host
    if _find(chain, UnaskedReply):
        return ErrorVerdict(
            Id.BAD_ANSWER,
            say("{host} sent data before any request; nothing was sent to it", host=host),
            say("a server or a proxy mixes up its answers; tell its operator"),
        )
    if _find(chain, MissedTurn):
        message = say(
            "the connection to {host} took so long that `rate` allowed no more request in time",
            host=host,
        )
        return ErrorVerdict(
            Id.NOT_SENT, message, say("check the network, or raise {key}", key="`timeout`")
        )
    if untrusted := _find(chain, ssl.SSLCertVerificationError):
        why = from_table(getattr(untrusted, "verify_message", "")) or say("the name does not match")
        return ErrorVerdict(
            Id.TLS,
            say("the certificate of {host} is not trusted: {why}", host=host, why=why),
            say(
                "check `{key}`, and `ca` when the server belongs to a private authority",
                key="base_url",
            ),
            FaultClass.CREDENTIALS,
        )
    if cut := _find(chain, ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return _unreached(cut, known)
    if broken := _find(chain, ssl.SSLError):
        return _tls(broken, known)
    if _find(chain, socket.gaierror, u3.NameResolutionError):
        return ErrorVerdict(
            Id.NOT_SENT,
            say("the name of {host} is not known", host=host),
            say("check `base_url` and this machine's name resolution"),
        )
    if refused := _find(chain, ConnectionRefusedError, u3.NewConnectionError):
        return _unreached(refused, known)
    if _find(chain, TimeoutError, u3.TimeoutError):
        return _late_connection(known)
    if lost := _find(chain, ConnectionError):
        return _unreached(lost, known)
    if wrapped := _find(chain, u3.SSLError, ssl.CertificateError):
        return _tls(wrapped, known)
    if _find(chain, http.client.HTTPException, ValueError, u3.UnrewindableBodyError):
        return ErrorVerdict(
            Id.NOT_SENT,
            say("no HTTP request can be made of this call to {host}", host=host),
            say("check `base_url` and `headers` of the environment"),
            FaultClass.TECHNICAL,
        )
    why = _errno_words(chain[-1], known) or from_table(type(chain[-1]).__name__)
    message = say("{host} could not be reached ({why})", host=host, why=why)
    return ErrorVerdict(Id.NOT_SENT, message)


def _after_sending(chain: Chain, known: CallFacts) -> ErrorVerdict:
    """The request was sent. The first matching rule decides, so specific rules come first."""
    host = known.host
    if _find(chain, TooLarge):
        return ErrorVerdict(
            Id.TOO_LARGE,
            say(
                "the answer of {host} is larger than {count} bytes",
                host=host,
                count=known.reply_bytes,
            ),
            say("ask for a shorter period, or raise `limits.reply_bytes` of the operation"),
            FaultClass.TECHNICAL,
        )
    if interim := _find(chain, NoFinalReply):
        message = say(
            "the answer of {host} is invalid: {why}", host=host, why=exception_text(interim)
        )
        return ErrorVerdict(Id.BAD_ANSWER, message)
    if _find(chain, ExtraReply):
        return ErrorVerdict(
            Id.OTHER_ANSWER,
            say("{host} sent more than one answer to one request", host=host),
            say("a server or a proxy mixes up its answers; tell its operator"),
            FaultClass.TECHNICAL,
        )
    if packed := _find(chain, BrokenBody, u3.DecodeError):
        why = say("its content differs from its headers")
        if isinstance(packed, BrokenBody):
            why = exception_text(packed)
        message = say("the answer of {host} cannot be unpacked: {why}", host=host, why=why)
        return ErrorVerdict(Id.BAD_ANSWER, message)
    if _find(chain, ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return _closed(known)
    if broken := _find(chain, ssl.SSLError):
        return _tls(broken, known)
    if _find(chain, TimeoutError, u3.TimeoutError):
        return _silence(known)
    if _find(chain, http.client.IncompleteRead, u3.InvalidChunkLength):
        return ErrorVerdict(
            Id.BAD_ANSWER, say("the answer of {host} ended in the middle", host=host)
        )
    if _find(chain, ConnectionError, http.client.RemoteDisconnected):
        return _closed(known)
    if wrapped := _find(chain, u3.SSLError):
        return _tls(wrapped, known)
    if _find(chain, http.client.HTTPException, u3.HeaderParsingError, ValueError):
        return ErrorVerdict(
            Id.BAD_ANSWER,
            say("{host} did not answer in HTTP", host=host),
            say("check `base_url`: its scheme and its port"),
        )
    why = _errno_words(chain[-1], known) or from_table(type(chain[-1]).__name__)
    message = say("{host} received the request; no answer came ({why})", host=host, why=why)
    return ErrorVerdict(Id.NO_ANSWER, message)


def _find(chain: Chain, *kinds: type[E]) -> E | None:
    return next((link for link in chain if isinstance(link, kinds)), None)


def _chain(error: BaseException, known: CallFacts) -> Iterator[BaseException]:
    """The exceptions of an error's chain, with the error last.

    Python also chains the exception that the caller was handling; the chain ends before it.
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
    """Whether the server refused our certificate, or its absence, before the request (ADR 0012)."""
    # a handshake failure that names no certificate may have another cause
    named = known.shows_certificate and "HANDSHAKE" not in str(getattr(error, "reason", ""))
    return _is_about_us(error) and (named or demanded_certificate(error))


def _tls(error: BaseException, known: CallFacts) -> ErrorVerdict:
    words = str(getattr(error, "reason", None) or "").lower().replace("_", " ")
    reason = from_table(words) or say("no reason given")
    if _is_about_us(error):
        text = say(
            "{host} refused the client certificate ({reason})", host=known.host, reason=reason
        )
        remedy = say(
            "check `certificate` and `key`: known to the server, with its whole chain, not expired"
        )
        if demanded_certificate(error):
            text = say(
                "{host} asks for a client certificate, but the environment has none",
                host=known.host,
            )
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


def _unreached(error: BaseException, known: CallFacts) -> ErrorVerdict:
    why = _errno_words(error, known) or say("no connection")
    return ErrorVerdict(
        Id.NOT_SENT,
        say("{host} could not be reached ({why})", host=known.host, why=why),
        say("check `base_url`, and that the service is up"),
    )


def _late_connection(known: CallFacts) -> ErrorVerdict:
    limit = known.limit if known.step_limit else say("{seconds:g} s", seconds=known.connect_timeout)
    late = say("{host} accepted no connection within {limit}", host=known.host, limit=limit)
    if known.connected:
        late = say(
            "the TLS handshake with {host} did not end within {limit}", host=known.host, limit=limit
        )
    remedy = say("check the network, or raise {key}", key="`timeout.connect`")
    return ErrorVerdict(Id.NOT_SENT, late, remedy)


def _silence(known: CallFacts) -> ErrorVerdict:
    setting = f"`timeout.{'total' if known.limit.endswith('in all') else 'read'}`"
    return ErrorVerdict(
        Id.TIMEOUT if known.step_limit else Id.NO_ANSWER,
        say(
            "{host} received the request and did not answer within {limit}",
            host=known.host,
            limit=known.limit,
        ),
        say("raise the `timeout`")
        if known.step_limit
        else say("raise {setting} if it is usual", setting=setting),
    )


def _closed(known: CallFacts) -> ErrorVerdict:
    return ErrorVerdict(
        Id.NO_ANSWER,
        say(
            "{host} received the request and closed the connection before the end of its answer",
            host=known.host,
        ),
    )


def _errno_words(error: BaseException, known: CallFacts) -> Message:
    """The system's message for the innermost error with an errno."""
    for link in _chain(error, known):
        if isinstance(link, OSError) and link.errno and not isinstance(link, ssl.SSLError):
            return from_table((link.strerror or "").lower())
    return from_table("")
