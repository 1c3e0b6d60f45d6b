"""One call: checked parameters, the request, its tries, and what the answer means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sgeflow.core.engine.effects import Clock, Exchange, Pause, Script, Settled, Tell, Warn, ask
from sgeflow.core.engine.reconcile import settle
from sgeflow.core.engine.step import Done, End, Failed, Retry, Run
from sgeflow.core.language.parameters import fill
from sgeflow.core.model import (
    CallRecord,
    Failure,
    Fault,
    FaultClass,
    Kind,
    NoAnswer,
    Request,
    Response,
)
from sgeflow.errors import Id, Problem, SgeflowError
from sgeflow.messages import Said, say

Read = Callable[[Response], Any]
"""Reads a response: outputs, or a fault, or why it is no answer."""

_AGAIN = frozenset({FaultClass.NETWORK, FaultClass.TRANSIENT, FaultClass.TECHNICAL})
_TECHNICAL_TRIES = 2  # a technical error of SGE is asked again once: it rarely heals by itself


def call_operation(
    name: str, given: Mapping[str, Any], run: Run, *, unchecked: bool = False
) -> Script[End]:
    """Call one operation of the catalogue: its outputs, or why there are none.

    What is `unchecked` is sent although its values are invalid or break a rule: SGE is to say so.
    """
    binding = run.library.bindings[name]
    operation = binding.operation
    try:
        values = fill(
            operation.parameters,
            given,
            {"env": run.environment.facts(), "run": run.facts()},
            rules=operation.rules,
            owner=operation.name,
            unchecked=unchecked,
        )
        request = binding.request(values, run.environment)
        read = binding.reader(values, unchecked=unchecked)
    except SgeflowError as error:
        return Failed(failure=failure_from(error, run))
    if operation.status == "retired":
        text = say(
            "{operation} is retired at Enedis; see sgeflow show {operation}",
            operation=operation.name,
        )
        yield Tell(Warn(run.trail, text))
    while True:
        end = yield from converse(request, read, run)
        if not isinstance(end, Failed) or end.failure.fault_class is not FaultClass.UNKNOWN:
            return end
        settled = yield from settle(operation, values, end, run, call_operation)
        if settled is not None:
            return settled


def converse(request: Request, read: Read, run: Run) -> Script[End]:
    """Send a request, again where that is safe and may help, and read the answer.

    A trouble of the network or of SGE that a read met before the run was stopped is no answer to
    go on with: it is asked anew, and its tries begin anew.
    """
    attempt = before = 0
    began = yield from ask(Clock())
    while True:
        attempt += 1
        key = run.key(request.label)
        answer = yield from ask(
            Exchange(key=key, request=request, attempt=attempt, deadline=run.deadline)
        )
        result = answer if isinstance(answer, NoAnswer) else read(answer)
        yield Settled(record=_record(key, request, attempt, answer, result))
        if not isinstance(result, Fault | NoAnswer):
            earlier = isinstance(answer, Response) and answer.earlier
            return Done(outputs=result, earlier=earlier)
        if _is_past(answer, result, request):
            before = attempt
            continue
        if _is_of_another(result, request) and not _too_late((yield from ask(Clock())), began, run):
            yield Tell(Warn(run.trail, _mixed_up(request)))
            request = replace(request, anew=True)
            continue
        wait = _wait(result, request.kind, attempt - before, run.retry)
        now = yield from ask(Clock())
        if wait is None or _too_late(now + wait, began, run):
            return Failed(failure=failure_of(result, request, attempt, run))
        # what a server asked for is waited for whole
        yield Pause(seconds=wait, jitter=run.retry.jitter and not result.retry_after)


def _is_of_another(result: Fault | NoAnswer, request: Request) -> bool:
    """Whether a read got the answer to another request, and not for the second time."""
    is_other = result.problem.id is Id.OTHER_ANSWER
    return is_other and request.kind is Kind.READ and not request.anew


def _mixed_up(request: Request) -> Said:
    return say(
        "{label} got the answer to another request; it is asked once more on a new connection",
        label=request.label,
    )


def failure_of(result: Fault | NoAnswer, request: Request, attempt: int, run: Run) -> Failure:
    """A refusal or a missing answer as a failure of the step."""
    problem = result.problem
    fault_class = result.fault_class
    code = result.code if isinstance(result, Fault) and result.code else problem.id.code
    if request.kind is not Kind.READ and not _is_sure(result):
        unknown = replace(_unknown(result, request, run), where=problem.where)
        return Failure(
            code=unknown.id.code,
            problem=placed(unknown, run),
            fault_class=FaultClass.UNKNOWN,
            step=run.trail,
            answer=code if isinstance(result, Fault) else "",
        )
    if attempt > 1:
        problem = replace(
            problem, details=(*problem.details, ("tried", say("{count} times", count=attempt)))
        )
    return Failure(code=code, problem=placed(problem, run), fault_class=fault_class, step=run.trail)


def failure_from(error: SgeflowError, run: Run) -> Failure:
    """An error met while a step was evaluated, as a failure of the step."""
    first = error.problems[0]
    more = tuple(("also", problem.message) for problem in error.problems[1:])
    problem = replace(first, details=(*first.details, *more))
    return Failure(
        code=first.id.code,
        problem=placed(problem, run),
        fault_class=FaultClass.INVALID,
        step=run.trail,
    )


def placed(problem: Problem, run: Run) -> Problem:
    """A problem that says in which step it arose."""
    where = say("step {trail}", trail=run.trail) if run.trail else problem.where
    return replace(problem, where=where, at=problem.at or run.at)


def _is_sure(result: Fault | NoAnswer) -> bool:
    """Whether it proves that an order was not accepted: it did not leave, or was refused."""
    return result.refuses if isinstance(result, Fault) else result.sent is False


def _unknown(result: Fault | NoAnswer, request: Request, run: Run) -> Problem:
    if isinstance(result, Fault):
        return unanswered(request.label, run, why=result.problem.message)
    problem = unanswered(request.label, run, why=result.problem.message)
    lost = say("{label} was sent and its answer lost", label=request.label)
    return replace(problem, message=lost)


def unanswered(label: str, run: Run, *, why: str = "") -> Problem:
    """The problem of an order of which nothing proves whether it was accepted."""
    looks = (
        (
            "next",
            say("sgeflow resume {id} looks for it first, where a read can find it", id=run.id),
        ),
    )
    return Problem(
        id=Id.ORDER_UNKNOWN,
        message=say(
            "{label} was sent, and the answer does not tell whether it was accepted", label=label
        ),
        details=(
            *((("why", why),) if why else ()),
            (
                "so",
                say("it is not known whether Enedis accepted it; it is not sent again by itself"),
            ),
            *(looks if run.goes_on else ()),
            (
                "else",
                say(
                    "find out, then sgeflow orders resolve {id} --accepted/--not-accepted",
                    id=run.id,
                ),
            ),
        ),
    )


def _is_past(answer: Response | NoAnswer, result: Fault | NoAnswer, request: Request) -> bool:
    earlier = isinstance(answer, Response) and answer.earlier
    return earlier and request.kind is Kind.READ and result.fault_class in _AGAIN


def _wait(result: Fault | NoAnswer, kind: Kind, attempt: int, retry: Retry) -> float | None:
    """Seconds before the next try, or None when there is none."""
    unsent = isinstance(result, NoAnswer) and result.sent is False
    if attempt >= retry.attempts or result.fault_class not in _AGAIN:
        return None
    if kind is not Kind.READ and not unsent:
        return None
    if result.problem.id is Id.OTHER_ANSWER:  # it was asked once more at once
        return None
    if result.fault_class is FaultClass.TECHNICAL and attempt >= _TECHNICAL_TRIES:
        return None
    wait: float = min(retry.backoff * 2 ** (attempt - 1), retry.longest)
    return max(wait, min(result.retry_after or 0.0, retry.longest))


def _too_late(then: float, began: float, run: Run) -> bool:
    within = run.retry.within
    return (run.deadline is not None and then >= run.deadline) or (
        within is not None and then - began >= within
    )


def _record(
    key: str, request: Request, attempt: int, answer: Response | NoAnswer, result: Any
) -> CallRecord:
    outcome: str = "ok"
    accepted: bool | None = True
    if isinstance(result, Fault):
        outcome = result.code or result.problem.id.code
        accepted = False if result.refuses else None
    elif isinstance(result, NoAnswer):
        outcome, accepted = result.problem.id.code, None
    return CallRecord(
        key=key,
        label=request.label,
        kind=request.kind,
        attempt=attempt,
        outcome=outcome,
        seconds=answer.seconds,
        bytes_in=len(answer.body) if isinstance(answer, Response) else 0,
        accepted=accepted,
    )
