"""The chart of a flow: its steps, loops, conditions and handlers, and their history in a run."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.engine.step import Flow, Handler, Retry, Step, Verdict
from sgeflow.core.engine.trails import (
    at_finally,
    at_handler,
    at_undo,
    belongs,
    enclosing,
    flow_handler,
    inside,
    is_part,
    without_items,
)
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.model import Status
from sgeflow.errors import Location
from sgeflow.messages import join_items, say, say_count, sentences, verbatim

_TENTH = 0.1  # seconds; shorter times are shown in milliseconds
_WORST = (Status.FAILED, Status.PARTIAL, Status.RUNNING, Status.DONE, Status.SKIPPED)


class StepHistory(Struct, frozen=True, kw_only=True):
    """The history of a step in a run; empty when the step was never reached."""

    status: Status | None = None
    seconds: float = 0.0
    times: int = 0  # executions; several inside a loop
    calls: int = 0  # attempts of calls, those of nested steps too
    summary: str = ""
    code: str = ""
    after: str = ""  # the code of the failure that a handler took over


NOT_REACHED = StepHistory()


StatusOf = Callable[[str], StepHistory]
"""Returns the history at a trail."""


def history(steps: Iterable[Any], calls: Iterable[str]) -> StatusOf:
    """Return a function that finds the history of a step by its trail, for all turns of its loops.

    `steps` are the kept steps (`KeptStep`) of a run, `calls` has the trail of each attempt.
    """
    records: dict[str, list[Any]] = defaultdict(list)
    handlers: dict[str, list[str]] = defaultdict(list)
    for one in steps:
        records[without_items(one.trail)].append(one)
    for trail in records:
        if handler := flow_handler(trail):
            handlers[handler[1]].append(trail)
    attempts: Counter[str] = Counter()
    for trail, count in Counter(map(without_items, calls)).items():
        for step in (*enclosing(trail), trail):
            if belongs(trail, step):
                attempts[step] += count

    def at(trail: str) -> StepHistory:
        # steps of the flow's handlers are kept under the failed step
        flow, behind = flow_handler(trail) or (trail, "")
        acted = (one for one in handlers.get(behind, ()) if is_part(one, flow))
        trail = next(acted, trail)
        found, count = records.get(trail, ()), attempts.get(trail, 0)
        if not found:
            return StepHistory(status=Status.RUNNING if count else None, calls=count)
        statuses = {one.status for one in found}
        return StepHistory(
            status=next(status for status in _WORST if status in statuses),
            seconds=sum(one.seconds for one in found),
            times=sum(one.status is not Status.SKIPPED for one in found),
            calls=count,
            summary=found[-1].summary if len(found) == 1 else "",
            code=next((one.code for one in found if one.code), ""),
            after=found[-1].after if len(found) == 1 else "",
        )

    return at


_MARKS = {
    Status.DONE: say("✓ done"),
    Status.PARTIAL: say("! partial"),
    Status.FAILED: say("✗ failed"),
    Status.SKIPPED: say("– skipped"),  # noqa: RUF001 - a dash on purpose: nothing happened
    Status.RUNNING: say("… end unknown"),
}


def past_words(past: StepHistory) -> tuple[str, ...]:
    """The history of a step in words: its end, duration, executions, calls and summary."""
    if past.status is None:
        return ()
    mark = _MARKS[past.status]
    parts = [sentences(mark, verbatim(past.code)) if past.code else mark]
    if past.status not in (Status.SKIPPED, Status.RUNNING):
        short = say("{milliseconds:.0f} ms", milliseconds=1000 * past.seconds)
        long = say("{seconds:.1f} s", seconds=past.seconds)
        parts.append(short if past.seconds < _TENTH else long)
    if past.times > 1:
        parts.append(say("{count} times", count=past.times))
    if past.calls:
        parts.append(say_count("{count:,} call", "{count:,} calls", count=past.calls))
    text = join_items(parts, " · ")
    return (text, past.summary) if past.summary else (text,)


Telling = Callable[[str], str]
"""Translates a text for the reader; `str` keeps the English one."""


class StepWords(Struct, frozen=True):
    """The texts of a step in the chart; names of keys stay those of the document."""

    tell: Telling = str

    def flat(self, value: Any) -> str:
        """A value on one line, as the document has it."""
        if isinstance(value, bool) or value is None:
            return {True: "true", False: "false", None: "null"}[value]
        text = getattr(value, "text", value)
        if isinstance(text, dict | list):
            text = json.dumps(text, ensure_ascii=False, default=str)
        return " ".join(self.tell(text if isinstance(text, str) else str(text)).split())

    def loop(self, step: Step) -> tuple[str, ...]:
        """The lines about `foreach` and `repeat`; empty without them."""
        each, repeat = step.foreach, step.repeat
        turns = (f"repeat until {self.flat(repeat.until.text)}",) if repeat else ()
        if each is None:
            return turns
        lines = [f"foreach {self.flat(each.items.written)}", f"as {each.name}"]
        lines += [f"until {self.flat(each.until.text)}"] if each.until else []
        lines += [f"parallel {each.parallel}"] if each.parallel > 1 else []
        if step.collect:
            lines.append(f"on_item_error {'keep' if step.keep else 'collect'}")
        return (*lines, *turns)

    def poll(self, step: Step) -> tuple[str, ...]:
        """The lines about `poll`; empty without `poll`."""
        poll = step.poll
        if poll is None:
            return ()
        lines = [f"poll every {duration(poll.every)}, within {duration(poll.within)}"]
        lines += [f"until {self.flat(poll.until.text)}"]
        lines += [f"fail_if {self.flat(poll.fail_if.text)}"] if poll.fail_if else []
        return tuple(lines)

    def action(self, step: Step, *, is_drawn: bool) -> Iterator[str]:
        """The lines about the action of a step; empty for a group whose steps are drawn."""
        first, *more = step.spec.says() or ("",)
        if first or not is_drawn:
            yield f"{step.verb.name} {self.flat(first)}".rstrip()
        yield from (self.flat(line) for line in more if line)
        if step.collect and not step.foreach:
            yield "on_item_error collect"
        yield from self.retry(step.retry)
        if step.timeout is not None:
            yield f"timeout {duration(step.timeout)}"

    def retry(self, retry: Retry | None) -> Iterator[str]:
        """The lines about attempts of a step."""
        if retry:
            yield f"retry attempts {retry.attempts}, backoff {duration(retry.backoff)}"

    def verdict(self, verdict: Verdict) -> tuple[str, ...]:
        """The final code of a step or handler, and its message."""
        return f"fail {verdict.code}", self.flat(verdict.message.source_text)

    def values(self, value: Any) -> tuple[str, ...]:
        """The lines of a value: one for each member of an object."""
        if isinstance(value, dict):
            return tuple(f"{name}: {self.flat(one)}" for name, one in value.items())
        return (self.flat(value),)

    def input(self, parameter: Parameter) -> str:
        """An input with its default, if it has one."""
        if parameter.default is not None:
            return f"{parameter.name} = {self.flat(parameter.default.written)}"
        if parameter.required:
            return parameter.name
        return self.tell(say("{name} (optional)", name=parameter.name))


def duration(seconds: float) -> str:
    """Seconds as readable text: `30 s`, `10 min`, `2 h`."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


