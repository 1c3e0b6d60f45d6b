"""Reaches a server step by step, with a time limit for each; no call is made.

The machine sends a question to the name server, a connection, a TLS handshake, and `HEAD /` without
token and body. The answer to `HEAD /` tells the server's clock, and that TLS was accepted.
"""

import http.client
import io
import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from msgspec import Struct

from sgeflow.adapters.http.connections import demanded_certificate, refused_certificate
from sgeflow.core.hosts import is_simulator
from sgeflow.messages import from_table, os_error_text, say
from sgeflow.tools.doctor.verdicts import FailedAttempt, Lag, TlsConnection, Trouble

LIMIT = 5.0
"""The time limit of one step in seconds."""

_ALERT = 0.3  # seconds: with TLS 1.3 a server refuses a certificate after the handshake
_HEAD = 16 << 10  # the largest head of an answer in bytes
_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python does not name
_VERIFY = {  # the codes of x509_vfy.h
    9: Trouble.NOT_YET,
    10: Trouble.EXPIRED,
    62: Trouble.OTHER_HOST,
    64: Trouble.OTHER_HOST,
}
_REASONS = {
    "WRONG_VERSION_NUMBER": Trouble.NO_TLS,
    "HTTP_REQUEST": Trouble.NO_TLS,
    "RECORD_LAYER_FAILURE": Trouble.NO_TLS,
    "UNSUPPORTED_PROTOCOL": Trouble.OLD_TLS,
    "TLSV1_ALERT_PROTOCOL_VERSION": Trouble.OLD_TLS,
}


