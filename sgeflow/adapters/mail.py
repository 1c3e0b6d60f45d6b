"""Sends mails to a relay: one secured session for each mail; reads the relay's refusals.

Built on smtplib. This module adds a time limit for the whole session, and notes whether the mail
was being sent when the session failed.
"""

import io
import json
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.http.errors import ErrorVerdict
from sgeflow.adapters.http.rate_limit import Pacer, Shared, arrival_rate
from sgeflow.adapters.http.transport import TlsContext
from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.core.engine.ports import Leave
from sgeflow.core.engine.service_answers import judge_reply
from sgeflow.core.mail import (
    IMPLICIT,
    STARTTLS,
    MailAddress,
    Relay,
    is_several_lines,
    parse_address,
)
from sgeflow.core.model import FaultClass, NoAnswer, Request, Response
from sgeflow.errors import CredentialsError, Id, Problem
from sgeflow.messages import Message, from_table, os_error_text, say

_POLICY = SMTP.clone(cte_type="7bit")  # every relay can pass this on unchanged
MESSAGE_ID = "Message-ID"


class OutgoingMail(Struct, frozen=True, kw_only=True):
    """The bytes of a mail, with the envelope's sender and recipients."""

    content: bytes
    sender: str
    recipients: tuple[str, ...]


def make_message(request: Request) -> OutgoingMail:
    """The mail of a request; the Message-ID is the request's, so that duplicates can be recognised.

    Raises:
        ValueError: an address or a header cannot be written.
    """
    mail = json.loads(request.body)
    sender = _address(mail["from"])
    to, cc = ([_address(text) for text in mail.get(key, ())] for key in ("to", "cc"))
    message = EmailMessage(policy=_POLICY)
    message["From"] = _header(sender)
    message["To"] = [_header(one) for one in to]
    if cc:
        message["Cc"] = [_header(one) for one in cc]
    message["Subject"] = mail["subject"]
    if is_several_lines(str(message["Subject"])):  # after decoding encoded words
        raise ValueError
    message["Date"] = format_datetime(datetime.now(UTC))
    message[MESSAGE_ID] = request.headers[MESSAGE_ID]
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: suppresses automatic replies
    message.set_content(mail["text"])
    return OutgoingMail(
        content=message.as_bytes(),
        sender=sender.plain,
        recipients=tuple(one.plain for one in (*to, *cc)),
    )


def _header(address: MailAddress) -> Address:
    return Address(address.name, address.user, address.domain)


def _address(text: str) -> MailAddress:
    parsed = parse_address(text)
    if isinstance(parsed, MailAddress):
        return parsed
    raise ValueError(parsed)


_TAKEN, _REFUSED = range(200, 300), range(400, 600)
_CLOSING = 421  # the relay ends the session
_MOST = 64 * 1024  # bytes of one reply; RFC 5321 allows lines of 512
_FAREWELL = 2.0  # seconds for the relay's goodbye; the mail was accepted before