class Lane(Struct, frozen=True, kw_only=True):
    """Steps in sequence: a branch, a group, a handler, or an alternative with its `when`."""

    name: str
    blocks: tuple[Block, ...]
    is_conditional: bool = False  # the name is the condition of the lane


class Side(Struct, frozen=True, kw_only=True):
    """An exceptional way of a step: its `else`, a handler or its `undo`."""

    kind: str  # else | on_fault | undo | finally
    causes: str = ""  # codes and classes
    lines: tuple[str, ...] = ()  # its actions
    lane: Lane | None = None
    end: str = ""  # the final code
    is_off: bool = False  # whether the run did not take this way


class Block(Struct, frozen=True, kw_only=True):
    """A step in the chart."""

    key: str  # the trail of the step, unique in the chart
    verb: str
    title: str
    lines: tuple[str, ...]
    when: str = ""
    frames: tuple[tuple[str, ...], ...] = ()  # the lines of loops around the step, outermost first
    lanes: tuple[Lane, ...] = ()
    is_split: bool = False  # whether its lanes stand side by side
    is_flow: bool = False
    sides: tuple[Side, ...] = ()
    ends: bool = False
    past: StepHistory = NOT_REACHED
    told: tuple[str, ...] = ()  # the history of the step, in words
    is_off: bool = False  # whether the run skipped or never reached the step
    is_reached: bool = True  # False when the run never reached the step
    goes_on: bool = True  # False when the run stopped at the step
    at: Location | None = None
    operation: str = ""  # the called operation


