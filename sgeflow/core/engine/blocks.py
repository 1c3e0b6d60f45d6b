"""Steps one after the other, and one step with its modifiers."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from msgspec.structs import replace

from sgeflow.core.engine.conditions import digest_outputs, explain
from sgeflow.core.engine.effects import (
    Clock,
    Emit,
    Pause,
    Script,
    StepBegun,
    StepEnded,
    Together,
    ask,
)
from sgeflow.core.engine.failures import (
    deciding_end,
    error_failure,
    is_held,
    is_unknown,
    keep_open,
    one_line,
    step_failure,
    verdict_failure,
)
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
    Step,
)
from sgeflow.core.language.expression import Expression, sort_of
from sgeflow.core.language.template import Scope
from sgeflow.core.model import Failure, FaultClass, Status, StepTrace
from sgeflow.errors import EvaluationError, Id, Problem, SgeflowError
from sgeflow.messages import Message, say, say_count

_KEPT_DETAILS = ("means", "remedy", "so", "next", "else", "later")
"""The details of a failure that are kept beside a handler's words."""


def block(
    steps: tuple[Step, ...], scope: Scope, run: Run, before: Done | None = None
) -> Script[End]:
    """Steps in order: their outputs by id, or the end that stopped them.

    With an end of steps `before` them it is the end of all.
    """
    outputs: dict[str, Any] = dict(before.outputs) if before else {}
    undos = before.undos if before else ()
    status = before.status if before else Status.DONE
    for step in steps:
        end = yield from one_step(step, scope, run)
        undos += end.undos
        if isinstance(end, Returned):
            worst = Status.PARTIAL if Status.PARTIAL in (status, end.status) else end.status
            return replace(end, undos=undos, status=worst)
        if isinstance(end, Failed):
            return replace(end, undos=undos)
        if end.status is not Status.SKIPPED:
            outputs[step.id] = end.outputs
            scope = with_step(scope, step.id, end.outputs)
        if end.status is Status.PARTIAL:
            status = Status.PARTIAL
    return Done(outputs=outputs, undos=undos, status=status)


def with_step(scope: Scope, name: str, outputs: Any) -> Scope:
    """A new scope in which `steps.<name>` can be read."""
    return {**scope, "steps": {**scope.get("steps", {}), name: outputs}}


def one_step(step: Step, scope: Scope, run: Run) -> Script[End]:
    """Run a step with its modifiers, from `when` to the event of its end."""
    return evaluate_with_modifiers(step, scope, replace(run.into(step.id), at=step.at))


def choice(alternatives: tuple[Step, ...], scope: Scope, run: Run) -> Script[End]:
    """The first of some steps whose condition holds; the others tell why they are skipped."""
    run = replace(run, choice_handlers=tuple(handler for handler in run.handlers if handler.retry))
    for number, step in enumerate(alternatives, 1):
        is_chosen = step.when is None or step.when.truth(scope)
        end = yield from one_step(step, scope, run)
        if is_chosen:
            why = ((say("chosen"), step.id),)
            for other in alternatives[number:]:
                skipped = _trace(other, run.into(other.id), Done(status=Status.SKIPPED))
                yield Emit(StepEnded(replace(skipped, why=why)))
            return end
    return Done(status=Status.SKIPPED, summary=say("no alternative holds"))


def evaluate_with_modifiers(step: Step, scope: Scope, run: Run) -> Script[End]:
    """Run a step whose trail is already set: an undo stands beside its step."""
    try:
        skipped = step.when if step.when and not step.when.truth(scope) else None
    except SgeflowError as error:
        return Failed(failure=error_failure(error, run))
    if skipped:
        end: End = Done(status=Status.SKIPPED)
        yield Emit(StepEnded(replace(_trace(step, run, end), why=explain(skipped, scope))))
        return end
    yield Emit(StepBegun(run.trail, step.title))
    if step.timeout is not None:
        ends = (yield from ask(Clock())) + step.timeout
        run = replace(run, deadline=min(ends, run.deadline or ends))
    if step.retry:
        run = replace(run, retry=step.retry)
    if step.foreach:
        end = yield from _each(step, step.foreach, scope, run)
    else:
        end = yield from _turns(step, scope, run)
    yield Emit(StepEnded(_trace(step, run, end)))
    return end


