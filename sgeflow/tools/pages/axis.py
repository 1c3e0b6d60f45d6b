"""The names of days and months below a plot."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from markupsafe import Markup, escape

from sgeflow.locale.writing import write_day, write_month
from sgeflow.tools.pages import svg
from sgeflow.tools.pages.svg import short

_FEW = 120  # days; with more days, single days have no label
_WEEKS = (8, 15, 22)


def months_axis(
    days: Sequence[date], y: float, energies: Mapping[date, str] = MappingProxyType({})
) -> Markup:
    """Labels at the first day of each month, one letter on narrow pages; weeks for few days.

    Wide pages show a month's energy below its name; `energies` has them by the first day.
    """
    marks, count = [], len(days)
    if energies:
        marks.append(f'<text class="long end" x="0" dx="-8" y="{short(y + 32)}">kWh</text>')
    for place, day in enumerate(days):
        if day.day == 1 or (count <= _FEW and day.day in _WEEKS):
            x = short(100 * place / count)
            marks.append(
                f'<line class="month" x1="{x}%" x2="{x}%" y1="{short(y)}" y2="{short(y + 6)}"/>'
            )
            if count <= _FEW:
                name, sign = escape(write_day(day, short=True, year=False)), str(day.day)
            else:
                name = escape(write_month(day, short=True, year=False))
                sign = name[0].upper()
                if day.month == 1:
                    name += Markup(f'<tspan class="year"> {day.year}</tspan>')
            energy = energies.get(day, "")
            for kind, text, dy in (("long", name, 17), ("short", sign, 17), ("long", energy, 32)):
                at = f'x="{x}%" dx="4" y="{short(y + dy)}"'
                marks.append(f'<text class="{kind}" {at}>{text}</text>' if text else "")
    return svg.join(marks)
