"""One call: checked parameters, the request, its tries, and what the answer means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from sgeflow.core.documents import Operation
from sgeflow.core.engine.answers import (
    ReadResponse,
    another_answer,
    judge_repetition,
    read_answer,
)
from sgeflow.core.engine.effects import (
    CallClosed,
    Clock,
    Emit,
    Exchange,
    Pause,
    Recorded,
    Script,
    Warn,
    ask,
)
from sgeflow.core.engine.failures import (
    answer_failure,
    bar_failure,
    error_failure,
    failed_code,
    is_sure,
)
from sgeflow.core.engine.modifiers import Retry
from sgeflow.core.engine.step import Done, End, Failed, Run
from sgeflow.core.language.parameters import fill
from sgeflow.core.language.secret_names import has_password
from sgeflow.core.model import (
    CallRecord,
    Fault,
    FaultClass,
    Kind,
    NoAnswer,
    Request,
    Response,
)
from sgeflow.errors import Id, Problem, SgeflowError
from sgeflow.messages import Message, say, sentences

_AGAIN = frozenset({FaultClass.NETWORK, FaultClass.TRANSIENT, FaultClass.TECHNICAL})
_TECHNICAL_TRIES = 2  # a technical error of SGE is asked again once: it rarely heals by itself


def call_operation(
    name: str,
    arguments: Mapping[str, Any],
    run: Run,
    *,
    unchecked: bool = False,
    verbatim: bool = False,
) -> Script[End]:
    """Call one operation of the catalogue: its outputs, or why there are none.

    What is `unchecked` is sent although its values are invalid or break a rule: SGE is to say so.
    `verbatim`, what SGE answers is asked for: that something is there already stands as it came.
    """
    binding = run.library.bindings[name]
    operation = binding.operation
    try:
        values = fill(
            operation.parameters,
            arguments,
            {"env": run.environment.facts(), "run": run.facts()},
            rules=operation.rules,
            owner=operation.name,
            unchecked=unchecked,
        )
        request = binding.request(values, run.environment)
        read = binding.reader(values, unchecked=unchecked)
        if run.looks:  # on a connection of its own, past caches
            request = replace(request, alone=True)
    except SgeflowError as error:
        return Failed(failure=error_failure(error, run))
    if run.after_lost and operation.kind is not Kind.READ:
        return Failed(failure=bar_failure(_lost_before(operation.name), run))
    if (text := end_of_life(operation)) is not None:
        yield Emit(Warn(run.trail, text))
    while True:
        end = yield from converse(request, read, run)
        if verbatim and isinstance(end, Failed) and end.refusal is not None:
            from sgeflow.core.engine.reconcile import refusal_of

            return (yield from refusal_of(operation, end.refusal, run))
        if run.looks and isinstance(end, Done) and end.reply is not None:
            return replace(end, reply=None, dated=binding.reply_time(values, end.reply))
        if not isinstance(end, Failed) or end.failure.fault_class is not FaultClass.UNKNOWN:
            return end
        from sgeflow.core.engine.reconcile import settle

        settled = yield from settle(operation, values, end, run, call_operation)
        if settled is not None:
            return settled


def end_of_life(operation: Operation) -> Message | None:
    """What is told of an operation that Enedis has retired, or planned to end; None of others."""
    if operation.status == "retired":
        text = say("{operation} is retired at Enedis", operation=operation.name)
    elif operation.ends:
        text = say(
            "Enedis planned to end {operation} in {month}",
            operation=operation.name,
            month=operation.ends,
        )
    else:
        return None
    if operation.replaced_by:
        successor = say("{other} takes its place", other=operation.replaced_by)
        text = sentences(text, successor, between="; ")
    return text


def _lost_before(name: str) -> Problem:
    """What is said of an order that would leave because another one was lost."""
    message = say("{name} is not sent: it is in a handler of an order that was lost", name=name)
    why = say("the lost one may have been accepted: a person looks before anything is ordered")
    return Problem(id=Id.GUARD, message=message, details=(("why", why),))


def converse(
    request: Request, read: ReadResponse, run: Run, after_lost: ReadResponse | None = None
) -> Script[End]:
    """Send a request, again where that is safe and may help, and read the answer.

    `after_lost` reads the answers behind an attempt that may have been carried out unheard.

    A trouble of the network or of SGE that a read met before the run was stopped is no answer to
    go on with, nor are credentials that were refused: it is asked anew, and its tries begin anew.
    """
    after_lost = after_lost or read
    if run.recorded:
        return (yield from _go_over(request, read, run, after_lost))
    attempt = before = 0
    began = yield from ask(Clock())
    while True:
        attempt += 1
        key = run.key(request.label)
        answer = yield from ask(
            Exchange(key=key, request=request, attempt=attempt, deadline=run.deadline)
        )
        if isinstance(answer, NoAnswer) and _is_past(answer, request):
            before = attempt  # it was noted and told when it came
            read = read if is_sure(answer) else after_lost
            continue
        result, refusal = yield from _settle_answer(answer, read, request, key, attempt)
        if not isinstance(result, Fault | NoAnswer):
            reply = answer if isinstance(answer, Response) else None
            earlier = reply is not None and reply.earlier
            return Done(outputs=result, earlier=earlier, reply=reply if run.looks else None)
        read = read if is_sure(result) else after_lost
        retry = _retry_after(result, request, run)
        if _may_pass(result, retry, request) and _is_past(answer, request):
            before = attempt
            continue
        if _is_of_another(result, request) and not _too_late(
            (yield from ask(Clock())), began, run, run.retry
        ):
            yield Emit(Warn(run.trail, _mix_up_text(request)))
            request = replace(request, anew=True)
            continue
        wait = _wait(result, request.kind, attempt - before, retry)
        now = yield from ask(Clock())
        if retry is None or wait is None or _too_late(now + wait, began, run, retry):
            if request.at_least_once and not is_sure(result):
                yield Emit(Warn(run.trail, _orphan_text(request)))
            return _failure_end(result, refusal, request, attempt, run)
        if not answer.earlier:  # else it was waited for before the run was stopped
            # what a server asked for is waited for whole
            yield Pause(seconds=wait, jitter=retry.jitter and not result.retry_after)


def _settle_answer(
    answer: Response | NoAnswer, read: ReadResponse, request: Request, key: str, attempt: int
) -> Script[tuple[Any, Fault | None]]:
    """What an answer comes to, as `judge_repetition` sees it; told to the journal and to people."""
    result = yield from read_answer(answer, read, request)
    result, refusal = yield from judge_repetition(result, request, key)
    record = _record(key, request, attempt, answer, result)
    yield CallClosed(record=record, disowned=another_answer(answer, result))
    return result, refusal


def _go_over(
    request: Request, read: ReadResponse, run: Run, after_lost: ReadResponse
) -> Script[End]:
    """What a request came to before: the answer that was gone on with, or its last trouble."""
    attempt, end = 0, Failed(failure=answer_failure(_not_sent(request), request, 1, run))
    while True:
        attempt += 1
        key = run.key(request.label)
        answer = yield from ask(Recorded(key=key, request=request, attempt=attempt))
        if answer is None:
            return end
        result = yield from read_answer(answer, read, request)
        if not isinstance(result, Fault | NoAnswer):
            reply = answer if run.looks and isinstance(answer, Response) else None
            return Done(outputs=result, earlier=True, reply=reply)
        read = read if is_sure(result) else after_lost
        result, refusal = yield from judge_repetition(result, request, key)
        end = _failure_end(result, refusal, request, attempt, run)
        if end.failure.fault_class is FaultClass.UNKNOWN:
            return end


def _failure_end(
    result: Fault | NoAnswer, refusal: Fault | None, request: Request, attempt: int, run: Run
) -> Failed:
    stands = answer_failure(refusal, request, attempt, run) if refusal else None
    return Failed(failure=answer_failure(result, request, attempt, run), refusal=stands)


def _not_sent(request: Request) -> NoAnswer:
    message = say("{label} was not sent before what was done was undone", label=request.label)
    problem = Problem(id=Id.NOT_SENT, message=message)
    return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.NETWORK)


def _is_of_another(result: Fault | NoAnswer, request: Request) -> bool:
    """Whether a read got the answer to another request, and not for the second time."""
    is_other = result.problem.id is Id.OTHER_ANSWER
    return is_other and request.kind is Kind.READ and not request.anew


def _mix_up_text(request: Request) -> Message:
    return say(
        "{label} got the answer to another request; it is asked once more on a new connection",
        label=request.label,
    )


def _orphan_text(request: Request) -> Message:
    return say(
        "{label} may have made something that nobody uses: it is on the list of sgeflow orders, and"
        " a later run sends it again",
        label=request.label,
    )


def _retry_after(result: Fault | NoAnswer, request: Request, run: Run) -> Retry | None:
    """How such a trouble is tried again: as a handler of the step says, or as all of its class.

    A refusal that nobody knows may be that of a wrong password, and the next one locks the account.
    """
    code = failed_code(result)
    retries = (one.retry for one in run.handlers if one.fits(code, result.fault_class))
    if retry := next((one for one in retries if one), None):
        return retry
    if result.fault_class is FaultClass.TECHNICAL:
        if isinstance(result, Fault) and has_password(request.body):
            return None
        return replace(run.retry, attempts=min(run.retry.attempts, _TECHNICAL_TRIES))
    return run.retry if result.fault_class in _AGAIN else None


def _is_past(answer: Response | NoAnswer, request: Request) -> bool:
    """Whether a trouble of a read came before the run was stopped."""
    return answer.earlier and request.kind is Kind.READ


def _may_pass(result: Fault | NoAnswer, retry: Retry | None, request: Request) -> bool:
    """Whether a trouble is one of the moment, or of what somebody mends, as a token."""
    is_mended = result.fault_class is FaultClass.CREDENTIALS or request.is_mendable
    return retry is not None or result.fault_class in _AGAIN or is_mended


def _wait(result: Fault | NoAnswer, kind: Kind, attempt: int, retry: Retry | None) -> float | None:
    """Seconds before the next try, or None when there is none."""
    unsent = isinstance(result, NoAnswer) and result.sent is False
    if retry is None or attempt >= retry.attempts:
        return None
    if kind is not Kind.READ and not unsent:
        return None
    if result.problem.id is Id.OTHER_ANSWER:  # it was asked once more at once
        return None
    wait: float = min(retry.backoff * 2 ** (attempt - 1), retry.longest)
    return max(wait, min(result.retry_after or 0.0, retry.longest))


def _too_late(then: float, began: float, run: Run, retry: Retry) -> bool:
    within = retry.within
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
        endpoint=request.endpoint,
        method=request.method,
        status=answer.status if isinstance(answer, Response) else 0,
    )
