"""Holds what was seen of a run to what its flow test expects: each difference is a problem."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sgeflow.core.compare import difference
from sgeflow.core.engine.conditions import explained
from sgeflow.core.language.expression import Expression
from sgeflow.core.model import Kind, Status
from sgeflow.errors import EvaluationError, Id, Location, Problem
from sgeflow.messages import Said, counted, fixed, say, sentences, theirs
from sgeflow.tools.flowtest.calls import (
    Details,
    fits,
    in_order,
    list_calls,
    nearest_call,
    values,
    written,
)
from sgeflow.tools.flowtest.model import Expectation, Seen, Wanted, WantedCall, WantedSeries


def judge(expect: Expectation, seen: Seen) -> tuple[Problem, ...]:
    """Every expectation that does not hold.

    A run that ended otherwise than expected is told by that alone: what it did not do then is a
    consequence.
    """
    ended = tuple(_end(expect, seen))
    if any(problem.at in (expect.outcome.at, expect.code and expect.code.at) for problem in ended):
        return ended
    return (
        *ended,
        *_outputs(expect, seen),
        *_calls(expect, seen),
        *_orders(expect, seen),
        *_never(expect, seen),
        *_skipped(expect, seen),
        *_files(expect, seen),
        *(problem for series in expect.measures for problem in _series(series, seen)),
        *_warnings(expect, seen),
        *(problem for check in expect.checks for problem in _check(check, seen)),
    )


# -- how it ended ----------------------------------------------------------------------------------


def _end(expect: Expectation, seen: Seen) -> Iterator[Problem]:
    if seen.outcome != expect.outcome.text:
        message = say(
            "the run ended otherwise: {seen}, not {expected}",
            seen=fixed(seen.outcome),
            expected=fixed(expect.outcome.text),
        )
        yield _problem(message, expect.outcome.at, _failure(seen))
        return
    if expect.code and seen.code != expect.code.text:
        more = tuple(pair for pair in _failure(seen) if pair[0] != "code")
        details = (("expected", expect.code.text), ("seen", seen.code or say("none")), *more)
        yield _problem(say("the run failed with another code"), expect.code.at, details)
        return
    if expect.exit and str(seen.exit) != expect.exit.text:
        details = (("expected", expect.exit.text), ("seen", str(seen.exit)))
        yield _problem(say("the exit code differs"), expect.exit.at, details)
    if expect.message and expect.message.text not in seen.message:
        details = (
            ("expected", f"… {expect.message.text} …"),
            ("seen", seen.message or say("nothing")),
        )
        yield _problem(say("the message does not say so"), expect.message.at, details)


def _failure(seen: Seen) -> Details:
    if not seen.message:
        return ()
    told = (("code", seen.code), ("message", seen.message), ("hint", seen.hint))
    return tuple((label, text) for label, text in (*told, ("step", seen.step)) if text)


# -- what it gave ----------------------------------------------------------------------------------


def _outputs(expect: Expectation, seen: Seen) -> Iterator[Problem]:
    for wanted in expect.outputs:
        yield from _value(
            wanted, seen.outputs or {}, say("the output {path}", path=wanted.expression.text)
        )


def _files(expect: Expectation, seen: Seen) -> Iterator[Problem]:
    for file in expect.files:
        if file.name not in seen.files:
            written = ", ".join(sorted(seen.files)) or say("none")
            details = (("files", written),)
            yield _problem(say("the file {file} was not written", file=file.name), file.at, details)
            continue
        for wanted in file.values:
            yield from _value(
                wanted,
                seen.files[file.name],
                sentences(file.name, wanted.expression.text, between=": "),
            )


def _value(wanted: Wanted, data: Any, what: Said) -> Iterator[Problem]:
    try:
        found = wanted.expression.search(data)
    except EvaluationError as error:
        yield _problem(
            say("{what} cannot be read: {reason}", what=what, reason=error.problems[0].message),
            wanted.at,
            (),
        )
        return
    if details := difference(wanted.value, found):
        yield _problem(say("{what} differs", what=what), wanted.at, details)


def _series(series: WantedSeries, seen: Seen) -> Iterator[Problem]:
    facts = seen.measures.get(series.name, {"values": 0})
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


def _calls(expect: Expectation, seen: Seen) -> Iterator[Problem]:
    """The expected calls that stand in no place of the longest run of them that was made."""
    placed = in_order(expect.calls, seen.calls)
    for number, wanted in enumerate(expect.calls):
        if number in placed:
            yield from _times(wanted, seen)
            continue
        is_late = any(fits(wanted, call) for call in seen.calls)
        message = say("{call} was not called", call=written(wanted))
        if any(call.label == wanted.label for call in seen.calls):
            message = say("{call} was called, but not so", call=written(wanted))
        if is_late:
            message = say("{call} was called, but not in this order", call=written(wanted))
        details = (
            (("called", list_calls(seen.calls)),) if is_late else nearest_call(wanted, seen.calls)
        )
        yield _problem(message, wanted.at, details)


def _times(wanted: WantedCall, seen: Seen) -> Iterator[Problem]:
    made = sum(fits(wanted, call) for call in seen.calls)
    if wanted.times not in (None, made):
        message = counted(
            "{call} was called, once",
            "{call} was called, {count} times",
            call=written(wanted),
            count=made,
        )
        details = (("expected", str(wanted.times)), ("called", list_calls(seen.calls)))
        yield _problem(message, wanted.at, details)


def _orders(expect: Expectation, seen: Seen) -> Iterator[Problem]:
    if expect.orders is None or expect.orders_at is None:
        return
    made = [call for call in seen.calls if call.is_sge and call.kind != Kind.READ.value]
    for number, wanted in enumerate(expect.orders):
        if number >= len(made):
            message = say("{call} was not ordered", call=written(wanted))
            yield _problem(message, wanted.at, (("ordered", list_calls(made)),))
        elif not fits(wanted, made[number]):
            message = say("another order stands at the place of {call}", call=written(wanted))
            details = (("ordered", list_calls(made)), *values(wanted, made[number]))
            yield _problem(message, wanted.at, details)
    if len(made) > len(expect.orders):
        more = len(made) - len(expect.orders)
        message = counted("{count} order too many", "{count} orders too many", count=more)
        yield _problem(message, expect.orders_at, (("ordered", list_calls(made)),))


def _never(expect: Expectation, seen: Seen) -> Iterator[Problem]:
    for wanted in expect.never:
        made = [call for call in seen.calls if fits(wanted, call)]
        if made:
            message = counted(
                "{call} was called, once",
                "{call} was called, {count} times",
                call=written(wanted),
                count=len(made),
            )
            yield _problem(message, wanted.at, ())


def _skipped(expect: Expectation, seen: Seen) -> Iterator[Problem]:
    for wanted in expect.skipped:
        ends = [trace for trace in seen.steps if f"/{trace.trail}".endswith(f"/{wanted.text}")]
        if any(trace.status is Status.SKIPPED for trace in ends):
            continue
        message = say("the step {step} was not skipped: it was not reached", step=wanted.text)
        if ends:
            status = fixed(ends[0].status.value)
            message = say(
                "the step {step} was not skipped: it is {status}", step=wanted.text, status=status
            )
        yield _problem(message, wanted.at, ())


def _warnings(expect: Expectation, seen: Seen) -> Iterator[Problem]:
    for wanted in expect.warnings:
        if not any(wanted.text in warning for warning in seen.warnings):
            details = tuple(("warned", text) for text in seen.warnings) or (
                ("warned", say("nothing")),
            )
            yield _problem(say('no warning says "{text}"', text=wanted.text), wanted.at, details)


def _check(check: Expression, seen: Seen) -> Iterator[Problem]:
    at = check.spot.at(0, len(check.text))
    facts = seen.facts()
    try:
        if check.truth(facts):
            return
    except EvaluationError as error:
        yield _problem(theirs(error.problems[0].message), at, ())
        return
    yield _problem(say("the condition does not hold"), at, explained(check, facts, openly=True))


# -- words -----------------------------------------------------------------------------------------


def _problem(message: Said, at: Location | None, details: Details) -> Problem:
    return Problem(id=Id.EXPECTATION, message=message, at=at, details=details)