def _each(step: Step, foreach: Foreach, scope: Scope, run: Run) -> Script[End]:
    try:
        items = foreach.items.evaluate(scope)
    except SgeflowError as error:
        return Failed(failure=error_failure(error, run))
    if not isinstance(items, list):
        message = say("foreach needs a list, not {seen}", seen=sort_of(items))
        problem = Problem(id=Id.EVALUATION, message=message, at=foreach.items.spot.at())
        return Failed(failure=error_failure(SgeflowError(problem), run))
    yield Emit(StepBegun(run.trail, step.title, len(items)))
    scopes = [{**scope, foreach.name: item} for item in items]
    stops = is_return if step.collect and not step.keep else stops_others
    if foreach.parallel > 1:
        runs = [run.item(index) for index in range(len(items))]
        scripts = tuple(_turns(step, s, r) for s, r in zip(scopes, runs, strict=True))
        beside = Together(
            scripts=scripts,
            trails=tuple(one.trail for one in runs),
            limit=foreach.parallel,
            stop=stops,
        )
        ends: list[End | None] = list((yield from ask(beside)))
    else:
        left = iter(scopes)
        script, following = partial(_turns, step), lambda _: next(left, None)
        ends = [*(yield from _in_turn(script, following, foreach.until, stops, run))]
    return _gather(step, items, ends)


def _turns(step: Step, scope: Scope, run: Run) -> Script[End]:
    """The step once, or in the turns of its `repeat`, whose outputs are a list."""
    repeat = step.repeat
    if repeat is None:
        return (yield from _do_with_handlers(step, scope, run))
    turns: dict[str, int] = {}  # the numbers of the turns, by their values

    def following(seen: Scope | None) -> Scope:
        given = repeat.first if seen is None else repeat.next
        before = dict.fromkeys(repeat.next) if seen is None else seen["turn"]
        inner = scope if seen is None else seen
        values = {**before, **{name: one.evaluate(inner) for name, one in given.items()}}
        count = len(turns) + 1
        earlier = turns.setdefault(repr(values), count)
        if earlier < count:
            message = say("the loop came back to an earlier turn, so it would not end")
            detail = (
                "turn",
                say("{count:,}, with the values of turn {earlier:,}", count=count, earlier=earlier),
            )
        elif count > repeat.limit:
            message = say("the loop did not end within its limit")
            detail = "limit", say_count("{count:,} turn", "{count:,} turns", count=repeat.limit)
        else:
            return {**inner, "turn": values}
        raise EvaluationError(_unmet(repeat.until, message, detail, inner, run))

    script = partial(_do_with_handlers, step)
    ends = yield from _in_turn(script, following, repeat.until, _ends_turns, run)
    return _gather(replace(step, collect=False), [], [*ends])


def _do_with_handlers(step: Step, scope: Scope, run: Run) -> Script[End]:
    """The verb, asked again while polled, its failure handled, its undo kept for later."""
    end = yield from (_poll(step, step.poll, scope, run) if step.poll else _once(step, scope, run))
    if isinstance(end, Failed):  # what a handler reuses was not done here: nothing to undo
        handler = handler_for(end, step.handlers)
        return (yield from handle(handler, end, scope, run)) if handler else end
    if isinstance(end, Done) and step.undo and end.status is not Status.SKIPPED:
        uses = step.uses
        changes = uses.changes(run.library.catalog.operations)
        pending = Pending(
            undo=step.undo,
            scope={**scope, "this": end.outputs},
            trail=run.trail,
            is_harmless=uses.at_least_once,
            is_of_read=bool(uses.request) and not changes,
        )
        end = replace(end, undos=(*end.undos, pending))
    return end


