"""Turns facts into findings of a checkup; pure functions.

The facts are about the network, certificates, tokens and files of secrets, this machine, and
environments that still have values of an example.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

from msgspec import Struct

from sgeflow.core.documents import Environment
from sgeflow.core.hosts import is_here
from sgeflow.core.measures.civil_time import civil_day, duration_text, wrong_clock
from sgeflow.errors import Exit, Id, Problem
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.patterns import regex
from sgeflow.values import Discreet


class CheckStatus(Enum):
    """The result of a check; programs read the values."""

    FINE = "ok"
    WARNING = "warning"  # it works now, but a person must act
    FAILED = "failed"
    SKIPPED = "skipped"


class Finding(Struct, frozen=True, kw_only=True):
    """A check by name, its result, and what to do; with an id if something is wrong."""

    check: Message
    status: CheckStatus
    message: Message
    remedy: str = ""
    id: Id | None = None


class FindingGroup(Struct, frozen=True, kw_only=True):
    """The findings about one endpoint, the environment, or this machine."""

    name: str  # the name for programs
    title: str
    findings: tuple[Finding, ...]


class Checkup(Struct, frozen=True, kw_only=True):
    """All findings about an environment."""

    environment: str
    title: str
    simulated: bool
    groups: tuple[FindingGroup, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings in order."""
        return tuple(finding for group in self.groups for finding in group.findings)

    def count(self, status: CheckStatus) -> int:
        """The number of checks with this result."""
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
    """The finding of a check without a problem."""
    return Finding(check=check, status=CheckStatus.FINE, message=message)


def warning(check: Message, id_: Id, message: Message, remedy: str) -> Finding:
    """The finding of a check that passes now, but will fail later or shows a risk."""
    return Finding(check=check, status=CheckStatus.WARNING, message=message, remedy=remedy, id=id_)


def failure(check: Message, id_: Id, message: Message, remedy: str) -> Finding:
    """The finding of a failed check."""
    return Finding(check=check, status=CheckStatus.FAILED, message=message, remedy=remedy, id=id_)


def skip(check: Message, why: Message) -> Finding:
    """The finding of a check that was not possible, with the reason."""
    return Finding(
        check=check, status=CheckStatus.SKIPPED, message=say("not checked: {why}", why=why)
    )


def of_problem(check: Message, problem: Problem, otherwise: str) -> Finding:
    """A problem as a finding, with the problem's own remedy or another one."""
    remedy = next((text for label, text in problem.details if label == "remedy"), otherwise)
    return failure(check, problem.id, problem.message, remedy)


class Certificate(Discreet, frozen=True, kw_only=True):
    """The facts of one certificate: names as bytes for comparisons, and as text for people."""

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
        """Whether the certificate is its own issuer."""
        return self.subject == self.issuer


# -- the way to a server ---------------------------------------------------------------------------

_NAME, _CONNECTION, _TLS, _CLOCK = say("name"), say("connection"), say("TLS"), say("clock")
_ADDRESS = "base_url"
_SHOWN = 3  # the most addresses of a name that a message lists
_OFF, _FAR_OFF = 60, 3600  # seconds of difference that are a warning, and a failure


class Trouble(Enum):
    """Why a step on the way to a server failed."""

    UNKNOWN_NAME = "unknown name"
    SLOW = "slow"
    UNREACHED = "unreached"
    PROXY = "proxy"  # the proxy opened no connection
    EXPIRED = "expired"  # the server's certificate
    NOT_YET = "not yet"
    OTHER_HOST = "other host"
    UNTRUSTED = "untrusted"
    REFUSED = "refused"  # the server refused our certificate
    DEMANDED = "demanded"  # the server requires a certificate and got none
    NO_TLS = "no TLS"
    OLD_TLS = "old TLS"
    CLOSED = "closed"
    OTHER = "other"


class FailedAttempt(Struct, frozen=True, kw_only=True):
    """A failed step, with the reason in the words of the system or library."""

    trouble: Trouble
    reason: Message


class TlsConnection(Struct, frozen=True, kw_only=True):
    """A TLS connection: its version, and the end of the server certificate's validity."""

    version: str
    ends: datetime | None = None
    answered: bool = True  # the server answered, so it accepted our certificate


class ClientTls(Struct, frozen=True, kw_only=True):
    """The client's TLS settings, for remedies."""

    certificate: str = ""  # the path of its file
    lacks_chain: bool = False
    ca: str = ""
    setting: str = _ADDRESS  # the key of the address


class Lag(Struct, frozen=True, kw_only=True):
    """The difference between this machine's clock and a server's; negative if ours is behind."""

    host: str
    seconds: float


def name(host: str, addresses: Sequence[str] | FailedAttempt, setting: str) -> Finding:
    """Judge whether the name of a server, or of its proxy, has addresses."""
    if not isinstance(addresses, FailedAttempt):
        listing = [*addresses[:_SHOWN], *(["…"] if len(addresses) > _SHOWN else [])]
        return fine(_NAME, say("{host} is {addresses}", host=host, addresses=join_items(listing)))
    remedy = say(
        "check the host in `{setting}`, and the name servers of this machine", setting=setting
    )
    message = say("{host} has no known address ({why})", host=host, why=addresses.reason)
    return failure(_NAME, Id.NOT_SENT, message, remedy)


