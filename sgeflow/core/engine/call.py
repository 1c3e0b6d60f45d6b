"""Makes one call: checks the parameters, sends the request, retries, interprets the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from sgeflow.core.documents import Operation, Reconcile
from sgeflow.core.engine.effects import (
    CallClosed,
    Clock,
    Emit,
    Exchange,
    LearnSecrets,
    MaskedText,
    OrderDays,
    OutputsByHand,
    Pause,
    ProvenAbsent,
    Recorded,
    Resent,
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
from sgeflow.core.engine.step import Done, End, Failed, Retry, Run
from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.language.parameter import Values
from sgeflow.core.language.parameters import fill
from sgeflow.core.language.paths import texts_in
from sgeflow.core.language.secret_names import has_password
from sgeflow.core.model import (
    CallRecord,
    Failure,
    Fault,
    FaultClass,
    ForeignCode,
    Kind,
    NoAnswer,
    Request,
    Response,
)
from sgeflow.errors import Id, Problem, SgeflowError
from sgeflow.messages import Message, join_items, say, sentences

_AGAIN = frozenset({FaultClass.NETWORK, FaultClass.TRANSIENT, FaultClass.TECHNICAL})
_TECHNICAL_TRIES = 2  # one retry: a technical error of a service rarely passes by itself


def call_operation(
    name: str,
    arguments: Mapping[str, Any],
    run: Run,
    *,
    unchecked: bool = False,
    verbatim: bool = False,
) -> Script[End]:
    """Call one operation of the catalogue; the end has its outputs or its failure.

    With `unchecked`, values that are invalid or break a rule are sent: the service judges them.
    With `verbatim`, a refusal is a failure even if it says that the same thing is there already.
    """
    operation = run.library.bindings[name].operation
    try:
        values = fill(
            operation.parameters,
            arguments,
            {"env": run.environment.facts(), "run": run.facts()},
            rules=operation.rules,
            owner=operation.name,
            unchecked=unchecked,
        )
    except SgeflowError as error:
        return Failed(failure=error_failure(error, run))
    return (yield from call_with_values(name, values, run, unchecked=unchecked, verbatim=verbatim))


def call_with_values(
    name: str, values: Values, run: Run, *, unchecked: bool, verbatim: bool = False
) -> Script[End]:
    """Call one operation with checked parameters, and look a lost order up."""
    binding = run.library.bindings[name]
    operation = binding.operation
    try:
        request = binding.request(values, run.environment)
        read = binding.reader(values, binding.wire(run.environment), unchecked=unchecked)
        if run.is_lookup:  # needs a fresh answer: a separate connection, without caches
            request = replace(request, alone=True)
    except SgeflowError as error:
        return Failed(failure=error_failure(error, run))
    if run.after_lost and operation.kind is not Kind.READ:
        why = say("this handler runs because the answer to an order was lost")
        message = say("{label} is not sent: {why}", label=operation.name, why=why)
        why = say("that order may have been accepted: a person must check before another order")
        problem = Problem(id=Id.GUARD, message=message, details=(("why", why),))
        return Failed(failure=bar_failure(problem, run))
    if (text := end_of_life(operation)) is not None:
        yield Emit(Warn(run.trail, text))
    while True:
        end = yield from converse(request, read, run)
        if isinstance(end, Done) and operation.response.secret:
            given = (end.outputs.get(name) for name in operation.response.secret)
            yield LearnSecrets(tuple(text for value in given for text in texts_in(value)))
        if verbatim and isinstance(end, Failed) and end.refusal is not None:
            return (yield from _refusal_of(operation, end.refusal, run))
        if run.is_lookup and isinstance(end, Done) and end.reply is not None:
            return replace(end, reply=None, dated=binding.reply_time(values, end.reply))
        if not isinstance(end, Failed) or end.failure.fault_class is not FaultClass.UNKNOWN:
            return end
        settled = yield from _look_up_order(operation, values, end, run)
        if isinstance(settled, Failed):
            paths = operation.response.paths
            return (yield from end_by_hand(operation.name, paths, settled, run))
        if settled is not None:
            return settled


def end_of_life(operation: Operation) -> Message | None:
    """The warning about an operation that its owner has retired or planned to end; else None."""
    owner = operation.provider.owner
    if operation.status == "retired":
        text = say("{operation} is retired at {owner}", operation=operation.name, owner=owner)
    elif operation.ends:
        text = say(
            "{owner} planned to end {operation} in {month}",
            owner=owner,
            operation=operation.name,
            month=operation.ends,
        )
    else:
        return None
    if operation.replaced_by:
        successor = say("{other} takes its place", other=operation.replaced_by)
        text = sentences(text, successor, between="; ")
    return text


def converse(
    request: Request, read: ReadResponse, run: Run, after_lost: ReadResponse | None = None
) -> Script[End]:
    """Send a request, with retries where these are safe and may help, and read the answer.

    `after_lost` reads the answers that follow an attempt with an unknown outcome.

    A resumed run does not use the earlier failure of a read if it came from the network, from the
    service or from refused credentials. It sends the read again, with all its attempts. It also
    logs in anew.
    """
    after_lost = after_lost or read
    if run.is_replay:
        if request.is_login:  # what is undone needs a session that lasts
            end = yield from converse(request, read, replace(run, is_replay=False))
            if isinstance(end, Done):
                return end
        return (yield from _replay(request, read, run, after_lost))
    attempt = before = 0
    began = yield from ask(Clock())
    while True:
        attempt += 1
        key = run.key(request.label)
        answer = yield from ask(
            Exchange(key=key, request=request, attempt=attempt, deadline=run.deadline)
        )
        # the failure of a read from before the run was stopped does not count any more
        is_stale = answer.earlier and request.kind is Kind.READ
        if isinstance(answer, NoAnswer) and is_stale:
            before = attempt  # the failure was recorded and reported when it came
            read = read if is_sure(answer) else after_lost
            continue
        result, refusal = yield from _record_answer(answer, read, request, key, attempt)
        if not isinstance(result, Fault | NoAnswer):
            reply = answer if isinstance(answer, Response) else None
            earlier = reply is not None and reply.earlier
            return Done(outputs=result, earlier=earlier, reply=reply if run.is_lookup else None)
        read = read if is_sure(result) else after_lost
        retry = _retry_after(result, request, run)
        # somebody may have repaired the cause since, for example the token
        is_mended = result.fault_class is FaultClass.CREDENTIALS or request.is_mendable
        may_pass = retry is not None or result.fault_class in _AGAIN or is_mended
        if may_pass and is_stale:
            before = attempt
            continue
        is_other = result.problem.id is Id.OTHER_ANSWER
        if (
            is_other
            and request.kind is Kind.READ
            and not request.anew
            and not _too_late((yield from ask(Clock())), began, run, run.retry)
        ):
            text = say(
                "{label} received the answer to another request; it is sent once more on a "
                "new connection",
                label=request.label,
            )
            yield Emit(Warn(run.trail, text))
            request = replace(request, anew=True)
            continue
        wait = _wait(result, request.kind, attempt - before, retry)
        now = yield from ask(Clock())
        if retry is None or wait is None or _too_late(now + wait, began, run, retry):
            if request.at_least_once and not is_sure(result):
                text = say(
                    "{label} may have created something that is not used: see sgeflow orders; "
                    "a later run sends the request again",
                    label=request.label,
                )
                yield Emit(Warn(run.trail, text))
            return _failure_end(result, refusal, request, attempt, run)
        if not answer.earlier:  # the stopped run has already waited for an earlier one
            # a wait that the server asked for is never shortened by jitter
            yield Pause(seconds=wait, jitter=retry.jitter and not result.retry_after)


def _record_answer(
    answer: Response | NoAnswer, read: ReadResponse, request: Request, key: str, attempt: int
) -> Script[tuple[Any, Fault | None]]:
    """Read, judge and record an answer; return the pair of `judge_repetition`."""
    result = yield from read_answer(answer, read, request)
    result, refusal = yield from judge_repetition(result, request, key)
    disowned = None
    if isinstance(answer, Response) and isinstance(result, NoAnswer):
        disowned = (answer, result) if result.problem.id is Id.OTHER_ANSWER else None
    record = _record(key, request, attempt, answer, result)
    yield CallClosed(record=record, disowned=disowned)
    return result, refusal


def _replay(
    request: Request, read: ReadResponse, run: Run, after_lost: ReadResponse
) -> Script[End]:
    """Repeat the recorded end of a request, without sending: its answer, or its last failure."""
    message = say("{label} was not sent: the undo had begun", label=request.label)
    problem = Problem(id=Id.NOT_SENT, message=message)
    not_sent = NoAnswer(sent=False, problem=problem, fault_class=FaultClass.NETWORK)
    attempt, end = 0, Failed(failure=answer_failure(not_sent, request, 1, run))
    while True:
        attempt += 1
        key = run.key(request.label)
        answer = yield from ask(Recorded(key=key, request=request, attempt=attempt))
        if answer is None:
            return end
        result = yield from read_answer(answer, read, request)
        if not isinstance(result, Fault | NoAnswer):
            reply = answer if run.is_lookup and isinstance(answer, Response) else None
            return Done(outputs=result, earlier=True, reply=reply)
        read = read if is_sure(result) else after_lost
        result, refusal = yield from judge_repetition(result, request, key)
        end = _failure_end(result, refusal, request, attempt, run)
        if end.failure.fault_class is FaultClass.UNKNOWN:
            return end


def _failure_end(
    result: Fault | NoAnswer, refusal: Fault | None, request: Request, attempt: int, run: Run
) -> Failed:
    refused = answer_failure(refusal, request, attempt, run) if refusal else None
    return Failed(failure=answer_failure(result, request, attempt, run), refusal=refused)


def _retry_after(result: Fault | NoAnswer, request: Request, run: Run) -> Retry | None:
    """The retry for a failure: that of a handler of the step, else that of its class; or None.

    A request with a password is not sent again after a technical fault. The unknown fault may mean
    a wrong password, and a second one may lock the account.
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


