"""A network of memory: sockets that urllib3 takes for real ones, and all that befalls bytes.

Behind it stand the simulator's router and world; nothing of the product is replaced but the
opening of a socket.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from random import Random
from typing import Any

from msgspec.structs import replace

from sgeflow.simulator.replies import Reply, page
from sgeflow.simulator.router import Call, Router
from sgeflow.simulator.wire import head_of
from tests.storm.processes import Clock, Processes

_LATELY = 0.01  # seconds between a look at a connection and the first byte on it
_POINT = re.compile(rb"(?<![0-9])[0-9]{14}(?![0-9])")
_RECORD = re.compile(rb"GET /backoffice/consent/(\d+) ")
_ORDER = re.compile(rb"<\w+:(commander\w+)[ >]")
_HOLLOW = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    b'<n:%sResponse xmlns:n="urn:%s"/></s:Body></s:Envelope>'
)
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_GATEWAY = (
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    b"<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>Send timeout</faultstring>"
    b'<detail><am:fault xmlns:am="http://wso2.org/apimanager"><am:code>101504</am:code>'
    b"<am:message>Send timeout</am:message></am:fault></detail></soapenv:Fault>"
    b"</soapenv:Body></soapenv:Envelope>"
)


_ON_THE_WAY = ("severed", "unreachable")  # before a request is whole


@dataclass(frozen=True, kw_only=True)
class Weather:
    """How often something befalls a request, and what may."""

    badness: float = 0.0
    kinds: tuple[str, ...] = ()


@dataclass
class Arrival:
    """Bytes that can be read from a moment on; None is the end of what comes."""

    moment: float
    data: bytes | None
    is_reset: bool = False


@dataclass
class Network:
    """Takes requests to the router, and brings back what the weather leaves of the reply."""

    dice: Random
    clock: Clock
    processes: Processes
    router: Router
    weather: Weather = field(default_factory=Weather)
    log: list[str] = field(default_factory=list)
    befell: list[str] = field(default_factory=list)
    tape: Any = field(default_factory=hashlib.sha256)  # of every byte that was asked and answered
    _replies: dict[tuple[bytes, ...], list[bytes]] = field(default_factory=dict)  # whole ones
    points: Callable[[], list[str]] = list  # that the world knows
    mistakes: list[str] = field(default_factory=list)  # of this stand-in
    misused: int = 0  # requests that left where an answer waited to be read
    is_doubling: bool = False  # what is carried out now, nobody has sent
    before_call: Callable[[], None] = lambda: None

    def connect(self, *_: Any, **__: Any) -> Socket:
        """Stands for `create_connection`."""
        self.processes.point()
        if self._befalls("unreachable"):
            raise ConnectionRefusedError(111, "Connection refused")
        return Socket(self)

    # -- one request ------------------------------------------------------------------------------

    def take(self, raw: bytes) -> list[Arrival]:
        """The bytes that come back of a whole request, each piece with its moment."""
        kinds = [kind for kind in self.weather.kinds if kind not in _ON_THE_WAY]
        if raw.startswith(b"HEAD "):  # what it asks for comes, or no order leaves to meet anything
            return self._well(raw)
        trouble = self.dice.choice(kinds) if kinds and self._is_bad() else "well"
        if trouble != "well":
            self.befell.append(trouble)
        deed: Callable[[bytes], list[Arrival]] = getattr(self, f"_{trouble}")
        try:
            return deed(raw)
        except Exception as error:  # the product takes it for one of a network
            self.mistakes.append(repr(error))
            raise

    def _well(self, raw: bytes) -> list[Arrival]:
        return [Arrival(self.clock.true + self.dice.uniform(0, 0.2), self._carry_out(raw))]

    def _slow(self, raw: bytes) -> list[Arrival]:
        """Carried out at once, answered late, perhaps too late."""
        moment = self.clock.true + self.dice.choice([1.0, 3.0, 30.0, 100.0])
        return [Arrival(moment, self._carry_out(raw))]

    def _lost(self, raw: bytes) -> list[Arrival]:
        """Never carried out, never answered."""
        return [self._end(raw)]

    def _unheard(self, raw: bytes) -> list[Arrival]:
        """Carried out; nobody hears of it."""
        self._carry_out(raw)
        return [self._end(raw)]

    def _queued(self, raw: bytes) -> list[Arrival]:
        """Stands in a queue, and is carried out when the sender has given up, or not yet."""
        moment = self.clock.true + self.dice.choice([0.5, 5.0, 19.0, 25.0])
        self.clock.at(moment, lambda: self._carry_out(raw))
        return [self._end(raw)]

    def _cut(self, raw: bytes) -> list[Arrival]:
        """The reply ends at any byte."""
        reply = self._carry_out(raw)
        at = self.dice.randrange(len(reply))
        return [Arrival(self.clock.true, reply[:at]), self._end(raw)]

    def _dripped(self, raw: bytes) -> list[Arrival]:
        """The reply comes in pieces, with pauses."""
        reply, moment, pieces = self._carry_out(raw), self.clock.true, []
        while reply:
            size = self.dice.randrange(1, len(reply) + 1)
            moment += self.dice.choice([0.0, 0.1, 2.9])
            pieces.append(Arrival(moment, reply[:size]))
            reply = reply[size:]
        return pieces

    def _twice(self, raw: bytes) -> list[Arrival]:
        """The reply comes a second time, now or when the next request has left."""
        reply, moment = self._carry_out(raw), self.clock.true
        return [Arrival(moment, reply), Arrival(moment + self.dice.choice([0.0, 0.05, 0.3]), reply)]

    def _interim(self, raw: bytes) -> list[Arrival]:
        early = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
        return [Arrival(self.clock.true, early + self._carry_out(raw))]

    def _stray(self, raw: bytes) -> list[Arrival]:
        """An answer that nobody asked for comes first."""
        stray = b"HTTP/1.1 204 No Content\r\n\r\n"
        return [Arrival(self.clock.true, stray + self._carry_out(raw))]

    def _in_front(self, raw: bytes) -> list[Arrival]:
        """An answer about another thing comes in front of one's own, in one piece."""
        other = self._about_another(raw)
        reply = b"" if other is None else self._carry_out(other)
        return [Arrival(self.clock.true, reply + self._carry_out(raw))]

    def _about_another(self, raw: bytes) -> bytes | None:
        """The request, asked about another point or record; None when it asks about neither."""
        if b"rechercher" in raw or b"consulter" in raw:
            asked = _POINT.findall(raw)
            points = [point for point in self.points() if point.encode() not in asked]
            for point in asked:
                raw = raw.replace(point, self.dice.choice(points).encode())
            return raw
        number = _RECORD.match(raw)
        return raw.replace(number[1], b"%d" % (int(number[1]) + 1), 1) if number else None

    def _hollow(self, raw: bytes) -> list[Arrival]:
        """An order is answered with an empty element of the right name, whatever becomes of it."""
        name = _ORDER.search(raw)
        if name is None:
            return self._well(raw)
        fate = self.dice.choice(["done", "later", "never"])
        if fate == "done":
            self._carry_out(raw)
        elif fate == "later":
            self.clock.at(self.clock.true + 4.0, lambda: self._carry_out(raw))
        body = _HOLLOW % (name[1], name[1])
        reply = Reply(200, body, "text/xml")
        return [Arrival(self.clock.true, self._dated(reply, close=True) + body)]

    def _doubled(self, raw: bytes) -> list[Arrival]:
        """An order is sent on twice; the second answer is the one that comes back."""
        if _ORDER.search(raw):
            self._carry_out(raw)
            self.is_doubling = True
        answer = self._carry_out(raw)
        self.is_doubling = False
        return [Arrival(self.clock.true, answer)]

    def _others(self, raw: bytes) -> list[Arrival]:
        """The answer about another point, as a bad cache gives it; of an order, an earlier one."""
        if b"rechercher" in raw or b"consulter" in raw:
            return [Arrival(self.clock.true, self._carry_out(self._about_another(raw) or raw))]
        known = [] if b"/backoffice/" in raw else self._replies.get(_question_of(raw), [])
        own = self._carry_out(raw)
        return [Arrival(self.clock.true, self.dice.choice(known) if known else own)]

    def _gateway(self, raw: bytes) -> list[Arrival]:
        """The gateway gives up, in its own words; what was asked is done or not, now or later."""
        fate = self.dice.choice(["done", "later", "never"])
        if fate == "done":
            self._carry_out(raw)
        elif fate == "later":
            self.clock.at(self.clock.true + 4.0, lambda: self._carry_out(raw))
        status = self.dice.choice([500, 502, 503, 504])
        reply = page(status, str(status), "Gateway")
        if self.dice.random() < 0.5:
            reply = replace(reply, body=_GATEWAY, content_type="text/xml")
        return [Arrival(self.clock.true, self._dated(reply, close=False) + reply.body)]

    def _gossip(self, raw: bytes) -> list[Arrival]:
        """A refusal that repeats what it was told, from anywhere on: also what is nobody's."""
        words = raw.decode("utf-8", "replace").translate({ord(sign): "\u2039" for sign in "<>&"})
        words = words[self.dice.randrange(len(words)) :]
        reply = page(500, "Internal Server Error", "")
        text = _GATEWAY.replace(b"Send timeout", f"refused “{words}”".encode())
        head = self._dated(replace(reply, body=text), close=True)
        return [Arrival(self.clock.true, head + text)]

    def _end(self, raw: bytes) -> Arrival:
        """How a connection ends that gives no whole reply: closed, reset, or silent."""
        del raw
        how = self.dice.choice(["closed", "reset", "silent"])
        moment = self.clock.true if how != "silent" else float("inf")
        return Arrival(moment, None, is_reset=how == "reset")

    def _dated(self, reply: Reply, *, close: bool) -> bytes:
        """The head of a reply, with the time of whoever made it: its clock is not our machine's."""
        date = reply.date or formatdate(self.clock.true, usegmt=True)
        return head_of(replace(reply, date=date), close=close)

    def _is_bad(self) -> bool:
        return self.dice.random() < self.weather.badness

    def _befalls(self, kind: str) -> bool:
        if kind not in self.weather.kinds or self.dice.random() > self.weather.badness / 4:
            return False
        self.befell.append(kind)
        return True

    def _carry_out(self, raw: bytes) -> bytes:
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.partition(": ") for line in lines)
        headers = {name.lower(): value for name, _, value in pairs}
        call = Call(method, target.partition("?")[0].rstrip("/"), headers, body)
        self.before_call()
        visit = self.router.receive(call)
        reply = self.router.answer(visit, call)
        self.log.append(f"{visit.label} {reply.outcome}")
        body = b"" if method == "HEAD" else reply.body
        answer = self._dated(reply, close=headers.get("connection") == "close") + body
        self._replies.setdefault(_question_of(raw), []).append(answer)
        self.tape.update(b"%r %s %s" % (self.clock.true, raw, answer))
        return answer


