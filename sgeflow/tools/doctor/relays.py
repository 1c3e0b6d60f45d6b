"""A relay as it is met: whether SMTP is spoken there, and over which TLS; no mail is sent.

What leaves the machine is `EHLO`, `STARTTLS` and `QUIT`. Nobody logs in.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress

from sgeflow.core.mail import CLEAR, STARTTLS, Relay
from sgeflow.errors import Id
from sgeflow.messages import say
from sgeflow.tools.doctor import network_verdicts, probe
from sgeflow.tools.doctor.finding import Finding, failure, fine

_RELAY, _TLS = say("relay"), say("TLS")
_READY = 220
SETTING = "relays"
"""The key of an environment under which all of this is said."""


def findings(
    link: socket.socket, relay: Relay, context: Callable[[], ssl.SSLContext], ca: str
) -> Iterator[Finding]:
    """Whether a relay speaks on a connection, and how it is secured there."""
    presented = network_verdicts.ClientTls(ca=ca, setting=SETTING)
    session = _Session(link)
    if relay.tls in (CLEAR, STARTTLS):
        greeting = session.greet()
        yield greeting
        if greeting.id:
            return
    if relay.tls == CLEAR:
        yield network_verdicts.plain(relay.host)
        session.leave()
        return
    if relay.tls == STARTTLS and not session.begin_tls():
        message = say("{host} offers no STARTTLS", host=relay.host)
        remedy = say("nothing goes there in the clear: `tls: implicit`, or another `port`")
        yield failure(_TLS, Id.TLS, message, remedy)
        return
    over = probe.secure(link, relay.host, context(), speaks_first=True)
    if isinstance(over, network_verdicts.FailedAttempt):
        yield network_verdicts.tls(relay.host, presented, over)
        return
    with over:
        yield network_verdicts.tls(relay.host, presented, probe.read_security(over))
        secured = _Session(over)
        if relay.tls != STARTTLS:  # else it has greeted already
            yield secured.greet()
        secured.leave()


class _Session:
    """The few words that are changed with a relay."""

    def __init__(self, link: socket.socket) -> None:
        self._smtp = smtplib.SMTP(local_hostname="localhost", timeout=probe.LIMIT)
        self._smtp.sock = link

    def greet(self) -> Finding:
        """What the relay says first, and to EHLO."""
        try:
            code, _ = self._smtp.getreply()
            if code == _READY:
                self._smtp.ehlo_or_helo_if_needed()
                return fine(_RELAY, say("it speaks SMTP"))
        except (OSError, ValueError):
            code = 0
        message = say("no relay speaks there")
        if code > 0:
            message = say("the relay takes nobody now: {code}", code=code)
        remedy = say("check `host`, `port` and `tls` of the relay in the environment")
        return failure(_RELAY, Id.NOT_SENT, message, remedy)

    def begin_tls(self) -> bool:
        """Whether the relay waits for TLS now."""
        try:
            return self._smtp.has_extn("starttls") and self._smtp.docmd("STARTTLS")[0] == _READY
        except OSError:
            return False

    def leave(self) -> None:
        """Say goodbye, and wait for nothing."""
        with suppress(OSError):
            self._smtp.putcmd("quit")
