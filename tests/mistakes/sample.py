"""The slips that are tried: a share of all that can be made, of every kind and from everywhere."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from tests.examples import EXPLORES
from tests.mistakes import meaning, writing
from tests.mistakes.pages import Slip, shipped, spread

MOST = 1  # of a kind in one document
TURNS = 2  # of so many documents, one has slips of a kind; the first of all has
OPERATIONS = 8  # of so many operations, which are much alike


@cache
def slips(most: int = MOST) -> tuple[Slip, ...]:
    """The slips that are tried, at most so many of a kind in a document, in their order."""
    found: list[Slip] = []
    tried: set[str] = set()
    pages = sorted(shipped(), key=lambda one: one.stem == "services")  # the others keep their turns
    for number, page in enumerate(pages):
        kinds: dict[str, list[Slip]] = defaultdict(list)
        layout = writing.layout_slips(page) if page.kind == "flows" else ()
        made = (*writing.slips(page), *meaning.slips(page), *layout)
        for slip in made:
            kinds[slip.kind].append(slip)
        turns = OPERATIONS if page.is_operation else 1 if EXPLORES else TURNS
        for turn, (kind, alike) in enumerate(kinds.items()):
            is_new = kind not in tried and not page.is_operation
            if (number + turn) % turns == 0 or is_new:
                tried.add(kind)
                found += spread(alike, most)
    return tuple(found)
