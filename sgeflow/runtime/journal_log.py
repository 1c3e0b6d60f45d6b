"""The journal's side of a run: intents before bytes leave, answers after, and the order guard."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from sgeflow.adapters.secrets import Secret
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import Order, OrderState, Sent
from sgeflow.adapters.state.request_text import text_of
from sgeflow.core.model import CallRecord, FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import Id, Problem
from sgeflow.messages import Said, say
from sgeflow.runtime.recovery import Earlier, packed

_MINUTE = 60
_NEVER = 2.0**53  # no order is accepted after that instant: nothing is in the way but what is open
_SGE = "sge"  # orders to SGE are guarded; what a flow posts elsewhere is that flow's business


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What an order must pass before it is sent: confirmation, and not being a repetition."""

    watches: bool = True  # made-up people and replays need none of it
    confirmed: bool = True  # or the environment asks for no confirmation
    repeat_after: float = 0.0  # seconds until the same order may be sent again


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """The driver's log, written to the journal: requests masked, answers whole until the end."""

    journal: Journal
    run: str
    secrets: tuple[Secret, ...] = ()
    guard: Guard = field(default_factory=Guard)
    before: Earlier = field(default_factory=Earlier)

    # -- what was before --------------------------------------------------------------------------

    def earlier(self, key: str, attempt: int, request: Request) -> Response | NoAnswer | None:
        """The answer that this run got before it was stopped."""
        return self.before.answer(key, attempt, request)

    def is_catching_up(self) -> bool:
        """Whether answers are left that were not asked for."""
        return self.before.remaining

    def result(self, key: str) -> tuple[bool, Any]:
        """What an effect that is no call gave before the run was stopped."""
        return key in self.before.results, self.before.results.get(key)

    # -- what is now ------------------------------------------------------------------------------

    def sending(
        self, key: str, attempt: int, request: Request, fingerprint: str
    ) -> NoAnswer | None:
        """Commit the intent before the bytes leave, or say why they must not."""
        order, since, now = None, None, time.time()
        if self._is_order(request.kind):
            if request.endpoint == _SGE:
                if not self.guard.confirmed:
                    return _unconfirmed(request.label)
                since = now - self.guard.repeat_after if self.guard.repeat_after else _NEVER
            order = Order(
                run=self.run,
                key=key,
                operation=request.label,
                point=request.point,
                fingerprint=fingerprint,
                planned=now,
            )
        sent = Sent(
            key=key,
            attempt=attempt,
            kind=request.kind,
            label=request.label,
            request=text_of(request, self.secrets),
            at=now,
        )
        other = self.journal.sending(self.run, sent, order, since=since)
        return _repeated(request.label, other, now) if other else None

    def answered(
        self, key: str, attempt: int, request: Request, answer: Response | NoAnswer
    ) -> None:
        """Keep what came, to go on from; note an order that is lost or did not leave."""
        self.journal.answered(self.run, key, attempt, packed(answer))
        if self._is_order(request.kind) and isinstance(answer, NoAnswer):
            state = OrderState.PLANNED if answer.sent is False else OrderState.UNKNOWN
            self.journal.settle(self.run, key, state, at=time.time())

    def keep(self, key: str, answer: Any) -> None:
        """Keep what an effect that is no call gave."""
        self.journal.keep(self.run, key, answer)

    def absent(self, key: str, by: str, *, ago: float, after: float) -> bool:
        """Note an order that was surely not accepted, so that it may be sent once more."""
        if not self.guard.watches:
            return False
        is_absent = self.journal.absent(self.run, key, by, ago=ago, after=after)
        if is_absent:
            self.before.release(key)
        return is_absent

    def vouched(self, key: str) -> bool:
        """Whether a person has said that a lost order was accepted."""
        return key in self.before.vouched

    def settled(self, record: CallRecord) -> None:
        """Note how an answer was understood, and with it where an order stands."""
        self.journal.settled(self.run, record)
        if not self._is_order(record.kind):
            return
        if record.accepted is None:
            self.journal.leave_open(self.run, record.key)
        else:
            state = OrderState.DONE if record.accepted else OrderState.REFUSED
            code = "" if record.accepted else record.outcome
            self.journal.settle(self.run, record.key, state, code=code, at=time.time())

    def _is_order(self, kind: Kind) -> bool:
        return self.guard.watches and kind is not Kind.READ


def _unconfirmed(label: str) -> NoAnswer:
    message = say("{label} is an order, and this environment wants orders confirmed", label=label)
    do = say("--confirm-orders, or `orders: {{confirm: false}}` in the environment")
    return _refused(message, ("do", do))


def _repeated(label: str, other: Order, now: float) -> NoAnswer:
    """What is said of an order in whose way the same one stands."""
    if other.state is OrderState.DONE:
        return _done_already(label, _ago(now, other), other.run)
    return _open_elsewhere(label, other.run)


def _open_elsewhere(label: str, run: str) -> NoAnswer:
    message = say(
        "the same {label} was sent by run {run}, and its answer is not there", label=label, run=run
    )
    do = say("wait if it runs, else sgeflow resume {run} or sgeflow orders", run=run)
    return _refused(message, ("do", do))


def _done_already(label: str, ago: Said, run: str) -> NoAnswer:
    message = say(
        "the same {label} was accepted {ago}, in run {run}", label=label, ago=ago, run=run
    )
    do = say("nothing: it is done; `orders: {{repeat_after: …}}` says when it may be again")
    return _refused(message, ("do", do))


def _refused(message: Said, detail: tuple[str, str]) -> NoAnswer:
    problem = Problem(id=Id.GUARD, message=message, details=(detail,))
    return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.INVALID)


def _ago(now: float, order: Order) -> Said:
    """When an order was accepted, as seen by a clock that may have been set back since."""
    seconds = now - (order.settled or order.planned)
    ahead = seconds <= -_MINUTE  # less is what two machines differ by
    hours, minutes = divmod(int(abs(seconds) if ahead else max(0.0, seconds)) // _MINUTE, 60)
    if ahead:
        return say(
            "at a moment that lies {hours} h {minutes:02} min ahead of this clock",
            hours=hours,
            minutes=minutes,
        )
    if hours:
        return say("{hours} h {minutes:02} min ago", hours=hours, minutes=minutes)
    return say("{minutes} min ago", minutes=minutes)
