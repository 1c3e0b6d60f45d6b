"""The seeds that the suite plays, and those of worlds that miss a protection."""

FOUND = (469, 473, 868, 2362, 502446, 10000030)
"""Seeds of worlds that broke a law once.

A row's end that went with the power, a disk that is full when a fleet's file is copied, an order
settled by hand a day after its note, one that left by a clock that showed the next day, one that
was taken for ended by a stop of what had been there before it, an error that kept a view of the
journal open.
"""

PLAYED = (*range(1, 201), *FOUND)
"""The seeds that the suite plays."""

NIGHTS = range(5)
"""Seeds of worlds in which the flow runs night after night, which the suite plays too."""

RENEWALS = (0, 1, 565)
"""Seeds of worlds in which the service ends soon; of the last one's order a person found out late."""

MISSES = {  # the seed of a world that misses a protection, by its name
    "GUARD": 0,
    "ECHO": 16,
    "CONNECTION": 0,
    "HOLD": 60,
    "SYNC": 31,
    "FORGET": 1,
    "WAIT": 9,
    "CLOCK": 136,
    "AGAIN": 0,
    "MASK": 30,
}
