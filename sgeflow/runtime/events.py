"""What a listener is told of a run or call while it goes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from sgeflow.runtime.driver import Event

if TYPE_CHECKING:
    from sgeflow.runtime.session import Session


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


def start_event(session: Session, title: str) -> RunStarted:
    """What is told when a run or call begins."""
    return RunStarted(
        run=session.run,
        title=title,
        environment=session.environment.name,
        today=session.today,
        scenario=session.simulated,
        going_on=session.home.command("resume", session.run),
    )