class Chart(Struct, frozen=True, kw_only=True):
    """A whole flow, ready to be drawn."""

    name: str
    title: str
    description: str
    inputs: tuple[str, ...]
    state: str
    lane: Lane
    sides: tuple[Side, ...]  # the flow's own handlers
    outputs: tuple[str, ...]
    heading: str = ""  # the run's time, environment and end
    is_ended: bool = True  # False when the run stopped before the end
    tell: Telling = str


class ChartedRun(Struct, frozen=True, kw_only=True):
    """A run to be shown in a chart."""

    past: StatusOf  # what happened at each trail
    heading: str = ""  # the time and the end of the run
    code: str = ""  # the code of its failure, if it failed
    is_ended: bool = True  # whether it reached the end of the flow


def chart(
    flow: Flow,
    flows: Mapping[str, Flow],
    *,
    expand: bool = False,
    run: ChartedRun | None = None,
    tell: Telling = str,
) -> Chart:
    """Return the chart of a flow, with its history in `run`; `flows` are the flows it may call.

    With `expand`, the steps of called flows are drawn inside the step that calls them. `tell`
    translates texts for the reader.
    """
    words = StepWords(tell)
    maker = _Maker(flows, words, past=run.past if run else None, expand=expand)
    code, state = run.code if run else "", flow.state
    ended = StepHistory(status=Status.FAILED if code else Status.DONE, code=code, times=1)
    sides = [maker.handler(h, at_handler(flow.name, flow.name)) for h in flow.handlers]
    if flow.finally_steps:
        last = maker.lane("", flow.finally_steps, at_finally(flow.name))
        sides.append(Side(kind="finally", lane=last))
    return Chart(
        name=flow.name,
        title=tell(flow.title),
        description=words.flat(flow.description),
        inputs=tuple(words.input(one) for one in flow.inputs.values()),
        state=f"{state.collection}, key {words.flat(state.key.written)}" if state else "",
        lane=maker.lane("", flow.steps, flow.name),
        sides=tuple(maker.grey_out(side, ended) for side in sides),
        outputs=tuple(f"{name}: {words.flat(e.text)}" for name, e in flow.outputs.items()),
        heading=tell(run.heading) if run else "",
        is_ended=run.is_ended if run else True,
        tell=tell,
    )


def every_block(chart: Chart) -> Iterator[tuple[Block, int]]:
    """All blocks of a chart with their depths, nested blocks and those of exceptional ways too."""
    for lane in (chart.lane, *(side.lane for side in chart.sides if side.lane)):
        yield from blocks_of(lane, 1)


def blocks_of(lane: Lane, depth: int) -> Iterator[tuple[Block, int]]:
    """All blocks of a lane with their depths."""
    for block in lane.blocks:
        yield block, depth
        for inner in (*(side.lane for side in block.sides if side.lane), *block.lanes):
            yield from blocks_of(inner, depth + 1)


