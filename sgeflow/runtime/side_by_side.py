"""Scripts side by side, in threads; when a run goes on, what had begun comes first and whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sgeflow.core.engine.effects import Script, Together
from sgeflow.core.engine.ports import Standing
from sgeflow.core.model import FaultClass, NoAnswer, Request
from sgeflow.errors import Id, Problem
from sgeflow.messages import say
from sgeflow.runtime.stopping import InterruptedRun, Stopping

if TYPE_CHECKING:
    from concurrent.futures import Future

_TICK = 0.5  # seconds between two looks whether an interrupt has come

One = Callable[[Script[Any], Callable[[], bool]], Any]
"""Runs a script to its end; the other tells whether it may send no new order any more."""


def together(
    effect: Together, stands: list[Standing], one: One, stopping: Stopping
) -> tuple[Any, ...]:
    """The answers of scripts in their order; None for one that did not begin.

    Raises:
        InterruptedRun: the run shall stop.
    """
    enough = threading.Event()
    stands = stands or [Standing.NEW] * len(effect.scripts)
    ends: dict[int, Any] = {}

    def work(number: int) -> Any:
        script, is_new = effect.scripts[number], stands[number] is Standing.NEW
        if stopping.is_set() or (is_new and enough.is_set()):
            script.close()
            return None
        try:
            end = one(script, lambda: not is_new and enough.is_set())
        except BaseException:
            stopping.set()  # the run cannot go on: the others stop at their next effect
            raise
        if effect.stop is not None and effect.stop(end):
            enough.set()
        return end

    for standing in sorted(set(stands)):
        numbers = [number for number, stand in enumerate(stands) if stand is standing]
        ends |= zip(numbers, _threads(work, numbers, effect.limit, stopping), strict=True)
    return tuple(ends[number] for number in range(len(stands)))


def _threads(
    work: Callable[[int], Any], numbers: list[int], limit: int, stopping: Stopping
) -> Iterator[Any]:
    from concurrent.futures import ThreadPoolExecutor

    futures: list[Future[Any]] = []
    with ThreadPoolExecutor(max_workers=max(1, min(limit, len(numbers)))) as pool:
        try:
            futures += (pool.submit(work, number) for number in numbers)
            _wait_for(futures)
        except BaseException:
            stopping.set()
            while not _have_ended(futures):
                with suppress(KeyboardInterrupt):  # what is under way has a journal to write
                    _wait_for(futures)
            raise
    errors = [error for future in futures if (error := future.exception())]
    if errors:  # why it stopped, rather than that it was stopped
        raise min(errors, key=lambda error: isinstance(error, InterruptedRun))
    if stopping.is_set():  # some may not have begun
        raise InterruptedRun
    return (future.result() for future in futures)


def _wait_for(futures: list[Future[Any]]) -> None:
    """Wait until all have ended; an interrupt may come a moment before the wait, and is seen.

    The executor's own wait is one for threads, and `join` of Python 3.11 and 3.12 takes a thread
    for ended when an interrupt comes meanwhile.
    """
    from concurrent.futures import wait

    while not _have_ended(futures):
        wait(futures, timeout=_TICK)


def _have_ended(futures: list[Future[Any]]) -> bool:
    return all(future.done() for future in futures)


def hold_back(request: Request) -> NoAnswer:
    """What is answered to an order that is not sent, because what stands beside it had failed."""
    message = say("{label} was not sent: what stands beside it had failed", label=request.label)
    problem = Problem(id=Id.GUARD, message=message)
    return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.INVALID, held=True)
