"""Evaluates a whole flow: inputs, state, steps, outputs, and the undos after a failure."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import asdict, replace

from sgeflow.core.engine import trails
from sgeflow.core.engine.blocks import (
    block,
    evaluate_with_modifiers,
    handle,
    handler_for,
    one_step,
    with_step,
)
from sgeflow.core.engine.effects import (
    BeginUndo,
    CallClosed,
    Claim,
    Customer,
    Effect,
    Emit,
    Erase,
    Exchange,
    Export,
    Exported,
    FindConflict,
    Note,
    Noted,
    OpenOrders,
    OutputsByHand,
    Recall,
    Recognise,
    Remember,
    Script,
    Together,
    UndoEnded,
    Undoing,
    Warn,
    WriteReport,
    ask,
    intercept,
    key_of,
)
from sgeflow.core.engine.failures import (
    bar_failure,
    end_with_open,
    error_failure,
    is_unknown,
    one_line,
    step_failure,
    ways_on,
    with_cause,
)
from sgeflow.core.engine.ports import merge_state
from sgeflow.core.engine.step import Done, End, Failed, Flow, Memory, Pending, Run, Step, Uses
from sgeflow.core.engine.trails import at_finally, outermost_undo, trail_of
from sgeflow.core.engine.walk import called_flows, every_step
from sgeflow.core.instances import service_problem
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.parameters import fill
from sgeflow.core.language.paths import check_names, path_input
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.model import Failure, FaultClass, Kind, NoAnswer, Status
from sgeflow.errors import EvaluationError, Id, InvalidValues, Problem, SgeflowError
from sgeflow.messages import Message, from_table, say, sentences


def evaluate_flow(flow: Flow, inputs: Mapping[str, Any], run: Run) -> Script[End]:
    """Evaluate a flow and return its end; after a failure its completed steps are undone.

    Undos belong to the flow that declares them. The steps of a sub-flow that ended well are not
    undone, even if its caller fails later.
    """
    run = run.into(flow.name)
    # not None if the flow had begun to undo its steps before the run was stopped
    begun: Mapping[str, Any] | None = yield from ask(Noted(run.key(_NOTE)))
    inner = replace(run, is_replay=run.is_replay or begun is not None)
    try:
        scope, inner = _open(flow, inputs, inner)
    except SgeflowError as error:
        return Failed(failure=error_failure(error, run))
    run = replace(run, memory=inner.memory)
    state = yield from _recall(flow, inner)
    if isinstance(state, Problem):
        return Failed(failure=bar_failure(state, run))
    open_ = yield from find_conflict(flow, inner)
    if open_ is not None:
        return Failed(failure=bar_failure(open_, run))
    work = _evaluate_steps(flow, scope | state, inner)
    end = yield from (retrace(work) if inner.is_replay else work)
    if begun is not None:
        return (yield from finish_undo(begun, end, run))
    if isinstance(end, Failed):
        return (yield from undo(end, run))
    return replace(end, undos=())


def _evaluate_steps(flow: Flow, scope: Mapping[str, Any], run: Run) -> Script[Done | Failed]:
    """Evaluate the steps of a flow, then its outputs or handlers.

    If a step recognises the customer, the steps after it read that customer's state.
    """
    first, rest = flow.steps[: flow.known_after], flow.steps[flow.known_after :]
    end: End = Done(outputs={})
    if first:
        end = yield from block(first, scope, run)
    if isinstance(end, Done):
        if first and (memory := run.memory):
            key = f"{_state_key(run, memory)}:customer"
            state = yield from ask(Recall(key=key, collection=memory.collection, name=memory.name))
            scope = {**scope, "state": state or {}, "steps": end.outputs}
        end = yield from block(rest, scope, run, end)
    return (yield from _end_of_flow(flow, end, scope, run))


def _end_of_flow(flow: Flow, end: End, scope: Mapping[str, Any], run: Run) -> Script[Done | Failed]:
    """The end of a flow, from the end of its steps: its outputs, or the result of a handler."""
    if isinstance(end, Done):
        try:
            inner = {**scope, "steps": end.outputs}
            outputs = {name: expression.search(inner) for name, expression in flow.outputs.items()}
            return Done(outputs=outputs, status=end.status, undos=end.undos)
        except SgeflowError as error:
            end = Failed(failure=error_failure(error, run), undos=end.undos)
    if isinstance(end, Failed) and (handler := handler_for(end, flow.handlers)):
        there = replace(run, trail=end.failure.step)
        end = yield from handle(handler, end, scope, there, flow=flow.name)
    if isinstance(end, Failed):
        return end
    # the flow ended early, in a handler: outputs that the handler does not give are null
    given_outputs = end.outputs if isinstance(end.outputs, Mapping) else {}
    outputs = {name: given_outputs.get(name) for name in flow.outputs}
    return Done(outputs=outputs, status=end.status, undos=end.undos)


def check_inputs(flow: Flow, inputs: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """The inputs of a flow, filled and checked.

    Raises:
        InvalidValues: all inputs that are unknown, missing or invalid, that cannot be a part of a
            file name, or that do not name an instance of a service.
    """
    scope = {"env": run.environment.facts(), "run": run.facts()}
    filled = fill(flow.inputs, inputs, scope, owner=flow.name, of_flow=True)
    check_names(flow.name_parts, filled)
    # services are checked before the first step as far as the inputs allow: a flow may fetch years
    # of measures before it needs the second service
    if problems := tuple(_problems(flow, filled, run)):
        raise InvalidValues(*problems)
    return filled


def first_scope(flow: Flow, values: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """The scope of a flow's first step, without the state; raises as `check_inputs`."""
    inputs = check_inputs(flow, values, run)
    return {
        "inputs": {name: inputs.get(name) for name in flow.inputs},
        "env": run.environment.facts(),
        "run": run.facts(),
        "steps": {},
    }


