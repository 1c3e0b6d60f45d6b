"""The checks of one endpoint: its certificate, its tokens, and whether its server is reached.

A mail relay gets only `EHLO`, `STARTTLS` and `QUIT`: the check neither logs in nor sends mail. The
findings about a token give its validity only.
"""

import base64
import json
import re
import secrets
import smtplib
import socket
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.http import tls
from sgeflow.adapters.http.proxies import proxy_of
from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint, resolve
from sgeflow.adapters.secrets import Secret, references
from sgeflow.adapters.system_files import with_home
from sgeflow.core.documents import Endpoint, Environment
from sgeflow.core.hosts import is_address
from sgeflow.core.instances import PLACE
from sgeflow.core.mail import CLEAR, STARTTLS, Relay
from sgeflow.errors import CredentialsError, Id
from sgeflow.messages import Message, say
from sgeflow.patterns import regex
from sgeflow.tools.doctor import probe, verdicts
from sgeflow.tools.doctor.verdicts import (
    Certificate,
    CheckStatus,
    Finding,
    Token,
    failure,
    fine,
    is_example,
    of_problem,
    skip,
)

_CERTIFICATE, _EXPIRY, _CHAIN, _KEY = say("certificate"), say("expiry"), say("chain"), say("key")
_AUTHORITY, _TOKEN = say("authority"), say("token")
_CONNECTION, _TLS = say("connection"), say("TLS")
_DATES = (verdicts.Trouble.EXPIRED, verdicts.Trouble.NOT_YET)
_HTTPS = 443


class CheckOptions(Struct, frozen=True, kw_only=True):
    """The limits of a checkup."""

    now: datetime
    warn_days: int
    offline: bool


