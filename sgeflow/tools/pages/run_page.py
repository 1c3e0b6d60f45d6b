"""Makes the page of a run from its facts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from sgeflow.adapters.pages.render import render
from sgeflow.adapters.state.records import Order
from sgeflow.core.engine.trails import outermost_undo, trail_of
from sgeflow.core.measures.civil_time import civil
from sgeflow.core.model import Kind, Status
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import (
    NOTHING,
    write_duration,
    write_moment,
    write_number,
    write_percent,
    write_scale,
    write_seconds,
    write_sentence,
)
from sgeflow.messages import Message, from_table, join_items, say, say_count
from sgeflow.patterns import regex
from sgeflow.tools.pages import svg
from sgeflow.tools.pages.codes import ending_step
from sgeflow.tools.pages.parts import OUTCOMES, PageFigure
from sgeflow.tools.pages.run_facts import CallGroup, CallLine, RunFacts, Try, around
from sgeflow.tools.pages.svg import short

WORDS: Mapping[str, str] = {
    "calls": say("Timeline"),
    "calls_note": say(
        "Under its step, in seconds from the start of the run. What is too short to be seen has a"
        " bar all the same."
    ),
    "calls_none": say("Nothing was asked."),
    "step": say("Step"),
    "time": say("Time"),
    "tries": say("Tries"),
    "duration": say("Duration"),
    "order": say("order"),
    "undo": say("undo"),
    "troubles": say("Failures and their meaning"),
    "troubles_well": say("All of it recovered by retries, or by the flow."),
    "troubles_ended": say("The run ended with the first line."),
    "troubles_none": say("Nothing went wrong."),
    "code": say("Code"),
    "times": say("Times"),
    "means": say("Meaning of the code"),
    "remedy": say("Remedy"),
    "orders": say("Orders"),
    "orders_note": say("Requests that change something; each is sent once."),
    "operation": say("Operation"),
    "state": say("State"),
    "sent": say("Sent"),
    "came": say("Results"),
    "warnings": say("Warnings"),
    "flow_link": say("The flow, with this run in it"),
}


_LEAST = 0.25  # percent: the narrowest visible bar
_FELT = 0.05  # seconds; shorter waits are left out
_END = 93  # percent; labels of the axis further right lean left


SIGNS: Mapping[str, Message] = {
    "try": say("a try"),
    "try failed": say("a try that failed"),
    "wait": say("waits to retry"),
    "turn": say("waits for its turn: the rate, or a neighbour that is down"),
}
"""The meanings of the marks in a track, by style class."""


def axis(facts: RunFacts) -> Markup:
    """The axis: seconds from the start of the run."""
    words = []
    values = svg.ticks(facts.length, about=5)
    last = max(value for value in values if value <= facts.length)
    for value, number in zip(values, write_scale(values), strict=True):
        x = 100 * value / facts.length
        if x <= 100:  # noqa: PLR2004 - percent
            side = "end" if x > _END else "start" if not value else "middle"
            kind = "" if value in (0, values[-1], last) else ' class="long"'
            words.append(f'<text{kind} x="{short(x)}%" y="12" text-anchor="{side}">{number}</text>')
    return svg.join(words)


def grid(facts: RunFacts) -> Markup:
    """The lines of the axis, used by each row."""
    values = svg.ticks(facts.length, about=5)
    places = (100 * value / facts.length for value in values)
    return svg.join(
        f'<line class="rule" x1="{short(x)}%" x2="{short(x)}%" y1="0" y2="100%"/>'
        for x in places
        if x <= 100  # noqa: PLR2004 - percent
    )


def signs(facts: RunFacts) -> Iterator[tuple[str, Message]]:
    """The marks in the tracks, with their meanings."""
    tries = [one for line in facts.lines for one in line.tries]
    there = {
        "try": any(one.is_well for one in tries),
        "try failed": not all(one.is_well for one in tries),
        "wait": any(one.paused for one in tries),
        "turn": any(_is_seen(facts, one.waited) for one in tries),
    }
    return ((kind, SIGNS[kind]) for kind, is_there in there.items() if is_there)


def _is_seen(facts: RunFacts, seconds: float) -> bool:
    return 100 * seconds / facts.length >= _LEAST


def track(facts: RunFacts, line: CallLine) -> tuple[Markup, str]:
    """The attempts and waits of a call, as a drawing and as text."""
    marks = svg.join(mark for call in line.calls for mark in _marks(facts, call))
    failed = sum(line.outcomes.values())
    tries = say_count("{count} try", "{count} tries", count=len(line.tries))
    start, length = write_duration(line.start), write_duration(line.seconds)
    text = say("{tries}, from {start}, for {length}", tries=tries, start=start, length=length)
    if failed:
        text = say(
            "{tries}, {failed} failed, from {start}, for {length}",
            tries=tries,
            failed=failed,
            start=start,
            length=length,
        )
    waits = waits_text(line.turn_seconds, line.pause_seconds)
    return marks, "; ".join(map(translate, (text, *waits)))


def _marks(facts: RunFacts, call: tuple[Try, ...]) -> Iterator[str]:
    for one in call:
        x1, x2 = (short(100 * at / facts.length) for at in one.pause)
        if one.paused:
            yield f'<line class="wait" x1="{x1}%" x2="{x2}%" y1="50%" y2="50%"/>'
        if _is_seen(facts, one.waited):
            wide = 100 * one.waited / facts.length
            yield f'<rect class="turn" x="{x2}%" width="{short(wide)}%"/>'
    for one in call:
        wide = max(_LEAST, 100 * one.seconds / facts.length)
        x = min(100 * one.start / facts.length, 100 - wide)
        kind = "try" if one.is_well else "try failed"
        place = f'x="{short(x)}%" width="{short(wide)}%"'
        yield f'<rect class="{kind}" {place}><title>{escape(_try_title(one))}</title></rect>'


def _try_title(one: Try) -> str:
    start, length = write_duration(one.start), write_duration(one.seconds)
    words: list[str] = [say("a try at {start}, for {length}", start=start, length=length)]
    if not one.is_well:
        words.append(one.outcome or say("no answer"))
    return "; ".join(map(translate, (*words, *waits_text(one.waited, one.paused))))


def waits_text(waited: float, paused: float) -> tuple[Message, ...]:
    """How long a call waited and why; very short waits are left out."""
    turn = say("{duration} waiting for a turn", duration=write_duration(waited))
    again = say("{duration} waiting to retry", duration=write_duration(paused))
    return tuple(words for seconds, words in ((paused, again), (waited, turn)) if seconds >= _FELT)


_RESUME = regex(r"sgeflow resume [A-ZÉ]+")
_DEEPEST = 3  # levels of headings


Explained = tuple[str, str]
"""The meaning of a code, and its remedy; both may be empty."""


def run_page(
    facts: RunFacts,
    orders: Sequence[Order],
    explain: Callable[[str], Explained],
    *,
    flow_file: str = "",
) -> str:
    """Return the page in the reader's language; `flow_file` is the page of its flow."""
    return render(
        "run.html.j2",
        WORDS,
        sheet="run.css",
        scripts=("chart.js",),
        title=from_table(facts.title),
        about=(
            say("Run {run}", run=facts.run),
            facts.flow,
            write_moment(civil(int(facts.began))),
            say("environment {name}", name=facts.environment),
        ),
        is_simulated=facts.is_simulated,
        outcome=OUTCOMES[facts.status],
        end=_end(facts, explain),
        figures=list(_figures(facts)),
        axis=axis(facts),
        grid=grid(facts),
        signs=list(signs(facts)),
        rows=list(_rows(facts)),
        troubles=(troubles := list(_troubles(facts, explain))),
        has_remedies=any(one["remedy"] for one in troubles),
        is_failed=bool(facts.code),
        orders=[_order_row(facts, one) for one in orders],
        order_codes=any(one.code for one in orders),
        came=[
            (facts.titles.get(facts.drawn_trail(one.trail), ""), one.summary)
            for one in _steps_with_results(facts)
        ],
        steps=_step_counts(facts),
        warnings=facts.warnings,
        flow_file=flow_file,
        run=facts.run,
        sentence=write_sentence,
    )


