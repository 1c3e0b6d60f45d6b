"""The simulator: a simulated world, its scenario, faults on demand, and the HTTP server."""

import ssl
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from datetime import date
from email.utils import formatdate
from hashlib import blake2b
from math import ceil
from types import MappingProxyType
from typing import Any, Protocol, Self

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.engine.step import Catalog
from sgeflow.core.measures.civil_time import civil, days_later
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import from_table, say
from sgeflow.simulator import replies
from sgeflow.simulator.certificates import Certificates
from sgeflow.simulator.faults import (
    HANDSHAKE,
    LOST,
    QUOTA,
    FaultMode,
    Outcome,
    draw,
    flaky,
    parse_faults,
)
from sgeflow.simulator.replies import Reply
from sgeflow.simulator.router import Call, IncomingRequest, Router
from sgeflow.simulator.services import data_connect
from sgeflow.simulator.soap import Refusal, fault
from sgeflow.simulator.subscriptions import FileOrder
from sgeflow.simulator.wire import SimulatorServer
from sgeflow.simulator.world import World, begin

_HIGHEST_PORT = 65_535
_LOG = 10_000  # requests kept in the log; load tests send millions
_WAITS = {429: 1, 503: 2}  # seconds of `Retry-After`, by status
_TEXT = "Erreur simulée."
_BROKEN = frozenset({*LOST, "drop"})  # faults that break the connection


class ReceivedRequest(Struct, frozen=True):
    """A request in the log, without personal data."""

    number: int  # from 1
    label: str  # an operation, "GET communes" or "PUT consent"
    status: int  # HTTP status of the answer, even if the answer was lost
    outcome: str  # ok, an SGT code, a gateway's code, HTTP404, or the kind of fault


class HasCatalog(Protocol):
    """A project as `sgeflow.open_catalog()` opens it."""

    @property
    def catalog(self) -> Catalog:
        """The project's checked documents."""