class EndpointCheck(Struct, kw_only=True):
    """The check of one endpoint; after `findings`, `lag` has the difference of the clocks."""

    declared: Endpoint
    environment: Environment
    options: CheckOptions
    lag: verdicts.Lag | None = None
    _own_chain: Sequence[Certificate] = ()

    def findings(self) -> Iterator[Finding]:
        """All checks of the endpoint, in their order."""
        bare = replace(self.declared, headers={}, user=None, password=None, oauth=None)
        resolved = self._resolve(bare)
        paths = resolved or self._resolve(replace(bare, key_password=None))
        own_files = tuple(self._check_files(resolved, paths)) if paths else ()
        yield from own_files
        yield from self._check_tokens()
        if self.options.offline:
            why = say("nothing may leave this machine (--offline)")
            yield skip(_CONNECTION, why)
            if (way := self._without_link(why)).id:
                yield way
        else:
            usable = all(
                one.status is not CheckStatus.FAILED or one.check == _EXPIRY for one in own_files
            )
            yield from self._check_reach(resolved if usable else None)

    def _resolve(self, endpoint: Endpoint) -> ResolvedEndpoint | None:
        """Resolve an endpoint; None when a secret is missing, which is reported elsewhere."""
        try:
            return resolve(endpoint, self.environment.name, self.environment.at)
        except CredentialsError:
            return None

    # -- files and tokens -------------------------------------------------------------------------

    def _check_files(
        self, known: ResolvedEndpoint | None, paths: ResolvedEndpoint
    ) -> Iterator[Finding]:
        """Check certificate and authority; `known` is None if a password is missing."""
        if paths.certificate or paths.pfx:
            yield from self._check_certificate(known, paths)
        if paths.ca:
            try:
                tls.context(replace(paths, certificate=None, pfx=None))
            except CredentialsError as error:
                yield of_problem(
                    _AUTHORITY, error.problems[0], say("it must hold certificates in PEM form")
                )
            else:
                yield fine(_AUTHORITY, say("only {path} is trusted", path=paths.ca))

    def _check_certificate(
        self, known: ResolvedEndpoint | None, paths: ResolvedEndpoint
    ) -> Iterator[Finding]:
        if paths.pfx and known is None:
            why = say("the password of {path} is not set", path=paths.pfx)
            yield from (skip(check, why) for check in (_CERTIFICATE, _EXPIRY, _CHAIN, _KEY))
            return
        read = _from_pfx(known, paths.pfx) if paths.pfx and known else _from_pem(paths)
        if isinstance(read, Finding):
            yield read
            why = say("the certificate cannot be read")
            yield from (skip(check, why) for check in (_EXPIRY, _CHAIN, _KEY))
            return
        self._own_chain = read
        yield verdicts.judge_owner(read)
        yield verdicts.expiry(read, self.options.now, self.options.warn_days)
        yield verdicts.chain(read)
        yield self._check_key(known)

    def _check_key(self, known: ResolvedEndpoint | None) -> Finding:
        if known is None:
            return skip(_KEY, say("its password is not set"))
        try:
            tls.context(replace(known, ca=None))
        except CredentialsError as error:
            return of_problem(_KEY, error.problems[0], say("write key and certificate in PEM form"))
        return fine(_KEY, say("it belongs to the certificate"))

    def _check_tokens(self) -> Iterator[Finding]:
        if not any(references(text) for text in self.declared.headers.values()):
            return
        try:
            resolved = resolve(self.declared, self.environment.name, self.environment.at)
        except CredentialsError:
            yield skip(_TOKEN, say("see secrets"))
            return
        for token in _read_tokens(self.declared, resolved):
            yield verdicts.token(token, self.options.now, self.options.warn_days)

    # -- the connection ---------------------------------------------------------------------------

    def _check_reach(self, known: ResolvedEndpoint | None) -> Iterator[Finding]:
        parts = urlsplit(self.declared.base_url)
        host, port = parts.hostname or "", _port(parts)
        if PLACE in host:
            yield skip(_CONNECTION, say("each row names its own"))
            return
        if is_example(host):
            yield skip(_CONNECTION, say("{host} is an example", host=host))
            return
        own = self.declared.proxy or ""
        # without all secrets and certificates, the connection is checked up to TLS
        bare = ResolvedEndpoint(
            name=self.declared.name,
            base_url=self.declared.base_url,
            headers={},
            limits=self.declared.limits,
            proxy=Secret(own) if own and not references(own) else None,
        )
        try:
            proxy = proxy_of(known or bare)
        except CredentialsError as error:
            yield of_problem(_CONNECTION, error.problems[0], "")
            return
        next_host, next_port = (proxy.host, proxy.port) if proxy else (host, port)
        places: Sequence[str] | verdicts.FailedAttempt = (next_host,)
        if not is_address(next_host):
            places = probe.addresses(next_host, next_port)
            yield verdicts.name(next_host, places, self._setting)
        if isinstance(places, verdicts.FailedAttempt):
            why = say("the name {host} leads nowhere", host=next_host)
            yield from (skip(_CONNECTION, why), self._without_link(why))
            return
        link = probe.connect(places, next_port)
        if proxy and not isinstance(link, verdicts.FailedAttempt):
            link = probe.pass_through(link, f"{host}:{port}", proxy.headers)
        down = link if isinstance(link, verdicts.FailedAttempt) else None
        if proxy:
            yield verdicts.proxied(f"{host}:{port}", proxy.place, proxy.source, down)
        else:
            yield verdicts.connection(f"{host}:{port}", down, self._setting)
        if isinstance(link, verdicts.FailedAttempt):
            yield self._without_link(say("there is no connection"))
            return
        relay = self.declared.relay
        with link:
            if relay is None:
                yield self._check_security(link, host, () if proxy else places, known)
            elif known is None:
                yield skip(_TLS, say("certificate, key or authority cannot be used"))
            else:
                yield from _relay_findings(link, relay, known)

    def _without_link(self, why: Message) -> Finding:
        """The TLS finding without a connection: an `http:` address is reported, others skipped."""
        address = self.declared.base_url
        host = urlsplit(address).hostname or ""
        if not address.startswith("http:") or PLACE in host or is_example(host):
            return skip(_TLS, why)
        finding = verdicts.plain(host)
        return finding if finding.id else skip(_TLS, why)

    @property
    def _setting(self) -> str:
        """The key of the environment that holds the address of the endpoint."""
        return _RELAYS_KEY if self.declared.relay else "base_url"

    def _check_security(
        self, link: socket.socket, host: str, places: Sequence[str], known: ResolvedEndpoint | None
    ) -> Finding:
        if urlsplit(self.declared.base_url).scheme != "https":
            self.lag = probe.ask(link, host).lag
            return verdicts.plain(host)
        if known is None:
            return skip(_TLS, say("certificate, key or authority cannot be used"))
        context = tls.context(known)
        secure_link = probe.secure(link, host, context)
        presented = verdicts.ClientTls(
            certificate=known.pfx or known.certificate or "",
            lacks_chain=bool(self._own_chain) and verdicts.lacks_chain(self._own_chain),
            ca=known.ca or "",
        )
        if isinstance(secure_link, verdicts.FailedAttempt):
            if secure_link.trouble in _DATES and places:
                port = _port(urlsplit(known.base_url))
                self.lag = probe.lag_whatever_the_day(host, places, port, context)
            return verdicts.tls(host, presented, secure_link)
        with secure_link:
            secured = probe.read_security(secure_link)
            reply = probe.ask(secure_link, host)
            self.lag = reply.lag
            outcome = reply.refusal or replace(secured, answered=reply.answered)
            return verdicts.tls(host, presented, outcome)


