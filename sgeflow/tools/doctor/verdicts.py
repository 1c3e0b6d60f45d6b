"""Findings of a checkup, and the verdicts that lead to them: pure functions of facts.

Facts of the way to a server, of certificates, tokens and files of secrets, of this machine, and of
an environment that was copied and not filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

from msgspec import Struct

from sgeflow.core.documents import Environment
from sgeflow.core.hosts import is_here
from sgeflow.core.measures.civil_time import civil_day, duration_text
from sgeflow.errors import Exit, Id, Problem
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.patterns import regex
from sgeflow.values import Discreet


class CheckStatus(Enum):
    """How a check came out; programs read the values."""

    FINE = "ok"
    WARNING = "warning"  # it works now, and somebody must act
    FAILED = "failed"
    SKIPPED = "skipped"


class Finding(Struct, frozen=True, kw_only=True):
    """A check by name, what was found, and what to do; an id where it is not well."""

    check: Message
    status: CheckStatus
    message: Message
    remedy: str = ""
    id: Id | None = None


class FindingGroup(Struct, frozen=True, kw_only=True):
    """Findings of one thing: an endpoint, the environment, this machine."""

    name: str  # for programs
    title: str
    findings: tuple[Finding, ...]


class Checkup(Struct, frozen=True, kw_only=True):
    """All that was found of an environment."""

    environment: str
    title: str
    simulated: bool
    groups: tuple[FindingGroup, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings in their order."""
        return tuple(finding for group in self.groups for finding in group.findings)

    def count(self, status: CheckStatus) -> int:
        """How many checks came out so."""
        return sum(finding.status is status for finding in self.findings)

    @property
    def exit(self) -> Exit:
        """The exit code of the first failed check, else of the first warning, else 0."""
        for status in (CheckStatus.FAILED, CheckStatus.WARNING):
            for finding in self.findings:
                if finding.status is status and finding.id:
                    return finding.id.exit
        return Exit.OK


def fine(check: Message, message: Message) -> Finding:
    """A check that found nothing wrong."""
    return Finding(check=check, status=CheckStatus.FINE, message=message)


def warning(check: Message, id_: Id, message: Message, remedy: str) -> Finding:
    """A check of something that works now, and will not, or should not."""
    return Finding(check=check, status=CheckStatus.WARNING, message=message, remedy=remedy, id=id_)


def failure(check: Message, id_: Id, message: Message, remedy: str) -> Finding:
    """A check that failed."""
    return Finding(check=check, status=CheckStatus.FAILED, message=message, remedy=remedy, id=id_)


def skip(check: Message, why: Message) -> Finding:
    """A check that could not be made, and why."""
    return Finding(
        check=check, status=CheckStatus.SKIPPED, message=say("not checked: {why}", why=why)
    )


def of_problem(check: Message, problem: Problem, otherwise: str) -> Finding:
    """A problem as a finding: its own remedy, or another one when it has none."""
    remedy = next((text for label, text in problem.details if label == "remedy"), otherwise)
    return failure(check, problem.id, problem.message, remedy)


class Certificate(Discreet, frozen=True, kw_only=True):
    """The facts of one certificate; names as bytes, to compare, and as a person reads them."""

    withheld = frozenset({"subject", "issuer"})

    name: str
    issuer_name: str
    begins: datetime
    ends: datetime
    for_clients: bool = True
    subject: bytes
    issuer: bytes

    @property
    def signs_itself(self) -> bool:
        """Whether it is its own issuer."""
        return self.subject == self.issuer


# -- the way to a server ---------------------------------------------------------------------------

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


def connection(place: str, attempt: FailedAttempt | None, setting: str) -> Finding:
    """Whether the server takes connections."""
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


