"""A correction in words: what stood before, what stands now, and who brought it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sgeflow.locale.writing import write_day, write_number
from sgeflow.messages import Message, say, say_count, sentences
from sgeflow.tools.pages.household.corrections import Correction

_KILO = 1000


def correction_story(one: Correction, corrected_on: Mapping[str, date]) -> Message:
    """What was corrected, and by which run or file; `corrected_on` is when runs began."""
    return sentences(_what(one), _by(one, corrected_on), between=", ")


def _what(one: Correction) -> Message:
    before, now = (write_number(value / _KILO, 2) for value in (one.before, one.now))
    if one.series == "daily_energy":
        return say("energy corrected from {before} to {now} kWh", before=before, now=now)
    if one.series == "max_power":
        return say("highest power corrected from {before} to {now} kVA", before=before, now=now)
    return say_count(
        "{count} half-hour corrected from {before} to {now} kWh",
        "{count} half-hours corrected from {before} to {now} kWh in all",
        count=one.count,
        before=before,
        now=now,
    )


def _by(one: Correction, corrected_on: Mapping[str, date]) -> str:
    if one.file:
        return say("by the file {file}", file=one.file)
    if not one.run:
        return ""
    if one.run in corrected_on:
        day = write_day(corrected_on[one.run], short=True)
        return say("by run {run} on {day}", run=one.run, day=day)
    return say("by run {run}, which the journal has forgotten", run=one.run)
