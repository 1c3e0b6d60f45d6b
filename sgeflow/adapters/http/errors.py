"""Foreign exceptions told as `NoAnswer`: was it sent, what does it mean, what to do.

The texts of the exceptions are never used: they may hold addresses, headers or bodies.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator

from requests import exceptions as rq
from urllib3 import exceptions as u3

from sgeflow.adapters.http.bad_answers import (
    Ending,
    Exchanged,
    tell_cut,
    tell_no_final,
    tell_not_http,
    tell_packing,
    tell_too_large,
    tell_unasked,
    tell_unusable,
)
from sgeflow.adapters.http.connections import (
    BrokenBody,
    NoFinalReply,
    TooLarge,
    Unasked,
    refused_certificate,
)
from sgeflow.core.model import FaultClass, Kind, NoAnswer
from sgeflow.errors import Id, Problem
from sgeflow.messages import Said, fixed, say

FOREIGN = (
    rq.RequestException,
    u3.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
    TooLarge,
    BrokenBody,
    Unasked,
)
"""All that requests, urllib3 and the standard library raise while a request is exchanged."""


def no_answer(error: Exception, known: Exchanged) -> NoAnswer:
    """The outcome of an exchange that ended with a foreign exception."""
    chain = tuple(_chain(error))
    for kinds, tell in _RULES:
        for link in chain:
            if isinstance(link, kinds):
                return _outcome(tell(link, known), known)
    return _outcome(_unknown(error, known), known)


def refused(
    known: Exchanged, problem: Problem, fault_class: FaultClass = FaultClass.TECHNICAL
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


def _outcome(told: Ending, known: Exchanged) -> NoAnswer:
    problem = Problem(
        id=told.id,
        message=told.message,
        details=(("remedy", told.remedy),) if told.remedy else (),
    )
    sent = known.sent if told.sent is None else told.sent
    unsure = sent and known.kind is not Kind.READ
    return NoAnswer(
        sent=None if sent else False,
        problem=problem,
        fault_class=FaultClass.UNKNOWN if unsure else told.fault_class,
        seconds=known.seconds,
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and those inside it, innermost first: the inner ones know more."""
    seen: set[int] = set()
    found: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        link = queue.pop()
        if isinstance(link, BaseException) and id(link) not in seen:
            seen.add(id(link))
            found.append(link)
            queue += [*link.args, getattr(link, "reason", None), link.__cause__, link.__context__]
    return reversed(found)


def _certificate(error: BaseException, known: Exchanged) -> Ending:
    why = fixed(getattr(error, "verify_message", "")) or say("the name does not match")
    return Ending(
        Id.TLS,
        say("the certificate of {host} is not trusted: {why}", host=known.host, why=why),
        say("check `base_url`, and `ca` when the server belongs to a private authority"),
        FaultClass.CREDENTIALS,
        sent=False,
    )


def _tls(error: BaseException, known: Exchanged) -> Ending:
    words = str(getattr(error, "reason", None) or "").lower().replace("_", " ")
    reason = fixed(words) or say("no reason given")
    if isinstance(error, ssl.SSLError) and refused_certificate(error):
        return Ending(
            Id.TLS,
            say("{host} refused the client certificate ({reason})", host=known.host, reason=reason),
            say(
                "check `certificate` and `key`: known to Enedis, with its whole chain, not expired"
            ),
            FaultClass.CREDENTIALS,
            sent=False,
        )
    if known.sent:
        return Ending(
            Id.NO_ANSWER,
            say("the TLS connection to {host} broke ({reason})", host=known.host, reason=reason),
        )
    return Ending(
        Id.TLS,
        say("no TLS connection could be made to {host} ({reason})", host=known.host, reason=reason),
        say("check `base_url`: its scheme and its port"),
        FaultClass.CREDENTIALS,
    )


def _name(_error: BaseException, known: Exchanged) -> Ending:
    return Ending(
        Id.NOT_SENT,
        say("the name of {host} is not known; nothing was sent", host=known.host),
        say("check `base_url` and this machine's name resolution"),
        sent=False,
    )