def _figures(facts: RunFacts) -> Iterator[PageFigure]:
    until = say("until it was stopped") if facts.seconds is None else say("from start to end")
    under_way = say("{duration} in calls", duration=write_duration(facts.answering))
    value, unit = write_seconds(facts.length)
    yield PageFigure(name=say("Duration"), value=value, unit=unit, notes=(until, under_way))
    if waits := waits_text(facts.turn_seconds, facts.pause_seconds):
        value, unit = write_seconds(facts.waits)
        yield PageFigure(name=say("waited"), value=value, unit=unit, notes=waits)
    again = (
        say_count("{count} was tried again", "{count} were tried again", count=facts.again)
        if facts.again
        else say("none was tried again")
    )
    calls = say_count("call made", "calls made", count=facts.tries)
    yield PageFigure(name=calls, value=write_number(facts.tries), notes=(again,))
    failed = sum(facts.outcomes.values())
    share = write_percent(failed / facts.tries) if facts.tries else NOTHING
    of = say("{failed} of {tries}", failed=write_number(failed), tries=write_number(facts.tries))
    yield PageFigure(name=say("of the tries failed"), value=share, notes=(of,))
    yield _orders(facts)
    if facts.values is not None:
        yield PageFigure(name=say("values kept"), value=write_number(facts.values))