def _question_of(raw: bytes) -> tuple[bytes, ...]:
    """The target of a request, and the points that it is about."""
    return raw.split(b" ", 2)[1], *_POINT.findall(raw)


class Socket:
    """One connection, as urllib3 and http.client use it."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._out = b""
        self._in: list[Arrival] = []
        self._timeout: float | None = None
        self._is_cut = False

    # -- what is asked of a socket ----------------------------------------------------------------

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        return self._timeout

    def setsockopt(self, *_: Any) -> None:
        """Do nothing."""

    def shutdown(self, *_: Any) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self))

    def sendall(self, data: Any) -> None:
        """Bytes leave; a network in bad weather takes some of them only."""
        network = self._network
        network.processes.point()
        if network._befalls("severed"):
            self._is_cut = True
            raise BrokenPipeError(32, "Broken pipe")
        if not self._out and self._in and self._in[0].moment < network.clock.true - _LATELY:
            network.misused += 1
        self._out += bytes(data)
        head, found, body = self._out.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if found and len(body) >= int(length[1] if length else b"0"):
            raw, self._out = self._out, b""
            self._in += network.take(raw)
            network.processes.point()

    def recv(self, size: int) -> bytes:
        """The bytes that are there; raises BlockingIOError when there are none."""
        data = self._ready(size)
        if data is None:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return data

    # -- what comes -------------------------------------------------------------------------------

    def receive(self, size: int) -> bytes:
        """Bytes, as soon as there are some; nothing at the end."""
        network = self._network
        network.processes.point()
        until = network.clock.true + (self._timeout if self._timeout is not None else 3600)
        while (data := self._ready(size)) is None:
            moment = self._in[0].moment if self._in else float("inf")
            if moment > until:
                network.processes.sleep(until - network.clock.true)
                raise TimeoutError("timed out")
            network.processes.sleep(moment - network.clock.true)
        return data

    def _ready(self, size: int) -> bytes | None:
        while self._in and self._in[0].moment <= self._network.clock.true:
            first = self._in[0]
            if first.data is None:
                if first.is_reset:
                    raise ConnectionResetError(104, "Connection reset by peer")
                return b""
            if first.data:
                piece, first.data = first.data[:size], first.data[size:]
                return piece
            self._in.pop(0)
        return None


class _Incoming(io.RawIOBase):
    def __init__(self, socket: Socket) -> None:
        self._socket = socket

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._socket.receive(len(buffer))
        buffer[: len(data)] = data
        return len(data)


_ORDERS = (
    *("lost", "unheard", "queued", "slow", "cut", "gateway", "severed", "unreachable"),
    *("hollow", "doubled"),
)
_MIXED = ("twice", "interim", "stray", "others", "dripped", "in_front")
KINDS: Mapping[str, tuple[str, ...]] = {
    "calm": (),
    "orders": _ORDERS,
    "mixed": _MIXED,
    "gossip": ("gossip", "slow"),
    "storm": (*_ORDERS, *_MIXED, "gossip"),
}
ASKED_FOR: Mapping[str, tuple[str, ...]] = {
    "queues": ("queued",),
    "doubles": ("doubled",),
    "hollows": ("hollow",),
}
"""Weathers of worlds that are about them, and of no others."""
