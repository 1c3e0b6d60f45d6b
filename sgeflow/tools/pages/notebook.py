"""Draws runs and measures as HTML for notebooks."""

from collections.abc import Iterator

from markupsafe import Markup, escape

from sgeflow.core.engine.effects import Loaded
from sgeflow.core.measures.civil_time import civil
from sgeflow.core.measures.columns import NO_MEASURES
from sgeflow.core.measures.sums import POWERS
from sgeflow.core.model import RunReport
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import write_day, write_duration
from sgeflow.messages import from_table, join_items, say, say_count
from sgeflow.tools.pages.household_facts import Household
from sgeflow.tools.pages.household_plots import carpet

_HALF_HOUR = 1800
_BEHIND = "repeating-linear-gradient(45deg,#a9b2bd 0 2px,#d6dbe0 2px 4px)"  # for gaps
_PICTURE = f"width:100%;height:12rem;image-rendering:pixelated;background:{_BEHIND}"


def html_of(value: RunReport | Loaded) -> str:
    """Return a run or measures as HTML, for `_repr_html_`."""
    if isinstance(value, Loaded):
        return Markup("").join(_measures(value))
    code = value.failure.code if value.failure else ""
    facts = (
        from_table(value.status.value),
        code,
        write_duration(value.seconds),
        say_count("{count:,} call", "{count:,} calls", count=value.calls),
        say("environment {name}", name=value.environment),
    )
    head = join_items((one for one in facts if one), " · ")
    rows = [
        Markup("<tr><td>{}</td><td>{}</td></tr>").format(
            translate(one.title), translate(one.summary)
        )
        for one in value.steps
        if one.summary and one.title
    ]
    return Markup(
        "<p><b>{}</b><br>{}<br><code>sgeflow page run {}</code></p><table>{}</table>"
    ).format(translate(value.title), translate(head), value.run, Markup("").join(rows))


def _measures(loaded: Loaded) -> Iterator[Markup]:
    """The number and period of measures; a curve as a heat map, one column per day."""
    measures = loaded.measures
    if not measures:
        yield escape(translate(say("no measures")))
        return
    first, last = (civil(measures.starts[place]).date() for place in (0, -1))
    words = say_count(
        "{count:,} value in {unit}, {first} to {last}",
        "{count:,} values in {unit}, {first} to {last}",
        count=len(measures),
        unit=loaded.unit,
        first=write_day(first, short=True),
        last=write_day(last, short=True),
    )
    yield Markup("<p>{}</p>").format(translate(words))
    is_curve = loaded.unit in POWERS and all(0 < run.step <= _HALF_HOUR for run in measures.runs)
    if is_curve:
        nothing = Loaded(unit="", measures=NO_MEASURES)
        series = {"daily_energy": nothing, "load_curve": loaded, "max_power": nothing}
        map_ = carpet(Household("", series, {}, longest=(last - first).days + 1))
        yield Markup('<img style="{}" alt="{}" src="{}"><p>0 – {}</p>').format(  # noqa: RUF001
            _PICTURE, translate(map_["alt"]), map_["light"], map_["most"]
        )
