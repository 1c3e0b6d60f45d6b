"""Answers effects with the real world: transport, store, journal, clock and listener."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, TypeVar

from sgeflow.adapters.http.interrupts import UNCUT
from sgeflow.core.engine import effects
from sgeflow.core.engine.effects import (
    Effect,
    Exchange,
    Export,
    Exported,
    Loaded,
    Saved,
    Script,
    WriteReport,
)
from sgeflow.core.engine.ports import Log, Store, Transport
from sgeflow.core.model import CallRecord, Kind, NoAnswer, Request, Response

T = TypeVar("T")
_SLICE = 0.25  # seconds; how long a pause may ignore that all runs shall stop
Event = effects.Began | effects.Ended | effects.Warn | CallRecord


class InterruptedRun(KeyboardInterrupt):
    """The person or the system asked the run to stop; it did so between two effects."""


class Stopping:
    """Asks a run to stop: set by the run itself, or by `outer` for all runs that share it."""

    __slots__ = ("_outer", "_own")

    def __init__(self, outer: threading.Event | None = None) -> None:
        self._own = threading.Event()
        self._outer = outer

    def is_set(self) -> bool:
        """Whether the run shall stop."""
        return self._own.is_set() or (self._outer is not None and self._outer.is_set())

    def set(self) -> None:
        """Stop this run alone."""
        self._own.set()

    def wait(self, seconds: float) -> bool:
        """Wait, at most until the run shall stop; whether it shall."""
        end = time.monotonic() + seconds
        while not self.is_set() and (left := end - time.monotonic()) > 0:
            self._own.wait(left if self._outer is None else min(left, _SLICE))
        return self.is_set()


@dataclass(slots=True, kw_only=True)
class Driver:
    """Runs scripts to their end; one driver serves all the threads of a run."""

    transport: Transport
    log: Log
    listen: Callable[[Event], None]
    store: Store | None = None  # a single call keeps nothing
    export: Callable[[Export | WriteReport], Exported] | None = None
    run_id: str = ""  # makes marks of keys
    patient: bool = True  # replays and tests have nobody to wait for: time passes at once
    stopping: Stopping = field(default_factory=Stopping)
    saved: list[Saved] = field(default_factory=list)  # what was kept, save by save
    _began: dict[str, float] = field(default_factory=dict)
    _skipped: float = 0.0  # seconds of pauses that nobody waited for

    def run(self, script: Script[T]) -> T:
        """The end of a script.

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
            UNCUT.end()
            script.close()

    def answer(self, effect: Effect[Any]) -> Any:
        """Do what one effect asks for; how a call ended is noted even when the run shall stop."""
        if self.stopping.is_set() and type(effect) is not effects.Settled:
            raise InterruptedRun
        return _ANSWERS[type(effect)](self, effect)

    # -- one effect each --------------------------------------------------------------------------

    def _exchange(self, effect: Exchange) -> Response | NoAnswer:
        request = effect.request
        if (known := self.log.earlier(effect.key, effect.attempt, request)) is not None:
            return known
        departure = _Departure(self.log, effect, self.stopping.set)
        answer = self.transport.send(request, effect.deadline, departure.leave)
        if departure.left:
            self.log.answered(effect.key, effect.attempt, request, answer)
        return answer

    def _settled(self, effect: effects.Settled) -> None:
        self.log.settled(effect.record)
        UNCUT.end()
        if effect.record.attempt:  # an order that a search found was no call of its own
            self.listen(effect.record)

    def _absent(self, effect: effects.Absent) -> bool:
        ago = self._now() - effect.since
        return self.log.absent(effect.key, effect.by, ago=ago, after=effect.after)

    def _vouched(self, effect: effects.Vouched) -> bool:
        return self.log.vouched(effect.key)

    def _save(self, effect: effects.Save) -> Saved:
        saved = self._kept.save(effect.series, effect.measures, self._mark(effect.key))
        self.saved.append(saved)
        return saved

    def _note(self, effect: effects.Note) -> Any:
        found, value = self.log.result(effect.key)
        if not found:
            value = effect.value
            self.log.keep(effect.key, value)
        return value

    def _load(self, effect: effects.Load) -> Loaded:
        return self._kept.load(effect.point, effect.name, effect.start, effect.end)

    def _erase(self, effect: effects.Erase) -> int:
        return self._kept.erase(effect.point, self._mark(effect.key))

    def _recall(self, effect: effects.Recall) -> Mapping[str, Any] | None:
        found, value = self.log.result(effect.key)
        if not found:
            value = self._kept.recall(effect.collection, effect.name)
            self.log.keep(effect.key, value)
        return value  # type: ignore[no-any-return] # what was kept, from JSON

    def _remember(self, effect: effects.Remember) -> None:
        self._kept.remember(effect.collection, effect.name, effect.value)

    def _export(self, effect: Export | WriteReport) -> Exported:
        if self.export is None:
            raise TypeError("this driver was given nobody who writes files")
        return self.export(effect)

    def _mark(self, key: str) -> str:
        return f"{self.run_id}/{key}" if self.run_id else ""

    @property
    def _kept(self) -> Store:
        if self.store is None:
            raise TypeError("this driver was given no store")
        return self.store

    def _tell(self, effect: effects.Tell) -> None:
        event = effect.event
        if isinstance(event, effects.Began):
            self._began.setdefault(event.trail, time.monotonic())
        elif isinstance(event, effects.Ended):
            began = self._began.pop(event.trace.trail, None)
            seconds = time.monotonic() - began if began is not None else 0.0
            event = effects.Ended(replace(event.trace, seconds=seconds))
        self.listen(event)

    def _clock(self, _: effects.Clock) -> float:
        return self._now()

    def _now(self) -> float:
        """The clock that scripts read: with the pauses that nobody waited for."""
        return time.monotonic() + self._skipped

    def _moment(self, effect: effects.Moment) -> float:
        found, value = self.log.result(effect.key)
        if not found:
            value = time.time()
            self.log.keep(effect.key, value)
        return float(value)

    def _pause(self, effect: effects.Pause) -> None:
        if self.log.is_catching_up():
            return
        if not self.patient:
            self._skipped += effect.seconds
            return
        import random

        # half of it for sure, so that a server which asks for time gets some
        share = random.uniform(0.5, 1.0) if effect.jitter else 1.0  # noqa: S311 - no secret
        if self.stopping.wait(effect.seconds * share):
            raise InterruptedRun

    def _together(self, effect: effects.Together) -> tuple[Any, ...]:
        from concurrent.futures import ThreadPoolExecutor

        enough = threading.Event()

        def one(script: Script[Any]) -> Any:
            if enough.is_set() or self.stopping.is_set():
                script.close()
                return None
            try:
                end = self.run(script)
            except BaseException:
                self.stopping.set()  # the run cannot go on: the others stop at their next effect
                raise
            if effect.stop is not None and effect.stop(end):
                enough.set()
            return end

        with ThreadPoolExecutor(max_workers=max(1, min(effect.limit, len(effect.scripts)))) as pool:
            futures = [pool.submit(one, script) for script in effect.scripts]
            try:
                errors = [error for future in futures if (error := future.exception())]
            except BaseException:
                self.stopping.set()
                raise
        if errors:  # why it stopped, rather than that it was stopped
            raise min(errors, key=lambda error: isinstance(error, InterruptedRun))
        if self.stopping.is_set():  # some may not have begun
            raise InterruptedRun
        return tuple(future.result() for future in futures)


