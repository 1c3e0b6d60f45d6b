"""The fixed words of a fleet's page."""

from __future__ import annotations

from sgeflow.messages import Message, say, say_count
from sgeflow.tools.pages.fleet.work_list import CUSTOMER, GO_ON, LATER, OPERATOR

WORDS = {
    "work": say("Who has to do what"),
    "work_note": say("Rows that are not done, those first that wait for somebody."),
    "work_none": say("Nothing is left to do."),
    "rows": say("Rows"),
    "outcome": say("Outcome"),
    "to_do": say("What to do"),
    "which": say("which rows"),
    "lacking": say("Rows that are done, and whose point lacks days"),
    "pace": say("Rows a second"),
    "pace_note": say("Rows that ended, in their time: done, with failed ones on top."),
    "days": say("Which days every point has"),
    "slowest": say("The slowest rows"),
    "row": say("Row"),
    "seconds": say("Seconds"),
    "calls": say("Calls"),
    "ended": say("Ended"),
    "done": say("done"),
    "failed": say("failed"),
    "missing": say("not kept"),
    "kept": say("kept"),
}

WHO = {
    OPERATOR: say("For an operator"),
    CUSTOMER: say("For a customer"),
    LATER: say("Heals by itself"),
    GO_ON: say("Not finished"),
}


def waiting(who: str, count: int) -> Message:
    """How many rows wait for somebody."""
    if who == OPERATOR:
        return say("{count:,} for an operator", count=count)
    if who == CUSTOMER:
        return say("{count:,} for a customer", count=count)
    if who == LATER:
        return say_count("{count:,} heals by itself", "{count:,} heal by themselves", count=count)
    return say("{count:,} not finished", count=count)
