"""Makes failures of a step from refusals, missing answers, errors and the flow's own verdicts."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeGuard

from msgspec.structs import replace

from sgeflow.core.engine.step import End, Failed, Returned, Run, Verdict
from sgeflow.core.engine.trails import trail_of
from sgeflow.core.language.template import Scope
from sgeflow.core.model import Failure, Fault, FaultClass, Kind, NoAnswer, Request
from sgeflow.errors import Details, Id, Problem, SgeflowError
from sgeflow.messages import Message, say, say_count, sentences


def answer_failure(result: Fault | NoAnswer, request: Request, attempt: int, run: Run) -> Failure:
    """The failure of a step from a refusal or a missing answer."""
    problem = result.problem
    fault_class = result.fault_class
    code = failed_code(result)
    reason = result.message if isinstance(result, Fault) else ""
    if request.at_least_once and not is_sure(result):
        fault_class = FaultClass.NETWORK
    elif request.kind is not Kind.READ and not is_sure(result):
        unknown = unanswered_problem(request.label, run, why=problem.message)
        if isinstance(result, NoAnswer):
            lost = say("{label} was sent and its answer lost", label=request.label)
            unknown = replace(unknown, message=lost)
        unknown = replace(unknown, where=problem.where)
        answer = code if isinstance(result, Fault) else ""
        return step_failure(unknown, run, FaultClass.UNKNOWN, answer=answer, reason=reason)
    if attempt > 1:
        problem = problem.with_details(("tried", say("{count} times", count=attempt)))
    return step_failure(
        problem,
        run,
        fault_class,
        code=code,
        held=isinstance(result, NoAnswer) and result.held,
        barred=isinstance(result, NoAnswer) and result.barred,
        reason=reason,
    )


def step_failure(
    problem: Problem, run: Run, fault_class: FaultClass | None = None, **more: Any
) -> Failure:
    """The failure of a step by a problem; its code is the problem's, unless another is given."""
    facts = {"code": problem.id.code, **more}
    return Failure(problem=in_step(problem, run), fault_class=fault_class, step=run.trail, **facts)


def failed_code(result: Fault | NoAnswer) -> str:
    """The code of a refusal or missing answer: the service's, or ours if it gave none."""
    return result.code if isinstance(result, Fault) and result.code else result.problem.id.code


def bar_failure(problem: Problem, run: Run) -> Failure:
    """The failure of a request that must wait until another run's open order or undo is settled."""
    return step_failure(problem, run, FaultClass.INVALID, barred=True)


def error_failure(error: SgeflowError, run: Run) -> Failure:
    """The failure of a step from an error during its evaluation."""
    first = error.problems[0]
    more = tuple(("also", problem.message) for problem in error.problems[1:])
    return step_failure(first.with_details(*more), run, FaultClass.INVALID)


def verdict_failure(
    verdict: Verdict, problem_id: Id, scope: Scope, run: Run, **more: Any
) -> Failure:
    """The failure of a step from a `fail`, an `else` or a handler."""
    problem_id = Id.DOWN if verdict.technical else problem_id
    hint = verdict.hint.message(scope) if verdict.hint else ""
    problem = Problem(id=problem_id, message=verdict.message.message(scope), **more)
    fault_class = FaultClass.TECHNICAL if verdict.technical else None
    code, partial = verdict.code, verdict.partial
    return step_failure(problem, run, fault_class, code=code, hint=hint, partial=partial)


def one_line(failure: Failure) -> str:
    """The code and message of a failure on one line."""
    return sentences(failure.problem.id.code, failure.problem.message)


def in_step(problem: Problem, run: Run) -> Problem:
    """The problem with the step in which it arose."""
    where = say("step {trail}", trail=run.trail) if run.trail else problem.where
    return replace(problem, where=where, at=problem.at or run.at)


def is_sure(result: Fault | NoAnswer) -> bool:
    """Whether a result proves that an order was not accepted: not sent, or refused."""
    return result.refuses if isinstance(result, Fault) else result.sent is False