class _Departure:
    """The journal's word on one call, asked once however often a transport tries."""

    __slots__ = ("_effect", "_log", "_stop", "left")

    def __init__(self, log: Log, effect: Exchange, stop: Callable[[], None]) -> None:
        self._log, self._effect, self._stop = log, effect, stop
        self.left = False

    def leave(self) -> NoAnswer | None:
        """Note that the bytes are about to leave, or say why they must not."""
        if self.left:
            return None
        key, attempt, request = self._effect.key, self._effect.attempt, self._effect.request
        if request.kind is not Kind.READ:
            UNCUT.begin(self._stop)  # until it is settled
        refusal = self._log.sending(key, attempt, request, fingerprint(request))
        self.left = refusal is None
        return refusal


def fingerprint(request: Request) -> str:
    """What makes an order the same one again: `<thing>.<terms>`, both empty for a read.

    The operation and what it says to be the thing and the terms; else every value that is sent.
    """
    if request.kind is Kind.READ:
        return ""
    if request.same is None:
        return f"{_digest(f'{request.method} {request.path}', request.body)}."
    thing, terms = request.same
    return f"{_digest(request.label, thing.encode())}.{_digest('', terms.encode())}"


def _digest(name: str, content: bytes) -> str:
    return sha256(name.encode() + b"\0" + content).hexdigest()[:32]


_ANSWERS: Mapping[type[Effect[Any]], Callable[[Driver, Any], Any]] = {
    Exchange: Driver._exchange,  # noqa: SLF001 - the table of this class's own methods
    effects.Settled: Driver._settled,  # noqa: SLF001
    effects.Absent: Driver._absent,  # noqa: SLF001
    effects.Vouched: Driver._vouched,  # noqa: SLF001
    effects.Save: Driver._save,  # noqa: SLF001
    effects.Load: Driver._load,  # noqa: SLF001
    effects.Erase: Driver._erase,  # noqa: SLF001
    effects.Recall: Driver._recall,  # noqa: SLF001
    effects.Note: Driver._note,  # noqa: SLF001
    effects.Remember: Driver._remember,  # noqa: SLF001
    Export: Driver._export,  # noqa: SLF001
    WriteReport: Driver._export,  # noqa: SLF001
    effects.Tell: Driver._tell,  # noqa: SLF001
    effects.Clock: Driver._clock,  # noqa: SLF001
    effects.Moment: Driver._moment,  # noqa: SLF001
    effects.Pause: Driver._pause,  # noqa: SLF001
    effects.Together: Driver._together,  # noqa: SLF001
}
