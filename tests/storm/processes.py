"""Time, and processes that take turns: one thread runs at a time, the dice say which.

Whatever a run does to the world passes a point. There another one may go on, time may pass, and
the process may die: nothing of it happens any more, as after SIGKILL.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

_FOREVER = float("inf")
_PATIENCE = 60  # real seconds, for a mistake of ours: processes that wait for each other
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

    @property
    def told(self) -> float:
        """What the machine takes for the time."""
        return self.true + self.wrong

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


@dataclass(eq=False)
class Process:
    """One start of the program: how it ended, and after how many points it dies, if it does."""

    name: str
    points_left: float = _FOREVER
    is_dead: bool = False
    result: Any = None
    error: BaseException | None = None


@dataclass(eq=False)
class _Task:
    process: Process
    work: Callable[[], None]
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    wakes: float = 0.0
    awaited: tuple[_Task, ...] = ()
    is_over: bool = False

    def is_ready(self) -> bool:
        return not self.is_over and all(one.is_over for one in self.awaited)


class Processes:
    """The processes of one machine."""

    def __init__(self, dice: Random, clock: Clock) -> None:
        self._dice = dice
        self._clock = clock
        self._tasks: list[_Task] = []
        self._here = threading.local()
        self._all_over = threading.Event()

    @property
    def current(self) -> Process | None:
        """Whose thread this is; None outside of all processes."""
        task = self._task()
        return task.process if task else None

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

    def point(self) -> None:
        """Something is about to happen: another may come first, or the process dies here."""
        task = self._task()
        if task is None:
            return
        self._look(task)
        self._clock.advance(self._clock.true + _LEAST)
        task.process.points_left -= 1
        if task.process.points_left <= 0:
            self.kill(task.process)
        self._yield_turn(task)

    def check(self) -> None:
        """Raise Died in a dead process; nobody else's turn comes."""
        task = self._task()
        if task:
            self._look(task)

    def kill(self, process: Process) -> None:
        """It is dead from now on. Raises Died when it is the current one."""
        process.is_dead = True
        self.check()

    def sleep(self, seconds: float) -> None:
        """Wait: time passes when nobody else has anything to do."""
        task = self._task()
        if task is None:
            self._clock.advance(self._clock.true + max(_LEAST, seconds))
            return
        self._look(task)
        task.wakes = self._clock.true + max(_LEAST, seconds)
        self._yield_turn(task)

    def side_by_side(self, works: list[Callable[[], Any]], limit: int) -> list[Any]:
        """The results of some works of the current process, as (value, error), in their order."""
        task = self._task()
        if task is None:
            raise TypeError("only a process has works side by side")
        ends: list[Any] = [None] * len(works)
        left = iter(enumerate(works))

        def worker() -> None:
            for number, work in left:
                try:
                    ends[number] = (work(), None)
                except BaseException as error:  # noqa: BLE001 - told to whoever waits
                    ends[number] = (None, error)

        count = max(1, min(limit, len(works)))
        task.awaited = tuple(self._begin(task.process, worker) for _ in range(count))
        self._pass_on()
        task.turn.acquire()
        task.awaited = ()
        self._look(task)
        return ends

    # -- turns ------------------------------------------------------------------------------------

    def _task(self) -> _Task | None:
        return getattr(self._here, "task", None)

    def _begin(self, process: Process, work: Callable[[], None]) -> _Task:
        task = _Task(process, work)

        def live() -> None:
            self._here.task = task
            task.turn.acquire()
            try:
                work()
            finally:
                task.is_over = True
                self._pass_on()

        self._tasks.append(task)
        threading.Thread(target=live, daemon=True).start()
        return task

    def _look(self, task: _Task) -> None:
        if task.process.is_dead:
            raise Died

    def _yield_turn(self, task: _Task) -> None:
        self._pass_on()
        task.turn.acquire()
        self._look(task)

    def _pass_on(self) -> None:
        """Give the turn to one that can go on, or let time pass until one can."""
        ready = [task for task in self._tasks if task.is_ready()]
        if not ready:
            self._all_over.set()
            return
        awake = [task for task in ready if task.wakes <= self._clock.true]
        if not awake:
            self._clock.advance(min(task.wakes for task in ready))
            awake = [task for task in ready if task.wakes <= self._clock.true]
        self._dice.choice(awake).turn.release()
