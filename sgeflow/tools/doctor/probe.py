"""The way to a server, step by step, each within a few seconds; no call is made.

What leaves the machine is a question to the name server, a connection, TLS, and `HEAD /` without
a token and without a body: its answer tells the server's clock, and that TLS was not refused.
"""

from __future__ import annotations

import http.client
import io
import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sgeflow.adapters.http.connections import refused_certificate
from sgeflow.messages import fixed, reason, say
from sgeflow.tools.doctor.network_verdicts import Failed, Lag, Secured, Trouble

LIMIT = 5.0
"""Seconds that one step may take."""

_ALERT = 0.3  # seconds: with TLS 1.3 a server refuses a certificate after the handshake
_HEAD = 16 << 10  # bytes of an answer's head that are read
_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python gives no name
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


def addresses(host: str, port: int) -> tuple[str, ...] | Failed:
    """The addresses of a name, in the order in which they would be tried."""
    found: queue.SimpleQueue[tuple[str, ...] | Failed] = queue.SimpleQueue()

    def ask() -> None:  # the system's own question has no time limit
        try:
            told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            is_silent = error.errno == socket.EAI_AGAIN
            kind = Trouble.SLOW if is_silent else Trouble.UNKNOWN_NAME
            found.put(Failed(trouble=kind, reason=reason(error)))
        except (OSError, UnicodeError) as error:
            found.put(Failed(trouble=Trouble.UNKNOWN_NAME, reason=fixed(type(error).__name__)))
        else:
            found.put(tuple(dict.fromkeys(str(address[0]) for *_, address in told)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        return found.get(timeout=LIMIT)
    except queue.Empty:
        return Failed(trouble=Trouble.SLOW, reason=say("no answer"), seconds=LIMIT)


def connect(places: Sequence[str], port: int) -> socket.socket | Failed:
    """A connection to the first address that takes one, to be closed by the caller."""
    failed = Failed(trouble=Trouble.UNREACHED, reason=say("no connection"))
    until = time.monotonic() + LIMIT
    for count, address in enumerate(places):
        own = (until - time.monotonic()) / (len(places) - count)
        try:
            link = socket.create_connection((address, port), timeout=max(0.001, own))
        except TimeoutError:
            failed = Failed(trouble=Trouble.SLOW, reason=say("no answer"), seconds=LIMIT)
        except (OSError, OverflowError) as error:
            words = fixed(getattr(error, "strerror", "") or type(error).__name__)
            failed = Failed(trouble=Trouble.UNREACHED, reason=fixed(words.lower()))
        else:
            link.settimeout(LIMIT)
            return link
    return failed


def secure(link: socket.socket, host: str, context: ssl.SSLContext) -> ssl.SSLSocket | Failed:
    """The same connection over TLS, or why not."""
    try:
        over = context.wrap_socket(link, server_hostname=host)
    except OSError as error:
        return _failed(error)
    try:
        _hear_alert(over)
    except OSError as error:
        over.close()
        return _failed(error)
    return over


def secured(link: ssl.SSLSocket) -> Secured:
    """What is known of a connection over TLS; it is forgotten when the server ends it."""
    shown = link.getpeercert() or {}
    ends = shown.get("notAfter")
    return Secured(
        version=(link.version() or "TLS").replace("TLSv", "TLS "),
        ends=datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) if ends else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came back to a `HEAD /`: something, the server's time, or a refusal that came late."""

    answered: bool = False
    lag: Lag | None = None
    refusal: Failed | None = None


def ask(link: socket.socket, host: str) -> Told:
    """Ask a server for the time, with `HEAD /` and nothing else."""
    try:
        link.sendall(
            f"HEAD / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: sgeflow\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        begun = time.time()
        head = _head(link)
    except OSError as error:
        failed = _failed(error)
        return Told(refusal=failed if failed.trouble is Trouble.REFUSED else None)
    return Told(answered=bool(head), lag=_lag(head, host, (begun + time.time()) / 2))


def lag_whatever_the_day(
    host: str, places: Sequence[str], port: int, context: ssl.SSLContext
) -> Lag | None:
    """The lag to a server whose certificate seems to be out of date: perhaps our clock is.

    Its authority and name are verified as always, its dates are not.
    """
    context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
    link = connect(places, port)
    if isinstance(link, Failed):
        return None
    with link:
        over = secure(link, host, context)
        if isinstance(over, Failed):
            return None
        with over:
            return ask(over, host).lag


def _hear_alert(link: ssl.SSLSocket) -> None:
    """Take what the server says of itself after the handshake: a refusal, with TLS 1.3.

    Once a request is on its way, a server that closes resets, and its refusal may be lost.
    """
    if link.version() != "TLSv1.3" or not select.select([link], [], [], _ALERT)[0]:
        return
    link.settimeout(0)
    with suppress(ssl.SSLWantReadError):
        link.recv(1)  # nothing else may come before a request
    link.settimeout(LIMIT)


def _head(link: socket.socket) -> bytes:
    until, got = time.monotonic() + LIMIT, b""
    while b"\r\n\r\n" not in got and len(got) < _HEAD:
        link.settimeout(max(0.001, until - time.monotonic()))
        piece = link.recv(_HEAD)
        if not piece:
            break
        got += piece
    return got


def _lag(head: bytes, host: str, now: float) -> Lag | None:
    status, _, lines = head.partition(b"\r\n")
    if not status.startswith(b"HTTP/"):
        return None
    with suppress(http.client.HTTPException, TypeError, ValueError):
        told = http.client.parse_headers(io.BytesIO(lines))["Date"]
        moment = parsedate_to_datetime(told)
        return Lag(host=host, seconds=now - moment.timestamp() - 0.5)  # it is cut to a second
    return None


def _failed(error: OSError) -> Failed:
    """What an error of TLS means; the texts of exceptions are not used."""
    if isinstance(error, TimeoutError):
        return Failed(trouble=Trouble.SLOW, reason=say("no answer"), seconds=LIMIT)
    if isinstance(error, ssl.SSLCertVerificationError):
        kind = _VERIFY.get(error.verify_code, Trouble.UNTRUSTED)
        return Failed(trouble=kind, reason=fixed(error.verify_message))
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ConnectionError):
        return Failed(trouble=Trouble.CLOSED, reason=say("no reason given"))
    if isinstance(error, ssl.SSLError):
        words = fixed((error.reason or "").lower().replace("_", " ")) or say("no reason given")
        kind = _REASONS.get(error.reason or "", Trouble.OTHER)
        if kind is Trouble.OTHER and refused_certificate(error):
            kind = Trouble.REFUSED
        return Failed(trouble=kind, reason=words)
    return Failed(trouble=Trouble.OTHER, reason=fixed(reason(error).lower()))