def proxied(place: str, proxy: str, by: str, attempt: FailedAttempt | None) -> Finding:
    """Whether the server takes connections through the proxy, which `by` has named."""
    if attempt is None:
        text = say(
            "{place} answers through the proxy {proxy} ({by})", place=place, proxy=proxy, by=by
        )
        return fine(_CONNECTION, text)
    message = say(
        "the proxy {proxy} ({by}) could not be reached ({reason})",
        proxy=proxy,
        by=by,
        reason=attempt.reason,
    )
    if attempt.trouble is Trouble.PROXY:
        message = say(
            "the proxy {proxy} ({by}) opened no way to {place} ({reason})",
            proxy=proxy,
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
        parts = [outcome.version]
        if outcome.ends:
            day = _day(outcome.ends)
            parts.append(say("the server's certificate is trusted, until {day}", day=day))
        if not outcome.answered:
            parts.append(say("the server closed without an answer"))
        elif presented.certificate:
            parts.append(say("yours was not refused"))
        return fine(_TLS, join_items(parts))
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
    demanded = say("{host} asks for a client certificate, but the environment has none", host=host)
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
    trust = say(
        "when {host} or a proxy before it has an authority of its own, name its file: `ca`",
        host=host,
    )
    if presented.ca:
        trust = say(
            "{ca} must hold the authority that issued it; public authorities do not count beside"
            " `ca`",
            ca=presented.ca,
        )
    if not presented.certificate:
        admission = say("the server may ask for a client certificate: set `certificate` and `key`")
    elif presented.lacks_chain:
        admission = say(
            "add the issuers to {file}, behind your certificate; Enedis must know the whole chain",
            file=presented.certificate,
        )
    else:
        admission = say("ask Enedis whether it knows this certificate, with its whole chain")
    return {
        Trouble.EXPIRED: clock_first,
        Trouble.NOT_YET: clock_first,
        Trouble.OTHER_HOST: say(
            "check the host in `{setting}`, and what a proxy puts in between",
            setting=presented.setting,
        ),
        Trouble.UNTRUSTED: trust,
        Trouble.REFUSED: admission,
        Trouble.DEMANDED: admission,
        Trouble.OLD_TLS: say("tell those who run {host}: nothing older is spoken", host=host),
        Trouble.SLOW: say("try again; if it stays, ask who runs the network what inspects TLS"),
        Trouble.CLOSED: admission,
    }


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


_DAY = timedelta(days=1)
_CERTIFICATE, _EXPIRY, _CHAIN = say("certificate"), say("expiry"), say("chain")
_TOKEN, _RIGHTS = say("token"), say("rights")
_NEW_CERTIFICATE = say(
    "ask your authority for a new one, give Enedis its chain, then put it in place of this one"
)
_ORDER = say("write your own certificate first, then its issuer, then the issuer of that one")


class Token(Struct, frozen=True, kw_only=True):
    """Facts of a header that carries a token, without the token."""

    header: str
    begins: datetime | None = None
    ends: datetime | None = None
    padded: bool = False  # a space or a quotation mark around it


def judge_owner(certificates: Sequence[Certificate]) -> Finding:
    """Judge the owner of a certificate, and whether it is one for clients."""
    own = certificates[0]
    if own.for_clients:
        message = say("of {name}, issued by {issuer}", name=own.name, issuer=own.issuer_name)
        return fine(_CERTIFICATE, message)
    return failure(
        _CERTIFICATE,
        Id.CERTIFICATE,
        say("the certificate of {name} is not for clients", name=own.name),
        say("ask your authority for one with the usage clientAuth (TLS client authentication)"),
    )


def expiry(certificates: Sequence[Certificate], now: datetime, warn_days: int) -> Finding:
    """How long all certificates of a file are valid; the one that ends first decides."""
    early = max(certificates, key=lambda one: one.begins)
    if early.begins > now:
        message = say(
            "the certificate of {name} is not valid before {day}",
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
        message = say("{name} is first, but issued another certificate of the file", name=own.name)
        return failure(_CHAIN, Id.CERTIFICATE, message, _ORDER)
    before = own
    for one in others:
        if one.subject != before.issuer:
            message = say("{name} does not follow a certificate that it issued", name=one.name)
            return warning(_CHAIN, Id.CERTIFICATE, message, _ORDER)
        before = one
    count = len(certificates)
    return fine(_CHAIN, say("{count} certificates in the right order", count=count))


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
            "the token in {header} is not valid before {day}",
            header=header,
            day=_day(claims.begins),
        )
        remedy = say("check the clock of this machine; if it is right, wait until then")
        return failure(_TOKEN, Id.SETTING, message, remedy)
    remedy = say("ask the operator of the gateway for a new one")
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


def rights(modes: Mapping[str, int]) -> tuple[Finding, ...]:
    """Whether keys and secrets are their owner's and group's alone, by the modes of their paths."""
    # others read, or anybody else writes
    if open_ := {path: mode for path, mode in modes.items() if mode & 0o026}:
        return tuple(
            warning(
                _RIGHTS,
                Id.EXPOSED,
                say(
                    "{path} can be read or changed by others ({mode:03o})",
                    path=path,
                    mode=mode & 0o777,
                ),
                f"chmod 600 {path}",
            )
            for path, mode in open_.items()
        )
    if not modes:
        return ()
    names = join_items(modes)
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
        "{message}: {count} day ago", "{message}: {count} days ago", message=message, count=age.days
    )


_STATE, _DISK, _ZONES, _CACHE = say("state"), say("disk"), say("time zones"), say("cache")
_CUSTOMERS = say("customers")
_LITTLE, _NOTHING = 1 << 30, 50 << 20  # bytes
_GB = 1e9


class Folder(Struct, frozen=True, kw_only=True):
    """A folder that commands write to: whether it is there, and why it cannot be written."""

    path: str
    exists: bool
    trouble: Message | None = None


