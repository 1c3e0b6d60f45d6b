"""What keeping a state in order came to, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgeflow.locale.translate import translate
from sgeflow.messages import Message, join_items, say, say_count, sentences

if TYPE_CHECKING:
    from sgeflow.runtime.journal.history import PruneResult
    from sgeflow.runtime.upkeep.state import CheckedPart, CheckedState

_MB = 1_000_000


def pruned_text(pruned: PruneResult) -> Message:
    """What pruning came to: runs, and what it gave back of the disk."""
    count = say_count("{count} run deleted", "{count} runs deleted", count=pruned.runs)
    if not pruned.runs:
        return count
    if pruned.is_on_server:
        kept = say("the server uses their space again; VACUUM FULL gives it back to its disk")
        return sentences(count, kept, between=" · ")
    freed = say("{size:.1f} MB given back", size=pruned.freed / _MB)
    spare = (
        say("{size:.1f} MB stay in the file, for what comes next", size=pruned.spare / _MB)
        if pruned.spare
        else ""
    )
    return sentences(count, freed, spare, between=" · ")


def part_row(part: CheckedPart) -> dict[str, Any]:
    """A journal or store, and what is wrong with it."""
    return {
        "part": part.part,
        "whole": not part.damages,
        "damages": [str(one) for one in part.damages],
    }


def orders_text(checked: CheckedState) -> Message:
    """Where orders stand, how many a person has to look at, and since when they are held."""
    states = join_items([f"{count} {state}" for state, count in checked.orders.items()])
    total = sum(checked.orders.values())
    if not total and any(part.part == "journal" and part.damages for part in checked.parts):
        return say("no orders could be read: that does not mean that there are none")
    count: Message = say("no orders")
    if total:
        count = say_count(
            "{count} order: {states}", "{count} orders: {states}", count=total, states=states
        )
    waiting = say("{count} wait for a person", count=checked.open)
    held = say("orders are held since {since}", since=checked.held) if checked.held else ""
    return sentences(count, waiting, held, between=" · ")


def parts_text(checked: CheckedState) -> str:
    """A line for each part that is whole, and one for each damage of the others."""
    width = max(len(part.part) for part in checked.parts)
    return "\n".join(
        f"{part.part:<{width}}  {translate(line)}"
        for part in checked.parts
        for line in part.damages or (say("whole"),)
    )