class SessionProgress(Struct):
    """The time limit and the progress of a session."""

    until: float  # end, on the clock of `time.monotonic`
    pause: float  # the longest silence in seconds
    connected: bool = False
    sent: bool = False  # whether sending the mail has begun; a relay accepts it after its end

    @property
    def patience(self) -> float:
        """Seconds to wait for the next byte. Raises: TimeoutError if none are left."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, self.pause)


class FinalReply(Struct, frozen=True, kw_only=True):
    """The end of a session: the deciding code, its stage, and the refused recipients."""

    code: int
    words: str
    stage: str = ""
    refused: tuple[tuple[int, int, str], ...] = ()


class _Replies(io.RawIOBase):
    """The replies of a relay, read within limits of time and size."""

    def __init__(self, sock: socket.socket, progress: SessionProgress) -> None:
        self._sock, self._progress, self._left = sock, progress, _MOST

    def readable(self) -> bool:
        return True

    def begin(self) -> None:
        """Start to wait for a reply."""
        self._left = _MOST

    def readinto(self, buffer: Any) -> int:
        if self._left <= 0:
            raise smtplib.SMTPServerDisconnected
        self._sock.settimeout(self._progress.patience)
        count = self._sock.recv_into(buffer, min(len(buffer), self._left))
        self._left -= count
        return count


class _TimedSession:
    """An smtplib session within a time limit, which notes when the mail is being sent."""

    sock: Any
    file: Any

    def __init__(self, relay: Relay, progress: SessionProgress, wait: float, **more: Any) -> None:
        """Connect without looking up the name of this machine, which is private."""
        self.progress = progress
        self._replies: _Replies | None = None
        named = {"local_hostname": "localhost", "timeout": wait, **more}
        super().__init__(relay.host, relay.port, **named)  # type: ignore[call-arg]

    def send(self, s: Any) -> None:
        if self.sock:
            self.sock.settimeout(self.progress.patience)
        if isinstance(s, bytes):  # commands are text
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
        except smtplib.SMTPResponseException as error:  # a reply without line end has its own code
            raise smtplib.SMTPException from error
        return answer


class _PlainSession(_TimedSession, smtplib.SMTP):
    """A session that begins unencrypted and is secured by STARTTLS."""


class _TlsSession(_TimedSession, smtplib.SMTP_SSL):
    """A session over TLS from its first byte."""


def deliver(
    endpoint: ResolvedEndpoint,
    relay: Relay,
    mail: OutgoingMail,
    context: Callable[[], ssl.SSLContext],
    progress: SessionProgress,
) -> FinalReply:
    """Send one mail to a relay, once; return the deciding reply without the addresses in it.

    Raises:
        OSError, smtplib.SMTPException, ValueError: no reply came; `progress` says how far it got.
        CredentialsError: the authorities that vouch for the relay cannot be read.
    """
    stage, login = "connection", endpoint.user
    wait = min(endpoint.limits.connect_timeout, progress.patience)
    try:
        opened = (
            _TlsSession(relay, progress, wait, context=context())
            if relay.tls == IMPLICIT
            else _PlainSession(relay, progress, wait)
        )
        with closing(opened) as session:
            # this machine introduces itself by the address that the relay sees, or nearly
            own = str(session.sock.getsockname()[0]).partition("%")[0]
            session.local_hostname = f"[IPv6:{own}]" if ":" in own else f"[{own}]"
            stage = "greeting"
            session.ehlo_or_helo_if_needed()
            if relay.tls == STARTTLS:
                session.starttls(context=context())
                session.ehlo_or_helo_if_needed()
            stage = "login"
            if login is not None:
                password = endpoint.password
                session.login(login, password.reveal() if password else "")
            reply = _transact(session, mail)
            progress.until = min(progress.until, time.monotonic() + _FAREWELL)
            with suppress(OSError, smtplib.SMTPException):
                session.quit()
    except smtplib.SMTPResponseException as error:
        reply = _refusal(error.smtp_code, error.smtp_error, stage)
    names = filter(None, (*mail.recipients, mail.sender, login))
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
    refused = tuple((n, code, pattern.sub("***", words)) for n, code, words in reply.refused)
    return replace(reply, words=pattern.sub("***", reply.words), refused=refused)


def _transact(session: Any, mail: OutgoingMail) -> FinalReply:
    """Send sender, recipients and text of one mail. A refused recipient does not affect others."""
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
        worst = max(refused, key=lambda one: -one[1])  # temporary before permanent
        return FinalReply(code=worst[1], words=worst[2], stage="recipients", refused=tuple(refused))
    try:
        code, words = session.data(mail.content)
    except smtplib.SMTPDataError as error:
        return _refusal(error.smtp_code, error.smtp_error, "text", refused)
    return _reply(code, words, "text", refused)


def _refusal(
    code: int, words: bytes | str, stage: str, refused: list[tuple[int, int, str]] | None = None
) -> FinalReply:
    """The refusal (4xx or 5xx) that ended a session before the text was sent.

    Raises:
        SMTPException: an unexpected code such as 250 instead of 354. The mail was not accepted, so
            it must not count as accepted.
    """
    if code not in _REFUSED:
        raise smtplib.SMTPException
    return _reply(code, words, stage, refused)


def _reply(
    code: int, words: bytes | str, stage: str, refused: list[tuple[int, int, str]] | None = None
) -> FinalReply:
    """A relay's reply, with its text on one line."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    plain = " ".join(text.split())
    return FinalReply(code=code, words=plain, stage=stage, refused=tuple(refused or ()))


