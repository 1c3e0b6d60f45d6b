"""What the page of a household says, whatever it shows."""

from __future__ import annotations

from collections.abc import Mapping

from sgeflow.core.measures.gaps import CONSENT, CONTRACT, NONE
from sgeflow.messages import Message, say

WORDS: Mapping[str, str] = {
    "days": say("Each day"),
    "days_note": say(
        "The energy of each day as Enedis gives it; weekends stand out. The line is the year"
        " before, the mean of a week."
    ),
    "days_note_alone": say(
        "The energy of each day as Enedis gives it; weekends stand out. Nothing of the year before"
        " is kept."
    ),
    "halves": say("Each half-hour"),
    "halves_note": say("A column is a day, from midnight at the top to midnight at the bottom."),
    "halves_choose": say("Choose one by a click, or with the arrow keys."),
    "halves_none": say("No half-hour is kept of this point."),
    "missing": say("no value"),
    "corrected": say("corrected since it was first kept"),
    "off_peak": say("off-peak"),
    "choose": say("Day"),
    "earlier": say("Day before"),
    "later": say("Day after"),
    "no_script": say("Without a script the page shows this day alone."),
    "usual": say("usual for this month; weekdays and weekends apart"),
    "peaks": say("Highest power of each day"),
    "peaks_note": say(
        "A dot is the highest power of a day, at its instant. The line is what the contract allows."
    ),
    "peaks_note_alone": say(
        "A dot is the highest power of a day. What the contract allows is not kept of this point."
    ),
    "peaks_none": say("No highest power is kept of this point."),
    "months": say("Months, beside the year before"),
    "months_note": say("A change is told of months of which no day is missing, in either year."),
    "month": say("Month"),
    "energy": say("Energy"),
    "kwh": say("kWh"),
    "before": say("Year before"),
    "change": say("Change"),
    "profiles": say("How a day looks, month by month"),
    "oddities": say("What is missing, what differs"),
    "oddities_note": say(
        "Nothing is filled in. A small difference is usual: Enedis takes the energy of a day from"
        " the index of the meter, and the half-hours from its curve."
    ),
    "oddities_none": say("Nothing is missing, and nothing differs."),
    "when": say("When"),
    "what": say("What"),
    "origins": say("Where it comes from"),
    "origins_note": say("Which run, or which file of Enedis, last gave something to each series."),
    "series": say("Series"),
    "count": say("Values"),
    "given_by": say("Given by"),
}

SERIES: Mapping[str, str] = {
    "daily_energy": say("Energy of each day"),
    "load_curve": say("Half-hours"),
    "max_power": say("Highest power of each day"),
}

REASONS: Mapping[str, Message] = {
    CONTRACT: say("before the contract began"),
    CONSENT: say("no consent for it"),
    NONE: say("Enedis has none"),
}
