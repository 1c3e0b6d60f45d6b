"""Steps one after the other, and one step with its modifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sgeflow.core.engine import trails
from sgeflow.core.engine.call import failure_from, placed
from sgeflow.core.engine.conditions import digest, explained
from sgeflow.core.engine.effects import (
    Began,
    Clock,
    Ended,
    Pause,
    Script,
    Tell,
    Together,
    Warn,
    ask,
)
from sgeflow.core.engine.foreach import fault_facts, gathered, in_turn, returned, stopped
from sgeflow.core.engine.step import (
    Done,
    End,
    Failed,
    Foreach,
    Handler,
    Pending,
    Poll,
    Returned,
    Run,
    Scope,
    Step,
    Verdict,
)
from sgeflow.core.engine.unknown import is_unknown, kept_open
from sgeflow.core.language.expression import sort_of
from sgeflow.core.model import Failure, FaultClass, Status, StepTrace
from sgeflow.errors import Id, Problem, SgeflowError
from sgeflow.messages import say, sentences


def block(steps: tuple[Step, ...], scope: Scope, run: Run) -> Script[End]:
    """Steps in order: their outputs by id, or the end that stopped them."""
    given: dict[str, Any] = {}
    undos: tuple[Pending, ...] = ()
    status = Status.DONE
    for step in steps:
        end = yield from one_step(step, scope, run)
        undos += end.undos
        if isinstance(end, Returned):
            worst = Status.PARTIAL if Status.PARTIAL in (status, end.status) else end.status
            return replace(end, undos=undos, status=worst)
        if isinstance(end, Failed):
            return replace(end, undos=undos)
        if end.status is not Status.SKIPPED:
            given[step.id] = end.outputs
            scope = with_step(scope, step.id, end.outputs)
        if end.status is Status.PARTIAL:
            status = Status.PARTIAL
    return Done(outputs=given, undos=undos, status=status)


def with_step(scope: Scope, name: str, outputs: Any) -> Scope:
    """A new scope in which `steps.<name>` can be read."""
    return {**scope, "steps": {**scope.get("steps", {}), name: outputs}}


def one_step(step: Step, scope: Scope, run: Run) -> Script[End]:
    """A step with its modifiers, from `when` to what the listener is told at its end."""
    return (yield from _modified(step, scope, replace(run.into(step.id), at=step.at)))


def _modified(step: Step, scope: Scope, run: Run) -> Script[End]:
    try:
        skipped = step.when if step.when and not step.when.truth(scope) else None
    except SgeflowError as error:
        return Failed(failure=failure_from(error, run))
    if skipped:
        end: End = Done(status=Status.SKIPPED)
        yield Tell(Ended(replace(_trace(step, run, end), why=explained(skipped, scope))))
        return end
    yield Tell(Began(run.trail, step.title))
    if step.timeout is not None:
        ends = (yield from ask(Clock())) + step.timeout
        run = replace(run, deadline=min(ends, run.deadline or ends))
    if step.retry:
        run = replace(run, retry=step.retry)
    if step.foreach:
        end = yield from _each(step, step.foreach, scope, run)
    else:
        end = yield from _handled(step, scope, run)
    yield Tell(Ended(_trace(step, run, end)))
    return end


def failure_of(verdict: Verdict, problem_id: Id, scope: Scope, run: Run, **more: Any) -> Failure:
    """A verdict in words: what a `fail`, an `else` or a handler tells."""
    problem_id = Id.DOWN if verdict.technical else problem_id
    hint = verdict.hint.said(scope) if verdict.hint else ""
    problem = Problem(id=problem_id, message=verdict.message.said(scope), **more)
    return Failure(
        code=verdict.code,
        problem=placed(problem, run),
        hint=hint,
        step=run.trail,
        partial=verdict.partial,
        fault_class=FaultClass.TECHNICAL if verdict.technical else None,
    )


def _each(step: Step, foreach: Foreach, scope: Scope, run: Run) -> Script[End]:
    try:
        items = foreach.items.evaluate(scope)
    except SgeflowError as error:
        return Failed(failure=failure_from(error, run))
    if not isinstance(items, list):
        return Failed(failure=failure_from(SgeflowError(_not_a_list(foreach, items)), run))
    yield Tell(Began(run.trail, step.title, len(items)))
    scopes = [{**scope, foreach.name: item} for item in items]
    scripts = tuple(_handled(step, s, run.item(i)) for i, s in enumerate(scopes))
    if foreach.parallel > 1:
        stop = returned if step.collect else stopped
        ends: list[End | None] = list(
            (yield from ask(Together(scripts=scripts, limit=foreach.parallel, stop=stop)))
        )
    else:
        ends = yield from in_turn(step, scripts, scope, run)
    return gathered(step, items, ends)


def _handled(step: Step, scope: Scope, run: Run) -> Script[End]:
    """The verb, asked again while polled, its failure handled, its undo kept for later."""
    end = yield from (
        _polled(step, step.poll, scope, run) if step.poll else _once(step, scope, run)
    )
    if isinstance(end, Failed):  # what a handler reuses was not done here: nothing to undo
        handler = next((h for h in step.handlers if h.fits(end.failure)), None)
        return (yield from handle(handler, end, scope, run)) if handler else end
    if isinstance(end, Done) and step.undo:
        pending = Pending(undo=step.undo, scope={**scope, "this": end.outputs}, trail=run.trail)
        end = replace(end, undos=(*end.undos, pending))
    return end


def handle(handler: Handler, end: Failed, scope: Scope, run: Run, *, flow: str = "") -> Script[End]:
    """What a handler of a step, or of a `flow`, makes of a failure."""
    done = yield from _acted(handler, end, scope, run, flow)
    told = handler.fail.code if handler.fail else ""
    return kept_open(end, done, told) if is_unknown(end) else done


def _acted(handler: Handler, end: Failed, scope: Scope, run: Run, flow: str) -> Script[End]:
    scope = {**scope, "fault": fault_facts(end.failure)}
    try:
        if handler.fail:
            told = failure_of(handler.fail, Id.FLOW_FAILED, scope, run)
            cause = (("because", _one_line(end.failure)), *_kept(end.failure))
            problem = replace(told.problem, details=(*told.problem.details, *cause))
            # its words are final: no other handler of a class may change them
            return replace(end, failure=replace(told, problem=problem))
        if handler.outputs:
            outputs = handler.outputs.evaluate(scope)
            return Done(
                outputs=outputs,
                undos=end.undos,
                summary=say("went on after {code}", code=end.failure.code),
            )
    except SgeflowError as error:
        return replace(end, failure=failure_from(error, run))
    done = yield from block(handler.steps, scope, run.handler(flow))
    if isinstance(done, Done) and handler.steps:
        done = replace(done, outputs=done.outputs.get(handler.steps[-1].id))
    return replace(done, undos=(*end.undos, *done.undos))


def _once(step: Step, scope: Scope, run: Run) -> Script[End]:
    try:
        return (yield from step.verb.run(step.spec, scope, run))
    except SgeflowError as error:
        return Failed(failure=failure_from(error, run))


def _polled(step: Step, poll: Poll, scope: Scope, run: Run) -> Script[End]:
    began = yield from ask(Clock())
    asked = 0
    undos: tuple[Pending, ...] = ()
    while True:
        asked += 1
        end = yield from _once(step, scope, run.turn(asked))
        undos += end.undos
        end = replace(end, undos=undos)
        if not isinstance(end, Done):
            return end
        seen = {**scope, "this": end.outputs}
        try:
            if poll.until.truth(seen):
                return end
            hopeless = poll.fail_if is not None and poll.fail_if.truth(seen)
        except SgeflowError as error:
            return Failed(failure=failure_from(error, run), undos=undos)
        now = yield from ask(Clock())
        late = run.deadline is not None and now + poll.every >= run.deadline
        if hopeless or late or now - began + poll.every > poll.within:
            return Failed(failure=_not_come(poll, hopeless, asked, run), undos=undos)
        yield Pause(seconds=poll.every)


def _not_come(poll: Poll, hopeless: bool, asked: int, run: Run) -> Failure:  # noqa: FBT001
    wanted = poll.fail_if if hopeless and poll.fail_if else poll.until
    hopelessly = say("what was polled for will not come any more")
    problem = Problem(
        id=Id.POLL,
        message=hopelessly if hopeless else say("what was polled for did not come in time"),
        details=(
            ("condition", wanted.text),
            (
                "asked",
                say("{count} times, for at most {within:.0f} s", count=asked, within=poll.within),
            ),
        ),
    )
    return Failure(code=Id.POLL.code, problem=placed(problem, run), step=run.trail)


def undo_all(undos: tuple[Pending, ...], run: Run) -> Script[Failed | None]:
    """Undo what was done, last first; what cannot be undone is told.

    An order of an undo that may have been accepted is given back, and nothing more is undone.
    """
    for pending in reversed(undos):
        step = pending.undo
        here = replace(run, trail=trails.at_undo(pending.trail), at=step.at, deadline=None)
        end = yield from _modified(step, pending.scope, here)
        if isinstance(end, Failed):
            text = say(
                "{trail} could not be undone: {failure}",
                trail=pending.trail,
                failure=_one_line(end.failure),
            )
            yield Tell(Warn(here.trail, text))
        if is_unknown(end):
            return end
    return None


def _trace(step: Step, run: Run, end: End) -> StepTrace:
    failed = isinstance(end, Failed)
    return StepTrace(
        trail=run.trail,
        verb=step.verb.name,
        title=step.title,
        status=Status.FAILED if failed else getattr(end, "status", Status.DONE),
        summary=getattr(end, "summary", ""),
        failure=end.failure if isinstance(end, Failed) else None,
        gave=digest(getattr(end, "outputs", None), run.words),
    )


def _not_a_list(foreach: Foreach, items: Any) -> Problem:
    message = say("foreach needs a list, and met {seen}", seen=sort_of(items))
    return Problem(id=Id.EVALUATION, message=message, at=foreach.items.spot.at())


def _one_line(failure: Failure) -> str:
    return sentences(failure.problem.id.code, failure.problem.message)


def _kept(failure: Failure) -> tuple[tuple[str, str], ...]:
    """What stays of a failure's details beside a handler's words."""
    kept: Mapping[str, str] = dict(failure.problem.details)
    labels = ("means", "remedy", "so", "next", "else", "later")
    return tuple((label, kept[label]) for label in labels if label in kept)
