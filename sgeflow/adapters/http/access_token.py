"""The access token of an OAuth client, obtained by refresh token or client secret (RFC 6749).

The token is kept in memory for all threads of a process, and a client's own token for all processes
that share a state. It is renewed when it is refused, and before its end if the server gives a
lifetime (a Cozy gives none).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sgeflow.adapters.http.rate_limit import Shared
from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint, ResolvedGrant
from sgeflow.adapters.secrets import Secret
from sgeflow.core.language.foreign_json import from_json
from sgeflow.core.model import FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.core.wires.reply_dates import retry_after
from sgeflow.errors import Id, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

if TYPE_CHECKING:
    from sgeflow.adapters.http.shared_token import SharedToken

_ERROR = regex(r"[a-z_]{1,40}")  # error codes of RFC 6749, 5.2
_SECONDS = regex(r"[0-9]{1,10}(\.[0-9]+)?")
_TOKEN = regex(r"[\x21-\x7e]{1,16384}")
_REFUSED, _SERVER_ERROR, _OK = 400, 500, 200
_PART = 0.9  # of the lifetime, after which a token is not used for new requests
_LONGEST = 65_536  # bytes of an answer
_MOMENT = frozenset({408, 429})
_ABSENT = frozenset({404, 410})
UNAUTHORIZED = 401


class AccessToken:
    """The access token of an endpoint, or of one instance of it."""

    def __init__(
        self,
        endpoint: ResolvedEndpoint,
        grant: ResolvedGrant,
        found: Callable[[Secret], None],
        shared: Shared | None = None,
    ) -> None:
        """`found` receives each token, so that it can be masked."""
        self._found, self._service = found, endpoint.name
        self._lock = threading.Lock()
        self._value: Secret | None = None
        self._end: float | None = None  # of `_value`, by `time.monotonic`
        self._asked = 0  # number of requests for a token
        self._refusal: NoAnswer | None = None  # the last failure, for threads that waited for it
        self._has_refresh_token = grant.refresh_token is not None
        self._others: SharedToken | None = None  # of other processes
        if shared is not None and not self._has_refresh_token:
            from sgeflow.adapters.http.shared_token import SharedToken

            self._others = SharedToken(shared, endpoint, grant)
        form = {"grant_type": grant.grant}
        if grant.refresh_token is not None:
            form["refresh_token"] = grant.refresh_token.reveal()
        form["client_id"] = grant.client_id.reveal()
        form["client_secret"] = grant.client_secret.reveal()
        self._request = Request(
            endpoint=endpoint.name,
            instance=endpoint.instance,
            method="POST",
            path=grant.path,
            headers={
                "Accept": "application/json",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            body=urlencode(form).encode(),
            label=f"POST {endpoint.name}",
            kind=Kind.READ,  # a token request may be repeated
            alone=True,
            reply_bytes=_LONGEST,
        )

    def obtain(
        self,
        send: Callable[[Request], Response | NoAnswer],
        refused: Secret | None = None,
        deadline: float | None = None,
    ) -> Secret | NoAnswer:
        """A token that is not `refused`, or the failure to get one.

        While one thread requests a token, others wait for its result until `deadline`, a time of
        `time.monotonic`.
        """
        before = self._asked
        seconds = -1.0 if deadline is None else max(0.0, deadline - time.monotonic())
        if not self._lock.acquire(timeout=min(seconds, threading.TIMEOUT_MAX)):
            message = say(
                "the `timeout` ends before {service} gave an access token; nothing was sent",
                service=self._service,
            )
            problem = Problem(id=Id.TIMEOUT, message=message)
            return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.NETWORK)
        try:
            is_old = self._end is not None and time.monotonic() >= self._end
            if self._value is not None and self._value is not refused and not is_old:
                return self._value
            if self._refusal is not None and self._asked != before:
                return self._refusal
            self._value = self._refusal = None
            if self._others and (taken := self._others.take(deadline)):
                self._value, seconds = taken
                self._end = time.monotonic() + seconds
                self._found(self._value)
                return self._value
            token = self._read(send(self._request))
            self._asked += 1
            if self._others:
                left = self._end - time.monotonic() if self._end is not None else 0.0
                self._others.keep(token if isinstance(token, Secret) else None, left)
            if isinstance(token, Secret):
                self._found(token)
                self._value = token
            elif deadline is None or time.monotonic() < deadline:
                self._refusal = token  # later, our own time was over, which says nothing to others
            return token
        finally:
            self._lock.release()

    def _read(self, answer: Response | NoAnswer) -> Secret | NoAnswer:
        if isinstance(answer, NoAnswer):
            return NoAnswer(sent=False, problem=answer.problem, fault_class=answer.fault_class)
        try:
            content = from_json(answer.body)
        except ValueError:
            content = None
        known = content if isinstance(content, dict) else {}
        token = known.get("access_token")
        lasts = str(known.get("expires_in"))  # some servers write the number as text
        is_said = _SECONDS.fullmatch(lasts) and float(lasts) > 0
        self._end = time.monotonic() + float(lasts) * _PART if is_said else None
        if answer.status == _OK and isinstance(token, str) and _TOKEN.fullmatch(token):
            return Secret(token)
        fault_class = FaultClass.TECHNICAL
        if answer.status in _MOMENT or answer.status >= _SERVER_ERROR:
            fault_class = FaultClass.TRANSIENT
        elif answer.status >= _REFUSED:
            fault_class = FaultClass.CREDENTIALS
        return NoAnswer(
            sent=False,
            problem=self._problem(answer, known.get("error")),
            fault_class=fault_class,
            seconds=answer.seconds,
            retry_after=retry_after(answer),
        )

    def _problem(self, answer: Response, error: object) -> Problem:
        status, service = answer.status, self._service
        if not _REFUSED <= status < _SERVER_ERROR or status in _MOMENT:
            kind = answer.headers.get("content-type", "").partition(";")[0].strip()
            message = say(
                "{service} gave no access token: it answered HTTP {status}, {kind}",
                service=service,
                status=status,
                kind=kind or say("no content type"),
            )
            return Problem(id=Id.SERVER_ERROR, message=message)
        reason = f"HTTP {status}"
        # other texts may repeat what was sent
        if isinstance(error, str) and _ERROR.fullmatch(error):
            reason = f"{reason}, {error}"
        if status in _ABSENT:
            message = say(
                "{service} gives no access token at this address: {reason}",
                service=service,
                reason=reason,
            )
            remedy = say("see whether there is such a one (any more), and whether `path` is right")
        elif self._has_refresh_token:
            message = say(
                "{service} refuses the refresh token, or its client: {reason}",
                service=service,
                reason=reason,
            )
            remedy = say(
                "its owner may have taken it back: let them agree again, and set the new one"
            )
        else:
            message = say("{service} refuses the client: {reason}", service=service, reason=reason)
            remedy = say("check client_id and client_secret, and their rights at the service")
        return Problem(id=Id.REJECTED, message=message, details=(("remedy", remedy),))


def is_stale(answer: Response | NoAnswer) -> bool:
    """Whether an answer says that the access token has expired; a Cozy answers 400."""
    if not isinstance(answer, Response):
        return False
    challenge = answer.headers.get("www-authenticate", "")
    return answer.status == UNAUTHORIZED or "invalid_token" in challenge