def connection(place: str, attempt: FailedAttempt | None, setting: str) -> Finding:
    """Judge whether the server accepts connections."""
    if attempt is None:
        return fine(_CONNECTION, say("{place} answers", place=place))
    message = say("{host} could not be reached ({why})", host=place, why=attempt.reason)
    remedy = say(
        "check host and port in `{setting}`, and whether the service is up", setting=setting
    )
    if attempt.trouble is Trouble.SLOW:
        remedy = say(
            "ask who runs the network to let this machine reach {place}: a firewall drops it; or"
            " name the proxy that leads there: `proxy`",
            place=place,
        )
    return failure(_CONNECTION, Id.NOT_SENT, message, remedy)


def proxied(place: str, proxy: str, by: str, attempt: FailedAttempt | None) -> Finding:
    """Judge whether the server accepts connections through the proxy that `by` names."""
    if attempt is None:
        text = say(
            "{place} answers through the proxy {proxy} ({by})", place=place, proxy=proxy, by=by
        )
        return fine(_CONNECTION, text)
    message = say(
        "{host} could not be reached ({why})",
        host=say("the proxy {proxy} ({by})", proxy=proxy, by=by),
        why=attempt.reason,
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
    """The finding about an address without TLS."""
    if is_here(host):
        return fine(_TLS, say("none, and none is needed: the server is on this machine"))
    return warning(
        _TLS,
        Id.TLS,
        say("the address begins with http: tokens and answers can be read on their way"),
        say("write https in `base_url`, if the server speaks it"),
    )


def tls(host: str, presented: ClientTls, outcome: TlsConnection | FailedAttempt) -> Finding:
    """Judge whether client and server trust each other."""
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
            "add the issuers to {file}, behind your certificate; the server needs the whole chain",
            file=presented.certificate,
        )
    else:
        admission = say("ask the service whether it knows this certificate, with its whole chain")
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
    """Judge this machine's clock by the first server that told its time."""
    if not lags:
        return skip(_CLOCK, why_not)
    lag = lags[0]
    off = round(abs(lag.seconds))
    if off < _OFF:
        return fine(
            _CLOCK, say("that of {host}, within {seconds} s", host=lag.host, seconds=off + 1)
        )
    message, remedy = wrong_clock(lag.host, lag.seconds)
    return (failure if off >= _FAR_OFF else warning)(_CLOCK, Id.CLOCK, message, remedy)


_DAY = timedelta(days=1)
_CERTIFICATE, _EXPIRY, _CHAIN = say("certificate"), say("expiry"), say("chain")
_TOKEN, _RIGHTS = say("token"), say("rights")
_NEW_CERTIFICATE = say(
    "ask your authority for a new one, give its chain to the service, then replace this one"
)
_ORDER = say("write your own certificate first, then its issuer, then the issuer of that one")


class Token(Struct, frozen=True, kw_only=True):
    """The facts of a header that contains a token, without the token."""

    header: str
    begins: datetime | None = None
    ends: datetime | None = None
    padded: bool = False  # a space or a quotation mark surrounds it


def judge_owner(certificates: Sequence[Certificate]) -> Finding:
    """Judge whether a certificate is for clients, and name its owner."""
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
    """Judge the validity of all certificates of a file by the one that ends first."""
    one = max(certificates, key=lambda one: one.begins)
    if one.begins <= now:
        one = min(certificates, key=lambda one: one.ends)
    what, warn = say("the certificate of {name}", name=one.name), warn_days * _DAY
    problem = Id.CERTIFICATE, _NEW_CERTIFICATE
    if finding := _by_dates(_EXPIRY, what, (one.begins, one.ends), now, warn, problem):
        return finding
    return fine(_EXPIRY, _still(say("valid until {day}", day=_day(one.ends)), one.ends - now))


def _by_dates(
    check: Message,
    what: Message,
    dates: tuple[datetime | None, datetime | None],
    now: datetime,
    warn: timedelta,
    problem: tuple[Id, Message],
) -> Finding | None:
    """The finding about a certificate or token that is not valid now, or soon will not be."""
    (begins, ends), (id_, remedy) = dates, problem
    if begins and begins > now:
        message = say("{what} is not valid before {day}", what=what, day=_day(begins))
        wait = say("check the clock of this machine; if it is right, wait until then")
        return failure(check, id_, message, wait)
    if ends and ends <= now:
        ago = duration_text((now - ends).total_seconds())
        message = say("{what} expired on {day}: {ago} ago", what=what, day=_day(ends), ago=ago)
        return failure(check, id_, message, remedy)
    if ends and ends - now < warn:
        message = _still(say("{what} expires on {day}", what=what, day=_day(ends)), ends - now)
        return warning(check, Id.EXPIRES, message, remedy)
    return None


def chain(certificates: Sequence[Certificate]) -> Finding:
    """Judge whether each certificate of a file is followed by its issuer."""
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
    """Whether a server must already know the issuer, because the file does not contain it."""
    return len(certificates) == 1 and not certificates[0].signs_itself