class Simulator:
    """SGE, its gateway, Data Connect, consents, a commune lookup and a Cozy, on loopback.

    Operations, people and scenarios come from the catalogue, or from the project that
    `sgeflow.open_catalog()` opens. `today` is the first day of the simulated world; a fixed day
    makes each run the same. `generation` chooses the scenario's family of services: `previous`
    (collection) or `current` (access). `fleet` adds that many households `39…` for load tests; with
    `renews_anew` a renewed access service gets a new id. `faults` has the form of `parse_faults`.
    With `tls` the server uses https; see `certificates.made_up`.

    Raises:
        UsageError: the scenario is unknown, `today` is not a date, or faults are not understood or
            need `tls`.
    """

    def __init__(
        self,
        project: Catalog | HasCatalog,
        *,
        today: str | date,
        scenario: str = "household",
        generation: str = "current",
        faults: str = "",
        seed: int = 0,
        fleet: int = 0,
        renews_anew: bool = False,
        tls: ssl.SSLContext | Certificates | None = None,
    ) -> None:
        catalog = project if isinstance(project, Catalog) else project.catalog
        self._beginning = begin(catalog, scenario, today=today, generation=generation, fleet=fleet)
        self.scenario = self._beginning.scenario
        self.world = World(self._beginning, renews_anew=renews_anew)
        self.requests: deque[ReceivedRequest] = deque(maxlen=_LOG)
        self._desk = Router(catalog.operations, self.world)
        self._seed = seed
        self._tls = Certificates(right=tls) if isinstance(tls, ssl.SSLContext) else tls
        self.meet(faults)
        self._connections = 0
        self._served: dict[tuple[str, FaultMode], deque[float]] = defaultdict(deque)
        self._tries: Counter[tuple[str, str]] = Counter()
        self._count = 0
        self._lock = threading.Lock()
        self._server: SimulatorServer | None = None

    # -- what a caller may read -------------------------------------------------------------------

    @property
    def household(self) -> Mapping[str, str]:
        """The made-up household that the scenario is about, as the inputs of a flow."""
        return MappingProxyType(dict(self._beginning.subject.inputs()))

    @property
    def state(self) -> Mapping[str, Any] | None:
        """The state that a flow must remember for this scenario; None for a first run."""
        return self._beginning.state()

    @property
    def today(self) -> date:
        """The current day in the simulated world."""
        return self.world.today

    @property
    def cases(self) -> Mapping[str, FileOrder]:
        """The orders of files by `affaireId`; `state(simulator.today)` gives an order's state."""
        return self.world.cases

    @property
    def orders(self) -> Mapping[tuple[str, str], int]:
        """The number of orders of each (operation, point); malformed ones do not count."""
        with self.world.lock:
            return dict(self._desk.orders)

    @property
    def mistakes(self) -> tuple[BaseException, ...]:
        """Errors in the simulator itself; a test expects an empty tuple."""
        return tuple(self._server.mistakes) if self._server else ()

    # -- its clock --------------------------------------------------------------------------------

    def pass_days(self, days: int) -> None:
        """Move to a later day: services begin and end, today's stops are over, cases close."""
        self.pass_minutes(days * 24 * 60)

    def pass_minutes(self, minutes: int) -> None:
        """Move the clock on within a day. Raises: UsageError for a negative number."""
        if minutes < 0:
            raise UsageError.of(Id.USAGE, say("time in the simulator only goes forward"))
        self.world.pass_minutes(minutes)

    def meet(self, faults: str) -> None:
        """Start faults on demand in place of the present ones.

        Raises:
            UsageError: they are not understood, or need `tls`.
        """
        modes = parse_faults(faults)
        possible = ("handshake", *self._tls.wrong) if self._tls else ()
        for mode in modes:
            if mode.kind in HANDSHAKE and mode.kind not in possible:
                message = say(
                    "the fault `{fault}` is one of TLS, and this simulator speaks plain HTTP",
                    fault=mode.kind,
                )
                remedy = (("remedy", "sgeflow simulate --tls FILE --faults …"),)
                raise UsageError.of(Id.USAGE, message, details=remedy)
        self._handshake_faults = tuple(mode for mode in modes if mode.kind in HANDSHAKE)
        self._quotas = tuple(mode for mode in modes if mode.kind == QUOTA)
        apart = {*self._handshake_faults, *self._quotas}
        self._faults = tuple(mode for mode in modes if mode not in apart)
        self._counts_tries = any(mode.tries or mode.rate < 1 for mode in self._faults)

    def calm(self) -> None:
        """Stop the faults on demand."""
        self.meet("")

    # -- its life ---------------------------------------------------------------------------------

    def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1 and return the base URL; port 0 takes a free port.

        Raises:
            UsageError: the port is in use or not allowed.
        """
        try:
            tls = self._tls_settings if self._tls else None
            self._server = SimulatorServer(("127.0.0.1", port), self._exchange, tls)
        except (OSError, OverflowError) as error:
            raise UsageError(_port_problem(port, error)) from error
        return self.base_url

    def stop(self) -> None:
        """End every connection and free the port; the log can still be read."""
        if self._server is not None and not self._server.stopping.is_set():
            self._server.close()

    def __enter__(self) -> Self:
        if self._server is None or self._server.stopping.is_set():
            self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """The address of SGE and of the communes; the backoffice is at `/backoffice` below it."""
        if self._server is None:
            return ""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._server.server_port}"

    @property
    def arrival_count(self) -> int:
        """The number of requests received, answered or not."""
        return self._count

    # -- one request ------------------------------------------------------------------------------

    def _exchange(self, call: Call) -> tuple[Reply, str, float]:
        if call.method == "HEAD" and not call.path:  # a client that reads the time only
            return self._dated(Reply(200, b"", "")), "", 0.0
        with self._lock:
            self._count += 1
            number = self._count
        visit = self._desk.receive(call)
        latency, trouble = self._trouble(visit, call)
        if latency and self._server is not None:
            self._server.stopping.wait(latency)
        kind, seconds = trouble or ("", 0.0)
        with self.world.late(seconds if kind == "late" else 0.0):
            reply = self._refusal(kind, seconds, visit) or self._desk.answer(visit, call)
        reply = self._dated(reply)
        outcome = kind if kind in _BROKEN else reply.outcome
        with self._lock:
            self.requests.append(ReceivedRequest(number, visit.label, reply.status, outcome))
        return reply, kind if kind in _BROKEN else "", seconds

    def _trouble(self, visit: IncomingRequest, call: Call) -> tuple[float, Outcome | None]:
        if visit.backstage:
            return 0.0, None
        if visit.sge and self.scenario.trouble == "down":
            return 0.0, ("503", 0.0)
        if (visit.sge or visit.gateway) and (wait := self._wait(visit.label)):
            return 0.0, ("429", wait)
        if visit.message is not None and self.scenario.trouble == "flaky":
            fingerprint, attempt = self._count_try(call)
            return 0.0, flaky(fingerprint, attempt, read=visit.read)
        fingerprint, attempt = self._count_try(call) if self._counts_tries else ("", 1)
        what = f"{call.method} {fingerprint}"
        latency, outcome = draw(self._faults, self._seed, what, attempt)
        kind = outcome[0] if outcome else ""
        # only SGE sends SGT codes, and only an order can be shown late
        befalls = not visit.read if kind == "late" else visit.sge or not kind.startswith("SGT")
        return latency, outcome if befalls else None

    def _wait(self, label: str) -> float:
        """The seconds until a quota has room for a request; 0 if there is room now."""
        minutes = self.today.toordinal() * 24 * 60 + self.world.minute
        now = time.monotonic() + minutes * 60
        wait = 0.0
        with self._lock:
            for mode in self._quotas:
                served = self._served[label, mode]
                while served and served[0] <= now - mode.seconds:
                    served.popleft()
                if len(served) >= mode.tries:
                    wait = max(wait, served[0] + mode.seconds - now)
            for mode in () if wait else self._quotas:
                self._served[label, mode].append(now)
        return wait

    def _count_try(self, call: Call) -> tuple[str, int]:
        """The fingerprint of a request, and the number of its attempts so far, from 1."""
        address = f"{call.path}{call.query}".encode()
        fingerprint = blake2b(address + call.body, digest_size=8).hexdigest()
        with self._lock:
            self._tries[call.method, fingerprint] += 1
            return fingerprint, self._tries[call.method, fingerprint]

    def _refusal(self, kind: str, seconds: float, visit: IncomingRequest) -> Reply | None:
        """The answer of a platform that did nothing; None when the request is carried out."""
        if kind in ("", *LOST):
            return None
        if kind == "drop":
            return Reply(0, b"", "", kind)
        if kind.startswith("SGT"):
            return Reply(500, fault(Refusal(kind, _TEXT)), replies.XML, kind)
        status = int(kind[:3])  # of 503-date too
        title = f"{status} (simulated)"
        reply = data_connect.fault(status) if visit.gateway else replies.page(status, title, _TEXT)
        until = formatdate(self._now() + 2, usegmt=True)
        wait = ceil(seconds) or _WAITS.get(status)
        return replace(reply, retry_after=until if kind == "503-date" else wait)

    def _dated(self, reply: Reply) -> Reply:
        return replace(reply, date=formatdate(self._now(), usegmt=True))

    def _now(self) -> float:
        """The time of the answers: this machine's time of day in UTC, on the simulated day."""
        now = time.time()
        return days_later(now, (self.today - civil(int(now)).date()).days)

    def _tls_settings(self) -> tuple[ssl.SSLContext, float]:
        """The certificate for the next connection, and the seconds before its handshake."""
        if self._tls is None:
            raise TypeError("TLS without certificates")
        with self._lock:
            self._connections += 1
            number = self._connections
        _, trouble = draw(self._handshake_faults, self._seed, "connection", number)
        kind, seconds = trouble or ("", 0.0)
        return self._tls.wrong.get(kind, self._tls.right), seconds


def _port_problem(port: int, error: Exception) -> Problem:
    if not 0 <= port <= _HIGHEST_PORT:
        message = say("there is no port {port}", port=port)
        return Problem(id=Id.USAGE, message=message, allowed=(f"0-{_HIGHEST_PORT}",))
    words = from_table((getattr(error, "strerror", None) or str(error)).lower())
    return Problem(
        id=Id.USAGE,
        message=say("port {port} of 127.0.0.1 cannot be had: {reason}", port=port, reason=words),
        details=(
            ("remedy", say("end what listens there, or choose another port; 0 takes a free one")),
        ),
    )