def _open(flow: Flow, values: Mapping[str, Any], run: Run) -> tuple[dict[str, Any], Run]:
    """The scope of the flow's first step, without the state, and the run with its memory."""
    scope = first_scope(flow, values, run)
    if flow.state is None:
        return scope, replace(run, memory=None)
    place = str(flow.state.key.evaluate(scope))
    customer = flow.state.customer.evaluate(scope) if flow.state.customer else None
    name = key_of(place, customer)
    memory = Memory(collection=flow.state.collection, name=name, place=place)
    return scope, replace(run, memory=memory)


def _recall(flow: Flow, run: Run) -> Script[Problem | dict[str, Any]]:
    """Read the state of a flow, and claim it if the flow changes anything."""
    memory = run.memory
    if memory is None:
        return {}
    key, collection, name = _state_key(run, memory), memory.collection, memory.name
    state: Problem | Mapping[str, Any] | None
    if not run.is_replay and begins_anything(flow, run):
        state = yield from ask(Claim(key=key, collection=collection, name=name))
    else:
        state = yield from ask(Recall(key=key, collection=collection, name=name))
    return state if isinstance(state, Problem) else {"state": state or {}}


def _state_key(run: Run, memory: Memory) -> str:
    """The key under which the journal has the state that a flow read when it began."""
    return run.key(f"state:{memory.collection}:{memory.name}")


def find_conflict(flow: Flow, run: Run) -> Script[Problem | None]:
    """Find a conflict with another run at the same state, if the flow changes anything itself.

    A flow that only reads or replays has no conflict. An undo has none either, because two undos
    would wait for each other. A sub-flow is checked when it begins.
    """
    if run.memory is None or run.is_replay or outermost_undo(run.trail):
        return None
    operations = run.library.catalog.operations
    uses = [step.uses for step in _own_steps(flow)]
    of_cancel = any(
        one.forgets or (one.operation and operations[one.operation].kind is Kind.CANCEL)
        for one in uses
    )
    if not of_cancel and not any(one.remembers or one.changes(operations) for one in uses):
        return None
    problem: Problem | None = yield from ask(
        FindConflict(place=run.memory.place, of_cancel=of_cancel)
    )
    return problem


