"""Verdicts on the way to a server: its name, a connection, TLS, and what its clock says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum

from msgspec import Struct

from sgeflow.core.hosts import is_here
from sgeflow.core.measures.civil_time import civil_day, duration_text
from sgeflow.errors import Id
from sgeflow.messages import Message, join_items, say
from sgeflow.tools.doctor.finding import Finding, failure, fine, skip, warning

_NAME, _CONNECTION, _TLS, _CLOCK = say("name"), say("connection"), say("TLS"), say("clock")
_ADDRESS = "base_url"
_SHOWN = 3  # addresses of a name
_OFF, _FAR_OFF = 60, 3600  # seconds


class Trouble(Enum):
    """Why a step on the way to a server did not succeed."""

    UNKNOWN_NAME = "unknown name"
    SLOW = "slow"
    UNREACHED = "unreached"
    PROXY = "proxy"  # which opened no way
    EXPIRED = "expired"  # the server's certificate
    NOT_YET = "not yet"
    OTHER_HOST = "other host"
    UNTRUSTED = "untrusted"
    REFUSED = "refused"  # our certificate
    DEMANDED = "demanded"  # one of ours, and none was shown
    NO_TLS = "no TLS"
    OLD_TLS = "old TLS"
    CLOSED = "closed"
    OTHER = "other"


class FailedAttempt(Struct, frozen=True, kw_only=True):
    """A step that did not succeed, with what the system or library calls it."""

    trouble: Trouble
    reason: Message
    seconds: float = 0.0


class TlsConnection(Struct, frozen=True, kw_only=True):
    """A connection over TLS: its version, and until when the server's certificate is valid."""

    version: str
    ends: datetime | None = None
    answered: bool = True  # to what was asked then: our certificate was not refused


class ClientTls(Struct, frozen=True, kw_only=True):
    """How the client side of TLS is set up, for remedies."""

    certificate: str = ""  # the file
    lacks_chain: bool = False
    ca: str = ""
    setting: str = _ADDRESS  # the key that says where it is


class Lag(Struct, frozen=True, kw_only=True):
    """How far this machine's clock is before a server's, in seconds; behind it when negative."""

    host: str
    seconds: float


class ProxyTaken(Struct, frozen=True, kw_only=True):
    """The proxy on the way: its host and port, and who named it, in words."""

    place: str
    source: str


def name(host: str, addresses: Sequence[str] | FailedAttempt, setting: str) -> Finding:
    """Whether the name of a server, or of the proxy before it, leads to addresses."""
    if not isinstance(addresses, FailedAttempt):
        listing = [*addresses[:_SHOWN], *(["…"] if len(addresses) > _SHOWN else [])]
        return fine(_NAME, say("{host} is {addresses}", host=host, addresses=join_items(listing)))
    remedy = say(
        "check the host in `{setting}`, and the name servers of this machine", setting=setting
    )
    if addresses.trouble is Trouble.SLOW:
        message = say("no name server told the address of {host}", host=host)
        return failure(_NAME, Id.NOT_SENT, message, remedy)
    return failure(_NAME, Id.NOT_SENT, say("the name {host} is not known", host=host), remedy)


def connection(
    place: str, proxy: ProxyTaken | None, attempt: FailedAttempt | None, setting: str
) -> Finding:
    """Whether the server takes connections, or the proxy before it does; which one, and whose."""
    if proxy:
        return _through(place, proxy, attempt)
    if attempt is None:
        return fine(_CONNECTION, say("{place} answers", place=place))
    if attempt.trouble is Trouble.SLOW:
        message = say(
            "{place} accepted no connection within {seconds:g} s",
            place=place,
            seconds=attempt.seconds,
        )
        remedy = say(
            "ask who runs the network to let this machine reach {place}: a firewall drops it; or"
            " name the proxy that leads there: `proxy`",
            place=place,
        )
    else:
        message = say("{place} could not be reached ({reason})", place=place, reason=attempt.reason)
        remedy = say(
            "check host and port in `{setting}`, and whether the service is up", setting=setting
        )
    return failure(_CONNECTION, Id.NOT_SENT, message, remedy)


def _through(place: str, proxy: ProxyTaken, attempt: FailedAttempt | None) -> Finding:
    at, by = proxy.place, proxy.source
    if attempt is None:
        text = say("{place} answers through the proxy {proxy} ({by})", place=place, proxy=at, by=by)
        return fine(_CONNECTION, text)
    message = say(
        "the proxy {proxy} ({by}) could not be reached ({reason})",
        proxy=at,
        by=by,
        reason=attempt.reason,
    )
    if attempt.trouble is Trouble.PROXY:
        message = say(
            "the proxy {proxy} ({by}) opened no way to {place} ({reason})",
            proxy=at,
            by=by,
            place=place,
            reason=attempt.reason,
        )
    remedy = say("check `proxy` of the environment, or the variables https_proxy and no_proxy")
    return failure(_CONNECTION, Id.NOT_SENT, message, remedy)