def _not_connected(error: BaseException, known: Exchanged) -> Ending:
    why = _errno_words(error) or say("no connection")
    return Ending(
        Id.NOT_SENT,
        say("{host} could not be reached ({why}); nothing was sent", host=known.host, why=why),
        say("check `base_url`, and whether the service is up"),
        sent=False,
    )


def _slow_connect(_error: BaseException, known: Exchanged) -> Ending:
    limit = known.limit if known.step_limit else say("{seconds:g} s", seconds=known.connect_timeout)
    late = say("{host} accepted no connection within {limit}", host=known.host, limit=limit)
    if known.connected:
        late = say(
            "the TLS handshake with {host} did not end within {limit}", host=known.host, limit=limit
        )
    message = say("{late}; nothing was sent", late=late)
    remedy = say("check the network, or raise `timeout.connect`")
    return Ending(Id.NOT_SENT, message, remedy, sent=False)


def _silence(error: BaseException, known: Exchanged) -> Ending:
    if not known.sent:
        return _slow_connect(error, known)
    setting = f"`timeout.{'total' if known.limit.endswith('in all') else 'read'}`"
    return Ending(
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


def _closed(error: BaseException, known: Exchanged) -> Ending:
    if not known.sent:
        return _not_connected(error, known)
    return Ending(
        Id.NO_ANSWER,
        say(
            "{host} was sent the request and closed the connection before a whole answer came",
            host=known.host,
        ),
    )


def _unknown(error: BaseException, known: Exchanged) -> Ending:
    why = _errno_words(error) or fixed(type(error).__name__)
    if known.sent:
        return Ending(
            Id.NO_ANSWER,
            say("{host} was sent the request; no answer came ({why})", host=known.host, why=why),
        )
    return Ending(
        Id.NOT_SENT,
        say("{host} could not be reached ({why}); nothing was sent", host=known.host, why=why),
    )


def _errno_words(error: BaseException) -> Said:
    """What the system calls it, from the innermost error that has a number."""
    for link in _chain(error):
        if isinstance(link, OSError) and link.errno and not isinstance(link, ssl.SSLError):
            return fixed((link.strerror or "").lower())
    return fixed("")


_Rule = tuple[tuple[type[BaseException], ...], Callable[[BaseException, Exchanged], Ending]]

# From the particular to the general; the first rule that any exception of the chain fits decides.
_RULES: tuple[_Rule, ...] = (
    ((TooLarge,), tell_too_large),
    ((Unasked,), tell_unasked),
    ((NoFinalReply,), tell_no_final),
    ((BrokenBody, u3.DecodeError, rq.ContentDecodingError), tell_packing),
    ((ssl.SSLCertVerificationError,), _certificate),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), _closed),
    ((ssl.SSLError,), _tls),
    ((socket.gaierror, u3.NameResolutionError), _name),
    ((ConnectionRefusedError, u3.NewConnectionError), _not_connected),
    ((u3.ConnectTimeoutError, rq.ConnectTimeout), _slow_connect),
    ((TimeoutError, u3.TimeoutError, rq.Timeout), _silence),
    ((http.client.IncompleteRead, rq.ChunkedEncodingError, u3.InvalidChunkLength), tell_cut),
    ((ConnectionError, http.client.RemoteDisconnected), _closed),
    ((u3.SSLError, rq.SSLError, ssl.CertificateError), _tls),
    (
        (
            http.client.InvalidURL,
            u3.LocationValueError,
            u3.URLSchemeUnknown,
            u3.UnrewindableBodyError,
            rq.InvalidURL,
            rq.InvalidHeader,
            rq.InvalidSchema,
            rq.MissingSchema,
            rq.URLRequired,
            rq.UnrewindableBodyError,
        ),
        tell_unusable,
    ),
    (
        (http.client.HTTPException, u3.HeaderParsingError, rq.JSONDecodeError, ValueError),
        tell_not_http,
    ),
)