def begins_anything(flow: Flow, run: Run) -> bool:
    """Whether a flow, or one of its sub-flows, changes a service or the state."""
    catalog = run.library.catalog
    flows = {**catalog.flows, flow.name: flow}
    return any(
        uses.remembers or uses.forgets or uses.recognises or uses.changes(catalog.operations)
        for called in called_flows(flows, flow.name, steps=_own_steps).values()
        for uses in (step.uses for step in _own_steps(called))
    )


def _own_steps(flow: Flow) -> Iterator[Step]:
    """All steps of a flow, without undos and `finally` steps."""
    return every_step(flow.steps, undos=False)


Inputs = Mapping[str, Any]


def _problems(flow: Flow, inputs: Inputs, run: Run) -> Iterator[Problem]:
    """The problems of missing services and of missing or invalid instances, known from inputs."""
    own_inputs = {name: inputs.get(name) for name in flow.inputs}
    scope = {"inputs": own_inputs, "env": run.environment.facts(), "run": run.facts()}
    for uses in _certain(flow.steps, scope):
        if uses.instance is not None:
            for value in _values(uses.instance, scope):
                name = "" if value is None else str(value)
                if problem := service_problem(run.environment, uses.service, name):
                    yield replace(problem, where=path_input(uses.instance))
        elif uses.flow:
            inner = run.library.catalog.flows[uses.flow]
            for filled in _arguments(inner, uses.arguments, scope):
                yield from _problems(inner, filled, run)


def _certain(steps: tuple[Step, ...], scope: Scope) -> Generator[Uses, None, bool]:
    """Yield the uses of the steps that run for certain, unless the flow ends before them.

    Returns True if one of them ends the flow, so that no later step runs.
    """
    for step in steps:
        uses, ends = step.uses, step.verb.ends
        is_asked = ends or uses.flow or uses.blocks or uses.instance is not None
        if step.foreach or step.repeat or not is_asked or not _holds(step.when, scope):
            continue
        yield uses
        if ends or (not uses.is_choice and (yield from _certain(uses.inner, scope))):
            return True
    return False


def _holds(condition: Expression | None, scope: Scope) -> bool:
    """Whether a condition is known to be true."""
    if condition is None:
        return True
    if not condition.roots <= scope.keys():
        return False
    try:
        return condition.truth(scope)
    except EvaluationError:
        return False  # the step will report the error


def _arguments(flow: Flow, arguments: Mapping[str, Template], scope: Scope) -> Iterator[Inputs]:
    """Yield the inputs of a sub-flow if all its arguments are known."""
    own_inputs: dict[str, Any] = {}
    for name, each in arguments.items():
        values = tuple(_values(each, scope))
        if not values:
            return
        own_inputs[name] = values[0]
    with suppress(InvalidValues):  # the step will report the error
        yield fill(flow.inputs, own_inputs, scope, owner=flow.name, of_flow=True)


def _values(template: Template, scope: Scope) -> Iterator[Any]:
    """Yield the value of a template, unless it depends on answers."""
    if all(one.roots <= scope.keys() for one in template.expressions()):
        with suppress(EvaluationError):  # the step will report the error
            yield template.evaluate(scope)


_NOTE = "undo"


