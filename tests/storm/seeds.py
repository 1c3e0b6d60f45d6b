"""The seeds that the suite plays, and which seeds reach the most events.

`python -m tests.storm --choose N` plays N worlds and prints those of them that, one after the other,
add most events to those before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tests.storm.story import Story

_NAMES = re.compile(r"[0-9a-f]{16}(\.\d+)?|“.*?”|\S*/\S*|[-+]?\d[\d,.:-]*")

FOUND = (473,)
"""Seeds of worlds that broke a law once: a disk that is full when a fleet's file is copied."""

PLAYED = (*range(1, 201), *FOUND)
"""The seeds that the suite plays."""

MISSES = {  # the seed of a world that misses a protection, by its name
    "GUARD": 0,
    "ECHO": 5,
    "CONNECTION": 0,
    "HOLD": 34,
    "SYNC": 27,
    "FORGET": 1,
}


def events(story: Story) -> frozenset[str]:
    """What happened in a world, as far as it tells one from another."""
    bottle, flow = story.bottle, f"{type(story).__name__} {story.flow}"
    return frozenset(
        (
            *(f"{flow}: {_NAMES.sub('', line)}" for line in bottle.story),
            *(f"{flow}: {line}" for line in bottle.network.befell),
            *(f"{flow}: {line}" for line in bottle.disk.befell),
            *(f"{bottle.generation}: {line}" for line in bottle.network.log),
            f"{flow} from {bottle.began:%d %H:%M}",
        )
    )


def choose(reached: Mapping[int, frozenset[str]], most: int) -> Iterable[int]:
    """The seeds that one after the other add most events to those before."""
    left, known = dict(reached), frozenset[str]()
    for _ in range(min(most, len(left))):
        best = max(left, key=lambda seed: (len(left[seed] - known), -seed))
        known |= left.pop(best)
        yield best