def handler_for(end: Failed, handlers: Iterable[Handler]) -> Handler | None:
    """The first handler that a failure is for; what was held back or must wait is for none."""
    if is_held(end) or end.failure.barred:
        return None
    return acting_handler(handlers, end.failure.code, end.failure.fault_class)


def acting_handler(
    handlers: Iterable[Handler], code: str, fault_class: FaultClass | None
) -> Handler | None:
    """The first handler for such a failure that acts."""
    return next((one for one in handlers if one.acts and one.fits(code, fault_class)), None)


def handle(handler: Handler, end: Failed, scope: Scope, run: Run, *, flow: str = "") -> Script[End]:
    """The end of a failed step, or `flow`, after a handler has acted."""
    handled = yield from _act(handler, end, scope, run, flow)
    code = handler.fail.code if handler.fail else ""
    return keep_open(end, handled, code) if is_unknown(end) else handled


def _act(handler: Handler, end: Failed, scope: Scope, run: Run, flow: str) -> Script[End]:
    scope = {**scope, "fault": {**fault_facts(end.failure), "reason": end.failure.reason}}
    try:
        if handler.fail:
            failure = verdict_failure(handler.fail, Id.FLOW_FAILED, scope, run)
            details = dict(end.failure.problem.details)
            kept = ((label, details[label]) for label in _KEPT_DETAILS if label in details)
            # its words are final: no other handler of a class may change them
            because = ("because", one_line(end.failure))
            return replace(end, failure=failure.with_details(because, *kept))
        if handler.outputs:
            outputs = handler.outputs.evaluate(scope)
            code = end.failure.code
            words = say("went on after {code}", code=code)
            return Done(outputs=outputs, undos=end.undos, summary=words, after=code)
    except SgeflowError as error:
        return replace(end, failure=error_failure(error, run))
    inside = replace(run.handler(flow), after_lost=run.after_lost or is_unknown(end))
    handled = yield from block(handler.steps, scope, inside)
    if isinstance(handled, Done) and handler.steps:
        handled = replace(handled, outputs=handled.outputs.get(handler.steps[-1].id))
    return replace(handled, undos=(*end.undos, *handled.undos))


def _once(step: Step, scope: Scope, run: Run) -> Script[End]:
    try:
        handlers = (*step.handlers, *run.choice_handlers)
        own = (
            replace(run, handlers=handlers, choice_handlers=()) if run.handlers != handlers else run
        )
        return (yield from step.spec.run(scope, own))
    except SgeflowError as error:
        return Failed(failure=error_failure(error, run))


def _poll(step: Step, poll: Poll, scope: Scope, run: Run) -> Script[End]:
    began = yield from ask(Clock())
    count = 0
    undos: tuple[Pending, ...] = ()
    while True:
        count += 1
        end = yield from _once(step, scope, run.question(count))
        undos += end.undos
        end = replace(end, undos=undos)
        if not isinstance(end, Done) or end.status is Status.SKIPPED:
            return end
        inner = {**scope, "this": end.outputs}
        try:
            if poll.until.truth(inner):
                return end
            hopeless = poll.fail_if is not None and poll.fail_if.truth(inner)
        except SgeflowError as error:
            return Failed(failure=error_failure(error, run), undos=undos)
        # what is only gone over takes no time of its own
        now = began + (count - 1) * poll.every if run.is_replay else (yield from ask(Clock()))
        late = run.deadline is not None and now + poll.every >= run.deadline
        if hopeless or late or now - began + poll.every > poll.within:
            condition = poll.fail_if if hopeless and poll.fail_if else poll.until
            message = say("the awaited result did not come in time")
            message = say("the awaited result will not come any more") if hopeless else message
            asked = say_count(
                "{count} time, for at most {within:.0f} s",
                "{count} times, for at most {within:.0f} s",
                count=count,
                within=poll.within,
            )
            problem = _unmet(condition, message, ("asked", asked), inner, run)
            return Failed(failure=step_failure(problem, run), undos=undos)
        if not run.is_replay:
            yield Pause(seconds=poll.every, before=run.question(count + 1).trail)


