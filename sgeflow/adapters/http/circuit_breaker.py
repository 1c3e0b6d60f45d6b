"""A circuit breaker in front of a transport: a neighbour that is down is left alone, then tried.

Without it a fleet would fail row after row against a wall. Closed, calls pass. After `FAILURES`
failures in a row it opens: calls wait. When the time is over it is half open: one call goes, and
what becomes of it decides. Only what the network does, and 5xx without a SOAP fault, count: a
refusal of a service is an answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from msgspec import Struct

from sgeflow.core.engine.ports import Leave, Transport
from sgeflow.core.model import MAIL, FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import Id, Problem
from sgeflow.messages import say

FAILURES = 10  # in a row, of all threads together
FIRST_WAIT, LONGEST_WAIT = 15.0, 300.0  # seconds until it is tried; doubled each time in vain
_SLICE = 0.25  # seconds; how long a wait may ignore a deadline
_NETWORK = frozenset({Id.NOT_SENT, Id.NO_ANSWER, Id.BAD_ANSWER})
_SERVER_ERROR = 500


class _Neighbour(Struct):
    """An endpoint or instance: its failures in a row, and when it is tried again."""

    wait: float
    failures: int = 0
    until: float = 0.0
    trying: bool = False  # a call is under way that tries it


class Breaker:
    """Lets calls through to `inner`; threads share it. `tell` hears of each outage, and its end."""

    def __init__(
        self,
        inner: Transport,
        tell: Callable[[str], None],
        *,
        failures: int = FAILURES,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self._inner, self._tell = inner, tell
        self._limit, self._first = failures, first_wait
        self._neighbours: dict[tuple[str, str], _Neighbour] = {}
        self._changed = threading.Condition()
        self._closed = False

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send when the neighbour is not known to be down; a read that meets an outage waits."""
        with self._changed:
            place = (request.endpoint, request.instance)
            known = self._neighbours.setdefault(place, _Neighbour(self._first))
        while True:
            trial = self._admit(known, deadline)
            if trial is None:
                message = say(
                    "{name} is down, and the timeout of the call has passed; nothing was sent",
                    name=request.endpoint,
                )
                problem = Problem(id=Id.TIMEOUT, message=message)
                return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.NETWORK)
            bad: bool | None = None
            try:
                answer = self._inner.send(request, deadline, leave)
                bad = is_trouble(answer, request.method)
            finally:
                is_down = self._note_result(request.endpoint, known, bad, trial=trial)
            if not (is_down and bad and request.kind is Kind.READ):
                return answer

    def close(self) -> None:
        """Let everybody who waits go, without a call, and close the transport behind."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._inner.close()

    def _admit(self, known: _Neighbour, deadline: float | None) -> bool | None:
        """Whether the call is the trial of a half-open breaker; None when it must not leave."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                if known.failures < self._limit:
                    return False
                if now >= known.until and not known.trying:
                    known.trying = True
                    return True
                if deadline is not None and now >= deadline:
                    return None
                self._changed.wait(_SLICE)
            return None

    def _note_result(self, name: str, known: _Neighbour, bad: bool | None, *, trial: bool) -> bool:  # noqa: FBT001 - three-valued
        """Note what became of a call; whether the neighbour counts as down now."""
        text = ""
        with self._changed:
            was_down = known.failures >= self._limit
            known.trying = known.trying and not trial
            if bad is False:
                known.failures, known.wait = 0, self._first
                text = say("{name} answers again", name=name) if was_down else ""
            elif bad:
                known.failures += 1
                if trial or known.failures == self._limit:
                    known.wait = min(2 * known.wait, LONGEST_WAIT) if trial else self._first
                    known.until = time.monotonic() + known.wait
                if known.failures == self._limit:
                    text = say(
                        "{name} failed {limit} times in a row: calls to it wait, it is tried "
                        "again from {wait:.0f} s on",
                        name=name,
                        limit=self._limit,
                        wait=known.wait,
                    )
            is_down = known.failures >= self._limit
            self._changed.notify_all()
        if text:
            self._tell(text)
        return is_down


def is_trouble(answer: Response | NoAnswer, method: str = "") -> bool | None:
    """Whether an answer says that the neighbour is down; None when it does not tell.

    A time limit of our own step or a refused certificate does not tell; a relay that refuses a
    mail works.
    """
    if isinstance(answer, Response) and method == MAIL:
        return False
    if isinstance(answer, Response):
        return answer.status >= _SERVER_ERROR and b"Fault" not in answer.body
    return True if answer.problem.id in _NETWORK else None


PATIENCE = 5.0  # seconds for which nothing but refusals must come
_FIRST_PAUSE = 0.2  # of that, until a read is asked again; doubled each time
_UNAUTHORIZED = 401  # RFC 9110, 15.5.2: the credentials are lacking or wrong; nothing was applied


class TokenWatch:
    """Lets calls through to `inner`; threads share it. `refused` hears once that it is proved."""

    def __init__(
        self, inner: Transport, refused: Callable[[], None], *, patience: float = PATIENCE
    ) -> None:
        self._inner, self._refused, self._patience = inner, refused, patience
        self._changed = threading.Condition()
        self._since: dict[str, float] = {}  # when the first of the refusals in a row came
        self._closed = False

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send; a read is asked again until it is no more refused, or the refusal is proved."""
        pause = _FIRST_PAUSE * self._patience
        while True:
            answer = self._inner.send(request, deadline, leave)
            if not request.is_operation or not self._is_refused(answer, request.endpoint):
                return answer
            if request.kind is not Kind.READ or not self._waits(pause, deadline):
                return answer
            pause *= 2

    def close(self) -> None:
        """Let whoever waits go, with the answer that came, and close the transport behind."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._inner.close()

    def _is_refused(self, answer: Response | NoAnswer, service: str) -> bool:
        """Whether an answer is a refusal; when it proves that all are, that is told."""
        if not isinstance(answer, Response):
            return False
        now, is_refusal = time.monotonic(), answer.status == _UNAUTHORIZED
        with self._changed:
            since = self._since.setdefault(service, now)
            if not is_refusal:
                del self._since[service]
            is_proved = is_refusal and now - since >= self._patience
            is_told = is_proved and not self._closed
            self._closed = self._closed or is_proved
            self._changed.notify_all()
        if is_told:
            self._refused()
        return is_refusal

    def _waits(self, pause: float, deadline: float | None) -> bool:
        """Wait, unless it is over; whether to ask again."""
        now = time.monotonic()
        with self._changed:
            if self._closed or (deadline is not None and now + pause >= deadline):
                return False
            self._changed.wait_for(lambda: self._closed, timeout=pause)
            return not self._closed
