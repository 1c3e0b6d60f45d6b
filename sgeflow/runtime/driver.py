"""The driver of a run: it answers the effects of scripts by transport, store, journal and clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from sgeflow.adapters.http.interrupts import CRITICAL
from sgeflow.core.engine import effects
from sgeflow.core.engine.effects import Effect, Exchange, Export, Exported, Saved, Script, Together
from sgeflow.core.engine.ports import Author, Lateness, Progress, TellTime, Transport
from sgeflow.core.engine.trails import outermost_undo, trail_of
from sgeflow.core.model import CallRecord, FaultClass, Kind, NoAnswer, Request, Response
from sgeflow.errors import Id, Problem
from sgeflow.messages import say
from sgeflow.runtime.journal.conflicts import late_answer
from sgeflow.runtime.journal.recovery import fingerprint
from sgeflow.runtime.log_lines import LOG, log_event
from sgeflow.runtime.right_day import RunDay

if TYPE_CHECKING:
    from concurrent.futures import Future

    from sgeflow.adapters.cassettes.recording import RecordingTransport
    from sgeflow.adapters.state.store import Store
    from sgeflow.runtime.journal.conflicts import Claims
    from sgeflow.runtime.journal.log import JournalLog

_SLICE = 0.25  # seconds; how long a pause may ignore that all runs shall stop


class InterruptedRun(KeyboardInterrupt):
    """A person or the system asked the run to stop, and it stopped between two effects."""


class Stopping(Struct, frozen=True):
    """Asks a run to stop: set by the run itself, or by `outer` for all runs that share it."""

    _outer: threading.Event | None = None
    _own: threading.Event = field(default_factory=threading.Event)

    def is_set(self) -> bool:
        """Whether the run must stop."""
        return self._own.is_set() or (self._outer is not None and self._outer.is_set())

    def set(self) -> None:
        """Stop only this run."""
        self._own.set()

    def wait(self, seconds: float) -> bool:
        """Wait, but not longer than until the run must stop; return whether it must."""
        end = time.monotonic() + seconds
        while not self.is_set() and (left := end - time.monotonic()) > 0:
            self._own.wait(left if self._outer is None else min(left, _SLICE))
        return self.is_set()


class Departure(Struct):
    """The moment at which a call leaves: the journal is asked once, however often it is tried."""

    _log: JournalLog
    effect: Exchange
    _stop: Callable[[], None]
    _day: RunDay | None  # None in simulations and replays
    _began: float  # by the monotonic clock
    left: bool = False
    waited: float = 0.0  # seconds until the request left, or was last refused

    def leave(self, tell: TellTime | None = None) -> NoAnswer | None:
        """Note that the bytes are about to leave, or say why they must not."""
        if self.left:
            return None
        self.waited = time.monotonic() - self._began
        key, attempt, request = self.effect.key, self.effect.attempt, self.effect.request
        if unwanted := self._log.refuse(request):
            return unwanted
        if (self._day and tell and request.changes) and (wrong := self._day.refuse(request, tell)):
            return wrong
        if request.kind is not Kind.READ:
            CRITICAL.begin(self._stop)  # until the outcome of the order is noted
        mark = fingerprint(request, self._log.secrets)
        refusal = self._log.sending(key, attempt, request, mark)
        self.left = refusal is None
        return refusal


class Waits:
    """The waiting times of attempts: for their turn, and before a retry."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._seconds: dict[tuple[str, int], tuple[float, float]] = {}

    def pause(self, seconds: float) -> None:
        """Note how long this thread waited before its next attempt."""
        self._local.paused = seconds

    def note(self, departure: Departure) -> None:
        """Note how long an attempt waited for its turn, and the pause before it."""
        paused, self._local.paused = getattr(self._local, "paused", 0.0), 0.0
        one = (departure.effect.key, departure.effect.attempt)
        self._seconds[one] = (departure.waited, paused)

    def tell(self, record: CallRecord) -> CallRecord:
        """Return the record of an ended attempt with its waiting times."""
        waited, paused = self._seconds.pop((record.key, record.attempt), (0.0, 0.0))
        return replace(record, waited=waited, paused=paused)


