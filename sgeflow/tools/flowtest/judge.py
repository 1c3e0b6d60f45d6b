"""Compares the outcome of a run with the expectations of its flow test."""

from collections.abc import Iterator, Sequence
from typing import Any

from sgeflow.core.compare import difference, one_line
from sgeflow.core.engine.conditions import explain
from sgeflow.core.language.expression import Expression
from sgeflow.core.model import Kind, Status
from sgeflow.core.stubs import fits as path_fits
from sgeflow.errors import Details, EvaluationError, Id, Location, Problem
from sgeflow.messages import Message, from_table, join_items, say, say_count, sentences, verbatim
from sgeflow.tools.flowtest.model import (
    Expectation,
    ExpectedCall,
    ExpectedSeries,
    ExpectedValue,
    Observed,
    ObservedCall,
)

_LISTED = 20  # calls that a message lists at most


def judge(expect: Expectation, observed: Observed) -> tuple[Problem, ...]:
    """Return a problem for each expectation that failed.

    If the run ended differently than expected, only this is reported: the rest follows from it.
    """
    ended = tuple(_end(expect, observed))
    if any(problem.at in (expect.outcome.at, expect.code and expect.code.at) for problem in ended):
        return ended
    return (
        *ended,
        *_outputs(expect, observed),
        *_calls(expect, observed),
        *_last(expect, observed),
        *(problem for one in expect.times for problem in _times(*one, observed)),
        *_orders(expect, observed),
        *_never(expect, observed),
        *_judge_skips(expect, observed),
        *_files(expect, observed),
        *(problem for series in expect.measures for problem in _series(series, observed)),
        *_warnings(expect, observed),
        *(problem for check in expect.checks for problem in _check(check, observed)),
    )


# -- how it ended ----------------------------------------------------------------------------------


def _end(expect: Expectation, observed: Observed) -> Iterator[Problem]:
    if observed.outcome != expect.outcome.text:
        message = say(
            "the run ended as {seen}, not {expected}",
            seen=from_table(observed.outcome),
            expected=from_table(expect.outcome.text),
        )
        yield _problem(message, expect.outcome.at, _failure(observed))
        return
    if expect.code and observed.code != expect.code.text:
        more = tuple(pair for pair in _failure(observed) if pair[0] != "code")
        details = (("expected", expect.code.text), ("seen", observed.code or say("none")), *more)
        yield _problem(say("the run failed with another code"), expect.code.at, details)
        return
    if expect.exit and str(observed.exit) != expect.exit.text:
        details = (("expected", expect.exit.text), ("seen", str(observed.exit)))
        yield _problem(say("the exit code differs"), expect.exit.at, details)
    if expect.message and expect.message.text not in observed.message:
        details = (
            ("expected", f"… {expect.message.text} …"),
            ("seen", observed.message or say("nothing")),
        )
        yield _problem(say("the message differs"), expect.message.at, details)


def _failure(observed: Observed) -> Details:
    if not observed.message:
        return ()
    details = (("code", observed.code), ("message", observed.message), ("hint", observed.hint))
    return tuple((label, text) for label, text in (*details, ("step", observed.step)) if text)


# -- what it gave ----------------------------------------------------------------------------------


def _outputs(expect: Expectation, observed: Observed) -> Iterator[Problem]:
    for expectation in expect.outputs:
        yield from _value(
            expectation,
            observed.outputs or {},
            say("the output {path}", path=expectation.expression.text),
        )


def _files(expect: Expectation, observed: Observed) -> Iterator[Problem]:
    details = (("files", ", ".join(sorted(observed.files)) or say("none")),)
    if expect.no_files_at and observed.files:
        yield _problem(say("a file was written"), expect.no_files_at, details)
    for file in expect.files:
        if file.name not in observed.files:
            yield _problem(say("the file {file} was not written", file=file.name), file.at, details)
            continue
        for expectation in file.values:
            yield from _value(
                expectation,
                observed.files[file.name],
                sentences(file.name, expectation.expression.text, between=": "),
            )


def _value(expectation: ExpectedValue, data: Any, what: Message) -> Iterator[Problem]:
    try:
        value = expectation.expression.search(data)
    except EvaluationError as error:
        yield _problem(
            say("{path} cannot be read: {reason}", path=what, reason=error.problems[0].message),
            expectation.at,
            (),
        )
        return
    if details := difference(expectation.value, value):
        yield _problem(say("{what} differs", what=what), expectation.at, details)