def undo(end: Failed, run: Run) -> Script[Failed]:
    """Undo the steps of a failed flow, and return its end.

    Nothing is undone if an order may have been accepted, or if the failure is partial. The undos
    are noted before the first one begins, so that a resumed run finishes them and does nothing
    else. Undos of reads are not noted: after them a resumed run continues the flow.
    """
    if run.is_replay or not end.undos:
        return replace(end, undos=())
    if not is_unknown(end):
        if end.failure.partial:
            return replace(end, undos=())
        orders = yield from ask(OpenOrders(within=run.trail))
        open_ = end_with_open(end, orders, run)
        end = replace(open_, undos=end.undos) if isinstance(open_, Failed) else end
    if is_unknown(end):
        yield Emit(
            Warn(run.trail, say("nothing was undone, because an order may have been accepted"))
        )
        return replace(end, undos=())
    noted = [pending for pending in end.undos if not pending.is_of_read]
    note = {"undos": [pending.trail for pending in noted], "failure": _pack(end.failure)}
    place = run.memory.place if run.memory else ""
    ways = tuple(map(partial(_undoing, run=run), noted))
    if noted:
        yield from ask(BeginUndo(key=run.key(_NOTE), note=note, undos=ways, place=place))
    return (yield from _undo_all(end, run))


def finish_undo(begun: Mapping[str, Any], end: End, run: Run) -> Script[Failed]:
    """Finish the undo of a flow that had begun before the run was stopped, and return its end.

    `end` is the result of replaying the steps. If its failure differs from the noted failure in
    `begun`, the noted one counts.
    """
    if is_unknown(end):
        return replace(end, undos=())
    is_same = isinstance(end, Failed) and end.failure.code == begun["failure"]["code"]
    failure = end.failure if isinstance(end, Failed) and is_same else _unpack(begun["failure"])
    noted = begun["undos"]
    undos = tuple(one for one in end.undos if one.is_of_read or one.trail in noted)
    for trail in noted:
        if all(pending.trail != trail for pending in undos):
            yield from _report_lost_undo(trail, run)
    so = say("the undo of the run had begun: sgeflow completes it and runs no other step")
    failed = Failed(failure=failure.with_details(("so", so)), undos=undos)
    return (yield from _undo_all(failed, run))


def _undoing(pending: Pending, run: Run) -> Undoing:
    here = replace(run, trail=trails.at_undo(pending.trail))
    what = pending.undo.title or pending.undo.verb.name
    return Undoing(key=here.key(_NOTE), what=what, trail=pending.trail)


def _undo_all(end: Failed, run: Run) -> Script[Failed]:
    """Carry out the pending undos, last first, and return the end; failed undos give a warning.

    If an order of an undo may have been accepted, that failure is the end, and the other undos are
    not carried out.
    """
    for pending in reversed(end.undos):
        lost = yield from _undo_step(pending, run)
        if lost:
            text = say("nothing more was undone, because an order may have been accepted")
            yield Emit(Warn(run.trail, text))
            return replace(with_cause(lost, end.failure), undos=())
    return replace(end, undos=())


def _undo_step(pending: Pending, run: Run) -> Script[Failed | None]:
    """Undo one step; return the failure only if an order of the undo may have been accepted."""
    step = pending.undo
    trail = trails.at_undo(pending.trail)
    here = replace(run, trail=trail, at=step.at, deadline=None, is_replay=False)
    key = here.key(_NOTE)
    if (yield from _is_undone_by_hand(key, pending.trail)):
        return None
    end = _as_whole((yield from evaluate_with_modifiers(step, pending.scope, here)), step, here)
    failure = end.failure if isinstance(end, Failed) else None
    undo = _undoing(pending, run)
    if failure:
        text: Message = say(
            "{trail} could not be undone: {failure}", trail=pending.trail, failure=one_line(failure)
        )
        is_refused = failure.problem.id is Id.HTTP_REFUSED  # a person must look at a refusal
        if pending.is_harmless and not is_refused and not is_unknown(end):
            undo = replace(undo, is_harmless=True)
            text = sentences(text, say("it is on the list of sgeflow orders"), between="; ")
        yield Emit(Warn(trail, text))
    if not pending.is_of_read or is_unknown(end):
        yield UndoEnded(undo=undo, failure=failure)
    return end if is_unknown(end) else None


