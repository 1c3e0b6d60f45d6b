"""A relay on loopback that speaks real SMTP, and does what a test says."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, BinaryIO, Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

LOGIN, PASSWORD = "watch", "r3lay-passw0rd"


class Relay:
    """Takes mails until it is closed; `says` is what it answers, stage by stage.

    `says` maps `DATA`, `MAIL` or a recipient to a reply, or to what cuts the connection: `cut`.
    """

    def __init__(self, *, tls: str = "none", ca: trustme.CA | None = None, login: bool = False):
        self.says: dict[str, str] = {}
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.came: list[str] = []  # the stages that clients came to
        self.held = threading.Event()  # a mail is here and not answered, while `says` it is held
        self._loop = asyncio.new_event_loop()
        context = _context(ca) if ca else None
        options: dict[str, Any] = {"hostname": "relay.test", "enable_SMTPUTF8": True}
        if login:
            is_after = tls == "starttls"  # what is secured from its first byte, it does not know
            options |= {"authenticator": self._authenticate, "auth_require_tls": is_after}
            options |= {"auth_required": is_after}
        if tls == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        self._server = self._loop.run_until_complete(
            self._loop.create_server(
                lambda: SMTP(self, loop=self._loop, **options),
                "127.0.0.1",
                0,
                ssl=context if tls == "implicit" else None,
            )
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take nothing any more."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        """Who it is from."""
        envelope.mail_from = address
        return self._answer(server, "MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        """Whom it is for."""
        reply = self._answer(server, address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """The mail itself is here."""
        if self.says.get("DATA") == "hold":
            self.held.set()
            self.came.append("DATA held")
            while self.says.get("DATA") == "hold":  # noqa: ASYNC110 - a test lets it go
                await asyncio.sleep(0.02)
        reply = self._answer(server, "DATA", "250 2.0.0 queued as 4F2")
        if reply.startswith("250"):
            self.envelopes.append(envelope)
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return reply

    def _authenticate(self, server, session, envelope, mechanism, data):
        pair = (getattr(data, "login", b""), getattr(data, "password", b""))
        self.came.append("login")
        is_known = pair == (LOGIN.encode(), PASSWORD.encode())
        return AuthResult(success=is_known, handled=is_known)

    def _answer(self, server: Any, stage: str, otherwise: str) -> str:
        self.came.append(stage)
        reply = self.says.get(stage, otherwise)
        if reply == "cut":
            server.transport.abort()
        return reply


class WrittenRelay:
    """Says at a stage a line that no relay says; `greeting` and `text` are stages, and verbs."""

    def __init__(self, says: dict[str, str]):
        known = "250-hi\r\n250-STARTTLS\r\n250 AUTH PLAIN"
        usual = {"greeting": "220 hi", "EHLO": known, "AUTH": "235 in", "DATA": "354 go on"}
        self._says = usual | says
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with suppress(OSError), line, line.makefile("rb") as words:
                self._talk(line, words)

    def _talk(self, line: socket.socket, words: BinaryIO) -> None:
        stage, is_text = "greeting", False
        while True:
            if not is_text:
                line.sendall(f"{self._says.get(stage, '250 ok')}\r\n".encode())
                is_text = stage == "DATA"
            said = words.readline()
            if not said:
                return
            if not is_text:
                stage = said[:8].decode().split()[0].partition(":")[0].upper()
            elif said == b".\r\n":
                stage, is_text = "text", False


def _context(ca: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    return context
