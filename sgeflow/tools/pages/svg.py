"""Marks of plots as SVG. A plot stretches with the page and its words do not: x is in percent.

No mark has a style of its own, which the page's policy would forbid: looks are classes of the
sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor, log10

from markupsafe import Markup, escape
from msgspec import Struct

PlotValues = Sequence[float | None]
"""A value for each place; None where it is unknown."""

_BESIDE = 7  # px
_LEFT, _RIGHT = 15, 75  # percent: where a word beside a mark leaves the middle


class Plot(Struct, frozen=True):
    """A plot as a template wants it: words beside it, marks, height (px), and what it shows."""

    gutter: Markup
    marks: Markup
    height: float
    alt: str


def ticks(top: float, about: int = 4) -> list[float]:
    """Round values from zero to at least `top`, about so many steps of them."""
    size = 10 ** floor(log10(top / about))
    step = next(size * part for part in (1, 2, 5, 10) if size * part * about >= top * 0.999)
    return [place * step for place in range(ceil(top / step * 0.999) + 1)]


def short(value: float) -> str:
    """A coordinate, as short as can be seen."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def join(parts: Iterable[str]) -> Markup:
    """Marks one after the other."""
    return Markup("").join(map(Markup, parts))


def rules(values: Iterable[float], top: float, height: float) -> Markup:
    """Lines across a plot, at values."""
    lines = []
    for value in values:
        y = short(height - height * value / top)
        kind = "rule" if value else "rule zero"
        lines.append(f'<line class="{kind}" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
    return join(lines)


def beside(scale: Sequence[float], words: Iterable[str], height: float) -> list[tuple[float, str]]:
    """Words at the heights (px) of a scale's values, from zero to its last."""
    heights = (height - height * value / scale[-1] for value in scale)
    return list(zip(heights, words, strict=True))


def gutter(labels: Iterable[tuple[float, str]], height: float) -> Markup:
    """The words at heights, in a column of their own beside a plot."""
    words = [
        f'<text x="100%" dx="-8" y="{short(y + 4)}" class="end">{escape(text)}</text>'
        for y, text in labels
    ]
    return join(
        [f'<svg class="gutter" height="{short(height)}" aria-hidden="true">', *words, "</svg>"]
    )


def unit(text: str) -> Markup:
    """The unit of the numbers beside, at the uppermost line."""
    return join([f'<text class="halo" x="0" dx="-3" y="4">{escape(text)}</text>'])


def word(
    x: float, y: float, text: str, kind: str = "strong halo", *, is_beside: bool = False
) -> Markup:
    """A word at a place (percent, px), or beside what stands there; near a side it leans inside."""
    side = "end" if x > _RIGHT else "start" if x < _LEFT or is_beside else "middle"
    inner = escape(text)
    shift = f' dx="{-_BESIDE if side == "end" else _BESIDE}"' if is_beside else ""
    place = f'x="{short(x)}%"{shift} y="{short(y)}" text-anchor="{side}"'
    return join([f'<text {place} class="{kind}">{inner}</text>'])


def stretch(wide: float, height: float, inner: str, more: str = "") -> Markup:
    """Marks in a box of `wide` by 100 that stretches to its place; `more` are its attributes."""
    box = f'viewBox="0 0 {short(wide)} 100" preserveAspectRatio="none"'
    size = f'width="100%" height="{short(height)}"'
    return join([f"<svg {size} {box}{' ' if more else ''}{more}>{inner}</svg>"])


def bars(values: PlotValues, top: float, places: Iterable[int], width: float = 0.78) -> Markup:
    """Bars from zero, of some places, for a box of `len(values)` by 100; none where nothing is."""
    line = "".join(
        f"M{short(place + 0.5)} 100V{short(100 - 100 * value / top)}"
        for place in places
        if (value := values[place]) is not None
    )
    return join([f'<path d="{line}" stroke-width="{short(width)}"/>'])


def hits(texts: Iterable[str], height: float) -> Markup:
    """A column over each place, as high as the plot, which says its text when it is pointed at."""
    columns = [
        f'<rect x="{place}"><title>{escape(text)}</title></rect>'
        for place, text in enumerate(texts)
    ]
    return stretch(len(columns), height, join(columns), 'class="hits"')


def line(values: PlotValues, top: float) -> str:
    """The path of a line through values, which stops where nothing is known."""
    path, is_down = "", False
    for place, value in enumerate(values):
        if value is not None:
            sign = "L" if is_down else "M"
            path += f"{sign}{short(place + 0.5)} {short(100 - 100 * value / top)}"
        is_down = value is not None
    return path


def levels(values: PlotValues, top: float, *, closed: bool = False) -> str:
    """The path of means, a level each; `closed` down to zero. Nothing where nothing is known."""
    path, is_down = "", False
    for place, value in enumerate(values):
        if value is None:
            path += "V100Z" if is_down and closed else ""
        else:
            y = short(100 - 100 * value / top)
            begin = f"M{place} 100V{y}" if closed else f"M{place} {y}"
            path += (f"V{y}" if is_down else begin) + f"H{place + 1}"
        is_down = value is not None
    return path + ("V100Z" if is_down and closed else "")