def state(folder: Folder) -> Finding:
    """Whether journal and measures can be kept in a folder."""
    if folder.trouble:
        return failure(
            _STATE,
            Id.STORAGE,
            say("{path} cannot be written: {why}", path=folder.path, why=folder.trouble),
            say("let the user of sgeflow write there, or choose another place with --state"),
        )
    if not folder.exists:
        return fine(_STATE, say("{path} is created when it is first needed", path=folder.path))
    return fine(_STATE, say("{path} can be written", path=folder.path))


def server(place: str, *, may_create: bool) -> Finding:
    """Whether a server takes the state; `place` is its address as messages may show it."""
    if may_create:
        return fine(_STATE, say("{place} answers", place=place))
    return warning(
        _STATE,
        Id.STORAGE,
        say("{place} answers, but its user may not create tables there", place=place),
        say("GRANT its user CREATE on the database, once"),
    )


def customers(path: str | None, mode: int) -> Finding:
    """Whether others may read the key that customers are marked with, should it be a file."""
    if mode & 0o077:
        what = say(
            "{path} can be read or changed by others ({mode:03o})", path=path, mode=mode & 0o777
        )
        return warning(_CUSTOMERS, Id.EXPOSED, what, f"chmod 600 {path}")
    source = path or "identity_key"
    return fine(_CUSTOMERS, say("they are marked with the key of {source}", source=source))


def disk(path: str, free: int) -> Finding:
    """Whether there is room where the state is."""
    left = say("{size:.1f} GB free at {path}", size=free / _GB, path=path)
    remedy = say("free some space: sgeflow runs prune deletes old runs")
    if free < _NOTHING:
        return failure(_DISK, Id.STORAGE, left, remedy)
    if free < _LITTLE:
        return warning(_DISK, Id.STORAGE, left, remedy)
    return fine(_DISK, left)


def zones(*, known: bool) -> Finding:
    """Whether the civil days of France can be told."""
    if known:
        return fine(_ZONES, say("Europe/Paris is known, with summer time"))
    return failure(
        _ZONES,
        Id.UNREADABLE,
        say("this machine does not know Europe/Paris"),
        "pip install --upgrade tzdata",
    )


def cache(folder: Folder | None) -> Finding:
    """Whether checked documents can be kept; it costs time alone when they cannot."""
    if folder is None:
        return fine(_CACHE, say("switched off: commands start more slowly"))
    if folder.trouble:
        return warning(
            _CACHE,
            Id.STORAGE,
            say("{path} cannot be used: {reason}", path=folder.path, reason=folder.trouble),
            say("only this user may have access to it; or choose SGEFLOW_CACHE=DIR, or off"),
        )
    return fine(_CACHE, say("{path} can be written", path=folder.path))


_SETTINGS, _STUBS = say("settings"), say("stubs")
_EXAMPLE = regex(r"(^|[.@])example\.(com|net|org)$")  # RFC 2606: nobody can ever own these
_NO_CONTRACT = regex(r"(\d)\1*|1234567(89)?")


def filled_in(environment: Environment) -> tuple[Finding, ...]:
    """Whether login, contract and addresses are one's own, and not those of an example."""
    examples: list[tuple[Message, Message]] = []
    if _EXAMPLE.search(environment.login):
        message = say("`login` is still {login}, an example", login=environment.login)
        remedy = say("write the SGE account, an e-mail address that Enedis knows")
        examples.append((message, remedy))
    if _NO_CONTRACT.fullmatch(environment.contract_id):
        number = environment.contract_id
        message = say("`contractId` is still {number}, an example", number=number)
        examples.append((message, say("write the number of your contract with Enedis")))
    for name, endpoint in environment.endpoints.items():
        host = urlsplit(endpoint.base_url).hostname or ""
        if is_example(host):
            message = say(
                '`base_url` of "{name}" is still {host}, an example', name=name, host=host
            )
            remedy = say("write its address, or remove it if none of your flows calls it")
            examples.append((message, remedy))
    if examples:
        return tuple(failure(_SETTINGS, Id.SETTING, *one) for one in examples)
    return (fine(_SETTINGS, say("login, contract and addresses are filled in")),)


def stubs(environment: Environment) -> Iterator[Finding]:
    """Findings on the stubs of services of a simulated environment with an address outside."""
    for name, endpoint in environment.endpoints.items():
        if endpoint.is_simulated:
            continue
        if endpoint.stubs:
            count = len(endpoint.stubs)
            message = say_count(
                'one answers for "{name}"', '{count} answer for "{name}"', name=name, count=count
            )
        elif endpoint.relay:
            message = say('mails through "{name}" count as accepted, but are not sent', name=name)
        else:
            message = say('"{name}" has no stub: each flow test must give its own', name=name)
        yield fine(_STUBS, message)


def is_example(host: str) -> bool:
    """Whether a host is one that nobody can have."""
    return bool(_EXAMPLE.search(host))
