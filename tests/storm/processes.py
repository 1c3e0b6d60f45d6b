"""Time, and processes that take turns: one thread runs at a time, the dice say which.

Whatever a run does to the world passes a point. There another one may go on, time may pass, the
process may be stopped for hours, and it may die: nothing of it happens any more, as after SIGKILL.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Any, Self

_FOREVER = float("inf")
_PATIENCE = 60  # real seconds, for a mistake of ours: processes that wait for each other
_HOUR = 3601  # seconds; a server tells whole ones
_LEAST = 0.001  # seconds; nothing takes no time at all


class Died(BaseException):
    """The process is dead; its threads end without another deed."""


class Clock:
    """True time in epoch seconds, and what the machine's clocks say of it."""

    def __init__(self, now: float) -> None:
        self.true = now
        self.wrong = 0.0  # by how many seconds the machine's clock is ahead
        self.moved: Callable[[], None] = lambda: None
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._set: list[tuple[float, float]] = [(now, 0.0)]  # since when it is wrong by how much

    @property
    def told(self) -> float:
        """The time by the machine's clock."""
        return self.true + self.wrong

    def set_wrong(self, seconds: float) -> None:
        """Somebody, or NTP, sets the machine's clock."""
        self.wrong = seconds
        self._set.append((self.true, seconds))
        self.moved()

    def was_right(self, *, since: float) -> bool:
        """Whether at some moment since then it was wrong by an hour at most."""
        ends = [moment for moment, _ in self._set[1:]] + [self.true]
        spans = zip(self._set, ends, strict=True)
        return any(abs(wrong) <= _HOUR for (_, wrong), end in spans if end >= since)

    def at(self, moment: float, deed: Callable[[], None]) -> None:
        """Do something as soon as it is that late."""
        self._due.append((moment, deed))

    def advance(self, until: float) -> None:
        """Let time pass; what is due on the way happens at its moment."""
        while self._due and min(self._due, key=lambda one: one[0])[0] <= until:
            first = min(self._due, key=lambda one: one[0])
            self._due.remove(first)
            self.true = max(self.true, first[0])
            self.moved()
            first[1]()
        self.true = max(self.true, until)
        self.moved()


@dataclass(eq=False, kw_only=True)
class Process:
    """One start of the program: what befalls it, counted in points, and how it ended."""

    name: str
    dies_in: float = _FOREVER
    freezes_in: float = (
        _FOREVER  # then it stands still: a laptop that is shut, a machine that swaps
    )
    freezes_for: float = 0.0  # seconds
    interrupted_in: float = _FOREVER  # then somebody presses Ctrl-C
    while_frozen: Callable[[], None] = lambda: None
    is_dead: bool = False
    is_interrupted: bool = False  # and has not noticed yet
    frozen_until: float = 0.0
    result: Any = None
    error: BaseException | None = None


def _taken() -> threading.Lock:
    """A lock that is taken: a task waits for it until it is its turn."""
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(eq=False)
class _Task:
    """A thread of a process."""

    process: Process
    work: Callable[[], None]
    turn: threading.Lock = field(default_factory=_taken)
    wakes: float = 0.0
    awaited: tuple[_Task, ...] = ()
    hears: bool = False  # Ctrl-C, while it waits for others
    wanted: Lock | None = None
    is_over: bool = False

    def is_ready(self) -> bool:
        """Whether it can go on, as soon as it is late enough."""
        if self.is_over or (self.wanted is not None and not self.wanted.is_free):
            return False
        is_called = self.hears and self.process.is_interrupted
        return is_called or all(one.is_over for one in self.awaited)

    @property
    def wakes_at(self) -> float:
        """When it goes on; at once when its process is dead."""
        return 0.0 if self.process.is_dead else max(self.wakes, self.process.frozen_until)


