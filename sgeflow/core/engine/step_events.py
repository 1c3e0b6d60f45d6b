"""Effects before and behind a step: whoever knows its end may say so, and it is not evaluated."""

from __future__ import annotations

from typing import Any

from sgeflow.core.engine.blocks import do_modified
from sgeflow.core.engine.effects import Effect, Script, ask
from sgeflow.core.engine.step import End, Run, Step
from sgeflow.core.language.template import Scope


class StepBegun(Effect[End | None], frozen=True, kw_only=True):
    """A step begins; the answer is its end, or None to evaluate it."""

    trail: str
    step: Step
    scope: Scope
    given: tuple[Any, ...]  # what else it is evaluated with, documents and environment excepted


class StepEnded(Effect[End], frozen=True, kw_only=True):
    """A step has come to an end; the answer is that end."""

    trail: str
    end: End


def evaluate_with_events(step: Step, scope: Scope, run: Run) -> Script[End]:
    """A step with its modifiers, with an effect before and behind it."""
    begun = StepBegun(trail=run.trail, step=step, scope=scope, given=_facts_of(run))
    if (known := (yield from ask(begun))) is not None:
        return known
    end = yield from do_modified(step, scope, run)
    return (yield from ask(StepEnded(trail=run.trail, end=end)))


def _facts_of(run: Run) -> tuple[Any, ...]:
    handlers = (*run.handlers, *run.around)
    retries = tuple((one.codes, one.classes, one.retry) for one in handlers)
    facts = (run.id, run.today, run.now, run.memory, run.deadline, run.retry, retries)
    return (*facts, run.goes_on, run.looks, run.after_lost, run.recorded)
