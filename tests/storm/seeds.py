"""The seeds that the suite plays, and those of worlds that miss a protection."""

FOUND = (66, 121, 236, 469, 473, 868, 2362, 502446, 10000030)
"""Seeds of worlds that broke a law once.

A journal and its store that rows of a fleet began side by side, and took for strangers (two worlds),
a renewal that came in on a day that the machine's clock did not show yet, a row's end that went with
the power, a disk that is full when a fleet's file is copied, an order settled by hand a day after
its note, one that left by a clock that showed the next day, one that was taken for ended by a stop
of what had been there before it, an error that kept a view of the journal open.
"""

_CHOSEN = (*(2, 14, 27, 76, 80, 117, 119, 124, 128, 150, 170, 180),)
"""Of the first 200, chosen so that each trouble of network and disk, flow and way to end is in some.

Where a world is another one, as after a change of what is drawn, any dozen seeds serve as well;
`make storm` plays new ones.
"""

PLAYED = (*_CHOSEN, *FOUND)
"""The seeds that the suite plays."""

NIGHTS = range(3)
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
    "HOLD": 53,
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
