"""The end of what was run: once the journal has it, nothing that comes behind changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.engine.effects import Script, Warn
from sgeflow.core.engine.finals import evaluate_finally
from sgeflow.core.engine.flow import evaluate_flow
from sgeflow.core.engine.open_undos import UndoEnded
from sgeflow.core.engine.step import End, Failed, Flow, Run
from sgeflow.core.engine.trails import at_finally
from sgeflow.core.engine.undo import ended_stranded
from sgeflow.core.engine.unknown import ended_open
from sgeflow.errors import SgeflowError, TechnicalError
from sgeflow.messages import Message, from_table, os_error_text, say
from sgeflow.runtime.driver import Event
from sgeflow.runtime.masking import Masking
from sgeflow.runtime.session import Session

R = TypeVar("R")


class Ending(Struct, Generic[R]):
    """The end of a run, a fleet or a call, when it has one."""

    report: R | None = None

    def outcome(self) -> R:
        """The report of what has ended."""
        if self.report is None:
            raise TypeError("it has not ended")
        return self.report


@contextmanager
def telling_end(listener: Callable[[Warn], None]) -> Iterator[Ending[Any]]:
    """What a run stood on is closed within it; whatever that meets takes no end back.

    `listener` hears in one warning of what could not be closed with order.
    """
    end: Ending[Any] = Ending()
    try:
        yield end
    except (Exception, KeyboardInterrupt) as error:
        if end.report is None:
            raise
        text = say(
            "it has ended, and that stands; what comes behind was not all tidied up: {reason}",
            reason=_reason_of(error),
        )
        listener(Warn("", text))


class Performer(Struct, frozen=True, kw_only=True):
    """Who carries the scripts of a run out, and what is known then of what it leaves behind."""

    run: Callable[[Script[Any]], Any]
    listen: Callable[[Event], None]
    lost: Callable[[], Sequence[tuple[str, str]]]  # orders that nobody knows of, with their keys
    standing: Sequence[UndoEnded]  # what could not be undone


def reach_end(
    performer: Performer, flow: Flow, inputs: Mapping[str, Any], facts: Run, hidden: Masking
) -> End:
    """Evaluate a flow to its end, as it may be told, and do its last steps."""
    end: End = performer.run(evaluate_flow(flow, inputs, facts))
    end = ended_stranded(ended_open(end, performer.lost(), facts), performer.standing, facts)
    end = replace(end, failure=hidden.failure(end.failure)) if isinstance(end, Failed) else end
    _do_finally(performer, flow, inputs, end, facts)
    return end


def _do_finally(
    performer: Performer, flow: Flow, inputs: Mapping[str, Any], end: End, facts: Run
) -> None:
    """Do the last steps of a flow, whatever its end; what they meet is told and changes nothing."""
    if not flow.finally_steps:
        return
    try:
        performer.run(evaluate_finally(flow, inputs, end, facts))
    except SgeflowError as error:
        reason = error.problems[0].message
        text = say("a finally step failed, and changes nothing: {failure}", failure=reason)
        performer.listen(Warn(at_finally(flow.name), text))


def with_what_next(error: SgeflowError, session: Session) -> SgeflowError:
    """A disk that was full or closed ends no real run: it goes on when that is mended."""
    if any(label == "next" for label, _ in error.problems[0].details):
        return error
    if not isinstance(error, TechnicalError) or session.simulated or session.replayed:
        return error
    first, *others = error.problems
    next_ = ("next", session.home.command("resume", session.run.partition(".")[0]))
    return TechnicalError(replace(first, details=(*first.details, next_)), *others)


def _reason_of(error: BaseException) -> Message:
    """Why something could not be closed; of a foreign error no text, which may hold anything."""
    if isinstance(error, SgeflowError):
        return from_table(error.problems[0].message)
    if isinstance(error, KeyboardInterrupt):
        return say("interrupted")
    return from_table(os_error_text(error) if isinstance(error, OSError) else type(error).__name__)