def _as_whole(end: End, step: Step, run: Run) -> End:
    """The end of an undo; a partial end counts as a failure, because a part is not undone."""
    if isinstance(end, Failed) or end.status is not Status.PARTIAL:
        return end
    failed = end.outputs["failed"] if step.foreach and step.collect else ()
    whys = (sentences(one["code"], one["message"], between=" ") for one in failed)
    message = sentences(say("it is only partly undone"), *whys, between=": ")
    return Failed(failure=step_failure(Problem(id=Id.STRANDED, message=message), run))


def _is_undone_by_hand(key: str, step: str) -> Script[bool]:
    """Whether a person has undone a step; if so, a warning says it."""
    if (yield from ask(OutputsByHand(key))) is None:
        return False
    text = say("{trail} was undone by a person", trail=step)
    yield Emit(Warn(trails.at_undo(step), text))
    return True


def _report_lost_undo(trail: str, run: Run) -> Script[None]:
    """Report a step that was to be undone, but that the replayed flow did not reach."""
    text = say(
        "{trail} could not be undone: {failure}", trail=trail, failure=say("its result is lost")
    )
    here = replace(run, trail=trails.at_undo(trail))
    if (yield from _is_undone_by_hand(here.key(_NOTE), trail)):
        return
    yield Emit(Warn(here.trail, text))
    failure = step_failure(Problem(id=Id.STRANDED, message=text), here)
    way = Undoing(key=here.key(_NOTE), what=trails.last_name(trail), trail=trail)
    yield UndoEnded(undo=way, failure=failure)


def end_with_failed_undos(end: End, left: Sequence[UndoEnded], run: Run) -> End:
    """The end of a run in which the undos in `left` have failed.

    A failed undo makes the run fail, even if its flow ended well. An order that may have been
    accepted stays the main failure. Undos of harmless steps change nothing.
    """
    left = [one for one in left if not one.undo.is_harmless]
    failures = [one.failure for one in left if one.failure]
    if not failures:
        return end
    what = [("standing", say("{trail} was not undone", trail=one.undo.trail)) for one in left]
    if isinstance(end, Failed) and is_unknown(end):
        return replace(end, failure=end.failure.with_details(*what))
    trail = left[0].undo.trail
    because = [("because", one_line(end.failure))] if isinstance(end, Failed) else []
    again = say("sgeflow resume {id} tries to undo it again", id=run.id)
    by_hand = say("undo it by hand, then sgeflow orders resolve {run} --accepted", run=run.id)
    problem = Problem(
        id=Id.STRANDED,
        message=say("step {trail} could not be undone and remains in place", trail=trail),
        details=(
            ("why", one_line(failures[0])),
            *what[1:],
            *because,
            *ways_on(run, (("next", again), ("else", by_hand))),
        ),
    )
    hint = end.failure.hint if isinstance(end, Failed) else ""
    return Failed(failure=step_failure(problem, replace(run, trail=trail), hint=hint))


def _pack(failure: Failure) -> dict[str, Any]:
    """A failure as plain data, with its codes and its message."""
    return {
        "code": failure.code,
        "id": failure.problem.id.name,
        "message": str(failure.problem.message),
        "hint": str(failure.hint),
        "step": failure.step,
        "class": failure.fault_class.value if failure.fault_class else None,
    }


def _unpack(record: Mapping[str, Any]) -> Failure:
    where = say("step {trail}", trail=record["step"])
    problem = Problem(id=Id[record["id"]], message=from_table(record["message"]), where=where)
    return Failure(
        code=record["code"],
        problem=problem,
        fault_class=FaultClass(record["class"]) if record["class"] else None,
        hint=record["hint"],
        step=record["step"],
    )


T = TypeVar("T")


def retrace(script: Script[T]) -> Script[T]:
    """The given script without its writes to the state and to files, for a replay.

    Its result is the same, and its undos are carried out. Calls read their earlier answers from the
    journal, and storing the same measures again changes nothing.
    """
    return intercept(script, _answer_harmlessly)


