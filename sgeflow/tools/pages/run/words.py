"""What the page of a run says, whatever it shows."""

from __future__ import annotations

from collections.abc import Mapping

from sgeflow.messages import say

WORDS: Mapping[str, str] = {
    "calls": say("Each call in its time"),
    "calls_note": say(
        "Under its step, in seconds from the start of the run. What is too short to be seen has a"
        " bar all the same."
    ),
    "calls_none": say("Nothing was asked."),
    "step": say("Step"),
    "time": say("Time"),
    "tries": say("Tries"),
    "seconds": say("Seconds"),
    "order": say("order"),
    "undo": say("undo"),
    "troubles": say("What went wrong, and what it means"),
    "troubles_well": say("All of it healed by trying again, or by the flow."),
    "troubles_ended": say("The run ended with the first line."),
    "troubles_none": say("Nothing went wrong."),
    "code": say("Code"),
    "times": say("Times"),
    "means": say("What it means"),
    "remedy": say("What to do"),
    "orders": say("Orders"),
    "orders_note": say("What was asked that changes something, each sent once."),
    "operation": say("Operation"),
    "state": say("State"),
    "sent": say("Sent"),
    "came": say("What came of it"),
    "warnings": say("What it warned of"),
    "flow_link": say("The flow, with what this run did in it"),
}