_TICK = 0.5  # seconds between two checks for an interrupt
_SHORT_TICK = 0.02  # seconds between two checks whether stopped scripts have ended

RunScript = Callable[[Script[Any], Callable[[], bool]], Any]
"""Runs a script to its end; the function tells whether the script must send no new order."""


def together(
    effect: Together, progress: list[Progress], run: RunScript, stopping: Stopping
) -> tuple[Any, ...]:
    """Run scripts side by side; their results in order, None for a script that did not begin.

    When a run is resumed, scripts that had begun come first, and each is run to its end.

    Raises:
        InterruptedRun: the run must stop.
    """
    enough = threading.Event()
    progress = progress or [Progress.NEW] * len(effect.scripts)
    ends: dict[int, Any] = {}

    def work(number: int) -> Any:
        script, is_new = effect.scripts[number], progress[number] is Progress.NEW
        if stopping.is_set() or (is_new and enough.is_set()):
            script.close()
            return None
        try:
            end = run(script, lambda: not is_new and enough.is_set())
        except BaseException:
            stopping.set()  # the run cannot go on: the others stop at their next effect
            raise
        if effect.stop is not None and effect.stop(end):
            enough.set()
        return end

    for state in sorted(set(progress)):
        numbers = [number for number, own in enumerate(progress) if own is state]
        ends |= zip(numbers, _threads(work, numbers, effect.limit, stopping), strict=True)
    return tuple(ends[number] for number in range(len(progress)))


def _threads(
    work: Callable[[int], Any], numbers: list[int], limit: int, stopping: Stopping
) -> Iterator[Any]:
    from concurrent.futures import ThreadPoolExecutor

    under_way: set[int] = set()

    def note(number: int) -> Any:
        under_way.add(number)  # before it looks whether it should stop
        try:
            return work(number)
        finally:
            under_way.discard(number)

    futures: list[Future[Any]] = []
    with ThreadPoolExecutor(max_workers=max(1, min(limit, len(numbers)))) as pool:
        try:
            futures += (pool.submit(note, number) for number in numbers)
            _wait_for(futures)
        except BaseException:
            # running scripts still write to the journal; an interrupt may have taken the future of
            # one that was just begun
            while True:
                with suppress(KeyboardInterrupt):
                    stopping.set()
                    while under_way:
                        time.sleep(_SHORT_TICK)
                    break
            raise
    errors = [error for future in futures if (error := future.exception())]
    if errors:  # the cause of the stop rather than the stop itself
        raise min(errors, key=lambda error: isinstance(error, InterruptedRun))
    if stopping.is_set():  # some may not have begun
        raise InterruptedRun
    return (future.result() for future in futures)


def _wait_for(futures: list[Future[Any]]) -> None:
    """Wait until all have ended; an interrupt that comes just before a wait is not missed.

    The executor itself would join the threads, and `join` of Python 3.11 and 3.12 takes a thread
    for ended when an interrupt comes meanwhile.
    """
    from concurrent.futures import wait

    while not all(future.done() for future in futures):
        wait(futures, timeout=_TICK)


T = TypeVar("T")
Event = effects.StepBegun | effects.StepEnded | effects.Warn | CallRecord