def _wait(result: Fault | NoAnswer, kind: Kind, attempt: int, retry: Retry | None) -> float | None:
    """The seconds before the next attempt; None if there is no further attempt."""
    unsent = isinstance(result, NoAnswer) and result.sent is False
    if retry is None or attempt >= retry.attempts:
        return None
    if kind is not Kind.READ and not unsent:
        return None
    if result.problem.id is Id.OTHER_ANSWER:  # `converse` has already sent it once more
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


ReadResponse = Callable[[Response], Any]
"""Reads a response: returns outputs, a Fault or a NoAnswer."""


def read_answer(answer: Response | NoAnswer, read: ReadResponse, request: Request) -> Script[Any]:
    """The meaning of an answer; an answer at which `read` fails is reported as unreadable.

    The message of a fault, and a code that no document contains, are masked, because they may
    contain personal data.
    """
    result: Any = answer
    if isinstance(answer, Response):
        try:
            result = read(answer)
        except (ValueError, ArithmeticError, RecursionError, MemoryError):
            is_read = request.kind is Kind.READ
            message = say("the answer to {label} cannot be read", label=request.label)
            result = NoAnswer(
                sent=True if is_read else None,
                problem=Problem(id=Id.BAD_ANSWER, message=message, where=request.label),
                fault_class=FaultClass.TECHNICAL if is_read else FaultClass.UNKNOWN,
                seconds=answer.seconds,
            )
    if isinstance(result, Fault) and isinstance(result.code, ForeignCode):
        result = replace(result, code=(yield from ask(MaskedText(result.code))))
    if isinstance(result, Fault) and result.message:
        result = replace(result, message=(yield from ask(MaskedText(result.message))))
    return result