def plain(host: str) -> Finding:
    """An address without TLS."""
    if is_here(host):
        return fine(_TLS, say("none, and none is needed: the server is on this machine"))
    return warning(
        _TLS,
        Id.TLS,
        say("the address begins with http: tokens and answers can be read on their way"),
        say("write https in `base_url`, if the server speaks it"),
    )


def tls(host: str, presented: ClientTls, outcome: TlsConnection | FailedAttempt) -> Finding:
    """Whether both sides trust each other."""
    if isinstance(outcome, TlsConnection):
        return fine(_TLS, _security_text(presented, outcome))
    message = _messages(host, presented, outcome).get(outcome.trouble) or say(
        "no TLS connection could be made to {host} ({reason})", host=host, reason=outcome.reason
    )
    otherwise = say("check `base_url`: its scheme and its port")
    if presented.setting != _ADDRESS:
        otherwise = say("check host, port and `tls` in `{setting}`", setting=presented.setting)
    remedy = _remedies(host, presented).get(outcome.trouble) or otherwise
    return failure(_TLS, Id.TLS, message, remedy)


def _messages(host: str, presented: ClientTls, attempt: FailedAttempt) -> Mapping[Trouble, Message]:
    reason = attempt.reason
    refused = say("{host} refused the client certificate ({reason})", host=host, reason=reason)
    demanded = say("{host} asks for a client certificate, and none was shown", host=host)
    return {
        **({Trouble.REFUSED: refused} if presented.certificate else {}),
        Trouble.DEMANDED: demanded,
        Trouble.EXPIRED: say("the certificate of {host} has expired", host=host),
        Trouble.NOT_YET: say("the certificate of {host} is not yet valid", host=host),
        Trouble.OTHER_HOST: say("the certificate shown is not one for {host}", host=host),
        Trouble.UNTRUSTED: say(
            "the certificate of {host} is not trusted: {why}", host=host, why=reason
        ),
        Trouble.NO_TLS: say("{host} does not speak TLS at this port", host=host),
        Trouble.OLD_TLS: say("{host} speaks no TLS of version 1.2 or later", host=host),
        Trouble.SLOW: say(
            "the TLS handshake with {host} did not end within {limit}",
            host=host,
            limit=say("{seconds:g} s", seconds=attempt.seconds),
        ),
        Trouble.CLOSED: say("{host} closed the connection during the TLS handshake", host=host),
    }


def _remedies(host: str, presented: ClientTls) -> Mapping[Trouble, Message]:
    clock_first = say("see the clock below; if it is right, tell those who run {host}", host=host)
    return {
        Trouble.EXPIRED: clock_first,
        Trouble.NOT_YET: clock_first,
        Trouble.OTHER_HOST: say(
            "check the host in `{setting}`, and what a proxy puts in between",
            setting=presented.setting,
        ),
        Trouble.UNTRUSTED: _trust(host, presented),
        Trouble.REFUSED: _admission(presented),
        Trouble.DEMANDED: _admission(presented),
        Trouble.OLD_TLS: say("tell those who run {host}: nothing older is spoken", host=host),
        Trouble.SLOW: say("try again; if it stays, ask who runs the network what inspects TLS"),
        Trouble.CLOSED: _admission(presented),
    }


def _trust(host: str, presented: ClientTls) -> Message:
    if presented.ca:
        return say(
            "{ca} must hold the authority that issued it; public authorities do not count beside"
            " `ca`",
            ca=presented.ca,
        )
    return say(
        "when {host} or a proxy before it has an authority of its own, name its file: `ca`",
        host=host,
    )


def _admission(presented: ClientTls) -> Message:
    if not presented.certificate:
        return say("the server may ask for a client certificate: set `certificate` and `key`")
    if presented.lacks_chain:
        return say(
            "add the issuers to {file}, behind your certificate; Enedis must know the whole chain",
            file=presented.certificate,
        )
    return say("ask Enedis whether it knows this certificate, with its whole chain")


def _security_text(presented: ClientTls, security: TlsConnection) -> Message:
    parts = [security.version]
    if security.ends:
        day = civil_day(security.ends.timestamp())
        parts.append(say("the server's certificate is trusted, until {day}", day=day))
    if not security.answered:
        parts.append(say("the server closed without an answer"))
    elif presented.certificate:
        parts.append(say("yours was not refused"))
    return join_items(parts)


def clock(lags: Sequence[Lag], why_not: Message) -> Finding:
    """Whether this machine's clock is that of the servers; the first that told the time decides."""
    if not lags:
        return skip(_CLOCK, why_not)
    lag = lags[0]
    off = round(abs(lag.seconds))
    if off < _OFF:
        return fine(
            _CLOCK, say("that of {host}, within {seconds} s", host=lag.host, seconds=off + 1)
        )
    span = duration_text(off)
    message = (
        say("this machine's clock is {span} ahead of that of {host}", span=span, host=lag.host)
        if lag.seconds > 0
        else say("this machine's clock is {span} behind that of {host}", span=span, host=lag.host)
    )
    remedy = say("set it by a time server: timedatectl set-ntp true")
    return (failure if off >= _FAR_OFF else warning)(_CLOCK, Id.CLOCK, message, remedy)
