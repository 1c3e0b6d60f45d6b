"""Verdicts on the way to a server: its name, a connection, TLS, and what its clock says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sgeflow.errors import Id
from sgeflow.messages import Said, counted, listed, say, sentences
from sgeflow.tools.doctor.finding import Finding, failed, fine, skipped, warned
from sgeflow.tools.doctor.placeholder_values import is_here

_NAME, _CONNECTION, _TLS, _CLOCK = say("name"), say("connection"), say("TLS"), say("clock")
_SHOWN = 3  # addresses of a name
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400  # seconds
_OFF, _FAR_OFF = _MINUTE, _HOUR


class Trouble(Enum):
    """Why a step on the way to a server did not succeed."""

    UNKNOWN_NAME = "unknown name"
    SLOW = "slow"
    UNREACHED = "unreached"
    EXPIRED = "expired"  # the server's certificate
    NOT_YET = "not yet"
    OTHER_HOST = "other host"
    UNTRUSTED = "untrusted"
    REFUSED = "refused"  # our certificate
    NO_TLS = "no TLS"
    OLD_TLS = "old TLS"
    CLOSED = "closed"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A step that did not succeed, with what the system or library calls it."""

    trouble: Trouble
    reason: Said
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """A connection over TLS: its version, and until when the server's certificate is valid."""

    version: str
    ends: datetime | None = None
    answered: bool = True  # to what was asked then: our certificate was not refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """How the client side of TLS is set up, for remedies."""

    certificate: str = ""  # the file
    lacks_chain: bool = False
    ca: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How far this machine's clock is before a server's, in seconds; behind it when negative."""

    host: str
    seconds: float


def name(host: str, proxies: Sequence[str], found: Sequence[str] | Failed) -> Finding:
    """Whether the name of a server leads to addresses; behind a proxy it may not."""
    if not isinstance(found, Failed):
        shown = [*found[:_SHOWN], *(["…"] if len(found) > _SHOWN else [])]
        return fine(_NAME, say("{host} is {addresses}", host=host, addresses=listed(shown)))
    check = say("check the host in `base_url`, and the name servers of this machine")
    remedy = sentences(_unused(proxies), check, between="; ")
    if found.trouble is Trouble.SLOW:
        message = say("no name server told the address of {host}", host=host)
        return failed(_NAME, Id.NOT_SENT, message, remedy)
    return failed(_NAME, Id.NOT_SENT, say("the name {host} is not known", host=host), remedy)


def connection(place: str, proxies: Sequence[str], found: Failed | None) -> Finding:
    """Whether the server takes connections; proxies of the machine are not used, and said."""
    unused = _unused(proxies)
    if found is None:
        return fine(
            _CONNECTION, sentences(say("{place} answers", place=place), unused, between="; ")
        )
    if found.trouble is Trouble.SLOW:
        message = say(
            "{place} accepted no connection within {seconds:g} s",
            place=place,
            seconds=found.seconds,
        )
        remedy = say(
            "ask who runs the network to let this machine reach {place}: a firewall drops it",
            place=place,
        )
    else:
        message = say("{place} could not be reached ({reason})", place=place, reason=found.reason)
        remedy = say("check host and port in `base_url`, and whether the service is up")
    return failed(_CONNECTION, Id.NOT_SENT, message, sentences(unused, remedy, between="; "))


def _unused(proxies: Sequence[str]) -> str:
    if not proxies:
        return ""
    return say("the proxy of {names} is not used", names=listed(proxies, say(" and ")))


def plain(host: str) -> Finding:
    """An address without TLS."""
    if is_here(host):
        return fine(_TLS, say("none, and none is needed: the server is on this machine"))
    return warned(
        _TLS,
        Id.TLS,
        say("the address begins with http: tokens and answers can be read on their way"),
        say("write https in `base_url`, if the server speaks it"),
    )


def tls(host: str, presented: Presented, found: Secured | Failed) -> Finding:
    """Whether both sides trust each other."""
    if isinstance(found, Secured):
        return fine(_TLS, _secured(presented, found))
    message = _messages(host, found).get(found.trouble) or say(
        "no TLS connection could be made to {host} ({reason})", host=host, reason=found.reason
    )
    remedy = _remedies(host, presented).get(found.trouble) or say(
        "check `base_url`: its scheme and its port"
    )
    return failed(_TLS, Id.TLS, message, remedy)


def _messages(host: str, found: Failed) -> Mapping[Trouble, Said]:
    reason = found.reason
    return {
        Trouble.EXPIRED: say("the certificate of {host} has expired", host=host),
        Trouble.NOT_YET: say("the certificate of {host} is not yet valid", host=host),
        Trouble.OTHER_HOST: say("the certificate shown is not one for {host}", host=host),
        Trouble.UNTRUSTED: say(
            "the certificate of {host} is not trusted: {why}", host=host, why=reason
        ),
        Trouble.REFUSED: say(
            "{host} refused the client certificate ({reason})", host=host, reason=reason
        ),
        Trouble.NO_TLS: say("{host} does not speak TLS at this port", host=host),
        Trouble.OLD_TLS: say("{host} speaks no TLS of version 1.2 or later", host=host),
        Trouble.SLOW: say(
            "the TLS handshake with {host} did not end within {limit}",
            host=host,
            limit=say("{seconds:g} s", seconds=found.seconds),
        ),
        Trouble.CLOSED: say("{host} closed the connection during the TLS handshake", host=host),
    }


def _remedies(host: str, presented: Presented) -> Mapping[Trouble, Said]:
    clock_first = say("see the clock below; if it is right, tell those who run {host}", host=host)
    return {
        Trouble.EXPIRED: clock_first,
        Trouble.NOT_YET: clock_first,
        Trouble.OTHER_HOST: say("check the host in `base_url`, and what a proxy puts in between"),
        Trouble.UNTRUSTED: _trust(host, presented),
        Trouble.REFUSED: _admission(presented),
        Trouble.OLD_TLS: say("tell those who run {host}: nothing older is spoken", host=host),
        Trouble.SLOW: say("try again; if it stays, ask who runs the network what inspects TLS"),
        Trouble.CLOSED: _admission(presented),
    }


def _trust(host: str, presented: Presented) -> Said:
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


def _admission(presented: Presented) -> Said:
    if not presented.certificate:
        return say("the server may ask for a client certificate: set `certificate` and `key`")
    if presented.lacks_chain:
        return say(
            "add the issuers to {file}, behind your certificate; Enedis must know the whole chain",
            file=presented.certificate,
        )
    return say("ask Enedis whether it knows this certificate, with its whole chain")


def _secured(presented: Presented, found: Secured) -> Said:
    parts = [found.version]
    if found.ends:
        day = found.ends.date().isoformat()
        parts.append(say("the server's certificate is trusted, until {day}", day=day))
    if not found.answered:
        parts.append(say("the server closed without an answer"))
    elif presented.certificate:
        parts.append(say("yours was not refused"))
    return listed(parts)


def clock(lags: Sequence[Lag], why_not: Said) -> Finding:
    """Whether this machine's clock is that of the servers; the first that told the time decides."""
    if not lags:
        return skipped(_CLOCK, why_not)
    lag = lags[0]
    off = round(abs(lag.seconds))
    if off < _OFF:
        return fine(
            _CLOCK, say("that of {host}, within {seconds} s", host=lag.host, seconds=off + 1)
        )
    span = _span(off)
    message = (
        say("this machine's clock is {span} ahead of that of {host}", span=span, host=lag.host)
        if lag.seconds > 0
        else say("this machine's clock is {span} behind that of {host}", span=span, host=lag.host)
    )
    remedy = say("set it by a time server: timedatectl set-ntp true")
    return (failed if off >= _FAR_OFF else warned)(_CLOCK, Id.CLOCK, message, remedy)


def _span(seconds: int) -> Said:
    for size in (_DAY, _HOUR, _MINUTE):
        if seconds >= size:
            break
    count = seconds // size
    if size == _DAY:
        return counted("{count} day", "{count} days", count=count)
    if size == _HOUR:
        return counted("{count} hour", "{count} hours", count=count)
    return counted("{count} minute", "{count} minutes", count=count)