class Driver(Struct, kw_only=True):
    """Runs scripts to their end; one driver serves all the threads of a run."""

    transport: Transport
    log: JournalLog
    listen: Callable[[Event], None]
    store: Store | None = None  # a single call keeps nothing
    recorder: RecordingTransport | None = None  # of the conversation
    learn: Callable[[Request], None] = lambda _: None  # told of each request before its answer
    mask_foreign: Callable[[str], str] = lambda text: text
    learn_secrets: Callable[[tuple[str, ...]], None] = lambda _: None  # that a service gave
    export: Callable[[Export | effects.WriteReport], Exported] | None = None
    run_id: str = ""  # part of the marks of writes to the store
    author: Author | None = None  # of writes to the store
    claims: Claims | None = None  # None: no other run shares the state
    mark_customer: Callable[[str, str], str] = lambda *_: ""  # of a key and personal values
    uses_earlier_state: Callable[[effects.Load | effects.Recall], None] = lambda _: None
    day: RunDay | None = None  # None in simulations and replays
    patient: bool = True  # False in replays and tests: pauses take no time
    stopping: Stopping = field(default_factory=Stopping)
    saved: list[Saved] = field(default_factory=list)  # the result of each write of measures
    failed_undos: list[effects.UndoEnded] = field(default_factory=list)
    last_reply: Response | None = None  # as it was received
    _knows_customer: bool = False  # the run has looked up whose the point is
    _claimed: set[tuple[str, str]] = field(default_factory=set)  # places that flows have claimed
    _began: dict[str, tuple[float, float]] = field(default_factory=dict)  # of steps, by both clocks
    _waits: Waits = field(default_factory=Waits)
    _local: threading.local = field(default_factory=threading.local)
    _skipped: float = 0.0  # seconds of pauses that nobody waited for

    def run(self, script: Script[T]) -> T:
        """Run a script and return its result.

        Raises:
            InterruptedRun: `stopping` was set while it ran.
            SgeflowError: the store, the journal or an export failed; the run cannot go on.
        """
        answer: Any = None
        try:
            while True:
                answer = self.answer(script.send(answer))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return] # the T of the script
        finally:
            CRITICAL.end()
            script.close()

    def answer(self, effect: Effect[Any]) -> Any:
        """Carry out one effect; the end of a call is noted even if the run must stop."""
        if self.stopping.is_set() and type(effect) is not effects.CallClosed:
            raise InterruptedRun
        return self._ANSWERS[type(effect)](self, effect)

    # -- one effect each --------------------------------------------------------------------------

    def _exchange(self, effect: Exchange) -> Response | NoAnswer:
        request = effect.request
        self.learn(request)
        if (known := self.log.earlier(effect.key, effect.attempt, request)) is not None:
            return self._see(known)
        if request.kind is not Kind.READ and self._hold():  # a parallel step has failed
            message = say("{label} was not sent: another branch had failed", label=request.label)
            problem = Problem(id=Id.GUARD, message=message)
            return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.INVALID, held=True)
        departure = Departure(self.log, effect, self.stopping.set, self.day, time.monotonic())
        answer = self.transport.send(request, effect.deadline, departure.leave)
        self._waits.note(departure)
        if departure.left:
            self.log.note_answer(effect.key, effect.attempt, request, answer)
        if isinstance(answer, Response):
            self.last_reply = answer
        return self._see(answer)

    def _see(self, answer: Response | NoAnswer) -> Response | NoAnswer:
        if self.day is not None:
            self.day.note(answer)
        return answer

    def _settle(self, effect: effects.CallClosed) -> None:
        record = self._waits.tell(effect.record)
        if effect.disowned:
            self.last_reply = None
            if self.recorder:
                self.recorder.disown(*effect.disowned)
        lateness = self.log.note_outcome(record)
        CRITICAL.end()
        if record.attempt:  # 0: a search found the order, and no call was made
            self.listen(record)
        if lateness is not Lateness.IN_TIME:
            self.listen(effects.Warn("", late_answer(record.label, lateness)))

    def _absent(self, effect: effects.ProvenAbsent) -> bool | None:
        ago = self._now() - effect.since
        return self.log.absent(effect.key, effect.by, ago=ago, after=effect.after, made=effect.made)

    def _recorded_answer(self, effect: effects.Recorded) -> Response | NoAnswer | None:
        self.learn(effect.request)
        return self.log.recorded_answer(effect.key, effect.attempt, effect.request)

    def _undo_ended(self, effect: effects.UndoEnded) -> None:
        self.log.undo_ended(effect.undo, effect.failure.code if effect.failure else "")
        if effect.failure:
            self.failed_undos.append(effect)

    def _save(self, effect: effects.Save) -> Saved:
        if self.day is not None and self._knows_customer:
            self.day.check_customer(self.run_id, effect.measures)
        mark = self._mark(effect.key)
        saved = self._open_store.save(effect.series, effect.measures, mark, self.author)
        self.saved.append(saved)
        return saved

    def _load(self, effect: effects.Load) -> effects.Loaded:
        loaded = self._open_store.load(effect.point, effect.name, effect.start, effect.end)
        if loaded.measures and not self.saved:
            self.uses_earlier_state(effect)
        return loaded

    def _erase(self, effect: effects.Erase) -> int:
        mark = self._mark(effect.key)
        return self._open_store.erase(effect.point, mark, self.author, effect.customer)

    def _claim(self, effect: effects.Claim) -> Problem | Mapping[str, Any] | None:
        place = (effect.collection, effect.name)
        if problem := self._open_store.no_earlier_customer(effect.name):
            return problem
        if self.claims is not None:
            again, _ = self.log.result(effect.key)
            if bar := self.claims.claim(*place, again=again):
                return bar
        self._claimed.add(place)
        return self._recall(effects.Recall(key=effect.key, collection=place[0], name=place[1]))

    def _recall(self, effect: effects.Recall) -> Mapping[str, Any] | None:
        place = (effect.collection, effect.name)
        if value := self._once(effect.key, lambda: self._open_store.recall_with_customer(*place)):
            self.uses_earlier_state(effect)
        return value  # type: ignore[no-any-return] # what was kept, from JSON

    def _recognise(self, effect: effects.Recognise) -> Mapping[str, Any]:
        def recognise() -> Mapping[str, Any]:
            mark = self.mark_customer(effect.name, effect.who)
            customer = self._open_store.recognise(
                effect.collection,
                effect.name,
                mark,
                effect.day,
                self.author,
                is_contradicted=effect.is_contradicted,
            )
            return asdict(customer)

        self._knows_customer = True
        return self._once(effect.key, recognise)  # type: ignore[no-any-return] # from JSON

    def _remember(self, effect: effects.Remember) -> Problem | Mapping[str, Any]:
        trail, place = trail_of(effect.key), (effect.collection, effect.name)
        goes_on = not outermost_undo(trail)  # an undo leaves no order for the next run to know
        of_cancel, place_ = effect.values is None, effect.place or effect.name
        if goes_on and (problem := self.log.find_conflict(place_, of_cancel=of_cancel)):
            return problem
        mark = self._mark(effect.key)
        state = self._open_store.remember(
            *place, effect.values, mark, self.author, ends_account=of_cancel
        )
        if goes_on:  # at the place of its flow, a step remembers for the whole flow
            self.log.note_remembered(trail.rpartition("/")[0] if place in self._claimed else trail)
        return state

    def _export(self, effect: Export | effects.WriteReport) -> Exported:
        if self.export is None:
            raise TypeError("this driver was given nobody who writes files")
        self.log.check_hold()
        return self.export(effect)

    def _mark(self, key: str) -> str:
        return f"{self.run_id}/{key}" if self.run_id else ""

    @property
    def _open_store(self) -> Store:
        if self.store is None:
            raise TypeError("this driver was given no store")
        self.log.check_hold()
        return self.store

    def _emit(self, effect: effects.Emit) -> None:
        event = effect.event
        if isinstance(event, effects.StepBegun):
            self._began.setdefault(event.trail, (time.time(), time.monotonic()))
        elif isinstance(event, effects.StepEnded) and (
            times := self._began.pop(event.trace.trail, None)
        ):
            seconds = time.monotonic() - times[1]
            event = effects.StepEnded(replace(event.trace, started=times[0], seconds=seconds))
        self.listen(event)

    def _now(self) -> float:
        """Return the time that scripts read: skipped pauses count as if they had passed."""
        return time.monotonic() + self._skipped

    def _once(self, key: str, make: Callable[[], Any]) -> Any:
        """Return the recorded answer of an effect, or make and record it now."""
        is_known, value = self.log.result(key)
        if not is_known:
            value = make()
            self.log.keep(key, value)
        return value

    def _pause(self, effect: effects.Pause) -> None:
        if effect.before and self.log.progress(effect.before) is not Progress.NEW:
            return
        if not self.patient:
            self._skipped += effect.seconds
            return
        import random

        # at least half, so that a server that asks for time gets some
        share = random.uniform(0.5, 1.0) if effect.jitter else 1.0  # noqa: S311 - no secret
        if self.stopping.wait(effect.seconds * share):
            raise InterruptedRun
        if not effect.before:  # the pause of a poll is not one before a retry
            self._waits.pause(effect.seconds * share)

    def _together(self, effect: effects.Together) -> tuple[Any, ...]:
        progress = [self.log.progress(trail) for trail in effect.trails]
        hold = self._hold

        def run(script: Script[Any], row_hold: Callable[[], bool]) -> Any:
            self._local.held = lambda: hold() or row_hold()
            return self.run(script)

        return together(effect, progress, run, self.stopping)

    @property
    def _hold(self) -> Callable[[], bool]:
        """Tells whether a parallel script has failed: then this thread sends no new order."""
        is_held: Callable[[], bool] = getattr(self._local, "held", lambda: False)
        return is_held

    _ANSWERS: ClassVar[dict[type[Effect[Any]], Callable[[Driver, Any], Any]]] = {
        Exchange: _exchange,
        effects.MaskedText: lambda self, effect: self.mask_foreign(effect.text),
        effects.LearnSecrets: lambda self, effect: self.learn_secrets(effect.texts),
        effects.CallClosed: _settle,
        effects.ProvenAbsent: _absent,
        effects.Resent: lambda self, effect: self.log.was_resent(effect.key),
        effects.OrderDays: lambda self, effect: self.log.order_days(effect.key, effect.endpoint),
        effects.OutputsByHand: lambda self, effect: self.log.outputs_by_hand(effect.key),
        effects.OpenOrders: lambda self, effect: self.log.open_orders(effect.within),
        effects.Recorded: _recorded_answer,
        effects.Noted: lambda self, effect: self.log.result(effect.key)[1],
        effects.BeginUndo: lambda self, effect: self.log.begin_undo(
            effect.key, effect.note, effect.undos, effect.place
        ),
        effects.FindConflict: lambda self, effect: self.log.find_conflict(
            effect.place, of_cancel=effect.of_cancel
        ),
        effects.UndoEnded: _undo_ended,
        effects.Save: _save,
        effects.Load: _load,
        effects.Erase: _erase,
        effects.Claim: _claim,
        effects.Recall: _recall,
        effects.Note: lambda self, effect: self._once(effect.key, lambda: effect.value),
        effects.Recognise: _recognise,
        effects.Remember: _remember,
        Export: _export,
        effects.WriteReport: _export,
        effects.Emit: _emit,
        effects.Clock: lambda self, _: self._now(),
        effects.Moment: lambda self, effect: float(self._once(effect.key, time.time)),
        effects.Pause: _pause,
        effects.Together: _together,
    }


class RunStarted(Struct, frozen=True, kw_only=True):
    """The event before the first step of a run or call."""

    run: str
    title: str
    environment: str
    today: str
    scenario: str = ""  # empty in real environments
    going_on: str = ""  # the command that resumes a stopped run


Listener = Callable[[Event | RunStarted], None]
"""Receives the events of a run, one at a time."""


E = TypeVar("E")


class SafeListener(Generic[E]):
    """A listener whose errors stop nothing: they are logged, and told at the end."""

    def __init__(self, listener: Callable[[E], None], *, is_row: bool = False) -> None:
        """Wrap a listener; it hears one event at a time. Events of a fleet's row are not logged."""
        self._listener = listener
        self._logs = not is_row and not isinstance(listener, SafeListener)
        self.warnings: list[str] = []  # one for each kind of error

    def __call__(self, event: E) -> None:
        """Log an event, and pass it on."""
        if self._logs:
            log_event(event)
        try:
            self._listener(event)
        except Exception as error:  # noqa: BLE001 - the work goes on
            LOG.exception("a listener raised an error")
            kind = type(error).__name__
            text = say("the listener raised {kind}, which stopped nothing", kind=kind)
            if text not in self.warnings:
                self.warnings.append(text)
