"""Verdicts on what opens doors: certificates with their chain, tokens, files that hold secrets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from sgeflow.core.measures.civil_time import civil_day
from sgeflow.errors import Id
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.tools.doctor.finding import Certificate, Finding, failure, fine, warning

_DAY = timedelta(days=1)
_CERTIFICATE, _EXPIRY, _CHAIN = say("certificate"), say("expiry"), say("chain")
_TOKEN, _RIGHTS = say("token"), say("rights")
_NEW_CERTIFICATE = say(
    "ask your authority for a new one, give Enedis its chain, then put it in place of this one"
)
_ORDER = say("write your own certificate first, then its issuer, then the issuer of that one")


class Token(Struct, frozen=True, kw_only=True):
    """What is known of a header that carries a token, without the token."""

    header: str
    begins: datetime | None = None
    ends: datetime | None = None
    padded: bool = False  # a space or a quotation mark around it


class Rights(Struct, frozen=True, kw_only=True):
    """Who may do what with a file, as `chmod` counts."""

    path: str
    mode: int


def judge_owner(certificates: Sequence[Certificate]) -> Finding:
    """Whose certificate it is, and whether it is one for clients."""
    own = certificates[0]
    if own.for_clients:
        message = say("of {name}, issued by {issuer}", name=own.name, issuer=own.issuer_name)
        return fine(_CERTIFICATE, message)
    return failure(
        _CERTIFICATE,
        Id.CERTIFICATE,
        say("the certificate of {name} is not made for clients", name=own.name),
        say("ask your authority for one with the usage clientAuth (TLS client authentication)"),
    )


def expiry(certificates: Sequence[Certificate], now: datetime, warn_days: int) -> Finding:
    """How long all certificates of a file are valid; the one that ends first decides."""
    early = max(certificates, key=lambda one: one.begins)
    if early.begins > now:
        message = say(
            "the certificate of {name} is valid from {day} on only",
            name=early.name,
            day=_day(early.begins),
        )
        remedy = say("check the clock of this machine; if it is right, wait until then")
        return failure(_EXPIRY, Id.CERTIFICATE, message, remedy)
    first = min(certificates, key=lambda one: one.ends)
    if first.ends <= now:
        message = _since(
            say(
                "the certificate of {name} expired on {day}", name=first.name, day=_day(first.ends)
            ),
            now - first.ends,
        )
        return failure(_EXPIRY, Id.CERTIFICATE, message, _NEW_CERTIFICATE)
    left = first.ends - now
    if left < warn_days * _DAY:
        message = _still(
            say(
                "the certificate of {name} expires on {day}", name=first.name, day=_day(first.ends)
            ),
            left,
        )
        return warning(_EXPIRY, Id.EXPIRES, message, _NEW_CERTIFICATE)
    return fine(_EXPIRY, _still(say("valid until {day}", day=_day(first.ends)), left))


def chain(certificates: Sequence[Certificate]) -> Finding:
    """Whether each certificate of a file is followed by its issuer, one's own before all."""
    own, *others = certificates
    if not others and own.signs_itself:
        return fine(_CHAIN, say("self-signed: the server must know the certificate itself"))
    if not others:
        message = say(
            "no issuer in the file: the server must know {issuer}", issuer=own.issuer_name
        )
        return fine(_CHAIN, message)
    if own.subject in {one.issuer for one in others}:
        message = say("{name} stands first, and issued another of the file", name=own.name)
        return failure(_CHAIN, Id.CERTIFICATE, message, _ORDER)
    before = own
    for one in others:
        if one.subject != before.issuer:
            message = say("{name} does not follow a certificate that it issued", name=one.name)
            return warning(_CHAIN, Id.CERTIFICATE, message, _ORDER)
        before = one
    count = len(certificates)
    return fine(_CHAIN, say("{count} certificates, each followed by its issuer", count=count))


def lacks_chain(certificates: Sequence[Certificate]) -> bool:
    """Whether a server that does not know the issuer cannot find out."""
    return len(certificates) == 1 and not certificates[0].signs_itself


def token(claims: Token, now: datetime, warn_days: int) -> Finding:
    """Whether a token is valid, as far as it says so itself."""
    header = claims.header
    if claims.padded:
        return warning(
            _TOKEN,
            Id.SETTING,
            say("the token in {header} has a space or quotation mark around it", header=header),
            say("set it again without them"),
        )
    if claims.begins and claims.begins > now:
        message = say(
            "the token in {header} is valid from {day} on only",
            header=header,
            day=_day(claims.begins),
        )
        remedy = say("check the clock of this machine; if it is right, wait until then")
        return failure(_TOKEN, Id.SETTING, message, remedy)
    remedy = say("ask whoever runs the gateway for a new one, and set it")
    if claims.ends is None:
        return fine(
            _TOKEN, say("{header} is set; it does not say until when it is valid", header=header)
        )
    day, left = _day(claims.ends), claims.ends - now
    if left <= timedelta():
        message = say("the token in {header} expired on {day}", header=header, day=day)
        return failure(_TOKEN, Id.SETTING, _since(message, -left), remedy)
    if left < warn_days * _DAY:
        message = say("the token in {header} expires on {day}", header=header, day=day)
        return warning(_TOKEN, Id.EXPIRES, _still(message, left), remedy)
    valid = say("{header} is valid until {day}", header=header, day=day)
    return fine(_TOKEN, _still(valid, left))


def rights(files: Iterable[Rights]) -> tuple[Finding, ...]:
    """Whether keys and secrets are their owner's and group's alone."""
    known = list(files)
    open_ = [one for one in known if one.mode & 0o026]  # others read, or anybody else writes
    if open_:
        return tuple(
            warning(
                _RIGHTS,
                Id.EXPOSED,
                say(
                    "{path} can be read or changed by others ({mode:03o})",
                    path=one.path,
                    mode=one.mode & 0o777,
                ),
                f"chmod 600 {one.path}",
            )
            for one in open_
        )
    if not known:
        return ()
    names = join_items(one.path for one in known)
    return (fine(_RIGHTS, say("others can neither read nor change {names}", names=names)),)


def _day(moment: datetime) -> str:
    return civil_day(moment.timestamp())


def _still(message: Message, left: timedelta) -> Message:
    return say_count(
        "{message}: {count} day left",
        "{message}: {count} days left",
        message=message,
        count=left.days,
    )


def _since(message: Message, age: timedelta) -> Message:
    return say_count(
        "{message}: {count} day ago",
        "{message}: {count} days ago",
        message=message,
        count=age.days,
    )