def token(claims: Token, now: datetime, warn_days: int) -> Finding:
    """Judge whether a token is valid, by its own dates."""
    header = claims.header
    if claims.padded:
        return warning(
            _TOKEN,
            Id.SETTING,
            say("the token in {header} has a space or quotation mark around it", header=header),
            say("set it again without them"),
        )
    what, warn = say("the token in {header}", header=header), warn_days * _DAY
    problem = Id.SETTING, say("ask the operator of the gateway for a new one")
    if finding := _by_dates(_TOKEN, what, (claims.begins, claims.ends), now, warn, problem):
        return finding
    if claims.ends is None:
        return fine(
            _TOKEN, say("{header} is set; it does not say until when it is valid", header=header)
        )
    valid = say("{header} is valid until {day}", header=header, day=_day(claims.ends))
    return fine(_TOKEN, _still(valid, claims.ends - now))


def rights(modes: Mapping[str, int]) -> tuple[Finding, ...]:
    """Judge whether only owner and group have access to keys and secrets, by their files' modes."""
    # others may read, or group or others may write
    if open_ := {path: mode for path, mode in modes.items() if mode & 0o026}:
        return tuple(_exposed(_RIGHTS, path, mode) for path, mode in open_.items())
    if not modes:
        return ()
    names = join_items(modes)
    return (fine(_RIGHTS, say("others can neither read nor change {names}", names=names)),)


def _exposed(check: Message, path: str, mode: int) -> Finding:
    what = say("{path} can be read or changed by others ({mode:03o})", path=path, mode=mode & 0o777)
    return warning(check, Id.EXPOSED, what, f"chmod 600 {path}")


def _day(moment: datetime) -> str:
    return civil_day(moment.timestamp())


def _still(message: Message, left: timedelta) -> Message:
    return say("{message}: {left} left", message=message, left=duration_text(left.total_seconds()))


_STATE, _DISK, _CACHE = say("state"), say("disk"), say("cache")
_CUSTOMERS = say("customers")
_LITTLE, _NOTHING = 1 << 30, 50 << 20  # bytes of free space that are a warning, and a failure
_GB = 1e9


class Folder(Struct, frozen=True, kw_only=True):
    """A folder for files of commands: whether it exists, and why it is not writable."""

    path: str
    exists: bool
    trouble: Message | None = None


def state(folder: Folder) -> Finding:
    """Judge whether the state can be stored in a folder."""
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
    """Judge whether a server accepts the state; `place` is its address without a password."""
    if may_create:
        return fine(_STATE, say("{place} answers", place=place))
    return warning(
        _STATE,
        Id.STORAGE,
        say("{place} answers, but its user may not create tables there", place=place),
        say("GRANT its user CREATE on the database, once"),
    )


def customers(path: str | None, mode: int) -> Finding:
    """Judge whether others can read the key of customers, if it is a file."""
    source = path or "identity_key"
    if mode & 0o077:
        return _exposed(_CUSTOMERS, source, mode)
    return fine(_CUSTOMERS, say("they are marked with the key of {source}", source=source))


def disk(path: str, free: int) -> Finding:
    """Judge the free space on the disk of the state."""
    left = say("{size:.1f} GB free at {path}", size=free / _GB, path=path)
    remedy = say("free some space: sgeflow runs prune deletes old runs")
    if free < _NOTHING:
        return failure(_DISK, Id.STORAGE, left, remedy)
    if free < _LITTLE:
        return warning(_DISK, Id.STORAGE, left, remedy)
    return fine(_DISK, left)


def cache(folder: Folder | None) -> Finding:
    """Judge whether checked documents can be cached; without a cache commands start more slowly."""
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
_EXAMPLE = regex(r"(^|[.@])example\.(com|net|org)$")  # RFC 2606: nobody can own these
_NO_CONTRACT = regex(r"(\d)\1*|1234567(89)?")


def filled_in(environment: Environment) -> tuple[Finding, ...]:
    """Judge whether login, contract and addresses are still those of an example."""
    login, number = environment.login, environment.contract_id
    examples: list[tuple[str, str, Message]] = []
    if is_example(login):
        remedy = say("write the SGE account, an e-mail address that Enedis knows")
        examples.append(("`login`", login, remedy))
    if _NO_CONTRACT.fullmatch(number):
        remedy = say("write the number of your contract with Enedis")
        examples.append(("`contractId`", number, remedy))
    for name, endpoint in environment.endpoints.items():
        host = urlsplit(endpoint.base_url).hostname or ""
        if is_example(host):
            remedy = say("write its address, or remove it if none of your flows calls it")
            examples.append((say('`base_url` of "{name}"', name=name), host, remedy))
    if examples:
        return tuple(
            failure(
                _SETTINGS,
                Id.SETTING,
                say("{key} is still {value}, an example", key=key, value=value),
                remedy,
            )
            for key, value, remedy in examples
        )
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


def is_example(address: str) -> bool:
    """Whether a host or e-mail address belongs to nobody, because it is an example."""
    return bool(_EXAMPLE.search(address))
