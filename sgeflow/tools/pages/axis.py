"""The names of days and months below a plot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup, escape

from sgeflow.locale.writing import write_day, write_month
from sgeflow.tools.pages import svg
from sgeflow.tools.pages.svg import short

_FEW = 120  # days; with more days, single days have no label
_WEEKS = (8, 15, 22)


def months_axis(days: Sequence[date], y: float) -> Markup:
    """Labels at the first day of each month, one letter on narrow pages; weeks for few days."""
    marks, count = [], len(days)
    for place, day in enumerate(days):
        if day.day == 1 or (count <= _FEW and day.day in _WEEKS):
            x = short(100 * place / count)
            marks.append(
                f'<line class="month" x1="{x}%" x2="{x}%" y1="{short(y)}" y2="{short(y + 6)}"/>'
            )
            if count <= _FEW:
                name, sign = write_day(day, short=True, year=False), str(day.day)
            else:
                name = write_month(day, short=True, year=day.month == 1)
                sign = name[0].upper()
            for kind, text, dx in (("long", name, 4), ("short", sign, 3)):
                at = f'x="{x}%" dx="{dx}" y="{short(y + 17)}"'
                marks.append(f'<text class="{kind}" {at}>{escape(text)}</text>')
    return svg.join(marks)
