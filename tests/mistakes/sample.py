"""The slips that are tried: a share of all that can be made, of every kind and from everywhere."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from tests.mistakes import meaning, writing
from tests.mistakes.pages import Slip, shipped, spread

MOST = 1  # of a kind in one document
TURNS = 8  # of so many operations, one has slips of a kind: they are much alike


@cache
def slips(most: int = MOST) -> tuple[Slip, ...]:
    """The slips that are tried, at most so many of a kind in a document, in their order."""
    found: list[Slip] = []
    for number, page in enumerate(shipped()):
        kinds: dict[str, list[Slip]] = defaultdict(list)
        layout = writing.layout_slips(page) if page.kind == "flows" else ()
        made = (*writing.slips(page), *meaning.slips(page), *layout)
        for slip in made:
            kinds[slip.kind].append(slip)
        for turn, alike in enumerate(kinds.values()):
            if not page.is_operation or (number + turn) % TURNS == 0:
                found += spread(alike, most)
    return tuple(found)
