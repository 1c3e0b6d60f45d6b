"""A watch on whether the gateway of SGE takes the token of the environment.

A token that is wrong, or has expired, fails every call of every row alike. One answer proves no
such thing: a gateway that renews what it knows refuses for a moment. So a read that is refused is
asked again; nothing but refusals for `PATIENCE` seconds, whoever asks, are proof.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sgeflow.core.engine.ports import Leave, Transport
from sgeflow.core.model import SGE, Kind, NoAnswer, Request, Response

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
        self._since: float | None = None  # when the first of the refusals in a row came
        self._closed = False

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Send; a read is asked again until it is no more refused, or the refusal is proved."""
        pause = _FIRST_PAUSE * self._patience
        while True:
            answer = self._inner.send(request, deadline, leave)
            if request.endpoint != SGE or not self._is_refused(answer):
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

    def _is_refused(self, answer: Response | NoAnswer) -> bool:
        """Whether an answer is a refusal; when it proves that all are, that is told."""
        if not isinstance(answer, Response):
            return False
        now, is_refusal = time.monotonic(), answer.status == _UNAUTHORIZED
        with self._changed:
            if is_refusal and self._since is None:
                self._since = now
            elif not is_refusal:
                self._since = None
            is_proved = self._since is not None and now - self._since >= self._patience
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