def _series(series: ExpectedSeries, observed: Observed) -> Iterator[Problem]:
    facts = observed.measures.get(series.name, {"values": 0})
    for name, value in series.facts.items():
        if details := difference(value, facts.get(name)):
            message = say("{series}: {fact} differs", series=series.name, fact=_FACTS[name])
            yield _problem(message, series.at, details)


_FACTS = {
    "values": say("the number of kept values"),
    "first": say("the first day"),
    "last": say("the last day"),
    "sum": say("the sum"),
    "unit": say("the unit"),
}


# -- what it did -----------------------------------------------------------------------------------


def _calls(expect: Expectation, observed: Observed) -> Iterator[Problem]:
    """Problems of expected calls that were not made, or not in the expected order."""
    placed = _in_order(expect.calls, observed.calls)
    for number, expectation in enumerate(expect.calls):
        if number in placed:
            continue
        is_late = any(_fits(expectation, call) for call in observed.calls)
        message = say("{call} was not called", call=_call_text(expectation))
        if any(call.label == expectation.label for call in observed.calls):
            message = say("{call} was called, but not so", call=_call_text(expectation))
        if is_late:
            message = say("{call} was called, but not in this order", call=_call_text(expectation))
        details = (
            (("called", _list_calls(observed.calls)),)
            if is_late
            else _nearest_call(expectation, observed.calls)
        )
        yield _problem(message, expectation.at, details)


def _last(expect: Expectation, observed: Observed) -> Iterator[Problem]:
    expectation, last = expect.last, observed.calls[-1:]
    if expectation and not any(_fits(expectation, call) for call in last):
        message = say("the last call is not {call}", call=_call_text(expectation))
        details: Details = (("called", _list_calls(observed.calls)),)
        if last and last[0].label == expectation.label:
            details = _nearest_call(expectation, last)
        yield _problem(message, expectation.at, details)


def _times(expectation: ExpectedCall, times: int, observed: Observed) -> Iterator[Problem]:
    count = _count(expectation, observed)
    if times != count:
        message = _count_words(expectation, count)
        details = (("expected", str(times)), ("called", _list_calls(observed.calls)))
        yield _problem(message, expectation.at, details)


def _orders(expect: Expectation, observed: Observed) -> Iterator[Problem]:
    if expect.orders is None or expect.orders_at is None:
        return
    orders = [call for call in observed.calls if call.is_operation and call.kind != Kind.READ.value]
    for number, expectation in enumerate(expect.orders):
        if number >= len(orders):
            message = say("{call} was not ordered", call=_call_text(expectation))
            yield _problem(message, expectation.at, (("ordered", _list_calls(orders)),))
        elif not _fits(expectation, orders[number]):
            message = say("another order was sent instead of {call}", call=_call_text(expectation))
            details = (("ordered", _list_calls(orders)), *_values(expectation, orders[number]))
            yield _problem(message, expectation.at, details)
    if len(orders) > len(expect.orders):
        more = len(orders) - len(expect.orders)
        message = say_count("{count} order too many", "{count} orders too many", count=more)
        yield _problem(message, expect.orders_at, (("ordered", _list_calls(orders)),))


def _never(expect: Expectation, observed: Observed) -> Iterator[Problem]:
    for expectation in expect.never:
        if count := _count(expectation, observed):
            yield _problem(_count_words(expectation, count), expectation.at, ())


def _count(expectation: ExpectedCall, observed: Observed) -> int:
    return sum(_fits(expectation, call) for call in observed.calls)


def _count_words(expectation: ExpectedCall, count: int) -> Message:
    return say_count(
        "{call} was called, once",
        "{call} was called, {count} times",
        call=_call_text(expectation),
        count=count,
    )


def _judge_skips(expect: Expectation, observed: Observed) -> Iterator[Problem]:
    for expectation in expect.skipped:
        ends = [
            trace for trace in observed.steps if f"/{trace.trail}".endswith(f"/{expectation.text}")
        ]
        if any(trace.status is Status.SKIPPED for trace in ends):
            continue
        message = say("the step {step} was not skipped: it was not reached", step=expectation.text)
        if ends:
            status = from_table(ends[0].status.value)
            message = say(
                "the step {step} was not skipped: it is {status}",
                step=expectation.text,
                status=status,
            )
        yield _problem(message, expectation.at, ())