def addresses(host: str, port: int) -> tuple[str, ...] | FailedAttempt:
    """The addresses of a name, in the order in which connections try them."""
    answers: queue.SimpleQueue[tuple[str, ...] | FailedAttempt] = queue.SimpleQueue()

    def ask() -> None:  # the system's function has no time limit
        try:
            records = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            is_silent = error.errno == socket.EAI_AGAIN
            kind = Trouble.SLOW if is_silent else Trouble.UNKNOWN_NAME
            answers.put(
                FailedAttempt(trouble=kind, reason=from_table(os_error_text(error).lower()))
            )
        except (OSError, UnicodeError) as error:
            answers.put(
                FailedAttempt(trouble=Trouble.UNKNOWN_NAME, reason=from_table(type(error).__name__))
            )
        else:
            answers.put(tuple(dict.fromkeys(str(address[0]) for *_, address in records)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        return answers.get(timeout=LIMIT)
    except queue.Empty:
        return _too_slow()


def connect(places: Sequence[str], port: int) -> socket.socket | FailedAttempt:
    """A connection to the first address that accepts one; the caller closes it."""
    failed = FailedAttempt(trouble=Trouble.UNREACHED, reason=say("no connection"))
    until = time.monotonic() + LIMIT
    for count, address in enumerate(places):
        own = (until - time.monotonic()) / (len(places) - count)
        try:
            link = socket.create_connection((address, port), timeout=max(0.001, own))
        except TimeoutError:
            failed = _too_slow()
        except (OSError, OverflowError) as error:
            words = from_table(getattr(error, "strerror", "") or type(error).__name__)
            failed = FailedAttempt(trouble=Trouble.UNREACHED, reason=from_table(words.lower()))
        else:
            link.settimeout(LIMIT)
            return link
    return failed


def pass_through(
    link: socket.socket, place: str, headers: Mapping[str, str]
) -> socket.socket | FailedAttempt:
    """The connection through a proxy to a host and port, or the failure."""
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    try:
        link.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        status = _head(link).partition(b"\r\n")[0].split(b" ")
    except OSError as error:
        link.close()
        return _failure(error)
    if status[1:2] == [b"200"]:
        return link
    link.close()
    code = status[1].decode("latin-1") if len(status) > 1 and status[1].isdigit() else ""
    reason = from_table(f"HTTP {code[:3]}") if code else say("no answer")
    return FailedAttempt(trouble=Trouble.PROXY, reason=reason)


def secure(
    link: socket.socket, host: str, context: ssl.SSLContext, *, speaks_first: bool = False
) -> ssl.SSLSocket | FailedAttempt:
    """The connection over TLS, or the failure; the greeting of `speaks_first` servers is kept."""
    try:
        over = context.wrap_socket(link, server_hostname=host)
    except OSError as error:
        return _failure(error)
    try:
        if not speaks_first:
            _hear_alert(over)
    except OSError as error:
        over.close()
        return _failure(error)
    return over


def read_security(link: ssl.SSLSocket) -> TlsConnection:
    """The facts of an open TLS connection; they are lost when the server closes it."""
    certificate = link.getpeercert() or {}
    ends = certificate.get("notAfter")
    return TlsConnection(
        version=(link.version() or "TLS").replace("TLSv", "TLS "),
        ends=datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) if ends else None,
    )


class HeadReply(Struct, frozen=True, kw_only=True):
    """The result of `HEAD /`: whether there was an answer, the server's time, a late refusal."""

    answered: bool = False
    lag: Lag | None = None
    refusal: FailedAttempt | None = None


def ask(link: socket.socket, host: str) -> HeadReply:
    """Ask a server for the time, with `HEAD /` and nothing else."""
    try:
        link.sendall(
            f"HEAD / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: sgeflow\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        begun = time.time()
        head = _head(link)
    except OSError as error:
        failed = _failure(error)
        is_about_us = failed.trouble in (Trouble.REFUSED, Trouble.DEMANDED)
        return HeadReply(refusal=failed if is_about_us else None)
    return HeadReply(answered=bool(head), lag=_lag(head, host, (begun + time.time()) / 2))


def lag_whatever_the_day(
    host: str, places: Sequence[str], port: int, context: ssl.SSLContext
) -> Lag | None:
    """The clock difference to a server whose certificate seems expired: our clock may be wrong.

    The authority and the name are verified, only the dates are not.
    """
    context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
    link = connect(places, port)
    if isinstance(link, FailedAttempt):
        return None
    with link:
        over = secure(link, host, context)
        if isinstance(over, FailedAttempt):
            return None
        with over:
            return ask(over, host).lag


def _hear_alert(link: ssl.SSLSocket) -> None:
    """Read a refusal that the server sends after the handshake (TLS 1.3).

    It must be read before a request: when the server resets the connection, it may be lost.
    """
    if link.version() != "TLSv1.3" or not select.select([link], [], [], _ALERT)[0]:
        return
    link.settimeout(0)
    with suppress(ssl.SSLWantReadError):
        link.recv(1)  # a server sends nothing else before a request
    link.settimeout(LIMIT)


def _head(link: socket.socket) -> bytes:
    until, head = time.monotonic() + LIMIT, b""
    while b"\r\n\r\n" not in head and len(head) < _HEAD:
        link.settimeout(max(0.001, until - time.monotonic()))
        piece = link.recv(_HEAD)
        if not piece:
            break
        head += piece
    return head


def _lag(head: bytes, host: str, now: float) -> Lag | None:
    status, _, lines = head.partition(b"\r\n")
    if not status.startswith(b"HTTP/"):
        return None
    with suppress(http.client.HTTPException, TypeError, ValueError):
        headers = http.client.parse_headers(io.BytesIO(lines))
        if is_simulator(host, headers["Server"]):
            return None
        moment = parsedate_to_datetime(headers["Date"])
        return Lag(host=host, seconds=now - moment.timestamp() - 0.5)  # the time has whole seconds
    return None


def _too_slow() -> FailedAttempt:
    return FailedAttempt(
        trouble=Trouble.SLOW, reason=say("no answer within {seconds:g} s", seconds=LIMIT)
    )


def _failure(error: OSError) -> FailedAttempt:
    """The kind of a TLS error, told without the texts of exceptions."""
    if isinstance(error, TimeoutError):
        return _too_slow()
    if isinstance(error, ssl.SSLCertVerificationError):
        kind = _VERIFY.get(error.verify_code, Trouble.UNTRUSTED)
        return FailedAttempt(trouble=kind, reason=from_table(error.verify_message))
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ConnectionError):
        return FailedAttempt(trouble=Trouble.CLOSED, reason=say("no reason given"))
    if isinstance(error, ssl.SSLError):
        words = from_table((error.reason or "").lower().replace("_", " ")) or say("no reason given")
        kind = _REASONS.get(error.reason or "", Trouble.OTHER)
        if kind is Trouble.OTHER and refused_certificate(error):
            kind = Trouble.DEMANDED if demanded_certificate(error) else Trouble.REFUSED
        return FailedAttempt(trouble=kind, reason=words)
    return FailedAttempt(trouble=Trouble.OTHER, reason=from_table(os_error_text(error).lower()))
