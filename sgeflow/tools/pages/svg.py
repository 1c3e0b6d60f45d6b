"""Parts of plots as SVG; a plot stretches with the page, so x is in percent.

Styles are forbidden by the page's policy; looks come from classes of the style sheet.
"""

from collections.abc import Iterable, Sequence
from math import ceil, floor, log10

from markupsafe import Markup, escape
from msgspec import Struct

PlotValues = Sequence[float | None]
"""A value for each place; None if it is unknown."""

_BESIDE = 7  # px
_LEFT, _RIGHT = 15, 75  # percent; a label beyond these is aligned to the side


class Plot(Struct, frozen=True):
    """A plot for the template: labels beside it, marks, height (px), and a description."""

    gutter: Markup
    marks: Markup
    height: float
    alt: str


def ticks(top: float, about: int = 4) -> list[float]:
    """Round values from zero to at least `top`, in about `about` steps."""
    size = 10 ** floor(log10(top / about))
    step = next(size * part for part in (1, 2, 5, 10) if size * part * about >= top * 0.999)
    return [place * step for place in range(ceil(top / step * 0.999) + 1)]


def short(value: float) -> str:
    """A coordinate with as few digits as are visible."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def join(parts: Iterable[str]) -> Markup:
    """Join marks."""
    return Markup("").join(map(Markup, parts))


def rules(values: Iterable[float], top: float, height: float) -> Markup:
    """Horizontal lines at values."""
    lines = []
    for value in values:
        y = short(height - height * value / top)
        kind = "rule" if value else "rule zero"
        lines.append(f'<line class="{kind}" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
    return join(lines)


def beside(scale: Sequence[float], words: Iterable[str], height: float) -> list[tuple[float, str]]:
    """Labels at the heights (px) of a scale's values, from zero to the last."""
    heights = (height - height * value / scale[-1] for value in scale)
    return list(zip(heights, words, strict=True))


def gutter(labels: Iterable[tuple[float, str]], height: float) -> Markup:
    """The labels in a column beside a plot."""
    words = [
        f'<text x="100%" dx="-8" y="{short(y + 4)}" class="end">{escape(text)}</text>'
        for y, text in labels
    ]
    return join(
        [f'<svg class="gutter" height="{short(height)}" aria-hidden="true">', *words, "</svg>"]
    )


def unit(text: str) -> Markup:
    """The unit of the labels, at the uppermost line."""
    return join([f'<text class="halo" x="0" dx="-3" y="4">{escape(text)}</text>'])


def word(
    x: float, y: float, text: str, kind: str = "strong halo", *, is_beside: bool = False
) -> Markup:
    """A label at a place (percent, px); near a side it is aligned to the side."""
    side = "end" if x > _RIGHT else "start" if x < _LEFT or is_beside else "middle"
    inner = escape(text)
    shift = f' dx="{-_BESIDE if side == "end" else _BESIDE}"' if is_beside else ""
    place = f'x="{short(x)}%"{shift} y="{short(y)}" text-anchor="{side}"'
    return join([f'<text {place} class="{kind}">{inner}</text>'])


def stretch(wide: float, height: float, inner: str, more: str = "") -> Markup:
    """Marks in a stretching box of `wide` by 100; `more` are attributes."""
    box = f'viewBox="0 0 {short(wide)} 100" preserveAspectRatio="none"'
    size = f'width="100%" height="{short(height)}"'
    return join([f"<svg {size} {box}{' ' if more else ''}{more}>{inner}</svg>"])


def bars(values: PlotValues, top: float, places: Iterable[int], width: float = 0.78) -> Markup:
    """Bars from zero at some places, in a box of `len(values)` by 100; no bar without a value."""
    line = "".join(
        f"M{short(place + 0.5)} 100V{short(100 - 100 * value / top)}"
        for place in places
        if (value := values[place]) is not None
    )
    return join([f'<path d="{line}" stroke-width="{short(width)}"/>'])


def hits(texts: Iterable[str], height: float) -> Markup:
    """A column of full height over each place, which shows its text on hover."""
    columns = [
        f'<rect x="{place}"><title>{escape(text)}</title></rect>'
        for place, text in enumerate(texts)
    ]
    return stretch(len(columns), height, join(columns), 'class="hits"')


def line(values: PlotValues, top: float) -> str:
    """The path of a line through values, interrupted at unknown ones."""
    path, is_down = "", False
    for place, value in enumerate(values):
        if value is not None:
            sign = "L" if is_down else "M"
            path += f"{sign}{short(place + 0.5)} {short(100 - 100 * value / top)}"
        is_down = value is not None
    return path


def levels(values: PlotValues, top: float, *, closed: bool = False) -> str:
    """The path of a step line through means; `closed` down to zero; interrupted at unknown ones."""
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
