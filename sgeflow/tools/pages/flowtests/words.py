"""What the page of flow tests says, whatever it shows."""

from __future__ import annotations

from collections.abc import Mapping

from sgeflow.messages import say

WORDS: Mapping[str, str] = {
    "failures": say("What came otherwise than expected"),
    "failures_note": say(
        "A line with - is what the test expects, one with + what came. A step leads to its place in"
        " the picture of its flow."
    ),
    "unread": say("Tests that could not be read"),
    "unread_note": say("Nothing of them was tried."),
    "all": say("All cases"),
    "case": say("Case"),
    "flow": say("Flow"),
    "world": say("World"),
    "calls": say("Calls"),
    "seconds": say("Seconds"),
    "passed": say("passed"),
    "failed": say("failed"),
    "failed_at": say("it failed in the step"),
    "suggestion": say("did you mean"),
}
