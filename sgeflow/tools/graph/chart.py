"""A flow as it is drawn: its steps with what holds and surrounds them, in words of its document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.engine.step import Flow, Handler, Step
from sgeflow.core.engine.trails import at_finally, at_handler, at_undo, inside
from sgeflow.core.model import Status
from sgeflow.errors import Location
from sgeflow.messages import say
from sgeflow.tools.graph.past_words import past_words
from sgeflow.tools.graph.run_status import NOT_REACHED, StepHistory
from sgeflow.tools.graph.step_words import StepWords, Telling


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

    kind: str  # else | on_fault | undo | finally
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
    is_flow: bool = False
    sides: tuple[Side, ...] = ()
    ends: bool = False
    past: StepHistory = NOT_REACHED
    told: tuple[str, ...] = ()  # how it went, in words
    is_off: bool = False  # a run is drawn, in which it was skipped or its turn never came
    is_reached: bool = True  # no run is drawn, or its turn came
    goes_on: bool = True  # no run is drawn, or it went on from here
    at: Location | None = None
    operation: str = ""  # that it calls


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
    is_ended: bool = True  # no run is drawn, or it came to the end
    tell: Telling = str


StatusOf = Callable[[str], StepHistory]
"""What happened at a trail."""


class ChartedRun(Struct, frozen=True, kw_only=True):
    """A run to be drawn in a chart."""

    past: StatusOf  # what happened at each trail
    heading: str = ""  # when it was, and how it ended
    code: str = ""  # of its failure, when it failed
    is_ended: bool = True  # it came to the end of the flow


def chart(
    flow: Flow,
    flows: Mapping[str, Flow],
    *,
    expand: bool = False,
    run: ChartedRun | None = None,
    tell: Telling = str,
) -> Chart:
    """The chart of a flow.

    Args:
        flow: the flow.
        flows: all flows, for those that it calls.
        expand: whether the steps of called flows are drawn in the step that calls them.
        run: what happened, to be drawn too.
        tell: shows texts in the language of the reader.
    """
    words = StepWords(tell)
    maker = _Maker(flows, words, past=run.past if run else None, expand=expand)
    code = run.code if run else ""
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
        state=_state_text(flow, words),
        lane=maker.lane("", flow.steps, flow.name),
        sides=tuple(maker.grey_out(side, ended) for side in sides),
        outputs=tuple(f"{name}: {words.flat(e.text)}" for name, e in flow.outputs.items()),
        heading=tell(run.heading) if run else "",
        is_ended=run.is_ended if run else True,
        tell=tell,
    )


def _state_text(flow: Flow, words: StepWords) -> str:
    return (
        f"{flow.state.collection}, key {words.flat(flow.state.key.written)}" if flow.state else ""
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
    words: StepWords
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
        past = self.past(trail) if self.past else NOT_REACHED
        is_off = self.past is not None and past.status in (None, Status.SKIPPED)
        sides = self._sides(step, called, trail)
        return Block(
            key=trail,
            verb=step.verb.name,
            title=self.words.tell(step.title or step.id),
            lines=tuple(self.words.action(step, is_drawn=bool(lanes))),
            when=self.words.flat(step.when.text) if step.when else "",
            frames=tuple(self._frames(step)),
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

    def _frames(self, step: Step) -> Iterator[Frame]:
        for word, lines in (("foreach", self.words.loop(step)), ("poll", self.words.poll(step))):
            if lines:
                yield Frame(word=word, lines=lines)

    def grey_out(self, side: Side, past: StepHistory) -> Side:
        """A side, grey when the run did not go that way."""
        return replace(side, is_off=self._is_idle(side, past))

    def _is_idle(self, side: Side, past: StepHistory) -> bool:
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
            yield from (self._alternative(one, trail) for one in step.uses.inner)
            return
        for name, steps in step.uses.blocks.items():
            yield self.lane(name, steps, inside(trail, name) if name else trail)

    def _alternative(self, step: Step, above: str) -> Lane:
        """A lane of its own, which says when it is gone."""
        block = self.block(step, inside(above, step.id))
        name = f"when {block.when}" if block.when else self.words.tell(say("otherwise"))
        return Lane(name=name, blocks=(replace(block, when=""),), is_conditional=bool(block.when))

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
