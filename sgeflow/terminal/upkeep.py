"""What keeping a state in order came to, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgeflow.messages import Message, say, say_count, sentences

if TYPE_CHECKING:
    from sgeflow.runtime.journal.history import Pruned

_MB = 1_000_000


def pruned_text(pruned: Pruned) -> Message:
    """What pruning came to: runs, and what it gave back of the disk."""
    count = say_count("{count} runs deleted", "{count} runs deleted", count=pruned.runs)
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
