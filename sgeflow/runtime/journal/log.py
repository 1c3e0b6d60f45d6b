"""The log of a run in the journal of its state: requests, answers, orders and undos."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.secrets import Secret
from sgeflow.adapters.state.contents import text_of
from sgeflow.adapters.state.journal import Journal, new_token
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import CLOCK_SKEW, KeptAnswer, Order, OrderState, SentRequest
from sgeflow.adapters.state.run_lock import Hold
from sgeflow.core.engine.effects import Undoing
from sgeflow.core.engine.ports import Lateness, Progress
from sgeflow.core.engine.trails import is_part, is_undo, trail_of
from sgeflow.core.measures.civil_time import civil_days, days_later
from sgeflow.core.model import CallRecord, Kind, NoAnswer, Request, Response
from sgeflow.errors import Details, GuardError, Problem, SgeflowError
from sgeflow.messages import say
from sgeflow.runtime.journal.conflicts import (
    another_order,
    confirmation_missing,
    open_there,
    refusal_for,
    sent_in_this_run,
)
from sgeflow.runtime.journal.recovery import RecordedAnswers, fingerprint, is_equal, pack_answer
from sgeflow.runtime.right_day import RunDay


def barred_elsewhere(
    elsewhere: Callable[[], Iterable[StateLocation]],
    here: Journal,
    sent: SentRequest,
    order: Order | None,
    repeat_after: float | None,
) -> NoAnswer | None:
    """Return why other states bar an order; None if they do not.

    Reads (no `order`) and orders that are not of an operation (no `repeat_after`) are never barred.

    Raises:
        TechnicalError: a state cannot be read, so its orders are unknown.
        GuardError: orders are held in a state.
    """
    if order is None or repeat_after is None:
        return None
    from sgeflow.runtime.journal.pairing import hold_on_mismatch

    for home in elsewhere():
        command = home.command("orders")
        place = ("kept", say("in another state of this project: {command}", command=command))
        cancels = here.cancels_for(order)
        try:
            with Journal(home.journal) as journal:
                hold_on_mismatch(journal, home)
                other = journal.order_in_the_way(sent, order, repeat_after, cancels)
                environment = journal.environment_of(other.run) if other else ""
        except SgeflowError as error:
            first, *others = error.problems
            details: Details = (place,)
            if not isinstance(error, GuardError):
                why = say(
                    "it may contain orders, and is checked before any state of the project "
                    "sends one"
                )
                otherwise = say(
                    "ask the service for its orders; then move it away, or remove `state` "
                    "from the environment"
                )
                details = (("why", why), ("else", otherwise))
            raise type(error)(first.with_details(*details), *others) from error
        if other:
            refusal = refusal_for(order, other, environment)
            return replace(refusal, problem=refusal.problem.with_details(place))
    return None


CLOCK = "#clock"  # the key of a noted clock error: seconds ahead of the service's clock
_MARGIN = 10.0  # seconds that a busy machine may need between the note of an order and its bytes


class Guard(Struct, frozen=True, kw_only=True):
    """The conditions for sending an order: it is confirmed, and it does not repeat another one."""

    watches: bool = True  # False in simulations and replays
    confirmed: bool = True  # True, too, if the environment wants no confirmation
    repeat_after: float = 0.0  # seconds until the same order may be sent again
    lasts: Mapping[str, float] = field(default_factory=dict)  # seconds of a call, by endpoint
    elsewhere: Callable[[], Iterable[StateLocation]] = tuple  # other states that may know of orders


class JournalLog(Struct, frozen=True, kw_only=True):
    """The driver's log in the journal: requests are masked; answers are whole until the end."""

    journal: Journal
    run: str
    secrets: Collection[Secret] = ()
    hide: Callable[[Response], Response] = lambda answer: answer  # hides people in a single call
    hide_path: Callable[[str], str] = lambda path: path  # hides people
    guard: Guard = field(default_factory=Guard)
    before: RecordedAnswers = field(default_factory=RecordedAnswers)
    hold: Hold | None = None  # None: no other process can work on the run
    unjudged: dict[tuple[str, int], KeptAnswer] = field(default_factory=dict)  # of reads
    known: set[str] = field(default_factory=set)  # keys of orders noted as remembered
    noted: set[str] = field(default_factory=set)  # keys of orders and undos, even if noting failed
    ahead: int = 0  # days by which the run's day is ahead of the clock's
    day: RunDay | None = None  # of a run in a real environment

    # -- before the run was stopped ---------------------------------------------------------------

    def earlier(self, key: str, attempt: int, request: Request) -> Response | NoAnswer | None:
        """Return the answer that this run got to the same request before it was stopped, or None.

        A login has none: the session that it gave may have ended.

        Raises:
            GuardError: the step sent an order before, and now wants to send another one.
        """
        if request.is_login:
            return None
        if self.before.run and request.kind is Kind.READ:
            self.before.forget_others(key, attempt, self._text_of(request))
        elif self.before.run:
            was = self.before.come_to(key)
            now = fingerprint(request, self.secrets)
            if was and request.is_operation and not is_equal(was.fingerprint, now):
                raise GuardError(another_order(request.label, trail_of(key), self.run))
        return self.before.answer(key, attempt, request)

    def recorded_answer(
        self, key: str, attempt: int, request: Request
    ) -> Response | NoAnswer | None:
        """Return the recorded answer to an attempt, or None without one."""
        self.before.come_to(key)
        return self.before.recorded_answer(key, attempt, request)

    def progress(self, trail: str) -> Progress:
        """Return how far a part of the run had come when the run was stopped."""
        return self.before.progress(trail)

    def open_orders(self, within: str) -> tuple[tuple[str, str], ...]:
        """Return the unknown orders of the run, and its open orders within a trail."""
        return tuple(
            (order.operation, order.key)
            for order in self.journal.open_of(self.run)
            if order.state is OrderState.UNKNOWN or is_part(trail_of(order.key), within)
        )

    def begin_undo(self, key: str, note: Any, undos: tuple[Undoing, ...], place: str) -> None:
        """Note that an undo begins; what it undoes is listed with the orders until it ends."""
        self.check_hold(surely=True)
        open_ = undos if self.guard.watches else ()
        self.noted.add(key)
        self.journal.begin_undo(self.run, key, note, open_, place=place, at=time.time())

    def find_conflict(self, place: str, *, of_cancel: bool) -> Problem | None:
        """Return the problem if another run has something open at a place; else None.

        A run with a lost order has no conflict: the other run may be waiting for that order.
        """
        if not self.guard.watches or self.before.lost:
            return None
        other = self.journal.find_conflict(self.run, place, of_cancel=of_cancel)
        return open_there(other) if other else None

    def undo_ended(self, undo: Undoing, code: str) -> None:
        """Note that an undo has ended; with a `code` it failed, and its work stays listed."""
        if not self.guard.watches:
            return
        self.check_hold(surely=True)
        self.noted.add(undo.key)
        if code:
            self.journal.note_failed_undo(self.run, undo, code=code, at=time.time())
        else:
            self.journal.complete_undo(self.run, undo)

    def lost_orders(self) -> list[tuple[str, str]]:
        """Return the unknown orders of the run with their keys.

        The journal is not read for a new run that has not noted any order.
        """
        if not (self.before.run or self.noted):
            return []
        return [(order.operation, order.key) for order in self.journal.open_of(self.run)]

    def note_remembered(self, within: str) -> None:
        """Note that the orders within a trail are remembered for the next run."""
        orders = {key for key in self.before.tokens if is_part(trail_of(key), within)}
        if self.guard.watches and not orders <= self.known:
            self.journal.note_remembered(self.run, within)
            self.known.update(orders)

    def check_hold(self, *, surely: bool = False) -> None:
        """Raise TechnicalError if the lock on the run was lost: others may work on it now."""
        if self.hold is not None:
            self.hold.check(surely=surely)

    def result(self, key: str) -> tuple[bool, Any]:
        """Return whether an effect that is not a call was answered before, and its answer."""
        return key in self.before.results, self.before.results.get(key)

    # -- this evaluation --------------------------------------------------------------------------

    def refuse(self, request: Request) -> NoAnswer | None:
        """Return the refusal of an order that needs a confirmation; None for other requests."""
        is_order = self.guard.watches and request.is_order
        is_confirmed = self.guard.confirmed or not is_order
        return None if is_confirmed else confirmation_missing(request.label)

    def sending(
        self, key: str, attempt: int, request: Request, fingerprint: str
    ) -> NoAnswer | None:
        """Note a request in the journal before it leaves, or return why it must not leave.

        Raises:
            TechnicalError: the request cannot be noted, or the lock on the run was lost.
            GuardError: the run has sent the same order before it was stopped, in another step.
        """
        self.check_hold(surely=self._is_order(request))
        order, repeat_after, now = None, None, time.time()
        if self._is_order(request):
            self.noted.add(key)
            order = Order(
                run=self.run,
                key=key,
                operation=request.label,
                point=request.point,
                fingerprint=fingerprint,
                state=OrderState.ORPHAN if request.at_least_once else OrderState.PLANNED,
                planned=now,
                token=new_token(),
                lasts=self.guard.lasts.get(request.endpoint, 0.0) + _MARGIN,
                ended_by=request.ended_by,
            )
            if request.is_operation:  # other requests may be repeated by the flow
                repeat_after = self.guard.repeat_after
                if step := self.before.step_with(order):
                    raise GuardError(sent_in_this_run(request.label, step, self.run))
        sent = SentRequest(
            key=key,
            attempt=attempt,
            kind=Kind.READ if request.is_notice else request.kind,
            label=request.label,
            request=self._text_of(request),
            at=now,
        )
        if why := barred_elsewhere(self.guard.elsewhere, self.journal, sent, order, repeat_after):
            return why
        if order and self.day and abs(self.day.ahead) > CLOCK_SKEW:
            self.journal.note(self.run, CLOCK, self.day.ahead)
        other = self.journal.sending(self.run, sent, order, repeat_after=repeat_after)
        if order and other:
            return refusal_for(order, other, self.journal.environment_of(other.run))
        if order:
            self.before.tokens[key] = order.token
        return None

    def note_answer(
        self, key: str, attempt: int, request: Request, answer: Response | NoAnswer
    ) -> None:
        """Keep an answer for a resumed run; note an order that is lost or did not leave.

        The answer to a read may belong to another request: it is kept when it has been judged. The
        answer to an order is kept at once, because it cannot be requested again. The answer to an
        undo that is a read is not kept: each session needs its own logout. That no answer came is
        kept: a deletion of something that is gone may have been carried out before.
        """
        is_answered = isinstance(answer, Response)
        if is_answered and request.kind is Kind.READ and is_undo(trail_of(key)):
            return
        packed = pack_answer(self.hide(answer) if isinstance(answer, Response) else answer)
        if not self._is_order(request):
            self.unjudged[key, attempt] = packed
            return
        token = self.before.tokens.get(key, "")
        self.journal.keep_answer(self.run, key, attempt, packed, token)
        if isinstance(answer, NoAnswer):
            lost = OrderState.ORPHAN if request.at_least_once else OrderState.UNKNOWN
            state = OrderState.PLANNED if answer.sent is False else lost
            self.journal.settle(self.run, key, state, token=token)

    def keep(self, key: str, answer: Any) -> None:
        """Keep the answer to an effect that is not a call."""
        self.check_hold()
        self.journal.keep(self.run, key, answer)

    def absent(self, key: str, by: str, *, ago: float, after: float, made: float) -> bool | None:
        """Note that an order was proved not accepted, so that it may be sent once more."""
        if not self.guard.watches:
            return False
        now = time.time()
        made -= days_later(now, self.ahead) - now  # a simulator's day is that of the run
        is_absent = self.journal.absent(self.run, key, by, ago=ago, after=after, made=made)
        if is_absent:
            self.before.tokens.update(self.journal.tokens(self.run))
            self.before.release(key)
        return is_absent

    def was_resent(self, key: str) -> bool:
        """Whether an order left before, was lost, and was sent once more."""
        return self.guard.watches and self.journal.was_resent(self.run, key)

    def order_days(self, key: str, endpoint: str) -> tuple[str, ...]:
        """Return the days on which a lost order may have reached the service at an endpoint.

        The last day is the one on which the sender would have given up; for an order of this
        process, it is not before today.
        """
        if not self.guard.watches:
            return ()
        longest = self.guard.lasts.get(endpoint, 0.0)
        last = 2 * longest + CLOCK_SKEW  # twice: a gateway may wait as long
        now = time.time() if key in self.noted else 0.0
        wrong = {0.0, self.day.ahead if self.day else 0.0}  # it may have been corrected
        days = {
            day + timedelta(days=self.ahead)
            for left in self.journal.departures(self.run, key)
            for by in wrong
            for day in civil_days(left - by - CLOCK_SKEW, max(left + last, now) - by)
        }
        return tuple(day.isoformat() for day in sorted(days))

    def outputs_by_hand(self, key: str) -> Mapping[str, Any] | None:
        """Return the outputs that a person gave for a lost order; None if there are none."""
        return self.before.outputs_by_hand.get(key)

    def note_outcome(self, record: CallRecord) -> Lateness:
        """Note how an answer was understood, and the new state of its order.

        If somebody has settled the order meanwhile, the answer counts as late. The outcome of an
        order is noted even if the lock on the run was lost, because its token names the attempt.

        Raises:
            TechnicalError: the call is a read, and the lock on the run was lost.
        """
        if record.kind is Kind.READ:
            self.check_hold()
        answer = self.unjudged.pop((record.key, record.attempt), None)
        self.journal.note_outcome(self.run, record, answer)
        if not self.guard.watches or record.kind is Kind.READ:
            return Lateness.IN_TIME
        token = self.before.tokens.get(record.key, "")
        if record.accepted is None:
            self.journal.leave_open(self.run, record.key, token)
            return Lateness.IN_TIME
        state = OrderState.DONE if record.accepted else OrderState.REFUSED
        code = "" if record.accepted else record.outcome
        found = record.accepted and not record.attempt  # attempt 0: a search found the order
        return self.journal.settle(self.run, record.key, state, token=token, code=code, found=found)

    def _text_of(self, request: Request) -> str:
        return text_of(replace(request, path=self.hide_path(request.path)), self.secrets)

    def _is_order(self, request: Request) -> bool:
        # an order of an operation never is a notice
        is_notice = request.is_notice and not request.is_operation
        return self.guard.watches and request.kind is not Kind.READ and not is_notice