def _from_pem(paths: ResolvedEndpoint) -> Sequence[Certificate] | Finding:
    path = with_home(paths.certificate or "")
    try:
        tls.readable(path, "certificate", paths)
        chain = certificates(path.read_bytes())
    except CredentialsError as error:
        return of_problem(_CERTIFICATE, error.problems[0], "")
    except ValueError:
        message = say("a certificate in {path} is damaged", path=path)
        remedy = say("copy the file again, whole")
        return failure(_CERTIFICATE, Id.CERTIFICATE, message, remedy)
    if not chain:
        message = say("{path} holds no certificate in PEM form", path=path)
        remedy = say("write a .p12 or .pfx file under `pfx`")
        return failure(_CERTIFICATE, Id.CERTIFICATE, message, remedy)
    return chain


def _from_pfx(known: ResolvedEndpoint, pfx: str) -> Sequence[Certificate] | Finding:
    path = with_home(pfx)
    try:
        tls.readable(path, "pfx", known)
        pem = tls.pfx_as_pem(path, known, secrets.token_urlsafe(32))
    except CredentialsError as error:
        return of_problem(_CERTIFICATE, error.problems[0], say("check the file and its password"))
    return certificates(pem)


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or (_HTTPS if parts.scheme == "https" else 80)
    except ValueError:
        return 0


_BLOCK = regex(
    rb"-----BEGIN (X509 )?CERTIFICATE-----.+?-----END (X509 )?CERTIFICATE-----", re.DOTALL
)
_CLIENT_USAGES = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
_NAME_ATTRIBUTES = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)


def certificates(pem: bytes) -> tuple[Certificate, ...]:
    """The certificates of a PEM text in their order, without the keys between them.

    Raises:
        ValueError: one of them is damaged.
    """
    try:
        with (
            warnings.catch_warnings()
        ):  # about certificates that later versions of the library refuse
            warnings.simplefilter("ignore")
            found = _BLOCK.finditer(pem)
            return tuple(_facts(x509.load_pem_x509_certificate(match[0])) for match in found)
    except x509.InvalidVersion as error:  # not a subclass of ValueError
        raise ValueError(str(error)) from error


def _facts(read: x509.Certificate) -> Certificate:
    try:
        usages = read.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        for_clients = bool(set(usages) & _CLIENT_USAGES)
    except x509.ExtensionNotFound:
        for_clients = True  # without the extension, every usage is allowed
    return Certificate(
        name=_name(read.subject),
        issuer_name=_name(read.issuer),
        begins=read.not_valid_before_utc,
        ends=read.not_valid_after_utc,
        for_clients=for_clients,
        subject=read.subject.public_bytes(),
        issuer=read.issuer.public_bytes(),
    )


