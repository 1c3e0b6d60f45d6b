"""Draws an SVG that loads nothing, for pages, files and image viewers."""

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from sgeflow.tools.graph.chart import Chart, description_of
from sgeflow.tools.graph.drawing import CODE, HEADING, LABEL, PLAIN, TITLE, Box, Polyline, TextLine
from sgeflow.tools.graph.layout import laid_out

_SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, 'DejaVu Sans', sans-serif"
_MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"

_LABELLED = 'aria-labelledby="title desc"'
_HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
    ' orient="auto"><path d="M0 0.5 8 4 0 7.5z" class="head"/></marker></defs>'
)

# ground, ink, faint ink, line, step, group, strip, fault, undo, done, failed, partial
_LIGHT = {
    "ground": "#ffffff", "ink": "#1b1f24", "faint": "#57606a", "line": "#6e7781",
    "step": "#f6f8fa", "group": "#fbfcfd", "edge": "#afb8c1", "strip": "#fff8e1",
    "strip-edge": "#c9a227", "loop": "#f1f7ff", "loop-edge": "#5b8fd1", "fault": "#fff1f0",
    "fault-edge": "#c4504a", "undo": "#f6f1fb", "undo-edge": "#8a63c0", "flow-edge": "#37729b",
    "done": "#2f8f4e", "failed": "#c0322b", "partial": "#a86500",
}  # fmt: skip
_DARK = {
    "ground": "#0f1318", "ink": "#e6e9ed", "faint": "#9aa4af", "line": "#8b949e",
    "step": "#1b2129", "group": "#141920", "edge": "#4b5560", "strip": "#2b2616",
    "strip-edge": "#a98a2c", "loop": "#131e2d", "loop-edge": "#4f82c4", "fault": "#2c1817",
    "fault-edge": "#d0655f", "undo": "#211a2c", "undo-edge": "#9a78cc", "flow-edge": "#5a9ccb",
    "done": "#4fb870", "failed": "#ef6f67", "partial": "#dc9a35",
}  # fmt: skip


def to_svg(chart: Chart) -> str:
    """The SVG of a chart; equal charts give equal text on every machine."""
    drawing = laid_out(chart)
    width, height = _number(drawing.width), _number(drawing.height)
    size = f'width="{width}" height="{height}"'
    box = f'viewBox="0 0 {width} {height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} role="img" {_LABELLED}>',
        f'<title id="title">{escape(_clean(chart.title))}</title>',
        f'<desc id="desc">{escape(_clean(description_of(chart)))}</desc>',
        f"<style>{_style()}</style>",
        _HEAD,
        f'<rect class="ground" {size}/>',
        # boxes from outer to inner, then lines, then text
        *(_box(mark) for mark in drawing.marks if isinstance(mark, Box)),
        *(_line(mark) for mark in drawing.marks if isinstance(mark, Polyline)),
        *(_text(mark) for mark in drawing.marks if isinstance(mark, TextLine)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _box(box: Box) -> str:
    place = _attributes(
        {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "rx": box.corner}
    )
    named = f" data-step={quoteattr(_clean(box.name))}" if box.name else ""
    rect = f'<rect class="{" ".join(box.kind.split())}"{place}{named}'
    return f"{rect}><title>{escape(_clean(box.tip))}</title></rect>" if box.tip else f"{rect}/>"


def _line(line: Polyline) -> str:
    path = " ".join(f"{_number(x)} {_number(y)}" for x, y in line.points)
    head = ' marker-end="url(#head)"' if line.has_head else ""
    return f'<path class="{line.kind}" d="M{path}"{head}/>'


def _text(text: TextLine) -> str:
    place = _attributes({"x": text.x, "y": text.y})
    kind = f"{text.lettering.name} {text.kind}"
    return f'<text class="{kind}"{place}>{escape(_clean(text.text))}</text>'


def _attributes(values: Mapping[str, float]) -> str:
    return "".join(f' {name}="{_number(value)}"' for name, value in values.items())


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _clean(text: str) -> str:
    """The text without characters that XML forbids."""
    return "".join(c if c.isprintable() else " " for c in text)


def _style() -> str:
    """The style sheet, light and dark; the viewer chooses."""
    fonts = "".join(
        f".{one.name}{{font:{weight} {one.size:g}px {family}}}"
        for one, weight, family in (
            (HEADING, 700, _SANS),
            (TITLE, 600, _SANS),
            (LABEL, 600, _SANS),
            (PLAIN, 400, _SANS),
            (CODE, 400, _MONO),
        )
    )
    shapes = (
        "rect{stroke-width:1}.line{fill:none;stroke-width:1.4}.bypass{stroke-dasharray:3 3}"
        ".undo,.key-undo{stroke-dasharray:4 3}.skipped,rect.off,.key-off{stroke-dasharray:4 4}"
        ".flow,.key-flow{stroke-width:2.5}.done,.failed,.partial,.key-done,.key-failed,"
        ".key-partial{stroke-width:2}.ground{stroke:none}.off,.key-off{opacity:.5}"
    )
    dark = f"@media (prefers-color-scheme:dark){{{_colours(_DARK)}}}"
    return f"{fonts}{shapes}{_colours(_LIGHT)}{dark}"


def _colours(of: Mapping[str, str]) -> str:
    boxes = {
        ".step,.start,.end,.key-step,.key-flow": ("step", "edge"),
        ".group": ("group", "edge"),
        ".lane,.key-off,.key-done,.key-failed,.key-partial": ("ground", "edge"),
        ".when,.key-when": ("strip", "strip-edge"),
        ".loop,.key-loop": ("loop", "loop-edge"),
        ".side.fault,.key-fault": ("fault", "fault-edge"),
        ".side.undo,.key-undo": ("undo", "undo-edge"),
    }
    edges = {".flow": "flow-edge"} | {f".{one}": one for one in ("done", "failed", "partial")}
    return "".join(
        (
            f".ground{{fill:{of['ground']}}}text,.head{{fill:{of['ink']}}}",
            f".code,.past{{fill:{of['faint']}}}.bad{{fill:{of['failed']}}}",
            f".line{{stroke:{of['line']}}}.head{{fill:{of['line']}}}",
            f".line.fault{{stroke:{of['fault-edge']}}}.line.undo{{stroke:{of['undo-edge']}}}",
            *(f"{k}{{fill:{of[a]};stroke:{of[b]}}}" for k, (a, b) in boxes.items()),
            *(f"rect{k},rect.key-{k[1:]}{{stroke:{of[edge]}}}" for k, edge in edges.items()),
        )
    )