class _Maker(Struct, frozen=True):
    """Makes the blocks of a chart from steps."""

    flows: Mapping[str, Flow]
    words: StepWords
    past: StatusOf | None
    expand: bool

    def lane(self, name: str, steps: tuple[Step, ...], above: str) -> Lane:
        blocks = tuple(self.block(step, inside(above, step.id)) for step in steps)
        return Lane(name=name, blocks=blocks)

    def block(self, step: Step, trail: str) -> Block:
        called = self.flows.get(step.uses.flow)
        lanes = tuple(self._lanes(step, called, trail))
        frames = (self.words.loop(step), self.words.poll(step))
        past = self.past(trail) if self.past else NOT_REACHED
        is_off = self.past is not None and past.status in (None, Status.SKIPPED)
        sides = self._sides(step, called, trail)
        return Block(
            key=trail,
            verb=step.verb.name,
            title=self.words.tell(step.title or step.id),
            lines=tuple(self.words.action(step, is_drawn=bool(lanes))),
            when=self.words.flat(step.when.text) if step.when else "",
            frames=tuple(lines for lines in frames if lines),
            lanes=lanes,
            is_split=step.uses.is_split or step.uses.is_choice,
            is_flow=called is not None,
            sides=tuple(self.grey_out(side, past) for side in sides),
            ends=step.verb.ends,
            past=past,
            told=tuple(self.words.tell(text) for text in past_words(past)),
            is_off=is_off,
            is_reached=self.past is None or past.status is not None,
            goes_on=self.past is None or past.status not in (None, Status.FAILED),
            at=step.at,
            operation=step.uses.operation,
        )

    def grey_out(self, side: Side, past: StepHistory) -> Side:
        """Return the side, grey if the run did not take it."""
        if self.past is None:
            return side
        if past.status in (None, Status.SKIPPED):
            is_off = True
        elif side.lane:
            is_off = all(block.is_off for block in side.lane.blocks)
        elif side.end:
            is_off = past.status is not Status.FAILED or past.code != side.end
        else:
            is_off = not past.after and past.times <= 1
        return replace(side, is_off=is_off)

    def handler(self, handler: Handler, trail: str) -> Side:
        """Return the side of a failure handler."""
        causes = ", ".join((*handler.codes, *(one.value for one in handler.classes)))
        lane, end = None, ""
        lines: tuple[str, ...] = ()
        if handler.fail:
            lines, end = self.words.verdict(handler.fail), handler.fail.code
        elif handler.steps:
            lane = self.lane("", handler.steps, trail)
        elif handler.outputs:
            lines = ("continue", *self.words.values(handler.outputs.written))
        lines = (*self.words.retry(handler.retry), *lines)
        return Side(kind="on_fault", causes=causes, lines=lines, lane=lane, end=end)

    def _lanes(self, step: Step, called: Flow | None, trail: str) -> Iterator[Lane]:
        if called is not None and self.expand:
            yield self.lane("", called.steps, inside(trail, called.name))
        if step.uses.is_choice:
            for one in step.uses.inner:
                block = self.block(one, inside(trail, one.id))
                when = f"when {block.when}" if block.when else self.words.tell(say("otherwise"))
                blocks = (replace(block, when=""),)
                yield Lane(name=when, blocks=blocks, is_conditional=bool(block.when))
            return
        for name, steps in step.uses.blocks.items():
            yield self.lane(name, steps, inside(trail, name) if name else trail)

    def _sides(self, step: Step, called: Flow | None, trail: str) -> Iterator[Side]:
        for end in () if step.verb.ends else step.uses.ends:
            yield Side(kind="else", lines=self.words.verdict(end), end=end.code)
        if called is not None and self.expand:
            there = at_handler(inside(trail, called.name), called.name)
            yield from (self.handler(one, there) for one in called.handlers)
        yield from (self.handler(one, at_handler(trail)) for one in step.handlers)
        if step.undo:
            undone = self.block(step.undo, at_undo(trail))
            yield Side(kind="undo", lane=Lane(name="", blocks=(undone,)))


def label_of(block: Block) -> str:
    """The text of a step for screen readers: name, condition, history."""
    parts = [block.title, *block.lines]
    parts += [f"when {block.when}"] if block.when else []
    parts += [line for lines in block.frames for line in lines]
    return "; ".join((*parts, *block.told))


def description_of(chart: Chart) -> str:
    """The whole chart as text, for readers who cannot see it."""
    steps = chart.tell(say("Steps: {steps}.", steps="; ".join(_outline(chart.lane))))
    parts = (chart.heading, chart.description, steps)
    return " ".join(part for part in parts if part)


def _outline(lane: Lane) -> Iterator[str]:
    for block in lane.blocks:
        when = f" (when {block.when})" if block.when else ""
        inner = [
            f"{text} ({one.name})" if one.is_conditional else text
            for one in block.lanes
            for text in _outline(one)
        ]
        status = f" [{block.past.status.value}]" if block.past.status else ""
        yield f"{block.title}{when}{status}" + (f": {', '.join(inner)}" if inner else "")
