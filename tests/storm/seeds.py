"""The seeds that the suite plays, and those of worlds that miss a protection."""

FOUND = (66, 121, 236, 469, 473, 868, 2362, 502446, 10000030)
"""Seeds of worlds that broke a law once.

A journal and its store that rows of a fleet began side by side, and took for strangers (two worlds),
a renewal that came in on a day that the machine's clock did not show yet, a row's end that went with
the power, a disk that is full when a fleet's file is copied, an order settled by hand a day after
its note, one that left by a clock that showed the next day, one that was taken for ended by a stop
of what had been there before it, an error that kept a view of the journal open.
"""

_CHOSEN = """
    2 3 5 6 13 14 22 25 27 39 41 42 43 45 48 52 61 62 76 79 80 82 86 87 88 92 96 97 98 101 102 105 110
    112 115 116 117 119 120 124 128 131 133 135 136 140 142 148 150 151 152 156 159 167 168 170 177 180
    184
"""
"""Of the first 200, chosen so that each trouble of network and disk, flow and way to end is in some.

Where a world is another one, as after a change of what is drawn, any 60 seeds serve as well;
`make storm` plays new ones.
"""

PLAYED = (*map(int, _CHOSEN.split()), *FOUND)
"""The seeds that the suite plays."""

NIGHTS = range(5)
"""Seeds of worlds in which the flow runs night after night, which the suite plays too."""

RENEWALS = (0, 1, 565)
"""Seeds of worlds in which the service ends soon; of the last one's order a person found out late."""

MOVES = (0, 48, 105)
"""Seeds of worlds in which somebody else moves in; of an order in the name of each, and one of a run
that was stopped."""

MISSES = {  # the seed of a world that misses a protection, by its name
    "GUARD": 0,
    "ECHO": 24,
    "CONNECTION": 62,
    "HOLD": 14,
    "SYNC": 4,
    "FORGET": 2,
    "WAIT": 30,
    "CLOCK": 381,
    "AGAIN": 11,
    "DAY": 3,
    "ACCEPTED": 3,
    "BEHIND": 6,
    "DOUBLED": 3,
    "CUSTOMER": 0,
    "MASK": 68,
}
