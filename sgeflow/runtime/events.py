"""The events that a listener is told while a run goes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from msgspec import Struct

from sgeflow.runtime.driver import Event


class RunStarted(Struct, frozen=True, kw_only=True):
    """A run or call begins: told before its first step."""

    run: str
    title: str
    environment: str
    today: str
    scenario: str = ""  # of simulated people; empty when they are real
    going_on: str = ""  # the command that goes on with it after a stop


Listener = Callable[[Event | RunStarted], None]
"""Whoever wants to know of a run while it goes; called one event at a time."""


E = TypeVar("E")


def unstopping(listener: Callable[[E], None]) -> Callable[[E], None]:
    """A listener that ends no work when what it writes to refuses: telling is no reason to stop."""

    def listen(event: E) -> None:
        with suppress(OSError):
            listener(event)

    return listen