FOREIGN = (OSError, smtplib.SMTPException, ValueError)
"""All exceptions of smtplib, ssl and sockets in a session."""


class BrokenSession(Struct, frozen=True, kw_only=True):
    """The progress of a session when it failed."""

    place: str  # host:port
    connected: bool
    sent: bool
    seconds: float
    limit: Message  # the time limit that ended it, in words
    of_step: bool  # whether that limit was the step's


def no_reply(error: Exception, ended: BrokenSession) -> NoAnswer:
    """The outcome of a mail whose session ended with an exception."""
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        error = error.__context__  # the exception that smtplib was handling
    verdict = _after_sending(error, ended) if ended.sent else _before_sending(error, ended)
    details = (("remedy", verdict.remedy),)
    message = verdict.message
    if not ended.sent:
        message = say("{what}; nothing was sent", what=message)
    return NoAnswer(
        sent=None if ended.sent else False,
        problem=Problem(id=verdict.id, message=message, details=details),
        fault_class=verdict.fault_class,
        seconds=ended.seconds,
    )


def _after_sending(error: Exception, ended: BrokenSession) -> ErrorVerdict:
    """The failure while the mail was being sent: a silent relay may deliver it."""
    id_ = Id.NO_ANSWER
    message = say(
        "{place} received the mail and closed the connection without an answer",
        place=ended.place,
    )
    if isinstance(error, TimeoutError):
        id_ = Id.TIMEOUT if ended.of_step else Id.NO_ANSWER
        message = say(
            "{place} received the mail and did not answer within {limit}",
            place=ended.place,
            limit=ended.limit,
        )
    remedy = say("check the mailbox, or ask the relay's operator: the mail may have arrived")
    return ErrorVerdict(id_, message, remedy, FaultClass.UNKNOWN)


def _before_sending(error: Exception, ended: BrokenSession) -> ErrorVerdict:
    place, id_, fault_class = ended.place, Id.NOT_SENT, FaultClass.NETWORK
    remedy = say("check `host`, `port` and `tls` of the relay in the environment")
    match error:
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return _insecure(error, place)
        case UnicodeEncodeError() if ended.connected:
            # smtplib could not encode the login, the only text that may contain letters outside
            # ASCII
            id_, fault_class = Id.REJECTED, FaultClass.CREDENTIALS
            message = say(
                "the login or the password for {place} has characters other than ASCII", place=place
            )
            remedy = say("choose a login and a password without accents")
        case socket.gaierror():
            message = say("the name of {host} is not known", host=place)
        case TimeoutError():
            id_ = Id.TIMEOUT if ended.of_step else Id.NOT_SENT
            message = say(
                "{place} did not answer within {limit}",
                place=place,
                limit=ended.limit,
            )
            remedy = say("check the network, or raise {key}", key="`timeout`")
        case smtplib.SMTPServerDisconnected():
            message = say("{place} closed the connection", place=place)
        case OSError() if not isinstance(error, smtplib.SMTPException):
            why = os_error_text(error, "no connection")
            message = say("{host} could not be reached ({why})", host=place, why=why)
            remedy = say("check `host` and `port`, and whether the relay is up")
        case _:
            message = say("{place} is not an SMTP server", place=place)
    return ErrorVerdict(id_, message, remedy, fault_class)


