"""Processes that try cases side by side, for one answer or kept for those that follow."""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")
R = TypeVar("R")

_WORTH = 4  # cases that are worth another process, which takes half a second to begin


class CaseProcesses:
    """As many processes as are worth it; each tries one case after the other."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._maps = 0
        self._pool: ProcessPoolExecutor | None = None

    def map(
        self, act: Callable[[T], R], items: Sequence[T], begin: Callable[[], None]
    ) -> Iterator[R]:
        """What each item comes to, in their order, as soon as it is known.

        A process that was there before calls `begin` first: what it knows may be of yesterday.
        """
        worth = 1 if self._pool else _WORTH
        processes = min(self._most, math.ceil(len(items) / worth))
        if processes <= 1:
            yield from map(act, items)
            return
        if self._pool is None:  # fresh ones: a copy would have this one's locks, not its threads
            self._pool = ProcessPoolExecutor(
                processes, mp_context=get_context("spawn"), initializer=_begin
            )
        self._maps += 1
        futures = [self._pool.submit(_act, self._maps, begin, act, one) for one in items]
        try:
            for future in futures:
                yield future.result()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End them, each behind the case that it tries."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


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
