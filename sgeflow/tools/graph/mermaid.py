"""A chart as Mermaid text: for a page that draws it, or a person who reads it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from sgeflow.messages import say
from sgeflow.tools.graph.chart import Block, Chart, Lane, Side
from sgeflow.tools.graph.step_words import Telling

_ESCAPES = {**dict.fromkeys("\n\r\t", " "), **{c: f"#{ord(c)};" for c in '"#&<>`'}}
_TONES = (
    "classDef fault fill:#fff1f0,stroke:#c4504a,color:#1b1f24",
    "classDef undo fill:#f6f1fb,stroke:#8a63c0,color:#1b1f24",
    "classDef when fill:#fff8e1,stroke:#c9a227,color:#1b1f24",
    "classDef done stroke:#2f8f4e,stroke-width:2px",
    "classDef failed stroke:#c0322b,stroke-width:2px",
    "classDef partial stroke:#a86500,stroke-width:2px",
    "classDef off opacity:0.5",
)
_PLAIN = ("", "true", "false")  # what is written on the ways of a flow that goes on
Ways = list[tuple[str, str]]
"""Nodes from which flow goes on, and what is written on the way."""


def to_mermaid(chart: Chart) -> str:
    """The Mermaid text of a chart: a flowchart from top to bottom."""
    return "\n".join(_Writer(chart.tell).chart(chart)) + "\n"


class _Writer(Struct):
    """Writes nodes and ways; each node is numbered as it comes.

    Ways stand after all nodes: one that is written in a box draws both its ends into the box.
    """

    tell: Telling
    lines: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    depth: int = 1
    count: int = 0

    def chart(self, chart: Chart) -> Iterator[str]:
        start = self.node("([", (chart.name, *_together("inputs", chart.inputs)), "])")
        ways = self.lane(chart.lane, [(start, "")])
        end = self.node("([", ("outputs", *chart.outputs), "])")
        self.join(ways, end)
        for side in chart.sides:
            self.side(side, start)
        yield "---"
        yield f"title: {_quote(chart.title)}"
        yield "---"
        yield "flowchart TD"
        if chart.heading:
            yield f"  %% {_flat(chart.heading)}"
        yield from self.lines
        yield from (f"  {line}" for line in (*self.ways, *_TONES))

    def lane(self, lane: Lane, ways: Ways) -> Ways:
        """Steps one after the other; the ways that lead on from the last."""
        for block in lane.blocks:
            ways = self.block(block, ways)
        return ways

    def block(self, block: Block, ways: Ways) -> Ways:
        around: Ways = []
        if block.when:
            gate = self.node("{{", (f"when {block.when}",), "}}", "when")
            self.join(ways, gate)
            ways, around = [(gate, "true")], [(gate, "false")]
        words = tuple(line for frame in block.frames for line in frame.lines)
        if block.lanes:
            out = self.group(block, words, ways)
        else:
            shape = ("[[", "]]") if block.is_flow else ("[", "]")
            tone = _tone(block)
            lines = (block.title, *block.lines, *words, *block.told)
            step = self.node(shape[0], lines, shape[1], tone)
            self.join(ways, step)
            self.again(block, step, step)
            for side in block.sides:
                self.side(side, step)
            out = [(step, "")]
        return around if block.ends else [*out, *around]

    def group(self, block: Block, words: tuple[str, ...], ways: Ways) -> Ways:
        """A step that holds others, as a box around them."""
        name = self.open((block.title, *block.lines, *words, *block.told))
        first = self.count
        out = self.choice(block, ways) if block.is_choice else self.lanes(block, ways)
        self.close()
        if tone := _tone(block):
            self.ways.append(f"class {name} {tone}")
        if out:
            is_boxed = bool(block.lanes[0].name) and not block.is_choice
            self.again(block, out[0][0], f"n{first + 1 + is_boxed}")
        for side in block.sides:
            self.side(side, name)
        return out

    def lanes(self, block: Block, ways: Ways) -> Ways:
        """What is gone side by side, each in a box if it has a name."""
        out: Ways = []
        for lane in block.lanes:
            if lane.name:
                self.open((lane.name,))
            out += self.lane(lane, ways)
            if lane.name:
                self.close()
        return out

    def choice(self, block: Block, ways: Ways) -> Ways:
        """Alternatives: one gate after the other, to the first that opens."""
        out: Ways = []
        for lane in block.lanes:
            if lane.is_conditional:
                gate = self.node("{{", (lane.name,), "}}", "when")
                self.join(ways, gate)
                out += self.lane(lane, [(gate, "true")])
                ways = [(gate, "false")]
            else:
                out, ways = [*out, *self.lane(lane, ways)], []
        return [*out, *ways]

    def again(self, block: Block, last: str, first: str) -> None:
        """The way back of a loop."""
        for frame in block.frames:
            words = self.tell(say("next item") if frame.word == "foreach" else say("ask again"))
            self.ways.append(f'{last} -.->|"{_text(words)}"| {first}')

    def side(self, side: Side, step: str) -> None:
        tone = "undo" if side.kind == "undo" else "fault"
        label = f"{side.kind} {side.causes}".strip()
        if side.lane is None:
            other = self.node("[", side.lines, "]", tone)
            self.ways += [f"class {other} off"] if side.is_off else []
            self.ways.append(f'{step} -.->|"{_text(label)}"| {other}')
            return
        name = self.open((label,))
        self.lane(side.lane, [(step, label)])
        self.close()
        self.ways.append(f"class {name} {tone}")

    def node(self, begin: str, lines: tuple[str, ...], end: str, tone: str = "") -> str:
        self.count += 1
        name = f"n{self.count}"
        text = "<br>".join(map(_text, lines))
        self.add(f'{name}{begin}"{text}"{end}')
        if tone:
            self.ways.append(f"class {name} {tone}")
        return name

    def open(self, lines: tuple[str, ...]) -> str:
        self.count += 1
        name = f"n{self.count}"
        self.add(f'subgraph {name}["{"<br>".join(map(_text, lines))}"]')
        self.depth += 1
        return name

    def close(self) -> None:
        self.depth -= 1
        self.add("end")

    def join(self, ways: Ways, to: str) -> None:
        for source, label in ways:
            arrow = "-->" if label in _PLAIN else "-.->"
            self.ways.append(f"{source} {arrow}{_label_text(label)} {to}")

    def add(self, line: str) -> None:
        self.lines.append("  " * self.depth + line)


def _label_text(label: str) -> str:
    return f'|"{_text(label)}"|' if label else ""


def _tone(block: Block) -> str:
    status = block.past.status.value if block.past.status else ""
    return "off" if block.is_off else status if status in ("done", "failed", "partial") else ""


def _together(word: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return (f"{word} {', '.join(names)}",) if names else ()


def _text(text: str) -> str:
    return "".join(_ESCAPES.get(c, c) for c in text if c.isprintable() or c in _ESCAPES)


def _flat(text: str) -> str:
    """On one line, without signs that a terminal or a page would follow instead of showing."""
    return "".join(filter(str.isprintable, " ".join(text.split())))


def _quote(text: str) -> str:
    return '"' + _flat(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