def _orders(facts: RunFacts) -> PageFigure:
    """The number of orders, and of steps that were undone."""
    lines = [line for line in facts.lines if line.kind is not Kind.READ]
    orders = sum(len(line.calls) for line in lines)
    notes: list[str] = []
    if lines:
        twice = sum(len(call) > 1 for line in lines for call in line.calls)
        notes.append(say("some again") if twice else say_count("once", "each once", count=orders))
    if facts.undone_steps:
        notes.append(say_count("{count} undone", "{count} undone", count=facts.undone_steps))
    return PageFigure(
        name=say_count("order sent", "orders sent", count=orders),
        value=write_number(orders),
        notes=tuple(notes),
    )


def _end(facts: RunFacts, explain: Callable[[str], Explained]) -> tuple[str, ...]:
    """The remedy and the end of the run, for the top of the page; empty for a successful run."""
    if facts.code:
        means, remedy = explain(facts.code)
        first = (
            say("This run is done in part: {code}.", code=facts.code)
            if facts.status is Status.PARTIAL
            else say("This run failed with {code}.", code=facts.code)
        )
        trail = ending_step(facts.code, facts.steps)
        known = [facts.titles[one] for one in around(trail) if one in facts.titles]
        where = say("At the step “{title}”.", title=known[-1]) if known else ""
        return tuple(filter(None, (_for_this_run(facts, remedy), first, where, means)))
    again = say("this run was simulated: run it again")
    goes_on = say("`sgeflow resume {run}` resumes it.", run=facts.run)
    next_ = again if facts.is_simulated else goes_on
    if facts.status is Status.RUNNING:
        return next_, say("This run has not ended: it was stopped, or is running.")
    if facts.status is Status.FAILED:  # stopped from outside
        return next_, say("This run was stopped before its end.")
    return ()


def _for_this_run(facts: RunFacts, remedy: str) -> str:
    """A remedy whose command names the failed run."""
    return _RESUME.sub(f"sgeflow resume {facts.run}", translate(remedy))


def _rows(facts: RunFacts) -> Iterator[dict[str, Any]]:
    """The rows of the time line: headings and calls.

    The first row of a step has the step's trail as its id, to which the page of the flow links.
    """
    known: set[str] = set()
    for one in facts.rows:
        if isinstance(one, CallGroup):
            yield {"is_heading": True, "depth": min(one.depth, _DEEPEST), "title": one.title}
            continue
        step = facts.step_of(one)
        is_first = step not in known
        leads = is_first or not facts.is_of_document(one)  # cases share one step
        known.add(step)
        row = {"id": step if is_first else "", "step": step if leads else ""}
        yield row | _call_row(facts, one)


