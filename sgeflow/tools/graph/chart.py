"""A flow as it is drawn: its steps with what holds and surrounds them, in words of its document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.engine.modifiers import Retry
from sgeflow.core.engine.step import Flow, Handler, Step
from sgeflow.core.engine.trails import at_handler, at_undo, inside
from sgeflow.core.engine.verdict import Verdict
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.model import Status
from sgeflow.tools.graph.run_status import NOTHING, Past

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class Frame(Struct, frozen=True, kw_only=True):
    """Something around a step: `foreach` or `poll`, and what it says."""

    word: str
    lines: tuple[str, ...]


class Lane(Struct, frozen=True, kw_only=True):
    """Steps one after the other: a branch, a group, a handler's, an alternative with its `when`."""

    name: str
    blocks: tuple[Block, ...]
    is_conditional: bool = False  # its name says when it is gone


class Side(Struct, frozen=True, kw_only=True):
    """Where a step goes when it does not go on: its `else`, a handler, its `undo`."""

    kind: str  # else | on_fault | undo
    causes: str = ""  # codes and classes
    lines: tuple[str, ...] = ()  # what is done then
    lane: Lane | None = None
    end: str = ""  # the code that it ends with
    is_off: bool = False  # a run is drawn, which did not go that way


class Block(Struct, frozen=True, kw_only=True):
    """A step as it is drawn."""

    key: str  # the trail of the step, unique in the chart
    verb: str
    title: str
    lines: tuple[str, ...]
    when: str = ""
    frames: tuple[Frame, ...] = ()  # outermost first
    lanes: tuple[Lane, ...] = ()
    is_split: bool = False  # its lanes stand side by side
    is_choice: bool = False  # one of its lanes is gone, and the others are not
    is_flow: bool = False
    sides: tuple[Side, ...] = ()
    ends: bool = False
    past: Past = NOTHING
    is_off: bool = False  # a run is drawn, in which it was skipped or its turn never came


class Chart(Struct, frozen=True, kw_only=True):
    """A whole flow as it is drawn."""

    name: str
    title: str
    description: str
    inputs: tuple[str, ...]
    state: str
    lane: Lane
    sides: tuple[Side, ...]  # what the flow does about any failure
    outputs: tuple[str, ...]
    heading: str = ""  # of a run: when, where, how it ended


StatusOf = Callable[[str], Past]
"""What happened at a trail."""


def chart(
    flow: Flow,
    flows: Mapping[str, Flow],
    *,
    expand: bool = False,
    past: StatusOf | None = None,
    heading: str = "",
    code: str = "",
) -> Chart:
    """The chart of a flow.

    Args:
        flow: the flow.
        flows: all flows, for those that it calls.
        expand: whether the steps of called flows are drawn in the step that calls them.
        past: what happened in a run at each trail, to be drawn too.
        heading: when the run was, and how it ended.
        code: of its failure, when it failed.
    """
    maker = _Maker(flows, past=past, expand=expand)
    ended = Past(status=Status.FAILED if code else Status.DONE, code=code, times=1)
    sides = (maker.handler(h, at_handler(flow.name, flow.name)) for h in flow.handlers)
    return Chart(
        name=flow.name,
        title=flow.title,
        description=_flat(flow.description),
        inputs=tuple(_input(one) for one in flow.inputs.values()),
        state=f"{flow.state.collection}, key {_flat(flow.state.key.written)}" if flow.state else "",
        lane=maker.lane("", flow.steps, flow.name),
        sides=tuple(maker.grey_out(side, ended) for side in sides),
        outputs=tuple(f"{name}: {_flat(e.text)}" for name, e in flow.outputs.items()),
        heading=heading,
    )


def every_block(lane: Lane) -> Iterator[Block]:
    """All blocks of a lane, nested ones and those of its sides too."""
    for block in lane.blocks:
        yield block
        inner = (side.lane for side in block.sides if side.lane)
        for each in (*block.lanes, *inner):
            yield from every_block(each)