def settling(run: str) -> Message:
    """What to do about an order whose outcome is unknown."""
    command = f"sgeflow orders resolve {run}"
    return say("find out, then {command} --accepted/--not-accepted", command=command)


def unanswered_problem(label: str, run: Run, *, why: str = "") -> Problem:
    """The problem of an order whose outcome is unknown."""
    looks = say("sgeflow resume {id} first looks for it, if a read can find it", id=run.id)
    ways = (*((("next", looks),) if run.is_resumable else ()), ("else", settling(run.id)))
    return Problem(
        id=Id.ORDER_UNKNOWN,
        message=say(
            "{label} was sent, and the answer does not tell whether it was accepted", label=label
        ),
        details=(
            *((("why", why),) if why else ()),
            (
                "so",
                say(
                    "it is not known whether {receiver} accepted it; it is not sent again"
                    " automatically",
                    receiver=_receiver_of(label, run),
                ),
            ),
            *ways_on(run, ways),
        ),
    )


def _receiver_of(label: str, run: Run) -> str:
    """The party that received an order: the owner of its service, or the service's name."""
    operation = run.library.catalog.operations.get(label)
    return operation.provider.owner if operation else label.rpartition(" ")[2]


def ways_on(run: Run, ways: Details) -> Details:
    """The ways to go on: `ways`, or to run again if the run was simulated.

    A simulated run cannot be resumed, and its orders cannot be settled.
    """
    if not run.environment.simulated:
        return ways
    anew = say("this run was simulated: run it again")
    return (("do", anew),)


def is_unknown(end: Any) -> TypeGuard[Failed]:
    """Whether an end leaves an order with an unknown outcome."""
    return isinstance(end, Failed) and end.failure.fault_class is FaultClass.UNKNOWN


def deciding_end(ends: Iterable[End], *, collect: bool) -> Failed | Returned | None:
    """The end that decides for several items or branches; None if the flow continues.

    An order with an unknown outcome comes before every other end, and is never collected.
    """
    known = tuple(ends)
    unknown = [end for end in known if is_unknown(end)]
    if unknown:
        return _with_others(unknown[0], len(unknown) - 1)
    stops = [
        end
        for end in known
        if isinstance(end, Returned) or (isinstance(end, Failed) and not collect)
    ]
    return min(stops, key=is_held, default=None)


def is_held(end: Any) -> bool:
    """Whether an item ended only because another item failed; no handler applies to it."""
    return isinstance(end, Failed) and end.failure.held


def keep_open(end: Failed, handled: End, code: str) -> Failed:
    """The end of an unknown order after its handler: still unknown, whatever the handler did.

    Only the message of a handler that fails is used; `code` is the code of that handler.
    """
    failure = end.failure
    if code and isinstance(handled, Failed) and handled.failure.code == code:
        failure = replace(handled.failure, fault_class=FaultClass.UNKNOWN, partial=False)
    return Failed(failure=failure, undos=handled.undos)


def end_with_open(end: End, orders: Sequence[tuple[str, str]], run: Run) -> End:
    """The end of a run whose journal has `orders` (operation, key) with an unknown outcome."""
    if not orders or is_unknown(end):
        return end
    operation, key = orders[0]
    here = replace(run, trail=trail_of(key))
    failure = step_failure(unanswered_problem(operation, run), here, FaultClass.UNKNOWN)
    lost = _with_others(Failed(failure=failure), len(orders) - 1)
    return with_cause(lost, end.failure) if isinstance(end, Failed) else lost


def with_cause(end: Failed, cause: Failure) -> Failed:
    """An unknown order with another failure as its context: for example the cause of an undo."""
    failure = end.failure.with_details(("because", one_line(cause)))
    return replace(end, failure=replace(failure, partial=False))


def _with_others(end: Failed, others: int) -> Failed:
    if not others:
        return end
    text = say_count(
        "{count} more order may have been accepted",
        "{count} more orders may have been accepted",
        count=others,
    )
    return replace(end, failure=end.failure.with_details(("also", text)))