def _answer_harmlessly(effect: Any) -> Script[Any]:
    if isinstance(effect, Together):
        effect = replace(effect, scripts=tuple(map(retrace, effect.scripts)))
    unchanged = _UNCHANGED.get(type(effect))
    if unchanged and not outermost_undo(trail_of(effect.key)):
        return unchanged(effect)
    return (yield effect)


def _empty_export(effect: Export | WriteReport) -> Exported:
    return Exported(file=effect.file, counts={})


_UNCHANGED: Mapping[type[Effect[Any]], Callable[[Any], Any]] = {
    Remember: lambda effect: merge_state(None, effect.values),
    Recognise: lambda _: asdict(Customer(number=1)),
    Erase: lambda _: 0,
    Export: _empty_export,
    WriteReport: _empty_export,
}


_BEGUN, _ENDED = "begun", "ended"


def evaluate_finally(flow: Flow, inputs: Mapping[str, Any], end: End, run: Run) -> Script[None]:
    """Evaluate the `finally` steps of a flow that has ended; all run, even if one of them fails.

    The steps are noted before they begin and are never repeated, because a notice may already have
    been sent when the run was stopped.
    """
    run = replace(run.into(flow.name), trail=at_finally(flow.name), memory=None)
    if (yield from ask(Noted(run.key(_BEGUN)))):
        is_over = yield from ask(Noted(run.key(_ENDED)))
        text = say("the finally steps already ran at the end of this run: they are not repeated")
        if not is_over:
            text = say(
                "this run was stopped during its finally steps: their requests may have been "
                "sent, and are not repeated"
            )
        yield Emit(Warn(run.trail, text))
        return
    yield from ask(Note(key=run.key(_BEGUN), value=True))
    scope: Mapping[str, Any] = {**first_scope(flow, inputs, run), "end": end_facts(end)}
    for step in flow.finally_steps:
        came = yield from _as_notices(one_step(step, scope, run))
        if is_unknown(came):
            text = say("a finally step got no answer: its request may have arrived")
            yield Emit(Warn(run.trail, text))
        elif isinstance(came, Failed):
            failure = one_line(came.failure)
            text = say(
                "a finally step failed; the result of the run is unchanged: {failure}",
                failure=failure,
            )
            yield Emit(Warn(run.trail, text))
        elif isinstance(came, Done) and came.status is not Status.SKIPPED:
            scope = with_step(scope, step.id, came.outputs)
    yield from ask(Note(key=run.key(_ENDED), value=True))


def end_facts(end: End) -> Mapping[str, Any]:
    """The facts that `finally` steps read as `end`; the message of a failure is left out."""
    if isinstance(end, Failed):
        failure = end.failure
        return {
            "status": failure.status.value,
            "code": failure.code,
            "class": failure.fault_class.value if failure.fault_class else None,
            "step": failure.step,
            "outputs": None,
        }
    facts = {"code": None, "class": None, "step": None, "outputs": end.outputs}
    return {"status": end.status.value, **facts}


def _as_notices(script: Script[T]) -> Script[T]:
    """The given script with its requests sent as notices, whose outcome does not matter.

    An order of an operation is not sent, because it can never be a notice.
    """
    return intercept(script, _answer_notice)


def _answer_notice(effect: Effect[Any]) -> Script[Any]:
    if isinstance(effect, Exchange):
        request = effect.request
        if request.is_order:
            message = say(
                "{label} is an order, which a finally step cannot send", label=request.label
            )
            problem = Problem(id=Id.GUARD, message=message)
            return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.INVALID)
        effect = replace(effect, request=replace(request, is_notice=True))
    elif isinstance(effect, CallClosed):
        effect = replace(effect, record=replace(effect.record, kind=Kind.READ))
    elif isinstance(effect, Together):
        effect = replace(effect, scripts=tuple(map(_as_notices, effect.scripts)))
    return (yield effect)
