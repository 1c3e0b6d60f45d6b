"""The logger `sgeflow`: a line for each event that the terminal shows, silent by default.

As in the log of the command line, lines have names of steps and operations, codes and durations,
and no values.
"""

import logging
from typing import Any

from sgeflow.core.engine.effects import StepEnded, Warn
from sgeflow.core.engine.trails import trail_of
from sgeflow.core.model import CallRecord, Outcome, Status

LOG = logging.getLogger("sgeflow")
LOG.addHandler(logging.NullHandler())  # silent unless the program wants to read it


def log_event(event: Any) -> None:
    """Log an event of a run, call or fleet."""
    if isinstance(event, Warn):
        LOG.warning("%s", event.text)
    elif isinstance(event, StepEnded):
        step = event.trace
        code = f" {step.failure.code}" if step.failure else ""
        level = logging.INFO if step.title and step.status is not Status.SKIPPED else logging.DEBUG
        level = logging.WARNING if step.status is Status.FAILED else level
        LOG.log(level, "%s %s%s (%.1f s)", step.trail, step.status, code, step.seconds)
    elif isinstance(event, CallRecord):
        words = "%s called %s: %s (attempt %d, %.1f s)"
        place = trail_of(event.key)
        LOG.debug(words, place, event.label, event.outcome, event.attempt, event.seconds)
    elif hasattr(event, "scenario"):
        LOG.info("run %s began in the environment %s", event.run, event.environment)
    elif (row := getattr(event, "outcome", None)) is not None:
        level = logging.WARNING if row.code else logging.INFO
        code = f" {row.code}" if row.code else ""
        LOG.log(level, "row %d %s%s (%.1f s)", row.row, row.status, code, row.seconds)


def log_end(of: str, result: Outcome) -> None:
    """Log the end of a run or call, and its code if it failed."""
    if result.failure is None:
        LOG.info("%s done", of)
    else:
        LOG.error("%s failed: %s", of, result.failure.code)