def judge_repetition(result: Any, request: Request, key: str) -> Script[tuple[Any, Fault | None]]:
    """The result, and the refusal that replaces it if a search does not find the order.

    The refusal "already there" proves that the same thing exists, but not who ordered it: a gateway
    may have sent this order twice. So such an order counts as unknown until a search has looked for
    it. An order that was lost and sent once more has no refusal here, because the first sending was
    probably accepted. If the search finds nothing, it stays unknown until a person settles it.
    """
    if not isinstance(result, Fault) or request.kind is Kind.READ:
        return result, None
    if result.fault_class is not FaultClass.ALREADY or not result.refuses:
        return result, None
    if (yield from ask(Resent(key))):
        return replace(result, refuses=False), None
    if not request.is_operation:  # no search can look for it
        return result, None
    return replace(result, refuses=False), result


def end_by_hand(label: str, outputs: Iterable[str], lost: Failed, run: Run) -> Script[End]:
    """The end of a lost order: done if a person has reported it as accepted, with their outputs."""
    made = yield from ask(OutputsByHand(run.key(label)))
    if made is None:
        return lost
    text = say("{operation} counts as accepted: confirmed by a person", operation=label)
    known = {**dict.fromkeys(outputs), **made}
    unknown = [name for name, value in known.items() if value is None]
    if unknown:
        lacking = say("unknown, so null: {names}", names=join_items(unknown))
        text = sentences(text, lacking, between="; ")
    yield Emit(Warn(run.trail, text))
    return Done(outputs=known, summary=say("accepted, confirmed by a person"))


