"""The log of a run: what it asks and what comes back is noted in the journal of its state."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
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
from sgeflow.core.engine.ports import Lateness, Standing
from sgeflow.core.engine.trails import is_part, trail_of
from sgeflow.core.measures.civil_time import civil_days
from sgeflow.core.model import SGE, CallRecord, Kind, NoAnswer, Request, Response
from sgeflow.errors import Details, GuardError, Problem, SgeflowError
from sgeflow.messages import Message, say
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
    """Why an order must not leave, by states that are not the one that it is noted in.

    A read is in nobody's way, nor is what goes to another service than SGE: for that nothing is
    said of `repeat_after`.

    Raises:
        TechnicalError: one of them cannot be read: nobody knows what was ordered from there.
        GuardError: orders are held in one of them.
    """
    if order is None or repeat_after is None:
        return None
    for home in elsewhere():
        if found := _order_in_the_way(home, here, sent, order, repeat_after):
            other, environment = found
            refusal = refusal_for(sent.label, other, order.fingerprint, environment)
            return replace(refusal, problem=refusal.problem.with_details(_place_of(home)))
    return None


def _order_in_the_way(
    home: StateLocation, here: Journal, sent: SentRequest, order: Order, repeat_after: float
) -> tuple[Order, str] | None:
    """Return the order of another state that is in the way, and the environment of its run.

    Whoever is told of its troubles is told whose.
    """
    from sgeflow.runtime.journal.pairing import hold_where_apart

    cancels = here.cancels_for(order)
    try:
        with Journal(home.journal) as journal:
            hold_where_apart(journal, home)
            other = journal.order_in_the_way(sent, order, repeat_after, cancels)
            return (other, journal.environment_of(other.run)) if other else None
    except SgeflowError as error:
        details = (_place_of(home),) if isinstance(error, GuardError) else _unreadable()
        first, *others = error.problems
        raise type(error)(first.with_details(*details), *others) from error


def _place_of(home: StateLocation) -> tuple[str, Message]:
    command = home.command("orders")
    return "kept", say("in another state of the project: see {command}", command=command)


def _unreadable() -> Details:
    why = say("it may know of orders, and is asked before one leaves from any state of the project")
    otherwise = say(
        "when Enedis has told what was ordered from there: move it away, or take `state` out of the"
        " environment"
    )
    return ("why", why), ("else", otherwise)


CLOCK = "#clock"  # the key of how far this machine's clock was ahead of SGE's at an order
_DAY = 86_400  # seconds
_MARGIN = 10.0  # seconds between the note of a departure and its bytes, on a machine that is busy


class Guard(Struct, frozen=True, kw_only=True):
    """The conditions for sending an order: it is confirmed, and it does not repeat another one."""

    watches: bool = True  # made-up people and replays need none of it
    confirmed: bool = True  # or the environment asks for no confirmation
    repeat_after: float = 0.0  # seconds until the same order may be sent again
    lasts: Mapping[str, float] = field(default_factory=dict)  # of a call in all, by endpoint
    elsewhere: Callable[[], Iterable[StateLocation]] = tuple  # other states that may know of orders


class JournalLog(Struct, frozen=True, kw_only=True):
    """The driver's log, written to the journal: requests masked, answers whole until the end."""

    journal: Journal
    run: str
    secrets: tuple[Secret, ...] = ()
    hide: Callable[[Response], Response] = lambda answer: answer  # people, from a call's
    hide_path: Callable[[str], str] = lambda path: path  # the people in it
    guard: Guard = field(default_factory=Guard)
    before: RecordedAnswers = field(default_factory=RecordedAnswers)
    hold: Hold | None = None  # None: nobody else can work on it
    unjudged: dict[tuple[str, int], KeptAnswer] = field(default_factory=dict)  # answers to reads
    known: set[str] = field(default_factory=set)  # keys of orders that the next run knows of too
    noted: set[str] = field(default_factory=set)  # keys of orders and undos, also of failed notes
    ahead: int = 0  # days by which the run's day is ahead of the clock's
    day: RunDay | None = None  # of a run in a real environment

    # -- what was before --------------------------------------------------------------------------

    def earlier(self, key: str, attempt: int, request: Request) -> Response | NoAnswer | None:
        """The answer that this run got before it was stopped, to the very same request.

        Raises:
            GuardError: an order was sent then, and another one is asked for in its place.
        """
        if self.before.run:
            self._check_same(key, attempt, request)
        return self.before.answer(key, attempt, request)

    def recorded_answer(
        self, key: str, attempt: int, request: Request
    ) -> Response | NoAnswer | None:
        """The answer to an attempt as it came, or None of one that is not recorded."""
        self.before.come_to(key)
        return self.before.recorded_answer(key, attempt, request)

    def standing(self, trail: str) -> Standing:
        """How far a part of the run had come when the run was stopped."""
        return self.before.standing(trail)

    def open_orders(self, within: str) -> tuple[tuple[str, str], ...]:
        """Orders that nobody knows of, and those under way within a trail."""
        return tuple(
            (order.operation, order.key)
            for order in self.journal.open_of(self.run)
            if order.state is OrderState.UNKNOWN or is_part(trail_of(order.key), within)
        )

    def begin_undo(self, key: str, note: Any, undos: tuple[Undoing, ...], place: str) -> None:
        """Note that an undo begins; what it is for stands among the orders until it is done."""
        self.check_hold(surely=True)
        open_ = undos if self.guard.watches else ()
        self.noted.add(key)
        self.journal.begin_undo(self.run, key, note, open_, place=place, at=time.time())

    def find_conflict(self, place: str, *, of_cancel: bool) -> Problem | None:
        """Return the problem if another run has something open at a place; else None.

        Nothing bars a run that has lost an order itself: what is open may wait for just that.
        """
        if not self.guard.watches or self.before.lost:
            return None
        other = self.journal.find_conflict(self.run, place, of_cancel=of_cancel)
        return open_there(other) if other else None

    def undo_ended(self, undo: Undoing, code: str) -> None:
        """Note what an undo has left standing, or that nothing stands any more."""
        if not self.guard.watches:
            return
        self.check_hold(surely=True)
        self.noted.add(undo.key)
        if code:
            self.journal.strand(self.run, undo, code=code, at=time.time())
        else:
            self.journal.unstrand(self.run, undo)

    def lost_orders(self) -> list[tuple[str, str]]:
        """The orders of the run that nobody knows of, and their keys.

        A run that begins and would have noted none has none: nothing is asked for it.
        """
        if not (self.before.run or self.noted):
            return []
        return [(order.operation, order.key) for order in self.journal.open_of(self.run)]

    def note_remembered(self, within: str) -> None:
        """Note that the orders within a trail are known to the next run too."""
        orders = {key for key in self.before.tokens if is_part(trail_of(key), within)}
        if self.guard.watches and not orders <= self.known:
            self.journal.note_remembered(self.run, within)
            self.known.update(orders)

    def check_hold(self, *, surely: bool = False) -> None:
        """Raise TechnicalError when the run was lost: others may work on it now."""
        if self.hold is not None:
            self.hold.check(surely=surely)

    def result(self, key: str) -> tuple[bool, Any]:
        """Return whether an effect that is not a call was answered before, and its answer."""
        return key in self.before.results, self.before.results.get(key)

    # -- what is now ------------------------------------------------------------------------------

    def refuse(self, request: Request) -> NoAnswer | None:
        """Why a request must not leave at all: it is an order that nobody has confirmed."""
        is_order = request.endpoint == SGE and self._is_order(request)
        is_confirmed = self.guard.confirmed or not is_order
        return None if is_confirmed else confirmation_missing(request.label)

    def sending(
        self, key: str, attempt: int, request: Request, fingerprint: str
    ) -> NoAnswer | None:
        """Commit the intent before the bytes leave, or say why they must not.

        Raises:
            TechnicalError: an order's intent cannot be noted, or the run is no longer held.
            GuardError: the run has sent the same order before it was stopped, in another step.
        """
        self.check_hold(surely=self._is_order(request))
        order, repeat_after, now = None, None, time.time()
        if self._is_order(request):
            self.noted.add(key)
            if request.endpoint == SGE:  # what a flow posts elsewhere is that flow's business
                repeat_after = self.guard.repeat_after
                if step := self.before.step_with(fingerprint):
                    raise GuardError(sent_in_this_run(request.label, step, self.run))
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
        if other:
            environment = self.journal.environment_of(other.run)
            return refusal_for(request.label, other, fingerprint, environment)
        if order:
            self.before.tokens[key] = order.token
        return None

    def note_answer(
        self, key: str, attempt: int, request: Request, answer: Response | NoAnswer
    ) -> None:
        """Keep what came, to go on from; note an order that is lost or did not leave.

        What a read got may be another's: it is kept with what it was understood as, or never. An
        order's answer is kept before anything else: no second one can be asked for.
        """
        packed = pack_answer(self.hide(answer) if isinstance(answer, Response) else answer)
        if not self._is_order(request):
            self.unjudged[key, attempt] = packed
            return
        token = self._token(key)
        self.journal.keep_answer(self.run, key, attempt, packed, token)
        if isinstance(answer, NoAnswer):
            lost = OrderState.ORPHAN if request.at_least_once else OrderState.UNKNOWN
            state = OrderState.PLANNED if answer.sent is False else lost
            self.journal.settle(self.run, key, state, token=token)

    def keep(self, key: str, answer: Any) -> None:
        """Keep what an effect that is no call gave."""
        self.check_hold()
        self.journal.keep(self.run, key, answer)

    def absent(self, key: str, by: str, *, ago: float, after: float, made: float) -> bool | None:
        """Note an order that was surely not accepted, so that it may be sent once more."""
        if not self.guard.watches:
            return False
        made -= self.ahead * _DAY  # of a simulator, whose day is that of the run
        is_absent = self.journal.absent(self.run, key, by, ago=ago, after=after, made=made)
        if is_absent:
            self.before.tokens.update(self.journal.tokens(self.run))
            self.before.release(key)
        return is_absent

    def was_resent(self, key: str) -> bool:
        """Whether an order left before, was lost, and was sent once more."""
        return self.guard.watches and self.journal.was_resent(self.run, key)

    def order_days(self, key: str) -> tuple[str, ...]:
        """The days on which an order may have come in, since it left until it was given up.

        One that this process has sent came in by now, however long the process stood still.
        """
        if not self.guard.watches:
            return ()
        last = 2 * self.guard.lasts.get(SGE, 0.0) + CLOCK_SKEW  # and a gateway's time
        now = time.time() if key in self.noted else 0.0
        wrong = {0.0, self.day.ahead if self.day else 0.0}  # it may have been set right since
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
        """Note how an answer was understood, and with it where an order stands.

        When the order was settled otherwise meanwhile, the answer is kept as a late one. Of an
        order it is noted whoever holds the run: its token tells which sending is meant.

        Raises:
            TechnicalError: of a read, that the run is no longer held.
        """
        if record.kind is Kind.READ:
            self.check_hold()
        answer = self.unjudged.pop((record.key, record.attempt), None)
        self.journal.note_outcome(self.run, record, answer)
        if not self.guard.watches or record.kind is Kind.READ:
            return Lateness.IN_TIME
        token = self._token(record.key)
        if record.accepted is None:
            self.journal.leave_open(self.run, record.key, token)
            return Lateness.IN_TIME
        state = OrderState.DONE if record.accepted else OrderState.REFUSED
        if record.accepted and not record.attempt:  # no call of its own: a search found it
            return self.journal.settle_by_search(self.run, record.key, token=token)
        code = "" if record.accepted else record.outcome
        return self.journal.settle(self.run, record.key, state, token=token, code=code)

    def _check_same(self, key: str, attempt: int, request: Request) -> None:
        if request.kind is Kind.READ:
            self.before.forget_others(key, attempt, self._text_of(request))
            return
        was = self.before.come_to(key)
        if was is None or request.endpoint != SGE:
            return
        if not is_equal(was, fingerprint(request)):
            raise GuardError(another_order(request.label, trail_of(key), self.run))

    def _text_of(self, request: Request) -> str:
        return text_of(replace(request, path=self.hide_path(request.path)), self.secrets)

    def _token(self, key: str) -> str:
        return self.before.tokens.get(key, "")

    def _is_order(self, request: Request) -> bool:
        is_notice = request.is_notice and request.endpoint != SGE  # an order to SGE never is
        return self.guard.watches and request.kind is not Kind.READ and not is_notice