def _call_row(facts: RunFacts, line: CallLine) -> dict[str, Any]:
    marks, alt = track(facts, line)
    title = facts.title_of(line)
    if len(line.calls) > 1:
        title = say("{title}, {count} times", title=title, count=len(line.calls))
    elif (item := _item(line.trail)) is not None:
        title = say("{title}, {number}", title=title, number=item)
    elif line.trail.endswith("@reconcile"):
        title = say("{title}: was it accepted?", title=title)
    met = ((code or say("no answer"), times) for code, times in line.outcomes.items())
    codes = [join_items((code, str(times)), " × ") if times > 1 else code for code, times in met]  # noqa: RUF001
    return {
        "is_heading": False,
        "depth": min(len(facts.groups_of(line)), _DEEPEST),
        "title": title,
        "label": line.label,
        "note": join_items(codes) if codes else "",
        "recovery": say("found accepted by a search") if line.key in facts.recovered else "",
        "is_order": line.kind is not Kind.READ,
        "is_undo": bool(outermost_undo(line.trail)),
        "marks": marks,
        "alt": alt,
        "tries": write_number(len(line.tries)),
        "duration": write_duration(line.seconds),
    }


def _item(trail: str) -> int | None:
    """The number of a call's list item, from 1; None outside of lists."""
    _, bracket, rest = trail.rpartition("[")
    number = rest.partition("]")[0]
    return int(number) + 1 if bracket and number.isdecimal() else None


def _troubles(facts: RunFacts, explain: Callable[[str], Explained]) -> Iterator[dict[str, str]]:
    """The failures of the run; each remedy once, and only if a step failed."""
    codes = dict(facts.outcomes.most_common())
    failed = {one.code for one in facts.steps if one.status is Status.FAILED and facts.code}
    told = {explain(facts.code)[1]}  # shown at the top of the page
    if facts.code:  # first, even if others are more frequent
        codes = {facts.code: codes.pop(facts.code, 1), **codes}
    for code, times in codes.items():
        means, remedy = explain(code) if code else (say("no answer came"), "")
        is_new = code in failed and remedy not in told
        told.add(remedy)
        yield {
            "code": code or NOTHING,
            "times": write_number(times),
            "means": means,
            "remedy": _for_this_run(facts, remedy) if is_new else "",
        }


def _order_row(facts: RunFacts, order: Order) -> dict[str, Any]:
    trail = facts.drawn_trail(trail_of(order.key))
    return {
        "title": facts.titles.get(trail, trail.rpartition("/")[2]),
        "operation": order.operation,
        "state": from_table(order.state.value),
        "code": order.code,
        "sent": write_moment(civil(int(order.sending or order.planned))),
    }


def _steps_with_results(facts: RunFacts) -> Iterator[Any]:
    """The steps with results in words: without calls and nested steps."""
    callers = {one for line in facts.lines for one in around(facts.drawn_trail(line.trail))}
    for step in facts.steps:
        plain = facts.drawn_trail(step.trail)
        if step.summary and step.gave and plain in facts.titles and plain not in callers:
            yield step


def _step_counts(facts: RunFacts) -> Message:
    """How the steps ended; a step that failed because of a nested one is not counted."""
    statuses = [step.status for step in facts.steps]
    failed = [step.trail for step in facts.steps if step.status is Status.FAILED]
    # nested steps, items and polls
    beginnings = [tuple(f"{one}{sign}" for sign in "/@[~") for one in failed]
    own = [one for one in beginnings if not any(other.startswith(one) for other in failed)]
    return say(
        "Steps done: {done}, skipped: {skipped}, failed: {failed}.",
        done=statuses.count(Status.DONE),
        skipped=statuses.count(Status.SKIPPED),
        failed=len(own),
    )