def _look_up_order(
    operation: Operation, values: Values, lost: Failed, run: Run
) -> Script[End | None]:
    """Look for an order whose answer was lost, by the read that shows what it made.

    An order that is found is done. An order that is not found stays lost, because it may still be
    on its way. None means that the order was surely not accepted, and that it may be sent again.
    """
    reconcile = operation.reconcile
    if reconcile is None:
        return lost
    began = yield from ask(Clock())
    try:
        arguments = {name: t.evaluate(values) for name, t in reconcile.arguments.items()}
        read = yield from call_operation(reconcile.call, arguments, run.reconcile())
        if not isinstance(read, Done):
            return _with_proof_time(lost, reconcile, run)
        service = run.library.bindings[operation.name].wire(run.environment).service
        days = (yield from ask(OrderDays(run.key(operation.name), service))) or (run.today,)
        views = [{"order": {"day": day}, **values, **read.outputs} for day in days]
        # two days that show different things tell nothing: one of them was not made by the order
        found = [each for each in map(reconcile.found.search, views) if each]
        matches = found[0] if found and all(each == found[0] for each in found) else None
        if not matches and lost.refusal:
            return (yield from _refusal_of(operation, lost.refusal, run))
        if not matches:
            is_absent = yield from _absent(operation, views, began, read, run)
            return (
                None
                if is_absent
                else _with_proof_time(_with_doubt(lost, reconcile, read), reconcile, run)
            )
        known = {name: expr.search(matches) for name, expr in reconcile.outputs.items()}
    except SgeflowError:
        return lost
    yield CallClosed(record=_search_record(operation, run, "found", accepted=True))
    yield Emit(Warn(run.trail, _found_text(operation.name, reconcile.call, lost)))
    outputs = {**dict.fromkeys(operation.response.paths), **known}
    return Done(outputs=outputs, summary=say("accepted, found by a search"))


def _refusal_of(operation: Operation, refusal: Failure, run: Run) -> Script[Failed]:
    """Record that an order was refused because the same thing existed before, and end with that."""
    yield CallClosed(record=_search_record(operation, run, refusal.code, accepted=False))
    return Failed(failure=refusal)


def _absent(
    operation: Operation, views: Sequence[Values], began: float, read: Done, run: Run
) -> Script[bool]:
    """Whether a read proves that an order was not accepted, on any of the days of `views`.

    The read must be sent now, and its reply must name the request's values and the time of the
    server. An empty reply may belong to another request, and an old one proves nothing.
    """
    reconcile = operation.reconcile
    absent = reconcile.absent if reconcile else None
    if reconcile is None or absent is None or read.earlier or read.dated is None:
        return False
    if any(absent.when.search(each) is not True for each in views):
        return False
    is_absent = yield from ask(
        ProvenAbsent(
            key=run.key(operation.name),
            by=run.reconcile().key(reconcile.call),
            since=began,
            made=read.dated,
            after=duration_seconds(absent.after),
        )
    )
    if is_absent is None:
        text = say(
            "the clock of the server differs from this machine's by more than 5 minutes: one "
            "of them is wrong, or a cache answered; it is not known whether {operation} was "
            "accepted",
            operation=operation.name,
        )
        yield Emit(Warn(run.trail, text))
    if is_absent:
        text = say(
            "the answer to {operation} was lost; {call} does not show the order {after} after "
            "it was sent: it was not accepted, and is sent once more",
            operation=operation.name,
            call=reconcile.call,
            after=absent.after,
        )
        yield Emit(Warn(run.trail, text))
    return bool(is_absent)


def _with_doubt(lost: Failed, reconcile: Reconcile, read: Done) -> Failed:
    """The failure with a note if the read could not prove that the order was not accepted."""
    if reconcile.absent is None or read.dated is not None:
        return lost
    words = say(
        "{call} does not show the order; its answer does not prove which point it is about or when"
        " it was made; an empty answer proves nothing",
        call=reconcile.call,
    )
    return replace(lost, failure=lost.failure.with_details(("not found", words)))


def _with_proof_time(lost: Failed, reconcile: Reconcile, run: Run) -> Failed:
    """The failure with the time from which a resumed run may prove that the order is absent."""
    if reconcile.absent is None or not run.is_resumable or run.environment.simulated:
        return lost
    words = say(
        "{after} after the order was sent, sgeflow resume {id} may send it once more, if "
        "{call} names the point and does not show the order",
        after=reconcile.absent.after,
        id=run.id,
        call=reconcile.call,
    )
    return replace(lost, failure=lost.failure.with_details(("later", words)))


def _found_text(label: str, call: str, lost: Failed) -> Message:
    if lost.refusal is None:
        return say(
            "the answer to {operation} was lost; {call} shows that it was accepted",
            operation=label,
            call=call,
        )
    return say(
        "{operation} was refused with {code}, but {call} shows what was ordered: the order "
        "counts as accepted, and may have arrived twice",
        operation=label,
        code=lost.refusal.code,
        call=call,
    )


def _search_record(operation: Operation, run: Run, outcome: str, *, accepted: bool) -> CallRecord:
    """The journal's record of a search for an order."""
    return CallRecord(
        key=run.key(operation.name),
        label=operation.name,
        kind=operation.kind,
        attempt=0,
        outcome=outcome,
        seconds=0.0,
        bytes_in=0,
        accepted=accepted,
    )
