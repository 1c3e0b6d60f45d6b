"""Tells from signs whether the stamps of a load curve mark the start or the end of intervals.

A reply or file does not name the segment of its meter. Meters of C5 and P4 stamp the end of an
interval, meters of C1 to C4 and P1 to P3 its start. Most fields beside a value (natures,
validities, steps) exist for only one of the two groups. No sign depends on which points were
received, so a reply without its first point is read like the whole one.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import product
from typing import Any

from msgspec import Struct

from sgeflow.core.language.dates import Duration
from sgeflow.core.language.rows import column
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import Message, join_items, say

# Enedis writes lower case (guide of the R6X, 4.2); files that passed through other tools may not.
NULLS = frozenset(map("".join, product("nN", "uU", "lL", "lL")))


def is_blank(value: Any) -> bool:
    """Whether a field or cell is empty: None, a blank text, or the word null in any case."""
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    return not value or (text := value.strip()) in NULLS or not text


class Convention(StrEnum):
    """Whether the stamps of a series mark the start or the end of intervals, days or instants."""

    END = "end"  # the end of the interval: load curves of C5 and P4
    START = "start"  # the start of the interval: load curves of C1-C4 and P1-P3
    DAY = "day"  # the civil day or month that is written
    INSTANT = "instant"  # a moment without length: a maximum power
    AUTO = "auto"  # to be told from signs


CONVENTIONS = tuple(name.value for name in Convention)
"""The conventions as documents write them."""


class Sign(Struct, frozen=True):
    """A property that only curves of one convention have, worded for messages."""

    marks: Convention
    what: Message


class UnclearStamps(InvalidValues):
    """The stamps of a curve have no sign, or signs that contradict each other."""

    def __init__(self, message: Message, marks: frozenset[Convention] = frozenset()) -> None:
        self.marks = marks  # the conventions that the signs tell: none, or both
        super().__init__(
            Problem(
                id=Id.INVALID_VALUE,
                message=message,
                allowed=(Convention.END.value, Convention.START.value),
                allowed_label="stamped",
                details=(
                    ("remedy", say("write `stamped: end` for C5 and P4, `stamped: start` else")),
                ),
            )
        )


# For C5 and P4, the guide of R63 (Enedis.SGE.GUI.0503 1.5.2, 4.2.1) gives only the nature B: a raw
# value of a Linky. The detailed measures use the same letters; K (computed) belongs to R4x.
_NATURES = {"B": Convention.END} | dict.fromkeys("RHPSTFGCDEK", Convention.START)
# PT10M is no sign: meters of C1 to C4 had it before 2023, and a Linky may have it.
_STEPS = {300: Convention.START} | dict.fromkeys((900, 1800, 3600), Convention.END)
_BUSINESS = {"pri", "prc", "corrected"}  # words of series names that a Linky never has


def signs_of_series(name: str) -> tuple[Sign, ...]:
    """The sign in the name of a series: a Linky has no reactive, voltage or corrected curve."""
    words = set(name.split("_"))
    if words & _BUSINESS or name.startswith("voltage_curve"):
        return (Sign(Convention.START, say("the series {series}", series=name)),)
    return ()


def signs_of_rows(
    rows: Sequence[Mapping[str, Any]], natures: Iterable[str], steps: Iterable[Duration | None]
) -> tuple[Sign, ...]:
    """The signs in the natures, validities and steps of a curve's values."""
    signs = [
        Sign(mark, say("the nature {nature}", nature=nature))
        for nature in sorted(set(natures))
        if (mark := _NATURES.get(nature))
    ]
    if not all(map(is_blank, column(rows, "validity"))):
        signs.append(Sign(Convention.END, say("the validity")))
    lengths = {id(step): step for step in steps if step is not None}.values()
    signs += [
        Sign(mark, say("the step of {minutes} minutes", minutes=seconds // 60))
        for seconds in sorted({step.seconds for step in lengths})
        if (mark := _STEPS.get(seconds))
    ]
    return tuple(signs)


def convention_of(signs: Iterable[Sign]) -> Convention | None:
    """The convention that signs tell, or None without signs.

    Raises:
        UnclearStamps: they contradict each other.
    """
    known = tuple(signs)
    of_end = [sign.what for sign in known if sign.marks is Convention.END]
    of_start = [sign.what for sign in known if sign.marks is Convention.START]
    if of_end and of_start:
        raise UnclearStamps(
            say(
                "the stamps contradict themselves: by {ends} they mark the end of an interval, by"
                " {starts} its start",
                ends=join_items(of_end),
                starts=join_items(of_start),
            ),
            frozenset((Convention.END, Convention.START)),
        )
    if not known:
        return None
    return Convention.END if of_end else Convention.START