def _name(name: x509.Name) -> str:
    """The common name, else the organisation, else the last attribute."""
    called = [one for kind in _NAME_ATTRIBUTES for one in name.get_attributes_for_oid(kind)]
    attribute = next(iter([*called, *reversed(list(name))]), None)
    return str(attribute.value) if attribute else ""


_JWT_PARTS = 3  # of a JSON Web Token


def _read_tokens(declared: Endpoint, resolved: ResolvedEndpoint) -> Iterator[Token]:
    """The facts of each header that carries a secret."""
    for header, text in declared.headers.items():
        if references(text):
            value = resolved.headers[header].reveal()
            word = value.removeprefix("Bearer ").removeprefix("bearer ")
            claims = _claims(word)
            yield Token(
                header=header,
                begins=_moment(claims.get("nbf")),
                ends=_moment(claims.get("exp")),
                padded=word != word.strip(" \t\"'") or "Bearer " in word,
            )


def _claims(word: str) -> Mapping[str, Any]:
    """The claims of a JSON Web Token; none for any other token."""
    parts = word.split(".")
    if len(parts) != _JWT_PARTS:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _moment(seconds: Any) -> datetime | None:
    if not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


_RELAY = say("relay")
_READY = 220
_RELAYS_KEY = "relays"  # of an environment


def _relay_findings(
    link: socket.socket, relay: Relay, known: ResolvedEndpoint
) -> Iterator[Finding]:
    """The findings on a relay that is connected: whether it speaks SMTP, and its TLS."""
    presented = verdicts.ClientTls(ca=known.ca or "", setting=_RELAYS_KEY)
    session = _SmtpSession(link)
    if relay.tls in (CLEAR, STARTTLS):
        greeting = session.greet()
        yield greeting
        if greeting.id:
            return
    if relay.tls == CLEAR:
        yield verdicts.plain(relay.host)
        session.leave()
        return
    if relay.tls == STARTTLS and not session.begin_tls():
        message = say("{host} offers no STARTTLS", host=relay.host)
        remedy = say("mails are never sent unencrypted: write `tls: implicit`, or another `port`")
        yield failure(_TLS, Id.TLS, message, remedy)
        return
    secure_link = probe.secure(link, relay.host, tls.context(known), speaks_first=True)
    if isinstance(secure_link, verdicts.FailedAttempt):
        yield verdicts.tls(relay.host, presented, secure_link)
        return
    with secure_link:
        yield verdicts.tls(relay.host, presented, probe.read_security(secure_link))
        secured = _SmtpSession(secure_link)
        if relay.tls != STARTTLS:  # with STARTTLS it has greeted before
            yield secured.greet()
        secured.leave()


class _SmtpSession:
    """The SMTP commands of the check, on a connected socket."""

    def __init__(self, link: socket.socket) -> None:
        self._smtp = smtplib.SMTP(local_hostname="localhost", timeout=probe.LIMIT)
        self._smtp.sock = link

    def greet(self) -> Finding:
        """The greeting of the relay, and its answer to EHLO."""
        try:
            code, _ = self._smtp.getreply()
            if code == _READY:
                self._smtp.ehlo_or_helo_if_needed()
                return fine(_RELAY, say("it speaks SMTP"))
        except (OSError, ValueError):
            code = 0
        message = say("this is not an SMTP relay")
        if code > 0:
            message = say("the relay accepts no sessions now: {code}", code=code)
        remedy = say("check `host`, `port` and `tls` of the relay in the environment")
        return failure(_RELAY, Id.NOT_SENT, message, remedy)

    def begin_tls(self) -> bool:
        """Send STARTTLS; return True if the relay is ready for TLS."""
        try:
            return self._smtp.has_extn("starttls") and self._smtp.docmd("STARTTLS")[0] == _READY
        except OSError:
            return False

    def leave(self) -> None:
        """Send QUIT without waiting for the answer."""
        with suppress(OSError):
            self._smtp.putcmd("quit")
