"""The end of a flow, and its last steps: nothing that comes behind an end changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from sgeflow.core.engine.effects import Warn
from sgeflow.core.engine.finally_steps import evaluate_finally
from sgeflow.core.engine.flow import evaluate_flow
from sgeflow.core.engine.step import End, Failed, Flow, Run
from sgeflow.core.engine.trails import at_finally
from sgeflow.core.engine.undo import end_with_standing
from sgeflow.core.engine.unknown_orders import end_with_open
from sgeflow.errors import SgeflowError, TechnicalError
from sgeflow.messages import say
from sgeflow.runtime.driver import Driver
from sgeflow.runtime.masking import Masking
from sgeflow.runtime.session import Session


def reach_end(
    driver: Driver,
    lost_orders: Callable[[], Sequence[tuple[str, str]]],
    flow: Flow,
    inputs: Mapping[str, Any],
    facts: Run,
    hidden: Masking,
) -> End:
    """Evaluate a flow to its end, as it may be told, and do its last steps.

    `lost_orders` gives the run's orders that nobody knows of, with their keys.
    """
    end: End = driver.run(evaluate_flow(flow, inputs, facts))
    end = end_with_standing(end_with_open(end, lost_orders(), facts), driver.standing, facts)
    end = replace(end, failure=hidden.failure(end.failure)) if isinstance(end, Failed) else end
    _do_finally(driver, flow, inputs, end, facts)
    return end


def _do_finally(
    driver: Driver, flow: Flow, inputs: Mapping[str, Any], end: End, facts: Run
) -> None:
    """Do the last steps of a flow, whatever its end; what they meet is told and changes nothing."""
    if not flow.finally_steps:
        return
    try:
        driver.run(evaluate_finally(flow, inputs, end, facts))
    except SgeflowError as error:
        reason = error.problems[0].message
        text = say("a finally step failed, and changes nothing: {failure}", failure=reason)
        driver.listen(Warn(at_finally(flow.name), text))


def with_what_next(error: SgeflowError, session: Session) -> SgeflowError:
    """A disk that was full or closed ends no real run: it goes on when that is mended."""
    if any(label == "next" for label, _ in error.problems[0].details):
        return error
    if not isinstance(error, TechnicalError) or session.simulated or session.replayed:
        return error
    first, *others = error.problems
    next_ = ("next", session.home.command("resume", session.run.partition(".")[0]))
    return TechnicalError(first.with_details(next_), *others)
