"""Steps one after the other, and one step with its modifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sgeflow.core.engine.call import failure_from, placed
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
from sgeflow.core.engine.step import (
    Done,
    End,
    Failed,
    Foreach,
    Handler,
    Pending,
    Poll,
    Run,
    Scope,
    Step,
    Verdict,
)
from sgeflow.core.language.expression import sort_of
from sgeflow.core.model import Failure, FaultClass, Status, StepTrace
from sgeflow.errors import Id, Problem, SgeflowError


def block(steps: tuple[Step, ...], scope: Scope, run: Run) -> Script[End]:
    """Steps in order: their outputs by id, or the end that stopped them."""
    given: dict[str, Any] = {}
    undos: tuple[Pending, ...] = ()
    status = Status.DONE
    for step in steps:
        end = yield from one_step(step, scope, run)
        undos += end.undos
        if not isinstance(end, Done):
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
    run = replace(run.into(step.id), at=step.at)
    try:
        skipped = step.when is not None and not step.when.truth(scope)
    except SgeflowError as error:
        return Failed(failure=failure_from(error, run))
    if skipped:
        yield Tell(Ended(_trace(step, run, Done(status=Status.SKIPPED))))
        return Done(status=Status.SKIPPED)
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
    message = str(verdict.message.evaluate(scope))
    hint = str(verdict.hint.evaluate(scope)) if verdict.hint else ""
    problem = Problem(id=problem_id, message=message, **more)
    return Failure(
        code=verdict.code,
        problem=placed(problem, run),
        hint=hint,
        step=run.trail,
        partial=verdict.partial,
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
        stop = None if step.collect else _failed
        ends: list[End | None] = list(
            (yield from ask(Together(scripts=scripts, limit=foreach.parallel, stop=stop)))
        )
    else:
        ends = yield from _in_turn(step, scripts, scope, run)
    return _gathered(step, items, ends)


def _failed(end: Any) -> bool:
    return not isinstance(end, Done)


def _in_turn(
    step: Step, scripts: tuple[Script[End], ...], scope: Scope, run: Run
) -> Script[list[End | None]]:
    until = step.foreach.until if step.foreach else None
    ends: list[End | None] = []
    for script in scripts:
        end = yield from script
        ends.append(end)
        if _failed(end) and not step.collect:
            break
        if isinstance(end, Done) and until:
            try:
                if until.truth({**scope, "this": end.outputs}):
                    break
            except SgeflowError as error:
                ends[-1] = Failed(failure=failure_from(error, run), undos=end.undos)
                break
    return ends


def _gathered(step: Step, items: list[Any], ends: list[End | None]) -> End:
    began = [end for end in ends if end is not None]
    undos = tuple(pending for end in began for pending in end.undos)
    done = [end.outputs for end in began if isinstance(end, Done)]
    if not step.collect:
        for end in began:
            if not isinstance(end, Done):
                return replace(end, undos=undos)
        return Done(outputs=done, undos=undos, summary=f"{len(done)} items")
    failed = [
        failed_item(items[index], end.failure)
        for index, end in enumerate(ends)
        if isinstance(end, Failed)
    ]
    return Done(
        outputs={"items": done, "failed": failed},
        undos=undos,
        status=Status.PARTIAL if failed else Status.DONE,
        summary=f"{len(done)} items" + (f", {len(failed)} failed" if failed else ""),
    )


def failed_item(item: Any, failure: Failure) -> dict[str, Any]:
    """A collected failure, as expressions read it."""
    return {"item": item, "step": failure.step, **fault_facts(failure)}


def fault_facts(failure: Failure) -> dict[str, Any]:
    """What handlers read as `fault`."""
    fault_class = failure.fault_class.value if failure.fault_class else ""
    return {"code": failure.code, "message": failure.problem.message, "class": fault_class}


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


def handle(handler: Handler, end: Failed, scope: Scope, run: Run) -> Script[End]:
    """What a handler makes of a failure."""
    scope = {**scope, "fault": fault_facts(end.failure)}
    try:
        if handler.fail:
            told = failure_of(handler.fail, Id.FLOW_FAILED, scope, run)
            cause = (("because", _one_line(end.failure)), *_means(end.failure))
            problem = replace(told.problem, details=(*told.problem.details, *cause))
            # its words are final: no other handler of a class may change them. But an order that
            # may have been accepted stays one, so that nothing is undone
            unknown = end.failure.fault_class is FaultClass.UNKNOWN
            fault_class = FaultClass.UNKNOWN if unknown else None
            return replace(end, failure=replace(told, problem=problem, fault_class=fault_class))
        if handler.outputs:
            outputs = handler.outputs.evaluate(scope)
            return Done(
                outputs=outputs, undos=end.undos, summary=f"went on after {end.failure.code}"
            )
    except SgeflowError as error:
        return replace(end, failure=failure_from(error, run))
    done = yield from block(handler.steps, scope, run)
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
    while True:
        asked += 1
        end = yield from _once(step, scope, replace(run, trail=f"{run.trail}~{asked}"))
        if not isinstance(end, Done):
            return end
        seen = {**scope, "this": end.outputs}
        try:
            if poll.until.truth(seen):
                return end
            hopeless = poll.fail_if is not None and poll.fail_if.truth(seen)
        except SgeflowError as error:
            return Failed(failure=failure_from(error, run))
        waited = (yield from ask(Clock())) - began
        if hopeless or waited + poll.every > poll.within:
            return Failed(failure=_not_come(poll, hopeless, asked, run))
        yield Pause(seconds=poll.every)


def _not_come(poll: Poll, hopeless: bool, asked: int, run: Run) -> Failure:  # noqa: FBT001
    wanted = poll.fail_if if hopeless and poll.fail_if else poll.until
    words = "will not come any more" if hopeless else f"did not come within {poll.within:.0f} s"
    problem = Problem(
        id=Id.POLL,
        message=f"what was polled for {words}",
        details=(("condition", wanted.text), ("asked", f"{asked} times")),
    )
    return Failure(code=Id.POLL.code, problem=placed(problem, run), step=run.trail)


def undo_all(undos: tuple[Pending, ...], run: Run) -> Script[None]:
    """Undo what was done, last first; what cannot be undone is told."""
    for pending in reversed(undos):
        step = pending.undo
        here = replace(run, trail=f"{pending.trail}/undo", at=step.at)
        yield Tell(Began(here.trail, step.title))
        end = yield from _handled(step, pending.scope, here)
        yield Tell(Ended(_trace(step, here, end)))
        if isinstance(end, Failed):
            text = f"{pending.trail} could not be undone: {_one_line(end.failure)}"
            yield Tell(Warn(here.trail, text))


def _trace(step: Step, run: Run, end: End) -> StepTrace:
    failed = isinstance(end, Failed)
    return StepTrace(
        trail=run.trail,
        verb=step.verb.name,
        title=step.title,
        status=Status.FAILED if failed else getattr(end, "status", Status.DONE),
        summary=getattr(end, "summary", ""),
        failure=end.failure if isinstance(end, Failed) else None,
    )


def _not_a_list(foreach: Foreach, items: Any) -> Problem:
    message = f"foreach needs a list, and met {sort_of(items)}"
    return Problem(id=Id.EVALUATION, message=message, at=foreach.items.spot.at())


def _one_line(failure: Failure) -> str:
    return f"{failure.problem.id.code} {failure.problem.message}"


def _means(failure: Failure) -> tuple[tuple[str, str], ...]:
    kept: Mapping[str, str] = dict(failure.problem.details)
    return tuple((label, kept[label]) for label in ("means", "remedy") if label in kept)