def _unmet(
    condition: Expression, message: Message, detail: tuple[str, str], scope: Scope, run: Run
) -> Problem:
    """The problem of a condition that did not come, with the values that it saw the last time."""
    details = (*explain(condition, scope, public=run.words), detail)
    return Problem(id=Id.POLL, message=message, details=details)


def _trace(step: Step, run: Run, end: End) -> StepTrace:
    failed = isinstance(end, Failed)
    return StepTrace(
        trail=run.trail,
        verb=step.verb.name,
        title=step.title,
        status=Status.FAILED if failed else getattr(end, "status", Status.DONE),
        summary=getattr(end, "summary", ""),
        failure=end.failure if isinstance(end, Failed) else None,
        gave=digest_outputs(getattr(end, "outputs", None), run.words, run.names),
        after=getattr(end, "after", ""),
    )


def stops_others(end: Any) -> bool:
    """Whether an item or branch ended in a way that ends the others too."""
    return not isinstance(end, Done)


def is_return(end: Any) -> bool:
    """Whether the whole flow ends here, well."""
    return isinstance(end, Returned)


def _ends_turns(end: End) -> bool:
    """Whether no turn follows: the last one failed, left the flow, or did nothing."""
    return not isinstance(end, Done) or end.status is Status.SKIPPED


def _in_turn(
    script: Callable[[Scope, Run], Script[End]],
    following: Callable[[Scope | None], Scope | None],
    until: Expression | None,
    stops: Callable[[End], bool],
    run: Run,
) -> Script[list[End]]:
    """Run a script in one scope after the other, up to the first that stops or meets `until`.

    `following` gives the next scope, from the one that has seen the last end; None after the last.
    """
    ends: list[End] = []
    try:
        inner = following(None)
        while inner is not None:
            end = yield from script(inner, run.item(len(ends)))
            ends.append(end)
            if stops(end):
                break
            seen = {**inner, "this": getattr(end, "outputs", None)}
            is_done = isinstance(end, Done) and end.status is not Status.SKIPPED
            if until and is_done and until.truth(seen):
                break
            inner = following(seen)
    except SgeflowError as error:
        undos = ends.pop().undos if ends else ()
        ends.append(Failed(failure=error_failure(error, run), undos=undos))
    return ends


def _gather(step: Step, items: list[Any], ends: list[End | None]) -> End:
    """The end of all items together: their outputs in order, or the end that decides."""
    began = [end for end in ends if end is not None]
    whole = whole_end(began, collect=step.collect)
    if not isinstance(whole, Done):
        return whole
    outputs = [end.outputs for end in began if isinstance(end, Done)]
    if not step.collect:
        return replace(whole, outputs=outputs, summary=_summary(len(outputs)))
    failed = [
        failed_item(items[index], end.failure)
        for index, end in enumerate(ends)
        if isinstance(end, Failed)
    ]
    collected = {"items": outputs, "failed": failed}
    return replace(whole, outputs=collected, summary=_summary(len(outputs), len(failed)))


def whole_end(ends: Collection[End], *, collect: bool) -> End:
    """The end of several items or branches together, without outputs; or the end that decides."""
    undos = tuple(pending for end in ends for pending in end.undos)
    if end := deciding_end(ends, collect=collect):
        return replace(end, undos=undos)
    is_partial = any(isinstance(e, Failed) or e.status is Status.PARTIAL for e in ends)
    return Done(undos=undos, status=Status.PARTIAL if is_partial else Status.DONE)


def _summary(count: int, failed: int = 0) -> Message:
    items = say_count("{count:,} item", "{count:,} items", count=count)
    return say("{items}, {failed:,} failed", items=items, failed=failed) if failed else items


def failed_item(item: Any, failure: Failure) -> dict[str, Any]:
    """A collected failure, as expressions read it."""
    return {"item": item, "step": failure.step, **fault_facts(failure)}


def fault_facts(failure: Failure) -> dict[str, Any]:
    """The facts of a failure that documents read."""
    fault_class = failure.fault_class.value if failure.fault_class else ""
    return {"code": failure.code, "message": failure.problem.message, "class": fault_class}
