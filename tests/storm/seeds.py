"""The seeds that the suite plays, and how they were chosen: together they reach the most events.

`python -m tests.storm --choose N` plays N worlds and prints those of them that, one after the other,
add most events to those before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tests.storm.story import Story

_NAMES = re.compile(r"[0-9a-f]{16}(\.\d+)?|“.*?”|\S*/\S*|[-+]?\d[\d,.:-]*")

CHOSEN = (
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    9,
    10,
    11,
    14,
    17,
    20,
    21,
    24,
    30,
    33,
    34,
    36,
    37,
    41,
    42,
    43,
    45,
    50,
    51,
    54,
    56,
    57,
    60,
    61,
    62,
    65,
    66,
    67,
    68,
    69,
    72,
    73,
    74,
    75,
    79,
    80,
    81,
    82,
    84,
    87,
    90,
    92,
    93,
    94,
    98,
    103,
    106,
    110,
    111,
    112,
    115,
    116,
    117,
)
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
