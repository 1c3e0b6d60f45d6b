"""Checks what a `store` step declares of its series: unit, quantities, timestamps."""

from __future__ import annotations

from sgeflow.core.checking.flows.verb import Keys
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.measures.agreement import UNITS, allowed_marks
from sgeflow.core.measures.conventions import CONVENTIONS
from sgeflow.core.measures.series import FAMILIES
from sgeflow.errors import Id
from sgeflow.messages import say


def check_plain(keys: Keys, series: str) -> None:
    """Rows of one quantity are there, and their unit is the one that the series has."""
    if keys.get("store", "measures") is None:
        note = say("measures: rows of one quantity; quantities: the blocks of several")
        keys.report(Id.MISSING_KEY, say("nothing to keep is named"), "store", note=note)
    if keys.get("store", "unit") is None and series not in UNITS:
        keys.report(
            Id.MISSING_KEY,
            say('the series "{series}" needs a unit', series=series),
            "store",
            "series",
            note="unit: W, Wh, VA … or what the reply says: ${steps.….unit}",
        )
    unit = keys.get("store", "unit")
    if series in UNITS and isinstance(unit, str) and "${" not in unit and unit != UNITS[series]:
        keys.report(
            Id.NOT_ALLOWED,
            say('"{series}" is kept in {unit}', series=series, unit=UNITS[series]),
            "store",
            "unit",
            note=say("nothing is converted: leave unit out, or name a series of your own"),
            suggestion=UNITS[series],
        )


def check_marks(keys: Keys, series: str) -> None:
    """Check that the series can have timestamps of the declared sort."""
    stamped, marks = keys.get("store", "stamped"), allowed_marks(series)
    if stamped in CONVENTIONS and stamped not in marks:
        keys.report(
            Id.NOT_ALLOWED,
            say(
                "the stamps of {series} do not mark that: {stamped}", series=series, stamped=stamped
            ),
            "store",
            "stamped",
            allowed=marks,
        )


def check_grouped(keys: Keys, series: str) -> None:
    """The blocks of several quantities say themselves what they are."""
    for key, note in (
        ("measures", say("measures are rows of one quantity; keep them in another step")),
        ("unit", say("each block says its own")),
    ):
        if keys.get("store", key) is not None:
            message = say("{key} does not go with quantities", key=key)
            keys.report(Id.NOT_ALLOWED, message, "store", key, note=note)
    if series not in FAMILIES:
        keys.report(
            Id.NOT_ALLOWED,
            say('the quantities of a reply are not kept as "{series}"', series=series),
            "store",
            "series",
            allowed=tuple(FAMILIES),
            suggestion=closest(series, FAMILIES),
        )
