"""When a delivered file was published, by its name: of two that say one thing the later is right.

Names hold the instant of making (AAAAMMJJHHMMSS, legal time) and the number of the file in its
request (Enedis.SGE.GUI.0503 2.1.1, 0318 4.1). R50 and R151 write the number before the frequency,
with which part of it the file is: `…_00042_Q_00001_00003_20250602031500`.
"""

from __future__ import annotations

import re
from datetime import datetime

from sgeflow.patterns import regex

UNKNOWN = 0
"""Of a file whose names do not say it: earlier than all that say it."""

_YEARS = range(2000, 2200)
_INSTANT = regex(r"(?<![0-9])[0-9]{14}(?![0-9])")
_DAY = regex(r"(?<=_)[0-9]{8}(?![0-9A-Za-z])")
_PARTED = regex(r"_([0-9]{1,6})_[QHM]_[0-9]{5}_[0-9]{5}_$", re.IGNORECASE)
_NUMBERED = regex(r"_([0-9]{5})_$")
_FILES = 100_000  # of a request: its numbers have five digits


def publication_of(*names: str) -> int:
    """When a file was published, by the first of its names that says it: the later, the larger.

    Of files of one instant the one of the higher number is the later.
    """
    return next(filter(None, map(_publication_time, names)), UNKNOWN)


def _publication_time(name: str) -> int:
    times = [
        (match.start(), instant)
        for form, rest in ((_INSTANT, ""), (_DAY, "000000"))
        for match in form.finditer(name)
        if _is_instant(instant := match[0] + rest)
    ]
    if not times:
        return UNKNOWN
    place, instant = max(times)
    before = name[:place]
    number = _PARTED.search(before) or _NUMBERED.search(before)
    return int(instant) * _FILES + (int(number[1]) % _FILES if number else 0)


def _is_instant(digits: str) -> bool:
    """A point has 14 digits too, but most of them are no date."""
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").year in _YEARS  # noqa: DTZ007 (legal time)
    except ValueError:
        return False
