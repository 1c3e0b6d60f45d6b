"""The checks of one endpoint: what it shows, what it sends, and whether its server is reached."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sgeflow.adapters.http import tls
from sgeflow.adapters.secrets import ResolvedEndpoint, references, resolve
from sgeflow.core.documents import Endpoint, Environment
from sgeflow.errors import CredentialsError, Id
from sgeflow.messages import Said, say
from sgeflow.tools.doctor import credential_verdicts, network_verdicts, probe
from sgeflow.tools.doctor import secret_files as looked
from sgeflow.tools.doctor.certificates import certificates
from sgeflow.tools.doctor.finding import (
    Certificate,
    Finding,
    Status,
    failed,
    fine,
    of_problem,
    skipped,
)
from sgeflow.tools.doctor.placeholder_values import is_address, is_example

_CERTIFICATE, _EXPIRY, _CHAIN, _KEY = say("certificate"), say("expiry"), say("chain"), say("key")
_AUTHORITY, _TOKEN = say("authority"), say("token")
_NAME, _CONNECTION, _TLS = say("name"), say("connection"), say("TLS")
_PROXIES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
_DATES = (network_verdicts.Trouble.EXPIRED, network_verdicts.Trouble.NOT_YET)
_HTTPS = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How thorough a checkup is."""

    now: datetime
    warn_days: int
    offline: bool


@dataclass(slots=True, kw_only=True)
class Door:
    """One endpoint being looked at; what its server's clock says is left in `lag`."""

    declared: Endpoint
    environment: Environment
    manner: Manner
    lag: network_verdicts.Lag | None = None
    _shown: Sequence[Certificate] = field(default=())

    def findings(self) -> Iterator[Finding]:
        """All checks of the endpoint, in their order."""
        bare = replace(self.declared, headers={}, basic_user=None, basic_password=None)
        resolved = self._resolved(bare)
        without = resolved or self._resolved(replace(bare, key_password=None))
        own = tuple(self._own(resolved, without)) if without else ()
        yield from own
        yield from self._tokens()
        if self.manner.offline:
            yield skipped(_CONNECTION, say("nothing may leave this machine (--offline)"))
        else:
            usable = all(one.status is not Status.FAILED or one.check == _EXPIRY for one in own)
            yield from self._reached(resolved if usable else None)

    def _resolved(self, endpoint: Endpoint) -> ResolvedEndpoint | None:
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
            yield from (skipped(check, why) for check in (_CERTIFICATE, _EXPIRY, _CHAIN, _KEY))
            return
        read = _from_pfx(known, paths.pfx) if paths.pfx and known else _from_pem(paths)
        if isinstance(read, Finding):
            yield read
            why = say("the certificate cannot be read")
            yield from (skipped(check, why) for check in (_EXPIRY, _CHAIN, _KEY))
            return
        self._shown = read
        yield credential_verdicts.named(read)
        yield credential_verdicts.expiry(read, self.manner.now, self.manner.warn_days)
        yield credential_verdicts.chain(read)
        yield self._key(known)

    def _key(self, known: ResolvedEndpoint | None) -> Finding:
        if known is None:
            return skipped(_KEY, say("its password is not set"))
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
            yield skipped(_TOKEN, say("see secrets"))
            return
        for found in looked.tokens(self.declared, resolved):
            yield credential_verdicts.token(found, self.manner.now, self.manner.warn_days)

    # -- the way there ----------------------------------------------------------------------------

    def _reached(self, known: ResolvedEndpoint | None) -> Iterator[Finding]:
        parts = urlsplit(self.declared.base_url)
        host, port = parts.hostname or "", _port(parts)
        if is_example(host):
            yield skipped(_CONNECTION, say("{host} is an example", host=host))
            return
        places: Sequence[str] | network_verdicts.Failed = (host,)
        if not is_address(host):
            places = probe.addresses(host, port)
            yield network_verdicts.name(host, _proxies(), places)
        if isinstance(places, network_verdicts.Failed):
            why = say("the name {host} leads nowhere", host=host)
            yield from (skipped(check, why) for check in (_CONNECTION, _TLS))
            return
        link = probe.connect(places, port)
        down = link if isinstance(link, network_verdicts.Failed) else None
        yield network_verdicts.connection(f"{host}:{port}", _proxies(), down)
        if isinstance(link, network_verdicts.Failed):
            yield skipped(_TLS, say("there is no connection"))
            return
        with link:
            if parts.scheme == "https":
                yield self._secured(link, host, places, known)
            else:
                self.lag = probe.ask(link, host).lag
                yield network_verdicts.plain(host)

    def _secured(
        self,
        link: socket.socket,
        host: str,
        places: Sequence[str],
        known: ResolvedEndpoint | None,
    ) -> Finding:
        if known is None:
            return skipped(_TLS, say("certificate, key or authority cannot be used"))
        context = tls.context(known)
        over = probe.secure(link, host, context)
        presented = network_verdicts.Presented(
            certificate=known.pfx or known.certificate or "",
            lacks_chain=bool(self._shown) and credential_verdicts.lacks_chain(self._shown),
            ca=known.ca or "",
        )
        if isinstance(over, network_verdicts.Failed):
            if over.trouble in _DATES:
                port = _port(urlsplit(known.base_url))
                self.lag = probe.lag_whatever_the_day(host, places, port, context)
            return network_verdicts.tls(host, presented, over)
        with over:
            secured = probe.secured(over)
            told = probe.ask(over, host)
            self.lag = told.lag
            found = told.refusal or replace(secured, answered=told.answered)
            return network_verdicts.tls(host, presented, found)


def _from_pem(paths: ResolvedEndpoint) -> Sequence[Certificate] | Finding:
    path = Path(paths.certificate or "").expanduser()
    try:
        tls.readable(path, "certificate", paths)
        found = certificates(path.read_bytes())
    except CredentialsError as error:
        return of_problem(_CERTIFICATE, error.problems[0], "")
    except ValueError:
        return _unread(
            say("a certificate in {path} is damaged", path=path), say("copy the file again, whole")
        )
    if not found:
        return _unread(
            say("{path} holds no certificate in PEM form", path=path),
            say("a .p12 or .pfx file belongs to `pfx`"),
        )
    return found


def _from_pfx(known: ResolvedEndpoint, pfx: str) -> Sequence[Certificate] | Finding:
    path = Path(pfx).expanduser()
    try:
        tls.readable(path, "pfx", known)
        pem = tls.pfx_as_pem(path, known, secrets.token_urlsafe(32))
    except CredentialsError as error:
        return of_problem(_CERTIFICATE, error.problems[0], say("check the file and its password"))
    return certificates(pem)


def _unread(message: Said, remedy: Said) -> Finding:
    return failed(_CERTIFICATE, Id.CERTIFICATE, message, remedy)


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or (_HTTPS if parts.scheme == "https" else 80)
    except ValueError:
        return 0


def _proxies() -> list[str]:
    """The names of set variables; their values may hold a password."""
    return [name for name in _PROXIES if os.environ.get(name)]
