"""One session with a relay: connected, secured, logged in, and one mail handed over.

Built on the standard library's smtplib. What it lacks is told here: how long all of it may take,
and whether the mail itself had begun to leave when something broke.
"""

from __future__ import annotations

import io
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.mail.message import OutgoingMail
from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.core.mail import IMPLICIT, STARTTLS, Relay

_TAKEN, _REFUSED = range(200, 300), range(400, 600)
_CLOSING = 421  # it ends the session, whatever it was asked
_MOST = 64 * 1024  # bytes of one reply; RFC 5321 allows lines of 512
_FAREWELL = 2.0  # seconds that a relay may take to say goodbye: the mail is handed over


class SessionProgress(Struct):
    """How long a session may take, and how far it came."""

    until: float  # on the clock of `time.monotonic`
    pause: float  # no silence lasts longer
    connected: bool = False
    sent: bool = False  # the mail itself, which a relay takes when its end came

    @property
    def patience(self) -> float:
        """Seconds to wait for the next byte. Raises TimeoutError when there are none."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, self.pause)


class FinalReply(Struct, frozen=True, kw_only=True):
    """How a session ended: the code that decided, at which stage, and who was not taken."""

    code: int
    words: str
    stage: str = ""
    refused: tuple[tuple[int, int, str], ...] = ()


class _Replies(io.RawIOBase):
    """What a relay says, read within its time and within bounds."""

    def __init__(self, sock: socket.socket, progress: SessionProgress) -> None:
        self._sock, self._progress, self._left = sock, progress, _MOST

    def readable(self) -> bool:
        return True

    def begin(self) -> None:
        """A reply is waited for."""
        self._left = _MOST

    def readinto(self, buffer: Any) -> int:
        if self._left <= 0:
            raise smtplib.SMTPServerDisconnected
        self._sock.settimeout(self._progress.patience)
        count = self._sock.recv_into(buffer, min(len(buffer), self._left))
        self._left -= count
        return count


class _TimedSession:
    """A session of smtplib that keeps to its time and notes when the mail begins to leave."""

    sock: Any
    file: Any

    def __init__(self, relay: Relay, progress: SessionProgress, wait: float, **more: Any) -> None:
        """Connect; the name of this machine is nobody's business, and not looked for."""
        self.progress = progress
        self._replies: _Replies | None = None
        named = {"local_hostname": "localhost", "timeout": wait, **more}
        super().__init__(relay.host, relay.port, **named)  # type: ignore[call-arg]

    def send(self, s: Any) -> None:
        if self.sock:
            self.sock.settimeout(self.progress.patience)
        if isinstance(s, bytes):  # commands are texts
            self.progress.sent = True
        super().send(s)  # type: ignore[misc]

    def getreply(self) -> tuple[int, bytes]:
        self.progress.connected = True
        if self.file is None or self._replies is None:
            self._replies = _Replies(self.sock, self.progress)
            self.file = io.BufferedReader(self._replies)
        self._replies.begin()
        try:
            answer: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        except smtplib.SMTPResponseException as error:  # a line without end, as a code of its own
            raise smtplib.SMTPException from error
        return answer


class _PlainSession(_TimedSession, smtplib.SMTP):
    """A session that begins in the clear, and is secured by STARTTLS."""


class _TlsSession(_TimedSession, smtplib.SMTP_SSL):
    """A session over TLS from its first byte."""


def deliver(
    endpoint: ResolvedEndpoint,
    relay: Relay,
    mail: OutgoingMail,
    context: Callable[[], ssl.SSLContext],
    progress: SessionProgress,
) -> FinalReply:
    """Hand one mail to a relay, once; the reply that decided.

    Raises:
        OSError, smtplib.SMTPException, ValueError: there is none; `progress` says how far it came.
        CredentialsError: the authorities that vouch for the relay cannot be read.
    """
    stage, login = "connection", endpoint.basic_user
    try:
        with closing(_open(endpoint, relay, context, progress)) as session:
            session.local_hostname = _own_address(session.sock)
            stage = "greeting"
            session.ehlo_or_helo_if_needed()
            if relay.tls == STARTTLS:
                session.starttls(context=context())
                session.ehlo_or_helo_if_needed()
            stage = "login"
            if login is not None:
                password = endpoint.basic_password
                session.login(login, password.reveal() if password else "")
            reply = _transact(session, mail)
            progress.until = min(progress.until, time.monotonic() + _FAREWELL)
            with suppress(OSError, smtplib.SMTPException):
                session.quit()
    except smtplib.SMTPResponseException as error:
        reply = _refusal(error.smtp_code, error.smtp_error, stage)
    return _without_names(reply, (*mail.recipients, mail.sender, login or ""))


def _open(
    endpoint: ResolvedEndpoint,
    relay: Relay,
    context: Callable[[], ssl.SSLContext],
    progress: SessionProgress,
) -> _PlainSession | _TlsSession:
    wait = min(endpoint.limits.connect_timeout, progress.patience)
    if relay.tls == IMPLICIT:
        return _TlsSession(relay, progress, wait, context=context())
    return _PlainSession(relay, progress, wait)


def _transact(session: Any, mail: OutgoingMail) -> FinalReply:
    """One mail: its sender, its recipients, its text. Who is not taken keeps no other from it."""
    size = [f"size={len(mail.content)}"] if session.has_extn("size") else []
    code, words = session.mail(mail.sender, size)
    if code not in _TAKEN:
        return _refusal(code, words, "sender")
    refused: list[tuple[int, int, str]] = []
    for number, recipient in enumerate(mail.recipients, start=1):
        code, words = session.rcpt(recipient)
        if code not in _TAKEN:
            refused.append((number, code, _refusal(code, words, "recipients").words))
        if code == _CLOSING:
            return _refusal(code, words, "recipients", refused)
    if len(refused) == len(mail.recipients):
        worst = max(refused, key=lambda one: -one[1])  # one of them may be taken later
        return FinalReply(code=worst[1], words=worst[2], stage="recipients", refused=tuple(refused))
    try:
        code, words = session.data(mail.content)
    except smtplib.SMTPDataError as error:
        return _refusal(error.smtp_code, error.smtp_error, "text", refused)
    return _reply(code, words, "text", refused)


def _refusal(
    code: int, words: bytes | str, stage: str, refused: list[tuple[int, int, str]] | None = None
) -> FinalReply:
    """What ended a session before the text left: 4xx or 5xx, whatever else was said is none.

    Raises:
        SMTPException: a code that has no place there, such as 250 instead of 354. Nobody has the
            mail, so that it must not count as taken.
    """
    if code not in _REFUSED:
        raise smtplib.SMTPException
    return _reply(code, words, stage, refused)


def _reply(
    code: int, words: bytes | str, stage: str, refused: list[tuple[int, int, str]] | None = None
) -> FinalReply:
    """A relay's reply, with its words in one line."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    plain = " ".join(text.split())
    return FinalReply(code=code, words=plain, stage=stage, refused=tuple(refused or ()))


def _without_names(reply: FinalReply, names: tuple[str, ...]) -> FinalReply:
    """The same without the addresses, or the login, that a relay repeats."""
    known = sorted(filter(None, names), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, known)), re.IGNORECASE)
    refused = tuple((n, code, pattern.sub("***", words)) for n, code, words in reply.refused)
    return replace(reply, words=pattern.sub("***", reply.words), refused=refused)


def _own_address(sock: socket.socket) -> str:
    """How this machine introduces itself: by the address that the relay sees it by, or nearly."""
    address = str(sock.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