class Processes:
    """The processes of one machine."""

    def __init__(self, dice: Random, clock: Clock) -> None:
        self._dice = dice
        self._clock = clock
        self._tasks: list[_Task] = []
        self._here = threading.local()
        self._all_over = threading.Event()
        self.befall: Callable[[], None] = lambda: None  # what the world may do at a point

    @property
    def current(self) -> Process | None:
        """The process of this thread; None outside of all processes."""
        task = self.task()
        return task.process if task else None

    @property
    def is_dead(self) -> bool:
        """Whether this is a thread of a dead process, which is on its way out."""
        return self.current is not None and self.current.is_dead

    def start(self, process: Process, program: Callable[[], Any]) -> None:
        """Begin a process; it runs when `wait` is called."""

        def work() -> None:
            try:
                process.result = program()
            except BaseException as error:  # noqa: BLE001 - whatever ends a process is looked at
                process.error = error

        self._begin(process, work)

    def wait(self) -> None:
        """Let all processes run to their ends."""
        self._all_over.clear()
        self._tasks = [task for task in self._tasks if not task.is_over]
        if self._tasks:
            self._pass_on()
            if not self._all_over.wait(_PATIENCE):
                import faulthandler

                faulthandler.dump_traceback(all_threads=True)
                raise RuntimeError("the processes wait for each other")

    def kill_all(self) -> None:
        """The machine has no power any more."""
        for task in self._tasks:
            task.process.is_dead = True
        self.check()

    # -- what a thread of a process does ------------------------------------------------------------

    def point(self) -> None:
        """Something is about to happen: another may come first, or the process dies here."""
        task = self.task()
        if task is None:
            return
        self._look(task)
        self._clock.advance(self._clock.true + _LEAST)
        self.befall()
        self.risk_death()
        self._befall(task.process)
        self._yield_turn(task)

    def risk_death(self) -> None:
        """A point at which the process may die, and nobody else comes first."""
        task = self.task()
        if task is None:
            return
        self._look(task)
        task.process.dies_in -= 1
        if task.process.dies_in <= 0:
            task.process.is_dead = True
            raise Died

    def check(self) -> None:
        """Raise Died in a dead process; nobody else's turn comes."""
        if self.is_dead:
            raise Died

    def sleep(self, seconds: float) -> None:
        """Wait: time passes when nobody else has anything to do."""
        task = self.task()
        if task is None:
            self._clock.advance(self._clock.true + max(_LEAST, seconds))
            return
        self._look(task)
        task.wakes = self._clock.true + max(_LEAST, seconds)
        self._yield_turn(task)

    def side_by_side(self, works: list[Callable[[], Any]], limit: int) -> list[Any]:
        """The results of some works of the current process, as (value, error), in their order."""
        ends: list[Any] = [None] * len(works)
        left = iter(enumerate(works))

        def worker() -> None:
            for number, work in left:
                try:
                    ends[number] = (work(), None)
                except BaseException as error:  # noqa: BLE001 - told to whoever waits
                    ends[number] = (None, error)

        threads = [self.begin(worker) for _ in range(max(1, min(limit, len(works))))]
        self.join(threads)
        return ends

    def begin(self, work: Callable[[], None], *, of: Process | None = None) -> _Task:
        """Begin a thread of a process, by default of the current one."""
        process = of or self.current
        if process is None:
            raise TypeError("only a process has threads")
        return self._begin(process, work)

    def hear(self) -> None:
        """Raise KeyboardInterrupt when somebody has pressed Ctrl-C."""
        process = self.current
        if process is not None and process.is_interrupted:
            process.is_interrupted = False
            raise KeyboardInterrupt

    def join(self, threads: Iterable[_Task], *, until_called: bool = False) -> None:
        """Wait for the ends of some threads; of a main thread, Ctrl-C may come first.

        Raises:
            KeyboardInterrupt: it came; the threads are still at work.
        """
        task = self.task()
        if task is None:
            raise TypeError("only a process has threads")
        task.awaited, task.hears = tuple(threads), until_called
        self._pass_on()
        task.turn.acquire()
        task.awaited, task.hears = (), False
        self._look(task)
        if until_called:
            self.hear()

    # -- turns ------------------------------------------------------------------------------------

    def task(self) -> _Task | None:
        """The thread that this is; None outside of all processes."""
        return getattr(self._here, "task", None)

    def want(self, lock: Lock, task: _Task) -> None:
        """Let others go on until a lock is free."""
        task.wanted = lock
        try:
            self._pass_on()
            task.turn.acquire()
        finally:
            task.wanted = None
        self._look(task)

    def _begin(self, process: Process, work: Callable[[], None]) -> _Task:
        task = _Task(process, work)

        def live() -> None:
            self._here.task = task
            task.turn.acquire()
            try:
                work()
            except Died:
                pass
            finally:
                task.is_over = True
                self._pass_on()

        self._tasks.append(task)
        threading.Thread(target=live, daemon=True).start()
        return task

    def _befall(self, process: Process) -> None:
        process.freezes_in -= 1
        if process.freezes_in <= 0:
            process.freezes_in = _FOREVER
            process.frozen_until = self._clock.true + process.freezes_for
            process.while_frozen()
        process.interrupted_in -= 1
        if process.interrupted_in <= 0:
            process.interrupted_in, process.is_interrupted = _FOREVER, True

    def _look(self, task: _Task) -> None:
        if task.process.is_dead:
            raise Died

    def _yield_turn(self, task: _Task) -> None:
        if (chosen := self._next()) is not task:
            if chosen is not None:
                chosen.turn.release()
            task.turn.acquire()
        self._look(task)

    def _pass_on(self) -> None:
        """Give the turn to one that can go on, if there is any."""
        if (chosen := self._next()) is not None:
            chosen.turn.release()

    def _next(self) -> _Task | None:
        """A task that can go on now, or after some time; None when all are over."""
        ready = [task for task in self._tasks if task.is_ready()]
        if not ready:
            self._all_over.set()
            return None
        awake = [task for task in ready if task.wakes_at <= self._clock.true]
        if not awake:
            self._clock.advance(min(task.wakes_at for task in ready))
            awake = [task for task in ready if task.wakes_at <= self._clock.true]
        return self._dice.choice(awake)


class Lock:
    """Stands for a lock of threads, taken again by who has it: whoever waits gives the turn away."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._owner: _Task | None = None
        self._depth = 0

    @property
    def is_free(self) -> bool:
        """Whether nobody has it."""
        return not self._depth

    def __enter__(self) -> Self:
        task = self._processes.task()
        if task is not None and self._owner is not task:
            while not self.is_free:
                self._processes.want(self, task)
        self._owner = task
        self._depth += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._depth -= 1

    def acquire(self, *, blocking: bool = True) -> bool:
        """Take it for a fork of the process that plays the world: none of its tasks goes on then."""
        return True

    def release(self) -> None:
        """Do nothing: `acquire` has taken nothing."""

    def wait(self, seconds: float) -> None:
        """Wait as on a condition: others may have the lock meanwhile."""
        depth, self._depth = self._depth, 0
        try:
            self._processes.sleep(seconds)
        finally:
            task = self._processes.task()
            while task is not None and not self.is_free and not task.process.is_dead:
                self._processes.want(self, task)
            self._owner, self._depth = task, self._depth + depth

    def notify_all(self) -> None:
        """Do nothing: a task that waits looks again when its time is over."""
