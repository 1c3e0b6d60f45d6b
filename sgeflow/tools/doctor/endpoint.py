"""The checks of one endpoint: what it shows, what it sends, and whether its server is reached."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

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
from sgeflow.errors import CredentialsError, Id
from sgeflow.messages import Message, say
from sgeflow.tools.doctor import credential_verdicts, network_verdicts, probe, relays
from sgeflow.tools.doctor.certificates import certificates
from sgeflow.tools.doctor.finding import (
    Certificate,
    CheckStatus,
    Finding,
    failure,
    fine,
    of_problem,
    skip,
)
from sgeflow.tools.doctor.placeholder_values import is_example
from sgeflow.tools.doctor.tokens import tokens

_CERTIFICATE, _EXPIRY, _CHAIN, _KEY = say("certificate"), say("expiry"), say("chain"), say("key")
_AUTHORITY, _TOKEN = say("authority"), say("token")
_NAME, _CONNECTION, _TLS = say("name"), say("connection"), say("TLS")
_DATES = (network_verdicts.Trouble.EXPIRED, network_verdicts.Trouble.NOT_YET)
_HTTPS = 443


class CheckOptions(Struct, frozen=True, kw_only=True):
    """How thorough a checkup is."""

    now: datetime
    warn_days: int
    offline: bool


class EndpointCheck(Struct, kw_only=True):
    """One endpoint being looked at; what its server's clock says is left in `lag`."""

    declared: Endpoint
    environment: Environment
    options: CheckOptions
    lag: network_verdicts.Lag | None = None
    _shown: Sequence[Certificate] = ()

    def findings(self) -> Iterator[Finding]:
        """All checks of the endpoint, in their order."""
        bare = replace(self.declared, headers={}, basic_user=None, basic_password=None, oauth=None)
        resolved = self._resolve(bare)
        without = resolved or self._resolve(replace(bare, key_password=None))
        own = tuple(self._own(resolved, without)) if without else ()
        yield from own
        yield from self._tokens()
        if self.options.offline:
            why = say("nothing may leave this machine (--offline)")
            yield skip(_CONNECTION, why)
            if (way := self._without_link(why)).id:
                yield way
        else:
            usable = all(
                one.status is not CheckStatus.FAILED or one.check == _EXPIRY for one in own
            )
            yield from self._check_reach(resolved if usable else None)

    def _resolve(self, endpoint: Endpoint) -> ResolvedEndpoint | None:
        """What is missing is told once, for the whole environment."""
        try:
            return resolve(endpoint, self.environment.name, self.environment.at)
        except CredentialsError:
            return None

    # -- what it shows ----------------------------------------------------------------------------

    def _own(self, known: ResolvedEndpoint | None, paths: ResolvedEndpoint) -> Iterator[Finding]:
        if paths.certificate or paths.pfx:
            yield from self._certificate(known, paths)
        if paths.ca:
            try:
                tls.context(replace(paths, certificate=None, pfx=None))
            except CredentialsError as error:
                yield of_problem(
                    _AUTHORITY, error.problems[0], say("it must hold certificates in PEM form")
                )
            else:
                yield fine(_AUTHORITY, say("only {path} is trusted", path=paths.ca))

    def _certificate(
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
        self._shown = read
        yield credential_verdicts.judge_owner(read)
        yield credential_verdicts.expiry(read, self.options.now, self.options.warn_days)
        yield credential_verdicts.chain(read)
        yield self._key(known)

    def _key(self, known: ResolvedEndpoint | None) -> Finding:
        if known is None:
            return skip(_KEY, say("its password is not set"))
        try:
            tls.context(replace(known, ca=None))
        except CredentialsError as error:
            return of_problem(_KEY, error.problems[0], say("write key and certificate in PEM form"))
        return fine(_KEY, say("it belongs to the certificate"))

    def _tokens(self) -> Iterator[Finding]:
        if not any(references(text) for text in self.declared.headers.values()):
            return
        try:
            resolved = resolve(self.declared, self.environment.name, self.environment.at)
        except CredentialsError:
            yield skip(_TOKEN, say("see secrets"))
            return
        for token in tokens(self.declared, resolved):
            yield credential_verdicts.token(token, self.options.now, self.options.warn_days)

    # -- the way there ----------------------------------------------------------------------------

    def _check_reach(self, known: ResolvedEndpoint | None) -> Iterator[Finding]:
        parts = urlsplit(self.declared.base_url)
        host, port = parts.hostname or "", _port(parts)
        if PLACE in host:
            yield skip(_CONNECTION, say("rows say which of them there are"))
            return
        if is_example(host):
            yield skip(_CONNECTION, say("{host} is an example", host=host))
            return
        try:
            proxy = proxy_of(known or self._without_papers())
        except CredentialsError as error:
            yield of_problem(_CONNECTION, error.problems[0], "")
            return
        to, at = (proxy.host, proxy.port) if proxy else (host, port)
        places: Sequence[str] | network_verdicts.FailedAttempt = (to,)
        if not is_address(to):
            places = probe.addresses(to, at)
            yield network_verdicts.name(to, places, self._setting)
        if isinstance(places, network_verdicts.FailedAttempt):
            why = say("the name {host} leads nowhere", host=to)
            yield from (skip(_CONNECTION, why), self._without_link(why))
            return
        link = probe.connect(places, at)
        if proxy and not isinstance(link, network_verdicts.FailedAttempt):
            link = probe.pass_through(link, f"{host}:{port}", proxy.headers)
        down = link if isinstance(link, network_verdicts.FailedAttempt) else None
        taken = (
            network_verdicts.ProxyTaken(place=proxy.place, source=proxy.source) if proxy else None
        )
        yield network_verdicts.connection(f"{host}:{port}", taken, down, self._setting)
        if isinstance(link, network_verdicts.FailedAttempt):
            yield self._without_link(say("there is no connection"))
            return
        with link:
            yield from self._check_link(link, host, () if proxy else places, known)

    def _without_link(self, why: Message) -> Finding:
        """What is known of TLS without a connection: that an address does without it."""
        address = self.declared.base_url
        host = urlsplit(address).hostname or ""
        if not address.startswith("http:") or PLACE in host or is_example(host):
            return skip(_TLS, why)
        finding = network_verdicts.plain(host)
        return finding if finding.id else skip(_TLS, why)

    @property
    def _setting(self) -> str:
        """The key of the environment that says where it is."""
        return relays.SETTING if self.declared.relay else "base_url"

    def _check_link(
        self,
        link: socket.socket,
        host: str,
        places: Sequence[str],
        known: ResolvedEndpoint | None,
    ) -> Iterator[Finding]:
        relay = self.declared.relay
        if relay is None:
            yield self._check_security(link, host, places, known)
        elif known is None:
            yield skip(_TLS, say("certificate, key or authority cannot be used"))
        else:
            yield from relays.findings(link, relay, lambda: tls.context(known), known.ca or "")

    def _without_papers(self) -> ResolvedEndpoint:
        """The endpoint as far as its way there goes, when a secret or a certificate is missing."""
        declared, own = self.declared, self.declared.proxy or ""
        return ResolvedEndpoint(
            name=declared.name,
            base_url=declared.base_url,
            headers={},
            limits=declared.limits,
            proxy=Secret(own) if own and not references(own) else None,
        )

    def _check_security(
        self,
        link: socket.socket,
        host: str,
        places: Sequence[str],
        known: ResolvedEndpoint | None,
    ) -> Finding:
        if urlsplit(self.declared.base_url).scheme != "https":
            self.lag = probe.ask(link, host).lag
            return network_verdicts.plain(host)
        if known is None:
            return skip(_TLS, say("certificate, key or authority cannot be used"))
        context = tls.context(known)
        over = probe.secure(link, host, context)
        presented = network_verdicts.ClientTls(
            certificate=known.pfx or known.certificate or "",
            lacks_chain=bool(self._shown) and credential_verdicts.lacks_chain(self._shown),
            ca=known.ca or "",
        )
        if isinstance(over, network_verdicts.FailedAttempt):
            if over.trouble in _DATES and places:
                port = _port(urlsplit(known.base_url))
                self.lag = probe.lag_whatever_the_day(host, places, port, context)
            return network_verdicts.tls(host, presented, over)
        with over:
            secured = probe.read_security(over)
            reply = probe.ask(over, host)
            self.lag = reply.lag
            outcome = reply.refusal or replace(secured, answered=reply.answered)
            return network_verdicts.tls(host, presented, outcome)


def _from_pem(paths: ResolvedEndpoint) -> Sequence[Certificate] | Finding:
    path = with_home(paths.certificate or "")
    try:
        tls.readable(path, "certificate", paths)
        chain = certificates(path.read_bytes())
    except CredentialsError as error:
        return of_problem(_CERTIFICATE, error.problems[0], "")
    except ValueError:
        return _certificate_failure(
            say("a certificate in {path} is damaged", path=path), say("copy the file again, whole")
        )
    if not chain:
        return _certificate_failure(
            say("{path} holds no certificate in PEM form", path=path),
            say("a .p12 or .pfx file belongs to `pfx`"),
        )
    return chain


def _from_pfx(known: ResolvedEndpoint, pfx: str) -> Sequence[Certificate] | Finding:
    path = with_home(pfx)
    try:
        tls.readable(path, "pfx", known)
        pem = tls.pfx_as_pem(path, known, secrets.token_urlsafe(32))
    except CredentialsError as error:
        return of_problem(_CERTIFICATE, error.problems[0], say("check the file and its password"))
    return certificates(pem)


def _certificate_failure(message: Message, remedy: Message) -> Finding:
    return failure(_CERTIFICATE, Id.CERTIFICATE, message, remedy)


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or (_HTTPS if parts.scheme == "https" else 80)
    except ValueError:
        return 0
