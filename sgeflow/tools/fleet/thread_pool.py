"""Threads that work through a stream side by side, a bounded number of items ahead."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")
_TICK = 0.5  # seconds between two looks at what is going on


class BoundedPool(Generic[T]):
    """Does `act` for items of a stream, `jobs` at once; memory does not grow with the stream."""

    def __init__(self, act: Callable[[T], None], jobs: int, tick: Callable[[], None]) -> None:
        """`tick` is called about twice a second by the thread that waits."""
        self._act, self._tick = act, tick
        self._items: queue.Queue[T | None] = queue.Queue(maxsize=jobs)
        self._closed = threading.Event()
        self._error: BaseException | None = None
        # `join` of Python 3.11 and 3.12 takes a thread for ended when an interrupt comes meanwhile
        self._ended = [threading.Event() for _ in range(jobs)]
        self._threads = [
            threading.Thread(target=self._work, args=(ended,), daemon=True) for ended in self._ended
        ]

    def close(self) -> None:
        """Begin nothing more; what is under way goes on to its end."""
        self._closed.set()

    def run(self, items: Iterable[T]) -> None:
        """Work until all is done, or as much as was begun before `close`.

        Raises:
            BaseException: what `act` raised first; nothing was begun after it.
            KeyboardInterrupt: in the middle; threads are still at work, `wait` waits for them.
        """
        for thread in self._threads:
            thread.start()
        for item in items:
            if not self._offer(item):
                break
        for _ in self._threads:
            self._offer(None, always=True)
        self.wait()

    def wait(self) -> None:
        """Wait for what is under way; raises what it raised."""
        for thread, ended in zip(self._threads, self._ended, strict=True):
            while thread.ident is not None and not ended.is_set():
                ended.wait(_TICK)
                self._tick()
        if self._error is not None:
            raise self._error

    def _offer(self, item: T | None, *, always: bool = False) -> bool:
        while always or not self._closed.is_set():
            with suppress(queue.Full):
                self._items.put(item, timeout=_TICK)
                return True
            self._tick()
        return False

    def _work(self, ended: threading.Event) -> None:
        try:
            self._do_items()
        finally:
            ended.set()

    def _do_items(self) -> None:
        while True:
            try:
                item = self._items.get(timeout=_TICK)
            except queue.Empty:
                if self._closed.is_set():
                    return
                continue
            if item is None:
                return
            if self._closed.is_set():
                continue
            try:
                self._act(item)
            except BaseException as error:  # noqa: BLE001 - told by the thread that waits
                self._error = self._error or error
                self.close()
