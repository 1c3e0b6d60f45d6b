"""The way back: what a flow did is undone when it fails, also over a stop in the middle of that.

Before anything is undone, the journal is asked whether an order is open, and what will be undone is
noted. A run that goes on and finds that note goes over what was done, sends nothing, and finishes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from sgeflow.core.engine import trails
from sgeflow.core.engine.blocks import do_modified
from sgeflow.core.engine.effects import (
    Emit,
    Noted,
    OpenOrders,
    Script,
    Warn,
    ask,
)
from sgeflow.core.engine.failures import in_step, one_line, ways_on
from sgeflow.core.engine.lost_orders import OutputsByHand
from sgeflow.core.engine.open_undos import BeginUndo, UndoEnded, Undoing
from sgeflow.core.engine.step import End, Failed, Pending, Run, Step
from sgeflow.core.engine.unknown_orders import end_with_open, is_unknown, with_cause
from sgeflow.core.model import Failure, FaultClass, Status
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, from_table, say, sentences

_NOTE = "undo"


def begun_undo(run: Run) -> Script[Mapping[str, Any] | None]:
    """What was noted when the flow of a trail began to undo what it did; None when it did not."""
    noted: Mapping[str, Any] | None = yield from ask(Noted(run.key(_NOTE)))
    return noted


def undo(end: Failed, run: Run) -> Script[Failed]:
    """The end of a flow that failed, after what it did is undone.

    Nothing is undone while an order may have been accepted, and none when all that was done stays.
    """
    if run.recorded or not end.undos:
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
    undos = [pending.trail for pending in end.undos]
    note = {"undos": undos, "failure": _pack(end.failure)}
    place = run.memory.place if run.memory else ""
    ways = tuple(map(partial(_undoing, run=run), end.undos))
    yield from ask(BeginUndo(key=run.key(_NOTE), note=note, undos=ways, place=place))
    return (yield from _undo_all(end, run))


def finish_undo(begun: Mapping[str, Any], end: End, run: Run) -> Script[Failed]:
    """The end of a flow whose undo had begun before the run was stopped: it is finished.

    `end` is how going over its steps ended; it may tell less than was known when they failed.
    """
    if is_unknown(end):
        return replace(end, undos=())
    is_same = isinstance(end, Failed) and end.failure.code == begun["failure"]["code"]
    failure = end.failure if isinstance(end, Failed) and is_same else _unpack(begun["failure"])
    pendings = {pending.trail: pending for pending in end.undos}
    undos = tuple(pendings[trail] for trail in begun["undos"] if trail in pendings)
    for trail in begun["undos"]:
        if trail not in pendings:
            yield from _tell_left_standing(trail, run)
    so = say("its undo had begun: that is finished, and nothing else of it is done")
    failed = Failed(failure=failure.with_details(("so", so)), undos=undos)
    return (yield from _undo_all(failed, run))


def _undoing(pending: Pending, run: Run) -> Undoing:
    here = replace(run, trail=trails.at_undo(pending.trail))
    what = pending.undo.title or pending.undo.verb.name
    return Undoing(key=here.key(_NOTE), what=what, trail=pending.trail)


def _undo_all(end: Failed, run: Run) -> Script[Failed]:
    """The same end after all its undos, last first; one that fails is told.

    An order of an undo that may have been accepted is the end, and nothing more is undone.
    """
    for pending in reversed(end.undos):
        lost = yield from _undo_step(pending, run)
        if lost:
            text = say("nothing more was undone, because an order may have been accepted")
            yield Emit(Warn(run.trail, text))
            return replace(with_cause(lost, end.failure), undos=())
    return replace(end, undos=())


def _undo_step(pending: Pending, run: Run) -> Script[Failed | None]:
    """Undo one step; its failure when it is an order that may have been accepted."""
    step = pending.undo
    trail = trails.at_undo(pending.trail)
    here = replace(run, trail=trail, at=step.at, deadline=None, recorded=False)
    key = here.key(_NOTE)
    if (yield from _is_undone_by_hand(key, pending.trail)):
        return None
    end = _as_whole((yield from do_modified(step, pending.scope, here)), step, here)
    failure = end.failure if isinstance(end, Failed) else None
    undo = _undoing(pending, run)
    if failure:
        text: Message = say(
            "{trail} could not be undone: {failure}",
            trail=pending.trail,
            failure=one_line(failure),
        )
        is_refused = failure.problem.id is Id.HTTP_REFUSED  # a person looks before another is made
        if pending.is_harmless and not is_refused and not is_unknown(end):
            undo = replace(undo, is_harmless=True)
            text = sentences(text, say("it is on the list of sgeflow orders"), between="; ")
        yield Emit(Warn(trail, text))
    yield UndoEnded(undo=undo, failure=failure)
    return end if is_unknown(end) else None


def _as_whole(end: End, step: Step, run: Run) -> End:
    """The end of an undo; one that collected failures has failed: a part of it is not undone."""
    if isinstance(end, Failed) or end.status is not Status.PARTIAL:
        return end
    failed = end.outputs["failed"] if step.foreach and step.collect else ()
    whys = (sentences(one["code"], one["message"], between=" ") for one in failed)
    message = sentences(say("a part of it is not undone"), *whys, between=": ")
    problem = Problem(id=Id.STRANDED, message=message)
    failure = Failure(code=problem.id.code, problem=in_step(problem, run), step=run.trail)
    return Failed(failure=failure)


def _is_undone_by_hand(key: str, step: str) -> Script[bool]:
    """Whether a person has undone a step; it is told."""
    if (yield from ask(OutputsByHand(key))) is None:
        return False
    text = say("{trail} was undone by a person", trail=step)
    yield Emit(Warn(trails.at_undo(step), text))
    return True


def _tell_left_standing(trail: str, run: Run) -> Script[None]:
    """Tell of a step that was noted to be undone, and that going over the flow does not meet."""
    text = say("{trail} could not be undone: what it gave is not known any more", trail=trail)
    here = replace(run, trail=trails.at_undo(trail))
    if (yield from _is_undone_by_hand(here.key(_NOTE), trail)):
        return
    yield Emit(Warn(here.trail, text))
    problem = in_step(Problem(id=Id.STRANDED, message=text), here)
    failure = Failure(code=problem.id.code, problem=problem, step=here.trail)
    way = Undoing(key=here.key(_NOTE), what=trails.last_name(trail), trail=trail)
    yield UndoEnded(undo=way, failure=failure)


def end_with_standing(end: End, left: Sequence[UndoEnded], run: Run) -> End:
    """The end of a run with undos that failed: what they are for is `left` standing.

    That is how it ends, whatever its flow made of it; but for an order that may have been accepted.
    An orphan harms nobody, and changes no end.
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
    again = say("sgeflow resume {id} tries to undo it once more", id=run.id)
    by_hand = say("undo it by hand, then sgeflow orders resolve {id} --accepted", id=run.id)
    problem = Problem(
        id=Id.STRANDED,
        message=say("what step {trail} did could not be undone, and stands", trail=trail),
        details=(
            ("why", one_line(failures[0])),
            *what[1:],
            *because,
            *ways_on(run, (("next", again), ("else", by_hand))),
        ),
    )
    here = replace(run, trail=trail)
    hint = end.failure.hint if isinstance(end, Failed) else ""
    code = problem.id.code
    failure = Failure(code=code, problem=in_step(problem, here), step=trail, hint=hint)
    return Failed(failure=failure)


def _pack(failure: Failure) -> dict[str, Any]:
    """A failure as plain data: what a program acts on, and its words."""
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