class _Maker(Struct, frozen=True):
    """Makes blocks of steps."""

    flows: Mapping[str, Flow]
    past: StatusOf | None
    expand: bool

    def lane(self, name: str, steps: tuple[Step, ...], above: str) -> Lane:
        return Lane(
            name=name,
            blocks=tuple(self.block(step, inside(above, step.id)) for step in steps),
        )

    def block(self, step: Step, trail: str) -> Block:
        called = self.flows.get(step.uses.flow)
        lanes = tuple(self._lanes(step, called, trail))
        past = self.past(trail) if self.past else NOTHING
        is_off = self.past is not None and past.status in (None, Status.SKIPPED)
        sides = self._sides(step, called, trail)
        return Block(
            key=trail,
            verb=step.verb.name,
            title=step.title or step.id,
            lines=tuple(_lines(step, is_drawn=bool(lanes))),
            when=_flat(step.when.text) if step.when else "",
            frames=tuple(_frames(step)),
            lanes=lanes,
            is_split=step.uses.is_split or step.uses.is_choice,
            is_choice=step.uses.is_choice,
            is_flow=called is not None,
            sides=tuple(self.grey_out(side, past) for side in sides),
            ends=step.verb.ends,
            past=past,
            is_off=is_off,
        )

    def grey_out(self, side: Side, past: Past) -> Side:
        """A side, grey when the run did not go that way."""
        return replace(side, is_off=self._is_idle(side, past))

    def _is_idle(self, side: Side, past: Past) -> bool:
        """Whether a run did not go that way."""
        if self.past is None:
            return False
        if past.status in (None, Status.SKIPPED):
            return True
        if side.kind == "undo" or side.lane:
            return all(block.is_off for block in side.lane.blocks) if side.lane else False
        if side.end:
            return past.status is not Status.FAILED or past.code != side.end
        return not past.after and past.times <= 1

    def handler(self, handler: Handler, trail: str) -> Side:
        """What is done about some failures."""
        causes = ", ".join((*handler.codes, *(one.value for one in handler.classes)))
        lane = None
        lines: tuple[str, ...] = ()
        end = ""
        if handler.fail:
            lines, end = _verdict(handler.fail), handler.fail.code
        elif handler.steps:
            lane = self.lane("", handler.steps, trail)
        elif handler.outputs:
            lines = ("continue", *_value_lines(handler.outputs.written))
        lines = (*_retry_lines(handler.retry), *lines)
        return Side(kind="on_fault", causes=causes, lines=lines, lane=lane, end=end)

    def _lanes(self, step: Step, called: Flow | None, trail: str) -> Iterator[Lane]:
        if called is not None and self.expand:
            yield self.lane("", called.steps, inside(trail, called.name))
        if step.uses.is_choice:
            yield from (self._alternative(one, trail) for one in step.uses.inner)
            return
        for name, steps in step.uses.blocks.items():
            yield self.lane(name, steps, inside(trail, name) if name else trail)

    def _alternative(self, step: Step, above: str) -> Lane:
        """A lane of its own, which says when it is gone."""
        block = self.block(step, inside(above, step.id))
        name = f"when {block.when}" if block.when else "otherwise"
        return Lane(name=name, blocks=(replace(block, when=""),), is_conditional=bool(block.when))

    def _sides(self, step: Step, called: Flow | None, trail: str) -> Iterator[Side]:
        for end in () if step.verb.ends else step.uses.ends:
            yield Side(kind="else", lines=_verdict(end), end=end.code)
        if called is not None and self.expand:
            there = at_handler(inside(trail, called.name), called.name)
            yield from (self.handler(one, there) for one in called.handlers)
        yield from (self.handler(one, at_handler(trail)) for one in step.handlers)
        if step.undo:
            undone = self.block(step.undo, at_undo(trail))
            yield Side(kind="undo", lane=Lane(name="", blocks=(undone,)))


def duration(seconds: float) -> str:
    """Seconds as a person says them: `30 s`, `10 min`, `2 h`."""
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def _frames(step: Step) -> Iterator[Frame]:
    each, poll = step.foreach, step.poll
    if each:
        lines = [f"foreach {_flat(each.items.written)}", f"as {each.name}"]
        lines += [f"until {_flat(each.until.text)}"] if each.until else []
        lines += [f"parallel {each.parallel}"] if each.parallel > 1 else []
        if step.collect:
            lines.append(f"on_item_error {'keep' if step.keep else 'collect'}")
        yield Frame(word="foreach", lines=tuple(lines))
    if poll:
        lines = [f"poll every {duration(poll.every)}, within {duration(poll.within)}"]
        lines += [f"until {_flat(poll.until.text)}"]
        lines += [f"fail_if {_flat(poll.fail_if.text)}"] if poll.fail_if else []
        yield Frame(word="poll", lines=tuple(lines))


def _lines(step: Step, *, is_drawn: bool) -> Iterator[str]:
    """What a step does; nothing of a group whose steps are drawn."""
    first, *more = step.verb.says(step.spec) or ("",)
    if first or not is_drawn:
        yield _flat(f"{step.verb.name} {first}")
    yield from (_flat(line) for line in more if line)
    yield from _manners(step)


def _manners(step: Step) -> Iterator[str]:
    if step.collect and not step.foreach:
        yield "on_item_error collect"
    yield from _retry_lines(step.retry)
    if step.timeout is not None:
        yield f"timeout {duration(step.timeout)}"


def _retry_lines(retry: Retry | None) -> Iterator[str]:
    if retry:
        yield f"retry attempts {retry.attempts}, backoff {duration(retry.backoff)}"


def _verdict(verdict: Verdict) -> tuple[str, ...]:
    return f"fail {verdict.code}", _flat(verdict.message.source_text)


def _value_lines(value: Any) -> tuple[str, ...]:
    if isinstance(value, dict):
        return tuple(f"{name}: {_flat(one)}" for name, one in value.items())
    return (_flat(value),)


def _flat(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return " ".join(str(getattr(value, "text", value)).split())


def _input(parameter: Parameter) -> str:
    if parameter.default is not None:
        return f"{parameter.name} = {_flat(parameter.default.written)}"
    return parameter.name if parameter.required else f"{parameter.name} (optional)"