def _warnings(expect: Expectation, observed: Observed) -> Iterator[Problem]:
    for expectation in expect.warnings:
        if not any(expectation.text in warning for warning in observed.warnings):
            details = tuple(("warned", text) for text in observed.warnings) or (
                ("warned", say("nothing")),
            )
            yield _problem(
                say('no warning says "{text}"', text=expectation.text), expectation.at, details
            )


def _check(check: Expression, observed: Observed) -> Iterator[Problem]:
    at = check.spot.at(0, len(check.text))
    facts = observed.facts()
    try:
        if check.truth(facts):
            return
    except EvaluationError as error:
        yield _problem(verbatim(error.problems[0].message), at, ())
        return
    yield _problem(say("the condition is false"), at, explain(check, facts, openly=True))


def _problem(message: Message, at: Location | None, details: Details) -> Problem:
    return Problem(id=Id.EXPECTATION, message=message, at=at, details=details)


def _in_order(
    expectations: Sequence[ExpectedCall], calls: Sequence[ObservedCall]
) -> frozenset[int]:
    """The indexes of the longest list of expected calls that were made in order."""
    best: list[tuple[int, ...]] = [()] * (len(calls) + 1)  # by the number of calls compared so far
    for number, one in enumerate(expectations):
        before = best
        best = [()]
        for at, call in enumerate(calls):
            longer = (*before[at], number) if _fits(one, call) else ()
            best.append(max(longer, before[at + 1], best[at], key=len))
    return frozenset(best[-1])


def _fits(expectation: ExpectedCall, call: ObservedCall) -> bool:
    """Whether a call matches an expectation: its name, path and values."""
    return (
        expectation.label == call.label
        and _is_there(expectation, call)
        and expectation.outcome in ("", call.outcome)
        and not _values(expectation, call)
    )


def _is_there(expectation: ExpectedCall, call: ObservedCall) -> bool:
    """Whether a call's path matches the expected path; `{name}` matches any text."""
    return not expectation.path or path_fits(expectation.path, call.path)


def _values(expectation: ExpectedCall, call: ObservedCall) -> Details:
    """The expected values that differ from those of the call."""
    if expectation.label != call.label:
        return ()
    return tuple(
        (name, _other(one_line(call.values.get(name)), one_line(value)))
        for name, value in expectation.values.items()
        if difference(value, call.values.get(name), as_sent=True)
    )


def _other(seen: str, expected: str) -> Message:
    return say("{seen}, expected {expected}", seen=seen, expected=expected)


def _nearest_call(expectation: ExpectedCall, calls: Sequence[ObservedCall]) -> Details:
    """The differences from the most similar call of that name, or the calls that were made."""
    alike = [call for call in calls if call.label == expectation.label]
    if not alike:
        return (("called", _list_calls(calls)),)
    nearest = min(alike, key=lambda call: len(_values(expectation, call)))
    details = list(_values(expectation, nearest))
    if not _is_there(expectation, nearest):
        details.append(("path", _other(nearest.path, expectation.path)))
    if expectation.outcome not in ("", nearest.outcome):
        outcome = _other(nearest.outcome or say("none"), expectation.outcome)
        details.append(("outcome", outcome))
    return (*details, ("called", _list_calls(calls)))


def _call_text(expectation: ExpectedCall) -> str:
    """The call as a document has it."""
    method, _, service = expectation.label.partition(" ")
    return f"{method} {service}{expectation.path}" if service else expectation.label


def _list_calls(calls: Sequence[ObservedCall]) -> str:
    """The calls in order, with repeated calls listed once."""
    counts: list[tuple[str, int]] = []
    for call in calls:
        if counts and counts[-1][0] == call.label:
            counts[-1] = call.label, counts[-1][1] + 1
        else:
            counts.append((call.label, 1))
    words = [f"{label} x {times}" if times > 1 else label for label, times in counts]
    if len(words) > _LISTED:
        words[_LISTED:] = [say("… and {count} more", count=len(words) - _LISTED)]
    return join_items(words, between=" → ") if words else say("nothing")
