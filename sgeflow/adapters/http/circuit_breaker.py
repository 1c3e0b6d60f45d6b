"""A circuit breaker: calls to a service that is down wait until it works again.

Without it a fleet would fail row after row. While closed, calls pass. After `FAILURES` failures in
a row it opens, and calls wait. After the wait it is half open: one call passes and decides.
Failures are network errors and 5xx without a SOAP fault; a refusal by the service is an answer.
"""

import threading
import time
from collections.abc import Callable

from msgspec import Struct

from sgeflow.core.engine.ports import Leave, Transport
from sgeflow.core.model import MAIL, FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import Id, Problem
from sgeflow.messages import say

FAILURES = 10  # in a row, over all threads
FIRST_WAIT, LONGEST_WAIT = 15.0, 300.0  # seconds until the next trial; doubled after each failure
_SLICE = 0.25  # seconds; a wait may pass its deadline by this
_NETWORK = frozenset({Id.NOT_SENT, Id.NO_ANSWER, Id.BAD_ANSWER})
_SERVER_ERROR = 500


class _Neighbour(Struct):
    """An endpoint or instance: its failures in a row, and the time of the next trial."""

    wait: float
    failures: int = 0
    until: float = 0.0
    trying: bool = False  # whether a trial call is under way


class Breaker:
    """Passes calls to `inner`; used by several threads. `tell` receives each outage and its end."""

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
        """Send unless the service is known to be down; reads wait for the end of an outage."""
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
        """Release all waiting calls unsent, and close the inner transport."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._inner.close()

    def _admit(self, known: _Neighbour, deadline: float | None) -> bool | None:
        """Whether the call is the trial of a half-open breaker; None if it must not be sent."""
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
        """Note the result of a call; return whether the service counts as down."""
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
    """Whether an answer shows that the service is down; None if it shows nothing.

    A time limit of the step or a refused certificate shows nothing; a relay that refuses a mail
    works.
    """
    if isinstance(answer, Response) and method == MAIL:
        return False
    if isinstance(answer, Response):
        return answer.status >= _SERVER_ERROR and b"Fault" not in answer.body
    return True if answer.problem.id in _NETWORK else None


PATIENCE = 5.0  # seconds during which all answers must be refusals
_FIRST_PAUSE = 0.2  # seconds until the first repetition of a read; doubled each time
_UNAUTHORIZED = 401  # RFC 9110, 15.5.2: credentials missing or wrong; the request was not applied


class TokenWatch:
    """Passes calls to `inner`; thread-safe. `refused` is called once all are refused."""

    def __init__(
        self, inner: Transport, refused: Callable[[], None], *, patience: float = PATIENCE
    ) -> None:
        self._inner, self._refused, self._patience = inner, refused, patience
        self._changed = threading.Condition()
        self._since: dict[str, float] = {}  # the time of the first refusal in a row, by service
        self._closed = False

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send; repeat a refused read until it is accepted or all are proven to be refused."""
        pause = _FIRST_PAUSE * self._patience
        while True:
            answer = self._inner.send(request, deadline, leave)
            if not request.is_operation or not self._is_refused(answer, request.endpoint):
                return answer
            if request.kind is not Kind.READ or not self._waits(pause, deadline):
                return answer
            pause *= 2

    def close(self) -> None:
        """Release waiting calls with their last answer, and close the inner transport."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._inner.close()

    def _is_refused(self, answer: Response | NoAnswer, service: str) -> bool:
        """Whether an answer is a refusal; report it if it proves that all are refused."""
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
        """Wait for a pause; return whether to repeat the request."""
        now = time.monotonic()
        with self._changed:
            if self._closed or (deadline is not None and now + pause >= deadline):
                return False
            self._changed.wait_for(lambda: self._closed, timeout=pause)
            return not self._closed