def _insecure(error: Exception, place: str) -> ErrorVerdict:
    """The failure to secure the session or to log in."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = from_table(error.verify_message) or say("the name does not match")
        message = say("the certificate of {host} is not trusted: {why}", host=place, why=why)
        remedy = say(
            "check `{key}`, and `ca` when the server belongs to a private authority", key="host"
        )
    elif isinstance(error, ssl.SSLError):
        words = from_table(str(error.reason or "").lower().replace("_", " "))
        message = say(
            "no TLS connection could be made to {host} ({reason})",
            host=place,
            reason=words or say("no reason given"),
        )
        remedy = say("`tls: implicit` is for port 465, `tls: starttls` for 587 and 25")
    elif "STARTTLS" in str(error):
        message = say("{place} does not offer STARTTLS", place=place)
        remedy = say("mails are never sent unencrypted: write `tls: implicit`, or another `port`")
    else:
        message = say("{place} does not accept a login", place=place)
        remedy = say("leave `login` and `password` out, or take the port that asks for them: 587")
    return ErrorVerdict(Id.TLS, message, remedy, FaultClass.CREDENTIALS)


class RelayTransport:
    """Sends mails to relays; thread-safe, with the rate limits of HTTP."""

    def __init__(
        self, relays: Mapping[str, ResolvedEndpoint], *, pace: Shared | None = None
    ) -> None:
        self._relays = relays
        self._contexts = {name: TlsContext() for name in relays}
        self._pacer = Pacer(shared=pace)

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send once; a temporary refusal, or a refusal of the sender, is a NoAnswer."""
        endpoint = self._relays[request.endpoint]
        limits, rates = endpoint.limits, {}
        if limits.rate:
            name = f"{endpoint.name} {endpoint.base_url}"
            rates[name] = arrival_rate(limits.rate, limits.jitter)
        try:
            mail = make_message(request)
        except ValueError:
            message = say("the mail cannot be written: an address or the subject is invalid")
            problem = Problem(id=Id.INVALID_VALUE, message=message)
            return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.INVALID)
        if self._pacer.wait(rates, deadline) is None:
            message = say(
                "the `timeout` ends before the rate allows a call to {host}; nothing was sent",
                host=endpoint.name,
            )
            problem = Problem(id=Id.TIMEOUT, message=message)
            return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.NETWORK)
        if leave and (refusal := leave()):
            return refusal
        return self._deliver(endpoint, mail, deadline)

    def close(self) -> None:
        """Release waiting calls; no connection is kept."""
        self._pacer.close()

    def _deliver(
        self, endpoint: ResolvedEndpoint, mail: OutgoingMail, deadline: float | None
    ) -> Response | NoAnswer:
        relay, limits = endpoint.relay, endpoint.limits
        if relay is None:
            raise TypeError("no relay")
        began = time.monotonic()
        own = began + limits.total_timeout
        until = own if deadline is None else min(own, deadline)
        progress = SessionProgress(until=until, pause=limits.read_timeout)
        secured = self._contexts[endpoint.name]
        try:
            reply = deliver(endpoint, relay, mail, lambda: secured.of(endpoint), progress)
        except CredentialsError as error:
            return NoAnswer(
                sent=False, problem=error.problems[0], fault_class=FaultClass.CREDENTIALS
            )
        except FOREIGN as error:
            now = time.monotonic()
            seconds = limits.read_timeout if progress.connected else limits.connect_timeout
            limit = say("{seconds:g} s", seconds=seconds)
            if now >= progress.until:
                limit = say("{seconds:g} s in all", seconds=limits.total_timeout)
                if until < own:
                    limit = say("the `timeout`")
            ended = BrokenSession(
                place=f"{relay.host}:{relay.port}",
                connected=progress.connected,
                sent=progress.sent,
                seconds=now - began,
                limit=limit,
                of_step=until < own and now >= until,
            )
            return no_reply(error, ended)
        refused = [
            {"recipient": n, "code": code, "reply": words} for n, code, words in reply.refused
        ]
        body = {"reply": reply.words, "stage": reply.stage, "refused": refused}
        answer = Response(
            status=reply.code,
            headers={"content-type": "application/json"},
            body=json.dumps(body, ensure_ascii=False).encode(),
            seconds=time.monotonic() - began,
        )
        return judge_reply(answer, endpoint.name)
