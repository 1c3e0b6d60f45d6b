"""Processes that try cases side by side, for one answer or kept for those that follow."""

from __future__ import annotations

import functools
import math
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from multiprocessing import get_context, parent_process
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")
R = TypeVar("R")

_WORTH = 4  # cases that are worth another process, which takes half a second to begin
_AHEAD = 2  # cases that a process has before it: it never waits for the next one


class CaseProcesses(Generic[T]):
    """As many processes as are worth it; each tries one case after the other.

    Those that `stay` get the cases again that they tried before, of which they know something:
    each has its share of them, and helps no other.
    """

    def __init__(self, most: int, *, stay: bool = False) -> None:
        self._most = most
        self._stay = stay
        self._maps = 0
        self._processes: list[ProcessPoolExecutor] = []  # of one process each
        self._homes: dict[T, int] = {}  # whose a case is

    def map(
        self, act: Callable[[T], R], items: Sequence[T], begin: Callable[[], None]
    ) -> Iterator[R]:
        """What each item comes to, in their order, as soon as it is known.

        A process that was there before calls `begin` first: what it knows may be of yesterday.
        """
        if not self._processes:
            count = min(self._most, math.ceil(len(items) / _WORTH))
            if count <= 1:
                yield from map(act, items)
                return
            # fresh ones: a copy would have this one's locks, not its threads
            self._processes = [
                ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)
                for _ in range(count)
            ]
        self._maps += 1
        try:
            yield from self._each(functools.partial(_act, self._maps, begin, act), items)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End them, each behind the case that it tries; what the system lent them is given back.

        An executor that was told not to wait cannot be waited for later: each has a thread here.
        Its queues have semaphores, which go with them; the command ends without tidying up, and
        the tracker of such things would complain behind it.
        """
        processes, self._processes = self._processes, []
        self._homes.clear()
        if processes:
            with ThreadPoolExecutor(len(processes)) as threads:
                for process in processes:
                    threads.submit(process.shutdown, wait=True, cancel_futures=True)

    def _each(self, act: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """What each comes to; neighbours, which are alike, go to different processes."""
        own: list[deque[T]] = [deque() for _ in self._processes]
        for item in items:
            own[self._homes.setdefault(item, len(self._homes) % len(own))].append(item)
        under_way: dict[Future[R], tuple[int, T]] = {}
        done: dict[T, R] = {}

        def feed(number: int) -> None:
            if queue := own[number] or (None if self._stay else max(own, key=len)):
                item = queue.popleft()
                under_way[self._processes[number].submit(act, item)] = number, item

        for number in [*range(len(own))] * _AHEAD:
            feed(number)
        for item in items:
            while item not in done:
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    number, one = under_way.pop(future)
                    done[one] = future.result()
                    feed(number)
            yield done.pop(item)


class _LastMap(Struct):
    number: int = 0


_LAST = _LastMap()


def _act(number: int, begin: Callable[[], None], act: Callable[[T], R], item: T) -> R:
    """Do one item in a process, which begins anew when others are meant than the last time."""
    if _LAST.number != number:
        begin()
        _LAST.number = number
    return act(item)


def _begin() -> None:
    """An interrupt is for the process that began this one, and with that one it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    first = parent_process()
    if first is not None:
        first.join()
        os._exit(1)
